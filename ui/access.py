"""Who is here and what they may ask for: asked again at every run, so that a role taken away is gone at the next click.

On one machine (`ui.place`) the single unnamed profile administers, until a profile has a PIN; then whoever did not come in gets
the public view. Before a network, only claims that the identity provider signed count (`st.user`), and who is unknown gets the
public view with the reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st

from analysis.model import LOCAL_ACCOUNT, VISITOR, Account, Actor, Audience, Right
from data import access as doors
from data.access import Profile
from ui import clock, loading, place, run, sessions, uploads

T = TypeVar("T")
CIRCLES = list(Audience)
_DRAWN = "access:drawn-for"
COOKIE = "zevillage"
"""What a browser holds after a PIN was accepted."""


@dataclass(frozen=True)
class Entrance:
    """Who is at the screen, and what the door says of it. `way`: open (nobody is asked), pin, oidc or none (no way in is configured).

    `notice`: a sentence for the visitor, empty when there is nothing to say.
    """

    account: Account
    way: str
    signed_in: bool = False
    notice: str = ""


def current() -> Entrance:
    """Who is at the screen: asked once in each run and each fragment (`ui.run`)."""
    return run.once("entrance", _enter)


def _enter() -> Entrance:
    where = place.read()
    known = _profiles(loading.revision())
    entrance = _local(known) if _is_local(where) else _remote(where, known)
    uploads.allow(entrance.account.role)
    return entrance


def account() -> Account:
    """The person at the screen."""
    return current().account


def current_actor() -> Actor:
    """The author of what the person at the screen writes."""
    return account().actor


def may(right: Right) -> bool:
    """Whether the person at the screen has a right."""
    return account().may(right)


def audiences(who: Actor | Account) -> list[Audience]:
    """The audiences for which somebody may ask an answer: their own circle and the wider ones."""
    return CIRCLES[: CIRCLES.index(who.audience) + 1]


def audience_of(asked: str) -> Audience:
    """The audience asked for, never a narrower circle than the person at the screen belongs to: a widget's value comes from outside."""
    own = audiences(account())
    return Audience(asked) if asked in [each.value for each in own] else own[-1]


def drawn_for(who: Account) -> None:
    """Remember for whom the page is being drawn, so that its fragments notice when that is no longer true."""
    st.session_state[_DRAWN] = who


def recheck_access() -> None:
    """To be called first in a fragment that shows what only some may see: it runs without the page, and so without the gate.

    Draws the whole page again when the person at the screen is no longer who it was drawn for.
    """
    if st.session_state.get(_DRAWN, VISITOR) != account() and _DRAWN in st.session_state:
        st.rerun()


def guarded(
    make: Callable[[], T], *, audience: Audience = Audience.PUBLIC, right: Right | None = None
) -> Callable[[], T]:
    """`make`, for a file that is made when it is asked for, perhaps long after the page was drawn: refused when the person who
    saw the button may by then no longer have it, or has gone out.
    """
    who, goes_on = account(), _session()

    def checked() -> T:
        now = _as_of_now(who) if goes_on() else VISITOR
        if audience not in audiences(now) or not now.may(right):
            raise PermissionError("Ce fichier n’est plus pour vous : rechargez la page.")
        return make()

    return checked


def _session() -> Callable[[], bool]:
    """Whether the session of the person at the screen goes on, to be asked later, where nobody is at the screen."""
    if _is_local(place.read()):
        cookie = _cookie()
        if not cookie or doors.nobody_has_a_pin(_profiles(loading.store().revision())):
            return lambda: True  # nobody, or whoever sits here: a cookie left over says nothing
        return lambda: sessions.LOCAL.seat(cookie, clock.instant()) is not None
    claims: Mapping[str, Any] = st.user.to_dict()
    identity, began = doors.identity_of(claims), _instant(claims.get("iat"))
    if identity is None or began is None:
        return lambda: True  # nobody: a visitor has the public view, with or without a session
    key = _identity_key(identity, began)
    return lambda: sessions.IDENTITIES.goes_on(key, began, clock.instant())[0]


def _identity_key(identity: doors.Identity, began: dt.datetime) -> str:
    return f"{identity.issuer} {identity.subject} {began.isoformat()}"


def _as_of_now(who: Account) -> Account:
    known = _profiles(loading.store().revision())
    if who == LOCAL_ACCOUNT:
        return who if doors.nobody_has_a_pin(known) else VISITOR
    return next((profile.account for profile in known if profile.id == who.id), VISITOR)


