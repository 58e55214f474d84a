"""A whole evening in Chromium: a map added, a séance prepared, presented by keyboard after the server has stopped."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.harness import Watch, serve


def test_a_map_is_added_and_presented_after_the_server_has_stopped(
    tmp_path: Path, open_watched: Callable[..., tuple[Page, Watch]]
) -> None:
    with serve(tmp_path) as app:
        page, watch = open_watched(app, "/carte?indicateur=ftth_share")
        page.get_by_role("button", name="Ajouter à la séance").click()
        expect(page.get_by_text("(1 vue)")).to_be_visible()
        page.get_by_role("link", name="Ouvrir la séance").click()
        expect(
            page.get_by_text("1. Part des locaux dont la meilleure technologie est la fibre")
        ).to_be_visible()
        # What is pasted into the notice of meeting leads back to this very séance.
        page.get_by_text("Pour la convocation").click()
        notice = page.get_by_test_id("stCode").filter(has_text="Ordre du jour du")
        expect(notice).to_contain_text("(Zevillage). 1 vue préparée pour le public. Le diaporama :")
        link = re.search(r"Le diaporama\s*:\s*(\S+)", notice.inner_text())
        assert link and link[1].startswith(f"{app.url}/seance?seance="), notice.inner_text()
        page.goto(link[1])
        expect(
            page.get_by_text("1. Part des locaux dont la meilleure technologie est la fibre")
        ).to_be_visible()
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Présenter").click()
        deck = opened.value
        expect(deck.locator("#place")).to_have_text("Ouverture")
        watch.check()
    asked: list[str] = []
    deck.on("request", lambda request: asked.append(request.url))
    deck.keyboard.press("PageDown")
    expect(deck.locator("#place")).to_have_text("1/1")
    expect(deck.locator("h2").filter(has_text="fibre").first).to_be_visible()
    deck.keyboard.press("b")
    deck.keyboard.press("b")
    deck.keyboard.press("PageUp")
    expect(deck.locator("#place")).to_have_text("Ouverture")
    assert asked == []
    page.context.close()
