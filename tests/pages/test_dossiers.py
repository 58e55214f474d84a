"""The page of the dossiers: filled, empty, on a second territory; a dossier moved, signed, refused in words."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from analysis.applications.steps import Party
from analysis.model import LOCAL_ACCOUNT, LOCAL_ACTOR, Actor, Audience
from data import applications, register
from data.applications import documents
from data.register import SEPARATE, PersonFields
from data.store import tables
from tests.pages.screens import Open
from tests.pages.screens import words as raw_words
from ui import clock, loading
from ui.applications.controls import SECTIONS


def words(screen: AppTest) -> str:
    """What is read on the screen, with plain blanks and apostrophes."""
    return html.unescape(raw_words(screen)).replace("’", "'").replace("\u202f", " ")


def click(screen: AppTest, label: str) -> AppTest:
    next(button for button in screen.button if button.label == label).click()
    screen.run()
    assert [e.message for e in screen.exception] == []
    return screen


def a_dossier(*steps: str) -> str:
    """A demonstration's dossier that stands at one of `steps`."""
    with loading.store().read() as session:
        board = applications.dossiers(session, "demo")
    return str(board[board["status"].isin(steps)]["application"].iloc[0])


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_answers_its_question_and_is_marked(open_page: Open, section: str) -> None:
    text = words(open_page("dossiers", section=section))
    assert SECTIONS[section][1].replace("’", "'") in text
    assert "Démonstration</strong>" in text


@pytest.mark.parametrize("section", SECTIONS)
def test_an_empty_register_says_so(emptied: Path, open_page: Open, section: str) -> None:
    text = words(open_page("dossiers", section=section))
    assert SECTIONS[section][1].replace("’", "'") in text
    assert "Candidat" not in text


@pytest.mark.parametrize("section", SECTIONS)
def test_on_a_second_territory(elsewhere: Path, open_page: Open, section: str) -> None:
    text = words(open_page("dossiers", section=section))
    assert SECTIONS[section][1].replace("’", "'") in text
    assert "Essay" not in text


def test_a_dossier_is_opened_noted_and_undone(fresh: Path, open_page: Open) -> None:
    one = a_dossier("received", "read", "met", "accepted")
    screen = open_page("dossiers", dossier=one)
    assert "Historique" in words(screen)
    area = next(each for each in screen.text_area if each.label == "Noter quelque chose")
    area.set_value("Rappeler <b>lundi</b>")
    click(screen, "Ajouter la note")
    assert "C'est fait. Note d'un dossier" in words(screen)
    assert "&lt;b&gt;lundi" in raw_words(screen)
    click(screen, "Annuler")
    assert "annulé par Profil local" in words(screen)


def test_a_dossier_that_is_not_there_is_told(open_page: Open) -> None:
    assert "n'est plus là" in words(open_page("dossiers", dossier="nobody"))


def test_a_new_dossier_is_typed_once_and_its_draft_found_again(emptied: Path, open_page: Open) -> None:
    screen = open_page("dossiers", section="nouveau")
    next(each for each in screen.text_input if each.label == "Métier").set_value("traduction")
    click(screen, "Garder le brouillon")
    again = open_page("dossiers", section="nouveau")
    assert next(each for each in again.text_input if each.label == "Métier").value == "traduction"
    next(each for each in again.text_input if each.label == "Adresse électronique").set_value("x@")
    click(again, "Enregistrer le dossier")
    assert "n'est pas une adresse électronique" in words(again)
    next(each for each in again.text_input if each.label == "Adresse électronique").set_value("a@exemple.fr")
    click(again, "Enregistrer le dossier")
    assert "C'est fait. Nouveau dossier" in words(again)
    with loading.store().read() as session:
        board = applications.dossiers(session, "real")
        assert applications.draft(session, actor=f"{LOCAL_ACCOUNT.id}:real") is None
    assert board[["trade", "status"]].to_numpy().tolist() == [["traduction", "received"]]


def test_the_funnel_stands_beside_what_was_published(open_page: Open) -> None:
    text = words(open_page("dossiers", section="entonnoir"))
    assert "Publié (" in text
    assert "6 sur 150 (4,0 % ; intervalle de confiance à 95 % : 1,8 % à 8,5 %)" in text
    # Agreement by criterion, and of one criterion year after year.
    by_year = text.partition("Accord au fil du temps : le projet")[2]
    assert re.search(r"Année de la seconde signature.*2026", by_year, re.DOTALL)


