"""The map on its own page: restyled and never rebuilt, clicked, read in full screen, whole on a sub-path."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.harness import settle, until
from ui.settings import STATIC

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
    whole = frame.evaluate(AROUND, SHAPES)
    frame.get_by_role("button", name="Agrandir").click()

    def closer() -> list[int] | None:
        here: list[int] = frame.evaluate(AROUND, SHAPES)
        return here if here != whole else None

    zoomed = until(page, closer, rest=8)
    # What a map asks for last, and makes the server draw at the first visit.
    frame.locator(".zv-inset").wait_for(state="attached")
    fetched = frame.evaluate("performance.getEntriesByType('resource').length")
    choose(page, 1)
    frame.wait_for_function("name => frameElement.title !== name", arg=named)
    assert frame.evaluate(AROUND, SHAPES) == zoomed
    assert frame.evaluate("window.kept") is True
    assert fills(frame) != before
    assert frame.evaluate("performance.getEntriesByType('resource').length") == fetched


# Every height that the page gives a map's frame, from the first on; and, while it loads, the one of what holds its place.
HEIGHTS = """window === top && new MutationObserver(() => {
    const frame = document.querySelector('iframe'), held = frame?.parentElement.querySelector('[data-testid=stSkeleton]');
    if (!frame) return;
    (window.heights ??= []).push(Number(frame.getAttribute('height')));
    if (held) window.held = held.offsetHeight; }).observe(document, {attributes: true, childList: true, subtree: true})"""


@pytest.mark.parametrize("path", ["/", "/carte"])
def test_a_map_keeps_its_place_while_it_is_made(open_page: Opener, path: str) -> None:
    """What stands below never jumps up under a hand about to press: streamlit-folium asks for a frame of no height first."""
    page = open_page(path)
    page.add_init_script(HEIGHTS)
    page.reload()
    map_frame(page)
    settle(page)
    heights = page.evaluate("heights")
    assert len(heights) > 1 and len(set(heights)) == 1 and heights[0] > 300
    # The page may have its own height for it, that of the window.
    assert page.evaluate("held") == page.locator("iframe").first.evaluate("frame => frame.offsetHeight")


def test_a_map_follows_a_choice_before_the_page_hands_it_on(open_page: Opener) -> None:
    """`static/ahead.js` alone paints it; what Streamlit hands on later undoes nothing."""
    page = open_page("/carte")
    frame = map_frame(page)
    frame.evaluate(
        """() => { window.reader = window.eval; window.handed = [];
            window.eval = sent => String(sent).startsWith('//zevillage ') ? void handed.push(sent) : reader(sent); }"""
    )
    seen = [fills(frame)]
    for count in (1, 2):
        choose(page, count)
        frame.wait_for_function("count => handed.length === count", arg=count)
        seen.append(fills(frame))
    assert seen[0] != seen[1] != seen[2]
    shown = []
    for late in (0, 1, 0):
        frame.evaluate("at => reader(handed[at])", late)
        shown.append(fills(frame))
    # Both were painted already, the second over the first; what comes again after them is news.
    assert shown == [seen[2], seen[2], seen[1]]


# Each message that came over the line or was passed on to the page: which, its bytes, what the map showed. The end of a run comes late here
# (a short message whose last field is its number, and how), a frame is on the screen at once, and the wait has no end.
HELD = """window === top && (() => {
    const later = window.setTimeout, Line = window.WebSocket;
    window.setTimeout = (call, wait, ...rest) => later(call, wait === LONGEST ? 1e6 : wait, ...rest);
    window.requestAnimationFrame = (call) => later(call);
    window.told = [];
    const shapes = () => document.querySelector('iframe')?.contentDocument?.querySelectorAll(SHAPES) ?? [];
    const tell = (came, data) => told.push([came, [...new Uint8Array(data)], [...shapes()].map(e => e.getAttribute('fill'))]);
    window.WebSocket = class extends Line {
        constructor(...where) {
            super(...where);
            let late = null;
            this.addEventListener('message', (event) => {
                if (!event.isTrusted) return event.late || tell(false, event.data);
                if (!late && event.data.byteLength < 40 && new Uint8Array(event.data).at(-2) === END) {
                    late = [];
                    later(() => { const all = late; late = null; all.forEach((data) => {
                        tell(true, data);
                        this.dispatchEvent(Object.assign(new MessageEvent('message', {data}), {late: true})); }); }, 400);
                }
                if (!late) return tell(true, event.data);
                event.stopImmediatePropagation();
                late.push(event.data);
            });
        }
    };
})()"""


def test_the_page_is_drawn_once_all_of_a_run_is_there_and_the_map_is_painted(open_page: Opener) -> None:
    page = open_page("/carte")
    longest = re.search(r"const LONGEST = (\d+);", (STATIC / "ahead.js").read_text("utf-8"))
    assert longest
    key = str(ForwardMsg.SCRIPT_FINISHED_FIELD_NUMBER << 3)
    page.add_init_script(
        HELD.replace("LONGEST", longest[1]).replace("SHAPES", repr(SHAPES)).replace("END", key)
    )
    page.reload()
    frame = map_frame(page)
    settle(page)
    before = fills(frame)
    page.evaluate("told.length = 0")
    choose(page, 1)
    until(page, lambda: page.evaluate("told.some(([came]) => !came)"))
    settle(page)
    told = page.evaluate("told")
    ends = [came and ForwardMsg.FromString(bytes(sent)).HasField("script_finished") for came, sent, _ in told]
    passed = [not came for came, _, _ in told]
    assert ends.index(True) < passed.index(True) and sum(passed) > 20
    assert told[passed.index(True)][2] == fills(frame) != before


def test_a_click_is_told_to_the_page_and_outlines_the_commune(open_page: Opener) -> None:
    """The address names the commune, the map draws it thick."""
    page = open_page("/carte")
    frame = map_frame(page)
    assert frame.locator(".leaflet-zv-chosen-pane path").count() == 0
    frame.locator(SHAPES).first.dispatch_event("click")
    frame.locator(".leaflet-zv-chosen-pane path").first.wait_for(state="attached")
    page.wait_for_url("**commune=*")


# The box of everything drawn of the territory, and of what lies over the map.
AROUND = """selector => {
    const boxes = [...document.querySelectorAll(selector)].map(node => node.getBoundingClientRect()).filter(box => box.width);
    return [Math.min(...boxes.map(b => b.left)), Math.min(...boxes.map(b => b.top)),
            Math.max(...boxes.map(b => b.right)), Math.max(...boxes.map(b => b.bottom))].map(Math.round); }"""


def bottom(page: Page, selector: str) -> float:
    """Where the first element of `selector` ends, in pixels from the top of the page at rest."""
    box = page.locator(selector).first.bounding_box()
    assert box
    return box["y"] + box["height"]


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_the_whole_map_and_its_legend_stand_above_the_fold(open_page: Opener, size: tuple[int, int]) -> None:
    page = open_page("/carte", size=size)
    frame = map_frame(page)
    assert bottom(page, "iframe") <= size[1]
    assert bottom(page, '[role="group"][aria-label="Légende"]') <= size[1]
    box = page.locator("iframe").first.bounding_box()
    assert box and box["height"] > 0.5 * size[1]
    _, top, _, low = frame.evaluate(AROUND, SHAPES)
    assert top >= 0 and low <= box["height"]


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_the_buttons_cover_no_commune(open_page: Opener, size: tuple[int, int]) -> None:
    """At the first look, after another size of the window, and after « Revoir tout le territoire »."""
    page = open_page("/carte", size=size)
    frame = map_frame(page)

    def clear() -> bool:
        return bool(
            frame.evaluate(AROUND, SHAPES)[0]
            >= frame.evaluate(AROUND, ".leaflet-top.leaflet-left .leaflet-bar")[2]
        )

    assert clear()
    narrow = frame.evaluate(AROUND, SHAPES)
    page.set_viewport_size({"width": size[0], "height": size[1] + 200})
    until(page, lambda: frame.evaluate(AROUND, SHAPES) != narrow and clear())
    frame.get_by_role("button", name="Agrandir").click()
    frame.get_by_role("button", name="Revoir tout le territoire").click()
    until(page, clear)


def test_on_a_phone_the_map_comes_first_and_one_button_opens_the_choices(open_page: Opener) -> None:
    page = open_page("/carte", size=(390, 844))
    map_frame(page)
    assert bottom(page, "iframe") <= 844
    chosen = page.get_by_role("combobox", name=re.compile("^Indicateur|Part des logements"))
    expect(page.get_by_role("radio", name="Côte à côte")).to_be_hidden()
    expect(chosen.first).to_be_hidden()
    page.get_by_role("button", name="Indicateur et réglages").click()
    expect(page.get_by_role("radio", name="Côte à côte")).to_be_visible()
    expect(chosen.first).to_be_visible()
    page.get_by_role("button", name="Masquer les choix").click()
    expect(chosen.first).to_be_hidden()


def test_the_line_of_the_chosen_commune_stays_in_view_beside_the_map(open_page: Opener) -> None:
    """The last of the ranks, without scrolling; and the first one once the table is scrolled to its end."""
    for order, spot in (("", "61067"), ("end", "61304")):
        page = open_page(f"/carte?commune={spot}")
        map_frame(page)
        line = page.locator("tr[aria-current='true']")
        expect(line).to_have_count(1)
        if order:
            page.locator(".st-key-carte-rangs").evaluate("box => { box.scrollTop = box.scrollHeight; }")
        expect(line).to_be_in_viewport(ratio=0.9)
        box, row = page.locator(".st-key-carte-rangs").bounding_box(), line.bounding_box()
        assert (
            box
            and row
            and box["y"] - 2 <= row["y"]
            and row["y"] + row["height"] <= box["y"] + box["height"] + 2
        )


def test_full_screen_uses_the_width(open_page: Opener) -> None:
    """The ranks at the left, sentence and legend at the right, the source below in large letters; the territory between."""
    page = open_page("/carte?commune=61304", size=(1920, 1080))
    frame = map_frame(page)
    frame.get_by_role("button", name="Plein écran").click()
    ranks, side, strip = frame.locator(".zv-ranks"), frame.locator(".zv-side"), frame.locator(".zv-strip")
    expect(ranks.locator("tr")).to_have_count(20)
    expect(ranks.locator("tr").first).to_contain_text("Vidai")
    expect(ranks.locator(".zv-current")).to_contain_text("Neuilly-le-Bisson")
    expect(side).to_contain_text("386 logements sur")
    expect(strip).to_contain_text("Source\u202f: INSEE")
    until(page, lambda: strip.evaluate("node => parseFloat(getComputedStyle(node).fontSize)") >= 24)

    def between() -> bool:
        left, top, right, low = frame.evaluate(AROUND, SHAPES)
        return bool(
            left >= frame.evaluate(AROUND, ".zv-ranks")[2]
            and right <= frame.evaluate(AROUND, ".zv-side")[0]
            and top >= frame.evaluate(AROUND, ".zv-title")[3]
            and low <= frame.evaluate(AROUND, ".zv-strip")[1]
        )

    until(page, between)
    assert side.evaluate("node => node.scrollHeight <= node.clientHeight + 1")


def test_arrows_change_the_indicator_in_full_screen_and_p_the_names(open_page: Opener) -> None:
    """The frame stays, so does the full screen; the page follows. Outside the full screen the arrows move the map as before."""
    page = open_page("/carte")
    frame = map_frame(page)
    first = page.locator("iframe").first.get_attribute("title")
    frame.get_by_role("button", name="Plein écran").click()
    expect(frame.locator(".zv-title")).to_be_visible()
    frame.evaluate("window.kept = true")
    page.keyboard.press("ArrowRight")
    frame.wait_for_function("name => frameElement.title !== name", arg=first)
    second = page.locator("iframe").first.get_attribute("title")
    page.keyboard.press("ArrowLeft")
    frame.wait_for_function("name => frameElement.title === name", arg=first)
    # Keys that come before the page has drawn what the one before asked for are none lost: three on and two back are one on.
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    frame.wait_for_function("name => frameElement.title === name", arg=second)
    settle(page)
    assert page.locator("iframe").first.get_attribute("title") == second
    assert frame.evaluate("window.kept && document.documentElement.classList.contains('zv-full')") is True
    labels = frame.locator(".leaflet-zv-labels-pane .zv-label")
    expect(labels).not_to_have_count(0)
    page.keyboard.press("p")
    expect(labels).to_have_count(0)
    page.keyboard.press("P")
    expect(labels).not_to_have_count(0)


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
  const rounds = [...document.querySelectorAll('.leaflet-zv-circles-pane path')].map((e) => e.getBoundingClientRect());
  const shared = (a, b, from, to) => Math.min(a[to], b[to]) - Math.max(a[from], b[from]);
  const cut = (a, b) => shared(a, b, 'left', 'right') > 2 && shared(a, b, 'top', 'bottom') > 2;
  const found = [];
  boxes.forEach(([name, box], i) => boxes.slice(i + 1).forEach(([other, there]) => {
    if (cut(box, there)) found.push(name + ' / ' + other);
  }));
  const away = (at, low, high) => Math.max(0, low - at, at - high);
  boxes.forEach(([name, box]) => rounds.forEach((round) => {
    const x = (round.left + round.right) / 2, y = (round.top + round.bottom) / 2;
    if (Math.hypot(away(x, box.left, box.right), away(y, box.top, box.bottom)) < round.width / 2 - 2) found.push(name + ' / circle');
  }));
  return found;
}"""


