"""Files dropped on the page in Chromium: every published format goes from upload to the map and back; what cannot be taken is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from analysis.answers import FigureSet, answer
from analysis.french import number
from analysis.model import LOCAL_ACTOR
from data.imports import history
from data.opening import House, open_house, read_catalogue
from data.store import current_observations, record_import
from tests.browser.english import english_left
from tests.browser.harness import Served, Watch, follow, serve, settle
from tests.data.imports.published import Published, everything

TODAY = "2026-11-25"
REFUSED = {"arcep_speed_satellite": "satellite", "laposte_hexasmal": "codes postaux"}
"""Formats that are recognised and not taken: a word of the reason."""


@dataclass(frozen=True)
class Desk:
    """A running application and the same store, opened by the test."""

    served: Served
    house: House


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("home")
    with serve(home, environ={"ZEVILLAGE_TODAY": TODAY}) as served:
        house = open_house(dt.date.fromisoformat(TODAY), home)
        yield Desk(served, house)
        house.store.close()


@pytest.fixture(scope="module")
def visit(desk: Desk, open_watched: Callable[..., tuple[Page, Watch]]) -> Iterator[Page]:
    page, watch = open_watched(desk.served, "/importer")
    yield page
    page.context.close()
    watch.check()


def cells(house: House) -> pd.DataFrame:
    """What the map shows, whichever import it comes from."""
    with house.store.read() as session:
        frame = current_observations(session)
    return frame.set_index(["indicator", "period", "commune"])[["value", "status"]].sort_index()


def spoil(house: House, published: Published) -> int | None:
    """Lay a wrong figure over each that the file shows, so that publishing it must put the true one back; the import's number."""
    rows = [(i, c, p, value + 1000.0, "observed") for (i, p, c), value in published.shows.items()]
    if not rows:
        return None
    frame = pd.DataFrame(rows, columns=["indicator", "commune", "period", "value", "status"])
    with house.store.write(LOCAL_ACTOR) as session:
        return record_import(session, frame, kind="manual", label="faux chiffres du test")


def newest(house: House) -> int:
    with house.store.read() as session:
        return history.imports(session)[0].id


def drop(page: Page, name: str, content: bytes) -> None:
    """Put a file on the page and wait until it is read."""
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    expect(page.get_by_role("heading", name="De quoi s'agit-il")).to_be_visible(timeout=30_000)
    settle(page)


def step(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=False).first.click()
    settle(page)


def publish(page: Page) -> None:
    expect(page.get_by_role("button", name="5 · Ce qui va changer")).to_be_enabled()
    step(page, "5 · Ce qui va changer")
    page.get_by_role("button", name="Publier", exact=True).click()
    expect(page.get_by_role("heading", name="C'est publié")).to_be_visible(timeout=30_000)


def test_every_published_format_goes_from_upload_to_the_map_and_undo_restores_the_store(
    visit: Page, desk: Desk
) -> None:
    page, house = visit, desk.house
    for published in everything():
        spoiled = spoil(house, published)
        before = cells(house)
        drop(page, published.name, published.content)
        text = page.get_by_test_id("stMain").inner_text()
        if published.format in REFUSED:
            assert REFUSED[published.format] in text, published.format
            expect(page.get_by_role("button", name="5 · Ce qui va changer")).to_be_disabled()
            step(page, "1 · Fichier")
            continue
        assert published.edition in text, published.format
        publish(page)
        check_desk(house, published)
        history.undo(house.store, LOCAL_ACTOR, newest(house))
        pd.testing.assert_frame_equal(cells(house), before)
        if spoiled is not None:
            history.undo(house.store, LOCAL_ACTOR, spoiled)
        page.get_by_role("button", name="Importer un autre fichier").click()
        expect(page.get_by_role("heading", name="Quel fichier voulez-vous")).to_be_visible()


def check_desk(house: House, published: Published) -> None:
    """The answers of the desk, whose figures the map draws."""
    with house.store.read() as session:
        catalogue, known = read_catalogue(session), current_observations(session)
    figures = FigureSet(known, house.territory.name_of)
    for (indicator, period, commune), value in published.shows.items():
        said = answer(catalogue[indicator], figures, catalogue.indicators, period)
        shown = said.cells.set_index("commune").at[commune, "value"]
        assert shown == pytest.approx(value), (published.format, indicator, period, commune)


