"""What the territory lacks: what households lost for lack of a dwelling had wanted, in all and by commune."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis import french
from analysis.desk import Desk
from analysis.lacks import lacks_text, shown_lacks
from analysis.model import Audience
from analysis.watch.matching import lacks
from ui import briefings, frame, loading, tables
from ui.provenance import network_source
from ui.tables import Column

WANTED = [Column("what", "Ce qui a manqué"), Column("count", "Foyers", numeric=True)]
PLACES = [
    Column("place", "Commune"),
    Column("count", "Foyers qui la voulaient", numeric=True),
    Column("what", "Ce qui y a manqué"),
]


def show_lacks(desk: Desk) -> None:
    """What was lacking, the most wanted first; then by commune, for its mayor."""
    found = desk.release(Audience.ANIMATEUR).housing
    frame.sentence(lacks_text(found))
    briefings.offer("veille", {"section": "manques"}, key="manques")
    lost = desk.lost_needs()
    if not lost:
        st.info(
            "Un dossier compte ici dès qu’il est perdu pour « logement introuvable à temps ».",
            icon=":material/house:",
        )
    else:
        rows = [(french.sentence(one.noun), french.number(one.count)) for one in shown_lacks(found)]
        tables.show_table(
            pd.DataFrame(rows, columns=["what", "count"]), WANTED, caption="Ce que les foyers perdus faute de logement cherchaient"
        )  # fmt: skip
        places = []
        for code, name in desk.names.items():
            count = sum(code in need.communes for need in lost)
            if count:
                here = french.join(one.text for one in lacks(lost, commune=code))
                places.append((count, name, here))
        places.sort(key=lambda row: (-row[0], french.sort_key(row[1])))
        if places:
            told = [(name, french.number(count), here) for count, name, here in places]
            tables.show_table(
                pd.DataFrame(told, columns=["place", "count", "what"]), PLACES,
                caption="Par commune souhaitée, la plus demandée d’abord",
            )  # fmt: skip
    limits = loading.territory().thresholds
    frame.note(
        french.spaced(
            "Dossiers perdus pour « logement introuvable à temps », depuis le début ; un loyer est dit par tranche de 50 €, un prix de "
            f"10 000 €. Le conseil ne voit que les nombres à partir de {limits.council}, le public à partir de {limits.public}. "
            f"{network_source(desk)}"
        )
    )