def profiles() -> list[Profile]:
    """Every profile that is in force, by label."""
    return list(_profiles(loading.revision()))


def sign_out() -> None:
    """End the session of the person at the screen."""
    if current().way == "oidc":
        claims: Mapping[str, Any] = st.user.to_dict()
        identity, began = doors.identity_of(claims), _instant(claims.get("iat"))
        if identity is not None and began is not None:
            sessions.IDENTITIES.close(
                _identity_key(identity, began)
            )  # a copy of the cookie opens nothing either
        st.logout()
    else:
        sessions.LOCAL.close(_cookie())
    run.forget()


def label_of(actor: str) -> str:
    """The name that a profile goes by, from the id kept in the history; the id itself when the profile is gone."""
    known = {profile.id: profile.label for profile in _profiles(loading.revision())}
    return known.get(actor, actor)


# -- inside ----------------------------------------------------------------------------------------------------


@st.cache_resource(show_spinner=False, max_entries=2)
def _profiles(revision: int) -> tuple[Profile, ...]:
    with loading.store().read() as session:
        return tuple(doors.profiles(session))


def _is_local(where: place.Place) -> bool:
    headers = st.context.headers.to_dict()
    if not headers:  # no browser: the script runs by itself, in a test
        return where.one_machine
    names = {name.lower(): value for name, value in headers.items()}
    return place.is_local(where, st.context.ip_address or "127.0.0.1", names.get("host"), names)


def _cookie() -> str:
    return str(st.context.cookies.to_dict().get(COOKIE, ""))


def _local(known: Sequence[Profile]) -> Entrance:
    if doors.nobody_has_a_pin(known):
        return Entrance(LOCAL_ACCOUNT, "open", True)
    cookie = _cookie()
    seat = sessions.LOCAL.seat(cookie, clock.instant()) if cookie else None
    if seat is None:
        over = "Votre session est terminée : connectez-vous de nouveau." if cookie else ""
        return Entrance(VISITOR, "pin", notice=over)
    profile = next((p for p in known if p.id == seat.who), None)
    if profile is None or profile.pin_mark != seat.mark:
        sessions.LOCAL.close(cookie)
        return Entrance(
            VISITOR, "pin", notice="Votre profil ou son code a changé : connectez-vous de nouveau."
        )
    return Entrance(profile.account, "pin", True)


def _remote(where: place.Place, known: Sequence[Profile]) -> Entrance:
    if where.one_machine:
        return Entrance(
            VISITOR, "none",
            notice="Cette page passe par un autre ordinateur ou un serveur mandataire : seule la vue publique est servie. "
            "Pour ouvrir Zevillage à un réseau, voyez le guide de connexion.",
        )  # fmt: skip
    if not where.identity:
        return Entrance(
            VISITOR, "none",
            notice="Aucune connexion n’est configurée sur ce serveur : seule la vue publique est servie.",
        )  # fmt: skip
    claims: Mapping[str, Any] = st.user.to_dict()
    if claims.get("is_logged_in") is not True:
        return Entrance(VISITOR, "oidc")
    identity = doors.identity_of(claims)
    began = _instant(claims.get("iat"))
    if identity is None or began is None:
        return _stranger("Le fournisseur d’identité n’a pas dit qui vous êtes")
    goes_on, new = sessions.IDENTITIES.goes_on(_identity_key(identity, began), began, clock.instant())
    if not goes_on:
        return Entrance(
            VISITOR,
            "oidc",
            True,
            "Votre session est terminée : déconnectez-vous, puis connectez-vous de nouveau.",
        )
    found = doors.find_profile(known, identity)
    if found.why == "bind" and found.profile is not None:
        doors.bind_identity(loading.store(), found.profile, identity)
    if new:
        doors.note_identity(loading.store(), found, clock.instant())
    if found.profile is None:
        return _stranger(_WHY[found.why], identity.subject)
    return Entrance(found.profile.account, "oidc", True)


_WHY = {
    "unknown": "Votre identité est reconnue, mais aucun profil ne lui correspond ici",
    "unverified": "Le fournisseur d’identité n’a pas vérifié votre adresse électronique",
    "other": "Votre adresse est déjà liée à une autre identité",
}


def _stranger(why: str, subject: str = "") -> Entrance:
    tell = f" en lui donnant cet identifiant : {subject}" if subject else ""
    return Entrance(
        VISITOR,
        "oidc",
        True,
        f"{why} : vous avez la vue publique. Demandez un profil à l’administrateur{tell}.",
    )


def _instant(seconds: object) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(float(str(seconds)), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
