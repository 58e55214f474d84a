"""The windows: every file with a planned arrival, the day its search opens, how many days are left."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis import french
from analysis.desk import Desk
from analysis.model import Audience
from analysis.watch.morning import windows_sentence
from analysis.watch.window import WindowState
from ui import access, agenda, briefings, frame, tables
from ui.morning import Morning
from ui.provenance import network_source
from ui.tables import Column
from ui.watch.feeds import show_feeds

COLUMNS = [
    Column("label", "Dossier"),
    Column("text", "Fenêtre"),
    Column("left", "Jours restants", numeric=True),
    Column("span", "Recherche"),
    Column("arrives", "Arrivée prévue"),
    Column("wish", "Souhaite"),
]


def show_windows(desk: Desk, here: Morning) -> None:
    """Who searches and since when, the most pressing first."""
    frame.sentence(windows_sentence(here.windows, here.days))
    st.download_button(
        "Agenda (iCalendar)", access.guarded(agenda.windows_file, audience=Audience.ANIMATEUR),
        file_name="fenetres-de-recherche.ics", mime="text/calendar", on_click="ignore", icon=":material/event:", key="veille:agenda",
        help="Les fenêtres pour votre agenda, avec un rappel le jour où chacune s’ouvre. Aucun nom : des numéros de dossier.",
    )  # fmt: skip
    with st.expander("S’abonner dans un agenda", icon=":material/rss_feed:"):
        show_feeds()
    briefings.offer("veille", {"section": "fenetres"}, key="fenetres")
    housed = here.windows["state"] == WindowState.HOUSED
    waiting = here.windows[~housed]
    if waiting.empty:
        st.info(
            "Une fenêtre apparaît ici dès qu’un dossier a une date d’arrivée prévue.",
            icon=":material/event_upcoming:",
        )
    else:
        _table(waiting, desk, "Dossiers qui attendent un logement")
    if housed.any():
        found = here.windows[housed].iloc[::-1]
        with st.expander(f"Déjà logés ({french.number(len(found))})", icon=":material/home:"):
            _table(found, desk, "Dossiers logés, le plus récent d’abord")
    frame.note(
        french.spaced(
            f"La fenêtre va de {french.counted(here.days, 'jour', 'jours')} avant l’arrivée à la veille ; le nombre de jours est celui du "
            f"fichier du territoire. Les dossiers refusés, retirés ou perdus ne cherchent plus. {network_source(desk)}"
        )
    )


def _table(found: pd.DataFrame, desk: Desk, caption: str) -> None:
    rows = pd.DataFrame(
        {
            "label": found["label"],
            "text": [french.sentence(text) for text in found["text"]],
            "left": [
                french.DASH if state == WindowState.HOUSED else french.number(days)
                for state, days in zip(found["state"], found["days_left"], strict=True)
            ],
            "span": [
                f"du {french.date(opens)} au {french.date(closes)}"
                for opens, closes in zip(found["opens"], found["closes"], strict=True)
            ],
            "arrives": [french.date(day) for day in found["arrival"]],
            "wish": [
                french.DASH if pd.isna(code) else desk.names.get(code, code)
                for code in found["wished_commune"]
            ],
        }
    )
    tables.show_table(rows, COLUMNS, caption=caption)
