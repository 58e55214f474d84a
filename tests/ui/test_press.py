"""The press: the same files from a process of its own, one order at a time, its errors in words, nothing left when it stops."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from reports.html_parts import DeckError
from reports.paper import sheet_pdf
from reports.press import MAKERS
from reports.workbook import workbook_xlsx
from tests import decks
from tests.corpus import CORPUS
from ui.council import supports
from ui.press import Press, PressError, PressTrace


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    press = Press()
    yield press
    press.close()


def test_the_press_makes_what_this_process_would(press: Press) -> None:
    assert press.make("workbook", decks.deck()) == workbook_xlsx(decks.deck())
    assert press.pid is not None and press.pid != os.getpid()


def test_what_refuses_a_file_is_raised_here_with_its_own_words_and_its_place(press: Press) -> None:
    empty = replace(decks.deck(), slides=())
    with pytest.raises(DeckError) as refused:
        press.make("deck", empty, decks.ground(), {})
    with pytest.raises(DeckError) as here:
        MAKERS["deck"](empty, decks.ground(), {})
    assert str(refused.value) == str(here.value)
    assert isinstance(refused.value.__cause__, PressTrace) and "deck_html" in str(refused.value.__cause__)
    assert press.make("workbook", decks.deck())[:2] == b"PK", "and the next order is answered"


def test_hostile_text_comes_through_as_it_went_in(press: Press) -> None:
    deck = decks.deck()
    for name, text in CORPUS.items():
        attacked = replace(deck, title=text, slides=tuple(replace(each, note=text) for each in deck.slides))
        assert press.make("workbook", attacked) == workbook_xlsx(attacked), name


def test_two_orders_at_once_are_each_answered_with_their_own(press: Press) -> None:
    titles = ["Un", "Deux", "Trois"]
    with ThreadPoolExecutor(3) as pool:
        made = list(
            pool.map(lambda title: press.make("workbook", replace(decks.deck(), title=title)), titles)
        )
    assert made == [workbook_xlsx(replace(decks.deck(), title=title)) for title in titles]


def test_a_press_that_was_killed_is_replaced_by_the_next_order(press: Press) -> None:
    press.make("workbook", decks.deck())
    process = press._process
    assert process is not None
    process.kill()
    process.wait(60)
    assert press.make("workbook", decks.deck())[:2] == b"PK" and press.pid != process.pid


def test_an_order_that_takes_too_long_is_given_up_and_nobody_waits_for_ever() -> None:
    hurried = Press(patience=0.0)
    with pytest.raises(PressError, match="s’est arrêté"):
        hurried.make("pdf", decks.deck(), decks.ground())
    assert hurried.pid is None
    hurried.close()


def test_the_process_leaves_when_nothing_is_asked() -> None:
    resting = Press(idle=0.0)
    resting.make("workbook", decks.deck())
    rest = resting._rest
    if rest is not None:  # it may have left already
        rest.join(60)
    assert resting.pid is None


def test_every_paper_that_a_screen_offers_is_one_the_press_makes() -> None:
    assert {each.id for each in supports.SUPPORTS} <= set(MAKERS)
    assert {"sheet", "sheets", "annual"} <= set(MAKERS) and MAKERS["sheet"] is sheet_pdf
