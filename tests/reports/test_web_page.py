"""The page for the network's site, read by a parser that did not write it, and the frame that shows it elsewhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import html

from reports.html_parts import DeckError
from reports.web_page import iframe_snippet, web_page
from tests import decks
from tests.corpus import CORPUS

GROUND = decks.ground()


def tree(content: bytes) -> Any:
    """The parsed document."""
    return html.document_fromstring(content.decode("utf-8"))


def test_every_view_is_on_the_page_with_its_figures_and_fingerprint() -> None:
    deck = decks.deck()
    content = web_page(deck, GROUND)
    sections = tree(content).xpath("//main/article")
    assert len(sections) == 3
    for section, slide in zip(sections, deck.slides, strict=True):
        said = re.sub(r"\s+", " ", " ".join(section.itertext()))
        for wanted in (slide.title, slide.sentence, slide.fingerprint, *slide.sources, *slide.vintages, *slide.secrecy):  # fmt: skip
            assert re.sub(r"\s+", " ", wanted) in said
        for table in slide.tables:
            rows = [" ".join(row.itertext()) for row in section.xpath(".//table//tr")]
            for row in table.rows:
                assert " ".join(cell.text for cell in row) in rows
            numbers = [float(v) for v in section.xpath(".//td/@data-v")]
            assert numbers == [cell.number for row in table.rows for cell in row if cell.number is not None]
    assert deck.fingerprint in content.decode() and deck.title in content.decode()


def test_the_speakers_notes_stay_at_home() -> None:
    assert "Rappeler la réunion" not in web_page(decks.deck(), GROUND).decode()


def test_the_page_asks_for_nothing() -> None:
    content = web_page(decks.deck(), GROUND)
    document = tree(content)
    assert "default-src 'none'" in document.xpath("//meta[@http-equiv]/@content")[0]
    assert document.xpath("//@style | //@src | //link | //iframe | //img | //object") == []
    assert len(content) < 300_000
    assert content == web_page(decks.deck(), GROUND)


def test_headings_of_tables_are_buttons_that_say_their_order() -> None:
    for table in tree(web_page(decks.deck(), GROUND)).xpath("//table"):
        heads = table.xpath("./thead//th")
        assert [h.get("aria-sort") for h in heads] == ["none"] * len(heads)
        assert all(len(h.xpath("./button[@type='button']")) == 1 for h in heads)


def test_an_empty_seance_is_refused() -> None:
    with pytest.raises(DeckError, match="est vide"):
        web_page(decks.deck(slides=()), GROUND)


def test_the_frame_names_and_encloses_the_page() -> None:
    (frame,) = html.fragments_fromstring(iframe_snippet('https://ex.fr/a?b=1&c="2"', CORPUS["closing"]))
    assert frame.tag == "iframe" and frame.get("src") == 'https://ex.fr/a?b=1&c="2"'
    assert frame.get("title") == CORPUS["closing"]
    assert "allow-same-origin" not in frame.get("sandbox")


NO_PAGES = [
    "javascript:alert(1)",
    "",
    "/page.html",
    "ftp://x/y",
    "http://",
    "http://a b",
    "http://[x",
    "data:,x",
]


@pytest.mark.parametrize("url", NO_PAGES)
def test_a_frame_shows_an_address_of_the_web_only(url: str) -> None:
    with pytest.raises(DeckError, match="n’est pas l’adresse"):
        iframe_snippet(url, "x")
