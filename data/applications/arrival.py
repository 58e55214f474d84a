"""What follows the dwelling: a newcomer becomes a member, and the commune receives them. Nothing is typed twice."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from analysis.applications.steps import state_of
from data.applications.fields import WORDS_MOST, paragraphs
from data.applications.hand import Hand, coordinator, dossier_row
from data.register import Consent, checks, dossier, people
from data.register.errors import RegisterError
from data.register.operations import Change, change_row, operation, row_of
from data.register.places import commune_of
from data.store import Session, Store, tables
from data.territory import Territory

HERE = dossier.NEWCOMER
"""The steps at which a dossier is that of a newcomer."""
INVITED_MOST = 60
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def make_member(
    store: Store,
    territory: Territory,
    hand: Hand,
    today: dt.date,
    *,
    application: str,
    commune: str,
    consent: Consent | None,
    seen: int | None = None,
) -> Change:
    """Make a settled dossier a member of the network: the same person, the trade, the day of settling.

    `consent`: the person's agreement to become a member and to be shown, asked and noted with its text and its day; without one nothing is
    written. Raises Conflict when the dossier moved on since version `seen`, RegisterError: not settled yet, a member already, no consent.
    """
    coordinator(hand)
    if consent is None:
        raise RegisterError(
            "Personne ne devient membre sans l'avoir accepté.",
            field="consent_text",
            advice="Demandez son accord, puis notez son texte et sa date.",
        )
    agreed, place = consent.checked(today), commune_of(territory, commune)
    with operation(store, hand.actor, "application_member") as current:
        session = current.session
        row = dossier_row(current, application, hand)
        if row["status"] not in HERE:
            raise RegisterError(
                "Ce dossier n'est pas encore installé.",
                field="application",
                advice="Notez d'abord « Installé ».",
            )
        if row["member"] is not None:
            raise RegisterError("Ce dossier est déjà celui d'un membre.", field="application")
        person = row_of(session, tables.person, row["person"], "Cette personne")
        change_row(current, tables.person, person, agreed, None, people.label(person))
        known = session.connection.execute(
            select(tables.member.c.id).where(
                tables.member.c.person == row["person"], tables.member.c.removed_at.is_(None)
            )
        ).scalar()
        if known is not None:
            raise RegisterError(
                "Cette personne est déjà membre.",
                field="person",
                advice="Complétez son séjour dans le registre.",
            )
        values = {"origin": row["origin"], "person": row["person"], "trade": row["trade"], "skills": []}
        member = session.insert(tables.member, {"id": people.new_id(), **values})
        stay = {
            "origin": row["origin"],
            "member": member,
            "commune": place,
            "arrived": _settled(session, application),
        }
        session.insert(tables.stay, {"id": people.new_id(), **stay})
        change_row(current, tables.application, row, {"member": member}, seen, "Ce dossier")
    return current.change


def _settled(session: Session, application: str) -> dt.date:
    state = state_of(dossier.entries(dossier.lines(session, application)))
    return next(state.reached[step] for step in HERE if step in state.reached)


@dataclass(frozen=True)
class Reception:
    """The reception of one newcomer, as far as it is prepared. `event`: that of the network once it took place, else None."""

    id: str
    on: dt.date | None
    hour: str
    commune: str
    place: str
    invited: tuple[str, ...]
    presentation: str
    summary: str
    event: str | None
    version: int


def reception(session: Session, application: str) -> Reception | None:
    """The reception of a dossier's newcomer, None while nothing is prepared."""
    table = tables.reception
    row = session.connection.execute(
        select(table).where(table.c.application == application, table.c.removed_at.is_(None))
    ).mappings().first()  # fmt: skip
    if row is None:
        return None
    texts = {name: row[name] or "" for name in ("hour", "commune", "place", "presentation", "summary")}
    return Reception(
        row["id"],
        row["on"],
        **texts,
        invited=tuple(row["invited"]),
        event=row["event"],
        version=row["version"],
    )


def prepare_reception(
    store: Store,
    territory: Territory,
    hand: Hand,
    today: dt.date,
    *,
    application: str,
    on: dt.date | None = None,
    hour: str = "",
    commune: str = "",
    place: str = "",
    invited: Sequence[str] = (),
    presentation: str = "",
    summary: str = "",
    seen: int | None = None,
) -> Change:
    """Keep what is known of the reception. With a summary it took place: it becomes an event of the network, of the member if there is one.

    Raises Conflict when it was changed since version `seen`, RegisterError: nobody settled, a day that cannot be, a summary before the day.
    """
    coordinator(hand)
    day = checks.near_day(on, "on", today, "Réception")[0] if on is not None else None
    if hour and not _HOUR.fullmatch(hour):
        raise RegisterError(
            f"« {hour[:10]} » n'est pas une heure.", field="hour", value=hour, advice="Exemple : 18:30"
        )
    guests = [text for text in (checks.text(each, "invited") for each in invited) if text]
    if len(guests) > INVITED_MOST:
        raise RegisterError(f"{len(guests)} invités : {INVITED_MOST} au plus.", field="invited")
    values: dict[str, Any] = {
        "on": day,
        "hour": hour or None,
        "commune": commune_of(territory, commune) if commune else None,
        "place": checks.text(place, "place"),
        "invited": guests,
        "presentation": paragraphs(presentation, "presentation", WORDS_MOST),
        "summary": paragraphs(summary, "summary", WORDS_MOST),
    }
    if values["summary"] and (day is None or day > today or values["commune"] is None):
        raise RegisterError(
            "Un compte rendu vient après la réception : il faut son jour, passé, et sa commune.",
            field="summary",
        )
    with operation(store, hand.actor, "reception_change") as current:
        row = dossier_row(current, application, hand)
        if row["status"] not in HERE and row["status"] != "housed":
            raise RegisterError(
                "Une réception se prépare pour qui est logé ou installé.", field="application"
            )
        table = tables.reception
        known = current.session.connection.execute(
            select(table).where(table.c.application == application, table.c.removed_at.is_(None))
        ).mappings().first()  # fmt: skip
        if values["summary"] and (known is None or known["event"] is None):
            values["event"] = _event(current.session, row, values)
        if known is None:
            new = {"id": people.new_id(), "origin": row["origin"], "application": application}
            current.session.insert(table, new | values)
        elif not change_row(current, table, dict(known), values, seen, "Cette réception"):
            raise RegisterError("Rien n'a changé, rien n'est enregistré.")
    return current.change


def _event(session: Any, row: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """The event of the network: it names nobody, the member is its subject."""
    event = {
        "id": people.new_id(),
        "origin": row["origin"],
        "member": row["member"],
        "on": values["on"],
        "kind": "reception",
        "commune": values["commune"],
        "title": "Réception d’un nouvel arrivant",
    }
    return str(session.insert(tables.event, event))
