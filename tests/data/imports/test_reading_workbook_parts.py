"""Workbooks whose own parts lie: cells out of place, indices that do not exist, formats that hide, small files that would grow without end.

The parts are written by hand, because no library writes them so. What is small is refused while memory stays flat.
"""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import pytest

from data.imports.model import ImportRefused, Problem, SheetNeeded, Table
from data.imports.reading import numbers as writing
from data.imports.reading import read_bytes
from tests.data.imports.test_reading_workbooks import TABLE, cell, line, ods, sheet, xlsx

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:x="x"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def text(value: str) -> str:
    """A cell of text."""
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'


def number(value: str, more: str = "") -> str:
    """A cell of a number."""
    return f"<c {more}><v>{value}</v></c>"


def row(*cells: str, more: str = "") -> str:
    """A row; what is no element is text."""
    return f"<row {more}>{''.join(each if each.startswith('<') else text(each) for each in cells)}</row>"


def book(
    rows: str, *, after: str = "", before: str = "", strings: str = "", formats: tuple[str, ...] = ()
) -> bytes:
    """A workbook of one sheet, from the XML of its parts."""
    declared = "".join(
        f'<numFmt numFmtId="{164 + i}" formatCode="{code}"/>' for i, code in enumerate(formats)
    )
    xfs = "".join(f'<xf numFmtId="{164 + i}"/>' for i in range(len(formats)))
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<r><Relationship Id="a" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></r>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{RELATIONS}"><sheets><sheet name="F" r:id="s"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<r><Relationship Id="s" Type="{RELATIONS}/worksheet" Target="sheet.xml"/>'
        f'<Relationship Id="t" Type="{RELATIONS}/sharedStrings" Target="strings.xml"/>'
        f'<Relationship Id="f" Type="{RELATIONS}/styles" Target="styles.xml"/></r>',
        "xl/strings.xml": f"<sst {MAIN}>{strings}</sst>",
        "xl/styles.xml": f'<s {MAIN}><numFmts>{declared}</numFmts><cellXfs><xf numFmtId="0"/>{xfs}</cellXfs></s>',
        "xl/sheet.xml": f"<worksheet {MAIN}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


HEADER = row("code", "pop")
BODY = row("61013", number("12")) + row("61026", number("15"))


def cells(table: Table) -> list[list[str]]:
    """The cells, row by row."""
    found: list[list[str]] = table.frame.to_numpy().tolist()
    return found


def refusal(raw: bytes, name: str = "f.xlsx") -> Problem:
    """Why `raw` is refused: it must not be read, nor asked about; memory stays far from what it would take."""
    tracemalloc.start()
    try:
        with pytest.raises(ImportRefused) as caught:
            read_bytes(raw, name=name)
        assert tracemalloc.get_traced_memory()[1] < 250 * 2**20
    finally:
        tracemalloc.stop()
    assert type(caught.value) is ImportRefused
    return caught.value.problems[0]


# ---------------------------------------------------------------------------------------------------------- damage


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="B2"><v>12</v></c><c r="A2"><v>61013</v></c></row>',
        '<row r="2"><c r="A2"><v>61013</v></c><c r="A2"><v>12</v></c></row>',
        '<row r="2"><c r="A5"><v>61013</v></c><c r="B5"><v>12</v></c></row>',
        '<row r="3"><c r="A3"><v>61013</v></c></row><row r="2"><c r="A2"><v>61026</v></c></row>',
        '<row r="2"><c r="A2"><v>61013</v></c></row><row r="2"><c r="A2"><v>61026</v></c></row>',
        '<row r="x"/>',
        '<row r="1048577"><c><v>1</v></c></row>',
        '<row r="2"><c r="XFE2"><v>1</v></c></row>',
        '<row r="2"><c r="ZZZZZZZZ2"><v>1</v></c></row>',
        '<row r="1000000000000"><c><v>1</v></c></row>',
        '<row><c t="s"><v>1</v></c></row>',
        '<row><c t="s"><v>-1</v></c></row>',
        '<row><c t="s"><v>x</v></c></row>',
        '<row><c s="7"><v>1</v></c></row>',
        '<row><c s="-1"><v>1</v></c></row>',
        "<row><c><v>1</v><v>2</v></c></row>",
    ],
)
def test_cells_that_are_not_where_they_say_are_refused_never_moved(rows: str) -> None:
    raw = book(row("code", "pop", more='r="1"') + rows, strings="<si><t>seul</t></si>")
    assert refusal(raw).code in ("workbook-broken", "archive-broken")


