"""The sponsor of a newcomer: a member of the network who agreed to be asked. Nobody is named without it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import or_, select

from data.applications.hand import NAME, Hand, coordinator, dossier_row
from data.register import checks
from data.register.errors import RegisterError
from data.register.operations import Change, change_row, operation, row_of
from data.store import Session, Store, tables


@dataclass(frozen=True)
class Sponsor:
    """A member who may be, or is, a sponsor. `label`: the name, else the code; `commune`: where they live, empty when they left."""

    member: str
    label: str
    trade: str
    commune: str


def sponsors(session: Session, origin: str, today: dt.date) -> tuple[Sponsor, ...]:
    """The members of one register who live here on a day, by label: those who may be asked. With names: for coordinators."""
    member, person, stay = tables.member, tables.person, tables.stay
    rows = session.connection.execute(
        select(member.c.id, member.c.trade, person.c.name, person.c.code, stay.c.commune)
        .join(person, person.c.id == member.c.person)
        .join(stay, stay.c.member == member.c.id)
        .where(
            member.c.origin == origin,
            member.c.removed_at.is_(None),
            person.c.erased_at.is_(None),
            stay.c.removed_at.is_(None),
            stay.c.arrived <= today,
            or_(stay.c.left.is_(None), stay.c.left > today),
        )
    )
    found = {row.id: Sponsor(row.id, row.name or row.code, row.trade or "", row.commune) for row in rows}
    return tuple(sorted(found.values(), key=lambda each: (each.label, each.member)))


def set_sponsor(
    store: Store,
    hand: Hand,
    today: dt.date,
    *,
    application: str,
    member: str | None,
    agreed_on: dt.date | None,
    seen: int | None = None,
) -> Change:
    """Name the sponsor of a dossier, who agreed on a day to be asked; `member` None takes the name away.

    Raises Conflict when the dossier moved on since version `seen`, RegisterError: no agreement, a day to come, the newcomer, a member of
    another register.
    """
    coordinator(hand)
    if member and agreed_on is None:
        raise RegisterError(
            "Un membre n’est pas nommé parrain sans l’avoir accepté.",
            field="agreed_on",
            advice="Demandez-le-lui, puis notez le jour de son accord.",
        )
    agreed = checks.past_day(agreed_on, "agreed_on", today, "Accord du parrain") if member else None
    with operation(store, hand.actor, "application_sponsor") as current:
        row = dossier_row(current, application, hand)
        if member:
            known = row_of(current.session, tables.member, member, "Ce membre")
            if known["origin"] != row["origin"]:
                raise RegisterError("Ce membre n’est pas de ce registre.", field="sponsor", value=member)
            if known["person"] == row["person"]:
                raise RegisterError("L’arrivant n’est pas son propre parrain.", field="sponsor")
        values = {"sponsor": member or None, "sponsor_agreed_on": agreed}
        if not change_row(current, tables.application, row, values, seen, NAME):
            raise RegisterError("Rien n’a changé, rien n’est enregistré.")
    return current.change
