"""The figures of a séance as an XLSX workbook: a sheet of contents, then one sheet a view, figures as numbers.

Written with XlsxWriter. Text is data: a cell that a spreadsheet would run is kept as text also when somebody edits it (the « quote
prefix » of its format), control characters are dropped, nothing is fetched. The same deck gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from analysis.council import Cell, Column, Deck, Slide, Table
from analysis.french import NNBSP
from analysis.spreadsheet import guard
from reports.office import (
    about,
    address,
    check,
    number_format,
    origin,
    own_format,
    plain,
    tables_of,
    title_of,
)

CONTENTS = "Sommaire"
"""The name of the first sheet."""
_NAME = 31  # characters that Excel allows in the name of a sheet
_CELL = 32_000  # characters in a cell, a little below Excel's 32,767
_WIDEST, _NARROWEST = 36, 11  # characters of a column
_WIDTH = 76  # characters of a sheet, at least: what the sentence is wrapped to
_PORTRAIT = 100  # characters that A4 upright still shows legibly
_HIGHEST = 405.0  # points: Excel takes no row higher than 409
_LINE = 15.0  # points: the height of a line of 11 points
_FROZEN_LINES = 9  # a head higher than that would leave no room for the rows below it


def workbook_xlsx(deck: Deck) -> bytes:
    """`deck` as the bytes of an XLSX file.

    Sheet « Sommaire »: what the séance is, its views with links to their sheets. Then one sheet a view, in order: title, sentence,
    tables (the heading of one alone kept in sight, filter on the first), sources, vintages, secrecy, fingerprint. A figure is a number
    in the unit of its column (10.5 for 10,5 %) with the format of the screen; what is secret or not published is the words of the
    screen. A view without a table gets the figures of its charts, or what its maps say of each commune.

    Raises OfficeError for a deck without views.
    """
    check(deck)
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties(
            {
                "title": plain(deck.title, 250),
                "subject": plain(deck.territory, 250),
                "author": "Zevillage",
                "comments": f"Empreinte des chiffres{NNBSP}: {deck.fingerprint}",
                # The day of the deck, so that the same deck gives the same bytes.
                "created": dt.datetime.combine(deck.made, dt.time()),
            }
        )
        pen = _Pen(book)
        names = sheet_names(deck.slides)
        first = book.add_worksheet(CONTENTS)
        for rank, (slide, name) in enumerate(zip(deck.slides, names, strict=True), 1):
            _view(_Sheet(pen, book.add_worksheet(name), deck), slide, rank)
        _contents(_Sheet(pen, first, deck), names)
    return out.getvalue()


def sheet_names(slides: Sequence[Slide]) -> list[str]:
    """A name for the sheet of each view: its rank and its title, at most 31 characters, all different, none that Excel refuses."""
    names = []
    for rank, slide in enumerate(slides, 1):
        # No brackets, colons, stars, question marks or slashes, no apostrophe at an end, nothing beyond the basic plane.
        title = re.sub(r"[\[\]:*?/\\]|[^\u0000-\uffff]", " ", title_of(slide, rank)).replace("'", "’")
        names.append(f"{rank} {' '.join(title.split())}"[:_NAME].strip(" ’"))
    return names


class _Pen:
    """The formats of one workbook, each made once: two cells that look the same share one."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"valign": "top", **properties})
        return self._made[key]


_HEAD = {"bold": True, "text_wrap": True, "bottom": 2, "bg_color": "#e8eef4", "valign": "vcenter"}
_FOOT = {"bold": True, "top": 1}


