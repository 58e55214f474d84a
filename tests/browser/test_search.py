"""The search field as a hand on the keyboard meets it; and what a device remembers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from tests.browser.harness import Served, Watch, follow, settle

FIELD = ".st-key-recherche input"
LINKS = ".st-key-recherche-resultats a"


def typed(page: Page, text: str) -> None:
    """Ctrl+K from wherever the focus is, the text, and its results."""
    page.keyboard.press("Control+k")
    expect(page.locator(FIELD)).to_be_focused()
    page.keyboard.type(text, delay=15)
    expect(page.locator(f'.zv-searched[data-query="{text}"]')).to_be_attached(timeout=15_000)


def test_a_commune_is_reached_by_the_keyboard_alone(open_page: Callable[..., Page]) -> None:
    page = open_page("/sources")
    page.keyboard.press("Control+k")
    # Enter before the results are there: it waits for those of these words.
    page.keyboard.type("ste scolasse/sarthe", delay=15)
    page.keyboard.press("Enter")
    page.wait_for_url("**/commune?commune=61454", timeout=20_000)
    settle(page)
    expect(page.locator("h1")).to_have_text("Sainte-Scolasse-sur-Sarthe")
    expect(page.locator(FIELD)).to_have_value("")
    expect(page.locator(LINKS)).to_have_count(0)


def test_enter_never_follows_a_result_of_other_words(open_page: Callable[..., Page]) -> None:
    page = open_page("/sources")
    typed(page, "membres")
    page.keyboard.press("Control+a")
    page.keyboard.type("laleu", delay=15)
    page.keyboard.press("Enter")
    page.wait_for_url("**/commune?commune=61215", timeout=20_000)


def test_arrows_walk_and_escape_empties(open_page: Callable[..., Page]) -> None:
    page = open_page("/sources")
    typed(page, "sarthe")
    expect(page.locator(LINKS).nth(2)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(LINKS).nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator(FIELD)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator(FIELD)).to_be_focused()
    expect(page.locator(FIELD)).to_have_value("")
    expect(page.locator(LINKS)).to_have_count(0)


def test_an_indicator_is_shown_on_the_very_page_one_is_on(open_page: Callable[..., Page]) -> None:
    page = open_page("/carte")
    typed(page, "part de la fibre")
    page.keyboard.press("Escape")
    typed(page, "meilleure technologie est la fibre")
    page.locator(LINKS, has_text="Part des locaux").first.click()
    page.wait_for_url("**indicateur=ftth_share**", timeout=20_000)
    settle(page)
    expect(page.locator(".zv-answer").first).to_contain_text("ont la fibre pour meilleure technologie")
    expect(page.locator(FIELD)).to_have_value("")


def test_how_many_results_is_told_and_hostile_text_is_only_text(open_page: Callable[..., Page]) -> None:
    page = open_page("/sources")
    typed(page, "zzzz{{1/0}}<img src=x onerror=window.hacked=1>")
    status = page.locator('.zv-found[role="status"]')
    expect(status).to_contain_text("Aucun résultat pour")
    expect(status).to_contain_text("{{1/0}}<img src=x")
    assert page.evaluate("window.hacked") is None
    assert page.locator('[data-testid="stException"]').count() == 0


def test_the_field_fits_a_phone(open_page: Callable[..., Page]) -> None:
    page = open_page("/sources", size=(390, 844))
    typed(page, "sarthe")
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
    assert not wide
    box = page.locator(LINKS).first.bounding_box()
    assert box is not None and box["height"] >= 24 and box["x"] >= 0 and box["x"] + box["width"] <= 390


def test_the_search_works_under_a_sub_path(
    app_under_sub_path: Served, open_watched: Callable[..., tuple[Page, Watch]]
) -> None:
    page, watch = open_watched(app_under_sub_path, "/sources")
    typed(page, "laleu")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{app_under_sub_path.url}/commune?commune=61215", timeout=20_000)
    settle(page)
    watch.check()
    page.close()


def test_my_commune_is_remembered_on_this_device(
    app: Served, open_watched: Callable[..., tuple[Page, Watch]]
) -> None:
    page, watch = open_watched(app, "/?commune=61215")
    page.wait_for_function("document.cookie.includes('zevillage_commune=61215')")
    kept = page.context.storage_state()
    again = page.context.browser.new_context(storage_state=kept, locale="fr-FR")  # type: ignore[union-attr]
    later = again.new_page()
    watch.attach(later)
    later.goto(app.url)  # another visit, without the commune in its address
    settle(later)
    chosen = (
        later.locator('[data-testid="stSelectbox"]', has_text="Commune")
        .first.locator("input, [role=combobox]")
        .first
    )
    expect(chosen).to_have_value("Laleu")
    cookie = next(c for c in kept["cookies"] if c["name"] == "zevillage_commune")
    assert cookie["sameSite"] == "Lax" and cookie["value"] == "61215"
    watch.check()
    again.close()
    page.context.close()


@pytest.mark.parametrize(("view", "named"), [("", True), ("vue=public", False)])
def test_what_was_narrowed_once_names_nobody_on_the_pages_after(
    app: Served, browser: Browser, view: str, named: bool
) -> None:
    # On a projector the server's answer is the leak, shown or not: the bytes are read, not the screen.
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="fr-FR")
    page, received = context.new_page(), list[bytes]()

    def listen(socket: WebSocket) -> None:
        socket.on(
            "framereceived", lambda data: received.append(data if isinstance(data, bytes) else data.encode())
        )

    page.on("websocket", listen)
    page.goto(f"{app.url}/commune?commune=61156&{view}")
    settle(page)
    page.get_by_role("link", name="Voir sur la carte").click()
    page.wait_for_url("**/carte?**")
    settle(page)
    page.get_by_role("link", name="Portrait").click()
    page.wait_for_url("**/commune?**")
    settle(page)
    for path in ("Logement", "Sources", "Accueil"):
        follow(page, path)
        page.wait_for_url("**/" if path == "Accueil" else f"**/{path.lower()}**")
        settle(page)
        typed(page, "ancien")
        found = any(b"ancien membre" in data for data in received)
        assert found is named, path
        assert ("vue=public" in page.url) is not named
    context.close()
