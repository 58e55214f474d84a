"""A whole base is moved between SQLite and PostgreSQL, either way, with equal content, or not at all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, select, text

from analysis.model import LOCAL_ACTOR
from data.store import Store, StoreError, erase_person, open_store, record_import, tables
from data.store import move as moving
from data.store.__main__ import main
from data.store.engine import make_engine
from data.store.files import Files
from data.store.move import address_of, move
from tests.data.conftest import NOW
from tests.data.stores import demonstration_home, empty_home
from tests.data.test_store import FIRST, add_member


def clock() -> Any:
    return NOW


def sqlite_at(folder: Path) -> URL:
    return address_of(str(folder / "zevillage.db"))


def content(url: URL) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as the application reads it."""
    engine = make_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: [
                tuple(json.dumps(v, sort_keys=True) if isinstance(v, dict | list) else v for v in row)
                for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in tables.metadata.sorted_tables
        }
    engine.dispose()
    return found


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Store]:
    """The demonstration, a real member, an erased person, an import with its file, texts that are hard to write."""
    store = open_store(demonstration_home(tmp_path / "filled", NOW.date()), clock=clock)
    add_member(store)
    with store.write(LOCAL_ACTOR) as session:
        session.update(
            tables.member, "m1", {"trade": "l'« été »\t\\N \\. \n;\r\u2028🏡", "skills": ["a\tb", "\\N"]}
        )
        number = record_import(session, FIRST, kind="file", label="mairie.csv", checksum="ab" * 32)
        session.connection.execute(
            tables.import_file.insert().values(
                import_id=number, name="mairie.csv", checksum="ab" * 32, bytes=12, format="any", edition="",
                content="figures", rows_kept=2, rows_set_aside=0, rows_repaired=0, effects={"é": [1, None, 0.1]},
                choices={}, contains_personal=False,
            )
        )  # fmt: skip
        session.insert(
            tables.person, {"id": "p9", "origin": "real", "code": "Membre 9", "name": "Prénom Neuf"}
        )
    with store.write(LOCAL_ACTOR) as session:
        erase_person(session, "p9")
    yield store
    store.close()