@dataclass
class _Sheet:
    """One sheet, filled from the top; `row` is the next free one."""

    pen: _Pen
    sheet: Any
    deck: Deck
    row: int = 0
    widths: tuple[float, ...] = (_WIDTH,)

    @property
    def wide(self) -> float:
        """Characters over all columns."""
        return sum(self.widths)

    def words(self, column: int, text: str, **look: Any) -> None:
        """`text` as text, whatever it looks like, in the current row."""
        kept = plain(text, _CELL)
        if guard(kept) != kept:
            look = {**look, "quote_prefix": True}
        self.sheet.write_string(self.row, column, kept, self.pen(**look))

    def paragraph(self, text: str, **look: Any) -> int:
        """`text` over all columns, wrapped; the number of lines it was given."""
        kept = plain(text, _CELL)
        size = look.get("font_size", 11)
        lines = max(1, min(25, math.ceil(len(kept) * size / 11 * 1.1 / self.wide)))
        self.sheet.set_row(self.row, lines * size * 1.4)
        look = {**look, "text_wrap": True}
        if len(self.widths) > 1:
            style = {**look, "quote_prefix": True} if guard(kept) != kept else look
            self.sheet.merge_range(self.row, 0, self.row, len(self.widths) - 1, "", self.pen(**style))
        self.words(0, kept, **look)
        self.row += 1
        return lines

    def columns(self, widths: Sequence[float]) -> None:
        """Widths in characters; an empty column follows where the paragraphs need more room than the tables."""
        given = [*widths, *([_WIDTH - sum(widths)] if sum(widths) < _WIDTH else [])]
        for column, width in enumerate(given):
            self.sheet.set_column(column, column, width)
        self.widths = tuple(given)

    def high(self, texts: Sequence[str]) -> None:
        """Makes the current row as high as its wrapped texts: not every program does it when it opens the file."""
        lengths = zip((len(plain(text, _CELL)) for text in texts), self.widths, strict=False)
        lines = [1 if length < width else math.ceil(length * 1.1 / width) for length, width in lengths]
        if max(lines, default=1) > 1:
            self.sheet.set_row(self.row, min(_HIGHEST, max(lines) * _LINE))

    def printed(self, title: str) -> None:
        """A4, as wide as the paper, across where there are many columns; the séance and the page at the foot."""
        if self.wide > _PORTRAIT:
            self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        left = plain(f"{plain(self.deck.title, 40)} – {title}", 75).replace("&", "&&")
        self.sheet.set_footer(f"&L{left}&R&P / &N")


def _contents(sheet: _Sheet, names: Sequence[str]) -> None:
    deck = sheet.deck
    sheet.columns([34, 40, 22])
    sheet.printed(CONTENTS)
    sheet.paragraph(deck.title or "Séance", bold=True, font_size=16)
    for name, words in about(deck):
        sheet.words(0, name, bold=True)
        sheet.words(1, words, text_wrap=True)
        sheet.high([name, words])
        sheet.row += 1
    sheet.row += 1
    for column, heading in enumerate(("Feuille", "Vue", "Empreinte des chiffres")):
        sheet.words(column, heading, **_HEAD)
    sheet.row += 1
    for rank, (slide, name) in enumerate(zip(deck.slides, names, strict=True), 1):
        link = sheet.pen(font_color="#0645ad", underline=1, text_wrap=True)
        sheet.sheet.write_url(sheet.row, 0, f"internal:'{name}'!A1", link, string=name)
        sheet.words(1, title_of(slide, rank), text_wrap=True)
        sheet.high([name, title_of(slide, rank)])
        sheet.words(2, slide.fingerprint)
        sheet.row += 1


def _view(sheet: _Sheet, slide: Slide, rank: int) -> None:
    tables = [_detailed(table) for table in tables_of(slide, sheet.deck)]
    shapes = [_widths(table) for table in tables]
    most = max((len(shape) for shape in shapes), default=0)
    sheet.columns([max(shape[i] for shape in shapes if i < len(shape)) for i in range(most)] or [_WIDTH])
    title = title_of(slide, rank)
    sheet.printed(title)
    lines = sheet.paragraph(title, bold=True, font_size=14)
    lines += sheet.paragraph(slide.sentence, font_size=12) if slide.sentence else 0
    sheet.sheet.write_url(
        sheet.row,
        0,
        f"internal:'{CONTENTS}'!A1",
        sheet.pen(font_color="#0645ad", underline=1),
        string=CONTENTS,
    )
    sheet.row += 2
    for index, table in enumerate(tables):
        # A heading that stays in sight above another table's rows would misname them.
        _table(sheet, table, first=index == 0, freeze=len(tables) == 1 and lines <= _FROZEN_LINES)
    for name, words in origin(sheet.deck, slide):
        sheet.paragraph(f"{name}{NNBSP}: {words}")
    if link := address(sheet.deck, slide):
        sheet.paragraph(f"Revoir cette vue{NNBSP}: {link}")


_DETAIL = re.compile(r"\((.+)\)\s*$")


