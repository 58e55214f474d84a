"""The map page in Chromium, the network cut: every indicator fills or hatches every commune, clicks, filters, files."""

from __future__ import annotations

import io
import json
import re

import pytest
from PIL import Image
from playwright.sync_api import Frame, Page, expect

from data.catalogue import load_catalogue
from data.territory import load_territory
from tests.browser.conftest import Opener
from tests.browser.harness import Served, settle, until

CODES = load_territory().codes
INDICATORS = load_catalogue().indicators
FILLS = (
    """() => [...document.querySelectorAll('.leaflet-overlay-pane path')].map(p => p.getAttribute('fill'))"""
)

# Where the first commune is drawn: a zoom of half a step may leave the round length of the scale as it was.
EXTENT = """() => { const box = document.querySelector('.leaflet-overlay-pane path').getBoundingClientRect();
    return [box.left, box.top, box.width, box.height].map(Math.round); }"""


def map_frame(page: Page) -> Frame:
    """The map's own document, once painted."""
    handle = page.wait_for_selector("iframe[src*='streamlit_folium']")
    frame = handle.content_frame() if handle else None
    assert frame is not None
    frame.wait_for_function(
        "document.documentElement.dataset.painted && document.querySelector('.leaflet-overlay-pane path')"
    )
    return frame


INSIDE = """index => {
    const path = document.querySelectorAll('.leaflet-overlay-pane path')[index], box = path.getBoundingClientRect();
    for (let i = 1; i < 12; i++) for (let j = 1; j < 12; j++) {
        const x = box.left + box.width * i / 12, y = box.top + box.height * j / 12;
        if (document.elementFromPoint(x, y) === path) return { x, y };
    }
    throw new Error('nothing of this commune can be reached');
}"""


def point_at(frame: Frame, code: str, *, click: bool = False) -> None:
    """Move the pointer onto a commune, where no circle covers it, and click if asked."""
    spot = frame.evaluate(INSIDE, list(CODES).index(code))
    body = frame.locator("body")
    body.hover(position=spot)
    if click:
        body.click(position=spot)


def plain(page: Page) -> str:
    """The words on the page with plain blanks."""
    return re.sub(r"[\u202f\u00a0]", " ", page.locator('[data-testid="stMain"]').inner_text())


@pytest.mark.parametrize("indicator", list(INDICATORS))
def test_every_indicator_fills_or_hatches_every_commune(
    app: Served, open_page: Opener, indicator: str
) -> None:
    page = open_page(f"/carte?indicateur={indicator}")
    fills = map_frame(page).evaluate(FILLS)
    assert len(fills) == len(CODES)
    assert all(re.fullmatch(r"#[0-9a-f]{6}|url\(\"?#zv-(suppressed|missing)\"?\)", fill) for fill in fills), (
        fills
    )
    rows = page.locator("table.zv-table tbody tr").count()
    assert rows >= len(CODES)
    assert INDICATORS[indicator].name in plain(page) and "Source :" in plain(page)


def test_a_click_opens_the_communes_panel_and_the_address_keeps_it(app: Served, open_page: Opener) -> None:
    page = open_page("/carte")
    order = list(CODES)
    map_frame(page).locator(".leaflet-overlay-pane path").nth(order.index("61215")).click(
        position={"x": 20, "y": 30}, force=True
    )
    expect(page.get_by_text("79,1\u202f% (280 sur 354)")).to_be_visible()
    expect(page).to_have_url(re.compile("commune=61215"))


def test_hovering_names_the_commune_and_its_value(app: Served, open_page: Opener) -> None:
    page = open_page("/carte")
    frame = map_frame(page)
    point_at(frame, "61304")
    tip = frame.locator(".zv-tip")
    expect(tip).to_contain_text("Neuilly-le-Bisson")
    expect(tip).to_contain_text("11,4")


def test_a_filter_restyles_the_same_map_and_keeps_the_readers_zoom(app: Served, open_page: Opener) -> None:
    page = open_page("/carte")
    frame = map_frame(page)
    before = frame.evaluate(FILLS)
    whole = frame.evaluate(EXTENT)
    frame.get_by_role("button", name="Agrandir").click()

    def closer() -> list[int] | None:
        here: list[int] = frame.evaluate(EXTENT)
        return here if here != whole else None

    zoomed = until(page, closer, rest=8)
    frame.evaluate("window.same = true")
    page.get_by_role("combobox", name=re.compile("Indicateur")).click()
    page.keyboard.type("Part des locaux dont la meilleure technologie est la fibre")
    page.keyboard.press("Enter")
    settle(page)
    frame = map_frame(page)
    expect(page.get_by_text("4\u202f317 locaux sur 4\u202f791 ont la fibre")).to_be_visible()
    assert frame.evaluate("window.same === true"), "the map was rebuilt"
    assert frame.evaluate(FILLS) != before and frame.evaluate(EXTENT) == zoomed


def test_files_have_title_legend_source_and_figures(app: Served, open_page: Opener) -> None:
    page = open_page("/carte?indicateur=lovac_vacancy_rate")
    got = {}
    for label in ("Image PNG", "Image SVG", "Tableau CSV", "GeoJSON"):
        with page.expect_download() as download:
            page.get_by_role("button", name=re.compile(label)).click()
        got[label] = download.value.path().read_bytes()
        assert download.value.suggested_filename.startswith("part-vacante-du-parc-prive-1er-janvier-2025.")
    assert Image.open(io.BytesIO(got["Image PNG"])).size[0] > 1000
    svg = got["Image SVG"].decode()
    for words in ("Part des logements vacants du parc privé (LOVAC)", "Cerema", "secret statistique"):
        assert words in svg, words
    csv = got["Tableau CSV"].decode()
    assert (
        csv.count("\n") == len(CODES) + 1
        and ";secret statistique;" in csv
        and "61215;Laleu;Part des logements vacants du parc privé (LOVAC);1er janvier 2025;8,29" in csv
    )
    features = json.loads(got["GeoJSON"])["features"]
    assert (
        len(features) == len(CODES) and sum(f["properties"]["statut"] == "suppressed" for f in features) == 12
    )


def test_the_whole_map_can_be_asked_for_with_the_keyboard(app: Served, open_page: Opener) -> None:
    page = open_page("/carte")
    box = page.get_by_role("combobox", name=re.compile("^Commune"))
    box.focus()
    page.keyboard.type("Vidai")
    page.keyboard.press("Enter")
    settle(page)
    expect(page.get_by_text("17,4\u202f% (8 sur 46)")).to_be_visible()
