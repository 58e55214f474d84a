"""Who may come in and as what: profiles, roles, codes, what was tried at the door. For administrators."""

import streamlit as st

from analysis import view
from ui import frame, gate, loading
from ui.administration import sections
from ui.filters import Filters


def main() -> None:
    """Draw the page."""
    gate.require("administration")
    desk = loading.desk()
    filters = Filters("administration", [view.Parameter("section", "profils", list(sections.SECTIONS))])
    frame.header("Administration", desk)
    filters.warn()
    section = st.segmented_control(
        "Partie", list(sections.SECTIONS), format_func=sections.SECTIONS.__getitem__,
        **filters.widget("section"), required=True, wrap=True,
    )  # fmt: skip
    sections.show_section(str(section), desk)
    filters.publish()


main()
