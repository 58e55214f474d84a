"""The public form, asked as a phone asks it: from the first step to the acknowledgement, and everything that goes wrong on the way."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from analysis import french
from analysis.applications.clocks import due_day
from analysis.model import SYSTEM_ACTOR
from data import applications, candidacy
from data.packs import SHIPPED
from data.store import tables
from data.territory import load_territory
from tests.mailbox import Mailbox, mailbox
from tests.pages.phone import HOST, Phone
from ui import loading

PROJECT = {
    "project": "Ouvrir un atelier de traduction, et vivre près de la forêt.",
    "arrival_from": "1er septembre 2026",
}
TRADE = {"trade": "traduction", "clients": "Des éditeurs, à Paris et à Genève.", "income": "yes"}
HOUSEHOLD = {"adults": "2", "births": "14/03/2019 et 2.11.22", "agreement": "agreed", "tenure": "rent", "kind": "house",
             "rooms": "4", "office": "yes", "car": "yes", "wishes": "Un jardin."}  # fmt: skip
REACH = {
    "name": "Candidate Premiere",
    "email": "candidate@exemple.fr",
    "phone": "06.00.00.00.00",
    "consent": "yes",
}
STEPS = (PROJECT, TRADE, HOUSEHOLD, REACH)


def started(address: str = "192.0.2.7") -> Phone:
    return Phone(address).post("/candidater", {"action": "start"})


def step(phone: Phone, number: int, typed: dict[str, str]) -> Phone:
    return phone.post("/candidater", {"action": "step", "etape": str(number), **typed})


def filled(phone: Phone, upto: int = 4) -> Phone:
    for number, typed in enumerate(STEPS[:upto], start=1):
        step(phone, number, typed)
    return phone


def number_on(phone: Phone) -> str:
    found = re.search(r'class="number">([\w-]+)<', phone.text)
    assert found is not None
    return found[1]


def follow_link(phone: Phone) -> str:
    found = re.search(r'href="([^"]*/suivi\?lien=[^"]+)"', phone.text)
    assert found is not None
    return html.unescape(found[1])


def test_the_first_page_says_what_is_asked_and_how_to_resume(emptied: Path) -> None:
    page = Phone().get("/candidater")
    assert page.status == 200
    assert "Quatre courtes étapes" in page.words and "Numéro de reprise" in page.words
    assert "Démonstration" not in page.words
    assert len(page.text) < 10_000 and "<script" not in page.text


def test_a_demonstration_says_that_nothing_true_belongs_here(fresh: Path) -> None:
    assert "n’écrivez rien de vrai" in Phone().get("/candidater").words


def test_four_steps_lead_to_the_acknowledgement(emptied: Path) -> None:
    phone = started()
    assert "Étape 1 sur 4" in phone.words
    for number, typed in enumerate(STEPS[:3], start=1):
        assert f"Étape {number + 1} sur 4" in step(phone, number, typed).words
    done = step(phone, 4, REACH)
    assert done.status == 200
    assert "Votre dossier est reçu, le 12/05/2026" in done.words and "La suite" in done.words
    target = load_territory().following.clocks["received"].target
    read_by = " ".join(french.long_date(due_day(dt.date(2026, 5, 12), target)).split())
    assert f"puis il est lu au plus tard le {read_by}" in done.words
    assert "jamais une machine ne refuse un dossier" in done.words
    assert follow_link(done).startswith("http://localhost/suivi?lien=")


def test_a_form_left_half_way_goes_on_on_another_device(emptied: Path) -> None:
    phone = filled(started(), 2)
    number = number_on(phone)
    other = Phone("198.51.100.4")
    other.post("/candidater", {"action": "resume", "numero": number.lower().replace("-", " ")})
    assert "Étape 3 sur 4" in other.words
    assert "près de la forêt" in other.get("/candidater?etape=1").words
    link = re.search(r'class="link">([^<]+)<', other.text)
    assert link is not None
    third = Phone().get(html.unescape(link[1]))
    assert "Étape 3 sur 4" in third.words and "reprise=" not in third.path


def test_what_is_wrong_is_said_where_it_was_typed_and_nothing_is_lost(emptied: Path) -> None:
    phone = filled(started(), 3)
    wrong = step(phone, 4, {**REACH, "email": "candidate exemple,fr", "phone": "O6 00", "consent": ""})
    assert wrong.status == 422 and "3 réponses sont à revoir" in wrong.words
    assert 'value="candidate exemple,fr"' in wrong.text and 'aria-describedby="email-wrong"' in wrong.text
    assert "il manque l’arobase" in wrong.words and "écrivez le chiffre 0" in wrong.words
    again = phone.get("/candidater")
    assert 'value="candidate exemple,fr"' in again.text and 'value="Candidate Premiere"' in again.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"arrival_from": "11/05/2026"}, "est passé"),
        ({"arrival_from": "01/09/2026", "arrival_until": "01/08/2026"}, "doit précéder"),
        ({"arrival_from": "31/02/2027"}, "n’existe pas"),
        ({"arrival_from": "bientôt"}, "n’est pas une date qui se lit"),
        ({"arrival_from": "01/09/2036"}, "dans plus de trois ans"),
        ({"project": "  "}, "Dites en quelques mots"),
    ],
)
def test_days_that_cannot_be_are_refused_clearly(emptied: Path, typed: dict[str, str], said: str) -> None:
    refused = step(started(), 1, {**PROJECT, **typed})
    assert refused.status == 422 and said in refused.words


def test_the_same_is_sent_once(emptied: Path) -> None:
    phone = filled(started())
    link = follow_link(phone)
    again = step(phone, 4, REACH)  # the answer was lost on the way, and the button pressed again
    assert "Votre dossier est reçu" in again.words and "/suivi?lien=" not in again.text
    renewed = phone.post("/candidater", {"action": "link"})
    assert follow_link(renewed) != link
    assert "a été remplacé" in Phone().get(link.removeprefix("http://localhost")).words


def test_a_shared_device_is_left_without_a_trace(emptied: Path) -> None:
    phone = filled(started(), 2)
    phone.post("/candidater", {"action": "quit"})
    assert "Quatre courtes étapes" in phone.get("/candidater").words


def test_a_robot_that_fills_what_nobody_sees_is_told_so(emptied: Path) -> None:
    phone = filled(started(), 1)
    caught = step(phone, 2, {**TRADE, "site_professionnel": "https://spam.example"})
    assert (
        caught.status == 422 and "Laissez ce champ vide" in caught.words and 'class="left"' not in caught.text
    )
    assert "éditeurs, à Paris" in caught.words  # a person whose browser filled it loses nothing
    assert "Étape 3 sur 4" in step(phone, 2, TRADE).words


def test_one_address_asks_too_often_and_another_does_not(emptied: Path) -> None:
    seen = [started("192.0.2.9").status for _ in range(9)]
    assert seen == [200] * 8 + [422]
    assert "attendez une heure" in started("192.0.2.9").words
    assert started("192.0.2.10").status == 200


def test_numbers_cannot_be_tried_one_after_the_other(emptied: Path) -> None:
    robot = Phone("192.0.2.9")
    for _ in range(15):
        robot.post("/candidater", {"action": "resume", "numero": "2222-2222-2222"})
        assert "Aucun dossier en cours" in robot.words
    assert (
        "attendez une heure"
        in robot.post("/candidater", {"action": "resume", "numero": "2222-2222-2223"}).words
    )


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
def test_a_form_of_another_site_changes_nothing(emptied: Path, origin: str) -> None:
    refused = Phone().post("/candidater", {"action": "start"}, origin=origin)
    assert refused.status == 403 and "ne vient pas de cette page" in refused.words


def test_a_novel_is_refused_before_it_is_read(emptied: Path) -> None:
    refused = step(started(), 1, {"project": "a" * 70_000})
    assert refused.status == 413 and "trop long" in refused.words


def test_hostile_text_stays_text(emptied: Path) -> None:
    phone = started()
    hostile = "<script>alert(1)</script>\"' onfocus=alert(1) {{1/0}} \u202egnp.exe"
    step(phone, 1, {**PROJECT, "arrival_from": hostile, "project": hostile})
    assert "<script>alert" not in phone.text and "&lt;script&gt;" in phone.text
    assert step(phone, 1, {**PROJECT, "project": hostile}).status == 200


def test_an_answer_that_no_list_offers_is_refused(emptied: Path) -> None:
    refused = step(filled(started(), 2), 3, {**HOUSEHOLD, "commune": "75056"})
    assert refused.status == 422 and "Choisissez une réponse de la liste" in refused.words


def test_the_wishes_are_those_of_the_territory_on_show(emptied: Path) -> None:
    page = filled(started(), 2)
    for name in load_territory().names:
        assert name in html.unescape(page.text)


def test_on_a_second_territory_the_form_and_the_follow_up_page_are_its_own(elsewhere_emptied: Path) -> None:
    here, territory = loading.store(), loading.territory()
    assert "dans le territoire Ailleurs" in Phone().get("/candidater").words
    phone = filled(started(), 2)
    assert "Agneaux" not in phone.words and "Essay" not in phone.words
    for name in territory.name_of.values():
        assert name in html.unescape(phone.text)
    refused = step(phone, 3, {**HOUSEHOLD, "commune": load_territory(SHIPPED.territory).codes[0]})
    assert refused.status == 422 and "Choisissez une réponse de la liste" in refused.words
    step(phone, 3, {**HOUSEHOLD, "commune": "50147"})
    done = step(phone, 4, REACH)
    read_by = " ".join(french.long_date(due_day(dt.date(2026, 5, 12), 1)).split())
    assert f"puis il est lu au plus tard le {read_by}" in done.words
    with here.read() as session:
        (waiting,) = candidacy.held(session, "real")
    candidacy.take_in(here, territory, dt.date(2026, 5, 12), waiting.id)
    with here.read() as session:
        found = applications.dossier(session, waiting.id, "")
    assert found is not None and found.wishes == ("50147",)
    follow = Phone().get(follow_link(done).removeprefix(HOST))
    assert "il attend d’être lu" in follow.words and "12/05/2026" in follow.words


def test_on_a_second_territory_the_demonstration_says_so_too(elsewhere: Path) -> None:
    assert "n’écrivez rien de vrai" in Phone().get("/candidater").words


def test_every_question_is_drawn_and_kept(emptied: Path) -> None:
    phone = filled(started(), 3)
    for each in candidacy.STEPS:
        page = phone.get(f"/candidater?etape={each.number}")
        for question in each.questions:
            assert f'name="{question.name}"' in page.text and f'for="{question.name}"' in page.text
    store = loading.store()
    with store.read() as session:
        number = candidacy.read_number(number_on(phone))
        draft = candidacy.resume(session, number, store.clock())
    assert draft.answers["births"] == HOUSEHOLD["births"] and draft.step == 3


# -- with a mail server ----------------------------------------------------------------------------------------


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A relay in the settings, and the address by which others reach this server."""
    with mailbox() as box:
        for name, value in box.settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("ZEVILLAGE_PUBLIC_URL", HOST)
        yield box


