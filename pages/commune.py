"""The portrait of one commune: its figures beside its group and the territory, its past, its town hall, its members and listings."""

import streamlit as st

from ui import audience_state, clock, frame, loading, memory
from ui.filters import Filters
from ui.portrait import controls, sections


def main() -> None:
    """Draw the page."""
    desk = loading.desk()
    filters = Filters("commune", controls.parameters(desk))
    shown_name = st.empty()
    filters.warn()
    code, audience = controls.choose(desk, filters)
    with shown_name.container():
        frame.header(desk.names[code], desk)
    shown = sections.portrait_of(desk, code, audience)
    frame.sentence(shown.headline)
    available = desk.listings()
    available = available[available["commune"] == code]
    place, contact, network = st.columns(3, gap="medium")
    with place:
        sections.locator(desk, code, available, lambda clicked: filters.set("commune", clicked))
    with contact:
        sections.town_hall(code, clock.now())
    with network:
        sections.members(desk, code, audience)
        sections.listings(desk, available)
    sections.figures(desk, shown, code)
    sections.changes(shown)
    st.page_link(
        "pages/carte.py", label="Voir sur la carte", icon=":material/map:",
        query_params={"commune": code, **audience_state.carried()},
    )  # fmt: skip
    frame.sources_link()
    sections.use_print_style()
    memory.remember(code)
    filters.publish()


main()
