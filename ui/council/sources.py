"""The screens whose views a séance can show: what the address of each may hold, and what makes its slide, from the same answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from analysis import (
    bivariate,
    comparison,
    council_broadband,
    council_home,
    council_slides,
    council_sources,
    french,
    palette,
    telework,
    view,
)
from analysis.answers import Answer
from analysis.council import CircleDrawing, MapDrawing, Slide
from analysis.council_broadband import BROADBAND
from analysis.council_slides import HOUSING, LISTINGS
from analysis.coverage import coverage, editions
from analysis.desk import Desk
from analysis.model import Audience
from data import reference
from data.figures import CLOSURE_FILE, load_copper_closure
from ui import loading, map_views, provenance
from ui.council import network, portraits, watch
from ui.council.cite import citing, register
from ui.filters import Chosen
from ui.legend import circle_key, outline_text
from ui.provenance import cited, copper_source


@dataclass(frozen=True)
class Source:
    """A screen whose views a séance can show. `name` in a list; `path` its address; `parameters` what that may hold; `make` the slide.

    `always`: the parameters that its address names even at their default, because the page's own default depends on who looks.
    `anchor`: the parameter that is a place on the page and no parameter of its address.
    """

    name: str
    path: str
    parameters: Callable[[Desk], list[view.Parameter]]
    make: Callable[[Desk, Chosen, Audience], Slide]
    always: tuple[str, ...] = ()
    anchor: str = ""


def _answer(desk: Desk, indicator: str, period: str, audience: Audience) -> Answer:
    entry = desk.indicators[indicator]
    return loading.answer(indicator, period if period in entry.periods else entry.periods[-1], audience)


def _map(desk: Desk, chosen: Chosen, audience: Audience) -> Slide:
    """The map of an address in any mode; what it draws over the communes (circles, listings) in its tables too, and whence it comes."""
    slide = council_slides.with_circles(_map_alone(desk, chosen, audience), desk.names)
    if any(each.places for each in slide.maps):
        table = council_slides.listings_table(_available(desk), desk.names)
        slide = replace(slide, tables=(*slide.tables, table))
    over = any(each.circles or each.places for each in slide.maps)
    if not over:
        return slide
    own = register(desk)
    return replace(slide, sources=(*slide.sources, own), cited=(*slide.cited, own))


def _map_alone(desk: Desk, chosen: Chosen, audience: Audience) -> Slide:
    territory, cite = loading.territory().name, citing(desk)
    found = _answer(desk, chosen["indicateur"], chosen["millesime"], audience)
    mode = chosen["mode"]

    def drawing(answer: Answer, *, shared: bool) -> MapDrawing:
        drawn = map_views.draw(answer, chosen, audience, shared=shared, say=False)
        return map_views.answer_drawing(desk, drawn, chosen, audience)

    if mode in ("simple", "animation"):
        slide = council_slides.map_slide(found, drawing(found, shared=mode == "animation"), territory, cite)
        return replace(slide, tables=(*slide.tables, *council_slides.levels_table(desk, found, territory)))
    entry = found.indicator
    alone = mode == "croise" or len(entry.periods) == 1  # no other vintage to put beside
    wanted = chosen["avec"] or (map_views.beside(desk, entry) if alone else entry.id)
    second = desk.indicators[wanted]
    taken = found.vintage.period if second.id == entry.id else ""
    period = (
        chosen["millesime2"]
        if chosen["millesime2"] in second.periods
        else map_views.second_period(second, taken)
    )
    other = loading.answer(second.id, period, audience)
    if mode == "croise":
        crossing = bivariate.cross(found, other)
        return council_slides.crossing_slide(
            crossing, map_views.crossing_drawing(desk, crossing, chosen), territory, cite
        )
    same = second.id == entry.id
    left, right = (
        (found, other) if not same or found.vintage.period <= other.vintage.period else (other, found)
    )
    compared = comparison.compare(left, right)
    drawings = [drawing(each, shared=same) for each in (left, right)]
    return council_slides.pair_slide(compared, drawings, territory, cite)


def _home(desk: Desk, _chosen: Chosen, audience: Audience) -> Slide:
    pasts = [
        [loading.answer(id_, period, audience) for period in desk.indicators[id_].periods]
        for id_ in council_home.KEY_FIGURES
        if id_ in desk.indicators
    ]
    return council_home.figures_slide(pasts, citing(desk), desk)


def _available(desk: Desk) -> pd.DataFrame:
    """The listings that may be had in the territory's communes."""
    available = desk.listings()
    return available[available["commune"].isin(list(desk.names))]