def code_in(box: Mailbox) -> str:
    found = re.search(r"Votre code : (\d{3} \d{3})", box.text().replace("\u202f", " "))
    assert found is not None
    return found[1]


def unhurried() -> None:
    """As if the form had been begun some minutes ago."""
    with loading.store().note(SYSTEM_ACTOR) as session:
        session.connection.execute(update(tables.candidacy).values(created_at="2026-01-01T08:00:00.000Z"))


def test_a_code_confirms_the_address_and_the_dossier_is_there_at_once(emptied: Path, post: Mailbox) -> None:
    phone = filled(started())
    assert "Un code de six chiffres est parti à candidate@exemple.fr" in phone.words
    assert post.received[0][0] == ["candidate@exemple.fr"]
    unhurried()
    assert "Ce n’est pas le code" in phone.post("/candidater", {"action": "confirm", "code": "12"}).words
    done = phone.post("/candidater", {"action": "confirm", "code": code_in(post)})
    assert "Votre dossier est lu" in done.words and "Il est aussi dans le message" in done.words
    with loading.store().read() as session:
        assert len(session.frame(select(tables.application))) == 1
    link = follow_link(done)
    letter = post.text()
    assert link in letter and "La suite" in letter
    # An e-mail is a postcard: nothing of the dossier is in it.
    assert not any(word in letter for word in ("traduction", "Premiere", "forêt", "éditeurs"))
    assert "il attend d’être lu" in Phone().get(link.removeprefix(HOST)).words


