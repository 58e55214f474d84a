"""From the views of a séance to what its supports show: each view's address read again, its figures asked for the séance's audience."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from analysis import french, view
from analysis.annual import annual_slides
from analysis.council import Deck, Slide, as_tables, slide_from_json
from analysis.desk import Desk
from analysis.model import Audience
from data.catalogue import NETWORK as REGISTER
from data.council import Briefing, BriefingView
from ui import clock, loading
from ui.council.sources import SOURCES, Source
from ui.filters import Chosen
from ui.provenance import plain_citation

CIRCLES = list(Audience)
_NAMES = {
    "indicateur": "l’indicateur", "avec": "le deuxième indicateur", "commune": "la commune", "millesime": "le millésime",
    "mois": "le mois", "metier": "le métier", "competence": "la compétence",
}  # fmt: skip


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
        names = ", ".join(sorted({_NAMES.get(each, each) for each in parsed.ignored}))
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
    return replace(made, link=_address(source, values, parameters), revision=desk.revision)


def _address(source: Source, values: Chosen, parameters: list[view.Parameter]) -> str:
    """The address that reopens a view: its parameters that are not at their default or whose default depends on who looks, and the place
    on a page that shows several questions one under the other.
    """
    query = view.to_query(values, parameters)
    query = {name: values[name] for name in source.always if values[name]} | query
    place = query.pop(source.anchor, "") if source.anchor else ""
    place = place or (values[source.anchor] if source.anchor else "")
    return source.path + (f"?{urlencode(query)}" if query else "") + (f"#{place}" if place else "")


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


def since(desk: Desk, kept: BriefingView, audience: Audience, frozen: Slide) -> str:
    """What became of the figures of a frozen view since they were kept; empty when they are still those of now."""
    now = slide(desk, kept.page, kept.query, audience)
    if now.problem:
        return (
            french.spaced(f"{now.problem} Les chiffres figés le {french.date(frozen.frozen)} restent.")
            if frozen.frozen
            else ""
        )
    if now.fingerprint == frozen.fingerprint:
        return ""
    return f"Les chiffres ont changé depuis{french.NNBSP}: ceux du jour ont l’empreinte {now.fingerprint}."


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
        cite=plain_citation,
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
        year=year,
    )
