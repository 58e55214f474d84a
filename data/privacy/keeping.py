"""How long personal data are kept: what is due, shown before anything goes, and the purge, which is asked for and recorded.

A candidate is due once the dossier was put away and could be brought back long enough (`data.privacy.farewell`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select

from analysis.model import Actor, Keeping
from data.privacy.erasure import Erased, erase_from_files, forget_originals, papers_of
from data.register import people
from data.store import NotConfirmed, Session, Store, StoreError, erase_person, tables
from data.store.erasure import words_of

CONFIRMATION = "EFFACER"

REASONS = {
    "candidate": "candidat mis de côté",
    "former_member": "membre parti",
    "removed": "retiré du registre",
    "unlinked": "sans dossier ni séjour",
}
"""Why somebody's data are due, on screen."""


@dataclass(frozen=True)
class DuePerson:
    """A person whose delay is over. `label` is for coordinators; `since` the day the delay runs from, `until` the day it ended."""

    person: str
    code: str
    label: str
    reason: str
    since: dt.date
    until: dt.date


@dataclass(frozen=True)
class DueFile:
    """An imported file with personal data whose delay is over."""

    checksum: str
    name: str
    imported: dt.date
    until: dt.date


@dataclass(frozen=True)
class Due:
    """All that is due on a day. `accesses` are lines of the log older than their delay."""

    persons: tuple[DuePerson, ...]
    files: tuple[DueFile, ...]
    accesses: int

    @property
    def empty(self) -> bool:
        """Whether nothing is due."""
        return not (self.persons or self.files or self.accesses)


def due(session: Session, origin: str, keeping: Keeping, today: dt.date) -> Due:
    """What is due in one register on a day, oldest first. A delay that ends today is over."""
    return Due(
        tuple(_persons(session, origin, keeping, today)),
        tuple(_files(session, keeping, today)),
        session.connection.execute(
            select(func.count()).where(tables.access_log.c.at < _oldest_access(keeping, today))
        ).scalar_one(),
    )


