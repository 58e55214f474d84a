"""The map of any indicator, described: what the map page reads from its address, and what it draws, for whoever shows it elsewhere.

The page itself, its files, the council's supports and their links all come through here, so that one address is one picture.
"""

from __future__ import annotations

import datetime as dt

import streamlit as st

from analysis import bivariate, french, view
from analysis.answers import Answer
from analysis.bivariate import LEVELS, Crossing
from analysis.classes import DEFAULT_METHOD, METHODS, ClassError
from analysis.council import CircleDrawing, MapDrawing, MarkDrawing
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.model import Audience, Indicator, Status
from data.territory import departement_outline, geometry, group_outlines, surroundings
from reports.pictures import Ground
from ui import choropleth, frame, loading
from ui.choropleth import Choropleth, cell_text
from ui.circles import circles_title, counts_members, largest_drawn, member_circles
from ui.filters import Chosen, Filters
from ui.legend import circle_key, outline_text
from ui.listings import listing_label, listing_markers
from ui.markdown import literal
from ui.provenance import cited

MODES = {
    "simple": "Un indicateur",
    "croise": "Deux indicateurs croisés",
    "cote": "Côte à côte",
    "animation": "Animation",
}
# What is put beside an indicator until the reader chooses: where to live, how to be connected.
_BESIDE = ("ftth_share", "vacancy_rate")
COUNTS = ("2", "3", "4", "5")


def parameters(desk: Desk) -> list[view.Parameter]:
    """Everything that decides what a map shows, as the map page reads it from its address."""
    return [
        view.Parameter("indicateur", "vacancy_rate", list(desk.indicators)),
        view.Parameter("millesime", pattern=view.PERIOD),
        view.Parameter("methode", DEFAULT_METHOD, list(METHODS)),
        view.Parameter("classes", "5", COUNTS),
        view.Parameter("bornes", pattern=view.NUMBERS),
        view.Parameter("cercles", "0", view.FLAG),
        view.Parameter("annonces", "0", view.FLAG),
        view.Parameter("groupes", "1", view.FLAG),
        view.Parameter("noms", "1", view.FLAG),
        view.Parameter("valeurs", "0", view.FLAG),
        view.Parameter("fond", allowed=["", *loading.backgrounds()]),
        view.Parameter("commune", allowed=["", *desk.names]),
        view.Parameter("mode", "simple", list(MODES)),
        view.Parameter("avec", allowed=["", *on_map(desk)]),
        view.Parameter("millesime2", pattern=view.PERIOD),
    ]


def on_map(desk: Desk) -> dict[str, str]:
    """The indicators that a map can show, with the words of a list."""
    return {i.id: f"{i.theme} · {i.name}" for i in desk.indicators.values() if i.on_map}


def beside(desk: Desk, indicator: Indicator) -> str:
    """The indicator put beside `indicator` when none is chosen; `indicator` itself when there is no other."""
    others = [id_ for id_ in on_map(desk) if id_ != indicator.id]
    return next((id_ for id_ in _BESIDE if id_ in others), others[0] if others else indicator.id)


def second_period(indicator: Indicator, taken: str = "") -> str:
    """The second vintage when none is chosen: the latest, or the one before `taken` (after it when it is the first)."""
    periods = indicator.periods
    if taken not in periods:
        return periods[-1]
    at = periods.index(taken)
    return periods[at - 1] if at else periods[min(1, len(periods) - 1)]


def draw(
    answer: Answer, filters: Filters | Chosen, audience: Audience, *, shared: bool = False, say: bool = True
) -> Choropleth:
    """Classes as `choropleth` makes them; unusable manual limits are said (on a page: `say`) and replaced by the default ones. Drawn
    once for all visitors.
    """
    method, desk = filters["methode"], loading.desk()
    limits = filters["bornes"] if method == "manual" else ""
    drawing, problem = _drawn(
        desk.content, desk.today, answer.indicator.id, answer.vintage.period, audience,
        method, int(filters["classes"]), limits, shared,
    )  # fmt: skip
    if problem and say:
        st.warning(
            literal(f"Limites des classes : {problem}. La carte montre des limites rondes."),
            icon=":material/rule:",
        )
    return drawing


@st.cache_resource(show_spinner=False, max_entries=1000)
def _drawn(
    content: int,
    today: dt.date,
    indicator: str,
    period: str,
    audience: Audience,
    method: str,
    k: int,
    limits: str,
    shared: bool,
) -> tuple[Choropleth, str]:
    """The drawing, and what is wrong with the manual limits."""
    answer = loading.answer(indicator, period, audience)
    vintages = {p: loading.answer(indicator, p, audience) for p in answer.indicator.periods}
    try:
        manual = view.manual_breaks(limits) if method == "manual" else ()
        return choropleth.choropleth(answer, vintages, method, k, manual, shared=shared), ""  # type: ignore[arg-type]
    except (ValueError, ClassError) as error:
        return choropleth.choropleth(answer, vintages, k=k, shared=shared), str(error)


