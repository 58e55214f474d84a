"""The gate before each page: who is in, how to come in or go out, and why a page stays shut."""

from __future__ import annotations

import html
from urllib.parse import quote, urlencode

import streamlit as st

from analysis import french
from analysis.model import Account, Right, Role
from ui import access, frame
from ui.navigation import Page, may_open, page_at
from ui.settings import base_path

NEEDED: dict[Right | None, str] = {
    None: "aux élus et à l’équipe",  # a page without a right of its own is for a circle
    Right.READ_PEOPLE: "aux animateurs",
    Right.EDIT_REGISTER: "aux animateurs",
    Right.IMPORT: "aux analystes et aux animateurs",
    Right.ADMINISTER: "aux administrateurs",
}


def require(path: str) -> None:
    """Go on when the person at the screen may open the page at `path`; else say why not, and end the run.

    The door (`app.py`) asks for every page; a page that is not for everybody asks again itself, because nothing else stands before
    it when a script is run alone.
    """
    entrance, page = access.current(), page_at(path)
    if may_open(page, entrance.account):
        return
    frame.refused_page(page.title, sentence_of(page, entrance))
    if not entrance.signed_in:
        _way_in(entrance, path, key="gate:in-page")
    frame.foot()
    st.stop()


def sentence_of(page: Page, entrance: access.Entrance) -> str:
    """Why a page stays shut, for whom it is, and what to do."""
    text = f"La page « {page.title} » est réservée {NEEDED[page.right]}."
    if entrance.signed_in and entrance.account.role is not Role.PUBLIC:
        return f"{text} Votre profil « {entrance.account.label} » est {role_text(entrance.account)} : demandez à un administrateur."
    if entrance.way == "none":
        return f"{text} Ce serveur ne sert que la vue publique."
    return f"{text} Connectez-vous avec un profil qui y a droit."


def bar(path: str) -> None:
    """One line above the page: who is in and the way out, or the way in. Nothing while one unnamed person uses this machine."""
    entrance = access.current()
    access.drawn_for(entrance.account)
    if entrance.way == "open":
        return
    with st.container(
        key="compte", horizontal=True, horizontal_alignment="left", vertical_alignment="center", gap="small"
    ):
        if entrance.notice:
            st.html(
                f'<p class="zv-account" role="status" data-user-text>{html.escape(french.spaced(entrance.notice))}</p>'
            )
        if entrance.signed_in:
            if entrance.account.role is not Role.PUBLIC:
                who = f"{entrance.account.label}, {role_text(entrance.account)}"
                st.html(f'<p class="zv-account" data-user-text>{html.escape(who)}</p>')
            st.button("Se déconnecter", key="compte:out", icon=":material/logout:", on_click=access.sign_out)
        else:
            _way_in(entrance, path, key="compte:in")


def role_text(account: Account) -> str:
    """« animateur »: the role as a word."""
    return account.role.label


def _way_in(entrance: access.Entrance, path: str, key: str) -> None:
    if entrance.way == "oidc":
        st.button("Se connecter", key=key, icon=":material/login:", on_click=st.login)
    elif entrance.way == "pin":
        st.html(
            f'<p class="zv-account"><a href="{html.escape(sign_in_address(path))}" target="_self">Se connecter</a></p>'
        )


def sign_in_address(page: str) -> str:
    """The address of the page where a PIN is typed, which leads back to the page and the view on screen."""
    query = urlencode([(name, value) for name in st.query_params for value in st.query_params.get_all(name)])
    back = f"/{page}?{query}" if query else f"/{page}"
    return f"{base_path()}/connexion?suite={quote(back, safe='/')}"