def _housing(desk: Desk, chosen: Chosen, _audience: Audience) -> Slide:
    here = loading.territory()
    if chosen["question"] != LISTINGS:
        return council_slides.housing_slide(desk, chosen["question"], here.name, citing(desk))
    available = _available(desk)
    counts = {str(code): float(n) for code, n in available["commune"].value_counts().items()}
    largest = max(counts.values(), default=0.0)
    drawing = MapDrawing(
        title="Annonces disponibles", subtitle=here.name, legend_title="Annonces disponibles", unit="",
        classes=dict.fromkeys(desk.names, 0), statuses={}, colors=(palette.GROUND,), class_labels=("commune du territoire",),
        status_labels={}, texts={c: french.quantity(counts[c], "annonces") if c in counts else "aucune annonce" for c in desk.names},
        source=register(desk), day=desk.today, description="Annonces vues disponibles dans chaque commune.",
        circles=CircleDrawing("Annonces disponibles", counts, circle_key(largest, drawn=largest), largest),
        outlined=bool(here.groups), outline_label=outline_text(here) if here.groups else "",
        mark="démonstration" if desk.network.is_demo else "",
    )  # fmt: skip
    return council_slides.listings_slide(desk, available, drawing, register(desk))


def _broadband(desk: Desk, chosen: Chosen, _audience: Audience) -> Slide:
    here, question, cite = loading.territory(), chosen["question"], citing(desk)
    if question == "evolution":
        periods = desk.indicators["share_30m"].periods
        before, after = (loading.answer("share_30m", p, Audience.PUBLIC) for p in (periods[0], periods[-1]))
        return council_broadband.evolution_slide(
            before,
            after,
            here.name,
            cite,
            desk.references([before, after]),
            council_slides.levels_tables(desk, [[after]]),
        )
    if question == "cuivre":
        known = load_copper_closure(
            reference.commune_names().keys(), loading.house().pack.figures / CLOSURE_FILE
        )
        source = loading.catalogue().source(desk.indicators["best_copper"])
        return council_broadband.closure_slide(known, desk.names, copper_source(desk), source.edition)
    if question == "cartefibre":
        found_ = loading.answer("connectable_share", None, Audience.PUBLIC)
        return council_broadband.connectable_slide(found_, here.name, cite)
    fibre = loading.answer("ftth_share", None, Audience.PUBLIC)
    best = telework.best_technologies(desk.figures, fibre.vintage.period)
    if question == "technologies":
        parts = [loading.answer(each, fibre.vintage.period, Audience.PUBLIC) for each in telework.SHARES]
        return council_broadband.technologies_slide(
            best,
            fibre,
            here.name,
            cite,
            desk.references(parts),
            council_slides.levels_tables(desk, [[each] for each in parts]),
        )
    found = telework.verdicts(best, here.telework)
    levels = telework.LEVELS
    drawing = MapDrawing(
        title="Verdict pour télétravailler",
        subtitle=f"{here.name}, {fibre.vintage.label}",
        legend_title="Verdict",
        unit="",
        classes={v.commune: levels.index(v.level) for v in found if v.level},
        statuses={v.commune: v.status for v in found if not v.level},
        colors=tuple(palette.VERDICTS),
        class_labels=tuple(level.value for level in levels),
        status_labels={},
        texts={v.commune: f"{v.level} — {v.reason}" if v.level else v.reason for v in found},
        source=cited(desk, fibre),
        day=desk.today,
        description=telework.verdict_sentence(found),
        outlined=bool(here.groups),
        outline_label=outline_text(here) if here.groups else "",
    )
    return council_broadband.verdict_slide(found, telework.rule_text(here.telework), fibre, drawing, cite)


def _portrait(desk: Desk, chosen: Chosen, audience: Audience) -> Slide:
    if not chosen["commune"]:
        raise KeyError("commune")
    return portraits.question(desk, chosen["commune"], chosen["question"], audience)


def _sources(desk: Desk, chosen: Chosen, _audience: Audience) -> Slide:
    if chosen["question"] == "charge":
        known = loading.known_catalogue()
        return council_sources.state_slide(
            editions(known.indicators, known.sources, desk.figures.imported), desk.today
        )
    catalogue = loading.catalogue()
    table = coverage(provenance.published_answers(catalogue))
    covered = [
        each
        for id_, each in {**catalogue.sources, **catalogue.mixed}.items()
        if (table["source"] == id_).any()
    ]
    published = [each for each in catalogue.indicators.values() if each.kind != "network"]
    return council_sources.editions_slide(covered, len(published), len(catalogue.sources) - 1, desk.today)


def _question(options: Mapping[str, str]) -> Callable[[Desk], list[view.Parameter]]:
    return lambda _desk: [view.Parameter("question", next(iter(options)), list(options))]


SOURCES: dict[str, Source] = {
    "accueil": Source("Accueil", "/", lambda _desk: [], _home),
    "carte": Source("Carte", "/carte", map_views.parameters, _map),
    "logement": Source("Logement", "/logement", _question({**HOUSING, LISTINGS: "Annonces"}), _housing),
    "haut-debit": Source("Haut débit", "/haut-debit", _question(BROADBAND), _broadband, anchor="question"),
    "reseau": Source("Réseau", "/reseau", network.parameters, network.make, always=("section",)),
    "veille": Source("Veille", "/veille", watch.parameters, watch.make),
    "commune": Source(
        "Commune",
        "/commune",
        lambda desk: [
            view.Parameter("commune", "", ["", *desk.names]),
            view.Parameter("question", "", ["", *portraits.questions(desk)]),
        ],
        _portrait,
    ),
    "sources": Source("Sources", "/sources", _question(council_sources.SOURCED), _sources, anchor="question"),
}
"""The screens a séance can show, by the word of their address."""
