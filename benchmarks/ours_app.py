"""Ours, all told: classes, hover values, a value written in each commune, circles and legend, by ui.map."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import streamlit as st

from benchmarks.figures import lifespan
from ui.server import shell

if TYPE_CHECKING:
    from ui.geometry import GeometryRef
    from ui.map import MapSpec

app = st.App("app.py", routes=shell.routes(), middleware=shell.middleware(), lifespan=lifespan)


@st.cache_resource(show_spinner=False)
def contours(which: str) -> GeometryRef:
    """The contours, built once."""
    from benchmarks.figures import frame, mainland
    from ui.geometry import geometry_ref

    communes = frame(which)
    return dataclasses.replace(geometry_ref("communes", communes), bounds=mainland(communes))


@st.cache_resource(show_spinner=False)
def spec(which: str, indicator: str) -> MapSpec:
    """What the map shows for one indicator; kept, as ui/loading keeps the answers of the real page.

    Circles and labels only where a reader could see them, which is not at the scale of France.
    """
    from analysis.classes import classify
    from analysis.french import NNBSP, number, quantity
    from analysis.model import Status
    from benchmarks.figures import COLORS, INDICATORS, UNITS, frame
    from ui.legend import Legend, LegendClass
    from ui.map import Circle, MapSpec

    communes, ref = frame(which), contours(which)
    values = communes[indicator]
    found = classify(values, "quantiles", 5)
    codes = list(communes["code"])
    texts = [quantity(value, UNITS[indicator], 1) for value in values]
    few = which != "france"
    classes = {
        c: Status.MISSING if i is None else int(i) for c, i in zip(codes, found.assign(values), strict=True)
    }
    circles = tuple(
        Circle(code, *ref.points[code], float(people), quantity(people, "habitants"))
        for code, people in zip(codes, communes["population"], strict=True)
    )
    return MapSpec(
        geometry=ref,
        classes=classes,
        colors=COLORS[: found.k],
        tooltips=dict(zip(codes, texts, strict=True)),
        circles=circles if few else (),
        labels={c: number(v) for c, v in zip(codes, values, strict=True)} if few else {},
        legend=Legend(
            f"{INDICATORS[indicator]}{NNBSP}({UNITS[indicator]})",
            tuple(
                LegendClass(color, text, count)
                for color, text, count in zip(COLORS, found.labels(), found.counts, strict=False)
            ),
        ),
        attribution="Contours : data/reference",
    )


def main() -> None:
    """One filter and the map."""
    from benchmarks.figures import HEIGHT, INDICATORS, level
    from ui.legend import show_legend
    from ui.map import show_map

    indicator = st.selectbox("Indicateur", list(INDICATORS), format_func=INDICATORS.__getitem__)
    drawn = spec(level(), indicator)
    show_map(drawn, key="map", height=HEIGHT, title=INDICATORS[indicator])
    if drawn.legend is not None:
        show_legend(drawn.legend)


if __name__ == "__main__":
    main()
