"""Numbers that cannot be: a negative count, a share outside 0 to 100."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.french import trimmed
from analysis.model import Indicator
from data.imports.checks.base import Context, Example, Rule
from data.imports.model import Problem
from data.imports.wording import problem


def _bounds(indicator: Indicator) -> tuple[float, float]:
    """Smallest and largest value that make sense: a change may be negative, a share ends at 100."""
    if indicator.kind == "change" or indicator.palette == "diverging":
        return float("-inf"), float("inf")
    return 0.0, 100.0 if indicator.unit == "%" else float("inf")


def find(context: Context) -> Iterator[Problem]:
    """One error a cell out of the bounds of its indicator."""
    for id_, cells in context.observed.groupby("indicator", sort=False):
        indicator = context.indicators.get(str(id_))
        if indicator is None:
            continue
        low, high = _bounds(indicator)
        share = high == 100.0
        for row in cells[(cells["value"] < low) | (cells["value"] > high)].to_dict("records"):
            fault = "est négatif" if row["value"] < low else "dépasse 100 %"
            yield problem(
                "out_of_range",
                f"« {indicator.name} » {fault} : {trimmed(row['value'])}.",
                "Une part va de 0 à 100, par exemple 10,5."
                if share
                else "Écrivez un nombre positif ou nul, par exemple 12.",
                line=row["line"],
                column=row["column"],
                value=row["text"],
            )


RULE = Rule(
    "ranges",
    "Un nombre n'est pas négatif ; une part va de 0 à 100.",
    find,
    examples=(
        Example(((2, "dwellings", "61156", "2022", 0.0), (3, "dwellings", "61258", "2022", 465.0))),
        Example(((2, "dwellings", "61156", "2022", -1.0),), ("out_of_range",)),
        Example(
            ((2, "share_30m", "61156", "2019-09-30", 100.5), (3, "share_30m", "61258", "2019-09-30", 100.0)),
            ("out_of_range",),
        ),
        Example(((2, "population_change", "61156", "2022", -3.5),)),
        Example(((2, "house_price", "61156", "2025", 1450.0),)),
    ),
)
