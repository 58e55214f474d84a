"""What the sections of the network's page say in common: whose figures, from where, and what to do where there are none."""

from __future__ import annotations

import streamlit as st

from analysis import community as people
from analysis import french, network_words
from analysis.desk import Desk
from analysis.model import Audience
from ui import access, audience_state, frame, navigation
from ui.community import Community
from ui.provenance import network_source


def counting_note(desk: Desk, here: Community, audience: Audience) -> str:
    """Which members a figure counts, and where it comes from."""
    return f"{network_source(desk)} {network_words.counting(audience, here.consenting_here)}"


def empty(text: str, todo: str) -> None:
    """A section without rows: what is not there, and what to do next."""
    frame.sentence(french.spaced(text))
    st.info(french.spaced(todo), icon=":material/person_add:")
    register = navigation.page_at("registre")
    if navigation.may_open(register, access.account()):
        st.page_link(
            register.file,
            label="Ouvrir le registre",
            icon=register.icon,
            query_params=audience_state.carried(),
        )


def nobody(audience: Audience) -> None:
    """Nobody whom `audience` may see one by one: why, and what to do."""
    everybody = people.sees_all(audience)
    todo = "Inscrivez un membre, sa commune et son métier."
    ask = "Recueillez l'accord des membres, ou choisissez la vue des animateurs."
    empty(network_words.nobody_sentence(audience), todo if everybody else ask)
