"""A vintage that is still to come: a year mistyped, or misread in the name of a column."""

from __future__ import annotations

from collections.abc import Iterator

from data.imports.checks.base import Context, Example, Rule
from data.imports.model import Problem
from data.imports.wording import some, warning
from data.register.checks import day_text


def find(context: Context) -> Iterator[Problem]:
    """One warning a period after today."""
    today = context.today.isoformat()
    for period, cells in context.placed.groupby("period", sort=True):
        if str(period) <= today[: len(str(period))]:
            continue
        named = some([f"« {context.name(id_)} »" for id_ in cells["indicator"].unique()], 3)
        yield warning(
            "vintage_in_future",
            f"Le millésime {period} est dans le futur (nous sommes le {day_text(context.today)}) : {named}.",
            "Vérifiez l'année, dans le nom de la colonne ou dans ce que vous avez écrit.",
            column=cells["column"].iloc[0],
            value=period,
        )


RULE = Rule(
    "future",
    "Un millésime n'est pas dans le futur.",
    find,
    examples=(
        Example(((2, "dwellings", "61156", "2022", 12.0), (2, "premises", "61156", "2026-11-25", 30.0))),
        Example(
            (
                (2, "dwellings", "61156", "2062", 12.0),
                (2, "main_dwellings", "61156", "2062", 10.0),
                (2, "premises", "61156", "2026-12-31", 30.0),
            ),
            ("vintage_in_future", "vintage_in_future"),
        ),
    ),
)
