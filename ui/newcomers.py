"""Who arrives in a commune, for its mairie: where each one stands in the accompaniment, without a word on who it is (decision 24)."""

from __future__ import annotations

import streamlit as st

from analysis import french
from analysis.applications.newcomers import Arrival, Newcomer, newcomers, rows, sentence
from analysis.french import NNBSP
from analysis.model import Account, Audience, Right
from data import applications
from ui import frame, loading
from ui.provenance import network_source


def concerned(who: Account, audience: Audience, commune: str) -> bool:
    """Whether somebody reads who arrives in `commune`: its own elected officials and staff, and coordinators, who see there what a mairie
    sees. Not when the page is drawn for a wider circle than theirs.
    """
    if who.may(Right.READ_PEOPLE):
        return audience is Audience.ANIMATEUR
    return bool(commune) and who.commune == commune and who.audience is audience is Audience.ELU


def of(desk: loading.Desk, commune: str) -> tuple[Newcomer, ...]:
    """The newcomers of a commune at the store's revision."""
    known = _arrivals(loading.revision(), desk.network.origin)
    return newcomers(known, commune, loading.territory().following.tasks)


@st.cache_resource(show_spinner=False, max_entries=2)
def _arrivals(revision: int, origin: str) -> tuple[Arrival, ...]:
    with loading.store().read() as session:
        return applications.arrivals(session, origin)


def told(desk: loading.Desk, commune: str) -> str:
    """One sentence: how many arrive, how far their accompaniment is."""
    return sentence(of(desk, commune), french.at_place(desk.names[commune]))


def show_newcomers(desk: loading.Desk, commune: str, who: Account, audience: Audience) -> None:
    """The newcomers of a commune, one by one, for whom it is (`concerned`); nothing at all for anybody else."""
    if not concerned(who, audience, commune):
        return
    with st.container(
        key="pour-la-mairie"
    ):  # for who is at the screen: a printed portrait goes from hand to hand (static/print.css)
        _show(desk, commune)


def _show(desk: loading.Desk, commune: str) -> None:
    st.subheader("Les arrivants", anchor=False)
    frame.sentence(told(desk, commune))
    found = of(desk, commune)
    for first in range(0, len(found), 3):
        for number, (column, each) in enumerate(
            zip(st.columns(3, gap="medium"), found[first : first + 3], strict=False), start=first + 1
        ):
            with column:
                frame.facts(f"Arrivant {number}", rows(each, desk.today, loading.territory().search_days))
    frame.note(
        f"La mairie lit ici où en est chaque arrivant, rien de qui il est{NNBSP}: ni nom, ni métier, ni foyer, ni moyen de le joindre. "
        "Pour le recevoir ou lui répondre, voyez les animateurs."
    )
    if found:
        frame.note(network_source(desk))