@pytest.mark.parametrize("place", ["", "x", "A:B", "A1:ZZZZZZZ1", "A1:A99999999999"])
def test_merged_cells_without_a_place_are_refused(place: str) -> None:
    after = f'<mergeCells><mergeCell ref="{place}"/></mergeCells>'
    assert refusal(book(HEADER + BODY, after=after)).code == "workbook-broken"


@pytest.mark.parametrize("count", ["abc", "-3", "0", "99999999999"])
def test_repetitions_that_are_no_count_are_refused(count: str) -> None:
    for where in ("columns-repeated", "columns-spanned", "rows-spanned"):
        bad = cell("x", f'office:value-type="string" table:number-{where}="{count}"')
        raw = ods(sheet(line(cell("a"), cell("b")), line(bad), line(cell("1"), cell("2"))))
        assert refusal(raw, "f.ods").code == "workbook-broken"


def test_half_of_an_escaped_character_stays_as_written() -> None:
    raw = book(HEADER + row("a_xD83D_b", number("1")) + row("c_x0009_d", number("2")))
    assert read_bytes(raw, name="f.xlsx").frame["code"].tolist() == ["a_xD83D_b", "c\td"]


def test_only_what_is_a_cell_of_the_sheet_is_read() -> None:
    extension = "<extLst><ext><x:c><x:v>9</x:v></x:c></ext></extLst>"
    beside = "<c><v>12</v><extLst><ext><t>9</t></ext></extLst></c>"
    raw = book(HEADER + row("61013", beside) + row("61026", number("15")), after=extension)
    assert cells(read_bytes(raw, name="f.xlsx")) == [["61013", "12"], ["61026", "15"]]


def test_a_day_written_as_a_day_is_read_as_one() -> None:
    raw = book(HEADER + row("61013", '<c t="d"><v>2025-12-31T00:00:00</v></c>') + row("61026", number("1")))
    table = read_bytes(raw, name="f.xlsx")
    assert table.frame["pop"].tolist() == ["2025-12-31", "1"] and "dates" in table.repairs[0].what


# ----------------------------------------------------------------------------------------------------------- bombs

LONG = "x" * 100_000


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("f.xlsx", lambda: book(HEADER + '<row><c t="s"><v>0</v></c></row>' * 20_000, strings=f"<si><t>{LONG}</t></si>")),
        ("f.xlsx", lambda: book(HEADER + row(LONG, number("1")) + "<row><c/><c><v>1</v></c></row>" * 20_000,
                                after='<mergeCells><mergeCell ref="A2:A20002"/></mergeCells>')),
        ("f.xlsx", lambda: book(HEADER + row("61013", number("1")) * 10_000 + '<row><c r="XFD10002"><v>1</v></c></row>')),
        ("f.xlsx", lambda: book(HEADER + BODY, formats=("0",) * 100_001)),
        ("f.xlsx", lambda: book(HEADER + BODY + '<row r="1048576"><c><v>1</v></c></row>',
                                after="<mergeCells>" + '<mergeCell ref="A1:A1048576"/>' * 40 + "</mergeCells>")),
        ("f.ods", lambda: ods(sheet(line(cell("a"), cell("b")), line(cell(LONG), cell("2"), more='table:number-rows-repeated="1000000"')))),
        ("f.ods", lambda: ods(sheet(line(cell("a"), cell("b")), line('<table:table-cell/>', more='table:number-rows-repeated="9999999"'),
                                    line(cell("1"), cell("2"))))),
        ("f.ods", lambda: ods(sheet(line(cell("a"), cell("b")), line(
            '<table:table-cell><text:p>' + '<text:s text:c="131072"/>' * 9999 + "</text:p></table:table-cell>")))),
    ],
)  # fmt: skip
def test_small_workbooks_that_would_grow_without_end_are_refused(name: str, raw: object) -> None:
    assert callable(raw)
    assert refusal(raw(), name).code in (
        "sheet-too-big",
        "too-many-columns",
        "workbook-broken",
        "cell-too-long",
    )


# --------------------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("code", "stored", "shown"),
    [
        ('[=0]"-";0.0%', "0.125", "12.5 %"),
        ('[=0]"";dd/mm/yyyy', "46022", "2025-12-31"),
        ('"";0%', "0.5", "50 %"),
        ("General;0%", "0.5", "0.5"),
        ("#00000", "1001", "01001"),
        ("??000", "61", "061"),
        ("# ##0", "1234", "1234"),
        ("General", "12345678901234567890", "12345678901234567890"),
        ("General", "1234567890123456.0", "1234567890123456"),
        ("General", "1_000", "1_000"),
        ("General", "1e999", "1e999"),
        ("0%", "1e999", "1e999"),
        ("0" * 256, "5", "5"),
    ],
)
def test_formats_that_hide_their_number(code: str, stored: str, shown: str) -> None:
    assert writing.shown_as(stored, writing.style(code)) == shown


