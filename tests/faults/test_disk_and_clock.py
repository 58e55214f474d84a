"""A disk that turns read-only under a running application, and a clock that jumps back."""

from __future__ import annotations

import datetime as dt
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis.model import LOCAL_ACTOR
from data import register
from data.imports import history
from data.imports.publish import publish
from data.opening import open_house
from data.store import Store, current_observations, inventory, open_store, safekeeping, tables
from data.store.errors import DatabaseReadOnly, DiskFailing
from data.store.restore import restore
from data.territory import Territory, load_territory
from tests.data.conftest import NOW
from tests.data.imports.drafts import figures
from tests.data.stores import demonstration_home, empty_home
from tests.faults.conftest import Tally
from tests.faults.test_killed import TODAY, content

CELL = ("wood", "61156", "2022")


@pytest.fixture
def own_disk() -> Iterator[Path]:
    """A disk of its own, which can be turned read-only."""
    folder = Path(tempfile.mkdtemp(prefix="zv-ro-"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("this account may not mount a disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


def arrival(store: Store, territory: Territory) -> register.Change:
    """A member more."""
    return register.add_member(
        store, territory, LOCAL_ACTOR, TODAY, origin="real", commune="61156", arrived=dt.date(2020, 2, 3)
    )


def remount(folder: Path, how: str) -> None:
    """Turn the disk read-only (``ro``) or writable again (``rw``), whatever is open on it."""
    done = subprocess.run(
        ["mount", "-o", f"remount,{how}", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"this system does not remount: {done.stderr.strip()}")


def test_a_disk_that_turns_read_only_is_said_and_leaves_the_old_state(
    own_disk: Path, tally: Tally, tmp_path: Path
) -> None:
    home = demonstration_home(own_disk / "home", TODAY)
    house = open_house(TODAY, home)
    store = house.store
    copy = store.backup(own_disk / "copie.db")
    draft = figures(house, tmp_path / "f", (*CELL, 3.0, "observed"))
    territory = load_territory()
    actions: dict[str, Callable[[], object]] = {
        "entry": lambda: arrival(store, territory),
        "import": lambda: publish(house, LOCAL_ACTOR, draft, tmp_path / "f", today=TODAY),
        "copy": lambda: safekeeping.make(store),
        "restore": lambda: restore(copy, home, clock=lambda: NOW),
        "opening": lambda: open_store(own_disk / "other"),
    }
    store.close()  # what was in the log is in the file
    old = content(home / "zevillage.db")
    files = open_handles(own_disk)
    if files:
        pytest.skip(f"something else writes on that disk: {files}")
    remount(own_disk, "ro")
    try:
        for name, action in actions.items():
            with pytest.raises((DatabaseReadOnly, DiskFailing, OSError)) as said:
                action()
            assert "lecture seule" in str(said.value) or getattr(said.value, "errno", 0) == 30, (
                name,
                said.value,
            )
    finally:
        remount(own_disk, "rw")
    assert content(home / "zevillage.db") == old
    for action in actions.values():
        action()
    assert inventory.take(home / "zevillage.db").rows["member"] == inventory.take(copy).rows["member"], (
        "restored last"
    )
    tally(
        "read-only disk, turned so while the application runs",
        f"{len(actions)} actions",
        "said so, old state; went on once writable",
    )


def open_handles(folder: Path) -> list[str]:
    """Files on `folder` that this process has open for writing: the system refuses to turn the disk read-only under them."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            if str(link.readlink()).startswith(str(folder)):
                found.append(str(link.readlink()))
        except OSError:
            continue
    return found


def test_a_clock_that_jumps_back_loses_nothing(tmp_path: Path, tally: Tally) -> None:
    clock = [NOW]
    jumps = [
        dt.timedelta(0),
        dt.timedelta(hours=-1),
        dt.timedelta(days=-1),
        dt.timedelta(days=-400),
        dt.timedelta(days=500),
    ]
    house = open_house(TODAY, empty_home(tmp_path / "home"))
    store = house.store
    store.clock = lambda: clock[0]
    territory = load_territory()
    numbers, changes, revisions = [], [], []
    for value, jump in enumerate(jumps):
        clock[0] = NOW + jump
        draft = figures(house, tmp_path / "f", (*CELL, float(value), "observed"))
        numbers.append(publish(house, LOCAL_ACTOR, draft, tmp_path / "f", today=TODAY))
        changes.append(arrival(store, territory))
        safekeeping.make(store)
        revisions.append(store.revision())

        def shown() -> float:
            with store.read() as session:
                now = current_observations(session).set_index(["indicator", "commune", "period"])
            return float(now.loc[CELL, "value"])

        assert shown() == value, "the newest import is the last one laid, whatever the clock said"
    assert numbers == sorted(numbers) and revisions == sorted(set(revisions))
    for value in reversed(range(1, len(jumps))):  # the last first, as they were written
        history.undo(store, LOCAL_ACTOR, numbers[value])
        assert shown() == value - 1
        register.undo(store, changes[value].operation, LOCAL_ACTOR)
    clock[0] = NOW - dt.timedelta(days=1000)
    kept = safekeeping.copies(store.files)
    assert max(copy.at for copy in kept) == NOW + dt.timedelta(days=500), (
        "the copy from the future stays until a newer one"
    )
    assert safekeeping.is_due(store), "but it does not stand for the copy of today"
    with store.read() as session:
        member = tables.member
        there = session.frame(
            select(member.c.id).where(member.c.removed_at.is_(None), member.c.origin == "real")
        )
    assert len(there) == 1
    store.close()
    tried = f"{len(jumps)} jumps, an import, an entry and a copy after each"
    tally("clock jumping back (an hour, a day, 400 days) and ahead", tried, "order, undo and copies right")
