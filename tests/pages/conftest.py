"""Each page test gets a store of its own on a fixed day, and the screen as AppTest sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.pages.screens import ROOT, Open

TODAY = "2026-05-12"


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A new home folder, whose store fills with the demonstration at the first look; caches of other tests forgotten."""
    monkeypatch.setenv("ZEVILLAGE_HOME", str(tmp_path))
    monkeypatch.setenv("ZEVILLAGE_TODAY", TODAY)
    st.cache_resource.clear()
    st.cache_data.clear()
    yield tmp_path
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def emptied(fresh: Path) -> Path:
    """The same, the demonstration emptied: a real register with nobody in it yet."""
    from analysis.model import SYSTEM_ACTOR
    from data.demo import CONFIRMATION, empty_demo
    from ui import loading

    empty_demo(loading.store(), SYSTEM_ACTOR, CONFIRMATION)
    st.cache_resource.clear()
    return fresh


@pytest.fixture
def open_page(fresh: Path) -> Open:
    """`open_page("carte", indicateur="members")`: the page of that file, with its query parameters."""

    def open_(page: str, **query: str) -> AppTest:
        screen = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        if page != "accueil":
            screen.switch_page(f"pages/{page}.py")
        for name, value in query.items():
            screen.query_params[name] = value
        screen.run()
        assert [e.message for e in screen.exception] == []
        return screen

    return open_
