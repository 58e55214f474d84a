"""The modes of the map page in Chromium, the network cut: one view for two maps, steps that only restyle, legends for everybody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.conftest import Opener
from tests.browser.english import english_left
from tests.browser.harness import settle, until
from tests.browser.test_carte import FILLS, map_frame, plain, point_at

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"
ADDRESSES = {
    "croise": "/carte?mode=croise",
    "cote": "/carte?mode=cote&indicateur=house_sales",
    "animation": "/carte?mode=animation&indicateur=house_sales",
    "vision": "/carte?vision=greyscale",
}
PAINTED = "document.documentElement.dataset.painted && document.querySelector('.leaflet-overlay-pane path')"
SCALE = ".leaflet-control-scale-line"
# Where the first commune is drawn: the same in two maps of one size that show one view.
SPOT = """() => { const box = document.querySelector('.leaflet-overlay-pane path').getBoundingClientRect();
    return [box.left, box.top, box.width, box.height].map(Math.round); }"""


def both(page: Page) -> list[Frame]:
    """The two maps of the page, once painted, from left to right."""
    expect(page.locator("iframe[src*='streamlit_folium']")).to_have_count(2)
    frames = []
    for handle in page.locator("iframe[src*='streamlit_folium']").element_handles():
        frame = handle.content_frame()
        assert frame is not None
        frame.wait_for_function(PAINTED)
        frames.append(frame)
    return frames


def same_view(page: Page, frames: list[Frame], after: list[int] | None = None) -> list[int]:
    """Where both maps show the first commune, at rest and no longer where it was in the view `after`; the test fails when they differ."""

    def agreed() -> list[int] | None:
        one, other = (frame.evaluate(SPOT) for frame in frames)
        together = all(abs(a - b) <= 1 for a, b in zip(one, other, strict=True))
        return one if together and one != after else None

    return until(page, agreed, rest=10)


def test_two_maps_side_by_side_zoom_and_move_together(open_page: Opener) -> None:
    page = open_page(ADDRESSES["cote"])
    left, right = frames = both(page)
    start = same_view(page, frames)
    left.get_by_role("button", name="Agrandir").click()
    closer = same_view(page, frames, after=start)
    assert closer[2] > 1.3 * start[2]
    right.locator("#map_div").focus()
    page.keyboard.press("ArrowRight")
    moved = same_view(page, frames, after=closer)
    assert moved[0] < closer[0] - 20 and moved[2] == closer[2]
    right.get_by_role("button", name="Revoir tout le territoire").click()
    assert abs(same_view(page, frames, after=moved)[2] - start[2]) <= 2
    assert left.evaluate(FILLS) != right.evaluate(FILLS)


def test_the_shared_view_survives_a_change_of_vintage_and_other_maps_keep_theirs(open_page: Opener) -> None:
    page = open_page(ADDRESSES["cote"])
    left, right = frames = both(page)
    start = same_view(page, frames)
    right.get_by_role("button", name="Agrandir").click()
    closer = same_view(page, frames, after=start)
    for frame in frames:
        frame.evaluate("window.same = true")
    page.get_by_role("combobox", name=re.compile("Deuxième millésime")).click()
    page.keyboard.type("2021")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ventes de maisons, 2021")).to_be_visible()
    settle(page)
    assert same_view(page, both(page)) == closer
    assert left.evaluate("window.same === true") and right.evaluate("window.same === true")
    # A map that names no group neither leads nor follows.
    alone = left.evaluate("parent.frames.length && Zevillage.place('autre')")
    assert alone is None


def test_two_maps_are_one_above_the_other_on_a_phone(open_page: Opener) -> None:
    page = open_page(ADDRESSES["cote"], size=(390, 844))
    both(page)
    boxes = [frame.bounding_box() for frame in page.locator("iframe[src*='streamlit_folium']").all()]
    assert boxes[0] and boxes[1] and boxes[1]["y"] > boxes[0]["y"] + boxes[0]["height"]
    assert abs(boxes[0]["x"] - boxes[1]["x"]) < 1


def test_a_step_of_the_animation_only_restyles_the_map(open_page: Opener) -> None:
    page = open_page(f"{ADDRESSES['animation']}&millesime=2021")
    frame = map_frame(page)
    whole = frame.locator(SCALE).inner_text()
    frame.get_by_role("button", name="Agrandir").click()
    expect(frame.locator(SCALE)).not_to_have_text(whole)
    frame.evaluate("window.same = true")
    before, scale = frame.evaluate(FILLS), frame.locator(SCALE).inner_text()
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("maisons ont été vendues en 2022")).to_be_visible()
    expect(page).to_have_url(re.compile("millesime=2022"))
    page.get_by_role("button", name="Suivant").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("maisons ont été vendues en 2023")).to_be_visible()
    settle(page)
    assert frame.evaluate("window.same === true"), "the map was rebuilt"
    assert frame.evaluate(FILLS) != before and frame.locator(SCALE).inner_text() == scale


@pytest.mark.parametrize("slower", [1, 10], ids=["browser", "slow-browser"])
def test_it_plays_every_vintage_to_the_last_and_stops(open_page: Opener, slower: int) -> None:
    page = open_page(ADDRESSES["animation"])
    frame = map_frame(page)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    frame.evaluate("window.same = true")
    page.evaluate(
        """() => { window.__years = new Set(); new MutationObserver(() => {
            const said = document.querySelector('.zv-answer')?.textContent.match(/en (20\\d\\d)/);
            if (said) window.__years.add(said[1]);
        }).observe(document.body, {subtree: true, childList: true, characterData: true}) }"""
    )
    page.get_by_role("button", name="Jouer").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Arrêter")).to_be_visible()
    expect(page.get_by_role("button", name="Jouer")).to_be_visible(timeout=180_000)
    settle(page)
    assert page.evaluate("[...window.__years].sort()") == ["2021", "2022", "2023", "2024", "2025"]
    assert frame.evaluate("window.same === true"), "the map was rebuilt"
    assert "vendues en 2025" in plain(page)


def test_crossed_indicators_say_both_values_and_paint_the_legends_colours(open_page: Opener) -> None:
    page = open_page(ADDRESSES["croise"])
    frame = map_frame(page)
    point_at(frame, "61304")
    tip = frame.locator(".zv-tip")
    expect(tip).to_contain_text("Part des logements vacants")
    expect(tip).to_contain_text("11,4\u202f% (14 sur 123)")
    expect(tip).to_contain_text("Part de la fibre")
    expect(tip).to_contain_text("96,7\u202f%")
    legend = page.locator(".zv-cross td[style]")
    expect(legend).to_have_count(9)
    shown = legend.evaluate_all(
        """cells => Object.fromEntries(cells.map(cell =>
            [cell.getAttribute('style').match(/#[0-9a-f]{6}/)[0], +cell.innerText.match(/(\\d+)\\D*$/)[1]]))"""
    )
    fills: list[str] = frame.evaluate(FILLS)
    assert {fill: fills.count(fill) for fill in shown} == shown


@pytest.mark.parametrize("mode", list(ADDRESSES))
def test_every_mode_is_french_accessible_and_fits_a_phone(open_page: Opener, mode: str) -> None:
    page = open_page(ADDRESSES[mode])
    assert page.locator('[data-testid="stException"]').count() == 0
    assert english_left(page) == []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate(
        """async () => (await axe.run(document, {iframes: false, resultTypes: ['violations'],
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})).violations
            .filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id + ' ' + v.nodes[0].html.slice(0, 200))"""
    )
    assert violations == []
    page.set_viewport_size({"width": 390, "height": 844})
    # Asked from outside: the page's policy refuses a text to be run as code.
    until(
        page,
        lambda: page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth <= 1"),
    )


def test_the_mode_is_chosen_by_keyboard_and_kept_in_the_address(open_page: Opener) -> None:
    page = open_page("/carte")
    page.get_by_role("radio", name="Un indicateur").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator(".zv-cross")).to_be_visible()
    settle(page)
    expect(page).to_have_url(re.compile("mode=croise"))
