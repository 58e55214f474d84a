"""The parts of the map page around the map."""

from __future__ import annotations

import streamlit as st

from analysis.answers import Answer
from analysis.desk import Desk
from ui import frame, loading, remarks, tables
from ui.choropleth import Choropleth
from ui.map_page.histogram import histogram_html


def legend_notes(drawing: Choropleth) -> None:
    """Under the map: why the classes are fewer than asked, and across which vintages they hold."""
    if drawing.classes.warning:
        frame.note(drawing.classes.warning)
    if len(drawing.answer.indicator.periods) > 1:
        empty = drawing.shared and 0 in drawing.classes.counts
        frame.note(
            "Classes communes à tous les millésimes : une couleur veut dire la même chose d'une année à l'autre."
            + (" Une classe sans commune ici en compte dans un autre millésime." if empty else "")
            if drawing.shared
            else "Classes propres à ce millésime : celles de tous les millésimes en laisseraient de vides."
        )


def figures_table(answer: Answer, drawing: Choropleth, desk: Desk, chosen: str = "") -> None:
    """The same figures as the map, as a sortable table with bars, beside the map; the line of the commune `chosen` stays in view."""
    with st.container(height=560, key="carte-rangs"):
        _figures(answer, drawing, desk, chosen)


def _figures(answer: Answer, drawing: Choropleth, desk: Desk, chosen: str) -> None:
    source = loading.catalogue().source(answer.indicator, answer.vintage.period)
    colors = {
        code: drawing.colors[index] for code, index in drawing.by_code.items() if isinstance(index, int)
    }
    mark = frame.mark(answer, desk)
    remarks.show_beside(desk, answer.indicator, answer.vintage.period)
    tables.value_table(
        answer, source=source.citation + (f" — {mark}" if mark else ""), key="carte:table", colors=colors,
        territory=loading.territory().name, keep=drawing.keep, chosen=chosen,
    )  # fmt: skip


def distribution(drawing: Choropleth) -> None:
    """How the values spread, with the limits of the classes."""
    indicator = drawing.answer.indicator
    if drawing.classes.k:
        st.subheader("Répartition des communes", anchor=False)
        st.html(
            drawing.keep(
                "histogram",
                lambda: histogram_html(
                    drawing.answer.observed["value"],
                    drawing.classes,
                    drawing.colors,
                    unit=indicator.unit,
                    whole=drawing.answer.whole,
                ),
            )
        )
