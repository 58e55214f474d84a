"""One person's data as two files to hand out, JSON and PDF: made and logged when asked for, under names that say nothing of who it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import streamlit as st

from analysis.model import Right
from data.privacy import PersonFile
from reports.personal import person_pdf
from ui import access, loading
from ui.accesses import note


def offer(person: str, read: Callable[[], PersonFile], day: dt.date, key: str) -> None:
    """The two downloads. `read` gives the person's file as it stands when one is asked for; `key` begins the names of the buttons."""
    territory, name = loading.territory().name, f"donnees-personnelles-{day.isoformat()}"
    actor = access.current_actor()  # a file is made after the page's run, where nobody is at the screen

    def made(make: Callable[[PersonFile], bytes]) -> Callable[[], bytes]:
        def export() -> bytes:
            note("export", person, actor)
            return make(read())

        return access.guarded(export, right=Right.READ_PEOPLE)

    left, right, _ = st.columns([1, 1, 2])
    left.download_button(
        "Ses données (JSON)",
        data=made(lambda found: found.json().encode("utf-8")),
        file_name=f"{name}.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
        key=f"{key}:json",
        width="stretch",
    )
    right.download_button(
        "Ses données (PDF)",
        data=made(lambda found: person_pdf(found.label, territory, found.sections, day)),
        file_name=f"{name}.pdf",
        mime="application/pdf",
        icon=":material/picture_as_pdf:",
        on_click="ignore",
        key=f"{key}:pdf",
        width="stretch",
    )
