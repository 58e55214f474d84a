"""The sheet of a commune says what the portrait says, for one audience."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis import portrait
from analysis.council import Slide, slide_from_json, to_json
from analysis.council_portrait import CHARTS
from analysis.desk import Desk
from analysis.model import Audience
from analysis.sheets import Hall, sheet_slides
from tests.analysis.test_annual import HAPPENED, MANY, NOTHING, SHIPPED, cite, desk
from tests.analysis.test_portrait import plain
from ui.portrait.sections import CHANGES
from ui.questions import NAME

LALEU = "61215"
HALL = Hall((("Téléphone", "02 33 28 53 43"), ("Mardi", "10 h – 12 h")), "Source des mairies.")


@pytest.fixture(scope="module")
def known() -> Desk:
    """One desk for all: it is asked, as the application's is by everybody, and nothing changes it."""
    return desk(MANY, HAPPENED)


def sheet(known: Desk, audience: Audience = Audience.PUBLIC, code: str = LALEU) -> tuple[Slide, ...]:
    found = sheet_slides(known, audience, "Zevillage", {LALEU: HALL}, cite=cite, contours="IGN", codes=[code])
    assert list(found) == [code]
    return found[code]


def test_the_key_figures_stand_beside_group_and_territory(known: Desk) -> None:
    figures, _, _ = sheet(known)
    table = figures.tables[0]
    assert [column.heading for column in table.columns] == [
        "Chiffre",
        "Laleu",
        "Rang",
        "Pays Mêlois",
        "Zevillage",
    ]
    rows = {plain(row[0].text): [plain(cell.text) for cell in row[1:]] for row in table.rows}
    assert rows["Part des logements vacants, RP 2022"][:2] == ["6,4 % (15 sur 233)", "6e plus faible sur 20"]
    assert rows["Part des logements vacants, RP 2022"][3] == "10,5 %"
    found = known.answer("vacancy_rate")
    group = portrait.group_answer(known, portrait.group_figures(known, "Pays Mêlois"), "Pays Mêlois", found)
    assert rows["Part des logements vacants, RP 2022"][2] == plain(group.total_text())
    assert "Logements vacants, RP 2022" not in rows, "the rate shows its counts"
    assert "4,1 points de moins que le territoire" in plain(figures.sentence)
    assert any("RP 2022" in line for line in figures.sources) and "RP 2022" in figures.vintages
    (locator,) = figures.maps
    assert locator.classes[LALEU] == 1 and set(locator.classes) == set(known.names)
    assert sum(locator.classes.values()) == 1 and locator.description == "Laleu dans Zevillage."


def test_counts_of_people_are_those_of_the_audience(known: Desk) -> None:
    for audience, hidden in ((Audience.PUBLIC, True), (Audience.ANIMATEUR, False)):
        figures = sheet(known, audience)[0]
        row = next(row for row in figures.tables[0].rows if row[0].text.startswith("Membres pour"))
        expected = portrait.cell(known.answer("members_per_1000", None, audience), LALEU)
        assert row[1].text.startswith(expected.text)
        assert ("Membres pour" in " ".join(figures.secrecy)) == hidden == (row[1].number is None)


def test_the_past_is_drawn_as_far_as_it_compares(known: Desk) -> None:
    _, past, _ = sheet(known)
    assert 1 <= len(past.charts) <= CHARTS
    by_title = {chart.title: chart for chart in past.charts}
    sales = by_title["Ventes de maisons"]
    assert sales.categories == tuple(v.label for v in known.indicators["house_sales"].vintages)
    assert sales.series[0][1] == tuple(
        portrait.cell(known.answer("house_sales", period), LALEU).value
        for period in known.indicators["house_sales"].periods
    )
    assert any("Rupture de série" in line for line in past.secrecy)
    changes = {row[0].text: row[2].text for row in past.tables[0].rows}
    assert changes["Part à 30 Mbit/s"] == "ne se compare pas (rupture de série)"
    assert "Part à 30 Mbit/s" not in by_title
    assert all(chart.description.strip() for chart in past.charts)
    assert past.link == f"/commune?commune={LALEU}&{NAME}={CHANGES}"
    assert "31/12/2010" not in past.vintages and "12/05/2026" in past.vintages


def test_the_town_hall_is_printed_or_said_to_be_unknown(known: Desk) -> None:
    hall = sheet(known)[2]
    assert [[cell.text for cell in row] for row in hall.tables[0].rows] == [list(row) for row in HALL.rows]
    assert hall.sources == (HALL.source,) and hall.title == "Mairie de Laleu"
    other = sheet(known, code="61013")[2]
    assert other.sentence.startswith("Aucune coordonnée") and other.tables == ()


def test_every_commune_has_a_sheet_that_can_be_kept(known: Desk) -> None:
    found = sheet_slides(known, Audience.PUBLIC, "Zevillage", {}, cite=cite, contours="IGN")
    assert set(found) == set(known.names)
    for slides in found.values():
        assert [slide_from_json(to_json(slide)) for slide in slides] == list(slides)
        assert len({slide.fingerprint for slide in slides}) == 3


def test_without_figures_a_sheet_says_so() -> None:
    figures, past, _ = sheet(desk([], NOTHING, SHIPPED[:0]))
    assert "pas encore importé" in figures.tables[0].rows[0][1].text
    assert [row[0].text for row in past.tables[0].rows] == ["Annonces disponibles"], (
        "none at any date is a figure"
    )


def test_a_territory_without_groups_has_no_column_for_one() -> None:
    figures = sheet(replace(desk(MANY, HAPPENED), groups={}))[0]
    assert [column.heading for column in figures.tables[0].columns] == [
        "Chiffre",
        "Laleu",
        "Rang",
        "Zevillage",
    ]


def test_a_commune_of_elsewhere_is_refused() -> None:
    with pytest.raises(KeyError):
        sheet_slides(desk([], NOTHING), Audience.PUBLIC, "x", {}, cite=cite, contours="", codes=["75056"])
