"""The replay: the map of the members month after month, by a slider, by the arrows of the keyboard, or by itself.

A step reruns this fragment only, reads one row of counts made beforehand, and sends the map nothing but its state.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from analysis import french, palette
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.model import Audience
from ui import community, frame, loading, player, tables
from ui.community import Timeline
from ui.filters import Filters
from ui.legend import Legend, LegendClass, circle_key, show_legend
from ui.map import Circle, MapSpec, show_map
from ui.player import Player
from ui.tables import Column

SECONDS = 0.8
PACES = {"1": "un mois", "3": "trois mois", "12": "un an"}
_NAME = "reseau:rejouer"
# Told apart in grey too: colour, words of the legend, word of the table.
_CLASSES = (
    (palette.NEVER_HERE, "aucun {} jusqu'ici", "jamais"),
    (palette.ONCE_HERE, "un {} y a vécu", "auparavant"),
    (palette.STILL_HERE, "{} présent", "présent"),
)
_COLUMNS = [
    Column("name", "Commune"),
    Column("count", "Membres présents", numeric=True),
    Column("past", "Membre"),
]


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
    frame.sentence(step_text(timeline, at, who))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _draw(desk, timeline, at, who)
        frame.note(note)
    with right:
        tables.show_table(
            rows(desk, timeline, at),
            _COLUMNS,
            caption=french.sentence(f"{who} présents en {french.period(playing.steps[at])}"),
        )
    if not playing.playing:
        playing.filters.publish()


def step_text(timeline: Timeline, at: int, who: str = "membres") -> str:
    """« En mai 2011 : 14 membres présents dans 9 communes, 3 de plus qu'un an avant »."""
    counts = timeline.counts.iloc[at]
    day: dt.date = timeline.counts.index[at]
    total, places = int(counts.sum()), int((counts > 0).sum())
    when = french.sentence(f"en {french.period(f'{day:%Y-%m}')}")
    if not total:
        gone = timeline.ever.iloc[at].any()
        return f"{when}{NNBSP}: {f'plus aucun {french.singular(who)} présent' if gone else f'aucun {french.singular(who)} encore'}."
    text = f"{when}{NNBSP}: {french.quantity(total, f'{who} présents')} dans {french.quantity(places, 'communes')}"
    if at < 12:
        return f"{text}."
    change = total - int(timeline.counts.iloc[at - 12].sum())
    if change:
        return f"{text}, {french.number(abs(change))} de {'plus' if change > 0 else 'moins'} qu'un an avant."
    return f"{text}, comme un an avant."


def rows(desk: Desk, timeline: Timeline, at: int) -> pd.DataFrame:
    """The same as the map: communes with members first, then by name."""
    counts, ever = timeline.counts.iloc[at], timeline.ever.iloc[at]
    codes = sorted(desk.names, key=lambda code: (-int(counts[code]), french.sort_key(desk.names[code])))
    return pd.DataFrame(
        {
            "name": [desk.names[code] for code in codes],
            "count": [french.number(int(counts[code])) for code in codes],
            "past": [_CLASSES[_class(counts[code], ever[code])][2] for code in codes],
        }
    )


def _class(count: int, ever: bool) -> int:
    return 2 if count else 1 if ever else 0


def spec(desk: Desk, timeline: Timeline, at: int, who: str = "membres") -> MapSpec:
    """The map of one month: whether a member lives, or has lived, in each commune, and how many as circles of one scale."""
    counts, ever = timeline.counts.iloc[at], timeline.ever.iloc[at]
    geometry = loading.geometry()
    kinds = {code: _class(int(counts[code]), bool(ever[code])) for code in desk.names}
    of_kind = [sum(kind == i for kind in kinds.values()) for i in range(len(_CLASSES))]
    legend = Legend(
        title="Membres du réseau",
        classes=tuple(
            LegendClass(color, text.format(french.singular(who)), n)
            for (color, text, _), n in zip(_CLASSES, of_kind, strict=True)
        ),
        circles_title=french.sentence(f"{who} présents"),
        circles=circle_key(timeline.largest),
        circle_max=float(timeline.largest),
    )
    present = {code: french.quantity(int(counts[code]), f"{who} présents") for code in desk.names}
    return MapSpec(
        geometry=geometry,
        classes=kinds,
        colors=tuple(color for color, _, _ in _CLASSES),
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
