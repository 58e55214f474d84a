"""Calls of the watch: what a contact answered that is about no listing, that nobody answered, when to call again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from analysis import french
from analysis.model import Actor
from analysis.vocabulary import CALL_ANSWERS, TOWN_HALL
from data.register.errors import RegisterError
from data.register.operations import Change, Operation, operation, row_of
from data.register.people import new_id
from data.register.places import commune_of, name_of
from data.store import Store, network_origin, tables
from data.territory import Territory

FARTHEST = 60
"""Days ahead until which somebody may ask to be called again."""


def report_call(
    store: Store,
    territory: Territory,
    actor: Actor,
    now: dt.datetime,
    *,
    contact: str,
    answer: str,
    call_back: dt.datetime | None = None,
) -> Change:
    """Note what became of a call at `now` (wall clock of the place). `answer`: a code of `CALL_ANSWERS`; `call_back`: when to call again.

    Two people who note at the same moment are both kept, in order. `contact` may be a town hall that the register does not know yet
    (`vocabulary.TOWN_HALL` and the commune's code): it enters the register with its call. Raises RegisterError for an unknown contact or
    answer, and for an hour to call again that is past, missing, or not within `FARTHEST` days.
    """
    if answer not in CALL_ANSWERS:
        raise RegisterError("Dites ce que l'appel a donné.", field="answer", value=answer)
    if (answer == "call_back") != (call_back is not None):
        raise RegisterError("Dites quel jour et à quelle heure rappeler.", field="call_back")
    if call_back is not None and not now < call_back <= now + dt.timedelta(days=FARTHEST):
        raise RegisterError(
            f"Rappeler le {call_back:%d/%m/%Y à %H:%M} : ce n'est pas possible.",
            field="call_back",
            value=call_back.isoformat(),
            advice=f"Choisissez une heure à venir, dans les {FARTHEST} jours.",
        )
    with operation(store, actor, "call_add") as current:
        row = called_contact(current, territory, contact)
        contact = row["id"]
        current.facts["origin"] = row["origin"]
        current.session.insert(
            tables.call, call_row(row["origin"], contact, now.date(), answer, actor, call_back)
        )
        current.subject = ("contact", contact)
    return current.change


def called_contact(current: Operation, territory: Territory, contact: str) -> dict[str, Any]:
    """The row of a contact that was called; a town hall that the register does not know yet enters it. Raises RegisterError."""
    if contact.startswith(TOWN_HALL):
        contact = _town_hall(current, territory, contact.removeprefix(TOWN_HALL))
    return row_of(current.session, tables.contact, contact, "Ce correspondant")


def _town_hall(current: Operation, territory: Territory, commune: str) -> str:
    """The town hall of a commune enters the register on show; the one that somebody entered meanwhile is taken."""
    code, table = commune_of(territory, commune), tables.contact
    origin = network_origin(current.session)
    known = current.session.connection.execute(
        table.select().where(
            table.c.origin == origin,
            table.c.kind == "mairie",
            table.c.commune == code,
            table.c.removed_at.is_(None),
        )
    ).first()
    if known is not None:
        return str(known.id)
    label = f"Mairie {french.of_place(name_of(code))}"
    row = {
        "id": new_id(),
        "origin": origin,
        "person": None,
        "kind": "mairie",
        "label": label,
        "commune": code,
    }
    return str(current.session.insert(table, row))


def call_row(
    origin: str, contact: str, today: dt.date, answer: str, actor: Actor, call_back: dt.datetime | None = None
) -> dict[str, Any]:
    """A row of `call`."""
    return {
        "origin": origin,
        "contact": contact,
        "on": today,
        "answer": answer,
        "call_back": call_back.isoformat(timespec="minutes") if call_back else None,
        "actor": actor.id,
    }
