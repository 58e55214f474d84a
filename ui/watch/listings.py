"""The listings that nobody said gone: the chance that each is still there today, as a number, a colour and words."""

from __future__ import annotations

import base64
from collections.abc import Hashable, Mapping

import pandas as pd
import streamlit as st

from analysis import french, palette
from analysis.desk import Desk
from analysis.vocabulary import TENURES
from analysis.watch.life import Presence
from analysis.watch.morning import FADED
from ui import frame, tables
from ui.filters import Filters
from ui.morning import Morning
from ui.provenance import network_source
from ui.tables import Column
from ui.watch import controls
from ui.watch.clicks import done
from ui.watch.duplicates import show_duplicates, what_of

COLORS = {
    Presence.LIKELY: palette.FIBRE,
    Presence.OPEN: palette.LISTING,
    Presence.UNLIKELY: palette.DOTS,
    Presence.GONE: palette.DOTS,
}
COLUMNS = [
    Column("what", "Bien"),
    Column("details", "Ce que l’on sait"),
    Column("percent", "Encore là", image="picture"),
    Column("words", "En mots"),
    Column("span", "Intervalle à 90 %", numeric=True),
    Column("seen", "Vu disponible le", numeric=True),
    Column("who", "Par"),
]


def show_listings(desk: Desk, here: Morning, filters: Filters) -> None:
    """What is still there, the likeliest first."""
    tenure = controls.ask_offer(filters)
    done()
    if len(here.doubles):
        count = french.number(len(here.doubles))
        with st.expander(f"Peut-être deux fois le même logement ({count})", icon=":material/merge:"):
            show_duplicates(here.doubles, what_of(here))
    standing = here.market.standing[here.market.standing["tenure"] == tenure]
    offered = TENURES[tenure]
    if standing.empty:
        frame.sentence(f"On ne sait rien d’une annonce {offered}{french.NNBSP}: aucune n’est signalée.")
        st.info(
            french.spaced(
                "Appelez les correspondants de « Ce matin », ou envoyez-leur leur lien : chaque annonce signalée paraît ici."
            ),
            icon=":material/call:",
        )
        return
    alive = standing[standing["chance"] >= FADED]
    expected = float(standing["chance"].sum())
    nobody = french.plural(len(standing), "n’a dite partie", "n’a dites parties")
    count = french.counted(len(standing), f"annonce {offered}", f"annonces {offered}")
    frame.sentence(
        f"{count} que personne {nobody}{french.NNBSP}; {french.number(expected)} sans doute encore là aujourd’hui."
    )
    if len(alive):
        _table(alive, here, f"Annonces {offered}, la plus sûre d’abord")
    faded = standing[standing["chance"] < FADED]
    if len(faded):
        with st.expander(
            f"Presque sûrement parties ({french.number(len(faded))})", icon=":material/history:"
        ):
            _table(faded, here, f"Annonces {offered} sans nouvelles depuis longtemps")
    frame.note(
        french.spaced(
            "La chance baisse avec les jours passés depuis que l’annonce a été vue, au rythme mesuré ici (Fraîcheur). Un logement de "
            "classe énergie G ne peut plus être loué depuis 2025, F à partir de 2028, E de 2034 ; une classe que personne n’a dite "
            f"n’est pas jugée. {network_source(desk)}"
        )
    )


def gauge(chance: float, color: str) -> str:
    """A chance from 0 to 1 as a bar in a frame, an SVG picture for a table's cell: the text beside it says the same."""
    palette.luminance(color)  # refuses anything but #rrggbb
    width = round(118 * min(max(chance, 0.0), 1.0), 1)
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="14" viewBox="0 0 120 14">'
        f'<rect x="0.5" y="0.5" width="119" height="13" fill="{palette.PAPER}" stroke="{palette.GRID}"/>'
        f'<rect x="1" y="1" width="{width}" height="12" fill="{color}"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()


def said_of(row: Mapping[Hashable, object]) -> str:
    """What was told of a listing beside its size and cost, with the warning that its energy class calls for; a dash for nothing."""
    ban = f"À ne pas proposer{french.NNBSP}: {row['ban']}" if row["ban"] else ""
    return ". ".join(part for part in (french.sentence(str(row["details"])), ban) if part) or french.DASH


def _table(rows: pd.DataFrame, here: Morning, caption: str) -> None:
    labels = dict(zip(here.contacts["contact"], here.contacts["label"], strict=True))
    table = pd.DataFrame(
        {
            "what": rows["what"],
            "details": [said_of(row) for row in rows.to_dict("records")],
            "percent": [french.percent(100 * chance, 0) for chance in rows["chance"]],
            "picture": [
                gauge(float(chance), COLORS[Presence(one)])
                for chance, one in zip(rows["chance"], rows["presence"], strict=True)
            ],
            "words": [french.sentence(text) for text in rows["text"]],
            "span": [
                f"{french.number(100 * low)} à {french.percent(100 * high, 0)}"
                for low, high in zip(rows["low"], rows["high"], strict=True)
            ],
            "seen": [french.date(day.date()) for day in rows["last_seen"]],
            "who": [
                french.DASH if pd.isna(by) else labels.get(by, "un correspondant retiré") for by in rows["by"]
            ],
        }
    )
    tables.show_table(table, COLUMNS, caption=caption)