def _detailed(table: Table) -> Table:
    """`table` with what a figure's cell says in brackets (« 17,4 % (8 sur 46) ») in a column of its own: the number alone would lose it."""
    rows = (*table.rows, table.foot)
    said = {
        rank
        for rank, column in enumerate(table.columns)
        if column.numeric and any(len(row) > rank and _detail(row[rank]) for row in rows)
    }
    if not said:
        return table

    def spread(row: Sequence[Cell]) -> tuple[Cell, ...]:
        cells = ((cell, Cell(_detail(cell))) if rank in said else (cell,) for rank, cell in enumerate(row))
        return tuple(each for group in cells for each in group)

    columns = (
        (column, Column(f"Détail{NNBSP}: {column.heading}")) if rank in said else (column,)
        for rank, column in enumerate(table.columns)
    )
    heads = tuple(each for group in columns for each in group)
    return Table(table.caption, heads, tuple(map(spread, table.rows)), spread(table.foot))


def _detail(cell: Cell) -> str:
    found = _DETAIL.search(cell.text) if cell.number is not None else None
    return found[1] if found else ""


def _table(sheet: _Sheet, table: Table, *, first: bool, freeze: bool) -> None:
    if table.caption:
        sheet.paragraph(table.caption, bold=True)
    head = sheet.row
    fitting = zip(table.columns, _widths(table), strict=True)
    lines = max(
        (math.ceil(len(_heading(column)) * 1.25 / (width - 3)) for column, width in fitting), default=1
    )
    sheet.sheet.set_row(head, _LINE * max(1, lines) + 3)
    for index, column in enumerate(table.columns):
        sheet.words(index, _heading(column), **_HEAD, **_side(index, numeric=column.numeric))
    sheet.row += 1
    if freeze:
        sheet.sheet.freeze_panes(sheet.row, 0)
        sheet.sheet.repeat_rows(head)
    formats = [
        _format(column, [row[index].text for row in table.rows if index < len(row) and row[index].number is not None])
        if column.numeric
        else ""
        for index, column in enumerate(table.columns)
    ]  # fmt: skip
    for row in table.rows:
        _row(sheet, row, formats, {})
    if first and table.columns and table.rows:
        sheet.sheet.autofilter(head, 0, sheet.row - 1, len(table.columns) - 1)
    if table.foot:
        _row(sheet, table.foot, formats, _FOOT)
    sheet.row += 1


_OWN = "own"
"""In place of the format of a column whose figures are of several units: each has its own."""


def _format(column: Column, texts: Sequence[str]) -> str:
    """The format of a column of figures; `_OWN` where its rows are of several units."""
    if not column.unit and len({own_format(text.lstrip("+")) for text in texts}) > 1:
        return _OWN
    return number_format(column, texts)


def _side(index: int, *, numeric: bool) -> dict[str, Any]:
    """How the words of a column stand: with a blank before them, so that two full cells do not run into each other."""
    if numeric:
        return {"align": "right", "indent": 1}
    return {"align": "left", "indent": 1} if index else {}


def _row(sheet: _Sheet, row: Sequence[Cell], formats: Sequence[str], look: dict[str, Any]) -> None:
    sheet.high([cell.text if cell.number is None else "" for cell in row])
    for index, (cell, code) in enumerate(zip(row, formats, strict=False)):
        if cell.number is not None and math.isfinite(cell.number):
            shown = own_format(cell.text) if code == _OWN else code
            style = sheet.pen(**look, num_format=shown or "General", align="right", indent=1)
            sheet.sheet.write_number(sheet.row, index, cell.number, style)
        else:
            sheet.words(index, cell.text, **look, text_wrap=True, **_side(index, numeric=bool(code)))
    sheet.row += 1


def _heading(column: Column) -> str:
    """The heading with the unit, where it does not say it yet."""
    heading, unit = plain(column.heading), plain(column.unit)
    said = not unit or unit.casefold() in heading.casefold()
    return heading if said else f"{heading} ({unit})"


def _widths(table: Table) -> list[float]:
    """Characters that each column of `table` needs, within bounds; a heading may be wrapped to three lines."""
    out = []
    for index, column in enumerate(table.columns):
        cells = [len(plain(row[index].text)) for row in (*table.rows, table.foot) if index < len(row)]
        # The arrow of the filter stands beside the heading's words.
        needed = max([*cells, math.ceil(len(_heading(column)) / 3) + 4, *map(len, _heading(column).split())])
        blank = 0 if column.numeric or not index else 2  # before words that stand beside others (`_side`)
        out.append(float(min(_WIDEST, max(_NARROWEST, needed + 3)) + blank))
    return out
