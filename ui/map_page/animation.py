"""One indicator vintage after vintage: by itself, by a slider, by two buttons. A step redraws this part of the page only, and sends the
map nothing but its state.
"""

from __future__ import annotations

import streamlit as st

from analysis import comparison
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.model import Audience, Indicator
from ui import briefings, loading, player
from ui.commune_panel import commune_choice, commune_figures
from ui.filters import Filters
from ui.map_page import files, modes, parts
from ui.markdown import literal
from ui.player import Player

SECONDS = 1.5
_NAME = "carte:animation"


def stop() -> None:
    """Stop playing, as another mode does."""
    player.stop(_NAME)


def show_animation(desk: Desk, filters: Filters, indicator: Indicator, audience: Audience) -> None:
    """The whole mode, under the controls."""
    periods = indicator.periods
    if not modes.moves(indicator):
        stop()
        _alone(desk, filters, indicator)
        _step(desk, filters, indicator, audience, periods[-1])
        filters.publish(omit=modes.omitted(filters, indicator, periods[-1]))
        return
    playing = Player(_NAME, filters, "millesime", periods)
    for text in comparison.breaks_between(indicator, periods[0], periods[-1]):
        st.warning(literal(text), icon=":material/report:")
    with st.container(horizontal=True):
        playing.button("Jouer")
        st.button(
            "Précédent",
            icon=":material/skip_previous:",
            key=f"{_NAME}:back",
            on_click=playing.move,
            args=(-1,),
        )
        st.button("Suivant", icon=":material/skip_next:", key=f"{_NAME}:on", on_click=playing.move, args=(1,))
    playing.run(
        lambda at: _at(desk, filters, indicator, audience, playing, at), SECONDS,
        "Millésime", lambda period: indicator.vintage(period).label,
        "Les flèches du clavier avancent et reculent d'un millésime.",
    )  # fmt: skip


def _alone(desk: Desk, filters: Filters, indicator: Indicator) -> None:
    """Say that there is nothing to play, and offer the indicators that can be."""
    text = f"{indicator.short}{NNBSP}: un seul millésime est connu ({indicator.vintage().label}), rien ne peut être animé."
    others = [i for i in desk.indicators.values() if i.on_map and modes.moves(i)]
    # One line, whatever the number of the others: the map stays on the first screen.
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(literal(text))
        if not others:
            return
        with st.popover("Que peut-on animer ?", icon=":material/animation:", key=f"{_NAME}:others"):
            for other in others:
                st.button(
                    literal(other.short), key=f"{_NAME}:to:{other.id}", type="tertiary", width="stretch",
                    on_click=filters.set, args=("indicateur", other.id),
                )  # fmt: skip


def _at(
    desk: Desk, filters: Filters, indicator: Indicator, audience: Audience, playing: Player, at: int
) -> None:
    """The map of a step, its figures, and its address when it stays."""
    # An arrow in full screen chose another indicator: the whole page follows.
    if filters["indicateur"] != indicator.id:
        st.rerun()
    _step(desk, filters, indicator, audience, playing.steps[at])
    if not playing.playing:
        filters.publish(omit=modes.omitted(filters, indicator, playing.steps[at]))


def _step(desk: Desk, filters: Filters, indicator: Indicator, audience: Audience, period: str) -> None:
    answer = loading.answer(indicator.id, period, audience)
    drawing, right = modes.show_answer(desk, filters, answer, audience, key="carte:animee", shared=True)
    with right:
        still = not player.is_playing(_NAME)
        if still:
            commune_choice(desk, filters)
        parts.figures_table(answer, drawing, desk, filters["commune"])
        if still:
            commune_figures(desk, filters, audience, [answer])
    if still:
        st.subheader("Télécharger", anchor=False)
        briefings.offer("carte")
        files.answer_files(desk, filters, answer, audience, shared=True)
