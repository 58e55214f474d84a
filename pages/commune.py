"""The portrait of one commune: its figures beside its group and the territory, its past, its town hall, its members and listings."""

import streamlit as st

from ui import access, audience_state, briefings, clock, frame, loading, memory, newcomers, questions, remarks
from ui.filters import Filters
from ui.portrait import controls, files, sections


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
    controls.neighbours(desk, filters, code)
    frame.sentence(shown.headline)
    briefings.offer("commune", {"commune": code})
    if shown.verdict:
        frame.note(shown.verdict)
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
        sections.lacks(desk, code, audience)
    newcomers.show_newcomers(desk, code, access.account(), audience)
    chosen = questions.choose(filters, sections.questions(desk))
    for id_, theme in zip(sections.questions(desk), shown.themes, strict=False):
        with questions.section(id_, chosen):
            sections.figures(desk, theme, code)
            briefings.offer("commune", {"commune": code, "question": id_}, key=id_)
    with questions.section(sections.CHANGES, chosen):
        sections.changes(shown)
        briefings.offer("commune", {"commune": code, "question": sections.CHANGES}, key=sections.CHANGES)
    sections.how_to_read(desk, code)
    remarks.show_of_commune(desk, code)
    files.offer(desk, code, audience)
    st.page_link(
        "pages/carte.py", label="Voir sur la carte", icon=":material/map:",
        query_params={"commune": code, **audience_state.carried()},
    )  # fmt: skip
    frame.sources_link()
    frame.use_print_style()
    memory.remember(code)
    filters.publish()


main()