def test_one_question_of_the_funnel_is_open_and_all_are_drawn(open_page: Open) -> None:
    screen = open_page("dossiers", section="entonnoir", question="durees")
    assert screen.segmented_control(key="dossiers:question").value == "durees"
    heads = [each.value.replace("\u202f", " ") for each in screen.subheader]
    assert heads[1:] == [
        "Jusqu’où vont-ils ?",
        "Selon l’année, l’origine, le métier",
        "En combien de temps ?",
        "Pourquoi cela s’arrête",
        "Répondons-nous à temps ?",
        "Les deux signatures sont-elles d’accord ?",
    ]
    # A click leaves what the others were set to.
    screen.selectbox(key="dossiers:funnel:step").set_value("met").run()
    screen.segmented_control(key="dossiers:question").set_value("raisons").run()
    assert screen.selectbox(key="dossiers:funnel:step").value == "met"
    assert "raisons" in screen.query_params["question"]


def test_one_cohort_alone_is_counted_throughout(open_page: Open) -> None:
    """Steps, times, ends, reasons and reactivity of the dossiers of one year, trade or origin: what is published is beside all of them."""
    screen = open_page("dossiers", section="entonnoir")
    count = next(box for box in screen.selectbox if box.label == "Compter")
    assert count.options[:2] == ["Tous les dossiers", "2004"]
    with loading.store().read() as session:
        board = applications.dossiers(session, "demo")
    count.set_value("2007").run()
    received = int((board["received"].dt.year == 2007).sum())
    text = words(screen)
    assert "Publié (" not in text and f"Dans « Reçu », sur {received} dossiers" in text
    assert re.search(r"2007 : \d+ dossiers? en cours ; installés", text)
    screen.segmented_control(key="dossiers:funnel:by").set_value("trade").run()
    trade = str(board["trade"].iloc[0])
    next(box for box in screen.selectbox if box.label == "Compter").set_value(trade).run()
    assert f"Dans « Reçu », sur {int((board['trade'] == trade).sum())} dossiers" in words(screen)


def test_nothing_published_elsewhere_is_borrowed(elsewhere: Path, open_page: Open) -> None:
    text = words(open_page("dossiers", section="entonnoir"))
    assert "Publié (" not in text
    assert "installés, parmi les décidés" in text


@pytest.fixture
def settled(fresh: Path) -> str:
    """A dossier of the demonstration that settled and is no member yet."""
    store = loading.store()
    with store.write(LOCAL_ACTOR) as session:
        table = tables.application
        one = session.connection.execute(
            select(table.c.id).where(table.c.status == "housed", table.c.member.is_(None))
        ).scalars().first()  # fmt: skip
    assert one is not None
    applications.move(store, applications.by(LOCAL_ACCOUNT), clock.today(), application=one, step="settled")
    return str(one)


def test_a_settled_dossier_becomes_a_member_and_is_received(settled: str, open_page: Open) -> None:
    screen = open_page("dossiers", dossier=settled)
    click(screen, "En faire un membre")
    assert "sans l'avoir accepté" in words(screen)
    next(each for each in screen.checkbox if "l’accepte" in each.label).check()
    click(screen, "En faire un membre")
    assert "nouveau membre" in words(screen)
    next(each for each in screen.text_input if each.label == "Heure").set_value("18:30")
    next(each for each in screen.date_input if each.label == "Jour").set_value(clock.today())
    click(screen, "Enregistrer la réception")
    invitation = next(each for each in screen.text_area if each.label == "Invitation à copier").value
    assert "Mardi 12 mai 2026 à 18 h 30, " in " ".join(str(invitation).split())
    assert "La réception est fixée au 12/05/2026" in words(screen)
    offered = [each.proto.label for each in screen.get("download_button")]
    assert offered == ["Invitation (PDF)", "Ses données (JSON)", "Ses données (PDF)"]
    next(each for each in screen.text_area if each.label == "Compte rendu, après").set_value(
        "Vingt personnes."
    )
    click(screen, "Enregistrer la réception")
    assert "est un événement du réseau" in words(screen) and "Installé → Accueilli" in words(screen)
    with loading.store().read() as session:
        found = applications.dossier(session, settled, "")
    assert found is not None
    assert found.member is not None


def test_a_sponsor_is_named_with_the_day_of_the_agreement(fresh: Path, open_page: Open) -> None:
    screen = open_page("dossiers", dossier=a_dossier("window_planned"))
    assert "Demandez à un membre s'il accepte" in words(screen)
    choice = next(each for each in screen.selectbox if each.label.startswith("Membre ("))
    choice.set_value(following_sponsors()[0])
    click(screen, "Nommer le parrain")
    assert "sans l'avoir accepté" in words(screen)
    next(each for each in screen.date_input if each.label.startswith("A accepté")).set_value(clock.today())
    click(screen, "Nommer le parrain")
    assert "d'accord pour l'être depuis le 12/05/2026" in words(screen)


