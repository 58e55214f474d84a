"""Candidacies that wait for a coordinator: told on the home page, looked at on the register's page, taken in or set aside."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from analysis.model import LOCAL_ACCOUNT
from data import applications, candidacy
from data.applications import documents, following
from data.store import tables
from data.territory import load_territory
from tests.pages.screens import Open, words
from tests.pages.test_candidater import filled, started
from ui import loading

TODAY = dt.date(2026, 5, 12)


def sent() -> str:
    filled(started())
    with loading.store().read() as session:
        (waiting,) = candidacy.held(session, loading.store().network_origin())
    return waiting.id


def links(screen: AppTest) -> list[str]:
    return [element.proto.label for element in screen.get("page_link")]


def test_where_nothing_waits_the_way_to_the_form_is_told(emptied: Path, open_page: Open) -> None:
    text = words(open_page("registre", onglet="candidatures"))
    assert "Aucune candidature n’attend" in text and "Envoyer un dossier pour s’installer" in text
    assert not any("à vérifier" in link for link in links(open_page("accueil")))


def test_what_was_typed_is_shown_and_becomes_a_dossier_in_one_click(emptied: Path, open_page: Open) -> None:
    key = sent()
    assert "1 candidature à vérifier" in links(open_page("accueil"))
    screen = open_page("registre", onglet="candidatures")
    text = words(screen)
    assert "1 candidature attend" in text and "peut-être un robot" in screen.expander[0].label
    for shown in (
        "traduction",
        "Des éditeurs, à Paris et à Genève.",
        "Oui, entièrement",
        "À louer",
        "06.00.00.00.00",
    ):
        assert shown.lower() in text.lower(), shown
    screen.button(key=f"candidatures:take:{key}").click().run()
    assert "Le dossier est pris" in words(screen) and "Aucune candidature n’attend" in words(screen)
    with loading.store().read() as session:
        assert (session.get(tables.application, key) or {})["received"] == TODAY
        kinds = session.connection.execute(select(tables.access_log.c.kind)).scalars().all()
    assert "list" in kinds


def test_one_that_is_none_is_set_aside_and_leaves_nothing(emptied: Path, open_page: Open) -> None:
    key = sent()
    screen = open_page("registre", onglet="candidatures")
    screen.button(key=f"candidatures:aside:{key}").click().run()
    assert "écartée" in words(screen)
    with loading.store().read() as session:
        assert (session.get(tables.candidacy, key) or {})["answers"] is None


def test_two_coordinators_on_one_candidacy_the_second_is_told(emptied: Path, open_page: Open) -> None:
    key = sent()
    first, second = open_page("registre", onglet="candidatures"), open_page("registre", onglet="candidatures")
    first.button(key=f"candidatures:aside:{key}").click().run()
    second.button(key=f"candidatures:take:{key}").click().run()
    assert "quelqu’un l’a écartée" in words(second)


def test_a_demonstration_has_its_own(fresh: Path, open_page: Open) -> None:
    key = sent()
    screen = open_page("registre", onglet="candidatures")
    screen.button(key=f"candidatures:take:{key}").click().run()
    with loading.store().read() as session:
        assert (session.get(tables.application, key) or {})["origin"] == "demo"
    assert loading.store().network_origin() == "demo"


def test_a_dossiers_page_gives_its_papers_and_the_candidates_link(emptied: Path, open_page: Open) -> None:
    key = sent()
    store = loading.store()
    candidacy.take_in(store, load_territory(), TODAY, key)
    hand = applications.by(LOCAL_ACCOUNT)
    documents.add_paper(store, hand, TODAY, application=key, name="Kbis.pdf", content=b"%PDF-1.7\n%%EOF\n")
    following.ask_erasure(store, hand, TODAY, application=key)
    screen = open_page("dossiers", dossier=key)
    text = words(screen)
    assert "Kbis.pdf" in text and "Ni relevé bancaire" in text and "a demandé l’effacement" in text
    assert "Le candidat a un lien de suivi" in text
    (paper,) = [b for b in screen.get("download_button") if b.proto.label == "Télécharger"]
    assert paper is not None
    screen.button(key=f"candidatures:link:{key}").click().run()
    assert "/suivi?lien=" in screen.code[0].value
    (out,) = [b for b in screen.button if b.label == "Retirer" and str(b.key).startswith("candidatures:out:")]
    out.click().run()
    assert "La pièce est retirée" in words(screen) and "Kbis.pdf" not in words(screen)
