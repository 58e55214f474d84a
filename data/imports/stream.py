"""Files larger than memory: read block after block, cut to the territory on the way, only what the figures need kept.

The formats that publish such files (establishments, sales) have a reducer; other formats are read whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from data.catalogue import Catalogue
from data.imports import formats
from data.imports.model import Choices, ImportRefused, Parsed, Progress, Recognition, Repair, Table
from data.imports.reading import read_blocks
from data.territory import Territory

BIG = 32 * 2**20
"""Bytes on disk from which a file is read by blocks, where its format allows it."""
_HEAD_ROWS = 2_000
_BLOCK_ROWS = 100_000
_MOST_REPAIRS = 10_000


@dataclass(frozen=True)
class Streamed:
    """What a big file says. `table` holds its first rows only, with the repairs of all; `rows` is how many there were."""

    table: Table
    recognitions: tuple[Recognition, ...]
    recognition: Recognition
    parsed: Parsed
    rows: int


def parse_big(
    path: Path, *, name: str, choices: Choices, catalogue: Catalogue, territory: Territory, tell: Progress
) -> Streamed | None:
    """Read a big file of a format that has a reducer; None for any other file. Raises ImportRefused and what `tell` raises."""
    if path.stat().st_size < BIG:
        return None
    tell(0.1, "Lecture des premières lignes")
    try:
        head = _head(path, name, choices)
    except ImportRefused as refused:
        if any(each.code == "not-streamed" for each in refused.problems):
            return None
        raise
    recognitions = formats.recognise(head, territory)
    recognition = formats.chosen(recognitions, choices.kind)
    reducer = formats.reducer(recognition, choices, catalogue, territory) if recognition is not None else None
    if recognition is None or reducer is None:
        return None
    corrected = replace(recognition, columns={**recognition.columns, **choices.columns})
    rows, repairs = 0, list[Repair]()
    for block in _blocks(path, name, choices, formats.needed_columns(corrected)):
        reducer.add(block)
        rows += len(block.frame)
        repairs += block.repairs[: _MOST_REPAIRS - len(repairs)]
        tell(0.1 + 0.5 * rows / (rows + 2_000_000), f"{rows:,} lignes lues".replace(",", "\u202f"))
    return Streamed(replace(head, repairs=tuple(repairs)), recognitions, recognition, reducer.result(), rows)


def _head(path: Path, name: str, choices: Choices) -> Table:
    """The first rows, all columns: enough to recognise the file."""
    return next(read_blocks(path, rows=_HEAD_ROWS, sheet=choices.sheet, reading=choices.reading, name=name))


def _blocks(path: Path, name: str, choices: Choices, columns: tuple[str, ...] | None) -> Iterator[Table]:
    return read_blocks(
        path, columns=columns, rows=_BLOCK_ROWS, sheet=choices.sheet, reading=choices.reading, name=name
    )
