"""Listings that may be one house: proposed with what they have in common, decided by a person in one click, taken back in one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st

from analysis import french
from data import register
from data.register import Change
from ui import access, frame, loading
from ui.morning import Morning
from ui.watch.clicks import PAGE, do

SHOWN = 5
"""Pairs decided one by one on one screen; the others come when these are decided."""


def show_duplicates(pairs: pd.DataFrame, texts: Mapping[str, str]) -> None:
    """Pairs (`listing`, `other`, `why`) each with its two answers. `texts`: listing → what it is."""
    for row in pairs.head(SHOWN).to_dict("records"):
        listing, other = str(row["listing"]), str(row["other"])
        with st.container(border=True):
            frame.named(
                french.spaced("Est-ce le même logement ?"),
                french.spaced(f"{texts[listing]} ; {texts[other]} ({row['why']})"),
            )
            with st.container(horizontal=True, gap="small"):
                for same, label, icon in (
                    (True, "Oui, le même", ":material/merge:"),
                    (False, "Non, deux logements", ":material/call_split:"),
                ):
                    st.button(
                        label, key=PAGE.key(f"pair:{listing}:{other}:{same}"), icon=icon, on_click=do,
                        args=(partial(_judge, listing, other, same),),
                    )  # fmt: skip
    if len(pairs) > SHOWN:
        frame.note(f"Et {french.counted(len(pairs) - SHOWN, 'autre paire', 'autres paires')} ensuite.")


def what_of(here: Morning) -> dict[str, str]:
    """Listing → « Maison à louer, Essay, 4 pièces… », of those that stand."""
    return dict(zip(here.market.standing["listing"], here.market.standing["what"], strict=True))


def _judge(listing: str, other: str, same: bool) -> Change:
    return register.judge_duplicate(
        loading.store(), access.current_actor(), listing=listing, other=other, same=same
    )
