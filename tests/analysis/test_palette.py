"""Colours: told apart by every eye, in the order of the classes, readable."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import palette
from analysis.classes import classify, diverging_classes
from analysis.palette import (
    PaletteError,
    Vision,
    class_colors,
    colors,
    contrast,
    difference,
    luminance,
    simulate,
)

VISIONS: tuple[Vision, ...] = get_args(Vision)
any_color = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


@pytest.mark.parametrize("name", ["sequential", "diverging", "qualitative"])
@pytest.mark.parametrize("k", range(2, 10))
@pytest.mark.parametrize("vision", [v for v in VISIONS if v != "greyscale"])
def test_neighbouring_classes_are_told_apart(name: str, k: int, vision: Vision) -> None:
    seen = [simulate(color, vision) for color in colors(name, k)]
    least = min(difference(a, b) for a, b in itertools.pairwise(seen))
    # 0.02 is just noticeable; at the five classes shown by default, several times that.
    assert least > (0.085 if k <= 5 else 0.065)


@pytest.mark.parametrize("vision", [v for v in VISIONS if v != "greyscale"])
@pytest.mark.parametrize("k", range(2, 10))
def test_shades_of_what_is_lacking_are_told_apart(vision: Vision, k: int) -> None:
    seen = [simulate(color, vision) for color in colors("lack", k)]
    least = min(difference(a, b) for a, b in itertools.pairwise(seen))
    assert least > (0.085 if k <= 5 else 0.05)


@pytest.mark.parametrize("name", ["sequential", "lack"])
@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("k", range(2, 10))
def test_sequential_colours_darken_for_every_eye(name: str, vision: Vision, k: int) -> None:
    lights = [luminance(simulate(color, vision)) for color in colors(name, k)]
    assert all(a > b for a, b in itertools.pairwise(lights))


@pytest.mark.parametrize("name", ["sequential", "lack"])
@pytest.mark.parametrize("k", range(1, 10))
def test_no_shade_but_the_palest_is_grey(name: str, k: int) -> None:
    """Cividis had a chroma of 2 to 6 in its middle, which reads as « no data »."""
    found = [palette.chroma(color) for color in colors(name, k)]
    assert min(found[1:] or found) >= 25
    assert found[0] >= 20


def test_chroma_is_that_of_cie_lch() -> None:
    assert palette.chroma("#808080") < 0.01
    assert palette.chroma("#ff0000") == pytest.approx(
        104.55, abs=0.05
    )  # L*a*b* of sRGB red: 53.24, 80.09, 67.20
    assert palette.chroma("#7d7c78") < 6  # the middle of cividis


def test_the_classes_shown_are_those_of_colorbrewer() -> None:
    assert colors("sequential", 5) == ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")
    assert colors("lack", 5) == ("#ffffd4", "#fed98e", "#fe9929", "#d95f0e", "#993404")


@pytest.mark.parametrize("name", palette.PALETTES)
def test_a_line_round_each_fill_carries_what_its_neighbour_does_not(name: str) -> None:
    for k in range(1, 10):
        for color in colors(name, k):
            assert contrast(palette.outline_on(color), color) >= 3
            assert contrast(palette.text_on(color), color) >= 4.5


def test_members_stand_out_from_every_fill() -> None:
    fills = {c for name in ("sequential", "lack") for k in (2, 3, 4, 5) for c in colors(name, k)}
    fills |= {c for k in (2, 3, 4, 5) for c in colors("diverging", k)}
    for vision in VISIONS[:4]:
        mine = simulate(palette.MEMBERS, vision)
        assert min(difference(mine, simulate(fill, vision)) for fill in fills) > 0.05
    assert contrast(palette.MEMBERS, palette.PAPER) >= 3


def test_fragile_is_never_the_colour_of_good() -> None:
    fragile, fair, good = palette.VERDICTS
    for vision in VISIONS:
        seen = [simulate(color, vision) for color in (fragile, fair, good)]
        assert min(difference(a, b) for a, b in itertools.combinations(seen, 2)) > 0.15
    # Good is the blue of fibre, fragile a brown of what lacks it.
    assert good == palette.FIBRE and fragile == palette.FIXED_4G
    assert luminance(good) < luminance(fragile)


def test_what_is_drawn_together_is_told_apart() -> None:
    together = (
        (palette.FIBRE, palette.COPPER, palette.FIXED_4G, palette.OTHER_TECHNOLOGY),
        (palette.MAIN_DWELLINGS, palette.SECOND_DWELLINGS, palette.VACANT),
        (palette.VACANT, palette.VACANT_PRIVATE),
        (palette.ARRIVALS, palette.DEPARTURES, palette.MEMBERS),
        (palette.EARLIER, palette.LATER),
    )
    for group in together:
        for vision in VISIONS[:4]:
            seen = [simulate(color, vision) for color in group]
            assert min(difference(a, b) for a, b in itertools.combinations(seen, 2)) > 0.09, (group, vision)


def test_qualitative_colours_differ_all_from_all() -> None:
    for vision in VISIONS[:4]:
        seen = [simulate(color, vision) for color in colors("qualitative", 5)]
        assert min(difference(a, b) for a, b in itertools.combinations(seen, 2)) > 0.12


@pytest.mark.parametrize("name", palette.PALETTES)
def test_every_number_of_colours_exists_and_reverses(name: str) -> None:
    for k in range(1, 10):
        found = colors(name, k)
        assert len(set(found)) == k
        assert colors(name, k, reverse=True) == found[::-1]
    for k in (0, 10):
        with pytest.raises(PaletteError, match="de 1 à 9"):
            colors(name, k)


def test_diverging_colours_change_hue_at_zero() -> None:
    classes = diverging_classes([-9, -4, -1, 2, 3, 8, 12], "equal", 5)
    found = class_colors(classes, "diverging")
    assert len(found) == classes.k
    for i, color in enumerate(found):
        red, blue = int(color[1:3], 16), int(color[5:7], 16)
        assert (red > blue) == (classes.edges[i] < 0), color
    assert class_colors(classes, "diverging", reverse=True) != found
    assert class_colors(diverging_classes([1, 2, 3], "equal", 3), "diverging") == palette.diverging(0, 3)
    assert class_colors(diverging_classes([-1, -2, -3], "equal", 3), "diverging") == palette.diverging(3, 0)
    assert class_colors(classify([1, 2, 3], "equal", 3)) == colors("sequential", 3)
    assert class_colors(classify([])) == ()


def test_machado_matrices_keep_greys_and_merge_what_they_should() -> None:
    for vision in VISIONS:
        assert simulate("#ffffff", vision) == "#ffffff"
        assert difference(simulate("#808080", vision), "#808080") < 0.005
    red, green = "#c04040", "#6f7a2f"
    assert difference(simulate(red, "deuteranopia"), simulate(green, "deuteranopia")) < 0.4 * difference(
        red, green
    )
    # Pure red as Machado et al. 2009 give it for protanopia: (0.152286, 0.114503, −0.003882) linear.
    assert simulate("#ff0000", "protanopia") == "#6d5f00"


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the best known near miss
    assert contrast("#767676", "#ffffff") > 4.5


@given(any_color)
def test_text_and_outline_read_on_any_colour(color: str) -> None:
    assert contrast(palette.text_on(color), color) >= 4.5
    assert contrast(palette.outline_on(color), color) >= 3


def test_fixed_colours_meet_rgaa() -> None:
    for ground in (palette.PAPER, palette.SUPPRESSED_FILL, palette.MISSING_FILL):
        assert contrast(palette.HATCH, ground) >= 4.5
        assert contrast(palette.INK, ground) >= 4.5
        assert contrast(palette.GRID, ground) >= 3
    assert contrast(palette.ACCENT, palette.PAPER) >= 4.5
    assert contrast(palette.DOTS, palette.MISSING_FILL) >= 3


@given(any_color, any_color)
def test_difference_is_a_distance(a: str, b: str) -> None:
    assert difference(a, b) == pytest.approx(difference(b, a))
    assert (difference(a, b) < 1e-9) == (a == b)
    assert difference(a, b) <= 1.3


@pytest.mark.parametrize("color", ["red", "#fff", "#12345g", "", "#1234567"])
def test_a_wrong_colour_is_refused(color: str) -> None:
    with pytest.raises(PaletteError, match="#rrvvbb"):
        luminance(color)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(PaletteError, match="Palette inconnue"):
        colors("jet", 3)
    with pytest.raises(PaletteError, match="Vision inconnue"):
        simulate("#ffffff", "eagle")  # type: ignore[arg-type]
    with pytest.raises(PaletteError, match="de 1 à 9"):
        palette.diverging(5, 5)


@pytest.mark.parametrize("room", ["ui", "pages", "data", "analysis"])
def test_no_other_file_declares_a_colour(room: str) -> None:
    """A text that is a colour, and nothing more, stands in `analysis.palette` or beside the nine cells of `analysis.bivariate`."""
    here = Path(__file__).parents[2] / room
    found = [
        f"{path.relative_to(here.parent)}:{node.lineno} {node.value}"
        for path in sorted(here.rglob("*.py"))
        if path.name not in ("palette.py", "bivariate.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"#[0-9a-fA-F]{6}", node.value)
    ]
    assert found == []
