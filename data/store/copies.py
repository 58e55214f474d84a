"""The copies of the database that we made ourselves, in `backups/`: who is erased goes from them too."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, MetaData, create_engine, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from data.store.erasure import blank, redact, words_of
from data.store.files import remove_sides


def clean_copies(
    copies: Sequence[Path], persons: Sequence[str], words: Sequence[str]
) -> tuple[int, list[str]]:
    """Erase `persons` in the `copies` of the database; how many were cleaned, and the names of those that could not be."""
    cleaned, left = 0, []
    for path in copies:
        try:
            clean_copy(path, persons, words)
            cleaned += 1
        except (DBAPIError, sqlite3.Error, KeyError, OSError):
            left.append(path.name)
    return cleaned, left


def clean_copy(path: Path, persons: Sequence[str], words: Sequence[str]) -> None:
    """Erase `persons` in one SQLite copy, of this version or an older one. Raises DBAPIError, KeyError when it is no such copy."""
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def begin(connection) -> None:  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        with engine.begin() as connection:
            known = MetaData()
            known.reflect(connection)
            person = known.tables["person"]
            rows = connection.execute(select(person).where(person.c.id.in_(persons))).mappings().all()
            own = [word for row in rows for word in words_of(dict(row))]
            at = next((row["created_at"] for row in rows), "")
            blank(connection, known.tables, persons, at)
            redact(connection, known.tables, list(dict.fromkeys([*words, *own])))
    finally:
        engine.dispose()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("VACUUM")
        raw.execute("PRAGMA journal_mode = DELETE")
    remove_sides(path)
