"""One question of a page open at a time, the others one click away, and all of them on paper.

What is not open is drawn all the same, out of sight (`static/zevillage.css`), so that the page prints whole and a click finds its words
ready. It is out of reach of the keyboard and of a screen reader until it is chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import streamlit as st

from analysis import view
from ui.filters import Filters

NAME = "question"
FOLDED = "zv-folded"
"""What the key of a folded section begins with, and so its CSS class after `st-key-`."""


def parameter(questions: Mapping[str, str]) -> view.Parameter:
    """« question » in the address: which one is open, the first unless said otherwise."""
    return view.Parameter(NAME, next(iter(questions)), list(questions))


def choose(filters: Filters, questions: Mapping[str, str], label: str = "Question") -> str:
    """Draw the choice and return the id of the open question. `questions`: id → words of the button; `label`: what the choice is called."""
    chosen = st.segmented_control(
        label, list(questions), format_func=questions.__getitem__, **filters.widget(NAME), required=True, wrap=True,
    )  # fmt: skip
    return str(chosen)


@contextmanager
def section(id_: str, chosen: str) -> Iterator[bool]:
    """Where the section `id_` of a page is drawn; whether it is the open one, for what makes no sense out of sight (a map)."""
    is_open = id_ == chosen
    with st.container(key=f"{'zv-open' if is_open else FOLDED}-{id_}"):
        yield is_open
