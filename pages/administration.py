"""Who may come in and as what: profiles, roles, codes, what was tried at the door. For administrators."""

import streamlit as st

from analysis import view
from ui import administration, frame, gate, loading
from ui.filters import Filters


def main() -> None:
    """Draw the page."""
    gate.require("administration")
    desk = loading.desk()
    filters = Filters("administration", [view.Parameter("section", "profils", list(administration.SECTIONS))])
    frame.header("Administration", desk)
    filters.warn()
    section = st.segmented_control(
        "Partie", list(administration.SECTIONS), format_func=administration.SECTIONS.__getitem__,
        key=filters.key("section"), required=True, wrap=True,
    )  # fmt: skip
    administration.show(str(section), desk)
    filters.publish()


main()
