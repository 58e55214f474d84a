"""The papers of dossiers go with a copy and come back with it; those of who was erased since do not."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from pathlib import Path

import pytest

from analysis.model import LOCAL_ACCOUNT, LOCAL_ACTOR
from data import applications, privacy
from data.applications import documents
from data.opening import House, open_house
from data.register import PersonFields
from data.store import elsewhere, safekeeping, tables
from data.store.restore import restore
from tests.data.stores import begun_home
from tests.data.test_restore import readable_by_others

TODAY = dt.date(2026, 5, 12)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(TODAY, begun_home(tmp_path / "home"))


def with_paper(house: House, name: str) -> tuple[str, str]:
    """A dossier with one paper: the person's id, the SHA-256."""
    hand = applications.by(LOCAL_ACCOUNT)
    change = applications.create(
        house.store, house.territory, hand, TODAY, person=PersonFields(name, f"{name.lower()}@exemple.fr"),
        fields=applications.DossierFields(received=TODAY, trade="traduction"),
    )  # fmt: skip
    content = b"%PDF-1.7\n" + name.encode() + b"\ntrailer<<>>\n%%EOF\n"
    documents.add_paper(house.store, hand, TODAY, application=change.subject, name="a.pdf", content=content)
    with house.store.read() as session:
        row = session.get(tables.application, change.subject)
    assert row is not None
    return row["person"], hashlib.sha256(content).hexdigest()


def test_papers_go_with_a_copy_and_come_back(house: House, tmp_path: Path) -> None:
    kept = sorted(with_paper(house, name)[1] for name in ("Premiere", "Seconde"))
    copy = house.store.backup(tmp_path / "usb" / "copie.db")
    assert house.store.take_along(copy) == (0, 2)
    house.store.close()
    assert readable_by_others(tmp_path / "usb") == []
    shutil.rmtree(tmp_path / "home")
    done = restore(copy, tmp_path / "home")
    assert (done.papers_back, done.papers_there, done.papers_missing) == (2, 0, 0)
    assert sorted(path.name for path in (tmp_path / "home" / "papiers").iterdir()) == kept
    (tmp_path / "home" / "papiers" / kept[0]).write_bytes(b"damaged")
    (tmp_path / "usb" / "copie.db.papiers" / kept[1]).unlink()
    (tmp_path / "home" / "papiers" / kept[1]).unlink()
    again = restore(copy, tmp_path / "home")
    assert (again.papers_back, again.papers_there, again.papers_missing) == (1, 0, 1)


def test_a_copy_elsewhere_holds_no_paper_of_who_was_erased(house: House, tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    usb.mkdir(mode=0o700)
    places = elsewhere.read({"ZEVILLAGE_COPIES_TO": str(usb)})
    _, first = with_paper(house, "Premiere")
    person, second = with_paper(house, "Seconde")
    older, _ = safekeeping.make(house.store)
    (sent,) = elsewhere.send(house.store, older, places)
    assert sent.error == "" and sorted(p.name for p in (usb / "papiers").iterdir()) == sorted([first, second])
    privacy.erase(house.store, LOCAL_ACTOR, [person])
    newer, _ = safekeeping.make(house.store)
    (sent,) = elsewhere.send(house.store, newer, places)
    assert sent.error == "" and [p.name for p in (usb / "papiers").iterdir()] == [first]
    house.store.close()
    # The older copy names the paper: the ledger beside it erases the person again, so that nothing is missed.
    done = restore(usb / older.name, tmp_path / "other")
    assert (done.papers_back, done.papers_missing) == (1, 0)
