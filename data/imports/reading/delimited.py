"""CSV, TSV and the like, read whole: decoded, dialect and header found, then rows read by `regular` (fast) or `records` (careful)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import numpy as np
import pyarrow.compute as pc

from data.imports.model import ImportRefused, Reading, Repair
from data.imports.reading import regular
from data.imports.reading.body import MAX_PROBLEMS, Found, ask_if_shifted, finish, set_moved_aside, square
from data.imports.reading.encoding import decode
from data.imports.reading.header import Header, find_header
from data.imports.reading.hints import Hints
from data.imports.reading.limits import SAMPLE_BYTES, SAMPLE_RECORDS
from data.imports.reading.lines import END, by_line
from data.imports.reading.parts import Parts
from data.imports.reading.records import (
    Malformed,
    Marks,
    Record,
    malformed_problem,
    records,
    refuse_malformed,
)
from data.imports.reading.say import ask, refuse, repair_of_lines, shown
from data.imports.reading.sniff import name, separator_line, sniff
from data.imports.reading.strays import settle, stray_problem, stray_quotes


def read(raw: bytes, hints: Hints) -> Parts:
    """The table of a delimited text. Raises ImportRefused or ReadingNeeded."""
    text = decode(raw, hints)
    del raw
    marks, header, repairs = opened(text.data, hints)
    found = _fast(text.data, marks, header) if provable(text.data, marks, hints) else None
    if found is None:
        body = text.data[offset_of_line(text.data, header.body) :]
        found = careful(body, marks, header, hints, header.body)
    ask_if_shifted(found, header, hints)
    set_moved_aside(found, header)
    found.repairs = [*text.repairs, *repairs, *found.repairs, *literal_quotes(found, marks)]
    frame, lines, done = finish(found, header, hints)
    return Parts(
        frame,
        lines,
        tuple(done),
        "csv",
        text.encoding,
        text.bom,
        marks.separator,
        marks.quote,
        header.line,
        problems=tuple(found.problems),
    )


def opened(data: bytes, hints: Hints, *, more: bool = False) -> tuple[Marks, Header, list[Repair]]:
    """Separator and quote, header and repairs of the text that begins with `data`; `more`: the file goes on after `data`."""
    if not data.strip(b"\r\n\t ;,|"):
        refuse(
            "empty",
            "Le fichier est vide.",
            "Vérifiez que c'est le bon fichier : il doit avoir une ligne de titres puis des lignes.",
        )
    repairs: list[Repair] = []
    announced, skip = separator_line(data)
    line = 1
    if announced:
        line = 2
        hints = hints if hints.separator is not None else hints.but(separator=announced)
        repairs.append(
            Repair(
                1,
                f"Ligne 1 : « sep={announced} » annonce le séparateur à Excel ({name(announced)}), suivi et retiré.",
            )
        )
    sample, cut = _sample(data, skip)
    cut = cut or more
    marks = sniff(sample, hints, cut=cut, line=line)
    rows, damaged = _first_records(sample, marks, cut, line)
    end = rows[-1][0] + 1 if rows else line
    header = find_header(rows, hints, end)
    if damaged is not None:
        if damaged.line <= header.line:
            refuse_malformed(damaged)
        header = replace(header, body=min(header.body, damaged.line))
    _refuse_stray_title(data, skip, rows, marks, header, line)
    return marks, header, repairs


def _refuse_stray_title(
    data: bytes, skip: int, rows: list[Record], marks: Marks, header: Header, line: int
) -> None:
    """Refuse titles in which a quote may begin a quoted cell after a lost separator: every name after it would be shifted."""
    above = [record for record in rows if record[0] < header.body]
    top = data[skip : offset_of_line(data, header.body)]
    for each in stray_quotes(top, above, marks, line):
        if header.line - 1 <= above[each.start][0] <= header.line:
            refuse(
                "header-quote",
                "Un guillemet se trouve au milieu d'un titre : un séparateur manque peut-être devant lui.",
                'Ajoutez le séparateur, ou entourez tout le titre de guillemets en doublant celui-ci : "Taux ""brut""".',
                line=above[each.start][0],
                value=marks.separator.join(above[each.start][1]),
            )


