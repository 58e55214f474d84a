"""The errands of a mayor, a councillor, a visitor and an analyst, played in Chromium by a hand that counts its clicks.

A click on a list and the one on its answer are two; choosing a file is one; keys are counted apart. Each errand ends when the screen
says what was wanted, so that a way that leads nowhere stops the measure instead of being counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Frame, Locator, Page, expect

from benchmarks.drive import Server, served
from benchmarks.row import Row
from data.territory import load_territory
from tests.browser.harness import follow, settle

LAPTOP, PHONE, PROJECTOR = (1366, 768), (390, 844), (1920, 1080)
SIZES = {LAPTOP: "laptop", PHONE: "phone", PROJECTOR: "projector"}
_PATIENCE = 60_000


@dataclass
class Hand:
    """Somebody's hand on one screen: what it clicked and which keys it pressed, counted."""

    page: Page
    url: str
    clicks: int = 0
    keys: int = 0

    @property
    def small(self) -> bool:
        """Whether the menu is folded, as on a phone."""
        size = self.page.viewport_size
        return size is not None and size["width"] <= 768

    def open(self, path: str = "/") -> None:
        """Where the errand begins: nothing is counted."""
        self.page.goto(self.url + path)
        settle(self.page)

    def click(self, what: Locator) -> None:
        """One click, once the page is at rest."""
        what.first.scroll_into_view_if_needed()
        what.first.click()
        self.clicks += 1
        settle(self.page)

    def press(self, key: str) -> None:
        """One key."""
        self.page.keyboard.press(key)
        self.keys += 1

    def go(self, title: str) -> None:
        """A page by the menu: one click or two where its group is opened first, or where the menu is folded."""
        if self.small:
            self.click(self.page.get_by_role("button", name="Menu", exact=True))
            self.click(self.page.get_by_test_id("stSidebar").get_by_role("link", name=title, exact=True))
            return
        alone = self.page.get_by_test_id("stTopNav").get_by_role("link", name=title, exact=True).count()
        follow(self.page, title)
        self.clicks += 1 if alone else 2
        settle(self.page)

    def choose(self, label: str, answer: str) -> None:
        """An answer of a list: the list, then the answer."""
        self.click(self.page.get_by_role("combobox", name=label))
        self.click(self.page.get_by_role("option", name=answer))

    def search(self, words: str) -> None:
        """The field of the search: a click, the words, Enter."""
        self.click(self.page.locator(".st-key-recherche input"))
        self.page.keyboard.type(words, delay=15)
        before = self.page.url
        self.press("Enter")
        self.page.wait_for_function("before => location.href !== before", arg=before)
        settle(self.page)

    def map(self) -> Frame:
        """The first map of the page, painted."""
        expect(self.page.locator("iframe[src*='streamlit_folium']").first).to_be_attached()
        frame = next(each for each in self.page.frames if "/component/" in each.url)
        frame.wait_for_function("document.documentElement.dataset.painted")
        return frame

    def full_screen(self) -> Frame:
        """The map in full screen: one click."""
        frame = self.map()
        self.click(frame.get_by_role("button", name="Plein écran"))
        expect(frame.locator(".zv-title")).to_be_visible()
        return frame

    def reads(self, words: str) -> None:
        """The screen says `words`: the errand has reached what it wanted."""
        expect(self.page.get_by_test_id("stMain")).to_contain_text(re.compile(words))


def own_vacancy(hand: Hand) -> None:
    """A mayor wants the share of vacant dwellings of his commune, from Accueil."""
    hand.open()
    hand.choose("Commune", "Laleu")
    hand.reads(r"Part des logements vacants\s*6,4")


def map_at_once(hand: Hand) -> None:
    """A mayor projects the map of Accueil."""
    hand.open()
    hand.full_screen()


def map_page_at_once(hand: Hand) -> None:
    """A mayor projects the page of the map, from Accueil."""
    hand.open()
    hand.go("Carte")
    hand.full_screen()


def two_vacancies(hand: Hand) -> None:
    """A mayor asks why two shares of vacant dwellings of his commune differ."""
    hand.open()
    hand.choose("Commune", "Laleu")
    hand.click(hand.page.get_by_role("link", name="Portrait de Laleu"))
    hand.click(hand.page.get_by_role("radio", name="Logement"))
    hand.reads("Deux taux|deux taux|deux parts|ne comptent pas")


def neighbours(hand: Hand) -> None:
    """A mayor looks at the next commune over his border, from Accueil."""
    hand.open()
    hand.choose("Commune", "Laleu")
    hand.click(hand.page.get_by_role("link", name="Portrait de Laleu"))
    hand.click(hand.page.locator(".st-key-commune\\:neighbours button, [class*='commune-neighbours'] button"))
    expect(hand.page.locator("h1")).not_to_have_text("Laleu")


