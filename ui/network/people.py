"""The network's members today: who does what and who trains, whose trades complete each other nearby, who is far from the others."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis import community as people
from analysis import council_network, french, network_words
from analysis.desk import Desk
from analysis.model import Audience
from ui import charts, community, frame, tables
from ui.community import Community
from ui.filters import Filters
from ui.network import words as words
from ui.tables import Column

DIRECTORY = [
    Column("shown", "Membre", link="website"),
    Column("trade", "Métier"),
    Column("skills", "Compétences"),
    Column("place", "Commune"),
    Column("trains", "Forme les autres"),
]


def directory_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """Who does what, and who trains: the professional group of members who agreed to be shown."""
    public = people.directory(here.here)
    if public.empty:
        words.empty(
            "L'annuaire est vide : aucun membre présent n'a accepté d'y paraître.",
            "Recueillez l'accord de chaque membre : le texte et la date de l'accord se notent sur sa fiche.",
        )
        return
    frame.sentence(network_words.directory_sentence(public))
    one, two, three = st.columns(3, vertical_alignment="bottom")
    one.selectbox(
        "Métier",
        ["", *trades_of(public)],
        format_func=lambda t: t or "tous les métiers",
        **filters.widget("metier"),
    )
    two.selectbox(
        "Compétence",
        ["", *skills_of(public)],
        format_func=lambda s: s or "toutes les compétences",
        **filters.widget("competence"),
    )
    three.toggle("Seulement ceux qui forment", **filters.widget("forme"))
    found = people.directory(
        here.here, trade=filters["metier"], skill=filters["competence"], trains=filters.on("forme")
    )
    if found.empty:
        st.info("Aucun membre ne répond à ces choix. Élargissez l'un d'eux.", icon=":material/search_off:")
    else:
        tables.show_table(
            council_network.directory_rows(found, desk.names),
            DIRECTORY,
            caption=french.spaced(f"Annuaire : {french.quantity(len(found), 'membres')}"),
        )
    counted = people.by_trade(people.seen(here.here, audience))
    st.subheader("Les métiers", anchor=False)
    charts.show_chart(
        charts.bars(counted, "trade", "count", unit="membres", title="Métiers"), key="reseau:trades"
    )
    tables.show_slide_table(council_network.trades_table(counted))
    frame.note(words.counting_note(desk, here, audience))
    hidden = int((~here.here["public"].astype(bool)).sum())
    if people.sees_all(audience) and hidden:
        frame.note(
            f"{french.sentence(french.quantity(hidden, 'membres présents'))} {french.plural(hidden, 'n’a', 'n’ont')} pas donné "
            "cet accord et ne sont pas dans l'annuaire."
        )


def trades_of(public: pd.DataFrame) -> list[str]:
    """The trades of the directory, in the order of a French index."""
    return sorted({str(trade) for trade in public["trade"]}, key=french.sort_key)


def skills_of(public: pd.DataFrame) -> list[str]:
    """The skills of the directory, in the order of a French index."""
    return sorted({str(skill) for skills in public["skills"] for skill in skills}, key=french.sort_key)


def trades_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """Which complementary trades are near each other."""
    if people.seen(here.here, audience).empty:
        words.nobody(audience)
        return
    st.segmented_control(
        "Proches",
        list(network_words.RADII),
        format_func=network_words.RADII.__getitem__,
        **filters.widget("rayon"),
        required=True,
        wrap=True,
    )
    near = community.near(desk, audience, filters["rayon"])
    where, who = network_words.RADII[filters["rayon"]], network_words.members(audience)
    frame.sentence(network_words.near_sentence(near.found, where, who, declared=near.declared))
    if not near.found.empty:
        tables.show_slide_table(council_network.near_table(near.found, near.reasons, desk.names, where))
    if near.lacking:
        frame.note(
            french.spaced(
                f"Métiers qui en compléteraient d'autres et manquent ici : {french.join(near.lacking)}."
            )
        )
    frame.note(council_network.NEAR_METHOD)
    frame.note(words.counting_note(desk, here, audience))


def isolation_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """Who is far from the others and from a telecentre."""
    shown = people.seen(here.here, audience)
    if shown.empty:
        words.nobody(audience)
        return
    found, places = community.isolated(desk, audience)
    frame.sentence(network_words.isolation_sentence(found, desk.names, network_words.members(audience)))
    tables.show_slide_table(council_network.isolation_table(found, desk.names, places))
    if len(found) < len(shown):
        frame.note(
            f"{french.quantity(len(shown) - len(found), 'membres')} sans position : leur commune n'a pas de contour."
        )
    frame.note(community.telecentres_note())
    frame.note(words.counting_note(desk, here, audience))
