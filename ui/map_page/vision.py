"""The check of a palette: the map and its legend in the colours that another eye, or a black-and-white printer, gives back."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import streamlit as st

from analysis import french, palette
from analysis.french import NNBSP
from analysis.palette import VISIONS, Vision
from analysis.view import Parameter
from ui import frame
from ui.choropleth import Choropleth
from ui.filters import Filters
from ui.legend import CIRCLE

PARAMETER = Parameter("vision", "normal", list(VISIONS))


def setting(filters: Filters) -> None:
    """The choice of the vision."""
    st.selectbox(
        "Vision des couleurs",
        list(VISIONS),
        format_func=VISIONS.__getitem__,
        **filters.widget(PARAMETER.name),
        help="Pour vérifier une palette : la carte et la légende telles qu'un autre œil les voit.",
    )


def chosen(filters: Filters) -> Vision:
    """The vision on show."""
    return cast(Vision, filters[PARAMETER.name])


def seen(colors: Sequence[str], vision: Vision) -> tuple[str, ...]:
    """`colors` as `vision` gives them back; ordinary vision leaves them as they are."""
    return tuple(colors) if vision == "normal" else tuple(palette.simulate(c, vision) for c in colors)


def redrawn(drawing: Choropleth, vision: Vision) -> Choropleth:
    """The same classes in the colours of `vision`."""
    return drawing if vision == "normal" else replace(drawing, colors=seen(drawing.colors, vision))


def circle_color(vision: Vision) -> str:
    """The fill of the circles."""
    return seen([CIRCLE], vision)[0]


def note(colors: Sequence[str], vision: Vision, *, ordered: bool = True) -> None:
    """Say that the colours are simulated, and how far apart the two closest of `colors` (already those of `vision`) still are.

    `ordered` compares neighbours only: a reader tells a class from the next one. Otherwise any two.
    """
    if vision == "normal":
        return
    text = (
        f"Simulation{NNBSP}: {VISIONS[vision]}. Les couleurs de la carte, de la légende et du tableau sont celles que verrait ce "
        "lecteur ; ce réglage sert à vérifier une palette, il n'aide pas à mieux lire. Les repères d'annonces et les fichiers à "
        "télécharger gardent leurs couleurs."
    )
    pairs = list(itertools.pairwise(colors) if ordered else itertools.combinations(colors, 2))
    if pairs:
        least = min(palette.difference(a, b) for a, b in pairs)
        which = "deux classes voisines" if ordered else "deux cases"
        text += (
            f" Les {which} les plus proches diffèrent de {french.number(least, 2)} "
            f"(moins de 0,02 ne se voit pas, 1 va du noir au blanc)."
        )
    frame.note(french.spaced(text))
