"""XLS and XLSB through calamine, which gives values without number formats: zeros that a format adds to codes are lost, and listed."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any, NoReturn

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from data.imports.model import ImportRefused
from data.imports.reading import numbers
from data.imports.reading.archive import refuse_password
from data.imports.reading.grid import Rows, Sheet, choose, finish_sheet
from data.imports.reading.hints import Hints
from data.imports.reading.limits import MAX_SHEET_CELLS
from data.imports.reading.parts import Parts
from data.imports.reading.say import refuse

PEEK = 40


def read(raw: bytes, sheet: str | None, hints: Hints) -> Parts:
    """The table of one sheet. Raises ImportRefused, SheetNeeded or ReadingNeeded."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        found = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        names = [each.name for each in found]
        hidden = [each.visible != SheetVisibleEnum.Visible for each in found]

        def peek(at: int) -> Rows:
            return _cells(book.get_sheet_by_name(names[at]), PEEK).rows

        at, repairs = choose(names, hidden, sheet, peek)
        whole = _cells(book.get_sheet_by_name(names[at]))
    except PasswordError:
        refuse_password()
        raise
    except CalamineError as error:
        if "assword" in str(error) or "ncrypted" in str(error):
            refuse_password()
        _broken()
    except ImportRefused:
        raise
    except BaseException as error:
        if (
            type(error).__name__ != "PanicException"
        ):  # the library's own failure on a cut file: no `Exception`, and not exported
            raise
        _broken()
    frame, lines, done, header = finish_sheet(whole, hints)
    return Parts(
        frame,
        lines,
        (*repairs, *done),
        "xls",
        header_line=header,
        sheet=names[at],
        sheets=tuple(names),
    )


def _broken() -> NoReturn:
    refuse(
        "workbook-broken",
        "Le classeur Excel (xls) est coupé ou abîmé.",
        "Ouvrez-le dans un tableur et enregistrez-le de nouveau en .xlsx.",
    )


def _cells(source: CalamineSheet, limit: int = 0) -> Sheet:
    """The cells as text; only the first `limit` rows when not 0."""
    if source.total_height * max(source.total_width, 1) > MAX_SHEET_CELLS:
        refuse("sheet-too-big", "La feuille a trop de cellules.", "Enregistrez-la en CSV UTF-8.")
    out = Sheet()
    for row, cells in enumerate(source.to_python(skip_empty_area=False, nrows=limit or None), 1):
        texts = [_text(cell, out, row, column) for column, cell in enumerate(cells, 1)]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            out.rows.append((row, texts))
    for (top, left), (bottom, right) in source.merged_cell_ranges or ():
        out.merges.append((top + 1, left + 1, bottom + 1, right + 1))
    return out


def _text(cell: Any, sheet: Sheet, row: int, column: int) -> str:
    if isinstance(cell, str):
        if cell.startswith("#") and cell in (
            "#DIV/0!",
            "#N/A",
            "#NAME?",
            "#NULL!",
            "#NUM!",
            "#REF!",
            "#VALUE!",
        ):
            sheet.errors.append((row, column, cell))
        return cell
    if isinstance(cell, bool):
        sheet.seen["boolean", column] += 1
        return "VRAI" if cell else "FAUX"
    if isinstance(cell, (int, float)):
        sheet.seen["unformatted", column] += 1
        return numbers.plain(repr(cell))
    if isinstance(cell, dt.timedelta):
        sheet.seen["elapsed", column] += 1
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    sheet.seen["time" if isinstance(cell, dt.time) else "date", column] += 1
    text: str = cell.isoformat()
    return text.removesuffix("T00:00:00")
