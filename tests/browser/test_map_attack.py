"""Every place where text can reach the map, attacked in Chromium: nothing runs, nothing breaks."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, Request, expect

from tests.browser.harness import free_port, settle, until
from tests.browser.map_attack_app import hostile, lure

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("head", "class", "circles", "key", "outline", "kind", "note")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The attacked page, served from a directory of its own with the application's static files."""
    home = tmp_path_factory.mktemp("attack")
    shutil.copytree(ROOT / "static", home / "static")
    shutil.copy(ROOT / "tests/browser/map_attack_app.py", home / "app.py")
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += [
        "--server.address",
        "127.0.0.1",
        "--server.headless",
        "true",
        "--server.fileWatcherType",
        "none",
    ]
    command += ["--server.enableStaticServing", "true", "--browser.gatherUsageStats", "false"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "ZEVILLAGE_TILES": ""}
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=home, env=environ, stdout=log, stderr=subprocess.STDOUT)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(20)


class Watched:
    """A page, and everything by which an attack would betray itself."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.signs: list[str] = []
        page.on("pageerror", lambda error: self.signs.append(f"error: {error}"))
        page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        if "zv-attack" in request.url:
            self.signs.append(f"request: {request.url}")

    def found(self) -> list[str]:
        """What got through so far: code that ran, pictures asked for, script errors, a crashed page."""
        self.page.wait_for_timeout(400)  # what must not come has no state to wait for
        for frame in self.page.frames:
            hit = frame.evaluate("document.documentElement.dataset.hit || ''")
            if hit:
                self.signs.append(f"ran: {hit}")
        if self.page.locator('[data-testid="stException"]').count():
            self.signs.append("exception on the page")
        return self.signs


def opened(browser: Browser, url: str) -> Watched:
    watched = Watched(browser.new_page(viewport={"width": 1200, "height": 900}))
    watched.page.goto(url)
    return watched


def map_frame(page: Page) -> Frame:
    page.frame_locator("iframe").first.locator("path.leaflet-interactive").first.wait_for(state="attached")
    return next(frame for frame in page.frames if "/component/" in frame.url)


@pytest.fixture
def attacked(browser: Browser, address: str) -> Iterator[Watched]:
    watched = opened(browser, address)
    frame = map_frame(watched.page)
    frame.wait_for_function("document.documentElement.dataset.painted")
    yield watched
    watched.page.close()


def tip_after_hover(watched: Watched, selector: str, rank: int) -> str:
    frame = map_frame(watched.page)
    watched.page.mouse.move(1, 1)
    frame.locator(selector).nth(rank).hover(force=True)
    tip = frame.locator(".zv-tip")
    expect(tip).to_be_visible()
    return tip.evaluate("node => [...node.children].map(one => one.textContent).join('\\n---\\n')")


def test_every_text_shows_as_written_and_nothing_runs(attacked: Watched) -> None:
    """Names, values, circle, listing, label, title, legend and credit are shown letter for letter."""
    page, frame = attacked.page, map_frame(attacked.page)
    assert frame.locator("path.leaflet-interactive").count() == 6  # five communes and a circle
    assert (
        tip_after_hover(attacked, "path.leaflet-interactive", 0)
        == f"{hostile('name')}\n---\n{hostile('tooltip0')}"
    )
    # The circle lies over the middle of commune 1, which has a hostile code.
    assert frame.locator(".leaflet-zv-circles-pane path").count() == 1
    tips = {tip_after_hover(attacked, "path.leaflet-interactive", rank) for rank in (2, 3, 4)}
    assert f"{hostile('contours2')}\n---\n{hostile('tooltip2')}" in tips
    circle = tip_after_hover(attacked, ".leaflet-zv-circles-pane path", 0)
    assert circle == f"{hostile('contours1')}\n---\n{hostile('circle')}"
    assert tip_after_hover(attacked, ".leaflet-zv-markers-pane .zv-marker", 0) == hostile("marker")
    assert frame.locator(".zv-label span").all_text_contents() == [hostile("label")]
    assert frame.locator(".zv-title").text_content() == hostile("title")
    assert frame.locator("#map_div").get_attribute("aria-label") == hostile("title")
    assert page.locator("iframe").first.get_attribute("title") == hostile("title")
    assert frame.locator(".leaflet-control-attribution").text_content() == hostile("attribution")
    # The source line of the legend runs along the foot of the full screen.
    legend = "".join(frame.locator(part).text_content() or "" for part in (".zv-legend", ".zv-strip"))
    beside = page.locator("div.zv-legend").text_content() or ""
    for place in PLACES:
        assert hostile(place) in legend, place
        assert " ".join(hostile(place).split()) in " ".join(beside.split()), place
    assert attacked.found() == []


def plain(text: str) -> str:
    """The letters of a text, without what a browser does to blanks, and without invisible joiners."""
    return "".join(text.replace("\u2060", "").split())


def test_headings_messages_and_labels_are_text(attacked: Watched) -> None:
    """What Streamlit reads as Markdown is shown letter for letter: no link, no picture, nothing asked for."""
    page = attacked.page
    for place, shown in (
        ("subheader", page.get_by_role("heading", level=3)),
        ("message", page.locator('[data-testid="stAlert"]')),
        ("button", page.locator('[data-testid="stButton"]').first),
        ("fold", page.locator('[data-testid="stExpander"]')),
    ):
        assert plain(lure(place)) in plain(shown.first.text_content() or ""), place
    page.locator('[data-testid="stButton"]').first.hover()
    help_ = page.get_by_role("tooltip")
    expect(help_).to_be_visible()
    assert plain(lure("help")) in plain(help_.text_content() or "")
    led = page.locator("a[href*=zv-attack]:not([href^='#']), img[src*=zv-attack]")
    assert led.evaluate_all("found => found.map(one => one.outerHTML)") == []
    assert page.locator('[data-testid="stHeading"] [data-testid="stIconMaterial"]').count() == 0
    assert attacked.found() == []


def test_this_test_sees_a_heading_that_is_a_link(browser: Browser, address: str) -> None:
    """The same text as a heading of its own: links lead outside."""
    watched = opened(browser, address + "?unsafe=markdown")
    expect(watched.page.locator("a[href*=zv-attack]").first).to_be_visible()
    watched.page.close()


def test_a_hostile_code_comes_back_whole_from_a_click(attacked: Watched) -> None:
    """The code travels to the browser, is drawn as chosen, and comes back as it was."""
    frame = map_frame(attacked.page)
    assert frame.locator(".leaflet-zv-chosen-pane path").count() == 2
    frame.locator(".leaflet-zv-circles-pane path").click(force=True)
    shown = attacked.page.get_by_text("clicked=code")
    expect(shown).to_be_visible()
    assert (shown.text_content() or "").startswith("clicked=" + hostile("code")[:60])
    assert attacked.found() == []


def test_a_second_run_keeps_the_map(attacked: Watched) -> None:
    """A rerun neither rebuilds the map nor lets anything through."""
    frame = map_frame(attacked.page)
    frame.evaluate("window.kept = true")
    attacked.page.get_by_role("button", name="again").click()
    settle(attacked.page)
    assert map_frame(attacked.page).evaluate("window.kept") is True
    assert attacked.found() == []


def test_this_test_sees_html_that_runs(browser: Browser, address: str) -> None:
    """The same text through folium's own tooltip: the picture is asked for and its handler runs."""
    watched = opened(browser, address + "?unsafe=html")
    map_frame(watched.page)
    until(watched.page, lambda: "ran: unsafe" in watched.found())
    assert any(sign.startswith("request:") for sign in watched.signs)
    watched.page.close()


def test_this_test_sees_a_template_that_runs(browser: Browser, address: str) -> None:
    """``{{1/0}}`` through folium's own tooltip divides by zero on the server."""
    watched = opened(browser, address + "?unsafe=jinja")
    expect(watched.page.locator('[data-testid="stException"]')).to_be_visible()
    assert "exception on the page" in watched.found()
    watched.page.close()