def _sample(data: bytes, skip: int) -> tuple[bytes, bool]:
    """The first whole lines, and whether the file goes on after them."""
    if len(data) - skip <= SAMPLE_BYTES:
        return data[skip:], False
    piece = data[skip : skip + SAMPLE_BYTES]
    ends = [found.end() for found in islice(END.finditer(piece), 3)]
    if len(ends) < 3:  # enormous lines: take them whole, so that the cell at fault is named
        ends = [found.end() for found in islice(END.finditer(data, skip), 3)]
        end = ends[-1] if ends else len(data)
        return data[skip:end], end < len(data)
    return piece[: max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1], True


def _first_records(
    sample: bytes, marks: Marks, cut: bool, line: int
) -> tuple[list[Record], Malformed | None]:
    """The first records, and the first line damaged by a stray quote. Raises ImportRefused when the quote may damage other lines too."""
    rows: list[Record] = []
    try:
        for record in records(sample, marks, line):
            rows.append(record)
            if len(rows) >= SAMPLE_RECORDS:
                break
    except Malformed as error:
        if error.why == "unclosed" and cut and len(rows) >= 2:
            return rows, None
        read = by_line(sample, marks, line)
        lost = len(read.damaged) > len(read.rows)
        if error.why == "long" or len(read.odd) > 1 or not read.damaged or lost:
            refuse_malformed(error)
        return read.rows[:SAMPLE_RECORDS], read.damaged[0]
    return rows, None


def offset_of_line(data: bytes, line: int) -> int:
    """Where `line` starts in `data`, its end where there are fewer lines."""
    at = 0
    for _ in range(line - 1):
        found = END.search(data, at)
        if not found:
            return len(data)
        at = found.end()
    return at


def provable(data: bytes, marks: Marks, hints: Hints) -> bool:
    """Whether the fast way may be tried. Not where quotes were taken for text: some may begin a cell, as the careful way finds."""
    return bool(marks.quote) or hints.quote == "" or b'"' not in data


def _fast(data: bytes, marks: Marks, header: Header) -> Found | None:
    at = offset_of_line(data, header.body)
    body = data[at:].rstrip(b"\r\n")
    columns = regular.columns(body, marks, len(header.names))
    if columns is None:
        return None
    return Found(columns, np.arange(header.body, header.body + len(columns[0]), dtype=np.int64))


def careful(
    body: bytes, marks: Marks, header: Header, hints: Hints, line: int, *, last: bool = True
) -> Found:
    """The rows of `body`, which starts on `line`, record by record; `last`: the file ends there."""
    rows, aside = _records_or_lines(body, marks, header, hints, line)
    if marks.quote and hints.quote != "" and hints.spans is None and not aside:
        _ask_crossed(body, rows, marks, header, hints, line)
    problems = [malformed_problem(each) for each in aside]
    repairs: list[Repair] = []
    if aside:
        texts = END.split(body)
        doubtful = {
            where
            for where, cells in rows
            if stray_quotes(texts[where - line], [(where, cells)], marks, where)
        }
        problems += [stray_problem(where, cells) for where, cells in rows if where in doubtful]
        rows = [record for record in rows if record[0] not in doubtful]
    else:
        rows, repairs, problems = settle(body, rows, marks, hints, line)
    if 2 * len(problems) > len(rows) + len(problems):
        raise ImportRefused(problems[:MAX_PROBLEMS])
    found = square(
        rows, header, marks.separator, hints, cut=last and not body.endswith((b"\n", b"\r")), last=last
    )
    found.repairs = [*repairs, *found.repairs]
    found.problems += problems
    return found


