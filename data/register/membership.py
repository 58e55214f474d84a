"""Members: coming, moving, being corrected, leaving, being taken out. Nothing is overwritten, all can be undone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from analysis.french import spaced
from analysis.model import Actor
from data.register import checks, people
from data.register.errors import RegisterError
from data.register.operations import Change, Operation, change_row, conflict, operation, overlap, row_of
from data.register.people import PERSON_FIELDS, Consent, PersonFields
from data.register.places import commune_of, name_of
from data.store import Session, Store, tables
from data.territory import Territory


@dataclass(frozen=True)
class Stay:
    """A member's time in one commune; `left` is None while it runs."""

    id: str
    commune: str
    arrived: dt.date
    left: dt.date | None
    reason: str | None
    version: int


@dataclass(frozen=True)
class Member:
    """One member as coordinators see it, personal data included. `stays` are in order of arrival.

    `seen` are the versions (of `person` and `member`) that go back with a correction.
    """

    id: str
    person: str
    code: str
    name: str | None
    email: str | None
    phone: str | None
    website: str | None
    consent_public: bool
    consent_text: str | None
    consent_on: dt.date | None
    erased: bool
    trade: str | None
    skills: tuple[str, ...]
    trains: bool
    stays: tuple[Stay, ...]
    seen: Mapping[str, int]

    @property
    def label(self) -> str:
        """The name, else the code."""
        return self.name or self.code

    @property
    def last(self) -> Stay | None:
        """The latest stay, running or not."""
        return self.stays[-1] if self.stays else None

    @property
    def running(self) -> Stay | None:
        """The stay that has no end yet."""
        return self.last if self.last is not None and self.last.left is None else None

    def present(self, today: dt.date) -> bool:
        """Whether a stay covers the day."""
        return any(s.arrived <= today and (s.left is None or today < s.left) for s in self.stays)


def members(session: Session, origin: str) -> list[Member]:
    """Every member of one register that was not removed, with personal data: for coordinators only. By label."""
    member, person, stay = tables.member, tables.person, tables.stay
    rows = session.connection.execute(
        select(
            member.c.id,
            member.c.trade,
            member.c.skills,
            member.c.trains,
            member.c.version.label("member_version"),
            person.c.id.label("person"),
            *(person.c[n] for n in ("code", *PERSON_FIELDS)),
            *(person.c[n] for n in ("consent_public", "consent_text", "consent_on", "erased_at")),
            person.c.version.label("person_version"),
        )
        .join(person, person.c.id == member.c.person)
        .where(member.c.origin == origin, member.c.removed_at.is_(None))
    ).mappings()
    stays: dict[str, list[Stay]] = {}
    for row in session.connection.execute(
        select(stay)
        .where(stay.c.origin == origin, stay.c.removed_at.is_(None))
        .order_by(stay.c.arrived, stay.c.left.is_(None), stay.c.left, stay.c.id)
    ).mappings():
        stays.setdefault(row["member"], []).append(
            Stay(row["id"], row["commune"], row["arrived"], row["left"], row["reason"], row["version"])
        )
    found = [
        Member(
            id=row["id"],
            person=row["person"],
            code=row["code"],
            name=row["name"],
            email=row["email"],
            phone=row["phone"],
            website=row["website"],
            consent_public=bool(row["consent_public"]) and row["erased_at"] is None,
            consent_text=row["consent_text"],
            consent_on=row["consent_on"],
            erased=row["erased_at"] is not None,
            trade=row["trade"],
            skills=tuple(row["skills"] or ()),
            trains=bool(row["trains"]),
            stays=tuple(stays.get(row["id"], ())),
            seen={"person": row["person_version"], "member": row["member_version"]},
        )
        for row in rows
    ]
    return sorted(found, key=_order)


def _order(member: Member) -> tuple[str, int, str]:
    """By name; « Membre 2 » before « Membre 10 »."""
    head, _, tail = member.code.rpartition(" ")
    if member.name is None and tail.isdigit():
        return checks.name_key(head), int(tail), member.id
    return checks.name_key(member.label), 0, member.id


def member(session: Session, member_id: str) -> Member | None:
    """One member, None when it is not there or no longer."""
    row = session.get(tables.member, member_id)
    if row is None or row["removed_at"] is not None:
        return None
    return next((each for each in members(session, row["origin"]) if each.id == member_id), None)


