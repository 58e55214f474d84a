"""The result of the reader of one container, still without the file's name and checksum."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from data.imports.model import Dialect, Problem, Repair, Table
from data.imports.reading.body import Lines


@dataclass(frozen=True)
class Parts:
    """A table and how it was written; the fields are those of `Table` and `Dialect`."""

    frame: pd.DataFrame
    lines: Lines
    repairs: tuple[Repair, ...]
    container: str
    encoding: str = ""
    bom: bool = False
    separator: str = ""
    quote: str = ""
    header_line: int = 1
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def table(self, *, name: str, checksum: str, member: str = "", repairs: tuple[Repair, ...] = ()) -> Table:
        """The `Table`; `repairs` come first (what was found around the table: an archive, a wrong extension)."""
        dialect = Dialect(
            container=self.container,
            encoding=self.encoding,
            bom=self.bom,
            separator=self.separator,
            quote=self.quote,
            header_line=self.header_line,
            sheet=self.sheet,
            member=member,
        )
        return Table(
            self.frame,
            dialect,
            (*repairs, *self.repairs),
            self.lines,
            name,
            checksum,
            self.sheets,
            tuple(sorted(self.problems, key=lambda each: each.line or 0)),
        )
