"""The store: layers of figures, transactions, history, erasure, opening, two databases."""

from __future__ import annotations

import sqlite3
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from analysis.model import LOCAL_ACTOR, Actor
from data.store import (
    DatabaseTooNew,
    DatabaseUnreachable,
    InvalidRows,
    StaleRow,
    Store,
    StoreError,
    current_observations,
    ensure_shipped,
    erase_person,
    import_log,
    open_store,
    record_import,
    redo_import,
    schema,
    tables,
    undo_import,
)
from data.store.engine import make_engine, parse_url
from data.store.files import make_database
from tests.data.children import import_without_end, open_and_write, started, together


def cells(*rows: tuple[str, str, str, float | None, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["indicator", "commune", "period", "value", "status"])


def shown(store: Store) -> dict[Any, Any]:
    with store.read() as session:
        records = current_observations(session).to_dict("records")
    return {
        (cell["indicator"], cell["commune"], cell["period"]): (
            None if pd.isna(cell["value"]) else cell["value"],
            cell["status"],
            cell["import_id"],
        )
        for cell in records
    }


A, B = ("vacant", "61224", "2022"), ("vacant", "61006", "2022")
FIRST = cells((*A, 80.0, "observed"), (*B, None, "suppressed"))


# -- layers ------------------------------------------------------------------------------------------------


def test_the_newest_import_not_undone_is_shown_and_undoing_uncovers(any_store: Store) -> None:
    assert ensure_shipped(any_store, FIRST, "edition-1", "Chiffres livrés") == 1
    with any_store.write(LOCAL_ACTOR) as session:
        second = record_import(session, cells((*A, 81.0, "observed")), kind="file", label="mairie.csv")
    with any_store.write(LOCAL_ACTOR) as session:
        values = cells((*A, None, "missing"), (*B, 3.0, "observed"))
        third = record_import(session, values, kind="manual", label="x")
    assert shown(any_store) == {A: (None, "missing", third), B: (3.0, "observed", third)}
    with any_store.write(LOCAL_ACTOR) as session:
        undo_import(session, third)
    assert shown(any_store) == {A: (81.0, "observed", second), B: (None, "suppressed", 1)}
    with any_store.write(LOCAL_ACTOR) as session:
        undo_import(session, second)
    assert shown(any_store) == {A: (80.0, "observed", 1), B: (None, "suppressed", 1)}
    with any_store.write(LOCAL_ACTOR) as session:
        redo_import(session, third)
    assert shown(any_store)[B] == (3.0, "observed", third)


def test_shipped_editions_lie_under_analysts_and_over_older_editions(any_store: Store) -> None:
    ensure_shipped(any_store, FIRST, "edition-1", "2025")
    with any_store.write(LOCAL_ACTOR) as session:
        by_hand = record_import(session, cells((*A, 81.0, "observed")), kind="file", label="mairie.csv")
    edition = cells((*A, 90.0, "observed"), (*B, 9.0, "observed"))
    newer = ensure_shipped(any_store, edition, "edition-2", "2026")
    assert shown(any_store) == {A: (81.0, "observed", by_hand), B: (9.0, "observed", newer)}


def test_shipped_figures_are_recorded_once_and_an_undone_edition_stays_undone(store: Store) -> None:
    assert ensure_shipped(store, FIRST, "edition-1", "2025") == 1
    assert ensure_shipped(store, FIRST, "edition-1", "2025") is None
    with store.write(LOCAL_ACTOR) as session:
        undo_import(session, 1)
    assert ensure_shipped(store, FIRST, "edition-1", "2025") is None
    assert shown(store) == {}
    with store.read() as session:
        log = import_log(session)
    assert list(log["id"]) == [1]
    assert log.loc[0, "undone_by"] == LOCAL_ACTOR.id


def test_undo_and_redo_refuse_what_makes_no_sense(store: Store) -> None:
    ensure_shipped(store, FIRST, "edition-1", "2025")
    for action, number in ((undo_import, 7), (redo_import, 1)):
        with pytest.raises(StoreError), store.write(LOCAL_ACTOR) as session:
            action(session, number)
    with store.write(LOCAL_ACTOR) as session:
        undo_import(session, 1)
    with pytest.raises(StoreError, match="déjà annulé"), store.write(LOCAL_ACTOR) as session:
        undo_import(session, 1)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (cells((*A, 1.0, "observed"), (*A, 2.0, "observed")), "double"),
        (cells((*A, None, "observed")), "incompatible"),
        (cells((*A, 0.0, "suppressed")), "incompatible"),
        (cells((*A, float("inf"), "observed")), "incompatible"),
        (cells((*A, 1.0, "secret")), "Statut inconnu"),
        (FIRST.drop(columns="period"), "period"),
    ],
)
def test_rows_that_break_a_rule_change_nothing(store: Store, frame: pd.DataFrame, words: str) -> None:
    before = store.revision()
    with pytest.raises(InvalidRows, match=words), store.write(LOCAL_ACTOR) as session:
        record_import(session, frame, kind="file", label="x")
    assert store.revision() == before
    assert shown(store) == {}


