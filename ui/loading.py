"""The caches: what is read once and kept, keyed by the store's revision, the day and the audience. What is reckoned from a desk alone is
keyed by `Desk.content`: a remark, a draft or an account leaves it as it is.

Everything here is shared by all visitors, so nothing that is returned may be changed.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from analysis import freshness, portrait
from analysis.answers import Answer, FigureSet
from analysis.calendar import network_periods
from analysis.desk import Desk, make_desk
from analysis.model import Audience
from data import reference
from data import territory as territories
from data.catalogue import Catalogue
from data.figures import load_milestones
from data.freshness import import_days, network_days
from data.opening import REFUSALS, House, first_year, open_house, read_all, read_catalogue
from data.store import Store
from data.territory import Territory
from ui import clock, place, run
from ui.geometry import NOTHING, GeometryRef, declare, geometry_ref, late_file
from ui.settings import tile_origin

__all__ = [
    "Desk",
    "answer",
    "backgrounds",
    "catalogue",
    "desk",
    "geometry",
    "group_answer",
    "group_outlines",
    "store",
    "territory",
]


@st.cache_resource(show_spinner="Ouverture de la base…")
def _house() -> House:
    opened = open_house(clock.today())
    opened.store.after_commit.append(run.forget)
    return opened


def refused() -> Exception | None:
    """What stops every page (a file that cannot be trusted, a database that does not open or no longer answers); None when all is well.

    Tried again at each run until the house opens, so that mending the file and reloading the page is enough.
    """
    try:
        _house()
        revision()
    except REFUSALS as error:
        return error
    return None


def refusal() -> str:
    """`refused` in words; empty when all is well."""
    error = refused()
    return "" if error is None else str(error)


_FIRST_NEEDED = (
    "streamlit.emojis",  # a pattern of some thousand characters, made for the first list of choices
    "PIL.Image",  # for the icon of the page
    "ui.map_page.animation",
    "ui.map_page.bivariate",
    "ui.map_page.compare",
    "ui.map_page.controls",
    "ui.map_page.modes",
    "ui.map_page.single",
)
"""Modules that the first map loads, by name: nothing here uses them."""


FIRST_LOOKS: list[Callable[[Desk, Audience], object]] = []
"""What the first visit of the home page would make and keep, declared where it is made; `ui.server.warming` asks for it before."""


def warm_up() -> None:
    """Read, load and compute what the first map asks for, so that thirty who come at once do not wait for it together. What only other
    pages ask for comes after the door (`ui.server.warming`).
    """
    for name in _FIRST_NEEDED:
        importlib.import_module(name)
    now = desk()
    audience = Audience.ANIMATEUR if place.read().one_machine else Audience.PUBLIC
    now.largest_member_count(audience)
    for indicator in now.indicators.values():
        if indicator.on_map:
            answer(indicator.id, None, audience)
            break
    data_day(now)
    geometry()
    group_outlines()


def house() -> House:
    """The opened house: the store and the territory it is about."""
    return _house()


def territory() -> Territory:
    """The territory on show."""
    return _house().territory


def store() -> Store:
    """The store, migrated and filled."""
    return _house().store


def revision() -> int:
    """The store's revision, asked once a run (`ui.run`)."""
    return run.once("revision", store().revision)


def desk() -> Desk:
    """Everything known now, the same during one run. The frames are read again only when the store's revision or the day has changed."""
    return _now()[1]


def _now() -> tuple[Catalogue, Desk]:
    return run.once("known", lambda: _known(revision(), clock.today()))


@st.cache_resource(show_spinner=False, max_entries=3)
def _known(revision: int, today: dt.date) -> tuple[Catalogue, Desk]:
    catalogue, known = read_all(_house(), network_periods(first_year(_house()), today))
    latest = _latest()
    made = make_desk(known, today, revision, latest.get("desk"))
    latest["desk"] = made
    return catalogue, made


@st.cache_resource(show_spinner=False)
def _latest() -> dict[str, Desk]:
    """The desk that was made last, whose answers the next one takes over as far as nothing changed."""
    return {}


def answer(indicator: str, period: str | None, audience: Audience) -> Answer:
    """The answer for one indicator, period (latest when None) and audience, which the desk keeps."""
    return desk().answer(indicator, period, audience)


