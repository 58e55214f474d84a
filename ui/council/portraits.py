"""The portraits of communes as slides of a séance: whole, one theme, what has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from analysis import french, view
from analysis.answers import Answer
from analysis.council import Slide, once
from analysis.council_portrait import Known, headline, know, locator, past_slide, pasts, portrait_slides
from analysis.desk import Desk
from analysis.model import Audience
from analysis.portrait import themes
from ui import loading
from ui.council.cite import citing
from ui.legend import outline_text
from ui.provenance import plain_citation

_SAID = ("population", "vacancy_rate", "ftth_share", "members")
"""The indicators of which a portrait is read aloud."""
CHANGES = "changements"


def questions(desk: Desk) -> list[str]:
    """The questions of the page of a commune, as its address names them."""
    return [*map(view.slug, themes(desk)), CHANGES]


def question(desk: Desk, code: str, asked: str, audience: Audience) -> Slide:
    """One question of the page of a commune, the whole portrait for an empty one. Raises KeyError for an unknown commune or question."""
    if not asked:
        return whole(desk, code, audience)
    if asked == CHANGES:
        slide = past_slide(desk, code, _pasts(desk.content, desk.today, audience, desk), plain_citation)
        return replace(slide, title=f"Ce qui a changé {french.at_place(desk.names[code])}")
    by_theme = dict(zip(map(view.slug, themes(desk)), portrait(desk, code, audience), strict=True))
    return by_theme[asked]


def portrait(desk: Desk, code: str, audience: Audience) -> tuple[Slide, ...]:
    """The portrait of one commune, a slide a theme."""
    here, name = loading.territory(), desk.names[code]
    drawing = replace(
        locator(desk, code, here.name, loading.contour_source()),
        title=name,
        subtitle=here.name,
        legend_title="",
        texts=dict(desk.names),
        named=True,
        outlined=bool(here.groups),
        outline_label=outline_text(here) if here.groups else "",
        commune=code,
    )
    known = _known(desk.content, desk.today, audience, desk)
    said = headline(known, _SAID, code, name)
    return portrait_slides(desk, code, here.name, citing(desk), said, known, drawing)


@st.cache_resource(show_spinner=False, max_entries=6)
def _known(content: int, today: dt.date, audience: Audience, _desk: Desk) -> Known:
    """What all portraits have in common."""
    answers = [loading.answer(each.id, None, audience) for each in _desk.indicators.values() if each.on_map]

    def of(group: str) -> Callable[[Answer], Answer]:
        return lambda found: loading.group_answer(group, found.indicator.id, audience)

    return know(answers, {group: of(group) for group in _desk.groups})


@st.cache_resource(show_spinner=False, max_entries=6)
def _pasts(content: int, today: dt.date, audience: Audience, _desk: Desk) -> tuple[tuple[Answer, ...], ...]:
    return pasts(_desk, audience)


def every(desk: Desk, audience: Audience) -> Mapping[str, Slide]:
    """The portrait of every commune on one slide, by code: what « et chez nous ? » opens."""
    return _every(desk.revision, desk.today, audience, desk)


@st.cache_resource(show_spinner=False, max_entries=3)
def _every(revision: int, today: dt.date, audience: Audience, _desk: Desk) -> dict[str, Slide]:
    return {code: whole(_desk, code, audience) for code in _desk.names}


def whole(desk: Desk, code: str, audience: Audience) -> Slide:
    """The whole portrait of a commune on one slide."""
    slides = portrait(desk, code, audience)
    return replace(
        slides[0],
        title=f"Portrait {french.of_place(desk.names[code])}",
        tables=tuple(table for slide in slides for table in slide.tables),
        sources=(_citations(desk.content, desk.today, audience, desk),),
        cited=(),
        vintages=once(line for slide in slides for line in slide.vintages),
        secrecy=once(line for slide in slides for line in slide.secrecy),
        mark=next((slide.mark for slide in slides if slide.mark), ""),
        link=f"/commune?commune={code}",
        revision=desk.revision,
    )


@st.cache_resource(show_spinner=False, max_entries=6)
def _citations(content: int, today: dt.date, audience: Audience, _desk: Desk) -> str:
    """Every source of a portrait, in one line: the same for all communes."""
    known = _known(content, today, audience, _desk)
    by_id = {found.indicator.id: found for found in known.answers}
    found = (by_id[each.id] for indicators in themes(_desk).values() for each in indicators)
    return f"{french.join(dict.fromkeys(map(citing(_desk), found)))}."
