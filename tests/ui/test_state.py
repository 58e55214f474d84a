"""What machines are told of the server: a word, and the number that goes with it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from data.catalogue import CatalogueError
from data.figures import FiguresError
from data.store.errors import AnotherTerritory, DatabaseDamaged, DatabaseReadOnly, DiskFull, StoreError
from data.territory import TerritoryError
from tests.data.test_restore import overwrite
from tests.homes import forget, settings
from tests.loops import completed
from ui import loading
from ui.server import shell, state


def asked(endpoint: Callable[[Request], Coroutine[Any, Any, Response]]) -> tuple[int, dict[str, str]]:
    answer = completed(endpoint(Request({"type": "http"})))
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, json.loads(bytes(answer.body))


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question is looked at afresh."""
    monkeypatch.setattr(state, "KEPT_SECONDS", 0.0)


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (DiskFull("x"), "disk"), (DatabaseReadOnly("x"), "disk"), (DatabaseDamaged("x"), "database"), (StoreError("x"), "database"),
        (TerritoryError(Path("x"), []), "territory"), (AnotherTerritory("x"), "territory"), (CatalogueError("x"), "figures"),
        (FiguresError("x", 1, "value", "Zqsecrete", "x", "x"), "figures"),
    ],
)  # fmt: skip
def test_each_refusal_has_its_word_and_nothing_else(
    looking: None, monkeypatch: pytest.MonkeyPatch, error: Exception, word: str
) -> None:
    monkeypatch.setattr(loading, "refused", lambda: error)
    for endpoint in (shell.healthz, shell.readyz):
        assert asked(endpoint) == (503, {"status": "refused", "reason": word})


def test_a_base_that_breaks_while_the_server_runs_is_said_and_so_is_its_return(
    looking: None, tmp_path: Path
) -> None:
    forget()
    with settings(tmp_path / "home"):
        try:
            assert asked(shell.healthz) == asked(shell.readyz) == (200, {"status": "ok"})
            loading.store().close()  # what was in the log is in the file
            base = tmp_path / "home" / "zevillage.db"
            whole = base.read_bytes()
            base.unlink()
            assert asked(shell.healthz) == (503, {"status": "refused", "reason": "database"})
            assert "a disparu" in loading.refusal()
            base.write_bytes(whole)
            overwrite(base)
            assert asked(shell.readyz) == (503, {"status": "refused", "reason": "database"})
            assert "endommagée" in loading.refusal()
            base.write_bytes(whole)
            assert asked(shell.healthz) == (200, {"status": "ok"})
        finally:
            forget()


def test_a_base_overwritten_under_connections_that_remember_it_is_said(looking: None, tmp_path: Path) -> None:
    forget()
    with settings(tmp_path / "home"):
        try:
            assert asked(shell.healthz) == (200, {"status": "ok"})
            base = tmp_path / "home" / "zevillage.db"
            with loading.store().read():  # a page reads meanwhile
                overwrite(base)
                base.with_name("zevillage.db-wal").unlink()
                assert asked(shell.healthz) == (503, {"status": "refused", "reason": "database"})
        finally:
            forget()


def test_a_server_that_starts_is_not_ready_and_says_so_at_once(
    looking: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "refused", lambda: None)
    monkeypatch.setattr(shell, "_OPEN", threading.Event())
    assert asked(shell.readyz) == (503, {"status": "refused", "reason": "starting"})
    shell._OPEN.set()
    assert asked(shell.readyz) == (200, {"status": "ok"})


def test_whoever_asks_often_is_answered_from_one_look() -> None:
    looks, now = [], [0.0]

    def look() -> str:
        looks.append(now[0])
        return f"at {now[0]}"

    kept = state.State(look, lambda: now[0])
    assert [kept.reason() for _ in range(100)] == ["at 0.0"] * 100
    now[0] = 4.9
    assert kept.reason() == "at 0.0"
    now[0] = 5.0
    assert kept.reason() == "at 5.0" and looks == [0.0, 5.0]


def test_nobody_waits_behind_a_look_that_takes_long() -> None:
    now, may_end, entered = [0.0], threading.Event(), threading.Event()

    def look() -> str:
        if now[0]:
            entered.set()
            assert may_end.wait(60)
        return f"at {now[0]}"

    kept = state.State(look, lambda: now[0])
    assert kept.reason() == "at 0.0"
    now[0] = 10.0
    slow = threading.Thread(target=kept.reason)
    slow.start()
    assert entered.wait(60)
    assert kept.reason() == "at 0.0"
    may_end.set()
    slow.join()
    assert kept.reason() == "at 10.0"
