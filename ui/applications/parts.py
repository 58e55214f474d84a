"""What the parts of the page of the dossiers share: who writes, and what was just done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import streamlit as st

from data import applications, register
from data.register import RegisterError
from data.store import Store, StoreError
from data.territory import Territory
from ui import following, forms
from ui.following import Following, Team

PAGE = forms.Page("dossiers")
"""What the session keeps of the forms of the dossiers."""


@dataclass(frozen=True)
class DossierDesk:
    """Where the forms write: the store, the territory, who, which day, which register."""

    store: Store
    territory: Territory
    hand: applications.Hand
    today: dt.date
    origin: str

    @cached_property
    def here(self) -> Following:
        """Where all the dossiers stand; the page of one of them does not ask."""
        return following.known(self.origin, self.today)

    @property
    def team(self) -> Team:
        """Who answers for what."""
        return following.team(self.origin)

    @property
    def me(self) -> str:
        """The profile at the screen."""
        return self.hand.actor.id

    @property
    def people(self) -> Mapping[str, str]:
        """Who may answer for something: profile → name."""
        people = self.team.people
        return {**people, self.me: people.get(self.me, self.hand.actor.label)}


def choices(
    form: forms.Form, labels: Mapping[str, str], words: Callable[[str, Any], str]
) -> tuple[applications.Choice, ...]:
    """What the person chose, field by field, between the own entry and another's: for the dossier's history."""
    return tuple(
        applications.Choice(
            labels[clash.field],
            words(clash.field, clash.mine if mine else clash.theirs),
            words(clash.field, clash.theirs if mine else clash.mine),
            mine,
        )
        for clash, mine in form.chosen()
    )


def what_was_done(desk: DossierDesk) -> None:
    """The last change as a sentence, with its undo."""
    change = PAGE.last_change()
    PAGE.show_refusal("done")
    if change is None:
        return
    with desk.store.read() as session:
        entry = register.entry(session, change.operation)
    text, button = st.columns([5, 1], vertical_alignment="center")
    with text:
        forms.message(
            f"C’est fait. {forms.sentence_of(entry.title, entry.details)}.", "status", change.warnings
        )
    if entry.undone is None and button.button(
        "Rétablir" if change.kind == "undo" else "Annuler",
        key=PAGE.key("undo-last"),
        width="stretch",
        icon=":material/undo:",
    ):
        try:
            PAGE.done(register.undo(desk.store, change.operation, desk.hand.actor))
        except (RegisterError, StoreError) as error:
            PAGE.refuse(error, "done")
        st.rerun()
