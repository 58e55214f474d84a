"""Profiles: who they are, which role they have, who changed it and when.

A profile is used by somebody with a PIN on this machine, by somebody known to an identity provider, or by both. The history
keeps roles and opaque ids only; names and addresses stand in the table `profile`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from analysis.model import LOCAL_ACTOR, SYSTEM_ACTOR, Account, Actor, Right, Role
from data.access import pin as pins
from data.access.errors import AccessError, LastAdmin, StaleProfile
from data.store import Session, Store, WriteSession, tables

ENTITY = "profile"
LABEL_MOST = 60
_EMAIL = re.compile(r"[^\s@<>\"',;:()]+@[^\s@<>\"',;:()]+\.[^\s@<>\"',;:()]{2,}")


@dataclass(frozen=True)
class Profile:
    """One profile as it stands. `pin_mark` changes whenever the PIN does, and is empty without one; the hash never leaves the store."""

    id: str
    label: str
    role: Role
    commune: str
    pin_mark: str
    email: str
    issuer: str
    subject: str
    version: int
    removed: bool = False

    @property
    def account(self) -> Account:
        """Who this is at the screen."""
        return Account(self.id, self.label, self.role, self.commune)

    @property
    def by_identity(self) -> bool:
        """Whether an identity provider can name this profile."""
        return bool(self.email or self.subject)


@dataclass(frozen=True)
class RoleChange:
    """One line of the history of roles. `before` is empty for a new profile, `after` for a removed one."""

    at: str
    actor: str
    profile: str
    before: str
    after: str


def profiles(session: Session, *, removed: bool = False) -> list[Profile]:
    """Every profile, by label; those that were removed only when asked for."""
    table = tables.profile
    wanted = select(table).order_by(table.c.label, table.c.id)
    if not removed:
        wanted = wanted.where(table.c.removed_at.is_(None))
    return [_profile(dict(row)) for row in session.connection.execute(wanted).mappings()]


def nobody_has_a_pin(known: Sequence[Profile]) -> bool:
    """Whether nobody has a PIN yet: whoever sits at this machine is the one unnamed profile."""
    return not any(profile.pin_mark for profile in known)


def role_changes(session: Session, limit: int = 50) -> list[RoleChange]:
    """The newest changes of roles first."""
    history = tables.history
    rows = session.connection.execute(
        select(history).where(history.c.entity == ENTITY).order_by(history.c.id.desc()).limit(limit)
    ).mappings()
    return [
        RoleChange(
            row["at"],
            row["actor"],
            row["entity_id"],
            (row["before"] or {}).get("role", ""),
            (row["after"] or {}).get("role", ""),
        )
        for row in rows
        if (row["before"] or {}).get("role") != (row["after"] or {}).get("role")
    ]


def add_profile(
    store: Store,
    actor: Actor,
    *,
    label: str,
    role: Role,
    pin: str = "",
    email: str = "",
    issuer: str = "",
    subject: str = "",
    commune: str = "",
) -> Profile:
    """Make a profile with a way in: a PIN, an e-mail, or the issuer and subject of an identity. Raises AccessError.

    The first one with a PIN is that of whoever used the machine unnamed: it keeps that id, and administers.
    """
    values: dict[str, Any] = {
        "label": _label(label),
        "role": Role(role).value,
        "commune": commune or None,
        "email": _email(email),
        "issuer": issuer.strip() or None,
        "subject": subject.strip() or None,
    }
    if bool(values["issuer"]) != bool(values["subject"]):
        raise AccessError(
            "Un identifiant va avec son fournisseur : donnez les deux ou aucun.", field="subject"
        )
    if not (pin or values["email"] or values["subject"]):
        raise AccessError(
            "Ce profil n’aurait pas de moyen d’entrer : donnez un code PIN ou une adresse.", field="pin"
        )
    secret = pins.hash_pin(pin) if pin else None
    with store.write(actor) as session:
        require_right(session, actor, Right.ADMINISTER)
        known = profiles(session)
        _refuse_twice(known, values, "")
        first = bool(secret) and nobody_has_a_pin(known)
        if first:
            _refuse_first_pin(values["role"])
        profile_id = (
            LOCAL_ACTOR.id
            if first and session.get(tables.profile, LOCAL_ACTOR.id) is None
            else uuid.uuid4().hex
        )
        row = {
            "id": profile_id,
            "pin": secret,
            "created_at": session.at,
            "version": 1,
            "removed_at": None,
            **values,
        }
        session.connection.execute(tables.profile.insert().values(row))
        session.record(ENTITY, profile_id, "add", None, _written(row))
        return _profile(row)


def change_profile(
    store: Store, actor: Actor, profile: str, *, seen: int, role: Role | None = None, label: str | None = None,
    commune: str | None = None,
) -> Profile:  # fmt: skip
    """Change a role, a name or a commune. `seen` is the version on screen. Raises StaleProfile, LastAdmin, AccessError."""
    changes: dict[str, Any] = {}
    if role is not None:
        changes["role"] = Role(role).value
    if label is not None:
        changes["label"] = _label(label)
    if commune is not None:
        changes["commune"] = commune or None
    return _change(store, actor, profile, changes, seen, "change")


def remove_profile(store: Store, actor: Actor, profile: str, *, seen: int) -> Profile:
    """Take a profile out: it cannot come in again, and only its name stays, to say who wrote what.

    Raises StaleProfile, LastAdmin, AccessError.
    """
    gone = {"pin": None, "email": None, "issuer": None, "subject": None, "commune": None}
    return _change(store, actor, profile, gone, seen, "remove")


def set_pin(store: Store, actor: Actor, profile: str, pin: str) -> Profile:
    """Give a profile another PIN; whoever is in with the old one is asked again, and waiting ends. Raises AccessError."""
    secret = pins.hash_pin(pin)
    return _change(
        store, actor, profile, {"pin": secret}, None, "pin",
        then=lambda session: record_attempt(session, "command" if actor == SYSTEM_ACTOR else "pin", profile, "unlocked"),
    )  # fmt: skip


def unlock(store: Store, actor: Actor, profile: str) -> None:
    """End the wait after wrong PINs. Raises AccessError for an unknown profile."""
    with store.note(actor) as session:
        require_right(session, actor, Right.ADMINISTER)
        _row(session, profile)
        record_attempt(session, "command" if actor == SYSTEM_ACTOR else "pin", profile, "unlocked")


def free_identity(store: Store, actor: Actor, profile: str, email: str) -> Profile:
    """Forget to which identity a profile is bound, so that the next verified sign-in with `email` binds it anew."""
    return _change(
        store, actor, profile, {"email": _email(email), "issuer": None, "subject": None}, None, "free"
    )


def record_attempt(session: WriteSession, way: str, who: str | None, outcome: str) -> int:
    """Note what was tried at the door; the line's number."""
    key = session.connection.execute(
        tables.sign_in.insert().values(at=session.at, way=way, who=who, outcome=outcome)
    ).inserted_primary_key
    return int(key[0]) if key else 0


