"""What follows the dwelling: a newcomer becomes a member, and the commune receives them. Nothing is typed twice."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from analysis import french
from analysis.applications.clocks import RECEIVED_AT, Prepared
from analysis.applications.steps import Entry, Kind, state_of
from data.applications.fields import WORDS_MOST, paragraphs
from data.applications.hand import Hand, coordinator, dossier_row
from data.applications.writing import Choice, note_choices, write_line
from data.register import Consent, checks, dossier, people
from data.register.errors import RegisterError
from data.register.operations import Change, change_row, operation, row_of
from data.register.places import commune_of
from data.store import Session, Store, WriteSession, tables
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


def receptions(session: Session, origin: str) -> dict[str, Prepared]:
    """Dossier → how far its reception is, of those of one register for which something is prepared."""
    table = tables.reception
    rows = session.connection.execute(
        select(table.c.application, table.c.on, table.c.summary).where(
            table.c.origin == origin, table.c.removed_at.is_(None)
        )
    )
    return {row.application: Prepared(row.on, bool(row.summary)) for row in rows}


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
    choices: Sequence[Choice] = (),
) -> Change:
    """Keep what is known of the reception. With a summary it took place: it becomes an event of the network, of the member if there is one,
    and a settled dossier moves to « Accueilli ». `choices` as in `data.applications.change`.

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
        event = known["event"] if known is not None else None
        if event is not None and not values["summary"]:
            raise RegisterError(
                "Cette réception a eu lieu : son compte rendu ne se vide pas.",
                field="summary",
                advice="Annulez ce qui l'a enregistré, dans l'historique du registre.",
            )
        if event is not None:
            _hold_event(current.session, event, values)
        elif values["summary"]:
            values["event"] = _event(current.session, row, values)
        if known is None:
            new = {"id": people.new_id(), "origin": row["origin"], "application": application}
            current.session.insert(table, new | values)
        elif not change_row(current, table, dict(known), values, seen, "Cette réception") and not choices:
            raise RegisterError("Rien n'a changé, rien n'est enregistré.")
        note_choices(current, row, hand, today, choices)
        if values["summary"] and row["status"] == RECEIVED_AT:
            said = f"Réception du {french.date(values['on'])}."
            received = max(values["on"], row["since"] or values["on"])
            line = Entry(Kind.MOVE, received, hand.actor.id, hand.party, said, step="welcomed")
            write_line(current, row, line, today)
    return current.change


def _hold_event(session: WriteSession, event: str, values: Mapping[str, Any]) -> None:
    """The event says the day and the commune of the reception, whatever was corrected of it."""
    known = session.get(tables.event, event)
    told = {"on": values["on"], "commune": values["commune"]}
    if known is not None and known["removed_at"] is None and any(known[each] != told[each] for each in told):
        session.update(tables.event, event, told)


def _event(session: WriteSession, row: Mapping[str, Any], values: Mapping[str, Any]) -> str:
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
