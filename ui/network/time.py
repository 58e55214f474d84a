"""The network over time: does it grow, where did its members live month after month, how long do they stay."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import pandas as pd
import streamlit as st

from analysis import community as people
from analysis import council_network, french, network_words
from analysis.desk import Desk
from analysis.model import Audience
from analysis.retention import Retention, sentence_years
from ui import charts, community, frame, tables
from ui.community import Community
from ui.filters import Filters
from ui.network import charts as network_charts
from ui.network import growth, replay
from ui.network import words as words
from ui.tables import Column


def growth_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """Does the network grow: by year, by commune, by trade."""
    if not _anybody(desk, audience):
        return
    how = st.segmented_control(
        "Compter",
        list(network_words.GROWTH_BY),
        format_func=network_words.GROWTH_BY.__getitem__,
        **filters.widget("croissance"),
        required=True,
        wrap=True,
    )
    if how in ("commune", "metier"):
        _growth_by(desk, here, audience, "commune" if how == "commune" else "metier")
    else:
        growth.show_growth(desk, audience, key="reseau:growth")


def _growth_by(desk: Desk, here: Community, audience: Audience, by: Literal["commune", "metier"]) -> None:
    counts = community.spread(desk, audience, by)
    noun = "communes" if by == "commune" else "métiers"
    frame.sentence(network_words.spread_sentence(counts, noun, network_words.members(audience)))
    charts.show_chart(
        _matrix(desk.content, desk.today, people.sees_all(audience), by, counts), key=f"reseau:growth:{by}"
    )
    frame.note(
        f"{words.counting_note(desk, here, audience)} Aire des cercles proportionnelle au nombre de membres."
    )
    with st.expander("Les mêmes chiffres en tableau", icon=":material/table:"):
        caption = f"Membres présents au 31 décembre, et le {french.date(desk.today)}"
        tables.show_slide_table(council_network.spread_table(counts, noun, caption))


# Charts are kept: Altair takes longer to put one together than the register to be counted.
@st.cache_resource(show_spinner=False, max_entries=12)
def _matrix(
    content: int, today: dt.date, everybody: bool, by: str, _counts: pd.DataFrame
) -> tuple[charts.Chart, str]:
    return network_charts.matrix_chart(_counts, "commune" if by == "commune" else "métier")


def replay_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """Where did members live, month after month."""
    if _anybody(desk, audience):
        replay.show_replay(
            desk,
            filters,
            audience,
            network_words.members(audience),
            words.counting_note(desk, here, audience),
        )


def _anybody(desk: Desk, audience: Audience) -> bool:
    """Whether there is a stay to show; says what to do otherwise."""
    if desk.network.has_nobody:
        words.empty(
            "Le registre ne contient encore aucun séjour.",
            "Inscrivez le premier membre avec sa commune et sa date d'arrivée : la croissance et la carte se rempliront d'elles-mêmes.",
        )
        return False
    if community.stays(desk, audience).empty and not people.sees_all(audience):
        frame.note(
            "Aucun membre n'a encore accepté de paraître : seuls les effectifs du territoire peuvent être montrés."
        )
    return True


RETENTION = [
    Column("duree", "Après"),
    Column("part", "Encore présents", numeric=True),
    Column("intervalle", "Intervalle à 95 %", numeric=True),
    Column("suivis", "Membres suivis jusque-là", numeric=True),
]


def retention_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """How long do members stay."""
    found = community.retention(desk, audience)
    if not found.members:
        words.empty(
            "Aucun séjour à suivre : la fidélité ne se mesure pas encore.",
            "Inscrivez les membres et leurs dates d'arrivée et de départ. Pour le public et les élus, il faut aussi leur accord.",
        )
        return
    remaining = found.members - found.departures
    frame.sentence(found.sentence(network_words.members(audience)))
    charts.show_chart(
        _survival(desk.content, desk.today, people.sees_all(audience), found), key="reseau:retention"
    )
    caption = "Part des membres encore présents selon le temps écoulé depuis l'arrivée"
    tables.show_table(network_charts.retention_rows(found), RETENTION, caption=caption)
    if found.median is not None and found.median_low is not None:
        limits = f"de {sentence_years(found.median_low)} à " + (
            sentence_years(found.median_high)
            if found.median_high is not None
            else "une durée encore inconnue"
        )
        frame.note(
            french.spaced(f"Durée médiane : {sentence_years(found.median)}, intervalle à 95 % {limits}.")
        )
    frame.note(
        french.spaced(
            f"Estimation de Kaplan–Meier sur {french.quantity(found.members, 'séjours')} : {french.quantity(found.departures, 'départs')}, "
            f"{french.quantity(remaining, 'séjours')} en cours, "
            "comptés comme « au moins aussi longs » (traits sur la courbe). Un déménagement "
            "dans le territoire n'est pas un départ ; un retour n'est pas compté une seconde fois. Au-delà du plus long séjour observé, "
            "rien n'est dit."
        )
    )
    frame.note(words.counting_note(desk, here, audience))


@st.cache_resource(show_spinner=False, max_entries=6)
def _survival(content: int, today: dt.date, everybody: bool, _found: Retention) -> tuple[charts.Chart, str]:
    return network_charts.survival_chart(_found)
