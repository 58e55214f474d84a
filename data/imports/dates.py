"""Reading days: 31/12/2025, 2025-12-31, 31-12-25 and the serial numbers of spreadsheets. Never guessed in silence.

A column is read the French way, day first. One cell that only the American order can read (12/31/2025) makes every cell that both
orders can read a problem.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.imports.model import Problem
from data.imports.wording import problem

_ISO = re.compile(r"([0-9]{4})-([0-9][0-9]?)-([0-9][0-9]?)(?:[T ]0?0:00(?::00(?:\.0+)?)?Z?)?")
_FRENCH = re.compile(r"([0-9][0-9]?)([/.\-])([0-9][0-9]?)\2([0-9]{4}|[0-9][0-9])(?: 0?0:00(?::00)?)?")
_SERIAL = re.compile(r"([0-9]{5})(?:[.,]0+)?")
_EPOCH = dt.date(1899, 12, 30)  # day 0 of the spreadsheets' count, for days after February 1900
_SERIALS = range(18_264, 54_789)  # 1950 to 2049: elsewhere five digits are rather a postcode or a sum
_PIVOT = 70  # two digits: 00–69 are of the 2000s
EXAMPLE = "Écrivez le jour ainsi : 31/12/2025 (ou 2025-12-31)."


@dataclass(frozen=True)
class Days:
    """`values` are dates, None where the cell is empty or a problem, in the order of the cells."""

    values: npt.NDArray[np.object_]
    problems: tuple[Problem, ...]


def read_days(texts: pd.Series, lines: npt.NDArray[np.int64], column: str) -> Days:
    """Read a column of text cells; the empty ones have no day."""
    cells = [str(text).strip() for text in texts]
    american = any(_is_american(cell) for cell in cells)
    values = np.full(len(cells), None, dtype=object)
    problems: list[Problem] = []
    for row, cell in enumerate(cells):
        if not cell:
            continue
        day, wrong = _day(cell, american)
        values[row] = day
        if wrong:
            code = "ambiguous_day" if wrong == _AMBIGUOUS else "not_a_day"
            problems.append(problem(code, wrong, EXAMPLE, line=int(lines[row]), column=column, value=cell))
    return Days(values, tuple(problems))


_AMBIGUOUS = "Ce jour peut se lire de deux façons : la colonne contient aussi des jours écrits mois d'abord."


def _is_american(cell: str) -> bool:
    match = _FRENCH.fullmatch(cell)
    return match is not None and int(match[3]) > 12 >= int(match[1])


def _day(cell: str, american: bool) -> tuple[dt.date | None, str]:
    """The day of a cell, or what is wrong with it."""
    if match := _ISO.fullmatch(cell):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _FRENCH.fullmatch(cell):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
        if len(match[4]) == 2:
            year += 2000 if year < _PIVOT else 1900
        if american and day <= 12 and month <= 12 and day != month:
            return None, _AMBIGUOUS
        return _date(year, month, day)
    if (match := _SERIAL.fullmatch(cell)) and int(match[1]) in _SERIALS:
        return _EPOCH + dt.timedelta(days=int(match[1])), ""
    if re.fullmatch(r"[0-9]{4}(-[0-9][0-9])?|[0-9][0-9]/[0-9]{4}", cell):
        return None, "Le jour manque : une année ou un mois ne suffisent pas."
    return None, "Ce n'est pas une date."


def _date(year: int, month: int, day: int) -> tuple[dt.date | None, str]:
    try:
        return dt.date(year, month, day), ""
    except ValueError:
        return None, "Ce jour n'existe pas (le jour vient avant le mois)."
