"""A share written as a fraction (0,105) where the indicator is in percent (10,5)."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.french import trimmed
from data.imports.checks.base import Context, Example, Rule
from data.imports.model import Problem
from data.imports.wording import warning

_LEAST = 5  # values: fewer tell nothing


def find(context: Context) -> Iterator[Problem]:
    """One warning a column of percentages that never passes 1 and has decimals, unless a person said how it is to be read."""
    percent = [id_ for id_, indicator in context.indicators.items() if indicator.unit == "%"]
    cells = context.parsed.cells
    cells = cells[cells["indicator"].isin(percent)]
    cells = cells[cells["status"] == "observed"]
    for (id_, column), rows in cells.groupby(["indicator", "column"], sort=False):
        indicator, values = context.indicators[str(id_)], rows["value"]
        if len(rows) < _LEAST or column in context.parsed.answered:
            continue
        if values.between(0, 1).all() and (values % 1 != 0).any():
            yield warning(
                "share_as_fraction",
                f"« {indicator.name} » est en %, et aucune valeur ne dépasse {trimmed(values.max())}.",
                "Si ce sont des fractions, multipliez-les par 100 : 0,105 s'écrit 10,5.",
                column=str(column),
            )


def _shares(
    *values: float, expected: tuple[str, ...] = (), answered: frozenset[str] = frozenset()
) -> Example:
    communes = ("61156", "61258", "61013", "61026", "61051")
    rows = tuple(
        (line, "share_30m", commune, "2019-09-30", value)
        for line, (commune, value) in enumerate(zip(communes, values, strict=True), start=2)
    )
    return Example(rows, expected, parsed={"answered": answered})


RULE = Rule(
    "fractions",
    "Une part est en %, de 0 à 100, pas une fraction de 0 à 1.",
    find,
    examples=(
        _shares(52.5, 99.0, 0.5, 12.0, 100.0),
        _shares(0.525, 0.99, 0.5, 0.12, 1.0, expected=("share_as_fraction",)),
        _shares(0.525, 0.99, 0.5, 0.12, 1.0, answered=frozenset({"share_30m"})),
        _shares(0.0, 1.0, 0.0, 0.0, 1.0),
    ),
)
