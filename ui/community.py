"""The caches behind the network's own page: who is there, how long they stay, who was where at any month.

Shared by all visitors and keyed by the store's revision, the day, and whether everybody is counted: nothing that is returned may be
changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import streamlit as st

from analysis import community, french, network_words, presence, proximity
from analysis.desk import Desk
from analysis.model import Audience
from analysis.presence import Timeline
from analysis.retention import Retention, durations, kaplan_meier
from data import network
from data.community import commune_points, complements, people, telecentres
from ui import loading


@dataclass(frozen=True)
class Community:
    """What the page needs beside the desk.

    `here`: the members present (see `analysis.community.present`); `consenting`: the persons who agreed to be named; `names`: what a
    consenting person is called.
    """

    here: pd.DataFrame
    consenting: frozenset[str]
    names: Mapping[str, str]

    @property
    def consenting_here(self) -> int:
        """How many of the members present agreed to be in the directory."""
        return int(self.here["public"].sum())


def read(desk: Desk) -> Community:
    """The community at the desk's revision."""
    return _community(desk.revision, desk.today, desk.network.origin, desk)


@st.cache_resource(show_spinner=False, max_entries=3)
def _community(revision: int, today: dt.date, origin: str, _desk: Desk) -> Community:
    with loading.store().read() as session:
        members = network.members(session, origin)
        persons = people(session, origin)
    public = persons[persons["public"]]
    return Community(
        here=community.present(_desk.network.stays, members, persons, list(_desk.names), today),
        consenting=frozenset(public["person"]),
        names=dict(zip(public["person"], public["shown"], strict=True)),
    )


def stays(desk: Desk, audience: Audience) -> pd.DataFrame:
    """The stays that `audience` may see one by one: all to coordinators, those of consenting members to others."""
    return community.seen(desk.network.stays, audience)


def retention(desk: Desk, audience: Audience) -> Retention:
    """How long the members that `audience` may see stay in the territory."""
    return _retention(desk.content, desk.today, community.sees_all(audience), desk)


@st.cache_resource(show_spinner="Calcul de la fidélité…", max_entries=6)
def _retention(content: int, today: dt.date, everybody: bool, _desk: Desk) -> Retention:
    rows = stays(_desk, Audience.ANIMATEUR if everybody else Audience.PUBLIC)
    found = durations(rows, today, list(_desk.names))
    return kaplan_meier(found["years"].tolist(), found["left"].tolist())


def timeline(desk: Desk, audience: Audience) -> Timeline:
    """The replay's months from the network's first year to today, of the members that `audience` may see."""
    return _timeline(desk.content, desk.today, community.sees_all(audience), desk)


@st.cache_resource(show_spinner=False, max_entries=6)
def _timeline(content: int, today: dt.date, everybody: bool, _desk: Desk) -> Timeline:
    rows = stays(_desk, Audience.ANIMATEUR if everybody else Audience.PUBLIC)
    months = presence.month_ends(_desk.first_year, today)
    counts = presence.presence(rows, months, keys=list(_desk.names))
    return Timeline(counts, presence.ever(counts, rows), int(counts.to_numpy().max(initial=0)))


def by_year(desk: Desk, audience: Audience, by: Literal["commune", "trade"]) -> pd.DataFrame:
    """Members present at the end of each year (and today) by commune code or by trade, of those that `audience` may see."""
    return _by_year(desk.content, desk.today, community.sees_all(audience), by, desk)


@st.cache_resource(show_spinner=False, max_entries=12)
def _by_year(
    content: int, today: dt.date, everybody: bool, by: Literal["commune", "trade"], _desk: Desk
) -> pd.DataFrame:
    rows = stays(_desk, Audience.ANIMATEUR if everybody else Audience.PUBLIC)
    days = [dt.date.fromisoformat(period) for period in _desk.indicators["members"].periods]
    codes = list(_desk.names)
    return presence.presence(rows, days, by=by, keys=codes if by == "commune" else None, codes=codes)