def test_a_base_goes_to_postgresql_and_back_with_equal_content(
    filled: Store, postgresql_url: str, tmp_path: Path
) -> None:
    server, back = address_of(postgresql_url), sqlite_at(tmp_path / "back")
    before = content(filled.url)
    there = move(filled.url, server, filled.files, clock=clock)
    assert content(server) == before
    assert there.rows == {name: len(rows) for name, rows in before.items() if name != "meta"}
    assert there.rows["history_personal"] and there.rows["erasure"] and there.rows["observation"] > 500
    again = move(server, back, filled.files, clock=clock)
    assert content(back) == before == content(filled.url)
    assert again.rows == there.rows and again.last_change == there.last_change
    with closing(sqlite3.connect(tmp_path / "back" / "zevillage.db")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_new_base_numbers_on_and_keeps_the_rules_of_the_old_one(
    filled: Store, postgresql_url: str, tmp_path: Path
) -> None:
    with filled.write(LOCAL_ACTOR) as session:
        gone = record_import(session, FIRST, kind="file", label="x")
    # A number that was given and whose row is no longer there is not given again.
    with filled.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER history_keeps_delete"))
        connection.execute(tables.history.delete().where(tables.history.c.import_id == gone))
        connection.execute(tables.observation.delete().where(tables.observation.c.import_id == gone))
        connection.execute(tables.import_.delete().where(tables.import_.c.id == gone))
    places = (address_of(postgresql_url), sqlite_at(tmp_path / "back"))
    move(filled.url, places[0], filled.files, clock=clock)
    move(places[0], places[1], filled.files, clock=clock)
    for place in places:
        store = open_store(tmp_path / "home", url=place.render_as_string(hide_password=False), clock=clock)
        with store.write(LOCAL_ACTOR) as session:
            assert record_import(session, FIRST, kind="file", label="y") == gone + 1
            # One row in each table that the database numbers, beside the import and its line of history above.
            last = session.connection.execute(select(tables.sighting).limit(1)).mappings().one()
            session.insert(tables.sighting, {k: v for k, v in last.items() if k != "id"})
        with pytest.raises(Exception, match="append-only"), store.write(LOCAL_ACTOR) as session:
            session.connection.execute(tables.history.delete())
        store.close()


def test_every_table_that_the_database_numbers_has_a_sequence_on_postgresql(postgresql_tables: str) -> None:
    engine = make_engine(address_of(postgresql_tables))
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT table_name FROM information_schema.columns WHERE column_default LIKE 'nextval%'")
        ).scalars()
        assert {table.name for table in moving._numbered()} == set(found)
    engine.dispose()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_base_that_holds_something_is_replaced_only_when_asked_and_kept_aside(
    engine: str, filled: Store, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    home = empty_home(tmp_path / "other")
    target = (
        sqlite_at(home) if engine == "sqlite" else address_of(request.getfixturevalue("postgresql_tables"))
    )
    other = open_store(home, url=target.render_as_string(hide_password=False), clock=clock)
    add_member(other)
    with other.write(LOCAL_ACTOR) as session:
        record_import(session, FIRST, kind="file", label="à moi")
    with filled.engine.begin() as connection:
        connection.execute(tables.meta.update().values(revision=0))
    before = content(target)
    with pytest.raises(StoreError, match="contient déjà"):
        move(filled.url, target, other.files, clock=clock)
    assert content(target) == before
    seen = other.revision()
    done = move(filled.url, target, other.files, replace=True, clock=clock)
    after = content(target)
    wanted = content(filled.url)
    assert other.revision() > seen  # a server that has it open reads again
    assert {k: v for k, v in after.items() if k != "meta"} == {k: v for k, v in wanted.items() if k != "meta"}
    if engine == "sqlite":
        assert done.aside is not None and content(address_of(str(done.aside))) == before
    else:
        assert done.aside is None
    other.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_move_that_fails_at_its_end_leaves_the_old_state(
    engine: str,
    filled: Store,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = empty_home(tmp_path / "other")
    target = (
        sqlite_at(home) if engine == "sqlite" else address_of(request.getfixturevalue("postgresql_tables"))
    )
    other = open_store(home, url=target.render_as_string(hide_password=False), clock=clock)
    add_member(other)
    before = content(target)
    real = moving._number_on

    def late(*given: Any) -> None:
        real(*given)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(moving, "_number_on", late)
    with pytest.raises(StoreError, match="plein"):
        move(filled.url, target, other.files, replace=True, clock=clock)
    monkeypatch.undo()
    assert content(target) == before
    with other.write(LOCAL_ACTOR) as session:
        assert record_import(session, FIRST, kind="file", label="x") == 1  # the numbers are the old ones too
    other.close()


def test_nobody_writes_in_the_old_base_while_it_is_moved(
    filled: Store, postgresql_tables: str, tmp_path: Path
) -> None:
    """On both engines the writers' lock is held: what would be written meanwhile would be lost."""
    for source in (filled.url, address_of(postgresql_tables)):
        with moving._held(source):
            engine = make_engine(source)
            with engine.connect() as connection:
                if engine.dialect.name == "postgresql":
                    connection.execute(text("SET lock_timeout = '200ms'"))
                    with pytest.raises(Exception, match="lock timeout"):
                        connection.execute(tables.meta.update().values(revision=1))
                else:
                    connection.rollback()
                    raw = connection.connection.cursor()
                    raw.execute("PRAGMA busy_timeout = 200")
                    with pytest.raises(sqlite3.OperationalError, match="locked"):
                        raw.execute("BEGIN IMMEDIATE")
            engine.dispose()


def test_what_postgresql_cannot_hold_is_named_and_nothing_is_moved(
    filled: Store, postgresql_tables: str
) -> None:
    with filled.write(LOCAL_ACTOR) as session:
        session.insert(
            tables.event,
            {"id": "nul", "origin": "real", "on": NOW.date(), "kind": "other", "title": "a\x00b"},
        )
    server = address_of(postgresql_tables)
    before = content(server)
    with pytest.raises(StoreError, match="table event"):
        move(filled.url, server, filled.files, clock=clock)
    assert content(server) == before


def test_a_base_of_another_version_one_that_is_not_there_and_the_same_one_are_refused(
    filled: Store, tmp_path: Path
) -> None:
    files, fresh = Files(tmp_path / "files"), sqlite_at(tmp_path / "fresh")
    with pytest.raises(StoreError, match="la même base"):
        move(filled.url, address_of(f"sqlite:///{filled.url.database}"), files, clock=clock)
    with pytest.raises(StoreError, match="n’existe pas"):
        move(sqlite_at(tmp_path / "nowhere"), fresh, files, clock=clock)
    assert not (tmp_path / "fresh").exists() and not (tmp_path / "nowhere").exists()
    with filled.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
    with pytest.raises(StoreError, match="départ n’est pas de cette version"):
        move(filled.url, fresh, files, clock=clock)
    with pytest.raises(StoreError, match="arrivée est d’une autre version"):
        move(sqlite_at(empty_home(tmp_path / "empty")), filled.url, files, replace=True, clock=clock)


def test_the_command_line_counts_what_was_moved_and_asks_before_it_replaces(
    filled: Store,
    postgresql_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ZEVILLAGE_HOME", str(filled.home))
    monkeypatch.delenv("ZEVILLAGE_DATABASE_URL", raising=False)
    source = str(filled.home / "zevillage.db")
    assert main(["move", source, postgresql_url]) == 0
    said = capsys.readouterr().out
    assert "comptée table par table" in said and "ZEVILLAGE_DATABASE_URL" in said
    lines = {
        line.rsplit("  ", 1)[0].strip(): line.rsplit("  ", 1)[1].strip()
        for line in said.splitlines()
        if "  " in line
    }
    assert lines["Effacements"] == "1" and "Personnes" in lines and "Chiffres" in lines
    assert main(["move", source, postgresql_url]) == 1
    assert "REMPLACER" in capsys.readouterr().err
    assert main(["move", source, postgresql_url, "--confirm", "oui"]) == 1
    assert main(["move", source, postgresql_url, "--confirm", "REMPLACER"]) == 0
    capsys.readouterr()
    assert main(["move", postgresql_url, str(tmp_path / "new" / "zevillage.db")]) == 0
    assert content(sqlite_at(tmp_path / "new"))["observation"] == content(filled.url)["observation"]
