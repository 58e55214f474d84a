"""Records of the network that come from a file: planned by the register's own rules, then written, each kind by its key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import func, select

from analysis.french import counted, join, spaced
from data.imports.model import Choices, Kind, Problem
from data.imports.records import people, watch
from data.imports.records.plan import ORIGIN, Planner, Record, Row
from data.store import Session, WriteSession, network_origin, tables
from data.territory import Territory

__all__ = ["ORIGIN", "Planner", "plan_records", "write_records"]

_PLANNERS: Mapping[Kind, Callable[[Planner, Sequence[Row]], None]] = {
    "members": people.members,
    "applications": people.applications,
    "contacts": people.contacts,
    "listings": watch.listings,
    "sightings": watch.sightings,
    "events": watch.events,
}


def plan_records(
    session: Session, kind: Kind, rows: pd.DataFrame, choices: Choices, territory: Territory, today: dt.date
) -> Planner:
    """What `rows` (columns of `data.imports.kinds`, `commune` as a code, `line`) would do; see `Planner`."""
    plan = Planner(session, kind, territory, today, choices)
    _PLANNERS[kind](plan, [_plain(row) for row in rows.to_dict("records")])
    if plan.records and network_origin(session) == "demo":
        plan.problems.append(
            Problem(
                "records.demo",
                "Le réseau affiché est une démonstration.",
                spaced(
                    f"Dès cet import, vos données réelles la remplacent : ne seront plus montrés {_demonstration(session)}. "
                    "Annuler l'import les fait revenir."
                ),
                severity="warning",
            )
        )
    return plan


_DEMONSTRATION = (
    (tables.member, "membre", "membres"),
    (tables.application, "dossier", "dossiers"),
    (tables.listing, "annonce", "annonces"),
    (tables.contact, "acteur", "acteurs"),
    (tables.event, "événement", "événements"),
)


def _demonstration(session: Session) -> str:
    """What the demonstration shows now, counted: « 57 membres, 12 dossiers et 40 annonces »."""
    found = []
    for table, one, many in _DEMONSTRATION:
        rows = select(func.count()).where(table.c.origin == "demo", table.c.removed_at.is_(None))
        if number := int(session.connection.execute(rows).scalar_one()):
            found.append(counted(number, one, many))
    return join(found)


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row without the missing values of pandas, days as days, the line as a number."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
            found[str(name)] = None
        elif isinstance(value, dt.datetime):
            found[str(name)] = value.date()
        else:
            found[str(name)] = value
    found["line"] = int(found["line"])
    return found


def write_records(
    session: WriteSession, records: Sequence[Record], import_id: int, tell: Callable[[float], None]
) -> None:
    """Write what was planned in this very transaction, where nobody else writes; every line with its history."""
    for place, record in enumerate(records, start=1):
        for write in record.writes:
            if write.row_id:
                session.update(write.table, write.row_id, write.values, import_id=import_id)
                continue
            values = dict(write.values)
            if "actor" in write.table.c:
                values["actor"] = session.actor.id
            session.insert(write.table, values, import_id=import_id)
        tell(place / len(records))
