"""What the candidate of a dossier reads of it: where it stands and since when, and their papers. Nothing that anybody wrote about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from analysis import french
from analysis.applications.letters import told
from analysis.applications.steps import State, state_of
from analysis.model import Keeping
from data.applications.documents import KIND_WORDS
from data.applications.hand import NAME, Hand, dossier_row
from data.applications.writing import heard_of
from data.privacy.farewell import bring_back, note_contact
from data.register import dossier as kept
from data.register.operations import Change, operation, row_of
from data.store import Session, Store, StoreError, tables


@dataclass(frozen=True)
class Told:
    """`now`: where it stands, a sentence. `steps`: (words, day) of each step that counts, in order. `papers`: (name, kind, size) of each.

    `open`: something may still happen to it. `erasure_asked`: the day its erasure was asked for, None when it was not. `leaves_on`: the
    day from which it is put away if nothing is heard, None while nobody was told so.
    """

    now: str
    steps: tuple[tuple[str, dt.date], ...]
    papers: tuple[tuple[str, str, str], ...]
    open: bool
    erasure_asked: dt.date | None
    leaves_on: dt.date | None = None


def told_of(session: Session, application: str, today: dt.date, keeping: Keeping) -> Told:
    """A dossier as its candidate reads it. Raises RegisterError when it is not there, or no longer."""
    row = row_of(session, tables.application, application, NAME)
    lines = kept.lines(session, application)
    try:
        state = state_of(kept.entries(lines))
    except ValueError:  # a history of before the rules of today
        state = State(row["status"], row["since"] or row["received"], {row["status"]: row["received"]})
    steps = tuple((told(step), day) for step, day in state.reached.items())
    return Told(
        _now(row["status"], state, today),
        steps,
        _papers(session, application),
        not state.closed,
        row["erasure_asked"],
        _leaves_on(session, row["person"], keeping),
    )


def _leaves_on(session: Session, person: str, keeping: Keeping) -> dt.date | None:
    table = tables.farewell
    noticed = session.connection.execute(select(table.c.noticed_on).where(table.c.person == person)).scalar()
    return noticed + dt.timedelta(days=keeping.notice_days) if noticed is not None else None


def keep(store: Store, hand: Hand, today: dt.date, *, application: str) -> None:
    """The candidate wants the dossier kept: it is brought back if it was put away, and its delay counts from today. Raises StoreError."""
    with store.read() as session:
        row = session.get(tables.application, application)
        person = session.get(tables.person, row["person"]) if row is not None else None
    if person is None or person["erased_at"] is not None:
        raise StoreError("Ce dossier a été effacé : il n’y a plus rien à garder.")
    if person["removed_at"] is not None:
        bring_back(store, hand.actor, person["id"])
    note_contact(store, hand.actor, today, person=person["id"], on=today)


def _now(status: str, state: State, today: dt.date) -> str:
    text = f"Votre dossier en est là : {told(status)[:1].lower()}{told(status)[1:]}."
    asleep = next((wakes for first, wakes in state.pauses if first <= today < wakes), None)
    if asleep is not None:
        text += f" Il est en pause jusqu’au {french.date(asleep)}."
    return french.spaced(text)


def _papers(session: Session, application: str) -> tuple[tuple[str, str, str], ...]:
    table = tables.application_document
    rows = session.connection.execute(
        select(table.c.name, table.c.kind, table.c.size)
        .where(table.c.application == application, table.c.removed_at.is_(None), table.c.party == "candidate")
        .order_by(table.c.created_at, table.c.id)
    )
    return tuple((row.name, KIND_WORDS.get(row.kind, row.kind), size_text(row.size)) for row in rows)


def size_text(size: int) -> str:
    """« 120 ko » or « 1,4 Mo », from bytes."""
    if size < 1_000_000:
        return f"{max(round(size / 1000), 1)}{french.NNBSP}ko"
    return f"{french.number(size / 1_000_000, 1)}{french.NNBSP}Mo"


def ask_erasure(store: Store, hand: Hand, today: dt.date, *, application: str) -> Change:
    """Note that the candidate wants their data erased: a coordinator does it. Asking twice is asking once. Raises RegisterError."""
    with operation(store, hand.actor, "application_erasure_asked") as current:
        row = dossier_row(current, application, hand)
        if row["erasure_asked"] is None:
            current.session.update(tables.application, application, {"erasure_asked": today})
        heard_of(current, row["person"], today)
    return current.change
