"""The eight days, played through: a dossier accepted, its window open, a call, the town hall's link on a phone that loses its connection,
a dwelling chosen, the household housed, the reception.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from data import applications, register
from data.store import Store, open_store
from data.territory import load_territory
from tests.browser.harness import Served, serve, settle
from tests.browser.test_registre import choose, click, done
from tests.data.applications.hands import FIELDS, people, receive, walk

TODAY = dt.date(2026, 5, 12)


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application on a Tuesday at half past ten, when town halls answer."""
    with serve(tmp_path_factory.mktemp("home"), environ={"ZEVILLAGE_TODAY": f"{TODAY}T10:30"}) as served:
        yield served


def accepted(store: Store) -> str:
    """A dossier that both assessors signed, arriving in six days, that needs a rented dwelling of four rooms."""
    hands = people(store)
    fields = dataclasses.replace(
        FIELDS, wishes=("Barville",), planned_arrival=TODAY + dt.timedelta(days=6),
        needs={"tenure": "rent", "rooms": 4, "max_rent": 700},
    )  # fmt: skip
    dossier = receive(store, load_territory(), applications.by(hands["ann"]), fields=fields)
    walk(store, hands, dossier, "read", "met", "accepted")
    return dossier


def at(page: Page, served: Served, path: str) -> None:
    page.goto(served.url + path)
    settle(page)


def test_from_an_accepted_dossier_to_the_reception(morning: Served, browser: Browser) -> None:
    store = open_store(morning.log.parent)
    dossier = accepted(store)
    page = browser.new_context(viewport={"width": 1366, "height": 900}, locale="fr-FR").new_page()

    at(page, morning, "/veille?section=fenetres")
    expect(page.get_by_text("Ouverte J-6")).to_be_visible()

    at(page, morning, "/veille")
    first = page.locator(".st-key-veille-appel-1")
    expect(first).to_contain_text("1 foyer cherche ici, première arrivée dans 6 jours")
    first.get_by_role("button", name="Rien de nouveau").click()
    done(page, "Appel de la veille")
    with store.read() as session:
        (hall,) = register.contacts(session, "real")
    assert hall["kind"] == "mairie"

    at(page, morning, "/administration?section=liens")
    choose(page, "Correspondant", hall["label"][:12])
    click(page, "Faire le lien")
    link = page.locator("code", has_text="/signaler?lien=").inner_text()

    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR").new_page()
    phone.goto(link)
    phone.context.set_offline(True)
    phone.get_by_label("Nombre de pièces").fill("4")
    phone.get_by_label("Loyer par mois ou prix").fill("560")
    phone.get_by_role("button", name="Signaler ce logement").click()
    expect(phone.locator("#attente")).to_contain_text("1 signalement est en attente sur ce téléphone")
    phone.context.set_offline(False)
    expect(phone.locator("#attente")).to_contain_text("Le logement est signalé")

    at(page, morning, "/veille?section=foyers")
    expect(page.get_by_text("4 pièces, 560 € par mois").first).to_be_visible()
    click(page, "Proposer")
    done(page, "Logement proposé")
    phone.reload()
    expect(phone.locator("#annonces")).to_contain_text("Proposée à un foyer")
    click(page, "Le foyer le prend")
    done(page, "Logement pris")
    phone.reload()
    expect(phone.locator("#annonces")).to_contain_text("Un foyer l'a prise : merci")

    at(page, morning, "/veille?section=fenetres")
    expect(page.get_by_text("Déjà logés (1)")).to_be_visible()
    with store.read() as session:
        moves = applications.moves(session, "real")
    assert moves.loc[moves["application"] == dossier, "step"].tolist()[-1] == "housed"

    at(page, morning, "/registre?onglet=evenements")
    choose(page, "Nature", "Réception")
    page.get_by_label("Intitulé").fill("Réception de bienvenue")
    choose(page, "Commune (facultative)", "Barville")
    click(page, "Ajouter l'événement")
    done(page, "Ajout d'un événement")
    with store.read() as session:
        assert [event["kind"] for event in register.events(session, "real")] == ["reception"]
    for each in (page, phone):
        each.context.close()
    store.close()