def _records_or_lines(
    body: bytes, marks: Marks, header: Header, hints: Hints, line: int
) -> tuple[list[Record], list[Malformed]]:
    """The records, and the lines that stray quotes damage. Raises ImportRefused where they may damage other lines too."""
    if hints.spans == "each":
        read = by_line(body, marks, line)
        odd = {*read.odd} - {each.line for each in read.damaged}
        rows = [record for record in read.rows if record[0] not in odd]
        return rows, sorted(
            [*read.damaged, *(Malformed(each, "unclosed") for each in odd)], key=lambda each: each.line
        )
    try:
        return list(records(body, marks, line)), []
    except Malformed as error:
        if error.why == "long":
            refuse_malformed(error)
        read = by_line(body, marks, line)
        if not read.alone(len(header.names)):
            refuse_malformed(error)
        return read.rows, read.damaged


def _ask_crossed(
    body: bytes, rows: Sequence[Record], marks: Marks, header: Header, hints: Hints, line: int
) -> None:
    """Ask when a cell that spans several lines could be several rows: two stray quotes would otherwise swallow the rows between them."""
    starts = [where for where, _ in rows] + [line + regular.count_lines(body)]
    spans = [i for i in range(len(rows)) if starts[i + 1] - starts[i] > 1 and len(rows[i][1]) > 1]
    if not spans:
        return
    physical = END.split(body)
    usual = Counter(len(cells) for _, cells in rows if len(cells)).most_common(1)[0][0]
    # The two differ where only the titles, or only the rows, end with separators.
    widths = {len(header.names), usual}
    separator = marks.separator.encode()
    for i in spans:
        lines = physical[starts[i] - line : starts[i + 1] - line]
        while lines and not lines[-1]:
            lines.pop()
        whole = [each.count(separator) + 1 in widths for each in lines]
        first, last = _ends(rows[i][1], marks.separator)
        if len(lines) > 1 and (
            all(whole) or any(whole[1:-1]) or (whole[0] and first) or (whole[-1] and last)
        ):
            inside = {*range(starts[i] - line, starts[i + 1] - line)}
            honest = any(marks.quote.encode() in text for j, text in enumerate(physical) if j not in inside)
            quoted = hints.but(spans="whole")
            plain = hints.but(spans="each") if honest else hints.but(quote="")
            label = (
                "les lignes dont un guillemet est en trop sont mises de côté"
                if honest
                else "les guillemets font partie du texte"
            )
            cells = tuple(shown(cell) for cell in rows[i][1][:8])
            split = tuple(
                tuple(shown(c) for c in each.decode("utf-8").split(marks.separator)[:8]) for each in lines[:3]
            )
            ask(
                "quote-crossed",
                f"Un guillemet ouvre ici une cellule de {len(lines)} lignes, qui peuvent aussi être {len(lines)} lignes du tableau.",
                "Choisissez la lecture juste ; si un guillemet est en trop, retirez-le du fichier.",
                [
                    Reading(quoted.id, "Une seule ligne, avec une cellule sur plusieurs lignes", (cells,)),
                    Reading(plain.id, f"Plusieurs lignes, {label}", split),
                ],
                line=rows[i][0],
            )


def _ends(cells: Sequence[str], separator: str) -> tuple[bool, bool]:
    """Whether a cell over several lines holds a separator in its first line, and in its last."""
    parts = [part for cell in cells if len(part := re.split("\r\n|\r|\n", cell)) > 1]
    return any(separator in part[0] for part in parts), any(separator in part[-1] for part in parts)


def literal_quotes(found: Found, marks: Marks) -> list[Repair]:
    """The lines on which a cell begins with a quote that is read as text, where `marks` have none."""
    if marks.quote:
        return []
    lines: set[int] = set()
    for column in found.columns:
        if len(column):
            lines.update(found.lines[pc.starts_with(column, '"').to_numpy()].tolist())
    return repair_of_lines(sorted(lines), "guillemets lus comme du texte, ils n'entourent aucune cellule.")
