"""The pictures of docs/guide-import.md: an application on an empty home, two files through its steps, each screen drawn."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import chromium
from tests.browser.harness import CHROMIUM_ARGS, serve, settle
from tests.data.imports.published import arcep_any

TODAY = dt.date(2026, 11, 25)
EXAMPLE = """Commune;Places en crèche 2025
Le Mele sur Sarthe;12
ST AUBIN D APPENAI;0
Nulle Part les Oies;3
Essay;beaucoup
"""
"""Made up, and said to be: what the checks say of a commune that does not exist and of a number that is none."""
WIDTH, TALLEST = 1200, 1500


def draw(folder: Path) -> None:
    """Draw every picture into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        serve(Path(home), environ={"ZEVILLAGE_TODAY": TODAY.isoformat()}) as served,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": 800}, locale="fr-FR")
        page.goto(f"{served.url}/importer")
        _published(page, folder)
        _named(page, folder)
        page.goto(f"{served.url}/carte?indicateur=can_ftth&commune=61258")
        settle(page)
        page.get_by_text("Qui a publié quoi").click()
        settle(page)
        panel = page.get_by_test_id("stExpander").filter(has_text="Qui a publié quoi")
        panel.screenshot(path=folder / "importer-qui.png")
        browser.close()


def _published(page: Page, folder: Path) -> None:
    """A published file, from the first screen to the history."""
    _shot(page, folder / "importer-fichier.png")
    file = arcep_any()
    _drop(page, file.name, file.content)
    _shot(page, folder / "importer-reconnu.png")
    _press(page, "Continuer")
    _shot(page, folder / "importer-colonnes.png")
    _press(page, "5 · Ce qui va changer")
    _shot(page, folder / "importer-changements.png")
    _press(page, "Publier")
    page.get_by_role("heading", name="C'est publié").wait_for()
    _shot(page, folder / "importer-publie.png")
    page.get_by_role("link", name="dans l'historique", exact=False).click()
    page.get_by_text("est en vigueur", exact=False).wait_for()
    _shot(page, folder / "importer-historique.png")
    page.get_by_role("radio", name="Importer").or_(
        page.get_by_role("button", name="Importer", exact=True)
    ).first.click()
    settle(page)
    _press(page, "Importer un autre fichier")


def _named(page: Page, folder: Path) -> None:
    """A file of the analyst's own, named, then checked."""
    _drop(page, "exemple_creches.csv", EXAMPLE.encode())
    _press(page, "Continuer")
    for label, value in (
        ("Nom de Places en crèche 2025", "Places en crèche"), ("Unité de Places en crèche 2025", "places"),
        ("Producteur", "Exemple inventé"), ("Titre de la publication", "Exemple du guide"),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(value)
    licence = page.get_by_role("combobox", name="Licence", exact=False).first
    licence.click()
    licence.press_sequentially("Licence")
    page.get_by_role("option").first.wait_for()
    licence.press("Enter")
    _shot(page, folder / "importer-nommer.png")
    _press(page, "Nommer ces colonnes")
    _press(page, "Continuer")
    _shot(page, folder / "importer-controles.png")


def _drop(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("heading", name="De quoi s'agit-il").wait_for()
    settle(page)


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=False).last.click()
    settle(page)


def _shot(page: Page, path: Path) -> None:
    """The whole screen, as high as its content."""
    settle(page)
    tall = page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight")
    page.set_viewport_size({"width": WIDTH, "height": min(int(tall) + 20, TALLEST)})
    page.wait_for_timeout(600)
    page.screenshot(path=path)
    page.set_viewport_size({"width": WIDTH, "height": 800})
