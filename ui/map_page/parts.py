"""The parts of the map page around the map."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis import french, portrait
from analysis.answers import Answer
from analysis.desk import Desk
from analysis.model import Status
from ui import frame, loading, remarks, tables
from ui.choropleth import Choropleth
from ui.map_page.histogram import histogram_html
from ui.tables import Column


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


def elsewhere(answer: Answer, desk: Desk) -> None:
    """The same figure of what surrounds the territory, or which file brings it; nothing for counts of the network's people."""
    found = desk.elsewhere(answer)
    if not found:
        return
    if all(each.total.status is Status.NOT_IMPORTED for each in found):
        names = french.join([each.level.name for each in found])
        frame.note(
            french.spaced(
                f"Et ailleurs ({names}) : pas encore importé ; le fichier national de cette publication l'apporte."
            )
        )
        return
    rows = pd.DataFrame(
        [(loading.territory().name, portrait.total_text(answer), "")]
        + [(each.head, each.text, each.detail) for each in found],
        columns=["name", "value", "detail"],
    )
    columns = [
        Column("name", "Où"),
        Column("value", answer.indicator.short, numeric=True),
        Column("detail", "Communes"),
    ]
    tables.show_table(rows, columns, caption=french.spaced("Et ailleurs ?"))


def distribution(drawing: Choropleth, desk: Desk) -> None:
    """How the values spread, with the limits of the classes, and where what surrounds the territory stands."""
    indicator = drawing.answer.indicator
    marks = [
        (each.total.value, each.level.name)
        for each in (desk.elsewhere(drawing.answer) if indicator.kind in ("ratio", "change") else ())
        if each.total.value is not None
    ]
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
                    marks=[(value, f"{name} {drawing.answer.text(value)}") for value, name in marks],
                ),
            )
        )
