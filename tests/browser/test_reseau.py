"""The replay in Chromium: by itself, by keyboard, without ever rebuilding the map; every question by keyboard and by axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.english import english_left
from tests.browser.harness import settle

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"
SECTIONS = ["rejouer", "fidelite", "annuaire", "metiers", "isolement", "acteurs", "evenements"]
Opener = Callable[..., Page]


def told(page: Page) -> str:
    """The answer on screen, with plain blanks."""
    return page.locator(".zv-answer").first.inner_text().replace("\u202f", " ").replace("\u00a0", " ")


def test_the_replay_plays_to_today_and_only_restyles_the_map(open_page: Opener) -> None:
    page = open_page("/reseau?section=rejouer&mois=2016-05")
    expect(page.locator(".zv-answer").first).to_contain_text("En mai")
    inside = next(f for f in page.frames if "streamlit_folium" in f.url)
    inside.wait_for_selector("path.leaflet-interactive")
    inside.evaluate("window.__kept = true")
    page.evaluate("window.__years = new Set()")
    page.evaluate(
        """() => new MutationObserver(() => {
            const said = document.querySelector('.zv-answer')?.textContent.match(/20\\d\\d/);
            if (said) window.__years.add(said[0]);
        }).observe(document.body, {subtree: true, childList: true, characterData: true})"""
    )
    page.get_by_role("button", name="Rejouer", exact=True).click()
    expect(page.get_by_role("button", name="Arrêter")).to_be_visible()
    expect(page.get_by_role("button", name="Rejouer", exact=True)).to_be_visible(timeout=90_000)
    settle(page)
    years = page.evaluate("[...window.__years].sort()")
    assert len(years) >= 8, years
    assert years == [str(year) for year in range(int(years[0]), int(years[-1]) + 1)]
    assert inside.evaluate("window.__kept") is True
    assert "mois=" not in page.url  # today is the default
    counted = page.locator(".zv-table").first.locator("tbody td:nth-child(2)").all_inner_texts()
    assert told(page).split(" : ")[1].startswith(f"{sum(map(int, counted))} membre")


def test_the_replay_stops_when_asked_and_the_address_keeps_the_month(open_page: Opener) -> None:
    page = open_page("/reseau?section=rejouer&mois=2008-01")
    page.get_by_role("button", name="Rejouer", exact=True).click()
    expect(page.locator(".zv-answer").first).not_to_contain_text("2008", timeout=30_000)
    page.get_by_role("button", name="Arrêter").click()
    expect(page.get_by_role("button", name="Rejouer", exact=True)).to_be_visible(timeout=30_000)
    settle(page)
    stopped = told(page)
    page.wait_for_timeout(2500)  # what must not come has no state to wait for: three ticks' time
    assert told(page) == stopped
    month = re.search(r"mois=(\d{4})-01", page.url)
    assert month
    assert stopped.startswith(f"En janvier {month[1]}")


def test_the_slider_is_moved_by_the_arrows(open_page: Opener) -> None:
    page = open_page("/reseau?section=rejouer&mois=2011-05")
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".zv-answer").first).to_contain_text("En avril")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".zv-answer").first).to_contain_text("En juin")
    settle(page)
    assert "mois=2011-06" in page.url


@pytest.mark.parametrize("section", ["croissance", *SECTIONS])
def test_every_question_fits_a_phone_and_is_french_and_accessible(open_page: Opener, section: str) -> None:
    page = open_page(f"/reseau?section={section}", size=(390, 844))
    # Charts are laid out after the script has ended.
    page.wait_for_function(
        """() => { const main = document.querySelector('[data-testid=stMain]');
        return main.scrollWidth <= main.clientWidth; }""",
        timeout=10_000,
    )
    page.set_viewport_size({"width": 1366, "height": 768})
    settle(page)
    assert page.locator('[data-testid="stException"]').count() == 0
    assert english_left(page) == []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate(
        """async () => (await axe.run(document, {iframes: false, resultTypes: ['violations'],
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})).violations
            .filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id + ' ' + v.nodes[0].html.slice(0, 200))"""
    )
    assert violations == []


def test_a_question_is_chosen_by_keyboard(open_page: Opener) -> None:
    page = open_page("/reseau")
    page.get_by_role("radio", name="Croissance").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="Où vivaient les membres")).to_be_visible()
    settle(page)
    assert "section=rejouer" in page.url