@dataclass(frozen=True)
class Work:
    """What is typed about a member's work. `skills`: words separated by commas, or a list."""

    trade: str | None = None
    skills: str | Iterable[str] | None = None
    trains: bool = False

    def checked(self) -> dict[str, Any]:
        """The values to keep, by column. Raises RegisterError."""
        return {
            "trade": checks.text(self.trade, "trade", most=64),
            "skills": checks.words(self.skills, "skills"),
            "trains": bool(self.trains),
        }


def add_member(
    store: Store,
    territory: Territory,
    actor: Actor,
    today: dt.date,
    *,
    origin: str,
    commune: str | None,
    arrived: dt.date | None,
    left: dt.date | None = None,
    reason: str | None = None,
    person: PersonFields = PersonFields(),  # noqa: B008 - frozen
    work: Work = Work(),
    consent: Consent | None = None,
    same_as: str | None = None,
) -> Change:
    """A member settles in a commune on a day that has come; with `left`, somebody of the past is entered.

    Without a name the person is « Membre N ». `same_as` answers SamePerson: a person's id (a member of the
    past then comes back, a contact or a candidate becomes a member), or `people.SEPARATE`.
    Raises RegisterError and its kinds; nothing is changed then.
    """
    fields, works = person.checked(), work.checked()
    place = commune_of(territory, commune)
    start = checks.past_day(
        arrived, "arrived", today, "Arrivée", "Une arrivée prévue se note dans le dossier du candidat."
    )
    end, warnings = end_of_stay(start, left, today) if left is not None else (None, [])
    agreed = consent.checked(today) if consent is not None else None
    with operation(store, actor, "member_add", origin) as current:
        session = current.session
        current.warnings += warnings
        if start.year < territory.network.first_year:
            current.warnings.append(
                spaced(
                    f"L'arrivée précède la première année du réseau ({territory.network.first_year}) : vérifiez l'année."
                )
            )
        who, known = people.person_for(current, origin, fields, same_as, "Membre")
        if agreed is not None:
            row = row_of(session, tables.person, who, "Cette personne")
            change_row(current, tables.person, row, agreed, None, people.label(row))
        member_id = _member_of(current, origin, who, works) if known else None
        if member_id is None:
            member_id = session.insert(
                tables.member, {"id": people.new_id(), "origin": origin, "person": who, **works}
            )
        else:
            current.kind = "member_return"
        current.subject = ("member", member_id)
        _add_stay(current, origin, member_id, place, start, end, reason)
    return current.change


def _member_of(current: Operation, origin: str, person: str, works: Mapping[str, Any]) -> str | None:
    """The member that a known person already is; its work is completed, not overwritten."""
    found = current.session.connection.execute(
        select(tables.member).where(tables.member.c.person == person, tables.member.c.removed_at.is_(None))
    ).mappings().first()  # fmt: skip
    if found is None:
        return None
    missing = {name: value for name, value in works.items() if value and not found[name]}
    if missing:
        change_row(current, tables.member, dict(found), missing, None, "Ce membre")
    return str(found["id"])


def move_member(
    store: Store,
    territory: Territory,
    actor: Actor,
    today: dt.date,
    *,
    member: str,
    commune: str | None,
    on: dt.date | None,
    reason: str | None = None,
    seen: Stay | None = None,
) -> Change:
    """End the running stay and open the next one on the same day. `seen`: the running stay that was on screen.

    Raises OutsideTerritory for a commune elsewhere (offer `leave_member` with its `reason`), FormerCommune,
    Conflict, RegisterError for a day before the arrival or to come, the same commune, or a member who left.
    """
    place = commune_of(territory, commune)
    day = checks.past_day(on, "on", today, "Déménagement")
    why = checks.text(reason, "reason", most=500)
    with operation(store, actor, "member_move") as current:
        row, who = _member_row(current, member)
        stay = _running(current, member, who, seen)
        if stay["commune"] == place:
            raise RegisterError(
                f"{who} habite déjà cette commune ({name_of(place)}).",
                field="commune",
                value=place,
                advice="Choisissez-en une autre.",
            )
        _after_arrival(stay, day, "déménagement", "on")
        change_row(current, tables.stay, stay, {"left": day, "reason": why or "déménagement"}, None, who)
        _add_stay(current, row["origin"], member, place, day, None, None)
    return current.change


def return_member(
    store: Store,
    territory: Territory,
    actor: Actor,
    today: dt.date,
    *,
    member: str,
    commune: str | None,
    on: dt.date | None,
) -> Change:
    """A member who left settles again. Raises RegisterError when the stays would overlap."""
    place = commune_of(territory, commune)
    day = checks.past_day(on, "on", today, "Retour")
    with operation(store, actor, "member_return") as current:
        row, _ = _member_row(current, member)
        _add_stay(current, row["origin"], member, place, day, None, None)
    return current.change


