"""Dossiers as somebody may read them. Every reading of words takes the viewer: what is blind never leaves the store for them.

Names and addresses leave here: callers answer to the right to read people.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import pandas as pd
from sqlalchemy import Select, Text, cast, func, or_, select

from analysis.applications.assessment import (
    Assessment,
    judged_since,
    opened,
    paper_open,
    visible,
    visible_history,
    words_open,
)
from analysis.applications.doubles import same_words
from analysis.applications.household import Household
from analysis.applications.steps import Entry, Kind, Party, State, effective, state_of
from data.applications.assessing import grids
from data.register import dossier as kept
from data.register.authors import author
from data.register.people import PERSON_FIELDS
from data.store import Session, tables
from data.store.session import Mark

MOVES = ["application", "step", "on", "reason"]


@dataclass(frozen=True)
class HistoryLine:
    """One line of a history as the viewer reads it. `entry.note` is empty where it is `closed` to them.

    `author` is the name on screen. `before`: the step it was at. `counts`: not taken away by a correction or an undo; `undone`: who
    took it back by an undo, and when (ISO text in UTC). `target`: the id of the line that a correction is about.
    """

    id: int
    entry: Entry
    author: str
    at: str
    before: str
    counts: bool
    closed: bool = False
    undone: tuple[str, str] | None = None
    target: int | None = None


@dataclass(frozen=True)
class Task:
    """Something to do. `title` is None where the viewer may not read it yet. `owner`, `author`, `done_by` are ids of profiles."""

    id: str
    application: str
    title: str | None
    template: str
    topic: str
    due: dt.date | None
    owner: str
    author: str
    done_on: dt.date | None
    done_by: str
    version: int


@dataclass(frozen=True)
class Document:
    """A paper of a dossier. `checksum` is None once its bytes are gone; `size` in bytes, `at` ISO text in UTC.

    `closed`: the viewer may not read it yet. Then it says who added it and when, and neither what it is called nor what it is.
    """

    id: str
    name: str
    kind: str
    size: int
    checksum: str | None
    party: Party
    actor: str
    at: str
    version: int
    closed: bool = False


@dataclass(frozen=True)
class Dossier:
    """One dossier for one viewer. `grids`: those the viewer may see; `grid_version` that of their own. `open`: both grids, and all words,
    are open. `judged`: the assessment has begun, so that what a coordinator adds stays their own until `open`. `names`: every author's id
    → the name on screen.
    """

    id: str
    origin: str
    person: str
    code: str
    name: str | None
    email: str | None
    phone: str | None
    website: str | None
    member: str | None
    received: dt.date
    trade: str
    project: str
    clients: str
    wishes: tuple[str, ...]
    household: Mapping[str, Any]
    household_size: int | None
    needs: Mapping[str, Any]
    planned_arrival: dt.date | None
    channel: str
    owner: str
    sponsor: str | None
    sponsor_agreed_on: dt.date | None
    version: int
    person_version: int
    erased: bool
    state: State
    problem: str
    open: bool
    judged: bool
    opened_at: str | None
    history: tuple[HistoryLine, ...]
    grids: tuple[Assessment, ...]
    grid_version: int | None
    tasks: tuple[Task, ...]
    documents: tuple[Document, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The name, else the code."""
        return self.name or self.code

    def who_arrives(self) -> Household | None:
        """The household for its accompaniment; None while no arrival is planned or nothing is known of it."""
        if self.planned_arrival is None or not self.household:
            return None
        told = dict(self.household)
        births = tuple(dt.date.fromisoformat(day) for day in told.pop("births", ()))
        return Household(self.planned_arrival, births=births, **told)


BOARD = (
    "application", "person", "code", "name", "trade", "wished_commune", "other_wishes", "status", "since", "paused_until", "received",
    "planned_arrival", "household_size", "channel", "owner", "reason", "version",
)  # fmt: skip


