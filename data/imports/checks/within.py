"""A count within another of the same file: dwellings vacant for two years among the vacant ones, premises at 100 Mbit/s among those at 30.

What lies within what, the format says; shares of the catalogue are checked by `parts`.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.french import trimmed
from analysis.model import OBSERVATION_KEY
from data import reference
from data.imports.checks.base import Context, Example, Rule
from data.imports.model import Problem
from data.imports.wording import problem

_FLOATS = 1e-9


def find(context: Context) -> Iterator[Problem]:
    """One error a commune and period where the smaller one is the larger."""
    cells = context.observed.drop_duplicates(OBSERVATION_KEY)
    names = reference.commune_names()
    for part, whole in context.parsed.within:
        both = cells[cells["indicator"] == part].merge(
            cells.loc[cells["indicator"] == whole, ["commune", "period", "value"]],
            on=["commune", "period"],
            suffixes=("", "_whole"),
        )
        for row in both[both["value"] > both["value_whole"] + _FLOATS].to_dict("records"):
            yield problem(
                "within_exceeds",
                f"{names.get(row['commune'], row['commune'])} : « {context.name(part)} » ({trimmed(row['value'])}) dépasse "
                f"« {context.name(whole)} » ({trimmed(row['value_whole'])}), qui le contient.",
                f"Corrigez l'un des deux nombres, par exemple {trimmed(row['value_whole'])} au plus ; vérifiez aussi les colonnes.",
                line=row["line"],
                column=row["column"],
                value=row["text"],
            )


_LOVAC = {"within": (("lovac_vacant_2y", "lovac_vacant"),)}

RULE = Rule(
    "within",
    "Un nombre ne dépasse pas celui qui le contient : vacants depuis deux ans et vacants ; locaux à 100 et à 30 Mbit/s.",
    find,
    examples=(
        Example(
            (
                (2, "lovac_vacant", "61156", "2025-01-01", 22.0),
                (2, "lovac_vacant_2y", "61156", "2025-01-01", 22.0),
            ),
            parsed=_LOVAC,
        ),
        Example(
            (
                (2, "lovac_vacant", "61156", "2025-01-01", 22.0),
                (2, "lovac_vacant_2y", "61156", "2025-01-01", 23.0),
            ),
            ("within_exceeds",),
            parsed=_LOVAC,
        ),
        Example(
            (
                (2, "lovac_vacant", "61156", "2025-01-01", "suppressed"),
                (2, "lovac_vacant_2y", "61156", "2025-01-01", 23.0),
            ),
            parsed=_LOVAC,
        ),
        Example(
            (
                (2, "lovac_vacant", "61156", "2024-01-01", 22.0),
                (2, "lovac_vacant_2y", "61156", "2025-01-01", 23.0),
            ),
            parsed=_LOVAC,
        ),
    ),
)