def test_names_stand_on_the_map_and_cover_neither_each_other_nor_a_circle(open_page: Opener) -> None:
    """With values, with circles, and on half a screen: most communes keep theirs, the main ones first, on a line where there is no room."""
    for path, most in (
        ("?valeurs=1&cercles=1", 16),
        ("?cercles=1", 13),
        ("?mode=cote&avec=house_sales&cercles=1", 9),
    ):
        page = open_page(f"/carte{path}")
        frame = map_frame(page)
        frame.locator(".zv-beside").first.wait_for()
        if "cercles" in path:
            assert frame.locator(".leaflet-zv-circles-pane path").count() > 10
            assert frame.locator(".zv-leader").count() >= 2
        names = frame.locator(".zv-text").all_inner_texts()
        assert len(names) >= most and any("Le Mêle-sur-Sarthe" in name for name in names), path
        assert frame.evaluate(OVERLAPS) == [] and frame.evaluate(LEFT_OUT) == [], path


LEFT_OUT = """() => {
  const map = document.querySelector('#map_div').getBoundingClientRect();
  const texts = [...document.querySelectorAll('.zv-text, .zv-beside')].map((e) => [e, e.getBoundingClientRect()]);
  const within = (box) => box.left >= map.left - 1 && box.right <= map.right + 1 && box.top >= map.top - 1 && box.bottom <= map.bottom + 1;
  const found = texts.filter(([, box]) => !within(box)).map(([e]) => 'cut: ' + e.textContent);
  document.querySelectorAll('.zv-leader').forEach((line) => {
    const end = line.querySelector('line'), dot = line.getBoundingClientRect();
    for (let step = 0; step <= 20; step++) {
      const x = dot.left + end.x2.baseVal.value * step / 20, y = dot.top + end.y2.baseVal.value * step / 20;
      texts.forEach(([e, box]) => {
        if (line.parentNode.contains(e)) return;
        if (x > box.left && x < box.right && y > box.top && y < box.bottom) found.push('crossed: ' + e.textContent);
      });
    }
  });
  return found;
}"""
COVERED = """() => {
  const shapes = [...document.querySelectorAll('.leaflet-overlay-pane path.leaflet-interactive')];
  const inset = document.querySelector('.zv-inset'), box = inset.getBoundingClientRect();
  if (!box.width || getComputedStyle(inset).visibility === 'hidden') return false;
  return shapes.some((shape) => { // the inset lets the pointer through
    const matrix = shape.getScreenCTM().inverse();
    return [0, .25, .5, .75, 1].some((right) => [0, .25, .5, .75, 1].some((down) =>
      shape.isPointInFill(new DOMPoint(box.left + right * box.width, box.top + down * box.height).matrixTransform(matrix))));
  });
}"""


