"""What is wrong with the rows of a file, once their commune is known: one small module a rule, each with its own examples.

`check` runs every rule that fits; a generic test runs the examples of every rule. An error forbids publishing the row (or, with an
explicit choice, leaves it out); a warning forbids nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import pandas as pd

from analysis.model import Source
from data.catalogue import Catalogue
from data.imports.checks import (
    components,
    coverage,
    days,
    duplicates,
    editions,
    fractions,
    future,
    outliers,
    parts,
    ranges,
    repeats,
    splits,
    stays,
    totals,
    wholes,
    withheld,
    within,
)
from data.imports.checks.base import Context, Rule
from data.imports.model import Parsed, Problem
from data.imports.places.placed import known
from data.territory import Territory

RULES: tuple[Rule, ...] = (
    coverage.RULE,
    splits.RULE,
    future.RULE,
    editions.RULE,
    duplicates.RULE,
    ranges.RULE,
    fractions.RULE,
    wholes.RULE,
    parts.RULE,
    within.RULE,
    totals.RULE,
    components.RULE,
    withheld.RULE,
    outliers.RULE,
    days.RULE,
    repeats.RULE,
    stays.RULE,
)


def check(
    parsed: Parsed,
    placed: pd.DataFrame,
    catalogue: Catalogue,
    current: pd.DataFrame,
    *,
    territory: Territory,
    today: dt.date,
    editions: Mapping[tuple[str, str], Source] | None = None,
) -> tuple[Problem, ...]:
    """Everything wrong with `placed`, the cells or records of `parsed` with their commune (see `data.imports.places.apply`).

    `current` are the observations of the store as they stand (indicator, commune, period, value, status), `editions` the sources of its
    vintages by indicator and period. Problems come rule by rule.
    """
    context = Context(parsed, placed, known(parsed, catalogue), current, territory, today, editions or {})
    return tuple(problem for rule in RULES if parsed.kind in rule.kinds for problem in rule.find(context))


def bad_lines(problems: Iterable[Problem]) -> frozenset[int]:
    """Lines of the file that have an error: those that `Choices.good_rows_only` leaves out."""
    return frozenset(each.line for each in problems if each.severity == "error" and each.line is not None)


def good(frame: pd.DataFrame, problems: Iterable[Problem]) -> pd.DataFrame:
    """The cells or records of `frame` whose line has no error."""
    return frame[~frame["line"].isin(list(bad_lines(problems)))].reset_index(drop=True)