def test_without_the_code_it_waits_for_a_coordinator_and_no_message_follows(
    emptied: Path, post: Mailbox
) -> None:
    phone = filled(started())
    unhurried()
    done = phone.post("/candidater", {"action": "send"})
    assert "Un animateur vérifie" in done.words and len(post.received) == 1
    with loading.store().read() as session:
        (waiting,) = candidacy.held(session, "real")
        assert waiting.why == "adresse non confirmée" and session.frame(select(tables.application)).empty


def test_a_relay_that_fails_loses_nothing(emptied: Path, post: Mailbox) -> None:
    post.refused.add("candidate@exemple.fr")
    phone = filled(started())
    assert phone.status == 503 and "le relais refuse cette adresse" in phone.words
    assert "Votre dossier est reçu" in phone.post("/candidater", {"action": "send"}).words


def test_nobodys_mailbox_is_filled(emptied: Path, post: Mailbox) -> None:
    phone = filled(started())
    for _ in range(8):
        phone.post("/candidater", {"action": "code"})
    assert "Trop de demandes" in phone.words and len(post.received) == 6


def test_a_telephone_alone_needs_no_code(emptied: Path, post: Mailbox) -> None:
    phone = filled(started(), 3)
    done = step(phone, 4, {**REACH, "email": ""})
    assert "Votre dossier est reçu" in done.words and post.received == []
