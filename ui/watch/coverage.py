"""Who answered when, by commune and by contact. A silent commune is hatched: nothing is known of it, which is not « no dwelling »."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis import french, palette
from analysis.desk import Desk
from analysis.model import Status
from analysis.watch.coverage import (
    NO_CONTACT,
    NO_NEWS,
    class_labels,
    coverage_classes,
    coverage_sentence,
    listings_text,
)
from analysis.watch.morning import FADED
from ui import briefings, frame, loading, tables
from ui.legend import Legend, LegendClass, show_legend
from ui.map import MapSpec, show_map
from ui.morning import Morning
from ui.provenance import network_source
from ui.tables import Column

COLORS = (palette.RECENT_NEWS, palette.OLDER_NEWS)
COMMUNES = [
    Column("name", "Commune"),
    Column("text", "Nouvelles"),
    Column("contacts", "Correspondants", numeric=True),
    Column("listings", "Ce que l’on sait"),
]
CONTACTS = [
    Column("label", "Correspondant"),
    Column("place", "Commune"),
    Column("text", "Nouvelles"),
    Column("phone", "Téléphone"),
]


def show_coverage(desk: Desk, here: Morning) -> None:
    """Where the watch hears, and where it does not."""
    communes, silent = here.by_commune, loading.territory().silent_days
    frame.sentence(coverage_sentence(communes, desk.names, silent))
    known = here.market.standing[here.market.standing["chance"] >= FADED]["commune"].value_counts()
    said = {
        row["commune"]: listings_text(int(known.get(row["commune"], 0)), row["heard"], row["days"])
        for row in communes.to_dict("records")
    }
    _map(desk, communes, said)
    briefings.offer("veille", {"section": "couverture"}, key="couverture")
    ordered = communes.assign(order=[french.sort_key(desk.names[code]) for code in communes["commune"]])
    ordered = ordered.sort_values(["last", "order"], na_position="first", kind="stable")
    table = pd.DataFrame(
        {
            "name": [desk.names[code] for code in ordered["commune"]],
            "text": [french.sentence(text) for text in ordered["text"]],
            "contacts": ordered["contacts"].map(french.number),
            "listings": [french.sentence(said[code]) for code in ordered["commune"]],
        }
    )
    tables.show_table(table, COMMUNES, caption="Par commune, la plus silencieuse d’abord")
    places = dict(zip(here.contacts["contact"], here.contacts["commune"], strict=True))
    phones = dict(zip(here.contacts["contact"], here.contacts["phone"], strict=True))
    contacts = here.by_contact
    with st.expander(f"Par correspondant ({french.number(len(contacts))})", icon=":material/contact_phone:"):
        tables.show_table(
            pd.DataFrame(
                {
                    "label": contacts["label"],
                    "place": [desk.names.get(places[one], places[one]) for one in contacts["contact"]],
                    "text": [french.sentence(text) for text in contacts["text"]],
                    "phone": [phones[one] or french.DASH for one in contacts["contact"]],
                }
            ),
            CONTACTS,
            caption="Correspondants, le plus silencieux d’abord",
        )
    frame.note(
        french.spaced(
            f"Sans réponse depuis {french.counted(silent, 'jour', 'jours')}, une commune est hachurée : on ne sait pas s’il y a un "
            f"logement, ce qui n’est pas « aucun logement ». {network_source(desk)}"
        )
    )


def _map(desk: Desk, communes: pd.DataFrame, said: dict[str, str]) -> None:
    silent = loading.territory().silent_days
    classes = coverage_classes(communes)
    drawn = list(classes.values())
    nobody = drawn.count(Status.MISSING)
    legend = Legend(
        title="Dernière réponse",
        classes=tuple(
            LegendClass(color, label, drawn.count(rank))
            for rank, (color, label) in enumerate(zip(COLORS, class_labels(silent), strict=True))
        ),
        suppressed=drawn.count(Status.SUPPRESSED),
        suppressed_text=NO_NEWS,
        missing=nobody or None,
        missing_text=NO_CONTACT,
    )
    show_map(
        MapSpec(
            geometry=loading.geometry(), classes=classes, colors=COLORS, names=desk.names, show_names=True, legend=legend,
            tooltips={
                row["commune"]: f"{french.sentence(row['text'])}. {french.sentence(said[row['commune']])}."
                for row in communes.to_dict("records")
            },
            outlines=loading.group_outlines(), attribution=loading.contour_source(),
        ),
        key="veille:carte", height=480, title="Dernières nouvelles par commune",
    )  # fmt: skip
    show_legend(legend)
