"""A deck presented from disk with the network cut: by keyboard, by a remote, by hand; nothing is asked of anybody."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from analysis.council import Deck, Slide
from reports.deck import deck_html
from reports.pictures import Ground
from reports.web_page import iframe_snippet, web_page
from tests import codes, decks
from ui.server.presenter import policy
from ui.server.shell import OTHER_HEADERS

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def ground() -> Ground:
    """The contours of the territory."""
    return decks.ground()


def portraits(deck: Deck) -> dict[str, Slide]:
    """One chart a commune."""
    return {
        code: decks.chart_slide(title=f"Portrait de {name}", link="", note="")
        for code, name in deck.names.items()
    }


@pytest.fixture
def open_file(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """`open_file(content)`: the file opened from disk. The test fails at its end for a request beyond the file, an error, a refusal."""
    contexts, asked, errors = [], [], []

    def opened(
        content: bytes, *, size: tuple[int, int] = (1366, 768), touch: bool = False, name: str = "seance.html"
    ) -> Page:
        path = tmp_path / name
        path.write_bytes(content)
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="fr-FR", has_touch=touch, offline=True
        )
        contexts.append(context)

        def on_request(request: Request) -> None:
            if request.url.split("#")[0] != path.as_uri():
                asked.append(request.url)

        context.on("request", on_request)
        context.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)  # fmt: skip
        context.on("weberror", lambda error: errors.append(str(error.error)))
        page = context.new_page()
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert asked == []
    assert errors == []


def place(page: Page) -> str:
    """Where the deck stands: « Ouverture », « 2/3 », « Portrait »."""
    return page.locator("#place").inner_text()


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def shown(page: Page) -> str:
    """The title on show; exactly one slide is."""
    frames = page.locator("main .frame:visible")
    assert frames.count() == 1
    return frames.locator(".title").inner_text()


def test_presented_by_keyboard(open_file: Open, ground: Ground) -> None:
    page = open_file(deck_html(decks.deck(), ground))
    assert shown(page) == "Conseil du 3 décembre"
    seen = []
    for key in ("PageDown", "ArrowRight", " ", "PageDown", "ArrowLeft", "PageUp", "Home", "End", "Shift+ "):
        press(page, key)
        seen.append(place(page))
    assert seen == ["1/3", "2/3", "3/3", "3/3", "2/3", "1/3", "Ouverture", "3/3", "2/3"]
    # What a telephone in the room reads from the wall.
    assert codes.read(page.screenshot()) == ["http://127.0.0.1:8501/reseau"]
    assert shown(page) == "Le réseau grandit"
    expect(page.locator("#annonce")).to_have_text("2 sur 3\u202f: Le réseau grandit")
    press(page, "3", "Enter")
    assert place(page) == "3/3"
    assert page.url.endswith("#vue-3")
    page.reload()
    assert place(page) == "3/3"


def test_the_table_of_a_view_stands_one_step_below(open_file: Open, ground: Ground) -> None:
    page = open_file(deck_html(decks.deck(), ground))
    press(page, "PageDown")
    frame = page.locator(".frame.on")
    expect(frame.locator("figure.map")).to_be_visible()
    expect(frame.locator("table").first).to_be_hidden()
    press(page, "ArrowDown")
    expect(frame.locator("table").first).to_be_visible()
    expect(frame.locator("figure.map")).to_be_hidden()
    expect(page.locator("#annonce")).to_contain_text("Part des logements vacants, RP 2022")
    press(page, "ArrowUp")
    expect(frame.locator("figure.map")).to_be_visible()
    press(page, "ArrowDown", "PageDown", "PageUp")
    expect(frame.locator("figure.map")).to_be_visible()


def test_black_screen_and_back(open_file: Open, ground: Ground) -> None:
    page = open_file(deck_html(decks.deck(), ground))
    black = page.locator("#noir")
    press(page, "PageDown", "b")
    expect(black).to_be_visible()
    look = "e => [e.offsetWidth, e.offsetHeight, getComputedStyle(e).backgroundColor]"
    assert black.evaluate(look) == [1366, 768, "rgb(0, 0, 0)"]
    press(page, ".")
    expect(black).to_be_hidden()
    press(page, "b", "PageDown")
    expect(black).to_be_hidden()
    assert place(page) == "2/3"


def test_the_overview_shows_all_and_opens_one(open_file: Open, ground: Ground) -> None:
    page = open_file(deck_html(decks.deck(slides=decks.deck().slides * 20), ground, portraits(decks.deck())))
    press(page, "PageDown", "o")
    expect(page.locator("main .frame:visible")).to_have_count(61)
    boxes = [page.locator("main .frame").nth(i).bounding_box() for i in range(61)]
    assert all(box and box["height"] > 150 for box in boxes)
    press(page, "ArrowRight", "ArrowDown")
    row = sum(box is not None and boxes[0] is not None and box["y"] == boxes[0]["y"] for box in boxes)
    press(page, "Enter")
    assert place(page) == f"{2 + row}/60"
    press(page, "o")
    page.locator("#vue-6").click()
    assert place(page) == "6/60"
    expect(page.locator("main .frame:visible")).to_have_count(1)


def test_the_speakers_window_follows_and_leads(open_file: Open, ground: Ground) -> None:
    page = open_file(deck_html(decks.deck(), ground))
    press(page, "PageDown")
    with page.expect_popup() as popup:
        press(page, "s")
    speaker = popup.value
    expect(speaker.locator(".note-words")).to_have_text("Rappeler la réunion de juin.")
    expect(speaker.locator(".title-now")).to_have_text("1 sur 3\u202f: Logements vacants")
    expect(speaker.locator(".preview .title")).to_have_text("Le réseau grandit")
    expect(speaker.locator(".hour")).to_have_text(re.compile(r"^\d\d\s:\s\d\d$"))
    expect(speaker.locator(".used")).to_have_text(re.compile(r"Temps passé\s: 0\smin \d\d\ss"))
    preview = speaker.locator(".preview .frame").bounding_box()
    assert preview and preview["height"] > 150
    speaker.keyboard.press("PageDown")
    assert place(page) == "2/3"
    expect(speaker.locator(".note-words")).to_have_text("Pas de note.")
    speaker.keyboard.press("b")
    expect(page.locator("#noir")).to_be_visible()
    expect(speaker.locator(".title-now")).to_contain_text("écran noir")
    page.bring_to_front()
    press(page, "End")
    expect(speaker.locator(".title-next")).to_have_text("Fin de la séance.")
    assert len(page.context.pages) == 2
    press(page, "s")
    assert len(page.context.pages) == 2


def test_and_at_home(open_file: Open, ground: Ground) -> None:
    deck = decks.deck()
    page = open_file(deck_html(deck, ground, portraits(deck)))
    press(page, "PageDown", "PageDown", "c")
    expect(page.get_by_role("dialog", name="Et chez nous")).to_be_visible()
    page.get_by_role("button", name="Essay", exact=True).click()
    assert shown(page) == "Portrait de Essay"
    assert place(page) == "Portrait"
    press(page, "Backspace")
    assert (place(page), shown(page)) == ("2/3", "Le réseau grandit")
    press(page, "c")
    page.get_by_role("button", name="Vidai").click()
    press(page, "Escape")
    assert place(page) == "2/3"
    press(page, "c")
    page.get_by_role("button", name="Vidai").click()
    press(page, "PageDown")  # the remote leads back too
    assert place(page) == "2/3"
    page.get_by_role("button", name="Et chez nous").click()
    press(page, "PageDown")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert place(page) == "3/3"


def test_a_map_answers_and_moves_without_a_server(open_file: Open, ground: Ground) -> None:
    page = open_file(deck_html(decks.deck(), ground))
    press(page, "PageDown")
    frame = page.locator(".frame.on")
    answer, figure = frame.locator(".answer"), frame.locator("figure.map")
    expect(answer).to_have_text("Bursard\u202f: 3,5 %")
    expect(frame.locator("use.pointed")).to_have_count(1)
    commune = frame.locator('use[aria-label^="Marchemaisons"]')
    commune.hover()
    expect(answer).to_have_text("Marchemaisons\u202f: 7,5 %")
    commune.click()
    frame.locator(".places path").first.hover()
    expect(answer).to_have_text(decks.PLACES[0].text)
    page.mouse.move(5, 5)
    expect(answer).to_have_text("Marchemaisons\u202f: 7,5 %")
    press(page, "+", "+")
    expect(figure).to_have_attribute("data-zoom", "2.25")
    box = frame.locator("svg.picture").bounding_box()
    assert box

    def middle() -> tuple[float, float]:
        """The line of what is pointed at grows: its middle stays."""
        at = commune.bounding_box()
        assert at
        return at["x"] + at["width"] / 2, at["y"] + at["height"] / 2

    x, y = middle()
    page.mouse.move(box["x"] + 400, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 460, box["y"] + 230, steps=4)
    page.mouse.up()
    assert middle() == pytest.approx((x + 60, y + 30), abs=1)
    page.mouse.move(5, 5)
    expect(answer).to_have_text("Marchemaisons\u202f: 7,5 %")  # to drag is not to choose
    press(page, "0")
    expect(figure).to_have_attribute("data-zoom", "1.00")
    page.mouse.move(box["x"] + 400, box["y"] + 200)
    page.mouse.wheel(0, -500)
    expect(figure).not_to_have_attribute("data-zoom", "1.00")
    frame.get_by_role("button", name="Tout voir").click()
    expect(figure).to_have_attribute("data-zoom", "1.00")
    expect(frame.locator(".scale text")).to_have_text("5\u00a0km")
    press(page, "m", "ArrowRight")
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert answer.inner_text() == focused
    assert place(page) == "1/3"  # arrows of the map do not turn the page
    press(page, "Escape", "ArrowRight")
    assert place(page) == "2/3"


def test_a_press_on_the_map_leaves_the_arrows_to_the_slides(open_file: Open, ground: Ground) -> None:
    page = open_file(deck_html(decks.deck(), ground))
    press(page, "PageDown")
    page.locator('.frame.on use[aria-label^="Essay"]').click()
    press(page, "ArrowRight")
    assert place(page) == "2/3"


def test_help_full_screen_and_buttons(open_file: Open, ground: Ground) -> None:
    page = open_file(deck_html(decks.deck(), ground))
    press(page, "?")
    help_ = page.get_by_role("dialog", name="Commandes")
    expect(help_).to_contain_text("fenêtre de l’orateur")
    press(page, "Escape")
    expect(help_).to_have_count(0)
    press(page, "F5")
    page.wait_for_function("document.fullscreenElement !== null")
    assert place(page) == "Ouverture"
    press(page, "f")
    page.wait_for_function("document.fullscreenElement === null")
    page.get_by_role("button", name="Vue suivante").click()
    press(page, " ")  # on a button, Space is the button's
    assert place(page) == "2/3"


SWIPE = """([from, to]) => {
    const title = document.querySelector('.frame.on .title');
    const at = (x) => new Touch({ identifier: 1, target: title, clientX: x, clientY: 60 });
    const send = (name, touches, x) =>
        title.dispatchEvent(new TouchEvent(name, { bubbles: true, touches, changedTouches: [at(x)] }));
    send('touchstart', [at(from)], from);
    send('touchend', [], to);
}"""


def test_a_finger_turns_the_page(open_file: Open, ground: Ground) -> None:
    page = open_file(deck_html(decks.deck(), ground), size=(390, 844), touch=True)
    for start, end, expected in ((300, 60, "1/3"), (300, 60, "2/3"), (60, 300, "1/3")):
        page.evaluate(SWIPE, [start, end])
        assert place(page) == expected


LOOK = """() => {
    const frame = document.querySelector('.frame.on'), one = (what) => frame.querySelector(what).getBoundingClientRect();
    const seen = (what) => [...frame.querySelectorAll(what)].filter((e) => e.getClientRects().length);
    const texts = '.title, .sentence, .body, .sheet, .map-side, .answer, .origin, .mark, .place, th, td';
    const cut = seen(texts).filter((e) => (e.clientWidth && e.scrollWidth > e.clientWidth + 1)
        || (e.matches('.sheet, .map-side') && e.scrollHeight > e.clientHeight + 1)).map((e) => e.className || e.tagName);
    const size = (what) => Math.min(...seen(what).map((e) => parseFloat(getComputedStyle(e).fontSize)));
    const head = one('header'), body = one('.body'), foot = one('footer');
    return { cut, order: head.bottom <= body.top + 1 && body.bottom <= foot.top + 1, right: foot.right <= innerWidth + 1,
        bottom: foot.bottom, tall: innerHeight, body: body.height, sentence: size('.sentence'), origin: size('.origin'),
        table: seen('td').length ? size('td') : null };
}"""
SIZES = ((1920, 1080), (1366, 768), (1024, 768), (390, 844))


@pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
def test_nothing_is_cut_and_letters_can_be_read(
    open_file: Open, ground: Ground, size: tuple[int, int]
) -> None:
    deck = decks.deck()
    map_view = replace(deck.slides[0], sentence="Une phrase longue qui dit ce que l’on voit. " * 6)
    hard = replace(map_view, title="Très long titre " * 18 + "jusqu’au bout")
    page = open_file(deck_html(replace(deck, slides=(*deck.slides, map_view, hard)), ground), size=size)
    wall = size[0] > 700
    for _ in range(5):
        press(page, "PageDown")
        steps = page.locator(".frame.on .step").count()
        for _ in range(steps):
            found = page.evaluate(LOOK)
            assert found["cut"] == []
            assert found["order"] and found["right"]
            if wall:
                assert found["bottom"] <= found["tall"]
                assert found["body"] > 0.35 * found["tall"]
                # A share of the height: what a back row reads does not depend on pixels.
                assert found["sentence"] >= 0.02 * found["tall"]
                assert found["origin"] >= 0.0125 * found["tall"]
                assert found["table"] is None or found["table"] >= 0.018 * found["tall"]
            else:
                assert found["origin"] >= 12
            press(page, "ArrowDown")


def test_presented_from_a_server_that_has_stopped_since(browser: Browser, ground: Ground) -> None:
    content = deck_html(decks.deck(), ground, portraits(decks.deck()))
    headers = {**OTHER_HEADERS, "Content-Type": "text/html", "Content-Security-Policy": policy(content)}

    class Once(http.server.BaseHTTPRequestHandler):
        """The deck with the headers of the presenting window."""

        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Once)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/presenter/x")
    server.shutdown()
    server.server_close()
    thread.join()
    asked: list[str] = []
    told: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("console", lambda message: told.append(message.text))
    press(page, "PageDown", "ArrowDown", "PageDown", "o", "Enter", "b", "b", "PageUp", "+", "c")
    page.get_by_role("button", name="Essay", exact=True).click()
    assert shown(page) == "Portrait de Essay"
    press(page, "Backspace")
    assert place(page) == "1/3"
    with page.expect_popup() as popup:
        press(page, "s")
    popup.value.keyboard.press("PageDown")
    assert place(page) == "2/3"
    expect(popup.value.locator(".title-next")).to_have_text("3 sur 3\u202f: À retenir")
    assert [url for url in asked if url != "about:blank"] == []
    assert told == []
    context.close()


AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"


def violations(page: Page) -> list[str]:
    """What axe-core finds on what is on show, of any weight."""
    page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(
        """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
            .map((one) => one.id + ' ' + one.nodes[0].html.slice(0, 200))"""
    )
    return found


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_axe_finds_nothing_on_any_face_of_a_deck(
    open_file: Open, ground: Ground, size: tuple[int, int]
) -> None:
    deck = decks.deck()
    page = open_file(deck_html(deck, ground, portraits(deck)), size=size)
    assert violations(page) == []
    for keys in (["PageDown"], ["ArrowDown"], ["PageDown"], ["PageDown"], ["o"], ["o", "?"], ["Escape", "c"]):
        press(page, *keys)
        assert violations(page) == [], keys
    page.get_by_role("button", name="Essay", exact=True).click()
    assert violations(page) == []
    with page.expect_popup() as popup:
        press(page, "s")
    assert violations(popup.value) == []


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_axe_finds_nothing_on_the_web_page(open_file: Open, ground: Ground, size: tuple[int, int]) -> None:
    deck = decks.deck(slides=decks.deck().slides * 2)
    assert violations(open_file(web_page(deck, ground), size=size)) == []


def test_a_deck_of_ten_views_opens_in_less_than_a_second(open_file: Open, ground: Ground) -> None:
    deck = decks.deck(slides=(decks.deck().slides * 4)[:10])
    page = open_file(deck_html(deck, ground, portraits(deck)))
    took = page.evaluate("performance.getEntriesByType('navigation')[0].domComplete")
    assert took < 1000


def test_without_a_script_every_view_is_there(browser: Browser, ground: Ground, tmp_path: Path) -> None:
    path = tmp_path / "seance.html"
    path.write_bytes(deck_html(decks.deck(), ground))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    expect(page.locator(".frame:visible")).to_have_count(4)
    expect(page.locator(".commands")).to_be_hidden()
    context.close()


def test_printed_every_view_and_every_table_has_its_page(open_file: Open, ground: Ground) -> None:
    import io

    import pikepdf

    page = open_file(deck_html(decks.deck(), ground))
    page.emulate_media(media="print")
    with pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
        assert len(printed.pages) == 1 + 2 + 2 + 1
        assert [round(float(v)) for v in printed.pages[0].mediabox] == [0, 0, 842, 595]


# -- the page for the network's site ------------------------------------------------------------------------------


def test_the_pages_tables_sort_and_its_maps_move(open_file: Open, ground: Ground) -> None:
    page = open_file(web_page(decks.deck(), ground))
    table = page.locator("#vue-1 table")
    first = lambda: [row.split("\t")[0] for row in table.locator("tbody tr").all_inner_texts()]  # noqa: E731
    came = first()
    button = table.get_by_role("button", name="Part des logements vacants")
    head = table.locator("th.number").first
    button.click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert first()[0] == "Boitron" and set(first()[-2:]) == {"Aunay-les-Bois", "Barville"}
    button.click()
    expect(head).to_have_attribute("aria-sort", "descending")
    assert first()[0] == "Vidai" and set(first()[-2:]) == {"Aunay-les-Bois", "Barville"}
    expect(page.locator("#annonce")).to_contain_text("ordre décroissant")
    button.press("Enter")
    assert first() == came
    commune = table.get_by_role("button", name="Commune")
    commune.click()
    commune.click()
    assert first()[0] == "Vidai" and first()[-1] == "Aunay-les-Bois"
    figure = page.locator("#vue-1 figure.map")
    figure.get_by_role("button", name="Agrandir").click()
    expect(figure).to_have_attribute("data-zoom", "1.50")
    figure.hover()
    page.mouse.wheel(0, 300)  # the wheel is the page's
    page.wait_for_function("scrollY > 0")
    expect(figure).to_have_attribute("data-zoom", "1.50")


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_the_page_is_never_wider_than_its_window(
    open_file: Open, ground: Ground, size: tuple[int, int]
) -> None:
    page = open_file(web_page(decks.deck(title="Très long titre " * 19), ground), size=size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_the_page_works_inside_the_frame_of_another(browser: Browser, ground: Ground, tmp_path: Path) -> None:
    (tmp_path / "seance.html").write_bytes(web_page(decks.deck(), ground))
    snippet = iframe_snippet("https://reseau.fr/seance.html", "Séance").replace(
        "https://reseau.fr/", tmp_path.as_uri() + "/"
    )
    (tmp_path / "blog.html").write_text(f"<!DOCTYPE html><meta charset=utf-8>{snippet}", "utf-8")
    context = browser.new_context()
    page = context.new_page()
    page.goto((tmp_path / "blog.html").as_uri())
    frame = page.frame_locator("iframe[title='Séance']")
    frame.get_by_role("button", name="Agrandir").first.click()
    expect(frame.locator("figure.map").first).to_have_attribute("data-zoom", "1.50")
    context.close()
