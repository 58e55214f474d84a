"""The follow-up page, asked as a candidate's phone asks it: what it tells, what can be done on it, and the links that lead nowhere."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from PIL import Image

from analysis.model import LOCAL_ACCOUNT, LOCAL_ACTOR
from data import access, applications, candidacy
from data.applications import documents
from data.register import PersonFields
from data.store import Store, tables
from data.territory import load_territory
from tests.pages.phone import HOST, Phone
from tests.pages.test_candidater import filled, follow_link, started
from ui import loading

TODAY = dt.date(2026, 5, 12)
SECRET_NOTE = "Un avis qui ne regarde que les animateurs."


def dossier() -> tuple[Store, str]:
    """A dossier received through the form and taken in by a coordinator."""
    filled(started())
    store = loading.store()
    with store.read() as session:
        (waiting,) = candidacy.held(session, "real")
    return store, candidacy.take_in(store, load_territory(), TODAY, waiting.id)


def link_of(store: Store, application: str) -> str:
    return candidacy.give_follow_link(store, LOCAL_ACTOR, application, access.server_secret(store.files))


def opened(store: Store, application: str) -> Phone:
    return Phone().get(f"/suivi?lien={link_of(store, application)}")


def paper(phone: Phone, name: str, content: bytes) -> Phone:
    return phone.post("/suivi", {"action": "paper"}, files={"piece": (name, content, "application/pdf")})


def picture(fmt: str = "JPEG", **more: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(made, fmt, **more)
    return made.getvalue()


PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def test_before_anybody_looked_it_says_so_and_can_be_taken_back_whole(emptied: Path) -> None:
    phone = Phone().get(follow_link(filled(started())).removeprefix(HOST))
    assert phone.status == 200 and "Un animateur vérifie" in phone.words and phone.path == "/suivi"
    assert "cochez la case" in phone.post("/suivi", {"action": "forget"}).words
    gone = phone.post("/suivi", {"action": "forget", "confirm": "yes"})
    assert "il n’en reste rien" in gone.words
    assert "le dossier a été effacé" in phone.get("/suivi").words
    with loading.store().read() as session:
        assert (
            session.frame(tables.candidacy.select()).empty
            and session.frame(tables.follow_link.select()).empty
        )


def test_the_link_of_the_acknowledgement_goes_on_to_the_dossier(emptied: Path) -> None:
    link = follow_link(filled(started())).removeprefix(HOST)
    store = loading.store()
    with store.read() as session:
        (waiting,) = candidacy.held(session, "real")
    assert waiting.why == "rempli en moins de dix secondes : peut-être un robot"
    application = candidacy.take_in(store, load_territory(), TODAY, waiting.id)
    assert candidacy.take_in(store, load_territory(), TODAY, waiting.id) == application  # twice is once
    page = Phone().get(link)
    assert "il attend d’être lu" in page.words
    with store.read() as session:
        assert candidacy.held(session, "real") == []
        found = applications.dossier(session, application, LOCAL_ACTOR.id)
        kept = session.get(tables.candidacy, waiting.id) or {}
    assert found is not None and kept["answers"] is None
    assert (found.name, found.trade, found.channel) == ("Candidate Premiere", "traduction", "form")
    assert found.received == TODAY and found.planned_arrival == dt.date(2026, 9, 1)
    assert found.household["births"] == ["2019-03-14", "2022-11-02"] and found.household_size == 4
    assert found.needs == {"tenure": "rent", "kind": "house", "rooms": 4, "office": True}
    assert "Un jardin." in found.history[0].entry.note


def test_each_step_is_told_with_its_day_and_no_word_of_anybody(emptied: Path) -> None:
    store, application = dossier()
    hand = applications.by(LOCAL_ACCOUNT)
    applications.move(store, hand, TODAY, application=application, step="read", note=SECRET_NOTE)
    page = opened(store, application)
    assert "une rencontre va vous être proposée" in page.words
    assert page.words.count("12/05/2026 :") == 2 and SECRET_NOTE not in page.text


def test_a_message_and_a_withdrawal_are_the_candidates_own(emptied: Path) -> None:
    store, application = dossier()
    phone = opened(store, application)
    assert (
        "message est reçu"
        in phone.post("/suivi", {"action": "write", "message": "J’ai trouvé un client de plus."}).words
    )
    assert "Écrivez une note" in phone.post("/suivi", {"action": "write", "message": " "}).words
    assert "cochez la case" in phone.post("/suivi", {"action": "withdraw", "reason": "family"}).words
    done = phone.post("/suivi", {"action": "withdraw", "reason": "family", "confirm": "yes"})
    assert "Votre dossier est retiré" in done.words and "Retirer mon dossier" not in done.text
    with store.read() as session:
        found = applications.dossier(session, application, LOCAL_ACTOR.id)
        person = session.get(tables.person, found.person) if found else None
    assert found is not None and (found.state.step, found.state.reason) == ("withdrawn", "family")
    assert [line.author for line in found.history] == ["le candidat (par son lien)"] * 3
    assert person is not None and person["last_contact"] == TODAY


def test_an_erasure_that_is_asked_for_waits_for_a_coordinator(emptied: Path) -> None:
    store, application = dossier()
    phone = opened(store, application)
    phone.post("/suivi", {"action": "erase", "confirm": "yes"})
    assert "demande d’effacement est notée" in phone.words
    with store.read() as session:
        row = session.get(tables.application, application) or {}
    assert row["erasure_asked"] == TODAY


@pytest.mark.parametrize("spoil", ["shorter", "altered", "another", "none"])
def test_a_link_that_is_none_leads_nowhere_and_says_why(emptied: Path, spoil: str) -> None:
    store, application = dossier()
    link = link_of(store, application)
    other = "B" if link[0] == "A" else "A"
    spoilt = {"shorter": link[:-3], "altered": other + link[1:], "another": "a.b", "none": ""}[spoil]
    page = Phone().get(f"/suivi?lien={spoilt}")
    assert page.status == 403 and ("pas valable" in page.words or "par le lien de suivi" in page.words)


def test_links_end_when_replaced_revoked_expired_and_erased(emptied: Path) -> None:
    from data import privacy

    store, application = dossier()
    old, new = link_of(store, application), link_of(store, application)
    assert "remplacé ou révoqué" in Phone().get(f"/suivi?lien={old}").words
    phone = Phone().get(f"/suivi?lien={new}")
    assert phone.status == 200
    with store.note(LOCAL_ACTOR) as session:
        session.connection.execute(
            tables.follow_link.update().where(tables.follow_link.c.revoked_at.is_(None)).values(expires_at="2020-01-01T00:00:00.000Z")
        )  # fmt: skip
    assert "a expiré" in phone.get("/suivi").words
    last = Phone().get(f"/suivi?lien={link_of(store, application)}")
    with store.read() as session:
        person = (session.get(tables.application, application) or {})["person"]
    privacy.erase(store, LOCAL_ACTOR, [person])
    assert "ont été effacées" in last.get("/suivi").words or "révoqué" in last.words


def test_the_database_does_not_hold_what_a_link_carries(emptied: Path) -> None:
    store, application = dossier()
    link = link_of(store, application)
    kept = b"".join(path.read_bytes() for path in store.home.glob("zevillage.db*"))
    assert link.encode() not in kept and link.split(".")[0].encode() not in kept


def test_a_paper_is_kept_outside_what_is_served_and_given_back(emptied: Path) -> None:
    store, application = dossier()
    phone = opened(store, application)
    assert "Ni relevé bancaire, ni carte Vitale" in phone.words
    assert (
        "pièce est reçue" in paper(phone, "Kbis été 2026.pdf", PDF).words
        and "Kbis été 2026.pdf (PDF" in phone.words
    )
    with store.read() as session:
        found = applications.dossier(session, application, LOCAL_ACTOR.id)
        assert found is not None
        given = documents.read_paper(session, store, found.documents[0].id, LOCAL_ACTOR.id)
    assert (given.name, given.kind, given.content) == ("Kbis été 2026.pdf", "application/pdf", PDF)
    (kept,) = (store.home / "papiers").iterdir()
    assert kept.read_bytes() == PDF and kept.name == found.documents[0].checksum
    assert Phone().get(f"/app/static/{kept.name}").status == 404


def test_a_photo_loses_where_it_was_taken_and_what_hides_behind_it(emptied: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Laleu, 48.5 N"
    content = picture(exif=exif.tobytes()) + b"PK\x03\x04hidden"
    kept = documents.checked_paper("atelier.JPG", content)
    assert kept.name == "atelier.jpg" and b"Laleu" in content and b"Laleu" not in kept.content
    assert b"PK\x03\x04" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as again:
        assert again.size == (40, 30)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("projet.zip", b"PK\x03\x04rest", "archive"),
        ("projet.pdf", b"PK\x03\x04rest", "archive"),
        ("projet.docx", b"PK\x03\x04word/", "archive"),
        ("projet.pdf", PDF + b"PK\x05\x06" + b"\0" * 18, "cache une archive"),
        ("projet.pdf", PDF[:-6], "incomplet"),
        ("projet.pdf", PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript>>"), "programme"),
        ("projet.pdf", b"MZ\x90\x00 a program", "ni un PDF"),
        ("projet.pdf", b"<html><script>alert(1)</script>", "ni un PDF"),
        ("projet.pdf", b"", "vide"),
        ("projet.exe", PDF, "ne porte pas le nom"),
        ("photo.jpg", PDF, "ne porte pas le nom"),
        ("photo.jpg", picture()[:200], "abîmée"),
        ("../../etc/passwd.pdf", PDF, "un chemin"),
        ("/etc/passwd", PDF, "un chemin"),
        ("fdp.\u202egnp.exe", PDF, "signes invisibles"),
        ("a" * 200 + ".pdf", PDF, "120 caractères"),
        ("Relevé_bancaire mai.pdf", PDF, "un relevé bancaire"),
        ("carte-vitale.jpg", picture(), "une carte de santé"),
        ("Photo d'identité.png", picture("PNG"), "une photo d’identité"),
        ("jugement divorce.pdf", PDF, "un jugement de divorce"),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_refused_with_what_to_do(
    emptied: Path, name: str, content: bytes, said: str
) -> None:
    store, application = dossier()
    refused = paper(opened(store, application), name, content)
    assert refused.status == 422 and said in refused.words, refused.words
    assert not (store.home / "papiers").exists()


def test_a_paper_too_large_is_refused_before_it_is_read(emptied: Path) -> None:
    store, application = dossier()
    refused = paper(opened(store, application), "gros.pdf", b"%PDF-" + b"0" * (9 * 1024 * 1024))
    assert refused.status == 413 and "8 Mo" in refused.words


def test_a_dossier_holds_twelve_papers(emptied: Path) -> None:
    store, application = dossier()
    hand = applications.candidate(application)
    for number in range(documents.PAPERS_MOST):
        documents.add_paper(store, hand, TODAY, application=application, name=f"{number}.pdf", content=PDF)
    assert "déjà 12 pièces" in paper(opened(store, application), "encore.pdf", PDF).words


def test_another_candidates_dossier_is_not_written_in(emptied: Path) -> None:
    store, application = dossier()
    change = applications.create(
        store, load_territory(), applications.by(LOCAL_ACCOUNT), TODAY,
        person=PersonFields("Autre Personne"), fields=applications.DossierFields(received=TODAY, trade="graphisme"),
    )  # fmt: skip
    with pytest.raises(ValueError, match="n'ouvre pas ce dossier"):
        documents.add_paper(
            store, applications.candidate(application), TODAY, application=change.subject, name="a.pdf", content=PDF
        )  # fmt: skip