def dossiers(session: Session, origin: str, only: str = "") -> pd.DataFrame:
    """One row a dossier that stands, columns `BOARD` (days as `datetime64`), by day of reception. No words of anybody's are in it.

    `only`: the row of one dossier.
    """
    table, person = tables.application, tables.person
    named = {"application": table.c.id, "code": person.c.code, "name": person.c.name}
    frame = session.frame(
        select(*((named[name] if name in named else table.c[name]).label(name) for name in BOARD))
        .join(person, person.c.id == table.c.person)
        .where(
            table.c.origin == origin, table.c.removed_at.is_(None), *([table.c.id == only] if only else [])
        )
        .order_by(table.c.received, table.c.id)
    )
    for name in ("since", "paused_until", "received", "planned_arrival"):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def identities(session: Session, origin: str, like: str = "") -> pd.DataFrame:
    """What tells two dossiers of one person: `application`, `code`, `email`, `name`, `trade`. For `analysis.applications.doubles`.

    `like`: only this dossier and those of its address or its trade, among which its doubles are.
    """
    table, person = tables.application, tables.person
    query = (
        select(table.c.id.label("application"), person.c.code, person.c.email, person.c.name, table.c.trade)
        .join(person, person.c.id == table.c.person)
        .where(table.c.origin == origin, table.c.removed_at.is_(None))
        .order_by(table.c.id)
    )
    if like:
        own = session.frame(query.where(table.c.id == like))
        email, trade = (own[name].iloc[0] if len(own) else None for name in ("email", "trade"))
        known = session.connection.execute(
            select(table.c.trade).where(table.c.origin == origin).distinct()
        ).scalars()
        trades = [each for each in known if same_words(each, trade)]
        same = [table.c.id == like, table.c.trade.in_(trades)]
        if isinstance(email, str):
            # The letter of each provider's own rules aside, capitals do not tell two addresses apart.
            same.append(func.lower(person.c.email) == email.lower())
        query = query.where(or_(*same))
    return session.frame(query)


def groups(session: Session, origin: str) -> pd.DataFrame:
    """What dossiers are told apart by in the funnel: `channel` and `trade`, by application."""
    table = tables.application
    return session.frame(
        select(table.c.id.label("application"), table.c.channel, table.c.trade).where(
            table.c.origin == origin, table.c.removed_at.is_(None)
        )
    ).set_index("application")


def decided_doubles(session: Session, origin: str) -> dict[tuple[str, str], bool]:
    """Pairs of dossiers that somebody judged: whether they are one."""
    table = tables.application_double
    rows = session.connection.execute(
        select(table.c.application, table.c.other, table.c.same).where(
            table.c.origin == origin, table.c.removed_at.is_(None)
        )
    )
    return {(row.application, row.other): bool(row.same) for row in rows}


def duties(session: Session, origin: str) -> dict[str, str]:
    """Seat or step → the profile that holds it."""
    table = tables.application_duty
    rows = session.connection.execute(
        select(table.c.duty, table.c.profile).where(table.c.origin == origin, table.c.removed_at.is_(None))
    )
    return {row.duty: row.profile for row in rows}


def moves(session: Session, origin: str) -> pd.DataFrame:
    """The moves that count, one row each, columns `MOVES`, for `analysis.applications.funnel`."""
    table = tables.application
    replayed = kept.lines_of(session, _with_line(origin, Kind.CORRECT))
    gone = session.connection.execute(
        select(table.c.id).where(table.c.origin == origin, table.c.removed_at.is_not(None))
    ).scalars()
    frame = _every_move(session, origin)
    aside = [*replayed, *gone]
    if aside:
        frame = frame[~frame["application"].isin(aside)]
    rows = [
        (application, entry.step, pd.Timestamp(entry.on), entry.reason)
        for application, lines in replayed.items()
        for _, entry in effective(kept.entries(lines))
        if entry.step
    ]
    if rows:
        told = pd.DataFrame(rows, columns=MOVES)
        frame = pd.concat([frame, told], ignore_index=True) if len(frame) else told
    return frame[MOVES].reset_index(drop=True)


