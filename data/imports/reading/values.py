"""What a cell looks like (a number, a date, a code, words), for telling a header from data. Nothing here changes a cell."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[+\-\u2212]?[\d\s\u00a0\u202f]*\d(?:[.,]\d+)*(?:[eE][+-]?\d+)?\s*[%€]?")
_YEAR = re.compile(r"(?:18|19|20|21)\d\d")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ][\d:.]+Z?)?")
_CODE = re.compile(r"2[AaBb]\d{3}")
MISSING = frozenset(
    {
        "",
        "s",
        "nd",
        "n.d.",
        "n.d",
        "nc",
        "n.c.",
        "-",
        "–",
        "///",
        "//",
        "n/a",
        "na",
        "[nd]",
        "null",
        "x",
        "...",
        "…",
        "ns",
        "c",
    }
)


def is_value(cell: str) -> bool:
    """Whether `cell` is a number, a date or a Corsican code: what a column name is not. A bare year may be a name."""
    text = cell.strip()
    return bool(
        (_NUMBER.fullmatch(text) and not _YEAR.fullmatch(text))
        or _DATE.fullmatch(text)
        or _CODE.fullmatch(text)
    )


def is_year(cell: str) -> bool:
    """« 2019 »: a column name or a value, only the rest of the row tells."""
    return bool(_YEAR.fullmatch(cell.strip()))


def is_missing(cell: str) -> bool:
    """Empty, or one of the ways French files write a figure that is not there."""
    return cell.strip().casefold() in MISSING
