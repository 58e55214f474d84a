"""A candidacy becomes a dossier: by itself once its address is confirmed, else when a coordinator has looked. Nothing is typed twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from analysis import french
from analysis.model import SYSTEM_ACTOR, Actor
from data import applications
from data.applications import DossierFields, HouseholdFields
from data.candidacy.answers import AGREEMENTS, INCOMES, check_all
from data.candidacy.errors import CandidacyError
from data.candidacy.links import move_links
from data.register import SEPARATE, PersonFields, checks
from data.store import Session, Store, WriteSession, tables
from data.territory import Territory


@dataclass(frozen=True)
class Held:
    """A candidacy that waits for a coordinator. `answers`: as typed; `why`: why it did not become a dossier by itself, in French."""

    id: str
    sent_on: dt.date
    answers: Mapping[str, str]
    why: str


def held(session: Session, origin: str) -> list[Held]:
    """The candidacies of one register that wait for a coordinator, the oldest first."""
    table = tables.candidacy
    rows = session.connection.execute(
        select(table)
        .where(
            table.c.origin == origin, table.c.sent_on.is_not(None), table.c.application.is_(None),
            table.c.set_aside_at.is_(None),
        )
        .order_by(table.c.sent_on, table.c.id)
    ).mappings()  # fmt: skip
    return [Held(row["id"], row["sent_on"], dict(row["answers"] or {}), _why(row)) for row in rows]


def _why(row: Mapping[Any, Any]) -> str:
    if row["hurried"]:
        return "rempli en moins de dix secondes : peut-être un robot"
    return "" if row["email_confirmed"] else "adresse non confirmée"


def goes_straight(store: Store, candidacy: str) -> bool:
    """Whether a candidacy that was sent becomes a dossier without anybody looking first."""
    with store.read() as session:
        row = session.get(tables.candidacy, candidacy) or {}
    return bool(
        row
        and row["sent_on"]
        and row["email_confirmed"]
        and not row["hurried"]
        and not row["application"]
        and not row["set_aside_at"]
    )


def take_in(store: Store, territory: Territory, today: dt.date, candidacy: str) -> str:
    """Make a dossier of a candidacy, received on the day it was sent; its id. Doing it twice is doing it once.

    The dossier bears the candidacy's id: a machine that stops in between finds it done. Who seems known already is neither told so nor
    merged: the two dossiers are proposed as one to coordinators. Raises CandidacyError, RegisterError.
    """
    with store.read() as session:
        row = session.get(tables.candidacy, candidacy)
        there = session.get(tables.application, candidacy)
    if row is None or row["sent_on"] is None or row["set_aside_at"] is not None:
        raise CandidacyError("Cette candidature n’attend plus : quelqu’un l’a écartée ou elle a été retirée.")
    if row["application"]:
        return str(row["application"])
    if there is None:
        # What was to come when it was sent may have passed since.
        found = check_all(row["answers"] or {}, territory, row["sent_on"])
        applications.create(
            store, territory, applications.candidate(candidacy), today, origin=row["origin"],
            person=PersonFields(found["name"], found["email"], found["phone"]),
            fields=_fields(found, row["sent_on"], today), note=_note(found), same_as=SEPARATE, application=candidacy,
        )  # fmt: skip
    with store.write(SYSTEM_ACTOR) as session:
        _becomes(session, candidacy)
    return candidacy


def _becomes(session: WriteSession, candidacy: str) -> None:
    table = tables.candidacy
    session.connection.execute(
        update(table)
        .where(table.c.id == candidacy)
        .values(application=candidacy, answers=None, code=None, changed_at=session.at)
    )
    move_links(session, candidacy, candidacy)


def set_aside(store: Store, actor: Actor, candidacy: str) -> None:
    """Put a candidacy that is none (a robot, a trial) away: its answers go at once. Raises CandidacyError when it no longer waits."""
    table = tables.candidacy
    with store.write(actor) as session:
        done = session.connection.execute(
            update(table)
            .where(table.c.id == candidacy, table.c.application.is_(None), table.c.set_aside_at.is_(None))
            .values(set_aside_at=session.at, set_aside_by=actor.id, answers=None, code=None)
        ).rowcount
        if not done:
            raise CandidacyError("Cette candidature n’attend plus : quelqu’un s’en est occupé entre-temps.")
        session.record("candidacy", candidacy, "set_aside", None, None)


def forget(store: Store, candidacy: str) -> None:
    """Delete a candidacy that nobody has taken in, at its author's wish. Raises CandidacyError once it is a dossier."""
    table = tables.candidacy
    with store.write(SYSTEM_ACTOR) as session:
        done = session.connection.execute(
            delete(table).where(table.c.id == candidacy, table.c.application.is_(None))
        ).rowcount
        if not done:
            raise CandidacyError("Ce dossier est déjà lu : demandez son effacement.")
        session.record("candidacy", candidacy, "forget", None, None)


def _fields(found: Mapping[str, Any], received: dt.date, today: dt.date) -> DossierFields:
    arrival = found["arrival_from"] or found["arrival_until"]
    needs = {"tenure": found["tenure"], "kind": found["kind"], "rooms": found["rooms"]}
    if found["office"]:
        needs["office"] = found["office"] == "yes"
    return DossierFields(
        received=received,
        trade=found["trade"],
        project=found["project"],
        clients=found["clients"],
        wishes=(found["commune"],) if found["commune"] else (),
        household=HouseholdFields(found["adults"], found["births"] or (), car=found["car"] != "no"),
        needs=needs,
        planned_arrival=arrival if arrival is not None and arrival >= today else None,
        channel="form",
    )


def _note(found: Mapping[str, Any]) -> str:
    """What was asked and has no column of its own, in the first line of the dossier's history."""
    first, last = found["arrival_from"], found["arrival_until"]
    told = [
        f"Vit de son activité : {INCOMES[found['income']].lower()}.",
        f"Le foyer est-il d’accord ? {AGREEMENTS[found['agreement']]}.",
        f"Arrivée souhaitée au plus tôt le {checks.day_text(first)}." if first else "",
        f"Arrivée souhaitée au plus tard le {checks.day_text(last)}." if last else "",
        found["wishes"] or "",
    ]
    return french.spaced("\n".join(part for part in told if part))
