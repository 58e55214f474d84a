"""Where the table begins and what its columns are called: preambles, headers on one or two lines, no header at all.

Works on rows of cells, whether they come from delimited text or from a sheet. The first row that fills half of the table's width is
the header if it holds names (no number, no date) and the rows below confirm it; where another row could be the header, it is asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.french import counted
from data.imports.model import Reading, Repair
from data.imports.reading.hints import NO_HEADER, Hints
from data.imports.reading.limits import MAX_COLUMNS, MAX_PREAMBLE
from data.imports.reading.records import Record
from data.imports.reading.say import ask, refuse, shown
from data.imports.reading.values import is_missing, is_value, is_year

_CODE_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_PROSE = re.compile(
    r"(?:avertissement|attention|sources?\s*:|notes?\s*:|champ\s*:|données .*:|tableau \w+\s*:|lecture\s*:)"
)
LOOK = 60
"""Rows after the header that tell which columns hold values."""


@dataclass(frozen=True)
class Header:
    """`raw` are the cells of the header's last row, `names` what they become: stripped, one per column, possibly empty or equal.

    `line` is the last header line (0 without one); `body` the line on which the first record after it starts.
    """

    raw: tuple[str, ...]
    names: tuple[str, ...]
    line: int
    body: int
    repairs: tuple[Repair, ...] = ()


def filled(cells: Sequence[str]) -> int:
    """How many cells hold something other than blanks."""
    return sum(1 for cell in cells if cell and not cell.isspace())


def find_header(
    rows: Sequence[Record], hints: Hints, end: int, spread: Callable[[int], Sequence[str]] | None = None
) -> Header:
    """The header of a table whose first records are `rows`; `end` is the line after the last of them.

    `spread(line)` gives a row with its merged cells repeated (sheets). Raises ReadingNeeded when two lines could be the header, and
    ImportRefused for a table without rows or wider than `MAX_COLUMNS`.
    """
    full = [i for i, (_, cells) in enumerate(rows) if filled(cells)]
    if not full:
        refuse(
            "empty",
            "Le fichier ne contient aucune donnée.",
            "Vérifiez que c'est le bon fichier : il doit avoir une ligne de titres puis des lignes.",
        )
    width = _width(rows, full)
    if hints.header is not None:
        return _chosen(rows, hints, width, end)
    wanted = max(2, (width + 1) // 2) if width > 1 else 1
    at = next((i for i in full if filled(rows[i][1]) >= wanted), full[0])
    before = [i for i in full if i < at]
    if len(before) > MAX_PREAMBLE:
        refuse(
            "preamble-long",
            f"Aucune ligne de titres dans les {MAX_PREAMBLE} premières lignes.",
            "Retirez le texte qui précède le tableau.",
            line=rows[at][0],
        )
    line, cells = rows[at]
    following = [i for i in full if i > at]
    if not following:
        if before and filled(rows[before[-1]][1]) > 1:
            at = before[-1]
            line, cells = rows[at]
        refuse(
            "no-rows",
            "Le fichier n'a que sa ligne de titres, aucune donnée.",
            "Demandez le fichier complet ; dans un classeur, choisissez une autre feuille.",
            line=line,
            value=" ; ".join(cells[:6]),
        )
    valued = _value_columns(rows, following)
    second = following[0]
    if any(is_value(cell) for cell in cells) or (width > 1 and all(is_year(c) or not c for c in cells)):
        choices = [(line, 1), (NO_HEADER, 1)]
        if before and filled(rows[before[-1]][1]) > 1:
            choices.insert(0, (rows[before[-1]][0], 1))
        _ask_header(
            rows,
            hints,
            choices,
            width,
            line,
            "La ligne de titres semble manquer : la première ligne du tableau contient des valeurs.",
        )
    suspects = [i for i in before if filled(rows[i][1]) > 1 and not rows[i][1][0].startswith("#")]
    if suspects and not (valued and filled(cells) >= width):
        _ask_header(
            rows,
            hints,
            [(rows[suspects[-1]][0], 1), (line, 1)],
            width,
            line,
            "Deux lignes peuvent être celle des titres.",
        )
    other = next((i for i in before if _otherwise_cut(rows[i][1], len(cells))), None)
    if other is not None and (not valued or any(cell and is_missing(cell) for cell in cells)):
        _ask_header(
            rows,
            hints,
            [(line, 1), (NO_HEADER, 1)],
            width,
            rows[other][0],
            f"La ligne {rows[other][0]} peut être celle des titres, écrite avec un autre séparateur que les autres lignes.",
        )
    # « nom; » above two columns of words may name one of them.
    if width == 2 and not valued and before and len(rows[before[-1]][1]) == 2:
        _ask_header(
            rows,
            hints,
            [(rows[before[-1]][0], 1), (line, 1)],
            width,
            line,
            "Deux lignes peuvent être celle des titres.",
        )
    if _is_prose(cells, rows[second][1]):
        _ask_header(
            rows,
            hints,
            [(line, 1), (rows[second][0], 1)],
            width,
            line,
            "La première ligne ressemble à un texte plutôt qu'à des titres.",
        )
    repairs = [_preamble(rows[i]) for i in before]
    merged = list(spread(line)) if spread else list(cells)
    lower = rows[second][1]
    if _is_second_header(merged, lower, valued, following):
        names, more = _two_lines(rows, at, second, merged, width, hints)
        return _header(rows, second, names, width, end, [*repairs, *more])
    return _header(rows, at, list(cells), width, end, repairs)


def _is_prose(cells: Sequence[str], below: Sequence[str]) -> bool:
    """Whether these cells are a sentence cut at its commas: a warning word first, or blanks after commas that the next row lacks."""
    if _PROSE.match(cells[0].strip().casefold()):
        return True
    pairs = zip(cells[1:], below[1:], strict=False)
    return any(cell[:1] == " " and cell[-1:] != " " and under[:1] not in ("", " ") for cell, under in pairs)


def _otherwise_cut(cells: Sequence[str], width: int) -> bool:
    """Whether a row of one cell has `width` cells with another usual separator."""
    texts = [cell for cell in cells if cell.strip()]
    return len(texts) == 1 and any(texts[0].count(sign) == width - 1 > 0 for sign in ";,\t|")


def _width(rows: Sequence[Record], full: Sequence[int]) -> int:
    """The table's width: the most frequent one in the lower half of the rows, or the largest where no width occurs twice."""
    half = full[len(full) // 3 :]
    extents = Counter(_extent(rows[i][1]) for i in half)
    return max(extents, key=lambda each: (extents[each], each))


def _extent(cells: Sequence[str]) -> int:
    extent = len(cells)
    while extent and not cells[extent - 1].strip():
        extent -= 1
    return extent


def _value_columns(rows: Sequence[Record], following: Sequence[int]) -> frozenset[int]:
    """The columns whose filled cells are numbers or dates, four times in five, from the second row after the header on."""
    tally: Counter[int] = Counter()
    total: Counter[int] = Counter()
    for i in following[1:LOOK] or following[:1]:
        for j, cell in enumerate(rows[i][1]):
            if not is_missing(cell):
                total[j] += 1
                tally[j] += is_value(cell) or is_year(cell)
    return frozenset(j for j in total if tally[j] >= 0.8 * total[j])


def _is_second_header(
    upper: Sequence[str], lower: Sequence[str], valued: frozenset[int], following: Sequence[int]
) -> bool:
    """Whether the row under the header is one more line of it: no value in it, although columns below hold values."""
    if len(following) < 2 or not valued or len(lower) < len(upper):  # a row that lost a cell names nothing
        return False
    if any(is_value(cell) for cell in lower):
        return False
    own = [j for j in valued if j < len(lower) and not is_missing(lower[j])]
    if not own or (len(own) < 2 and len(own) < len(valued)):
        return False
    if len(following) < 3 and all(cell.strip() for cell in upper):  # one row of data below tells too little
        return False
    gaps = any(lower[j] and (j >= len(upper) or not upper[j]) for j in own)
    texts = [cell for cell in upper if cell]
    doubled = len(set(texts)) < len(texts)
    return all(not is_year(lower[j]) for j in own) or gaps or doubled


def _two_lines(
    rows: Sequence[Record], at: int, second: int, upper: list[str], width: int, hints: Hints
) -> tuple[list[str], list[Repair]]:
    """The names made by two header lines: the lower one if it names every column alone, else both together."""
    lower = list(rows[second][1])
    size = max(len(upper), len(lower))
    upper += [""] * (size - len(upper))
    lower += [""] * (size - len(lower))
    first, last = rows[at][0], rows[second][0]
    alone = [cell.strip() for cell in lower[:width]]
    titles = [cell for cell in upper if cell.strip()]
    over_several = len(set(titles)) < len(
        titles
    )  # one title over several columns: the lower line alone does not say of what
    if all(alone) and len(set(alone)) == len(alone) and not over_several:
        names = sum(bool(_CODE_NAME.fullmatch(cell)) for cell in alone)
        gaps = not all(cell.strip() for cell in upper[:width])
        if names == len(alone) or gaps:
            label = " ; ".join(cell for cell in upper if cell)
            what = f"Ligne {first} : première ligne de titres mise de côté, la ligne {last} nomme toutes les colonnes (« {shown(label)} »)."
            return lower, [Repair(first, what)]
        _ask_header(
            rows,
            hints,
            [(last, 1), (first, 1), (last, 2)],
            width,
            last,
            "Deux lignes peuvent être celle des titres.",
        )
    joined = joined_names(upper, lower)
    return joined, [
        Repair(
            first,
            f"Lignes {first} et {last} : titres sur deux lignes, réunis (« {shown(' ; '.join(joined[:6]))} »).",
        )
    ]


def joined_names(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Names of two header lines: the upper title is carried to the right over the empty cells that have a lower one."""
    names = []
    carried = ""
    for above, below in zip(upper, lower, strict=True):
        above, below = above.strip(), below.strip()
        if above:
            carried = above
        elif not below:
            carried = ""
        parts = dict.fromkeys(part for part in (carried if below else above, below) if part)
        names.append(" ".join(parts))
    return names


def _preamble(record: Record) -> Repair:
    line, cells = record
    text = " ; ".join(cell for cell in cells if cell)
    return Repair(line, f"Ligne {line} : texte avant le tableau, mis de côté (« {shown(text)} »).")


def _chosen(rows: Sequence[Record], hints: Hints, width: int, end: int) -> Header:
    """The header a person chose."""
    if hints.header == NO_HEADER:
        at = next(i for i, (_, cells) in enumerate(rows) if filled(cells) >= min(2, width))
        names = [f"colonne {j + 1}" for j in range(len(rows[at][1]))]
        what = "Aucune ligne de titres : les colonnes sont nommées par leur numéro."
        repairs = [_preamble(rows[i]) for i in range(at) if filled(rows[i][1])]
        return Header((), tuple(names), 0, rows[at][0], (*repairs, Repair(None, what)))
    at = next((i for i, (line, _) in enumerate(rows) if line == hints.header), -1)
    if at < 0:
        refuse(
            "header-absent",
            "La ligne de titres choisie n'est pas dans le fichier.",
            "Déposez de nouveau le fichier.",
            line=hints.header,
        )
    names = list(rows[at][1])
    if not hints.header_lines:
        usual = Counter(len(cells) for _, cells in rows[at + 1 :] if len(cells)).most_common(1)
        size = max([len(names), *(each for each, _ in usual)])
        repairs = [_preamble(rows[i]) for i in range(at) if filled(rows[i][1])]
        what = f"Ligne {hints.header} : titres mis de côté, les colonnes sont nommées par leur numéro."
        body = rows[at + 1][0] if at + 1 < len(rows) else end
        numbered = tuple(f"colonne {j + 1}" for j in range(size))
        return Header((), numbered, rows[at][0], body, (*repairs, Repair(hints.header, what)))
    first = at
    if hints.header_lines == 2 and at:
        first = at - 1
        upper = list(rows[first][1]) + [""] * len(names)
        names = joined_names(upper[: len(names)], names)
    repairs = [_preamble(rows[i]) for i in range(first) if filled(rows[i][1])]
    return _header(rows, at, names, width, end, repairs)


def _header(
    rows: Sequence[Record], at: int, names: list[str], width: int, end: int, repairs: list[Repair]
) -> Header:
    """The names cleaned: blanks around them and a leading `#` go, which is listed."""
    line, raw = rows[at]
    if _extent(names) > MAX_COLUMNS:
        refuse(
            "too-many-columns",
            f"Le tableau a {counted(len(names), 'colonne', 'colonnes')}, au plus {counted(MAX_COLUMNS, 'colonne', 'colonnes')}.",
            "Gardez les colonnes utiles (code de la commune et chiffres) et déposez de nouveau le fichier.",
            line=line,
        )
    out = []
    for j, written in enumerate(names):
        clean = written.strip().lstrip("\ufeff")
        if j == 0 and clean.startswith("#"):
            clean = clean.lstrip("#").strip()
        if clean != written and written.strip():
            repairs.append(
                Repair(line, f"Ligne {line} : nom de colonne « {shown(written)} » lu « {shown(clean)} ».")
            )
        out.append(clean)
    body = rows[at + 1][0] if at + 1 < len(rows) else end
    return Header(tuple(raw), tuple(out), line, body, tuple(repairs))


def _ask_header(
    rows: Sequence[Record],
    hints: Hints,
    choices: Sequence[tuple[int, int]],
    width: int,
    line: int,
    title: str,
) -> None:
    """Ask which line holds the titles, each answer with what the table would look like."""
    readings = []
    for header, many in choices:
        option = hints.but(header=header, header_lines=many)
        label = f"Titres à la ligne {header}" if header else "Pas de ligne de titres"
        if many == 2:
            label = f"Titres sur deux lignes, jusqu'à la ligne {header}"
        try:
            found = _chosen(rows, option, width, rows[-1][0] + 1)
        except StopIteration:
            continue
        body = [cells for where, cells in rows if where >= found.body and filled(cells)][:3]
        excerpt = [found.names, *body]
        readings.append(
            Reading(option.id, label, tuple(tuple(shown(c) for c in cells[:8]) for cells in excerpt))
        )
    ask(
        "header-ambiguous",
        title,
        "Choisissez la lecture dont les titres de colonnes sont justes.",
        readings,
        line=line,
    )
