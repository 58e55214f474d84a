"""Which commune the portrait is of, and for whom."""

import streamlit as st

from analysis import french, portrait, view
from analysis.model import Audience
from ui import access, audience_choice, loading, memory, questions
from ui.filters import Filters
from ui.portrait import sections


def parameters(desk: loading.Desk) -> list[view.Parameter]:
    """Everything this page reads from its address. The commune is always written there: a link must not depend on the device."""
    return [
        view.Parameter("commune", allowed=["", *desk.names]),
        questions.parameter(sections.questions(desk)),
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
        disabled=len(codes) == 1, on_click=filters.set, args=("commune", before),
    )  # fmt: skip
    code = what.selectbox("Commune", codes, format_func=desk.names.__getitem__, **filters.widget("commune"))
    on.button(
        desk.names[after], key="commune:after", icon=":material/arrow_forward:", icon_position="right", width="stretch",
        help="Commune suivante", disabled=len(codes) == 1, on_click=filters.set, args=("commune", after),
    )  # fmt: skip
    return code, audience_choice.ask(who, filters)


def neighbours(desk: loading.Desk, filters: Filters, code: str) -> None:
    """The communes that share a border with `code`, each one click away, the longest border first."""
    near = loading.borders()[code]
    if not near:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="commune:neighbours"):
        st.html('<p class="zv-label">Communes voisines</p>', width="content")
        for each in near:
            st.button(
                desk.names[each], key=f"commune:near:{each}", type="tertiary",
                help=f"Portrait {french.of_place(desk.names[each])}", on_click=filters.set, args=("commune", each),
            )  # fmt: skip
