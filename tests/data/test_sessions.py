"""Sessions in the store: they end when idle and when old, on every server at once, and the database cannot open one."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, select

from analysis.model import SYSTEM_ACTOR, Role
from data import access
from data.access.__main__ import main
from data.access.sessions import STEP, Sessions
from data.store import Store, open_store, tables
from data.store.errors import DiskFull

NOW = dt.datetime(2026, 5, 12, 8, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def other_store(any_store: Store) -> Iterator[Store]:
    """The same database as another server has it open."""
    opened = open_store(any_store.home, url=any_store.url.render_as_string(hide_password=False))
    yield opened
    opened.close()


def kept(store: Store) -> list[dict[str, object]]:
    with store.read() as session:
        return [dict(row) for row in session.connection.execute(select(tables.seat)).mappings()]


def test_a_session_ends_when_idle_and_when_old_and_an_altered_cookie_opens_nothing(any_store: Store) -> None:
    seats = Sessions(lambda: any_store, idle=2 * HOUR, longest=5 * HOUR)
    token = seats.open("claire", "mark", NOW)
    for altered in (token[:-1], token + "a", token.swapcase(), "", "claire", kept(any_store)[0]["id"]):
        assert seats.seat(str(altered), NOW) is None
    for hours in (1, 2.5, 4, 5):
        seat = seats.seat(token, NOW + hours * HOUR)
        assert seat is not None and (seat.who, seat.mark) == ("claire", "mark")
    assert seats.seat(token, NOW + 5.1 * HOUR) is None
    idle = seats.open("paul", "mark", NOW)
    assert seats.seat(idle, NOW + 2.1 * HOUR) is None and seats.seat(idle, NOW + 2.2 * HOUR) is None
    closed = seats.open("zoe", "mark", NOW)
    seats.close(closed)
    assert seats.seat(closed, NOW) is None
    # A clock that jumps back closes nobody out, and gives nobody more than a session.
    late = seats.open("max", "mark", NOW)
    assert seats.seat(late, NOW - 24 * HOUR) is not None
    assert seats.seat(late, NOW + 5.1 * HOUR) is None


def test_an_identitys_session_is_counted_from_its_signature(any_store: Store) -> None:
    seats = Sessions(lambda: any_store, idle=2 * HOUR, longest=12 * HOUR)
    assert seats.goes_on("zoe", NOW, NOW + HOUR) == (True, True)
    assert seats.goes_on("zoe", NOW, NOW + 2.5 * HOUR) == (True, False)
    assert seats.goes_on("zoe", NOW, NOW + 5 * HOUR) == (False, False)
    # A cookie thirty days old, first seen after a restart, is over.
    assert seats.goes_on("paul", NOW, NOW + 720 * HOUR)[0] is False
    # A provider whose clock is ahead gives no longer session.
    assert seats.goes_on("max", NOW + 1000 * HOUR, NOW)[0] is True
    assert seats.goes_on("max", NOW + 1000 * HOUR, NOW + 3 * HOUR)[0] is False
    # Whoever went out is out, even with a copy of the cookie that the provider signed.
    assert seats.goes_on("lea", NOW, NOW) == (True, True)
    seats.close("lea")
    assert seats.goes_on("lea", NOW, NOW + HOUR / 60) == (False, False)
    # An identity's key is no cookie of a PIN.
    assert seats.seat("max", NOW) is None


def test_a_session_is_known_to_every_server_and_ends_on_all(any_store: Store, other_store: Store) -> None:
    here, there = Sessions(lambda: any_store), Sessions(lambda: other_store)
    token = here.open("claire", "mark", NOW)
    assert there.seat(token, NOW + HOUR) is not None  # used there…
    assert here.seat(token, NOW + 2.9 * HOUR) is not None  # … so it is not idle here
    there.close(token)
    assert here.seat(token, NOW + 2.9 * HOUR) is None
    assert here.goes_on("zoe", NOW, NOW) == (True, True)
    assert there.goes_on("zoe", NOW, NOW) == (True, False)


def test_an_identity_that_comes_to_two_servers_at_once_is_new_once(
    any_store: Store, other_store: Store
) -> None:
    found: list[tuple[bool, bool]] = []
    start = threading.Barrier(8)

    def come(store: Store) -> None:
        seats = Sessions(lambda: store)
        start.wait()
        found.append(seats.goes_on("zoe", NOW, NOW))

    threads = [threading.Thread(target=come, args=(store,)) for store in (any_store, other_store) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [(True, False)] * 7 + [(True, True)]


def test_the_database_holds_no_cookie_and_forgets_sessions_that_are_over(any_store: Store) -> None:
    seats = Sessions(lambda: any_store)
    before = any_store.revision()
    token = seats.open("claire", "mark", NOW)
    assert token not in str(kept(any_store)) and len(token) >= 43
    seats.open("paul", "mark", NOW + 13 * HOUR)
    assert [row["who"] for row in kept(any_store)] == ["paul"]
    assert any_store.revision() == before  # no cache is emptied by who comes and goes


def test_a_click_costs_one_statement_and_a_minute_one_write(store: Store) -> None:
    seats, sent = Sessions(lambda: store), list[str]()
    token = seats.open("claire", "mark", NOW)
    event.listen(store.engine, "before_cursor_execute", lambda *given: sent.append(given[2].split()[0]))
    seats.seat(token, NOW + STEP)
    assert [word for word in sent if word != "BEGIN"] == ["SELECT"]
    sent.clear()
    seats.seat(token, NOW + 2 * STEP)
    assert [word for word in sent if word != "BEGIN"] == ["SELECT", "UPDATE"]


def test_on_a_full_disk_those_who_are_in_stay_in(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seats = Sessions(lambda: store)
    token = seats.open("claire", "mark", NOW)

    def full(_actor: object) -> None:
        raise DiskFull("plein")

    monkeypatch.setattr(store, "note", full)
    assert seats.seat(token, NOW + HOUR) is not None
    with pytest.raises(DiskFull):
        seats.open("paul", "mark", NOW)


def test_the_command_line_closes_the_sessions_of_a_profile(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZEVILLAGE_HOME", str(store.home))
    claire = access.add_profile(store, SYSTEM_ACTOR, label="Claire", role=Role.ADMIN, pin="204817")
    seats = Sessions(lambda: store)
    tokens = [seats.open(claire.id, claire.pin_mark, NOW) for _ in range(2)]
    other = seats.open("paul", "mark", NOW)
    assert main(["close", "claire"]) == 0
    assert "2 sessions fermées" in capsys.readouterr().out
    assert [seats.seat(token, NOW) for token in tokens] == [None, None]
    assert seats.seat(other, NOW) is not None


def test_a_copy_brought_back_lets_nobody_in(store: Store, tmp_path: Path) -> None:
    from data.store.restore import restore

    seats = Sessions(lambda: store)
    token = seats.open("claire", "mark", NOW)
    copy = store.backup(tmp_path / "copy.db")
    seats.close(token)
    restore(copy, store.home)
    assert seats.seat(token, NOW) is None and kept(store) == []
