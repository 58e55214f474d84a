"""Coming in: with a PIN on this machine, or known by an identity provider. What is tried is noted, and counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from analysis.model import SYSTEM_ACTOR
from data.access import pin as pins
from data.access.errors import AccessError, TooSoon, WrongPin
from data.access.profiles import Profile, email_key, profiles, record_attempt
from data.store import Session, Store, stamp, tables

KEPT = dt.timedelta(days=400)  # how long what was tried at the door is kept


@dataclass(frozen=True)
class Attempt:
    """One line of what was tried at the door."""

    at: str
    way: str
    who: str
    outcome: str


def attempts(session: Session, limit: int = 50) -> list[Attempt]:
    """What was tried at the door, newest first."""
    table = tables.sign_in
    rows = session.connection.execute(select(table).order_by(table.c.id.desc()).limit(limit)).mappings()
    return [Attempt(row["at"], row["way"], row["who"] or "", row["outcome"]) for row in rows]


def sign_in(store: Store, profile_id: str, pin: str, now: dt.datetime) -> Profile:
    """The profile whose PIN this is. `now`: an instant with a zone. Raises TooSoon, WrongPin, AccessError.

    The try is counted as wrong before the PIN is looked at, so that many at once are all counted; it becomes right after.
    While one has to wait, no PIN is looked at, not even the right one.
    """
    with store.note(SYSTEM_ACTOR) as session:
        row = session.connection.execute(
            select(tables.profile).where(tables.profile.c.id == profile_id).with_for_update()
        ).mappings().first()  # fmt: skip
        if row is None or row["removed_at"] is not None or not row["pin"]:
            raise AccessError("Choisissez un profil de la liste.", field="profile")
        left = _seconds_left(session, profile_id, now)
        if left > 0:
            raise TooSoon(left)
        number = record_attempt(session, "pin", profile_id, "wrong")
        _forget_old(session.connection, now)
    if not pins.is_pin_of(row["pin"], pin):
        with store.read() as reader:
            left = _seconds_left(reader, profile_id, now)
        wait = f" Prochain essai dans {left} s." if left else ""
        raise WrongPin(f"Ce code PIN n’est pas celui de « {row['label']} ».{wait}", field="pin")
    with store.note(SYSTEM_ACTOR) as session:
        table = tables.sign_in
        session.connection.execute(table.update().where(table.c.id == number).values(outcome="ok"))
    with store.read() as reader:
        return next(profile for profile in profiles(reader) if profile.id == profile_id)


def _seconds_left(session: Session, profile_id: str, now: dt.datetime) -> int:
    table = tables.sign_in
    rows = session.connection.execute(
        select(table.c.at, table.c.outcome)
        .where(table.c.who == profile_id, table.c.way.in_(("pin", "command")))
        .order_by(table.c.id.desc())
        .limit(20)
    ).all()
    wrong: list[str] = []
    for at, outcome in rows:
        if outcome != "wrong":
            break
        wrong.append(at)
    if not wrong:
        return 0
    since = (now - dt.datetime.fromisoformat(wrong[0].replace("Z", "+00:00"))).total_seconds()
    # A clock set back must not turn a short wait into a long one.
    return max(0, round(pins.wait_after(len(wrong)) - max(0.0, since)))


def _forget_old(connection: Any, now: dt.datetime) -> None:
    limit = stamp(now - KEPT)
    connection.execute(delete(tables.sign_in).where(tables.sign_in.c.at < limit))


# -- identities ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Identity:
    """What an identity provider says, and nothing else is believed. `email` is empty unless the provider verified it."""

    issuer: str
    subject: str
    email: str
    unverified: str = ""  # the address that was given without being verified


def identity_of(claims: Mapping[str, Any]) -> Identity | None:
    """The identity in the claims of a signed-in visitor; None when they name nobody."""
    issuer, subject = claims.get("iss"), claims.get("sub")
    if not (isinstance(issuer, str) and isinstance(subject, str) and issuer and subject):
        return None
    email = claims.get("email")
    address = email_key(email) if isinstance(email, str) else ""
    # Some providers write the word instead of the value; anything else, and nothing at all, is « not verified ».
    verified = claims.get("email_verified") in (True, "true")
    return Identity(issuer, subject, address if verified else "", "" if verified else address)


@dataclass(frozen=True)
class Found:
    """Whom an identity is here. `profile` is None for nobody; `why`: ok, bind, unknown, unverified or other."""

    profile: Profile | None
    why: str


def find_profile(known: Sequence[Profile], identity: Identity) -> Found:
    """The profile of an identity among `known`: by issuer and subject first; else by a verified address not bound to anybody yet (bind).

    ``other``: the address belongs to a profile that another identity holds, as when an address is given to a successor.
    """
    for profile in known:
        if (profile.issuer, profile.subject) == (identity.issuer, identity.subject):
            return Found(profile, "ok")
    for profile in known:
        if profile.email and profile.email == identity.email:
            return Found(None, "other") if profile.subject else Found(profile, "bind")
        if profile.email and profile.email == identity.unverified:
            return Found(None, "unverified")
    return Found(None, "unknown")


def bind_identity(store: Store, profile: Profile, identity: Identity) -> None:
    """Tie a profile to the identity that came with its verified address first. Nothing happens when somebody was quicker."""
    with store.write(SYSTEM_ACTOR) as session:
        table = tables.profile
        changed = session.connection.execute(
            table.update()
            .where(table.c.id == profile.id, table.c.email == identity.email, table.c.subject.is_(None))
            .values(issuer=identity.issuer, subject=identity.subject, version=table.c.version + 1)
        )
        if changed.rowcount:
            record_attempt(session, "oidc", profile.id, "bound")


def note_identity(store: Store, found: Found, now: dt.datetime) -> None:
    """Note that somebody came in with an identity, or tried to."""
    outcome = {"ok": "ok", "bind": "ok", "unverified": "unverified"}.get(found.why, "unknown")
    with store.note(SYSTEM_ACTOR) as session:
        record_attempt(session, "oidc", found.profile.id if found.profile else None, outcome)
        _forget_old(session.connection, now)
