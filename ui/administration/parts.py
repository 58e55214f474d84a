"""What the sections of the administration page share: what became of the last click, fields that survive a refusal, names of authors."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from analysis import french
from analysis.model import LOCAL_ACTOR, SYSTEM_ACTOR
from data.access import AccessError
from data.store import StoreError
from ui import forms

PAGE = forms.Page("administration")
DONE, REFUSED = "administration:done", "administration:refused"


def show_outcome() -> None:
    """What became of the last click."""
    if done := st.session_state.pop(DONE, ""):
        forms.message(done, "status")
    if refused := st.session_state.pop(REFUSED, ""):
        forms.message(refused, "alert")


def run(action: Callable[[], object], done: str) -> None:
    """Do what was asked, then draw the page again with the sentence of what was done or why not."""
    PAGE.forget_snapshot()  # whatever became of it, the next screen shows what stands then
    try:
        action()
    except (AccessError, StoreError) as error:
        st.session_state[REFUSED] = str(error)
    else:
        st.session_state[DONE] = french.spaced(done)
        st.session_state["administration:generation"] = (
            st.session_state.get("administration:generation", 0) + 1
        )
    st.rerun()


def key(name: str) -> str:
    """The key of a form's field: fields are emptied when something was done, and kept when it was refused."""
    return f"administration:{st.session_state.get('administration:generation', 0)}:{name}"


def name_of(actor: str, names: Mapping[str, str]) -> str:
    """Who an author's id stands for."""
    fixed = {LOCAL_ACTOR.id: LOCAL_ACTOR.label, SYSTEM_ACTOR.id: "ligne de commande", "": "inconnu"}
    return names.get(actor) or fixed.get(actor, "inconnu")
