"""Going back one version, as the guide says: the old code does not open the newer base, and puts the copy made before back over it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from data.store import DatabaseTooNew, open_store
from data.store.__main__ import main
from tests.data.conftest import NOW
from tests.data.stores import empty_home
from tests.data.test_restore import event, events


def test_the_copy_made_before_an_upgrade_comes_back_over_the_newer_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = empty_home(tmp_path / "home")
    store = open_store(home, clock=lambda: NOW)
    event(store, "before")
    copy = store.backup(store.files.backup("zevillage-avant-9999-depuis-0001-20260512T080000000"))
    event(store, "after")
    store.close()
    with closing(sqlite3.connect(home / "zevillage.db")) as raw:  # what a version to come may make of it
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.execute("CREATE TABLE of_the_newer_version (id INTEGER PRIMARY KEY, text VARCHAR)")
        raw.execute("ALTER TABLE event ADD COLUMN of_the_newer_version VARCHAR")
        raw.commit()
    with pytest.raises(DatabaseTooNew):
        open_store(home)
    monkeypatch.setenv("ZEVILLAGE_HOME", str(home))
    assert main(["restore", str(copy), "--confirm", "RESTAURER"]) == 0
    assert ["Événements", "2", "1"] in [line.split() for line in capsys.readouterr().out.splitlines()]
    assert events(home) == {"before"}
    open_store(home).close()
    (aside,) = (home / "backups").glob("zevillage-avant-restauration-*")
    with closing(sqlite3.connect(aside)) as raw:
        assert {name for (name,) in raw.execute("SELECT id FROM event")} == {"before", "after"}
