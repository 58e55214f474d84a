"""CSV, TSV and their kind, read at once: decoded, sniffed, its header found, then the fast way or the careful one."""

from __future__ import annotations

import re

import numpy as np

from data.imports.model import Repair
from data.imports.reading import regular
from data.imports.reading.body import Found, finish, square
from data.imports.reading.encoding import decode
from data.imports.reading.header import Header, find_header
from data.imports.reading.hints import Hints
from data.imports.reading.limits import SAMPLE_BYTES, SAMPLE_RECORDS
from data.imports.reading.parts import Parts
from data.imports.reading.records import Malformed, Marks, Record, records, refuse_malformed
from data.imports.reading.say import refuse
from data.imports.reading.sniff import name, separator_line, sniff

_END = re.compile(rb"\r\n|\r|\n")


def read(raw: bytes, hints: Hints) -> Parts:
    """The table of a delimited text. Raises ImportRefused or ReadingNeeded."""
    text = decode(raw, hints)
    del raw
    marks, header, repairs = opened(text.data, hints)
    found = _fast(text.data, marks, header)
    if found is None:
        found = _careful(text.data, marks, header)
    found.repairs = [*text.repairs, *repairs, *found.repairs]
    frame, lines, done = finish(found, header, hints)
    return Parts(
        frame, lines, tuple(done), "csv", text.encoding, text.bom, marks.separator, marks.quote, header.line
    )


def opened(data: bytes, hints: Hints) -> tuple[Marks, Header, list[Repair]]:
    """How the text that `data` begins is written and where its table begins."""
    if not data.strip(b"\r\n\t ;,|"):
        refuse(
            "empty",
            "Le fichier est vide.",
            "Vérifiez que c'est le bon fichier : il doit avoir une ligne de titres puis des lignes.",
        )
    repairs: list[Repair] = []
    told, skip = separator_line(data)
    line = 1
    if told:
        line = 2
        hints = hints if hints.separator is not None else hints.but(separator=told)
        repairs.append(
            Repair(
                1, f"Ligne 1 : « sep={told} » annonce le séparateur à Excel ({name(told)}), suivi et retiré."
            )
        )
    sample, cut = _sample(data, skip)
    marks = sniff(sample, hints, cut=cut, line=line)
    rows = _first_records(sample, marks, cut, line)
    end = rows[-1][0] + 1 if rows else line
    return marks, find_header(rows, hints, end), repairs


def _sample(data: bytes, skip: int) -> tuple[bytes, bool]:
    """The first whole lines, and whether the file goes on after them."""
    if len(data) - skip <= SAMPLE_BYTES:
        return data[skip:], False
    piece = data[skip : skip + SAMPLE_BYTES]
    end = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
    return (piece[: end + 1], True) if end > 0 else (piece[: piece.rfind(b" ") + 1] or piece, True)


def _first_records(sample: bytes, marks: Marks, cut: bool, line: int) -> list[Record]:
    rows: list[Record] = []
    try:
        for record in records(sample, marks, line):
            rows.append(record)
            if len(rows) >= SAMPLE_RECORDS:
                break
    except Malformed as error:
        if not (cut and "end of data" in error.why):
            refuse_malformed(error)
    return rows


def offset_of_line(data: bytes, line: int) -> int:
    """Where `line` starts in `data`, its end where there are fewer lines."""
    at = 0
    for _ in range(line - 1):
        found = _END.search(data, at)
        if not found:
            return len(data)
        at = found.end()
    return at


def _fast(data: bytes, marks: Marks, header: Header) -> Found | None:
    at = offset_of_line(data, header.body)
    body = data[at:].rstrip(b"\r\n")
    columns = regular.columns(body, marks, len(header.names))
    if columns is None:
        return None
    return Found(columns, np.arange(header.body, header.body + len(columns[0]), dtype=np.int64))


def _careful(data: bytes, marks: Marks, header: Header) -> Found:
    body = data[offset_of_line(data, header.body) :]
    try:
        rows = list(records(body, marks, header.body))
    except Malformed as error:
        refuse_malformed(error)
        raise AssertionError("unreachable") from error
    return square(rows, header, cut=not data.endswith((b"\n", b"\r")))