def five_by_keys(hand: Hand) -> None:
    """A councillor goes through five indicators on the projector by the arrows."""
    hand.open("/carte")
    frame = hand.full_screen()
    titles = {frame.locator(".zv-title").inner_text()}
    for _ in range(4):
        before = frame.locator(".zv-title").inner_text()
        hand.press("ArrowRight")
        frame.wait_for_function(
            "said => document.querySelector('.zv-title').textContent !== said", arg=before
        )
        titles.add(frame.locator(".zv-title").inner_text())
    if len(titles) != 5:
        raise LookupError(f"five indicators were wanted, {len(titles)} were shown")


def how_to_join(hand: Hand) -> None:
    """A visitor asks how to join the network."""
    hand.open("/?vue=public")
    hand.go("Réseau")
    hand.reads("rejoindre")


def empty_dwellings(hand: Hand) -> None:
    """Somebody types « logements vides »."""
    hand.open()
    hand.search("logements vides")
    hand.reads("vacants")


def fibre(hand: Hand) -> None:
    """Somebody types « fibre »."""
    hand.open()
    hand.search("fibre")
    hand.reads("[Ff]ibre")


def narrowed(hand: Hand) -> None:
    """A coordinator narrows the screen for the public, then shows Commune and Carte: the choice holds."""
    hand.open()
    hand.choose("Vue pour", "Public")
    for title in ("Commune", "Carte"):
        hand.go(title)
        if "vue=public" not in hand.page.url:
            raise LookupError(f"{title} is no longer shown for the public")


def lovac(hand: Hand) -> None:
    """An analyst imports and publishes a LOVAC file."""
    hand.open()
    hand.go("Importer")
    here = load_territory()
    rows = "".join(f"{code};{name};{5 + at}\r\n" for at, (code, name) in enumerate(here.name_of.items()))
    content = f"CODGEO_25;LIBGEO_25;pp_vacant_plus_2ans_25\r\n{rows}".encode()
    hand.page.locator("input[type=file]").set_input_files(
        {"name": "lovac.csv", "mimeType": "text/csv", "buffer": content}
    )
    hand.clicks += 1
    expect(hand.page.get_by_role("heading", name="De quoi s'agit-il")).to_be_visible()
    settle(hand.page)
    hand.click(hand.page.get_by_role("button", name="5 · Ce qui va changer"))
    hand.click(hand.page.get_by_role("button", name="Publier", exact=True))
    expect(hand.page.get_by_role("heading", name="C'est publié")).to_be_visible()


Errand = Callable[[Hand], None]
PLAYED: tuple[tuple[str, Errand, tuple[int, int], int], ...] = (
    ("own vacancy rate", own_vacancy, LAPTOP, 2),
    ("own vacancy rate", own_vacancy, PHONE, 2),
    ("map of Accueil in full screen", map_at_once, LAPTOP, 1),
    ("map of Accueil in full screen", map_at_once, PROJECTOR, 1),
    ("Carte in full screen", map_page_at_once, LAPTOP, 3),
    ("Carte in full screen", map_page_at_once, PHONE, 3),
    ("Carte in full screen", map_page_at_once, PROJECTOR, 3),
    ("why two vacancy rates", two_vacancies, LAPTOP, 4),
    ("why two vacancy rates", two_vacancies, PHONE, 4),
    ("the commune over the border", neighbours, LAPTOP, 4),
    ("five indicators in full screen", five_by_keys, LAPTOP, 1),
    ("five indicators in full screen", five_by_keys, PROJECTOR, 1),
    ("how to join the network", how_to_join, LAPTOP, 1),
    ("how to join the network", how_to_join, PHONE, 2),
    ("search « logements vides »", empty_dwellings, LAPTOP, 1),
    ("search « logements vides »", empty_dwellings, PHONE, 1),
    ("search « fibre »", fibre, LAPTOP, 1),
    ("search « fibre »", fibre, PHONE, 1),
    ("narrowed over three pages", narrowed, PROJECTOR, 6),
    ("narrowed over three pages", narrowed, PHONE, 6),
    ("import and publish a LOVAC", lovac, LAPTOP, 5),
)
"""What is played at which size, and the most clicks that it may take."""


def errands(browser: Browser, _runs: int) -> list[Row]:
    """Each errand once, on a fresh screen of one server: its clicks beside the most it may take."""
    expect.set_options(timeout=_PATIENCE)
    with served("app") as server:
        return [_row(browser, server, *each) for each in PLAYED]


def _row(
    browser: Browser, server: Server, what: str, errand: Errand, size: tuple[int, int], most: int
) -> Row:
    hand = played(browser, server.url, errand, size)
    keys = f"{hand.keys} keys" if hand.keys else ""
    return Row(f"{what}, {SIZES[size]}", f"{hand.clicks} clicks", keys, hand.clicks, most, "clicks")


def played(browser: Browser, url: str, errand: Errand, size: tuple[int, int], **options: Any) -> Hand:
    """The hand after its errand. Raises when the errand does not reach what it wanted."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="fr-FR", has_touch=size == PHONE, **options
    )
    page = context.new_page()
    page.set_default_timeout(_PATIENCE)
    try:
        hand = Hand(page, url)
        errand(hand)
        return hand
    finally:
        context.close()
