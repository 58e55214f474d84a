"""The histogram: counts add up, limits are written, colours are the map's, text is literal."""

import re

import pytest

from analysis.classes import classify
from analysis.palette import PaletteError, class_colors
from ui.map_page.histogram import histogram_html, histogram_text

VALUES = [1.0, 2.0, 2.5, 6.0, 9.0, None]
CLASSES = classify(VALUES, "manual", manual=(3, 8))
COLORS = class_colors(CLASSES)


def test_the_sentence_counts_each_class() -> None:
    assert histogram_text(VALUES, CLASSES, "% des logements") == (
        "Répartition en 3\xa0classes (% des logements)\u202f: moins de 3\u202f: 3\xa0communes\u202f; "
        "3 à moins de 8\u202f: 1\xa0commune\u202f; 8 et plus\u202f: 1\xa0commune."
    )


def test_bars_have_the_colours_of_the_map_and_limits_are_written() -> None:
    drawn = histogram_html(VALUES, CLASSES, COLORS, unit="%")
    bars = re.findall(
        r'<i style="left:([\d.]+)%;width:([\d.]+)%;bottom:([\d.]+)%;height:([\d.]+)%;background:(#\w+)">',
        drawn,
    )
    assert {bar[4] for bar in bars} == set(COLORS)
    assert sum(round(float(bar[3]) / 100) for bar in bars) == 5  # the highest bar counts one commune
    assert re.findall(r'<b style="left:([\d.]+)%">', drawn) == ["25.0", "87.5"]
    assert [">3<" in drawn, ">8<" in drawn] == [True, True]
    assert drawn.count('aria-label="Répartition en 3') == 1


def test_no_value_says_so_and_no_other_text_can_be_a_colour() -> None:
    assert "aucune valeur" in histogram_html([], classify([]), ())
    with pytest.raises(PaletteError):
        histogram_html(VALUES, CLASSES, ("red;x:expression(1)", *COLORS[1:]))


def test_units_are_shown_literally() -> None:
    assert "<img" not in histogram_html(VALUES, CLASSES, COLORS, unit="<img src=x onerror=alert(1)>")


def test_the_outer_limits_are_the_figures_themselves() -> None:
    """A largest share of 12,8 stood as « 13 » under the bars."""
    shares = [7.1, 7.9, 9.2, 10.5, 12.8]
    classes = classify(shares, k=2)
    drawn = histogram_html(shares, classes, ["#ffffcc", "#253494"])
    assert ">7,1</span>" in drawn and ">12,8</span>" in drawn
