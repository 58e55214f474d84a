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


def opened(page: str, **query: str) -> AppTest:
    """The page of that file, with its query parameters: `opened("carte", indicateur="members")`."""
    screen = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    if page != "accueil":
        screen.switch_page(f"pages/{page}.py")
    for name, value in query.items():
        screen.query_params[name] = value
    screen.run()
    assert [e.message for e in screen.exception] == []
    return screen
