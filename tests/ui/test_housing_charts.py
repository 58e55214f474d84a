"""Names beside the dots of the prices: each dot has one, and none covers another."""

from __future__ import annotations

import pandas as pd

from analysis.answers import FigureSet, answer
from data.catalogue import load_catalogue
from data.territory import load_territory
from tests.shipped import shipped_figures
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


def test_the_medians_of_levels_have_signs_of_their_own() -> None:
    catalogue = load_catalogue()
    figures = FigureSet(shipped_figures(), load_territory().name_of)
    years = [answer(catalogue["house_price"], figures, catalogue.indicators, p) for p in ("2024", "2025")]
    table = prices(("2024", 700, "Essay"), ("2025", 710, "Laleu")).assign(few=False, text="", sales=12)
    chart, text = charts.price_chart(
        table, years, (("Orne (département)", (1100.0, 1150.0)), ("France", (None, 2500.0)))
    )
    spec = chart.to_dict()
    levels = [
        row
        for rows in spec["datasets"].values()
        for row in rows
        if row.get("name") in ("Orne (département)", "France")
    ]
    assert [(row["name"], row["year"], row["price"]) for row in levels] == [
        ("Orne (département)", "2024", 1100.0), ("Orne (département)", "2025", 1150.0), ("France", "2025", 2500.0)
    ]  # fmt: skip
    looks = spec["layer"][0]["encoding"]
    assert {tuple(looks[each]["scale"]["domain"][2:]) for each in ("fill", "stroke", "shape")} == {
        ("Orne (département)", "France")
    }
    assert len(set(looks["shape"]["scale"]["range"])) == 4, "one key, each with a sign of its own"
    assert "Pour comparer\u202f: Orne (département) 1\u202f150" in text


def test_the_stock_of_levels_stands_under_that_of_the_communes() -> None:
    catalogue = load_catalogue()
    figures = FigureSet(shipped_figures(), load_territory().name_of)
    parts = [
        (name, answer(catalogue[id_], figures, catalogue.indicators))
        for name, id_ in (
            ("Principales", "main_share"),
            ("Secondaires", "second_share"),
            ("Vacants", "vacancy_rate"),
        )
    ]
    chart, text = charts.stock_chart(parts, (("France", (82.0, 10.0, 8.0)),))
    spec = chart.to_dict()
    assert spec["encoding"]["y"]["sort"][-1] == "France" and len(spec["encoding"]["y"]["sort"]) == 21
    (data,) = spec["datasets"].values()
    assert [row["value"] for row in data if row["name"] == "France"] == [82.0, 10.0, 8.0]
    assert text.endswith("Pour comparer\u202f: France 8,0\u202f%.")
