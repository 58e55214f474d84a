"""« Ce n'est pas ce que nous voyons » on the screens: said by the commune, read by those who keep the figures, never by the public."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analysis.model import Account, Audience, Role
from tests.pages.screens import Open, words
from ui import access, loading, remarks
from ui.portrait import sections

SAID = "Trois maisons sont relouées depuis mars."
MAYOR = Account("mairie-essay", "Mairie d'Essay", Role.ELU, "61156")
ANALYST = Account("analyste", "Analyste", Role.ANALYSTE)
COORDINATOR = Account("animateur", "Animatrice", Role.ANIMATEUR)
OTHER_MAYOR = Account("mairie-laleu", "Mairie de Laleu", Role.ELU, "61215")
VISITOR = Account("", "Visiteur", Role.PUBLIC)

Sit = Callable[[Account], None]


@pytest.fixture
def sit(home: Path) -> Iterator[Sit]:
    """Who sits at the screen, until the test ends. What is kept is kept by account and audience, so the home may be shared."""
    with pytest.MonkeyPatch.context() as patch:

        def sit(who: Account) -> None:
            entrance = access.Entrance(who, "pin", signed_in=who.role is not Role.PUBLIC)
            patch.setattr(access, "current", lambda: entrance)

        yield sit


def folds(screen: AppTest) -> list[str]:
    return [fold.label.replace("\u202f", " ").replace("\u00a0", " ") for fold in screen.expander]


def say(open_page: Open, figure: str = "vacancy_rate") -> AppTest:
    screen = open_page("commune", commune="61156")
    next(box for box in screen.selectbox if box.label == "Chiffre").set_value(figure)
    next(field for field in screen.text_input if field.label == "Ce que vous voyez").set_value(SAID)
    next(button for button in screen.button if button.label == "Enregistrer la remarque").click().run()
    assert [e.message for e in screen.exception] == []
    return screen


def test_a_mayor_says_so_and_finds_it_beside_the_figure_which_has_not_moved(
    open_page: Open, sit: Sit
) -> None:
    sit(MAYOR)
    before = words(open_page("commune", commune="61156"))
    reckoned = sections.portrait_of(loading.desk(), "61156", Audience.ELU)
    shown = words(say(open_page))
    assert sections.portrait_of(loading.desk(), "61156", Audience.ELU) is reckoned, "made anew for a remark"
    assert SAID in shown and "12/05/2026" in shown and "(remarque de la commune)" in shown
    assert "(remarque de la commune)" not in before
    figure = "Part des logements vacants"
    row = before.split(f">{figure}<")[1].split("</tr>")[0]
    assert row == shown.split(f">{figure} (remarque de la commune)<")[1].split("</tr>")[0] and "%" in row


def test_a_mayor_says_so_on_the_map_beside_the_figure_that_is_shown(open_page: Open, sit: Sit) -> None:
    sit(MAYOR)
    screen = open_page("carte", indicateur="population_rp", millesime="2016", commune="61156")
    assert [fold for fold in folds(screen) if "ce que vous voyez" in fold] == [
        "« Population au recensement » : ce n’est pas ce que vous voyez ?"
    ]
    assert "Chiffre" not in [box.label for box in screen.selectbox]
    next(field for field in screen.text_input if field.label == "Ce que vous voyez").set_value(SAID)
    next(button for button in screen.button if button.label == "Enregistrer la remarque").click().run()
    assert [e.message for e in screen.exception] == []
    assert SAID in words(screen)
    assert SAID not in words(open_page("carte", indicateur="population_rp", commune="61156")), "of 2016 alone"
    for who, code in ((MAYOR, "61215"), (OTHER_MAYOR, "61156"), (VISITOR, "61156")):
        sit(who)
        other = open_page("carte", indicateur="population_rp", commune=code)
        assert not [fold for fold in folds(other) if "ce que vous voyez" in fold]


def test_those_who_keep_the_figures_read_it_and_nobody_else_receives_it(open_page: Open, sit: Sit) -> None:
    sit(MAYOR)
    say(open_page)
    for who, reads in ((ANALYST, True), (VISITOR, False), (COORDINATOR, True), (OTHER_MAYOR, False)):
        sit(who)
        screens = (
            open_page("commune", commune="61156"),
            open_page("carte", indicateur="vacancy_rate", commune="61156"),
            open_page("sources"),
        )
        for screen in screens:
            # What the server sends, shown or not.
            sent = "".join(
                str(node.proto) for node in screen._tree if getattr(node, "proto", None) is not None
            )
            assert (SAID in words(screen)) is reads, who
            assert ("relou" in sent) is reads, who
        other = open_page("carte", indicateur="population")
        assert "relou" not in words(other), who


def test_a_screen_set_for_the_public_shows_no_remark_to_the_room(open_page: Open, sit: Sit) -> None:
    sit(MAYOR)
    say(open_page)
    sit(COORDINATOR)
    for page in ("commune", "carte"):
        screen = open_page(page, commune="61156", vue="public")
        assert SAID not in words(screen) and remarks.FOLD not in folds(screen)
    assert SAID not in words(open_page("sources", vue="public"))


@pytest.mark.parametrize(
    ("who", "commune", "offered"),
    [(MAYOR, "61156", True), (MAYOR, "61215", False), (ANALYST, "61215", True), (VISITOR, "61156", False)],
)
def test_the_form_is_offered_to_whom_it_is_for(
    open_page: Open, sit: Sit, who: Account, commune: str, offered: bool
) -> None:
    sit(who)
    assert (remarks.FOLD in folds(open_page("commune", commune=commune))) is offered


def test_what_is_missing_is_said_and_what_was_typed_stays(open_page: Open, sit: Sit) -> None:
    sit(MAYOR)
    screen = open_page("commune", commune="61156")
    next(field for field in screen.text_input if field.label == "Ce que vous voyez").set_value(SAID)
    next(button for button in screen.button if button.label == "Enregistrer la remarque").click().run()
    assert "Choisissez-le dans la liste" in words(screen)
    assert next(f for f in screen.text_input if f.label == "Ce que vous voyez").value == SAID


def test_a_remark_is_taken_back(open_page: Open, sit: Sit) -> None:
    sit(MAYOR)
    screen = say(open_page)
    next(button for button in screen.button if button.label == "Retirer").click().run()
    assert [e.message for e in screen.exception] == []
    assert SAID not in words(screen) and "(remarque de la commune)" not in words(screen)


def test_a_remark_is_only_text(open_page: Open, sit: Sit) -> None:
    sit(MAYOR)
    screen = open_page("commune", commune="61156")
    hostile = "<img src=x onerror=alert(1)> [a](http://a.b) {{1}}"
    next(box for box in screen.selectbox if box.label == "Chiffre").set_value("vacancy_rate")
    next(field for field in screen.text_input if field.label == "Ce que vous voyez").set_value(hostile)
    next(button for button in screen.button if button.label == "Enregistrer la remarque").click().run()
    for shown in (screen, open_page("carte", commune="61156")):
        assert "<img src=x" not in words(shown)
