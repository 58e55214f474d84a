"""The home page: what this is, six key figures with their own past, how the network grows, a small map, what to do today, my commune."""

import streamlit as st

from analysis import french, view
from analysis.council_home import KEY_FIGURES
from ui import access, audience_choice, briefings, frame, loading, memory
from ui.filters import Filters
from ui.home import sections
from ui.network import growth


def main() -> None:
    """Draw the page."""
    desk = loading.desk()
    who = access.account()
    mine = memory.recalled(desk.names, who.commune)
    filters = Filters("accueil", [view.Parameter("commune", mine, ["", *desk.names])])
    frame.header(loading.territory().name, desk)
    filters.warn()
    said, asked = st.columns([5, 1], vertical_alignment="bottom")
    audience = audience_choice.ask(asked, filters)
    with said:
        frame.sentence(
            f"Un réseau de télétravailleurs indépendants dans {french.quantity(len(desk.names), 'communes')}{french.NNBSP}: où ils vivent, "
            "où des logements attendent, où la fibre est arrivée."
        )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        sections.small_map(desk, audience)
        briefings.offer("carte", {"cercles": "1"}, key="accueil")
    with right:
        sections.my_commune(desk, filters, audience)
        frame.send_dossier()
        sections.to_do(desk, who, audience)
    st.subheader("Les chiffres clés", anchor=False)
    for start in range(0, len(KEY_FIGURES), 3):
        for column, indicator in zip(st.columns(3), KEY_FIGURES[start : start + 3], strict=False):
            with column:
                sections.key_figure(desk, indicator, audience)
    briefings.offer("accueil", {})
    st.subheader("Croissance du réseau", anchor=False)
    growth.show_growth(desk, audience, key="accueil:growth")
    briefings.offer("reseau", {"section": "croissance"}, key="accueil")
    sections.open_installation()
    filters.publish()


main()
