"""The map on its own page: restyled and never rebuilt, clicked, read in full screen, whole on a sub-path."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Frame, Page, expect

from tests.browser.harness import until

Opener = Callable[..., Page]
SHAPES = ".leaflet-overlay-pane path.leaflet-interactive"


def map_frame(page: Page) -> Frame:
    frame_of = page.frame_locator("iframe").first
    frame_of.locator(SHAPES).first.wait_for(state="attached")
    frame = next(frame for frame in page.frames if "/component/" in frame.url)
    frame.wait_for_function("document.documentElement.dataset.painted")
    return frame


def fills(frame: Frame) -> list[str]:
    return frame.eval_on_selector_all(SHAPES, "paths => paths.map(path => path.getAttribute('fill'))")


def choose(page: Page, rank: int) -> None:
    page.get_by_role("combobox").first.click()
    page.get_by_role("option").nth(rank).click()


def test_a_change_of_indicator_only_restyles(open_page: Opener) -> None:
    """The frame, the zoom and the contours stay; the colours and the frame's name change."""
    page = open_page("/carte")
    frame = map_frame(page)
    before, named = fills(frame), page.locator("iframe").first.get_attribute("title")
    assert len(before) == 20
    assert "#ffffff" not in before
    frame.evaluate("window.kept = true")
    scale = frame.locator(".leaflet-control-scale-line")
    whole = scale.text_content() or ""
    frame.get_by_role("button", name="Agrandir").click()
    expect(scale).not_to_have_text(whole)
    zoomed = scale.text_content() or ""
    fetched = frame.evaluate("performance.getEntriesByType('resource').length")
    choose(page, 1)
    frame.wait_for_function("name => frameElement.title !== name", arg=named)
    expect(scale).to_have_text(zoomed)
    assert frame.evaluate("window.kept") is True
    assert fills(frame) != before
    assert frame.evaluate("performance.getEntriesByType('resource').length") == fetched


def test_a_click_is_told_to_the_page_and_outlines_the_commune(open_page: Opener) -> None:
    """The address names the commune, the map draws it thick."""
    page = open_page("/carte")
    frame = map_frame(page)
    assert frame.locator(".leaflet-zv-chosen-pane path").count() == 0
    frame.locator(SHAPES).first.dispatch_event("click")
    frame.locator(".leaflet-zv-chosen-pane path").first.wait_for(state="attached")
    page.wait_for_url("**commune=*")


def test_full_screen_shows_title_and_legend(open_page: Opener) -> None:
    """What stands beside the map on the page stands on it in full screen, and leaves with it."""
    page = open_page("/carte")
    frame = map_frame(page)
    title, legend = frame.locator(".zv-title"), frame.locator(".zv-legend")
    expect(title).to_be_hidden()
    frame.get_by_role("button", name="Plein écran").click()
    expect(title).to_be_visible()
    expect(legend).to_be_visible()
    assert title.text_content() == page.locator("iframe").first.get_attribute("title")
    assert legend.locator(".zv-swatch").count() >= 1
    frame.get_by_role("button", name="Quitter le plein écran").click()
    expect(title).to_be_hidden()


def test_the_map_is_named_in_french_and_lets_the_page_scroll(open_page: Opener) -> None:
    """French buttons, language and names; the wheel alone never zooms."""
    page = open_page("/carte")
    frame = map_frame(page)
    assert frame.evaluate("document.documentElement.lang") == "fr"
    assert frame.locator("#map_div").get_attribute("aria-label")
    for name in ("Agrandir", "Réduire", "Revoir tout le territoire"):
        expect(frame.get_by_role("button", name=name)).to_be_visible()
    scale = frame.locator(".leaflet-control-scale-line")
    before = scale.text_content()
    frame.locator("#map_div").hover()
    page.mouse.wheel(0, -400)
    expect(frame.locator(".zv-note")).to_be_visible()
    assert scale.text_content() == before
    page.keyboard.down("Control")
    frame.locator("#map_div").hover()

    def zoomed() -> bool:
        page.mouse.wheel(0, -400)
        return scale.text_content() != before

    until(page, zoomed)
    page.keyboard.up("Control")


def test_a_background_that_does_not_answer_leaves_the_map_whole(open_page: Opener) -> None:
    """Without the server's permission an address cannot ask for tiles; no request leaves."""
    page = open_page("/carte?fond=plan")
    frame = map_frame(page)
    assert len(fills(frame)) == 20
    assert frame.locator("img.leaflet-tile").count() == 0


OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('.zv-text, .zv-beside')].map((e) => [e.textContent, e.getBoundingClientRect()]);
  const rounds = [...document.querySelectorAll('.leaflet-zv-circles-pane path')].map((e) => ['circle', e.getBoundingClientRect()]);
  const shared = (a, b, from, to) => Math.min(a[to], b[to]) - Math.max(a[from], b[from]);
  const cut = (a, b) => shared(a, b, 'left', 'right') > 2 && shared(a, b, 'top', 'bottom') > 2;
  const found = [];
  boxes.forEach(([name, box], i) => [...boxes.slice(i + 1), ...rounds].forEach(([other, there]) => {
    if (cut(box, there)) found.push(name + ' / ' + other);
  }));
  return found;
}"""


def test_names_stand_on_the_map_and_cover_neither_each_other_nor_a_circle(open_page: Opener) -> None:
    page = open_page("/carte?valeurs=1")
    frame = map_frame(page)
    frame.locator(".zv-beside").first.wait_for()
    names = frame.locator(".zv-text").all_inner_texts()
    assert len(names) >= 12 and any("Le Mêle-sur-Sarthe" in name for name in names)
    assert frame.evaluate(OVERLAPS) == []


def test_the_communes_around_and_the_departement_say_where_the_territory_lies(open_page: Opener) -> None:
    page = open_page("/carte?cercles=0")
    frame = map_frame(page)
    frame.locator(".zv-beside").first.wait_for()
    assert len(frame.locator(".leaflet-zv-around-pane path").all()) > 50
    assert {"Blèves", "Le Plantis"} & set(frame.locator(".zv-beside").all_inner_texts())
    inset = frame.get_by_role("img", name="Situation dans le département : Orne")
    expect(inset).to_be_visible()
    page.get_by_role("button", name="Réglages").click()
    page.get_by_text("Noms des communes").click()
    expect(frame.locator(".zv-text")).to_have_count(0)
    page.wait_for_url("**noms=0**")
