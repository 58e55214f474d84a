"""What the import page reads from its address, and asks."""

from __future__ import annotations

import streamlit as st

from analysis import view
from ui.filters import Filters
from ui.imports import history

TABS = {"importer": "Importer", "historique": "Historique"}


def parameters() -> list[view.Parameter]:
    """Everything this page reads from its address."""
    return [
        view.Parameter("onglet", "importer", list(TABS)),
        view.Parameter("import", pattern=history.NUMBER),
    ]


def ask(filters: Filters) -> str:
    """A new import, or those that were."""
    return str(
        st.segmented_control(
            "Partie", list(TABS), format_func=TABS.__getitem__, required=True, **filters.widget("onglet"),
            label_visibility="collapsed",
        )
    )  # fmt: skip
