"""Files larger than memory, a block of rows at a time: delimited text, plain or inside a ZIP or a GZ.

The same contract as `read_table`. Dialect and header are found in the first megabytes; every later block is checked against them. What
would need the whole file is refused: an encoding that changes on the way, a quoted cell that is never closed.
"""

from __future__ import annotations

import gzip
import os
import re
import zipfile
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, cast

import numpy as np

from data.imports.model import ImportRefused, Repair, Table
from data.imports.reading import archive, container, regular
from data.imports.reading.body import Found, ask_if_shifted, finish, named_apart, set_moved_aside
from data.imports.reading.delimited import careful, literal_quotes, offset_of_line, opened, provable
from data.imports.reading.encoding import BOMS, SINGLE, called, decode, line_at, utf8_letter
from data.imports.reading.header import Header
from data.imports.reading.hints import Hints
from data.imports.reading.limits import MAX_CELL, MAX_INFLATED_STREAM
from data.imports.reading.parts import Parts
from data.imports.reading.records import Malformed, Marks, refuse_malformed
from data.imports.reading.say import refuse

HEAD = 4 * 2**20
CHUNK = 8 * 2**20
WORKERS = min(4, os.cpu_count() or 1)
"""Pieces taken apart at once, each by a thread of its own."""


def read_blocks(
    path: str | Path,
    *,
    columns: Sequence[str] | None = None,
    rows: int = 100_000,
    sheet: str | None = None,
    reading: str | None = None,
    name: str = "",
) -> Iterator[Table]:
    """The table in a big delimited file, in blocks of at most `rows` rows; `columns` keeps only those, in the file's order.

    Every block carries the dialect and the repairs of its own rows, the first one those of the header too; `checksum` is empty. `sheet`
    names the member of an archive that holds several tables. Memory does not grow with the file. An unnamed column is « colonne n », even
    empty; totals are not looked for, as only the whole file tells how many they are, nor are notes when only some `columns` are kept.
    Raises ImportRefused when it reaches the rows at fault: use what came before only once the last block has come.
    """
    path = Path(path)
    hints = Hints.parse(reading)
    called = name or path.name
    with ExitStack() as stack, archive.guarded():
        stream, member, around = _stream(path, sheet, called, stack)
        yield from _blocks(_Text(stream, hints), columns, rows, called, member, around)


def _stream(
    path: Path, sheet: str | None, name: str, stack: ExitStack
) -> tuple[IO[bytes], str, tuple[Repair, ...]]:
    """The stream of text to read, the member's name in an archive, and what is worth saying."""
    file = stack.enter_context(path.open("rb"))
    head = file.read(8192)
    file.seek(0)
    if not head:
        refuse("empty", "Le fichier est vide (0 octet).", "Téléchargez-le de nouveau.")
    if head.startswith(b"\x1f\x8b"):
        inside = name[:-3] if name.lower().endswith(".gz") else name
        return cast(IO[bytes], stack.enter_context(gzip.open(file, "rb"))), inside, ()
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        book = stack.enter_context(zipfile.ZipFile(path))
        archive.check(book.infolist(), path.stat().st_size, MAX_INFLATED_STREAM)
        info, _, left = archive.choose(book, sheet)
        return stack.enter_context(book.open(info)), info.filename, left
    return file, "", container.compared(name, "csv")


