"""XLSX, cell by cell from its own XML: openpyxl is ten times too slow here, and calamine drops number formats.

Streamed through expat, which refuses entity bombs; a document type is refused outright. Cells keep their sheet's row numbers.
SpreadsheetML: ECMA-376 part 1, 18.3 (cells), 18.4 (shared strings), 18.8 (styles).
"""

from __future__ import annotations

import contextlib
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
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
from data.imports.reading.say import refuse, shown
from data.imports.reading.xml import Enough, broken, elements, parse, whole

PEEK = 40


def read(raw: bytes, sheet: str | None, hints: Hints) -> Parts:
    """The table of one sheet of a workbook. Raises ImportRefused, SheetNeeded or ReadingNeeded."""
    with archive.opened(raw) as book, archive.guarded():
        workbook = Workbook(book)
        at, repairs = choose(workbook.names, workbook.hidden, sheet, workbook.peek)
        whole_sheet = workbook.sheet(at)
    frame, lines, done, header = finish_sheet(whole_sheet, hints)
    return Parts(
        frame,
        lines,
        (*repairs, *done),
        "xlsx",
        header_line=header,
        sheet=workbook.names[at],
        sheets=tuple(workbook.names),
    )


class Workbook:
    """An open XLSX: its sheets' names, their parts, shared strings and number formats."""

    def __init__(self, book: zipfile.ZipFile) -> None:
        self.book = book
        self.main = self._main_part()
        self.names: list[str] = []
        self.hidden: list[bool] = []
        self.parts: list[str] = []
        self.epoch_1904 = False
        targets = self._targets(self.main)
        for name, attributes in elements(book, self.main, "sheet", "workbookPr"):
            if name == "sheet":
                identifier = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
                kind, part = targets.get(identifier, ("", ""))
                if kind.endswith("/worksheet"):
                    if part in self.parts:
                        broken("deux feuilles sont la même")
                    self.names.append(attributes.get("name", ""))
                    self.hidden.append(attributes.get("state", "visible") != "visible")
                    self.parts.append(part)
            elif name == "workbookPr":
                self.epoch_1904 = attributes.get("date1904", "0") in ("1", "true")
        self._strings_part = next(
            (part for kind, part in targets.values() if kind.endswith("/sharedStrings")), ""
        )
        self._styles_part = next((part for kind, part in targets.values() if kind.endswith("/styles")), "")
        self._strings: list[str] | None = None
        self._styles: dict[str, numbers.Style] | None = None

    def sheet(self, at: int, limit: int = 0) -> Sheet:
        """The cells of sheet `at`; only its first `limit` rows when not 0."""
        reader = _SheetReader(self.strings(), self.styles(), self.epoch_1904, limit)
        with self.book.open(self.parts[at]) as stream:
            reader.run(stream)
        return reader.sheet

    def peek(self, at: int) -> Rows:
        """The first rows of sheet `at`."""
        return self.sheet(at, PEEK).rows

    def strings(self) -> list[str]:
        """The shared strings; phonetic readings are not part of them."""
        if self._strings is None:
            self._strings = []
            if self._strings_part and self._strings_part in self.book.namelist():
                with self.book.open(self._strings_part) as stream:
                    self._strings = list(_strings(stream))
        return self._strings

    def styles(self) -> dict[str, numbers.Style]:
        """What each cell format (`cellXfs`) makes of a number, by its index as cells write it."""
        if self._styles is None:
            codes = {str(number): code for number, code in numbers.BUILT_IN.items()}
            inside = False
            self._styles = {} if self._styles_part else {"0": numbers.PLAIN}
            wanted = ("numFmt", "cellXfs", "cellStyleXfs", "dxfs", "xf")
            for name, attributes in (
                elements(self.book, self._styles_part, *wanted) if self._styles_part else ()
            ):
                if name == "numFmt":
                    codes[attributes["numFmtId"]] = attributes.get("formatCode", "")
                elif name in ("cellXfs", "cellStyleXfs", "dxfs"):
                    inside = name == "cellXfs"
                elif name == "xf" and inside:
                    code = codes.get(attributes.get("numFmtId", "0"), "General")
                    self._styles[str(len(self._styles))] = numbers.style(code)
        return self._styles

    def _main_part(self) -> str:
        for kind, part in self._targets("").values():
            if kind.endswith("/officeDocument"):
                return part
        refuse(
            "xlsx-broken",
            "Le fichier n'est pas un classeur Excel complet.",
            "Ouvrez-le dans un tableur et enregistrez-le de nouveau en .xlsx.",
        )

    def _targets(self, part: str) -> dict[str, tuple[str, str]]:
        """Relationship id → (type, part) of a part of the package."""
        folder, file = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{file}.rels")
        out: dict[str, tuple[str, str]] = {}
        if path not in self.book.namelist():
            return out
        for _, attributes in elements(self.book, path, "Relationship"):
            if attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                whole = (
                    target.lstrip("/")
                    if target.startswith("/")
                    else posixpath.normpath(posixpath.join(folder, target))
                )
                out[attributes.get("Id", "")] = (attributes.get("Type", ""), whole)
        return out


