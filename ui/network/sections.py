"""The sections of the network's own page: each one question, its answer as a sentence, the picture, the same as a table, its source."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from analysis import french
from analysis.desk import Desk
from analysis.model import Audience
from ui.community import Community
from ui.filters import Filters
from ui.network import outcome as outcome
from ui.network import people as people
from ui.network import replay
from ui.network import time as time
from ui.network.dossiers import dossiers_section
from ui.network.presentation import presentation_section

Draw = Callable[[Desk, Community, Filters, Audience], None]

SECTIONS: dict[str, tuple[str, str, Draw]] = {
    "presentation": ("Le réseau", "Qu'est-ce que le réseau, et comment le rejoindre ?", presentation_section),
    "croissance": ("Croissance", "Le réseau grandit-il ?", time.growth_section),
    "rejouer": ("Rejouer", "Où vivaient les membres, mois après mois ?", time.replay_section),
    "fidelite": ("Fidélité", "Combien de temps restent-ils ?", time.retention_section),
    "annuaire": ("Annuaire", "Qui fait quoi, et qui forme ?", people.directory_section),
    "metiers": ("Métiers proches", "Quels métiers complémentaires sont voisins ?", people.trades_section),
    "isolement": ("Isolement", "Qui est loin des autres et d'un télécentre ?", people.isolation_section),
    "acteurs": ("Acteurs", "Qui fait vivre le réseau avec ses membres ?", outcome.contacts_section),
    "dossiers": ("Dossiers", "Combien de dossiers aboutissent ?", dossiers_section),
    "evenements": ("Événements", "Que produit le réseau, et avec quoi ?", outcome.events_section),
}
"""Key in the address → name, question, what draws the answer."""


def show_section(section: str, desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """One section: its question and its answer."""
    _, question, draw = SECTIONS[section]
    st.subheader(french.spaced(question), anchor=False)
    if section != "rejouer":
        replay.stop()
    draw(desk, here, filters, audience)


def sections() -> Sequence[str]:
    """The keys of the sections, in the order of the page."""
    return list(SECTIONS)
