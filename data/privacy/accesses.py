"""Who looked at or changed which file: the log read back. It holds opaque ids; whose they are is looked up while the person exists."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from data.register import people
from data.store import Session, tables


@dataclass(frozen=True)
class Access:
    """One line. `actor` is a profile's id; `person` an opaque id or empty for a list; `label` what coordinators call that person."""

    at: str
    actor: str
    kind: str
    person: str
    label: str


def accesses(session: Session, *, person: str | None = None, limit: int = 200) -> list[Access]:
    """The newest lines first, at most `limit`; those about one person when given."""
    log, who = tables.access_log, tables.person
    query = select(log, who.c.name, who.c.code).outerjoin(who, who.c.id == log.c.person)
    if person is not None:
        query = query.where(log.c.person == person)
    rows = session.connection.execute(query.order_by(log.c.id.desc()).limit(limit)).mappings()
    return [
        Access(
            at=row["at"],
            actor=row["actor"],
            kind=row["kind"],
            person=row["person"] or "",
            label=""
            if row["person"] is None
            else people.label(dict(row))
            if row["code"]
            else "personne inconnue",
        )
        for row in rows
    ]
