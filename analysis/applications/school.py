"""School holidays of the three zones of metropolitan France, as the ministry publishes them.

The calendar of the ministry (https://www.education.gouv.fr/calendrier-scolaire-100148, decreed in the Journal officiel) is kept by the
package PyPI `vacances-scolaires-france`; beyond the last year that it publishes nothing is known, and nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

ZONES = ("A", "B", "C")
"""The zones of the school holidays."""


@lru_cache(maxsize=1)
def _calendar() -> Any:
    from vacances_scolaires_france import SchoolHolidayDates  # 0.2 s of every start for what one section asks

    return SchoolHolidayDates()


@lru_cache(maxsize=64)
def school_holidays(zone: str, first: dt.date, last: dt.date) -> tuple[tuple[dt.date, dt.date], ...]:
    """The holidays of a zone that touch the days from `first` to `last`: (first day, last day) of each, in order; none where the calendar
    is not published. Raises ValueError for a zone that is none.
    """
    if zone not in ZONES:
        raise ValueError(f"a zone of the school holidays is one of {', '.join(ZONES)}, not {zone!r}")
    closed = sorted(day for day, row in _calendar().data.items() if row[f"vacances_zone_{zone.lower()}"])
    spans: list[tuple[dt.date, dt.date]] = []
    for day in closed:
        if spans and day == spans[-1][1] + dt.timedelta(1):
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return tuple(span for span in spans if span[1] >= first and span[0] <= last)


def known_until() -> dt.date:
    """The last day of holidays that the published calendar holds."""
    return max(_calendar().data)  # type: ignore[no-any-return]