def email_key(address: str) -> str:
    """An address as it is kept and compared: without surrounding blanks, the 26 capitals in small letters, all else as written.

    No other letter is folded: « ｚ », « ﬁ » or the kelvin sign would become the « z », « fi » or « k » of somebody else's address.
    """
    return "".join(c.lower() if c.isascii() else c for c in address.strip())


# -- inside ----------------------------------------------------------------------------------------------------


def _change(
    store: Store, actor: Actor, profile: str, changes: dict[str, Any], seen: int | None, action: str,
    then: Callable[[WriteSession], object] | None = None,
) -> Profile:  # fmt: skip
    with store.write(actor) as session:
        require_right(session, actor, Right.ADMINISTER)
        row = _row(session, profile)
        if seen is not None and row["version"] != seen:
            raise StaleProfile(
                f"Le profil « {row['label']} » vient d’être modifié par un autre administrateur : rien n’est enregistré. "
                "Relisez son état actuel, puis recommencez."
            )
        after = {**row, **changes}
        if action == "remove":
            after["removed_at"] = session.at
        known = profiles(session)
        _refuse_twice(known, after, profile)
        if action == "pin" and nobody_has_a_pin(known):
            _refuse_first_pin(after["role"])
        loses = row["role"] == Role.ADMIN.value and (after["removed_at"] or after["role"] != Role.ADMIN.value)
        if loses:
            _refuse_last_admin(session, row)
        after["version"] = row["version"] + 1
        session.connection.execute(
            tables.profile.update()
            .where(tables.profile.c.id == profile)
            .values({k: v for k, v in after.items() if k != "id"})
        )
        session.record(ENTITY, profile, action, _written(row), _written(after))
        if then is not None:
            then(session)
        return _profile(after)


