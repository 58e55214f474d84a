"""The pictures of the watch: what they draw is in their data, and is said in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from analysis.watch.life import estimate
from ui.watch.charts import life_chart, market_chart


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def fields_without_data(spec: dict[str, Any]) -> list[str]:
    """The fields that a layer draws and its rows do not have: Vega would draw them as « undefined »."""
    missing = []
    for layer in spec["layer"]:
        rows = spec["datasets"][layer["data"]["name"]]
        for channel in layer["encoding"].values():
            for each in channel if isinstance(channel, list) else [channel]:
                if "field" in each and not all(each["field"] in row for row in rows):
                    missing.append(each["field"])
    return missing


def test_the_market_is_drawn_month_by_month_with_what_stands() -> None:
    months = pd.DataFrame(
        {
            "since": [dt.date(2026, 4, 1), dt.date(2026, 5, 1)],
            "until": [dt.date(2026, 4, 30), dt.date(2026, 5, 12)],
            "new": [4, 6],
            "gone": [3, 1],
            "standing": [5, 10],
        }
    )
    chart, text = market_chart(months)
    spec = chart.to_dict()
    assert fields_without_data(spec) == []
    bars = spec["datasets"][spec["layer"][0]["data"]["name"]]
    assert [(row["court"], row["count"]) for row in bars] == [
        ("04/26", 4),
        ("05/26", 6),
        ("04/26", -3),
        ("05/26", -1),
    ]
    assert all(layer["mark"]["aria"] is False for layer in spec["layer"])
    assert plain(text).endswith("en mai 2026, 6 nouvelles, 1 parties, 10 en cours.")


def test_the_curve_of_lives_draws_what_it_has() -> None:
    chart, text = life_chart(estimate(np.array([1.0, 5.0, 9.0]), np.array([4.0, 12.0, np.inf])), None, 8)
    assert fields_without_data(chart.to_dict()) == []
    assert "après 8 jours" in plain(text)
