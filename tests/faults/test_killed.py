"""Killed at random moments inside a write: the old state or the new one, never a mixture, and the next try goes through."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import URL

from analysis.model import LOCAL_ACTOR
from data import register
from data.imports.publish import publish
from data.opening import open_house
from data.store import inventory, open_store, safekeeping, schema, tables
from data.store.engine import make_engine
from data.store.files import make_database
from data.store.inventory import Inventory
from data.store.restore import restore
from data.territory import load_territory
from tests.data.conftest import NOW
from tests.data.imports.drafts import figures
from tests.data.stores import demonstration_home, empty_home
from tests.faults import killing
from tests.faults.conftest import Tally

TODAY = dt.date(2026, 5, 12)
LATER = NOW + dt.timedelta(minutes=1)
SEED = 15
OLDEST = "0004"
"""The schema from which the migration starts."""


@dataclass(frozen=True)
class Work:
    """A write to be killed: `prepare` makes a home, `act` writes into it, `whole` holds what else must be true after a kill."""

    prepare: Callable[[Path], None]
    act: Callable[[Path, dt.datetime], object]
    whole: Callable[[Path, bool], None] = lambda home, is_new: None


def _demonstration(home: Path) -> None:
    demonstration_home(home, TODAY)


def _import(home: Path, at: dt.datetime) -> None:
    house = open_house(TODAY, home)
    communes = sorted(house.territory.name_of)
    cells = [
        ("wood", code, str(year), float(year % 100 + n), "observed")
        for n, code in enumerate(communes)
        for year in range(2000, 2020)
    ]
    file = home.parent / "mairie.csv"
    publish(house, LOCAL_ACTOR, figures(house, file, *cells), file, today=TODAY)


def _originals(home: Path, is_new: bool) -> None:
    named = inventory.take(home / "zevillage.db").originals
    there = {path.name for path in (home / "originals").glob("*")} if (home / "originals").is_dir() else set()
    assert named <= there, "an import that is there has its file"
    for path in (home / "originals").glob("[0-9a-f]" * 64):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


def _entry(home: Path, at: dt.datetime) -> None:
    store = open_store(home, clock=lambda: at)
    register.add_member(
        store, load_territory(), LOCAL_ACTOR, TODAY, origin="real", commune="61156", arrived=dt.date(2020, 2, 3)
    )  # fmt: skip


def _copy(home: Path, at: dt.datetime) -> None:
    safekeeping.make(open_store(home, clock=lambda: at))


def _copies_are_whole(home: Path, is_new: bool) -> None:
    for copy in (home / "backups").glob("*.db"):
        assert inventory.take(copy).rows == inventory.take(home / "zevillage.db").rows


def _old_schema(home: Path) -> None:
    from alembic import command

    home.mkdir()
    make_database(home / "zevillage.db")
    engine = make_engine(URL.create("sqlite", database=str(home / "zevillage.db")), migrating=True)
    with engine.begin() as connection:
        command.upgrade(schema.config(connection), OLDEST)
        for number in range(300):
            connection.exec_driver_sql(
                "INSERT INTO event (id, origin, 'on', kind, title, version, created_at) "
                "VALUES (?, 'real', '2026-01-01', 'meeting', ?, 1, ?)",
                (f"e{number}", f"Réunion {number}", "2026-05-12T08:00:00.000Z"),
            )
    engine.dispose()


def _migrate(home: Path, at: dt.datetime) -> None:
    open_store(home, clock=lambda: at).close()


def _kept_events(home: Path, is_new: bool) -> None:
    with closing(sqlite3.connect(home / "zevillage.db")) as raw:
        assert raw.execute("SELECT count(*) FROM event").fetchone() == (300,)


def _restored(home: Path) -> None:
    shutil.copytree(demonstration_home(home.parent / f"{home.name}-full", TODAY), home)
    store = open_store(home, clock=lambda: NOW)
    store.backup(home.parent / f"{home.name}.db")
    _entry(home, NOW)
    store.close()


WORKS = {
    "import of 400 figures": Work(_demonstration, _import, _originals),
    "entry of a member": Work(_demonstration, _entry),
    "copy": Work(_demonstration, _copy, _copies_are_whole),
    f"migration from {OLDEST}": Work(_old_schema, _migrate, _kept_events),
    "restore": Work(
        _restored, lambda home, at: restore(home.parent / f"{home.name}.db", home, clock=lambda: at)
    ),
}


def content(base: Path) -> str:
    """Everything in a base, as a digest: two with the same one hold the same rows."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(f"{base.as_uri()}?mode=ro", uri=True)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        for (name,) in raw.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).fetchall():
            rows = sorted(json.dumps(row, default=str) for row in raw.execute(f'SELECT * FROM "{name}"'))
            digest.update(f"{name}{len(rows)}".encode() + "\n".join(rows).encode())
    return digest.hexdigest()