def require_right(session: Session, actor: Actor, right: Right) -> None:
    """The author may still do this at the very moment of writing: a role taken away in the meantime counts. Raises AccessError."""
    if actor.id == SYSTEM_ACTOR.id:  # the command line, held by whoever holds the machine
        return
    if actor.id == LOCAL_ACTOR.id and nobody_has_a_pin(profiles(session)):
        return
    row = session.get(tables.profile, actor.id)
    if row is None or row["removed_at"] is not None or right not in Role(row["role"]).rights:
        who = (
            "Seul un administrateur gère les profils"
            if right is Right.ADMINISTER
            else "Votre rôle ne le permet pas"
        )
        raise AccessError(
            f"{who}, et vous ne l’êtes pas ou plus : rien n’est enregistré."
            if right is Right.ADMINISTER
            else f"{who}, ou ne le permet plus : rien n’est enregistré."
        )


def _refuse_first_pin(role: str) -> None:
    if role != Role.ADMIN.value:
        raise AccessError(
            "Le premier profil protégé par un code PIN doit être administrateur : sans lui, plus personne "
            "ne pourrait gérer les profils. Donnez d’abord un nom et un code à votre propre profil.",
            field="role",
        )


def _refuse_last_admin(session: Session, row: dict[str, Any]) -> None:
    """Another administrator must be able to come in the same way: with a PIN here, with an identity there."""
    others = [p for p in profiles(session) if p.id != row["id"] and p.role is Role.ADMIN]
    ways = [(bool(row["pin"]), [p for p in others if p.pin_mark], "par code PIN"),
            (bool(row["email"] or row["subject"]), [p for p in others if p.by_identity], "par une identité")]  # fmt: skip
    for has, left, words in ways:
        if has and not left:
            raise LastAdmin(
                f"« {row['label']} » est le dernier administrateur qui puisse se connecter {words} : nommez-en d’abord un autre."
            )


def _refuse_twice(known: Sequence[Profile], values: dict[str, Any], own: str) -> None:
    if values.get("removed_at"):
        return
    for profile in known:
        if profile.id == own:
            continue
        if _label_key(profile.label) == _label_key(values["label"]):
            raise AccessError(
                f"Le nom « {values['label']} » est déjà pris : choisissez-en un autre.", field="label"
            )
        if values["email"] and profile.email == values["email"]:
            raise AccessError(f"Cette adresse est déjà celle du profil « {profile.label} ».", field="email")
        if values["subject"] and (profile.issuer, profile.subject) == (values["issuer"], values["subject"]):
            raise AccessError(
                f"Cette identité est déjà celle du profil « {profile.label} ».", field="subject"
            )


def _row(session: Session, profile: str) -> dict[str, Any]:
    row = session.get(tables.profile, profile)
    if row is None or row["removed_at"] is not None:
        raise AccessError("Ce profil n’existe pas ou a été retiré : relisez la liste.", field="profile")
    return row


def _written(row: dict[str, Any]) -> dict[str, Any]:
    """What the history may keep: roles, and which ways in there are."""
    return {
        "role": "" if row["removed_at"] else row["role"],
        "commune": row["commune"],
        "ways": [way for way in ("pin", "email", "subject") if row[way]],
    }


def _profile(row: dict[str, Any]) -> Profile:
    return Profile(
        id=row["id"],
        label=row["label"],
        role=Role(row["role"]),
        commune=row["commune"] or "",
        pin_mark=hashlib.sha256(row["pin"].encode()).hexdigest()[:16] if row["pin"] else "",
        email=row["email"] or "",
        issuer=row["issuer"] or "",
        subject=row["subject"] or "",
        version=row["version"],
        removed=row["removed_at"] is not None,
    )


def _label(label: str) -> str:
    kept = " ".join("".join(c if c.isprintable() else " " for c in label).split())
    if not kept or len(kept) > LABEL_MOST:
        raise AccessError(
            f"Le nom du profil manque ou dépasse {LABEL_MOST} caractères : un prénom ou une fonction suffit.",
            field="label",
        )
    return kept


def _label_key(label: str) -> str:
    return unicodedata.normalize("NFKC", label).casefold()


def _email(address: str) -> str | None:
    kept = email_key(address)
    if not kept:
        return None
    if not _EMAIL.fullmatch(kept) or len(kept) > 254:
        raise AccessError(
            "Ce n’est pas une adresse électronique. Exemple : prenom.nom@exemple.fr", field="email"
        )
    return kept
