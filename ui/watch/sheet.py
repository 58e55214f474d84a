"""This morning's calls on paper: the same contacts, in the same order, as the screen."""

from __future__ import annotations

from functools import partial

import streamlit as st

from analysis.desk import Desk
from analysis.model import Audience
from analysis.vocabulary import CONTACT_KINDS
from analysis.watch.calls import ASKED
from analysis.watch.morning import FADED
from reports.call_sheet import Asked, SheetCall, call_sheet
from ui import access, clock, loading, morning, run
from ui.morning import Morning
from ui.watch.words import gone_word


def offer_sheet(desk: Desk) -> None:
    """The download of the sheet, made when it is asked for."""
    st.download_button(
        "Feuille d’appels (PDF)", access.guarded(partial(_sheet, desk.network.origin), audience=Audience.ANIMATEUR),
        file_name="appels-de-la-veille.pdf", mime="application/pdf", on_click="ignore", icon=":material/print:", key="veille:feuille",
        help="Les appels de ce matin sur papier : qui, pourquoi, quoi demander, des cases à cocher.",
    )  # fmt: skip


def _sheet(origin: str) -> bytes:
    """The sheet as the morning stands when it is asked for; nothing of a register that is not on show any more."""
    with run.as_one():
        desk = loading.desk()
        here = morning.read(desk, clock.now())
        calls = sheet_calls(here) if desk.network.origin == origin else []
        return call_sheet(
            calls,
            sentence=morning.sentence(here),
            day=clock.today(),
            territory=loading.territory().name,
            demo=desk.network.is_demo,
        )


def sheet_calls(here: Morning) -> list[SheetCall]:
    """The calls of a morning as the sheet prints them."""
    contacts = here.contacts.set_index("contact")
    standing = here.market.standing
    # What was seen today, or is almost certainly gone, is not asked about.
    doubtful = standing[(standing["chance"] >= FADED) & (standing["chance"] < 1)]
    doubtful = doubtful.assign(doubt=(doubtful["chance"] - 0.5).abs()).sort_values(["doubt", "listing"])
    found = []
    for call in here.plan.calls:
        contact = contacts.loc[call.contact]
        own = doubtful[doubtful["contact"] == call.contact].head(ASKED)
        asked = [Asked(str(row["what"]), gone_word(row).lower()) for row in own.to_dict("records")]
        kind, place = CONTACT_KINDS[str(contact["kind"])].label, str(contact["place"])
        found.append(
            SheetCall(
                f"{call.label} ({kind.lower()}, {place})",
                str(contact["phone"]) or "Pas de téléphone connu",
                call.hours,
                call.why,
                tuple(asked),
                call.ask[-1] if call.ask else "",
            )
        )
    return found
