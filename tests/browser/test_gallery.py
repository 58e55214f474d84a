"""Every Streamlit element in French, opened and used: what the pages do not show today, they may show tomorrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.english import english_left
from tests.browser.harness import Served, Watch, at_rest, serve, settle

SCRIPT = Path(__file__).with_name("gallery_app.py")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("gallery"), script=SCRIPT) as running:
        yield running


@pytest.fixture
def gallery(served: Served, open_watched: Callable[..., tuple[Page, Watch]]) -> Iterator[Page]:
    page, watch = open_watched(served, size=(1366, 3200), locale="en-GB")
    expect(page.get_by_text("Prévenir")).to_be_visible()
    yield page
    page.close()
    watch.check()


def element(page: Page, kind: str, rank: int = 0) -> Locator:
    return page.get_by_test_id(kind).nth(rank)


def test_at_rest(gallery: Page) -> None:
    assert english_left(gallery) == []


def test_toolbars_and_their_hints(gallery: Page) -> None:
    buttons = gallery.get_by_test_id("stElementToolbarButton").get_by_role("button")
    expect(buttons.filter(has=gallery.get_by_test_id("stElementToolbarButtonIcon"))).not_to_have_count(0)
    seen = set()
    for button in buttons.all():
        name = button.get_attribute("aria-label")
        if name in seen:
            continue
        seen.add(name)
        button.focus()
        expect(gallery.get_by_test_id("stTooltipContent").first).to_be_visible()
        assert english_left(gallery) == []


def test_columns_menu_and_search(gallery: Page) -> None:
    grid = element(gallery, "stDataFrame").locator("canvas").first
    box = grid.bounding_box()
    assert box
    # The sign of the last column's menu shows at its right end when the mouse is on its heading.
    gallery.mouse.move(box["x"] + box["width"] - 60, box["y"] + 18)
    at_rest(gallery)
    gallery.mouse.click(box["x"] + box["width"] - 18, box["y"] + 18)
    menu = gallery.get_by_test_id("stDataFrameColumnMenu")
    expect(menu).to_be_visible()
    expect(menu).to_contain_text("Tri croissant")
    assert english_left(gallery) == []
    for entry in menu.get_by_role("menuitem").all():
        entry.hover()
        at_rest(gallery)
        assert english_left(gallery) == []
        if "Statistiques" in entry.inner_text():
            expect(gallery.locator(".stDataFrameStatisticsMenu")).to_contain_text("137,67")
    gallery.keyboard.press("Escape")
    element(gallery, "stDataFrame").hover()
    for name in ("Choisir les colonnes", "Chercher"):
        gallery.get_by_role("button", name=name).first.click()
        at_rest(gallery)
        assert english_left(gallery) == []
        gallery.keyboard.press("Escape")


@pytest.mark.parametrize("kind", ["stSelectbox", "stMultiSelect"])
def test_choices(gallery: Page, kind: str) -> None:
    box = element(gallery, kind).get_by_role("combobox").first
    box.click()
    at_rest(gallery)
    assert english_left(gallery) == []
    box.fill("zzz")
    at_rest(gallery)
    assert english_left(gallery) == []
    gallery.keyboard.press("Escape")
    if kind == "stMultiSelect":
        box.fill("")
        box.click()
        gallery.get_by_role("option", name="Vidai").first.click()
        settle(gallery)
        assert english_left(gallery) == []


@pytest.mark.parametrize("rank", [0, 1])
def test_calendars(gallery: Page, rank: int) -> None:
    element(gallery, "stDateInput", rank).locator("input, [role=spinbutton], button").first.click()
    at_rest(gallery)
    assert english_left(gallery) == []


def test_entries_say_how_to_send_them(gallery: Page) -> None:
    for label in ("Nom", "Note", "Adresse", "Seuil"):
        field = gallery.get_by_label(label, exact=True).first
        field.click()
        field.press("End")
        gallery.keyboard.type("12")
        at_rest(gallery)
        assert english_left(gallery) == [], label


def test_a_file_is_read_and_a_wrong_one_refused(gallery: Page, tmp_path: Path) -> None:
    good, wrong = tmp_path / "chiffres.csv", tmp_path / "photo.xyz"
    good.write_text("commune;valeur\n", encoding="utf-8")
    wrong.write_text("x", encoding="utf-8")
    for file in (good, wrong):
        element(gallery, "stFileUploader").locator("input[type=file]").set_input_files(file)
        settle(gallery)
        at_rest(gallery)
        assert english_left(gallery) == [], file.name


def test_dialog_toast_and_error(gallery: Page) -> None:
    gallery.get_by_role("button", name="Ouvrir le dialogue").click()
    expect(gallery.get_by_role("dialog")).to_be_visible()
    assert english_left(gallery) == []
    gallery.keyboard.press("Escape")
    settle(gallery)
    gallery.get_by_role("button", name="Prévenir").click()
    expect(gallery.get_by_test_id("stToast")).to_be_visible()
    assert english_left(gallery) == []
    gallery.get_by_role("button", name="Échouer").click()
    error = gallery.get_by_test_id("stException")
    expect(error).to_contain_text("Une erreur s’est produite")
    expect(error).not_to_contain_text("secret")
    assert english_left(gallery) == []
