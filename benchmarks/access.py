"""What asking who is at the screen costs: it is asked again at every run, and several times in each."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from streamlit.testing.v1 import AppTest

from benchmarks.row import Row

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PROFILES = 50
ISSUER = "https://id.exemple.fr"


def _asks() -> None:
    """The script that is timed: runs inside AppTest, and so imports what it needs."""
    import statistics
    import time

    import streamlit as st

    from ui import access

    access.current()
    seconds = []
    for _ in range(200):
        start = time.perf_counter()
        access.current()
        seconds.append(time.perf_counter() - start)
    st.session_state["who"] = access.account().label
    st.session_state["seconds"] = statistics.median(seconds)


def _asked(user: dict[str, object]) -> tuple[str, float]:
    screen = AppTest.from_function(_asks, default_timeout=120)
    screen.user = user
    screen.run()
    assert not screen.exception, [e.message for e in screen.exception]
    return str(screen.session_state["who"]), float(screen.session_state["seconds"])


def access(browser: Browser, runs: int) -> list[Row]:
    """The check for the one unnamed profile of a machine, and for an identity among fifty profiles."""
    import time

    import streamlit as st

    from analysis.model import SYSTEM_ACTOR, Role
    from data import access as doors
    from data.store import open_store

    with tempfile.TemporaryDirectory() as home, patch.dict(os.environ, {"ZEVILLAGE_HOME": home}):
        st.cache_resource.clear()
        who, unnamed = _asked({})
        assert who == "Profil local"
        store = open_store(Path(home))
        for number in range(PROFILES):
            doors.add_profile(
                store,
                SYSTEM_ACTOR,
                label=f"Profil {number}",
                role=Role.ANALYSTE,
                issuer=ISSUER,
                subject=str(number),
            )
        store.close()
        claims: dict[str, object] = {"is_logged_in": True, "iss": ISSUER, "sub": "49", "iat": time.time()}
        with (
            patch.dict(os.environ, {"ZEVILLAGE_PUBLIC_URL": "https://zevillage.exemple.fr"}),
            patch("ui.place.auth_section", lambda: {"client_id": "zevillage"}),
        ):
            who, identity = _asked(claims)
            assert who == "Profil 49"
        st.cache_resource.clear()
    return [
        Row("who is there, one unnamed profile", f"{unnamed * 1000:.2f} ms", "", unnamed * 1000, 2.0, "ms"),
        Row(
            f"who is there, an identity among {PROFILES}",
            f"{identity * 1000:.2f} ms",
            "",
            identity * 1000,
            2.0,
            "ms",
        ),
    ]