@dataclass
class _Text:
    """Bytes of the file becoming UTF-8, each piece ending with a whole line; `line` is the one on which the next piece starts."""

    stream: IO[bytes]
    hints: Hints
    encoding: str = ""
    bom: bool = False
    settled: bool = False
    rest: bytes = b""
    done: bool = False
    line: int = 1
    total: int = 0
    repairs: list[Repair] = field(default_factory=list)

    def pieces(self) -> Iterator[tuple[bytes, int, bool]]:
        """(piece, its line ends, whether it is the last); the last holds a chunk at least, so that notes stay together."""
        current, ends, done = self._piece(HEAD)
        while not done:
            following, more, done = self._piece(CHUNK)
            if done:
                current, ends = current + following, ends + more
                break
            yield current, ends, False
            current, ends = following, more
        yield current, ends, True

    def _piece(self, size: int) -> tuple[bytes, int, bool]:
        raw = self.stream.read(size)
        self.total += len(raw)
        if self.total > MAX_INFLATED_STREAM:
            archive.refuse_bomb(self.total, 1)
        self.done = len(raw) < size
        first = not self.encoding
        raw, self.rest = self.rest + raw, b""
        if first:
            mark, name = next((each for each in BOMS if raw.startswith(each[0])), (b"", ""))
            if name.startswith(("utf-16", "utf-32")):
                self.encoding, self.bom, self.settled = name, True, True
                raw = raw[len(mark) :]
        wide = self.encoding.startswith(("utf-16", "utf-32"))
        try:
            data = self._wide(raw) if wide else self._narrow(raw, first)
        except ImportRefused as error:
            error.problems = tuple(
                replace(each, line=each.line and each.line + self.line - 1) for each in error.problems
            )
            raise
        ends = regular.line_ends(data)
        self.line += ends
        return data, ends, self.done

    def _wide(self, raw: bytes) -> bytes:
        unit = 4 if "32" in self.encoding else 2
        if not self.done:
            newline = "\n".encode(self.encoding)
            end = raw.rfind(newline)
            while end > 0 and end % unit:
                end = raw.rfind(newline, 0, end + len(newline) - 1)
            if end < 0:
                _refuse_line()
            raw, self.rest = raw[: end + unit], raw[end + unit :]
        try:
            data = raw.decode(self.encoding).encode("utf-8")
        except UnicodeError:
            refuse(
                "encoding-broken",
                f"Un caractère est incomplet ou impossible en {self.encoding[:6].upper()}.",
                "Demandez de nouveau le fichier, ou enregistrez-le en «\u00a0CSV UTF-8\u00a0».",
                line=1,
            )
            raise
        return decode(data).data if b"\0" in data else data

    def _narrow(self, raw: bytes, first: bool) -> bytes:
        if not self.done:
            end = max(raw.rfind(b"\n"), raw.rfind(b"\r", 0, len(raw) - 1)) + 1
            if not end:
                _refuse_line()
            raw, self.rest = raw[:end], raw[end:]
        if not first and raw.isascii() and b"\0" not in raw:
            return raw
        hints = self.hints
        if self.settled:
            hints = hints.but(encoding=self.encoding)
        text = decode(raw, hints, self.line)
        letter = utf8_letter(raw) if self.settled and self.encoding in SINGLE else None
        found = text.encoding if letter is None else "utf-8"
        if self.settled and found != self.encoding:
            refuse(
                "encoding-mixed",
                f"Le fichier change d'encodage : {called(self.encoding)} jusque-là, puis {called(found)}.",
                "Enregistrez-le de nouveau en «\u00a0CSV UTF-8\u00a0».",
                line=line_at(raw, letter or 0),
            )
        self.encoding = text.encoding
        self.settled = self.settled or not raw.isascii()
        self.bom = self.bom or text.bom
        self.repairs += text.repairs
        return text.data


def _refuse_line() -> None:
    refuse(
        "cell-too-long",
        f"Une ligne n'en finit pas : plus de {HEAD // 2**20} Mo sans fin de ligne.",
        "Vérifiez que le fichier est un tableau, avec une ligne par enregistrement.",
        line=1,
    )


@dataclass
class _Plan:
    """What is known once the first block is open."""

    marks: Marks
    header: Header
    names: list[str]
    wanted: list[int] | None

    def cut_header(self, first: bool) -> Header:
        """The header of the columns that are kept; its repairs only once."""
        kept = range(len(self.names)) if self.wanted is None else self.wanted
        raw = tuple("".join(self.header.raw[j : j + 1]) for j in kept) if self.header.raw else ()
        return Header(
            raw,
            tuple(self.names[j] for j in kept),
            self.header.line,
            self.header.body,
            self.header.repairs if first else (),
        )


def _plan(data: bytes, hints: Hints, columns: Sequence[str] | None, more: bool) -> tuple[_Plan, list[Repair]]:
    kind = container.kind(data) if data else "csv"
    if kind != "csv":
        refuse(
            "not-streamed",
            f"Ce fichier est {container.CONTAINER_KINDS[kind][0]} : seuls les textes en colonnes (CSV) se lisent par morceaux.",
            "Enregistrez-le en CSV UTF-8.",
        )
    marks, header, opening = opened(data, hints, more=more)
    names, renamed = named_apart(header.names, header.line)
    opening += renamed
    if columns is None:
        return _Plan(marks, header, names, None), opening
    absent = [each for each in columns if each not in names]
    if absent:
        refuse(
            "column-absent",
            f"Le fichier n'a pas de colonne «\u00a0{absent[0]}\u00a0».",
            "Vérifiez que c'est le bon fichier.",
            line=header.line or None,
            column=absent[0],
        )
    return _Plan(marks, header, names, [j for j, each in enumerate(names) if each in set(columns)]), opening


