"""The housing watch in Chromium: a morning's call, the dwelling proposed and taken, the household housed, and the way back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.english import english_left
from tests.browser.harness import Served, Watch, serve, settle

WORKDAY = "2026-11-25"  # a Wednesday: on a Sunday nobody is called, and the first list is empty


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The application with the demonstration, on a day when town halls answer."""
    with serve(tmp_path / "home", environ={"ZEVILLAGE_TODAY": WORKDAY}) as running:
        yield running


def click(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    settle(page)


def section(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).or_(
        page.get_by_role("button", name=name, exact=True)
    ).first.click()
    settle(page)


def done(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_from_a_call_to_a_household_that_is_housed_and_back(
    served: Served, open_watched: Callable[..., tuple[Page, Watch]]
) -> None:
    page, watch = open_watched(served, "/veille")
    page.get_by_role("button", name="Toujours libre", exact=True).and_(page.locator(":enabled")).first.click()
    settle(page)
    done(page, "C’est noté. Signalement")

    section(page, "Foyers")
    household = page.get_by_text(re.compile(r"Dossier \d+\s*: ouverte")).first.inner_text().partition("\n")[0]
    number = re.search(r"\d+", household)
    assert number is not None
    click(page, "Proposer")
    done(page, "Logement proposé")
    expect(page.get_by_text("réponse attendue").first).to_be_visible()
    click(page, "Le foyer le prend")
    done(page, "Logement pris")
    expect(page.get_by_text("Personne ne cherche en ce moment")).to_be_visible()
    assert english_left(page) == []

    section(page, "Fenêtres")
    page.get_by_text("Déjà logés").click()
    expect(page.get_by_role("rowheader", name=f"Dossier {number[0]}", exact=True)).to_be_visible()

    section(page, "Foyers")
    click(page, "Annuler")
    done(page, "Annulation (logement pris)")
    click(page, "Reprendre")
    done(page, "Proposition retirée")
    expect(page.get_by_text(re.compile(rf"Dossier {number[0]}\s*: ouverte"))).to_be_visible()
    watch.check()
    page.close()
