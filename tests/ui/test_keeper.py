"""The copy of the day that the application makes by itself."""

from __future__ import annotations

import datetime as dt
import inspect
import os
import sys
import threading
from pathlib import Path

import pytest

from data.store import DatabaseUnreachable, Store, StoreError, open_store, safekeeping
from tests.data.conftest import NOW
from tests.data.stores import empty_home
from ui import settings
from ui.server import keeper


def test_a_copy_is_made_and_tried_once_a_day_when_nobody_made_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = [NOW]
    store = open_store(empty_home(tmp_path / "home"), clock=lambda: clock[0])
    looks, pauses = iter([0, 1, 23, None]), []

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        if (hours := next(looks)) is None:
            return True
        clock[0] += dt.timedelta(hours=hours)
        return False

    keeper.watch(lambda: store, wait)
    assert pauses == [keeper.FIRST_LOOK, *[keeper.LOOK_EVERY] * 3], (
        "the first visitors come before the first copy"
    )
    assert [copy.at for copy in safekeeping.copies(store.files)] == [NOW + dt.timedelta(days=1), NOW]
    assert safekeeping.last_rehearsal(store.files) == safekeeping.Rehearsal(
        NOW + dt.timedelta(days=1), "zevillage-20260513T080000000.db"
    )
    assert capsys.readouterr().err == ""
    store.close()


def test_what_goes_wrong_is_said_once_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(empty_home(tmp_path / "home"), clock=lambda: NOW)
    tried = []

    def fail(_store: object) -> None:
        tried.append(1)
        raise StoreError("Le disque est plein.")

    monkeypatch.setattr(safekeeping, "make", fail)
    ends, opens = iter([False] * 4 + [True]), iter([False, True, True, True])

    def ask() -> Store:
        if not next(opens):
            raise DatabaseUnreachable("pas encore")
        return store

    keeper.watch(ask, lambda _: next(ends))
    assert len(tried) == 3, "a base that opens later is copied then"
    assert capsys.readouterr().err.count("Le disque est plein.") == 1
    store.close()


def test_it_runs_in_a_thread_of_its_own_unless_the_setting_says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    def threads() -> list[threading.Thread]:
        return [each for each in threading.enumerate() if each.name == keeper.THREAD]

    keeper.start()
    assert threads() == [], "the suite asks for no copies"
    monkeypatch.setenv("ZEVILLAGE_COPIES", "auto")
    stop = keeper.start()
    (watching,) = threads()
    assert watching.daemon
    stop.set()
    watching.join(60)
    assert threads() == []


def test_settings_that_say_nothing_are_refused() -> None:
    assert settings.copies_by_itself({}) and not settings.copies_by_itself({"ZEVILLAGE_COPIES": " None "})
    assert settings.rehearsal_days({}) == 7 and settings.rehearsal_days({"ZEVILLAGE_COPIES_DAYS": "30"}) == 30
    with pytest.raises(settings.ShellError, match="auto"):
        settings.copies_by_itself({"ZEVILLAGE_COPIES": "oui"})
    for wrong in ("0", "-1", "sept", "400"):
        with pytest.raises(settings.ShellError, match="nombre de jours"):
            settings.rehearsal_days({"ZEVILLAGE_COPIES_DAYS": wrong})


def test_every_setting_is_read_before_the_first_visitor() -> None:
    readers = {
        each
        for each in vars(settings).values()
        if inspect.isfunction(each) and "environ" in inspect.signature(each).parameters
    }
    assert len(readers) >= 5 and set(settings.READ_AT_START) == readers


def test_a_copy_that_cannot_be_taken_elsewhere_is_made_here_said_and_taken_when_the_disk_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(empty_home(tmp_path / "home"), clock=lambda: NOW)
    usb = tmp_path / "usb"
    monkeypatch.setenv("ZEVILLAGE_COPIES_TO", str(usb))
    looks = iter([False, False, False, True])

    def wait(_seconds: float) -> bool:
        if (done := next(looks)) is False and (store.home / "backups").is_dir() and "ailleurs" in said():
            usb.mkdir(exist_ok=True)
        return done

    heard: list[str] = []

    def said() -> str:
        heard.append(capsys.readouterr().err)
        return "".join(heard)

    keeper.watch(lambda: store, wait)
    assert said().count("faite ici, mais n’a pas pu être portée ailleurs") == 1 and "n’est pas là" in said()
    (copy,) = safekeeping.copies(store.files)
    assert (usb / copy.path.name).is_file() and safekeeping.last_rehearsal(store.files) is not None
    store.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no share of its own")
def test_the_thread_that_copies_stands_back_and_no_other_does() -> None:
    seen = []

    def wait(_seconds: float) -> bool:
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return True

    before = os.getpriority(os.PRIO_PROCESS, 0)
    watching = threading.Thread(target=keeper.watch, args=(lambda: None, wait))
    watching.start()
    watching.join(60)
    assert seen == [max(before, keeper.POLITENESS)] and os.getpriority(os.PRIO_PROCESS, 0) == before
