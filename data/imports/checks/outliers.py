"""Values that leave the previous vintage behind, against how the other communes moved.

For a count or a price, x = ln(new / old); for a value in %, x = new − old. A commune is reported when |x − median| exceeds 3.5 robust
standard deviations (1.4826 × the median absolute deviation; Iglewicz and Hoaglin, *How to Detect and Handle Outliers*, 1993) and a
floor below which nothing is remarkable: a factor 2, or 20 points. Small counts also vary by chance: the difference from what the
others did must exceed 10 and three times the square root of the count expected (Poisson). With fewer than 5 communes there is no
spread to compare with, and only a factor 10 is reported. A median factor of 5 or more is a question of unit, reported once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.french import trimmed
from analysis.model import Indicator
from data import reference
from data.imports.checks.base import Context, Example, Rule
from data.imports.model import Problem
from data.imports.wording import warning

DEVIATIONS = 3.5
_ROBUST = 1.4826
_PAIRS = 5
_FACTOR, _FACTOR_ALONE, _FACTOR_UNIT = 2.0, 10.0, 5.0
_POINTS = 20.0
_SMALL = 10.0
_FROM_ZERO = 20.0  # a count that comes from or falls to zero is remarkable from here on


def find(context: Context) -> Iterator[Problem]:
    """One warning a cell that stands out, or one for a column whose unit seems to have changed."""
    stored = context.current[context.current["status"] == "observed"]
    for (id_, period), cells in context.observed.groupby(["indicator", "period"], sort=False):
        indicator = context.indicators.get(str(id_))
        if indicator is None or _broken(indicator, str(period)):
            continue
        before = _previous(stored[stored["indicator"] == id_], str(period))
        pairs = cells.merge(before, on="commune")
        if len(pairs):
            yield from _compare(indicator, pairs)


def _broken(indicator: Indicator, period: str) -> bool:
    """Whether the catalogue says that the series breaks there."""
    return any(each.period == period and each.break_note for each in indicator.vintages)


def _previous(stored: pd.DataFrame, period: str) -> pd.DataFrame:
    """`commune`, `old`, `old_period`: the last period before this one; this one itself when there is none (a correction)."""
    earlier = stored.loc[stored["period"] < period, "period"]
    last = earlier.max() if len(earlier) else period
    found = stored.loc[stored["period"] == last, ["commune", "value"]]
    return found.rename(columns={"value": "old"}).assign(old_period=last)


def _compare(indicator: Indicator, pairs: pd.DataFrame) -> Iterator[Problem]:
    if indicator.unit == "%":
        moved = pairs["value"] - pairs["old"]
        yield from _warnings(indicator, pairs[_far(moved, _POINTS, 50.0)])
        return
    positive = pairs[(pairs["value"] > 0) & (pairs["old"] > 0)]
    moved = np.log(positive["value"] / positive["old"])
    middle = float(moved.median()) if len(moved) >= _PAIRS else 0.0
    if abs(middle) >= math.log(_FACTOR_UNIT):
        factor = math.exp(abs(middle))
        direction = "multipliées" if middle > 0 else "divisées"
        yield warning(
            "unit_changed",
            f"Les valeurs de « {indicator.name} » sont {direction} par {trimmed(factor, 1)} environ depuis {pairs['old_period'].iloc[0]}.",
            f"Vérifiez la colonne et son unité ({indicator.unit}).",
            column=pairs["column"].iloc[0],
        )
        return
    far = positive[_far(moved, math.log(_FACTOR), math.log(_FACTOR_ALONE))]
    if indicator.kind == "count":
        expected = far["old"] * math.exp(middle)
        far = far[(far["value"] - expected).abs() > np.maximum(_SMALL, 3 * np.sqrt(expected))]
        zero = (pairs[["value", "old"]].min(axis=1) == 0) & (
            pairs[["value", "old"]].max(axis=1) >= _FROM_ZERO
        )
        far = pd.concat([far, pairs[zero]])
    yield from _warnings(indicator, far)


def _far(moved: pd.Series, floor: float, alone: float) -> pd.Series:
    """Which of the moves stand out from the others."""
    if len(moved) < _PAIRS:
        return moved.abs() >= alone
    apart = (moved - moved.median()).abs()
    return apart > max(floor, DEVIATIONS * _ROBUST * float(apart.median()))


def _warnings(indicator: Indicator, rows: pd.DataFrame) -> Iterator[Problem]:
    names = reference.commune_names()
    for row in rows.to_dict("records"):
        yield warning(
            "outlier",
            f"{names.get(row['commune'], row['commune'])} : « {indicator.name} » passe de {trimmed(row['old'])} ({row['old_period']}) "
            f"à {trimmed(row['value'])}, loin de l'évolution des autres communes.",
            "Vérifiez la valeur dans la source ; rien à faire si elle est exacte.",
            line=row["line"],
            column=row["column"],
            value=row["text"],
        )


_COMMUNES = ("61013", "61026", "61051", "61067", "61068", "61126")


def _series(
    indicator: str,
    period: str,
    before: tuple[str, tuple[float, ...]],
    after: tuple[float, ...],
    *expected: str,
) -> Example:
    return Example(
        tuple((line, indicator, code, period, value) for line, (code, value) in enumerate(zip(_COMMUNES, after, strict=False), 2)),
        expected,
        current=tuple((indicator, code, before[0], value) for code, value in zip(_COMMUNES, before[1], strict=False)),
    )  # fmt: skip


_OLD = ("2021", (1200.0, 300.0, 90.0, 450.0, 60.0, 2000.0))

RULE = Rule(
    "outliers",
    "Une valeur ne s'écarte pas du millésime précédent bien plus que dans les autres communes.",
    find,
    examples=(
        _series("dwellings", "2022", _OLD, (1210.0, 305.0, 92.0, 449.0, 61.0, 2010.0)),
        _series("dwellings", "2022", _OLD, (1210.0, 3050.0, 92.0, 449.0, 61.0, 2010.0), "outlier"),
        _series("dwellings", "2022", _OLD, (12100.0, 3050.0, 920.0, 4490.0, 610.0, 20100.0), "unit_changed"),
        _series(
            "dwellings", "2022", ("2021", (4.0, 3.0, 6.0, 5.0, 2.0, 8.0)), (9.0, 3.0, 6.0, 5.0, 1.0, 8.0)
        ),
        _series("dwellings", "2022", _OLD, (1210.0, 305.0, 0.0, 449.0, 61.0, 2010.0), "outlier"),
        _series("dwellings", "2022", ("2021", (100.0,)), (300.0,)),
        _series("dwellings", "2022", ("2021", (100.0,)), (1000.0,), "outlier"),
        _series(
            "population_change",
            "2022",
            ("2016", (1.0, 2.0, 0.0, -1.0, 3.0, 2.0)),
            (2.0, 1.0, 45.0, 0.0, 2.0, 2.0),
            "outlier",
        ),
        _series(
            "share_30m",
            "2026-06-30",
            ("2019-09-30", (10.0, 20.0, 30.0, 40.0, 50.0, 60.0)),
            (99.0, 21.0, 30.0, 40.0, 50.0, 60.0),
        ),
    ),
)
