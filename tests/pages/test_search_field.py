"""The field on every page: results for whom may see them, the day of the data, text that stays text."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analysis import search
from analysis.model import LOCAL_ACCOUNT, Audience
from tests.pages.screens import Open, words
from ui.markdown import literal
from ui.navigation import PAGES
from ui.search import TEXT, count_text


def asked(screen: AppTest, text: str) -> list[str]:
    """The labels of the links for `text`, without their Markdown."""
    screen.text_input(key=TEXT).set_value(text).run()
    assert [e.message for e in screen.exception] == []
    labels = [link.proto.label for link in screen.get("page_link")]
    return [label.replace("\\", "").replace("**", "") for label in labels if label.startswith("**")]


def test_a_commune_an_indicator_a_page_and_a_listing_are_found(open_page: Open) -> None:
    screen = open_page("accueil")
    assert asked(screen, "ST AUBIN D APPENAI")[0].startswith("Saint-Aubin-d'Appenai · commune")
    assert asked(screen, "haut debit")[0] == "Haut débit · page"
    assert any("indicateur" in label for label in asked(screen, "logements vacants"))
    assert any("annonce" in label for label in asked(screen, "location maison"))
    assert asked(screen, "zzzzzz") == [] and "Aucun résultat pour" in words(screen)


def test_the_public_view_of_a_page_finds_no_member_without_consent(open_page: Open) -> None:
    from ui.search import index_for

    open_page("accueil")
    everybody, public = (index_for(LOCAL_ACCOUNT, who) for who in (Audience.ANIMATEUR, Audience.PUBLIC))
    members = [e for e in public.entries if e.kind is search.Kind.MEMBER]
    assert 0 < len(members) < sum(e.kind is search.Kind.MEMBER for e in everybody.entries)
    assert not any("ancien membre" in e.detail for e in members)
    screen = open_page("accueil", vue="public")
    hidden = next(e for e in everybody.entries if e.kind is search.Kind.MEMBER and e not in members)
    assert not any(label.startswith(f"{hidden.label} ·") for label in asked(screen, hidden.label))


@pytest.mark.parametrize("page", [Path(entry.file).stem for entry in PAGES])
def test_every_page_says_the_day_of_its_data(page: str, open_page: Open) -> None:
    # AppTest runs a page without app.py around it: that each has the field is for tests/browser.
    screen = open_page(page)
    assert "Données au 12/05/2026" in words(screen)


def test_an_empty_register_still_finds_communes_and_pages(emptied: Path, open_page: Open) -> None:
    screen = open_page("accueil")
    assert asked(screen, "laleu")[0].startswith("Laleu · commune")
    assert not any("membre" in label for label in asked(screen, "photographie"))


def test_a_label_is_shown_letter_for_letter() -> None:
    assert literal("![x](http://a.b/c) `{{1}}` :red[y] <b>") == (
        "\\!\\[x\\]\\(http\\:\u2060\\/\\/a\\.b\\/c\\) \\`\\{\\{1\\}\\}\\` \\:\u2060red\\[y\\] \\<b\\>"
    )


def test_what_is_said_agrees_with_the_number() -> None:
    assert count_text(1, 1, "x") == "1\u00a0résultat" and count_text(3, 3, "x") == "3\u00a0résultats"
    assert count_text(8, 23, "x") == "8\u00a0premiers résultats sur 23"
    assert "deux lettres" in count_text(0, 0, "x") and "Aucun résultat" in count_text(0, 0, "xyz")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("logements vides", {"page: Logement", "indicateur: Part des logements vacants (recensement)"}),
        ("logement vide", {"page: Logement", "indicateur: Logements vacants (recensement)"}),
        ("maisons à vendre", {"page: Logement", "indicateur: Ventes de maisons", "annonce"}),
        (
            "fibre",
            {"page: Haut débit", "indicateur: Part des locaux dont la meilleure technologie est la fibre"},
        ),
        (
            "internet",
            {"page: Haut débit", "indicateur: Part des locaux dont la meilleure technologie est la fibre"},
        ),
        ("vides depuis longtemps", {"indicateur: Logements vacants depuis plus de deux ans (LOVAC)"}),
        ("fibre essay", {"commune: Essay", "page: Haut débit", "indicateur"}),
        ("Laleu logements vides", {"commune: Laleu", "page: Logement", "indicateur"}),
    ],
)
def test_what_people_type_finds_pages_indicators_and_communes_together(
    open_page: Open, typed: str, expected: set[str]
) -> None:
    from ui.search import index_for

    open_page("accueil")
    found = search.search(index_for(LOCAL_ACCOUNT, Audience.PUBLIC), typed)
    names = {f"{entry.kind.value}: {entry.label}" for entry in found} | {entry.kind.value for entry in found}
    assert expected <= names, sorted(names)


def test_an_indicator_asked_with_a_commune_opens_at_that_commune(open_page: Open) -> None:
    from ui.search import index_for

    open_page("accueil")
    found = search.search(index_for(LOCAL_ACCOUNT, Audience.PUBLIC), "fibre sainte scolasse")
    indicators = [entry for entry in found if entry.kind is search.Kind.INDICATOR]
    assert indicators and all(("commune", "61454") in entry.query for entry in indicators)
    assert all("Sainte-Scolasse-sur-Sarthe" in entry.detail for entry in indicators)
