"""How page tests read a screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
Open = Callable[..., AppTest]


def words(screen: AppTest) -> str:
    """All HTML and text on the main part of the screen, with plain blanks."""
    parts = (
        [e.proto.body for e in screen.get("html")]
        + [e.value for e in screen.title]
        + [e.value for e in screen.subheader]
    )
    return " ".join(parts).replace("\u202f", " ").replace("\u00a0", " ")
