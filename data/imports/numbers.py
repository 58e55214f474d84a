"""Reading numbers the French way, a column at a time, without ever guessing in silence.

The column as a whole decides what its marks mean: a comma or a point before something else than three digits is decimal; thousands are
groups of three after a space (plain, no-break or narrow). Cells that contradict their column are problems, with their line.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.model import Status
from data.imports.model import Problem
from data.imports.wording import problem

OBSERVED, SUPPRESSED, MISSING = Status.OBSERVED.value, Status.SUPPRESSED.value, Status.MISSING.value
SUPPRESSED_WORDS = frozenset({"s", "ss", "secret", "[nd]"})
"""What French files write where a figure exists and is not shown."""
MISSING_WORDS = frozenset(
    {"nd", "n.d.", "n.d", "-", "–", "—", "/", "//", "///", "n/a", "na", "#n/a", "null", "none", "...", "…"}
)
"""What they write where nobody published a figure. A dash never is a zero."""
MOST_PROBLEMS = 100  # of one column: beyond, the column is wrong and not its cells

_SPACES = "[ \u00a0\u202f\u2009]"
_SIGN = "[-−+]?"
# A cell has the first shape that matches. `either`: thousands or decimals, the column must tell.
_SHAPES = {
    "integer": rf"{_SIGN}[0-9]+",
    "either": rf"{_SIGN}[1-9][0-9]{{0,2}}[.,][0-9]{{3}}",
    "point": rf"{_SIGN}[0-9]+\.[0-9]+",
    "comma": rf"{_SIGN}[0-9]+,[0-9]+",
    "scientific": r"[-+]?[0-9]+(?:\.[0-9]+)?[eE][-+]?[0-9]{1,2}",
    "spaced": rf"{_SIGN}[0-9]{{1,3}}(?:{_SPACES}[0-9]{{3}})+",
    "spaced_comma": rf"{_SIGN}[0-9]{{1,3}}(?:{_SPACES}[0-9]{{3}})+,[0-9]+",
    "spaced_point": rf"{_SIGN}[0-9]{{1,3}}(?:{_SPACES}[0-9]{{3}})+\.[0-9]+",
    "pointed_comma": rf"{_SIGN}[1-9][0-9]{{0,2}}(?:\.[0-9]{{3}})+,[0-9]+",
    "commaed_point": rf"{_SIGN}[1-9][0-9]{{0,2}}(?:,[0-9]{{3}})+\.[0-9]+",
    "pointed": rf"{_SIGN}[1-9][0-9]{{0,2}}(?:\.[0-9]{{3}}){{2,}}",
    "commaed": rf"{_SIGN}[1-9][0-9]{{0,2}}(?:,[0-9]{{3}}){{2,}}",
}
_SAYS_COMMA = {"comma", "spaced_comma", "pointed_comma", "pointed"}
_SAYS_POINT = {"point", "scientific", "spaced_point", "commaed_point", "commaed"}
_WRITTEN = {",": "une virgule", ".": "un point"}


@dataclass(frozen=True)
class Numbers:
    """`values` (NaN unless observed) and `statuses` of the cells, in their order; `problems` those that are no numbers."""

    values: npt.NDArray[np.float64]
    statuses: npt.NDArray[np.object_]
    problems: tuple[Problem, ...]


def read_numbers(
    texts: pd.Series,
    lines: npt.NDArray[np.int64],
    column: str,
    *,
    suppressed: Collection[str] = (),
    missing: Collection[str] = (),
    decimal: str = "",
    percent: bool = False,
) -> Numbers:
    """Read a column of text cells.

    `suppressed` and `missing` are the cells without a number (blanks around them and case do not count); the empty cell is missing.
    `decimal` is the mark that the publisher is known to write, used where the column alone cannot tell; empty: then it is a problem.
    With `percent`, a percent sign after the number is taken off; without, it is a problem.
    """
    # As it comes: a national file's text is Arrow's, and is read there faster than as Python's strings.
    cells = texts if texts.dtype == "str" else texts.astype("str")
    kept = cells.str.strip(" \t\u00a0\u202f\u2009")
    if percent:
        kept = kept.str.replace(rf"{_SPACES}?%$", "", regex=True)
    folded = kept.str.casefold()
    is_suppressed = folded.isin([word.casefold() for word in suppressed]).to_numpy()
    is_missing = folded.isin([word.casefold() for word in (*missing, "")]).to_numpy()
    statuses = np.where(is_suppressed, SUPPRESSED, np.where(is_missing, MISSING, OBSERVED)).astype(object)
    values = np.full(len(kept), np.nan)
    problems: list[Problem] = []
    number = ~(is_suppressed | is_missing)
    if number.any():
        cells = kept[number]
        found, wrong = _values(cells, decimal)
        values[number] = found
        where = np.flatnonzero(number)
        for position, (title, advice) in sorted(wrong.items())[:MOST_PROBLEMS]:
            row = where[position]
            problems.append(
                problem(
                    "not_a_number", title, advice, line=int(lines[row]), column=column, value=texts.iloc[row]
                )
            )
        if len(wrong) > MOST_PROBLEMS:
            problems.append(
                problem(
                    "not_numbers",
                    f"{len(wrong) - MOST_PROBLEMS} autres cellules de cette colonne ne sont pas des nombres.",
                    "Vérifiez que la colonne est la bonne.",
                    column=column,
                )
            )
        statuses[np.isnan(values) & number] = MISSING
    return Numbers(values, statuses, tuple(problems))


_WRONG_NUMBER = (
    "Ce n'est pas un nombre.",
    "Écrivez un nombre, par exemple 1\u202f234,5 ; s pour un secret statistique, rien si personne ne l'a publié.",
)

_LESS = re.compile(r"(?:<|≤|<=|moins de)\s*[0-9]+", re.IGNORECASE)
_ONLY_SMALL = (
    "La case dit seulement que le nombre est petit.",
    "Écrivez s : le chiffre existe et n'est pas montré (secret statistique) ; rien si personne ne le publie.",
)


def _values(cells: pd.Series, decimal: str) -> tuple[npt.NDArray[np.float64], dict[int, tuple[str, str]]]:
    """Values of cells that should be numbers, and by position what is wrong with those that are not."""
    if cells.str.fullmatch(_SHAPES["integer"]).all():  # the usual column of counts
        return _floats(cells, ","), {}
    texts = cells.reset_index(drop=True)
    shapes = _shapes(texts)
    commas, points = (int(shapes.isin(says).sum()) for says in (_SAYS_COMMA, _SAYS_POINT))
    mark = "," if commas > points else "." if points else decimal
    wrong = {
        int(i): _ONLY_SMALL if _LESS.fullmatch(texts.iloc[i]) else _WRONG_NUMBER
        for i in np.flatnonzero(shapes == "")
    }
    if commas and points:
        against = shapes.isin(_SAYS_POINT if mark == "," else _SAYS_COMMA)
        wrong |= {int(i): _contradiction(mark, commas, points) for i in np.flatnonzero(against)}
    for i in np.flatnonzero(shapes == "either"):
        text = texts.iloc[i]
        if not mark:
            wrong[int(i)] = _AMBIGUOUS
        elif (
            mark not in text
            and not shapes.isin({"pointed_comma", "pointed", "commaed_point", "commaed"}).any()
        ):
            wrong[int(i)] = _contradiction(mark, commas, points)
    good = np.ones(len(texts), dtype=bool)
    good[list(wrong)] = False
    values = np.full(len(texts), np.nan)
    if good.any():
        values[good] = _floats(texts[good], mark or ",")
    for i in np.flatnonzero(np.isinf(values)):
        values[i] = np.nan
        wrong[int(i)] = _WRONG_NUMBER
    return values, wrong


def _shapes(texts: pd.Series) -> pd.Series:
    """The shape of each cell, empty for what is no number."""
    found = np.full(len(texts), "", dtype=object)
    left = np.arange(len(texts))
    for shape, pattern in _SHAPES.items():
        is_it = texts.iloc[left].str.fullmatch(pattern).to_numpy(dtype=bool)
        found[left[is_it]] = shape
        left = left[~is_it]
        if not len(left):
            break
    return pd.Series(found)


def _floats(texts: pd.Series, mark: str) -> npt.NDArray[np.float64]:
    """Floats of cells whose decimal mark is known; every other mark separates thousands."""
    bare = texts.str.replace("−", "-").str.replace(_SPACES, "", regex=True)
    bare = bare.str.replace("." if mark == "," else ",", "").str.replace(",", ".")
    return pd.to_numeric(bare).to_numpy(dtype="float64")


_AMBIGUOUS = (
    "Ce nombre peut se lire de deux façons (milliers ou décimales).",
    "Écrivez une virgule pour les décimales et une espace pour les milliers, par exemple 1\u202f234 ou 1,234.",
)


def _contradiction(mark: str, commas: int, points: int) -> tuple[str, str]:
    other = "." if mark == "," else ","
    return (
        f"Ce nombre est écrit avec {_WRITTEN[other]}, alors que la colonne écrit ses décimales avec {_WRITTEN[mark]} "
        f"({max(commas, points)} cellules).",
        "Écrivez toute la colonne de la même façon, par exemple 1\u202f234,5.",
    )