def years_later(day: dt.date, years: int) -> dt.date:
    """The same day `years` later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)


def _oldest_access(keeping: Keeping, today: dt.date) -> str:
    months = today.year * 12 + today.month - 1 - keeping.access_log_months
    return dt.date(months // 12, months % 12 + 1, 1).isoformat()


def _persons(session: Session, origin: str, keeping: Keeping, today: dt.date) -> list[DuePerson]:
    person = tables.person
    rows = session.connection.execute(
        select(person).where(person.c.origin == origin, person.c.erased_at.is_(None))
    ).mappings()
    contacts = used(session, tables.contact)
    members = used(session, tables.member)
    departures = _departures(session)
    contacted = last_contacts(session)
    away = {row.person: row for row in session.connection.execute(select(tables.farewell))}
    found = []
    for row in rows:
        id_, known = row["id"], [row["last_contact"], contacted.get(row["id"])]
        created = dt.date.fromisoformat(row["created_at"][:10])
        if row["removed_at"] is not None and (leaving := away.get(id_)) is not None and leaving.erase_on:
            if leaving.erase_on <= today:
                since = leaving.put_away_on
                found.append(
                    DuePerson(id_, row["code"], people.label(dict(row)), "candidate", since, leaving.erase_on)
                )
            continue
        if row["removed_at"] is not None:
            reason, years = "removed", keeping.candidate_years
            since = dt.date.fromisoformat(row["removed_at"][:10])
        elif id_ in contacts:
            continue
        elif id_ in members:
            left = departures.get(id_)
            if left is None:
                continue
            reason, since, years = "former_member", left, keeping.former_member_years
        elif id_ in contacted:
            continue  # told first, then put away
        else:
            reason = "unlinked"
            since = max((day for day in known if day is not None), default=created)
            years = keeping.candidate_years
        until = years_later(since, years)
        if until <= today:
            found.append(DuePerson(id_, row["code"], people.label(dict(row)), reason, since, until))
    return sorted(found, key=lambda each: (each.until, each.code))


def used(session: Session, table) -> set[str]:  # type: ignore[no-untyped-def]
    return set(
        session.connection.execute(select(table.c.person).where(table.c.removed_at.is_(None))).scalars()
    )


def _departures(session: Session) -> dict[str, dt.date]:
    """Person → the last departure, of members none of whose stays still runs (a departure to come still runs)."""
    stay, member = tables.stay, tables.member
    rows = session.connection.execute(
        select(member.c.person, stay.c.left)
        .join(stay, stay.c.member == member.c.id)
        .where(member.c.removed_at.is_(None), stay.c.removed_at.is_(None))
    ).all()
    running = {person for person, left in rows if left is None}
    ends: dict[str, dt.date] = {}
    for person, left in rows:
        if person not in running:
            ends[person] = max(left, ends.get(person, left))
    return ends


PRESENT = ("met", "housed", "settled", "welcomed", "one_year", "withdrawn")
"""The steps in which the person takes part: what coordinators do alone (a reading, a refusal) is no contact made by the person."""


def last_contacts(session: Session) -> dict[str, dt.date]:
    """Person → the last day on which their files tell that they made themselves heard: received, met, a line of their own."""
    file, step = tables.application, tables.application_event
    found: dict[str, dt.date] = {}
    received = select(file.c.person, file.c.received).where(file.c.removed_at.is_(None))
    theirs = or_(
        step.c.status.in_(PRESENT) & step.c.kind.in_(("move", "taken_over")), step.c.party == "candidate"
    )
    steps = (
        select(file.c.person, step.c.on)
        .join(step, step.c.application == file.c.id)
        .where(file.c.removed_at.is_(None), step.c.removed_at.is_(None), theirs)
    )
    for query in (received, steps):
        for person, day in session.connection.execute(query):
            found[person] = max(day, found.get(person, day))
    return found


def _files(session: Session, keeping: Keeping, today: dt.date) -> list[DueFile]:
    file, import_ = tables.import_file, tables.import_
    rows = session.connection.execute(
        select(file.c.checksum, file.c.name, import_.c.at)
        .join(import_, import_.c.id == file.c.import_id)
        .where(file.c.contains_personal, file.c.original_removed_at.is_(None))
        .order_by(import_.c.at)
    ).all()
    last: dict[str, tuple[str, dt.date]] = {}
    for checksum, name, at in rows:  # the same file imported again is kept from its last import on
        last[checksum] = (name, dt.date.fromisoformat(at[:10]))
    found = []
    for checksum, (name, imported) in last.items():
        until = imported + dt.timedelta(days=keeping.originals_days)
        if until <= today:
            found.append(DueFile(checksum, name, imported, until))
    return found


def purge(
    store: Store,
    actor: Actor,
    *,
    origin: str,
    keeping: Keeping,
    today: dt.date,
    persons: Collection[str],
    files: Collection[str],
    confirmation: str,
) -> Erased:
    """Erase what the preview showed, `persons` and `files` (checksums), and drop old lines of the log of accesses; recorded in the history.

    Raises NotConfirmed without the word CONFIRMATION, and StoreError when something of it is no longer due (somebody was contacted since):
    nothing has changed then.
    """
    if confirmation.strip() != CONFIRMATION:
        raise NotConfirmed(f"Rien n’a été effacé : écrivez {CONFIRMATION} en capitales pour confirmer.")
    words: list[str] = []
    papers: list[str] = []
    with store.write(actor) as session:
        now = due(session, origin, keeping, today)
        late = set(persons) - {each.person for each in now.persons}
        late |= set(files) - {each.checksum for each in now.files}
        if late:
            raise StoreError(
                f"La liste a changé depuis l’aperçu ({len(late)} n’y sont plus) : rien n’a été effacé. Relisez-la, puis confirmez."
            )
        for person in persons:
            words += words_of(session.get(tables.person, person) or {})
            papers += papers_of(session, person)
            erase_person(session, person, "keeping")
        # Somebody erased takes every file along; without one, only those that are due.
        gone = forget_originals(session, None if persons else files)
        dropped = session.connection.execute(
            delete(tables.access_log).where(tables.access_log.c.at < _oldest_access(keeping, today))
        ).rowcount
        counts = {"persons": len(persons), "files": len(gone), "accesses": dropped}
        session.record("keeping", origin, "purge", None, counts)
    return erase_from_files(store, list(persons), words, gone, papers)
