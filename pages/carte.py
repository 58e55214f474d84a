"""The map of any indicator, alone, crossed with another, side by side or vintage after vintage: the answer as a sentence, the picture,
the same figures as a table, their source, the downloads.
"""

import streamlit as st

from ui import frame, loading
from ui.filters import Filters
from ui.map_page import animation, bivariate, compare, controls, modes, single


def main() -> None:
    """Draw the page."""
    desk = loading.desk()
    filters = Filters("carte", controls.parameters(desk))
    with st.container(key="carte-tete"):
        frame.header("Carte", desk)
    filters.warn()
    controls.unfold()
    with st.container(key="carte-mode"):
        mode = modes.choose(filters)
    indicator, period, audience = controls.asked(desk, filters)
    asked_here = st.container(key="carte-choix")
    if mode == "simple":
        # The map first: its colours follow a choice before the controls above it have been sent again.
        animation.stop()
        single.show_single(desk, filters, indicator, period, audience)
    with asked_here:
        controls.ask(desk, filters, mode, indicator)
    if mode == "animation":
        animation.show_animation(desk, filters, indicator, audience)
        return
    animation.stop()
    second = ""
    if mode != "simple":
        with st.container(key="carte-second"):
            other, period2 = modes.ask_second(desk, filters, indicator, period, same=mode == "cote")
        second = other.id
        show = bivariate.show_crossing if mode == "croise" else compare.show_side_by_side
        show(
            desk,
            filters,
            loading.answer(indicator.id, period, audience),
            loading.answer(second, period2, audience),
            audience,
        )
    filters.publish(omit=modes.omitted(filters, indicator, period, second))


main()
