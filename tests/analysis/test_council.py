"""A slide kept and read back, and the name of its figures."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from analysis import council
from analysis.council import Cell
from tests import decks

ALL = decks.deck().slides


@pytest.mark.parametrize("slide", ALL, ids=[slide.title for slide in ALL])
def test_a_slide_is_read_back_as_it_was_kept(slide: council.Slide) -> None:
    kept = json.loads(json.dumps(council.to_json(slide)))
    assert council.slide_from_json(kept) == slide
    assert council.slide_from_json(kept).fingerprint == slide.fingerprint


def test_what_is_no_slide_is_refused() -> None:
    with pytest.raises(KeyError):
        council.slide_from_json({"title": "x"})


def test_the_fingerprint_names_the_figures_and_not_the_words_around_them() -> None:
    slide = ALL[1]
    same = replace(slide, title="Autre", sentence="Autre", note="Autre", revision=99, frozen=None)
    assert same.fingerprint == slide.fingerprint
    table = slide.tables[0]
    changed = replace(table, rows=((Cell("2023"), Cell("5", 5.0)), *table.rows[1:]))
    assert replace(slide, tables=(changed,)).fingerprint != slide.fingerprint
    assert replace(slide, sources=("Une autre source.",)).fingerprint != slide.fingerprint


def test_the_fingerprint_names_what_is_drawn_over_the_communes_too() -> None:
    slide = ALL[0]
    (drawing,) = slide.maps
    assert drawing.circles
    fewer = replace(drawing, places=drawing.places[1:])
    other = replace(drawing, circles=replace(drawing.circles, values={"61258": 2.0}))
    names = {replace(slide, maps=(each,)).fingerprint for each in (drawing, fewer, other)}
    assert len(names) == 3


def test_a_map_frozen_before_it_could_have_places_is_still_read() -> None:
    kept = council.to_json(ALL[0])
    for name in ("places", "places_label"):
        del kept["maps"][0][name]
    (drawing,) = council.slide_from_json(kept).maps
    assert drawing.places == () and drawing.texts == ALL[0].maps[0].texts


def test_sources_have_a_short_form_where_more_is_said_of_them_and_older_views_have_none() -> None:
    slide = replace(ALL[0], cited=("INSEE (RP 2022)",))
    kept = json.loads(json.dumps(council.to_json(slide)))
    assert council.slide_from_json(kept).short_sources == ("INSEE (RP 2022)",)
    assert slide.fingerprint == ALL[0].fingerprint, "what is kept under a name keeps it"
    del kept["cited"]
    assert council.slide_from_json(kept).short_sources == slide.sources


def test_text_that_no_file_can_hold_has_a_fingerprint_too() -> None:
    assert replace(ALL[1], sources=("a\ud800b",)).fingerprint != ALL[1].fingerprint


def test_the_fingerprint_of_a_seance_follows_each_view_and_their_order() -> None:
    deck = decks.deck()
    assert replace(deck, slides=deck.slides[::-1]).fingerprint != deck.fingerprint
    assert replace(deck, title="Autre").fingerprint == deck.fingerprint
    assert len(deck.fingerprint) == 9


def test_a_seance_is_marked_when_one_view_is() -> None:
    deck = decks.deck()
    assert deck.mark == "démonstration"
    assert replace(deck, slides=deck.slides[2:]).mark == ""
