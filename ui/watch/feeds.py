"""Addresses by which agendas follow the windows: made once, shown once, revoked in one click."""

from __future__ import annotations

import streamlit as st

from analysis import french
from analysis.model import Right
from data import access as doors
from data.access import AccessError
from data.register.operations import instant
from data.store import StoreError
from ui import access, forms, frame, loading, place
from ui.settings import base_path
from ui.watch.clicks import PAGE

_MADE, _SAID = PAGE.key("feed:made"), PAGE.key("feed:said")


def show_feeds() -> None:
    """The addresses in use, making one and ending one."""
    store = loading.store()
    frame.note(
        french.spaced(
            "Une adresse d’abonnement montre dans votre agenda les fenêtres par numéro de dossier, jamais un nom. Qui a l’adresse les "
            "voit : gardez-la pour vous, révoquez-la si elle est perdue. Les agendas ne relisent une adresse que quelques fois par jour : "
            "pour ce matin, c’est cette page qui dit vrai."
        )
    )
    if place.read().one_machine:
        frame.note(
            "Ce serveur n’est ouvert qu’à cet ordinateur : seul un agenda de cet ordinateur peut s’abonner."
        )
    if said := st.session_state.pop(_SAID, None):
        forms.message(said[0], said[1])
    if made := st.session_state.pop(_MADE, ""):
        frame.note(
            "L’adresse, montrée cette seule fois. Collez-la dans « Ajouter un agenda par adresse (URL) »."
        )
        st.code(made, language=None)
    st.button(
        "Faire une adresse d’abonnement",
        key=PAGE.key("feed:make"),
        icon=":material/add_link:",
        on_click=_make,
    )
    with store.read() as session:
        known = doors.feeds(session)
        names = {p.id: p.label for p in doors.profiles(session, removed=True)}
    for feed in known:
        said_, end = st.columns([5, 1], vertical_alignment="center")
        with said_:
            frame.named(
                f"Abonnement fait {instant(feed.created_at)}",
                f"par {names.get(feed.created_by, 'cet ordinateur')}"
                + (" : n’y donne plus accès, son auteur n’est plus animateur" if feed.ended else ""),
            )
        end.button(
            "Révoquer",
            key=PAGE.key(f"feed:{feed.id}"),
            icon=":material/link_off:",
            on_click=_revoke,
            args=(feed.id,),
        )


def _make() -> None:
    store = loading.store()
    try:
        _still_allowed()
        token = doors.make_feed(store, access.current_actor(), doors.server_secret(store.files))
    except (AccessError, StoreError) as error:
        st.session_state[_SAID] = (str(error), "alert")
        return
    st.session_state[_MADE] = f"{place.origin()}{base_path()}/agenda/{token}.ics"
    st.session_state[_SAID] = ("L’adresse est faite.", "status")


def _revoke(feed: str) -> None:
    try:
        _still_allowed()
        doors.revoke_feed(loading.store(), access.current_actor(), feed)
    except (AccessError, StoreError) as error:
        st.session_state[_SAID] = (str(error), "alert")
        return
    st.session_state[_SAID] = ("L’abonnement est révoqué : son adresse ne mène plus à rien.", "status")


def _still_allowed() -> None:
    if not access.may(Right.EDIT_REGISTER):  # a callback runs before the page, and so before its gate
        raise AccessError("Votre profil n’a plus ce droit : rechargez la page.")
