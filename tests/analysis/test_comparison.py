"""Two answers side by side: changes where they mean something, a break said, two indicators never subtracted."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.answers import Answer, FigureSet, answer
from analysis.comparison import breaks_between, compare
from analysis.model import Indicator, Status, Vintage

NAMES = {"c1": "Aunay", "c2": "Barville", "c3": "Coulonges", "c4": "Damigny"}
SALES = Indicator(
    "sales", "Ventes", "ventes", "Thème", "count", tuple(Vintage(y, y, "s") for y in ("2021", "2022")), "Ventes"
)  # fmt: skip
SHARE = Indicator(
    "share", "Part", "%", "Thème", "published",
    (Vintage("2019", "2019", "s"), Vintage("2022", "2022", "s", break_note="Rupture : autre définition."), Vintage("2023", "2023", "s")),
    "Part", decimals=1,
)  # fmt: skip
CELLS: dict[tuple[str, str], list[float | None]] = {
    ("sales", "2021"): [3, 5, 2, None],
    ("sales", "2022"): [4, 1, 2, 7],
    ("share", "2019"): [10.0, 20.0, 30.0, 40.0],
    ("share", "2022"): [11.0, 22.5, 30.0, 38.0],
    ("share", "2023"): [12.0, 22.5, 29.9, 38.0],
}


def asked(indicator: Indicator, period: str) -> Answer:
    rows = [
        (id_, commune, year, value, Status.OBSERVED if value is not None else Status.SUPPRESSED)
        for (id_, year), values in CELLS.items()
        for commune, value in zip(NAMES, values, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["indicator", "commune", "period", "value", "status"])
    return answer(indicator, FigureSet(frame, NAMES), {}, period)


def test_two_vintages_count_who_rose_and_who_fell_where_both_are_known() -> None:
    found = compare(asked(SALES, "2021"), asked(SALES, "2022"))
    assert found.changes
    assert list(found.cells["change"]) == ["+1", "−4", "0", ""]
    assert list(found.cells["left"])[3] == "secret statistique"
    text = found.sentence.replace("\u202f", " ").replace("\u00a0", " ")
    assert "en hausse dans 1 commune, en baisse dans 1, sans changement dans 1" in text
    assert "au moins 10 ventes puis 14 ventes" in text and "1 commune sans chiffre" in text


def test_a_share_changes_in_points() -> None:
    found = compare(asked(SHARE, "2022"), asked(SHARE, "2023"))
    assert [c.replace("\u00a0", " ") for c in found.cells["change"]] == ["+1,0 point", "0,0 point", "−0,1 point", "0,0 point"]  # fmt: skip


def test_a_break_between_the_two_forbids_the_comparison() -> None:
    assert breaks_between(SHARE, "2019", "2023") == ("Rupture : autre définition.",)
    assert breaks_between(SHARE, "2022", "2023") == ()
    found = compare(asked(SHARE, "2019"), asked(SHARE, "2023"))
    assert not found.changes and set(found.cells["change"]) == {""}
    assert "la série est rompue" in found.sentence and "en hausse" not in found.sentence


def test_two_indicators_are_not_subtracted_and_one_vintage_twice_is_said() -> None:
    two = compare(asked(SALES, "2022"), asked(SHARE, "2022"))
    assert not two.changes and two.sentence == ""
    twice = compare(asked(SALES, "2022"), asked(SALES, "2022"))
    assert not twice.changes and "deux fois le même millésime" in twice.sentence


def test_other_communes_are_refused() -> None:
    frame = pd.DataFrame(columns=["indicator", "commune", "period", "value", "status"])
    other = answer(SALES, FigureSet(frame, {"c9": "Autre"}), {}, "2022")
    with pytest.raises(ValueError, match="mêmes communes"):
        compare(asked(SALES, "2021"), other)
