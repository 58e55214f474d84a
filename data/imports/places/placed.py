"""The rows of a file with their commune: of the territory only, what lies outside counted, what is not certain as problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.french import counted
from analysis.model import Indicator
from data.catalogue import Catalogue
from data.imports.model import Parsed, PlaceMatch, Places, Problem
from data.imports.places.beside import disagreements, qualified
from data.imports.places.column import joined, positions, positions_of_pairs
from data.imports.places.lines import one_line_each
from data.imports.places.merged import merge
from data.imports.wording import problem, some, warning

OUTSIDE = "hors du territoire"
BY_HAND = "écartées à la main"
_MOST = 100  # lines listed for one text: beyond, the text is wrong and not its lines


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
    position, matches = _matched(frame, places)
    lines = frame["line"].to_numpy(dtype=np.int64)
    problems, counted = _problems(matches, position, lines, parsed), _set_aside(matches, position, lines)
    problems += disagreements(frame, places, parsed.place_column)
    certain = np.array([each.grade == "certain" for each in matches])
    if parsed.kind != "figures":
        certain |= np.array([not each.text for each in matches])
    keep = certain[position]
    kept = frame[keep].assign(commune=np.array([each.code for each in matches], dtype=object)[position[keep]])
    if parsed.kind != "figures":
        return Placed(parsed.cells.assign(commune=""), kept.reset_index(drop=True), counted, tuple(problems))
    whole = np.array([each.merged or each.code for each in matches], dtype=object)[position[keep]]
    if parsed.same_commune is not None:
        kept, whole, questions = one_line_each(kept, whole, parsed.same_commune, known(parsed, catalogue))
        problems += questions
    unread = any(each.severity == "error" for each in parsed.problems)
    cells, merging = merge(kept, whole, parsed.place_column, known(parsed, catalogue), strict=unread)
    return Placed(cells, parsed.rows.assign(commune=""), counted, (*problems, *merging))


def known(parsed: Parsed, catalogue: Catalogue) -> dict[str, Indicator]:
    """The indicators of the catalogue and those that come with the file, by id."""
    brought = [each.indicator for each in parsed.new if isinstance(each.indicator, Indicator)]
    return {**catalogue.indicators, **{each.id: each for each in brought}}


def _matched(frame: pd.DataFrame, places: Places) -> tuple[npt.NDArray[np.intp], list[PlaceMatch]]:
    """For each row the position of its match, and the matches of the distinct texts."""
    texts: tuple[str, ...]
    if places.with_names and "place_name" in frame:
        position, pairs = positions_of_pairs(frame["place"], frame["place_name"])
        texts = tuple(joined(*pair) for pair in pairs)
    elif places.with_departements and "place_departement" in frame:
        position, pairs = positions_of_pairs(frame["place"], frame["place_departement"])
        texts = tuple(qualified(*pair) for pair in pairs)
    else:
        position, texts = positions(frame["place"])
    return position, [places.matches.get(text) or _absent(text if text.strip() else "") for text in texts]


def _absent(text: str) -> PlaceMatch:
    return PlaceMatch(
        text, "unknown", why="La commune manque." if not text else "Cette commune n'a pas été cherchée."
    )


def _set_aside(
    matches: list[PlaceMatch], position: npt.NDArray[np.intp], lines: npt.NDArray[np.int64]
) -> dict[str, int]:
    """Lines outside the territory, and those that somebody set aside."""
    found = {}
    outside = np.array([each.grade == "outside" for each in matches])
    by_hand = np.array([each.decided and not each.code for each in matches])
    for reason, which in ((OUTSIDE, outside & ~by_hand), (BY_HAND, by_hand)):
        if number := len(np.unique(lines[which[position]])):
            found[reason] = number
    return found


_WORDS_OF_GRADE = {
    "probable": (
        "place_to_confirm",
        "Commune à confirmer",
        "Confirmez la commune proposée ou choisissez-en une autre.",
    ),
    "ambiguous": (
        "place_to_choose",
        "Commune à choisir",
        "Choisissez la commune, ou écrivez son code INSEE, par exemple 01004.",
    ),
    "unknown": (
        "place_unknown",
        "Commune inconnue",
        "Corrigez le nom, ou écrivez le code INSEE (cinq caractères, par exemple 01004, à ne pas confondre avec le code postal).",
    ),
}


def _problems(
    matches: list[PlaceMatch], position: npt.NDArray[np.intp], lines: npt.NDArray[np.int64], parsed: Parsed
) -> list[Problem]:
    """One problem for each line whose commune is not certain; an empty place is one for figures only (some records have none)."""
    doubtful = np.array(
        [each.grade in _WORDS_OF_GRADE and bool(each.text or parsed.kind == "figures") for each in matches]
    )
    rows = np.flatnonzero(doubtful[position])
    found = []
    for index, concerned_rows in pd.Series(rows).groupby(position[rows], sort=False):
        each, concerned = matches[int(str(index))], np.unique(lines[concerned_rows.to_numpy()]).tolist()
        code, title, advice = _WORDS_OF_GRADE[each.grade]
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
                    f"{title} : « {each.text[:60]} » est aussi à {counted(len(left), 'autre ligne', 'autres lignes')} ({some(left)}).",
                    advice,
                    column=parsed.place_column,
                    value=each.text,
                )
            )
    return found
