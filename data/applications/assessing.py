"""The two grids: a draft that nobody else reads, then a signature. Marks never go into the register's history, which others read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update

from analysis.applications import assessment
from analysis.applications.assessment import Assessment, AssessmentError, judged_since, paper_open, words_open
from analysis.applications.steps import Entry, Kind, Party, effective
from analysis.vocabulary import ASSESSMENT_CRITERIA, ASSESSOR_SEATS
from data.applications.fields import WORDS_MOST, paragraphs
from data.applications.hand import NAME, Hand, coordinator, dossier_row
from data.applications.writing import write_line
from data.register import dossier, people
from data.register.errors import Conflict, RegisterError
from data.register.operations import Change, conflict, operation, row_of
from data.store import Session, Store, WriteSession, tables


def save_grid(
    store: Store,
    hand: Hand,
    *,
    application: str,
    seat: str,
    marks: Mapping[str, int],
    remarks: Mapping[str, str],
    seen: int | None = None,
) -> int:
    """Keep an assessor's own grid as far as it goes; its version. Nothing is signed, and nobody else can read it.

    Raises Conflict when the same person saved it elsewhere since version `seen`, RegisterError for unknown criteria or marks, or once
    signed.
    """
    coordinator(hand)
    with store.note(hand.actor) as session:
        row = row_of(session, tables.application, application, NAME)
        return _keep(session, row, hand, _checked(hand, seat, marks, remarks), seen)


def sign(
    store: Store,
    hand: Hand,
    today: dt.date,
    *,
    application: str,
    seat: str,
    marks: Mapping[str, int],
    remarks: Mapping[str, str],
    note: str = "",
    seen: int | None = None,
) -> Change:
    """Sign one's own grid on a seat. `note`: why, where the seat is somebody else's. Raises Conflict when the dossier moved on since
    version `seen`, RegisterError.
    """
    coordinator(hand)
    grid = _checked(hand, seat, marks, remarks)
    try:
        assessment.check(grid)
    except AssessmentError as error:
        raise RegisterError(str(error), field="marks") from error
    said = paragraphs(note, "note", WORDS_MOST) or ""
    with operation(store, hand.actor, "application_sign") as current:
        row = dossier_row(current, application, hand)
        if seen is not None and row["version"] != seen:
            raise conflict(current.session, tables.application, row, NAME)
        _keep(current.session, row, hand, grid, None)
        entry = Entry(Kind.SIGN, today, hand.actor.id, hand.party, said, seat=seat)
        write_line(current, row, entry, today)
        # Whoever signs after the grids were open once may know the other's.
        table = tables.application_assessment
        current.session.connection.execute(
            update(table)
            .where(table.c.application == application, table.c.author == hand.actor.id)
            .values(blind=row["opened_at"] is None)
        )
    return current.change


def grids(session: Session, application: str) -> list[tuple[Assessment, int]]:
    """The grids of one dossier with their versions, signed or not. For `data.applications.reading` and this module alone: not blind."""
    signed = {line.entry.author: line.entry for line in standing_signatures(session, application)}
    table = tables.application_assessment
    rows = session.connection.execute(
        select(table)
        .where(table.c.application == application, table.c.removed_at.is_(None))
        .order_by(table.c.id)
    ).mappings()
    found = []
    for row in rows:
        by = signed.get(row["author"])
        day = by.on if by is not None and by.seat == row["seat"] else None
        found.append(
            (
                Assessment(row["author"], row["seat"], row["marks"], row["remarks"], day, bool(row["blind"])),
                row["version"],
            )
        )
    return found


def closed_papers(session: Session, application: Mapping[str, Any], viewer: str) -> frozenset[str]:
    """The papers of one dossier (its row) that `viewer` may not read yet, also those taken out since."""
    if words_open([grid for grid, _ in grids(session, application["id"])], application["status"]):
        return frozenset()
    written = dossier.lines(session, application["id"], undone=True)
    since = judged_since([(line.entry, line.at) for line in written], application["status"])
    table = tables.application_document
    rows = session.connection.execute(
        select(table.c.id, table.c.party, table.c.actor, table.c.created_at).where(
            table.c.application == application["id"]
        )
    )
    return frozenset(
        row.id for row in rows if not paper_open(Party(row.party), row.actor, row.created_at, viewer, since)
    )


def standing_signatures(session: Session, application: str) -> list[dossier.Line]:
    """The signatures of one dossier that count after undoing and corrections."""
    known = dossier.lines(session, application)
    return [known[place] for place, entry in effective(dossier.entries(known)) if entry.kind is Kind.SIGN]


def _checked(hand: Hand, seat: str, marks: Mapping[str, int], remarks: Mapping[str, str]) -> Assessment:
    if seat not in ASSESSOR_SEATS:
        raise RegisterError("Choisissez la place sur laquelle vous évaluez.", field="seat", value=seat)
    kept: dict[str, str] = {}
    for criterion, text in remarks.items():
        said = paragraphs(text, "remarks", WORDS_MOST)
        if criterion not in ASSESSMENT_CRITERIA:
            raise RegisterError(f"« {criterion} » n'est pas un critère.", field="remarks")
        if said:
            kept[criterion] = said
    for criterion, mark in marks.items():
        if criterion not in ASSESSMENT_CRITERIA:
            raise RegisterError(f"« {criterion} » n'est pas un critère.", field="marks")
        if mark not in assessment.SCALE:
            raise RegisterError(
                f"{mark} n'est pas une note : attendu de {assessment.SCALE[0]} à {assessment.SCALE[-1]}.",
                field="marks",
            )
    return Assessment(hand.actor.id, seat, dict(marks), kept)


def _keep(
    session: WriteSession, row: Mapping[str, Any], hand: Hand, grid: Assessment, seen: int | None
) -> int:
    if any(line.entry.author == hand.actor.id for line in standing_signatures(session, row["id"])):
        raise RegisterError(
            "Votre grille est signée : elle ne change plus.",
            advice="Corrigez d'abord votre signature dans l'historique.",
        )
    table = tables.application_assessment
    here = (table.c.application == row["id"], table.c.author == hand.actor.id, table.c.removed_at.is_(None))
    known = session.connection.execute(select(table).where(*here)).mappings().first()
    values: dict[str, Any] = {"seat": grid.seat, "marks": dict(grid.marks), "remarks": dict(grid.remarks)}
    session.note_access("change", row["person"])
    if known is None:
        values |= {
            "id": people.new_id(),
            "origin": row["origin"],
            "application": row["id"],
            "author": hand.actor.id,
            "created_at": session.at,
        }
        session.connection.execute(insert(table).values(values))
        return 1
    if seen is not None and known["version"] != seen:
        raise Conflict("Votre grille", " (par vous, sur un autre écran)", dict(known))
    if any(known[name] != value for name, value in values.items()):
        values["version"] = known["version"] + 1
        session.connection.execute(update(table).where(*here).values(values))
        return int(values["version"])
    return int(known["version"])
