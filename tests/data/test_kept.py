"""What was read is given again until somebody writes in its tables, and never after: here, in another process, after a copy came back."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.model import LOCAL_ACTOR
from data import network, register
from data.store import Session, Store, open_store, tables
from data.store.kept import CHANGED, Kept, written_tables
from tests.data.stores import empty_home
from tests.data.test_kept_sightings import TODAY, fill


def frames(store: Store) -> dict[str, int]:
    """Which object each frame of the network is."""
    with store.read() as session:
        return {name: id(frame) for name, frame in network.load(session, "real").items()}


def test_an_answer_reads_sightings_again_and_nothing_else(any_store: Store) -> None:
    fill(any_store)
    before = frames(any_store)
    assert frames(any_store) == before
    register.report_sighting(
        any_store, LOCAL_ACTOR, TODAY, contact="k", listing="l1", state="gone", called=True
    )
    after = frames(any_store)
    assert {name for name in before if before[name] != after[name]} == {"sightings"}


def test_what_another_process_wrote_is_read(tmp_path: Path) -> None:
    home = empty_home(tmp_path)
    mine, other = open_store(home), open_store(home)
    fill(mine)
    before = frames(mine)
    with other.write(LOCAL_ACTOR) as session:
        session.update(tables.listing, "l0", {"rooms": 7})
    register.report_sighting(mine, LOCAL_ACTOR, TODAY, contact="k", listing="l1", state="gone")
    after = frames(mine)
    assert not set(before.values()) & set(after.values())
    with mine.read() as session:
        assert network.load(session, "real")["listings"]["rooms"].dropna().tolist() == [7]
    for store in (mine, other):
        store.close()


def test_an_erased_person_is_in_no_frame_of_before(any_store: Store) -> None:
    from data.store import erase_person

    with any_store.write(LOCAL_ACTOR) as session:
        session.insert(tables.person, {"id": "p", "origin": "real", "code": "Candidat 1"})
        file = {
            "id": "a",
            "origin": "real",
            "person": "p",
            "received": TODAY,
            "status": "lost",
            "reason": "Nom",
        }
        session.insert(tables.application, file)

    def reason(store: Store) -> str | None:
        with store.read() as session:
            return network.load(session, "real")["applications"]["reason"].iloc[0]  # type: ignore[no-any-return]

    assert reason(any_store) == "Nom"
    with any_store.write(LOCAL_ACTOR) as session:
        erase_person(session, "p")
    assert reason(any_store) != "Nom"


def test_nothing_is_kept_of_what_is_not_committed(store: Store) -> None:
    fill(store)
    read = frames(store)

    def fail() -> None:
        with store.write(LOCAL_ACTOR) as session:
            session.update(tables.listing, "l0", {"rooms": 7})
            assert network.load(session, "real")["listings"]["rooms"].dropna().tolist() == [7]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert frames(store) == read


def test_a_refused_origin_is_refused_each_time(store: Store) -> None:
    for _ in range(2):
        with store.read() as session, pytest.raises(ValueError, match="origin"):
            network.load(session, "other")


def test_figures_that_come_past_the_library_are_seen(store: Store) -> None:
    import pandas as pd

    from data.store import record_import

    cells = pd.DataFrame(
        [("x", "61156", "2025", 1.0, "observed")],
        columns=["indicator", "commune", "period", "value", "status"],
    )
    with store.write(LOCAL_ACTOR) as session:
        record_import(session, cells, kind="file", label="Essai")
        assert {"import", "observation", "history"} <= session.written


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ('INSERT INTO "call" (origin) VALUES (?)', "call"),
        ("UPDATE listing SET rooms=? WHERE id = ?", "listing"),
        ("DELETE FROM sighting WHERE id = ?", "sighting"),
        ("insert or replace into meta values (1)", "meta"),
        ("SELECT max(id) FROM history", ""),
        ("BEGIN IMMEDIATE", ""),
    ],
)
def test_the_table_that_a_statement_writes_in(statement: str, table: str) -> None:
    tables_ = written_tables(statement)
    assert tables_[:1] == ((table,) if table else ())
    only_new = statement.startswith("INSERT INTO")
    assert (table + CHANGED in tables_) == (bool(table) and not only_new)


def test_what_is_not_known_is_not_guessed() -> None:
    kept = Kept()
    kept.committed(5, ["listing"])
    kept.committed(6, ["call"])
    assert kept.written(4, 6) == {"listing", "call"} and kept.written(6, 6) == frozenset()
    assert kept.written(3, 6) is None and kept.written(6, 7) is None and kept.written(6, 5) is None
    for revision in range(7, 700):
        kept.committed(revision, [])
    assert kept.written(5, 699) is None and kept.written(650, 699) == frozenset()


def test_a_snapshot_reads_its_revision_once_and_gives_what_is_kept(store: Store) -> None:
    fill(store)
    with store.read() as session:
        assert isinstance(session, Session) and session.revision() == session.revision()
        assert session.keep("x", [tables.call], lambda: 1) == 1
        assert session.keep("x", [tables.call], lambda: 2) == 1
    register.report_sighting(store, LOCAL_ACTOR, TODAY, contact="k", listing="l1", state="gone", called=True)
    with store.read() as session:
        assert session.keep("x", [tables.call], lambda: 2) == 2
