"""Sightings are read once and then only the new ones: always what a reading of all of them gives, whatever happened in between."""

from __future__ import annotations

import datetime as dt
import random
from contextlib import closing, suppress
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import delete

from analysis.model import LOCAL_ACTOR
from data import network, register
from data.register import RegisterError
from data.store import Store, WriteSession, open_store, tables
from data.territory import load_territory
from tests.data.conftest import NOW

TODAY = dt.date(2026, 5, 12)
TERRITORY = load_territory()
COLUMNS = ["sighting", "listing", "contact", "on", "state"]


def fill(store: Store) -> str:
    """A contact with three houses, each seen twice; the contact."""
    with store.write(LOCAL_ACTOR) as session:
        row = {"id": "k", "origin": "real", "kind": "agency", "label": "Agence", "commune": "61156"}
        session.insert(tables.contact, row)
        for n in range(3):
            house = {
                "id": f"l{n}",
                "origin": "real",
                "contact": "k",
                "commune": "61156",
                "kind": "house",
                "tenure": "rent",
            }
            session.insert(tables.listing, house | {"first_seen": TODAY - dt.timedelta(days=9)})
            for days in (9, 3):
                _see(session, f"l{n}", days)
    return "k"


def _see(session: object, listing: str, days: int, state: str = "available") -> None:
    row = {"origin": "real", "listing": listing, "contact": "k", "state": state, "actor": "x"}
    session.insert(tables.sighting, row | {"on": TODAY - dt.timedelta(days=days)})  # type: ignore[attr-defined]


def read(store: Store) -> pd.DataFrame:
    with store.read() as session:
        return network.sightings(session, "real")


def the_same_as_all(store: Store) -> pd.DataFrame:
    """What is read now, after it was held against a reading that remembers nothing."""
    found = read(store)
    network._KEPT.clear()
    pd.testing.assert_frame_equal(found, read(store))
    return found


