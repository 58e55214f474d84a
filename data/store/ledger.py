"""The ledger of erasures beside the database: a backup brought back, by whatever way, meets it when it is opened.

One JSON line for each person erased: an opaque id, when, by whom, why. Opening the store makes the file and the table `erasure` say
the same, and erases whom only the file names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from data.store import tables
from data.store.erasure import as_line, blank, redact, words_of
from data.store.errors import StoreError
from data.store.files import Files, read_lines

_KEYS = {"person", "at", "actor", "reason"}


def read(files: Files) -> dict[str, dict[str, Any]]:
    """The entries of the file by person; empty when there is no file. Raises StoreError for a line that is none."""
    return read_file(files.ledger)


def read_file(path: Path) -> dict[str, dict[str, Any]]:
    """`read`, for a ledger that stands elsewhere."""
    found: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            if set(entry) != _KEYS or entry["reason"] not in tables.ERASURE_REASONS:
                raise ValueError
        except (ValueError, TypeError) as error:
            raise StoreError(
                f"{path}, ligne {number} : ce n’est pas une ligne du registre des effacements. "
                "Remettez le fichier d’une sauvegarde ; "
                'une ligne ressemble à {"person": "…", "at": "2026-05-12T08:00:00.000Z", "actor": "local", "reason": "request"}.'
            ) from error
        found[entry["person"]] = entry
    return found


def append(files: Files, entries: Iterable[Mapping[str, Any]]) -> None:
    """Add entries to the file, on the disk before this returns."""
    lines = "".join(f"{as_line(entry)}\n" for entry in entries)
    if lines:
        files.append_ledger(lines)


def entries(connection: Connection) -> list[dict[str, Any]]:
    """The entries of the table, oldest first."""
    table = tables.erasure
    return [dict(row) for row in connection.execute(select(table).order_by(table.c.at)).mappings()]


def missing(connection: Connection, files: Files) -> list[dict[str, Any]]:
    """The entries that only the file has."""
    known = {entry["person"] for entry in entries(connection)}
    return [entry for person, entry in read(files).items() if person not in known]


def replay(connection: Connection, files: Files, at: str) -> dict[str, list[str]]:
    """Erase whom only the file names: the persons who still had something personal, each with how free text may name them."""
    again: dict[str, list[str]] = {}
    for entry in missing(connection, files):
        person = tables.person
        row = connection.execute(select(person).where(person.c.id == entry["person"])).mappings().first()
        connection.execute(insert(tables.erasure).values(**entry))
        if row is not None and row["erased_at"] is None:
            again[entry["person"]] = words_of(dict(row))
            blank(connection, tables.metadata.tables, [entry["person"]], at)
            redact(connection, tables.metadata.tables, again[entry["person"]])
    return again


def complete(connection: Connection, files: Files) -> None:
    """Add to the file what only the table has: the machine stopped between the two, or the file was lost."""
    known = read(files)
    append(files, [entry for entry in entries(connection) if entry["person"] not in known])
