"""The long table: exact values, statuses apart, formulas guarded."""

import pandas as pd
import pytest

from analysis.answers import FigureSet, answer
from analysis.export import COLUMNS, guard, long_table, to_csv
from data.catalogue import load_catalogue

CATALOGUE = load_catalogue()


def test_values_are_exact_and_statuses_apart() -> None:
    rows = [
        ("dwellings", "61026", "2022", 119.038918311667, "observed"),
        ("dwellings", "61051", "2022", None, "suppressed"),
        ("dwellings", "61013", "2022", 92.0, "observed"),
    ]
    names = {"61013": "Aunay-les-Bois", "61026": "Barville", "61051": "Boitron", "61067": "Bures"}
    figures = FigureSet(
        pd.DataFrame(rows, columns=["indicator", "commune", "period", "value", "status"]), names
    )
    indicator = CATALOGUE["dwellings"]
    text = to_csv(
        long_table([(answer(indicator, figures, CATALOGUE.indicators), CATALOGUE.source(indicator))])
    )
    lines = text.splitlines()
    assert lines[0] == ";".join(COLUMNS) == "commune;indicator;period;value;status;unit;source"
    assert lines[1].startswith("61013;dwellings;2022;92;observed;logements;INSEE")
    assert lines[2].startswith("61026;dwellings;2022;119.038918311667;observed;")
    assert lines[3].startswith("61051;dwellings;2022;;suppressed;")
    assert lines[4].startswith("61067;dwellings;2022;;missing;")


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1"])
def test_formulas_are_guarded(text: str) -> None:
    assert guard(text) == "'" + text


@pytest.mark.parametrize("text", ["-3,5", "+33 6 12 34 56 78", "−3", "Le Mêle", "a=b", ""])
def test_french_numbers_and_phone_numbers_are_left_alone(text: str) -> None:
    assert guard(text) == text
