"""Around the members and beyond them: the actors who keep the network alive, what it brings about, the hours given."""

from __future__ import annotations

import streamlit as st

from analysis import community as people
from analysis import council_network, french, network_words
from analysis.desk import Desk
from analysis.model import Audience
from analysis.vocabulary import CONTACT_KINDS, EVENT_KINDS
from ui import charts, frame, loading, tables
from ui.community import Community
from ui.filters import Filters
from ui.network import words as words
from ui.provenance import network_source


def contacts_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """Who keeps the network alive beside its members."""
    tally = desk.release(audience).contacts
    if desk.network.contacts.empty:
        words.empty(
            "Aucun acteur n'est inscrit.",
            "Inscrivez la mairie de chaque commune, puis notaires, agences, associations et élus qui prennent part à la veille.",
        )
        return
    frame.sentence(network_words.contacts_sentence(tally))
    tables.show_slide_table(council_network.contacts_table(tally))
    listed = council_network.contacts_list(tally, audience, here.names, desk.names)
    with st.expander(f"Les acteurs, un par un ({french.number(len(listed.rows))})", icon=":material/groups:"):
        tables.show_slide_table(listed)
    lacking = [
        CONTACT_KINDS[kind].plural
        for kind, n in zip(tally.table["kind"], tally.table["count"], strict=True)
        if n == 0 and kind != "other"
    ]
    if people.sees_all(audience) and lacking:
        frame.note(french.spaced(f"Pas encore inscrits au registre : {french.join(lacking)}."))
    note = network_source(desk)
    if not people.sees_all(audience):
        note += (
            " Les mairies sont des institutions ; un autre acteur n'est montré que s'il l'a accepté, et compté que si les autres sont "
            f"assez nombreux (au moins {desk.thresholds.of(audience)})."
        )
    frame.note(note)


def events_section(desk: Desk, here: Community, filters: Filters, audience: Audience) -> None:
    """What does the network bring about, and with what."""
    tally = desk.release(audience).events
    if desk.network.events.empty:
        words.empty(
            "Aucun événement n'est inscrit.",
            "Notez les rencontres, les réceptions d'accueil, les emplois déclarés et les heures données : c'est ce que le réseau produit.",
        )
        return
    frame.sentence(network_words.events_sentence(tally, loading.territory().network.budget))
    drawn = tally.table.assign(
        name=[french.sentence(EVENT_KINDS[kind].plural) for kind in tally.table["kind"]]
    )
    charts.show_chart(
        charts.bars(drawn[drawn["hours"] > 0], "name", "hours", unit="heures", title="Heures données"),
        key="reseau:hours",
    )
    tables.show_slide_table(council_network.events_table(tally))
    tables.show_slide_table(council_network.latest_events(tally, desk.names))
    note = f"{network_source(desk)} Les heures sont déclarées et données bénévolement ; les emplois sont ceux que les membres déclarent."
    if not people.sees_all(audience):
        note += " Un événement qui concerne un membre n'est montré que si ce membre l'a accepté ; « au moins » : une partie est masquée."
    frame.note(french.spaced(note))
