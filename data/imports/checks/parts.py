"""A part is not larger than its whole: vacant dwellings and the stock, premises with fibre and the premises.

What is part of what follows from the catalogue: every share (a ratio × 100 in %) has numerators that are parts of its denominators, each
at its own period. The other side may be in the store already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.french import trimmed
from analysis.model import OBSERVATION_KEY, Indicator, Vintage
from data import reference
from data.imports.checks.base import Context, Example, Rule
from data.imports.model import Problem
from data.imports.wording import problem

_FLOATS = 0.01  # published decimals are rounded


def find(context: Context) -> Iterator[Problem]:
    """One error a commune and period where the observed parts are more than the whole."""
    placed = context.observed.drop_duplicates(OBSERVATION_KEY)
    given = set(zip(placed["indicator"], placed["period"], strict=True))
    # A cell of the file hides the stored one, even when it is secret or missing.
    columns = [*OBSERVATION_KEY, "value", "status"]
    both = pd.concat([context.placed[columns], context.current[columns]], ignore_index=True).drop_duplicates(
        OBSERVATION_KEY
    )
    numbers = {
        pair: cells.set_index("commune")["value"]
        for pair, cells in both[both["status"] == "observed"].groupby(["indicator", "period"])
    }
    for indicator in context.indicators.values():
        if not is_share(indicator):
            continue
        for vintage in indicator.vintages:
            if not vintage.published and given & set(components(indicator, vintage)):
                yield from _one(context, numbers, placed, indicator, vintage)


def is_share(indicator: Indicator) -> bool:
    """Whether the numerators of `indicator` are parts of its denominators."""
    return indicator.kind == "ratio" and indicator.unit == "%" and indicator.scale == 100


def components(indicator: Indicator, vintage: Vintage) -> list[tuple[str, str]]:
    """(indicator, period) of every numerator, then of every denominator, of a ratio."""
    below = vintage.denominator_period or vintage.period
    return [(id_, vintage.period) for id_ in indicator.numerator] + [
        (id_, below) for id_ in indicator.denominator
    ]


def _one(
    context: Context,
    numbers: Mapping[Any, pd.Series[float]],
    placed: pd.DataFrame,
    indicator: Indicator,
    vintage: Vintage,
) -> Iterator[Problem]:
    pairs = components(indicator, vintage)
    too_large = _too_large(numbers, pairs[: len(indicator.numerator)], pairs[len(indicator.numerator) :])
    if too_large.empty:
        return
    names = reference.commune_names()
    part, total = (_named(context, ids) for ids in (indicator.numerator, indicator.denominator))
    mine = placed[placed["commune"].isin(too_large.index)].set_index(OBSERVATION_KEY)
    for commune in mine.index.get_level_values("commune").unique():
        here = [(id_, commune, period) for id_, period in pairs if (id_, commune, period) in mine.index]
        if not here:
            continue
        row = mine.loc[here[0]]
        seen, whole = too_large.loc[commune, ["part", "whole"]]
        yield problem(
            "part_exceeds",
            f"{names.get(commune, commune)} : {part} ({trimmed(seen)}) dépasse {total} ({trimmed(whole)}).",
            f"Corrigez l'un des deux nombres, par exemple {trimmed(whole)} au plus ; vérifiez aussi les colonnes et le millésime.",
            line=row["line"],
            column=row["column"],
            value=row["text"],
        )


def _too_large(
    numbers: Mapping[Any, pd.Series[float]],
    above: Sequence[tuple[str, str]],
    below: Sequence[tuple[str, str]],
) -> pd.DataFrame:
    """`part` and `whole` of the communes, as index, where the known parts exceed a whole that is known entirely."""
    unknown: pd.Series[float] = pd.Series(dtype="float64")
    parts = pd.concat([numbers.get(pair, unknown) for pair in above], axis=1)
    wholes = pd.concat([numbers.get(pair, unknown) for pair in below], axis=1)
    sums = pd.DataFrame(
        {"part": parts.sum(axis=1, min_count=1), "whole": wholes.sum(axis=1, min_count=len(below))}
    ).dropna()
    slack = 0.5 * (len(above) - 1) + _FLOATS  # of several rounded numbers, each may be half a unit too large
    return sums[sums["part"] > sums["whole"] + slack]


def _named(context: Context, ids: tuple[str, ...]) -> str:
    return " et ".join(f"« {context.name(id_)} »" for id_ in ids)


RULE = Rule(
    "parts",
    "Une partie ne dépasse pas son tout : logements vacants et parc, locaux en fibre et locaux.",
    find,
    examples=(
        Example(((2, "dwellings", "61156", "2022", 100.0), (2, "vacant_dwellings", "61156", "2022", 100.0))),
        Example(
            ((2, "dwellings", "61156", "2022", 100.0), (2, "vacant_dwellings", "61156", "2022", 101.0)),
            ("part_exceeds",),
        ),
        Example(
            ((2, "lovac_vacant", "61156", "2025-01-01", 60.0),),
            ("part_exceeds",),
            current=(("lovac_stock", "61156", "2024", 50.0),),
        ),
        Example(
            ((2, "lovac_stock", "61156", "2024", 50.0),),
            ("part_exceeds",),
            current=(("lovac_vacant", "61156", "2025-01-01", 60.0),),
        ),
        Example(
            (
                (2, "lovac_vacant", "61156", "2025-01-01", 60.0),
                (2, "lovac_stock", "61156", "2024", "suppressed"),
            ),
        ),
        Example(
            ((2, "lovac_vacant", "61156", "2025-01-01", 60.0), (2, "lovac_stock", "61156", "2024", 80.0)),
            current=(("lovac_stock", "61156", "2024", 50.0),),
        ),
    ),
)
