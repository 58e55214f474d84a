"""Every rule against its own examples, and what `check` gives of them together."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.catalogue import load_catalogue
from data.imports.checks import RULES, bad_lines, check, good
from data.imports.checks.base import Context, Example, Rule
from data.imports.model import CELL_COLUMNS, Parsed, Problem, Sum
from data.imports.places.placed import known
from data.territory import load_territory

CATALOGUE = load_catalogue()
TERRITORY = load_territory()
TODAY = dt.date(2026, 11, 25)
CASES = [(rule, number) for rule in RULES for number in range(len(rule.examples))]


def cell(line: int, indicator: str, commune: str, period: str, value: float | str) -> dict[str, object]:
    """One placed cell; a text for its value is its status."""
    number = value if isinstance(value, float) else float("nan")
    return {
        "indicator": indicator, "place": commune, "period": period, "value": number,
        "status": "observed" if isinstance(value, float) else value, "line": line, "column": indicator,
        "text": str(value), "commune": commune,
    }  # fmt: skip


def context(example: Example) -> Context:
    if example.kind == "figures":
        placed = pd.DataFrame([cell(*row) for row in example.rows], columns=[*CELL_COLUMNS, "commune"])
        parsed = Parsed("figures", placed[CELL_COLUMNS], pd.DataFrame(), **example.parsed)
    else:
        placed = pd.DataFrame([{"place": row.get("commune", ""), **row} for row in example.rows])
        # None stays None in the columns of days, as a format gives them
        placed = placed.astype(object).where(placed.notna(), None)
        parsed = Parsed(example.kind, pd.DataFrame(columns=CELL_COLUMNS), placed, **example.parsed)
        placed = (
            placed[placed["commune"].isin([*TERRITORY.codes, "", None])] if "commune" in placed else placed
        )
    current = pd.DataFrame(example.current, columns=["indicator", "commune", "period", "value"])
    current = current.assign(status="observed", import_id=1)
    return Context(parsed, placed, known(parsed, CATALOGUE), current, TERRITORY, TODAY, example.editions)


@pytest.mark.parametrize(("rule", "number"), CASES, ids=[f"{rule.id}-{number}" for rule, number in CASES])
def test_a_rule_finds_what_its_examples_say(rule: Rule, number: int) -> None:
    example = rule.examples[number]
    found = list(rule.find(context(example)))
    assert Counter(each.code for each in found) == Counter(example.expected), [each.title for each in found]
    lines = {row[0] if example.kind == "figures" else row["line"] for row in example.rows}
    for each in found:
        assert each.title.endswith("."), each.title
        assert each.advice.endswith("."), each.advice
        assert each.line is None or each.line in lines


def test_every_rule_has_examples_of_both_sides() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert any(each.expected for each in rule.examples), rule.id
        assert any(not each.expected for each in rule.examples), rule.id


def test_good_rows_are_those_without_error() -> None:
    problems = [
        Problem("a", "x", "y", line=3),
        Problem("b", "x", "y", line=4, severity="warning"),
        Problem("c", "x", "y"),
    ]
    assert bad_lines(problems) == {3}
    frame = pd.DataFrame({"line": [2, 3, 4], "value": [1.0, 2.0, 3.0]})
    assert good(frame, problems)["line"].tolist() == [2, 4]


VALUES = st.one_of(
    st.sampled_from(["suppressed", "missing"]),
    st.floats(-1e6, 1e6),
    st.integers(0, 500).map(float),
    st.just(0.0),
)
KNOWN = sorted(
    id_ for id_, each in CATALOGUE.indicators.items() if each.kind in ("count", "published", "ratio")
)


@st.composite
def files(draw: st.DrawFn) -> tuple[Parsed, pd.DataFrame, pd.DataFrame]:
    def row(line: int) -> dict[str, object]:
        indicator = draw(st.sampled_from([*KNOWN, "unknown"]))
        period = draw(st.sampled_from(["2016", "2022", "2024", "2025-01-01", "2026-06-30"]))
        return cell(line, indicator, draw(st.sampled_from(TERRITORY.codes[:4])), period, draw(VALUES))

    columns = [*CELL_COLUMNS, "commune"]
    placed = pd.DataFrame([row(line) for line in range(2, 2 + draw(st.integers(0, 12)))], columns=columns)
    stored = pd.DataFrame([row(0) for _ in range(draw(st.integers(0, 12)))], columns=columns)
    stored = stored.drop_duplicates(["indicator", "commune", "period"]).assign(import_id=1)
    rules = draw(st.sampled_from([(), (Sum("dwellings", ("main_dwellings", "vacant_dwellings")),)]))
    return Parsed("figures", placed[CELL_COLUMNS], pd.DataFrame(), rules=rules), placed, stored


@given(files())
def test_any_cells_are_checked_and_every_problem_says_where_and_what_to_do(
    file: tuple[Parsed, pd.DataFrame, pd.DataFrame],
) -> None:
    parsed, placed, stored = file
    found = check(parsed, placed, CATALOGUE, stored, territory=TERRITORY, today=TODAY)
    lines = set(placed["line"])
    for each in found:
        assert each.title and each.advice and each.code
        assert each.line is None or each.line in lines
        assert (
            each.severity == "warning" or each.line is not None or (each.code == "none_inside" and not lines)
        )
    negative = placed[
        (placed["status"] == "observed") & (placed["value"] < 0) & placed["indicator"].isin(KNOWN)
    ]
    assert set(negative["line"]) <= bad_lines(found)
    assert not set(good(placed, found)["line"]) & bad_lines(found)
