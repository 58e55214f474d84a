"""The drawings of the broadband page: parts that make the whole, in order, and two editions that nothing joins."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.answers import FigureSet, answer
from analysis.telework import best_technologies
from data.catalogue import load_catalogue
from data.territory import load_territory
from tests.shipped import shipped_figures
from ui.broadband.charts import counts_text, evolution_chart, technology_chart
from ui.charts import kept

PERIOD = "2026-06-30"
CATALOGUE = load_catalogue()
SHIPPED = FigureSet(shipped_figures(), load_territory().name_of)
BEST = best_technologies(SHIPPED, PERIOD)


def rows(spec: dict[str, Any], column: str) -> list[dict[str, Any]]:
    """The rows of the dataset of a chart that has `column`."""
    return next(data for data in spec["datasets"].values() if data and column in data[0])


def test_the_parts_of_each_bar_make_a_hundred_percent() -> None:
    spec, text = kept(technology_chart(BEST))
    shares = pd.DataFrame(rows(spec, "share")).groupby("name")["share"].sum()
    assert len(shares) == 20 and (shares - 100).abs().max() < 1e-9
    assert "d'abord Vidai" in text and "en dernier Bursard" in text


def test_only_technologies_that_serve_somebody_are_in_the_legend() -> None:
    spec, _ = kept(technology_chart(BEST))
    assert {row["label"] for row in rows(spec, "share")} == {"Fibre", "Cuivre", "4G fixe"}


def test_a_commune_whose_parts_do_not_make_the_whole_is_not_stacked() -> None:
    wrong = BEST.copy()
    wrong.loc[wrong["name"] == "Laleu", "adds_up"] = False
    spec, _ = kept(technology_chart(wrong))
    assert "Laleu" not in {row["name"] for row in rows(spec, "share")}


def test_each_bar_says_its_counts() -> None:
    laleu = BEST[BEST["name"] == "Laleu"].iloc[0]
    assert counts_text(laleu) == "fibre 280, cuivre 10, 4G fixe 64, sur 354"


def test_two_editions_are_marks_without_a_line() -> None:
    before, after = (
        answer(CATALOGUE["share_30m"], SHIPPED, CATALOGUE.indicators, p) for p in ("2019-09-30", PERIOD)
    )
    spec, text = kept(evolution_chart(before, after))
    assert len(rows(spec, "edition")) == 40
    guides, *marks = spec["layer"]
    assert {layer["mark"]["type"] for layer in marks} == {"point", "text"}
    # The guides run from edge to edge, whatever the values.
    assert (guides["encoding"]["x"], guides["encoding"]["x2"]) == ({"value": 0}, {"value": "width"})
    assert "sans lien entre elles" in text


def test_without_figures_both_say_so() -> None:
    empty = FigureSet(
        pd.DataFrame(columns=["indicator", "commune", "period", "value", "status"]), {"01001": "A"}
    )
    _, text = kept(technology_chart(best_technologies(empty, PERIOD)))
    assert "aucune commune" in text
    none = answer(CATALOGUE["share_30m"], empty, CATALOGUE.indicators, PERIOD)
    assert "aucune valeur" in evolution_chart(none, none)[1]


def test_levels_stand_after_the_communes() -> None:
    spec, text = kept(technology_chart(BEST, (("France", (90.0, 6.0, 3.0, 1.0)),)))
    france = [row for row in rows(spec, "share") if row["name"] == "France"]
    assert [row["share"] for row in france] == [90.0, 6.0, 3.0, 1.0] and {
        row["position"] for row in france
    } == {20}
    assert len(rows(spec, "head")) == 21 and "Pour comparer\u202f: France\u202f: fibre 90,0" in text
    before, after = (
        answer(CATALOGUE["share_30m"], SHIPPED, CATALOGUE.indicators, p) for p in ("2019-09-30", PERIOD)
    )
    spec, _ = kept(evolution_chart(before, after, (("France", (None, 97.5)),)))
    (france_row,) = [row for row in rows(spec, "edition") if row["name"] == "France"]
    assert (france_row["value"], france_row["position"], france_row["edition"]) == (
        97.5,
        20,
        after.vintage.label,
    )
