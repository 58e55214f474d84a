"""How the network grows: the answer as a sentence, year by year beside the published milestones, and the same as tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french, growth
from analysis.model import Audience, Status
from ui import charts, frame, loading, tables
from ui.tables import Column

GROWTH = [
    Column("date", "Date"),
    Column("present", "Présents", numeric=True),
    Column("arrivals", "Arrivées dans l'année", numeric=True),
    Column("departures", "Départs dans l'année", numeric=True),
]
MILESTONES = [
    Column("numero", "N°"),
    Column("date", "Date"),
    Column("fait", "Fait publié"),
    Column("valeur", "Valeur"),
    Column("source", "Source", link="url"),
]


def show_growth(desk: loading.Desk, audience: Audience, *, key: str) -> None:
    """The network year by year, the published milestones apart, and the same as tables."""
    empty = desk.network.has_nobody
    frame_ = shown(desk, audience)
    milestones = loading.milestones()
    frame.sentence(
        "Aucun membre n'est encore inscrit au registre." if empty else growth.growth_sentence(frame_)
    )
    charts.show_chart(drawing(desk, audience), key=key)
    mark = f" — {frame.DEMO}" if desk.network.is_demo else ""
    frame.note(
        f"Sources{french.NNBSP}: registre du réseau{mark} pour les présents, arrivées et départs ; jalons publiés, chacun avec sa source "
        "ci-dessous. Les jalons comptent d'autres ensembles (dossiers, membres en ligne) : ils ne s'additionnent pas aux membres."
        if len(milestones)
        else f"Source{french.NNBSP}: registre du réseau{mark} pour les présents, arrivées et départs."
    )
    with st.expander("Les mêmes chiffres en tableau", icon=":material/table:"):
        if not empty:
            tables.show_table(rows(frame_), GROWTH, caption=f"Membres du réseau par année{mark}")
        if len(milestones):
            tables.show_table(
                charts.milestone_table(milestones),
                MILESTONES,
                caption="Jalons publiés, numérotés comme sur le graphique",
            )


def shown(desk: loading.Desk, audience: Audience) -> pd.DataFrame:
    """The growth that is shown. Twenty years of nobody are no curve: only the published milestones stand then."""
    growth_ = desk.growth(audience)
    return growth_.iloc[:0] if desk.network.has_nobody else growth_


def drawing(desk: loading.Desk, audience: Audience) -> tuple[dict[str, Any], str]:
    """The chart of `shown` with the published milestones, and what it says in words."""
    return _drawn(desk.content, desk.today, audience, desk.network.is_demo, shown(desk, audience))


loading.FIRST_LOOKS.append(drawing)


@st.cache_resource(show_spinner=False, max_entries=9)
def _drawn(
    content: int, today: dt.date, audience: Audience, demo: bool, _growth: pd.DataFrame
) -> tuple[dict[str, Any], str]:
    """The chart, kept: Altair takes longer to put it together than the network to be counted."""
    return charts.kept(charts.growth_chart(_growth, loading.milestones(), demo=demo))


def rows(frame_: pd.DataFrame) -> pd.DataFrame:
    """The growth as text, suppressed cells in words."""

    texts = [
        [
            french.date(row.period),
            french.cell(row.present, Status(row.status)),
            french.cell(row.arrivals, Status(row.flow_status)),
            french.cell(row.departures, Status(row.flow_status)),
        ]
        for row in frame_.itertuples()
    ]
    return pd.DataFrame(texts, columns=["date", "present", "arrivals", "departures"])