def test_twenty_thousand_cells_are_read_with_the_newer_ones_over_them(store: Store) -> None:
    keys = [(f"i{i}", f"61{c:03d}", str(1990 + p)) for i in range(50) for c in range(20) for p in range(20)]
    frame = pd.DataFrame(keys, columns=["indicator", "commune", "period"])
    frame = frame.assign(value=1.0, status="observed")
    ensure_shipped(store, frame, "big", "x")
    with store.write(LOCAL_ACTOR) as session:
        record_import(session, frame.head(100), kind="file", label="y")
    with store.read() as session:
        read = current_observations(session)
    assert len(read) == 20_000
    assert (read["import_id"] == 2).sum() == 100


# -- transactions ------------------------------------------------------------------------------------------


def test_the_revision_rises_once_per_commit_and_not_when_a_block_fails(any_store: Store) -> None:
    start = any_store.revision()
    with any_store.write(LOCAL_ACTOR) as session:
        record_import(session, FIRST, kind="file", label="x")
        record_import(session, FIRST, kind="file", label="y")
    assert any_store.revision() == start + 1

    def fail_in_the_middle() -> None:
        with any_store.write(LOCAL_ACTOR) as session:
            record_import(session, FIRST, kind="file", label="z")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_in_the_middle()
    assert any_store.revision() == start + 1
    with any_store.read() as reader:
        assert len(import_log(reader)) == 2


def test_a_reader_keeps_its_snapshot_while_somebody_writes(any_store: Store) -> None:
    ensure_shipped(any_store, FIRST, "edition-1", "2025")
    with any_store.read() as session:
        before = current_observations(session)
        with any_store.write(LOCAL_ACTOR) as writer:
            record_import(writer, cells((*A, 1.0, "observed")), kind="file", label="x")
        pd.testing.assert_frame_equal(current_observations(session), before)
    assert shown(any_store)[A][0] == 1.0


EVENT = {"origin": "real", "on": date(2026, 5, 12), "kind": "other", "title": "essai"}


def test_eight_threads_lose_no_update(any_store: Store) -> None:
    start = any_store.revision()
    failures: list[Exception] = []

    def work(thread: int) -> None:
        try:
            for turn in range(25):
                with any_store.write(Actor(f"t{thread}", "")) as session:
                    counter = session.connection.execute(select(tables.event.c.jobs)).scalars().all()
                    session.insert(tables.event, {**EVENT, "id": f"{thread}-{turn}", "jobs": len(counter)})
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert any_store.revision() == start + 200
    with any_store.read() as session:
        seen = sorted(session.connection.execute(select(tables.event.c.jobs)).scalars())
    assert seen == list(range(200))  # each writer saw all that was committed before it


def meeting(home: Path, url: str | None, processes: int, turns: int) -> list[Path]:
    """Let so many processes open one database at one instant, then write in turns; the copies that they made before migrating it."""
    copies = together(open_and_write, [(home, url, f"p{number}", turns) for number in range(processes)])
    return [copy for copy in copies if copy is not None]


@pytest.fixture(params=["sqlite", "postgresql"])
def any_place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str | None]:
    """A home and an address where no database was ever opened (None: the file of the home), on both engines."""
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    return tmp_path / "home", url


