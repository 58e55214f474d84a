"""The copy of the day that the application makes by itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from data.store import StoreError, open_store, safekeeping
from tests.data.conftest import NOW
from tests.data.stores import empty_home
from ui import settings
from ui.server import keeper


def test_a_copy_is_made_and_tried_once_a_day_when_nobody_made_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = [NOW]
    store = open_store(empty_home(tmp_path / "home"), clock=lambda: clock[0])
    assert not keeper.keep(store), "the suite asks for no copies"
    monkeypatch.setenv("ZEVILLAGE_COPIES", "auto")
    looks = iter([dt.timedelta(hours=1), dt.timedelta(hours=23), dt.timedelta(0)])

    def wait(_seconds: float) -> bool:
        clock[0] += (step := next(looks))
        return not step

    keeper.watch(store, wait)
    assert [copy.at for copy in safekeeping.copies(store.files)] == [NOW + dt.timedelta(days=1), NOW]
    assert safekeeping.last_rehearsal(store.files) == safekeeping.Rehearsal(
        NOW + dt.timedelta(days=1), "zevillage-20260513T080000000.db"
    )
    assert capsys.readouterr().err == ""
    store.close()


def test_what_goes_wrong_is_said_once_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZEVILLAGE_COPIES", "auto")
    store = open_store(empty_home(tmp_path / "home"), clock=lambda: NOW)
    tried = []

    def fail(_store: object) -> None:
        tried.append(1)
        raise StoreError("Le disque est plein.")

    monkeypatch.setattr(safekeeping, "make", fail)
    ends = iter([False, False, True])
    keeper.watch(store, lambda _: next(ends))
    assert len(tried) == 3
    assert capsys.readouterr().err.count("Le disque est plein.") == 1
    store.close()


def test_settings_that_say_nothing_are_refused() -> None:
    assert settings.copies_by_itself({}) and not settings.copies_by_itself({"ZEVILLAGE_COPIES": " None "})
    assert settings.rehearsal_days({}) == 7 and settings.rehearsal_days({"ZEVILLAGE_COPIES_DAYS": "30"}) == 30
    with pytest.raises(settings.ShellError, match="auto"):
        settings.copies_by_itself({"ZEVILLAGE_COPIES": "oui"})
    for wrong in ("0", "-1", "sept", "400"):
        with pytest.raises(settings.ShellError, match="nombre de jours"):
            settings.rehearsal_days({"ZEVILLAGE_COPIES_DAYS": wrong})
