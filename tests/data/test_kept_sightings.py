"""Sightings are read once and then only the new ones: always what a reading of all of them gives, whatever happened in between."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import delete

from analysis.model import LOCAL_ACTOR
from data import network, register
from data.store import Store, open_store, tables
from data.territory import load_territory

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


def test_a_sighting_of_an_earlier_day_takes_its_place(store: Store) -> None:
    fill(store)
    read(store)
    with store.write(LOCAL_ACTOR) as session:
        _see(session, "l2", 5)
    found = the_same_as_all(store)
    assert found["on"].is_monotonic_increasing and len(found) == 7


def test_what_is_undone_removed_brought_back_or_deleted_is_read_anew(any_store: Store) -> None:
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
