"""Each page asks the store once: how many statements a run takes when nothing changed, and that a page never mixes two states."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from analysis.model import LOCAL_ACCOUNT
from tests.pages.screens import ROOT
from ui import access, loading, run
from ui.navigation import PAGES, Page

MOST = 3


@pytest.fixture
def statements(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that the store is sent, beginnings of transactions left out; pages are drawn through the door, as on a server."""
    monkeypatch.setattr(PagesManager, "uses_pages_directory", False)
    engine, sent = loading.store().engine, list[str]()

    def keep(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", keep)
    yield sent
    event.remove(engine, "before_cursor_execute", keep)


def screen_of(page: Page) -> AppTest:
    """The page as a visitor opens it, drawn twice: what it reads once and keeps has been read."""
    screen = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    if page.path:
        screen.switch_page(page.file)
    return screen.run().run()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path or "accueil")
def test_a_run_asks_the_store_at_most_three_times_when_nothing_changed(
    page: Page, statements: list[str]
) -> None:
    screen = screen_of(page)
    statements.clear()
    screen.run()
    assert not screen.exception
    assert 1 <= len(statements) <= MOST, statements
    revisions = [each for each in statements if "meta.revision" in each]
    assert len(revisions) == 1, "the revision is asked once, and once only"


def write() -> None:
    """Somebody changes the store."""
    with loading.store().write(LOCAL_ACCOUNT.actor):
        pass


def page_that_asks_twice() -> None:
    """A page during which somebody else, then the page itself, writes."""
    import threading

    import streamlit as st

    from tests.pages.test_reads import write
    from ui import loading

    seen = [(loading.revision(), loading.desk().revision)]
    other = threading.Thread(target=write)  # another visitor: a thread without this page's context
    other.start()
    other.join()
    seen.append((loading.revision(), loading.desk().revision))
    write()
    seen.append((loading.revision(), loading.desk().revision))
    st.session_state["seen"] = seen


def test_a_run_keeps_its_revision_until_it_writes_itself(fresh: Path) -> None:
    at = loading.store().revision()
    screen = AppTest.from_function(page_that_asks_twice, default_timeout=60).run()
    assert not screen.exception
    assert screen.session_state["seen"] == [(at, at), (at, at), (at + 2, at + 2)]
    screen.run()
    assert screen.session_state["seen"][0] == (at + 2, at + 2), "the next run asks again"


def test_outside_a_run_everything_is_asked_each_time(fresh: Path) -> None:
    before = loading.revision()
    write()
    assert loading.revision() == before + 1
    asked: list[int] = []
    run.once("x", lambda: asked.append(1))
    run.once("x", lambda: asked.append(2))
    assert asked == [1, 2]


def page_that_asks_who() -> None:
    """A page that asks three times who is here."""
    import streamlit as st

    from ui import access

    st.session_state["who"] = [access.account() for _ in range(3)]


def test_who_is_here_is_asked_once_a_run(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = access._enter

    def count() -> access.Entrance:
        asked.append(1)
        return real()

    monkeypatch.setattr(access, "_enter", count)
    screen = AppTest.from_function(page_that_asks_who, default_timeout=60).run()
    assert screen.session_state["who"] == [LOCAL_ACCOUNT] * 3 and asked == [1]
    screen.run()
    assert asked == [1, 1]
