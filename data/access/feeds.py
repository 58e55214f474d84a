"""Addresses by which an agenda follows the search windows: signed, revocable, each ending with the right of whoever made it.

An agenda cannot sign in, so its address is the key: a random number and its signature. The database keeps the number's hash only. What it
opens is the calendar of windows (numbers of files and days, no names) and nothing else.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, Signer
from sqlalchemy import select

from analysis.model import Actor, Audience, Right
from data.access.errors import AccessError, LinkRefused
from data.access.profiles import require_right
from data.store import Session, Store, tables

SALT = "zevillage.calendar-feed"


@dataclass(frozen=True)
class Feed:
    """One address as coordinators see it: never the address itself. `ended`: whoever made it may not follow the windows any more."""

    id: str
    created_at: str
    created_by: str
    ended: bool


def make_feed(store: Store, actor: Actor, secret: str) -> str:
    """What a new address carries, to be shown once. Raises AccessError when `actor` keeps no register."""
    number = secrets.token_urlsafe(18)
    with store.write(actor) as session:
        require_right(session, actor, Right.EDIT_REGISTER)
        session.connection.execute(
            tables.calendar_feed.insert().values(id=_hash(number), created_at=session.at, created_by=actor.id)
        )
        session.record("calendar_feed", _hash(number), "add", None, {})
    return Signer(secret, salt=SALT).sign(number).decode()


def revoke_feed(store: Store, actor: Actor, feed: str) -> None:
    """End an address at once. Raises AccessError when it is not there or over already."""
    with store.write(actor) as session:
        require_right(session, actor, Right.EDIT_REGISTER)
        row = session.get(tables.calendar_feed, feed)
        if row is None or row["revoked_at"] is not None:
            raise AccessError("Cet abonnement n’existe pas ou est déjà révoqué.", field="feed")
        session.connection.execute(
            tables.calendar_feed.update()
            .where(tables.calendar_feed.c.id == feed)
            .values(revoked_at=session.at, revoked_by=actor.id)
        )
        session.record("calendar_feed", feed, "revoke", None, {})


def open_feed(session: Session, text: str, secret: str) -> str:
    """The id of the address that carries `text`. Raises LinkRefused with the reason."""
    try:
        number = Signer(secret, salt=SALT).unsign(text.encode("ascii", "replace")).decode("ascii")
    except (BadSignature, UnicodeDecodeError):
        raise LinkRefused("Cette adresse d’agenda n’est pas valable : recopiez-la entièrement.") from None
    row = session.get(tables.calendar_feed, _hash(number))
    if row is None or row["revoked_at"] is not None:
        raise LinkRefused("Cet abonnement a été révoqué. Faites-en un autre sur la page Veille.")
    if _ended(session, row["created_by"]):
        raise LinkRefused(
            "Qui a fait cet abonnement n’a plus accès aux dossiers. Demandez-en un autre aux animateurs du réseau."
        )
    return str(row["id"])


def feeds(session: Session) -> list[Feed]:
    """The addresses that were not revoked, newest first."""
    table = tables.calendar_feed
    rows = session.connection.execute(
        select(table).where(table.c.revoked_at.is_(None)).order_by(table.c.created_at.desc(), table.c.id)
    ).mappings()
    return [
        Feed(row["id"], row["created_at"], row["created_by"], _ended(session, row["created_by"]))
        for row in rows
    ]


def _ended(session: Session, author: str) -> bool:
    try:
        require_right(session, Actor(author, "", Audience.PUBLIC), Right.EDIT_REGISTER)
    except AccessError:
        return True
    return False


def _hash(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()
