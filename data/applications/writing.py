"""What is written in a dossier: each function one transaction, one operation, one legal line of its history (or none at all)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from analysis.applications import steps
from analysis.applications.steps import SIGNED_STEPS, Entry, Kind, Party, State, StepError, party_of
from analysis.french import spaced
from analysis.model import LOCAL_ACTOR, Role
from analysis.vocabulary import APPLICATION_STATUSES, ASSESSOR_SEATS
from data.applications.fields import WORDS_MOST, DossierFields, paragraphs, with_other_needs
from data.applications.hand import NAME, Hand, coordinator, dossier_row
from data.register import PersonFields, dossier, people
from data.register.authors import DEMO_AUTHORS
from data.register.errors import RegisterError
from data.register.operations import Change, Operation, change_row, conflict, operation, row_of
from data.store import Session, Store, tables
from data.territory import Territory


def create(
    store: Store,
    territory: Territory,
    hand: Hand,
    today: dt.date,
    *,
    origin: str = "real",
    person: PersonFields = PersonFields(),  # noqa: B008 - frozen
    fields: DossierFields,
    note: str = "",
    same_as: str | None = None,
    application: str | None = None,
) -> Change:
    """A dossier received. `same_as` answers SamePerson (a person's id, or `register.SEPARATE`); without a name it is « Candidat N ».

    `application`: the opaque id that the dossier shall have; a candidate's own hand must name it. Raises RegisterError and its kinds.
    """
    who, values = person.checked(), fields.checked(territory, today)
    said = paragraphs(note, "note", WORDS_MOST)
    with operation(store, hand.actor, "application_add", origin) as current:
        if values["owner"]:
            check_profile(current.session, values["owner"])
        owner, _ = people.person_for(current, origin, who, same_as, "Candidat")
        row = {
            "id": application or people.new_id(),
            "origin": origin,
            "person": owner,
            "status": "received",
            "since": values["received"],
            **values,
        }
        current.subject = ("application", current.session.insert(tables.application, row))
        if hand.party is Party.CANDIDATE:
            dossier_row(current, row["id"], hand)
            heard_of(current, owner, today)
        entry = Entry(Kind.MOVE, values["received"], hand.actor.id, hand.party, said or "", step="received")
        write_line(current, row, entry, today)
    return current.change


def change(
    store: Store,
    territory: Territory,
    hand: Hand,
    today: dt.date,
    *,
    application: str,
    fields: DossierFields,
    person: PersonFields | None = None,
    seen: int | None = None,
    person_seen: int | None = None,
    choices: Sequence[Choice] = (),
) -> Change:
    """Correct what a dossier says. The day it was received stands in its history: another one is corrected there.

    `choices`: what was chosen between two entries at the same time; the history keeps both. Raises Conflict when the dossier moved on since
    version `seen`, or its person since `person_seen`, RegisterError.
    """
    coordinator(hand)
    with operation(store, hand.actor, "application_change") as current:
        row = dossier_row(current, application, hand)
        values = replace(fields, received=row["received"]).checked(territory, today, row["planned_arrival"])
        if values["owner"]:
            check_profile(current.session, values["owner"])
        values["needs"] = with_other_needs(row["needs"], values["needs"])
        changed = change_row(current, tables.application, row, values, seen, NAME)
        if person is not None:
            owner = row_of(current.session, tables.person, row["person"], "Cette personne")
            label = people.label(owner)
            changed |= change_row(current, tables.person, owner, person.checked(), person_seen, label)
        if not changed and not choices:
            raise RegisterError("Rien n'a changé, rien n'est enregistré.")
        note_choices(current, row, hand, today, choices)
    return current.change


@dataclass(frozen=True)
class Choice:
    """One field that two people filled in at the same time: its name, what was kept and what was dropped, in words; whether the author kept
    the own entry.
    """

    label: str
    kept: str
    dropped: str
    own: bool

    def sentence(self) -> str:
        """« Métier : sa saisie gardée (« web »), l’autre écartée (« graphisme »). »"""
        kept, dropped = ("sa saisie", "l’autre") if self.own else ("l’autre saisie", "la sienne")
        return spaced(
            f"{self.label} : {kept} gardée (« {self.kept} »), {dropped} écartée (« {self.dropped} »)."
        )


def note_choices(
    current: Operation, row: dict[str, Any], hand: Hand, today: dt.date, choices: Sequence[Choice]
) -> None:
    """Keep in the history what was chosen between two entries, and what was dropped: nothing is lost."""
    if choices:
        said = "Deux saisies en même temps. " + " ".join(each.sentence() for each in choices)
        write_line(current, row, Entry(Kind.NOTE, today, hand.actor.id, hand.party, said), today)


def move(
    store: Store,
    hand: Hand,
    today: dt.date,
    *,
    application: str,
    step: str,
    on: dt.date | None = None,
    note: str = "",
    reason: str = "",
    seen: int | None = None,
) -> Change:
    """Move a dossier to `step` on a day (today when None). Raises Conflict when it moved on since version `seen`, RegisterError."""
    said = paragraphs(note, "note", WORDS_MOST) or ""
    entry = Entry(Kind.MOVE, on or today, hand.actor.id, hand.party, said, step=step, reason=reason)
    with _line(store, hand, today, "application_move", application, seen, entry) as (current, row):
        if hand.party is Party.CANDIDATE:
            heard_of(current, row["person"], today)
    return current.change


def conclude(
    store: Store,
    hand: Hand,
    today: dt.date,
    *,
    application: str,
    step: str,
    conclusion: str,
    on: dt.date | None = None,
    reason: str = "",
    seen: int | None = None,
) -> Change:
    """`move` to the decision, with the common conclusion of the two who signed."""
    if step not in SIGNED_STEPS:
        words = " ou ".join(f"« {APPLICATION_STATUSES[each]} »" for each in SIGNED_STEPS)
        raise RegisterError(f"Une conclusion mène à {words}.", field="step", value=step)
    return move(
        store,
        hand,
        today,
        application=application,
        step=step,
        on=on,
        note=conclusion,
        reason=reason,
        seen=seen,
    )


def note(store: Store, hand: Hand, today: dt.date, *, application: str, text: str) -> Change:
    """Note something of a dossier, dated today. Raises RegisterError."""
    said = paragraphs(text, "note", WORDS_MOST, "Écrivez une note.") or ""
    entry = Entry(Kind.NOTE, today, hand.actor.id, hand.party, said)
    with _line(store, hand, today, "application_note", application, None, entry) as (current, row):
        if hand.party is Party.CANDIDATE:
            heard_of(current, row["person"], today)
    return current.change


def pause(
    store: Store,
    hand: Hand,
    today: dt.date,
    *,
    application: str,
    until: dt.date | None,
    note: str = "",
    seen: int | None = None,
) -> Change:
    """Let a dossier sleep until a day: it does not ring before. Raises Conflict, RegisterError."""
    said = paragraphs(note, "note", WORDS_MOST) or ""
    entry = Entry(Kind.PAUSE, today, hand.actor.id, hand.party, said, until=until)
    with _line(store, hand, today, "application_pause", application, seen, entry) as (current, _):
        pass
    return current.change


def wake(
    store: Store, hand: Hand, today: dt.date, *, application: str, note: str = "", seen: int | None = None
) -> Change:
    """Wake a sleeping dossier today. Raises Conflict, RegisterError."""
    said = paragraphs(note, "note", WORDS_MOST) or ""
    entry = Entry(Kind.RESUME, today, hand.actor.id, hand.party, said)
    with _line(store, hand, today, "application_resume", application, seen, entry) as (current, _):
        pass
    return current.change


def correct(
    store: Store,
    hand: Hand,
    today: dt.date,
    *,
    application: str,
    line: int,
    note: str,
    dated: dt.date | None = None,
    seen: int | None = None,
) -> Change:
    """Take line `line` of the history away, or give it the day `dated`, by a new line that says why. Raises Conflict, RegisterError."""
    said = paragraphs(note, "note", WORDS_MOST, "Dites pourquoi corriger.") or ""
    entry = Entry(Kind.CORRECT, today, hand.actor.id, hand.party, said, corrects=-1, dated=dated)
    with _line(store, hand, today, "application_correct", application, seen, entry, line) as (current, _):
        pass
    return current.change


def judge_double(store: Store, hand: Hand, *, one: str, other: str, same: bool) -> Change:
    """Say whether two dossiers are one. Nothing is merged: the younger one is then withdrawn by whoever says so. Raises RegisterError."""
    coordinator(hand)
    with operation(store, hand.actor, "application_double") as current:
        first = dossier_row(current, one, hand)
        second = row_of(current.session, tables.application, other, NAME)
        if one == other or first["origin"] != second["origin"]:
            raise RegisterError("Il faut deux dossiers du même registre.", field="other", value=other)
        low, high = sorted((one, other))
        table = tables.application_double
        known = current.session.connection.execute(
            select(table).where(
                table.c.application == low, table.c.other == high, table.c.removed_at.is_(None)
            )
        ).mappings().first()  # fmt: skip
        values = {"same": same, "actor": hand.actor.id}
        if known is None:
            row = {"id": people.new_id(), "origin": first["origin"], "application": low, "other": high}
            current.session.insert(table, row | values)
        elif not change_row(current, table, dict(known), values, None, "Ce jugement"):
            raise RegisterError("C'est déjà noté ainsi.")
    return current.change


def set_duty(store: Store, hand: Hand, *, origin: str, duty: str, profile: str) -> Change:
    """Name who holds a seat of assessor, or answers for the dossiers at a step. One person holds one seat only. Raises RegisterError."""
    coordinator(hand)
    words = {**ASSESSOR_SEATS, **APPLICATION_STATUSES}
    if duty not in words:
        raise RegisterError(f"« {duty} » n'est ni une place ni une étape.", field="duty", value=duty)
    with operation(store, hand.actor, "application_duty", origin) as current:
        check_profile(current.session, profile)
        rows = {
            row["duty"]: dict(row)
            for row in current.session.connection.execute(
                select(tables.application_duty).where(
                    tables.application_duty.c.origin == origin, tables.application_duty.c.removed_at.is_(None)
                )
            ).mappings()
        }
        held = [
            seat for seat in ASSESSOR_SEATS if seat != duty and rows.get(seat, {}).get("profile") == profile
        ]
        if duty in ASSESSOR_SEATS and held:
            raise RegisterError(
                f"Cette personne signe déjà comme {ASSESSOR_SEATS[held[0]]} : les deux signatures sont de deux personnes.",
                field="profile",
            )
        if duty in rows:
            current.subject = ("application_duty", rows[duty]["id"])
            if not change_row(
                current, tables.application_duty, rows[duty], {"profile": profile}, None, "Ce choix"
            ):
                raise RegisterError("C'est déjà noté ainsi.")
        else:
            row = {"id": people.new_id(), "origin": origin, "duty": duty, "profile": profile}
            current.subject = ("application_duty", current.session.insert(tables.application_duty, row))
    return current.change


# -- one line ------------------------------------------------------------------------------------------------


@contextmanager
def _line(
    store: Store,
    hand: Hand,
    today: dt.date,
    kind: str,
    application: str,
    seen: int | None,
    entry: Entry,
    corrects: int | None = None,
) -> Iterator[tuple[Operation, dict[str, Any]]]:
    with operation(store, hand.actor, kind) as current:
        row = dossier_row(current, application, hand)
        if seen is not None and row["version"] != seen:
            raise conflict(current.session, tables.application, row, NAME)
        write_line(current, row, entry, today, corrects)
        yield current, row


def write_line(
    current: Operation, row: dict[str, Any], entry: Entry, today: dt.date, corrects: int | None = None
) -> State:
    """Add one line to the history of a dossier within an operation. `corrects`: the id of the line that a correction is about.

    Raises RegisterError where the rules of the steps refuse it.
    """
    session, application = current.session, row["id"]
    if entry.step != "received":
        dossier.begin(session, application)
    known = dossier.lines(session, application)
    if corrects is not None:
        place = next((place for place, line in enumerate(known) if line.id == corrects), None)
        if place is None:
            raise RegisterError("Cette ligne n'est plus dans l'historique du dossier.", value=corrects)
        entry = replace(entry, corrects=place)
    try:
        longer = steps.add(dossier.entries(known), entry, today, _holders(session, row["origin"]))
        state = steps.state_of(longer)
    except StepError as error:
        raise RegisterError(str(error), field=_field_of(entry)) from error
    line = {
        "origin": row["origin"],
        "application": application,
        "on": entry.on,
        "status": entry.step or state.step or row["status"],
        "actor": entry.author,
        "party": entry.party.value,
        "kind": entry.kind.value,
        "note": entry.note or None,
        "reason": entry.reason or None,
        "seat": entry.seat or None,
        "until": entry.until,
        "corrects": corrects,
        "dated": entry.dated,
    }
    session.insert(tables.application_event, line)
    version = select(tables.application.c.version).where(tables.application.c.id == application)
    before = session.connection.execute(version).scalar_one()
    state = dossier.settle(session, application)
    if entry.kind is not Kind.NOTE and session.connection.execute(version).scalar_one() == before:
        dossier.raise_version(session, application)
    return state


def _field_of(entry: Entry) -> str:
    return {Kind.MOVE: "step", Kind.SIGN: "seat", Kind.PAUSE: "until", Kind.CORRECT: "line"}.get(
        entry.kind, "note"
    )


def _holders(session: Session, origin: str) -> dict[str, str]:
    duty = tables.application_duty
    rows = session.connection.execute(
        select(duty.c.duty, duty.c.profile).where(
            duty.c.origin == origin, duty.c.removed_at.is_(None), duty.c.duty.in_(list(ASSESSOR_SEATS))
        )
    )
    return {row.duty: row.profile for row in rows}


def heard_of(current: Operation, person: str, today: dt.date) -> None:
    """The person wrote: what the delay before erasing is counted from."""
    row = row_of(current.session, tables.person, person, "Cette personne")
    if row["last_contact"] is None or row["last_contact"] < today:
        current.session.update(tables.person, person, {"last_contact": today})


def check_profile(session: Session, profile: str) -> None:
    """Raises RegisterError unless `profile` names somebody who may read and edit dossiers, so that nobody answers for one in name only."""
    if profile in (LOCAL_ACTOR.id, *DEMO_AUTHORS):
        return
    row = session.get(tables.profile, profile)
    if row is None or row["removed_at"] is not None or party_of(Role(row["role"])) is not Party.COORDINATOR:
        raise RegisterError(
            "Cette personne n'est pas un animateur du réseau.",
            field="profile",
            value=profile,
            advice="Choisissez-en un dans la liste.",
        )
