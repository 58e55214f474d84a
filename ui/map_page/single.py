"""One indicator on the map: the answer, its picture and table, how it spreads, the files."""

import streamlit as st

from analysis.model import Audience, Indicator
from ui import briefings, loading
from ui.commune_panel import commune_choice, commune_figures
from ui.filters import Filters
from ui.map_page import files, modes, parts


def show_single(
    desk: loading.Desk, filters: Filters, indicator: Indicator, period: str, audience: Audience
) -> None:
    """One indicator: the answer, its map and table, how it spreads, the files."""
    answer = loading.answer(indicator.id, period, audience)
    drawing, right = modes.show_answer(desk, filters, answer, audience, key="carte:map")
    with right:
        commune_choice(desk, filters)
        parts.figures_table(answer, drawing, desk, filters["commune"])
        commune_figures(desk, filters, audience, [answer])
        parts.elsewhere(answer, desk)
    parts.distribution(drawing, desk)
    st.subheader("Télécharger", anchor=False)
    briefings.offer("carte")
    files.answer_files(desk, filters, answer, audience)