def leave_member(
    store: Store,
    actor: Actor,
    today: dt.date,
    *,
    member: str,
    on: dt.date | None,
    reason: str | None = None,
    seen: Stay | None = None,
) -> Change:
    """End the running stay, on a day that has come or is known to come within a year (then with a warning).

    Raises RegisterError for a day before the arrival or a member who left already, Conflict.
    """
    day, warning = checks.near_day(on, "on", today, "Départ")
    why = checks.text(reason, "reason", most=500)
    with operation(store, actor, "member_leave") as current:
        _, who = _member_row(current, member)
        stay = _running(current, member, who, seen)
        _after_arrival(stay, day, "départ", "on")
        current.warnings += [warning] if warning else []
        change_row(current, tables.stay, stay, {"left": day, "reason": why}, None, who)
    return current.change


def correct_member(
    store: Store,
    actor: Actor,
    *,
    member: str,
    person: PersonFields,
    work: Work,
    seen: Mapping[str, int] | None = None,
    same_as: str | None = None,
) -> Change:
    """Correct who a member is or does. `seen`: the versions that were on screen (`Member.seen`).

    Raises Conflict when the person or the member changed since, SamePerson when the correction makes two
    people alike (answer `people.SEPARATE`), RegisterError when nothing differs.
    """
    fields, works = person.checked(), work.checked()
    versions = dict(seen or {})
    with operation(store, actor, "member_correct") as current:
        session = current.session
        row, who = _member_row(current, member)
        known = row_of(session, tables.person, row["person"], "Cette personne")
        if known["erased_at"] is not None:
            raise RegisterError(
                "Les données de cette personne ont été effacées : elles ne se corrigent plus."
            )
        changed = {name: value for name, value in fields.items() if value != known[name]}
        if versions.get("person", known["version"]) != known["version"]:
            raise conflict(session, tables.person, known, who)
        alike = [m for m in people.find_same(session, row["origin"], changed) if m.person != known["id"]]
        if alike and same_as != people.SEPARATE:
            raise people.SamePerson(alike)
        if alike:
            current.facts["separate_from"] = [match.person for match in alike]
        done = change_row(current, tables.person, known, fields, versions.get("person"), who)
        done |= change_row(current, tables.member, row, works, versions.get("member"), who)
        if not done:
            raise RegisterError(f"{who} : rien n'a changé, rien n'est enregistré.")
    return current.change


def correct_stay(
    store: Store,
    territory: Territory,
    actor: Actor,
    today: dt.date,
    *,
    stay: str,
    commune: str | None,
    arrived: dt.date | None,
    left: dt.date | None,
    reason: str | None = None,
    seen: int | None = None,
) -> Change:
    """Correct one stay that was entered wrongly: commune, days, reason.

    Raises RegisterError when the departure precedes the arrival or another stay is overlapped, Conflict.
    """
    place = commune_of(territory, commune)
    start = checks.past_day(arrived, "arrived", today, "Arrivée")
    end, warnings = end_of_stay(start, left, today) if left is not None else (None, [])
    why = checks.text(reason, "reason", most=500)
    with operation(store, actor, "stay_correct") as current:
        row = row_of(current.session, tables.stay, stay, "Ce séjour")
        _, who = _member_row(current, row["member"])
        current.warnings += warnings
        _refuse_overlap(current, row["member"], start, end, other_than=stay)
        values = {"commune": place, "arrived": start, "left": end, "reason": why}
        if not change_row(current, tables.stay, row, values, seen, who):
            raise RegisterError(f"{who} : rien n'a changé, rien n'est enregistré.")
    return current.change


def remove_member(
    store: Store, actor: Actor, *, member: str, seen: Mapping[str, int] | None = None
) -> Change:
    """Take out a member who was entered by mistake, with every stay; somebody who left is not removed but leaves.

    The person goes too unless a file or a contact refers to it. All stays stored and can be undone.
    """
    with operation(store, actor, "member_remove") as current:
        session = current.session
        row, who = _member_row(current, member)
        if seen is not None and seen.get("member", row["version"]) != row["version"]:
            raise conflict(session, tables.member, row, who)
        stays = session.connection.execute(
            select(tables.stay.c.id).where(tables.stay.c.member == member, tables.stay.c.removed_at.is_(None))
        ).scalars()
        for stay in list(stays):
            session.remove(tables.stay, stay)
        session.remove(tables.member, member)
        used = [
            session.connection.execute(
                select(table.c.id)
                .where(table.c.person == row["person"], table.c.removed_at.is_(None))
                .limit(1)
            ).scalar()
            for table in (tables.contact, tables.application)
        ]
        if not any(used):
            session.remove(tables.person, row["person"])
        events = session.connection.execute(
            select(tables.event.c.id).where(
                tables.event.c.member == member, tables.event.c.removed_at.is_(None)
            )
        ).all()
        if events:
            current.warnings.append(
                f"Les événements qui concernaient {who} restent dans le registre ({len(events)})."
            )
    return current.change


