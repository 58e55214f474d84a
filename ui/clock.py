"""The only place where a screen learns what day it is. Everything below takes the day as an argument."""

from __future__ import annotations

import datetime as dt
import os


def today() -> dt.date:
    """Today in the machine's time zone; `ZEVILLAGE_TODAY` (ISO) fixes it, for tests and rehearsals.

    Raises ValueError when the variable is not a date.
    """
    fixed = os.environ.get("ZEVILLAGE_TODAY")
    return dt.date.fromisoformat(fixed) if fixed else dt.date.today()
