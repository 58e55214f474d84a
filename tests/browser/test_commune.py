"""An official finds a figure, its rank and where it comes from; calls the town hall; prints two pages; reads the housing page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import follow, settle

Opener = Callable[..., Page]


def choose(page: Page, name: str) -> None:
    """Pick a commune by the keyboard, as the list allows."""
    box = page.get_by_test_id("stSelectbox").filter(has_text="Commune").get_by_role("combobox")
    box.click()
    box.fill(name)
    page.get_by_role("option", name=name, exact=True).click()
    expect(page.locator("h1")).to_have_text(name)
    settle(page)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_find_laleus_vacancy_its_rank_and_its_source(open_page: Opener) -> None:
    page = open_page("/")
    follow(page, "Commune")
    settle(page)
    choose(page, "Laleu")
    page.get_by_role("radio", name="Logement").click()
    settle(page)
    row = page.get_by_role("row").filter(
        has=page.get_by_role("rowheader", name="Part des logements vacants", exact=True)
    )
    cells = [plain(text) for text in row.locator("td").all_inner_texts()]
    assert cells[:2] == ["6,4 % (15 sur 233)", "6e plus faible sur 20"]
    assert cells[-2:] == [
        "10,5 %",
        "RP 2022 [1]",
    ]  # the territory, then the vintage and the number of its source
    region = page.get_by_role("region", name="Logement", exact=True)
    assert region.count() == 1
    notes = plain(region.locator("xpath=following-sibling::p").first.inner_text())
    assert notes.startswith("Sources : [1] INSEE, Recensement de la population")
    page.get_by_test_id("stPageLink").filter(has_text="D'où viennent les chiffres").click()
    expect(page.locator("h1")).to_have_text("D'où viennent les chiffres")


def test_one_question_is_open_the_others_one_click_away(open_page: Opener) -> None:
    page = open_page("/commune?commune=61215")
    tables = page.locator(".zv-table caption")
    assert tables.filter(visible=True).all_inner_texts()[-1] == "Population"
    page.get_by_role("radio", name="Haut débit").click()
    page.wait_for_url("**question=haut-debit**")
    expect(page.get_by_role("region", name="Haut débit", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="Population", exact=True)).not_to_be_visible()


def test_the_town_hall_can_be_called_and_written_to(open_page: Opener) -> None:
    page = open_page("/commune?commune=61215")
    assert page.locator('a[href="tel:0233285343"]').inner_text() == "02 33 28 53 43"
    assert page.locator('a[href^="mailto:"]').count() == 1
    expect(page.get_by_text(re.compile("^(Ouverte maintenant|Fermée)")).first).to_be_visible()


def test_next_and_back_and_the_link_that_the_home_page_gives(open_page: Opener) -> None:
    page = open_page("/commune?commune=61215")
    page.locator(".st-key-commune-after").get_by_role("button").click()
    expect(page.locator("h1")).to_have_text("Marchemaisons")
    page.wait_for_url("**/commune?commune=61251")
    page.goto(page.url.replace("/commune?", "/carte?"))
    settle(page)
    page.get_by_test_id("stPageLink").filter(has_text="Portrait de Marchemaisons").click()
    expect(page.locator("h1")).to_have_text("Marchemaisons")


@pytest.mark.parametrize(
    "code", ["61215", "61258"]
)  # an ordinary one; the one with most members, listings and hours
def test_it_prints_on_two_a4_pages_without_menu_or_widgets(open_page: Opener, code: str) -> None:
    page = open_page(f"/commune?commune={code}")
    pdf = page.pdf(prefer_css_page_size=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) <= 2
    page.emulate_media(media="print")
    for hidden in ("stHeader", "stSelectbox", "stButton", "stExpander", "stPageLink"):
        assert all(not e.is_visible() for e in page.get_by_test_id(hidden).all()), hidden
    assert not page.locator("iframe").first.is_visible()
    for theme in ("Population", "Logement", "Haut débit", "Travail et revenus", "Réseau", "Évolutions"):
        assert page.get_by_role("region", name=theme, exact=True).is_visible(), theme
    picture = page.locator("img.zv-print-only")
    assert picture.is_visible() and picture.evaluate("i => i.naturalWidth") > 0


def test_the_small_charts_are_drawn(open_page: Opener) -> None:
    page = open_page("/commune?commune=61258&question=changements")
    pictures = page.locator(".zv-table img")
    assert pictures.count() >= 7
    assert pictures.evaluate_all("all => all.every(i => i.complete && i.naturalWidth > 0)")


@pytest.mark.parametrize("path", ["/commune?commune=61258", "/logement"])
def test_nothing_runs_off_a_phone(open_page: Opener, path: str) -> None:
    page = open_page(path, size=(390, 844))
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    assert height < 844 * 7, "one question is open, not all of them"
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth + 1")
    assert page.locator('[data-testid="stException"]').count() == 0


def test_the_housing_charts_name_every_commune_and_their_words_are_read(open_page: Opener) -> None:
    page = open_page("/logement")
    charts = page.get_by_test_id("stVegaLiteChart")
    assert charts.count() == 4
    page.get_by_text("Les mêmes chiffres en tableau").click()
    table = page.get_by_role("region", name="Parc de logements, RP 2022")
    expect(table.get_by_role("rowheader", name="Laleu")).to_be_visible()
    assert page.locator(".zv-answer").count() == 5
