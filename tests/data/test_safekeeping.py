"""Copies made day by day: proved when written, for their owner alone, rotated, tried by restoring one elsewhere."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from data.store import Store, StoreError, open_store, rotation, safekeeping
from data.store import engine as engines
from data.store.__main__ import main
from data.store.inventory import take
from data.store.restore import restore
from tests.data.conftest import NOW
from tests.data.stores import empty_home
from tests.data.test_restore import event, hole

DAY = dt.timedelta(days=1)


def kept_after(days: int) -> list[dt.datetime]:
    """What is there after a copy a day at 2:00 and the rotation after each."""
    there: set[dt.datetime] = set()
    for number in range(days):
        now = dt.datetime(2025, 1, 1, 2, tzinfo=dt.UTC) + number * DAY
        there.add(now)
        there -= rotation.outdated(there, now)
    return sorted(there, reverse=True)


def test_a_year_of_copies_leaves_days_weeks_and_months() -> None:
    kept = kept_after(366)  # the last one on Thursday 1 January 2026
    last = dt.datetime(2026, 1, 1, 2, tzinfo=dt.UTC)
    assert kept[:7] == [last - n * DAY for n in range(7)]
    assert {f"{each:%G-%V}" for each in kept} >= {f"{last - 7 * n * DAY:%G-%V}" for n in range(5)}
    assert {f"{each:%Y-%m}" for each in kept} == {f"2025-{m:02}" for m in range(2, 13)} | {"2026-01"}
    assert len(kept) <= 7 + 5 + 12
    assert kept_after(366) == sorted(set(kept), reverse=True)


def test_two_days_are_kept_whole_and_the_newest_whatever_the_clock_says() -> None:
    now = dt.datetime(2026, 5, 12, 8, tzinfo=dt.UTC)
    hourly = [now - n * dt.timedelta(hours=1) for n in range(72)]
    kept = set(hourly) - rotation.outdated(hourly, now)
    assert set(hourly[:48]) <= kept and len(kept) == 48 + 1  # and the newest of the day before
    assert rotation.outdated([now], now + 4000 * DAY) == set()
    assert rotation.outdated([now], now - 4000 * DAY) == set()


@pytest.mark.parametrize(
    "name",
    ["zevillage-avant-restauration-20260512T080000000.db", "zevillage-20269912T080000000.db", "autre.db"],
)
def test_other_copies_are_never_rotated(name: str) -> None:
    assert rotation.instant(name) is None


def test_making_a_copy_takes_the_outdated_ones_away_and_nothing_else(tmp_path: Path) -> None:
    clock = [NOW]
    store = open_store(empty_home(tmp_path / "home"), clock=lambda: clock[0])
    store.backup(store.files.backup(f"zevillage-avant-restauration-{store.stamp()}"))
    for hour in range(0, 96, 12):
        clock[0] = NOW + dt.timedelta(hours=hour)
        assert safekeeping.is_due(store) is (hour == 0)
        safekeeping.make(store)
    names = [path.name for path in store.files.backups()]
    assert "zevillage-avant-restauration-20260512T080000000.db" in names
    assert "zevillage-20260512T080000000.db" not in names and "zevillage-20260512T200000000.db" in names
    assert len(safekeeping.copies(store.files)) == 6
    clock[0] = NOW - DAY  # the clock jumps back: the copies from the future prove nothing
    assert safekeeping.is_due(store)
    store.close()


def test_a_copy_that_lost_rows_is_not_kept(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event(store, "one")

    class Losing(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, **more: Any) -> None:  # type: ignore[override]
            super().backup(target, **more)
            target.execute("DELETE FROM event")
            target.commit()

    plain = sqlite3.connect
    monkeypatch.setattr(engines.sqlite3, "connect", lambda *a, **k: plain(*a, **{"factory": Losing, **k}))
    with pytest.raises(StoreError, match="pas autant de lignes"):
        store.backup(tmp_path / "copie.db")
    assert not (tmp_path / "copie.db").exists()


def test_a_damaged_base_is_not_copied_as_if_it_were_whole(tmp_path: Path) -> None:
    store = open_store(empty_home(tmp_path / "home"), clock=lambda: NOW)
    event(store, "one")
    store.close()
    hole(tmp_path / "home" / "zevillage.db")
    with pytest.raises(StoreError):
        engines.copy_sqlite(tmp_path / "home" / "zevillage.db", tmp_path / "copie.db")
    assert not (tmp_path / "copie.db").exists()


def test_what_is_written_meanwhile_does_not_make_a_copy_wrong(store: Store, tmp_path: Path) -> None:
    event(store, "one")
    with closing(sqlite3.connect(store.home / "zevillage.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM event")
        assert take(store.backup(tmp_path / "copie.db")).rows["event"] == 1
        other.rollback()


def test_a_copy_elsewhere_is_for_its_owner_alone(store: Store, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        there = tmp_path / "usb"
        there.mkdir()
        there.chmod(0o777)
        store.take_along(store.backup(there / "copie.db"))
    finally:
        os.umask(before)
    assert [path.name for path in there.iterdir() if path.stat().st_mode & 0o077] == []
    assert {path.name for path in there.iterdir()} == {"copie.db", "copie.db.effacements.jsonl"}


def test_a_rehearsal_restores_the_newest_copy_elsewhere_and_is_noted(store: Store) -> None:
    with pytest.raises(StoreError, match="pas encore de copie"):
        safekeeping.rehearse(store.files, NOW)
    assert safekeeping.last_rehearsal(store.files) is None and safekeeping.is_stale(None, NOW, 7)
    event(store, "one")
    safekeeping.make(store)
    base = (store.home / "zevillage.db").read_bytes()
    copy, held = safekeeping.rehearse(store.files, NOW)
    assert held.rows["event"] == 1 and copy.path.name == "zevillage-20260512T080000000.db"
    assert (store.home / "zevillage.db").read_bytes() == base
    assert {path.name for path in (store.home / "backups").iterdir()} == {copy.path.name}
    noted = safekeeping.last_rehearsal(store.files)
    assert noted == safekeeping.Rehearsal(NOW, copy.path.name)
    assert not safekeeping.is_stale(noted, NOW + 7 * DAY, 7)
    assert safekeeping.is_stale(noted, NOW + 7 * DAY + dt.timedelta(seconds=1), 7)


def test_a_copy_that_does_not_come_back_whole_is_said_and_not_noted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    event(store, "one")
    path, _ = safekeeping.make(store)

    def losing(copy: Path, home: Path) -> Any:
        done = restore(copy, home)
        done.after.rows["event"] = 0
        return done

    with monkeypatch.context() as patch:
        patch.setattr(safekeeping, "restore", losing)
        with pytest.raises(StoreError, match="événements : 1 → 0"):
            safekeeping.rehearse(store.files, NOW)
    hole(path)
    with pytest.raises(StoreError, match="endommagé"):
        safekeeping.rehearse(store.files, NOW)
    assert safekeeping.last_rehearsal(store.files) is None


def test_the_commands_check_and_rehearse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("ZEVILLAGE_HOME", str(home))
    assert main(["check"]) == 1
    assert "n’existe pas" in capsys.readouterr().err
    store = open_store(empty_home(home), clock=lambda: NOW)
    event(store, "one")
    store.close()
    assert main(["rehearse"]) == 1
    assert main(["backup"]) == 0
    assert "copie vérifiée" in capsys.readouterr().out
    assert main(["rehearse"]) == 0 and main(["check"]) == 0
    out = capsys.readouterr().out
    assert "se restaure entière" in out and "est entière" in out
    assert ["Événements", "1"] in [line.split() for line in out.splitlines()]
    hole(home / "zevillage.db")
    assert main(["check"]) == 1
    assert "endommagé" in capsys.readouterr().err
