"""Whom to call this morning: each contact with why it ranks there, its telephone, whether it is open, and what to ask."""

from __future__ import annotations

import html
import re

import pandas as pd
import streamlit as st

from analysis import french
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.model import Actor
from analysis.vocabulary import CONTACT_KINDS
from analysis.watch.calls import Call, Resting
from analysis.watch.window import WindowState
from ui import frame, tables
from ui.morning import Morning
from ui.provenance import network_source
from ui.tables import Column

FIRST = 6
"""Contacts shown one by one: a morning's calls. The others stand in a table."""
_PHONE = re.compile(r"[+0-9][0-9 .()-]{5,20}")

OTHERS = [
    Column("label", "Correspondant"),
    Column("phone", "Téléphone"),
    Column("hours", "Ouverture"),
    Column("why", "Pourquoi"),
]
RESTING = [Column("label", "Correspondant"), Column("why", "Pourquoi pas ce matin")]


def show_today(desk: Desk, here: Morning, actor: Actor) -> None:
    """The calls of the morning, what brings most first."""
    plan = here.plan
    frame.sentence(sentence(here))
    if desk.network.is_demo:
        frame.note(
            french.spaced(
                "Démonstration : correspondants et réponses sont générés, téléphones et horaires des mairies sont publiés. "
                "Ne les appelez pas pour ces annonces."
            )
        )
    for rank, call in enumerate(plan.calls[:FIRST], start=1):
        with st.container(border=True):
            st.html(call_html(rank, call, here))
    rest = plan.calls[FIRST:]
    if rest:
        with st.expander(f"Les suivants ({french.number(len(rest))})", icon=":material/call:"):
            _others(rest, here)
    if plan.resting:
        with st.expander(f"Pas ce matin ({french.number(len(plan.resting))})", icon=":material/bedtime:"):
            _resting(plan.resting, here)
    frame.note(
        french.spaced(
            "L’ordre suit ce qu’un appel apporte : qui cherche dans ses communes, dans combien de jours, ce qui est à confirmer ou arrive "
            f"d’habitude, depuis quand on est sans nouvelles. {network_source(desk)}"
        )
    )


def sentence(here: Morning) -> str:
    """« 26 correspondants à appeler ce matin, d'abord Correspondant 3 ; 1 fenêtre ouverte, personne en retard. »"""
    plan, states = here.plan, here.windows["state"].tolist()
    pressing = sum(state in (WindowState.OPEN, WindowState.LAST_DAY) for state in states)
    late = states.count(WindowState.LATE)
    who = (
        f"{french.counted(len(plan.calls), 'correspondant', 'correspondants')} à appeler ce matin, d’abord {plan.calls[0].label}"
        if plan.calls
        else "Personne à appeler ce matin"
    )
    searching = (
        french.counted(pressing, "fenêtre ouverte", "fenêtres ouvertes")
        if pressing
        else "aucune fenêtre ouverte"
    )
    delayed = french.counted(late, "foyer en retard", "foyers en retard") if late else "personne en retard"
    return f"{who}{NNBSP}; {searching}, {delayed}."


def call_html(rank: int, call: Call, here: Morning) -> str:
    """One contact to call: rank and name, telephone, hours, why, what to ask. Every text is escaped."""
    contact = here.contacts.set_index("contact").loc[call.contact]
    kind = CONTACT_KINDS[str(contact["kind"])].label
    asks = "".join(f"<li>{html.escape(one)}</li>" for one in call.ask)
    return (
        f'<p class="zv-named" data-user-text><strong>{rank}. {html.escape(call.label)}</strong> '
        f"<small>{html.escape(kind)}, {html.escape(str(contact['place']))}</small></p>"
        f"<p><strong>{phone_html(str(contact['phone']))}</strong> · {html.escape(call.hours)}</p>"
        f"<p>{html.escape(call.why)}</p>"
        f'<p class="zv-label">À demander</p><ul data-user-text>{asks}</ul>'
    )


def phone_html(phone: str) -> str:
    """A telephone as a link that dials it; in words where none is known."""
    if not phone:
        return "Pas de téléphone connu"
    if not _PHONE.fullmatch(phone):
        return html.escape(phone)
    return f'<a href="tel:{re.sub("[^0-9+]", "", phone)}">{html.escape(phone)}</a>'


def _others(calls: tuple[Call, ...], here: Morning) -> None:
    phones = dict(zip(here.contacts["contact"], here.contacts["phone"], strict=True))
    rows = [(call.label, phones[call.contact] or french.DASH, call.hours, call.why) for call in calls]
    tables.show_table(
        pd.DataFrame(rows, columns=["label", "phone", "hours", "why"]),
        OTHERS,
        caption="Les appels suivants, dans leur ordre",
    )


def _resting(resting: tuple[Resting, ...], here: Morning) -> None:
    rows = [(one.label, french.sentence(one.why)) for one in resting]
    tables.show_table(
        pd.DataFrame(rows, columns=["label", "why"]), RESTING, caption="Laissés en paix ce matin"
    )
