"""A candidate's dossier, played on a phone in Chromium: from the first step to the follow-up page, with a line that breaks on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from analysis.model import SYSTEM_ACTOR
from data import candidacy
from data.demo import CONFIRMATION, empty_demo
from data.opening import open_house
from data.territory import load_territory
from tests.browser.harness import Served, serve

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"
TODAY = "2026-05-12"
PHONE: ViewportSize = {"width": 390, "height": 844}
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(scope="module")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    """A server with a real register and nobody in it."""
    home = tmp_path_factory.mktemp("candidater")
    store = open_house(dt.date.fromisoformat(TODAY), home).store
    empty_demo(store, SYSTEM_ACTOR, CONFIRMATION)
    store.close()
    with serve(home, environ={"ZEVILLAGE_TODAY": TODAY}) as served:
        yield served, home


def held_upright(page: Page) -> None:
    """Nothing is wider than the phone, every field has its name, and axe finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run().then(r => r.violations.map(v => `${v.id} ${v.nodes[0].html}`))")
    assert found == []


def next_step(page: Page, number: int) -> None:
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text(f"Étape {number} sur 4")


def test_a_dossier_from_a_phone_with_a_line_that_breaks(
    open_server: tuple[Served, Path], browser: Browser
) -> None:
    app, home = open_server
    first = browser.new_context(locale="fr-FR", viewport=PHONE)
    page = first.new_page()
    page.goto(f"{app.url}/candidater")
    held_upright(page)
    page.get_by_role("button", name="Commencer").click()
    page.get_by_label("Votre projet").fill("Un atelier de traduction, près de la forêt.")
    page.get_by_label("au plus tôt").fill("1er septembre 2026")
    held_upright(page)
    next_step(page, 2)
    page.get_by_label("Votre métier").fill("traduction")
    page.get_by_label("Vos clients").fill("Des éditeurs, à Paris.")
    page.get_by_label("vivre aujourd’hui").select_option("yes")
    next_step(page, 3)
    number = page.locator(".number").inner_text()
    # The line breaks while a step is sent: what was kept is what was sent before.
    page.get_by_label("Adultes").fill("2")
    first.set_offline(True)
    page.get_by_role("button", name="Continuer").click()
    first.close()

    second = browser.new_context(locale="fr-FR", viewport=PHONE)
    page = resumed(second, app, number)
    page.get_by_label("Adultes").fill("deux")
    page.get_by_label("d’accord").select_option("agreed")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("alert")).to_contain_text("1 réponse est à revoir")
    expect(page.get_by_label("Adultes")).to_have_attribute("aria-invalid", "true")
    held_upright(page)
    page.get_by_label("Adultes").fill("2")
    next_step(page, 4)
    page.get_by_label("Prénom et nom").fill("Candidate Premiere")
    page.get_by_label("Téléphone").fill("06 00 00 00 00")
    page.get_by_label("J’accepte").check()
    held_upright(page)
    page.get_by_role("button", name="Envoyer mon dossier").click()
    expect(page.get_by_role("status")).to_contain_text("Votre dossier est reçu, le 12/05/2026")
    held_upright(page)
    link = page.locator("p.link a").get_attribute("href") or ""
    assert link.startswith(f"{app.url}/suivi?lien=")

    with open_house(dt.date.fromisoformat(TODAY), home).store.read() as session:
        (waiting,) = candidacy.held(session, "real")
    store = open_house(dt.date.fromisoformat(TODAY), home).store
    candidacy.take_in(store, load_territory(), dt.date.fromisoformat(TODAY), waiting.id)
    store.close()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.headers.get('referer', '')}"))
    page.goto(link)
    assert page.url == f"{app.url}/suivi"  # the address no longer holds the link
    expect(page.locator("main")).to_contain_text("il attend d’être lu")
    page.get_by_label("Ajouter une pièce").set_input_files(
        {"name": "Kbis.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_role("button", name="Envoyer cette pièce").click()
    expect(page.get_by_role("status")).to_contain_text("Votre pièce est reçue")
    held_upright(page)
    assert [link in each for each in sent].count(True) == 1 and link.encode() not in app.log.read_bytes()
    second.close()


def resumed(context: BrowserContext, app: Served, number: str) -> Page:
    page = context.new_page()
    page.goto(f"{app.url}/candidater")
    page.get_by_label("Numéro de reprise").fill(number)
    page.get_by_role("button", name="Reprendre").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Étape 3 sur 4")
    return page
