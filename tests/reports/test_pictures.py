"""The picture of a map's description is the map that `map_image` draws."""

from __future__ import annotations

import re

from reports.pictures import map_picture
from tests import decks


def test_a_described_map_is_drawn_whole() -> None:
    drawing = decks.deck().slides[0].maps[0]
    svg = map_picture(drawing, decks.ground(), "svg").decode()
    text = re.sub(r"<[^>]+>", " ", svg)
    for wanted in (
        "Part des logements vacants",
        "14 et plus",
        "démonstration",
        decks.SOURCE,
        "3 membres",
        "Anciennes communautés",
    ):
        assert wanted.lower() in text.lower(), wanted
    assert drawing.description in svg
    assert svg.count('id="commune-') == len(drawing.texts)
