"""The pictures of the network's page say in words what they draw."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analysis.retention import interval_text, kaplan_meier
from ui.network.charts import matrix_chart, retention_rows, survival_chart


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_the_curve_is_drawn_in_steps_with_its_interval_and_read_aloud() -> None:
    found = kaplan_meier([0.5, 1.5, 2.5, 3.5, 4.0], [True, False, True, True, False])
    chart, text = survival_chart(found)
    spec = chart.to_dict()
    marks = [layer["mark"]["type"] for layer in spec["layer"]]
    assert marks == ["area", "line", "tick", "point"]
    assert all(layer["mark"]["aria"] is False for layer in spec["layer"])
    assert spec["layer"][1]["mark"]["interpolate"] == "step-after"
    assert "après 1 an, 80 %" in plain(text)
    assert "après 3 ans, 53 %" in plain(text)
    assert "après 5" not in plain(text)  # nobody was followed so long


def test_the_table_reads_the_curve_at_round_years_only_as_far_as_it_goes() -> None:
    rows = retention_rows(kaplan_meier([0.5, 1.5, 2.5, 3.5, 4.0], [True, False, True, True, False]))
    assert [plain(text) for text in rows["duree"]] == ["1 an", "2 ans", "3 ans"]
    assert [plain(text) for text in rows["part"]] == ["80 %", "80 %", "53 %"]
    assert rows["suivis"].tolist() == ["4", "3", "2"]


def test_nothing_to_follow_is_said() -> None:
    chart, text = survival_chart(kaplan_meier([], []))
    assert "aucun séjour" in text
    assert chart.to_dict()["mark"]["type"] == "text"
    assert retention_rows(kaplan_meier([], [])).empty


def test_there_is_no_interval_where_everybody_has_left() -> None:
    assert interval_text(float("nan"), float("nan")) == "–"
    assert plain(interval_text(0.434, 0.849)) == "43 % à 85 %"


def test_circles_are_as_large_as_the_number_of_members_and_the_last_numbers_are_written() -> None:
    days = [dt.date(2024, 12, 31), dt.date(2025, 12, 31)]
    counts = pd.DataFrame({"Essay": [1, 4], "Vidai": [2, 0]}, index=days)
    chart, text = matrix_chart(counts, "commune")
    spec = chart.to_dict()
    size = spec["layer"][0]["encoding"]["size"]["scale"]
    assert (size["domain"], size["range"][0]) == ([0, 4], 0)
    written = spec["datasets"][spec["layer"][1]["data"]["name"]]
    assert [(row["nom"], row["texte"]) for row in written] == [("Essay", "4")]
    assert "Essay (4)" in plain(text)
    nobody, said = matrix_chart(pd.DataFrame({"Essay": [0, 0]}, index=days), "commune")
    assert "aucun membre" in said
    assert nobody.to_dict()["mark"]["type"] == "text"