_ESCAPED = re.compile(r"_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")


_LETTERS = re.compile("[A-Za-z]{1,3}")


def unescaped(text: str) -> str:
    """`_x000D_` and its kind are how the format writes characters that XML forbids (22.9.2.19, ST_Xstring).

    Half of a surrogate pair (`_xD83D_`) is not a character and is left as written.
    """
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)


def _strings(stream: IO[bytes]) -> Iterator[str]:
    out: list[str] = []
    current: list[str] = []
    state = {"text": False, "phonetic": 0}

    def start(name: str, _: Mapping[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "si":
            current.clear()
        elif local == "rPh":
            state["phonetic"] += 1
        elif local == "t":
            state["text"] = not state["phonetic"]

    def end(name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "si":
            out.append(unescaped("".join(current)))
        elif local == "rPh":
            state["phonetic"] -= 1
        elif local == "t":
            state["text"] = False

    def data(text: str) -> None:
        if state["text"]:
            current.append(text)
            if len(current) > 64 and sum(map(len, current)) > 2 * MAX_CELL:
                too_long(1, "", "".join(current))

    parse(stream, start, end, data)
    return iter(out)


class _SheetReader:
    """One pass over a worksheet's XML."""

    def __init__(
        self, strings: list[str], styles: dict[str, numbers.Style], epoch_1904: bool, limit: int
    ) -> None:
        self.sheet = Sheet()
        self.strings, self.styles, self.epoch_1904, self.limit = strings, styles, epoch_1904, limit
        self.row = self.column = self.cells = self.characters = 0
        self.row_text = ""
        self.columns: dict[str, int] = {}
        self.current: list[str] = []
        self.kind = self.style = ""
        self.text: list[str] = []
        self.inside = self.taking = self.formula = self.valued = False
        self.phonetic = self.size = 0

    def run(self, stream: IO[bytes]) -> None:
        """Read all of it, or the first rows."""
        with contextlib.suppress(Enough):
            parse(stream, self.start, self.end, self.data)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c" and self.inside:
            self._place(attributes.get("r"))
            self.kind = attributes.get("t", "n")
            self.style = attributes.get("s", "")
            self.text.clear()
            self.size = 0
            self.formula = self.valued = False
            return
        if local == "v" and self.inside and self.kind != "inlineStr":
            if self.valued:
                broken("une cellule a deux valeurs", line=self.row)
            self.taking = self.valued = True
        elif local == "t" and self.inside and self.kind == "inlineStr":
            self.taking = not self.phonetic
            self.valued = True
        elif local == "f":
            self.formula = True
        elif local == "rPh":
            self.phonetic += 1
        elif local == "row":
            row = whole(attributes.get("r", str(self.row + 1)), MAX_SHEET_ROWS)
            if row <= self.row:
                broken("ses lignes ne sont pas dans l'ordre", line=row)
            self.row, self.row_text = row, str(row)
            self.column = 0
            self.current = []
            self.inside = True
            self.sheet.hidden_rows += attributes.get("hidden") in ("1", "true")
        elif local == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            self.sheet.merges.append((*_corner(first), *_corner(last or first)))
        elif local == "col" and attributes.get("hidden") in ("1", "true"):
            ends = [whole(attributes.get(each, ""), MAX_SHEET_COLUMNS) for each in ("min", "max")]
            self.sheet.hidden_columns.append((ends[0], ends[1]))

    def _place(self, place: str | None) -> None:
        """Move to the cell at `place`, or to the next one without. Refuses a place before the last cell or of another row."""
        before = self.column
        if place is None:
            self.column = before + 1
            return
        word = place.rstrip("0123456789")
        if not (column := self.columns.get(word)):
            column = self.columns[word] = _column(word)
        if column <= before or place[len(word) :] != self.row_text:
            broken(f"la cellule {shown(place)} n'est pas à sa place", line=self.row)
        self.column = column

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local in ("v", "t"):
            self.taking = False
        elif local == "c" and self.inside:
            self._cell()
        elif local == "row":
            self.inside = False
            if self.current:
                self.sheet.rows.append((self.row, self.current))
            if self.limit and len(self.sheet.rows) >= self.limit:
                raise Enough
        elif local == "rPh":
            self.phonetic -= 1

    def data(self, text: str) -> None:
        if self.taking:
            self.text.append(text)
            self.size += len(text)
            if self.size > 2 * MAX_CELL:
                too_long(self.row, letters(self.column), "".join(self.text))

    def _cell(self) -> None:
        text = "".join(self.text)
        if not self.valued or (not text and self.kind in ("n", "")):
            if self.formula and not self.limit:
                self.sheet.no_value.append((self.row, self.column))
            return
        seen = self.sheet.seen
        if self.kind == "s":
            index = int(text)
            if index < 0:  # the language would count from the end
                broken(f"le texte {shown(text)} n'existe pas", line=self.row)
            text = self.strings[index]
        elif self.kind in ("n", ""):
            if (kind := self.styles.get(self.style, numbers.PLAIN if not self.style else None)) is None:
                broken(f"le format {shown(self.style)} n'existe pas", line=self.row)
            raw, text = text, numbers.shown_as(text, kind, epoch_1904=self.epoch_1904)
            if kind[0] != "number" and text != numbers.plain(raw):
                seen[kind[0], self.column] += 1
        elif self.kind == "b":
            text = "VRAI" if text.strip() in ("1", "true") else "FAUX"
            seen["boolean", self.column] += 1
        elif self.kind == "e":
            self.sheet.errors.append((self.row, self.column, text))
        elif self.kind == "d":
            text = text.removesuffix("T00:00:00")
            seen["date", self.column] += 1
        elif self.kind in ("inlineStr", "str"):
            text = unescaped(text)
        if self.formula:
            seen["formula", self.column] += 1
        self.cells += 1
        self.characters += len(text)  # of texts that many cells share
        if self.cells > MAX_SHEET_CELLS or self.characters > MAX_INFLATED:
            refuse(
                "sheet-too-big",
                "La feuille a trop de cellules.",
                "Enregistrez-la en CSV UTF-8.",
                line=self.row,
            )
        missing = self.column - 1 - len(self.current)
        if missing > 0:
            self.current.extend([""] * missing)
        self.current.append(text)


def _column(word: str) -> int:
    """« AB » is 28."""
    number = 0
    for letter in word.upper() if _LETTERS.fullmatch(word) else ():
        number = number * 26 + ord(letter) - 64
    if not 1 <= number <= MAX_SHEET_COLUMNS:
        broken(f"« {shown(word)} » n'est pas une colonne")
    return number


def _corner(text: str) -> tuple[int, int]:
    """« B12 » is (12, 2)."""
    bare = text.replace("$", "")
    word = bare.rstrip("0123456789")
    return whole(bare[len(word) :], MAX_SHEET_ROWS), _column(word)
