"""What was entered by hand, and its undoing."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from analysis import french
from data import register
from data.register import (
    RegisterError,
)
from data.store import StoreError
from ui import forms, frame
from ui.register.parts import PAGE, RegisterDesk

_PAGE = 10


def show_history(desk: RegisterDesk, names: Mapping[str, str]) -> None:
    """Who, when, what, before → after; each line can be undone from here."""
    cursor = PAGE.key(f"history:{desk.origin}")
    pages: list[int] = st.session_state.setdefault(cursor, [])
    with desk.store.read() as session:
        found = register.entries(
            session, origin=desk.origin, before=pages[-1] if pages else None, limit=_PAGE + 1, names=names
        )
    if not found:
        frame.sentence("Rien n'a encore été saisi à la main dans ce registre.")
        return
    frame.sentence(
        french.spaced("Ce qui a été saisi à la main, du plus récent au plus ancien ; chaque ligne s'annule.")
    )
    PAGE.show_refusal("history")
    for entry in found[:_PAGE]:
        _line(desk, entry)
    newer, older = st.columns(2)
    if pages and newer.button("Plus récent", icon=":material/arrow_upward:"):
        pages.pop()
        st.rerun()
    if len(found) > _PAGE and older.button("Plus ancien", icon=":material/arrow_downward:"):
        pages.append(found[_PAGE - 1].operation)
        st.rerun()


def _line(desk: RegisterDesk, entry: register.Entry) -> None:
    text, button = st.columns([5, 1], vertical_alignment="center")
    with text:
        state = f", annulé par l'action n°\u00a0{entry.undone}" if entry.undone else ""
        rows = [
            f"{d.label}{french.NNBSP}: {d.before} → {d.after}"
            if d.before
            else f"{d.label}{french.NNBSP}: {d.after}"
            for d in entry.details
        ]
        head = f"n°\u00a0{entry.operation}, {entry.when}, {entry.actor}{state}"
        forms.line(entry.title, head, rows, struck=entry.undone is not None)
    if entry.undone is None:
        again = entry.title.startswith("Annulation")
        if button.button(
            "Rétablir" if again else "Annuler", key=PAGE.key(f"undo:{entry.operation}"), width="stretch",
            help=f"Annuler l'action n° {entry.operation}",
        ):  # fmt: skip
            undo(desk, entry.operation, "history")


def undo(desk: RegisterDesk, operation: int, place: str) -> None:
    """Undo one operation and draw the page again, with what was done or why it was refused."""
    try:
        PAGE.done(register.undo(desk.store, operation, desk.actor))
    except (RegisterError, StoreError) as error:
        PAGE.refuse(error, place)
    st.rerun()
