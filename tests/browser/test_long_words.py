"""Words without a blank, longer than a phone is wide, wherever somebody may have written them: they break, the page stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from analysis.model import LOCAL_ACTOR, Indicator, Source, Vintage
from data.imports.model import NewIndicator
from data.imports.publish import publish
from data.opening import open_house
from data.register import Consent, PersonFields, Work, add_member
from tests.browser.harness import Served, Watch, serve, settle
from tests.data.imports.drafts import figures

TODAY = dt.date(2026, 5, 12)
WORD = "Anticonstitutionnellement" * 8
PHONE = (390, 844)
SOURCE = Source("zv", f"Mairie{WORD}", f"Titre{WORD}", f"Édition{WORD}", f"Licence{WORD}", caveat=WORD)
LONG = Indicator(
    "zv_long", f"Indicateur{WORD}", f"unité{WORD[:40]}", "Services", "count", (Vintage("2025", f"2025{WORD}", "zv"),), short=f"Court{WORD}"
)  # fmt: skip
SCREENS = (
    "/sources",
    "/carte?indicateur=zv_long",
    "/carte?indicateur=zv_long&mode=cote",
    "/carte?mode=animation",
    "/importer?onglet=historique",
    "/reseau",
    "/registre",
)
# What lies beyond the right edge of the page and that no block of its own scrolls.
BEYOND = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    const scrolls = e => { for (; e && e !== main; e = e.parentElement) {
        const x = getComputedStyle(e).overflowX; if (x !== 'visible') return true; } return false; };
    return [...main.querySelectorAll('h1,h2,h3,p,span,a,button,label,dd,dt,td,th,li,summary,div')]
        .filter(e => e.checkVisibility() && e.children.length === 0 && e.textContent.trim() && !scrolls(e.parentElement))
        .filter(e => { const r = document.createRange(); r.selectNodeContents(e);
            return r.getBoundingClientRect().right > innerWidth + 1; })
        .map(e => `${e.tagName}.${e.className} ${e.textContent.slice(0, 40)}`);
}"""


@pytest.fixture(scope="module")
def lengthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An application in which somebody wrote long words."""
    home: Path = tmp_path_factory.mktemp("home-long-words")
    house = open_house(TODAY, home)
    file = home.parent / "long.csv"
    draft = figures(
        house,
        file,
        ("zv_long", "61013", "2025", 2.0, "observed"),
        name=f"{WORD}.csv",
        new=(NewIndicator(SOURCE, LONG),),
    )
    publish(house, LOCAL_ACTOR, draft, file, today=TODAY)
    person = PersonFields(WORD[:190], None, None, f"https://exemple.fr/{WORD[:150]}")
    add_member(
        house.store, house.territory, LOCAL_ACTOR, TODAY, origin="real", commune="61013", arrived=TODAY, person=person,
        work=Work(WORD[:64], WORD[:60]), consent=Consent("oui", TODAY),
    )  # fmt: skip
    house.store.close()
    with serve(home) as served:
        yield served


@pytest.mark.parametrize("path", SCREENS)
def test_a_word_longer_than_a_phone_breaks(
    path: str, lengthy: Served, open_watched: Callable[..., tuple[Page, Watch]]
) -> None:
    page, watch = open_watched(lengthy, path, size=PHONE)
    settle(page)
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.evaluate(BEYOND) == []
    main = page.locator('[data-testid="stMain"]')
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 1
    watch.check()
    page.close()
