"""The sheet of a commune as a file: made when asked for, for the audience on screen."""

from __future__ import annotations

from functools import partial

import streamlit as st

from analysis.model import Audience
from reports.paper import sheet_name
from ui import access, loading, map_views, press, run, sheets


def offer(desk: loading.Desk, code: str, audience: Audience) -> None:
    """The button."""
    row = st.container(key="commune-fichiers")
    row.download_button(
        "Fiche (PDF)", access.guarded(partial(_made, code, audience, _home()), audience=audience),
        file_name=sheet_name(desk.names[code]), mime="application/pdf", on_click="ignore", icon=":material/picture_as_pdf:",
        key="commune:file", help=f"Deux pages A4 sur {desk.names[code]}, pour {audience.label}",
    )  # fmt: skip


def _made(code: str, audience: Audience, home: str) -> bytes:
    with run.as_one():
        deck = sheets.decks(loading.desk(), audience, code, home=home)[code]
        return press.make("sheet", deck, map_views.ground())


def _home() -> str:
    """The address under which this installation was opened; empty when the browser does not say."""
    url = st.context.url or ""
    return url.split("/commune")[0].rstrip("/") if "/commune" in url else ""
