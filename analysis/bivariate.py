"""Two indicators on one map: each in terciles, nine colours that cross them, and who is high on both.

The classes of each indicator are quantiles of its own observed communes (`analysis.classes`), so that a third of them is high on
either side whatever the unit. A commune that lacks one of the two figures has no cell: it is suppressed when either figure is, else
missing. What is counted here comes from cells already protected for an audience and discloses nothing more.

Nothing is said of a cause: two indicators may be high in the same places for reasons of their own.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis import french
from analysis.answers import Answer
from analysis.classes import Classes, classify
from analysis.french import NNBSP
from analysis.model import Status

LEVELS = 3
COLORS = (
    ("#faf2e5", "#eab589", "#dc741a"),
    ("#a3b3eb", "#9f6ba1", "#814920"),
    ("#4879f9", "#454a81", "#3b2913"),
)
"""Fill of a cell: ``COLORS[second level][first level]``, light where both are low, orange where the first alone is high, blue where the
second alone is, plum in the middle, nearly black where both are.

Searched in OKLab from a bilinear ramp between four corners, for the largest difference between any two cells under every colour vision
(`analysis.palette.simulate`): 0.14 in the worst case, more than the qualitative palette keeps; and so that no cell between the lightest
and the darkest has a chroma under 25, where a fill reads as « no data ». Every step along an axis darkens, so that the order of each
axis is left on a black-and-white print; the code of the cell tells the rest.
"""
_LETTERS = "ABC"
_WORDS = ("basse", "moyenne", "haute")
_MOST_NAMES = 6


@dataclass(frozen=True)
class Crossing:
    """`cells`: one row a commune with `commune`, `name`, `first`, `second` (level 0 to 2, <NA> without a figure), `cell` (as `code`,
    empty without one) and `status`. `counts[second][first]` are communes. Each axis has its `Classes`; a level without a class (too few
    distinct values) has the label "".
    """

    first: Answer
    second: Answer
    classes: tuple[Classes, Classes]
    cells: pd.DataFrame
    counts: tuple[tuple[int, ...], ...]
    sentence: str

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why an axis has fewer than three classes, for the axes that have."""
        return tuple(
            f"{answer.indicator.short}{NNBSP}: {classes.warning}"
            for answer, classes in zip((self.first, self.second), self.classes, strict=True)
            if classes.warning
        )

    def labels(self, axis: int) -> tuple[str, ...]:
        """The range of each of the three levels of axis 0 or 1 in French, "" where no commune can be."""
        answer, classes = (self.first, self.second)[axis], self.classes[axis]
        texts = [""] * LEVELS
        for place, text in zip(_places(classes.k), classes.labels(whole=answer.whole), strict=True):
            texts[place] = text
        return tuple(texts)


def code(first: int, second: int) -> str:
    """The name of a cell: a letter for the level of the first indicator, a digit for that of the second: « A1 » is low on both."""
    return f"{_LETTERS[first]}{second + 1}"


def words(first: int, second: int) -> str:
    """The cell in words: « haute et basse »."""
    return f"{_WORDS[first]} et {_WORDS[second]}"


def color(first: int, second: int) -> str:
    """The fill of a cell as ``#rrggbb``."""
    return COLORS[second][first]


def cross(first: Answer, second: Answer) -> Crossing:
    """Cross two answers over the same communes in the same order. Raises ValueError when the communes differ."""
    if list(first.cells["commune"]) != list(second.cells["commune"]):
        raise ValueError(
            "Les deux indicateurs ne portent pas sur les mêmes communes : les demander ensemble."
        )
    classes = (_terciles(first), _terciles(second))
    levels = [_levels(answer, found) for answer, found in zip((first, second), classes, strict=True)]
    status = [_worst(a, b) for a, b in zip(first.cells["status"], second.cells["status"], strict=True)]
    shown = [s is Status.OBSERVED for s in status]
    cells = pd.DataFrame(
        {
            "commune": first.cells["commune"],
            "name": first.cells["name"],
            "first": levels[0].array,
            "second": levels[1].array,
            "status": status,
        }
    )
    cells["cell"] = [
        code(int(a), int(b)) if ok else ""
        for a, b, ok in zip(cells["first"], cells["second"], shown, strict=True)
    ]
    tally = cells["cell"].value_counts()
    counts = tuple(tuple(int(tally.get(code(a, b), 0)) for a in range(LEVELS)) for b in range(LEVELS))
    return Crossing(first, second, classes, cells, counts, _sentence(first, second, cells))


def _terciles(answer: Answer) -> Classes:
    return classify(answer.observed["value"], "quantiles", LEVELS)


def _places(k: int) -> Sequence[int]:
    """Where `k` classes stand among three levels: two are the low and the high one, a single one is the middle."""
    return ((), (1,), (0, 2), (0, 1, 2))[k]


def _levels(answer: Answer, classes: Classes) -> pd.Series:
    observed = answer.cells["value"].where(answer.cells["status"] == Status.OBSERVED)
    places = dict(enumerate(_places(classes.k)))
    return classes.assign(observed).map(places, na_action="ignore").astype("Int64")


def _worst(a: str, b: str) -> Status:
    return functools.reduce(
        lambda found, one: one if one in (a, b) else found,
        (Status.OBSERVED, Status.MISSING, Status.SUPPRESSED, Status.NOT_IMPORTED),
    )


def _sentence(first: Answer, second: Answer, cells: pd.DataFrame) -> str:
    """« Pour 3 communes sur 20, « Part vacante » et « Part de la fibre » sont dans leur classe haute : … »."""
    of = len(cells)
    both = f"{french.quoted(first.indicator.short)} et {french.quoted(second.indicator.short)}"
    known = cells[cells["cell"] != ""]
    if known.empty:
        awaited = [found.to_import for found in (first, second) if found.to_import]
        why = f" {'. '.join(dict.fromkeys(awaited))}." if awaited else ""
        return f"Aucune commune n'a les deux chiffres, {both}{NNBSP}: rien ne peut être croisé.{why}"
    high = known[known["cell"] == code(LEVELS - 1, LEVELS - 1)]
    low = known[known["cell"] == code(0, 0)]
    head = (
        f"{french.quantity(len(high), 'communes')} sur {of} {french.plural(len(high), 'est', 'sont')} "
        f"dans la classe haute des deux indicateurs, {both}{_named(high)}"
        if len(high)
        else f"Aucune commune n'est dans la classe haute des deux indicateurs, {both}"
    )
    tail = (
        f"{french.number(len(low))} dans la classe basse des deux{_named(low)}"
        if len(low)
        else "aucune dans la classe basse des deux"
    )
    text = f"{head}{NNBSP}; {tail}."
    lacking = of - len(known)
    if lacking:
        text += f" Il manque au moins un des deux chiffres à {french.quantity(lacking, 'communes')}."
    return text


def _named(cells: pd.DataFrame) -> str:
    """« (Essay, Laleu et Vidai) », or nothing for more names than a sentence holds."""
    if len(cells) > _MOST_NAMES:
        return ""
    return f" ({french.join(sorted(cells['name'], key=french.sort_key))})"
