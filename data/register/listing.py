"""Listings and sightings reported by the contacts themselves: a dwelling seen on the market, and whether it still is.

Only a contact's own listings are told to it, and nothing about people is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from analysis.listing import dwelling_text, terms_text
from analysis.model import Actor
from analysis.vocabulary import DWELLING_KINDS, SIGHTING_ANSWERS, TENURES
from data.register import checks
from data.register.calls import call_row
from data.register.errors import RegisterError
from data.register.operations import Change, operation, row_of
from data.register.people import new_id
from data.register.places import commune_of, name_of
from data.store import Session, Store, tables
from data.territory import Territory

LIMITS: Mapping[str, tuple[str, float, float, str]] = {
    "rooms": ("Nombre de pièces", 1, 30, "4"),
    "surface": ("Surface en m²", 5, 2_000, "95"),
    "rent": ("Loyer par mois en euros", 1, 20_000, "620"),
    "price": ("Prix en euros", 1_000, 10_000_000, "128 000"),
}
"""By column: its words, the least and the most that are plausible, an example."""


@dataclass(frozen=True)
class ListingFields:
    """What is typed about a dwelling; numbers are as typed, and may be empty but for the commune, the kind and the tenure."""

    kind: str
    tenure: str
    commune: str
    rooms: str = ""
    surface: str = ""
    amount: str = ""
    note: str = ""

    def checked(self, territory: Territory) -> dict[str, Any]:
        """The values to keep, by column. Raises RegisterError."""
        if self.kind not in DWELLING_KINDS:
            raise RegisterError("Dites de quel bien il s'agit.", field="kind", value=self.kind)
        if self.tenure not in TENURES:
            raise RegisterError(
                "Dites si le bien est à louer ou à vendre.", field="tenure", value=self.tenure
            )
        rooms = _number(self.rooms, "rooms")
        if rooms is not None and rooms != int(rooms):
            raise RegisterError(
                "Le nombre de pièces est un nombre entier.",
                field="rooms",
                value=self.rooms,
                advice="Exemple : 4",
            )
        amount = "rent" if self.tenure == "rent" else "price"
        return {
            "kind": self.kind,
            "tenure": self.tenure,
            "commune": commune_of(territory, self.commune),
            "rooms": None if rooms is None else int(rooms),
            "surface": _number(self.surface, "surface"),
            "rent": None,
            "price": None,
            amount: _number(self.amount, amount),
            "note": checks.text(self.note, "note", most=300),
        }


@dataclass(frozen=True)
class OwnListing:
    """A listing of a contact that was not said to be gone. `seen`: the last day on which something was said of it."""

    id: str
    text: str
    seen: dt.date


def own_listings(session: Session, contact: str) -> list[OwnListing]:
    """The contact's listings that were not said to be gone, the most recent first."""
    listing, sighting = tables.listing, tables.sighting
    rows = session.connection.execute(
        select(listing)
        .where(listing.c.contact == contact, listing.c.removed_at.is_(None))
        .order_by(listing.c.first_seen.desc(), listing.c.id)
    ).mappings()
    found = []
    for row in rows:
        last = session.connection.execute(
            select(sighting.c.on, sighting.c.state)
            .where(sighting.c.listing == row["id"], sighting.c.removed_at.is_(None))
            .order_by(sighting.c.on.desc(), sighting.c.id.desc())
            .limit(1)
        ).first()
        if last is None or last.state != "gone":
            found.append(
                OwnListing(row["id"], described(row), last.on if last is not None else row["first_seen"])
            )
    return found


def described(row: Mapping[Any, Any]) -> str:
    """« Maison à louer, Essay, 4 pièces, 95 m², 620 € par mois »."""
    what = dwelling_text(
        row["kind"], row["tenure"], row["rooms"], row["surface"], place=name_of(row["commune"])
    )
    return ", ".join(part for part in (what, terms_text(row["rent"], row["price"])) if part)


def report_listing(
    store: Store, territory: Territory, actor: Actor, today: dt.date, *, contact: str, fields: ListingFields
) -> Change:
    """Note a dwelling that a contact sees on the market today. Raises RegisterError, also for the same one twice in a day."""
    values = fields.checked(territory)
    with operation(store, actor, "listing_add") as current:
        origin = _contact(current.session, contact)["origin"]
        current.facts["origin"] = origin
        table = tables.listing
        same = [
            table.c[name] == value if value is not None else table.c[name].is_(None)
            for name, value in values.items()
        ]
        twice = current.session.connection.execute(
            select(table.c.id).where(
                table.c.contact == contact, table.c.first_seen == today, table.c.removed_at.is_(None), *same
            )
        ).first()
        if twice is not None:
            raise RegisterError(
                "Ce bien est déjà signalé aujourd'hui.", advice="Rien n'a été ajouté une seconde fois."
            )
        row = {"id": new_id(), "origin": origin, "contact": contact, "first_seen": today, **values}
        listing = current.session.insert(table, row)
        current.session.insert(
            tables.sighting, _sighting(origin, listing, contact, today, "available", actor)
        )
        current.subject = ("listing", listing)
    return current.change


def report_sighting(
    store: Store,
    actor: Actor,
    today: dt.date,
    *,
    contact: str,
    listing: str,
    state: str,
    called: bool = False,
) -> Change:
    """Note whether a listing of the contact is still on the market. Raises RegisterError for another's, or twice the same in a day.

    `called`: it was said on the telephone, so the contact was called today too; undone together.
    """
    if state not in SIGHTING_ANSWERS:
        raise RegisterError("Dites si le bien est toujours disponible.", field="state", value=state)
    with operation(store, actor, "sighting_add") as current:
        _contact(current.session, contact)
        row = row_of(current.session, tables.listing, listing, "Cette annonce")
        if row["contact"] != contact:
            raise RegisterError("Cette annonce n'est pas l'une des vôtres.", field="listing")
        current.facts["origin"] = row["origin"]
        table = tables.sighting
        last = current.session.connection.execute(
            select(table.c.on, table.c.state)
            .where(table.c.listing == listing, table.c.removed_at.is_(None))
            .order_by(table.c.on.desc(), table.c.id.desc())
            .limit(1)
        ).first()
        if last is not None and (last.on, last.state) == (today, state):
            raise RegisterError(
                "C'est déjà noté aujourd'hui.", advice="Rien n'a été ajouté une seconde fois."
            )
        current.session.insert(table, _sighting(row["origin"], listing, contact, today, state, actor))
        if called:
            current.session.insert(tables.call, call_row(row["origin"], contact, today, "told", actor))
        current.subject = ("listing", listing)
    return current.change


def _contact(session: Session, contact: str) -> dict[str, Any]:
    return row_of(session, tables.contact, contact, "Ce correspondant")


def _sighting(
    origin: str, listing: str, contact: str, today: dt.date, state: str, actor: Actor
) -> dict[str, Any]:
    return {
        "origin": origin,
        "listing": listing,
        "contact": contact,
        "on": today,
        "state": state,
        "actor": actor.id,
    }


def _number(typed: str, column: str) -> float | None:
    if not typed.strip():
        return None
    words, least, most, example = LIMITS[column]
    try:
        found = checks.number(typed, column)
    except RegisterError as error:
        raise RegisterError(
            error.message, field=column, value=typed, advice=f"Par exemple {example}."
        ) from error
    if not least <= found <= most:
        raise RegisterError(
            f"{words} : {typed.strip()[:20]} n'est pas plausible.", field=column, value=typed,
            advice=f"De {least:.0f} à {most:.0f}, par exemple {example}.",
        )  # fmt: skip
    return found
