"""Two indicators crossed: who is in which cell, what lacks a figure, nine colours that every eye tells apart."""

from __future__ import annotations

import itertools
from typing import get_args

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import bivariate
from analysis.answers import Answer, FigureSet, answer
from analysis.bivariate import COLORS, LEVELS, code, color, cross
from analysis.model import Indicator, Status, Vintage
from analysis.palette import Vision, chroma, contrast, difference, luminance, simulate, text_on

NAMES = {
    f"c{i}": name for i, name in enumerate(["Aunay", "Barville", "Coulonges", "Damigny", "Essay", "Fay"])
}
Cell = float | Status | None


def indicator(id_: str, name: str) -> Indicator:
    return Indicator(id_, name, "%", "Thème", "published", (Vintage("2022", "2022", "s"),), short=name)


def asked(id_: str, cells: list[Cell], names: dict[str, str] = NAMES) -> Answer:
    rows = [
        (id_, commune, "2022", None, cell)
        if isinstance(cell, Status)
        else (id_, commune, "2022", cell, Status.OBSERVED)
        for commune, cell in zip(names, cells, strict=True)
        if cell is not None
    ]
    frame = pd.DataFrame(rows, columns=["indicator", "commune", "period", "value", "status"])
    return answer(indicator(id_, id_), FigureSet(frame, names), {}, "2022")


def test_each_commune_falls_in_the_cell_of_its_two_terciles() -> None:
    crossing = cross(asked("un", [1, 2, 3, 4, 5, 6]), asked("deux", [60, 10, 30, 40, 20, 50]))
    assert list(crossing.cells["cell"]) == ["A3", "A1", "B2", "B2", "C1", "C3"]
    assert crossing.counts == ((1, 0, 1), (0, 2, 0), (1, 0, 1))
    assert sum(map(sum, crossing.counts)) == 6
    assert crossing.labels(0) == ("moins de 3", "3 à moins de 5", "5 et plus")
    assert (
        crossing.sentence.replace("\u202f", " ").replace("\u00a0", " ")
        == "1 commune sur 6 est dans la classe haute des deux indicateurs, « un » et « deux » (Fay) ; "
        "1 dans la classe basse des deux (Barville)."
    )


def test_a_cell_needs_both_figures_and_secrecy_wins_over_absence() -> None:
    secret = Status.SUPPRESSED
    crossing = cross(asked("un", [secret, None, 3, 4, 5, secret]), asked("deux", [1, 2, None, 4, 5, None]))
    assert list(crossing.cells["status"]) == [
        Status.SUPPRESSED,
        Status.MISSING,
        Status.MISSING,
        Status.OBSERVED,
        Status.OBSERVED,
        Status.SUPPRESSED,
    ]
    assert list(crossing.cells["cell"] != "") == [False, False, False, True, True, False]
    # The classes are those of each indicator's own communes: 3, 4, 5 in the first, 1, 2, 4, 5 in the second.
    assert list(crossing.cells["cell"][3:5]) == ["B3", "C3"]
    assert "Il manque au moins un des deux chiffres à 4\u00a0communes" in crossing.sentence


def test_nothing_in_common_is_said() -> None:
    crossing = cross(asked("un", [1, 2, 3, None, None, None]), asked("deux", [None, None, None, 1, 2, 3]))
    assert "rien ne peut être croisé" in crossing.sentence
    assert sum(map(sum, crossing.counts)) == 0
    empty = cross(asked("un", [None] * 6), asked("deux", [None] * 6))
    assert empty.labels(0) == ("", "", "") and empty.warnings


def test_an_indicator_of_few_values_keeps_its_ends_and_says_why() -> None:
    two = cross(asked("un", [0, 0, 0, 9, 9, 9]), asked("deux", [7, 7, 7, 7, 7, 7]))
    assert list(two.cells["cell"]) == ["A2"] * 3 + ["C2"] * 3
    assert two.labels(0)[1] == "" and two.labels(1) == ("", "7", "")
    assert len(two.warnings) == 2 and "2\u00a0classes au lieu de 3" in two.warnings[0]


def test_other_communes_are_refused() -> None:
    with pytest.raises(ValueError, match="mêmes communes"):
        cross(asked("un", [1, 2, 3, 4, 5, 6]), asked("deux", [1], {"c9": "Autre"}))


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.one_of(st.none(), st.integers(0, 9))] * 2), min_size=1, max_size=30))
def test_every_commune_is_counted_once_and_levels_follow_the_values(
    pairs: list[tuple[int | None, int | None]],
) -> None:
    names = {f"c{i}": f"Commune {i}" for i in range(len(pairs))}
    crossing = cross(asked("un", [a for a, _ in pairs], names), asked("deux", [b for _, b in pairs], names))
    assert sum(map(sum, crossing.counts)) == sum(a is not None and b is not None for a, b in pairs)
    for axis, column in enumerate(("first", "second")):
        known = [
            (value, int(level))
            for value, level in zip([pair[axis] for pair in pairs], crossing.cells[column], strict=True)
            if value is not None
        ]
        assert all(u <= v for (a, u), (b, v) in itertools.product(known, known) if a < b)


# ------------------------------------------------------------------------------------------------------- the nine colours


@pytest.mark.parametrize("vision", [v for v in get_args(Vision) if v != "greyscale"])
def test_any_two_cells_are_told_apart_by_every_eye(vision: Vision) -> None:
    seen = [simulate(one, vision) for row in COLORS for one in row]
    # 0.02 is just noticeable; the five colours of the qualitative palette keep 0.12.
    assert min(difference(a, b) for a, b in itertools.combinations(seen, 2)) > 0.12


def test_no_cell_is_grey_as_a_commune_without_data() -> None:
    """All but the two ends, which are nearly white and nearly black."""
    between = [color(a, b) for a, b in itertools.product(range(LEVELS), repeat=2) if a == 1 or a != b]
    assert len(between) == 7
    assert min(map(chroma, between)) >= 25


@pytest.mark.parametrize("vision", get_args(Vision))
def test_each_step_along_an_axis_darkens_even_without_colour(vision: Vision) -> None:
    light = [[luminance(simulate(color(a, b), vision)) for a in range(LEVELS)] for b in range(LEVELS)]
    for line in [*light, *zip(*light, strict=True)]:
        assert all(one > 1.1 * other for one, other in itertools.pairwise(line))


def test_the_code_of_a_cell_is_readable_on_its_colour() -> None:
    codes = {code(a, b): color(a, b) for a in range(LEVELS) for b in range(LEVELS)}
    assert len(codes) == len(set(codes.values())) == 9
    assert all(contrast(text_on(fill), fill) >= 4.5 for fill in codes.values())
    assert bivariate.words(2, 0) == "haute et basse" and code(2, 0) == "C1"
