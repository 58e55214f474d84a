"""The fast way: columns read from the bytes by pyarrow, only when the structure of the file is proved regular.

pyarrow's reader keeps cells exactly and refuses rows of another width, but it silently glues `"abc"def` into `abcdef`, skips a byte
order mark and lets a quoted line break hide rows. So `columns` first proves, on the bytes, that every quote opens right after a
separator or a line end (or doubles one inside a cell), closes right before one, and that no cell holds a line break; whatever is
not proved goes to the careful way (`records`), a few times slower and just as exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from data.imports.reading.limits import MAX_CELL
from data.imports.reading.records import Marks

SLICE = 2**16
"""Bytes whose quotes are proved at once: what is made of them stays in the processor's cache, and goes twice as fast."""
LF, CR = 10, 13
BOM = b"\xef\xbb\xbf"


def occurrences(data: bytes, byte: int) -> int:
    """How many times `byte` is in `data`, where it is frequent: faster there than `bytes.count`, which stops at each occurrence."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == byte))


def line_ends(data: bytes) -> int:
    """How many lines end in `data`: by LF, CR or both. Pairs are searched for, which is slow, only when there is a CR."""
    ends = occurrences(data, LF)
    return ends + data.count(b"\r") - data.count(b"\r\n") if b"\r" in data else ends


def count_lines(data: bytes) -> int:
    """Lines of `data`, the last one with or without its end."""
    return line_ends(data) + (not data.endswith((b"\n", b"\r"))) if data else 0


def columns(
    data: bytes, marks: Marks, width: int, wanted: Sequence[int] | None = None, *, threads: bool = True
) -> list[pa.ChunkedArray] | None:
    """The `wanted` columns (all) of `data`, one row a line; None where the bytes do not prove that this is exact.

    `threads`: whether Arrow may use several; not worth it for a caller that has pieces enough for each core.
    """
    separator = marks.separator.encode()
    if width < 2 or len(separator) != 1 or not data or (BOM[:1] in data and BOM in data):
        return None
    quoted = bool(marks.quote) and marks.quote.encode() in data
    if quoted and not well_quoted(data, separator[0], ord(marks.quote)):
        return None
    names = [str(j) for j in range(width)]
    chosen = names if wanted is None else [names[j] for j in wanted]
    try:
        table = pacsv.read_csv(
            pa.BufferReader(data),
            read_options=pacsv.ReadOptions(
                column_names=names, block_size=max(2**20, 8 * MAX_CELL), use_threads=threads
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=marks.separator,
                quote_char=marks.quote if quoted else False,
                ignore_empty_lines=True,  # kept, each would be a row of empty cells; left out, the count below says so
            ),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.large_string() for name in names}, include_columns=chosen
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != count_lines(data):
        return None
    return list(table.columns)


def well_quoted(data: bytes, separator: int, quote: int) -> bool:
    """Whether each quote of `data` opens, doubles or closes a cell as RFC 4180 says, and no cell holds a line break.

    With no line break in a cell, each line is whole by itself: the proof runs over slices cut at line ends, so its memory is flat.
    """
    end_of_line = b"\n" if b"\n" in data else b"\r"
    start = 0
    while start < len(data):
        stop = len(data)
        if stop - start > SLICE:
            stop = data.rfind(end_of_line, start, start + SLICE) + 1
            if stop <= start:  # a line longer than that
                stop = data.find(end_of_line, start + SLICE) + 1 or len(data)
        if not _proved(np.frombuffer(data, np.uint8, stop - start, start), separator, quote):
            return False
        start = stop
    return True


def _proved(text: np.ndarray, separator: int, quote: int) -> bool:
    at = np.flatnonzero(text == quote)
    if at.size % 2:
        return False
    opening, closing = at[0::2], at[1::2]
    if not opening.size:
        return True
    before = np.empty(opening.size, np.uint8)
    before[1:] = text[opening[1:] - 1]
    before[0] = LF if opening[0] == 0 else text[opening[0] - 1]
    doubled = np.zeros(opening.size, bool)
    doubled[1:] = opening[1:] == closing[:-1] + 1
    if not ((before == separator) | (before == LF) | (before == CR) | doubled).all():
        return False
    after = np.empty(closing.size, np.uint8)
    after[:-1] = text[closing[:-1] + 1]
    after[-1] = LF if closing[-1] + 1 == text.size else text[closing[-1] + 1]
    followed = np.zeros(closing.size, bool)
    followed[:-1] = doubled[1:]
    if not ((after == separator) | (after == LF) | (after == CR) | followed).all():
        return False
    ends = np.flatnonzero((text == LF) | (text == CR))
    return bool((np.searchsorted(opening, ends) == np.searchsorted(closing, ends)).all())
