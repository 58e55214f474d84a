"""The administration page's section on links: which contacts may report a dwelling without an account."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis import french
from analysis.desk import Desk
from analysis.model import Actor
from analysis.vocabulary import LINK_STATES
from data import access as doors
from data import register
from data.register.operations import instant
from ui import access, clock, frame, loading, place, tables
from ui.administration.parts import key, name_of, run
from ui.settings import base_path
from ui.tables import Column

REPORTING = ("mairie", "notary", "agency")
DURATIONS = {30: "un mois", 90: "trois mois", 365: "un an"}
_MADE = "administration:link"


def show_contact_links(desk: Desk) -> None:
    """Which contacts may report a dwelling without an account, making a link and ending one."""
    store, actor, now = loading.store(), access.current_actor(), clock.instant()
    with store.read() as session:
        known = doors.links(session, now)
        contacts = {
            c["id"]: c["label"]
            for c in register.contacts(session, desk.network.origin)
            if c["kind"] in REPORTING
        }
        names = {p.id: p.label for p in doors.profiles(session, removed=True)}
    valid = {link.id: link for link in known if link.state == "valid"}
    frame.sentence(
        french.spaced(
            f"{french.quantity(len(valid), 'liens')} en cours : qui suit le sien signale un logement sans compte, et rien d’autre."
        )
    )
    if made := st.session_state.pop(_MADE, ""):
        frame.note("Le lien, montré cette seule fois. Envoyez-le à ce correspondant seul.")
        st.code(made, language=None)
    if place.read().one_machine:
        frame.note(
            "Ce serveur n’est ouvert qu’à cet ordinateur : un lien n’y mène pas d’ailleurs. Voyez le guide de connexion."
        )
    left, right = st.columns(2, gap="large")
    with left, st.form("administration-link"):
        st.subheader("Donner un lien", anchor=False)
        contact = st.selectbox(
            "Correspondant", list(contacts), format_func=contacts.__getitem__, index=None, placeholder="Choisir",
            key=key("link-contact"),
        )  # fmt: skip
        days = st.selectbox(
            "Durée", list(DURATIONS), format_func=DURATIONS.__getitem__, index=1, key=key("link-days")
        )
        if st.form_submit_button("Faire le lien", type="primary", icon=":material/link:"):
            _make_link(actor, contact or "", int(days))
    with right:
        st.subheader("Révoquer un lien", anchor=False)
        chosen = st.selectbox(
            "Lien en cours", list(valid), index=None, placeholder="Choisir", key=key("link-revoke"),
            format_func=lambda i: f"{valid[i].label}, donné {instant(valid[i].created_at)}",
        )  # fmt: skip
        if st.button("Révoquer", icon=":material/link_off:", disabled=chosen is None):
            run(
                lambda: doors.revoke_link(store, actor, str(chosen)),
                "Le lien est révoqué : il ne mène plus à rien.",
            )
    rows = [
        (k.label, LINK_STATES[k.state], instant(k.created_at), name_of(k.created_by, names), instant(k.expires_at),
         instant(k.last_used) if k.last_used else "jamais")
        for k in known
    ]  # fmt: skip
    heads = ("Correspondant", "État", "Donné", "Par", "Expire", "Dernier signalement")
    columns = [Column(str(i), head) for i, head in enumerate(heads)]
    if rows:
        tables.show_table(
            pd.DataFrame(rows, columns=[str(i) for i in range(len(heads))]),
            columns,
            caption="Liens, du plus récent",
        )


def _make_link(actor: Actor, contact: str, days: int) -> None:
    store = loading.store()

    def make() -> None:
        token = doors.make_link(
            store, actor, contact, days, doors.server_secret(store.files), clock.instant()
        )
        st.session_state[_MADE] = f"{place.origin()}{base_path()}/signaler?lien={token}"

    run(make, "Le lien est fait.")
