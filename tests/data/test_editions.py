"""New editions follow declared rules: the shipped vintages obey the same ones, and what has no rule is refused, never guessed."""

from __future__ import annotations

import dataclasses

import pytest

from analysis.model import Vintage
from data.catalogue import CatalogueError, load_catalogue
from data.catalogue.editions import UndeclaredVintage, Work, brought, works

CATALOGUE = load_catalogue()
EVERYTHING = {**CATALOGUE.indicators, **CATALOGUE.waiting}


def _edition_of(work: Work, vintage: Vintage) -> str:
    """What the shipped vintage's file calls its edition: the end of its source's id."""
    return vintage.source.removeprefix(work.source["id"].partition("{")[0]).replace("_", "-")


@pytest.mark.parametrize("work", works().values(), ids=lambda work: work.id)
def test_the_shipped_vintages_follow_the_declared_rules(work: Work) -> None:
    """Same source, same label, same denominator: the rule and the shipped entry can never say two things."""
    for id_ in work.vintages:
        assert id_ in EVERYTHING, f"{work.id} declares {id_}, which is not in the catalogue"
        for vintage in EVERYTHING[id_].vintages:
            made = work.vintage_of(id_, _edition_of(work, vintage), vintage.period)
            if made.source == vintage.source:
                assert dataclasses.replace(vintage, break_note="") == made
                assert (
                    work.source_of(_edition_of(work, vintage), vintage.period).producer
                    == CATALOGUE.sources[vintage.source].producer
                )


def test_lovac_divides_by_the_stock_of_the_year_before() -> None:
    found = brought(
        works()["lovac"], "2026",
        [("lovac_vacant", "2026-01-01"), ("lovac_vacant_2y", "2026-01-01"), ("lovac_stock", "2025")], CATALOGUE,
    )  # fmt: skip
    rate = next(vintage for id_, vintage, _ in found if id_ == "lovac_vacancy_rate")
    assert (rate.period, rate.denominator_period, rate.source) == ("2026-01-01", "2025", "lovac_2026")
    assert {source.edition for *_, source in found} == {"LOVAC 2026"}


def test_a_rate_whose_denominator_nobody_has_gets_no_vintage() -> None:
    found = brought(works()["lovac"], "2026", [("lovac_vacant", "2026-01-01")], CATALOGUE)
    assert [id_ for id_, *_ in found] == ["lovac_vacant"]
    # The stock of 2024 is shipped: the rate of 2025 is complete with it, and that of another year is not.
    again = brought(works()["lovac"], "2026", [("lovac_vacant", "2025-01-01")], CATALOGUE)
    assert {id_: v.denominator_period for id_, v, _ in again} == {
        "lovac_vacant": "",
        "lovac_vacancy_rate": "2024",
    }


def test_an_undeclared_figure_is_refused() -> None:
    with pytest.raises(UndeclaredVintage, match="median_income"):
        brought(works()["lovac"], "2026", [("median_income", "2026")], CATALOGUE)


def test_a_change_needs_its_base() -> None:
    work = works()["insee_rp"]
    both = brought(work, "2023", [("population_rp", "2023"), ("population_rp", "2017")], CATALOGUE)
    change = next(vintage for id_, vintage, _ in both if id_ == "population_change")
    assert (change.base_period, change.label) == ("2017", "RP 2017 → RP 2023")
    alone = brought(work, "2023", [("population_rp", "2023")], CATALOGUE)
    assert "population_change" not in [id_ for id_, *_ in alone]


def test_recorded_vintages_join_the_catalogue_and_the_last_lies_on_top() -> None:
    rows = [
        {"indicator": "lovac_vacant", "period": "2026-01-01", "label": "1er janvier 2026", "source": "lovac_2026"},
        {"indicator": "lovac_vacant", "period": "2025-01-01", "label": "1er janvier 2025 (révisé)", "source": "lovac_2026"},
    ]  # fmt: skip
    source = {"producer": "Cerema / DGALN", "title": "LOVAC", "edition": "LOVAC 2026", "licence": "x"}
    catalogue = load_catalogue(sources={"lovac_2026": source}, vintages=rows)
    found = catalogue["lovac_vacant"]
    assert [(v.period, v.source) for v in found.vintages] == [
        ("2025-01-01", "lovac_2026"),
        ("2026-01-01", "lovac_2026"),
    ]
    assert CATALOGUE["lovac_vacant"].periods == ("2025-01-01",)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"indicator": "nobody", "period": "2026"}, "nobody"),
        ({"indicator": "dwellings", "period": "2026", "label": "", "source": "nobody"}, "nobody"),
        (
            {
                "indicator": "dwellings",
                "period": "2026",
                "label": "",
                "source": "insee_rp_2022",
                "color": "x",
            },
            "color",
        ),
    ],
)
def test_a_recorded_vintage_that_cannot_be_used_is_named(row: dict[str, str], words: str) -> None:
    with pytest.raises(CatalogueError, match=words):
        load_catalogue(vintages=[row])


def test_waiting_indicators_have_no_vintage() -> None:
    for id_, entry in CATALOGUE.waiting.items():
        assert entry.vintages == () and id_ not in CATALOGUE.indicators
