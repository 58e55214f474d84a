"""Links for contacts without an account: signed, expiring, revocable, to one form and nothing else.

A link carries a random number and its signature. The database keeps the number's hash only: who reads it cannot make the link
again, and who alters a link is refused before the database is asked.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadSignature, Signer
from sqlalchemy import func, select

from analysis.model import SYSTEM_ACTOR, Actor, Audience, Right
from data.access.errors import AccessError, LinkRefused, TooOften
from data.access.profiles import record_attempt, require_right
from data.register.authors import CONTACT_AUTHOR
from data.store import Session, Store, stamp, tables

SALT = "zevillage.contact-link"
LONGEST = 400  # days
PER_HOUR, PER_DAY = 20, 60


@dataclass(frozen=True)
class Visit:
    """Who a link stands for: the contact that may report, and for how long."""

    link: str
    contact: str
    kind: str
    label: str
    commune: str
    origin: str
    expires_at: str

    @property
    def actor(self) -> Actor:
        """The author of what is reported through the link."""
        return Actor(f"{CONTACT_AUTHOR}{self.contact}", self.label, Audience.PUBLIC)


@dataclass(frozen=True)
class Link:
    """One link as an administrator sees it: never the link itself. `state`: valid, expired or revoked."""

    id: str
    contact: str
    label: str
    created_at: str
    created_by: str
    expires_at: str
    state: str
    last_used: str


def make_link(store: Store, actor: Actor, contact: str, days: int, secret: str, now: dt.datetime) -> str:
    """A new link's text for a contact, to be shown once. `days`: how long it is good for, 400 at most.

    Raises AccessError when the contact is not there or `actor` keeps no register.
    """
    if not 1 <= days <= LONGEST:
        raise AccessError(f"Un lien dure de 1 à {LONGEST} jours.", field="days")
    number = secrets.token_urlsafe(18)
    with store.write(actor) as session:
        require_right(session, actor, Right.EDIT_REGISTER)
        row = session.get(tables.contact, contact)
        if row is None or row["removed_at"] is not None:
            raise AccessError("Ce correspondant n’est plus dans le registre.", field="contact")
        session.connection.execute(
            tables.contact_link.insert().values(
                id=_hash(number), contact=contact, created_at=session.at, created_by=actor.id,
                expires_at=stamp(now + dt.timedelta(days=days)),
            )
        )  # fmt: skip
        session.record("contact_link", _hash(number), "add", None, {"contact": contact, "days": days})
    return Signer(secret, salt=SALT).sign(number).decode()


def revoke_link(store: Store, actor: Actor, link: str) -> None:
    """End a link at once. Raises AccessError when it is not there or over already."""
    with store.write(actor) as session:
        require_right(session, actor, Right.EDIT_REGISTER)
        row = session.get(tables.contact_link, link)
        if row is None or row["revoked_at"] is not None:
            raise AccessError("Ce lien n’existe pas ou est déjà révoqué.", field="link")
        session.connection.execute(
            tables.contact_link.update()
            .where(tables.contact_link.c.id == link)
            .values(revoked_at=session.at, revoked_by=actor.id)
        )
        session.record("contact_link", link, "revoke", None, {"contact": row["contact"]})


def visit(session: Session, text: str, secret: str, now: dt.datetime) -> Visit:
    """Who the text of a link stands for now. Raises LinkRefused with the reason."""
    try:
        number = Signer(secret, salt=SALT).unsign(text.encode("ascii", "replace")).decode("ascii")
    except (BadSignature, UnicodeDecodeError):
        raise LinkRefused(
            "Ce lien n’est pas valable : il est incomplet ou a été modifié. Recopiez-le entièrement."
        ) from None
    row = session.get(tables.contact_link, _hash(number))
    if row is None or row["revoked_at"] is not None:
        raise LinkRefused("Ce lien a été révoqué. Demandez-en un autre aux animateurs du réseau.")
    if row["expires_at"] <= stamp(now):
        raise LinkRefused("Ce lien a expiré. Demandez-en un autre aux animateurs du réseau.")
    contact = session.get(tables.contact, row["contact"])
    if contact is None or contact["removed_at"] is not None:
        raise LinkRefused("Ce correspondant n’est plus dans le registre. Demandez aux animateurs du réseau.")
    return Visit(
        row["id"],
        contact["id"],
        contact["kind"],
        contact["label"],
        contact["commune"],
        contact["origin"],
        row["expires_at"],
    )


def count_use(store: Store, link: str, now: dt.datetime) -> None:
    """Count one report through a link. Raises TooOften above 20 an hour or 60 a day."""
    table = tables.sign_in
    with store.note(SYSTEM_ACTOR) as session:
        for hours, most in ((1, PER_HOUR), (24, PER_DAY)):
            since = stamp(now - dt.timedelta(hours=hours))
            used = session.connection.execute(
                select(func.count())
                .select_from(table)
                .where(table.c.who == link, table.c.way == "link", table.c.at > since)
            ).scalar_one()
            if used >= most:
                raise TooOften(
                    f"Ce lien a déjà servi {used} fois en {hours} h : attendez un peu, ou appelez les animateurs du réseau."
                )
        record_attempt(session, "link", link, "ok")


def links(session: Session, now: dt.datetime) -> list[Link]:
    """Every link, newest first."""
    link, contact, tried = tables.contact_link, tables.contact, tables.sign_in
    used = (
        select(func.max(tried.c.at))
        .where(tried.c.who == link.c.id, tried.c.way == "link")
        .scalar_subquery()
        .label("last_used")
    )
    rows = session.connection.execute(
        select(link, contact.c.label, used)
        .join(contact, contact.c.id == link.c.contact)
        .order_by(link.c.created_at.desc())
    ).mappings()
    return [
        Link(
            row["id"], row["contact"], row["label"], row["created_at"], row["created_by"], row["expires_at"], _state(row, now),
            row["last_used"] or "",
        )
        for row in rows
    ]  # fmt: skip


def _state(row: Mapping[Any, Any], now: dt.datetime) -> str:
    if row["revoked_at"] is not None:
        return "revoked"
    return "expired" if row["expires_at"] <= stamp(now) else "valid"


def _hash(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()
