"""The menu: groups on a laptop, a word on a phone that closes once a page is chosen, and where the keyboard is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.harness import follow, listed, settle
from ui.navigation import GROUPS, PAGES


def test_every_page_is_listed_and_the_menus_hold_on_a_laptop(open_page: Opener) -> None:
    page = open_page("/sources", size=(1366, 768))
    assert listed(page) == {entry.title for entry in PAGES}
    groups = page.get_by_test_id("stTopNavSection").all_inner_texts()
    assert groups and set(groups) <= set(GROUPS)
    bar = page.get_by_test_id("stTopNav")
    assert bar.evaluate("e => e.scrollWidth <= e.clientWidth") and bar.bounding_box()["width"] <= 1366  # type: ignore[index]
    assert page.locator(".rc-overflow-item-rest").get_attribute("aria-hidden") == "true", (
        "something overflows"
    )
    # Four more pages add no word to the bar: they come into groups that are there.
    last = page.locator(".rc-overflow-item:not(.rc-overflow-item-rest)").last.bounding_box()
    assert last is not None and last["x"] + last["width"] < 1100
    follow(page, "Logement")
    page.wait_for_url("**/logement**")


def test_on_a_phone_the_menu_is_a_word_and_closes_once_a_page_is_chosen(open_page: Opener) -> None:
    page = open_page("/sources", size=(390, 844))
    button = page.get_by_role("button", name="Menu", exact=True)
    expect(button).to_be_visible()
    shown = button.evaluate("e => getComputedStyle(e, '::after').content")
    assert shown == '"Menu"'
    box = button.bounding_box()
    assert box is not None and box["height"] >= 24 and box["width"] >= 44
    button.click()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Commune", exact=True).click()
    page.wait_for_url("**/commune**")
    settle(page)
    expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()
    expect(button).to_be_visible()


FOCUS = """() => {
    const active = document.activeElement;
    if (!active || active === document.body || active.tagName === 'IFRAME') return null;
    for (const one of [active, active.closest('label')]) {
        if (!one) continue;
        const style = getComputedStyle(one), box = one.getBoundingClientRect();
        if (style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2 && box.width > 4 && box.height > 4) return null;
    }
    return active.outerHTML.slice(0, 160);
}"""


@pytest.mark.parametrize("path", ["/", "/carte", "/reseau", "/importer", "/registre"])
def test_the_keyboard_is_seen_wherever_it_is(open_page: Opener, path: str) -> None:
    page: Page = open_page(path)
    page.evaluate("() => document.activeElement?.blur()")
    unseen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        if lost := page.evaluate(FOCUS):
            unseen.append(lost)
    assert unseen == []
