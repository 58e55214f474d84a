"""Files too big to be read at once (SIRENE, DVF, Melodi): recognised by their first rows, then taken block after block.

Memory does not grow with the file: a format's reducer keeps what its figures of the territory need, and nothing else. A file that no
reducer takes is read whole, or refused by its size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from data.catalogue import Catalogue
from data.imports import formats
from data.imports.model import (
    Choices,
    ImportRefused,
    Parsed,
    Problem,
    Progress,
    ReadingNeeded,
    Recognition,
    SheetNeeded,
    Table,
)
from data.imports.reading import read_blocks
from data.imports.reading.limits import MAX_BYTES
from data.territory import Territory

FROM = 32 * 2**20
"""Bytes from which it is worth asking whether a format takes the file by blocks; a packed file counts by what it packs."""
HEAD = 1_000
"""Rows by which a big file is recognised, and that are shown of it."""


MOST_ASIDE, SHOWN_ASIDE = 20_000, 200
"""Rows that could not be read beyond which the file is refused, and how many of them are then named."""


def head(
    path: Path, choices: Choices, name: str, territory: Territory
) -> tuple[Table, tuple[Recognition, ...]] | None:
    """The first rows of a big file and what it may be taken for by blocks; None when it must be read whole.

    Raises SheetNeeded or ReadingNeeded for a file that is too big to be read whole.
    """
    size = path.stat().st_size
    if size < FROM and not _packed(path):
        return None
    try:
        table = next(
            read_blocks(path, rows=HEAD, sheet=choices.sheet, reading=choices.reading, name=name), None
        )
    except (SheetNeeded, ReadingNeeded):
        if size > MAX_BYTES:
            raise
        return None
    except ImportRefused:  # no delimited text, or a wrong one: reading it whole says what is wrong
        return None
    if table is None or len(table.frame) < HEAD:
        return None
    found = tuple(
        each for each in formats.recognise(table, territory) if formats.by_id(each.format).reducer is not None
    )
    return (table, found) if found else None


def _packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) in (b"PK", b"\x1f\x8b")


def parse(
    path: Path,
    recognition: Recognition,
    choices: Choices,
    catalogue: Catalogue,
    territory: Territory,
    *,
    name: str,
    tell: Progress,
) -> tuple[Parsed, int]:
    """The figures of the whole file and its number of rows.

    Rows that cannot be read are problems of the result. Raises ImportRefused where the file as a whole cannot be read, and what `tell`
    raises. KeyError when the format is not read by blocks.
    """
    taken = formats.reducer(recognition, choices, catalogue, territory)
    if taken is None:
        raise KeyError(recognition.format)
    rows = 0
    aside: list[Problem] = []
    for block in _blocks(path, recognition, choices, name):
        taken.add(block)
        rows += len(block.frame)
        aside += block.problems
        if len(aside) > MOST_ASIDE:
            raise ImportRefused(aside[:SHOWN_ASIDE])
        tell(0.5 - 0.4 / (1 + rows / 1_000_000), f"Lecture : {rows:,} lignes".replace(",", "\u202f"))
    parsed = taken.result()
    return replace(parsed, problems=(*aside, *parsed.problems)), rows


def _blocks(path: Path, recognition: Recognition, choices: Choices, name: str) -> Iterator[Table]:
    columns = formats.needed_columns(recognition)
    return read_blocks(path, columns=columns, sheet=choices.sheet, reading=choices.reading, name=name)
