"""What the map page asks: which indicator, when, for whom, and how the map is drawn."""

import streamlit as st

from analysis import view
from analysis.classes import METHODS
from analysis.model import Audience, Indicator
from ui import access, audience_choice, loading, map_views
from ui.filters import Filters
from ui.map_page import modes, vision

_UNFOLDED = "carte:deplie"
BACKGROUNDS = {"": "Sans fond", "plan": "Plan IGN", "photo": "Photographie aérienne"}


def parameters(desk: loading.Desk) -> list[view.Parameter]:
    """Everything this page reads from its address."""
    return [*map_views.parameters(desk), vision.PARAMETER]


def asked(desk: loading.Desk, filters: Filters) -> tuple[Indicator, str, Audience]:
    """What, when, for whom: known from the filters before their widgets are drawn. A vintage that the indicator lacks is its latest."""
    indicator = desk.indicators[filters["indicateur"]]
    if filters["millesime"] not in indicator.periods:
        filters.set("millesime", indicator.periods[-1])
    return indicator, filters["millesime"], access.audience_of(filters["vue"])


def unfold() -> None:
    """On a phone, the one button that shows or hides everything the page asks; wider screens show it all (`static/parts.css`)."""
    open_ = bool(st.session_state.get(_UNFOLDED))

    def turn() -> None:
        st.session_state[_UNFOLDED] = not open_

    with st.container(key="carte-plier"):
        st.button(
            "Masquer les choix" if open_ else "Indicateur et réglages", icon=":material/tune:", key="carte:plier",
            on_click=turn, width="stretch",
        )  # fmt: skip
        if open_:
            st.html('<i class="zv-unfolded" aria-hidden="true"></i>')


def ask(desk: loading.Desk, filters: Filters, mode: str, indicator: Indicator) -> None:
    """The three questions every visitor has, and how the map is drawn. An animation has a slider of its own for when."""
    what, when, who, how = st.columns([5, 2, 2, 2], vertical_alignment="bottom")
    shown = map_views.on_map(desk)
    if mode == "animation":
        shown = {
            id_: text
            for id_, text in shown.items()
            if modes.moves(desk.indicators[id_]) or id_ == indicator.id
        }
    what.selectbox("Indicateur", list(shown), format_func=shown.__getitem__, **filters.widget("indicateur"))
    if mode != "animation":
        when.selectbox(
            "Millésime",
            list(reversed(indicator.periods)),
            format_func=lambda p: indicator.vintage(p).label,
            **filters.widget("millesime"),
        )
    audience_choice.ask(who, filters)
    folded = how.popover(
        "Réglages", icon=":material/tune:", width="stretch", key=filters.fold("reglages"), on_change="rerun"
    )
    if folded.open:
        with folded:
            settings(filters, mode)


def settings(filters: Filters, mode: str) -> None:
    """How the map is drawn; folded, since the defaults serve most readers. Crossed indicators have nine fixed classes and no circles."""
    if mode != "croise":
        st.selectbox(
            "Méthode de classement",
            list(METHODS),
            format_func=METHODS.__getitem__,
            **filters.widget("methode"),
        )
        if filters["methode"] == "manual":
            st.text_input("Limites des classes", placeholder="5 ; 7,5 ; 10", **filters.widget("bornes"))
        else:
            st.selectbox("Nombre de classes", map_views.COUNTS, **filters.widget("classes"))
        st.toggle("Cercles des membres présents", **filters.widget("cercles"))
        st.toggle("Annonces repérées", **filters.widget("annonces"))
    st.toggle("Contours des groupes", **filters.widget("groupes"))
    st.toggle("Noms des communes", **filters.widget("noms"))
    if mode != "croise":
        st.toggle("Valeurs écrites dans les communes", **filters.widget("valeurs"))
    if loading.backgrounds():
        st.selectbox(
            "Fond de carte",
            ["", *loading.backgrounds()],
            format_func=BACKGROUNDS.__getitem__,
            **filters.widget("fond"),
        )
    vision.setting(filters)
