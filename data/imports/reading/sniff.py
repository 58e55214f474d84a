"""Finds separator and quote: every plausible pair is tried strictly on the first records; exactly one must remain.

A pair is plausible when at least half of the records, the header among them, have the same number of cells, two or more. That is
CleverCSV's idea (the pattern of the rows tells the dialect) without its score: a score always has a winner, and a second
plausible reading is a question for the person who knows the file. So `Saint-Aubin-d'Appenai` and `1,5` cannot fool it: they make no
pattern that includes the header.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from analysis.french import counted
from data.imports.model import Reading
from data.imports.reading.hints import Hints
from data.imports.reading.limits import MAX_PREAMBLE, SAMPLE_RECORDS
from data.imports.reading.lines import by_line
from data.imports.reading.records import Malformed, Marks, Record, records, refuse_malformed
from data.imports.reading.say import ask, refuse, shown
from data.imports.reading.values import is_value

COMMON = ";,\t|"
RARE = "^~:¤§\x1f\x1e\x01#!&*=@%$"
WORDS = {
    ";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale", ":": "deux-points", " ": "espace",
    "": "aucun séparateur (une seule colonne)",
}  # fmt: skip
_DOUBLED = re.compile(r"'(?:[^']|'')*''(?:[^']|'')*'")
_SEP_LINE = re.compile(rb"\Asep=(.|\xc2.)(\r\n|\r|\n)", re.IGNORECASE)


@dataclass(frozen=True)
class Candidate:
    """One pair of marks and what the sample looks like under it. `first` is the line of the first record of `width` cells."""

    marks: Marks
    rows: tuple[Record, ...]
    width: int
    share: float
    first: int
    lines: frozenset[int]
    malformed: Malformed | None = None


def separator_line(data: bytes) -> tuple[str, int]:
    """Excel's `sep=;` first line: its separator and its length in bytes; ("", 0) where there is none."""
    found = _SEP_LINE.match(data)
    return (found.group(1).decode("utf-8"), found.end()) if found else ("", 0)


def sniff(sample: bytes, hints: Hints, *, cut: bool, line: int = 1) -> Marks:
    """The marks of a file that begins with `sample` (UTF-8; `cut` when the file goes on). Raises ReadingNeeded or ImportRefused."""
    separators = [hints.separator] if hints.separator is not None else list(COMMON + RARE + " ")
    found: list[Candidate] = []
    for separator in separators:
        if separator and separator.encode() not in sample:
            continue
        found += _with_quotes(sample, separator, hints, cut, line)
    if hints.separator is not None:
        if len(found) > 1:
            _ask(found, hints)
        if found:
            return found[0].marks
        refuse(
            "separator-absent",
            f"Le séparateur annoncé, {name(hints.separator)}, ne se trouve pas dans le fichier.",
            "Retirez la première ligne si c'est «\u00a0sep=…\u00a0», puis déposez de nouveau le fichier.",
        )
    plausible = [each for each in found if _plausible(each)]
    if any(each.malformed is None for each in plausible):
        plausible = [each for each in plausible if each.malformed is None or len(each.lines) > 1]
    kept = [each for each in plausible if not any(_beats(other, each) for other in plausible)]
    kept += [
        each
        for each in found
        if kept and each not in kept and (_wider(each, kept[0]) or _above(each, kept[0]))
    ]
    doubt = bool(kept) and (kept[0].marks.separator == " " or not _certain(kept[0]))
    if len(kept) == 1 and not doubt:
        return kept[0].marks
    if kept:
        if doubt:
            kept.append(_candidate(Marks("", '"'), sample, cut, line))
        _ask(kept, hints)
    doubtful = [
        each for each in found if each.marks.separator in RARE and (_regular(each) or _frequent(each))
    ]
    if doubtful:
        _ask([*doubtful, _candidate(Marks("", '"'), sample, cut, line)], hints)
    return _one_column(sample, found, cut, line)


def _with_quotes(sample: bytes, separator: str, hints: Hints, cut: bool, line: int) -> list[Candidate]:
    """The candidates of one separator: one, or two where apostrophes may be quotes."""
    if hints.quote is not None:
        return [_candidate(Marks(separator, hints.quote), sample, cut, line)]
    usual = _candidate(Marks(separator, '"'), sample, cut, line)
    if usual.malformed is not None:
        literal = _candidate(Marks(separator, ""), sample, cut, line)
        if _quotes_are_text(literal):
            usual = literal
    if b"'" not in sample:
        return [usual]
    apostrophe = _candidate(Marks(separator, "'"), sample, cut, line)
    if not _regular(apostrophe):
        return [usual]
    literal = _candidate(Marks(separator, ""), sample, cut, line)
    if apostrophe.rows == literal.rows:
        return [usual]
    if (
        apostrophe.malformed is None
        and apostrophe.share == 1
        and (usual.share < 1 or usual.malformed is not None)
    ):
        return [usual] if literal.share == 1 and literal.width > 1 else [apostrophe]
    if apostrophe.rows != usual.rows and _wrapped_column(usual):
        return [usual, apostrophe]
    return [usual]