def test_processes_that_start_and_write_together_lose_nothing(any_place: tuple[Path, str | None]) -> None:
    """Four of them create the same database at one instant; it is migrated once, every update is there."""
    home, url = any_place
    assert meeting(home, url, processes=4, turns=60) == []
    store = open_store(home, url=url)
    assert store.revision() == 240
    with store.read() as session:
        assert len(session.frame(select(tables.event))) == 240
    store.close()


def test_processes_that_meet_an_old_database_bring_it_up_to_date_once(
    any_place: tuple[Path, str | None],
) -> None:
    home, url = any_place
    home.mkdir()
    address = parse_url(url or f"sqlite:///{home}/zevillage.db")
    if url is None:
        make_database(home / "zevillage.db")
    engine = make_engine(address, migrating=True)
    with engine.begin() as connection:
        from alembic import command

        command.upgrade(schema.config(connection), "0004")
        connection.execute(
            tables.person.insert().values({**PERSON, "created_at": "2026-05-12T08:00:00.000Z"})
        )
    engine.dispose()
    copies = meeting(home, url, processes=3, turns=5)
    assert len(copies) == (1 if url is None else 0)  # whoever was first; a server's copies are the server's
    store = open_store(home, url=url)
    with store.read() as session:
        assert session.connection.execute(
            text("SELECT version_num FROM alembic_version")
        ).scalars().all() == [schema.HEAD]
        assert session.get(tables.person, "p1") is not None
        assert len(session.frame(select(tables.event))) == 15
    store.close()


def test_a_process_killed_in_the_middle_of_a_big_import_leaves_the_old_state(store: Store) -> None:
    ensure_shipped(store, FIRST, "edition-1", "2025")
    before = shown(store)
    process, worker = started(import_without_end, store.home)
    assert worker.recv() == "written"
    assert (store.home / "zevillage.db-wal").stat().st_size > 500_000  # some of it is on the disk already
    assert shown(store) == before  # nobody else sees it yet, and readers do not wait
    process.kill()
    process.join()
    again = open_store(store.home)
    assert shown(again) == before
    with again.write(LOCAL_ACTOR) as session:  # the lock died with the process
        record_import(session, cells((*A, 5.0, "observed")), kind="file", label="after")
    assert shown(again)[A][0] == 5.0
    with sqlite3.connect(store.home / "zevillage.db") as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again.close()


