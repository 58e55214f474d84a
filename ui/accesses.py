"""The log of accesses to the files of persons, as screens write it."""

from __future__ import annotations

import streamlit as st

from analysis.model import Actor
from ui import access, clock, loading


def note_once(kind: str, person: str | None = None) -> None:
    """Log an access once for as long as the same file stays on screen; a click on the same screen is no second look."""
    seen = st.session_state.setdefault("donnees:noted", {})
    if seen.get(kind) != (person, clock.today()):
        note(kind, person)
        seen[kind] = (person, clock.today())


def note(kind: str, person: str | None = None, actor: Actor | None = None) -> None:
    """Log an access of `kind` to one person's file, or to a list of persons, by whoever is at the screen."""
    with loading.store().note(actor or access.current_actor()) as session:
        session.note_access(kind, person)
