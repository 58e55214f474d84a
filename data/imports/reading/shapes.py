"""The shape of the cells of each column, and the repair of rows with too few or too many cells that follows from it.

A row is put right only if its cells fit the columns in exactly one way: with one empty cell (or several) where cells are missing, or
without the empty cells that come from additional separators. The row may also have two cells joined (a separator is missing) or one cell
cut (its text holds the separator): where that fits the columns too, the row is not repaired.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from data.imports.reading.values import is_missing, is_value, is_year

_DATE = re.compile(r"(?:\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.]\d{4})(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?")
_HOUR = re.compile(r"\d{1,2}\s?[h:]\s?(?:\d\d)?(?::\d\d)?")
_LINK = re.compile(r"(?:https?://|www\.)\S+|[^\s@]+@[^\s@]+\.[^\s@]+")
_CODE = re.compile(r"[0-9][0-9AB][0-9]{3,}")
ENOUGH = 3
"""Filled cells of a column from which a date, an hour or a link is its shape."""
MANY = 8
"""Filled cells from which numbers or words are, a constant length is that of a code, and four digits are years."""
LOOKED_AT = 20_000
MOST = 64
"""Cells missing or in excess in one row beyond which nothing is tried."""


@dataclass(frozen=True)
class Shape:
    """The common shape of the filled cells of a column: ``date``, ``hour``, ``link``, ``code`` (of `length`), ``year``, ``number``,
    ``text``, ``empty`` (it has none) or ``any``. `optional`: some row has none, or there are too few to tell.
    """

    kind: str
    length: int = 0
    optional: bool = True

    def fits(self, cell: str) -> bool:
        """Whether `cell` fits the column; a mark of a missing value fits any."""
        return self.kind == "any" or is_missing(cell) or (self.kind != "empty" and self._is(cell.strip()))

    def _is(self, text: str) -> bool:
        match self.kind:
            case "date":
                return bool(_DATE.fullmatch(text))
            case "hour":
                return bool(_HOUR.fullmatch(text))
            case "link":
                return bool(_LINK.fullmatch(text))
            case "code":
                return len(text) == self.length and bool(_CODE.fullmatch(text))
            case "year":
                return is_year(text)
            case "number":
                return (is_value(text) or is_year(text)) and not _DATE.fullmatch(text)
            case _:
                return _is_text(text)


def _is_text(text: str) -> bool:
    return (
        any(letter.isalpha() for letter in text)
        and not is_value(text)
        and not _LINK.fullmatch(text)
        and not _HOUR.fullmatch(text)
    )


def shapes(rows: Sequence[Sequence[str]], width: int) -> list[Shape]:
    """The shape of each column, judged on rows that have all their cells."""
    some = rows[:LOOKED_AT]
    return [_shape([cells[j] for cells in some]) for j in range(width)]


def _shape(cells: Sequence[str]) -> Shape:
    filled = [cell.strip() for cell in cells if not is_missing(cell)]
    optional = len(filled) < max(len(cells), MANY)
    if len(cells) < ENOUGH:
        return Shape("any")
    if not filled:
        return Shape("empty")
    if len(filled) < ENOUGH:
        return Shape("any", optional=optional)
    lengths = {len(cell) for cell in filled}
    if len(filled) >= MANY and len(lengths) == 1 and all(_CODE.fullmatch(cell) for cell in filled):
        return Shape("code", lengths.pop(), optional)
    kinds = ["date", "hour", "link", *(["year", "number", "text"] if len(filled) >= MANY else [])]
    for kind in kinds:
        shape = Shape(kind, optional=optional)
        if all(shape._is(cell) for cell in filled):
            return shape
    return Shape("any", optional=optional)


Path = tuple["Path", str] | None  # type: ignore[misc]
"""The cells of a row under way, the last one first."""
State = tuple[int, str, bool, bool]
"""Of a row that is being aligned with the columns: the cells used, what is left of one taken apart, a mark, whether nothing was taken
apart or joined so far."""


def completed(cells: Sequence[str], columns: Sequence[Shape]) -> list[str] | None:
    """A row with too few cells, with empty ones where the shapes prove that they are missing; None where they do not."""
    missing = len(columns) - len(cells)
    if not 0 < missing <= MOST:
        return None
    # The mark: the last column was left empty. An empty cell beside it would be the same row in another order, so it comes first.
    ways: dict[State, tuple[int, Path]] = {(0, "", False, True): (1, None)}
    for j, shape in enumerate(columns):
        following: dict[State, tuple[int, Path]] = {}
        for (i, rest, gap, whole), way in ways.items():
            if not rest and j - i < missing:
                _add(following, (i, "", True, whole), way, "")
            if i == len(cells) or (gap and not cells[i]):
                continue
            cell = rest or cells[i]
            if shape.fits(cell):
                _add(following, (i + 1, "", False, whole and not rest), way, cell)
            for left, right in _taken_apart(cell):
                if shape.fits(left):
                    _add(following, (i, right, False, False), way, left)
        ways = following
    return _only({state: way for state, way in ways.items() if state[0] == len(cells) and not state[1]})


def _taken_apart(cell: str) -> Iterable[tuple[str, str]]:
    """The ways to split `cell` into two cells that a missing separator has joined; a long cell is split near its ends only. One of the two
    may be a mark of a missing value (« nd2024-03-01 »).
    """
    at = (
        range(1, len(cell))
        if len(cell) <= 2 * MOST
        else [*range(1, MOST), *range(len(cell) - MOST, len(cell))]
    )
    for i in at:
        left, right = cell[:i], cell[i:]
        if not left.strip() or not right.strip():
            continue
        # A mark beside a blank is a word of the cell (« x y »): two joined cells have no blank between them.
        if not (is_missing(left) or is_missing(right)) or not (left[-1].isspace() or right[0].isspace()):
            yield left, right


def reduced(cells: Sequence[str], columns: Sequence[Shape], separator: str) -> list[str] | None:
    """A row with too many cells, without the empty ones that are proved to be in excess; None where the shapes prove nothing."""
    excess = len(cells) - len(columns)
    if not 0 < excess <= 4 * MOST:
        return None
    # The mark: an empty cell stands in a column that never has one. Between equal empty cells, the last ones go.
    ways: dict[State, tuple[int, Path]] = {(0, "", False, True): (1, None)}
    for shape in columns:
        following: dict[State, tuple[int, Path]] = {}
        for (i, _, odd, whole), way in ways.items():
            start = i
            while start < len(cells):
                cell = cells[start]
                if (start == i or cell) and shape.fits(cell):
                    _add(following, (start + 1, "", odd or not (cell or shape.optional), whole), way, cell)
                for end in range(start + 2, min(len(cells), start + 2 + excess) + 1):
                    if not all(each.strip() for each in cells[start:end]):
                        break
                    joined = separator.join(cells[start:end])
                    if shape.fits(joined):
                        _add(following, (end, "", odd, False), way, joined)
                if cell:
                    break
                start += 1
        ways = following
    ended = {state: way for state, way in ways.items() if not any(cells[state[0] :])}
    return _only({state: way for state, way in ended.items() if state[3] or not state[2]})


def _add(into: dict[State, tuple[int, Path]], state: State, way: tuple[int, Path], cell: str) -> None:
    known = into.get(state)
    into[state] = (min(2, way[0] + (known[0] if known else 0)), (way[1], cell))


def _only(ways: Mapping[State, tuple[int, Path]]) -> list[str] | None:
    """The row found, if exactly one was found and none of its cells was split or joined."""
    if sum(count for count, _ in ways.values()) != 1 or not next(iter(ways))[3]:
        return None
    path = next(iter(ways.values()))[1]
    out: list[str] = []
    while path is not None:
        path, cell = path
        out.append(cell)
    return out[::-1]
