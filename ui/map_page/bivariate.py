"""Two indicators crossed on one map: the answer, the map, its 3×3 legend, the same figures as a table."""

from __future__ import annotations

import html

import pandas as pd
import streamlit as st

from analysis import bivariate, french, palette
from analysis.answers import Answer
from analysis.bivariate import LEVELS, Crossing
from analysis.desk import Desk
from analysis.french import NBSP, NNBSP
from analysis.model import Audience, Status
from analysis.palette import Vision
from ui import briefings, frame, loading, map_views, tables
from ui.choropleth import cell_text
from ui.commune_panel import commune_panel
from ui.filters import Filters
from ui.legend import Legend, LegendClass, outline_text, show_legend
from ui.map import MapSpec, show_map
from ui.map_page import files, modes, vision
from ui.provenance import cited
from ui.tables import Column

_LEVELS = range(LEVELS)
_ROWS = 400
"""Beyond this many communes the table shows the first ones and says so."""


def show_crossing(desk: Desk, filters: Filters, first: Answer, second: Answer, audience: Audience) -> None:
    """The whole mode, under the controls."""
    crossing = bivariate.cross(first, second)
    eye = vision.chosen(filters)
    frame.sentence(crossing.sentence)
    left, right = modes.screen()
    with left:
        show_map(
            spec(desk, crossing, filters, eye), key="carte:croise", height=540, title=title(crossing),
            on_click=lambda code: filters.set("commune", code), steps=modes.steps(desk, filters),
        )  # fmt: skip
        show_legend(marks(crossing, filters), heading="Autres signes de la carte")
        vision.note(
            vision.seen([bivariate.color(a, b) for b in _LEVELS for a in _LEVELS], eye), eye, ordered=False
        )
        for warning in crossing.warnings:
            frame.note(warning)
        frame.note(
            "Chaque indicateur est coupé en trois classes d'effectifs égaux sur ses communes connues. "
            "Deux chiffres hauts au même endroit ne disent pas que l'un cause l'autre."
        )
        modes.sources(desk, (first, second))
    with right:
        st.html(legend_html(crossing, eye))
        commune_panel(desk, filters, audience, [first, second])
        with st.container(height=560, key="carte-croise"):
            table(desk, crossing)
    st.subheader("Télécharger", anchor=False)
    briefings.offer("carte")
    files.crossing_files(desk, filters, crossing, audience)


def title(crossing: Crossing) -> str:
    """« Part des logements vacants, RP 2022, et Part de la fibre, 30/06/2026 »."""
    return french.join(
        f"{answer.indicator.short}, {answer.vintage.label}," for answer in (crossing.first, crossing.second)
    ).rstrip(",")


def spec(desk: Desk, crossing: Crossing, filters: Filters, eye: Vision) -> MapSpec:
    """The map: nine colours, the code of the cell written in each commune, both values on hover. No circles: two variables are enough."""
    rows = list(crossing.cells.itertuples())
    classes: dict[str, int | Status] = {
        row.commune: LEVELS * int(row.second) + int(row.first) if row.cell else Status(row.status)
        for row in rows
    }
    return MapSpec(
        geometry=loading.geometry(),
        classes=classes,
        colors=vision.seen([bivariate.color(a, b) for b in _LEVELS for a in _LEVELS], eye),
        tooltips=map_views.crossing_texts(crossing),
        names=desk.names,
        labels={row.commune: row.cell for row in rows if row.cell},
        show_names=filters.on("noms"),
        outlines=loading.group_outlines() if filters.on("groupes") else None,
        selected=filters["commune"] or None,
        background=filters["fond"],
        legend=_full_screen_legend(desk, crossing, filters, eye),
        attribution=loading.contour_source(),
        sentence=crossing.sentence,
    )


def marks(crossing: Crossing, filters: Filters) -> Legend:
    """What the map shows beside the nine colours: the hatchings with their numbers of communes, the outlines."""
    territory = loading.territory()
    status = list(crossing.cells["status"])
    secret, missing = status.count(Status.SUPPRESSED), status.count(Status.MISSING)
    return Legend(
        title="",
        suppressed=secret or None,
        suppressed_text="secret statistique pour l'un ou l'autre",
        missing=missing or None,
        missing_text="non publié pour l'un ou l'autre",
        absent=status.count(Status.NOT_IMPORTED) or None,
        absent_text="pas encore importé pour l'un ou l'autre",
        outline=outline_text(territory) if filters.on("groupes") and territory.groups else "",
    )