@dataclass(frozen=True)
class _Moves:
    """All moves as they were read once: when, the newest line, how many there were."""

    mark: Mark
    newest: int
    count: int
    frame: pd.DataFrame


_MOVES: dict[tuple[str, str], _Moves] = {}
"""By database and origin: lines are only ever added, and reading forty thousand takes longer than counting the whole funnel."""


def _every_move(session: Session, origin: str) -> pd.DataFrame:
    """The moves as they were written, with their number `line`, in its order. Where only new ones came since they were last read here, only
    those are read.
    """
    event = tables.application_event
    here = (
        event.c.origin == origin,
        event.c.removed_at.is_(None),
        event.c.kind.in_([Kind.MOVE.value, Kind.TAKEN_OVER.value]),
    )
    columns = (
        event.c.id.label("line"),
        event.c.application,
        event.c.status.label("step"),
        event.c.on,
        func.coalesce(event.c.reason, "").label("reason"),
    )

    def read(after: int) -> pd.DataFrame:
        found = session.frame(select(*columns).where(*here, event.c.id > after).order_by(event.c.id))
        return found.assign(on=pd.to_datetime(found["on"]))

    key = (str(session.connection.engine.url), origin)
    known = _MOVES.get(key)
    found = None
    if known is not None and session.only_added(known.mark, event):
        count = session.connection.execute(select(func.count()).select_from(event).where(*here)).scalar_one()
        more = read(known.newest) if count > known.count else known.frame.iloc[:0]
        if count == known.count + len(more):
            parts = [part for part in (known.frame, more) if len(part)]
            found = pd.concat(parts, ignore_index=True) if parts else known.frame
    if found is None:
        found = read(0)
    if session.mark is not None:
        newest = int(found["line"].iloc[-1]) if len(found) else 0
        _MOVES[key] = _Moves(session.mark, newest, len(found), found)
    return found


def signatures(session: Session, origin: str, only: str = "") -> dict[str, dict[str, str]]:
    """Dossier still to be judged → its seats that have signed → the author's id. `only`: of one dossier."""
    wanted = _with_line(origin, Kind.SIGN, only).where(tables.application.c.status.in_(["read", "met"]))
    return {application: dict(state.signed) for application, state in _replayed(session, wanted).items()}


def pauses(session: Session, origin: str, only: str = "") -> dict[str, tuple[tuple[dt.date, dt.date], ...]]:
    """Dossier → its pauses, of those that had one. `only`: of one dossier."""
    wanted = _with_line(origin, Kind.PAUSE, only)
    return {application: state.pauses for application, state in _replayed(session, wanted).items()}


def _with_line(origin: str, kind: Kind, only: str = "") -> Select[tuple[str]]:
    """The dossiers that stand and whose history has a line of `kind`; with `only`, that one at most."""
    event, table = tables.application_event, tables.application
    return (
        select(event.c.application)
        .join(table, table.c.id == event.c.application)
        .where(
            # Of one dossier its own index is asked, not that of the whole register.
            event.c.application == only if only else event.c.origin == origin,
            event.c.kind == kind.value,
            event.c.removed_at.is_(None),
            table.c.removed_at.is_(None),
        )
        .distinct()
    )


def _replayed(session: Session, wanted: Select[tuple[str]]) -> dict[str, State]:
    return {
        application: state_of(kept.entries(lines))
        for application, lines in kept.lines_of(session, wanted).items()
    }


