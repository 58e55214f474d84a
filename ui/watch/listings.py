"""The listings that nobody said gone: the chance that each is still there today, as a number, a colour and words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd
import streamlit as st

from analysis import french, palette
from analysis.desk import Desk
from analysis.vocabulary import TENURES
from analysis.watch.life import Presence
from analysis.watch.morning import FADED
from ui import frame, loading, tables
from ui.filters import Filters
from ui.map import MapSpec, Marker, show_map
from ui.morning import Morning
from ui.provenance import network_source
from ui.tables import Column
from ui.watch import controls
from ui.watch.clicks import done
from ui.watch.duplicates import show_duplicates, what_of
from ui.watch.gauge import COLORS, gauge
from ui.watch.listing import show_listing

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
    offer = here.market.standing[here.market.standing["tenure"] == tenure]
    if chosen := controls.ask_listing(filters, dict(zip(offer["listing"], offer["what"], strict=True))):
        show_listing(desk, here, chosen)
        return
    done()
    if len(here.doubles):
        count = french.number(len(here.doubles))
        with st.expander(f"Peut-être deux fois le même logement ({count})", icon=":material/merge:"):
            show_duplicates(here.doubles, what_of(here))
    standing = offer
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
        _map(desk, alive, offered)
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


_MARKS = {
    Presence.LIKELY: "available",
    Presence.OPEN: "unknown",
    Presence.UNLIKELY: "gone",
    Presence.GONE: "gone",
}
"""How surely a listing is there → how its diamond is drawn: full, half, empty."""


def _map(desk: Desk, alive: pd.DataFrame, offered: str) -> None:
    """Where they are; those without a place of their own are in the table alone."""
    placed = alive[alive["lon"].notna() & alive["lat"].notna()]
    if placed.empty:
        return
    counts = alive["commune"].value_counts()
    said = {
        str(
            row["listing"]
        ): f"{row['what']}{french.NNBSP}: {row['text']}, {french.percent(100 * row['chance'], 0)}"
        for row in placed.to_dict("records")
    }
    show_map(
        MapSpec(
            geometry=loading.geometry(), classes=dict.fromkeys(desk.names, 0), colors=(palette.GROUND,), names=desk.names,
            tooltips={
                code: french.counted(int(counts[code]), "annonce en cours", "annonces en cours") if code in counts
                else "rien de signalé en ce moment"
                for code in desk.names
            },
            markers=tuple(
                Marker(row["lon"], row["lat"], said[str(row["listing"])], _MARKS[Presence(row["presence"])])
                for row in placed.to_dict("records")
            ),
            outlines=loading.group_outlines(), attribution=loading.contour_source(),
        ),
        key="veille:annonces", height=420, title=f"Annonces {offered} peut-être encore là",
    )  # fmt: skip
    without = len(alive) - len(placed)
    absent = (
        f" {french.counted(without, 'annonce', 'annonces')} sans position {french.plural(without, 'est', 'sont')} au tableau seulement."
        if without
        else ""
    )
    frame.note(
        french.spaced(
            f"Losange plein : encore là très probablement ; à demi : peut-être ; vide : peu probable.{absent}"
        )
    )


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
