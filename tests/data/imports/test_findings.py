"""Problems to take away: nothing runs when the files are opened, and the copy holds exactly the cells."""

from __future__ import annotations

import csv
import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from data.imports import findings, marked
from data.imports.model import Dialect, Problem, Table

HOSTILE = [
    "=1+1", "+33 6 00 00 00 00", "-3,5", "-", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "#N/A", "_x0041_", "a\nb", "a\r\nb", "\x00\x01",
    " x ", "01001", "1 234,5", "<b>&amp;", "{{ 7*7 }}", "é’«»\u202f", "", "'déjà",
]  # fmt: skip


def table(*rows: tuple[str, ...], columns: tuple[str, ...] = ("code", "valeur"), first: int = 2) -> Table:
    frame = pd.DataFrame(rows, columns=list(columns))
    return Table(frame, Dialect("csv"), (), np.arange(first, first + len(rows)), "ventes.csv")


def sheets(content: bytes) -> tuple[Worksheet, Worksheet]:
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == [marked.LIST, marked.COPY]
    return book[marked.LIST], book[marked.COPY]


def error(
    line: int | None, column: str, title: str = "Ce n'est pas un nombre.", severity: str = "error"
) -> Problem:
    return Problem("not_a_number", title, "Écrivez 12.", line, column, "x", severity)  # type: ignore[arg-type]


def test_the_csv_opens_in_a_french_spreadsheet_and_runs_nothing() -> None:
    content = findings.to_csv(
        [Problem("r", "Titre ; avec\nligne", "Écrivez « 12 ».", 3, "=col", value) for value in HOSTILE]
    )
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0] == findings.COLUMNS
    assert [row[2] for row in rows[1:5]] == ["'=1+1", "+33 6 00 00 00 00", "-3,5", "'-"]
    assert {row[1] for row in rows[1:]} == {"'=col"}
    assert not any(cell.startswith(("=", "@", "\t", "\r")) for row in rows for cell in row)


def test_the_copy_holds_exactly_the_cells_as_text() -> None:
    rows = [(text, str(number)) for number, text in enumerate(HOSTILE)]
    content = findings.to_xlsx(table(*rows), [error(3, "code")])
    read = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(marked.COPY).to_python()
    assert read[0] == [marked.LINE, "code", "valeur"]
    assert [(row[1], row[2]) for row in read[1:]] == rows
    assert [row[0] for row in read[1:]] == list(range(2, 2 + len(rows)))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())
    _, copy = sheets(content)
    quoted = {cell.value for cell in copy["B"] if cell.quotePrefix}
    assert {"=1+1", "@SUM(A1)", "-"} <= quoted
    assert not {"-3,5", "+33 6 00 00 00 00", "01001"} & quoted


def test_faulty_cells_are_coloured_and_say_the_problem_and_the_list_leads_to_them() -> None:
    problems = [
        error(3, "valeur"),
        error(3, "valeur", "Valeur surprenante.", "warning"),
        error(4, "Valeur", "Lue sans la casse.", "warning"),
        error(4, "ailleurs", "Sans colonne."),
        error(None, "code", "Toute la colonne."),
    ]
    listed, copy = sheets(findings.to_xlsx(table(("61156", "1"), ("61258", "x"), ("61013", "9")), problems))
    assert copy["C3"].fill.fgColor.rgb.endswith("FFC7CE")
    assert (
        "Ce n'est pas un nombre." in copy["C3"].comment.text
        and "Valeur surprenante." in copy["C3"].comment.text
    )
    assert copy["C4"].fill.fgColor.rgb.endswith("FFEB9C")
    assert copy["A4"].comment is not None and copy["B1"].comment is not None
    assert copy["B2"].comment is None and copy["B2"].fill.fill_type is None
    first = [3, "valeur", "x", "erreur", "Ce n'est pas un nombre.", "Écrivez 12.", "not_a_number", "C3"]
    assert [cell.value for cell in listed[2]] == first
    assert listed["H2"].hyperlink.location == f"'{marked.COPY}'!C3"
    assert listed.auto_filter.ref == "A1:H6" and copy.freeze_panes == "B2"
    assert [listed[f"H{row}"].value for row in range(2, 7)] == ["C3", "C3", "C4", "A4", "B1"]


def test_of_a_large_file_only_the_lines_with_a_problem_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marked, "WHOLE", 20)
    rows = [(str(number), "1") for number in range(50)]
    _, copy = sheets(findings.to_xlsx(table(*rows), [error(30, "valeur"), error(41, "valeur")]))
    assert [[cell.value for cell in row] for row in copy.iter_rows(min_row=2)] == [
        [30, "28", "1"],
        [41, "39", "1"],
    ]
    assert "48" in copy["A1"].comment.text


def test_a_cell_larger_than_a_sheet_allows_is_cut_and_the_file_still_opens() -> None:
    _, copy = sheets(findings.to_xlsx(table(("x" * 40_000, "1")), [error(2, "code")]))
    assert len(copy["B2"].value) == 32_767


def test_a_file_without_a_problem_or_a_row_is_still_a_workbook() -> None:
    listed, copy = sheets(findings.to_xlsx(table(), []))
    assert listed.max_row == 1 and copy.max_row == 1


def test_the_list_has_no_more_links_than_a_sheet_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marked, "_LINKS", 2)
    content = findings.to_xlsx(table(*[("x", "y")] * 4), [error(line, "code") for line in range(2, 6)])
    listed, _ = sheets(content)
    cells = [listed.cell(at, 8) for at in range(2, 6)]
    assert [cell.value for cell in cells] == ["B2", "B3", "B4", "B5"]
    assert [cell.hyperlink is not None for cell in cells] == [True, True, False, False]
