"""« Vue pour » holds from page to page: what was narrowed for the people in the room is never widened by a click elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analysis import search
from analysis.model import LOCAL_ACCOUNT, Audience
from tests.pages.screens import Open, words
from ui.navigation import PAGES

STEMS = [Path(entry.file).stem for entry in PAGES]


def box(screen: AppTest, label: str):  # type: ignore[no-untyped-def]  # noqa: ANN201
    return next(each for each in screen.selectbox if each.label == label)


def go(screen: AppTest, page: str, **query: str) -> None:
    """Follow a link of the navigation, whose address is bare, or one with parameters."""
    screen.switch_page("app.py" if page == "accueil" else f"pages/{page}.py")
    screen.query_params.clear()
    screen.query_params.update(query)
    screen.run()
    assert [e.message for e in screen.exception] == []


@pytest.mark.parametrize("page", STEMS)
def test_every_page_keeps_the_view_in_its_address(open_page: Open, page: str) -> None:
    screen = open_page("reseau", vue="public")
    go(screen, page)
    assert screen.query_params["vue"] == "public"


def test_the_view_of_one_page_is_that_of_the_next(open_page: Open) -> None:
    screen = open_page("reseau", vue="public")
    go(screen, "commune", commune="61156")
    assert box(screen, "Vue pour").value == "public"
    go(screen, "carte", indicateur="members", commune="61156")
    assert box(screen, "Vue pour").value == "public" and "secret statistique" in words(screen)
    box(screen, "Vue pour").set_value("elu").run()
    go(screen, "accueil")
    assert box(screen, "Vue pour").value == "elu" and screen.query_params["vue"] == "elu"
    go(screen, "carte")
    assert box(screen, "Vue pour").value == "elu"


def test_an_address_that_names_a_view_sets_it(open_page: Open) -> None:
    screen = open_page("reseau", vue="public")
    go(screen, "carte", vue="animateur")
    assert box(screen, "Vue pour").value == "animateur" and "vue" not in screen.query_params


def test_what_waits_for_coordinators_is_not_shown_in_the_view_of_others(open_page: Open) -> None:
    own = words(open_page("accueil"))
    assert "Dossiers qui attendent" in own and "À appeler d’abord" in own
    for view in ("public", "elu"):
        screen = open_page("accueil", vue=view)
        shown = words(screen)
        assert "Dossiers qui attendent" not in shown and "Candidat " not in shown
        assert "À appeler d’abord" not in shown
        assert any("n’est pas montré" in each.value for each in screen.info)


def test_the_links_of_a_page_carry_the_view(open_page: Open) -> None:
    for page, query in (("commune", {"commune": "61156"}), ("carte", {"commune": "61156"}), ("accueil", {})):
        screen = open_page(page, vue="public", **query)
        links = [link.proto for link in screen.get("page_link")]
        inside = [link for link in links if not link.external]
        assert inside and all("vue=public" in link.query_string for link in inside), page
        screen = open_page(page, **query)
        assert not any("vue=" in link.proto.query_string for link in screen.get("page_link"))


def test_the_home_page_is_drawn_for_the_view(open_page: Open) -> None:
    public, own = words(open_page("accueil", vue="public")), words(open_page("accueil"))
    assert "Membres publics présents" in public and "Membres publics présents" not in own


def test_the_search_of_a_narrowed_session_names_nobody_without_consent(open_page: Open) -> None:
    from ui.search import TEXT, index_for

    everybody, public = (index_for(LOCAL_ACCOUNT, who) for who in (Audience.ANIMATEUR, Audience.PUBLIC))
    known = {e.label for e in public.entries if e.kind is search.Kind.MEMBER}
    hidden = next(e for e in everybody.entries if e.kind is search.Kind.MEMBER and e.label not in known)
    screen = open_page("accueil", vue="public")
    go(screen, "reseau")
    go(screen, "accueil")
    screen.run()
    screen.text_input(key=TEXT).set_value(hidden.label).run()
    assert not [e.message for e in screen.exception]
    assert not [link for link in screen.get("page_link") if link.proto.label.startswith("**")]
    assert "Vue pour : le public." in words(screen)
