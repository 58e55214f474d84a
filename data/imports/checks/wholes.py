"""Counts are whole numbers, unless their producer publishes estimates: then most of the column has decimals."""

from __future__ import annotations

from collections.abc import Iterator

from data.imports.checks.base import Context, Example, Rule
from data.imports.model import Problem
from data.imports.wording import warning

ESTIMATED = 0.2
"""From this share of numbers with decimals on, in the whole file, a column is one of estimates (the census)."""


def find(context: Context) -> Iterator[Problem]:
    """One warning a count with decimals in a column of whole numbers."""
    every = context.parsed.cells.loc[context.parsed.cells["status"] == "observed", ["indicator", "value"]]
    for id_, cells in context.observed.groupby("indicator", sort=False):
        indicator = context.indicators.get(str(id_))
        if indicator is None or indicator.kind != "count":
            continue
        column = every.loc[every["indicator"] == id_, "value"]
        parted = column % 1 != 0
        # One alone is never an estimate of its column, however short the file.
        if not parted.any() or (parted.mean() >= ESTIMATED and not 1 == parted.sum() < len(column)):
            continue
        for row in cells[cells["value"] % 1 != 0].to_dict("records"):
            yield warning(
                "not_whole",
                f"« {indicator.name} » est un nombre entier dans le reste du fichier.",
                "Vérifiez la décimale : 1 234 s'écrit sans virgule ; une estimation peut en avoir une.",
                line=row["line"],
                column=row["column"],
                value=row["text"],
            )


def _counts(*values: float, expected: tuple[str, ...] = ()) -> Example:
    communes = ("61156", "61258", "61013", "61026", "61051", "61067", "61068")
    rows = tuple(
        (line, "lovac_vacant", commune, "2025-01-01", value)
        for line, (commune, value) in enumerate(zip(communes, values, strict=False), start=2)
    )
    return Example(rows, expected)


RULE = Rule(
    "wholes",
    "Un nombre de logements, de locaux ou de ventes est entier, sauf estimation de tout le fichier.",
    find,
    examples=(
        _counts(12.0, 37.0, 5.0, 8.0, 3.0, 2.0),
        _counts(12.0, 37.0, 5.0, 8.5, 3.0, 2.0, expected=("not_whole",)),
        _counts(37.0, 3.7, expected=("not_whole",)),
        _counts(3.7),
        _counts(12.25, 37.1, 5.0, 8.5, 3.75, 2.0),
        Example(((2, "house_price", "61156", "2025", 1450.5), (3, "house_price", "61258", "2025", 1200.0))),
    ),
)
