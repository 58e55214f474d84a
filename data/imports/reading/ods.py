"""ODS, cell by cell from `content.xml`: LibreOffice keeps both the value and what is shown, and calamine gives only the value.

OpenDocument 1.3 part 3: 9.1 (tables, repeated rows and columns), 19.385 (value types).
"""

from __future__ import annotations

import contextlib
import re
import zipfile
from collections.abc import Mapping
from typing import IO

from data.imports.reading import archive, numbers
from data.imports.reading.grid import Sheet, choose, finish_sheet
from data.imports.reading.hints import Hints
from data.imports.reading.limits import MAX_CELL, MAX_SHEET_CELLS
from data.imports.reading.parts import Parts
from data.imports.reading.records import too_long
from data.imports.reading.say import refuse
from data.imports.reading.xml import Enough, parse

PEEK = 40
_DURATION = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")
_ZEROS = re.compile(r"0\d+")


def read(raw: bytes, sheet: str | None, hints: Hints) -> Parts:
    """The table of one sheet. Raises ImportRefused, SheetNeeded or ReadingNeeded."""
    with archive.opened(raw) as book, archive.guarded():
        peeked = _sheets(book, PEEK, "")
        names = list(peeked)

        def looks(at: int) -> int:
            rows = peeked[names[at]].rows
            return sum(sum(bool(cell.strip()) for cell in cells) >= 2 for _, cells in rows)

        at, repairs = choose(names, [False] * len(names), sheet, looks)
        whole = _sheets(book, 0, names[at])[names[at]]
    frame, lines, done, header = finish_sheet(whole, hints)
    return Parts(
        frame, lines, (*repairs, *done), "ods", header_line=header, sheet=names[at], sheets=tuple(names)
    )


def _sheets(book: zipfile.ZipFile, limit: int, wanted: str) -> dict[str, Sheet]:
    """The sheets by name: the first `limit` rows of each, or all of the `wanted` one only."""
    reader = _Reader(limit, wanted)
    with book.open("content.xml") as stream:
        reader.run(stream)
    if not reader.sheets:
        refuse("empty", "Le classeur ne contient aucune feuille.", "Vérifiez que c'est le bon fichier.")
    return reader.sheets


