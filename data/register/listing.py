"""Listings and sightings reported by the contacts themselves: a dwelling seen on the market, and whether it still is.

Only a contact's own listings are told to it, and nothing about people is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from analysis.french import trimmed
from analysis.listing import dwelling_text, terms_text
from analysis.model import Actor
from analysis.vocabulary import (
    CONNECTIONS,
    DWELLING_KINDS,
    ENERGY_CLASSES,
    SIGHTING_ANSWERS,
    TENURES,
    YES_NO,
)
from data.register import checks
from data.register.calls import call_row, called_contact
from data.register.errors import AlreadyReceived, RegisterError
from data.register.operations import Change, change_row, operation, row_of
from data.register.people import new_id
from data.register.places import commune_of, name_of
from data.store import Session, Store, WriteSession, tables
from data.territory import Territory

LIMITS: Mapping[str, tuple[str, float, float, str]] = {
    "rooms": ("Nombre de pièces", 1, 30, "4"),
    "surface": ("Surface en m²", 5, 2_000, "95"),
    "rent": ("Loyer par mois en euros", 1, 20_000, "620"),
    "price": ("Prix en euros", 1_000, 10_000_000, "128 000"),
    "charges": ("Charges par mois en euros", 0, 3_000, "40"),
    "least_months": ("Durée minimale en mois", 1, 120, "12"),
}
"""By column: its words, the least and the most that are plausible, an example."""
WHOLE = ("rooms", "least_months")
PHOTOS = 6
"""Most addresses of photos that one listing keeps."""
AHEAD, BEHIND = 366, 5 * 366
"""Days between which a dwelling may be said free, from today."""


@dataclass(frozen=True)
class ListingFields:
    """What is typed about a dwelling; numbers are as typed, and may be empty but for the commune, the kind and the tenure.

    `furnished`, `work_room`, `garden`, `pets`: a code of `vocabulary.YES_NO`, or empty where nobody told. `free_from`: a day, or the
    ISO text of a form. `photos`: addresses apart from one another by blanks. `least_months`: the shortest stay that the owner wants.
    """

    kind: str
    tenure: str
    commune: str
    rooms: str = ""
    surface: str = ""
    amount: str = ""
    note: str = ""
    charges: str = ""
    furnished: str = ""
    work_room: str = ""
    garden: str = ""
    pets: str = ""
    least_months: str = ""
    energy: str = ""
    connection: str = ""
    place: str = ""
    free_from: dt.date | str | None = None
    photos: str = ""

    def checked(self, territory: Territory, today: dt.date) -> dict[str, Any]:
        """The values to keep, by column. Raises RegisterError."""
        if self.kind not in DWELLING_KINDS:
            raise RegisterError("Dites de quel bien il s'agit.", field="kind", value=self.kind)
        if self.tenure not in TENURES:
            raise RegisterError(
                "Dites si le bien est à louer ou à vendre.", field="tenure", value=self.tenure
            )
        renting = self.tenure == "rent"
        if self.charges.strip() and not renting:
            raise RegisterError(
                "Les charges par mois sont celles d'une location.", field="charges", value=self.charges,
                advice="Laissez-les vides, ou choisissez « à louer ».",
            )  # fmt: skip
        return {
            "kind": self.kind,
            "tenure": self.tenure,
            "commune": commune_of(territory, self.commune),
            "rooms": _number(self.rooms, "rooms"),
            "surface": _number(self.surface, "surface"),
            "rent": _number(self.amount, "rent") if renting else None,
            "price": None if renting else _number(self.amount, "price"),
            "charges": _number(self.charges, "charges"),
            "least_months": _number(self.least_months, "least_months"),
            **{
                name: _one_of(getattr(self, name), name, YES_NO, {"yes": True, "no": False})
                for name in ("furnished", "work_room", "garden", "pets")
            },
            "energy": _one_of(self.energy, "energy", {each: each for each in ENERGY_CLASSES}),
            "connection": _one_of(self.connection, "connection", CONNECTIONS),
            "place": checks.text(self.place, "place", most=120),
            "free_from": free_day(self.free_from, today),
            "photos": photo_links(self.photos),
            "note": checks.text(self.note, "note", most=300),
        }


def _one_of(
    value: str, field: str, words: Mapping[str, str], kept: Mapping[str, Any] | None = None
) -> Any | None:
    """A code of a list as it is kept, None when empty. Raises RegisterError."""
    code = value.strip()
    if not code:
        return None
    if code not in words:
        raise RegisterError(
            f"« {code[:20]} » n'est pas de la liste.", field=field, value=value,
            advice=f"Choisissez parmi : {', '.join(words.values())}, ou rien.",
        )  # fmt: skip
    return code if kept is None else kept[code]


def free_day(value: dt.date | str | None, today: dt.date) -> dt.date | None:
    """The day from which a dwelling is free, None when empty. Raises RegisterError for a day that is none, or is too far away."""
    if isinstance(value, str):
        typed = value.strip()
        try:
            value = dt.date.fromisoformat(typed) if typed else None
        except ValueError:
            raise RegisterError(
                f"« {typed[:20]} » n'est pas une date.", field="free_from", value=typed, advice="Choisissez le jour."
            ) from None  # fmt: skip
    if value is not None and not -BEHIND <= (value - today).days <= AHEAD:
        raise RegisterError(
            f"Libre le {checks.day_text(value)} : ce n'est pas plausible (nous sommes le {checks.day_text(today)}).",
            field="free_from",
            value=checks.day_text(value),
            advice="Vérifiez l'année : d'ici un an au plus, ou déjà libre.",
        )
    return value


def photo_links(typed: str) -> list[str] | None:
    """The addresses of photos in a text, apart from one another by blanks; None when empty. Raises RegisterError."""
    links = list(dict.fromkeys(typed.split()))
    if len(links) > PHOTOS:
        raise RegisterError(
            f"{len(links)} liens de photos : {PHOTOS} au plus sont gardés.", field="photos", value=typed[:60],
            advice="Gardez les plus parlants.",
        )  # fmt: skip
    for link in links:
        if len(link) > 1_000 or not checks.is_website(link):
            raise RegisterError(
                f"« {link[:60]} » n'est pas l'adresse d'une photo.", field="photos", value=link[:60],
                advice="Collez le lien entier, par exemple : https://exemple.fr/photo.jpg",
            )  # fmt: skip
    return links or None


@dataclass(frozen=True)
class Sent:
    """Something that a phone sent: `id` names it for good (`sending_id`), `said` is the answer it gets, again each time it comes again."""

    id: str
    said: str


def sending_id(contact: str, key: str) -> str:
    """What one sending of a contact is known by; `key` is what the phone made once for it. Raises RegisterError for no key."""
    if not 16 <= len(key) <= 64 or not key.isalnum() or not key.isascii():
        raise RegisterError(
            "Ce qui est arrivé n'est pas un envoi de cette page.", advice="Rouvrez votre lien."
        )
    return hashlib.sha256(f"{contact}/{key}".encode()).hexdigest()


def received(session: Session, sending: str) -> str | None:
    """What was answered to a sending that came already, None for one that did not."""
    row = session.get(tables.sending, sending)
    return None if row is None else str(row["said"])


def _once(session: WriteSession, contact: str, sent: Sent | None) -> None:
    """Keep that a sending came; raises AlreadyReceived, so that nothing is written twice, when it came before."""
    if sent is None:
        return
    if (said := received(session, sent.id)) is not None:
        raise AlreadyReceived(said)
    session.connection.execute(
        tables.sending.insert().values(id=sent.id, contact=contact, at=session.at, said=sent.said[:200])
    )


@dataclass(frozen=True)
class Signal:
    """A listing that a contact signalled, on `on`, and what became of it, in French."""

    listing: str
    text: str
    on: dt.date
    became: str


def signals(session: Session, contact: str, most: int = 8) -> list[Signal]:
    """The last listings that a contact signalled and what became of each, the newest first: for the contact itself, so nothing of people.

    Taken by a household, proposed, the same as one known already, gone, taken out of the register, or waiting.
    """
    listing, proposal, pair = tables.listing, tables.proposal, tables.listing_pair
    rows = (
        session.connection.execute(
            select(listing)
            .where(listing.c.contact == contact)
            .order_by(listing.c.first_seen.desc(), listing.c.created_at.desc(), listing.c.id)
            .limit(most)
        )
        .mappings()
        .all()
    )
    ids = [row["id"] for row in rows]
    states: dict[str, set[str]] = {}
    for one, state in session.connection.execute(
        select(proposal.c.listing, proposal.c.state).where(
            proposal.c.listing.in_(ids), proposal.c.removed_at.is_(None)
        )
    ):
        states.setdefault(one, set()).add(state)
    same = session.connection.execute(
        select(pair.c.listing, pair.c.other).where(
            pair.c.same, pair.c.removed_at.is_(None), or_(pair.c.listing.in_(ids), pair.c.other.in_(ids))
        )
    )
    twins = {each for both in same for each in both}
    return [
        Signal(
            row["id"],
            described(row),
            row["first_seen"],
            _became(row, states.get(row["id"], set()), row["id"] in twins, _last(session, row["id"])),
        )
        for row in rows
    ]


def _became(row: Mapping[Any, Any], states: set[str], twin: bool, last: tuple[dt.date, str] | None) -> str:
    if row["removed_at"] is not None:
        return "retirée par les animateurs"
    if "taken" in states:
        return "un foyer l'a prise : merci"
    parts = []
    if "proposed" in states:
        parts.append("proposée à un foyer")
    elif states:
        parts.append("proposée, sans suite jusqu'ici")
    if twin:
        parts.append("le même logement qu'une autre annonce")
    if last is not None and last[1] == "gone":
        parts.append(f"partie le {checks.day_text(last[0])}")
    elif last is not None and last[0] > row["first_seen"]:
        parts.append(f"toujours disponible le {checks.day_text(last[0])}")
    return ", ".join(parts) or "reçue : les animateurs la voient"


def _last(session: Session, listing: str) -> tuple[dt.date, str] | None:
    """The last thing that was said of a listing: the day, and the state."""
    sighting = tables.sighting
    row = session.connection.execute(
        select(sighting.c.on, sighting.c.state)
        .where(
            sighting.c.listing == listing,
            sighting.c.removed_at.is_(None),
            sighting.c.state.in_(list(SIGHTING_ANSWERS)),
        )
        .order_by(sighting.c.on.desc(), sighting.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else (row.on, row.state)


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


def listing_of(session: Session, listing: str) -> dict[str, Any]:
    """A listing's row as it is kept, of any origin. Raises RegisterError for one that is not there."""
    return row_of(session, tables.listing, listing, "Cette annonce")


