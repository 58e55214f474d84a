"""The slides of a séance: what is in the file (python-pptx and the XML itself). What another program shows of it: `test_office.py`."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from lxml import etree
from pptx import Presentation
from pptx.util import Inches, Pt

from analysis import palette
from analysis.council import Cell, ChartDrawing, Column, Deck, Table
from reports.office import OfficeError
from reports.pictures import Ground
from reports.slide_table import least_width, narrowed
from reports.slides import LAYOUTS, TEMPLATE, SlidesError, slides_pptx
from tests import codes
from tests.corpus import CORPUS
from tests.decks import chart_slide, compared_chart, deck, ground, map_slide, words_slide
from tools import slides_template

GROUND = ground()
NAMES = dict(deck().names)
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def opened(given: Deck, template: bytes | None = None, here: Ground = GROUND) -> Any:
    return Presentation(io.BytesIO(slides_pptx(given, here, template)))


def shapes_named(page: Any, name: str) -> list[Any]:
    return [shape for shape in page.shapes if shape.name == name]


def one(page: Any, name: str) -> Any:
    [shape] = shapes_named(page, name)
    return shape


def titles(presentation: Any) -> list[str]:
    return [page.shapes.title.text_frame.text for page in presentation.slides]


def alt(shape: Any) -> str:
    return str(shape._element.xpath("./*/p:cNvPr/@descr")[0])


def texts(page: Any) -> list[str]:
    """Every text of a slide, tables and legends too, in reading order."""
    return ["".join(run.text or "" for run in paragraph.iter(f"{A}t")) for paragraph in page._element.iter(f"{A}p")]  # fmt: skip


def boxes(page: Any) -> Iterator[tuple[str, int, int, int, int]]:
    for shape in page.shapes:
        yield shape.name, shape.left, shape.top, shape.left + shape.width, shape.top + shape.height


@pytest.fixture(scope="module")
def made() -> bytes:
    return slides_pptx(deck(), GROUND)


@pytest.fixture(scope="module")
def shown(made: bytes) -> Any:
    return Presentation(io.BytesIO(made))


def test_an_opening_slide_then_every_view_in_order(shown: Any) -> None:
    assert titles(shown) == [
        "Conseil du 3 décembre",
        "Logements vacants", "Logements vacants (suite)",
        "Le réseau grandit", "Le réseau grandit (suite)",
        "À retenir",
    ]  # fmt: skip
    assert (shown.slide_width, shown.slide_height) == (12_192_000, 6_858_000)
    said = "\n".join(texts(shown.slides[0]))
    for words in (
        "Date de la séance\u202f: 3\u00a0décembre\u00a02026",
        "Territoire\u202f: Zevillage",
        "Établi pour\u202f: le public",
        "Établi le\u202f: 28\u00a0novembre\u00a02026",
        f"Empreinte des chiffres\u202f: {deck().fingerprint}",
        "Démonstration",
    ):
        assert words in said


def test_every_slide_of_a_view_carries_source_fingerprint_and_audience(shown: Any) -> None:
    pages = list(shown.slides)
    for slide, mine in zip(deck().slides, (pages[1:3], pages[3:5], pages[5:]), strict=True):
        for page in mine:
            foot = one(page, "Pied").text_frame.text
            for words in (
                *slide.sources,
                *slide.vintages,
                *slide.secrecy,
                f"Empreinte\u202f: {slide.fingerprint}",
            ):
                assert words in foot
            assert "Établi pour\u202f: le public · Établi le\u202f: 28/11/2026" in foot
            assert ("Démonstration" in foot) is bool(slide.mark)
            assert bool(shapes_named(page, "Mention")) is bool(slide.mark)
            notes = page.notes_slide.notes_text_frame.text
            for words in (
                slide.note,
                slide.sentence,
                slide.sources[0],
                slide.fingerprint,
                f"http://127.0.0.1:8501{slide.link}",
            ):
                assert words in notes
        assert slide.sentence in "\n".join(texts(mine[0]))
    assert "Chiffres conservés le\u202f: 03/12/2026" in one(pages[3], "Pied").text_frame.text
    # The sentence made from the figures is told beside the one somebody wrote.
    assert "Le réseau compte 6 membres à la fin de 2025." in pages[3].notes_slide.notes_text_frame.text


def test_what_is_read_aloud_comes_in_order_and_nothing_is_empty(shown: Any) -> None:
    names = [shape.name for shape in shown.slides[1].shapes]
    assert [n for n in names if n in ("Titre", "Phrase", "Carte", "Légende", "Pied", "QR code", "Numéro")] == [
        "Titre", "Phrase", "Carte", "Légende", "Pied", "QR code", "Numéro",
    ]  # fmt: skip
    for page in shown.slides:
        assert page.shapes[0].name == "Titre"
        for shape in page.placeholders:
            assert shape.has_text_frame and shape.text_frame.text.strip()
        identifiers = [int(each) for each in page._element.xpath(".//p:cNvPr/@id")]
        assert len(set(identifiers)) == len(identifiers)


def test_nothing_leaves_the_slide_or_lies_over_the_foot(shown: Any) -> None:
    for page in shown.slides:
        foot = one(page, "Pied")
        for name, left, top, right, bottom in boxes(page):
            assert left >= 0 and right <= shown.slide_width and top >= 0 and bottom <= shown.slide_height, (
                name
            )
            if name not in ("Pied", "Numéro"):
                assert bottom <= foot.top + Inches(0.05), name


def test_every_picture_chart_and_table_has_a_text(shown: Any) -> None:
    pages = list(shown.slides)
    assert alt(one(pages[1], "Carte")) == (
        "Carte\u202f: Part des logements vacants. Zevillage, RP 2022 La part est la plus forte à la dernière commune."
    )
    legend = alt(one(pages[1], "Légende"))
    for words in ("Logements vacants", "Unité\u202f: %", "moins de 7 (6\u00a0communes)", "secret statistique (1\u00a0commune)",
                  "non publié (1\u00a0commune)", "Membres", "3 membres", "Anciennes communautés"):  # fmt: skip
        assert words in legend
    assert alt(one(pages[3], "Graphique")) == (
        "Graphique\u202f: Membres présents au 31 décembre. Quatre membres en 2023, six en 2025."
    )
    assert [alt(each) for each in shapes_named(pages[2], "Tableau")] == [
        "Tableau\u202f: Part des logements vacants, RP 2022",
        "Tableau\u202f: Part des logements vacants, RP 2022 (suite)",
    ]
    code = one(pages[1], "QR code")
    assert (
        alt(code) == "QR code qui ouvre cette vue\u202f: http://127.0.0.1:8501/carte?indicateur=vacancy_rate"
    )
    assert code.click_action.hyperlink.address == "http://127.0.0.1:8501/carte?indicateur=vacancy_rate"
    assert code.image.content_type == "image/png"
    assert codes.read(code.image.blob) == ["http://127.0.0.1:8501/carte?indicateur=vacancy_rate"]


def test_the_legend_shows_the_colours_of_the_map(shown: Any) -> None:
    signs = [
        (shape.fill.type, shape)
        for shape in one(shown.slides[1], "Légende").shapes
        if shape.shape_type == 1  # an automatic shape: a rectangle, a circle
    ]
    solid = [str(shape.fill.fore_color.rgb) for kind, shape in signs if kind == 1]
    assert solid == ["FFFFCC", "41B6C4", "253494", palette.MEMBERS[1:].upper(), palette.LISTING[1:].upper()]
    assert sum(kind == 2 for kind, _ in signs) == 2  # patterns: secret, not published


def test_a_chart_is_native_with_its_values_and_its_workbook(shown: Any) -> None:
    frame = one(shown.slides[3], "Graphique")
    chart = frame.chart
    assert list(chart.plots[0].categories) == ["2023", "2024", "2025"]
    assert [(series.name, tuple(series.values)) for series in chart.plots[0].series] == [
        ("Membres présents", (4.0, None, 6.0))
    ]
    assert str(chart.plots[0].series[0].format.fill.fore_color.rgb) == palette.ACCENT[1:].upper()
    assert chart.plots[0].has_data_labels and chart.plots[0].data_labels.number_format == "#,##0"
    assert chart.font.size == Pt(12)
    assert chart._chartSpace.xpath("./c:lang/@val") == ["fr-FR"]
    assert "Pas de chiffre\u202f: 2024." in texts(shown.slides[3])
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert book is not None
    assert [[cell.value for cell in row] for row in book.iter_rows()] == [
        [None, "Membres présents"], ["2023", 4], ["2024", None], ["2025", 6],
    ]  # fmt: skip
    # The references of the chart point to where the workbook has them.
    assert chart._chartSpace.xpath(".//c:cat//c:f/text()") == ["Sheet1!$A$2:$A$4"]
    assert chart._chartSpace.xpath(".//c:val//c:f/text()") == ["Sheet1!$B$2:$B$4"]


@pytest.mark.parametrize(
    ("kind", "stacked", "expected"),
    [
        ("column", False, "COLUMN_CLUSTERED"),
        ("column", True, "COLUMN_STACKED"),
        ("bar", False, "BAR_CLUSTERED"),
        ("bar", True, "BAR_STACKED"),
        ("line", False, "LINE_MARKERS"),
    ],
)
def test_every_kind_of_chart(kind: Any, stacked: bool, expected: str) -> None:
    series = (("a", (1.5, -2.0)), ("b", (None, 3.0)))
    drawing = ChartDrawing(kind, "T", "%", 1, ("x", "y"), series, "d", stacked, ("#111111", "#abcdef"))
    chart = one(
        opened(deck(slides=(chart_slide(charts=(drawing,), tables=()),))).slides[1], "Graphique"
    ).chart
    assert chart.chart_type.name == expected
    assert [tuple(each.values) for each in chart.plots[0].series] == [(1.5, -2.0), (None, 3.0)]
    colors = chart._chartSpace.xpath(".//c:ser/c:spPr//a:srgbClr/@val")
    assert "111111" in colors and "ABCDEF" in colors
    assert chart.has_legend
    assert set(chart._chartSpace.xpath(".//c:formatCode/text()")) == {'#,##0.0"\u202f%"'}


def test_what_a_line_is_compared_with_is_a_broken_series_of_the_same_chart() -> None:
    page = opened(deck(slides=(chart_slide(charts=(compared_chart(),), tables=()),))).slides[1]
    chart = one(page, "Graphique").chart
    series = list(chart.plots[0].series)
    assert [(each.name, tuple(each.values)) for each in series] == [
        ("Part", (9.5, 10.5)), ("Orne (département)", (9.0, 9.8)), ("France", (None, 8.1))
    ]  # fmt: skip
    assert series[0].format.line.dash_style is None
    assert len({each.format.line.dash_style for each in series}) == 3
    assert chart.has_legend
    shown = [bool(each._element.xpath("./c:dLbls/c:showVal[@val='1']")) for each in series]
    assert shown == [True, False, False], "values stand at the figure itself"
    two = opened(deck(slides=(chart_slide(charts=(compared_chart(), compared_chart()), tables=()),)))
    assert [len(shapes_named(each, "Graphique")) for each in two.slides] == [0, 1, 1], (
        "its key leaves no room for two"
    )


@pytest.mark.parametrize("stacked", [False, True])
def test_many_lying_bars_stand_in_two_charts_on_one_scale_in_letters_that_can_be_read(stacked: bool) -> None:
    names = tuple(f"Saint-Julien-sur-Sarthe {i}" for i in range(20))
    series = (("Avant", tuple(float(i) for i in range(20))), ("Après", (38.0,) * 20))
    drawing = ChartDrawing("bar", "Part des locaux", "%", 1, names, series, "Tous à la fin.", stacked=stacked)
    page = opened(deck(slides=(chart_slide(charts=(drawing,), tables=()),))).slides[1]
    first, second = (frame.chart for frame in shapes_named(page, "Graphique"))
    assert [len(chart.plots[0].categories) for chart in (first, second)] == [10, 10]
    assert (*first.plots[0].categories, *second.plots[0].categories) == names
    assert [v for chart in (first, second) for v in chart.plots[0].series[0].values] == list(series[0][1])
    scales = {(chart.value_axis.maximum_scale, chart.value_axis.major_unit) for chart in (first, second)}
    assert scales == {(60.0, 10.0) if stacked else (40.0, 10.0)}
    for chart in (first, second):
        assert chart.category_axis.tick_labels.font.size.pt >= 12
        for axis in (chart.category_axis, chart.value_axis):
            assert axis._element.xpath("./c:txPr/a:bodyPr/@rot") == ["0"], "no letter leans"


def test_years_under_a_chart_stand_upright_as_many_as_find_room() -> None:
    years = tuple(str(year) for year in range(1990, 2027))
    drawing = ChartDrawing("column", "Membres", "membres", 0, years, (("Membres", (1.0,) * 37),), "Un.")
    page = opened(deck(slides=(chart_slide(charts=(drawing,), tables=()),))).slides[1]
    axis = one(page, "Graphique").chart.category_axis._element
    assert axis.xpath("./c:tickLblSkip/@val") == ["4"]  # 1990, 1994 … 2026: the last is among them
    # A sixty-thousandth of a degree: at 0 LibreOffice breaks a year into two lines.
    assert axis.xpath("./c:txPr/a:bodyPr/@rot") == ["1"]


def test_a_chart_without_any_figure_says_so() -> None:
    drawing = ChartDrawing("bar", "Rien", "", 0, ("a",), (("s", (None,)),), "d")
    page = opened(deck(slides=(chart_slide(charts=(drawing,), tables=()),))).slides[1]
    assert not any(shape.has_chart for shape in page.shapes)
    assert "Aucun chiffre à montrer." in texts(page)


def test_a_table_is_native_with_its_heading_flagged(shown: Any) -> None:
    slide = deck().slides[0]
    tables = [each.table for each in shapes_named(shown.slides[2], "Tableau")]
    rows = []
    for table in tables:
        assert table.first_row
        assert [cell.text for cell in table.rows[0].cells] == [c.heading for c in slide.tables[0].columns]
        rows += [tuple(cell.text for cell in row.cells) for row in list(table.rows)[1:]]
    assert rows == [tuple(cell.text for cell in row) for row in (*slide.tables[0].rows, slide.tables[0].foot)]
    assert [table.last_row for table in tables] == [False, True]


def sizes(page: Any) -> list[float]:
    return [int(each) / 100 for each in page._element.xpath(".//a:rPr/@sz")]


def test_forty_rows_go_on_over_slides_in_one_legible_size() -> None:
    columns = (Column("Commune"), *(Column(f"Indicateur {i}", True, "%", 1) for i in range(5)))
    rows = tuple(
        (Cell(f"Commune {r}"), *(Cell(f"{r},{i} %", r + i / 10) for i in range(5))) for r in range(40)
    )
    presentation = opened(deck(slides=(words_slide(tables=(Table("Long", columns, rows, rows[0]),)),)))
    tables = [
        (page, one(page, "Tableau").table) for page in presentation.slides if shapes_named(page, "Tableau")
    ]
    assert len(tables) > 2
    found = [row.cells[0].text for _, table in tables for row in list(table.rows)[1:]]
    assert found == [f"Commune {r}" for r in range(40)] + ["Commune 0"]
    cells = {size for page, table in tables for size in map(float, table._tbl.xpath(".//a:rPr/@sz"))}
    assert len(cells) == 1 and min(cells) >= 1200
    for page, _ in tables:
        frame = one(page, "Tableau")
        assert frame.top + frame.height <= one(page, "Pied").top


def test_a_long_narrow_table_stands_in_two_side_by_side() -> None:
    slide = replace(deck().slides[0], title="Vacants")
    presentation = opened(deck(slides=(replace(slide, charts=chart_slide().charts, maps=()),)))
    assert titles(presentation)[1:] == ["Vacants", "Vacants (suite)"]
    left, right = shapes_named(presentation.slides[2], "Tableau")
    assert left.left + left.width < right.left and left.top == right.top
    rows = [row.cells[0].text for each in (left, right) for row in list(each.table.rows)[1:]]
    assert rows == [*NAMES.values(), "Zevillage"]
    assert (left.table.last_row, right.table.last_row) == (False, True)


def test_parts_of_a_stack_that_are_too_thin_have_no_value_written_in_them() -> None:
    series = (("a", (97.0, 50.0)), ("b", (3.0, 50.0)))
    drawing = ChartDrawing("bar", "T", "%", 1, ("x", "y"), series, "d", stacked=True)
    chart = one(
        opened(deck(slides=(chart_slide(charts=(drawing,), tables=()),))).slides[1], "Graphique"
    ).chart
    gone = [
        (int(label.xpath("../../c:idx/@val")[0]), int(label.xpath("./c:idx/@val")[0]))
        for label in chart._chartSpace.xpath(".//c:dLbl[c:delete/@val='1']")
    ]
    assert gone == [(1, 0)]
    assert [tuple(each.values) for each in chart.plots[0].series] == [(97.0, 50.0), (3.0, 50.0)]
    assert chart.value_axis.maximum_scale == 100


def test_a_source_that_names_itself_is_not_named_twice() -> None:
    page = opened(deck(slides=(words_slide(sources=("Source\u202f: INSEE, RP 2022.",)),))).slides[1]
    assert one(page, "Pied").text_frame.text.startswith("Source\u202f: INSEE, RP 2022. Millésime")


def test_several_sources_are_told_apart() -> None:
    page = opened(deck(slides=(words_slide(sources=("Source : ARCEP (2026)", "INSEE (2022).")),))).slides[1]
    assert one(page, "Pied").text_frame.text.startswith(
        "Sources\u202f: ARCEP (2026). INSEE (2022). Millésime"
    )


CITED = ("INSEE, Recensement de la population, base du comparateur de territoires (RP 2022)",
         "Cerema / DGALN, LOVAC, logements vacants du parc privé (LOVAC 2025)")  # fmt: skip


@pytest.mark.parametrize(("remarks", "named"), [(1, True), (2, True), (12, False)])
def test_no_source_is_cut_on_a_slide_the_figure_gives_way(remarks: int, named: bool) -> None:
    """What is to be known of the sources goes to the notes where it would fill the slide; the sources stay, whole."""
    said = (
        *CITED,
        *(f"Ce qu’il faut savoir du chiffre {i}, en une phrase de quelques mots." for i in range(remarks)),
    )
    hidden = tuple(
        f"Part vacante du parc privé, LOVAC 202{i} : 3 communes sous secret statistique." for i in range(5)
    )
    slide = map_slide(list(NAMES), NAMES, sources=said, cited=CITED, secrecy=hidden)
    charted = chart_slide(sources=said, cited=CITED, secrecy=hidden)
    presentation = opened(deck(slides=(slide, charted)))
    for page in list(presentation.slides)[1:]:
        foot = one(page, "Pied")
        text = foot.text_frame.text
        assert "…" not in text and all(line in text for line in (*CITED, *hidden))
        assert (said[-1] in text) is named
        assert ("Unités et précisions\u202f: dans les commentaires" in text) is not named
        assert said[-1] in page.notes_slide.notes_text_frame.text
        assert min(sizes(page), default=12) >= 10
        assert foot.top + foot.height <= presentation.slide_height
        for name, _left, _top, _right, bottom in boxes(page):
            if name not in ("Pied", "Numéro"):
                assert bottom <= foot.top + Inches(0.05), name
        if shapes_named(page, "Phrase") and (code := shapes_named(page, "QR code")):
            words = one(page, "Phrase")
            assert words.top + words.height <= code[0].top or words.left + words.width <= code[0].left


def test_a_table_too_wide_for_a_slide_goes_on_with_its_first_column_again() -> None:
    columns = (Column("Commune"), *(Column(f"Année {2010 + i}", True, "%", 1) for i in range(14)))
    rows = tuple((Cell(NAMES[c]), *(Cell(f"{i},5 %", i + 0.5) for i in range(14))) for c in NAMES)
    wide = Table("Large", columns, rows, rows[0])
    parts = narrowed(wide, Inches(8))
    assert len(parts) > 1 and all(least_width(part) <= Inches(8) for part in parts)
    presentation = opened(deck(slides=(words_slide(tables=(wide,)),)))
    found: dict[str, set[tuple[str, str]]] = {}
    for page in presentation.slides:
        for shape in shapes_named(page, "Tableau"):
            head, *below = [[cell.text for cell in row.cells] for row in shape.table.rows]
            assert head[0] == "Commune"
            for row in below:
                found.setdefault(row[0], set()).update(zip(head[1:], row[1:], strict=True))
    expected = {(f"Année {2010 + i}", f"{i},5 %") for i in range(14)}
    assert found == dict.fromkeys(NAMES.values(), expected)
    assert narrowed(deck().slides[0].tables[0], Inches(8)) == [deck().slides[0].tables[0]]


def test_two_maps_whose_legends_would_be_too_small_stand_on_two_slides() -> None:
    slide = deck().slides[0]
    labels = tuple(f"{code}, vacance moyenne et population en baisse" for code in "ABCDEFGHI")
    drawing = replace(slide.maps[0], colors=("#ace4e4",) * 9, class_labels=labels, circles=None)
    presentation = opened(deck(slides=(replace(slide, maps=(drawing, drawing), tables=()),)))
    assert [len(shapes_named(page, "Carte")) for page in presentation.slides] == [0, 1, 1]
    for page in list(presentation.slides)[1:]:
        legend, foot = one(page, "Légende"), one(page, "Pied")
        assert legend.top + legend.height <= foot.top
        assert all(any(label in text for text in texts(page)) for label in labels)


@pytest.mark.parametrize(
    ("kind", "count", "labelled"),
    [("column", 5, True), ("column", 20, False), ("bar", 20, True), ("bar", 40, False)],
)
def test_values_are_written_where_they_do_not_cover_each_other(kind: Any, count: int, labelled: bool) -> None:
    values = tuple(100.5 + i for i in range(count))
    drawing = ChartDrawing(kind, "T", "%", 1, tuple(f"c{i}" for i in range(count)), (("a", values),), "d")
    page = opened(deck(slides=(chart_slide(charts=(drawing,), tables=()),))).slides[1]
    for chart in (frame.chart for frame in shapes_named(page, "Graphique")):  # two for many lying bars
        assert chart.plots[0].has_data_labels is labelled
        assert chart.value_axis.visible is not labelled


def test_no_letter_is_smaller_than_a_projector_shows() -> None:
    given = deck()
    two = replace(given.slides[0], maps=given.slides[0].maps * 2)
    presentation = opened(replace(given, slides=(*given.slides, two)))
    for page in presentation.slides:
        assert min(sizes(page), default=12) >= 10
        for shape in page.shapes:
            if shape.has_table:
                assert min(map(int, shape._element.xpath(".//a:rPr/@sz"))) >= 1200


def test_two_maps_stand_side_by_side_with_their_titles() -> None:
    slide = deck().slides[0]
    drawing = slide.maps[0]
    other = replace(drawing, title="L’autre millésime")
    page = opened(deck(slides=(replace(slide, maps=(drawing, other), tables=()),))).slides[1]
    left, right = shapes_named(page, "Carte")
    assert left.left + left.width < right.left and left.top == right.top
    assert len(shapes_named(page, "Légende")) == 2
    assert {"Part des logements vacants", "L’autre millésime"} <= set(texts(page))


def test_more_pictures_than_a_slide_takes_go_on() -> None:
    chart = chart_slide().charts[0]
    presentation = opened(deck(slides=(chart_slide(charts=(chart,) * 5, tables=()),)))
    assert [len(shapes_named(page, "Graphique")) for page in presentation.slides] == [0, 2, 2, 1]
    assert titles(presentation)[1:] == [
        "Le réseau grandit", "Le réseau grandit (suite)", "Le réseau grandit (suite 2)",
    ]  # fmt: skip


def test_words_alone_fill_the_slide() -> None:
    page = opened(deck(slides=(words_slide(tables=()),))).slides[1]
    assert one(page, "Phrase").width > Inches(11)
    assert one(page, "Phrase").text_frame.paragraphs[0].runs[0].font.size >= Pt(30)


def test_what_cannot_be_shown_is_said() -> None:
    page = opened(
        deck(slides=(words_slide(tables=(), sentence="", problem="L’import a été annulé."),))
    ).slides[1]
    assert "L’import a été annulé." in one(page, "Phrase").text_frame.text
    assert "Chiffres indisponibles\u202f: L’import a été annulé." in one(page, "Pied").text_frame.text


def test_without_contours_the_map_is_said_and_its_values_are_a_table() -> None:
    bare = Ground(GROUND.contours.iloc[:0], {})
    given = deck(slides=(map_slide(list(NAMES), NAMES, tables=()),))
    presentation = opened(given, here=bare)
    said = "\n".join(texts(presentation.slides[1]))
    assert "Carte impossible\u202f: Aucun contour à dessiner" in said
    assert "La part est la plus forte à la dernière commune." in said
    tables = [each.table for page in presentation.slides for each in shapes_named(page, "Tableau")]
    rows = [row.cells[0].text for table in tables for row in list(table.rows)[1:]]
    assert rows == sorted(NAMES.values())


def test_a_title_of_three_hundred_characters_stays_in_its_place_and_whole_in_the_notes() -> None:
    title = "Un titre qui n’en finit pas " * 11
    page = opened(deck(title=title, slides=(words_slide(title=title),))).slides[1]
    shown = one(page, "Titre").text_frame
    assert shown.paragraphs[0].runs[0].font.size >= Pt(16)
    assert shown.text.startswith("Un titre qui") and len(shown.text) > 150
    assert title.strip() in page.notes_slide.notes_text_frame.text


def test_two_renderings_at_once_do_not_mix() -> None:
    given = [deck(title=title, slides=deck().slides[1:]) for title in ("Un", "Deux")]
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda each: slides_pptx(each, GROUND), given * 2))
    assert [titles(Presentation(io.BytesIO(each)))[0] for each in made] == ["Un", "Deux"] * 2


def test_sixty_views() -> None:
    presentation = opened(deck(slides=tuple(chart_slide(title=f"Vue {i}", tables=()) for i in range(60))))
    assert len(presentation.slides) == 61
    assert titles(presentation)[60] == "Vue 59"


def test_without_a_home_there_is_no_code_and_no_link() -> None:
    content = slides_pptx(deck(home="", slides=deck().slides[1:]), GROUND)
    assert not any(shapes_named(page, "QR code") for page in Presentation(io.BytesIO(content)).slides)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any(b"External" in archive.read(name) for name in archive.namelist())


def test_a_deck_without_views_is_refused_in_words() -> None:
    with pytest.raises(OfficeError, match="n’a aucune vue"):
        slides_pptx(deck(slides=()), GROUND)


def test_everything_says_that_it_is_french_and_what_it_is(made: bytes, shown: Any) -> None:
    properties = shown.core_properties
    assert (properties.title, properties.author, properties.language) == (
        "Conseil du 3 décembre",
        "Zevillage",
        "fr-FR",
    )
    assert properties.created == dt.datetime(2026, 11, 28) and deck().fingerprint in properties.keywords
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"ppt/(slides|notesSlides|charts)/[^/]+\.xml", name):
                root = etree.fromstring(archive.read(name))
                for run in root.iter(f"{A}rPr"):
                    assert run.get("lang") == "fr-FR", name


# -- the template ----------------------------------------------------------------------------------------------


def test_the_template_is_what_its_tool_makes() -> None:
    assert slides_template.build() == TEMPLATE.read_bytes()
    assert len(TEMPLATE.read_bytes()) < 20_000


def changed(change: Any) -> bytes:
    presentation = Presentation(io.BytesIO(TEMPLATE.read_bytes()))
    change(presentation)
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def test_the_template_of_a_town_hall_gives_places_and_letters(shown: Any) -> None:
    def ours(presentation: Any) -> None:
        presentation.slides.add_slide(
            presentation.slide_layouts[0]
        )  # its own example slide, which is left out
        for shape in presentation.slide_layouts[1].placeholders:
            if shape.name == "Phrase":
                shape.left, shape.top = Inches(1), Inches(2)
                shape._element.xpath(".//a:defRPr")[0].set("sz", "2000")
        mark = [s for s in presentation.slide_layouts[2].placeholders if s.name == "Mention"]
        mark[0]._element.getparent().remove(mark[0]._element)

    presentation = opened(deck(), changed(ours))
    assert titles(presentation) == titles(shown)
    phrase = one(presentation.slides[1], "Phrase")
    assert (phrase.left, phrase.top) == (Inches(1), Inches(2))
    assert phrase.text_frame.paragraphs[0].runs[0].font.size is None  # what the layout says holds
    assert not shapes_named(presentation.slides[2], "Mention")
    assert "Démonstration" in one(presentation.slides[2], "Pied").text_frame.text


def without(layout: str, placeholder: str) -> Any:
    def change(presentation: Any) -> None:
        for shape in next(each for each in presentation.slide_layouts if each.name == layout).placeholders:
            if shape.name == placeholder:
                shape._element.getparent().remove(shape._element)

    return change


@pytest.mark.parametrize(
    ("layout", "placeholder"), [(n, p) for n, ps in LAYOUTS.items() for p in (*ps, "Titre")]
)
def test_a_template_that_lacks_a_place_is_refused_by_its_name(layout: str, placeholder: str) -> None:
    words = rf"disposition «\u202f{layout}\u202f» n’a pas d’espace réservé «\u202f{placeholder}\u202f».*modèle de l’application"
    with pytest.raises(SlidesError, match=words):
        slides_pptx(deck(), GROUND, changed(without(layout, placeholder)))


def test_a_template_without_our_layouts_is_refused() -> None:
    def renamed(presentation: Any) -> None:
        presentation.slide_layouts[1].name = "Titre et contenu"

    with pytest.raises(SlidesError, match="il manque la disposition «\u202fVue\u202f»"):
        slides_pptx(deck(), GROUND, changed(renamed))


def _zip(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def _as(kind: bytes) -> bytes:
    """The template declared as another kind of file."""
    with zipfile.ZipFile(TEMPLATE) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["[Content_Types].xml"] = entries["[Content_Types].xml"].replace(
        b"presentationml.presentation.main+xml", kind
    )
    return _zip(entries)


WRONG = {
    "empty": b"",
    "text": b"bonjour",
    "cut": TEMPLATE.read_bytes()[:6000],
    "zip": _zip({"a.txt": b"b"}),
    "no parts": _zip({"[Content_Types].xml": b"<Types/>"}),
    "broken xml": _zip({"[Content_Types].xml": b"<Types"}),
    "potx": _as(b"presentationml.template.main+xml"),
    "docx": _as(b"wordprocessingml.document.main+xml"),
}


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_a_file_that_is_no_template_is_refused_with_a_remedy(content: bytes) -> None:
    with pytest.raises(SlidesError, match=r"n’est pas un fichier PowerPoint lisible.*\.pptx"):
        slides_pptx(deck(), GROUND, content)


def test_a_template_that_swells_is_refused() -> None:
    with pytest.raises(SlidesError, match="200 Mo"):
        slides_pptx(deck(), GROUND, _zip({"ppt/media/x.bin": bytes(201 * 2**20)}))


# -- hostile text ----------------------------------------------------------------------------------------------


def test_hostile_text_is_shown_as_text() -> None:
    kept = [text for name, text in CORPUS.items() if name not in ("long", "empty", "blank")]
    table = Table(CORPUS["script"], (Column(CORPUS["formula"]),), tuple((Cell(text),) for text in kept))
    slides = tuple(
        words_slide(title=text, sentence=text, note=text, sources=(text,), tables=(table,))
        for text in kept[:6]
    )
    presentation = opened(deck(slides=slides))
    said = "\n".join(text for page in presentation.slides for text in texts(page))
    assert CORPUS["script"] in said and CORPUS["jinja"] in said and CORPUS["formula"] in said
    assert not set("\x00\x1b\u202e") & set(said)
