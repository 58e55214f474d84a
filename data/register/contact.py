"""Actors around the network: mairies, elected, notaries, agencies, associations. Names stand in `person`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from analysis.model import Actor
from analysis.vocabulary import CONTACT_KINDS
from data.register import checks, people
from data.register.errors import RegisterError
from data.register.operations import Change, Operation, change_row, conflict, operation, row_of
from data.register.people import PERSON_FIELDS, PersonFields, new_id
from data.register.places import commune_of
from data.store import Session, Store, tables
from data.territory import Territory


@dataclass(frozen=True)
class ContactFields:
    """What is typed about an actor. `label`: the body or the function, never somebody's name; `commune`: where it is followed."""

    kind: str
    label: str | None
    commune: str | None

    def checked(self, territory: Territory) -> dict[str, Any]:
        """The values to keep, by column. Raises RegisterError."""
        if self.kind not in CONTACT_KINDS:
            raise RegisterError("La nature de l'acteur manque.", field="kind", value=self.kind)
        return {
            "kind": self.kind,
            "label": checks.text(
                self.label, "label", needed="La désignation manque : un organisme ou une fonction."
            ),
            "commune": commune_of(territory, self.commune),
        }


def contacts(session: Session, origin: str) -> list[dict[str, Any]]:
    """Every actor of one register that was not removed, with the person's data: for coordinators only.

    The columns of `contact`, and `name`, `email`, `phone`, `website`, `person_version` (None without a person).
    """
    contact, person = tables.contact, tables.person
    return [
        dict(row)
        for row in session.connection.execute(
            select(
                contact,
                *(person.c[n] for n in PERSON_FIELDS),
                person.c.version.label("person_version"),
            )
            .outerjoin(person, person.c.id == contact.c.person)
            .where(contact.c.origin == origin, contact.c.removed_at.is_(None))
            .order_by(contact.c.commune, contact.c.kind, contact.c.id)
        ).mappings()
    ]


def add_contact(
    store: Store,
    territory: Territory,
    actor: Actor,
    *,
    origin: str,
    fields: ContactFields,
    person: PersonFields = PersonFields(),  # noqa: B008 - frozen
    same_as: str | None = None,
) -> Change:
    """Note an actor; a person only when something personal is typed. Raises SamePerson, RegisterError."""
    values, typed = fields.checked(territory), person.checked()
    with operation(store, actor, "contact_add", origin) as current:
        _refuse_twice(current, origin, values, "")
        who = None
        if any(typed.values()):
            who, _ = people.person_for(current, origin, typed, same_as, "Correspondant")
        row = {"id": new_id(), "origin": origin, "person": who, **values}
        current.subject = ("contact", current.session.insert(tables.contact, row))
    return current.change


def correct_contact(
    store: Store,
    territory: Territory,
    actor: Actor,
    *,
    contact: str,
    fields: ContactFields,
    person: PersonFields = PersonFields(),  # noqa: B008 - frozen
    seen: Mapping[str, int | None] | None = None,
    same_as: str | None = None,
) -> Change:
    """Correct an actor and its person. `seen`: versions on screen, of `contact` and `person`. Raises Conflict, RegisterError."""
    values, typed = fields.checked(territory), person.checked()
    versions = dict(seen or {})
    with operation(store, actor, "contact_correct") as current:
        row = _row(current, contact)
        _refuse_twice(current, row["origin"], values, contact)
        done = False
        if row["person"] is not None:
            known = row_of(current.session, tables.person, row["person"], "Cette personne")
            if known["erased_at"] is None:
                done = change_row(
                    current, tables.person, known, typed, versions.get("person"), people.label(known)
                )
        elif any(typed.values()):
            who, _ = people.person_for(current, row["origin"], typed, same_as, "Correspondant")
            values["person"] = who
        done |= change_row(current, tables.contact, row, values, versions.get("contact"), str(row["label"]))
        if not done:
            raise RegisterError("Rien n'a changé, rien n'est enregistré.")
    return current.change


def remove_contact(store: Store, actor: Actor, *, contact: str, seen: int | None = None) -> Change:
    """Take an actor out; the person goes too unless a member, a file or another actor refers to it."""
    with operation(store, actor, "contact_remove") as current:
        session = current.session
        row = _row(current, contact)
        if seen is not None and row["version"] != seen:
            raise conflict(session, tables.contact, row, str(row["label"]))
        session.remove(tables.contact, contact)
        if row["person"] is not None:
            used = [
                session.connection.execute(
                    select(table.c.id)
                    .where(table.c.person == row["person"], table.c.removed_at.is_(None))
                    .limit(1)
                ).scalar()
                for table in (tables.member, tables.application, tables.contact)
            ]
            known = session.get(tables.person, row["person"])
            if not any(used) and known is not None and known["removed_at"] is None:
                session.remove(tables.person, row["person"])
    return current.change


def _row(current: Operation, contact: str) -> dict[str, Any]:
    row = row_of(current.session, tables.contact, contact, "Cet acteur")
    current.subject = ("contact", contact)
    current.facts["origin"] = row["origin"]
    return row


def _refuse_twice(current: Operation, origin: str, values: Mapping[str, Any], own: str) -> None:
    table = tables.contact
    rows = current.session.connection.execute(
        select(table.c.label).where(
            table.c.origin == origin, table.c.removed_at.is_(None), table.c.id != own,
            table.c.kind == values["kind"], table.c.commune == values["commune"],
        )
    ).scalars()  # fmt: skip
    if any(checks.name_key(found) == checks.name_key(values["label"]) for found in rows):
        raise RegisterError(
            f"« {values['label']} » est déjà dans le registre pour cette commune.",
            field="label",
            value=values["label"],
            advice="Corrigez l'acteur qui existe.",
        )
