"""Which week to arrive: the chance to be housed in each of the next weeks, from the listings that come and how long they live."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import streamlit as st

from analysis import french
from analysis.desk import Desk
from analysis.watch.choice import fitting_share, need_of, with_schools
from analysis.watch.market import WEEKS, arrival_rates, best_week_sentence, best_weeks
from ui import frame, tables
from ui.morning import Morning
from ui.tables import Column
from ui.watch.clicks import PAGE

COLUMNS = [
    Column("arrival", "Arrivée la semaine du"),
    Column("opens", "Recherche à partir du"),
    Column("chance", "Chances d’être logé", numeric=True),
    Column("span", "Selon la vie des annonces", numeric=True),
]
SHORTEST = 30
"""Days of listings below which nothing is said of the weeks to come."""


def show_weeks(desk: Desk, here: Morning) -> None:
    """The chances of twelve weeks, for somebody without a demand or for one of the files that wait."""
    st.subheader(french.spaced("Quelle semaine pour arriver ?"), anchor=False)
    waiting = here.windows[here.windows["state"] != "housed"]
    labels = dict(zip(waiting["application"], waiting["label"], strict=True))
    labels[""] = "Un foyer qui louerait sans autre exigence"
    chosen = st.selectbox("Pour", list(labels), format_func=labels.__getitem__, key=PAGE.key("weeks"))
    table, note = _weeks(desk.revision, desk.today, desk.network.origin, chosen or "", desk, here)
    if table is None:
        frame.sentence(
            "Pas encore assez de recul : il faut au moins 30 jours d’annonces suivies.".replace(
                " :", f"{french.NNBSP}:"
            )
        )
        return
    frame.sentence(best_week_sentence(table))
    rows = [
        (
            french.long_date(row["arrival"]) + (" (la meilleure)" if row["best"] else ""),
            french.date(row["opens"]),
            french.percent(100 * row["chance"], 0),
            f"{french.number(100 * row['low'])} à {french.percent(100 * row['high'], 0)}",
        )
        for row in table.to_dict("records")
    ]
    tables.show_table(
        pd.DataFrame(rows, columns=["arrival", "opens", "chance", "span"]), COLUMNS, caption=f"Les {WEEKS} semaines à venir"
    )  # fmt: skip
    frame.note(note)


@st.cache_resource(show_spinner=False, max_entries=20)
def _weeks(
    revision: int, today: dt.date, origin: str, application: str, _desk: Desk, _here: Morning
) -> tuple[pd.DataFrame | None, str]:
    """The twelve weeks, and how they were counted; None where too little was seen."""
    row = _here.windows.set_index("application").loc[application] if application else None
    wished = None if row is None or pd.isna(row["wished_commune"]) else str(row["wished_commune"])
    need = need_of(application, None if row is None else row["needs"], wished, None, _desk.names)
    known = _here.market.of(need.tenure)
    first = pd.to_datetime(known["first_seen"]).min()
    if not len(known) or (pd.Timestamp(today) - first).days < SHORTEST:
        return None, ""
    standing = _here.market.standing
    offered = standing[standing["tenure"] == need.tenure]
    share, of = fitting_share(need, with_schools(_desk.network.listings, _desk.schools()), today)
    table = best_weeks(
        today, np.asarray(offered["chance"], dtype=float),
        arrival_rates(known["first_seen"], first.date(), today, 7 * (WEEKS + 1)),
        _here.market.found[need.tenure], days=_here.days, success=share,
    )  # fmt: skip
    fits = (
        ""
        if row is None
        else f" Ses limites sont tenues par {french.number(share * of)} annonces sur {french.number(of)}."
    )
    return table, french.spaced(
        f"D’après les annonces vues depuis le {french.date(first.date())}, leur saison et leur durée de vie ; "
        "sans compter les autres foyers."
        f"{fits}"
    )
