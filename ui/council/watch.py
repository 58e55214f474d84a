"""The questions of the housing watch as views of a séance."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analysis import french, palette, view, watch_slides
from analysis.council import MapDrawing, Slide
from analysis.desk import Desk
from analysis.model import Audience, Status
from analysis.watch.coverage import NO_CONTACT, NO_NEWS, class_labels, coverage_classes, coverage_sentence
from analysis.watch.market import RECENT, market_figures, market_over_time
from analysis.watch_slides import OFFERS, WATCH
from ui import loading, morning
from ui.council.cite import register
from ui.filters import Chosen
from ui.legend import outline_text


def parameters(_desk: Desk) -> list[view.Parameter]:
    """What of the address of the watch decides what a view shows."""
    return [
        view.Parameter("section", "", ["", *WATCH]),
        view.Parameter("offre", "location", list(OFFERS)),
    ]


def make(desk: Desk, chosen: Chosen, audience: Audience) -> Slide:
    """The slide of the question chosen. Raises KeyError for a question that no séance shows."""
    here, section, tenure = morning.known(desk), chosen["section"], OFFERS[chosen["offre"]]
    territory, source = loading.territory(), register(desk)
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
        source=register(desk),
        day=desk.today,
        description=coverage_sentence(communes, desk.names, territory.silent_days),
        outlined=bool(territory.groups),
        outline_label=outline_text(territory) if territory.groups else "",
        mark="démonstration" if desk.network.is_demo else "",
    )
