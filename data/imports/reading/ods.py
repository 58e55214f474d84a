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
from data.imports.reading.grid import Rows, Sheet, choose, finish_sheet, letters
from data.imports.reading.hints import Hints
from data.imports.reading.limits import (
    MAX_CELL,
    MAX_INFLATED,
    MAX_SHEET_CELLS,
    MAX_SHEET_COLUMNS,
    MAX_SHEET_ROWS,
)
from data.imports.reading.parts import Parts
from data.imports.reading.records import too_long
from data.imports.reading.say import refuse
from data.imports.reading.xml import Enough, broken, parse, whole

PEEK = 40
_DURATION = re.compile(r"PT(\d+)H(\d+)M(\d+(?:[.,]\d+)?)S")
_ZEROS = re.compile(r"0[\d \-\u00a0\u202f]*\d")
_ERROR = re.compile(r"#(?:[A-Z/0?!]+|N/[AD])|Err:\d+")
_SPACES = re.compile(r"[ \t\r\n]+")
_ASIDE = ("office:annotation", "text:ruby-text", "draw:")
"""What a cell holds beside its text: a comment, a pronunciation, a drawing with a text of its own."""
_CACHE = "ta_extref"
"""The style of the tables in which LibreOffice keeps what it read of other files: no sheet of this one."""


def read(raw: bytes, sheet: str | None, hints: Hints) -> Parts:
    """The table of one sheet. Raises ImportRefused, SheetNeeded or ReadingNeeded."""
    with archive.opened(raw) as book, archive.guarded():
        peeked = _sheets(book, PEEK, "")
        names = list(peeked)

        def peek(at: int) -> Rows:
            return peeked[names[at]].rows

        at, repairs = choose(names, [False] * len(names), sheet, peek)
        whole_sheet = _sheets(book, 0, names[at])[names[at]]
    frame, lines, done, header = finish_sheet(whole_sheet, hints)
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
        self.row = self.cells = self.characters = self.depth = 0
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
                if title in self.sheets:
                    broken(f"deux feuilles se nomment «\u00a0{title}\u00a0»")
                cached = not title or attributes.get("table:style-name") == _CACHE
                if title == self.wanted if self.wanted else not cached:
                    self.sheet = self.sheets[title] = Sheet()
                self.row = self.column = 0
        elif self.sheet is None or self.depth != 1:
            return
        elif name == "table:table-row":
            self.repeat_row = _number(attributes, "table:number-rows-repeated")
            self.current, self.column = [], 0
            if attributes.get("table:visibility") in ("collapse", "filter"):
                self.sheet.hidden_rows += self.repeat_row if self.repeat_row < 10_000 else 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self.attributes = attributes
            self.repeat = _number(attributes, "table:number-columns-repeated")
            self.text.clear()
            self.paragraphs = self.size = 0
            self.inside = True
        elif self.inside:
            self._inline(name, attributes)
        elif name == "table:table-column":
            many = _number(attributes, "table:number-columns-repeated")
            if attributes.get("table:visibility") in ("collapse", "filter"):
                self.sheet.hidden_columns.append((self.column + 1, self.column + many))
            self.column += many

    def _inline(self, name: str, attributes: Mapping[str, str]) -> None:
        if name.startswith(_ASIDE):
            self.skip += 1
        elif self.skip:
            return
        elif name == "text:p":
            if self.paragraphs:
                self._add("\n")
            self.paragraphs += 1
            self.paragraph = True
        elif name == "text:s":
            self._add(" " * min(_number(attributes, "text:c"), 2 * MAX_CELL + 1))
        elif name == "text:tab":
            self._add("\t")
        elif name == "text:line-break":
            self._add("\n")

    def data(self, text: str) -> None:
        if self.inside and self.paragraph and not self.skip:
            self._add(_SPACES.sub(" ", text))  # blanks that count are elements of their own (6.1.2)

    def _add(self, text: str) -> None:
        self.text.append(text)
        self.size += len(text)
        if self.size > 2 * MAX_CELL:
            too_long(self.row + 1, letters(self.column + 1), "".join(self.text))

    def end(self, name: str) -> None:
        if name == "table:table":
            self.depth -= 1
            if self.depth == 0:
                if self.wanted and self.sheet is not None:
                    raise Enough
                self.sheet = None
        elif self.sheet is None or self.depth != 1:
            return
        elif self.inside and name.startswith(_ASIDE):
            self.skip -= 1
        elif name == "text:p":
            self.paragraph = False
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._cell(self.sheet)
        elif name == "table:table-row":
            self._row(self.sheet)

    def _cell(self, sheet: Sheet) -> None:
        self.inside = False
        kept = self.attributes
        rows = _number(kept, "table:number-rows-spanned")
        columns = _number(kept, "table:number-columns-spanned")
        if self.column + columns > MAX_SHEET_COLUMNS:
            columns = 1
        if rows > 1 or columns > 1:
            sheet.merges.append((self.row + 1, self.column + 1, self.row + rows, self.column + columns))
        value = self._value(sheet)
        if value:
            if self.column + self.repeat > MAX_SHEET_COLUMNS or self.row + self.repeat_row > MAX_SHEET_ROWS:
                refuse(
                    "sheet-too-big",
                    "La feuille a trop de lignes ou de colonnes.",
                    "Enregistrez-la en CSV UTF-8.",
                    line=self.row + 1,
                )
            self.cells += self.repeat * self.repeat_row
            self.characters += len(value) * self.repeat * self.repeat_row
            if self.cells > MAX_SHEET_CELLS or self.characters > MAX_INFLATED:
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
        old_error = "table:formula" in kept and kind == "float" and _ERROR.fullmatch(shown)
        if kept.get("calcext:value-type") == "error" or old_error:
            sheet.errors.append((self.row + 1, place, shown))
            return shown
        if kind in ("float", "currency"):
            number = numbers.plain(kept.get("office:value", shown))
            if _ZEROS.fullmatch(shown) and number.lstrip("0") == re.sub(r"\D", "", shown).lstrip("0"):
                sheet.seen["mask", place] += 1
                return shown
            return number
        if kind == "percentage":
            sheet.seen["percent", place] += 1
            return (
                numbers.shown_as(kept["office:value"], ("percent", "")) if "office:value" in kept else shown
            )
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


def _number(attributes: Mapping[str, str], name: str) -> int:
    """A count of the format: 1 where it is not written."""
    return whole(attributes.get(name, "1"), 10**9)
