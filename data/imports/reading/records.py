"""Records of delimited text, one by one and strictly: RFC 4180 by Python's csv module, with the line each record starts on.

A quote opens a cell only at its start, is doubled inside it and closes it before a separator or the end of the line. Anything else
is `Malformed`: the csv module would otherwise drop a letter, or the end of the file, without an error. Outside quoted cells every character
is itself, blanks included. CR, LF and CRLF end a line; NEL, U+2028 and their kind are text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

from analysis.french import counted
from data.imports.model import ImportRefused, Problem
from data.imports.reading.limits import MAX_CELL
from data.imports.reading.say import problem, refuse, shown

Record = tuple[int, Sequence[str]]
"""A line of the file and the cells of the record that starts there."""


class Malformed(ValueError):
    """The record that starts on `line` cannot be read: `why` is ``unclosed``, ``stray`` (a quote) or ``long`` (a cell).

    `column` and `value` are those of the cell that is too long, where it is known.
    """

    def __init__(self, line: int, why: str, column: str = "", value: str = "") -> None:
        self.line, self.why, self.column, self.value = line, why, column, value
        super().__init__(f"{line}: {why}")


@dataclass(frozen=True)
class Marks:
    """The two characters that structure a delimited text; empty text for none."""

    separator: str
    quote: str = '"'


def records(data: bytes, marks: Marks, line: int = 1) -> Iterator[Record]:
    """The records of `data` (UTF-8), blank ones as an empty sequence; `line` is the line of the file on which `data` begins.

    Raises Malformed, also for a cell longer than `MAX_CELL`.
    """
    csv.field_size_limit(MAX_CELL)  # one limit for the whole process: any library may have raised it
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    reader = csv.reader(
        text,
        delimiter=marks.separator or _absent(data),
        quotechar=marks.quote or None,
        quoting=csv.QUOTE_MINIMAL if marks.quote else csv.QUOTE_NONE,
        strict=True,
    )
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _malformed(error, data, marks, before, reader.line_num, line) from error
        yield line + before, cells
        before = reader.line_num


def _absent(data: bytes) -> str:
    """A character that `data` does not hold, for csv to split a single column by."""
    return next(each for each in "\x1f\x1e\x1d\ue000\uf8ff\U000f0000" if each.encode() not in data)


def _malformed(error: csv.Error, data: bytes, marks: Marks, before: int, after: int, line: int) -> Malformed:
    """The `Malformed` for an `error` of the csv module in the record that follows `before` lines of `data`, noticed on line `after`."""
    if "end of data" in str(error):
        return Malformed(line + before, "unclosed")
    if "field limit" not in str(error):
        return Malformed(line + before, "stray")
    if after - before > 1:
        return Malformed(line + before, "long")
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    for _ in range(before):
        text.readline()
    cells = text.readline().rstrip("\r\n").split(marks.separator) if marks.separator else []
    where = next((i for i, cell in enumerate(cells) if len(cell) > MAX_CELL), None)
    if where is None:
        return Malformed(line + before, "long")
    return Malformed(line + before, "long", f"n°\u00a0{where + 1}", cells[where])


def too_long(line: int, column: str, value: str) -> NoReturn:
    """Refuse a cell over `MAX_CELL` characters."""
    size = f" ({counted(len(value), 'caractère', 'caractères')})" if value else ""
    refuse(
        "cell-too-long",
        f"Une cellule est démesurée{size} : au plus {counted(MAX_CELL, 'caractère', 'caractères')}.",
        "Un guillemet ouvert et jamais refermé en est souvent la cause. Raccourcissez la cellule ou retirez cette colonne.",
        line=line,
        column=column,
        value=shown(value),
    )


def malformed_problem(error: Malformed) -> Problem:
    """What is wrong with the quotes of a record, with the line on which it starts."""
    if error.why == "unclosed":
        return problem(
            "quote-unclosed",
            "Un guillemet ouvert sur cette ligne n'est jamais refermé.",
            'Refermez-le, ou doublez-le s\'il fait partie du texte : "Atelier ""Les Forges""".',
            line=error.line,
        )
    return problem(
        "quote-stray",
        "Après le guillemet qui ferme une cellule, il reste du texte avant le séparateur.",
        'Un guillemet à l\'intérieur d\'une cellule se double : "Atelier ""Les Forges""".',
        line=error.line,
    )


def refuse_malformed(error: Malformed) -> NoReturn:
    """Refuse the file for quotes that cannot be read, with the line on which they start."""
    if error.why == "long":
        too_long(error.line, error.column, error.value)
    raise ImportRefused([malformed_problem(error)])
