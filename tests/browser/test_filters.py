"""Address, widgets and map agree in Chromium, whenever a widget is first shown: in a popover, after another mode, after the way back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.harness import follow, settle

SWITCHES = {
    "Cercles des membres présents": False,
    "Annonces repérées": False,
    "Contours des groupes": True,
    "Noms des communes": True,
    "Valeurs écrites dans les communes": False,
}


def choose(page: Page, label: str, words: str) -> None:
    """Choose an entry of a list by its words."""
    field = page.get_by_role("combobox", name=label)
    field.click()
    field.fill(words)
    page.get_by_role("option", name=words).first.click(timeout=5000)
    settle(page)


def open_settings(page: Page) -> None:
    page.get_by_role("button", name="Réglages").click()
    expect(page.get_by_text("Contours des groupes")).to_be_visible()


def close_settings(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.get_by_text("Contours des groupes")).to_have_count(0)


def toggle(page: Page, label: str) -> None:
    page.get_by_text(label, exact=True).click()
    settle(page)


def switches(page: Page) -> dict[str, bool]:
    """Each switch of the settings, as it is shown."""
    return {label: page.get_by_role("switch", name=label).is_checked() for label in SWITCHES}


def classes_shown(page: Page) -> str:
    return page.get_by_role("combobox", name="Nombre de classes").input_value()


@pytest.mark.parametrize("first", ["indicator", "commune"])
def test_settings_first_opened_after_a_choice_show_what_the_map_shows(open_page: Opener, first: str) -> None:
    page = open_page("/carte")
    if first == "indicator":
        choose(page, "Indicateur", "Revenu médian")
    else:
        choose(page, "Commune", "Essay")
    before = page.url
    assert "?" in before
    open_settings(page)
    assert switches(page) == SWITCHES
    assert classes_shown(page) == "5"
    toggle(page, "Valeurs écrites dans les communes")
    assert switches(page) == {**SWITCHES, "Valeurs écrites dans les communes": True}
    assert sorted(page.url.partition("?")[2].split("&")) == sorted(
        [*before.partition("?")[2].split("&"), "valeurs=1"]
    )


def test_a_switch_of_a_closed_popover_follows_the_way_back(open_page: Opener) -> None:
    page = open_page("/carte")
    choose(page, "Commune", "Essay")
    at_first = page.url
    open_settings(page)
    toggle(page, "Cercles des membres présents")
    close_settings(page)
    assert "cercles=1" in page.url
    page.go_back()
    settle(page)
    assert page.url == at_first
    choose(page, "Indicateur", "Revenu médian")
    assert "cercles" not in page.url
    open_settings(page)
    assert switches(page) == SWITCHES


def test_a_setting_is_found_again_after_another_mode_and_another_page(open_page: Opener) -> None:
    page = open_page("/carte")
    open_settings(page)
    toggle(page, "Annonces repérées")
    close_settings(page)
    page.get_by_role("radio", name="Deux indicateurs croisés").click()
    settle(page)
    page.get_by_role("radio", name="Un indicateur").click()
    settle(page)
    follow(page, "Haut débit")
    settle(page)
    follow(page, "Carte")
    settle(page)
    choose(page, "Indicateur", "Revenu médian")
    open_settings(page)
    assert switches(page) == {**SWITCHES, "Annonces repérées": True}
    assert "annonces=1" in page.url
