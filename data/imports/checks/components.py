"""A share that the file announces and that cannot be computed: its numerator comes, its denominator is nowhere."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.imports.checks.base import Context, Example, Rule
from data.imports.checks.parts import components
from data.imports.model import Problem
from data.imports.wording import some, warning


def find(context: Context) -> Iterator[Problem]:
    """One warning a ratio and vintage whose numerators are in the file and whose denominators neither there nor in the store.

    Also for a period at which the ratio has no vintage: no edition brought what it is divided by.
    """
    given = _pairs(context.placed)
    known = given | _pairs(context.current)
    reported = any(each.code == "no_rate" for each in context.parsed.problems)
    for indicator in context.indicators.values():
        if indicator.kind != "ratio":
            continue
        counted = [{period for id_, period in given if id_ == part} for part in indicator.numerator]
        for period in sorted(set.intersection(*counted) - set(indicator.periods) if not reported else ()):
            yield warning(
                "denominator_absent",
                f"« {indicator.name} » ne pourra pas être calculé pour {period} : son dénominateur n'est ni dans ce fichier ni publié.",
                "Ajoutez la colonne qui manque, ou importez le fichier qui la contient.",
            )
        for vintage in indicator.vintages:
            pairs = components(indicator, vintage)
            above, below = pairs[: len(indicator.numerator)], pairs[len(indicator.numerator) :]
            absent = [pair for pair in below if pair not in known]
            if vintage.published or not set(above) <= given or not absent:
                continue
            named = some([f"« {context.name(id_)} » ({period})" for id_, period in absent])
            yield warning(
                "denominator_absent",
                f"« {indicator.name} » ne pourra pas être calculé pour {vintage.label} : il manque {named}.",
                "Ajoutez la colonne qui manque, ou importez le fichier qui la contient.",
            )


def _pairs(cells: pd.DataFrame) -> set[tuple[str, str]]:
    """(indicator, period) of the cells of a frame."""
    frame = cells[["indicator", "period"]].drop_duplicates()
    return set(zip(frame["indicator"], frame["period"], strict=True))


RULE = Rule(
    "components",
    "Une part a son numérateur et son dénominateur, dans le fichier ou déjà connus.",
    find,
    examples=(
        Example(((2, "lovac_vacant", "61156", "2025-01-01", 12.0),), ("denominator_absent",)),
        Example(
            ((2, "lovac_vacant", "61156", "2025-01-01", 12.0),),
            current=(("lovac_stock", "61156", "2024", 80.0),),
        ),
        Example(
            ((2, "lovac_vacant", "61156", "2025-01-01", 12.0), (2, "lovac_stock", "61156", "2024", 80.0))
        ),
        Example(((2, "lovac_vacant", "61156", "2031-01-01", 12.0),), ("denominator_absent",)),
        Example(((2, "dwellings", "61156", "2022", 12.0),)),
    ),
)
