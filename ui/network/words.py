"""What the sections of the network's page say in common: whose figures, from where, and what to do where there are none."""

from __future__ import annotations

import streamlit as st

from analysis import community as people
from analysis import french
from analysis.desk import Desk
from analysis.model import Audience
from ui import access, audience_state, frame, navigation
from ui.community import Community
from ui.provenance import network_source


def members(audience: Audience) -> str:
    """What counted people are called: « membres » when all are counted, « membres publics » when only those who consented are."""
    return "membres" if people.sees_all(audience) else "membres publics"


def counting_note(desk: Desk, here: Community, audience: Audience) -> str:
    """Which members a figure counts, and where it comes from."""
    if people.sees_all(audience):
        return f"{network_source(desk)} Tous les membres sont comptés."
    consenting = int(here.here["public"].sum())
    return french.spaced(
        f"{network_source(desk)} Pour {audience.label}, seuls comptent les membres qui ont accepté de paraître dans l'annuaire "
        f"({french.quantity(consenting, 'présents')} aujourd'hui) ; les autres ne figurent que dans les effectifs du territoire, "
        "à la section Croissance."
    )


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
    if people.sees_all(audience):
        empty("Aucun membre n'est présent.", "Inscrivez un membre, sa commune et son métier.")
    else:
        empty(
            "Aucun membre présent n'a accepté de paraître.",
            "Recueillez l'accord des membres, ou choisissez la vue des animateurs.",
        )