class _Reader:
    """One pass over `content.xml`."""

    def __init__(self, limit: int, wanted: str) -> None:
        self.sheets: dict[str, Sheet] = {}
        self.limit, self.wanted = limit, wanted
        self.sheet: Sheet | None = None
        self.row = self.cells = self.depth = 0
        self.repeat_row = self.repeat = 1
        self.column = 0
        self.current: list[str] = []
        self.attributes: Mapping[str, str] = {}
        self.text: list[str] = []
        self.paragraphs = self.size = self.skip = 0
        self.inside = self.paragraph = False

    def run(self, stream: IO[bytes]) -> None:
        """Read what is wanted."""
        with contextlib.suppress(Enough):
            parse(stream, self.start, self.end, self.data)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table:table":
            self.depth += 1
            if self.depth == 1:
                title = attributes.get("table:name", "")
                if not self.wanted or title == self.wanted:
                    self.sheet = self.sheets.setdefault(title, Sheet())
                self.row = 0
        elif self.sheet is None or self.depth != 1:
            return
        elif name == "table:table-row":
            self.repeat_row = int(attributes.get("table:number-rows-repeated", "1"))
            self.current, self.column = [], 0
            if attributes.get("table:visibility") in ("collapse", "filter"):
                self.sheet.hidden_rows += self.repeat_row if self.repeat_row < 10_000 else 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self.attributes = attributes if name == "table:table-cell" else {}
            self.repeat = int(attributes.get("table:number-columns-repeated", "1"))
            self.text.clear()
            self.paragraphs = self.size = 0
            self.inside = True
        elif self.inside:
            self._inline(name, attributes)

    def _inline(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in ("office:annotation", "draw:frame"):
            self.skip += 1
        elif self.skip:
            return
        elif name == "text:p":
            if self.paragraphs:
                self.text.append("\n")
            self.paragraphs += 1
            self.paragraph = True
        elif name == "text:s":
            self.text.append(" " * min(int(attributes.get("text:c", "1")), MAX_CELL))
        elif name == "text:tab":
            self.text.append("\t")
        elif name == "text:line-break":
            self.text.append("\n")

    def data(self, text: str) -> None:
        if self.inside and self.paragraph and not self.skip:
            self.text.append(text)
            self.size += len(text)
            if self.size > 2 * MAX_CELL:
                too_long(self.row + 1, f"n° {self.column + 1}", "".join(self.text))

    def end(self, name: str) -> None:
        if name == "table:table":
            self.depth -= 1
            if self.depth == 0:
                if self.wanted and self.sheet is not None:
                    raise Enough
                self.sheet = None
        elif self.sheet is None or self.depth != 1:
            return
        elif name in ("office:annotation", "draw:frame"):
            self.skip -= 1
        elif name == "text:p":
            self.paragraph = False
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._cell()
        elif name == "table:table-row":
            self._row(self.sheet)

    def _cell(self) -> None:
        self.inside = False
        assert self.sheet is not None
        kept = self.attributes
        rows = int(kept.get("table:number-rows-spanned", "1"))
        columns = int(kept.get("table:number-columns-spanned", "1"))
        if rows > 1 or columns > 1:
            self.sheet.merges.append((self.row + 1, self.column + 1, self.row + rows, self.column + columns))
        value = self._value(self.sheet)
        if value:
            if self.column + self.repeat > 16_384:
                refuse(
                    "sheet-too-big",
                    "La feuille a trop de colonnes.",
                    "Enregistrez-la en CSV UTF-8.",
                    line=self.row + 1,
                )
            self.cells += self.repeat * self.repeat_row
            if self.cells > MAX_SHEET_CELLS:
                refuse(
                    "sheet-too-big",
                    "La feuille a trop de cellules.",
                    "Enregistrez-la en CSV UTF-8.",
                    line=self.row + 1,
                )
            self.current.extend([""] * (self.column - len(self.current)))
            self.current.extend([value] * self.repeat)
        self.column += self.repeat

    def _value(self, sheet: Sheet) -> str:
        """The text of the cell just read, and what is worth saying about it."""
        kept, shown = self.attributes, "".join(self.text)
        kind = kept.get("office:value-type", "")
        place = self.column + 1
        if "table:formula" in kept:
            if not kind and not shown:
                if not self.limit:
                    sheet.no_value.append((self.row + 1, place))
                return ""
            sheet.seen["formula", place] += 1
        if kept.get("calcext:value-type") == "error":
            sheet.errors.append((self.row + 1, place, shown))
            return shown
        if kind in ("float", "currency"):
            number = numbers.plain(kept.get("office:value", shown))
            if _ZEROS.fullmatch(shown) and number.isdigit() and int(shown) == int(number):
                sheet.seen["mask", place] += 1
                return shown
            return number
        if kind == "percentage":
            sheet.seen["percent", place] += 1
            return numbers.shown_as(kept.get("office:value", ""), ("percent", ""))
        if kind == "date":
            sheet.seen["date", place] += 1
            return kept.get("office:date-value", shown).removesuffix("T00:00:00")
        if kind == "time":
            found = _DURATION.fullmatch(kept.get("office:time-value", ""))
            sheet.seen["elapsed", place] += 1
            return ":".join(found.groups()) if found else shown
        if kind == "boolean":
            sheet.seen["boolean", place] += 1
            return "VRAI" if kept.get("office:boolean-value") == "true" else "FAUX"
        return kept.get("office:string-value", shown) if not self.paragraphs else shown

    def _row(self, sheet: Sheet) -> None:
        if self.current:
            for i in range(self.repeat_row):
                sheet.rows.append((self.row + 1 + i, list(self.current)))
        self.row += self.repeat_row
        if self.limit and len(sheet.rows) >= self.limit:
            self.sheet = None