def _quotes_are_text(literal: Candidate) -> bool:
    """Whether quotes are plain text here: the rows are regular without them, and no cell looks opened or quoted."""
    if literal.share < 1 or literal.width < 2:
        return False
    return not any(
        cell.count('"') % 2 or (cell[0] == cell[-1] == '"')
        for _, cells in literal.rows
        for cell in cells
        if cell.startswith('"')
    )


def _wrapped_column(usual: Candidate) -> bool:
    """Whether some column has all its filled cells between apostrophes, or some cell does and doubles one inside."""
    if any(_DOUBLED.fullmatch(cell) for _, cells in usual.rows for cell in cells):
        return True
    body = [cells for line, cells in usual.rows if len(cells) == usual.width][1:]
    for column in zip(*body, strict=True):
        filled = [cell for cell in column if cell]
        if filled and all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in filled):
            return True
    return False


def _candidate(marks: Marks, sample: bytes, cut: bool, line: int) -> Candidate:
    rows: list[Record] = []
    malformed: Malformed | None = None
    try:
        for record in records(sample, marks, line):
            if len(record[1]):
                rows.append(record)
            if len(rows) >= SAMPLE_RECORDS:
                break
    except Malformed as error:
        if not (cut and error.why == "unclosed"):
            malformed = error
            if error.why != "long":
                read = by_line(sample, marks, line, SAMPLE_RECORDS)
                if len(read.odd) < 2 and len(read.damaged) < len(
                    read.rows
                ):  # a stray quote damages its own line only
                    rows = [record for record in read.rows if len(record[1])][:SAMPLE_RECORDS]
    widths = Counter(len(cells) for _, cells in rows if len(cells) > 1)
    if not widths:
        return Candidate(marks, tuple(rows), 1, 1.0, rows[0][0] if rows else line, frozenset(), malformed)
    opening = next(len(cells) for _, cells in rows if len(cells) > 1)
    width = max(widths, key=lambda each: (widths[each], each == opening, each))
    regular = [(where, cells) for where, cells in rows if len(cells) == width]
    share = len(regular) / sum(where >= regular[0][0] for where, _ in rows)
    return Candidate(
        marks, tuple(rows), width, share, regular[0][0], frozenset(where for where, _ in regular), malformed
    )


def _regular(each: Candidate) -> bool:
    """Whether half of the records, two at least, have the same number of cells, two or more."""
    return each.width > 1 and each.share >= 0.5 and len(each.lines) >= min(2, len(each.rows))


def _plausible(each: Candidate) -> bool:
    if not _regular(each):
        return False
    before = sum(where < each.first for where, _ in each.rows)
    return before <= MAX_PREAMBLE


def _certain(each: Candidate) -> bool:
    """Whether the separator is a usual one, or a rare one that cuts every line alike."""
    return each.marks.separator in COMMON or (each.share == 1 and each.first == each.rows[0][0])


def _beats(one: Candidate, other: Candidate) -> bool:
    """Whether `one` makes `other` an accidental pattern.

    Its header is a plain row of `one`; or a rare sign makes no more columns; or `one` cuts every row into more columns, it only some.
    """
    if one is other:
        return False
    rank = (COMMON.find(other.marks.separator) < 0) + (other.marks.separator == " ")
    own = (COMMON.find(one.marks.separator) < 0) + (one.marks.separator == " ")
    earlier = one.first < other.first and other.first in one.lines and not _accident(one, other)
    if own < rank:
        later = other.first < one.first and one.first in other.lines
        wider = one.width > other.width or (not _certain(other) and one.share >= other.share)
        return rank == 2 or earlier or (wider and not later)
    evenly = (
        one.share == 1 and one.first <= other.first and other.share < 1 and one.width > max(other.width, 2)
    )
    return (earlier or evenly) and own < 2


