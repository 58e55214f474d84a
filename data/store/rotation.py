"""Which copies of the database to keep: all of two days, then one a day, one a week, one a month."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

ALL, DAYS, WEEKS, MONTHS = dt.timedelta(days=2), 7, 5, 12
"""All copies younger than `ALL`; the newest of each of the last `DAYS` days, `WEEKS` weeks and `MONTHS` months that have one."""

_NAME = re.compile(r"zevillage-(\d{8}T\d{9})\.db")


def instant(name: str) -> dt.datetime | None:
    """When the copy called `name` was made (UTC); None for one that was made before a change and is never rotated, or is not ours."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return dt.datetime.strptime(f"{found[1]}000", "%Y%m%dT%H%M%S%f").replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def outdated(instants: Iterable[dt.datetime], now: dt.datetime) -> set[dt.datetime]:
    """Those of `instants` whose copies may go. The newest always stays, whatever the clock says."""
    newest_first = sorted(set(instants), reverse=True)
    kept = {each for each in newest_first if now - each < ALL}
    for most, period in (
        (DAYS, lambda each: each.date().isoformat()),
        (WEEKS, lambda each: f"{each:%G-%V}"),
        (MONTHS, lambda each: f"{each:%Y-%m}"),
    ):
        first: dict[str, dt.datetime] = {}
        for each in newest_first:
            first.setdefault(period(each), each)
        kept.update(list(first.values())[:most])
    return set(newest_first) - kept
