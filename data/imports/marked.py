"""A copy of a file as a workbook: the list of problems first, then every cell as it was read, the faulty ones coloured and commented.

Every cell of the copy is text, exactly as read: nothing is computed when it is opened (formulas stay text, even when somebody edits
them), and numbers keep their writing. Colour is not alone: each coloured cell has a note that says the problem, and the list links to it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.french import counted
from analysis.spreadsheet import guard
from data.imports.headings import fold
from data.imports.model import Problem, Table

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell

COLUMNS = ["Ligne", "Colonne", "Valeur", "Gravité", "Problème", "Que faire", "Règle"]
SEVERITIES = {"error": "erreur", "warning": "avertissement"}
LIST, COPY = "Problèmes", "Fichier"
LINE = "Ligne du fichier"

WHOLE = 400_000
"""Cells up to which the whole file is copied; beyond, only its lines with a problem are."""
_ROWS = 1_048_576  # of a sheet, its header included
_NOTES = 2_000  # a spreadsheet becomes slow with more; the list has every problem
_LINKS = 65_530  # a sheet with more is « repaired » by Excel, which drops them all
_TEXT = 32_767  # characters that a cell may hold
_FILL = {"error": "FFC7CE", "warning": "FFEB9C"}
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def row(problem: Problem) -> list[str]:
    """The cells of one problem, under `COLUMNS`."""
    return [
        str(problem.line or ""),
        problem.column,
        problem.value,
        SEVERITIES[problem.severity],
        problem.title,
        problem.advice,
        problem.code,
    ]


def to_xlsx(table: Table, problems: Iterable[Problem]) -> bytes:
    """The workbook. A file of more than `WHOLE` cells, or than a sheet has rows, is copied in its lines with a problem only."""
    from openpyxl import Workbook

    found = list(problems)[: _ROWS - 2]
    rows, partial = _rows(table, found)
    columns = [str(name) for name in table.frame.columns]
    marks = _marks(table, rows, columns, found)
    book = Workbook(write_only=True)
    book.properties.title = f"{LIST} : {table.name}" if table.name else LIST
    _fill_list(book.create_sheet(LIST), found, marks)
    _fill_copy(book.create_sheet(COPY), table, rows, columns, marks, partial)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(table: Table, problems: Sequence[Problem]) -> tuple[Sequence[int], bool]:
    """Positions of the rows to copy, and whether some are left out."""
    frame = table.frame
    if frame.size <= WHOLE and len(frame) < _ROWS - 1:
        return range(len(frame)), False
    lines = {each.line for each in problems}
    most = max(1, min(_ROWS - 2, WHOLE // max(1, frame.shape[1])))
    return [i for i, line in enumerate(table.lines.tolist()) if line in lines][:most], True


Sheet = Any
"""A sheet written row by row: the stubs of the library lack half of its attributes."""

Marks = Mapping[tuple[int, int], list[Problem]]


def _marks(table: Table, rows: Sequence[int], columns: list[str], problems: Iterable[Problem]) -> Marks:
    """Problems by cell of the copy, (row, column) from 1; what has no cell of its own is on its line's number or its column's name."""
    lines = table.lines.tolist()
    row_of = {lines[position]: place for place, position in enumerate(rows, start=2)}
    column_of = {fold(name): place for place, name in reversed(list(enumerate(columns, start=2)))}
    column_of.update({name: place for place, name in enumerate(columns, start=2)})
    marks: dict[tuple[int, int], list[Problem]] = {}
    for each in problems:
        if each.line is not None and each.line not in row_of:
            continue
        at = 1 if each.line is None else row_of[each.line]
        names = each.column.split(" + ") if each.column not in column_of else [each.column]
        places = [place for name in names if (place := column_of.get(name, column_of.get(fold(name))))] or [1]
        for place in places:
            marks.setdefault((at, place), []).append(each)
    return marks


def _fill_list(sheet: Sheet, problems: Sequence[Problem], marks: Marks) -> None:
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.hyperlink import Hyperlink

    where = {
        id(each): f"{get_column_letter(column)}{at}"
        for (at, column), found in marks.items()
        for each in found
    }
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGH", (8, 24, 24, 14, 60, 60, 20, 10), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append(list(_header(sheet, [*COLUMNS, "Case"])))
    wrap = Alignment(wrap_text=True, vertical="top")
    links = 0
    for each in problems:
        cells = [_text(sheet, text) for text in row(each)]
        if each.line:
            cells[0] = _typed(sheet, each.line)
        if place := where.get(id(each)):
            cells.append(_text(sheet, place))
            if links < _LINKS:
                links += 1
                cells[-1].hyperlink = Hyperlink(ref="", location=f"'{COPY}'!{place}")
                cells[-1].style = "Hyperlink"
        for cell in cells[:7]:
            cell.alignment = wrap
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:H{1 + len(problems)}"


def _fill_copy(
    sheet: Sheet,
    table: Table,
    rows: Sequence[int],
    columns: list[str],
    marks: Marks,
    partial: bool,
) -> None:
    sheet.freeze_panes = "B2"
    sheet.column_dimensions["A"].width = 10
    notes = _Notes(sheet)
    header = list(_header(sheet, [LINE, *columns]))
    if partial:
        left = len(table.frame) - len(rows)
        notes.add(
            header[0],
            f"Seules les lignes qui ont un problème sont copiées ; {counted(left, 'autre ligne', 'autres lignes')} du fichier non.",
        )
    for (at, place), found in marks.items():
        if at == 1:
            notes.mark(header[place - 1], found)
    sheet.append(header)
    faulty: dict[int, dict[int, list[Problem]]] = {}
    for (at, place), found in marks.items():
        faulty.setdefault(at, {})[place] = found
    frame = table.frame.iloc[list(rows)] if partial else table.frame
    lines = table.lines[list(rows)].tolist() if partial else table.lines.tolist()
    for at, (line, cells) in enumerate(
        zip(lines, frame.itertuples(index=False, name=None), strict=True), start=2
    ):
        here = faulty.get(at)
        if here is None:
            sheet.append([line, *(_cell(sheet, text) for text in cells)])
            continue
        written = [_typed(sheet, line), *(_text(sheet, text) for text in cells)]
        for place, found in here.items():
            notes.mark(written[place - 1], found)
        sheet.append(written)


class _Notes:
    """Colours cells and writes their notes, as long as there are not too many of them."""

    def __init__(self, sheet: Sheet) -> None:
        from openpyxl.styles import Font, PatternFill

        self._left = _NOTES
        self._fills = {severity: PatternFill("solid", fgColor=colour) for severity, colour in _FILL.items()}
        self._bold = Font(bold=True)

    def mark(self, cell: Cell, problems: Sequence[Problem]) -> None:
        """Colour `cell` by its gravest problem and say them all."""
        grave = "error" if any(each.severity == "error" for each in problems) else "warning"
        cell.fill, cell.font = self._fills[grave], self._bold
        wording = [
            f"{SEVERITIES[each.severity].capitalize()}\u202f: {each.title}\n{each.advice}"
            for each in problems[:5]
        ]
        self.add(cell, "\n\n".join(wording))

    def add(self, cell: Cell, text: str) -> None:
        """Write a note beside what `cell` has already."""
        from openpyxl.comments import Comment

        if self._left > 0:
            self._left -= 1
            before = f"{cell.comment.text}\n\n" if cell.comment else ""
            cell.comment = Comment(escaped(before + text), "Zevillage", height=160, width=320)


def _header(sheet: Sheet, names: Iterable[str]) -> Iterator[Cell]:
    from openpyxl.styles import Font

    bold = Font(bold=True)
    for name in names:
        cell = _text(sheet, name)
        cell.font = bold
        yield cell


def _cell(sheet: Sheet, text: str) -> Any:
    """A plain cell where the library writes it as the text it is (most are), else one that is told to be text."""
    if text[:1] in "=+-@\t\r#" or "_x" in text or not text.isprintable() or len(text) > _TEXT:
        return _text(sheet, text)
    return text


def _text(sheet: Sheet, text: str) -> Cell:
    cell = _typed(sheet, escaped(text))
    cell.data_type = "s"  # never « f », whatever it begins with
    if guard(text) != text:
        cell.quotePrefix = True  # stays text when somebody edits the cell
    return cell


def _typed(sheet: Sheet, value: str | int) -> Cell:
    from openpyxl.cell import WriteOnlyCell

    return WriteOnlyCell(sheet, value)


def escaped(text: str) -> str:
    """`text` as the format wants it: characters that XML cannot hold as `_x0000_`, cut to what a cell may hold."""
    cut = text if len(text) <= _TEXT else text[: _TEXT - 1] + "…"
    kept = _ESCAPE.sub("_x005F_", cut)
    return _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", kept)
