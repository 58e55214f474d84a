"""The same commune twice in one file, for one indicator and one period."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.model import OBSERVATION_KEY
from data import reference
from data.imports.checks.base import Context, Example, Rule
from data.imports.model import Problem
from data.imports.wording import problem, some, warning


def find(context: Context) -> Iterator[Problem]:
    """The same value again: a warning on the later lines. Another value: an error on every line, for nobody can tell which holds."""
    cells = context.placed
    if context.parsed.same_commune is not None:  # of counts, the person says whether the lines add up
        counts = [id_ for id_, each in context.indicators.items() if each.kind == "count"]
        cells = cells[~cells["indicator"].isin(counts)]
    twice = cells[cells.duplicated(OBSERVATION_KEY, keep=False)]
    names = reference.commune_names()
    reported: set[int] = set()
    for _, rows in twice.groupby(OBSERVATION_KEY, sort=False):
        lines = rows["line"].tolist()
        name = names.get(rows["commune"].iloc[0], "")
        if len(rows[["value", "status"]].drop_duplicates()) == 1:
            for row in rows.iloc[1:].to_dict("records"):
                if row["line"] in reported:
                    continue
                reported.add(row["line"])
                yield warning(
                    "duplicate",
                    f"{name} figure déjà à la ligne {lines[0]}, avec la même valeur.",
                    "Supprimez l'une des deux lignes ; une seule est gardée.",
                    line=row["line"],
                    column=context.parsed.place_column,
                    value=row["place"],
                )
            continue
        for row in rows.to_dict("records"):
            others = [line for line in lines if line != row["line"]] or lines[1:]
            yield problem(
                "duplicate_differs",
                f"{name} a deux valeurs dans ce fichier (voir aussi ligne {some(others)}).",
                "Gardez la ligne qui convient et supprimez l'autre.",
                line=row["line"],
                column=row["column"],
                value=row["text"],
            )


RULE = Rule(
    "duplicates",
    "Une commune a une seule ligne par indicateur et par millésime.",
    find,
    examples=(
        Example(((2, "dwellings", "61156", "2022", 10.0), (3, "dwellings", "61258", "2022", 10.0))),
        Example(
            ((2, "dwellings", "61156", "2022", 10.0), (3, "dwellings", "61156", "2022", 10.0)), ("duplicate",)
        ),
        Example(
            ((2, "dwellings", "61156", "2022", 10.0), (3, "dwellings", "61156", "2022", 11.0)),
            ("duplicate_differs", "duplicate_differs"),
        ),
        Example(
            ((2, "dwellings", "61156", "2022", 10.0), (3, "dwellings", "61156", "2022", "suppressed")),
            ("duplicate_differs", "duplicate_differs"),
        ),
        Example(((2, "population_rp", "61156", "2016", 10.0), (2, "population_rp", "61156", "2022", 11.0))),
    ),
)
