"""From a file to a `Table`: read exactly, or repaired with every repair listed, or refused with the line; never silently wrong.

The content decides which reader (`container`), never the extension::

    archive ─▶ delimited: encoding ─▶ sniff ─▶ header ─▶ regular (fast, proved) or records (careful) ─▶ body
            ─▶ xlsx, ods, xls ─▶ grid ─▶ header ─▶ body
            ─▶ parquet, dbf, geojson, gpkg: typed
            ─▶ json: json_table

`hints` carries a person's answers to earlier questions, `say` makes refusals, `limits` holds every limit. `blocks` streams what is
too big for memory. Cells are text and never changed; where a container types them (a date, a percentage of Excel), the text is what a
person sees there, in ISO and with a decimal point, and that is listed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from data.imports.model import ImportRefused, Reading, ReadingNeeded, Repair, SheetNeeded, Table
from data.imports.reading import archive, container, delimited, json_table, ods, typed, xls, xlsx
from data.imports.reading.blocks import read_blocks as read_blocks
from data.imports.reading.hints import Hints
from data.imports.reading.limits import MAX_BYTES, MAX_TRIED
from data.imports.reading.parts import Parts
from data.imports.reading.say import problem, refuse


def read_table(
    path: str | Path,
    *,
    sheet: str | None = None,
    reading: str | None = None,
    name: str = "",
    limit: int = MAX_BYTES,
) -> Table:
    """The table in the file at `path`; `sheet` and `reading` answer earlier questions, `name` is what the person calls the file.

    `limit` is in bytes. Raises ImportRefused (with line, column, value and advice), ReadingNeeded or SheetNeeded.
    """
    path = Path(path)
    size = path.stat().st_size
    if size > limit:
        refuse(
            "too-big",
            f"Le fichier pèse {size // 2**20} Mo, au plus {limit // 2**20} Mo.",
            "Un grand fichier publié s'importe par la ligne de commande : python -m data.imports publish FICHIER.",
        )
    raw = path.read_bytes()
    return read_bytes(raw, sheet=sheet, reading=reading, name=name or path.name)


def read_bytes(raw: bytes, *, sheet: str | None = None, reading: str | None = None, name: str = "") -> Table:
    """`read_table` of a file that is already in memory.

    A question offers only answers that can be read, or that ask one more thing; with fewer than two of them the file is refused.
    """
    try:
        return _read_bytes(raw, sheet, reading, name)
    except ReadingNeeded as error:
        if len(raw) > MAX_TRIED:
            raise
        question = error
    kept: list[Reading] = []
    refused: list[ImportRefused] = []
    for each in question.readings:
        try:
            read_bytes(raw, sheet=sheet, reading=each.id, name=name)
        except (ReadingNeeded, SheetNeeded):
            kept.append(each)
        except ImportRefused as error:
            refused.append(error)
        else:
            kept.append(each)
    if len(kept) > 1 or not refused:
        raise ReadingNeeded(question.problems[0], kept)
    raise refused[0]


def _read_bytes(raw: bytes, sheet: str | None, reading: str | None, name: str) -> Table:
    checksum = hashlib.sha256(raw).hexdigest()
    hints = Hints.parse(reading)
    if not raw:
        refuse("empty", "Le fichier est vide (0 octet).", "Téléchargez-le de nouveau.")
    kind = container.kind(raw)
    around = container.compared(name, kind)
    if kind == "zip":
        return _from_zip(raw, sheet, hints, name, checksum, around)
    if kind == "gz":
        inner = archive.gunzip(raw)
        inside = name[:-3] if name.lower().endswith(".gz") else name
        if not inner:
            refuse("empty", "Le fichier compressé est vide.", "Téléchargez-le de nouveau.")
        kind = container.kind(inner)
        if kind in ("zip", "gz"):
            _nested()
        parts = _read(inner, kind, sheet, hints)
        return parts.table(name=name, checksum=checksum, member=inside, repairs=around)
    return _read(raw, kind, sheet, hints).table(name=name, checksum=checksum, repairs=around)


def _read(raw: bytes, kind: str, sheet: str | None, hints: Hints) -> Parts:
    if kind == "csv":
        return delimited.read(raw, hints)
    if kind == "xlsx":
        return xlsx.read(raw, sheet, hints)
    if kind == "ods":
        return ods.read(raw, sheet, hints)
    if kind == "xls":
        return xls.read(raw, sheet, hints)
    if kind == "json":
        return json_table.read(raw, sheet, hints)
    return typed.read(raw, kind, sheet, hints)


def _from_zip(
    raw: bytes, sheet: str | None, hints: Hints, name: str, checksum: str, around: tuple[Repair, ...]
) -> Table:
    with archive.opened(raw) as book:
        info, inside, left = archive.choose(book, sheet)
        inner = archive.member(book, info)
    if not inner:
        refuse(
            "empty",
            f"Le fichier «\u00a0{info.filename}\u00a0» de l'archive est vide.",
            "Téléchargez-la de nouveau.",
        )
    kind = container.kind(inner)
    if kind in ("zip", "gz"):
        _nested()
    around = (*around, *container.compared(info.filename, kind), *left)
    try:
        parts = _read(inner, kind, inside, hints)
    except SheetNeeded as error:
        where = f"{info.filename}{archive.JOIN}"
        excerpts = {where + name: rows for name, rows in error.excerpts.items()}
        raise SheetNeeded(error.problems[0], [where + each for each in error.sheets], excerpts) from error
    return parts.table(name=name, checksum=checksum, member=info.filename, repairs=around)


def _nested() -> None:
    refuse(
        "archive-nested",
        "L'archive contient une autre archive.",
        "Décompressez-la chez vous et déposez le fichier lui-même.",
    )


__all__ = ["ImportRefused", "problem", "read_blocks", "read_bytes", "read_table"]
