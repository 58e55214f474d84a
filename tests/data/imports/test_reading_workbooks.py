"""XLSX, ODS and XLS: the cells a person sees, with the sheet's row numbers; what had to be interpreted is listed."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from data.imports.model import ImportRefused, SheetNeeded
from data.imports.reading import numbers as writing
from data.imports.reading import read_bytes

FILES = Path(__file__).parent / "files"


def xlsx(*sheets: tuple[str, Callable[[Worksheet], None]]) -> bytes:
    """A workbook whose sheets are filled by functions."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, fill in sheets:
        fill(book.create_sheet(name))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows(*lines: list[Any]) -> Callable[[Worksheet], None]:
    """A sheet of these rows."""

    def fill(sheet: Worksheet) -> None:
        for line in lines:
            sheet.append(line)

    return fill


def repacked(raw: bytes, changes: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """The same package with some parts rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            change = next((f for end, f in changes.items() if info.filename.endswith(end)), None)
            new.writestr(info.filename, change(content) if change else content)
    return out.getvalue()


def ods(body: str, manifest: str = "") -> bytes:
    """An ODS whose tables are `body`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", f"<c><b>{body}</b></c>")
        if manifest:
            book.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def cell(text: str, more: str = 'office:value-type="string"') -> str:
    """One cell of an ODS."""
    return f"<table:table-cell {more}><text:p>{escape(text)}</text:p></table:table-cell>"


def line(*cells: str, more: str = "") -> str:
    """One row of an ODS."""
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def sheet(*lines: str, name: str = "Feuille1") -> str:
    """One table of an ODS."""
    return f'<table:table table:name="{name}">{"".join(lines)}</table:table>'


def whats(raw: bytes, name: str) -> list[str]:
    """What the repairs say."""
    return [each.what for each in read_bytes(raw, name=name).repairs]


TABLE = rows(["code", "pop"], ["61013", 12], ["61026", 15])


# ------------------------------------------------------------------------------------------------------------ XLSX


def test_cells_are_what_is_stored_or_what_the_format_means() -> None:
    def fill(page: Worksheet) -> None:
        page.append(["code", "date", "heure", "taux", "tel", "oui", "nombre", "siret"])
        for i in range(3):
            page.append(
                [
                    1001 + i,
                    dt.datetime(2025, 12, 31),
                    dt.time(9, 5),
                    0.125,
                    612345678,
                    True,
                    5.1 + i,
                    83_214_567_800_012,
                ]
            )
        for r in range(2, 5):
            page.cell(r, 1).number_format = "00000"
            page.cell(r, 4).number_format = "0.0%"
            page.cell(r, 5).number_format = '0#" "##" "##" "##" "##'
            page.cell(r, 7).number_format = "#,##0"

    table = read_bytes(xlsx(("Données", fill)), name="f.xlsx")
    assert table.frame.iloc[0].tolist() == [
        "01001",
        "2025-12-31",
        "09:05:00",
        "12.5 %",
        "06 12 34 56 78",
        "VRAI",
        "5.1",
        "83214567800012",
    ]
    assert table.lines.tolist() == [2, 3, 4] and table.dialect.sheet == "Données"
    assert [each.what.split(" :")[0] for each in table.repairs] == [f"Colonne {c}" for c in "ABCDEF"]


@pytest.mark.parametrize(
    ("code", "stored", "text"),
    [
        ("General", "5.0999999999999996", "5.1"),
        ("General", "1E-3", "0.001"),
        ("General", "123456789012345", "123456789012345"),
        ("0.00", "12", "12"),
        ("# ##0", "1234", "1234"),
        ("00000", "1001", "01001"),
        ("00000", "123456", "123456"),
        ("0%", "0.07", "7 %"),
        ("0.0%", "-0.0005", "-0.05 %"),
        ("dd/mm/yyyy", "46022", "2025-12-31"),
        ("dd/mm/yyyy hh:mm", "46022.604166666664", "2025-12-31T14:30:00"),
        ("[$-40C]d mmmm yyyy", "45292", "2024-01-01"),
        ("h:mm", "0.25", "06:00:00"),
        ("[h]:mm", "1.5", "36:00:00"),
        ("dd/mm/yyyy", "59", "1900-02-28"),
        ("dd/mm/yyyy", "60", "60"),
        ("dd/mm/yyyy", "-4", "-4"),
        ('0.0" %"', "12.5", "12.5"),
        ('"Année "0', "2024", "2024"),
    ],
)
def test_number_formats(code: str, stored: str, text: str) -> None:
    assert writing.shown_as(stored, writing.style(code)) == text


def test_dates_counted_from_1904() -> None:
    assert writing.shown_as("44560", writing.style("yyyy-mm-dd"), epoch_1904=True) == "2025-12-31"


def test_titles_labels_codes_and_notes_of_an_insee_sheet() -> None:
    raw = xlsx(
        (
            "COM",
            rows(
                ["Base logement"], ["Source : Insee, RP2021"], [],
                ["Code géographique", "Libellé", "Logements"], ["CODGEO", "LIBGEO", "P21_LOG"],
                ["61013", "Aunay", 84.5], ["61026", "Bures", None], [], ["* estimation"],
            ),
        ),
        ("Documentation", rows(["variable", "libellé"], ["P21_LOG", "Logements en 2021"])),
    )  # fmt: skip
    table = read_bytes(raw, name="f.xlsx")
    assert table.frame.to_numpy().tolist() == [["61013", "Aunay", "84.5"], ["61026", "Bures", ""]]
    assert table.frame.columns.tolist() == ["CODGEO", "LIBGEO", "P21_LOG"]
    assert (table.dialect.header_line, table.lines.tolist()) == (5, [6, 7])
    assert [each.line for each in table.repairs] == [None, 1, 2, 4, 9]


def test_notes_of_a_table_that_begins_further_right_are_set_aside() -> None:
    raw = xlsx(
        (
            "F",
            rows(
                [],
                [None, None, "code", "pop"],
                [None, None, "61013", 1],
                [None, None, "61026", 2],
                [],
                [None, None, "Source : Insee"],
            ),
        )
    )
    table = read_bytes(raw, name="f.xlsx")
    assert table.frame.to_numpy().tolist() == [["61013", "1"], ["61026", "2"]]
    assert any(each.line == 6 and "Source : Insee" in each.what for each in table.repairs)


def test_merged_cells_make_names_and_fill_rows() -> None:
    def fill(page: Worksheet) -> None:
        for each in (
            ["Code", "Logements", None],
            [None, 2019, 2020],
            ["61013", 1, 2],
            [None, 3, 4],
            ["61026", 5, 6],
        ):
            page.append(each)
        for area in ("A1:A2", "B1:C1", "A3:A4"):
            page.merge_cells(area)

    table = read_bytes(xlsx(("F", fill)), name="f.xlsx")
    assert table.frame.columns.tolist() == ["Code", "Logements 2019", "Logements 2020"]
    assert table.frame["Code"].tolist() == ["61013", "61013", "61026"]
    assert any("A3:A4" in each.what for each in table.repairs)


def test_the_sheet_is_chosen_or_asked() -> None:
    titled = rows(["Titre"], [], ["Source : Insee"], ["code", "pop"], ["61013", 12], ["61026", 15, "note"])
    raw = xlsx(("2023", TABLE), ("2024", titled), ("Lisez-moi", rows(["x", "y"], ["z", "t"])))
    with pytest.raises(SheetNeeded) as caught:
        read_bytes(raw, name="f.xlsx")
    assert caught.value.sheets == ("2023", "2024", "Lisez-moi")
    assert caught.value.excerpts["2024"] == (
        ("code", "pop", ""),
        ("61013", "12", ""),
        ("61026", "15", "note"),
    )
    assert caught.value.excerpts["Lisez-moi"] == (("x", "y"), ("z", "t"))
    assert read_bytes(raw, sheet="2024", name="f.xlsx").dialect.sheet == "2024"
    with pytest.raises(SheetNeeded):
        read_bytes(raw, sheet="2025", name="f.xlsx")


def test_a_formula_is_its_cached_value_or_refused_with_its_cell() -> None:
    raw = xlsx(("F", rows(["a", "b"], ["x", "=1+1"], ["y", "=A2"])))
    with pytest.raises(ImportRefused) as caught:
        read_bytes(raw, name="f.xlsx")
    assert [(each.line, each.column) for each in caught.value.problems] == [(2, "B"), (3, "B")]
    values = iter([b"2", b"7"])

    def with_values(part: bytes) -> bytes:
        return re.sub(rb"</f><v\s*/>|</f><v></v>", lambda _: b"</f><v>" + next(values) + b"</v>", part)

    cached = repacked(raw, {"sheet1.xml": with_values})
    table = read_bytes(cached, name="f.xlsx")
    assert table.frame["b"].tolist() == ["2", "7"] and "2 cellules, formules" in table.repairs[0].what


def test_error_cells_and_hidden_rows_are_said() -> None:
    def fill(page: Worksheet) -> None:
        TABLE(page)
        page.append(["61067", "#REF!"])
        page.row_dimensions[3].hidden = True

    said = whats(xlsx(("F", fill)), "f.xlsx")
    assert any("B4" in each and "#REF!" in each for each in said) and any("masquée" in each for each in said)


def test_escaped_characters_and_rich_text() -> None:
    raw = xlsx(("F", rows(["a", "b"], ["x_x000D_y", "z"], ["t", "u"])))
    assert read_bytes(raw, name="f.xlsx").frame["a"][0] == "x\ry"


@pytest.mark.parametrize("keep", [-1, -200, 300])
def test_a_cut_workbook_is_refused(keep: int) -> None:
    with pytest.raises(ImportRefused, match=r"coupé|abîmé"):
        read_bytes(xlsx(("F", TABLE))[:keep], name="f.xlsx")


def test_entities_and_broken_xml_are_refused() -> None:
    raw = xlsx(("F", TABLE))
    laughs = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    for change in (
        lambda part: laughs + part[part.index(b"<worksheet") :],
        lambda part: part[: len(part) // 2],
    ):
        with pytest.raises(ImportRefused) as caught:
            read_bytes(repacked(raw, {"sheet1.xml": change}), name="f.xlsx")
        assert caught.value.problems[0].code.startswith("workbook-")


# ------------------------------------------------------------------------------------------------------- ODS and XLS


def test_ods_cells_repeated_rows_and_formats() -> None:
    raw = ods(
        sheet(
            line(
                cell("code"),
                cell("taux"),
                cell("date"),
                '<table:table-cell table:number-columns-repeated="1000"/>',
            ),
            line(
                cell("01001", 'office:value-type="float" office:value="1001"'),
                cell("12,5 %", 'office:value-type="percentage" office:value="0.125"'),
                cell("31/12/25", 'office:value-type="date" office:date-value="2025-12-31"'),
            ),
            line(
                cell("2A004"),
                cell("1 234,5", 'office:value-type="float" office:value="1234.5"'),
                cell(""),
                more='table:number-rows-repeated="2"',
            ),
            line(
                '<table:table-cell table:number-columns-repeated="1024"/>',
                more='table:number-rows-repeated="1048000"',
            ),
        )
    )
    table = read_bytes(raw, name="f.ods")
    assert table.frame.to_numpy().tolist() == [
        ["01001", "12.5 %", "2025-12-31"],
        ["2A004", "1234.5", ""],
        ["2A004", "1234.5", ""],
    ]
    assert table.lines.tolist() == [2, 3, 4] and len(table.repairs) == 3


def test_ods_sheets_formulas_and_passwords() -> None:
    two = ods(
        sheet(line(cell("a"), cell("b")), line(cell("1"), cell("2")), name="x")
        + sheet(line(cell("a"), cell("c")), line(cell("3"), cell("4")), name="y")
    )
    with pytest.raises(SheetNeeded) as asked:
        read_bytes(two, name="f.ods")
    assert asked.value.excerpts == {"x": (("a", "b"), ("1", "2")), "y": (("a", "c"), ("3", "4"))}
    assert read_bytes(two, sheet="y", name="f.ods").frame.to_numpy().tolist() == [["3", "4"]]
    empty = '<table:table-cell table:formula="of:=[.A1]"/>'
    with pytest.raises(ImportRefused) as caught:
        read_bytes(ods(sheet(line(cell("a"), cell("b")), line(cell("1"), empty))), name="f.ods")
    assert (caught.value.problems[0].line, caught.value.problems[0].column) == (2, "B")
    with pytest.raises(ImportRefused) as caught:
        read_bytes(ods(sheet(line(cell("a"))), manifest="<m><manifest:encryption-data/></m>"), name="f.ods")
    assert caught.value.problems[0].code == "password"


def test_ods_that_repeats_without_end_is_refused() -> None:
    raw = ods(
        sheet(
            line(cell("a"), cell("b")),
            line(
                cell("1", 'table:number-columns-repeated="9000"'), more='table:number-rows-repeated="1000000"'
            ),
        )
    )
    with pytest.raises(ImportRefused) as caught:
        read_bytes(raw, name="f.ods")
    assert (caught.value.problems[0].code, caught.value.problems[0].line) == ("sheet-too-big", 2)


def test_an_old_xls_is_read_and_says_what_it_cannot_tell() -> None:
    table = read_bytes((FILES / "communes.xls").read_bytes(), name="communes.xls")
    assert table.frame.to_numpy().tolist() == [
        [f"6101{i}", f"Été {i}", f"{84.5 + i}", "2025-12-31"] for i in range(3)
    ]
    assert table.dialect.container == "xls" and table.dialect.sheet == "Données"
    assert any("lus sans leur format" in each.what for each in table.repairs)