# -- helpers ---------------------------------------------------------------------------------------------------


def _member_row(current: Operation, member_id: str) -> tuple[dict[str, Any], str]:
    """The member's row and what coordinators call the person; the operation becomes about it."""
    row = row_of(current.session, tables.member, member_id, "Ce membre")
    current.subject = ("member", member_id)
    current.facts["origin"] = row["origin"]
    return row, people.label(current.session.get(tables.person, row["person"]))


def _running(current: Operation, member_id: str, who: str, seen: Stay | None) -> dict[str, Any]:
    """The stay that has no end, provided that it is the one on the caller's screen."""
    stay = tables.stay
    rows = [
        dict(row)
        for row in current.session.connection.execute(
            select(stay)
            .where(stay.c.member == member_id, stay.c.removed_at.is_(None))
            .order_by(stay.c.arrived, stay.c.left.is_(None), stay.c.left)
        ).mappings()
    ]
    last = rows[-1] if rows else None
    if last is not None and seen is not None and (last["id"], last["version"]) != (seen.id, seen.version):
        raise conflict(current.session, stay, last, who)
    if last is None or last["left"] is not None:
        raise RegisterError(
            f"{who} n'a pas de séjour en cours.",
            field="member",
            advice="Pour un retour, choisissez « Revenir ».",
        )
    return last


def _after_arrival(stay: Mapping[str, Any], day: dt.date, what: str, field: str) -> None:
    if day < stay["arrived"]:
        raise RegisterError(
            f"Le {what} ({checks.day_text(day)}) précède l'arrivée "
            f"({checks.day_text(stay['arrived'])}, {name_of(stay['commune'])}).",
            field=field,
            value=checks.day_text(day),
            advice="Corrigez la date, ou d'abord celle de l'arrivée (« Corriger »).",
        )


def end_of_stay(start: dt.date, left: dt.date, today: dt.date) -> tuple[dt.date, list[str]]:
    """The departure of a stay that begins on `start`, and warnings. Raises RegisterError when it precedes it."""
    end, warning = checks.near_day(left, "left", today, "Départ")
    if end < start:
        raise RegisterError(
            f"Le départ ({checks.day_text(end)}) précède l'arrivée ({checks.day_text(start)}).",
            field="left",
            value=checks.day_text(end),
            advice="Corrigez l'une des deux dates.",
        )
    return end, [warning] if warning else []


def _add_stay(
    current: Operation,
    origin: str,
    member_id: str,
    commune: str,
    arrived: dt.date,
    left: dt.date | None,
    reason: str | None,
) -> None:
    _refuse_overlap(current, member_id, arrived, left)
    current.session.insert(
        tables.stay,
        {
            "id": people.new_id(),
            "origin": origin,
            "member": member_id,
            "commune": commune,
            "arrived": arrived,
            "left": left,
            "reason": checks.text(reason, "reason", most=500),
        },
    )


def _refuse_overlap(
    current: Operation, member_id: str, arrived: dt.date, left: dt.date | None, other_than: str = ""
) -> None:
    stay = tables.stay
    rows = current.session.connection.execute(
        select(stay.c.commune, stay.c.arrived, stay.c.left).where(
            stay.c.member == member_id, stay.c.removed_at.is_(None), stay.c.id != other_than
        )
    ).all()
    refuse_shared_days([(r.commune, r.arrived, r.left) for r in rows], arrived, left)


def refuse_shared_days(
    others: Iterable[tuple[str, dt.date, dt.date | None]], arrived: dt.date, left: dt.date | None
) -> None:
    """Raises RegisterError when a stay shares a day with another one of the same member, given as (commune, arrival, departure)."""
    for commune, start, end in others:
        if overlap([(start, end), (arrived, left)]) is not None:
            until = f" au {checks.day_text(end)}" if end else ", encore en cours"
            raise RegisterError(
                f"Ce séjour en chevauche un autre : {name_of(commune)}, du {checks.day_text(start)}{until}.",
                field="arrived",
                value=checks.day_text(arrived),
                advice="Un membre vit dans une commune à la fois : enregistrez un déménagement, ou corrigez les dates.",
            )
