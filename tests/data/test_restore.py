"""A restore works the day it is needed: whatever became of the live base, it ends with the old base or the new one, and says which."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from analysis.model import LOCAL_ACTOR
from data import privacy
from data.store import Store, StoreError, ensure_shipped, ledger, open_store, tables
from data.store import restore as restoring
from data.store.__main__ import main
from data.store.errors import DatabaseLocked
from data.store.inventory import LABELS, take
from data.store.restore import FAR_AHEAD, restore
from tests.data.conftest import NOW
from tests.data.stores import empty_home
from tests.data.test_store import FIRST

pytestmark = pytest.mark.usefixtures("durable")

LATER = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
CHECKSUM = "cd" * 32


def event(store: Store, name: str) -> None:
    with store.write(LOCAL_ACTOR) as session:
        session.insert(
            tables.event,
            {"id": name, "origin": "real", "on": NOW.date(), "kind": "meeting", "title": f"Réunion {name}"},
        )


def events(home: Path) -> set[str]:
    """The events of the base in `home`, read as it stands: no migration, no replay."""
    with closing(sqlite3.connect(f"{(home / 'zevillage.db').as_uri()}?mode=ro", uri=True)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {name for (name,) in raw.execute("SELECT id FROM event")}


def at_(instant: datetime) -> Callable[[], datetime]:
    return lambda: instant


@pytest.fixture
def copied(tmp_path: Path) -> tuple[Path, Path]:
    """A home with the events `old` and `new`, and a copy made when there was `old` alone."""
    home = tmp_path / "home"
    store = open_store(empty_home(home), clock=lambda: NOW)
    ensure_shipped(store, FIRST, "edition-1", "2025")
    event(store, "old")
    copy = store.backup(tmp_path / "usb" / "copie.db")
    event(store, "new")
    store.close()
    return home, copy


def lose(base: Path) -> None:
    base.unlink()


def empty(base: Path) -> None:
    base.write_bytes(b"")


def truncate(base: Path) -> None:
    base.write_bytes(base.read_bytes()[: base.stat().st_size // 2])


def overwrite(base: Path) -> None:
    base.write_bytes(random.Random(1).randbytes(base.stat().st_size))


def hole(base: Path) -> None:
    """The first page still says « SQLite »; every other page is gone."""
    whole = base.read_bytes()
    base.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))


def stale_index(base: Path) -> None:
    """Every page is well made, but an index names a row that is gone: only the thorough check finds it."""
    with closing(sqlite3.connect(base)) as raw:
        raw.execute("PRAGMA writable_schema = ON")
        index = raw.execute(
            "SELECT * FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = 'event'"
        ).fetchone()
        raw.execute("DELETE FROM sqlite_master WHERE name = ?", (index[1],))
        raw.commit()
    with closing(sqlite3.connect(base)) as raw:
        raw.execute("DELETE FROM event WHERE id = 'new'")
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", index)
        raw.commit()
    with closing(sqlite3.connect(base)) as raw:
        assert raw.execute("PRAGMA quick_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA integrity_check").fetchone() != ("ok",)


def foreign(base: Path) -> None:
    base.unlink()
    with closing(sqlite3.connect(base)) as raw:
        raw.execute("CREATE TABLE recette (nom)")


@pytest.mark.parametrize(
    ("damage", "state", "kept"),
    [
        (lambda base: None, "whole", 1), (lose, "missing", 0), (empty, "empty", 0), (truncate, "damaged", 1), (overwrite, "damaged", 1),
        (hole, "damaged", 1), (foreign, "damaged", 1), (stale_index, "damaged", 1),
    ],
)  # fmt: skip
def test_a_copy_comes_back_whatever_became_of_the_base(
    copied: tuple[Path, Path], damage: Callable[[Path], None], state: str, kept: int
) -> None:
    home, copy = copied
    base = home / "zevillage.db"
    damage(base)
    found = base.read_bytes() if base.exists() else b""
    done = restore(copy, home, clock=lambda: LATER)
    assert (done.state, done.after.rows["event"], done.after.figures) == (state, 1, len(FIRST))
    assert events(home) == {"old"}
    aside = list((home / "backups").glob("*20260601T093000*")) if kept else []
    assert aside == ([done.aside] if kept else [])
    if state == "damaged":
        assert aside[0].read_bytes() == found, "what was there is kept byte by byte"
        assert (done.before is None) is (damage is not stale_index)
    if state == "whole":
        assert done.before is not None and done.before.rows["event"] == 2
        assert take(aside[0]).rows["event"] == 2
    opened = open_store(home, clock=lambda: LATER)
    assert opened.revision() > (done.before.revision if done.before else 4)
    opened.close()
    assert [p.name for p in home.rglob("*") if p.stat().st_mode & 0o077] == []
    assert list(home.rglob("*partial*")) == []


def test_a_base_whose_home_is_gone_comes_back_with_ledger_and_originals(tmp_path: Path) -> None:
    store = open_store(empty_home(tmp_path / "home"), clock=lambda: NOW)
    given = tmp_path / "given.csv"
    given.write_bytes(b"a;b\n1;2\n")
    staged, checksum = store.files.stage_original(given, lambda share: None)
    store.files.keep_original(staged, checksum)
    file(store, 1, checksum)
    file(store, 2, CHECKSUM)  # nobody kept this one
    line = '{"person": "0", "at": "2026-05-12T08:00:00.000Z", "actor": "local", "reason": "request"}\n'
    store.files.append_ledger(line)
    copy = store.backup(tmp_path / "usb" / "copie.db")
    assert store.take_along(copy) == (1, 0)
    store.close()
    assert readable_by_others(tmp_path / "usb") == []
    shutil.rmtree(tmp_path / "home")
    done = restore(copy, tmp_path / "home", clock=lambda: LATER)
    assert (done.state, done.originals_back, done.originals_there, done.originals_missing) == (
        "missing",
        1,
        0,
        1,
    )
    assert (tmp_path / "home" / "originals" / checksum).read_bytes() == given.read_bytes()
    opened = open_store(tmp_path / "home", clock=lambda: LATER)
    assert list(ledger.read(opened.files)) == ["0"]
    opened.close()
    again = restore(copy, tmp_path / "home", clock=lambda: NOW)
    assert (again.originals_back, again.originals_there) == (0, 1)


def readable_by_others(folder: Path) -> list[str]:
    return [p.name for p in folder.rglob("*") if stat.S_IMODE(p.stat().st_mode) & 0o077]


def file(store: Store, number: int, checksum: str, personal: bool = False) -> None:
    with store.write(LOCAL_ACTOR) as session:
        session.connection.execute(
            insert(tables.import_).values(id=number, kind="file", label="liste", actor="x", at="2026", rows=1)
        )
        session.connection.execute(
            insert(tables.import_file).values(
                import_id=number, name="liste.csv", checksum=checksum, bytes=1, format="csv", edition="", content="members",
                rows_kept=1, rows_set_aside=0, rows_repaired=0, effects={}, choices={}, contains_personal=personal,
            )
        )  # fmt: skip


@pytest.mark.parametrize("damage", [lambda base: None, truncate, lose])
def test_an_erased_person_never_comes_back_nor_does_the_file_that_named_them(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    store = open_store(empty_home(tmp_path / "home"), clock=lambda: NOW)
    with store.write(LOCAL_ACTOR) as session:
        person = {"id": "p1", "origin": "real", "code": "P1", "name": "Zéphyrine Quetzalcanari"}
        session.insert(tables.person, person)
    given = tmp_path / "given.csv"
    given.write_text("nom\nZéphyrine Quetzalcanari\n", "utf-8")
    staged, checksum = store.files.stage_original(given, lambda share: None)
    store.files.keep_original(staged, checksum)
    file(store, 1, checksum, personal=True)
    copy = store.backup(tmp_path / "usb" / "copie.db")
    store.take_along(copy)
    assert privacy.erase(store, LOCAL_ACTOR, ["p1"]).originals == 1
    store.close()
    damage(tmp_path / "home" / "zevillage.db")
    done = restore(copy, tmp_path / "home", clock=lambda: LATER)
    assert (done.erased_again, done.in_ledger, done.originals_back) == (1, 1, 0)
    live = [p for p in (tmp_path / "home").rglob("*") if p.is_file() and "endommagee" not in p.name]
    assert [p.name for p in live if b"Quetzalcanari" in p.read_bytes()] == []
    opened = open_store(tmp_path / "home", clock=lambda: LATER)
    with opened.read() as session:
        assert session.get(tables.person, "p1")["erased_at"]  # type: ignore[index]
    opened.close()


def test_the_application_goes_on_while_the_base_is_replaced(copied: tuple[Path, Path]) -> None:
    home, copy = copied
    running = open_store(home, clock=lambda: NOW)
    for damaged, at in ((False, NOW), (True, LATER)):
        with running.read() as session:
            before = session.revision()
        if damaged:
            running.engine.pool.dispose()  # what the others had in their logs is on the disk
            overwrite(home / "zevillage.db")
        assert restore(copy, home, clock=at_(at)).state == ("damaged" if damaged else "whole")
        assert running.revision() > before
        event(running, f"after-{before}")
        assert events(home) == {"old", f"after-{before}"}, "what is written next is in the new base"
    running.close()


def test_a_connection_kept_over_the_exchange_writes_into_the_new_file(copied: tuple[Path, Path]) -> None:
    home, copy = copied
    running = open_store(home, clock=lambda: NOW)
    assert running.revision() > 0  # the pool holds a connection to the old file
    truncated = (home / "zevillage.db").read_bytes()[:100]
    (home / "zevillage.db").unlink()
    with pytest.raises(StoreError, match="a disparu"):
        running.revision()
    (home / "zevillage.db").write_bytes(truncated)
    done = restore(copy, home, clock=lambda: LATER)
    assert done.state == "damaged"
    assert running.revision() > FAR_AHEAD
    event(running, "after")
    assert events(home) == {"old", "after"}
    running.close()


@contextmanager
def held(base: Path, how: str) -> Iterator[None]:
    with closing(sqlite3.connect(base, isolation_level=None)) as other:
        if how == "alone":
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE meta SET revision = revision")
        yield


@pytest.mark.parametrize("how", ["alone", "writing"])
def test_a_base_that_another_program_holds_is_refused_untouched(copied: tuple[Path, Path], how: str) -> None:
    home, copy = copied
    with held(home / "zevillage.db", how), pytest.raises(DatabaseLocked, match=r"arrêtez.*Rien n’a été"):
        restore(copy, home, clock=lambda: LATER, patience=0.3)
    assert events(home) == {"old", "new"}
    assert list(home.rglob("*partial*")) == []
    assert restore(copy, home, clock=lambda: NOW).state == "whole"


def test_what_is_no_copy_changes_nothing(copied: tuple[Path, Path], tmp_path: Path) -> None:
    home, copy = copied
    for damage in (empty, truncate, overwrite, hole, foreign):
        bad = tmp_path / f"{damage.__name__}.db"
        shutil.copy(copy, bad)
        damage(bad)
        with pytest.raises(StoreError, match="n’est pas une sauvegarde"):
            restore(bad, home)
    with pytest.raises(StoreError, match="la base elle-même"):
        restore(home / "zevillage.db", home)
    assert events(home) == {"old", "new"}
    assert not (home / "backups").exists()


def test_the_command_says_in_counts_what_came_back(
    copied: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    home, copy = copied
    monkeypatch.setenv("ZEVILLAGE_HOME", str(home))
    assert main(["restore", str(copy), "--confirm", "RESTAURER"]) == 0
    said = capsys.readouterr().out
    lines = [line.split() for line in said.splitlines()]
    assert ["Chiffres", "2", "2"] in lines and ["Événements", "2", "1"] in lines
    assert "Dernière modification  2026-05-12 08:00 UTC  2026-05-12 08:00 UTC" in said
    overwrite(home / "zevillage.db")
    assert main(["restore", str(copy), "--confirm", "RESTAURER"]) == 0
    said = capsys.readouterr().out
    assert "endommagée" in said and ["Événements", "?", "1"] in [line.split() for line in said.splitlines()]


def test_every_table_has_a_word() -> None:
    assert set(LABELS) == set(tables.metadata.tables)


SPARED = {("take_place", 0), ("replace", 1)}
"""What does not happen where the old base can be read: no file takes its name, only the copy set aside gets one."""


def restore_and_die(home: Path, copy: Path, moment: str, left: int) -> None:
    """In a process of its own: restore, and be killed at the `left`-th page copied, or before the `left`-th call of a step."""
    counted = itertools.count()

    def die() -> None:
        if next(counted) == left:
            os.kill(os.getpid(), signal.SIGKILL)

    class Dying(sqlite3.Connection):
        def backup(
            self, target: sqlite3.Connection, *, pages: int = -1, progress: Any = None, **more: Any
        ) -> None:  # type: ignore[override]
            def watch(*now: int) -> None:
                die()
                if progress:
                    progress(*now)

            super().backup(target, pages=4, progress=watch, **more)

    if moment == "page":
        plain = sqlite3.connect
        sqlite3.connect = lambda *a, **k: plain(*a, **{"factory": Dying, **k})  # type: ignore[assignment]
    else:
        owner: Any = restoring if hasattr(restoring, moment) else Path
        real = getattr(owner, moment)

        def step(*given: Any, **more: Any) -> Any:
            die()
            return real(*given, **more)

        setattr(owner, moment, step)
    restore(copy, home)


@pytest.mark.parametrize("damage", [lambda base: None, overwrite], ids=["whole", "damaged"])
@pytest.mark.parametrize(
    ("moment", "left"),
    [("page", 0), ("page", 30), ("page", 50), ("page", 70), ("page", 80), ("page", 90), ("page", 95), ("replace", 0), ("replace", 1),
     ("take_place", 0), ("_lay_over", 0), ("_make_current", 0), ("_bring_originals", 0)],
)  # fmt: skip
def test_a_restore_that_is_killed_leaves_the_old_base_or_the_new_one(
    copied: tuple[Path, Path], damage: Callable[[Path], None], moment: str, left: int
) -> None:
    home, copy = copied
    damage(home / "zevillage.db")
    found = (home / "zevillage.db").read_bytes()
    never_comes = moment == "_lay_over" if damage is overwrite else (moment, left) in SPARED
    if (
        moment == "page"
    ):  # `left` is a share of all the pages copied, in percent: of one copy, or of three with the last one over the base
        left = copy.stat().st_size // 4096 // 4 * (1 if damage is overwrite else 3) * left // 100
    process = multiprocessing.get_context("fork").Process(
        target=restore_and_die, args=(home, copy, moment, left)
    )
    process.start()
    process.join()
    assert process.exitcode == (0 if never_comes else -signal.SIGKILL)
    if process.exitcode == 0:
        assert events(home) == {"old"}
    elif damage is overwrite:
        assert (home / "zevillage.db").read_bytes() == found
    else:
        assert events(home) == {"old", "new"}
    assert restore(copy, home, clock=lambda: LATER).after.rows["event"] == 1  # and the next one works
    assert events(home) == {"old"}


def test_the_copy_of_another_territory_is_refused_with_both_names_unless_asked_for(
    copied: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    home, copy = copied
    monkeypatch.setenv("ZEVILLAGE_HOME", str(home))
    for path, mark in ((home / "zevillage.db", ("perche", "Le Perche")), (copy, ("bocage", "Le Bocage"))):
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("UPDATE meta SET territory = ?, territory_name = ?", mark)
            raw.commit()
    assert main(["restore", str(copy), "--confirm", "RESTAURER"]) == 1
    said = capsys.readouterr().err
    assert "« Le Bocage » (bocage)" in said and "« Le Perche » (perche)" in said
    assert events(home) == {"old", "new"}
    assert main(["restore", str(copy), "--confirm", "RESTAURER", "--autre-territoire"]) == 0
    assert events(home) == {"old"}