def counts(base: Path) -> Inventory:
    return inventory.take(base)


@pytest.mark.parametrize("name", WORKS)
def test_a_write_that_is_killed_leaves_the_old_state_or_the_new_one(
    name: str, tmp_path: Path, cases: Callable[[int, int], int], tally: Tally
) -> None:
    it = WORKS[name]
    template = tmp_path / "template"
    it.prepare(template)
    old = content(template / "zevillage.db")

    def fresh(number: int | str) -> Path:
        home = Path(shutil.copytree(template, tmp_path / str(number)))
        if (beside := template.with_suffix(".db")).exists():
            shutil.copy(beside, home.with_suffix(".db"))
        return home

    whole = fresh("whole")
    moments, _ = killing.run(lambda: it.act(whole, NOW), killing.Kill())
    assert moments is not None
    new = counts(whole / "zevillage.db")
    wanted = cases(5, 50)
    ended = {"old": 0, "new": 0}
    inside = in_commit = 0
    for number, kill in enumerate(killing.plans(moments, wanted, SEED)):
        home = fresh(number)
        _, killed = killing.run(lambda home=home: it.act(home, NOW), kill)  # type: ignore[misc]
        if kill.at >= 0:
            assert killed, "a moment that was counted is inside"
        if not killed:
            continue  # that COMMIT was over
        inside += 1
        in_commit += kill.commit >= 0
        base = home / "zevillage.db"
        is_old = content(base) == old
        if not is_old:
            found = counts(base)
            assert (found.rows, found.schema, found.originals) == (new.rows, new.schema, new.originals), kill
        it.whole(home, not is_old)
        ended["old" if is_old else "new"] += 1
        if is_old:
            it.act(home, LATER)  # and the next one goes through
            assert counts(base).rows == new.rows
        shutil.rmtree(home)
        if inside == wanted:
            break
    assert inside == wanted
    tally(
        f"`kill -9` inside: {name}",
        f"{inside} inside the write (of {moments.count} moments; {in_commit} inside COMMIT)",
        f"old {ended['old']}, new {ended['new']}, a mixture 0",
    )


def test_the_moments_are_inside_the_write(tmp_path: Path) -> None:
    """The counting itself: a read has none, a write that is rolled back too, one statement more is one moment more at least."""
    home = empty_home(tmp_path / "home")

    def reading() -> None:
        with open_store(home).read() as session:
            session.frame(tables.event.select())

    def writing(rows: int) -> Callable[[], None]:
        def write() -> None:
            with open_store(home, clock=lambda: NOW).write(LOCAL_ACTOR) as session:
                for number in range(rows):
                    values = {
                        "id": f"{rows}-{number}",
                        "origin": "real",
                        "on": TODAY,
                        "kind": "meeting",
                        "title": "x",
                    }
                    session.insert(tables.event, values)

        return write

    read, _ = killing.run(reading, killing.Kill())
    one, _ = killing.run(writing(1), killing.Kill())
    ten, _ = killing.run(writing(10), killing.Kill())
    assert read == killing.Moments(0, ())
    assert one is not None and ten is not None and ten.count >= one.count + 9 and len(one.commits) == 1
    _, killed = killing.run(writing(20), killing.Kill(at=one.count))
    assert killed and inventory.take(home / "zevillage.db").rows["event"] == 11