def group_answer(group: str, indicator: str, audience: Audience) -> Answer:
    """What the latest answer for one indicator says of one group of communes. Raises KeyError for an unknown group."""
    now = desk()
    return _group_answer(now.content, now.today, group, indicator, audience)


@st.cache_resource(show_spinner=False, max_entries=2000)
def _group_answer(content: int, today: dt.date, group: str, indicator: str, audience: Audience) -> Answer:
    known, found = desk(), answer(indicator, None, audience)
    return portrait.group_answer(known, _group_figures(content, today, group), group, found, audience)


@st.cache_resource(show_spinner=False, max_entries=50)
def _group_figures(content: int, today: dt.date, group: str) -> FigureSet:
    return portrait.group_figures(desk(), group)


def data_day(desk: Desk) -> dt.date | None:
    """The last day on which what is on show changed (the rule: `analysis.freshness`)."""
    return _data_day(desk.revision, desk.today, desk.network.origin)


@st.cache_resource(show_spinner=False, max_entries=3)
def _data_day(revision: int, today: dt.date, origin: str) -> dt.date | None:
    with store().read() as session:
        return freshness.data_day(import_days(session), network_days(session, origin), today)


def catalogue() -> Catalogue:
    """The sources and indicators, analysts' entries included, with today's calendar; of the same moment as `desk`."""
    return _now()[0]


def known_catalogue() -> Catalogue:
    """The catalogue with every vintage that it knows, also those of which nothing is imported."""
    return _known_catalogue(revision())


@st.cache_resource(show_spinner=False, max_entries=3)
def _known_catalogue(revision: int) -> Catalogue:
    with store().read() as session:
        return read_catalogue(session, observations=desk().observations)


@st.cache_resource(show_spinner=False)
def geometry() -> GeometryRef:
    """The communes' contours, as the browser fetches them; `NOTHING` where no commune has one."""
    here = territory()
    frame = territories.geometry(here)
    shown = frame[frame["contour"].notna()]
    if shown.empty:
        return NOTHING
    people = reference.communes(here.codes, contours=False).set_index("code")["population"]
    ranks = sorted(range(len(shown)), key=lambda i: -int(people.fillna(0)[shown["code"].iloc[i]]))
    version = f"{reference.version()} {','.join(here.codes)}"
    around = inset = ""
    if here.bounds is not None:
        around = late_file("alentours", version, lambda: territories.surroundings(here))
        inset = late_file("departement", version, lambda: territories.departement_outline(here))
    return replace(geometry_ref("communes", shown), around=around, inset=inset, order=tuple(ranks))


@st.cache_resource(show_spinner=False)
def borders() -> Mapping[str, tuple[str, ...]]:
    """The communes that share a border with each commune, the longest border first (see `data.territory.borders`)."""
    return territories.borders(territory())


@st.cache_resource(show_spinner=False)
def group_outlines() -> GeometryRef | None:
    """The groups' outlines; None for a territory without groups."""
    frame = territories.group_outlines(territory())
    return geometry_ref("groupes", frame.rename(columns={"id": "code"})) if len(frame) else None


def _made(layer: Callable[[], object]) -> Callable[[], None]:
    """`layer` for whoever asks before any page: nothing while the house does not open."""

    def make() -> None:
        if not refusal():
            layer()

    return make


declare("communes", _made(geometry))
declare("alentours", _made(geometry))
declare("departement", _made(geometry))
declare("groupes", _made(group_outlines))


@st.cache_data(show_spinner=False)
def milestones() -> pd.DataFrame:
    """The published milestones of the network on show (see `data.figures.load_milestones`)."""
    return load_milestones(house().pack.milestones)


def contour_source() -> str:
    """Who made the contours and how coarse they are, for the map's corner."""
    package = next(i for i in reference.manifest()["inputs"] if "contours" in i["used_for"])
    return f"Contours généralisés à environ 100 m ({package['package']} {package['version']})"


def backgrounds() -> tuple[str, ...]:
    """The map backgrounds that the server's setting allows."""
    return ("plan", "photo") if tile_origin() else ()
