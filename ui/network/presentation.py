"""What the network is, for who meets it first: what it is, how to join it, whom to ask."""

from __future__ import annotations

import streamlit as st

from analysis import french
from analysis.desk import Desk
from analysis.model import Audience
from analysis.network_words import PRESENTED
from ui import frame, loading, navigation
from ui.community import Community
from ui.filters import Filters


def presentation_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """The words of the territory's file; where it has none, which lines to write there."""
    network = loading.territory().network
    if not network.about:
        frame.sentence(french.spaced(f"{network.name} : un réseau de télétravailleurs indépendants."))
        st.info(
            "Le fichier du territoire ne dit pas encore ce qu'est le réseau. Ajoutez-y, sous [network], les lignes about, join et ask.",
            icon=":material/edit_note:",
        )
    else:
        frame.sentence(french.spaced(network.about))
    for name, title in PRESENTED:
        if text := getattr(network, name):
            frame.named(french.spaced(title), french.spaced(text))
            if name == "join":
                frame.send_dossier()
    commune = navigation.page_at("commune")
    st.page_link(commune.file, label="Trouver une mairie", icon=commune.icon)
