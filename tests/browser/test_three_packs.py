"""Two packs beside the one that the other browser tests walk: an EPCI elsewhere, filled from a file of all France; a commune overseas.

Every page, at one size: it opens, nothing leaves the machine, nothing breaks, and no word of Zevillage's territory stands on it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data import packs
from data.catalogue import load_catalogue
from data.opening import open_house
from data.packs.fill import fill
from data.packs.make import of_communes, of_epci, write
from tests.browser.harness import Served, Watch, serve, settle
from tests.packs import national_census, says, words_of
from ui.navigation import PAGES

TODAY = dt.date(2026, 5, 12)
Opener = Callable[..., tuple[Page, Watch]]


def _filled(folder: Path) -> tuple[Path, Path]:
    """The pack of the CC du Bazadais (31 communes) and its home, filled from a national file."""
    pack, home = folder / "bazadais", folder / "home"
    write(of_epci("200043982"), pack, 2026)
    house = open_house(TODAY, home, packs.named(str(pack)))
    (done,) = fill(house, [national_census(folder / "base-cc-logement-2021.CSV")], TODAY)
    assert done.number is not None, done.why
    house.store.close()
    return pack, home


def _overseas(folder: Path) -> tuple[Path, Path]:
    """The pack of Papeete, a commune without contour."""
    pack = folder / "papeete"
    write(of_communes(["98735"], "Papeete"), pack, 2026)
    return pack, folder / "home"


@pytest.mark.parametrize("make", [_filled, _overseas], ids=["bazadais", "papeete"])
def test_every_page_of_another_pack_opens_and_tells_nothing_of_zevillage(
    make: Callable[[Path], tuple[Path, Path]], tmp_path: Path, open_watched: Opener
) -> None:
    pack, home = make(tmp_path)
    foreign = words_of(packs.SHIPPED.folder) - words_of(pack)
    foreign -= {indicator.name for indicator in load_catalogue().indicators.values()}  # everybody's words
    assert len(foreign) > 30
    environ = {"ZEVILLAGE_TERRITORY": str(pack), "ZEVILLAGE_TODAY": TODAY.isoformat()}
    with serve(home, environ=environ) as served:
        page, watch = open_watched(served, PAGES[0].url)
        for entry in PAGES:
            if entry is not PAGES[0]:
                page.goto(served.url + entry.url)
                settle(page)
            expect(page.locator("h1")).to_be_in_viewport()
            assert page.locator('[data-testid="stException"]').count() == 0, entry.url
            text = "\n".join(frame.locator("body").inner_text() for frame in page.frames)
            assert [word for word in sorted(foreign) if says(text, word)] == [], entry.url
            assert "réseau Zevillage" not in text, entry.url
        if make is _filled:
            _compared(page, served)
        watch.check()
        page.context.close()


def _compared(page: Page, served: Served) -> None:
    """What surrounds a commune stands in its portrait, and beside the map; its EPCI is the territory itself, and told once there."""
    page.goto(f"{served.url}/commune?commune=33036&question=logement")
    settle(page)
    table = page.get_by_role("table", name="Logement\u202f: et ailleurs\u202f?")
    for head in (
        "Bazas",
        "Gironde (département)",
        "Nouvelle-Aquitaine (région)",
        "France",
        "Communes semblables",
    ):
        expect(table.get_by_role("columnheader", name=head, exact=True)).to_be_visible()
    page.goto(f"{served.url}/carte?indicateur=vacancy_rate")
    settle(page)
    beside = page.get_by_role("table", name="Et ailleurs\u202f?")
    assert beside.get_by_role("rowheader").all_inner_texts() == [
        "CC du Bazadais", "Gironde (département)", "Nouvelle-Aquitaine (région)", "France",
    ]  # fmt: skip
    assert page.locator(".zv-histogram u").count() > 0
