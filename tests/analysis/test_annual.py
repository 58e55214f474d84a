"""The annual report: its figures are those of the desk, for one audience; an empty register and a strange territory say so."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest

from analysis import annual
from analysis.annual import AnnualError, annual_slides
from analysis.answers import Answer
from analysis.council import Slide, slide_from_json, to_json
from analysis.desk import Desk, NetworkRows
from analysis.model import Audience
from data.territory import load_territory
from tests.analysis.test_desk import CATALOGUE, NO_CONTACTS, TODAY, stays
from tests.analysis.test_portrait import plain
from tests.shipped import shipped_figures

TERRITORY = load_territory()
SHIPPED = shipped_figures()
NAMES = dict(TERRITORY.name_of)
CODES = list(NAMES)


def cite(found: Answer) -> str:
    return CATALOGUE.source(found.indicator, found.vintage.period).citation


def events(rows: list[tuple[str | None, str, str, str, float | None, int | None, bool]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["member", "on", "kind", "title", "hours", "jobs", "public"])
    return frame.assign(on=pd.to_datetime(frame["on"]), event=range(len(frame)), commune=CODES[0])


def desk(
    people: Sequence[tuple[str, str, str, str | None, bool]],
    happened: pd.DataFrame,
    figures: pd.DataFrame = SHIPPED,
) -> Desk:
    empty = pd.DataFrame
    network = NetworkRows(
        "real",
        stays(list(people)),
        empty(
            {
                "received": pd.to_datetime([]),
                "wished_commune": [],
                "status": [],
                "reason": [],
                "planned_arrival": pd.to_datetime([]),
            }
        ),
        empty({"listing": [], "commune": []}),
        empty({"listing": [], "on": pd.to_datetime([]), "state": []}),
        happened,
        NO_CONTACTS,
    )
    groups = {group.name: group.codes for group in TERRITORY.groups}
    return Desk(
        CATALOGUE.indicators, figures, NAMES, groups, TERRITORY.thresholds, network, TODAY, revision=9
    )


NOTHING = events([])
MANY: list[tuple[str, str, str, str | None, bool]] = [
    (f"m{i}", CODES[i % 20], f"{2010 + i % 14}-03-01", None, i % 2 == 0) for i in range(60)
]
MANY += [("gone", CODES[0], "2012-01-01", "2025-06-01", True)]
HAPPENED = events(
    [
        (None, "2024-05-01", "meeting", "Rencontre", 4.0, None, True),
        (None, "2025-02-01", "training", "Atelier", 6.5, None, True),
        ("m1", "2025-03-01", "spin_off", "Secret", 9.0, 3, False),
        (None, "2026-01-10", "meeting", "Vœux", 2.0, None, True),
    ]
)


def report(known: Desk, audience: Audience = Audience.ANIMATEUR, year: int = 2025) -> dict[str, Slide]:
    slides = annual_slides(known, audience, year, cite=cite, register="Registre du réseau")
    return dict(
        zip(("growth", "moves", "events", "hours", "housing", "broadband", "changes"), slides, strict=True)
    )


def column(slide: Slide, index: int, table: int = 0) -> list[str]:
    return [row[index].text for row in slide.tables[table].rows]


def test_growth_and_moves_are_the_desk_s() -> None:
    known = desk(MANY, HAPPENED)
    found = report(known)
    frame = known.growth(Audience.ANIMATEUR)
    until = frame[frame["period"] <= "2025-12-31"]
    assert found["growth"].charts[0].series[0][1] == tuple(until["present"])
    assert plain(found["growth"].sentence).startswith("60 membres présents à la fin de 2025, contre 61")
    assert plain(found["growth"].sentence).endswith("(−1).")
    arrivals, departures = (dict(found["moves"].charts[0].series)[name] for name in ("Arrivées", "Départs"))
    assert arrivals == tuple(until["arrivals"])
    assert departures == tuple(-each for each in until["departures"]) and departures[-1] == -1
    assert (
        plain(found["moves"].sentence)
        == "En 2025, 0 arrivée et 1 départ ; 61 arrivées et 1 départ depuis 2004."
    )
    assert column(found["moves"], 2)[-1] == "1", "a departure is written as a number of people"


def test_what_an_audience_may_not_see_is_not_in_its_report() -> None:
    few = [("m1", CODES[0], "2010-03-01", None, False), ("m2", CODES[1], "2025-03-01", None, False)]
    known = desk(few, HAPPENED)
    found = report(known, Audience.PUBLIC)
    for slide in (found["growth"], found["moves"]):
        assert slide.charts == (), "nothing is left to draw"
        assert column(slide, 1)[-1] == "secret statistique"
        assert "trop p" in slide.sentence and slide.secrecy
        assert all(
            cell.number is None
            for table in slide.tables
            for row in table.rows
            for cell in row[1:]
            if cell.text == "secret statistique"
        )
    assert "Secret" not in column(found["events"], 1)
    assert plain(found["events"].sentence) == "En 2025, au moins 1 événement."
    assert plain(found["hours"].sentence) == (
        "En 2025, au moins 6,5 heures données ; au moins 12,5 heures du début au 12/05/2026."
    )
    assert "Secret" in column(report(known)["events"], 1)
    assert "que si ce membre l’a accepté" in found["events"].secrecy[0]


def test_events_and_hours_of_the_year() -> None:
    found = report(desk(MANY, HAPPENED))
    assert column(found["events"], 0) == ["01/02/2025", "01/03/2025"]
    assert column(found["events"], 4) == ["6,5", "9"]
    assert plain(found["events"].sentence) == "En 2025, 2 événements et 3 emplois déclarés."
    assert found["hours"].charts[0].categories == ("2024", "2025")
    assert found["hours"].charts[0].series[0][1] == (4.0, 15.5)
    assert report(desk(MANY, HAPPENED), year=2024)["events"].tables[0].rows[0][1].text == "Rencontre"


def test_housing_and_broadband_are_the_answers() -> None:
    known = desk(MANY, HAPPENED)
    found = report(known)
    assert found["housing"].sentence == known.answer("vacancy_rate").sentence
    names, totals = column(found["housing"], 0), column(found["housing"], 2)
    assert totals[names.index(CATALOGUE["vacancy_rate"].name)] == known.answer("vacancy_rate").total_text()
    assert any("pas de total" in each for each in totals), "a median has none, and says why"
    sales = CATALOGUE["house_sales"]
    assert found["housing"].charts[0].series[0][1] == tuple(
        known.answer("house_sales", period).total.value for period in sales.periods
    )
    fibre = known.answer("ftth_share")
    drawn = dict(
        zip(found["broadband"].charts[0].categories, found["broadband"].charts[0].series[0][1], strict=True)
    )
    assert drawn == dict(zip(fibre.observed["name"], fibre.observed["value"], strict=True))
    assert len(found["broadband"].tables[1].rows) == 20
    assert (
        any("RP 2022" in line for line in found["housing"].sources) and "RP 2022" in found["housing"].vintages
    )


def test_what_changed_compares_what_compares() -> None:
    found = report(desk(MANY, HAPPENED))["changes"]
    rows = {row[0].text: plain(row[3].text) for row in found.tables[0].rows}
    assert (
        rows[CATALOGUE["house_sales"].name].startswith("−")
        and "ventes" in rows[CATALOGUE["house_sales"].name]
    )
    assert all(CATALOGUE[each].name not in rows for each in ("members", "applications")), (
        "no counts of people"
    )
    before, after = (
        desk(MANY, HAPPENED).answer("house_sales", p) for p in CATALOGUE["house_sales"].periods[-2:]
    )
    broken = replace(after, vintage=replace(after.vintage, break_note="Autre méthode."))
    assert annual._change(before, broken) == ("ne se compare pas (rupture de série)", False)
    least = replace(after, total=replace(after.total, at_least=True))
    assert annual._change(before, least) == ("ne se compare pas (une partie est secrète)", False)
    fewer = replace(after, total=replace(after.total, covered=3))
    assert annual._change(before, fewer) == ("ne se compare pas (pas les mêmes communes)", False)


def test_an_empty_register_and_no_figures_say_so() -> None:
    found = report(desk([], NOTHING, SHIPPED[:0]), Audience.PUBLIC)
    for name, wanted in (
        ("growth", "Aucun membre"),
        ("moves", "Aucun membre"),
        ("events", "Aucun événement de 2025"),
        ("hours", "Aucune heure"),
        ("housing", "Aucun chiffre"),
        ("broadband", "Aucun chiffre"),
        ("changes", "Aucun indicateur"),
    ):
        assert found[name].sentence.startswith(wanted)
        assert not found[name].charts and not found[name].tables


def test_generated_rows_are_marked_and_published_figures_are_not() -> None:
    known = desk(MANY, HAPPENED)
    demo = report(replace(known, network=replace(known.network, origin="demo")))
    assert [slide.mark for slide in demo.values()] == ["démonstration"] * 4 + [""] * 3
    assert not any(slide.mark for slide in report(known).values())
    assert {slide.revision for slide in demo.values()} == {9}


@pytest.mark.parametrize("year", [2003, 2027])
def test_a_year_without_a_network_is_refused(year: int) -> None:
    with pytest.raises(AnnualError, match=f"Pas de rapport pour {year}"):
        report(desk(MANY, HAPPENED), year=year)


def test_the_running_year_ends_today() -> None:
    found = report(desk(MANY, HAPPENED), year=TODAY.year)
    assert column(found["growth"], 0)[-1] == "12/05/2026"
    assert "au 12/05/2026" in found["growth"].sentence
    assert dt.date(2026, 5, 12) == TODAY


def test_any_small_network_has_a_report_that_can_be_kept() -> None:
    chance = random.Random(12)
    for audience in Audience:
        people = [
            (f"m{i}", chance.choice(CODES), f"{chance.randint(2004, 2025)}-0{chance.randint(1, 9)}-01", None, chance.random() < 0.5)
            for i in range(chance.randint(0, 20))
        ]  # fmt: skip
        for slide in report(desk(people, HAPPENED), audience, chance.randint(2004, 2026)).values():
            assert slide_from_json(to_json(slide)) == slide
            assert slide.sentence.endswith(".") and all(each.description for each in slide.charts)
