"""The last days of a candidate's data: told before, put away, brought back or erased.

The delay counts from the last contact that the person made: what they sent or said, where they were present. An opened e-mail is none,
and nothing here would know. Nothing goes without notice, and nothing is gone before it could be brought back for some days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from analysis.french import spaced
from analysis.model import Actor, Keeping
from data.privacy.keeping import last_contacts, used, years_later
from data.register import checks, people
from data.store import Session, Store, StoreError, tables


@dataclass(frozen=True)
class Leaving:
    """A candidate whose delay is nearly over. `label` is for coordinators. `since`: the last contact made by the person; `until`: the day
    on which the dossier may be put away.

    `state`: ``untold``, ``told`` (waiting), ``due`` (may be put away) or ``away``; `erase_on` is then the day from which it is erased.
    """

    person: str
    code: str
    label: str
    email: str
    since: dt.date
    until: dt.date
    state: str
    noticed_on: dt.date | None = None
    mailed: bool = False
    erase_on: dt.date | None = None


STATES = {
    "untold": "à prévenir",
    "told": "prévenu, délai en cours",
    "due": "à mettre de côté",
    "away": "mis de côté, peut être rétabli",
}
"""The states on screen."""


def leaving(session: Session, origin: str, keeping: Keeping, today: dt.date) -> list[Leaving]:
    """Everybody of one register whose delay ends within the notice, or has ended; the earliest first."""
    person = tables.person
    rows = session.connection.execute(
        select(person).where(person.c.origin == origin, person.c.erased_at.is_(None))
    ).mappings()
    known = {row["person"]: row for row in session.connection.execute(select(tables.farewell)).mappings()}
    staying = used(session, tables.contact) | used(session, tables.member)
    contacted = last_contacts(session)
    found = []
    for row in rows:
        told = known.get(row["id"])
        if told is not None and told["put_away_on"] is not None:
            if row["removed_at"] is not None:
                found.append(_leaving(row, told["put_away_on"], told["put_away_on"], "away", told))
            continue
        if row["removed_at"] is not None or row["id"] in staying or row["id"] not in contacted:
            continue
        since = max(day for day in (row["last_contact"], contacted[row["id"]]) if day is not None)
        over = years_later(since, keeping.candidate_years)
        notice = dt.timedelta(days=keeping.notice_days)
        if over > today + notice:
            continue
        if told is None or told["noticed_on"] < since:
            found.append(_leaving(row, since, max(over, today + notice), "untold", None))
        else:
            until = max(over, told["noticed_on"] + notice)
            found.append(_leaving(row, since, until, "due" if until <= today else "told", told))
    return sorted(found, key=lambda each: (each.until, each.code))


def _leaving(row: Any, since: dt.date, until: dt.date, state: str, told: Any) -> Leaving:
    more = (told["noticed_on"], told["mailed"], told["erase_on"]) if told is not None else (None, False, None)
    return Leaving(
        row["id"], row["code"], people.label(dict(row)), row["email"] or "", since, until, state, *more
    )


def tell(
    store: Store,
    actor: Actor,
    today: dt.date,
    *,
    origin: str,
    keeping: Keeping,
    send: Callable[[Leaving], bool],
) -> tuple[Leaving, ...]:
    """Give notice to everybody who has not had it; who that was. `send` writes to one person and says whether it could.

    Who cannot be written to has the same delay: coordinators see the list, and can call. What `send` raises stops there; who was told stays
    told.
    """
    with store.read() as session:
        waiting = [each for each in leaving(session, origin, keeping, today) if each.state == "untold"]
    for each in waiting:
        # Noted before it is sent: a machine that stops in between writes to nobody twice.
        with store.write(actor) as session:
            table = tables.farewell
            session.connection.execute(delete(table).where(table.c.person == each.person))
            session.connection.execute(insert(table).values(person=each.person, noticed_on=today))
            session.record("keeping", each.person, "notice", None, None)
        if send(each):
            with store.write(actor) as session:
                session.connection.execute(
                    update(table).where(table.c.person == each.person).values(mailed=True)
                )
    return tuple(waiting)


def put_away(
    store: Store, actor: Actor, today: dt.date, *, origin: str, keeping: Keeping, persons: Collection[str]
) -> tuple[str, ...]:
    """Take the dossiers of candidates whose delay is over out of every screen; they can be brought back for `keeping.restore_days`.

    Raises StoreError, changing nothing, when somebody of `persons` is not due (no more, or not yet told long enough).
    """
    with store.write(actor) as session:
        due = {each.person: each for each in leaving(session, origin, keeping, today) if each.state == "due"}
        if late := set(persons) - set(due):
            raise StoreError(
                spaced(
                    f"La liste a changé depuis l’aperçu ({len(late)} n’y sont plus) : rien n’a été mis de côté. "
                    "Relisez-la, puis confirmez."
                )
            )
        for person in persons:
            table = tables.application
            files = list(
                session.connection.execute(
                    select(table.c.id).where(table.c.person == person, table.c.removed_at.is_(None))
                ).scalars()
            )
            for file in files:
                session.remove(table, file)
            session.remove(tables.person, person)
            session.connection.execute(
                update(tables.farewell)
                .where(tables.farewell.c.person == person)
                .values(
                    put_away_on=today,
                    erase_on=today + dt.timedelta(days=keeping.restore_days),
                    applications=files,
                )
            )
            session.record("keeping", person, "put_away", None, None)
    return tuple(persons)


def bring_back(store: Store, actor: Actor, person: str) -> None:
    """Bring back who was put away, with their dossiers. They are told again before they go. Raises StoreError when it is too late."""
    with store.write(actor) as session:
        row = session.connection.execute(
            select(tables.farewell).where(tables.farewell.c.person == person)
        ).mappings().first()  # fmt: skip
        known = session.get(tables.person, person)
        if row is None or row["put_away_on"] is None or known is None or known["erased_at"] is not None:
            raise StoreError("Cette personne n’est pas, ou n’est plus, mise de côté : rien n’a changé.")
        if known["removed_at"] is not None:
            session.restore(tables.person, person)
        for file in row["applications"] or []:
            kept = session.get(tables.application, file)
            if kept is not None and kept["removed_at"] is not None:
                session.restore(tables.application, file)
        session.connection.execute(delete(tables.farewell).where(tables.farewell.c.person == person))
        session.record("keeping", person, "bring_back", None, None)


def note_contact(store: Store, actor: Actor, today: dt.date, *, person: str, on: dt.date) -> None:
    """Note that a person was heard of on a day: the delay counts from there. Raises RegisterError for a day to come, StoreError."""
    day = checks.past_day(on, "on", today, "Contact")
    with store.write(actor) as session:
        row = session.get(tables.person, person)
        if row is None or row["erased_at"] is not None or row["removed_at"] is not None:
            raise StoreError("Cette personne n’est plus dans le registre.")
        if row["last_contact"] is None or row["last_contact"] < day:
            session.update(tables.person, person, {"last_contact": day})
        session.connection.execute(delete(tables.farewell).where(tables.farewell.c.person == person))
