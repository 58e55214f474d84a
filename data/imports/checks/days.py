"""Days of records: none in the future where it has to have come, none before its time, the end after the start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from data.imports.checks.base import RECORDS, Context, Example, Rule
from data.imports.kinds import RECORD_KINDS
from data.imports.model import Kind, Problem
from data.imports.wording import problem, warning
from data.register.checks import AHEAD, EARLIEST, day_text

PAST: Mapping[Kind, tuple[str, ...]] = {
    "members": ("arrived", "consent_on"),
    "applications": ("received",),
    "listings": ("first_seen",),
    "sightings": ("on",),
}
"""Days that have come, as the register wants them."""

NEAR: Mapping[Kind, tuple[str, ...]] = {
    "members": ("left",),
    "applications": ("planned_arrival",),
    "events": ("on",),
}
"""Days that may be planned, within a year."""

ORDER: Mapping[Kind, tuple[tuple[str, str], ...]] = {
    "members": (("arrived", "left"),),
    "applications": (("received", "planned_arrival"),),
}
"""Pairs of days of which the second is not before the first."""


def find(context: Context) -> Iterator[Problem]:
    """One error a day that cannot be; a warning for one that is planned, or older than the network."""
    kind = context.parsed.kind
    titles = {each.name: each.title for each in RECORD_KINDS[kind].fields}
    first = context.territory.network.first_year
    for row in context.placed.to_dict("records"):
        for field in (*PAST.get(kind, ()), *NEAR.get(kind, ())):
            day = row.get(field)
            if not isinstance(day, dt.date):
                continue
            where = {"line": row["line"], "column": titles[field], "value": day_text(day)}
            if day < EARLIEST:
                yield problem(
                    "day_too_old",
                    f"« {titles[field]} » : {day.year} est trop ancien.",
                    "Vérifiez l'année, par exemple 12/05/2024.",
                    **where,
                )
            elif day > context.today and field in PAST.get(kind, ()):
                yield problem(
                    "day_in_future",
                    f"« {titles[field]} » est dans le futur (nous sommes le {day_text(context.today)}).",
                    f"Corrigez la date, par exemple {day_text(context.today)}, ou importez la ligne ce jour-là.",
                    **where,
                )
            elif day > context.today + AHEAD:
                yield problem(
                    "day_too_far",
                    f"« {titles[field]} » est à plus d'un an.",
                    f"Vérifiez l'année, par exemple {context.today.year}.",
                    **where,
                )
            elif kind == "members" and field == "arrived" and first is not None and day.year < first:
                yield warning(
                    "day_before_network",
                    f"« {titles[field]} » est avant le début du réseau ({first}).",
                    "Vérifiez l'année.",
                    **where,
                )
        for start, end in ORDER.get(kind, ()):
            before, after = row.get(start), row.get(end)
            if isinstance(before, dt.date) and isinstance(after, dt.date) and after < before:
                yield problem(
                    "days_reversed",
                    f"« {titles[end]} » ({day_text(after)}) est avant « {titles[start]} » ({day_text(before)}).",
                    f"Corrigez l'une des dates ; si elles sont inversées, « {titles[start]} » est le {day_text(after)}.",
                    line=row["line"],
                    column=titles[end],
                    value=day_text(after),
                )


def _member(arrived: dt.date, left: dt.date | None = None, **more: object) -> Example:
    return Example(
        ({"line": 2, "code": "Membre 1", "commune": "61156", "arrived": arrived, "left": left, **more},),
        kind="members",
    )


def _wrong(example: Example, *codes: str) -> Example:
    return Example(example.rows, codes, kind=example.kind)


_DAY = dt.date

RULE = Rule(
    "days",
    "Une arrivée est passée, un départ la suit, une date n'est ni trop ancienne ni trop lointaine.",
    find,
    kinds=RECORDS,
    examples=(
        _member(_DAY(2024, 3, 12), _DAY(2025, 6, 30)),
        _member(_DAY(2024, 3, 12), _DAY(2024, 3, 12)),
        _member(_DAY(2024, 3, 12), _DAY(2027, 1, 31)),
        _wrong(_member(_DAY(2025, 6, 30), _DAY(2024, 3, 12)), "days_reversed"),
        _wrong(_member(_DAY(2026, 12, 1)), "day_in_future"),
        _wrong(_member(_DAY(2024, 3, 12), _DAY(2062, 6, 30)), "day_too_far"),
        _wrong(_member(_DAY(1024, 3, 12)), "day_too_old"),
        _wrong(_member(_DAY(1998, 3, 12)), "day_before_network"),
        _wrong(_member(_DAY(2024, 3, 12), consent_on=_DAY(2026, 11, 26)), "day_in_future"),
        Example(({"line": 2, "title": "Rencontre", "on": _DAY(2027, 1, 5), "commune": ""},), kind="events"),
        Example(
            ({"line": 2, "listing": "A-1", "on": _DAY(2026, 11, 26)},), ("day_in_future",), kind="sightings"
        ),
        Example(
            ({"line": 2, "code": "D-1", "received": _DAY(2026, 5, 2), "planned_arrival": _DAY(2026, 2, 5)},),
            ("days_reversed",),
            kind="applications",
        ),
    ),
)
