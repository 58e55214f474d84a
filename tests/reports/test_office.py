"""Slides and workbook as LibreOffice shows them, and a clerk's errand played in it."""

from __future__ import annotations

import io
import re
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from pptx import Presentation

from analysis.council import Deck
from reports.slides import slides_pptx
from reports.workbook import workbook_xlsx
from tests import clerk, codes, office
from tests.decks import deck, ground

pytestmark = pytest.mark.office


@pytest.fixture(scope="module", autouse=True)
def libreoffice() -> None:
    """Leaves these tests out where there is no LibreOffice, except where it must be (CI=true)."""
    if not office.complete() and not office.required():
        pytest.skip("no LibreOffice with its Python, or no poppler: run `python -m tests.office`")


@pytest.fixture(scope="module")
def given() -> Deck:
    return deck()


@pytest.fixture(scope="module")
def slides(given: Deck) -> bytes:
    return slides_pptx(given, ground())


@pytest.fixture(scope="module")
def printed(given: Deck, slides: bytes) -> dict[str, bytes]:
    """What LibreOffice prints of the slides, of a view twice as long as they, and of the workbook."""
    [table] = given.slides[0].tables
    long = replace(given.slides[0], maps=(), tables=(replace(table, rows=table.rows * 2),))
    files = {
        "slides.pptx": slides,
        "long.pptx": slides_pptx(replace(given, slides=(long,)), ground()),
        "workbook.xlsx": workbook_xlsx(given),
    }
    return office.convert(files, "pdf")


def compact(text: str) -> str:
    """Without blanks: where lines break is the program's affair."""
    return re.sub(r"\s+", "", text)


def test_the_slides_show_numbers_source_and_fingerprint(
    given: Deck, printed: Mapping[str, bytes], tmp_path: Path
) -> None:
    pdf = printed["slides.pptx"]
    pages = [compact(page) for page in office.text(pdf)]
    assert len(pages) == 6
    # As a projector of 1,067 points shows them, a telephone still reads the address of each view.
    read = [codes.read(picture.read_bytes()) for picture in office.pictures(pdf, tmp_path)]
    links = [given.home + slide.link for slide in given.slides]
    assert {link for found in read for link in found} == set(links)
    for slide, mine in zip(given.slides, (pages[1:3], pages[3:5], pages[5:]), strict=True):
        whole = "".join(mine)
        assert compact(slide.title) in whole and compact(slide.sentence) in whole
        for page in mine:
            assert compact(slide.sources[0]) in page and slide.fingerprint in page
        for table in slide.tables:
            for row in (*table.rows, table.foot):
                for cell in row:
                    assert compact(cell.text) in whole, cell
    # The chart's own labels, the legend of the map.
    assert "2023" in pages[3] and "Pasdechiffre:2024" in pages[3]
    assert "secretstatistique(1commune)" in pages[1] and "Membres" in pages[1]


def test_the_workbook_shows_numbers_source_and_fingerprint_in_french(
    given: Deck, printed: Mapping[str, bytes]
) -> None:
    pages = [compact(page) for page in office.text(printed["workbook.xlsx"])]
    assert len(pages) == 4
    assert all(compact(slide.title) in pages[0] and slide.fingerprint in pages[0] for slide in given.slides)
    for slide, page in zip(given.slides, pages[1:], strict=True):
        assert (
            compact(slide.sentence) in page
            and compact(slide.sources[0]) in page
            and slide.fingerprint in page
        )
        for table in slide.tables:
            for row in (*table.rows, table.foot):
                for cell in row:
                    assert compact(cell.text) in page, cell


def test_a_clerk_changes_a_title_and_two_values_and_saves(given: Deck, slides: bytes, tmp_path: Path) -> None:
    before, after = tmp_path / "avant.pptx", tmp_path / "après.pptx"
    before.write_bytes(slides)
    interpreter, program = office.python(), office.find()
    assert interpreter and program
    subprocess.run(
        [interpreter, clerk.__file__, str(before), str(after), office.profile(tmp_path / "profile"), program],
        timeout=office.SECONDS, check=True,
    )  # fmt: skip
    pages = list(Presentation(io.BytesIO(after.read_bytes())).slides)
    assert len(pages) == 6
    assert pages[1].shapes.title.text_frame.text == clerk.TITLE
    assert given.slides[0].note in pages[1].notes_slide.notes_text_frame.text
    table, _ = [shape.table for shape in pages[2].shapes if shape.has_table]
    assert [cell.text for cell in table.rows[1].cells] == ["Aunay-les-Bois", clerk.CELL]
    assert [cell.text for cell in table.rows[3].cells] == ["Boitron", "1,5 %"]
    [chart] = [shape.chart for shape in pages[3].shapes if shape.has_chart]
    assert list(chart.plots[0].categories) == ["2023", "2024", "2025"]
    assert tuple(chart.plots[0].series[0].values) == (clerk.VALUE, None, 6.0)
    assert any(shape.name == "Carte" for shape in pages[1].shapes)


def test_no_slide_shows_an_empty_place_to_fill(printed: Mapping[str, bytes]) -> None:
    said = " ".join(office.text(printed["slides.pptx"]))
    assert "Cliquez" not in said and "Click" not in said and "QR code" not in said


def test_slides_of_a_view_twice_as_long_lose_no_number(given: Deck, printed: Mapping[str, bytes]) -> None:
    [table] = given.slides[0].tables
    said = compact("".join(office.text(printed["long.pptx"])))
    percentages = Counter(re.findall(r"\d+,\d%", said))
    for place, value in table.rows:
        assert said.count(compact(place.text)) == 2
        if value.number is not None:
            assert percentages[compact(value.text)] >= 2


@pytest.mark.parametrize(
    ("environ", "expected"), [({"CI": "true"}, True), ({"CI": "1"}, True), ({"CI": ""}, False), ({}, False)]
)
def test_a_ci_must_have_it(environ: Mapping[str, str], expected: bool) -> None:
    assert office.required(environ) is expected
