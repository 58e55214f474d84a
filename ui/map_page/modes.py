"""What the modes of the map page share: which mode, the second indicator, classes, the map of one answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analysis.answers import Answer
from analysis.desk import Desk
from analysis.model import Audience, Indicator
from ui import frame, loading, map_views
from ui.choropleth import Choropleth
from ui.circles import circles_title, counts_members, largest_drawn, member_circles
from ui.filters import Filters
from ui.legend import Legend, circle_key, outline_text, show_legend
from ui.listings import listing_label, listing_markers
from ui.map import MapSpec, Steps, show_map
from ui.map_page import parts, vision

_RANKS = 24
"""How many communes stand beside the map in full screen: what can be read from the back of a room."""


def choose(filters: Filters) -> str:
    """The choice of the mode."""
    return str(
        st.segmented_control(
            "Mode",
            list(map_views.MODES),
            format_func=map_views.MODES.__getitem__,
            **filters.widget("mode"),
            label_visibility="collapsed",
            required=True,
            wrap=True,
        )
    )


def steps(desk: Desk, filters: Filters, *, moving: bool = False) -> Steps:
    """The indicators that the arrows of the full screen go through, in the order of the list; with `moving` those of several vintages."""
    ids = [id_ for id_ in map_views.on_map(desk) if not moving or moves(desk.indicators[id_])]
    here = ids.index(filters["indicateur"]) if filters["indicateur"] in ids else -1
    return Steps(here, len(ids), lambda place: filters.set("indicateur", ids[place]))


def moves(indicator: Indicator) -> bool:
    """Whether an indicator has several vintages, so that something can be played."""
    return len(indicator.periods) > 1


def ask_second(
    desk: Desk, filters: Filters, indicator: Indicator, period: str, *, same: bool
) -> tuple[Indicator, str]:
    """The second indicator and its vintage. With `same`, it may be the same indicator at another vintage, if it has one."""
    shown = {id_: text for id_, text in map_views.on_map(desk).items() if id_ != indicator.id}
    if same and len(indicator.periods) > 1:
        shown = {"": "Le même indicateur, un autre millésime", **shown}
    if filters["avec"] not in shown:
        filters.set("avec", "" if "" in shown else map_views.beside(desk, indicator))
    what, when, _ = st.columns([5, 2, 4], vertical_alignment="bottom")
    chosen = what.selectbox(
        "Deuxième indicateur", list(shown), format_func=shown.__getitem__, **filters.widget("avec")
    )
    second = desk.indicators[chosen] if chosen else indicator
    periods = [p for p in reversed(second.periods) if chosen or p != period]
    if filters["millesime2"] not in periods:
        filters.set("millesime2", map_views.second_period(second, period if not chosen else ""))
    period2 = when.selectbox(
        "Deuxième millésime",
        periods,
        format_func=lambda p: second.vintage(p).label,
        **filters.widget("millesime2"),
    )
    return second, str(period2)


def omitted(filters: Filters, indicator: Indicator, period: str, second: str = "") -> list[str]:
    """The parameters that the address leaves out: « the latest », and what the mode does not use. `second` is the second indicator's
    id, empty where there is none.
    """
    out = ["millesime"] if period == indicator.periods[-1] else []
    return out if second else [*out, "avec", "millesime2"]


def map_of(
    desk: Desk, drawing: Choropleth, filters: Filters, audience: Audience, *, sync: str = ""
) -> tuple[MapSpec, Legend]:
    """The map of one answer and its legend, with what the settings add: circles, listings, outlines, values, background."""
    answer, territory = drawing.answer, loading.territory()
    period = answer.vintage.period
    with_circles = filters.on("cercles") and not counts_members(answer.indicator)
    circles, largest = member_circles(desk, period, audience) if with_circles else ((), 0.0)
    markers = listing_markers(desk) if filters.on("annonces") else ()
    legend = drawing.legend(
        circles_title=circles_title(desk, audience, period),
        circles=circle_key(largest, drawn=largest_drawn(circles)) if circles else (),
        circle_max=largest,
        circle_color=vision.circle_color(vision.chosen(filters)),
        markers=(("available", listing_label(desk)),) if markers else (),
        outline=outline_text(territory) if filters.on("groupes") and territory.groups else "",
    )
    source = loading.catalogue().source(answer.indicator, period)
    spec = MapSpec(
        geometry=loading.geometry(),
        classes=drawing.by_code,
        colors=drawing.colors,
        tooltips=drawing.texts,
        names=desk.names,
        circles=circles,
        circle_max=largest or None,
        markers=markers,
        labels=map_views.value_labels(answer) if filters.on("valeurs") else {},
        show_names=filters.on("noms"),
        outlines=loading.group_outlines() if filters.on("groupes") else None,
        selected=filters["commune"] or None,
        background=filters["fond"],
        legend=replace(legend, note=frame.source_line(answer, source, desk)),
        attribution=loading.contour_source(),
        sync=sync,
        sentence=answer.sentence,
        ranks=drawing.ranks[:_RANKS],
    )
    return spec, legend


def screen() -> tuple[DeltaGenerator, DeltaGenerator]:
    """The map's column, whose height follows the window (`static/parts.css`), and the one beside it."""
    left, right = st.container(key="carte-ecran").columns([13, 8], gap="medium")
    return left, right


def show_answer(
    desk: Desk, filters: Filters, answer: Answer, audience: Audience, *, key: str, shared: bool = False
) -> tuple[Choropleth, DeltaGenerator]:
    """One answer as a sentence and a map with its legend and its source; a click chooses a commune. What was drawn, and the column
    beside it, still empty. `shared`: of an animation, whose classes hold for every vintage, and whose arrows go to what can be played.
    """
    eye = vision.chosen(filters)
    drawing = vision.redrawn(map_views.draw(answer, filters, audience, shared=shared), eye)
    spec, legend = map_of(desk, drawing, filters, audience)
    frame.sentence(answer.sentence)
    left, right = screen()
    with left:
        picture, beside = st.columns([5, 2], gap="small")
    with picture:
        # The title says the vintage: the frame's name is part of the state and changes with it.
        show_map(
            spec, key=key, height=540, title=f"{answer.indicator.name}, {answer.vintage.label}",
            on_click=lambda code: filters.set("commune", code), steps=steps(desk, filters, moving=shared),
        )  # fmt: skip
    with beside:
        show_legend(legend)
    with left:
        parts.legend_notes(drawing)
        vision.note(drawing.colors, eye)
        frame.source_note(answer, loading.catalogue().source(answer.indicator, answer.vintage.period), desk)
    return drawing, right


def sources(desk: Desk, answers: Sequence[Answer]) -> None:
    """Where the figures of several answers come from, each under its name, then the way to the page of sources."""
    texts: Collection[str] = dict.fromkeys(
        f"{answer.indicator.name}, {answer.vintage.label}. "
        + frame.source_text(answer, loading.catalogue().source(answer.indicator, answer.vintage.period), desk)
        for answer in answers
    )
    for text in texts:
        frame.note(text)
    frame.sources_link(*(loading.catalogue().source(each.indicator, each.vintage.period) for each in answers))


def heading(answer: Answer) -> str:
    """A column's heading: the short name, the vintage and the unit."""
    return f"{answer.indicator.short}, {answer.vintage.label} ({answer.indicator.unit})"
