"""The network: does it grow, where, how long do members stay, who does what, who is alone, what comes of it. One question at a time."""

import streamlit as st

from ui import audience_choice, briefings, community, frame, loading
from ui.filters import Filters
from ui.network import controls, sections


def main() -> None:
    """Draw the page."""
    desk = loading.desk()
    here = community.read(desk)
    filters = Filters("reseau", controls.parameters(desk, here))
    frame.header("Réseau", desk)
    filters.warn()
    what, who = st.columns([5, 1], vertical_alignment="bottom")
    section = what.segmented_control(
        "Question",
        sections.sections(),
        format_func=lambda key: sections.SECTIONS[key][0],
        **filters.widget("section"),
        required=True,
        wrap=True,
    )
    audience = audience_choice.ask(who, filters)
    sections.show_section(str(section), desk, here, filters, audience)
    briefings.offer("reseau", lambda: controls.view_of(filters), key=str(section))
    filters.publish()


main()
