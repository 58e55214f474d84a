"""How fresh it is: the measured lives beside the territory's rule, and what starting earlier would have found."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import streamlit as st

from analysis import french
from analysis.desk import Desk
from analysis.vocabulary import DWELLING_KINDS, TENURES
from analysis.watch import morning
from analysis.watch.life import life_sentence, rule_sentence
from analysis.watch.market import LEADS, backtest, backtest_sentences
from analysis.watch.turnbull import turnbull
from ui import briefings, charts, frame, tables
from ui.filters import Filters
from ui.morning import Morning
from ui.provenance import network_source
from ui.tables import Column
from ui.watch import controls
from ui.watch.charts import life_chart

CURVE = [
    Column("day", "Jours depuis qu’elle a été vue"),
    Column("still", "Encore là", numeric=True),
    Column("span", "Intervalle à 90 %", numeric=True),
]
KINDS = [
    Column("kind", "Bien"),
    Column("count", "Annonces suivies", numeric=True),
    Column("ends", "Dont parties", numeric=True),
    Column("mean", "Vie moyenne", numeric=True),
    Column("half", "La moitié part en", numeric=True),
]
BACKTEST = [
    Column("lead", "Recherche commencée"),
    Column("found", "Annonces trouvées", numeric=True),
    Column("kept", "Encore là à l’arrivée", numeric=True),
    Column("added", "De plus qu’en commençant plus tard", numeric=True),
    Column("first", "Du premier jour, encore là", numeric=True),
]


def show_freshness(desk: Desk, here: Morning, filters: Filters) -> None:
    """How long a listing lives here, and whether the rule of so many days is right."""
    tenure = controls.ask_offer(filters)
    found, known = here.market.found[tenure], here.market.of(tenure)
    frame.sentence(life_sentence(found.pooled))
    frame.sentence(rule_sentence(found.pooled, here.days))
    curve = turnbull(known["left"].to_numpy(), known["right"].to_numpy()) if len(known) else None
    charts.show_chart(life_chart(found.pooled, curve, here.days), key="veille:vie")
    briefings.offer("veille", {"section": "fraicheur", "offre": filters["offre"]}, key="fraicheur")
    if curve is None:
        frame.note(
            french.spaced(
                "Aucune annonce suivie : la courbe est celle que l’on suppose avant d’avoir rien vu (8 jours en moyenne)."
            )
        )
    else:
        frame.note(
            french.spaced(
                "En bleu, l’estimation et son intervalle à 90 % ; en gris, ce que les réponses disent seules, sans supposer de forme : "
                "entre deux appels, on ne sait pas quand une annonce est partie."
            )
        )
    table = morning.curve_table(found, here.days)
    tables.show_table(
        pd.DataFrame(
            {
                "day": [french.counted(int(day), "jour", "jours") for day in table["day"]],
                "still": [french.percent(100 * share, 0) for share in table["still"]],
                "span": [
                    f"{french.number(100 * low)} à {french.percent(100 * high, 0)}"
                    for low, high in zip(table["low"], table["high"], strict=True)
                ],
            }
        ),
        CURVE,
        caption=f"Annonces {TENURES[tenure]}{french.NNBSP}: ce qui est encore là",
    )
    lives = [("Ensemble", found.pooled)]
    lives += [(DWELLING_KINDS.get(kind, kind), life) for kind, life in found.by_kind.items()]
    lives += [
        (f"{DWELLING_KINDS.get(kind, kind)}, {group}", life) for (kind, group), life in found.by_group.items()
    ]
    if len(known):
        tables.show_table(
            pd.DataFrame(
                [
                    (
                        name,
                        french.number(life.listings),
                        french.number(life.ends),
                        french.quantity(life.mean, "jours", 1),
                        french.quantity(life.median, "jours", 1),
                    )
                    for name, life in lives
                ],
                columns=["kind", "count", "ends", "mean", "half"],
            ),
            KINDS,
            caption="Par bien, où au moins 20 départs sont connus",
        )
    st.subheader(french.spaced("Et si l’on commençait plus tôt ?"), anchor=False)
    arrivals = morning.past_arrivals(known, desk.today)
    if not arrivals:
        frame.sentence(
            french.spaced("Pas encore assez de recul : il faut au moins 30 jours d’annonces suivies.")
        )
    else:
        past = _past(desk.revision, desk.today, desk.network.origin, tenure, here)
        frame.sentence(backtest_sentences(past[past["lead"] == here.days])[0])
        _backtest(past, len(arrivals))
    frame.note(network_source(desk))


@st.cache_resource(show_spinner="Calcul de la recherche…", max_entries=6)
def _past(revision: int, today: dt.date, origin: str, tenure: str, _here: Morning) -> pd.DataFrame:
    """The backtest, once a revision: with a year of arrivals and thousands of listings it takes longer than the page."""
    known = _here.market.of(tenure)
    leads = tuple(sorted({*LEADS, _here.days}))
    return backtest(known, _here.market.found[tenure], morning.past_arrivals(known, today), leads)


def _backtest(past: pd.DataFrame, arrivals: int) -> None:
    rows = [
        (
            f"{french.counted(int(row['lead']), 'jour', 'jours')} avant",
            french.number(row["found"], 1),
            french.number(row["kept"], 1),
            f"+{french.number(row['added'], 1)}",
            french.percent(100 * row["first_day_share"], 0)
            if math.isfinite(row["first_day_share"])
            else french.DASH,
        )
        for row in past.to_dict("records")
    ]
    tables.show_table(
        pd.DataFrame(rows, columns=["lead", "found", "kept", "added", "first"]),
        BACKTEST,
        caption=f"En moyenne sur {french.counted(arrivals, 'arrivée passée', 'arrivées passées')}, un lundi par semaine",
    )
