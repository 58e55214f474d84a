"""Every indicator and vintage of the catalogue has classes that fit its figures, the same wherever it is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis import palette
from analysis.classes import MAX_CLASSES
from analysis.model import Audience
from tests.pages.screens import Open, words
from ui import loading
from ui.choropleth import Choropleth, choropleth

_ROUND = re.compile(r"−?\d{1,3}(?: \d{3})*(?:,\d)?")


Drawn = Callable[[Audience], list[Choropleth]]


@pytest.fixture(scope="module")
def known() -> dict[Audience, list[Choropleth]]:
    """What `drawn` made for each audience: the tests of this module look at the same demonstration, and change nothing."""
    return {}


@pytest.fixture
def drawn(home: Path, known: dict[Audience, list[Choropleth]]) -> Drawn:
    """Each indicator and vintage as the map shows it at first to an audience."""

    def of(audience: Audience) -> list[Choropleth]:
        if audience not in known:
            found = []
            for indicator in loading.desk().indicators.values():
                vintages = {p: loading.answer(indicator.id, p, audience) for p in indicator.periods}
                found += [choropleth(one, vintages) for one in vintages.values()]
            known[audience] = found
        return known[audience]

    return of


def test_classes_are_four_or_five_unless_the_values_are_fewer_and_none_is_empty(drawn: Drawn) -> None:
    seen = 0
    for audience in (Audience.ANIMATEUR, Audience.PUBLIC):
        for one in drawn(audience):
            where = (one.answer.indicator.id, one.answer.vintage.period, audience)
            distinct = one.answer.observed["value"].nunique()
            assert 0 not in one.classes.counts, where
            assert one.classes.k >= min(4, distinct), where
            assert one.classes.k <= 5 < MAX_CLASSES
            assert sum(one.classes.counts) == len(one.answer.observed), where
            seen += 1
    assert seen > 200


def test_limits_are_round_and_counts_are_whole(drawn: Drawn) -> None:
    for one in drawn(Audience.ANIMATEUR):
        where = (one.answer.indicator.id, one.answer.vintage.period, one.labels)
        for label in one.labels if one.classes.k > 1 else ():
            figures = _ROUND.findall(label.replace("\u202f", " "))
            assert figures and all(len(re.sub(r"\D", "", f).strip("0")) <= 3 for f in figures), where
            if one.answer.whole:
                assert "," not in label and "à moins de" not in label, where


def test_prices_do_not_leave_classes_empty(drawn: Drawn) -> None:
    """Classes common to five years left three of five empty in a year of few sales."""
    prices = [one for one in drawn(Audience.PUBLIC) if one.answer.indicator.id == "house_price"]
    assert len(prices) == 5 and all(0 not in one.classes.counts for one in prices)
    assert {one.shared for one in prices} == {True, False}


def test_an_animation_leaves_no_class_empty_in_any_year_or_says_where_it_is_filled(
    home: Path, open_page: Open
) -> None:
    """Colours are compared from year to year: the same classes for all, three at least, filled in each year where that can be."""
    for id_ in ("house_price", "house_sales", "population_rp", "applications"):
        vintages = {
            p: loading.answer(id_, p, Audience.ANIMATEUR) for p in loading.desk().indicators[id_].periods
        }
        steps = [choropleth(one, vintages, shared=True) for one in vintages.values()]
        assert len({one.classes.edges for one in steps}) == 1 and len(steps) > 1
        assert all(0 not in one.classes.counts and one.classes.k >= 3 for one in steps), id_
    text = words(open_page("carte", mode="animation", indicateur="members", millesime="2004-12-31"))
    assert "(aucune commune)" in text
    assert "Une classe sans commune ici en compte dans un autre millésime." in text


def test_what_is_lacking_is_brown_and_a_change_parts_at_zero(drawn: Drawn) -> None:
    by_id = {one.answer.indicator.id: one for one in drawn(Audience.ANIMATEUR)}
    assert by_id["copper_share"].colors == palette.colors("lack", 5)
    assert by_id["vacancy_rate"].colors == palette.colors("sequential", 5)
    change = by_id["population_change"]
    assert 0.0 in change.classes.edges and any("moins de 0" in label for label in change.labels)


def test_home_and_map_say_the_same_classes(open_page: Open) -> None:
    """Accueil drew four classes where the map drew five."""
    swatch = re.compile(r'zv-swatch" style="background:(#\w+)"></i><span>(.*?)</span>')
    home, map_ = (swatch.findall(words(open_page(page))) for page in ("accueil", "carte"))
    assert len(home) == 5 and home == map_
