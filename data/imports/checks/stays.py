"""A member lives in one commune at a time: a move ends one stay and opens the next, a move outside the territory is a departure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from data.imports.checks.base import Context, Example, Rule
from data.imports.kinds import MEMBERS
from data.imports.model import Problem
from data.imports.wording import problem, warning
from data.register.checks import day_text

_LEFT = next(each.title for each in MEMBERS.fields if each.name == "left")


def find(context: Context) -> Iterator[Problem]:
    """An error a stay that goes on when the next begins; a warning for one left open before a row outside the territory."""
    stays: dict[str, list[dict[str, Any]]] = {}
    for row in context.placed.to_dict("records"):
        if isinstance(row.get("arrived"), dt.date):
            stays.setdefault(_who(row), []).append(row)
    for rows in stays.values():
        rows.sort(key=lambda row: row["arrived"])
        for before, after in pairwise(rows):
            if before["arrived"] == after["arrived"]:
                continue  # one record twice, for the rule on repeats
            if before["left"] is None or before["left"] > after["arrived"]:
                yield problem(
                    "stays_overlap",
                    f"Ce séjour n'est pas terminé quand commence celui de la ligne {after['line']}, le {day_text(after['arrived'])}.",
                    f"Écrivez « {_LEFT} » : {day_text(after['arrived'])} au plus tard.",
                    line=before["line"],
                    column=_LEFT,
                    value=day_text(before["left"]) if before["left"] else "",
                )
    yield from _outside(context, stays)


def _outside(context: Context, stays: dict[str, list[dict[str, Any]]]) -> Iterator[Problem]:
    kept = set(context.placed["line"])
    for row in context.parsed.rows.to_dict("records"):
        arrived = row.get("arrived")
        if row["line"] in kept or not row.get("place") or not isinstance(arrived, dt.date):
            continue
        for stay in stays.get(_who(row), []):
            if stay["left"] is None and stay["arrived"] <= arrived:
                yield warning(
                    "moved_outside",
                    f"Ce séjour reste ouvert, mais la ligne {row['line']} installe ce membre hors du territoire le {day_text(arrived)}.",
                    f"Une installation hors du territoire est un départ : écrivez « {_LEFT} » : {day_text(arrived)}.",
                    line=stay["line"],
                    column=_LEFT,
                )


def _who(row: dict[str, Any]) -> str:
    return str(row.get("code") or f"ligne {row['line']}").strip().casefold()


def _stay(
    line: int, arrived: dt.date, left: dt.date | None, code: str = "Membre 1", commune: str = "61156"
) -> dict[str, Any]:
    return {"line": line, "code": code, "commune": commune, "arrived": arrived, "left": left}


_A, _B, _C = dt.date(2022, 1, 1), dt.date(2023, 6, 30), dt.date(2024, 2, 1)

RULE = Rule(
    "stays",
    "Un membre n'a qu'un séjour à la fois ; s'installer hors du territoire est un départ.",
    find,
    kinds=("members",),
    examples=(
        Example((_stay(2, _A, _B), _stay(3, _B, None)), kind="members"),
        Example((_stay(2, _A, None), _stay(3, _B, None)), ("stays_overlap",), kind="members"),
        Example((_stay(2, _A, _C), _stay(3, _B, None)), ("stays_overlap",), kind="members"),
        Example((_stay(2, _A, None), _stay(3, _B, None, "Membre 2")), kind="members"),
        Example(
            (_stay(2, _A, None), _stay(3, _B, None, commune="61001")), ("moved_outside",), kind="members"
        ),
        Example((_stay(2, _A, _B), _stay(3, _B, None, commune="61001")), kind="members"),
    ),
)
