"""Charts: what is drawn from the frames, in French, and the sentence that says the same."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd
import pytest

from analysis.french import TextError
from ui import charts

NAN = float("nan")
GROWTH = pd.DataFrame(
    {
        "period": ["2004-12-31", "2005-12-31", "2006-12-31", "2007-12-31"],
        "present": [NAN, 3, 5, 4],
        "arrivals": [NAN, 3, 2, 0],
        "departures": [NAN, 0, 0, 1],
        "status": ["suppressed", "observed", "observed", "observed"],
    }
)
MILESTONES = pd.DataFrame(
    {
        "date": ["2011", "2004-02", "2004-05", "2004-10-06", "2004-10-06"],
        "precision": ["year", "month", "month", "day", "day"],
        "series": ["en_ligne", "reseau", "reseau", "dossiers", "dossiers"],
        "fact": [
            "Membres en ligne",
            "Installation",
            "Appel <img onerror=1>",
            "Dossiers reçus",
            "Candidats vus",
        ],
        "value": ["200", "", "", "70", "10"],
        "unit": ["membres (« plus de »)", "", "", "dossiers", "candidats"],
        "producer": ["Revue A", "Revue B", "Revue B", "Revue C", "Revue C"],
        "url": ["https://a.example/", "", "", "", ""],
    }
)
EMPTY_GROWTH, EMPTY_MILESTONES = GROWTH.iloc[:0], MILESTONES.iloc[:0]


def spec(chart: charts.Chart) -> dict[str, Any]:
    return chart.to_dict()


def marks(chart: dict[str, Any]) -> list[dict[str, Any]]:
    """Every unit of a chart, with the rows that it draws."""
    if "layer" in chart:
        return [
            unit
            for child in chart["layer"]
            for unit in marks({"datasets": chart.get("datasets"), "data": chart.get("data"), **child})
        ]
    rows = chart["datasets"][chart["data"]["name"]] if chart.get("data") else []
    return [{**chart, "rows": rows}]


def tooltips(chart: dict[str, Any]) -> list[dict[str, Any]]:
    return [tip for unit in marks(chart) for tip in unit["encoding"].get("tooltip", [])]


def test_growth_draws_counts_and_milestones_apart() -> None:
    chart, text = charts.growth_chart(GROWTH, MILESTONES, demo=True)
    units = marks(spec(chart))
    line = next(u for u in units if u["mark"]["type"] == "line")
    assert [row["present"] for row in line["rows"]] == [3, 5, 4]
    bars = next(u for u in units if u["mark"]["type"] == "bar")
    assert sorted((row["sens"], row["count"]) for row in bars["rows"]) == [
        ("Arrivées", 0), ("Arrivées", 2), ("Arrivées", 3), ("Départs", -1), ("Départs", 0), ("Départs", 0),
    ]  # fmt: skip
    band = next(u for u in units if u["mark"]["type"] == "rect")
    assert [row["status_texte"] for row in band["rows"]] == ["secret statistique"]
    published = next(u for u in units if "shape" in u["encoding"])
    assert len(published["rows"]) == 5
    # Another population: 200 online members never become a height of the members' axis.
    assert all(unit["encoding"]["y"]["field"] == "row" for unit in units if unit["rows"] == published["rows"])
    shapes = published["encoding"]["shape"]["scale"]
    assert shapes["domain"] == ["Réseau", "Dossiers", "Membres en ligne"]
    assert len(set(shapes["range"])) == 3
    assert {row["producer"] for row in published["rows"]} == {"Revue A", "Revue B", "Revue C"}
    assert [tip["title"] for tip in published["encoding"]["tooltip"]][-1] == "Source"
    assert text == (
        "Croissance du réseau de 31/12/2005 à 31/12/2007\u202f: 5\xa0arrivées et 1\xa0départ, "
        "4\xa0membres présents à la fin. Le plus haut\u202f: 5\xa0membres (31/12/2006). "
        "1\xa0période sans effectif montré (secret statistique). "
        "5\xa0jalons publiés, de février\xa02004 (Installation) à 2011 (Membres en ligne). "
        "Les effectifs sont ceux d’un réseau de démonstration."
    )


def test_milestones_are_numbered_as_in_their_table() -> None:
    table = charts.milestone_table(MILESTONES)
    assert table["date"].tolist() == ["février\xa02004", "mai\xa02004", "06/10/2004", "06/10/2004", "2011"]
    assert table.loc[4, "valeur"] == "200\xa0membres (« plus de »)"
    assert list(table[["numero", "valeur", "source"]].iloc[0]) == ["1", "", "Revue B"]
    units = marks(spec(charts.growth_chart(EMPTY_GROWTH, MILESTONES)[0]))
    labels = [row["label"] for row in units[0]["rows"]]
    # Two neighbours in one row share the number of the last mark, so that numbers never overprint.
    assert labels == ["", "1, 2", "", "3, 4", "5"]


def test_growth_alone_and_empty() -> None:
    chart, text = charts.growth_chart(GROWTH, EMPTY_MILESTONES)
    assert not any("shape" in unit["encoding"] for unit in marks(spec(chart)))
    assert "jalons" not in text
    assert "démonstration" not in text
    empty, words = charts.growth_chart(EMPTY_GROWTH, EMPTY_MILESTONES)
    assert "aucune donnée" in words
    assert "Aucune donnée" in json.dumps(spec(empty), ensure_ascii=False)
    with pytest.raises(TextError):
        charts.growth_chart(GROWTH.assign(period="12/2005"), EMPTY_MILESTONES)


def test_formats_are_french_and_tooltips_are_text() -> None:
    drawn = [
        charts.growth_chart(GROWTH, MILESTONES),
        charts.sparkline([1234.5, None, 3], ["2019", "2020", "2021"], decimals=1),
        charts.bars(pd.DataFrame({"n": ["A", "B"], "v": [1, 2]}), "n", "v"),
    ]
    for chart, text in drawn:
        found = spec(chart)
        assert found["config"]["locale"]["number"]["decimal"] == ","
        assert found["config"]["locale"]["time"]["months"][7] == "août"
        assert all(tip["type"] == "nominal" and tip["title"] for tip in tooltips(found))
        # What Vega says to screen readers is English: marks stay silent, the sentence speaks.
        assert all(unit["mark"]["aria"] is False for unit in marks(found))
        assert text.endswith(".")


def test_a_sparkline_is_compared_with_broken_lines_that_have_a_key() -> None:
    beside = (("Orne (département)", (9.0, 9.8)), ("France", (None, 8.1)))
    chart, text = charts.sparkline([9.5, 10.5], ["2016", "2022"], unit="%", decimals=1, beside=beside)
    spec = chart.to_dict()
    compared = next(rows for rows in spec["datasets"].values() if "name" in rows[0])
    assert [(row["name"], row["value"]) for row in compared] == [
        ("Orne (département)", 9.0), ("Orne (département)", 9.8), ("France", 8.1)
    ]  # fmt: skip
    (dash,) = [
        layer["encoding"]["strokeDash"]
        for outer in spec["layer"]
        for layer in outer.get("layer", [])
        if "strokeDash" in layer["encoding"]
    ]
    assert dash["scale"]["domain"] == ["Orne (département)", "France"] and dash["legend"]
    assert "Pour comparer\u202f: Orne (département) 9,8" in text and "France 8,1" in text


def test_sparkline_interrupts_its_line_and_says_both_ends() -> None:
    chart, text = charts.sparkline([6475, None, 6245], ["2016", "2019", "2022"], unit="habitants")
    line, dots, end = marks(spec(chart))
    assert [row["value"] for row in line["rows"]] == [6475, None, 6245]
    assert [row["value"] for row in dots["rows"]] == [6475, 6245]
    assert [row["value"] for row in end["rows"]] == [6245]
    assert text == "Évolution\u202f: 6\u202f475\xa0habitants (2016), puis 6\u202f245\xa0habitants (2022)."
    assert charts.sparkline([5], ["2022"])[1] == "5 (2022)."
    assert "aucune valeur" in charts.sparkline([None], ["2022"])[1]


def test_bars_keep_two_communes_of_one_name_apart_and_say_what_is_cut() -> None:
    frame = pd.DataFrame({"n": ["Bures", "Bures", "Essay", "Vidai"], "v": [3.0, 7.0, 5.0, None]})
    chart, text = charts.bars(frame, "n", "v", unit="%", decimals=1, title="Vacance")
    rows = marks(spec(chart))[0]["rows"]
    assert [(row["name"], row["value"]) for row in rows] == [("Bures", 7), ("Essay", 5), ("Bures", 3)]
    assert len({row["position"] for row in rows}) == 3
    assert text.startswith("Vacance\u202f: Bures (7,0\u202f%), Essay (5,0\u202f%) et Bures (3,0\u202f%)")
    assert "Les 2 plus fortes sur 3." in charts.bars(frame, "n", "v", limit=2)[1]
    assert "aucune valeur" in charts.bars(frame[frame["n"] == "Vidai"], "n", "v")[1]


def test_hidden_flows_are_left_out_and_never_drawn_as_zero() -> None:
    growth = pd.DataFrame(
        {
            "period": ["2024-12-31", "2025-12-31"],
            "present": [12.0, 14.0],
            "status": ["observed", "observed"],
            "arrivals": [float("nan"), float("nan")],
            "departures": [float("nan"), float("nan")],
            "flow_status": ["suppressed", "suppressed"],
        }
    )
    chart, text = charts.growth_chart(
        growth, pd.DataFrame(columns=["date", "series", "fact", "value", "unit", "producer", "url"])
    )
    assert "0 arrivée" not in text.replace("\u00a0", " ") and "pas tous montrés" in text
    assert "14" in text
    drawn = [row for rows in chart.to_dict()["datasets"].values() for row in rows if row.get("sens")]
    assert drawn == []


def test_letters_grow_on_a_projector() -> None:
    chart, _ = charts.bars(pd.DataFrame({"name": ["Laleu"], "value": [3.0]}), "name", "value")
    spec = chart.to_dict()
    assert spec["config"]["axis"]["labelFontSize"] == {"expr": "windowSize()[0] < 1600 ? 13 : 17"}
    sizes = [layer["mark"]["fontSize"]["expr"] for layer in spec["layer"] if layer["mark"]["type"] == "text"]
    assert sizes == ["windowSize()[0] < 1600 ? 12 : 16"] * 2


def test_movements_stand_in_the_year_in_which_they_happened() -> None:
    growth = pd.DataFrame(
        {
            "period": ["2024-12-31", "2025-12-31", "2026-05-12"], "present": [1.0, 3.0, 4.0], "arrivals": [1.0, 2.0, 1.0],
            "departures": [0.0, 0.0, 0.0], "status": ["observed"] * 3,
        }
    )  # fmt: skip
    seen, _ = charts._growth_frames(growth)
    band = charts._moves_band(seen, alt.X("day:T"), (0, 100)).to_dict()
    rows = next(iter(band["datasets"].values()))
    assert {row["day"][:4]: row["count"] for row in rows if row["sens"] == "Arrivées"} == {
        "2024": 1.0,
        "2025": 2.0,
        "2026": 1.0,
    }


def test_hidden_years_are_labelled_for_what_they_are() -> None:
    growth = pd.DataFrame(
        {
            "period": ["2024-12-31", "2025-12-31"], "present": [float("nan"), 12.0], "arrivals": [0.0, 1.0], "departures": [0.0, 0.0],
            "status": ["suppressed", "observed"],
        }
    )  # fmt: skip
    chart, _ = charts.growth_chart(
        growth, pd.DataFrame(columns=["date", "kind", "fact", "value", "producer", "url"])
    )
    assert "Effectifs masqués : secret statistique" in json.dumps(chart.to_dict(), ensure_ascii=False)
