"""The network's rows, read as frames. Every reader takes exactly one origin: demonstration and real never
add up.

No name, address or e-mail leaves through here: people are opaque ids, and `public` says who consented to be
shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from sqlalchemy import Table, and_, false, func, select
from sqlalchemy.sql.elements import ColumnElement

from data.store import Session, tables
from data.store.session import Mark

DAYS = {
    "arrived",
    "left",
    "received",
    "planned_arrival",
    "on",
    "first_seen",
    "free_from",
    "consent_on",
    "last_contact",
}
NUMBERS = {"lon", "lat", "rooms", "surface", "rent", "price"}


def load(session: Session, origin: str) -> dict[str, pd.DataFrame]:
    """The frames that the network's figures are counted from: stays, applications, listings, sightings,
    events, contacts.

    `origin` is ``real`` or ``demo`` (see `Store.network_origin`). Raises ValueError for anything else. A frame whose tables nobody wrote
    in since is the one of the last time, not to be changed.
    """
    return {
        name: session.keep(("network", name, origin), read_of, partial(read, session, origin))
        for name, (read, read_of) in _READ.items()
    }


def stays(session: Session, origin: str) -> pd.DataFrame:
    """One row a stay: `stay`, `member`, `commune`, `arrived`, `left` (NaT while there), `reason`, `trade`,
    `public`.
    """
    stay, member, person = tables.stay, tables.member, tables.person
    return _frame(
        session,
        select(
            stay.c.id.label("stay"),
            stay.c.member,
            stay.c.commune,
            stay.c.arrived,
            stay.c.left,
            stay.c.reason,
            member.c.trade,
            _public().label("public"),
        )
        .join(member, member.c.id == stay.c.member)
        .join(person, person.c.id == member.c.person)
        .where(_of(stay, origin), member.c.removed_at.is_(None))
        .order_by(stay.c.arrived, stay.c.id),
    )


def members(session: Session, origin: str) -> pd.DataFrame:
    """One row a member: `member`, `person`, `trade`, `skills` (list), `trains`, `public`."""
    member, person = tables.member, tables.person
    return _frame(
        session,
        select(
            member.c.id.label("member"),
            member.c.person,
            member.c.trade,
            member.c.skills,
            member.c.trains,
            _public().label("public"),
        )
        .join(person, person.c.id == member.c.person)
        .where(_of(member, origin))
        .order_by(member.c.id),
    )


def applications(session: Session, origin: str) -> pd.DataFrame:
    """One row a file: `application`, `person`, `member`, `received`, `trade`, `wished_commune` (missing
    without a wish), `status`, `planned_arrival`, `household_size`, `needs` (a mapping), `reason`.
    """
    table = tables.application
    columns = (
        "person",
        "member",
        "received",
        "trade",
        "wished_commune",
        "status",
        "planned_arrival",
        "household_size",
        "needs",
        "reason",
    )
    return _frame(
        session,
        select(table.c.id.label("application"), *(table.c[name] for name in columns))
        .where(_of(table, origin))
        .order_by(table.c.received, table.c.id),
    )


def application_numbers(session: Session, origin: str) -> dict[str, int]:
    """The number of each file in its register, from 1, for « Dossier 12 »: in the order of entry, files removed since counted.

    A number never changes and never comes back: rows are only ever added.
    """
    table = tables.application
    rank = func.row_number().over(order_by=(table.c.created_at, table.c.received, table.c.id))
    rows = session.connection.execute(select(table.c.id, rank).where(table.c.origin == origin))
    return {str(id_): int(number) for id_, number in rows}


def application_stamps(session: Session, origin: str) -> dict[str, tuple[int, str]]:
    """How often each file was changed since it was entered, and the instant of the last change (ISO text in UTC)."""
    table, history = tables.application, tables.history
    last = (
        select(history.c.entity_id, func.max(history.c.at).label("at"))
        .where(history.c.entity == table.name)
        .group_by(history.c.entity_id)
        .subquery()
    )
    rows = session.connection.execute(
        select(table.c.id, table.c.version, func.coalesce(last.c.at, table.c.created_at))
        .outerjoin(last, last.c.entity_id == table.c.id)
        .where(table.c.origin == origin)
    )
    return {str(id_): (int(version) - 1, str(at)) for id_, version, at in rows}


def application_events(session: Session, origin: str) -> pd.DataFrame:
    """One row a step of a file, as it was written: `application`, `on`, `status`, `actor`, `reason`."""
    table, file = tables.application_event, tables.application
    return _frame(
        session,
        select(table.c.application, table.c.on, table.c.status, table.c.actor, table.c.reason)
        .join(file, file.c.id == table.c.application)
        .where(_of(table, origin), file.c.removed_at.is_(None), table.c.kind.in_(["move", "taken_over"]))
        .order_by(table.c.on, table.c.id),
    )


def contacts(session: Session, origin: str) -> pd.DataFrame:
    """One row a contact of the watch: `contact`, `person`, `kind`, `label`, `commune`, `public` (False without
    a person).
    """
    table = tables.contact
    columns = ("person", "kind", "label", "commune")
    return _frame(
        session,
        select(table.c.id.label("contact"), *(table.c[name] for name in columns), _public().label("public"))
        .outerjoin(tables.person, tables.person.c.id == table.c.person)
        .where(_of(table, origin))
        .order_by(table.c.commune, table.c.id),
    )


def listings(session: Session, origin: str) -> pd.DataFrame:
    """One row a listing: `listing`, `contact`, `commune`, `lon`, `lat` (degrees), `kind`, `tenure`,
    `rooms`, `surface` (m²), `rent`, `charges` (€ a month), `price` (€), `first_seen`, `note`; `furnished`, `work_room`, `garden`, `pets`
    (True, False, or missing where nobody told), `least_months`, `energy`, `connection` (codes), `place` (text), `free_from` (day),
    `photos` (a list of addresses). Listings that a person said to be one house are one row, the one first seen, which takes from the others
    what it does not tell.
    """
    table = tables.listing
    columns = (
        "contact",
        "commune",
        "lon",
        "lat",
        "kind",
        "tenure",
        "rooms",
        "surface",
        "rent",
        "price",
        "first_seen",
        "note",
        "charges",
        "furnished",
        "work_room",
        "garden",
        "pets",
        "least_months",
        "energy",
        "connection",
        "place",
        "free_from",
        "photos",
    )
    found = _frame(
        session,
        select(table.c.id.label("listing"), *(table.c[name] for name in columns))
        .where(_of(table, origin))
        .order_by(table.c.first_seen, table.c.id),
    )
    one = same_houses(session, origin)
    if not one:
        return found
    house = found["listing"].map(lambda each: one.get(each, each))
    for listing in set(one.values()):
        rows = found[house == listing]
        for name in columns:
            if (told := rows[name].dropna()).size and pd.isna(rows[name].iloc[:1]).all():
                found.at[rows.index[0], name] = told.iloc[0]
    return found[found["listing"] == house].reset_index(drop=True)


def same_houses(session: Session, origin: str) -> dict[str, str]:
    """Each listing that a person said to be the house of an earlier one → the one of them that was seen first."""
    pair, one, other = tables.listing_pair, tables.listing.alias("one"), tables.listing.alias("other_one")
    rows = session.connection.execute(
        select(one.c.id, one.c.first_seen, other.c.id, other.c.first_seen)
        .select_from(pair)
        .join(one, one.c.id == pair.c.listing)
        .join(other, other.c.id == pair.c.other)
        .where(_of(pair, origin), pair.c.same, one.c.removed_at.is_(None), other.c.removed_at.is_(None))
    )
    house: dict[str, tuple[dt.date, str]] = {}
    members: dict[str, list[str]] = {}
    for id_, seen, other_id, other_seen in rows:
        groups = [
            (house.get(each, (day, each)), members.get(house.get(each, (day, each))[1], [each]))
            for each, day in ((id_, seen), (other_id, other_seen))
        ]
        first = min(root for root, _ in groups)
        both = list(dict.fromkeys(each for _, group in groups for each in group))
        members[first[1]] = both
        house |= dict.fromkeys(both, first)
    return {each: root for each, (_, root) in house.items() if each != root}


def sightings(session: Session, origin: str) -> pd.DataFrame:
    """One row an observation of a listing, oldest first: `sighting`, `listing`, `contact`, `on`, `state`.

    What was seen of listings that are one house is told of the one in `listings`.
    """
    return _of_houses(session, origin, _every_sighting(session, origin))


@dataclass(frozen=True)
class _Kept:
    """All sightings as they were read once: with the newest line of the history then, and the newest row with the instant it was added."""

    line: tuple[int, str, str]
    newest: int
    newest_at: str | None
    mark: Mark | None
    frame: pd.DataFrame


_KEPT: dict[tuple[str, str], _Kept] = {}
"""By database and origin: few rows change between two readings, and a hundred thousand take longer to read than what is made of them."""
MANY = 1_000
"""Lines of the history after which all is read again."""


def _every_sighting(session: Session, origin: str) -> pd.DataFrame:
    """The sightings of listings that stand. Of what was read here before, only what came or changed since is read again.

    What changed is what the history tells of sightings and listings. Where that does not explain how many there are now (rows that came
    or went without a line of their own), where too much changed, or where it is another history, all of them are read.
    """
    table, listing = tables.sighting, tables.listing
    key = (str(session.connection.engine.url), origin)
    kept = _KEPT.get(key)
    columns = (table.c.id.label("sighting"), table.c.listing, table.c.contact, table.c.on, table.c.state)

    def those(*conditions: ColumnElement[bool]) -> pd.DataFrame:
        here = (_of(table, origin), listing.c.removed_at.is_(None), *conditions)
        wanted = select(*columns).join(listing, listing.c.id == table.c.listing).where(*here)
        return _frame(session, wanted.order_by(table.c.on, table.c.id))

    if kept is not None and session.only_added(kept.mark, table, listing):
        # Of this very process: nothing has to be held against the history.
        found = _added(kept.frame, those(table.c.id > kept.newest))
        _keep(session, key, found, kept)
        return found
    if kept is not None and (changed := _changed(session, kept)) is not None:
        seen, told_of = changed
        found = _added(_without(kept.frame, seen, told_of), those(table.c.id > kept.newest))
        known = table.c.id <= kept.newest
        if seen:
            found = _added(found, those(known, table.c.id.in_(seen)))
        if told_of:
            found = _added(found, those(known, table.c.listing.in_(told_of), table.c.id.not_in(seen)))
        # A frame without rows has lost the kinds of its columns.
        if len(found) and len(found) == _standing(session, origin):
            _keep(session, key, found, kept)
            return found
    found = those()
    _keep(session, key, found)
    return found


def _added(known: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """`known` and the rows `more`, which it does not hold, in the order of days and numbers; `known` itself where there are none."""
    if not len(more):
        return known
    if not len(known):
        return more
    whole = pd.concat([known, more], ignore_index=True)
    last, first = known[["on", "sighting"]].iloc[-1], more[["on", "sighting"]].iloc[0]
    if tuple(first) > tuple(last):  # as an answer of today comes
        return whole
    order = np.lexsort((whole["sighting"].to_numpy(), whole["on"].to_numpy()))
    return whole.take(order).reset_index(drop=True)


def _without(known: pd.DataFrame, seen: Collection[int], told_of: Collection[str]) -> pd.DataFrame:
    """`known` without some sightings and without those of some listings; itself where there is none of them."""
    out = known["sighting"].isin(seen).to_numpy()
    if told_of:  # a hundred thousand names are not looked at for nothing
        out = out | known["listing"].isin(told_of).to_numpy()
    return known[~out].reset_index(drop=True) if out.any() else known


def _changed(session: Session, kept: _Kept) -> tuple[list[int], list[str]] | None:
    """The sightings and the listings of which the history tells since then more than that they came; None where it is another history,
    or too long a one, or where the newest row of then is another one by now.
    """
    history = tables.history
    number, at, entity_id = kept.line
    if kept.newest_at != _added_at(session, kept.newest):
        return None
    here = session.connection.execute(
        select(history.c.at, history.c.entity_id).where(history.c.id == number)
    ).first()
    if here is None or (here.at, here.entity_id) != (at, entity_id):
        return None
    lines = session.connection.execute(
        select(history.c.entity, history.c.entity_id, history.c.action)
        .where(history.c.id > number)
        .limit(MANY + 1)
    ).all()
    if len(lines) > MANY:
        return None
    told: dict[str, set[str]] = {"sighting": set(), "listing": set()}
    for line in lines:
        if line.entity in told and line.action != "add":
            told[line.entity].add(line.entity_id)
    return [int(each) for each in told["sighting"]], list(told["listing"])


def _standing(session: Session, origin: str) -> int:
    """How many sightings of listings that stand there are."""
    table, listing = tables.sighting, tables.listing
    every = select(func.count()).select_from(table).where(_of(table, origin))
    # Few listings are taken out: so their sightings are counted, rather than each of all be held against its listing.
    out = every.where(table.c.listing.in_(select(listing.c.id).where(listing.c.removed_at.is_not(None))))
    return int(session.connection.execute(every).scalar_one()) - int(
        session.connection.execute(out).scalar_one()
    )


def _keep(session: Session, key: tuple[str, str], found: pd.DataFrame, known: _Kept | None = None) -> None:
    if (line := _line(session)) is None:
        return
    newest = max(int(found["sighting"].max()) if len(found) else 0, known.newest if known else 0)
    at = known.newest_at if known and newest == known.newest else _added_at(session, newest)
    _KEPT[key] = _Kept(line, newest, at, session.mark, found)


def _added_at(session: Session, sighting: int) -> str | None:
    """The instant at which a sighting was added (ISO text in UTC), None where there is none of that number."""
    table = tables.sighting
    return session.connection.execute(
        select(table.c.created_at).where(table.c.id == sighting)
    ).scalar_one_or_none()


def _line(session: Session) -> tuple[int, str, str] | None:
    """The newest line of the history: number, instant, row."""
    history = tables.history
    last = session.connection.execute(
        select(history.c.id, history.c.at, history.c.entity_id).order_by(history.c.id.desc()).limit(1)
    ).first()
    return None if last is None else (int(last.id), last.at, last.entity_id)


def _of_houses(session: Session, origin: str, found: pd.DataFrame) -> pd.DataFrame:
    """A frame with `listing`, told of the one listing of each house."""
    one = same_houses(session, origin)
    if not one:
        return found
    place, names = pd.factorize(
        found["listing"]
    )  # each name is looked at once, not each of a hundred thousand rows
    return found.assign(listing=pd.Index([one.get(each, each) for each in names]).take(place))


def calls(session: Session, origin: str) -> pd.DataFrame:
    """One row a call of the watch, in the order they were noted: `contact`, `on`, `answer`, `call_back` (ISO text or missing)."""
    table, contact = tables.call, tables.contact
    return _frame(
        session,
        select(table.c.contact, table.c.on, table.c.answer, table.c.call_back)
        .join(contact, contact.c.id == table.c.contact)
        .where(_of(table, origin), contact.c.removed_at.is_(None))
        .order_by(table.c.id),
    )


@dataclass(frozen=True, eq=False)
class Watch:
    """What the watch knows beside the frames of `load`: `numbers` of files (`application_numbers`), `calls`, `judged`: pairs of listings
    that a person decided about, `phones` by contact, for coordinators only. Not to be changed.
    """

    numbers: Mapping[str, int]
    calls: pd.DataFrame
    judged: frozenset[tuple[str, str]]
    phones: Mapping[str, str]


def watch(session: Session, origin: str) -> Watch:
    """All of it, each part read again only where somebody wrote in it since."""
    contact, person = tables.contact, tables.person

    def judged() -> frozenset[tuple[str, str]]:
        pair = tables.listing_pair
        rows = session.connection.execute(select(pair.c.listing, pair.c.other).where(_of(pair, origin)))
        return frozenset((min(row), max(row)) for row in rows)

    def phones() -> dict[str, str]:
        asked = select(contact.c.id, person.c.phone).join(person, person.c.id == contact.c.person)
        rows = session.connection.execute(asked.where(_of(contact, origin)))
        return {str(id_): str(phone) for id_, phone in rows if phone}

    return Watch(
        session.keep(("numbers", origin), [tables.application], lambda: application_numbers(session, origin)),
        session.keep(("calls", origin), [tables.call, contact], lambda: calls(session, origin)),
        session.keep(("judged", origin), [tables.listing_pair], judged),
        session.keep(("phones", origin), [contact, person], phones),
    )


def proposals(session: Session, origin: str) -> pd.DataFrame:
    """One row a dwelling proposed to a household or refused for it, in the order they were noted: `proposal`, `application`, `listing`,
    `on`, `state`, `reason`, `criterion`, `needs` (a mapping: the file's `needs`, `wished_commune`, `planned_arrival` as they were then),
    `score` (0 to 100), `chance` (0 to 1). What was proposed of listings that are one house is told of the one in `listings`.
    """
    table = tables.proposal
    columns = ("application", "listing", "on", "state", "reason", "criterion", "needs", "score", "chance")
    found = _frame(
        session,
        select(table.c.id.label("proposal"), *(table.c[name] for name in columns))
        .where(_of(table, origin))
        .order_by(table.c.created_at, table.c.id),
    )
    return _of_houses(session, origin, found)


def events(session: Session, origin: str) -> pd.DataFrame:
    """One row an event: `event`, `member`, `on`, `kind`, `commune`, `title`, `hours` (given), `jobs`
    (declared), `public` (whether it is about a member who consented; False when about nobody).
    """
    table, member = tables.event, tables.member
    columns = ("member", "on", "kind", "commune", "title", "hours", "jobs")
    return _frame(
        session,
        select(
            table.c.id.label("event"),
            *(table.c[name] for name in columns),
            and_(member.c.removed_at.is_(None), _public()).label("public"),
        )
        .outerjoin(member, member.c.id == table.c.member)
        .outerjoin(tables.person, tables.person.c.id == member.c.person)
        .where(_of(table, origin))
        .order_by(table.c.on, table.c.id),
    )


_READ: Mapping[str, tuple[Callable[[Session, str], pd.DataFrame], tuple[Table, ...]]] = {
    "stays": (stays, (tables.stay, tables.member, tables.person)),
    "applications": (applications, (tables.application,)),
    "listings": (listings, (tables.listing, tables.listing_pair)),
    "sightings": (sightings, (tables.sighting, tables.listing, tables.listing_pair)),
    "events": (events, (tables.event, tables.member, tables.person)),
    "contacts": (contacts, (tables.contact, tables.person)),
}
"""Each frame of `load` and the tables that it is made of."""


def _of(table: Table, origin: str) -> ColumnElement[bool]:
    """Rows of one origin that nobody removed."""
    if origin not in tables.ORIGINS:
        raise ValueError(f"origin must be one of {tables.ORIGINS}, not {origin!r}")
    return and_(table.c.origin == origin, table.c.removed_at.is_(None))


def _public() -> ColumnElement[bool]:
    """Consent that still holds: withdrawing it, or erasing the person, takes effect at the next reading."""
    person = tables.person
    return and_(
        person.c.consent_public != false(), person.c.erased_at.is_(None), person.c.removed_at.is_(None)
    )


def _frame(session: Session, statement: object) -> pd.DataFrame:
    frame = session.frame(statement)  # type: ignore[arg-type]
    for name in frame.columns:
        if name in DAYS:
            frame[name] = pd.to_datetime(frame[name])
        elif name in NUMBERS and frame[name].isna().all():
            frame[name] = frame[name].astype("float64")  # nobody said any: None would be no number
        elif name in ("public", "trains"):
            # None: the row is about nobody.
            frame[name] = frame[name].fillna(False).astype(bool)
    return frame
