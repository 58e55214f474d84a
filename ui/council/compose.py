"""From the views of a séance to what its supports show: each view's address read again, its figures asked for the séance's audience."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from analysis import bivariate, comparison, council_slides, french, palette, telework, view, watch_slides
from analysis.annual import annual_slides
from analysis.answers import Answer
from analysis.council import Deck, MapDrawing, Slide, as_tables, slide_from_json
from analysis.council_slides import HOUSING
from analysis.desk import Desk
from analysis.model import Audience, Status
from analysis.portrait import themes
from analysis.watch.coverage import NO_CONTACT, NO_NEWS, class_labels, coverage_classes, coverage_sentence
from analysis.watch.market import RECENT, market_figures, market_over_time
from analysis.watch_slides import OFFERS, WATCH
from data.catalogue import NETWORK as REGISTER
from data.council import Briefing, BriefingView
from ui import clock, community, loading, map_views, morning
from ui.filters import Chosen
from ui.legend import outline_text
from ui.provenance import cited, network_source

CIRCLES = list(Audience)


@dataclass(frozen=True)
class Source:
    """A screen whose views a séance can show. `name` in a list; `parameters` what its address may hold; `make` the slide."""

    name: str
    path: str
    parameters: Callable[[Desk], list[view.Parameter]]
    make: Callable[[Desk, Chosen, Audience], Slide]


def _register(desk: Desk) -> str:
    """The register cited, without the word that supports put before their sources."""
    return network_source(desk).removeprefix(f"Source{french.NNBSP}: ")


def _cite(desk: Desk) -> Callable[[Answer], str]:
    return lambda found: cited(desk, found)


def _answer(desk: Desk, indicator: str, period: str, audience: Audience) -> Answer:
    entry = desk.indicators[indicator]
    return loading.answer(indicator, period if period in entry.periods else entry.periods[-1], audience)


def _map(desk: Desk, chosen: Chosen, audience: Audience) -> Slide:
    territory, cite = loading.territory().name, _cite(desk)
    found = _answer(desk, chosen["indicateur"], chosen["millesime"], audience)
    mode = chosen["mode"]

    def drawing(answer: Answer, *, shared: bool) -> MapDrawing:
        drawn = map_views.draw(answer, chosen, audience, shared=shared, say=False)
        return map_views.answer_drawing(desk, drawn, chosen, audience)

    if mode in ("simple", "animation"):
        return council_slides.map_slide(found, drawing(found, shared=mode == "animation"), territory, cite)
    entry = found.indicator
    wanted = chosen["avec"] or (map_views.beside(desk, entry) if mode == "croise" else entry.id)
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


NETWORK = {"croissance": "Croissance", "fidelite": "Fidélité"}
BROADBAND = {"teletravail": "Télétravail", "technologies": "Technologies"}


def _network(desk: Desk, chosen: Chosen, audience: Audience) -> Slide:
    if chosen["section"] == "fidelite":
        who = "membres" if audience is Audience.ANIMATEUR else "membres publics"
        return council_slides.retention_slide(desk, community.retention(desk, audience), who, _register(desk))
    return council_slides.growth_slide(desk, audience, _register(desk))


def _housing(desk: Desk, chosen: Chosen, _audience: Audience) -> Slide:
    return council_slides.housing_slide(desk, chosen["question"], loading.territory().name, _cite(desk))


def _broadband(desk: Desk, chosen: Chosen, _audience: Audience) -> Slide:
    here = loading.territory()
    fibre = loading.answer("ftth_share", None, Audience.PUBLIC)
    best = telework.best_technologies(desk.figures, fibre.vintage.period)
    if chosen["question"] == "technologies":
        return council_slides.technologies_slide(best, fibre, here.name, _cite(desk))
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
    return council_slides.verdict_slide(found, telework.rule_text(here.telework), fibre, drawing, _cite(desk))


def portrait(desk: Desk, code: str, audience: Audience) -> tuple[Slide, ...]:
    """The portrait of one commune, a slide a theme."""
    here = loading.territory()
    name = desk.names[code]
    locator = MapDrawing(
        title=name,
        subtitle=here.name,
        legend_title="",
        unit="",
        classes=dict.fromkeys(desk.names, 0) | {code: 1},
        statuses={},
        colors=(palette.GROUND, palette.ACCENT),
        class_labels=("les autres communes", name),
        status_labels={},
        texts=dict(desk.names),
        source=loading.contour_source(),
        day=desk.today,
        description=f"{name} dans {here.name}.",
        outlined=bool(here.groups),
        outline_label=outline_text(here) if here.groups else "",
        commune=code,
    )
    headline = _headline(desk, code, audience)
    return council_slides.portrait_slides(
        desk,
        code,
        here.name,
        _cite(desk),
        headline,
        lambda id_: loading.answer(id_, None, audience),
        lambda group, id_: loading.group_answer(group, id_, audience),
        locator,
    )


def _headline(desk: Desk, code: str, audience: Audience) -> str:
    parts = []
    for id_ in ("population", "vacancy_rate", "ftth_share", "members"):
        if id_ in desk.indicators:
            found = loading.answer(id_, None, audience)
            row = found.cells.set_index("commune").loc[code]
            value = float(row["value"]) if row["status"] == Status.OBSERVED else None
            short = found.indicator.short
            parts.append(f"{short[:1].lower()}{short[1:]}{french.NNBSP}: {found.text(value, row['status'])}")
    return f"{desk.names[code]}. " + french.sentence(f"{french.NNBSP}; ".join(parts)) + "."


def portraits(desk: Desk, audience: Audience) -> Mapping[str, Slide]:
    """The portrait of every commune on one slide, by code: what « et chez nous ? » opens."""
    return _portraits(desk.revision, desk.today, audience, desk)


@st.cache_resource(show_spinner=False, max_entries=3)
def _portraits(revision: int, today: dt.date, audience: Audience, _desk: Desk) -> dict[str, Slide]:
    return {code: _whole_portrait(_desk, code, audience) for code in _desk.names}


def _portrait(desk: Desk, chosen: Chosen, audience: Audience) -> Slide:
    code = chosen["commune"]
    if not code:
        raise KeyError("commune")
    return _whole_portrait(desk, code, audience)


def _whole_portrait(desk: Desk, code: str, audience: Audience) -> Slide:
    slides = portrait(desk, code, audience)
    return replace(
        slides[0],
        title=f"Portrait {french.of_place(desk.names[code])}",
        tables=tuple(table for slide in slides for table in slide.tables),
        sources=(_citations(desk.revision, desk.today, audience, desk),),
        vintages=tuple(dict.fromkeys(line for slide in slides for line in slide.vintages)),
        secrecy=tuple(dict.fromkeys(line for slide in slides for line in slide.secrecy)),
        mark=next((slide.mark for slide in slides if slide.mark), ""),
        link=f"/commune?commune={code}",
        revision=desk.revision,
    )


@st.cache_resource(show_spinner=False, max_entries=6)
def _citations(revision: int, today: dt.date, audience: Audience, _desk: Desk) -> str:
    """Every source of a portrait, in one line: the same for all communes."""
    found = (
        loading.answer(each.id, None, audience)
        for indicators in themes(_desk).values()
        for each in indicators
    )
    return f"{french.join(dict.fromkeys(cited(_desk, each) for each in found))}."


def _watch(desk: Desk, chosen: Chosen, audience: Audience) -> Slide:
    here, section, tenure = morning.known(desk), chosen["section"], OFFERS[chosen["offre"]]
    territory, source = loading.territory(), _register(desk)
    found, known = here.market.found[tenure], here.market.of(tenure)
    if section == "fraicheur":
        return watch_slides.lives_slide(desk, found, len(known) > 0, tenure, territory.search_days, source)
    if section == "marche":
        listings = desk.network.listings[desk.network.listings["tenure"] == tenure]
        since = desk.today - dt.timedelta(days=RECENT - 1)
        seen = len(known) > 0
        figures = market_figures(listings, known, found, since, desk.today) if seen else pd.DataFrame()
        months = market_over_time(listings, desk.network.sightings, desk.today)
        return watch_slides.market_slide(desk, figures, months, tenure, french.date(since), source)
    if section == "manques":
        return watch_slides.lacks_slide(desk, desk.release(audience), desk.thresholds, source)
    if section == "fenetres":
        states = here.windows["text"].value_counts().to_dict() if audience is Audience.ANIMATEUR else None
        return watch_slides.windows_slide(desk, desk.release(audience), states, source)
    if section == "couverture":
        return watch_slides.coverage_slide(
            desk, here.by_commune, _coverage_drawing(desk, here.by_commune), territory.silent_days, source
        )
    raise KeyError(section)


def _coverage_drawing(desk: Desk, communes: pd.DataFrame) -> MapDrawing:
    territory, classes = loading.territory(), coverage_classes(communes)
    return MapDrawing(
        title="Dernières nouvelles par commune",
        subtitle=f"{territory.name}, {french.date(desk.today)}",
        legend_title="Dernière réponse",
        unit="",
        classes={code: rank for code, rank in classes.items() if not isinstance(rank, Status)},
        statuses={code: status for code, status in classes.items() if isinstance(status, Status)},
        colors=(palette.RECENT_NEWS, palette.OLDER_NEWS),
        class_labels=class_labels(territory.silent_days),
        status_labels={Status.SUPPRESSED: NO_NEWS, Status.MISSING: NO_CONTACT},
        texts={row["commune"]: french.sentence(row["text"]) for row in communes.to_dict("records")},
        source=_register(desk),
        day=desk.today,
        description=coverage_sentence(communes, desk.names, territory.silent_days),
        outlined=bool(territory.groups),
        outline_label=outline_text(territory) if territory.groups else "",
        mark="démonstration" if desk.network.is_demo else "",
    )


def _question(options: Mapping[str, str]) -> Callable[[Desk], list[view.Parameter]]:
    return lambda _desk: [view.Parameter("question", next(iter(options)), list(options))]


SOURCES: dict[str, Source] = {
    "carte": Source("Carte", "/carte", map_views.parameters, _map),
    "logement": Source("Logement", "/logement", _question(HOUSING), _housing),
    "haut-debit": Source("Haut débit", "/haut-debit", _question(BROADBAND), _broadband),
    "reseau": Source(
        "Réseau", "/reseau", lambda _d: [view.Parameter("section", "croissance", list(NETWORK))], _network
    ),
    "veille": Source(
        "Veille",
        "/veille",
        lambda _d: [
            view.Parameter("section", "", ["", *WATCH]),
            view.Parameter("offre", "location", list(OFFERS)),
        ],
        _watch,
    ),
    "commune": Source(
        "Commune", "/commune", lambda d: [view.Parameter("commune", "", ["", *d.names])], _portrait
    ),
}
"""The screens a séance can show, by the word of their address."""


def slide(desk: Desk, page: str, query: Mapping[str, str], audience: Audience) -> Slide:
    """What one view shows now, made once a revision for all visitors. A view that cannot be shown any more is a slide that says why
    (`Slide.problem`).
    """
    return _slide(desk.revision, desk.today, page, tuple(sorted(query.items())), audience, desk)


@st.cache_resource(show_spinner=False, max_entries=500)
def _slide(
    revision: int,
    today: dt.date,
    page: str,
    query: tuple[tuple[str, str], ...],
    audience: Audience,
    _desk: Desk,
) -> Slide:
    return _made_now(_desk, page, dict(query), audience)


def _made_now(desk: Desk, page: str, query: Mapping[str, str], audience: Audience) -> Slide:
    source = SOURCES.get(page)
    if source is None:
        return _lost("Cette vue vient d’un écran qui n’existe plus.", page)
    parameters = source.parameters(desk)
    parsed = view.parse(query, parameters)
    if parsed.ignored:
        names = ", ".join(sorted({"indicateur": "l’indicateur", "avec": "le deuxième indicateur", "commune": "la commune",
                                  "millesime": "le millésime"}.get(each, each) for each in parsed.ignored))  # fmt: skip
        return _lost(
            f"Cette vue ne peut plus être montrée{french.NNBSP}: {names} n’existe plus.", source.name
        )
    values = Chosen(parsed.values)
    wanted = values.get("millesime", "")
    if wanted and wanted not in desk.indicators[values["indicateur"]].periods:
        return _lost(
            f"Le millésime {wanted} de cette vue n’est plus publié{french.NNBSP}: l’import a été annulé.",
            source.name,
        )
    try:
        made = source.make(desk, values, audience)
    except KeyError:
        return _lost("Cette vue ne peut plus être montrée : ce qu’elle montrait n’existe plus.", source.name)
    if loading.geometry().empty:
        made = as_tables(made, desk.names)
    query_ = view.to_query(values, parameters)
    address = source.path + (f"?{urlencode(query_)}" if query_ else "")
    return replace(made, link=address, revision=desk.revision)


def _lost(why: str, name: str) -> Slide:
    text = french.spaced(why)
    return Slide(title=name, sentence=text, generated=text, problem=text)


def shown(desk: Desk, kept: BriefingView, audience: Audience) -> Slide:
    """What a view of a séance shows: its frozen figures where it has some, else those of now; under the texts that somebody wrote.

    Frozen figures made for a narrower circle than the séance's are not shown: what the circle may see was decided when they were kept.
    """
    frozen = _frozen(kept, audience)
    made = frozen if frozen is not None else slide(desk, kept.page, kept.query, audience)
    return replace(
        made,
        title=kept.title or made.title,
        sentence=kept.sentence or made.generated,
        note=kept.note,
    )


def _frozen(kept: BriefingView, audience: Audience) -> Slide | None:
    if kept.frozen is None:
        return None
    try:
        made_for = Audience(kept.frozen["audience"])
        found = slide_from_json(kept.frozen["slide"])
    except (KeyError, TypeError, ValueError):
        return _lost("Les chiffres figés de cette vue ne se lisent plus : figez-la de nouveau.", kept.page)
    if CIRCLES.index(made_for) > CIRCLES.index(audience):
        return _lost(
            f"Cette vue a été figée pour {made_for.label} : figez-la de nouveau pour {audience.label}.",
            found.title,
        )
    return found


def deck(desk: Desk, briefing: Briefing, home: str = "") -> Deck:
    """A whole séance, ready for its supports."""
    return Deck(
        title=briefing.title,
        day=briefing.on,
        made=clock.today(),
        audience=briefing.audience,
        territory=loading.territory().name,
        slides=tuple(shown(desk, each, briefing.audience) for each in briefing.views),
        revision=desk.revision,
        home=home,
        names=dict(desk.names),
    )


def annual_deck(desk: Desk, year: int, audience: Audience) -> Deck:
    """The annual report of the network as a deck. Raises AnnualError for a year that is not the network's."""
    territory = loading.territory().name
    register = loading.catalogue().sources[REGISTER].citation
    slides = annual_slides(
        desk,
        audience,
        year,
        cite=lambda entry, period: loading.catalogue().source(entry, period).citation,
        register=register,
    )
    last = dt.date(year, 12, 31)
    return Deck(
        f"Rapport annuel {year}",
        last,
        clock.today(),
        audience,
        territory,
        slides,
        desk.revision,
        names=dict(desk.names),
    )
