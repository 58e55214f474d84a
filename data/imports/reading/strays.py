"""Quotes in the middle of a cell that may begin a quoted cell: a separator lost before it, and two cells cut in the wrong place.

`8.5"Essay, le bourg",22` has as many cells as `8.5,"Essay, le bourg",22`, so that the number of cells does not show the fault. Every quote
inside an unquoted cell is therefore tried as the opening of a quoted one; where the record then has as many cells, it is asked.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from data.imports.model import Problem, Reading, Repair
from data.imports.reading.hints import Hints
from data.imports.reading.lines import END
from data.imports.reading.records import Malformed, Marks, Record, records
from data.imports.reading.say import ask, problem, repair_of_lines, shown

QUESTION = "quote-inside"


@dataclass(frozen=True)
class Stray:
    """The records from `start` to before `stop` (positions in the list of records) and the one record they may be: `cells`."""

    start: int
    stop: int
    cells: tuple[str, ...]


def stray_quotes(body: bytes, rows: Sequence[Record], marks: Marks, line: int) -> list[Stray]:
    """The records of `body`, which starts on `line` and was read as `rows`, that a lost separator would cut otherwise.

    Only readings with the same number of cells: with more or fewer, the number of cells already shows the fault.
    """
    separator, sign = marks.separator.encode(), (marks.quote or '"').encode()
    if not separator or sign not in body:
        return []
    cell = re.compile(rb"(?:\A|[\r\n]|%b)%b(?:[^%b]|%b%b)*+%b" % (re.escape(separator), *[sign] * 5))
    if sign not in cell.sub(b"", body):  # no quote stands outside quoted cells: told in one pass
        return []
    opened = re.compile(rb"%b((?:[^%b]|%b%b)*+)%b(?=%b|[\r\n]|\Z)" % (*[sign] * 5, re.escape(separator)))
    rest = re.compile(rb"(?:[^%b\r\n]|%b(?:[^%b]|%b%b)*+%b)*+" % ((sign,) * 6))
    found: list[Stray] = []
    offsets: list[int] = []
    done = at = 0
    for bare_end, next_at in _bare(cell, body):
        place = body.find(sign, at, bare_end)
        while place >= 0:
            quoted = opened.match(body, place) if place >= done else None
            if quoted and separator not in quoted.group(1) and not END.search(quoted.group(1)):
                done = quoted.end()  # a word between quotes
            elif quoted:
                if not offsets:
                    offsets = _offsets(body, rows, line)
                i = bisect.bisect_right(offsets, place) - 1
                tail = rest.match(body, quoted.end())
                end = tail.end() if tail else quoted.end()
                cells = _first(body[offsets[i] : place] + separator + body[place:end], separator, sign)
                if len(cells) == len(rows[i][1]):
                    found.append(Stray(i, max(bisect.bisect_left(offsets, end), i + 1), cells))
                    done = end
            place = body.find(sign, place + 1, bare_end)
        at = next_at
    return found


def _bare(cell: re.Pattern[bytes], body: bytes) -> list[tuple[int, int]]:
    """Where each stretch outside quoted cells ends, and where the next one begins."""
    spans = [(found.start(), found.end()) for found in cell.finditer(body)]
    return [*spans, (len(body), len(body))]


def _offsets(body: bytes, rows: Sequence[Record], line: int) -> list[int]:
    """Where each record starts in `body`."""
    starts = [0, *(found.end() for found in END.finditer(body))]
    return [starts[where - line] for where, _ in rows]


def _first(text: bytes, separator: bytes, sign: bytes) -> tuple[str, ...]:
    """The cells of `text` if it is one well-formed record, else none."""
    try:
        read = list(records(text, Marks(separator.decode(), sign.decode())))
    except Malformed:
        return ()
    return tuple(read[0][1]) if len(read) == 1 else ()


def settle(
    body: bytes, rows: list[Record], marks: Marks, hints: Hints, line: int
) -> tuple[list[Record], list[Repair], list[Problem]]:
    """The rows read as the person decided about such quotes, the repairs, the rows set aside. Raises ReadingNeeded before a decision."""
    if hints.quote == "":  # a person said that quotes are text
        return rows, [], []
    found = stray_quotes(body, rows, marks, line)
    if not found:
        return rows, [], []
    if hints.strays is None:
        _ask(found, rows, marks, hints)
    lines = [rows[each.start][0] for each in found]
    if hints.strays == "text":
        return rows, repair_of_lines(lines, "guillemet au milieu d'une cellule, lu comme du texte."), []
    out = list(rows)
    aside = hints.strays == "aside"
    for each in reversed(found):
        out[each.start : each.stop] = [] if aside else [(rows[each.start][0], each.cells)]
    if aside:
        return (
            out,
            [],
            [stray_problem(line, cells) for each in found for line, cells in rows[each.start : each.stop]],
        )
    return out, repair_of_lines(lines, "séparateur manquant devant un guillemet, ajouté."), []


def stray_problem(line: int, cells: Sequence[str]) -> Problem:
    """What is wrong with a row whose quote may begin a quoted cell."""
    return problem(
        QUESTION,
        "Un guillemet se trouve au milieu d'une cellule : un séparateur manque peut-être devant lui.",
        "Corrigez la ligne dans le fichier.",
        line=line,
        value=" | ".join(cells),
    )


def _ask(found: Sequence[Stray], rows: Sequence[Record], marks: Marks, hints: Hints) -> None:
    first = rows[found[0].start]
    some = found[:3]
    missing = tuple(tuple(shown(cell) for cell in each.cells[:8]) for each in some)
    as_text = tuple(tuple(shown(cell) for cell in rows[each.start][1][:8]) for each in some)
    doubtful = {i for each in found for i in range(each.start, each.stop)}
    others = [record for i, record in enumerate(rows) if i not in doubtful][:3]
    several = "" if len(found) == 1 else f" ({len(found)} lignes sont dans ce cas)"
    ask(
        QUESTION,
        f"Un guillemet se trouve au milieu d'une cellule : un séparateur manque peut-être devant lui{several}.",
        "Choisissez la lecture dont les cellules sont justes, ou corrigez la ligne dans le fichier.",
        [
            Reading(
                replace(hints, strays="cut").id,
                "Le séparateur manque devant le guillemet : l'ajouter",
                missing,
            ),
            Reading(replace(hints, strays="text").id, "Le guillemet fait partie du texte", as_text),
            Reading(
                replace(hints, strays="aside").id,
                "Mettre de côté, comme des erreurs, les lignes dans ce cas",
                tuple(tuple(shown(cell) for cell in cells[:8]) for _, cells in others) or as_text,
            ),
        ],
        line=first[0],
    )
