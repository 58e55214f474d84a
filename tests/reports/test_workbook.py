"""The workbook of a séance, read back with openpyxl, which did not write it."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from analysis.council import Cell, Column, Deck, Table
from reports.office import OfficeError, number_format, tables_of
from reports.workbook import CONTENTS, sheet_names, workbook_xlsx
from tests.corpus import CORPUS
from tests.decks import chart_slide, compared_chart, deck, map_slide, words_slide


def opened(given: Deck) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook_xlsx(given)))


def texts(sheet: Worksheet) -> list[str]:
    """Every text of a sheet, in reading order."""
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]


def cell_beside(sheet: Worksheet, text: str, right: int = 1) -> Any:
    """The cell `right` columns after the one that holds `text`."""
    [found] = [cell for row in sheet.iter_rows() for cell in row if cell.value == text]
    return sheet.cell(found.row, found.column + right)


def test_every_view_has_its_numbers_its_source_and_its_fingerprint() -> None:
    given = deck()
    book = opened(given)
    assert book.sheetnames == [CONTENTS, "1 Logements vacants", "2 Le réseau grandit", "3 À retenir"]
    for slide, sheet in zip(given.slides, book.worksheets[1:], strict=True):
        numbers = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "n" and cell.value is not None]  # fmt: skip
        expected = [
            cell.number
            for table in slide.tables
            for row in (*table.rows, table.foot)
            for cell in row
            if cell.number is not None
        ]
        assert numbers == expected
        said = "\n".join(texts(sheet))
        for words in (slide.title, slide.sentence, slide.sources[0], *slide.vintages, *slide.secrecy):
            assert words in said
        assert f"Empreinte\u202f: {slide.fingerprint}" in said
        assert "Établi pour\u202f: le public" in said and "Établi le\u202f: 28/11/2026" in said
        assert ("Mention\u202f: démonstration" in said) is bool(slide.mark)
    assert "Chiffres conservés le\u202f: 03/12/2026" in texts(book.worksheets[2])
    assert "Revoir cette vue\u202f: http://127.0.0.1:8501/carte?indicateur=vacancy_rate" in texts(
        book.worksheets[1]
    )


def test_the_first_sheet_says_what_the_seance_is_and_leads_to_each_view() -> None:
    given = deck()
    sheet = opened(given)[CONTENTS]
    assert sheet["A1"].value == "Conseil du 3 décembre"
    assert cell_beside(sheet, "Date de la séance").value == "3\u00a0décembre\u00a02026"
    assert cell_beside(sheet, "Territoire").value == "Zevillage"
    assert cell_beside(sheet, "Établi pour").value == "le public"
    assert cell_beside(sheet, "Établi le").value == "28\u00a0novembre\u00a02026"
    assert cell_beside(sheet, "Mention").value == "démonstration"
    # Once for the séance, once a view.
    assert [text for text in texts(sheet) if re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}", text)] == [
        given.fingerprint,
        *(slide.fingerprint for slide in given.slides),
    ]
    links = [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert [link.location for link in links] == [
        "'1 Logements vacants'!A1", "'2 Le réseau grandit'!A1", "'3 À retenir'!A1",
    ]  # fmt: skip
    assert all(link.target is None for link in links)


def test_figures_are_numbers_in_the_format_of_the_screen() -> None:
    book = opened(deck())
    vacant = cell_beside(book["1 Logements vacants"], "Zevillage")
    assert (vacant.value, vacant.number_format) == (10.5, '#,##0.0"\u202f%"')
    members = cell_beside(book["2 Le réseau grandit"], "2025")
    assert (members.value, members.number_format) == (6, "#,##0")
    words = book["3 À retenir"]
    assert (cell_beside(words, "Essay").value, cell_beside(words, "Essay").data_type) == (-3.5, "n")
    phone = cell_beside(words, "Essay", 2)
    assert (phone.value, phone.data_type) == ("+33 2 33 00 00 00", "s")
    # Secret, not published: words; never an empty cell, never a zero.
    assert cell_beside(book["1 Logements vacants"], "Aunay-les-Bois").value == "secret statistique"
    assert cell_beside(book["2 Le réseau grandit"], "2024").value == "non publié"
    assert not any(cell.data_type == "f" for s in book for r in s.iter_rows() for cell in r)  # fmt: skip


@pytest.mark.parametrize(
    ("column", "shown", "expected"),
    [
        (Column("Part", True, "%", 1), ["10,5\u202f%"], '#,##0.0"\u202f%"'),
        (Column("Part", True, "% des actifs", 0), ["10\u202f%"], '#,##0"\u202f%"'),
        (Column("Logements", True, "logements"), ["3\u202f660"], "#,##0"),
        (Column("Prix", True, "€/m²", 2), [], "#,##0.00"),
        (Column("Année", True), ["2023"], "0"),
        (Column("Évolution", True, "", 1), ["+1,5", "−2,0"], "+#,##0.0;-#,##0.0;#,##0.0"),
    ],
)
def test_the_format_follows_unit_and_decimals(column: Column, shown: list[str], expected: str) -> None:
    assert number_format(column, shown) == expected


def test_a_column_of_several_units_shows_each_figure_with_its_own() -> None:
    said = (
        ("Population", "556\u00a0habitants", 556.0),
        ("Évolution", "+3,2\u202f% (de 526 à 543)", 3.23),
        ("Revenu", "24\u202f350\u00a0€ par an", 24350.0),
    )
    rows = tuple((Cell(name), Cell(text, number)) for name, text, number in said)
    table = Table(
        "Essay",
        (Column("Chiffre"), Column("Essay", numeric=True)),
        (*rows, (Cell("Prix"), Cell("moins de 5 ventes"))),
    )
    book = opened(deck(slides=(words_slide(title="Essay", tables=(table,)),)))
    found = [cell_beside(book["1 Essay"], name) for name, _, _ in said]
    assert [(cell.value, cell.number_format) for cell in found] == [
        (556, '#,##0"\u00a0habitants"'),
        (3.23, '+#,##0.0"\u202f%";-#,##0.0"\u202f%";#,##0.0"\u202f%"'),
        (24350, '#,##0"\u00a0€ par an"'),
    ]
    assert cell_beside(book["1 Essay"], "Prix").value == "moins de 5 ventes"


def test_the_heading_stays_in_sight_and_filters() -> None:
    sheet = opened(deck())["1 Logements vacants"]
    head = cell_beside(sheet, "Commune", 0).row
    assert sheet.freeze_panes == f"A{head + 1}"
    # Twenty communes; the territory's row stays where it is.
    assert sheet.auto_filter.ref == f"A{head}:B{head + 20}"
    assert sheet.cell(head + 21, 1).value == "Zevillage"
    assert sheet.column_dimensions["A"].width > 25
    fitting = sheet.sheet_properties.pageSetUpPr
    assert fitting and fitting.fitToPage and sheet.page_setup.fitToHeight == 0


def test_the_same_deck_gives_the_same_bytes_of_its_own_day() -> None:
    given = deck()
    assert workbook_xlsx(given) == workbook_xlsx(given)
    assert opened(given).properties.created == dt.datetime(2026, 11, 28)
    assert workbook_xlsx(given) != workbook_xlsx(replace(given, made=dt.date(2026, 11, 29)))


def test_a_deck_without_views_is_refused_in_words() -> None:
    with pytest.raises(OfficeError, match=r"Conseil du 3 décembre.*n’a aucune vue.*ajoutez-en"):
        workbook_xlsx(deck(slides=()))


def test_names_of_sheets_are_those_that_excel_takes() -> None:
    titles = [
        "Logements: [part] */?\\",
        "'Essay'",
        "x" * 300,
        "X" * 300,
        "",
        "Évolution 🏠",
        *CORPUS.values(),
    ]
    names = sheet_names([words_slide(title=title) for title in titles])
    assert len({name.casefold() for name in names}) == len(titles)
    for name in names:
        assert 1 <= len(name) <= 31 and not set(name) & set("[]:*?/\\'") and name == name.strip()
    assert names[:3] == ["1 Logements part", "2 ’Essay", "3 " + "x" * 29]
    assert names[4] == "5 Vue 5"


def test_sixty_views_with_one_title_are_sixty_sheets() -> None:
    book = opened(deck(slides=tuple(chart_slide(title="T" * 300) for _ in range(60))))
    assert len(book.sheetnames) == 61
    assert all("T" * 300 in texts(sheet) for sheet in book.worksheets[1:])
    assert [link.location for row in book[CONTENTS].iter_rows() for cell in row if (link := cell.hyperlink)] == [
        f"'{name}'!A1" for name in book.sheetnames[1:]
    ]  # fmt: skip


def test_a_view_without_a_table_gets_the_figures_of_its_picture() -> None:
    chart = opened(deck(slides=(chart_slide(tables=()),))).worksheets[1]
    assert cell_beside(chart, "2023").value == 4 and cell_beside(chart, "2024").value == "non publié"
    given = deck()
    codes = list(given.names)
    slide = map_slide(codes, dict(given.names), tables=())
    drawn = opened(replace(given, slides=(slide,))).worksheets[1]
    for code in codes:
        assert cell_beside(drawn, given.names[code]).value == slide.maps[0].texts[code]
    assert [table.caption for table in tables_of(slide, given)] == ["Part des logements vacants"]


def test_what_could_not_be_shown_is_said() -> None:
    sheet = opened(deck(slides=(words_slide(problem="L’import a été annulé.", tables=()),))).worksheets[1]
    assert "Chiffres indisponibles\u202f: L’import a été annulé." in texts(sheet)


def test_what_a_cell_says_in_brackets_has_a_column_of_its_own() -> None:
    columns = (Column("Commune"), Column("Vacants (%)", True, "%", 1), Column("Logements", True))
    rows = (
        (Cell("Vidai"), Cell("17,4\u202f% (8 sur 46)", 17.4), Cell("46", 46)),
        (Cell("Essay"), Cell("secret statistique (moins de 11)"), Cell("306", 306)),
    )
    foot = (Cell("Zevillage"), Cell("10,5\u202f%", 10.5), Cell("3\u202f660", 3660))
    sheet = opened(deck(slides=(words_slide(tables=(Table("T", columns, rows, foot),)),))).worksheets[1]
    assert [cell_beside(sheet, "Commune", i).value for i in range(4)] == [
        "Commune", "Vacants (%)", "Détail\u202f: Vacants (%)", "Logements",
    ]  # fmt: skip
    assert [cell_beside(sheet, "Vidai", i).value for i in range(1, 4)] == [17.4, "8 sur 46", 46]
    assert cell_beside(sheet, "Essay").value == "secret statistique (moins de 11)"
    assert [cell_beside(sheet, "Zevillage", i).value for i in (1, 3)] == [10.5, 3660]


def test_several_tables_of_uneven_width_stand_one_under_the_other() -> None:
    wide = Table(
        "Large", tuple(Column(f"c{i}", True) for i in range(6)), ((*(Cell(str(i), i) for i in range(6)),),)
    )
    narrow = Table("Étroite", (Column("a"),), ((Cell("b"),),))
    bare = Table("Sans ligne", (Column("a"),), ())
    sheet = opened(deck(slides=(words_slide(tables=(narrow, wide, bare)),))).worksheets[1]
    assert [cell_beside(sheet, f"c{i}", 0).column for i in range(6)] == [1, 2, 3, 4, 5, 6]
    assert (
        cell_beside(sheet, "Étroite", 0).row
        < cell_beside(sheet, "Large", 0).row
        < cell_beside(sheet, "Sans ligne", 0).row
    )


def test_a_row_is_as_high_as_its_long_text() -> None:
    rows = ((Cell("Essay"), Cell("mot " * 100)), (Cell("Vidai"), Cell("rien")))
    remarks = Table("Remarques", (Column("Commune"), Column("Remarque")), rows)
    sheet = opened(deck(slides=(words_slide(tables=(remarks,)),))).worksheets[1]
    high = sheet.row_dimensions[cell_beside(sheet, "Essay", 0).row].height
    assert high is not None and 100 < high < 410
    assert sheet.row_dimensions[cell_beside(sheet, "Vidai", 0).row].height is None


def test_hostile_text_is_text_and_stays_text_when_edited() -> None:
    rows = tuple((Cell(text), Cell(text)) for text in CORPUS.values())
    table = Table(CORPUS["formula"], (Column(CORPUS["formula_at"]), Column(CORPUS["script"])), rows)
    # Every text once in a table, and a table on every sheet, whose name is one of the texts.
    small = replace(table, rows=rows[:2])
    given = deck(
        title=CORPUS["formula"],
        slides=tuple(
            words_slide(
                title=text, sentence=text, sources=(text,), secrecy=(text,), note=text, tables=(small if at else table,)
            )
            for at, text in enumerate(CORPUS.values())
        ),
    )  # fmt: skip
    for sheet in opened(given):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n") and (cell.data_type == "s" or cell.value is None)
                if str(cell.value or "").startswith(("=", "@", "+1+", "-1+")):
                    assert cell.quotePrefix, cell.value


def test_the_heading_of_one_table_never_stands_above_the_rows_of_another() -> None:
    table = deck().slides[2].tables[0]
    sheet = opened(deck(slides=(words_slide(tables=(table, table)),))).worksheets[1]
    assert sheet.freeze_panes is None and not sheet.print_title_rows


def test_an_annual_report_has_a_year_and_no_meeting() -> None:
    sheet = opened(deck(year=2025))["Sommaire"]
    assert cell_beside(sheet, "Année").value == "2025"
    assert "Date de la séance" not in [cell.value for row in sheet.iter_rows() for cell in row]


def test_what_a_chart_is_compared_with_has_its_column() -> None:
    (table,) = tables_of(chart_slide(charts=(compared_chart(),), tables=()), deck())
    assert [column.heading for column in table.columns[1:]] == ["Part", "Orne (département)", "France"]
    assert [[cell.number for cell in row[1:]] for row in table.rows] == [[9.5, 9.0, None], [10.5, 9.8, 8.1]]
