"""The dossiers on the day: who waits for whom, read once for each revision of the store. Coordinators' screens
ask; what others may know of it is `answered`.

Shared by all visitors: nothing that is returned may be changed, and no words of an assessor are in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analysis import declared, french
from analysis.applications import clocks
from analysis.applications.clocks import Ring, Waiting
from analysis.applications.doubles import doubles
from analysis.applications.funnel import paths
from analysis.applications.tables import answered_totals, spans
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.model import Audience
from data import applications, network
from ui import loading


@dataclass(frozen=True, eq=False)
class Following:
    """`board`: see `data.applications.dossiers`, with `number`, `label`, `waits` (in words) and `ring`; `waiting`: the dossiers that wait,
    the loudest first; `nobody`: those that nobody answers for; `labels`: dossier → what coordinators call it.
    """

    board: pd.DataFrame
    waiting: tuple[tuple[str, Waiting], ...]
    nobody: Mapping[str, str]
    pauses: Mapping[str, tuple[tuple[dt.date, dt.date], ...]]
    labels: Mapping[str, str]

    def label(self, application: str) -> str:
        """What coordinators call a dossier."""
        return self.labels.get(application, "dossier")


def known(origin: str, today: dt.date) -> Following:
    """The dossiers of one register at the store's revision."""
    return _known(loading.revision(), origin, today)


@st.cache_resource(show_spinner="Lecture des dossiers…", max_entries=4)
def _known(revision: int, origin: str, today: dt.date) -> Following:
    rules = loading.territory().following.clocks
    with loading.store().read() as session:
        found = applications.standing(session, rules, origin, today)
        numbers = network.application_numbers(session, origin)
    board, waits, nobody = found.board, found.waits, found.nobody
    board = board.assign(
        number=[numbers.get(each, 0) for each in board["application"]],
        label=[name or code for name, code in zip(board["name"], board["code"], strict=True)],
        waits=[
            waits[each].sentence() if each in waits else nobody.get(each, "") for each in board["application"]
        ],
        ring=[waits[each].ring.value if each in waits else "" for each in board["application"]],
    )
    labels = dict(zip(board["application"], board["label"], strict=True))
    return Following(board, clocks.first_things_first(waits.items()), nobody, found.pauses, labels)


def wait_of(application: str, origin: str, today: dt.date) -> str:
    """What one dossier waits for, in words, empty where nothing; the others are not read for it."""
    return _wait_of(loading.revision(), application, origin, today)


@st.cache_resource(show_spinner=False, max_entries=32)
def _wait_of(revision: int, application: str, origin: str, today: dt.date) -> str:
    rules = loading.territory().following.clocks
    with loading.store().read() as session:
        found = applications.standing(session, rules, origin, today, only=application)
    if application in found.waits:
        return found.waits[application].sentence()
    return found.nobody.get(application, "")


@dataclass(frozen=True)
class Team:
    """`duties`: seat or step → the profile that holds it; `people`: profile → name, of who may answer."""

    duties: Mapping[str, str]
    people: Mapping[str, str]


def team(origin: str) -> Team:
    """Who answers for what."""
    return _team(loading.revision(), origin)


@st.cache_resource(show_spinner=False, max_entries=4)
def _team(revision: int, origin: str) -> Team:
    with loading.store().read() as session:
        return Team(applications.duties(session, origin), applications.coordinators(session, origin))


def pairs(origin: str, application: str = "") -> pd.DataFrame:
    """Pairs that may be one dossier: see `analysis.applications.doubles`, with `label` and `other_label`, what coordinators call them.

    `application`: only the pairs that it may be in, without reading all the others.
    """
    return _pairs(loading.revision(), origin, application)


@st.cache_resource(show_spinner=False, max_entries=32)
def _pairs(revision: int, origin: str, application: str) -> pd.DataFrame:
    with loading.store().read() as session:
        every = applications.identities(session, origin, application)
        judged = applications.decided_doubles(session, origin)
    found = doubles(every, judged)
    named = every.set_index("application")
    labels = named["name"].fillna("").where(lambda names: names != "", named["code"])
    return found.assign(label=found["application"].map(labels), other_label=found["other"].map(labels))


def tasks(origin: str, viewer: str) -> tuple[applications.Task, ...]:
    """What is to be done of all dossiers, as `viewer` (a profile) may read it, the earliest first."""
    return _tasks(loading.revision(), origin, viewer)


@st.cache_resource(show_spinner=False, max_entries=8)
def _tasks(revision: int, origin: str, viewer: str) -> tuple[applications.Task, ...]:
    with loading.store().read() as session:
        return tuple(applications.tasks_due(session, origin, viewer))


def sponsors(origin: str, today: dt.date) -> tuple[applications.Sponsor, ...]:
    """The members who may be asked as sponsors, at the store's revision."""
    return _sponsors(loading.revision(), origin, today)


@st.cache_resource(show_spinner=False, max_entries=4)
def _sponsors(revision: int, origin: str, today: dt.date) -> tuple[applications.Sponsor, ...]:
    with loading.store().read() as session:
        return applications.sponsors(session, origin, today)


def answered(desk: Desk, audience: Audience) -> pd.DataFrame:
    """How many were answered within each step's target and beyond, as `audience` may know it (`analysis.declared.answered`)."""
    counts = _answers(loading.revision(), desk.network.origin, desk.today)
    return declared.answered(counts, desk.release(audience), desk.thresholds)


@st.cache_resource(show_spinner=False, max_entries=2)
def _answers(revision: int, origin: str, today: dt.date) -> pd.DataFrame:
    rules = loading.territory().following.clocks
    with loading.store().read() as session:
        moves, asleep = applications.moves(session, origin), applications.pauses(session, origin)
    found = clocks.answered_within(spans(paths(moves, today)), rules, today, asleep)
    rows = [(step, within, beyond, still) for step, _, within, beyond, still in answered_totals(found, rules)]
    return pd.DataFrame(rows, columns=["step", "within", "beyond", "open"])


def pressing(here: Following) -> tuple[tuple[str, Waiting], ...]:
    """What is due today or past its target, the loudest first."""
    return tuple(each for each in here.waiting if each[1].ring in (Ring.LATE, Ring.REMINDER, Ring.DUE))


def sentence(here: Following) -> str:
    """« 9 dossiers attendent, dont 3 en retard ; d’abord Candidat 12. »"""
    awake = [(who, each) for who, each in here.waiting if each.ring is not Ring.PAUSED]
    if not awake and not here.nobody:
        return "Aucun dossier n’attend de réponse."
    late = sum(each.ring in (Ring.LATE, Ring.REMINDER) for _, each in awake)
    if not awake:
        return f"{french.counted(len(here.nobody), 'dossier', 'dossiers')} dont personne ne répond\u202f: nommez qui s’en occupe."
    text = french.counted(len(awake), "dossier attend", "dossiers attendent")
    if late:
        text += f", dont {french.number(late)} au-delà de l’objectif"
    text += f"{NNBSP}; d’abord {here.label(awake[0][0])}"
    if here.nobody:
        text += f"{NNBSP}; {french.counted(len(here.nobody), 'dossier', 'dossiers')} dont personne ne répond"
    return f"{text}."
