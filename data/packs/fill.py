"""Filling a pack's base from published files, each by the chain that the importer follows: what it refuses is refused here.

A national file with one row a commune is first cut to the territory, block after block, in its own columns: the cut is what is read,
checked and kept as the original, so that neither memory nor the home grows with France. What surrounds the territory is
summed on the way. What is counted (DVF, SIRENE) is taken block after block by the chain itself (`data.imports.streaming`).
"""

from __future__ import annotations

import csv
import ctypes
import datetime as dt
import gc
import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from analysis.french import spaced
from analysis.model import COMMAND_ACTOR
from data import reference
from data.catalogue import Catalogue
from data.imports import formats, pipeline
from data.imports.formats.base import COMMUNE
from data.imports.formats.levels import LevelSums, figures_of
from data.imports.formats.territory_rows import elsewhere
from data.imports.formats.wide import kept_rows
from data.imports.model import (
    Choices,
    ImportRefused,
    NothingChanges,
    Problem,
    Progress,
    ReadingNeeded,
    Recognition,
    SheetNeeded,
)
from data.imports.publish import publish
from data.imports.reading import read_blocks
from data.opening import House, read_catalogue
from data.store.files import Upload
from data.territory import Territory

CUT_FROM = 2**18
"""Bytes from which a file with one row a commune is cut before it is read."""
GIVE_BACK_FROM = 2**20
"""Bytes of files after whose reading memory is handed back: looking for it costs more than reading a small file."""
_HEAD = 200


@dataclass(frozen=True)
class Filled:
    """What became of one file. `number` is that of its import, None when nothing was published; `why` then says it, in French.

    `what`: the publication and its edition, empty when the file was not recognised; `cells`: figures of the territory that it holds.
    """

    path: Path
    what: str = ""
    number: int | None = None
    cells: int = 0
    why: str = ""
    problems: tuple[Problem, ...] = ()


def fill(
    house: House, paths: Iterable[Path], today: dt.date, tell: Progress | None = None
) -> Iterator[Filled]:
    """Publish each file in its turn, as one import each; a file that is refused changes nothing and stops no other.

    Only published works that the formats know: a file whose indicator somebody must name belongs on the importer's page.
    """
    read = 0
    for path in paths:
        read += _bytes_of(path)
        yield _one(house, path, today, tell)
        if read >= GIVE_BACK_FROM:
            _give_back()
            read = 0


def _bytes_of(path: Path) -> int:
    """The size of a file; 0 for one that is told as refused later."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _give_back() -> None:
    """Hand the memory of the files read back to the system before the next one: nothing of it is kept, but
    allocators hold on to what was freed."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)


def _one(house: House, path: Path, today: dt.date, tell: Progress | None) -> Filled:
    cut: Upload | None = None
    levels: pd.DataFrame | None = None
    try:
        if not path.is_file():
            return Filled(path, why="ce fichier n'existe pas.")
        with house.store.read() as session:
            catalogue = read_catalogue(session)
        cut, levels = _cut(house, path, catalogue)
        read = cut.path if cut is not None else path
        draft = pipeline.prepare(
            read,
            name=path.name,
            choices=Choices(),
            house=house,
            catalogue=catalogue,
            today=today,
            progress=tell,
        )
        found = draft.recognition
        if found is None or found.kind != "figures" or found.format == formats.indicator.FORMAT.id:
            why = "ce n'est pas un fichier publié que Zevillage reconnaît ; la page « Importer » prend les autres."
            told = _first(draft.problems) if found is None else ""
            return Filled(path, why=spaced(told or why), problems=draft.problems)
        what = found.edition or found.name
        if draft.diff is None or not pipeline.can_compare(draft):
            why = _first(draft.errors) or "ce fichier demande un choix : passez par la page « Importer »."
            return Filled(path, what, why=spaced(why), problems=draft.problems)
        if levels is not None and draft.parsed is not None:
            draft = replace(draft, parsed=replace(draft.parsed, levels=levels))
        cells = len(draft.cells) if draft.cells is not None else 0
        try:
            number = publish(house, COMMAND_ACTOR, draft, read, today=today, progress=tell)
        except NothingChanges:
            return Filled(path, what, cells=cells, why="la base dit déjà tout cela.", problems=draft.problems)
        return Filled(path, what, number, cells, problems=draft.problems)
    except ImportRefused as refused:
        return Filled(path, why=spaced(_first(refused.problems)), problems=refused.problems)
    except OSError as error:
        return Filled(path, why=spaced(f"ce fichier ne se lit pas ({error.strerror or error})."))
    finally:
        if cut is not None:
            cut.remove()


def _first(problems: Iterable[Problem]) -> str:
    return next((f"{each.title} {each.advice}".strip() for each in problems), "")


def _cut(house: House, path: Path, catalogue: Catalogue) -> tuple[Upload | None, pd.DataFrame | None]:
    """The rows of the territory of a big file with one row a commune, in its own columns, and the figures of what surrounds it; None
    for any other, read as it is."""
    nothing = (None, None)
    if path.stat().st_size < CUT_FROM:
        return nothing
    try:
        head = next(read_blocks(path, rows=_HEAD, name=path.name), None)
        if head is None:
            return nothing
        found = next(iter(formats.recognise(head, house.territory)), None)
        if found is None or found.kind != "figures" or formats.by_id(found.format).reducer is not None:
            return nothing
        place = next((name for name, meaning in found.columns.items() if meaning == COMMUNE), "")
        columns = formats.needed_columns(found)
        if not place or columns is None:
            return nothing
        text, levels = _kept(path, found, columns, place, house.territory, catalogue)
    except (ImportRefused, SheetNeeded, ReadingNeeded):
        return nothing  # a workbook, an archive of several files, a wrong file: the chain says what it is
    return (house.store.files.take_upload(io.BytesIO(text.encode("utf-8"))), levels) if text else nothing


def _kept(
    path: Path,
    found: Recognition,
    columns: tuple[str, ...],
    place: str,
    territory: Territory,
    catalogue: Catalogue,
) -> tuple[str, pd.DataFrame | None]:
    """The header and the rows that may be of the territory, empty where the column of communes is not surely one of INSEE codes; and the
    sums of all rows by level."""
    format_, sums = formats.by_id(found.format), LevelSums(territory)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    away: set[str] = set()
    for block in read_blocks(path, columns=columns, name=path.name):
        if block.problems:
            return "", None  # lines that cannot be read are told by the chain, which reads them all
        if not away:  # the first block decides what the column is; the last one may be too short to
            if elsewhere(block.frame[place], territory) is None:
                return "", None
            away = set(reference.commune_names()) - set(territory.codes)
            writer.writerow(block.frame.columns)
        counted, _, _ = kept_rows(format_, block, found.columns)
        sums.add(counted[place], figures_of(format_, counted, found.columns, catalogue))
        writer.writerows(block.frame[~block.frame[place].isin(away)].itertuples(index=False, name=None))
    return out.getvalue(), sums.result()
