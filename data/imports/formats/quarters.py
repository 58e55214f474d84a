"""The end of the quarter that a file tells, in a column of dates or in its name: ARCEP publishes by quarter."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from data.imports.dates import read_days
from data.imports.model import Table

_QUARTER = re.compile(r"(20\d\d)[ _-]?T([1-4])(?!\d)", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)20\d\d-\d\d-\d\d(?!\d)")
_ENDS = {"1": "03-31", "2": "06-30", "3": "09-30", "4": "12-31"}


def quarter_of_name(name: str) -> str:
    """The last day of the quarter that a file's name tells (« 2026T2-Commune », « 2026-06-30 »), ISO; empty when it tells none."""
    match = _QUARTER.search(name)
    if match:
        return f"{match[1]}-{_ENDS[match[2]]}"
    days = {day for day in _DAY.findall(name) if day[5:] in _ENDS.values()}
    return days.pop() if len(days) == 1 else ""


def day_of(table: Table, columns: Mapping[str, str]) -> str:
    """The one day that the column of meaning ``date`` holds, else that of the file's name or of the member of its archive; else empty."""
    column = next((name for name, meaning in columns.items() if meaning == "date"), "")
    if column in table.frame.columns:
        cells = table.frame[column].drop_duplicates()
        days = {
            day.isoformat()
            for day in read_days(cells, np.arange(len(cells)), column).values
            if day is not None
        }
        if days:
            return days.pop() if len(days) == 1 else ""
    return quarter_of_name(table.name) or quarter_of_name(table.dialect.member)