def test_a_file_of_the_analyst_is_seen_on_the_map_by_others_and_taken_back_from_the_history(
    visit: Page, desk: Desk, open_watched: Callable[..., tuple[Page, Watch]]
) -> None:
    page, house = visit, desk.house
    before = cells(house)
    code = house.territory.codes[0]
    other, watch = open_watched(desk.served, "/carte?indicateur=dwellings")
    drop(page, "../../<b>écoles</b> {{1/0}}.csv", f"code_insee;nb_ecoles_25\r\n{code};4321\r\n".encode())
    expect(page.get_by_text("../../<b>écoles</b> {{1/0}}.csv", exact=False).first).to_be_visible()
    # Previews scroll visibly: a bar that is there, a shade at the edge beyond which there is more.
    style = page.locator(".zv-scroll").first.evaluate(
        "e => [getComputedStyle(e).overflowX, getComputedStyle(e).scrollbarWidth, getComputedStyle(e).backgroundImage]"
    )
    assert style[:2] == ["auto", "thin"] and style[2].count("linear-gradient") == 4
    step(page, "3 · Colonnes")
    for label, value in (
        ("Nom de nb_ecoles_25", "Écoles <img src=x onerror=alert(1)> {{1/0}}"), ("Unité de nb_ecoles_25", "écoles"),
        ("Millésime de nb_ecoles_25", "2025"), ("Producteur", "Rectorat"), ("Titre de la publication", "Carte scolaire"),
    ):  # fmt: skip
        page.get_by_role("textbox", name=label, exact=True).fill(value)
    # As a screen reader says them: without the backslashes that keep a label from being read as Markdown.
    expect(page.get_by_role("combobox", name="Nature de nb_ecoles_25", exact=True)).to_have_count(1)
    assert page.locator(r"[aria-label*='\\']").count() == 0
    licence = page.get_by_role("combobox", name="Licence", exact=False).first
    licence.click()
    licence.press_sequentially("Licence")
    page.get_by_role("option").first.wait_for()
    licence.press("Enter")
    step(page, "Nommer ces colonnes")
    publish(page)
    settle(page)
    assert english_left(page) == []

    follow(other, "Carte")  # the other session's next click
    settle(other)
    indicator = other.get_by_role("combobox", name="Indicateur", exact=False).first
    indicator.click()
    indicator.press_sequentially("Écoles <img")
    other.get_by_role("option").first.wait_for()
    indicator.press("Enter")
    settle(other)
    expect(other.get_by_test_id("stMain")).to_contain_text(number(4321))
    expect(other.get_by_test_id("stMain")).to_contain_text("Rectorat, Carte scolaire")
    watch.check()
    other.context.close()

    page.get_by_role("link", name="dans l'historique", exact=False).click()
    expect(page.get_by_text("est en vigueur", exact=False)).to_be_visible(timeout=30_000)
    settle(page)
    page.get_by_role("button", name="Annuler", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="annulé")).to_be_visible(timeout=30_000)
    pd.testing.assert_frame_equal(cells(house), before)


def test_what_is_too_big_or_unreadable_is_said_in_french_and_changes_nothing(
    visit: Page, desk: Desk, tmp_path: Path
) -> None:
    page, house = visit, desk.house
    page.goto(f"{desk.served.url}/importer")
    settle(page)
    before = house.store.revision()
    big = tmp_path / "gros.csv"
    with big.open("wb") as file:
        file.truncate(201 * 1024 * 1024)
    page.locator("input[type=file]").set_input_files(big)
    expect(page.get_by_test_id("stFileUploader")).to_contain_text(
        "Fichier trop gros\u202f: 200 Mo au plus.", timeout=30_000
    )
    settle(page)
    assert english_left(page) == []
    page.goto(f"{desk.served.url}/importer")
    settle(page)
    drop(page, "photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    expect(page.get_by_text("ne peut pas être lu", exact=False)).to_be_visible()
    assert english_left(page) == []
    assert house.store.revision() == before
