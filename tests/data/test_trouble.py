"""A full disk, a read-only folder, a damaged base: each is said by its own message, and what was there stays."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from analysis.model import LOCAL_ACTOR
from data.store import Store, open_store, safekeeping, tables
from data.store.errors import (
    DatabaseDamaged,
    DatabaseLocked,
    DatabaseReadOnly,
    DiskFailing,
    DiskFull,
)
from data.store.restore import restore
from data.store.trouble import explain
from tests.data.conftest import NOW
from tests.data.stores import empty_home
from tests.data.test_files import disk_full_at
from tests.data.test_restore import event, events, held, hole, overwrite, truncate

pytestmark = pytest.mark.usefixtures("durable")


def read_everything(store: Store) -> int:
    with store.read() as session:
        return sum(len(session.frame(select(table))) for table in tables.metadata.sorted_tables)


def big(store: Store) -> None:
    with store.write(LOCAL_ACTOR) as session:
        for number in range(40):
            title = "x" * 20_000
            row = {
                "id": f"big{number}",
                "origin": "real",
                "on": NOW.date(),
                "kind": "meeting",
                "title": title,
            }
            session.insert(tables.event, row)


def test_a_full_disk_says_so_and_changes_nothing(store: Store) -> None:
    event(store, "one")
    with store.engine.connect() as connection:  # SQLite says of this limit what it says of a full disk
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 5}")
    with pytest.raises(DiskFull, match=r"est plein : rien n’a été modifié\. Libérez"):
        big(store)
    assert events(store.home) == {"one"}
    event(store, "two")  # what is small still finds room


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 4 MB."""
    folder = Path(tempfile.mkdtemp(prefix="zv-disk-"))
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        folder.rmdir()
        pytest.skip("this account may not mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


def test_a_disk_that_is_really_full_leaves_the_base_as_it_was(small_disk: Path) -> None:
    store = open_store(empty_home(small_disk / "home"), clock=lambda: NOW)
    event(store, "one")
    copy = store.backup(small_disk / "home" / "backups" / "zevillage-20260101T000000000.db")
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file:
        while os.statvfs(small_disk).f_bavail:
            file.write(b"x" * 4096)
    for action in (
        lambda: big(store),
        lambda: safekeeping.make(store),
        lambda: restore(copy, store.home, clock=lambda: NOW),
        lambda: open_store(small_disk / "other"),
    ):
        with pytest.raises(DiskFull, match="est plein"):
            action()
        assert read_everything(store) > 0 and events(store.home) == {"one"}
    filler.unlink()
    event(store, "two")
    assert events(store.home) == {"one", "two"}
    store.close()


@pytest.mark.parametrize("share", range(5, 105, 5))
def test_wherever_the_disk_fills_up_the_old_or_the_new_state_is_left(tmp_path: Path, share: int) -> None:
    """The system lets files grow by `share` percent of what each action needs."""
    home = tmp_path / "home"
    store = open_store(empty_home(home), clock=lambda: NOW)
    event(store, "one")
    copy = store.backup(tmp_path / "usb" / "copie.db")
    event(store, "two")
    size = (home / "zevillage.db").stat().st_size
    for action, limit, before, after in (
        (lambda: big(store), 1_000_000, 2, 42),
        (lambda: safekeeping.make(store), size, None, None),
        (lambda: restore(copy, home, clock=lambda: NOW), size * 2, None, 1),
    ):
        was = len(events(home))
        try:
            with disk_full_at(limit * share // 100):
                action()
            assert after is None or len(events(home)) == after
        except (DiskFull, DiskFailing):
            assert len(events(home)) == was
            assert before is None or was == before
    assert list(tmp_path.rglob("*partial*")) == []
    store.close()


def somebody_else(folder: Path, action: Callable[[], object]) -> str:
    """What `action` raises in a process of an account that may read `folder` and not write it."""
    if os.geteuid() != 0:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o500 if path.is_dir() else 0o400)
    receive, send = multiprocessing.get_context("fork").Pipe(duplex=False)

    def run() -> None:
        if os.geteuid() == 0:
            os.setgid(65_534)
            os.setuid(65_534)
        try:
            action()
            send.send("nothing was raised")
        except BaseException as error:  # whatever it is, the test says it
            send.send(f"{type(error).__name__}: {error}")

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    said: str = receive.recv()
    process.join()
    return said


def test_a_read_only_folder_says_so(tmp_path: Path) -> None:
    open_store(empty_home(tmp_path / "home"), clock=lambda: NOW).close()
    folder = Path(tempfile.mkdtemp(prefix="zv-ro-"))  # pytest's own folder may not be entered by others
    try:
        home = shutil.copytree(tmp_path / "home", folder / "home")
        copy = shutil.copy(home / "zevillage.db", folder / "copie.db")
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        for action in (
            lambda: open_store(home),
            lambda: open_store(folder / "new"),
            lambda: restore(Path(copy), home),
        ):
            said = somebody_else(folder, action)
            assert said.startswith("DatabaseReadOnly") and "en lecture seule" in said, said
    finally:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        shutil.rmtree(folder)


@pytest.mark.parametrize("damage", [hole, overwrite, truncate])
def test_a_damaged_base_says_so_at_the_opening_and_while_it_is_open(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    home = tmp_path / "home"
    store = open_store(empty_home(home), clock=lambda: NOW)
    event(store, "one")
    store.close()
    damage(home / "zevillage.db")
    found = (home / "zevillage.db").read_bytes()
    with pytest.raises(DatabaseDamaged, match=r"endommagée.*restore FICHIER"):
        read_everything(store)
    with pytest.raises(DatabaseDamaged, match=r"endommagée.*restore FICHIER"):
        read_everything(open_store(home))
    assert (home / "zevillage.db").read_bytes()[: 4096 * 2] == found[: 4096 * 2]


@pytest.mark.parametrize("seed", range(20))
def test_a_page_that_broke_anywhere_is_never_an_error_without_words(tmp_path: Path, seed: int) -> None:
    home = tmp_path / "home"
    store = open_store(empty_home(home), clock=lambda: NOW)
    big(store)
    store.close()
    base, chance = home / "zevillage.db", random.Random(seed)
    content = bytearray(base.read_bytes())
    at = chance.randrange(len(content) // 4096) * 4096
    content[at : at + 4096] = chance.randbytes(4096)
    base.write_bytes(content)
    try:
        opened = open_store(home)
        read_everything(opened)
        opened.close()
    except DatabaseDamaged:
        pass


def test_a_base_that_another_program_keeps_for_itself_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(empty_home(tmp_path / "home"), clock=lambda: NOW).close()
    monkeypatch.setattr("data.store.engine.BUSY_SECONDS", 0.2)
    with (
        held(tmp_path / "home" / "zevillage.db", "alone"),
        pytest.raises(DatabaseLocked, match="tenue par un autre programme"),
    ):
        open_store(tmp_path / "home")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.ENOSPC, DiskFull), (errno.EDQUOT, DiskFull), (errno.EROFS, DatabaseReadOnly), (errno.EACCES, DatabaseReadOnly),
        (errno.EIO, DiskFailing), (errno.ENOENT, type(None)),
    ],
)  # fmt: skip
def test_what_the_system_says_is_told_apart(code: int, kind: type[Any]) -> None:
    assert type(explain(OSError(code, os.strerror(code)), "/x")) is kind
