"""Every screen on a laptop, a phone and a projector, with a register in which nobody is yet; with the demonstration: `test_walk`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from analysis.model import SYSTEM_ACTOR
from data.demo import CONFIRMATION, empty_demo
from data.opening import open_house
from data.version import version_line
from tests.browser.english import english_left
from tests.browser.harness import Served, Watch, serve, settle
from ui.navigation import PAGES
from ui.navigation import Page as Entry

SIZES = {"laptop": (1366, 768), "phone": (390, 844), "projector": (1920, 1080)}
Opener = Callable[..., tuple[Page, Watch]]

# Charts and maps follow the window a moment after it has changed.
FITS = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    const blocks = [...document.querySelectorAll('.zv-scroll:has(.zv-stack)')].filter(e => e.checkVisibility());
    return main.scrollWidth <= main.clientWidth + 1 && document.documentElement.scrollWidth <= innerWidth + 1
        && blocks.every(e => e.scrollWidth <= e.clientWidth + 1);
}"""


@pytest.fixture(scope="module")
def emptied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application with an empty register, the demonstration gone."""
    home: Path = tmp_path_factory.mktemp("home-emptied")
    house = open_house(dt.date(2026, 5, 12), home)
    empty_demo(house.store, SYSTEM_ACTOR, CONFIRMATION)
    house.store.close()
    with serve(home) as served:
        yield served


def fits_and_says_its_day(page: Page, *, filled: bool) -> None:
    """Nothing wider than a laptop, a phone or a projector; the title seen first, the day told, nothing in English."""
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        page.wait_for_function(FITS)
        assert page.locator('[data-testid="stException"]').count() == 0, name
        expect(page.locator("h1")).to_be_in_viewport()
    expect(page.locator(".zv-day")).to_contain_text("Données au")
    assert (page.locator(".zv-demo").count() > 0) == filled
    expect(page.locator(".zv-foot")).to_have_text(version_line())
    assert english_left(page) == []


@pytest.mark.parametrize("entry", PAGES, ids=[entry.url for entry in PAGES])
def test_every_screen_without_anybody_fits_and_says_its_day(
    entry: Entry, emptied: Served, open_watched: Opener
) -> None:
    page, watch = open_watched(emptied, entry.url, size=SIZES["laptop"])
    fits_and_says_its_day(page, filled=False)
    watch.check()
    page.close()


def test_a_table_reads_as_blocks_on_a_phone_and_as_a_table_elsewhere(
    app: Served, open_watched: Opener
) -> None:
    page, watch = open_watched(app, "/commune?commune=61215&question=logement", size=SIZES["phone"])
    row = page.get_by_role("row").filter(
        has=page.get_by_role("rowheader", name="Part des logements vacants", exact=True)
    )
    rank = row.get_by_role("cell").nth(1)
    expect(rank).to_be_visible()
    assert rank.evaluate("e => getComputedStyle(e, '::before').content.split('/')[0].trim()") == '"Rang"'
    box = rank.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.set_viewport_size({"width": 1366, "height": 768})
    settle(page)
    assert rank.evaluate("e => getComputedStyle(e).display") == "table-cell"
    watch.check()
    page.close()


def test_a_vintage_is_chosen_in_the_list(app: Served, open_watched: Opener) -> None:
    page, watch = open_watched(app, "/carte?indicateur=house_sales")
    expect(page.locator(".zv-answer").first).to_contain_text("65")
    page.get_by_role("combobox", name="Millésime").click()
    page.get_by_role("option", name="2021", exact=True).click()
    expect(page.locator(".zv-answer").first).to_contain_text("115")
    page.wait_for_url("**millesime=2021**")
    watch.check()
    page.close()


def test_the_rarest_words_of_a_map_are_written_first(app: Served, open_watched: Opener) -> None:
    page, watch = open_watched(app, "/haut-debit", size=SIZES["phone"])
    inside = next(f for f in page.frames if "streamlit_folium" in f.url)
    inside.wait_for_selector(".zv-label", state="attached")
    words = inside.locator(".zv-label").all_inner_texts()
    assert words.count("fragile") == 3 and words.count("bon") >= 3
    watch.check()
    page.close()