def asked(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each reading of sightings fetches from here on."""
    rows: list[int] = []
    original = network._frame

    def counted(session: object, statement: object) -> pd.DataFrame:
        found = original(session, statement)  # type: ignore[arg-type]
        if list(found.columns) == COLUMNS:
            rows.append(len(found))
        return found

    monkeypatch.setattr(network, "_frame", counted)
    return rows


def test_after_an_answer_only_the_new_sighting_is_read(
    any_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(any_store)
    before = read(any_store)
    rows = asked(any_store, monkeypatch)
    register.report_sighting(
        any_store, LOCAL_ACTOR, TODAY, contact="k", listing="l1", state="gone", called=True
    )
    assert len(read(any_store)) == 7 and rows == [1]
    assert read(any_store)["state"].tolist()[-1] == "gone" and rows == [1, 0]
    assert len(before) == 6  # what was handed out stays as it was
    the_same_as_all(any_store)


def test_after_an_undo_only_what_it_changed_is_read(
    any_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(any_store)
    told = register.report_sighting(
        any_store, LOCAL_ACTOR, TODAY, contact="k", listing="l1", state="gone", called=True
    )
    later = register.report_sighting(any_store, LOCAL_ACTOR, TODAY, contact=None, listing="l0", state="gone")
    before = read(any_store)
    rows = asked(any_store, monkeypatch)
    back = register.undo(any_store, told.operation, LOCAL_ACTOR)
    assert len(read(any_store)) == 7 and sum(rows) == 0
    assert len(before) == 8  # what was handed out stays as it was
    register.undo(any_store, back.operation, LOCAL_ACTOR)
    found = read(any_store)
    assert sum(rows) == 1
    # Done again it has its own place, before what was answered after it on that day.
    assert found["listing"].tolist()[-2:] == ["l1", "l0"] and found.equals(before)
    register.undo(any_store, later.operation, LOCAL_ACTOR)
    with any_store.write(LOCAL_ACTOR) as session:
        session.remove(tables.listing, "l2")
        _see(session, "l0", 1)
    assert len(read(any_store)) == 6 and sum(rows) == 1 + 1
    with any_store.write(LOCAL_ACTOR) as session:
        session.restore(tables.listing, "l2")
    assert len(read(any_store)) == 8 and sum(rows) == 1 + 1 + 2
    the_same_as_all(any_store)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_in_two_processes_is_what_a_reading_of_all_gives(store: Store, seed: int) -> None:
    """Answers, undone and done again, listings taken out and brought back, rows that come and go without a line of the history."""
    draw = random.Random(seed)
    fill(store)
    undone: list[int] = []
    with closing(open_store(store.home, clock=lambda: NOW)) as other:
        for _ in range(25):
            writer = draw.choice([store, other])
            listing = f"l{draw.randrange(3)}"
            what = draw.choice(["see", "see", "see early", "undo", "undo", "out", "back", "batch", "delete"])
            with suppress(RegisterError):
                if what == "see":
                    state = draw.choice(["gone", "available"])
                    undone.append(
                        register.report_sighting(
                            writer, LOCAL_ACTOR, TODAY, contact="k", listing=listing, state=state
                        ).operation
                    )
                elif what == "undo" and undone:
                    number = undone.pop(draw.randrange(len(undone)))
                    undone.append(register.undo(writer, number, LOCAL_ACTOR).operation)
                else:
                    with writer.write(LOCAL_ACTOR) as session:
                        happens(session, what, listing)
            # Else more than one thing happens between two readings. A number that is free again is given again.
            if what == "delete" or draw.random() < 0.7:
                the_same(store)
    the_same(store)


def happens(session: WriteSession, what: str, listing: str) -> None:
    """What changes sightings besides an answer and its undo."""
    table = tables.sighting
    row = {"origin": "real", "listing": listing, "contact": "k", "on": TODAY, "state": "gone", "actor": "x"}
    if what == "see early":
        _see(session, listing, 5)
    elif what == "out":
        session.remove(tables.listing, listing)
    elif what == "back":
        session.restore(tables.listing, listing)
    elif what == "batch":
        session.insert_many(table, [row, row | {"state": "available"}])
    elif what == "delete":
        session.connection.execute(delete(table).where(table.c.listing == listing, table.c.state == "gone"))


def the_same(store: Store) -> None:
    """What is read is what a reading that remembers nothing gives; what is remembered stays."""
    found, remembered = read(store), dict(network._KEPT)
    network._KEPT.clear()
    pd.testing.assert_frame_equal(found, read(store))
    network._KEPT |= remembered


def test_a_sighting_of_an_earlier_day_takes_its_place(store: Store) -> None:
    fill(store)
    read(store)
    with store.write(LOCAL_ACTOR) as session:
        _see(session, "l2", 5)
    found = the_same_as_all(store)
    assert found["on"].is_monotonic_increasing and len(found) == 7


def test_what_is_undone_removed_brought_back_or_deleted_is_seen(any_store: Store) -> None:
    fill(any_store)
    read(any_store)
    told = register.report_sighting(any_store, LOCAL_ACTOR, TODAY, contact="k", listing="l1", state="gone")
    assert len(read(any_store)) == 7
    back = register.undo(any_store, told.operation, LOCAL_ACTOR)
    assert len(the_same_as_all(any_store)) == 6
    register.undo(any_store, back.operation, LOCAL_ACTOR)
    assert len(the_same_as_all(any_store)) == 7
    with any_store.write(LOCAL_ACTOR) as session:
        session.remove(tables.listing, "l0")
    assert len(the_same_as_all(any_store)) == 5
    with any_store.write(LOCAL_ACTOR) as session:
        session.restore(tables.listing, "l0")
        _see(session, "l0", 1)
    assert len(the_same_as_all(any_store)) == 8
    with any_store.write(
        LOCAL_ACTOR
    ) as session:  # as emptying the demonstration does: no line of the history tells of it
        session.connection.execute(delete(tables.sighting).where(tables.sighting.c.listing == "l2"))
    assert len(the_same_as_all(any_store)) == 6
    with any_store.write(LOCAL_ACTOR) as session:  # nor of rows that come in by the batch
        row = {"origin": "real", "listing": "l2", "contact": "k", "on": TODAY, "state": "gone", "actor": "x"}
        session.insert_many(tables.sighting, [row, row | {"state": "available"}])
    assert len(the_same_as_all(any_store)) == 8


def test_a_sighting_removed_and_another_added_at_once_are_both_seen(store: Store) -> None:
    fill(store)
    first = int(read(store)["sighting"].min())
    with store.write(LOCAL_ACTOR) as session:
        session.remove(tables.sighting, str(first))
        _see(session, "l0", 0)
    found = the_same_as_all(store)
    assert len(found) == 6 and first not in set(found["sighting"])


def test_another_base_under_the_same_name_is_read_anew(tmp_path: Path) -> None:
    for state in ("gone", "available"):
        store = open_store(tmp_path)
        fill(store)
        with store.write(LOCAL_ACTOR) as session:
            _see(session, "l0", 0, state)
        found = read(store)
        assert found["state"].tolist()[-1] == state
        store.close()
        for file in tmp_path.glob("zevillage.db*"):
            file.unlink()


def test_what_was_seen_before_the_writer_is_done_is_what_stood_then(store: Store) -> None:
    """A reader in the middle of somebody's writing has its own snapshot; the next reading has the new one."""
    fill(store)
    with store.read() as session:
        network.sightings(session, "real")
        register.report_sighting(store, LOCAL_ACTOR, TODAY, contact="k", listing="l1", state="gone")
        assert len(network.sightings(session, "real")) == 6
    assert len(the_same_as_all(store)) == 7
