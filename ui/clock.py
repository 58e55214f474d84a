"""The only place where a screen learns what day it is. Everything below takes the day as an argument."""

from __future__ import annotations

import datetime as dt
import os
from zoneinfo import ZoneInfo


def today() -> dt.date:
    """Today in the machine's time zone; `ZEVILLAGE_TODAY` (ISO, an hour may follow the day) fixes it, for tests and rehearsals.

    Raises ValueError when the variable is not a date.
    """
    fixed = os.environ.get("ZEVILLAGE_TODAY")
    return dt.datetime.fromisoformat(fixed).date() if fixed else dt.date.today()


TOWN_HALL_ZONE = "Europe/Paris"


def now() -> dt.datetime:
    """The wall clock of the town halls (Europe/Paris), to the minute, without a zone.

    `ZEVILLAGE_TODAY` fixes it too: a day and an hour (``2026-05-12T10:30``), noon when it names a day alone.
    """
    fixed = os.environ.get("ZEVILLAGE_TODAY")
    if fixed:
        day = dt.datetime.fromisoformat(fixed)
        return day if len(fixed) > 10 else day.replace(hour=12)
    return dt.datetime.now(ZoneInfo(TOWN_HALL_ZONE)).replace(second=0, microsecond=0, tzinfo=None)


def instant() -> dt.datetime:
    """This very moment, in UTC: for sessions and delays, which a rehearsal of another day must not change."""
    return dt.datetime.now(dt.UTC)
