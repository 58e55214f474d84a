"""The history of a dossier as it stands in the store, replayed by the rules of `analysis.applications.steps`, and where it leads.

Whatever writes a line of a history ends with `settle`: the history must be a legal walk by itself, whoever added, corrected or undid, and
the columns of the dossier say what it leads to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import RowMapping, Select, select, update

from analysis.applications.assessment import DECIDED
from analysis.applications.steps import Entry, Kind, Party, State, StepError, state_of
from data.register.errors import RegisterError
from data.store import Session, WriteSession, tables

NEWCOMER = ("settled", "welcomed", "one_year")
"""The steps at which a dossier is that of somebody who lives here."""
_MOVES = (Kind.MOVE, Kind.TAKEN_OVER)


@dataclass(frozen=True)
class Line:
    """One line of a history. `entry.corrects` is a position among the lines that stand, `corrects` the id of that line.

    `status`: the step a move leads to, else where the dossier stood. `undone_at`: when undoing took it out (ISO text in UTC), else None.
    """

    id: int
    entry: Entry
    status: str
    at: str
    corrects: int | None = None
    undone_at: str | None = None


def lines(session: Session, application: str, *, undone: bool = False) -> list[Line]:
    """The lines of one dossier in the order they were written; with `undone`, also those that undoing took out."""
    event = tables.application_event
    rows = session.connection.execute(
        select(event).where(event.c.application == application).order_by(event.c.id)
    ).mappings().all()  # fmt: skip
    return _lines(rows, undone=undone)


def lines_of(session: Session, wanted: Select[tuple[str]]) -> dict[str, list[Line]]:
    """The lines that stand of many dossiers, read at once: dossier → its lines. `wanted`: a SELECT of the dossiers' ids."""
    event = tables.application_event
    rows = session.connection.execute(
        select(event)
        .where(event.c.application.in_(wanted), event.c.removed_at.is_(None))
        .order_by(event.c.application, event.c.id)
    ).mappings()
    return {
        application: _lines(list(each))
        for application, each in groupby(rows, key=lambda row: str(row["application"]))
    }


def _lines(rows: Sequence[RowMapping], *, undone: bool = False) -> list[Line]:
    standing = [row for row in rows if row["removed_at"] is None]
    position = {row["id"]: place for place, row in enumerate(standing)}
    return [
        Line(
            row["id"],
            Entry(
                Kind(row["kind"]),
                row["on"],
                row["actor"],
                Party(row["party"]),
                note=row["note"] or "",
                step=row["status"] if row["kind"] in _MOVES else "",
                reason=row["reason"] or "",
                seat=row["seat"] or "",
                until=row["until"],
                # A line that no longer stands is at no position: the correction then hits nothing, and is refused.
                corrects=None if row["corrects"] is None else position.get(row["corrects"], -1),
                dated=row["dated"],
            ),
            row["status"],
            row["created_at"],
            row["corrects"],
            row["removed_at"],
        )
        for row in (rows if undone else standing)
    ]


def entries(found: Sequence[Line]) -> tuple[Entry, ...]:
    """The entries of the lines that stand."""
    return tuple(line.entry for line in found if line.undone_at is None)


def followed_here(session: Session, application: str) -> bool:
    """Whether somebody moved, signed or noted it here: until then a file may still say where it stands."""
    return any(line.entry.kind is not Kind.TAKEN_OVER for line in lines(session, application))


def settle(session: WriteSession, application: str) -> State:
    """Hold a history legal and write what it leads to into the dossier. Raises RegisterError saying which line does not hold."""
    row = session.get(tables.application, application) or {}
    found = entries(lines(session, application))
    try:
        state = state_of(found)
    except StepError as error:
        raise RegisterError(str(error)) from error
    if not state.step:
        if found and row.get("removed_at") is None:
            raise RegisterError(
                "Sans sa réception, ce dossier n'est plus nulle part.",
                advice="Annulez son enregistrement, dans l'historique du registre.",
            )
        return state
    if row.get("member") is not None and state.step not in NEWCOMER:
        raise RegisterError(
            "Ce dossier est celui d'un membre : il ne revient pas avant son installation.",
            advice="Annulez d'abord ce qui en a fait un membre.",
        )
    led: dict[str, object] = {
        "status": state.step,
        "since": state.since,
        "paused_until": max((end for _, end in state.pauses), default=None),
        "reason": state.reason or None,
        "received": state.reached.get("received", row["received"]),
    }
    different = {name: value for name, value in led.items() if row[name] != value}
    if different:
        session.update(tables.application, application, different)
    decided = state.step in DECIDED and not state.taken_over
    if row["opened_at"] is None and (decided or not state.missing):
        # Not a change that undoing takes back: who has read once has read.
        table = tables.application
        session.connection.execute(
            update(table).where(table.c.id == application).values(opened_at=session.at)
        )
    return state


def begin(session: WriteSession, application: str) -> None:
    """Give a dossier whose history was never kept its first line: where it stands, taken over."""
    row = session.get(tables.application, application)
    if row is None or row["removed_at"] is not None or lines(session, application):
        return
    line = {
        "origin": row["origin"],
        "application": application,
        "on": row["since"] or row["received"],
        "status": row["status"],
        "actor": session.actor.id,
        "kind": Kind.TAKEN_OVER.value,
        "party": Party.OTHER.value,
    }
    session.insert(tables.application_event, line)


def raise_version(session: WriteSession, application: str) -> None:
    """Raise the version of a dossier whose columns did not change: somebody else's screen is no longer what stands."""
    table = tables.application
    session.connection.execute(
        update(table).where(table.c.id == application).values(version=table.c.version + 1)
    )


def awake(paused_until: dt.date | None, today: dt.date) -> bool:
    """Whether a dossier does not sleep today."""
    return paused_until is None or paused_until <= today
