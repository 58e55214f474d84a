"""The days of what is in force: an undone import and a removed row no longer count, a correction does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from analysis.model import LOCAL_ACTOR
from data.freshness import import_days, network_days
from data.store import Store, open_store, record_import, tables, undo_import
from tests.data.stores import empty_home

CELLS = pd.DataFrame(
    [("population", "61013", "2026", 138.0, "observed")],
    columns=["indicator", "commune", "period", "value", "status"],
)


class Clock:
    """A clock that the test sets; midday, so that no time zone changes the day."""

    day = 1

    def __call__(self) -> datetime:
        return datetime(2026, 5, self.day, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    opened = open_store(empty_home(tmp_path / "home"), clock=clock)
    yield opened
    opened.close()


def days(store: Store, origin: str = "real") -> tuple[list[date], list[date]]:
    with store.read() as session:
        return import_days(session), network_days(session, origin)


def test_an_undone_import_no_longer_dates_the_figures(store: Store, clock: Clock) -> None:
    assert days(store) == ([], [])
    for clock.day in (2, 5):
        with store.write(LOCAL_ACTOR) as session:
            number = record_import(session, CELLS, kind="file", label="essai")
    assert days(store)[0] == [date(2026, 5, 5)]
    clock.day = 9
    with store.write(LOCAL_ACTOR) as session:
        undo_import(session, number)
    assert days(store) == ([date(2026, 5, 2)], [])


def test_rows_of_the_origin_on_show_count_and_so_does_a_correction(store: Store, clock: Clock) -> None:
    event = {"on": date(2026, 5, 1), "kind": "meeting", "title": "Rencontre", "origin": "real"}
    for clock.day in (3, 4):
        with store.write(LOCAL_ACTOR) as session:
            session.insert(tables.event, {**event, "id": f"e{clock.day}"})
    assert max(days(store)[1]) == date(2026, 5, 4)
    assert days(store, "demo") == ([], [])
    clock.day = 7
    with store.write(LOCAL_ACTOR) as session:
        session.update(tables.event, "e3", {"title": "Rencontre d'été"})
    assert max(days(store)[1]) == date(2026, 5, 7)


def test_an_unknown_origin_is_refused(store: Store) -> None:
    with store.read() as session, pytest.raises(ValueError, match="real"):
        network_days(session, "other")
