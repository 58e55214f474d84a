"""The pictures of a slide: the map is the one that `map_image` draws, the chart writes its values."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

import pytest

from analysis import palette
from analysis.council import ChartDrawing
from reports.chart_image import ChartImageError, chart_image
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
        "annonce disponible",
    ):
        assert wanted.lower() in text.lower(), wanted
    assert drawing.description in svg
    assert svg.count('id="commune-') == len(drawing.texts)
    assert svg.split('id="reperes"')[1].split("</g>\n   </g>")[0].count("<use ") == len(drawing.places)
    without = map_picture(replace(drawing, places=()), decks.ground(), "svg").decode()
    assert "annonce disponible" not in without and 'id="reperes"' not in without


def texts(svg: bytes) -> list[str]:
    """The texts of a picture, in order."""
    return [html.unescape(each).strip() for each in re.findall(r"<text[^>]*>([^<]*)</text>", svg.decode())]


@pytest.mark.parametrize("kind", ["column", "bar", "line"])
def test_a_chart_writes_its_values_and_says_its_gap(kind: Any) -> None:
    drawing = replace(decks.chart_slide().charts[0], kind=kind)
    svg = chart_image(drawing, "svg", foot=[f"Source : {decks.SOURCE}"])
    words = texts(svg)
    for wanted in ("Membres présents au 31 décembre", "Unité\u202f: membres", "2023", "2025", "4", "6", "–"):
        assert wanted in words, wanted
    assert "Pas de chiffre\u202f: 2024." in words and f"Source : {decks.SOURCE}" in words
    assert (
        drawing.description in svg.decode()
        and chart_image(drawing, "svg", foot=[f"Source : {decks.SOURCE}"]) == svg
    )
    assert "Membres présents au 31 décembre" not in texts(chart_image(drawing, "svg", titled=False))


def test_several_series_have_a_key_and_their_colours() -> None:
    drawing = ChartDrawing(
        "column", "Mouvements", "membres", 0, ("2024", "2025"), (("Arrivées", (3.0, 2.0)), ("Départs", (-1.0, None))), "Trois.",
        stacked=True, colors=(palette.ARRIVALS, palette.DEPARTURES),
    )  # fmt: skip
    svg = chart_image(drawing, "svg")
    assert {"Arrivées", "Départs", "3", "−1"} <= set(texts(svg))
    assert "Pas de chiffre\u202f: Départs (2025)." in texts(svg)
    assert palette.ARRIVALS in svg.decode() and palette.DEPARTURES in svg.decode()


def test_what_a_line_is_compared_with_is_broken_and_named() -> None:
    svg = chart_image(decks.compared_chart(), "svg")
    assert {"Part", "Orne (département)", "France", "9,5", "10,5"} <= set(texts(svg))
    drawn = svg.decode()
    for rank in (0, 1):
        (line,) = re.findall(rf'<g id="repere-{rank}">\s*<path[^>]*style="([^"]*)"', drawn)
        assert "stroke-dasharray" in line and palette.REFERENCE in line
    alone = chart_image(replace(decks.compared_chart(), references=()), "svg").decode()
    assert "repere-" not in alone and "Orne" not in alone
    with pytest.raises(ChartImageError, match="France"):
        chart_image(replace(decks.compared_chart(), references=(("France", (1.0,)),)), "svg")


def test_many_long_names_are_all_written() -> None:
    names = tuple(decks.deck().names.values())
    for kind in ("column", "bar"):
        drawing = ChartDrawing(
            kind, "Taux", "%", 1, names, (("Taux", tuple(i - 4.0 for i in range(len(names)))),), "x"
        )  # type: ignore[arg-type]
        words = texts(chart_image(drawing, "svg"))
        assert set(names) <= set(words) and {"−4,0", "15,0"} <= set(words)


def test_years_stand_upright_as_many_as_find_room_and_words_are_never_left_out() -> None:
    years = (*(str(year) for year in range(2004, 2026)), "12/05/2026")
    drawing = ChartDrawing("column", "T", "membres", 0, years, (("Membres", (1.0,) * 23),), "Un.")
    svg = chart_image(drawing, "svg").decode()
    written = [each for each in texts(svg.encode()) if each in years]
    assert written[:2] == ["2004", "2008"] and 5 < len(written) < 12 and "rotate(-90)" not in svg
    trades = replace(
        drawing, categories=tuple(f"Rédactrice {'abcdefghijklmnopqrstuvw'[i]}" for i in range(23))
    )
    turned = chart_image(trades, "svg").decode()
    assert turned.count("rotate(-90)") >= 23


def test_a_chart_that_cannot_be_drawn_says_why() -> None:
    good = decks.chart_slide().charts[0]
    for wrong, message in (
        (replace(good, categories=(), series=()), "Graphique vide"),
        (replace(good, series=(("x", (1.0,)),)), "1 valeurs pour 3 catégories"),
    ):
        with pytest.raises(ChartImageError, match=message):
            chart_image(wrong, "svg")
    with pytest.raises(ChartImageError, match="Format"):
        chart_image(good, "gif")  # type: ignore[arg-type]
    with pytest.raises(ChartImageError, match="Résolution"):
        chart_image(good, "png", dpi=5)
