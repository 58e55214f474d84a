"""The sheets of communes as decks, ready to be put on paper: for the page of one commune and for the whole territory."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from analysis import french, hours
from analysis.council import Deck, Slide
from analysis.desk import Desk
from analysis.model import Audience
from analysis.sheets import Hall, sheet_slides
from data import reference
from ui import clock, loading
from ui.provenance import plain_citation, town_hall_source

_FACTS = {"phone": "Téléphone", "email": "Courriel", "website": "Site", "address": "Adresse"}


def decks(desk: Desk, audience: Audience, *codes: str, home: str = "") -> dict[str, Deck]:
    """The two-page sheet of each of `codes` (of every commune when none is named), by code, as decks titled with its name.

    `home`: the address under which links open, empty when none is known.
    """
    here, today = loading.territory(), clock.today()
    slides = _slides(desk.revision, desk.today, audience, codes, desk)
    return {
        code: Deck(
            desk.names[code], today, today, audience, here.name, made, desk.revision, home, dict(desk.names)
        )
        for code, made in slides.items()
    }


# Kept: two seconds of processor for all communes, in the process that answers everybody.
@st.cache_resource(show_spinner=False, max_entries=30)
def _slides(
    revision: int, today: dt.date, audience: Audience, codes: tuple[str, ...], _desk: Desk
) -> dict[str, tuple[Slide, ...]]:
    territory, contours = loading.territory().name, loading.contour_source()
    return sheet_slides(
        _desk, audience, territory, _halls(), cite=plain_citation, contours=contours, codes=codes
    )


@st.cache_resource(show_spinner=False)
def _halls() -> dict[str, Hall]:
    """The published facts of each town hall, by commune."""
    table = reference.town_halls(loading.territory().codes)
    source = town_hall_source().removeprefix(f"Source{french.NNBSP}: ")
    found = {}
    for row in table.astype(object).where(table.notna(), None).to_dict("records"):
        facts = [(label, str(row[name])) for name, label in _FACTS.items() if row[name]]
        facts += [
            (french.sentence(days), text)
            for days, text in hours.week_rows(reference.opening_hours(row["opening_hours"]))
        ]
        found[str(row["code"])] = Hall(tuple(facts), source)
    return found
