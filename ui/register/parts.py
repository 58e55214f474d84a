"""What the parts of the register page share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french
from analysis.model import Actor
from data.register import (
    FormerCommune,
)
from data.store import Store
from data.territory import Territory
from ui import forms, tables
from ui.forms import Form
from ui.markdown import literal
from ui.tables import Column

PAGE = forms.Page("registre")
"""What the session keeps of the register's forms."""


class RegisterDesk:
    """Where the forms write: the store, the territory, who, which day, which register."""

    def __init__(self, store: Store, territory: Territory, actor: Actor, today: dt.date, origin: str) -> None:
        self.store, self.territory, self.actor, self.today, self.origin = (
            store,
            territory,
            actor,
            today,
            origin,
        )

    @property
    def names(self) -> Mapping[str, str]:
        """Code → name of the territory's communes, in the order of names."""
        return dict(sorted(self.territory.name_of.items(), key=lambda pair: french.sort_key(pair[1])))


def pick(
    label: str, name: str, desk: RegisterDesk, rows: Sequence[Mapping[str, Any]], words: Any
) -> Mapping[str, Any] | None:
    """Which row; the state that was on screen when it was chosen."""
    if not rows:
        forms.message("Rien dans ce registre pour l'instant. Commencez par «\u202fAjouter\u202f».")
        return None
    by_id = {row["id"]: row for row in rows}
    key = PAGE.key(f"{name}:{desk.origin}")
    if st.session_state.get(key) not in by_id:
        st.session_state[key] = None
    chosen = st.selectbox(
        label, list(by_id), index=None, key=key, placeholder="Choisir",
        format_func=lambda i: words(by_id[i]) if i in by_id else "",
    )  # fmt: skip
    return None if chosen is None else PAGE.snapshot(f"{name}:{chosen}", by_id[chosen])


def table(rows: Sequence[tuple[str, ...]], heads: tuple[str, ...], caption: str) -> None:
    """All rows, folded under their count; nothing where there are none."""
    if not rows:
        return
    with st.expander(f"Tout voir ({len(rows)})"):
        tables.show_table(
            pd.DataFrame(rows, columns=list(heads)), [Column(head, head) for head in heads], caption=caption
        )


def offer_commune(form: Form) -> None:
    """Today's commune in place of one that no longer exists, in one click."""
    error = form.refused
    if isinstance(error, FormerCommune) and error.inside:

        def choose(code: str) -> None:
            form.set("commune", code)
            form.set("elsewhere", "")

        st.button(f"Choisir {literal(error.name)}", on_click=choose, args=(error.code,))
