"""Persons: the one place of personal data. Finding somebody twice, agreeing and withdrawing."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from analysis.model import Actor
from data.register import checks
from data.register.errors import Match, RegisterError, SamePerson
from data.register.operations import Change, Operation, change_row, operation, row_of
from data.store import Session, Store, tables

DEFAULT_CONSENT = "J'accepte que mon nom, mon métier, ma commune et mes coordonnées figurent dans l'annuaire public du réseau."
SEPARATE = "separate"
"""The answer « ce n'est pas la même personne »."""
PERSON_FIELDS = ("name", "email", "phone", "website")
"""The columns of a person that are typed (text, None when not given): the fields of `PersonFields`."""


@dataclass(frozen=True)
class PersonFields:
    """What is typed about a person; everything may be empty."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    website: str | None = None

    def checked(self) -> dict[str, str | None]:
        """The values to keep, by column. Raises RegisterError."""
        return {
            "name": checks.text(self.name, "name"),
            "email": checks.email(self.email),
            "phone": checks.phone(self.phone),
            "website": checks.website(self.website),
        }


@dataclass(frozen=True)
class Consent:
    """An agreement to be public: its text and the day it was given."""

    text: str | None
    on: dt.date | None

    def checked(self, today: dt.date) -> dict[str, Any]:
        """The values to keep, by column. Raises RegisterError without a text or a day, or for a day to come."""
        text = checks.text(
            self.text, "consent_text", most=1000, needed="Un consentement garde le texte accepté : il manque."
        )
        on = checks.past_day(self.on, "consent_on", today, "Consentement")
        return {"consent_public": True, "consent_text": text, "consent_on": on}


NO_CONSENT: Mapping[str, Any] = {"consent_public": False, "consent_text": None, "consent_on": None}


def new_id() -> str:
    """An opaque id."""
    return uuid.uuid4().hex


def label(person: Mapping[str, Any] | None) -> str:
    """What coordinators call a person: the name, else the code."""
    if person is None:
        return "personne inconnue"
    return str(person["name"] or person["code"])


def next_code(session: Session, origin: str, word: str) -> str:
    """« Membre 12 »: the first number that no person of the register ever had."""
    codes = session.connection.execute(
        select(tables.person.c.code).where(
            tables.person.c.origin == origin, tables.person.c.code.like(f"{word} %")
        )
    ).scalars()
    numbers = [int(found[1]) for code in codes if (found := re.fullmatch(rf"{word} (\d+)", code))]
    return f"{word} {max(numbers, default=0) + 1}"


def find_same(session: Session, origin: str, fields: Mapping[str, str | None]) -> list[Match]:
    """People of the register with the same name, e-mail or telephone, however written; most alike first."""
    wanted = {
        "même nom": ("name", checks.name_key),
        "même adresse électronique": ("email", checks.email_key),
        "même téléphone": ("phone", checks.phone_key),
    }
    keys = {why: (column, key, key(fields.get(column))) for why, (column, key) in wanted.items()}
    if not any(value for _, _, value in keys.values()):
        return []
    person = tables.person
    rows = session.connection.execute(
        select(person.c.id, person.c.code, person.c.name, person.c.email, person.c.phone).where(
            person.c.origin == origin, person.c.removed_at.is_(None), person.c.erased_at.is_(None)
        )
    ).mappings()
    found = []
    for row in rows:
        why = tuple(w for w, (column, key, value) in keys.items() if value and key(row[column]) == value)
        if why:
            found.append((row, why))
    found.sort(key=lambda each: (-len(each[1]), each[0]["code"]))
    return [_match(session, dict(row), why) for row, why in found]


def _match(session: Session, row: Mapping[str, Any], why: tuple[str, ...]) -> Match:
    roles = (("member", tables.member), ("contact", tables.contact), ("application", tables.application))
    member, role = None, "person"
    for name, table in reversed(roles):
        used = session.connection.execute(
            select(table.c.id).where(table.c.person == row["id"], table.c.removed_at.is_(None)).limit(1)
        ).scalar()
        if used is not None:
            role, member = name, str(used) if name == "member" else None
    return Match(row["id"], label(row), why, role, member)


def person_for(
    current: Operation, origin: str, fields: Mapping[str, str | None], same_as: str | None, word: str
) -> tuple[str, bool]:
    """The person for a new row: (id, whether it was known). `same_as` is the answer to SamePerson, None before it.

    A known person keeps what is known: only empty fields are filled in. Raises SamePerson.
    """
    session = current.session
    if same_as not in (None, SEPARATE):
        known = row_of(session, tables.person, str(same_as), "Cette personne")
        if known["origin"] != origin or known["erased_at"] is not None:
            raise RegisterError("Cette personne n'est pas de ce registre.", field="same_as", value=same_as)
        missing = {name: value for name, value in fields.items() if value and not known[name]}
        kept = [name for name, value in fields.items() if value and known[name] and known[name] != value]
        if missing:
            change_row(current, tables.person, known, missing, None, label(known))
        if kept:
            current.warnings.append(
                f"{label(known)} était déjà connu autrement ; ses coordonnées d'avant sont gardées : corrigez-les si besoin."
            )
        current.facts["same_as"] = same_as
        return str(same_as), True
    matches = find_same(session, origin, fields)
    if matches and same_as != SEPARATE:
        raise SamePerson(matches)
    if matches:  # the choice is kept: two people who only look alike
        current.facts["separate_from"] = [match.person for match in matches]
    row = {"id": new_id(), "origin": origin, "code": next_code(session, origin, word), **fields, **NO_CONSENT}
    return session.insert(tables.person, row), False


def give_consent(
    store: Store, actor: Actor, today: dt.date, person: str, consent: Consent, *, seen: int | None = None
) -> Change:
    """Note that a person agrees to be public. Raises RegisterError, Conflict."""
    checked = consent.checked(today)
    with operation(store, actor, "consent_give") as current:
        row = _person(current, person)
        if not change_row(current, tables.person, row, checked, seen, label(row)):
            raise RegisterError(f"Le consentement de {label(row)} est déjà noté ainsi.", field="consent_on")
    return current.change


def withdraw_consent(store: Store, actor: Actor, person: str) -> Change:
    """Make a person no longer public, at once. A stale screen never stands in the way of this one.

    Raises RegisterError when there is no consent to withdraw.
    """
    with operation(store, actor, "consent_withdraw") as current:
        row = _person(current, person)
        if not row["consent_public"]:
            raise RegisterError(f"{label(row)} n'est déjà plus public : rien à retirer.", field="person")
        change_row(current, tables.person, row, NO_CONSENT, None, label(row))
    return current.change


def _person(current: Operation, person: str) -> dict[str, Any]:
    row = row_of(current.session, tables.person, person, "Cette personne")
    if row["erased_at"] is not None:
        raise RegisterError("Les données de cette personne ont été effacées.", field="person", value=person)
    member = current.session.connection.execute(
        select(tables.member.c.id).where(
            tables.member.c.person == person, tables.member.c.removed_at.is_(None)
        )
    ).scalar()
    current.subject = ("member", str(member)) if member else ("person", person)
    current.facts["origin"] = row["origin"]
    return row
