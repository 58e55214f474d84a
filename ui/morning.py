"""The housing watch on the day: what several screens show of it, read once for each revision of the store.

Shared by all visitors: nothing that is returned may be changed. Only coordinators' screens ask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.same import once_for_the_same
from analysis.watch import morning
from analysis.watch.calls import CallPlan, call_plan
from analysis.watch.calls import Contact as Callable_
from analysis.watch.coverage import by_commune, by_contact
from analysis.watch.duplicates import duplicates
from analysis.watch.morning import Market
from analysis.watch.window import WindowState
from data import network, reference
from ui import loading


@dataclass(frozen=True, eq=False)
class Known:
    """The watch as the store knows it on a day. `contacts`: who is called, with `place` (the commune's name) and `phone`
    (empty where none is known); `doubles`: standing listings that may be one house and that nobody judged yet
    (`analysis.watch.duplicates`); `windows`: see `analysis.watch.morning.windows`; `doubtful`: by contact its listings to ask about
    (`DOUBTED`), the most doubtful first; `by_contact`, `by_commune`: who answered when (`analysis.watch.coverage`).
    """

    market: Market
    windows: pd.DataFrame
    contacts: pd.DataFrame
    callable: tuple[Callable_, ...]
    by_contact: pd.DataFrame
    by_commune: pd.DataFrame
    doubles: pd.DataFrame
    doubtful: Mapping[str, tuple[Mapping[Hashable, Any], ...]]


@dataclass(frozen=True, eq=False)
class Morning(Known):
    """The same at an hour of the day, with the plan of calls."""

    plan: CallPlan
    days: int


def known(desk: Desk) -> Known:
    """The watch at the desk's revision, without the hour."""
    return _known(desk.revision, desk.today, desk.network.origin, desk)


def read(desk: Desk, now: dt.datetime) -> Morning:
    """The watch at the desk's revision; `now` is the wall clock of the town halls."""
    here = known(desk)
    days = loading.territory().search_days
    plan = call_plan(
        here.callable,
        morning.households(here.windows, desk.names),
        now,
        mean_life=here.market.found["rent"].pooled.mean,
        days=days,
        every_days=loading.territory().call_days,
    )
    return Morning(**vars(here), plan=plan, days=days)


def sentence(here: Morning) -> str:
    """« 26 correspondants à appeler ce matin, d'abord Correspondant 3 ; 1 fenêtre ouverte, personne en retard. »"""
    plan, states = here.plan, here.windows["state"].tolist()
    pressing = sum(state in (WindowState.OPEN, WindowState.LAST_DAY) for state in states)
    late = states.count(WindowState.LATE)
    who = (
        f"{french.counted(len(plan.calls), 'correspondant', 'correspondants')} à appeler ce matin, d’abord {plan.calls[0].label}"
        if plan.calls
        else "Personne à appeler ce matin"
    )
    searching = (
        french.counted(pressing, "fenêtre ouverte", "fenêtres ouvertes")
        if pressing
        else "aucune fenêtre ouverte"
    )
    delayed = french.counted(late, "foyer en retard", "foyers en retard") if late else "personne en retard"
    return f"{who}{NNBSP}; {searching}, {delayed}."


def pressing(here: Morning) -> pd.DataFrame:
    """The windows that are late, at their last day or open, the most pressing first."""
    states = [WindowState.LATE, WindowState.LAST_DAY, WindowState.OPEN]
    return here.windows[here.windows["state"].isin(states)]


DOUBTED = ("contact", "listing", "what", "text", "chance", "tenure")
"""What is told of a listing that a contact is asked about."""
_COMPARED = ["listing", "commune", "kind", "tenure", "rooms", "surface", "rent", "price", "lon", "lat"]


@st.cache_resource(show_spinner="Lecture de la veille…", max_entries=3)
def _known(revision: int, today: dt.date, origin: str, _desk: Desk) -> Known:
    rows, names, territory = _desk.network, dict(_desk.names), loading.territory()
    with loading.store().read() as session:
        kept = network.watch(session, origin)
    market = morning.market(rows.listings, rows.sightings, names, _desk.groups, today)
    contacts, openings, serves = _contacts(rows.contacts, rows.listings, kept.phones, names)
    told = morning.newest_answers(morning.answers(rows.sightings, kept.calls), today)
    ready = morning.call_contacts(
        contacts, rows.listings, told, kept.calls, market.standing, openings, names, today
    )
    return Known(
        market=market,
        windows=_windows(rows.applications, kept.numbers, today, territory.search_days),
        contacts=contacts,
        callable=tuple(ready),
        by_contact=by_contact(contacts, told, today, territory.silent_days),
        doubles=duplicates(market.standing[_COMPARED], market.known, kept.judged),
        by_commune=by_commune(serves, told, list(names), today, territory.silent_days),
        doubtful=_doubtful(market.standing),
    )


def _doubtful(standing: pd.DataFrame) -> dict[str, tuple[Mapping[Hashable, Any], ...]]:
    asked = standing.loc[(standing["chance"] >= morning.FADED) & standing["contact"].notna(), list(DOUBTED)]
    asked = asked.assign(doubt=(asked["chance"] - 0.5).abs()).sort_values(["contact", "doubt", "listing"])
    rows = asked.to_dict("records")
    return {str(contact): tuple(own) for contact, own in groupby(rows, key=lambda row: row["contact"])}


_windows = once_for_the_same(morning.windows)


@once_for_the_same
def _contacts(
    rows: pd.DataFrame, listings: pd.DataFrame, phones: Mapping[str, str], names: dict[str, str]
) -> tuple[pd.DataFrame, Mapping[str, Any], pd.DataFrame]:
    """Who is called, with place and telephone; the hours that are published, by contact; the communes that each tells about."""
    contacts, halls = morning.correspondents(rows, listings, names), _town_halls()
    openings: dict[str, Any] = {}
    numbers = []
    for row in contacts.to_dict("records"):
        hall = halls.get(row["commune"], {}) if row["kind"] == "mairie" else {}
        numbers.append(str(phones.get(row["contact"]) or hall.get("phone") or ""))
        if hall.get("opening_hours"):
            openings[row["contact"]] = reference.opening_hours(str(hall["opening_hours"]))
    place = [names.get(code, code) for code in contacts["commune"]]
    return contacts.assign(phone=numbers, place=place), openings, morning.serves(contacts, listings, names)


@st.cache_resource(show_spinner=False)
def _town_halls() -> Mapping[str, Mapping[str, Any]]:
    table = reference.town_halls(loading.territory().codes)
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return {str(row["code"]): {str(k): v for k, v in row.items()} for row in rows}
