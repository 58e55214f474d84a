"""A form half filled in, kept in the store: it is found again after a pause, a lost session, on another device."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from analysis.model import Actor
from data.register.errors import Conflict, RegisterError
from data.register.people import new_id
from data.store import Session, Store, tables

BYTES_MOST = 60_000
"""What one form may hold as JSON."""


@dataclass(frozen=True)
class Draft:
    """A form as far as it goes. `content`: field → value as JSON holds it; `changed_at`: ISO text in UTC."""

    id: str
    actor: str
    content: Mapping[str, Any]
    version: int
    changed_at: str


def start_draft(store: Store, actor: Actor, content: Mapping[str, Any], draft: str = "") -> Draft:
    """Keep a new form; `draft`: the id it shall have (the hash of what a link carries), an opaque one otherwise. Raises RegisterError."""
    id_, kept = draft or new_id(), _checked(content)
    row = {"id": id_, "actor": actor.id, "content": kept}
    with store.note(actor) as session:
        at = session.at
        session.connection.execute(
            insert(tables.application_draft).values(created_at=at, changed_at=at, **row)
        )
    return Draft(id_, actor.id, kept, 1, at)


def save_draft(
    store: Store, actor: Actor, draft: str, content: Mapping[str, Any], seen: int | None = None
) -> Draft:
    """Keep what the form holds now. Raises Conflict when it was saved elsewhere since version `seen` (what stands is in `newest`),
    RegisterError when it is gone.
    """
    table, kept = tables.application_draft, _checked(content)
    with store.note(actor) as session:
        row = session.get(table, draft)
        if row is None:
            raise RegisterError("Ce formulaire n'est plus là.", advice="Commencez-en un autre.")
        if seen is not None and row["version"] != seen:
            raise Conflict("Ce formulaire", " (sur un autre écran)", row)
        version = row["version"] + 1
        done = session.connection.execute(
            update(table)
            .where(table.c.id == draft, table.c.version == row["version"])
            .values(content=kept, version=version, changed_at=session.at)
        ).rowcount
        if not done:
            raise Conflict("Ce formulaire", " (sur un autre écran)", session.get(table, draft) or row)
        return Draft(draft, row["actor"], kept, version, session.at)


def keep_draft(store: Store, actor: Actor, draft: str, content: Mapping[str, Any], of: str) -> None:
    """Keep what a form holds now under its id, whatever stood there; `of`: whose list of begun forms it is in. Raises RegisterError."""
    table, kept = tables.application_draft, _checked(content)
    with store.note(actor) as session:
        values = {"content": kept, "changed_at": session.at}
        done = session.connection.execute(
            update(table).where(table.c.id == draft).values(version=table.c.version + 1, **values)
        ).rowcount
        if not done:
            session.connection.execute(
                insert(table).values(id=draft, actor=of, created_at=session.at, **values)
            )


def remove_draft(store: Store, actor: Actor, draft: str) -> None:
    """Remove a form, if it is there."""
    with store.note(actor) as session:
        session.connection.execute(
            delete(tables.application_draft).where(tables.application_draft.c.id == draft)
        )


def draft(session: Session, *, id: str = "", actor: str = "") -> Draft | None:
    """One form by its id, or the newest of an author; None when there is none."""
    table = tables.application_draft
    row = session.connection.execute(
        select(table)
        .where(table.c.id == id if id else table.c.actor == actor)
        .order_by(table.c.changed_at.desc())
        .limit(1)
    ).mappings().first()  # fmt: skip
    return (
        None
        if row is None
        else Draft(row["id"], row["actor"], row["content"], row["version"], row["changed_at"])
    )


def drafts_of(session: Session, actor: str) -> list[Draft]:
    """The forms of an author, the newest first."""
    table = tables.application_draft
    rows = session.connection.execute(
        select(table).where(table.c.actor == actor).order_by(table.c.changed_at.desc(), table.c.id)
    ).mappings()
    return [Draft(row["id"], row["actor"], row["content"], row["version"], row["changed_at"]) for row in rows]


def _checked(content: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(json.dumps(dict(content), default=str))
    if len(json.dumps(kept)) > BYTES_MOST:
        raise RegisterError("Ce formulaire est trop long.", advice="Raccourcissez ses textes.")
    return kept