def _full_screen_legend(desk: Desk, crossing: Crossing, filters: Filters, eye: Vision) -> Legend:
    """The nine cells as a list, for the full screen, where the page's own legend is not seen."""
    names = [french.quoted(answer.indicator.short) for answer in (crossing.first, crossing.second)]
    cells = [(a, b) for b in reversed(_LEVELS) for a in reversed(_LEVELS)]
    classes = tuple(
        LegendClass(
            vision.seen([bivariate.color(a, b)], eye)[0],
            f"{bivariate.code(a, b)}, {bivariate.words(a, b)}",
            crossing.counts[b][a],
        )
        for a, b in cells
    )
    citations = dict.fromkeys(cited(desk, answer) for answer in (crossing.first, crossing.second))
    here = marks(crossing, filters)
    return Legend(
        title=f"Classe de {names[0]} et classe de {names[1]}",
        classes=classes,
        suppressed=here.suppressed,
        suppressed_text=here.suppressed_text,
        missing=here.missing,
        missing_text=here.missing_text,
        outline=here.outline,
        note=f"Sources{NNBSP}: {french.join(citations)}",
    )


def legend_html(crossing: Crossing, eye: Vision = "normal") -> str:
    """The 3×3 legend as a table: the first indicator across, the second upwards, the communes counted in each cell. Text is escaped."""
    across, upwards = (
        html.escape(f"{a.indicator.short}, {a.vintage.label} ({a.indicator.unit})")
        for a in (crossing.first, crossing.second)
    )
    head = "".join(
        f'<th scope="col">{_range(bivariate.code(level, 0)[0], text)}</th>'
        for level, text in enumerate(crossing.labels(0))
    )
    rows = []
    for b in reversed(_LEVELS):
        cells = "".join(_cell(crossing, a, b, eye) for a in _LEVELS)
        label = _range(bivariate.code(0, b)[1], crossing.labels(1)[b])
        rows.append(f'<tr><th scope="row">{label}</th>{cells}</tr>')
    return (
        '<div role="group" aria-label="Légende" class="zv-cross"><table>'
        "<caption>Nombre de communes dans chaque case</caption>"
        f'<thead><tr><td></td><th scope="colgroup" colspan="3">{across} →</th></tr>'
        f'<tr><th scope="col">{upwards} ↑</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _range(sign: str, text: str) -> str:
    return f"<b>{sign}</b> {html.escape(text) or 'aucune'}"


def _cell(crossing: Crossing, a: int, b: int, eye: Vision) -> str:
    fill = vision.seen([bivariate.color(a, b)], eye)[0]
    count = french.quantity(crossing.counts[b][a], "communes")
    return (
        f'<td style="background:{fill};color:{palette.text_on(fill)}">'
        f"<b>{bivariate.code(a, b)}</b> {html.escape(count)}</td>"
    )


def table(desk: Desk, crossing: Crossing) -> None:
    """The same as the map: both values and the cell of each commune, sortable."""
    orders = {"haut": "Les deux indicateurs, du plus haut au plus bas", "name": "Nom, de A à Z"}
    order = st.selectbox("Trier par", list(orders), format_func=orders.__getitem__, key="carte:croise_order")
    frame_ = rows(crossing, by_name=order == "name")
    notes = []
    if len(frame_) > _ROWS:
        notes.append(f"Les {french.number(_ROWS)} premières communes sur {french.number(len(frame_))}.")
    citations = dict.fromkeys(cited(desk, answer) for answer in (crossing.first, crossing.second))
    notes.append(f"Sources{NNBSP}: {french.join(citations)}.")
    totals = [answer.total_text() or "–" for answer in (crossing.first, crossing.second)]
    tables.show_table(
        frame_.head(_ROWS),
        [
            Column("name", "Commune"),
            Column("first", modes.heading(crossing.first), numeric=True),
            Column("second", modes.heading(crossing.second), numeric=True),
            Column("cell", "Case"),
        ],
        caption=title(crossing),
        foot=[loading.territory().name, *totals, ""],
        notes=notes,
    )


def rows(crossing: Crossing, *, by_name: bool = False) -> pd.DataFrame:
    """The table's rows: `name`, `first`, `second`, `cell`. By name, or high on both first and communes without a cell last."""
    cells = crossing.cells
    texts = [
        [_in_two_lines(cell_text(answer, row)) for row in answer.cells.itertuples()]
        for answer in (crossing.first, crossing.second)
    ]
    out = pd.DataFrame(
        {"name": cells["name"], "first": texts[0], "second": texts[1], "cell": cells["cell"].replace("", "–")}
    )
    out["_name"] = cells["name"].map(french.sort_key)
    known = cells["cell"] != ""
    total = (cells["first"].fillna(0) + cells["second"].fillna(0)).where(known, -1)
    out["_rank"] = [
        (-int(t), -int(a) if k else 0) for t, a, k in zip(total, cells["first"].fillna(0), known, strict=True)
    ]
    order = ["_name"] if by_name else ["_rank", "_name"]
    return out.sort_values(order, kind="stable").drop(columns=["_rank", "_name"]).reset_index(drop=True)


def _in_two_lines(text: str) -> str:
    """« 17,4 % (8 sur 46) » such that a narrow cell breaks it before the bracket only."""
    value, bracket, counts = text.partition(" (")
    return value + bracket + counts.replace(" ", NBSP)
