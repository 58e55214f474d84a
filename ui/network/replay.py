"""The replay: the map of the members month after month, by a slider, by the arrows of the keyboard, or by itself.

A step reruns this fragment only, reads one row of counts made beforehand, and sends the map nothing but its state.
"""

from __future__ import annotations

import streamlit as st

from analysis import council_network, french, network_words
from analysis.desk import Desk
from analysis.model import Audience
from analysis.network_words import PASTS, past_rank
from analysis.presence import Timeline
from ui import community, frame, loading, player, tables
from ui.filters import Filters
from ui.legend import Legend, LegendClass, circle_key, show_legend
from ui.map import Circle, MapSpec, show_map
from ui.player import Player

SECONDS = 0.8
PACES = {"1": "un mois", "3": "trois mois", "12": "un an"}
_NAME = "reseau:rejouer"


def months(timeline: Timeline) -> list[str]:
    """The months of the replay as ``2004-05``, oldest first."""
    return [f"{day:%Y-%m}" for day in timeline.counts.index]


def show_replay(desk: Desk, filters: Filters, audience: Audience, who: str, note: str) -> None:
    """The controls and the map. `who` is what counted people are called, in the plural; `note` the source line that says why."""
    timeline = community.timeline(desk, audience)
    steps = months(timeline)
    playing = Player(_NAME, filters, "mois", steps)
    play, first, pace = st.columns([2, 2, 2], vertical_alignment="bottom")
    with play:
        playing.button("Rejouer", width="stretch")
    first.button(
        "Revenir au début",
        icon=":material/first_page:",
        width="stretch",
        key=f"{_NAME}:first",
        on_click=playing.restart,
    )
    pace.selectbox("Avancer de", list(PACES), format_func=PACES.__getitem__, **filters.widget("pas"))
    playing.run(
        lambda at: _step(desk, playing, timeline, at, who, note), SECONDS,
        "Mois", french.period, "Les flèches du clavier avancent et reculent d'un mois.", by=int(filters["pas"]),
    )  # fmt: skip


def stop() -> None:
    """Stop playing, as another question of the page does."""
    player.stop(_NAME)


def _step(desk: Desk, playing: Player, timeline: Timeline, at: int, who: str, note: str) -> None:
    """One month on screen."""
    frame.sentence(network_words.step_sentence(timeline, at, who))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _draw(desk, timeline, at, who)
        frame.note(note)
    with right:
        tables.show_slide_table(council_network.replay_table(timeline, at, desk.names, who))
    if not playing.playing:
        playing.filters.publish()


def spec(desk: Desk, timeline: Timeline, at: int, who: str = "membres") -> MapSpec:
    """The map of one month: whether a member lives, or has lived, in each commune, and how many as circles of one scale."""
    counts, ever = timeline.counts.iloc[at], timeline.ever.iloc[at]
    geometry = loading.geometry()
    kinds = {code: past_rank(int(counts[code]), bool(ever[code])) for code in desk.names}
    of_kind = [sum(kind == i for kind in kinds.values()) for i in range(len(PASTS))]
    legend = Legend(
        title="Membres du réseau",
        classes=tuple(
            LegendClass(past.color, past.legend.format(french.singular(who)), n)
            for past, n in zip(PASTS, of_kind, strict=True)
        ),
        circles_title=french.sentence(f"{who} présents"),
        circles=circle_key(timeline.largest),
        circle_max=float(timeline.largest),
    )
    present = {code: french.quantity(int(counts[code]), f"{who} présents") for code in desk.names}
    return MapSpec(
        geometry=geometry,
        classes=kinds,
        colors=tuple(past.color for past in PASTS),
        tooltips=present,
        names=desk.names,
        circles=tuple(
            Circle(code, *geometry.points[code], value=float(n), label=present[code])
            for code, n in counts.items()
            if n and code in geometry.points
        ),
        circle_max=float(timeline.largest) or None,
        outlines=loading.group_outlines(),
        legend=legend,
        attribution=loading.contour_source(),
    )


def _draw(desk: Desk, timeline: Timeline, at: int, who: str) -> None:
    drawing = spec(desk, timeline, at, who)
    show_map(drawing, key="reseau:map", height=440, title="Membres présents dans chaque commune")
    if drawing.legend:
        show_legend(drawing.legend)
