"""Names beside the dots of the prices: each dot has one, and none covers another."""

from __future__ import annotations

import pandas as pd

from ui.housing import charts


def prices(*rows: tuple[str, float, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["year", "price", "name"])


def test_neighbours_take_different_levels_and_far_ones_the_first() -> None:
    table = prices(
        ("2024", 700, "Essay"), ("2024", 1240, "Saint-Léger-sur-Sarthe"), ("2024", 1245, "Montchevrel"), ("2024", 1250, "Barville"),
        ("2025", 1248, "Boitron"), ("2025", 2000, "Laleu"),
    )  # fmt: skip
    assert charts.label_levels(table) == [0, 0, 1, 2, 0, 0]


def test_with_no_level_free_the_one_that_ends_first_is_taken() -> None:
    table = prices(
        *(("2025", 1000 + i, f"Commune {'x' * (9 - i)}") for i in range(5)), ("2025", 2000, "Loin")
    )
    levels = charts.label_levels(table)
    assert sorted(levels[:4]) == [0, 1, 2, 3] and levels[4] == 3 and levels[5] == 0


def test_every_dot_of_the_chart_has_its_name() -> None:
    table = prices(("2024", 700, "Essay"), ("2025", 710, "Laleu")).assign(
        few=False, text="700 €/m²", sales=12
    )
    chart, alt_text = charts.price_chart(table)
    drawn = chart.to_dict()
    names = [layer for layer in drawn["layer"] if layer["mark"]["type"] == "text"]
    assert {row["name"] for layer in names for row in drawn["datasets"][layer["data"]["name"]]} == {
        "Essay",
        "Laleu",
    }
    assert "2 médianes" in alt_text.replace("\u00a0", " ")