def grids_decided(session: Session, origin: str) -> list[list[Assessment]]:
    """The two grids of every dossier that both have signed, for `analysis.applications.assessment.agreement`: they are open to all.

    Without their remarks.
    """
    event, grid = tables.application_event, tables.application_assessment
    rows = session.connection.execute(
        select(event.c.application, event.c.actor, event.c.seat, event.c.on).where(
            event.c.origin == origin, event.c.kind == Kind.SIGN.value, event.c.removed_at.is_(None)
        )
    )
    signed = {(application, actor): (seat, on) for application, actor, seat, on in rows}
    for application, lines in kept.lines_of(session, _with_line(origin, Kind.CORRECT)).items():
        # What a correction took away, or dated otherwise, only the whole history tells.
        signed = {key: value for key, value in signed.items() if key[0] != application}
        for _, entry in effective(kept.entries(lines)):
            if entry.kind is Kind.SIGN:
                signed[application, entry.author] = (entry.seat, entry.on)

    def read() -> list[tuple[str, str, str, Mapping[str, int], bool]]:
        found = session.connection.execute(
            select(grid.c.application, grid.c.author, grid.c.seat, cast(grid.c.marks, Text), grid.c.blind)
            .where(grid.c.origin == origin, grid.c.removed_at.is_(None))
            .order_by(grid.c.id)
        )
        return [(which, who, seat, _marks(marks), bool(blind)) for which, who, seat, marks, blind in found]

    found: dict[str, list[Assessment]] = {}
    for application, author_, seat, marks, blind in session.keep(("marks", origin), [grid], read):
        signed_as, day = signed.get((application, author_), ("", None))
        each = Assessment(author_, seat, marks, signed=day if signed_as == seat else None, blind=blind)
        found.setdefault(application, []).append(each)
    # Of who was erased the marks went too.
    return [each for each in found.values() if opened(each) and all(grid.marks for grid in each)]


@lru_cache(maxsize=20_000)
def _marks(text: str) -> Mapping[str, int]:
    """The marks of a grid: thousands of grids are told by far fewer texts."""
    return MappingProxyType(json.loads(text))


def tasks_due(session: Session, origin: str, viewer: str) -> list[Task]:
    """Every task of dossiers that stand that is not done, the earliest first, those without a day last."""
    task, table = tables.application_task, tables.application
    rows = session.connection.execute(
        select(task)
        .join(table, table.c.id == task.c.application)
        .where(
            task.c.origin == origin,
            task.c.removed_at.is_(None),
            task.c.done_on.is_(None),
            table.c.removed_at.is_(None),
        )
        .order_by(task.c.due.is_(None), task.c.due, task.c.id)
    ).mappings()
    at = session.connection.execute(select(table.c.id, table.c.status).where(table.c.origin == origin))
    steps = {row.id: row.status for row in at}

    @cache
    def words(application: str) -> bool:
        return words_open([grid for grid, _ in grids(session, application)], steps[application])

    return [
        _task(dict(row), row["author"] == viewer or bool(row["template"]) or words(row["application"]))
        for row in rows
    ]


def dossier(session: Session, application: str, viewer: str) -> Dossier | None:
    """One dossier as `viewer` (a profile's id) may read it; None when it is not there, or no longer."""
    row = session.get(tables.application, application)
    if row is None or row["removed_at"] is not None:
        return None
    person = session.get(tables.person, row["person"]) or {}
    lines = kept.lines(session, application, undone=True)
    entries = kept.entries(lines)
    problem = ""
    try:
        state = state_of(entries)
    except ValueError as error:  # a history of before the rules of today: told, not hidden
        state, problem = State(row["status"], row["since"]), str(error)
    known = grids(session, application)
    all_grids = [grid for grid, _ in known]
    is_open = words_open(all_grids, state.step)
    tasks = [
        _task(each, is_open or each["author"] == viewer or bool(each["template"]))
        for each in _rows(session, tables.application_task, application)
    ]
    since = judged_since([(line.entry, line.at) for line in lines], row["status"])
    documents = [
        _document(each, None if is_open else since, viewer)
        for each in _rows(session, tables.application_document, application)
    ]
    history = _history(session, lines, all_grids, state.step, viewer)
    ids = {
        *(line.entry.author for line in lines),
        *(who for task in tasks for who in (task.owner, task.author, task.done_by)),
        *(document.actor for document in documents),
        *(grid.author for grid in visible(all_grids, viewer)),
        *state.signed.values(),
        row["owner"] or "",
    }
    return Dossier(
        id=application,
        origin=row["origin"],
        person=row["person"],
        code=person["code"],
        **{name: person[name] for name in PERSON_FIELDS},
        member=row["member"],
        received=row["received"],
        trade=row["trade"] or "",
        project=row["project"] or "",
        clients=row["clients"] or "",
        wishes=tuple(code for code in (row["wished_commune"], *(row["other_wishes"] or ())) if code),
        household=row["household"] or {},
        household_size=row["household_size"],
        needs=row["needs"] or {},
        planned_arrival=row["planned_arrival"],
        channel=row["channel"] or "",
        owner=row["owner"] or "",
        sponsor=row["sponsor"],
        sponsor_agreed_on=row["sponsor_agreed_on"],
        version=row["version"],
        person_version=person["version"],
        erased=person["erased_at"] is not None,
        state=state,
        problem=problem,
        open=is_open,
        judged=since is not None,
        opened_at=row["opened_at"],
        history=history,
        grids=visible(all_grids, viewer),
        grid_version=next((version for grid, version in known if grid.author == viewer), None),
        tasks=tuple(tasks),
        documents=tuple(documents),
        names={who: author(session, who) for who in ids if who},
    )


