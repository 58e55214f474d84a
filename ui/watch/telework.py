"""« Télétravaillable ? »: a dwelling and a trade, from what is said of its connection or known of its commune, and where else to work."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french, telework
from analysis.desk import Desk
from analysis.model import Audience, Status
from analysis.proximity import nearest_place
from analysis.watch.connection import BEST, LEVELS, USUAL, plan_b, workable
from data import reference
from data.community import connections_asked
from ui import community, frame, loading, tables
from ui.tables import Column

ROWS = [
    Column("asked", "Métier qui demande"),
    Column("trades", "Par exemple"),
    Column("found", "Télétravaillable"),
]


@dataclass(frozen=True)
class Around:
    """`premises`: commune → premises by connection, where published; `centres`: commune → (name of the nearest telecentre, km, whether it
    is the commune's own); `asked`: trade in lower case → what it asks; `names`: commune → name.
    """

    premises: Mapping[str, Mapping[str, float]]
    centres: Mapping[str, tuple[str, float, bool]]
    asked: Mapping[str, str]
    names: Mapping[str, str]


def around(desk: Desk) -> Around:
    """What a dwelling's telework is judged by. For coordinators: telecentres of every event are known."""
    return _around(desk.content, desk.today, desk)


@st.cache_resource(show_spinner=False, max_entries=3)
def _around(content: int, today: dt.date, _desk: Desk) -> Around:
    fibre = loading.answer("ftth_share", None, Audience.PUBLIC)
    best = telework.best_technologies(_desk.figures, fibre.vintage.period)
    told = best[best["status"] == Status.OBSERVED.value]
    premises = {
        str(row["commune"]): {kind: float(row[name]) for name, kind in BEST.items()} for row in told.to_dict("records")
    }  # fmt: skip
    places = community.telecentre_communes(_desk, Audience.ANIMATEUR)
    points = community.points(frozenset(places) - set(_desk.names))
    every = reference.commune_names()
    centres = {}
    for code in _desk.names:
        place, km = nearest_place(points[code], points, places) if code in points else (None, math.nan)
        if place is not None:
            centres[code] = (every[place], km, place == code)
    return Around(premises, centres, connections_asked(loading.house().pack.trades), _desk.names)


def telework_sentence(known: Around, trade: object, connection: object, commune: str) -> str:
    """« Télétravailler (traduction) : oui : fibre. » of one dwelling for one trade; a trade that is not known is taken as the usual one."""
    told = trade if isinstance(trade, str) and trade else ""
    found = _judged(known, known.asked.get(told.casefold(), USUAL), connection, commune)
    who = f" ({told})" if told else ""
    return f"Télétravailler{who}{french.NNBSP}: {found}."


def _judged(known: Around, level: str, connection: object, commune: str) -> str:
    said = connection if isinstance(connection, str) and connection else None
    found = workable(level, said, known.premises.get(commune), known.names.get(commune, commune))
    name, km, here = known.centres.get(commune, (None, None, False))
    other = plan_b(found, name, km, here=here)
    return f"{found.text}{f'{french.NNBSP}; {other}' if other else ''}"


def show_telework(desk: Desk, row: Mapping[str, Any]) -> None:
    """One dwelling for every kind of trade."""
    known = around(desk)
    st.subheader(french.spaced("Télétravaillable ?"), anchor=False)
    rows = []
    for level, words in LEVELS.items():
        trades = [trade for trade, asked in known.asked.items() if asked == level]
        judged = french.sentence(_judged(known, level, row.get("connection"), str(row["commune"])))
        rows.append((french.sentence(words), ", ".join(trades[:4]) or french.DASH, judged))
    tables.show_table(
        pd.DataFrame(rows, columns=["asked", "trades", "found"]), ROWS, caption="Selon ce que le métier demande à la connexion"
    )  # fmt: skip
    frame.note(
        "Ce qu’un métier demande est une lecture du réseau. Sans connexion dite, le logement est pris comme un local de la commune parmi "
        "d’autres."
    )
