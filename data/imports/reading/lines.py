"""Delimited text line by line: what a stray quote damages when no cell runs over several lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.imports.reading.limits import MAX_CELL
from data.imports.reading.records import Malformed, Marks, Record, records

TOO_MANY = 20
END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True)
class Lines:
    """`rows`: each line that is a record by itself, blank ones without cells. `damaged`: the others. `odd`: the lines that hold an odd
    number of quotes, which alone could open or close a cell that runs over several lines.
    """

    rows: list[Record]
    damaged: list[Malformed]
    odd: list[int]

    def alone(self, width: int) -> bool:
        """Whether the damaged lines are the only ones in doubt.

        True when no cell can span several lines, because at most one line has an odd number of quotes, and when all rows after that line
        have `width` cells, except notes at the end of the file.
        """
        if (
            len(self.odd) > 1
            or len(self.damaged) > len(self.rows)
            or any(each.why == "long" for each in self.damaged)
        ):
            return False
        whole = [line for line, cells in self.rows if len(cells) == width]
        last = whole[-1] if whole else 0
        return all(
            len(cells) in (0, width) for line, cells in self.rows if self.odd and self.odd[0] < line < last
        )


def by_line(data: bytes, marks: Marks, line: int = 1, most: int | None = None) -> Lines:
    """Every line of `data` (UTF-8), which begins on `line`, or the first `most`, read as a record by itself.

    Stops when most lines are damaged: then `marks` are not the separator and quote of this text.
    """
    sign = marks.quote.encode()
    texts = END.split(data)
    if not texts[-1]:
        texts.pop()
    rows: list[Record] = []
    damaged: list[Malformed] = []
    odd: list[int] = []
    for where, text in enumerate(texts[:most], line):
        if len(damaged) > TOO_MANY and len(damaged) > len(rows):
            break
        if sign and text.count(sign) % 2:
            odd.append(where)
        try:
            rows.append((where, _cells(text, marks)))
        except Malformed as error:
            damaged.append(Malformed(where, error.why, error.column, error.value))
    return Lines(rows, damaged, odd)


def _cells(text: bytes, marks: Marks) -> Sequence[str]:
    if marks.separator and len(text) < MAX_CELL and marks.quote.encode() not in text:
        return text.decode("utf-8").split(marks.separator) if text else ()
    return next((cells for _, cells in records(text, marks)), ())
