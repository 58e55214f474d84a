"""The rows of a file with their commune: of the territory only, what lies outside counted, what is not certain as problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.model import Indicator
from data.catalogue import Catalogue
from data.imports.model import Match, Parsed, Places, Problem
from data.imports.places.beside import disagreements
from data.imports.places.column import joined
from data.imports.places.merged import merge
from data.imports.wording import count, problem, some, warning

OUTSIDE = "hors du territoire"
BY_HAND = "écartées à la main"
_MOST = 100  # lines told of one text: beyond, the text is wrong and not its lines


class Placed(NamedTuple):
    """`cells` and `rows` have a `commune`, of the territory; `set_aside` counts lines of the file by reason, in French."""

    cells: pd.DataFrame
    rows: pd.DataFrame
    set_aside: Mapping[str, int]
    problems: tuple[Problem, ...]


def apply(parsed: Parsed, places: Places, catalogue: Catalogue) -> Placed:
    """Give each cell or record its commune, as `places` has it.

    Rows outside the territory, or set aside by hand, are counted and left out; those whose commune is to be confirmed or chosen, or is
    unknown, are left out too and are errors. Communes that merged: counts are summed, rates and medians refused.
    """
    frame = parsed.cells if parsed.kind == "figures" else parsed.rows
    if "place" not in frame or frame.empty:
        return Placed(parsed.cells.assign(commune=""), parsed.rows.assign(commune=""), {}, ())
    texts = _texts(frame, places)
    position, distinct = pd.factorize(texts)
    matches = [places.matches.get(text) or _absent(text) for text in distinct]
    grades = np.array([each.grade for each in matches], dtype=object)[position]
    lines = frame["line"].to_numpy(dtype=np.int64)
    problems = _problems(matches, position, lines, parsed)
    problems += disagreements(frame, places, parsed.place_column)
    kept = frame.assign(commune=np.array([each.code for each in matches], dtype=object)[position])
    certain = grades == "certain"
    if parsed.kind == "figures":
        whole = np.array([each.merged or each.code for each in matches], dtype=object)[position]
        cells, merging = merge(kept[certain], whole[certain], parsed.place_column, known(parsed, catalogue))
        return Placed(
            cells, parsed.rows.assign(commune=""), _set_aside(matches, position, lines), (*problems, *merging)
        )
    certain |= (texts == "").to_numpy()
    rows = kept[certain].reset_index(drop=True)
    return Placed(
        parsed.cells.assign(commune=""), rows, _set_aside(matches, position, lines), tuple(problems)
    )


def known(parsed: Parsed, catalogue: Catalogue) -> dict[str, Indicator]:
    """The indicators of the catalogue and those that come with the file, by id."""
    brought = [each.indicator for each in parsed.new if isinstance(each.indicator, Indicator)]
    return {**catalogue.indicators, **{each.id: each for each in brought}}


def _texts(frame: pd.DataFrame, places: Places) -> pd.Series:
    texts = frame["place"].fillna("").astype(object)
    if places.with_names and "place_name" in frame:
        return joined(texts, frame["place_name"])
    return texts.where(texts.str.strip() != "", "")


def _absent(text: str) -> Match:
    return Match(
        text, "unknown", why="La commune manque." if not text else "Cette commune n'a pas été cherchée."
    )


def _set_aside(
    matches: list[Match], position: npt.NDArray[np.intp], lines: npt.NDArray[np.int64]
) -> dict[str, int]:
    """Lines outside the territory, and those that somebody set aside."""
    found = {}
    outside = np.array([each.grade == "outside" for each in matches])
    by_hand = np.array([each.decided and not each.code for each in matches])
    for reason, which in ((OUTSIDE, outside & ~by_hand), (BY_HAND, by_hand)):
        if number := len(np.unique(lines[which[position]])):
            found[reason] = number
    return found


_SAID = {
    "probable": (
        "place_to_confirm",
        "Commune à confirmer",
        "Confirmez la commune proposée ou choisissez-en une autre.",
    ),
    "ambiguous": (
        "place_to_choose",
        "Commune à choisir",
        "Choisissez la commune, ou écrivez son code INSEE, par exemple 61258.",
    ),
    "unknown": (
        "place_unknown",
        "Commune inconnue",
        "Corrigez le nom, ou écrivez le code INSEE (cinq caractères, par exemple 61258, à ne pas confondre avec le code postal).",
    ),
}


def _problems(
    matches: list[Match], position: npt.NDArray[np.intp], lines: npt.NDArray[np.int64], parsed: Parsed
) -> list[Problem]:
    """One problem for each line whose commune is not certain; an empty place is one for figures only (some records have none)."""
    found = []
    for index, each in enumerate(matches):
        if each.grade not in _SAID or (not each.text and parsed.kind != "figures"):
            continue
        code, title, advice = _SAID[each.grade]
        concerned = np.unique(lines[position == index]).tolist()
        for line in concerned[:_MOST]:
            found.append(
                problem(
                    code,
                    f"{title} : {each.why}",
                    advice,
                    line=line,
                    column=parsed.place_column,
                    value=each.text,
                )
            )
        if left := concerned[_MOST:]:
            found.append(
                warning(
                    f"{code}_more",
                    f"{title} : « {each.text[:60]} » est aussi à {count(len(left), 'autre ligne', 'autres lignes')} ({some(left)}).",
                    advice,
                    column=parsed.place_column,
                    value=each.text,
                )
            )
    return found