def _accident(one: Candidate, other: Candidate) -> bool:
    """Whether `one`, although its table begins higher, may be the accidental one: it cuts at commas of sentences, or has fewer values."""
    cells = [cell for where, cells in one.rows if where in one.lines for cell in cells[1:]]
    prose = other.width > one.width and all(cell[:1] == " " for cell in cells)
    return prose or (other.width >= one.width and _values(other) > _values(one))


def _values(each: Candidate) -> float:
    """The share of values among the cells of the regular rows but the first."""
    cells = [
        cell for where, cells in each.rows if where in each.lines and where > each.first for cell in cells
    ]
    return sum(is_value(cell) for cell in cells) / len(cells) if cells else 0.0


def _wider(each: Candidate, kept: Candidate) -> bool:
    """Whether another separator cuts every row into more cells than the one found, though not evenly: typical of a damaged file."""
    if each.marks.separator in (kept.marks.separator, " "):
        return False
    rows = [len(cells) for where, cells in each.rows if where >= kept.first]
    return bool(rows) and min(rows) > 1 and max(rows) > kept.width


def _above(each: Candidate, kept: Candidate) -> bool:
    """Whether another separator, frequent in the rows, cuts the header of `kept` or a line above it better than `kept` does."""
    sign = each.marks.separator
    if sign in (kept.marks.separator, " ", ""):
        return False
    rows = [cells for where, cells in kept.rows if where in kept.lines]
    if 2 * sum(any(sign in cell for cell in cells) for cells in rows) < len(rows):
        return False
    usual = Counter(len(cells) for where, cells in each.rows if where in kept.lines)
    before = {where: len(cells) for where, cells in each.rows if where <= kept.first and len(cells) > 1}
    if any(width > kept.width for width in before.values()):
        return True
    return any(2 * usual[width] >= len(rows) for where, width in before.items() if where < kept.first)


def name(separator: str) -> str:
    """The separator in words, its sign beside it."""
    word = WORDS.get(separator)
    sign = separator if separator.isprintable() and separator.strip() else ""
    return (f"{word} ( {sign} )" if sign else word) if word else f"« {shown(separator)} »"


def _ask(kept: list[Candidate], hints: Hints) -> None:
    readings = []
    for each in kept:
        width = counted(each.width, "colonne", "colonnes")
        quote = ", apostrophes autour des cellules retirées" if each.marks.quote == "'" else ""
        readings.append(
            Reading(
                hints.but(separator=each.marks.separator, quote=each.marks.quote).id,
                f"Séparateur : {name(each.marks.separator)}{quote} ; {width}",
                tuple(tuple(shown(cell) for cell in cells[:8]) for _, cells in each.rows[:4]),
            )
        )
    ask(
        "separator-ambiguous",
        "Ce fichier peut se découper en colonnes de plusieurs façons.",
        "Choisissez la lecture dont les colonnes sont justes.",
        readings,
        line=kept[0].first,
    )


def _frequent(each: Candidate) -> bool:
    """Whether a rare separator cuts the first row, or half of the rows, although not evenly."""
    several = [len(cells) > 1 for _, cells in each.rows]
    return bool(several) and (several[0] or 2 * sum(several) >= len(several))


def _mostly(each: Candidate) -> bool:
    """Whether a rare separator cuts the first row and nine in ten of the others, although not evenly."""
    if each.marks.separator == " ":
        return False
    several = [len(cells) > 1 for _, cells in each.rows]
    return several[0] and sum(several) >= 0.9 * len(several)


def _one_column(sample: bytes, found: list[Candidate], cut: bool, line: int) -> Marks:
    """No pair makes columns: the file is one column if no usual separator stands in it outside quotes, else it is refused."""
    for each in found:
        if each.malformed is not None and each.marks.separator in COMMON and each.width > 1:
            refuse_malformed(each.malformed)
    worst = next(
        (each for each in found if each.width > 1 and (each.marks.separator in COMMON or _mostly(each))), None
    )
    if worst is None:
        alone = _candidate(Marks("", '"'), sample, cut, line)
        if alone.malformed is not None:
            literal = _candidate(Marks("", ""), sample, cut, line)
            if any(cells[0].startswith('"') for _, cells in literal.rows):
                refuse_malformed(alone.malformed)
            return literal.marks
        return replace(alone.marks)
    widths = {len(cells) for _, cells in worst.rows}
    odd = next(where for where, cells in worst.rows if len(cells) != worst.width) if len(widths) > 1 else line
    refuse(
        "no-table",
        "Aucun séparateur ne découpe ce fichier en colonnes régulières.",
        "Un tableau a une ligne de titres, puis une ligne par commune, par exemple : code_commune;logements;vacants.",
        line=odd,
    )
