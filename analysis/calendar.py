"""The periods of the network's own indicators: the end of each past year, then today."""

from __future__ import annotations

import datetime as dt

from analysis import french


def network_periods(first_year: int, today: dt.date) -> tuple[tuple[str, str], ...]:
    """(period, French label) pairs, oldest first: 31 December of each year from `first_year`, then `today`.

    >>> network_periods(2024, dt.date(2026, 5, 12))[-1]
    ('2026-05-12', '12/05/2026')
    """
    ends = [dt.date(year, 12, 31) for year in range(first_year, today.year)]
    days = [*ends, today]
    return tuple((day.isoformat(), french.date(day)) for day in days)