def following_sponsors() -> list[str]:
    with loading.store().read() as session:
        return [each.member for each in applications.sponsors(session, "demo", clock.today())]


def test_two_at_once_choose_field_by_field_and_nothing_is_lost(emptied: Path, open_page: Open) -> None:
    store, hand = loading.store(), applications.by(LOCAL_ACCOUNT)
    fields = applications.DossierFields(received=clock.today(), trade="web", project="Un site.")
    made = applications.create(store, loading.territory(), hand, clock.today(), fields=fields)
    screen = open_page("dossiers", dossier=made.subject)
    theirs = replace(fields, trade="graphisme", clients="À Caen.")
    applications.change(
        store, loading.territory(), hand, clock.today(), application=made.subject, fields=theirs
    )
    next(each for each in screen.text_input if each.label == "Métier").set_value("conseil")
    next(each for each in screen.text_area if each.label == "Projet").set_value("Deux sites.")
    click(screen, "Enregistrer la correction")
    text = words(screen)
    assert "vient d'être modifié ailleurs" in text and "Clients : À Caen." in text
    assert next(each for each in screen.text_area if each.label == "Clients").value == "À Caen."
    (choice,) = [each for each in screen.radio if "laquelle garder" in each.label]
    assert choice.label.startswith("Métier") and choice.value == "mine"
    choice.set_value("theirs").run()
    assert next(each for each in screen.text_input if each.label == "Métier").value == "graphisme"
    click(screen, "Enregistrer la correction")
    assert "C'est fait. Dossier corrigé" in words(screen)
    assert "la sienne écartée (« conseil »)" in words(screen)
    with store.read() as session:
        now = applications.dossier(session, made.subject, LOCAL_ACCOUNT.id)
    assert now is not None
    assert (now.trade, now.project, now.clients) == ("graphisme", "Deux sites.", "À Caen.")


def test_one_signs_blind_and_reads_nothing_of_the_other(fresh: Path, open_page: Open) -> None:
    with loading.store().read() as session:
        waiting = applications.signatures(session, "demo")
    one = next(each for each, signed in waiting.items() if len(signed) == 1)
    founder = applications.Hand(
        Actor("demo:founder", "Coordinateur 1", Audience.ANIMATEUR), Party.COORDINATOR
    )
    for hand, name in ((founder, "Je refuse.pdf"), (applications.candidate(one), "Kbis.pdf")):
        documents.add_paper(
            loading.store(), hand, clock.today(), application=one, name=name, content=b"%PDF-1.7\n%%EOF\n"
        )
    text = words(open_page("dossiers", dossier=one))
    assert "Fondateur : signé" in text
    assert "Remarque de démonstration" not in text
    assert "Pièce visible après les deux signatures" in text and "ajoutée par Coordinateur 1 (dém" in text
    assert "Je refuse" not in text and "Kbis.pdf" in text
    assert "une pièce que vous ajoutez n'est lue que par vous" in text
    both = next(each for each, signed in waiting.items() if len(signed) == 2)
    text = words(open_page("dossiers", dossier=both))
    assert "Remarque de démonstration" in text
    assert "Les deux grilles" in text


def test_a_possible_double_is_judged_by_a_person(emptied: Path, open_page: Open) -> None:
    store, hand = loading.store(), applications.by(LOCAL_ACCOUNT)
    fields = applications.DossierFields(received=clock.today(), trade="web", wishes=("Essay",))
    one, _ = (
        applications.create(
            store, loading.territory(), hand, clock.today(),
            person=PersonFields("Jean Canari"), fields=fields, same_as=SEPARATE,
        ).subject
        for _ in range(2)
    )  # fmt: skip
    assert "Peut-être le même dossier (1)" in words(open_page("dossiers"))
    screen = open_page("dossiers", dossier=one)
    text = words(screen)
    assert "métier nouveau" in text and "Une annonce de logement : aucun lieu dans le territoire" in text
    assert (
        "Un médecin : pas encore importé." in text and "ni école ni garde d'enfants ne sont cherchées" in text
    )
    click(screen, "Ce sont deux dossiers")
    assert "C'est fait. Double de dossiers jugé" in words(screen)
    assert "Peut-être le même" not in words(open_page("dossiers"))


def test_the_network_shows_a_first_reception_without_hours(emptied: Path, open_page: Open) -> None:
    store, hand, today = loading.store(), applications.by(LOCAL_ACCOUNT), clock.today()
    fields = register.EventFields("reception", today, "Réception d’un nouvel arrivant", "Essay")
    register.add_event(store, loading.territory(), hand.actor, today, origin="real", fields=fields)
    assert "Réception d'un nouvel arrivant" in words(open_page("reseau", section="evenements"))
