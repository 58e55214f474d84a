"""What holds for every page of the application, whatever it shows: one visit each, many questions."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.english import english_left
from tests.browser.harness import Served, Watch, serve, settle, tab_through, until
from tests.browser.test_screens import SIZES, fits_and_says_its_day
from tests.browser.test_search import FIELD
from ui.navigation import PAGES
from ui.navigation import Page as Entry

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"

# Findings of axe-core that we know and leave, by rule and by a piece of the element's HTML: why.
AXE_EXCEPTIONS: dict[tuple[str, str], str] = {}


@pytest.fixture(scope="module", params=PAGES, ids=[entry.url for entry in PAGES])
def visit(
    request: pytest.FixtureRequest, app: Served, open_watched: Callable[..., tuple[Page, Watch]]
) -> Iterator[tuple[Entry, Page, Watch]]:
    """A page of the application, opened once for all the questions below."""
    entry: Entry = request.param
    page, watch = open_watched(app, entry.url)
    yield entry, page, watch
    page.close()
    watch.check()


Visit = tuple[Entry, Page, Watch]


def test_page_answers_without_error_and_nothing_leaves_the_machine(visit: Visit) -> None:
    entry, page, watch = visit
    watch.check()
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.title().startswith(entry.title)
    assert page.locator("h1").count() >= 1


def test_page_says_it_is_french(visit: Visit) -> None:
    _, page, _ = visit
    for frame in page.frames:
        assert frame.evaluate("document.documentElement.lang") == "fr", frame.url
    assert page.evaluate("navigator.language") == "fr-FR"


def test_no_english_is_left(visit: Visit) -> None:
    _, page, _ = visit
    assert english_left(page) == []


def test_every_frame_has_a_name(visit: Visit) -> None:
    _, page, _ = visit
    titles = page.eval_on_selector_all("iframe", "frames => frames.map(f => f.title.trim())")
    assert all(titles), titles
    assert len(set(titles)) == len(titles), titles


def test_policy_stands_on_the_page_and_on_its_frames(visit: Visit, app: Served) -> None:
    entry, page, _ = visit
    for frame in page.frames:
        if frame.url.startswith(app.origin):
            with urllib.request.urlopen(frame.url.split("?")[0]) as answer:
                policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe-eval" not in policy
            assert "http" not in policy, f"{entry.url}: {policy}"


def test_axe_finds_nothing_serious(visit: Visit) -> None:
    _, page, _ = visit
    found = []
    for frame in page.frames:
        if frame.url == "about:blank":
            continue
        frame.evaluate(AXE.read_text(encoding="utf-8"))
        answer: dict[str, Any] = frame.evaluate(
            """() => axe.run(document, {
                iframes: false,
                resultTypes: ['violations'],
                runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
            })"""
        )
        for violation in answer["violations"]:
            if violation["impact"] not in ("serious", "critical"):
                continue
            for node in violation["nodes"]:
                if not _excepted(violation["id"], node["html"]):
                    found.append(f"{violation['id']}: {node['html'][:200]} {node['failureSummary'][:300]}")
    assert found == []


def _excepted(rule: str, html: str) -> bool:
    return any(rule == known and piece in html for known, piece in AXE_EXCEPTIONS)


def to_the_top(page: Page) -> None:
    """Where a visit begins, wherever another question has led."""
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")


def test_page_fits_and_says_its_day(visit: Visit) -> None:
    _, page, _ = visit
    to_the_top(page)
    fits_and_says_its_day(page, filled=True)
    page.set_viewport_size({"width": SIZES["laptop"][0], "height": SIZES["laptop"][1]})
    settle(page)


def test_page_has_the_search_field_and_the_day_of_the_data(visit: Visit) -> None:
    _, page, _ = visit
    to_the_top(page)
    expect(page.locator(FIELD)).to_be_visible()
    expect(page.locator(".zv-day")).to_contain_text("Données au ")
    # The field lies over nothing: the title beside it stays free.
    title, field = page.locator("h1").first.bounding_box(), page.locator(FIELD).bounding_box()
    words = page.evaluate(
        "() => { const r = document.createRange(); r.selectNodeContents(document.querySelector('h1'));"
        " return r.getBoundingClientRect().right }"
    )
    assert title and field
    assert words < field["x"] or title["y"] > field["y"] + field["height"] - 1


def test_keyboard_reaches_every_control(visit: Visit) -> None:
    _, page, _ = visit
    controls = """[...document.querySelectorAll(
            "a[href], button, input, select, textarea, summary, iframe, [role=button], [role=combobox]," +
            "[role=slider], [role=tab], [role=switch], [role=checkbox], [role=radio]")]
        .filter(e => !e.disabled && e.getAttribute('aria-disabled') !== 'true')
        .filter(e => !e.closest('[inert], [aria-hidden=true]'))
        .filter(e => e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true }) && e.type !== 'file')
        .filter(e => e.getClientRects().length)"""
    count: int = page.evaluate(f"() => {controls}.length")
    tab_through(page, presses=min(3 * count + 60, 400))
    missed: list[str] = page.evaluate(
        f"""() => {{
            const seen = window.__focused;
            // One stop for a group of radio buttons: the arrows go on from there.
            const grouped = e => e.type === 'radio' && e.name
                && [...seen].some(s => s.type === 'radio' && s.name === e.name);
            const segmented = e => e.getAttribute('role') === 'radio' && e.closest('[role=radiogroup]')
                && [...seen].some(s => s.getAttribute?.('role') === 'radio'
                    && s.closest('[role=radiogroup]') === e.closest('[role=radiogroup]'));
            const inside = e => [...seen].some(s => e.contains(s));
            return {controls}.filter(e => !seen.has(e) && !grouped(e) && !segmented(e) && !inside(e))
                .map(e => e.outerHTML.slice(0, 200));
        }}"""
    )
    assert missed == []


@pytest.mark.parametrize("entry", PAGES, ids=[entry.url for entry in PAGES])
def test_a_sub_path_works_the_same(
    entry: Entry,
    app: Served,
    app_under_sub_path: Served,
    open_watched: Callable[..., tuple[Page, Watch]],
) -> None:
    page, watch = open_watched(app_under_sub_path, entry.url)
    heading = page.locator("h1").first.inner_text()
    watch.check()
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.title().startswith(entry.title)
    assert heading
    links = page.eval_on_selector_all(
        "[data-testid=stTopNavLink], [data-testid=stTopNavLinkContainer] a", "links => links.map(a => a.href)"
    )
    assert all(link.startswith(app_under_sub_path.url) for link in links), links
    page.close()


def test_health_answers_at_both_addresses(app: Served, app_under_sub_path: Served) -> None:
    for served in (app, app_under_sub_path):
        with urllib.request.urlopen(f"{served.url}/healthz") as answer:
            assert answer.status == 200
            assert json.load(answer)["status"] == "ok"


def test_first_visitor_of_a_deep_link_gets_the_application_around_the_page(
    tmp_path: Path, open_watched: Callable[..., tuple[Page, Watch]]
) -> None:
    with serve(tmp_path / "home") as served:
        page, watch = open_watched(served, "/sources")
        expect(page.get_by_test_id("stTopNavLink").first).to_be_visible()
        assert page.title().startswith("Sources")
        watch.check()
    # The server has gone: that too is said in French.
    expect(page.get_by_role("dialog")).to_contain_text("Connexion perdue", timeout=60_000)
    assert english_left(page) == []
    page.close()


def test_unknown_page_is_answered_in_french(
    app: Served, open_watched: Callable[..., tuple[Page, Watch]]
) -> None:
    page, watch = open_watched(app, "/nulle-part")
    expect(page.get_by_role("dialog")).to_contain_text("Page introuvable")
    assert english_left(page) == []
    assert watch.outside == []
    page.close()


def test_browser_in_another_language_gets_french_all_the_same(
    app: Served, open_watched: Callable[..., tuple[Page, Watch]]
) -> None:
    page, watch = open_watched(app, "/", locale="en-US")
    assert english_left(page) == []
    watch.check()
    page.close()


def test_the_search_for_english_finds_planted_english(page: Page) -> None:
    page.evaluate(
        """() => {
            const plant = document.createElement('div');
            plant.id = 'planted';
            plant.title = 'Please choose your file';
            plant.textContent = 'This page is not available';
            document.body.append(plant);
        }"""
    )
    left = "\n".join(english_left(page))
    assert "title: 'Please choose your file'" in left
    assert "text: 'This page is not available'" in left
    page.evaluate("document.getElementById('planted').setAttribute('data-user-text', '')")
    assert english_left(page) == []


def test_streamlits_words_are_replaced_before_they_are_painted_and_peoples_words_never(page: Page) -> None:
    texts: list[str] = page.evaluate(
        """async () => {
            const plant = document.createElement('div');
            plant.innerHTML = `<span></span><span></span><span data-user-text></span>
                <span data-testid="stMarkdown"><b></b></span><button></button>`;
            const [word, size, user] = plant.children;
            document.body.append(plant);
            word.textContent = 'Download as CSV';
            size.textContent = '200MB per file • CSV';
            user.textContent = 'Search';
            plant.querySelector('b').textContent = 'Close';
            plant.querySelector('button').setAttribute('aria-label', 'Fullscreen: Les logements vacants');
            await Promise.resolve();  // observers run before the browser paints
            return [word.textContent, size.textContent, user.textContent,
                plant.querySelector('b').textContent,
                plant.querySelector('button').getAttribute('aria-label')];
        }"""
    )
    assert texts == [
        "Télécharger en CSV",
        "200 Mo au plus par fichier • CSV",
        "Search",
        "Close",
        "Plein écran\u202f: Les logements vacants",
    ]


def test_the_watch_sees_a_request_that_leaves(
    app: Served, open_watched: Callable[..., tuple[Page, Watch]]
) -> None:
    page, watch = open_watched(app, "/")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://example.org/x.png'}))")
    until(page, lambda: watch.errors or watch.outside)
    with pytest.raises(AssertionError, match=r"Content Security Policy|left the machine"):
        watch.check()
    settle(page)
    page.close()