@pytest.mark.parametrize("path", ["/carte", "/carte?mode=croise", "/carte?mode=cote"])
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_no_name_is_cut_or_crossed_and_the_inset_covers_no_commune(
    open_page: Opener, path: str, size: tuple[int, int]
) -> None:
    page = open_page(path, size=size)
    frame = map_frame(page)
    frame.locator(".zv-beside").first.wait_for()
    frame.locator(".zv-inset").wait_for(state="attached")
    assert frame.evaluate(LEFT_OUT) == []
    until(page, lambda: not frame.evaluate(COVERED))
    frame.get_by_role("button", name="Plein écran").click()
    expect(frame.locator(".zv-strip")).to_be_visible()
    until(page, lambda: frame.evaluate(LEFT_OUT) == [] and not frame.evaluate(COVERED))
    assert frame.locator(".zv-text").count() >= 8


def test_the_communes_around_and_the_departement_say_where_the_territory_lies(open_page: Opener) -> None:
    page = open_page("/carte?cercles=0")
    frame = map_frame(page)
    frame.locator(".zv-beside").first.wait_for()
    assert len(frame.locator(".leaflet-zv-around-pane path").all()) > 50
    assert {"Blèves", "Le Plantis"} & set(frame.locator(".zv-beside").all_inner_texts())
    assert (
        "Sées" in frame.locator(".zv-beside.zv-town").all_inner_texts()
    )  # a town to steer by, upright on its point
    assert frame.locator(".zv-town").first.evaluate("e => getComputedStyle(e).fontStyle") == "normal"
    # Thin white borders between communes, one dark line round the groups, no dashes.
    borders = "paths => paths.map(e => ['stroke', 'stroke-width', 'stroke-dasharray'].map(n => e.getAttribute(n)).join())"
    assert set(frame.eval_on_selector_all(SHAPES, borders)) == {"#ffffff,1,"}
    frame.locator(".leaflet-zv-outline-pane path").first.wait_for(state="attached")
    outlines = frame.eval_on_selector_all(".leaflet-zv-outline-pane path", borders)
    assert set(outlines) == {"#16202c,2.5,"}
    inset = frame.get_by_role("img", name="Situation dans le département : Orne")
    expect(inset).to_be_visible()
    page.get_by_role("button", name="Réglages").click()
    page.get_by_text("Noms des communes").click()
    expect(frame.locator(".zv-text")).to_have_count(0)
    page.wait_for_url("**noms=0**")
