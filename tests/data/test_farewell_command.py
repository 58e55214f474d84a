"""`python -m data.privacy daily`, run with a real mail server: told with a link, put away, erased with the papers; and nothing twice."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from analysis.model import LOCAL_ACCOUNT, LOCAL_ACTOR
from data import access, applications, candidacy, privacy
from data.applications import documents, following
from data.opening import open_house
from data.privacy.__main__ import main
from data.register import PersonFields
from data.store import tables
from tests.data.stores import begun_home
from tests.mailbox import mailbox

RECEIVED = dt.date(2024, 5, 20)
TOLD, AWAY, GONE = "2026-05-12", "2026-06-11", "2026-06-25"
PDF = b"%PDF-1.7\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A register with one candidate, who has not been heard of for nearly two years."""
    monkeypatch.setenv("ZEVILLAGE_HOME", str(tmp_path))
    house = open_house(RECEIVED, begun_home(tmp_path))
    change = applications.create(
        house.store, house.territory, applications.by(LOCAL_ACCOUNT), RECEIVED,
        person=PersonFields("Candidate Premiere", "candidate@exemple.fr"),
        fields=applications.DossierFields(received=RECEIVED, trade="traduction"),
    )  # fmt: skip
    hand = applications.by(LOCAL_ACCOUNT)
    documents.add_paper(house.store, hand, RECEIVED, application=change.subject, name="a.pdf", content=PDF)
    house.store.close()
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], day: str) -> str:
    assert main(["daily", "--date", day]) == 0
    return capsys.readouterr().out.replace("\u202f", " ")


def test_told_put_away_erased_with_the_papers_and_nothing_twice(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZEVILLAGE_PUBLIC_URL", "https://zevillage.exemple.fr")
    with mailbox() as box:
        for name, value in box.settings.items():
            monkeypatch.setenv(name, value)
        assert "1 candidat prévenu, 0 mis de côté, 0 effacé. 1 message parti." in said(capsys, TOLD)
        assert "0 candidat prévenu" in said(capsys, TOLD)
        ((to, message),) = box.received
        assert to == ["candidate@exemple.fr"] and "bientôt effacé" in message["Subject"]
        assert "https://zevillage.exemple.fr/suivi?lien=" in box.text() and "traduction" not in box.text()
        assert "0 candidat prévenu, 1 mis de côté, 0 effacé" in said(capsys, AWAY)
        assert len(list((home / "papiers").iterdir())) == 1
        assert "0 mis de côté, 1 effacé" in said(capsys, GONE)
        assert len(box.received) == 1
    assert list((home / "papiers").iterdir()) == []
    store = open_house(dt.date.fromisoformat(GONE)).store
    with store.read() as session:
        assert [each["reason"] for each in privacy.erasures(session)] == ["keeping"]
        assert session.frame(tables.application_document.select())["name"].tolist() == ["Pièce effacée"]
    store.close()


def test_the_candidate_keeps_the_dossier_through_the_link(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, TOLD)
    assert "Aucun relais de courriel" in said(
        capsys, AWAY
    )  # nobody was written to; the list stands on the page
    day = dt.date.fromisoformat(AWAY)
    store = open_house(day).store
    with store.read() as session:
        (application,) = session.connection.execute(tables.application.select()).mappings()
    following.keep(store, applications.candidate(application["id"]), day, application=application["id"])
    with store.read() as session:
        assert (session.get(tables.application, application["id"]) or {})["removed_at"] is None
    link = candidacy.give_follow_link(
        store, LOCAL_ACTOR, application["id"], access.server_secret(store.files)
    )
    assert link
    store.close()
    assert "0 candidat prévenu, 0 mis de côté, 0 effacé" in said(capsys, GONE)


def test_settings_that_contradict_themselves_stop_it_before_anything(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZEVILLAGE_SMTP_HOST", "smtp.exemple.fr")
    assert main(["daily", "--date", TOLD]) == 1
    assert re.search("ZEVILLAGE_MAIL_FROM manque", capsys.readouterr().err)