def value_labels(answer: Answer) -> dict[str, str]:
    """The value of each commune, short enough to be written in it."""
    decimals = answer.indicator.decimals
    return {row.commune: french.number(row.value, decimals) for row in answer.observed.itertuples()}


# -- described, for paper and screens that hold no server --------------------------------------------------------


@st.cache_resource(show_spinner=False)
def ground() -> Ground:
    """What every picture of the territory stands on, as on screen."""
    here, layer = loading.territory(), loading.geometry()
    return Ground(
        geometry(here),
        {layer.codes[rank]: here.name_of[layer.codes[rank]] for rank in layer.order},
        group_outlines(here) if here.groups else None,
        surroundings(here),
        departement_outline(here),
    )


def answer_drawing(
    desk: Desk, drawing: Choropleth, filters: Filters | Chosen, audience: Audience
) -> MapDrawing:
    """One answer on the map: the same classes, circles, listings, outlines, names and values as on screen."""
    answer, here = drawing.answer, loading.territory()
    indicator = answer.indicator
    circles = None
    if filters.on("cercles") and not counts_members(indicator):
        period = answer.vintage.period
        drawn, largest = member_circles(desk, period, audience)
        counts = desk.shown_members(desk.network_day(period), audience)
        circles = CircleDrawing(
            circles_title(desk, audience, period),
            {c: float(n) for c, n in counts.items()},
            circle_key(largest, drawn=largest_drawn(drawn)),
            largest,
        )
    places = (
        tuple(MarkDrawing(m.lon, m.lat, m.label) for m in listing_markers(desk))
        if filters.on("annonces")
        else ()
    )
    drawn_of_network = indicator.kind == "network" or circles is not None or bool(places)
    generated = desk.network.is_demo and drawn_of_network
    return MapDrawing(
        title=indicator.name,
        subtitle=f"{here.name}, {answer.vintage.label}",
        legend_title=indicator.short,
        unit=indicator.unit,
        classes={code: index for code, index in drawing.by_code.items() if not isinstance(index, Status)},
        statuses={code: status for code, status in drawing.by_code.items() if isinstance(status, Status)},
        colors=drawing.colors,
        class_labels=drawing.labels,
        status_labels={Status.MISSING: indicator.missing_note} if indicator.missing_note else {},
        texts=drawing.texts,
        source=cited(desk, answer),
        day=desk.today,
        description=answer.sentence,
        labels=value_labels(answer) if filters.on("valeurs") else {},
        circles=circles,
        outlined=filters.on("groupes") and bool(here.groups),
        outline_label=outline_text(here) if here.groups else "",
        named=filters.on("noms"),
        commune=filters["commune"],
        mark=frame.DEMO if generated else "",
        places=places,
        places_label=listing_label(desk) if places else "",
    )


def crossing_drawing(desk: Desk, crossing: Crossing, filters: Filters | Chosen) -> MapDrawing:
    """Two crossed indicators: nine colours, the code of its cell written in each commune."""
    here = loading.territory()
    cells = [(a, b) for b in range(LEVELS) for a in range(LEVELS)]
    rows = list(crossing.cells.itertuples())
    both = (crossing.first, crossing.second)
    marks = dict.fromkeys(frame.mark(answer, desk) for answer in both)
    return MapDrawing(
        title=" et ".join(answer.indicator.short for answer in both),
        subtitle=f"{here.name}, {' et '.join(dict.fromkeys(answer.vintage.label for answer in both))}",
        legend_title="Case de chaque commune",
        unit="",
        classes={row.commune: LEVELS * int(row.second) + int(row.first) for row in rows if row.cell},
        statuses={row.commune: Status(row.status) for row in rows if not row.cell},
        colors=tuple(bivariate.color(a, b) for a, b in cells),
        class_labels=tuple(f"{bivariate.code(a, b)}, {bivariate.words(a, b)}" for a, b in cells),
        status_labels={},
        texts=crossing_texts(crossing),
        source=" ; ".join(dict.fromkeys(cited(desk, answer) for answer in both)),
        day=desk.today,
        description=crossing.sentence,
        labels={row.commune: row.cell for row in rows if row.cell},
        outlined=filters.on("groupes") and bool(here.groups),
        outline_label=outline_text(here) if here.groups else "",
        named=False,
        commune=filters["commune"],
        mark=frame.DEMO if any(marks) else "",
    )


def crossing_texts(crossing: Crossing) -> dict[str, str]:
    """Both values of each commune with their counts, and its cell."""
    pairs = zip(
        crossing.cells.itertuples(),
        crossing.first.cells.itertuples(),
        crossing.second.cells.itertuples(),
        strict=True,
    )
    out = {}
    for row, one, two in pairs:
        lines = [
            f"{crossing.first.indicator.short}{NNBSP}: {cell_text(crossing.first, one)}",
            f"{crossing.second.indicator.short}{NNBSP}: {cell_text(crossing.second, two)}",
        ]
        if row.cell:
            lines.append(f"Case {row.cell}{NNBSP}: {bivariate.words(int(row.first), int(row.second))}")
        out[str(row.commune)] = "\n".join(lines)
    return out
