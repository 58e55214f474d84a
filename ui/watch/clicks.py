"""What the clicks of the watch's page do: one change of the register, told, and taken back in one click."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analysis.model import Right
from data import register
from data.register import Change, RegisterError
from data.store import StoreError
from ui import access, forms, loading

PAGE = forms.Page("veille")


def done() -> None:
    """What the last click did, with the way back."""
    PAGE.show_refusal("page")
    change = PAGE.last_change()
    if change is None:
        return
    with loading.store().read() as session:
        entry = register.entry(session, change.operation)
    said, back = st.columns([6, 1], vertical_alignment="center")
    with said:
        forms.message(
            f"C’est noté. {forms.sentence_of(entry.title, entry.details)}.", "status", change.warnings
        )
    if entry.undone is None:
        back.button(
            "Rétablir" if change.kind == "undo" else "Annuler", key=PAGE.key("undo"), icon=":material/undo:", on_click=do,
            args=(lambda: register.undo(loading.store(), change.operation, access.current_actor()),),
        )  # fmt: skip


def do(action: Callable[[], Change]) -> None:
    """Run one click's change in a callback: done, or refused in words."""
    PAGE.forget_outcome()
    try:
        if not access.may(Right.EDIT_REGISTER):  # a callback runs before the page, and so before its gate
            raise RegisterError("Votre profil n’a plus ce droit.", advice="Rechargez la page.")
        PAGE.done(action())
    except (RegisterError, StoreError) as error:
        PAGE.refuse(error, "page")