def spread(desk: Desk, audience: Audience, by: Literal["commune", "metier"]) -> pd.DataFrame:
    """`by_year` with the names of the communes, or the trades, as columns, in the order of a reader."""
    counts = by_year(desk, audience, "commune" if by == "commune" else "trade")
    return network_words.ordered(counts, desk.names if by == "commune" else None)


@dataclass(frozen=True)
class Near:
    """Complementary trades near each other: `found` (rows of `analysis.proximity.near_pairs`), what each pair does together (`reasons`),
    the trades that would complete others and are `lacking`. `declared`: whether the territory has a table of such trades.
    """

    found: pd.DataFrame
    reasons: Mapping[tuple[str, str], str]
    lacking: tuple[str, ...]
    declared: bool


def near(desk: Desk, audience: Audience, radius: str) -> Near:
    """The pairs of complementary trades within `radius` kilometres among the members that `audience` may see."""
    shown = community.seen(read(desk).here, audience)
    spelled = {str(trade).casefold(): str(trade) for trade in shown["trade"]}
    declared = complements(loading.house().pack.trades)
    pairs = {
        (spelled[c.first.casefold()], spelled[c.second.casefold()]): c.reason
        for c in declared
        if c.first.casefold() in spelled and c.second.casefold() in spelled
    }
    lacking = sorted(
        {t for c in declared for t in (c.first, c.second) if t.casefold() not in spelled}, key=french.sort_key
    )
    found = proximity.near_pairs(shown, list(pairs), points(frozenset()), float(radius))
    return Near(found, pairs, tuple(lacking), bool(declared))


def isolated(desk: Desk, audience: Audience) -> tuple[pd.DataFrame, dict[str, str]]:
    """How far the members that `audience` may see are from each other and from a telecentre (`analysis.proximity.isolation`), and the
    names of all the places.
    """
    shown = community.seen(read(desk).here, audience)
    places = telecentre_communes(desk, audience)
    published = telecentres(loading.house().pack.telecentres)
    names = {**dict(zip(published["commune"], published["name"], strict=True)), **desk.names}
    return proximity.isolation(shown, points(frozenset(places)), places), names


def telecentres_note() -> str:
    """How distances are measured, and which telecentres are known."""
    published = telecentres(loading.house().pack.telecentres)
    opened = french.join(
        [
            f"{row.name} ({french.period(row.opened)}, {row.producer})"
            for row in published.itertuples(index=False)
        ]
    )
    known = (
        f"Télécentres dont l'ouverture a été publiée : {opened}. S'ils sont encore ouverts n'est pas publié. Un événement "
        "« télécentre » du registre en ajoute un."
        if len(published)
        else "Aucun télécentre publié n'est déclaré pour ce territoire ; un événement « télécentre » du registre en ajoute un."
    )
    return french.spaced(
        "Distances à vol d'oiseau entre points intérieurs des communes ; deux membres d'une même commune sont à 0 km par convention. "
        + known
    )


def telecentre_communes(desk: Desk, audience: Audience) -> list[str]:
    """The communes with a telecentre: those whose opening was published, and those of the register's events that `audience` may see."""
    rows = desk.network.events
    if not community.sees_all(audience):  # an event about a member tells where that member is
        rows = rows[community.public_events(rows)]
    opened = rows[(rows["kind"] == "telecentre") & (pd.to_datetime(rows["on"]) <= pd.Timestamp(desk.today))]
    published = telecentres(loading.house().pack.telecentres)
    return sorted({*published["commune"], *opened["commune"].dropna()})


@st.cache_resource(show_spinner=False, max_entries=3)
def points(outside: frozenset[str]) -> dict[str, tuple[float, float]]:
    """A point in each commune of the territory, and in each of `outside`: (longitude, latitude) in degrees."""
    own = loading.geometry().points
    return {**commune_points(outside - set(own)), **own}