def described(row: Mapping[Any, Any]) -> str:
    """« Maison à louer, Essay, 4 pièces, 95 m², 620 € par mois »."""
    what = dwelling_text(
        row["kind"], row["tenure"], row["rooms"], row["surface"], place=name_of(row["commune"])
    )
    return ", ".join(part for part in (what, terms_text(row["rent"], row["price"])) if part)


def report_listing(
    store: Store,
    territory: Territory,
    actor: Actor,
    today: dt.date,
    *,
    contact: str,
    fields: ListingFields,
    called: bool = False,
    sent: Sent | None = None,
) -> Change:
    """Note a dwelling that a contact sees on the market today. Raises RegisterError, also for the same one twice in a day.

    `sent`: it came from a phone, and is written once (raises AlreadyReceived). `called`: it was said on the telephone, so the contact was
    called today too; undone together. `contact` may then be a town hall that
    the register does not know yet (see `report_call`).
    """
    values = fields.checked(territory, today)
    with operation(store, actor, "listing_add") as current:
        row = called_contact(current, territory, contact) if called else _contact(current.session, contact)
        contact, origin = row["id"], row["origin"]
        _once(current.session, contact, sent)
        current.facts["origin"] = origin
        table = tables.listing
        told = {name: value for name, value in values.items() if name != "photos"}
        same = [
            table.c[name] == value if value is not None else table.c[name].is_(None)
            for name, value in told.items()
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
        new = {"id": new_id(), "origin": origin, "contact": contact, "first_seen": today, **values}
        listing = current.session.insert(table, new)
        current.session.insert(
            tables.sighting, _sighting(origin, listing, contact, today, "available", actor)
        )
        if called:
            current.session.insert(tables.call, call_row(origin, contact, today, "told", actor))
        current.subject = ("listing", listing)
    return current.change


def correct_listing(
    store: Store,
    territory: Territory,
    actor: Actor,
    today: dt.date,
    *,
    listing: str,
    fields: ListingFields,
    seen: int | None = None,
) -> Change:
    """Change what is known of a dwelling; what it was stays in the history. `seen`: the version on the caller's screen.

    Raises RegisterError when nothing differs, Conflict when somebody else changed it since.
    """
    values = fields.checked(territory, today)
    with operation(store, actor, "listing_correct") as current:
        row = row_of(current.session, tables.listing, listing, "Cette annonce")
        current.facts["origin"] = row["origin"]
        if not change_row(current, tables.listing, row, values, seen, "Cette annonce"):
            raise RegisterError("Rien n'a changé.", advice="Corrigez un champ, puis enregistrez.")
        current.subject = ("listing", listing)
    return current.change


def report_sighting(
    store: Store,
    actor: Actor,
    today: dt.date,
    *,
    contact: str | None,
    listing: str,
    state: str,
    called: bool = False,
    sent: Sent | None = None,
) -> Change:
    """Note whether a listing of the contact is still on the market on a day that has come; `contact` None: a coordinator saw it.

    Raises RegisterError for another's listing, for twice the same in a day, and for gone before it was first seen; `sent` as above.

    `called`: it was said on the telephone, so the contact was called today too; undone together.
    """
    if state not in SIGHTING_ANSWERS:
        raise RegisterError("Dites si le bien est toujours disponible.", field="state", value=state)
    with operation(store, actor, "sighting_add") as current:
        if contact is not None:
            _contact(current.session, contact)
            _once(current.session, contact, sent)
        row = row_of(current.session, tables.listing, listing, "Cette annonce")
        if contact is not None and row["contact"] != contact:
            raise RegisterError("Cette annonce n'est pas l'une des vôtres.", field="listing")
        current.facts["origin"] = row["origin"]
        gone_after(row["first_seen"], today, state)
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
        if called and contact is not None:
            current.session.insert(tables.call, call_row(row["origin"], contact, today, "told", actor))
        current.subject = ("listing", listing)
    return current.change


def _contact(session: Session, contact: str) -> dict[str, Any]:
    return row_of(session, tables.contact, contact, "Ce correspondant")


def _sighting(
    origin: str, listing: str, contact: str | None, today: dt.date, state: str, actor: Actor
) -> dict[str, Any]:
    return {
        "origin": origin,
        "listing": listing,
        "contact": contact,
        "on": today,
        "state": state,
        "actor": actor.id,
    }


def gone_after(first_seen: dt.date, on: dt.date, state: str) -> None:
    """Raises RegisterError for a listing that is said gone before it was first seen."""
    if state == "gone" and on < first_seen:
        raise RegisterError(
            f"Parti le {checks.day_text(on)}, avant d'avoir été vu (le {checks.day_text(first_seen)}).", field="on",
            value=checks.day_text(on), advice="Corrigez l'une des deux dates.",
        )  # fmt: skip


def _number(typed: str, column: str) -> float | int | None:
    if not typed.strip():
        return None
    example = LIMITS[column][3]
    try:
        found = checks.number(typed, column)
    except RegisterError as error:
        raise RegisterError(
            error.message, field=column, value=typed, advice=f"Par exemple {example}."
        ) from error
    return plausible(found, column, typed)


def plausible(found: float, column: str, typed: str = "") -> float | int:
    """A number of `LIMITS` as it is kept. Raises RegisterError for one that no dwelling has, or that should be whole. `typed`: as read."""
    words, least, most, example = LIMITS[column]
    shown = typed.strip()[:20] or trimmed(found)
    if column in WHOLE and found != int(found):
        raise RegisterError(
            "Le nombre de pièces est un nombre entier."
            if column == "rooms"
            else f"{words} : un nombre entier.",
            field=column,
            value=shown,
            advice=f"Exemple : {example}",
        )
    if not least <= found <= most:
        raise RegisterError(
            f"{words} : {shown} n'est pas plausible.", field=column, value=shown,
            advice=f"De {least:.0f} à {most:.0f}, par exemple {example}.",
        )  # fmt: skip
    return int(found) if column in WHOLE else found