def _blocks(
    text: _Text,
    columns: Sequence[str] | None,
    rows: int,
    name: str,
    member: str,
    around: tuple[Repair, ...],
) -> Iterator[Table]:
    plan: _Plan | None = None
    before: list[Repair] = list(around)
    line = 1
    rest = b""
    first = True
    waiting: deque[_Pending] = deque()
    # Pieces are taken apart while the next ones are read and proved to be text: most of it runs outside Python.
    with ThreadPoolExecutor(WORKERS) as pool:
        for piece, ends, last in text.pieces():
            data, carried = rest + piece, regular.line_ends(rest) if rest else 0
            if plan is None:
                plan, opening = _plan(data, text.hints, columns, not last)
                before += opening
                line = plan.header.body
                data = data[offset_of_line(data, line) :]
                ends = regular.line_ends(data)
            body, rest = (data, b"") if last else _whole_records(data, plan.marks, line)
            found = pool.submit(_found, body, plan, text.hints, line, last)
            line += carried + ends if not rest else regular.line_ends(body)
            waiting.append(_Pending(found, [*before, *text.repairs], text.encoding, text.bom, last))
            before, text.repairs = [], []
            if first or len(waiting) > WORKERS:  # at once for who wants only the first rows
                yield from _tables(waiting.popleft(), plan, text.hints, rows, name, member, first)
                first = False
        while plan is not None and waiting:
            yield from _tables(waiting.popleft(), plan, text.hints, rows, name, member, first)
            first = False


@dataclass
class _Pending:
    """A piece being taken apart, and what was listed while reading it."""

    found: Future[Found]
    repairs: list[Repair]
    encoding: str
    bom: bool
    last: bool


def _tables(
    piece: _Pending, plan: _Plan, hints: Hints, rows: int, name: str, member: str, first: bool
) -> Iterator[Table]:
    """The rows of one piece, at most `rows` a table. Raises ImportRefused where they were found at fault."""
    found = piece.found.result()
    found.repairs = [*piece.repairs, *found.repairs]
    for start in range(0, max(len(found.lines), 1), rows):
        part = Found(
            [each.slice(start, rows) for each in found.columns],
            found.lines[start : start + rows],
            found.repairs if start == 0 else [],
        )
        final = piece.last and start + rows >= len(found.lines)
        some = plan.wanted is not None
        shown = plan.cut_header(first)
        frame, lines, done = finish(part, shown, hints, cut=some, more=not first, last=final)
        first = False
        yield Parts(
            frame,
            lines,
            tuple(done),
            "csv",
            piece.encoding[:6] if piece.encoding.startswith(("utf-16", "utf-32")) else piece.encoding,
            piece.bom,
            plan.marks.separator,
            plan.marks.quote,
            plan.header.line,
            problems=tuple(found.problems) if start == 0 else (),
        ).table(name=name, checksum="", member=member)


def _whole_records(data: bytes, marks: Marks, line: int) -> tuple[bytes, bytes]:
    """`data` up to the end of a line outside quotes, and the rest.

    A quoted cell that is open at the end of `data` continues in the next piece; one longer than `MAX_CELL` is refused. A cell is open when
    the number of quotes is odd, or when it is even (an inch sign counts as one) but the last quote does not close a cell.
    """
    quote = marks.quote.encode() if marks.quote else b""
    after = data.rfind(quote) + 1 if quote else 0
    closes = data.startswith((marks.separator.encode() or b"\n", b"\r", b"\n"), after)
    if not after or (closes and not regular.occurrences(data, quote[0]) % 2):
        return data, b""
    start = _open_record(data, marks)
    if start is None:
        return data, b""
    if not start or len(data) - start > 8 * MAX_CELL:
        refuse_malformed(Malformed(line + regular.count_lines(data[:start]), "unclosed"))
    return data[:start], data[start:]


def _open_record(data: bytes, marks: Marks) -> int | None:
    """Where the record with a quoted cell open at the end of `data` starts; None where the odd quote was an inch sign."""
    separator, quote = re.escape(marks.separator.encode()), re.escape(marks.quote.encode())
    starts = rb"\A|\r|\n|" + separator if separator else rb"\A|\r|\n"
    cell = re.compile(rb"(?:%b)%b(?:[^%b]|%b%b)*+(%b?)" % (starts, *[quote] * 5))
    start = at = 0
    for found in cell.finditer(data):
        inside = found.start() + 1
        start = max(start, data.rfind(b"\n", at, inside) + 1, data.rfind(b"\r", at, inside) + 1)
        if not found.group(1):
            return start
        at = found.end()
    return None


def _found(body: bytes, plan: _Plan, hints: Hints, line: int, last: bool) -> Found:
    """The rows of a block, all columns or those wanted."""
    lines = body.rstrip(b"\r\n") if last else body
    # A column without a name at the end may hold cells that a bare separator has moved: all must then be looked at.
    wanted = plan.wanted if all(plan.header.names) else None
    fast = None
    if provable(lines, plan.marks, hints):
        fast = regular.columns(lines, plan.marks, len(plan.names), wanted, threads=False)
    if fast is not None:
        found = Found(fast, np.arange(line, line + len(fast[0]), dtype=np.int64))
    else:
        found = careful(body, plan.marks, plan.header, hints, line, last=last)
    if fast is None or wanted is None:
        ask_if_shifted(found, plan.header, hints)
        set_moved_aside(found, plan.header)
        if plan.wanted is not None:
            found.columns = [found.columns[j] for j in plan.wanted]
    found.repairs += literal_quotes(found, plan.marks)
    return found
