"""What a household needs, and which imported figures tell where it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from analysis.answers import Answer, Total
from analysis.applications.household import Household
from analysis.applications.needs import NEEDS, found, told_by, wanted
from analysis.model import Indicator, Status, Vintage
from data.catalogue import load_catalogue

ARRIVAL = dt.date(2026, 9, 1)
CATALOGUE = load_catalogue()
COUNT = next(each for each in CATALOGUE.indicators.values() if each.kind == "count")


def labels(household: Household | None) -> list[str]:
    return [need.label for need in wanted(household)]


def named(name: str) -> Indicator:
    return replace(COUNT, id="own", name=name)


def test_the_needs_follow_the_children() -> None:
    assert labels(None) == labels(Household(ARRIVAL)) == ["un médecin", "des commerces"]
    assert labels(Household(ARRIVAL, births=(dt.date(2018, 2, 3),))) == [
        "une école",
        "un médecin",
        "des commerces",
    ]
    assert "une garde d’enfants" in labels(Household(ARRIVAL, births=(dt.date(2025, 2, 3),)))


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Écoles", "une école"),
        ("Nombre d'écoles maternelles et élémentaires", "une école"),
        ("Places de crèche", "une garde d’enfants"),
        ("Assistantes maternelles", "une garde d’enfants"),
        ("Médecins généralistes", "un médecin"),
        ("Épiceries", "des commerces"),
        ("Auto-écoles", None),
        ("Logements vacants", None),
    ],
)
def test_an_imported_count_is_recognised_by_its_name(name: str, label: str | None) -> None:
    assert [need.label for need in NEEDS if told_by(need, [named(name)])] == ([label] if label else [])


def test_a_rate_tells_no_place_and_nothing_that_is_shipped_is_taken_for_a_need() -> None:
    rate = replace(named("Écoles pour 1 000 habitants"), kind="ratio")
    assert not told_by(NEEDS[0], [rate])
    assert not any(told_by(need, CATALOGUE.indicators.values()) for need in NEEDS)


def test_zero_and_unknown_are_no_place_and_no_file_is_not_none() -> None:
    cells = pd.DataFrame(
        [("61001", 2.0, "observed"), ("61002", 0.0, "observed"), ("61003", float("nan"), "missing")],
        columns=["commune", "value", "status"],
    )
    answer = Answer(named("Écoles"), Vintage("2025", "2025", "own"), cells, Total(2.0, Status.OBSERVED, 2, 3))
    here = found([answer])
    assert here is not None and list(here.communes) == ["61001"] and here.source == "Écoles, 2025"
    assert found([]) is None
