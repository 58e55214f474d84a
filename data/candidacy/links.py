"""The link of the follow-up page: signed, expiring, revocable, to one dossier and nothing else. The database keeps its hash only."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from itsdangerous import BadSignature, Signer
from sqlalchemy import select, update

from analysis.model import SYSTEM_ACTOR, Actor, Audience
from data.candidacy.errors import CandidacyError, FollowRefused
from data.register.authors import CANDIDATE_AUTHOR
from data.store import Session, Store, WriteSession, stamp, tables

SALT: Final = "zevillage.follow-link"
DAYS: Final = 400
"""How long a link is good for. A dossier takes months, and a link that dies before it is read helps nobody."""

_ANOTHER = "Demandez-en un autre aux animateurs du réseau."


@dataclass(frozen=True)
class Followed:
    """What a link stands for: the candidacy, while nobody has taken it in, or the dossier. One of the two is empty."""

    link: str
    candidacy: str
    application: str
    expires_at: str

    @property
    def actor(self) -> Actor:
        """The author of what is done through the link."""
        return Actor(
            f"{CANDIDATE_AUTHOR}{self.application or self.candidacy}"[:64], "Le candidat", Audience.PUBLIC
        )


def make_follow_link(
    session: WriteSession, secret: str, *, candidacy: str = "", application: str = "", days: int = DAYS
) -> str:
    """A new link's text, to be shown or sent once; links given before no longer lead anywhere. One of the two ids is given."""
    if bool(candidacy) == bool(application) or not 1 <= days <= DAYS:
        raise ValueError(f"one dossier and 1 to {DAYS} days, not {candidacy!r}, {application!r} and {days}")
    column = "candidacy" if candidacy else "application"
    revoke_follow_links(session, **{column: candidacy or application})
    number = secrets.token_urlsafe(18)
    expires = dt.datetime.fromisoformat(session.at.replace("Z", "+00:00")) + dt.timedelta(days=days)
    session.connection.execute(
        tables.follow_link.insert().values(
            id=_hash(number), candidacy=candidacy or None, application=application or None,
            created_at=session.at, created_by=session.actor.id, expires_at=stamp(expires),
        )
    )  # fmt: skip
    return Signer(secret, salt=SALT).sign(number).decode()


def revoke_follow_links(session: WriteSession, *, candidacy: str = "", application: str = "") -> int:
    """End every link of a candidacy or a dossier at once; how many were still good."""
    table = tables.follow_link
    theirs = table.c.candidacy == candidacy if candidacy else table.c.application == application
    return session.connection.execute(
        update(table)
        .where(theirs, table.c.revoked_at.is_(None), table.c.expires_at > session.at)
        .values(revoked_at=session.at, revoked_by=session.actor.id)
    ).rowcount


def give_follow_link(store: Store, actor: Actor, application: str, secret: str) -> str:
    """A new follow-up link for a dossier, from a coordinator to its candidate. Raises CandidacyError when the dossier is gone."""
    with store.write(actor) as session:
        row = session.get(tables.application, application)
        if row is None or row["removed_at"] is not None:
            raise CandidacyError("Ce dossier n’est plus dans le registre.")
        text = make_follow_link(session, secret, application=application)
        session.record("follow_link", application, "add", None, {"days": DAYS})
    return text


def followed(session: Session, text: str, secret: str, now: dt.datetime) -> Followed:
    """What the text of a link stands for now. Raises FollowRefused with the reason."""
    try:
        number = Signer(secret, salt=SALT).unsign(text.encode("ascii", "replace")).decode("ascii")
    except (BadSignature, UnicodeDecodeError):
        raise FollowRefused(
            "Ce lien n’est pas valable : il est incomplet ou a été modifié. Recopiez-le entièrement."
        ) from None
    row = session.get(tables.follow_link, _hash(number))
    if row is None:
        raise FollowRefused(f"Ce lien ne mène plus à rien : le dossier a été effacé. {_ANOTHER}")
    if row["revoked_at"] is not None:
        raise FollowRefused(
            f"Ce lien a été remplacé ou révoqué : il ne sert plus. Prenez le plus récent. {_ANOTHER}"
        )
    if row["expires_at"] <= stamp(now):
        raise FollowRefused(f"Ce lien a expiré. {_ANOTHER}")
    application = row["application"] or ""
    if application:
        file = session.get(tables.application, application)
        person = None if file is None else session.get(tables.person, file["person"])
        if person is None or person["erased_at"] is not None:
            raise FollowRefused("Les données de ce dossier ont été effacées : il n’y a plus rien à suivre.")
    return Followed(row["id"], row["candidacy"] or "", application, row["expires_at"])


def move_links(session: WriteSession, candidacy: str, application: str) -> None:
    """The links of a candidacy lead to the dossier that was made of it."""
    table = tables.follow_link
    session.connection.execute(
        update(table).where(table.c.candidacy == candidacy).values(candidacy=None, application=application)
    )


def has_link(session: Session, application: str, now: dt.datetime) -> bool:
    """Whether the candidate of a dossier can follow it."""
    table = tables.follow_link
    found = session.connection.execute(
        select(table.c.id)
        .where(
            table.c.application == application, table.c.revoked_at.is_(None), table.c.expires_at > stamp(now)
        )
        .limit(1)
    ).first()
    return found is not None


def own_link(store: Store, candidacy: str, secret: str) -> str:
    """A new link for whoever sends, or has just sent, a candidacy: it replaces the one before."""
    with store.note(SYSTEM_ACTOR) as session:
        row = session.get(tables.candidacy, candidacy)
        if row is None or row["sent_on"] is None:
            raise CandidacyError("Ce dossier n’est pas encore envoyé : il n’y a rien à suivre.")
        if row["application"]:
            return make_follow_link(session, secret, application=row["application"])
        return make_follow_link(session, secret, candidacy=candidacy)


def _hash(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()