def _history(
    session: Session, lines: list[kept.Line], all_grids: list[Assessment], step: str, viewer: str
) -> tuple[HistoryLine, ...]:
    standing = [line for line in lines if line.undone_at is None]
    try:
        counting = {standing[place].id for place, _ in effective(kept.entries(lines))}
    except ValueError:
        counting = {line.id for line in standing}
    read = visible_history([line.entry for line in lines], all_grids, viewer, step)
    undone = _undone(session, [line.id for line in lines if line.undone_at is not None])
    names: dict[str, str] = {}
    found, before = [], ""
    for line, entry in zip(lines, read, strict=True):
        if line.entry.author not in names:
            names[line.entry.author] = author(session, line.entry.author)
        counts = line.id in counting or (line.undone_at is None and entry.kind is Kind.CORRECT)
        found.append(
            HistoryLine(
                line.id, entry, names[line.entry.author], line.at, before, counts,
                closed=bool(line.entry.note) and not entry.note,
                undone=undone.get(line.id),
                target=line.corrects,
            )
        )  # fmt: skip
        if counts and entry.step:
            before = entry.step
    return tuple(found)


def _undone(session: Session, ids: list[int]) -> dict[int, tuple[str, str]]:
    """Line → who took it back by an undo, and when."""
    history = tables.history
    rows = session.connection.execute(
        select(history.c.entity_id, history.c.actor, history.c.at)
        .where(
            history.c.entity == tables.application_event.name,
            history.c.entity_id.in_([str(each) for each in ids]),
            history.c.action == "undo",
        )
        .order_by(history.c.id)
    )
    return {int(row.entity_id): (author(session, row.actor), row.at) for row in rows}


def _rows(session: Session, table: Any, application: str) -> list[dict[str, Any]]:
    rows = session.connection.execute(
        select(table)
        .where(table.c.application == application, table.c.removed_at.is_(None))
        .order_by(table.c.created_at, table.c.id)
    ).mappings()
    return [dict(row) for row in rows]


def _task(row: Mapping[str, Any], is_open: bool) -> Task:
    return Task(
        row["id"],
        row["application"],
        row["title"] if is_open else None,
        row["template"] or "",
        row["topic"] or "",
        row["due"],
        row["owner"] or "",
        row["author"],
        row["done_on"],
        row["done_by"] or "",
        row["version"],
    )


def _document(row: Mapping[str, Any], since: str | None, viewer: str) -> Document:
    party = Party(row["party"])
    closed = not paper_open(party, row["actor"], row["created_at"], viewer, since)
    name, kind, size, checksum = (
        ("", "", 0, None) if closed else (row["name"], row["kind"], row["size"], row["checksum"])
    )
    return Document(
        row["id"], name, kind, size, checksum, party, row["actor"], row["created_at"], row["version"], closed
    )  # fmt: skip
