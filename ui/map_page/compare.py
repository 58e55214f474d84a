"""Two maps side by side that move together: two vintages of one indicator, or two indicators."""

from __future__ import annotations

import streamlit as st

from analysis import comparison, french
from analysis.answers import Answer
from analysis.comparison import Comparison
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.model import Audience
from ui import briefings, frame, loading, map_views, tables
from ui.commune_panel import commune_panel
from ui.filters import Filters
from ui.legend import show_legend
from ui.map import show_map
from ui.map_page import files, modes, vision
from ui.markdown import literal
from ui.provenance import cited
from ui.tables import Column

_ROWS = 400
"""Beyond this many communes the table shows the first ones and says so."""


def show_side_by_side(desk: Desk, filters: Filters, one: Answer, other: Answer, audience: Audience) -> None:
    """The whole mode, under the controls. Two vintages of one indicator stand in the order of time, whichever was chosen first."""
    same = one.indicator.id == other.indicator.id
    left, right = (one, other) if not same or one.vintage.period <= other.vintage.period else (other, one)
    compared = comparison.compare(left, right)
    if compared.sentence:
        frame.sentence(compared.sentence)
    for text in compared.breaks:
        st.warning(literal(text), icon=":material/report:")
    frame.note(
        "Les deux cartes bougent ensemble."
        + (
            " Classes communes : une couleur veut dire la même chose sur les deux."
            if same and not compared.breaks
            else ""
        )
    )
    columns = st.container(key="carte-deux").columns(2, gap="medium")
    for side, column, answer in zip(("gauche", "droite"), columns, (left, right), strict=True):
        with column:
            _map(desk, filters, answer, audience, side, with_source=not same)
    table, panel = st.columns([3, 2], gap="medium")
    with panel:
        commune_panel(desk, filters, audience, [left, right])
    with table, st.container(key="carte-cote"):
        _table(desk, compared)
        modes.sources(desk, (left, right))
    st.subheader("Télécharger", anchor=False)
    briefings.offer("carte")
    for side, answer in zip(("gauche", "droite"), (left, right), strict=True):
        frame.note(f"Carte de {side} : {answer.indicator.short}, {answer.vintage.label}.")
        files.answer_files(desk, filters, answer, audience, key=side, shared=same)


def _map(
    desk: Desk, filters: Filters, answer: Answer, audience: Audience, side: str, *, with_source: bool
) -> None:
    eye = vision.chosen(filters)
    drawing = vision.redrawn(map_views.draw(answer, filters, audience, shared=not with_source), eye)
    spec, legend = modes.map_of(desk, drawing, filters, audience, sync="carte")
    st.subheader(literal(f"{answer.indicator.short}, {answer.vintage.label}"), anchor=False)
    picture, beside = st.columns([5, 3], gap="small")
    with picture:
        show_map(
            spec, key=f"carte:{side}", height=460, title=f"{answer.indicator.name}, {answer.vintage.label}",
            on_click=lambda code: filters.set("commune", code), steps=modes.steps(desk, filters),
        )  # fmt: skip
    with beside:
        show_legend(legend, heading=f"Légende de la carte de {side}")
    if with_source:
        frame.note(answer.sentence)
    if drawing.classes.warning:
        frame.note(drawing.classes.warning)
    vision.note(drawing.colors, eye)


def _table(desk: Desk, compared: Comparison) -> None:
    """The same as the two maps, commune by commune."""
    columns = [
        Column("name", "Commune"),
        Column("left", modes.heading(compared.left), numeric=True),
        Column("right", modes.heading(compared.right), numeric=True),
    ]
    foot = [
        loading.territory().name,
        compared.left.total_text() or "–",
        compared.right.total_text() or "–",
    ]
    if compared.changes:
        columns.append(Column("change", "Écart", numeric=True))
        foot.append("")
    rows = compared.cells.assign(_n=compared.cells["name"].map(french.sort_key)).sort_values("_n")
    notes = []
    if len(rows) > _ROWS:
        notes.append(f"Les {french.number(_ROWS)} premières communes sur {french.number(len(rows))}.")
    citations = dict.fromkeys(cited(desk, answer) for answer in (compared.left, compared.right))
    notes.append(f"Source{'s' if len(citations) > 1 else ''}{NNBSP}: {french.join(citations)}.")
    tables.show_table(
        rows.head(_ROWS), columns, caption="Les deux cartes, commune par commune", foot=foot, notes=notes
    )