def test_durability_settings_are_on(durable: None, store: Store) -> None:
    with store.read() as session:
        got = {
            name: session.connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert got == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


# -- rows, history, erasure --------------------------------------------------------------------------------

PERSON = {"id": "p1", "origin": "real", "code": "Membre 1", "name": "Prénom Nom", "email": "x@example.org"}


def add_member(store: Store) -> None:
    with store.write(LOCAL_ACTOR) as session:
        session.insert(tables.person, PERSON)
        session.insert(tables.member, {"id": "m1", "origin": "real", "person": "p1", "trade": "traduction"})
        session.insert(
            tables.application,
            {
                "id": "a1",
                "origin": "real",
                "person": "p1",
                "received": pd.Timestamp("2026-01-05").date(),
                "status": "received",
                "project": "le projet de Prénom Nom",
            },
        )


def test_every_change_keeps_before_after_author_and_instant(any_store: Store) -> None:
    add_member(any_store)
    with any_store.write(Actor("ana", "Ana")) as session:
        session.update(tables.member, "m1", {"trade": "web"}, version=1)
    with any_store.read() as session:
        lines = session.frame(
            select(
                tables.history,
                tables.history_personal.c.after.label("said"),
                tables.history_personal.c.before.label("was"),
            )
            .outerjoin(tables.history_personal)
            .where(tables.history.c.entity == "member")
            .order_by(tables.history.c.id)
        )
        member = session.get(tables.member, "m1")
    assert list(lines["action"]) == ["add", "change"]
    last = lines.iloc[-1]
    assert (last["actor"], last["at"]) == ("ana", "2026-05-12T08:00:00.000Z")
    assert (last["was"], last["said"]) == ({"trade": "traduction"}, {"trade": "web"})
    assert member is not None
    assert (member["trade"], member["version"]) == ("web", 2)


def test_two_people_changing_one_row_do_not_overwrite_each_other(any_store: Store) -> None:
    add_member(any_store)
    with any_store.write(LOCAL_ACTOR) as session:
        session.update(tables.member, "m1", {"trade": "web"}, version=1)
    with pytest.raises(StaleRow), any_store.write(LOCAL_ACTOR) as session:
        session.update(tables.member, "m1", {"trade": "photo"}, version=1)
    with any_store.read() as session:
        row = session.get(tables.member, "m1")
    assert row is not None
    assert row["trade"] == "web"


def test_the_history_cannot_be_rewritten(any_store: Store) -> None:
    add_member(any_store)
    for statement in (update(tables.history).values(actor="x"), tables.history.delete()):
        with pytest.raises(DatabaseError, match="append-only"), any_store.write(LOCAL_ACTOR) as session:
            session.connection.execute(statement)


def test_an_erased_person_is_found_nowhere_and_the_counts_stay(any_store: Store) -> None:
    add_member(any_store)
    with any_store.write(LOCAL_ACTOR) as session:
        erase_person(session, "p1")
    with any_store.read() as session:
        for table in tables.metadata.sorted_tables:
            content = session.frame(select(table)).to_csv()
            for word in ("Prénom", "example.org", "Membre 1"):
                assert word not in content, table.name
        assert session.get(tables.member, "m1") is not None
        actions = session.frame(select(tables.history).where(tables.history.c.entity == "person"))["action"]
        assert list(actions) == ["add", "erase"]


def test_references_and_rules_are_held_by_the_database(any_store: Store) -> None:
    add_member(any_store)
    day = pd.Timestamp("2026-02-01").date()
    stay = {"origin": "real", "member": "m1", "commune": "61224", "arrived": day}
    bad: list[tuple[Any, dict[str, Any]]] = [
        (tables.stay, {**stay, "id": "s1", "member": "nobody"}),
        (tables.stay, {**stay, "id": "s2", "left": pd.Timestamp("2026-01-01").date()}),
        (tables.stay, {**stay, "id": "s3", "origin": "both"}),
        (tables.person, PERSON),
    ]
    for table, row in bad:
        with pytest.raises(IntegrityError), any_store.write(LOCAL_ACTOR) as session:
            session.insert(table, row)


# -- opening, migrating, copying ---------------------------------------------------------------------------


def test_reopening_keeps_everything(tmp_path: Path) -> None:
    store = open_store(tmp_path / "home")
    ensure_shipped(store, FIRST, "edition-1", "2025")
    revision = store.revision()
    store.close()
    again = open_store(tmp_path / "home")
    assert again.revision() == revision
    assert len(shown(again)) == 2
    assert again.copied_before_migration is None
    again.close()


def test_a_database_of_a_newer_zevillage_is_refused_and_left_alone(any_store: Store, tmp_path: Path) -> None:
    with any_store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    url = any_store.url.render_as_string(hide_password=False)
    with pytest.raises(DatabaseTooNew, match="plus récente"):
        open_store(url=url)
    with any_store.engine.begin() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_a_full_database_is_copied_first_then_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A made-up next migration rebuilds a table others reference: rows stay, the copy is the old state."""
    store = open_store(tmp_path / "home")
    add_member(store)
    store.close()
    later = tmp_path / "migrations"
    (later / "versions").mkdir(parents=True)
    for path in schema.MIGRATIONS.rglob("*.*"):
        if "__pycache__" not in path.parts:
            (later / path.relative_to(schema.MIGRATIONS)).write_bytes(path.read_bytes())
    (later / "versions" / "0999_next.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\nrevision = '0999'\ndown_revision = '{schema.HEAD}'\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('person') as batch:\n"
        "        batch.alter_column('code', type_=sa.Text(), existing_type=sa.String(64))\n"
        "        batch.add_column(sa.Column('nickname', sa.Text()))\n"
    )
    newest = schema.HEAD
    monkeypatch.setattr(schema, "MIGRATIONS", later)
    monkeypatch.setattr(schema, "HEAD", "0999")
    again = open_store(tmp_path / "home")
    copy = again.copied_before_migration
    assert copy is not None
    with sqlite3.connect(copy) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == (newest,)
        assert raw.execute("SELECT count(*) FROM member").fetchone() == (1,)
    with again.read() as session:
        rows = session.connection.execute(text("SELECT name, nickname FROM person")).all()
        assert rows == [("Prénom Nom", None)]
        assert session.get(tables.member, "m1") is not None
    again.close()
    again = open_store(tmp_path / "home")  # nothing left to do, no second copy
    assert again.copied_before_migration is None
    assert len(list(copy.parent.iterdir())) == 1
    again.close()


def test_a_migration_that_fails_leaves_the_old_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(tmp_path / "home")
    add_member(store)
    store.close()

    def fail(connection: object) -> None:
        connection.exec_driver_sql("DROP TABLE history_personal")  # type: ignore[attr-defined]
        raise RuntimeError("the power went")

    monkeypatch.setattr(schema, "HEAD", "0999")
    monkeypatch.setattr(schema, "_upgrade", fail)
    with pytest.raises(RuntimeError):
        open_store(tmp_path / "home")
    monkeypatch.undo()
    again = open_store(tmp_path / "home")
    with again.read() as session:
        assert len(session.frame(select(tables.history_personal))) == 3
    again.close()


def test_a_backup_is_whole_while_others_write_and_never_overwrites(store: Store, tmp_path: Path) -> None:
    add_member(store)
    with store.write(LOCAL_ACTOR) as session:
        session.update(tables.member, "m1", {"trade": "web"})
        copy = store.backup(tmp_path / "copies" / "one.db")
    with sqlite3.connect(copy) as raw:
        assert raw.execute("SELECT trade FROM member").fetchone() == ("traduction",)
    assert [path.name for path in copy.parent.iterdir()] == ["one.db"]
    with pytest.raises(StoreError, match="existe déjà"):
        store.backup(copy)
    restored = open_store(url=f"sqlite:///{copy}")
    with restored.read() as session:
        assert session.get(tables.person, "p1") is not None
    restored.close()


def test_the_backup_of_a_server_is_the_servers_job(postgresql_url: str, tmp_path: Path) -> None:
    store = open_store(url=postgresql_url)
    with pytest.raises(StoreError, match="pg_dump"):
        store.backup(tmp_path / "copy.db")
    store.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://x/y", "SQLite ou PostgreSQL"),
        ("not an address", "ZEVILLAGE_DATABASE_URL"),
        ("sqlite://", "fichier"),
        ("postgresql://nobody@127.0.0.1:1/none", "ne s’ouvre pas"),
    ],
)
def test_an_address_that_cannot_be_used_says_so_in_french(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        open_store(url=url)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "zevillage.db"
    file.write_bytes(b"ceci n'est pas une base" * 100)
    with pytest.raises(DatabaseUnreachable):
        open_store(tmp_path)
    assert file.read_bytes() == b"ceci n'est pas une base" * 100


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "zevillage.db") as raw:
        raw.execute("CREATE TABLE observation (x)")
    with pytest.raises(StoreError, match="base vide"):
        open_store(tmp_path)


def test_a_password_never_reaches_a_message() -> None:
    with pytest.raises(DatabaseUnreachable) as caught:
        open_store(url="postgresql://someone:s3cret@127.0.0.1:1/none")
    assert "s3cret" not in str(caught.value)


def test_the_environment_decides_where_the_store_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZEVILLAGE_DATABASE_URL", raising=False)
    monkeypatch.setenv("ZEVILLAGE_HOME", str(tmp_path / "here"))
    open_store().close()
    assert (tmp_path / "here" / "zevillage.db").exists()
    monkeypatch.setenv("ZEVILLAGE_DATABASE_URL", f"sqlite:///{tmp_path}/other.db")
    open_store().close()
    assert (tmp_path / "other.db").exists()


def test_migrating_twice_does_nothing(store: Store) -> None:
    assert schema.migrate(store.url, store.files, lambda: "now") is None