def test_an_hour_of_a_workbook_counted_from_1904_is_an_hour() -> None:
    assert writing.shown_as("0.5", writing.style("h:mm"), epoch_1904=True) == "12:00:00"
    assert writing.shown_as("0", writing.style("yyyy-mm-dd"), epoch_1904=True) == "1904-01-01"


# ------------------------------------------------------------------------------------------- what a person sees there


def test_merged_cells_of_the_table_are_said_with_what_they_cover() -> None:
    rows = row("code", "a", "b") + row("61013", number("1"), number("9")) + row("61026", number("2"), "<c/>")
    after = '<mergeCells><mergeCell ref="B2:B3"/><mergeCell ref="A4:B5"/></mergeCells>'
    raw = book(rows + row("61067", "<c/>", number("3")) + row("<c/>", "<c/>", number("4")), after=after)
    table = read_bytes(raw, name="f.xlsx")
    assert cells(table) == [["61013", "1", "9"], ["61026", "1", ""], ["61067", "", "3"], ["61067", "", "4"]]
    said = {each.line: each.what for each in table.repairs}
    assert "B2:B3" in said[2] and "«\u00a02\u00a0» en B3" in said[2] and "A4:B5" in said[4]


def test_two_tables_side_by_side_are_refused() -> None:
    rows = row("code", "pop", "<c/>", "Code", "log") + row("61013", number("1"), "<c/>", "61026", number("5"))
    problem = refusal(book(rows + row("61026", number("2"))))
    assert (problem.code, problem.line, problem.column) == ("side-by-side", 1, "D")


def test_hidden_columns_are_said() -> None:
    table = read_bytes(
        book(HEADER + BODY, before='<cols><col min="2" max="16384" hidden="1"/></cols>'), name="f.xlsx"
    )
    assert [each.what for each in table.repairs] == ["Colonnes masquées (B) : lues comme les autres."]
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    rows = line(cell("a"), cell("b")) + line(cell("1"), cell("2"))
    table = read_bytes(ods(sheet(columns, rows)), name="f.ods")
    assert [each.what for each in table.repairs] == ["Colonnes masquées (B) : lues comme les autres."]


@pytest.mark.parametrize(
    "name", ["Couverture FttH", "Liste des communes", "Aide au logement", "Sources par commune"]
)
def test_a_sheet_of_data_is_not_set_aside_for_one_word_of_its_name(name: str) -> None:
    with pytest.raises(SheetNeeded) as caught:
        read_bytes(xlsx((name, TABLE), ("Feuil2", TABLE)), name="f.xlsx")
    assert caught.value.sheets == (name, "Feuil2")


@pytest.mark.parametrize(
    ("inside", "seen"),
    [
        ('office:value-type="string"><draw:custom-shape><text:p>bulle</text:p></draw:custom-shape><text:p>Aunay</text:p>', "Aunay"),
        ('office:value-type="string"><text:p>Le\n   Mêle</text:p>', "Le Mêle"),
        ('office:value-type="float" office:value="0" table:formula="of:=1/0"><text:p>#DIV/0!</text:p>', "#DIV/0!"),
        ('office:value-type="float" office:value="612345678"><text:p>06 12 34 56 78</text:p>', "06 12 34 56 78"),
        ('office:value-type="percentage"><text:p>12,5 %</text:p>', "12,5 %"),
        ('office:value-type="time" office:time-value="PT09H05M01.5S"><text:p>09:05</text:p>', "09:05:01.5"),
    ],
)  # fmt: skip
def test_an_ods_cell_is_what_is_seen(inside: str, seen: str) -> None:
    odd = f"<table:table-cell {inside}</table:table-cell>"
    table = read_bytes(
        ods(sheet(line(cell("a"), cell("b")), line(cell("x"), odd), line(cell("y"), cell("z")))), name="f.ods"
    )
    assert table.frame["b"].tolist() == [seen, "z"]


def test_what_an_ods_keeps_of_other_files_is_no_sheet() -> None:
    rows = line(cell("a"), cell("b")) + line(cell("1"), cell("2"))
    cache = (
        f'<table:table table:name="\'file:///x.ods\'#$S" table:style-name="ta_extref">{rows}</table:table>'
    )
    link = f"<table:dde-links><table:table>{rows}</table:table></table:dde-links>"
    assert cells(read_bytes(ods(cache + link + sheet(rows)), name="f.ods")) == [["1", "2"]]
    assert refusal(ods(sheet(rows) + sheet(rows)), "f.ods").code == "workbook-broken"
