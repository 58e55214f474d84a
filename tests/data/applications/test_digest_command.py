"""`python -m data.applications digest`, run with a real mail server: who is written to, what they read, once a day, and nobody's name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analysis.model import LOCAL_ACCOUNT, SYSTEM_ACTOR, Role
from data import access, applications
from data.applications.__main__ import main
from data.opening import open_house
from data.register import PersonFields
from tests.data.stores import begun_home
from tests.mailbox import Mailbox, mailbox

RECEIVED = dt.date(2026, 5, 4)
DAY = "2026-05-12"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two coordinators with an address, one without, a mayor; one dossier that waits to be read, and one of nobody's."""
    monkeypatch.setenv("ZEVILLAGE_HOME", str(tmp_path))
    monkeypatch.setenv("ZEVILLAGE_PUBLIC_URL", "https://zevillage.exemple.fr")
    house = open_house(RECEIVED, begun_home(tmp_path))
    store, territory = house.store, house.territory
    claire = access.add_profile(
        store, SYSTEM_ACTOR, label="Claire", role=Role.ADMIN, email="claire@exemple.fr"
    )
    access.add_profile(store, SYSTEM_ACTOR, label="Denis", role=Role.ANIMATEUR, email="denis@exemple.fr")
    chief = access.add_profile(store, SYSTEM_ACTOR, label="Sans adresse", role=Role.ADMIN, pin="482915")
    assert not chief.email
    access.add_profile(store, SYSTEM_ACTOR, label="Maire", role=Role.ELU, email="maire@exemple.fr")
    hand = applications.by(LOCAL_ACCOUNT)
    for name, owner in (("Candidate Premiere", claire.id), ("Candidat Second", None)):
        made = applications.create(
            store, territory, hand, RECEIVED, person=PersonFields(name, f"{name.split()[1].lower()}@exemple.fr"),
            fields=applications.DossierFields(received=RECEIVED, trade="traduction", owner=owner),
        )  # fmt: skip
        assert made.subject
    store.close()
    return tmp_path


def run(box: Mailbox, monkeypatch: pytest.MonkeyPatch, date: str = DAY) -> int:
    for name, value in box.settings.items():
        monkeypatch.setenv(name, value)
    return main(["digest", "--date", date])


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_each_coordinator_reads_what_waits_for_them_once_a_day(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with mailbox() as box:
        assert run(box, monkeypatch) == 0
        assert "2 messages partis." in plain(capsys.readouterr().out)
        by_address = {to[0]: plain(box.text(place)) for place, (to, _) in enumerate(box.received)}
        assert sorted(by_address) == ["claire@exemple.fr", "denis@exemple.fr"]
        claire, denis = by_address["claire@exemple.fr"], by_address["denis@exemple.fr"]
        assert "Vous êtes attendu :\n- Candidat 1 : " in claire and "la lecture depuis" in claire
        assert "Vous êtes attendu" not in denis
        for text in (claire, denis):
            assert "Personne ne répond de : Candidat 2. Nommez qui s’en occupe" in text
            assert "Ouvrir Zevillage : https://zevillage.exemple.fr" in text
            assert "Premiere" not in text and "Second" not in text and "traduction" not in text
        assert run(box, monkeypatch) == 0
        assert len(box.received) == 2  # the second run of the day writes to nobody
        assert run(box, monkeypatch, "2026-05-13") == 0
        assert len(box.received) == 4


def test_what_a_relay_refuses_is_told_and_tried_again(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with mailbox() as box:
        box.refused.add("claire@exemple.fr")
        assert run(box, monkeypatch) == 1
        told = capsys.readouterr()
        assert "1 message parti." in plain(told.out) and "refuse cette adresse" in told.err
        assert "claire" not in told.err
        box.refused.clear()
        assert run(box, monkeypatch) == 0
        assert [to for to, _ in box.received] == [["denis@exemple.fr"], ["claire@exemple.fr"]]


def test_nothing_leaves_without_a_relay_nor_from_the_demonstration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZEVILLAGE_HOME", str(tmp_path))
    assert main(["digest", "--date", DAY]) == 1
    assert "Aucun relais de courriel" in capsys.readouterr().err
    with mailbox() as box:
        assert run(box, monkeypatch) == 0
        assert "démonstration" in capsys.readouterr().out and box.received == []
