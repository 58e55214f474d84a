"""The portrait of one commune: its figures beside its group and the territory, its past, its town hall, its members and listings."""

import streamlit as st

from analysis import portrait, view
from analysis.model import Audience
from ui import access, clock, frame, loading, memory, portrait_panels
from ui.filters import Filters


def parameters(desk: loading.Desk) -> list[view.Parameter]:
    """Everything this page reads from its address. The commune is always written there: a link must not depend on the device."""
    circles = [audience.value for audience in access.audiences(access.current_actor())]
    return [
        view.Parameter("commune", allowed=["", *desk.names]),
        view.Parameter("vue", circles[-1], circles),
    ]


def choose(desk: loading.Desk, filters: Filters) -> tuple[str, Audience]:
    """Which commune, for whom; one step back or forward in the order of names."""
    codes = portrait.ordered(desk)
    if not filters["commune"]:
        filters.set("commune", memory.recalled(desk.names, access.account().commune) or codes[0])
    before, after = portrait.neighbours(codes, filters["commune"])
    back, what, on, who = st.columns([2, 4, 2, 2], vertical_alignment="bottom")
    back.button(
        desk.names[before], key="commune:before", icon=":material/arrow_back:", width="stretch", help="Commune précédente",
        on_click=filters.set, args=("commune", before),
    )  # fmt: skip
    code = what.selectbox("Commune", codes, format_func=desk.names.__getitem__, key=filters.key("commune"))
    on.button(
        desk.names[after], key="commune:after", icon=":material/arrow_forward:", icon_position="right", width="stretch",
        help="Commune suivante", on_click=filters.set, args=("commune", after),
    )  # fmt: skip
    circles = [a.value for a in access.audiences(access.current_actor())]
    audience = who.selectbox(
        "Vue pour", circles, format_func=lambda a: Audience(a).label, key=filters.key("vue"), disabled=len(circles) < 2,
        help="Les nombres de personnes trop petits sont masqués pour le public et pour les élus.",
    )  # fmt: skip
    return code, access.audience_of(audience)


def main() -> None:
    """Draw the page."""
    desk = loading.desk()
    filters = Filters("commune", parameters(desk))
    shown_name = st.empty()
    filters.warn()
    code, audience = choose(desk, filters)
    with shown_name.container():
        frame.header(desk.names[code], desk)
    shown = portrait_panels.portrait_of(desk, code, audience)
    frame.sentence(shown.headline)
    available = desk.listings()
    available = available[available["commune"] == code]
    place, contact, network = st.columns(3, gap="medium")
    with place:
        portrait_panels.locator(desk, code, available, lambda clicked: filters.set("commune", clicked))
    with contact:
        portrait_panels.town_hall(code, clock.now())
    with network:
        portrait_panels.members(desk, code, audience)
        portrait_panels.listings(desk, available)
    portrait_panels.figures(desk, shown, code)
    portrait_panels.changes(shown)
    st.page_link(
        "pages/carte.py", label="Voir sur la carte", icon=":material/map:", query_params={"commune": code}
    )
    st.page_link("pages/sources.py", label="D'où viennent les chiffres", icon=":material/menu_book:")
    portrait_panels.use_print_style()
    memory.remember(code)
    filters.publish()


main()
