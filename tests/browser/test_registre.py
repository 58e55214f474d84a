"""The register in Chromium: add, move and remove a member, then undo; by keyboard where it matters."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.english import english_left
from tests.browser.harness import settle


def choose(page: Page, label: str, option: str) -> None:
    """Open a list, type, take the first proposal: by keyboard only."""
    box = page.get_by_role("combobox", name=label, exact=False).first
    box.click()
    box.press_sequentially(option)
    page.get_by_role("option").first.wait_for()
    box.press("Enter")


def click(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    settle(page)


def act(page: Page, name: str) -> None:
    """Take another action of the segmented control."""
    page.get_by_role("radio", name=name, exact=True).or_(
        page.get_by_role("button", name=name, exact=True)
    ).first.click()
    settle(page)


def done(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_add_move_and_remove_a_member_then_undo(open_page: Callable[..., Page]) -> None:
    page = open_page("/registre")
    before = page.get_by_text("membres inscrits").inner_text()

    page.get_by_label("Nom", exact=True).fill("Zoé <b>Essai</b>")
    choose(page, "Commune", "Essay")
    click(page, "Ajouter le membre")
    done(page, "Ajout d'un membre")
    expect(page.get_by_role("status").filter(has_text="Zoé <b>Essai</b>")).to_be_visible()
    after = page.get_by_text("membres inscrits").inner_text()
    assert after != before

    act(page, "Déménager")
    choose(page, "Membre", "Zoé")
    settle(page)
    choose(page, "Commune", "Laleu")
    click(page, "Enregistrer le déménagement")
    done(page, "Laleu")

    act(page, "Retirer")
    choose(page, "Membre", "Zoé")
    settle(page)
    click(page, "Retirer ce membre du registre")
    done(page, "Retrait d'un membre")
    assert page.get_by_text("membres inscrits").inner_text() == before

    click(page, "Annuler")
    done(page, "Annulation (retrait d'un membre)")
    assert page.get_by_text("membres inscrits").inner_text() == after
    assert english_left(page) == []

    page.get_by_role("radio", name="Historique").or_(
        page.get_by_role("button", name="Historique")
    ).first.click()
    settle(page)
    for words in ("Déménagement", "Ajout d'un membre"):  # in order: the newest that stands first
        line = page.get_by_test_id("stHorizontalBlock").filter(has_text=words).last
        line.get_by_role("button", name="Annuler").click()
        settle(page)
        done(page, "Annulation")
    assert english_left(page) == []
    page.get_by_role("radio", name="Membres").or_(page.get_by_role("button", name="Membres")).first.click()
    settle(page)
    assert page.get_by_text("membres inscrits").inner_text() == before
