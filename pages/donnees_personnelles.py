"""Personal data: the register of processing, delays, one person's file, who looked at what. For coordinators."""

import streamlit as st

from analysis import view
from ui import frame, gate, loading
from ui.filters import Filters
from ui.privacy import sections


def main() -> None:
    """Draw the page."""
    gate.require("donnees-personnelles")
    desk = loading.desk()
    filters = Filters("donnees", [view.Parameter("section", "traitements", list(sections.SECTIONS))])
    frame.header("Données personnelles", desk)
    filters.warn()
    section = st.segmented_control(
        "Partie", list(sections.SECTIONS), format_func=sections.SECTIONS.__getitem__,
        **filters.widget("section"), required=True, wrap=True,
    )  # fmt: skip
    sections.show_section(str(section))
    filters.publish()


main()
