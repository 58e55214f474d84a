"""Where the dossiers of a register stand on a day: which waits for whom and since when, and which nobody answers for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.applications import clocks
from analysis.applications.clocks import RECEIVED_AT, ClockError, Prepared, Rule, Waiting
from analysis.applications.steps import Party, State, party_of
from analysis.vocabulary import ASSESSOR_SEATS, RECEPTION_CLOCKS
from data.access.profiles import profiles
from data.applications.arrival import receptions
from data.applications.reading import dossiers, duties, pauses, signatures
from data.register.authors import DEMO_AUTHORS
from data.store import Session

LOCAL = "local"
"""The one profile of an installation where nobody has a code."""


@dataclass(frozen=True, eq=False)
class Standing:
    """`board`: see `dossiers`; `waits`: dossier → what it waits for; `nobody`: dossier → why nobody answers for it; `pauses`, `duties`: see
    there; `people`: profile → name of who may answer.
    """

    board: pd.DataFrame
    waits: Mapping[str, Waiting]
    nobody: Mapping[str, str]
    pauses: Mapping[str, tuple[tuple[dt.date, dt.date], ...]]
    duties: Mapping[str, str]
    people: Mapping[str, str]


def standing(
    session: Session,
    rules: Mapping[str, Rule],
    origin: str,
    today: dt.date,
    *,
    by_id: bool = False,
    only: str = "",
) -> Standing:
    """The dossiers of `origin` by the clocks `rules`; with `only`, that one alone. `Waiting.who` holds names, or the profiles' ids where
    `by_id`.
    """
    board, held = dossiers(session, origin, only), duties(session, origin)
    signed, asleep = signatures(session, origin, only), pauses(session, origin, only)
    people = coordinators(session, origin)
    told = {each: each for each in people} if by_id else people
    waits: dict[str, Waiting] = {}
    nobody: dict[str, str] = {}
    prepared = receptions(session, origin)
    timed = {*rules, *([RECEIVED_AT] if rules.keys() & RECEPTION_CLOCKS.keys() else [])}
    for row in board[board["status"].isin(timed)].to_dict("records"):
        application = str(row["application"])
        state = State(
            row["status"],
            row["since"].date(),
            signed=signed.get(application, {}),
            pauses=asleep.get(application, ()),
        )
        try:
            known_reception = prepared.get(application, Prepared())
            found = clocks.waiting(state, rules, today, _owners(row, held, told), known_reception)
        except ClockError as error:
            nobody[application] = str(error)
            continue
        if found is not None:
            waits[application] = found
    return Standing(board, waits, nobody, asleep, held, people)


def coordinators(session: Session, origin: str) -> dict[str, str]:
    """Who may answer for a dossier of one register: profile → name."""
    known = profiles(session)
    people = {each.id: each.label for each in known if party_of(each.role) is Party.COORDINATOR}
    people = people or {LOCAL: "Profil local"}
    return {**people, **DEMO_AUTHORS} if origin == "demo" else people


def _owners(
    row: Mapping[str, object], held: Mapping[str, str], people: Mapping[str, str]
) -> Mapping[str, str | Mapping[str, str]]:
    """Who answers: the dossier's own person, else the step's; for « Rencontré » the two seats."""
    own = people.get(str(row["owner"] or ""), "")
    step = str(row["status"])
    if step == "met":
        return {step: {seat: people.get(held.get(seat, ""), "") for seat in ASSESSOR_SEATS}}
    return {step: own or people.get(held.get(step, held.get("founder", "")), "")}
