"""The market as the watch saw it: what came, went and stands, how long it lives, what it costs; by kind, and month by month."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import streamlit as st

from analysis import french
from analysis.desk import Desk
from analysis.vocabulary import DWELLING_KINDS, TENURES
from analysis.watch.market import (
    FEW,
    RECENT,
    market_figures,
    market_over_time,
    market_sentence,
    rents_over_time,
)
from ui import briefings, charts, frame, tables
from ui.filters import Filters
from ui.morning import Morning
from ui.provenance import network_source
from ui.tables import Column
from ui.watch import controls
from ui.watch.charts import market_chart

KINDS = [
    Column("kind", "Bien"),
    Column("new", "Nouvelles", numeric=True),
    Column("gone", "Parties", numeric=True),
    Column("standing", "En cours", numeric=True),
    Column("expected", "Sans doute encore là", numeric=True),
    Column("life", "La moitié part en", numeric=True),
    Column("rent", "Loyer médian", numeric=True),
]
MONTHS = [
    Column("month", "Mois"),
    Column("new", "Nouvelles", numeric=True),
    Column("gone", "Parties", numeric=True),
    Column("standing", "En cours à la fin", numeric=True),
]


def show_market(desk: Desk, here: Morning, filters: Filters) -> None:
    """What the market does, for one tenure."""
    tenure = controls.ask_offer(filters)
    listings = desk.network.listings[desk.network.listings["tenure"] == tenure]
    known, found = here.market.of(tenure), here.market.found[tenure]
    if known.empty:
        frame.sentence(
            f"Aucune annonce {TENURES[tenure]} n’a été signalée{french.NNBSP}: le marché n’est pas connu."
        )
        st.info("Les chiffres viennent avec les premiers signalements.", icon=":material/insights:")
        return
    since = desk.today - dt.timedelta(days=RECENT - 1)
    figures = market_figures(listings, known, found, since, desk.today)
    frame.sentence(french.spaced(f"Depuis {RECENT} jours : {market_sentence(figures)}"))
    tables.show_table(
        kind_rows(figures), KINDS if tenure == "rent" else KINDS[:-1],
        caption=f"Annonces {TENURES[tenure]}, du {french.date(since)} au {french.date(desk.today)}",
    )  # fmt: skip
    total = _over_time(desk.content, desk.today, desk.network.origin, tenure, desk)
    charts.show_chart(market_chart(total), key="veille:marche")
    briefings.offer("veille", {"section": "marche", "offre": filters["offre"]}, key="marche")
    with st.expander("Les mêmes chiffres en tableau", icon=":material/table:"):
        tables.show_table(month_rows(total), MONTHS, caption=f"Annonces {TENURES[tenure]}, mois par mois")
    if tenure == "rent":
        st.subheader("Loyers par trimestre", anchor=False)
        rents = rent_rows(rents_over_time(listings, known, desk.today))
        columns = [
            Column("quarter", "Trimestre"),
            *(Column(kind, word, numeric=True) for kind, word in _KINDS.items() if kind in rents),
        ]
        tables.show_table(
            rents,
            columns,
            caption="Loyer médian des annonces nouvelles, hors charges, et nombre de loyers connus",
        )
        frame.note(
            french.spaced(f"Moins de {FEW} loyers connus : pas de médiane. Ce ne sont pas des loyers signés.")
        )
    frame.note(
        french.spaced(
            "Seules comptent les annonces signalées à la veille : ce que personne ne signale n’est pas dans ces chiffres. "
            f"{network_source(desk)}"
        )
    )


_KINDS = {**DWELLING_KINDS, "": "Ensemble"}


def kind_rows(figures: pd.DataFrame) -> pd.DataFrame:
    """`market_figures` as texts, one row a kind, the last for all."""
    return pd.DataFrame(
        [
            (
                _KINDS.get(row["kind"], row["kind"]), french.number(row["new"]), french.number(row["gone"]), french.number(row["standing"]),
                french.number(row["expected"]),
                f"{french.quantity(row['median_life'], 'jours', 1)}{'' if row['own_life'] or not row['kind'] else ' (ensemble)'}",
                rent_text(row["rent"], row["rents"]),
            )
            for row in figures.to_dict("records")
        ],
        columns=["kind", "new", "gone", "standing", "expected", "life", "rent"],
    )  # fmt: skip


def month_rows(total: pd.DataFrame) -> pd.DataFrame:
    """The months as texts, the newest first."""
    return pd.DataFrame(
        [
            (
                french.month(row["until"]),
                french.number(row["new"]),
                french.number(row["gone"]),
                french.number(row["standing"]),
            )
            for row in total.iloc[::-1].to_dict("records")
        ],
        columns=["month", "new", "gone", "standing"],
    )


def rent_rows(quarters: pd.DataFrame) -> pd.DataFrame:
    """The median rents as texts: one row a quarter (`quarter`), the newest first, one column a kind that had a rent."""
    kinds = [kind for kind in _KINDS if (quarters.loc[quarters["kind"] == kind, "rents"] > 0).any()]
    rows = []
    for (since, until), part in quarters.groupby(["since", "until"], sort=False):
        told = {row["kind"]: rent_text(row["rent"], row["rents"]) for row in part.to_dict("records")}
        span = f"{french.month(since)} à {french.month(until)}"
        rows.append((span, *(told.get(kind, french.DASH) for kind in kinds)))
    return pd.DataFrame(rows[::-1], columns=["quarter", *kinds])


def rent_text(rent: float, known: int) -> str:
    """« 620 € (12) », « moins de 5 loyers (3) », a dash where none is known."""
    if not known:
        return french.DASH
    if math.isnan(rent):
        return f"moins de {FEW} loyers ({french.number(known)})"
    return f"{french.quantity(rent, '€')} ({french.number(known)})"


@st.cache_resource(show_spinner="Calcul du marché…", max_entries=6)
def _over_time(content: int, today: dt.date, origin: str, tenure: str, _desk: Desk) -> pd.DataFrame:
    """Twelve months, kept: each asks what was known at its end."""
    listings = _desk.network.listings[_desk.network.listings["tenure"] == tenure]
    return market_over_time(listings, _desk.network.sightings, today)
