"""Moving a whole database between SQLite and PostgreSQL, either way, row by row as it stands.

Nobody writes in the old one meanwhile: its writers' lock is held until the end. The new one takes everything in one transaction, counted
before it is committed: a move that is stopped leaves it as it was. The old one is never changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, URL, Connection, Table, func, insert, inspect, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from data.store import schema, tables
from data.store.engine import copy_sqlite, make_engine, parse_url
from data.store.erasure import history_unlocked
from data.store.errors import DatabaseUnreachable, StoreError
from data.store.files import Files, make_database
from data.store.opened import stamp
from data.store.trouble import explain

_BLOCK = 10_000
_ORDER = tuple(table for table in tables.metadata.sorted_tables if table.name != "meta")
"""Every table but `meta`, whose one row is written over, a parent always before its children."""


@dataclass(frozen=True)
class Moved:
    """What a move did: rows by table (its English name), the same on both sides; the copy of what a SQLite file held before."""

    rows: dict[str, int]
    last_change: str
    aside: Path | None


def address_of(text_: str) -> URL:
    """The address that a person wrote: `postgresql://…`, `sqlite:///…`, or the path of a file. Raises StoreError."""
    url = parse_url(text_) if "://" in text_ else URL.create("sqlite", database=text_)
    if url.get_backend_name() == "sqlite":
        url = url.set(database=str(Path(str(url.database)).expanduser().resolve()))
    return url


def move(
    source: URL, target: URL, files: Files, *, replace: bool = False, clock: Callable[[], datetime]
) -> Moved:
    """Make `target` hold what `source` holds. `files`: the home whose folder takes the copy of a SQLite target that is replaced.

    Raises StoreError, the target standing as it was: when the source is not of this version or the target holds something and
    `replace` was not said.
    """
    if source == target:
        raise StoreError("L’adresse de départ et celle d’arrivée sont la même base : indiquez-en une autre.")
    try:
        with _held(source) as old, _taken(target, files, clock) as (new, aside):
            return _move(old, new, replace, aside)
    except (OSError, DBAPIError) as error:
        where = " → ".join(url.render_as_string(hide_password=True) for url in (source, target))
        raise explain(error, where, "la base d’arrivée est restée comme elle était") or DatabaseUnreachable(
            f"Le déplacement {where} a échoué ({getattr(error, 'orig', None) or error}). "
            "La base d’arrivée est restée comme elle était."
        ) from error


def _move(old: Connection, new: Connection, replace: bool, aside: Callable[[], Path | None]) -> Moved:
    before = {table.name: _count(new, table) for table in _ORDER}
    there = new.execute(select(tables.meta)).mappings().one()
    if sum(before.values()) or there["revision"]:
        if not replace:
            raise StoreError(
                f"La base d’arrivée contient déjà {sum(before.values())} lignes : rien n’a été modifié. Indiquez une base vide, "
                "ou ajoutez --confirm REMPLACER pour remplacer ce qu’elle contient."
            )
        kept = aside()
        with history_unlocked(new):
            for table in reversed(_ORDER):
                new.execute(table.delete())
    else:
        kept = None
    rows = {}
    for table in _ORDER:
        rows[table.name] = _copy(old, new, table)
    marks = dict(old.execute(select(tables.meta)).mappings().one())
    # Whoever has the new base open must not take what was read before for what is there now.
    marks["revision"] = max(marks["revision"], there["revision"] + 1)
    new.execute(update(tables.meta).values(marks))
    _number_on(old, new)
    for name, count in rows.items():
        found = _count(new, tables.metadata.tables[name])
        if found != count:
            raise StoreError(
                f"{name} : {count} lignes au départ, {found} à l’arrivée. Rien n’a été modifié ; signalez-le."
            )
    if new.dialect.name == "sqlite" and new.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise StoreError(
            "La base de départ contient des lignes orphelines : rien n’a été modifié. Vérifiez-la avec « check »."
        )
    last = old.execute(select(func.max(tables.history.c.at))).scalar()
    return Moved(rows, last or "", kept)


@contextmanager
def _held(url: URL) -> Iterator[Connection]:
    """One snapshot of the database, in which nobody else writes until the block ends. Raises StoreError."""
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
        raise StoreError(f"La base de départ {url.database} n’existe pas.")
    engine = make_engine(url, migrating=True)
    try:
        with engine.connect() as connection:
            if url.get_backend_name() == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            version = schema.current_version(connection)
            if version != schema.HEAD:
                raise StoreError(
                    f"La base de départ n’est pas de cette version (schéma {version or 'absent'}, attendu {schema.HEAD}) : rien n’a été "
                    "modifié. Ouvrez-la une fois avec cette version de Zevillage, puis recommencez."
                )
            if url.get_backend_name() == "postgresql":
                connection.execute(select(tables.meta.c.id).with_for_update())
            yield connection
            connection.rollback()
    finally:
        engine.dispose()


@contextmanager
def _taken(
    url: URL, files: Files, clock: Callable[[], datetime]
) -> Iterator[tuple[Connection, Callable[[], Path | None]]]:
    """The database with our tables, in a transaction that is committed when the block ends; and what copies it aside first."""
    path = Path(str(url.database)) if url.get_backend_name() == "sqlite" else None
    if path is not None:
        make_database(path)
    engine = make_engine(url, migrating=True)
    with engine.connect() as connection:
        version = schema.current_version(connection)
    if version not in (None, schema.HEAD):
        engine.dispose()
        raise StoreError(
            f"La base d’arrivée est d’une autre version (schéma {version}, attendu {schema.HEAD}) : rien n’a été modifié. "
            "Indiquez une base vide."
        )
    schema.migrate(url, files, lambda: stamp(clock))

    def aside() -> Path | None:
        return (
            copy_sqlite(path, files.backup(f"zevillage-avant-deplacement-{stamp(clock)}")) if path else None
        )

    try:
        with engine.begin() as connection:
            # On PostgreSQL this row is the lock that puts writers in a line.
            connection.execute(update(tables.meta).values(revision=tables.meta.c.revision))
            yield connection, aside
    finally:
        engine.dispose()


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _copy(old: Connection, new: Connection, table: Table) -> int:
    """Copy the rows of one table; how many."""
    wanted = select(table).order_by(*table.primary_key).execution_options(yield_per=_BLOCK)
    done = 0
    try:
        for block in old.execute(wanted).partitions():
            _insert(new, table, block)
            done += len(block)
    except DBAPIError as error:
        raise StoreError(
            f"Une ligne de la table {table.name} n’entre pas dans la base d’arrivée ({error.orig}). Rien n’a été modifié."
        ) from error
    return done


def _insert(new: Connection, table: Table, rows: Sequence[Any]) -> None:
    if new.dialect.name != "postgresql":
        new.execute(insert(table), [dict(row._mapping) for row in rows])
        return
    # One statement a row takes minutes for a million figures over a network; COPY, seconds.
    quoted = ", ".join(f'"{column.name}"' for column in table.c)
    kinds = [column.type for column in table.c]
    raw: Any = new.connection.cursor()
    driver = new.dialect.loaded_dbapi.Error  # type: ignore[union-attr]
    try:
        with raw.copy(f'COPY "{table.name}" ({quoted}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row([_raw(value, kind) for value, kind in zip(row, kinds, strict=True)])
    except driver as error:
        raise StoreError(
            f"Une ligne de la table {table.name} n’entre pas dans la base d’arrivée ({error}). Rien n’a été modifié."
        ) from error
    finally:
        raw.close()


def _raw(value: Any, kind: TypeEngine[Any]) -> Any:
    """A value as the driver itself writes it in a column of this kind."""
    if not isinstance(kind, JSON) or (value is None and kind.none_as_null):
        return value
    return json.dumps(value, ensure_ascii=False)


def _numbered() -> list[Table]:
    """The tables whose rows the database numbers by itself."""
    return [table for table in _ORDER if table.autoincrement_column is not None]


def _number_on(old: Connection, new: Connection) -> None:
    """Let the new database number on from where the old one was, so that no number is ever given twice."""
    for table in _numbered():
        column = table.autoincrement_column
        highest = max(new.execute(select(func.max(column))).scalar() or 0, _given(old, table))
        if new.dialect.name == "postgresql":
            sequence = new.execute(_SEQUENCE, {"table": f'"{table.name}"', "column": column.name}).scalar()  # type: ignore[union-attr]
            # Not setval, which a rollback does not take back.
            new.exec_driver_sql(f"ALTER SEQUENCE {sequence} RESTART WITH {highest + 1}")
        elif table.dialect_options["sqlite"]["autoincrement"]:
            new.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
            new.execute(
                text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"),
                {"name": table.name, "seq": highest},
            )


_SEQUENCE = text("SELECT pg_get_serial_sequence(:table, :column)")


def _given(old: Connection, table: Table) -> int:
    """The highest number that the old database ever gave in `table`, as far as it knows."""
    if old.dialect.name == "postgresql":
        name = old.execute(_SEQUENCE, {"table": f'"{table.name}"', "column": "id"}).scalar()
        last, called = old.exec_driver_sql(f"SELECT last_value, is_called FROM {name}").one()
        return int(last) if called else int(last) - 1
    if not inspect(old).has_table("sqlite_sequence"):
        return 0
    found = old.execute(
        text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}
    ).scalar()
    return int(found or 0)
