"""Engines: the connect and begin recipe for SQLite, snapshots and drivers for PostgreSQL.

SQLite is opened in WAL mode with full synchronisation; a writer takes its lock at once (BEGIN IMMEDIATE),
because a transaction that reads first and writes later fails with « database is locked » whatever the
timeout. Readers ask for a plain BEGIN and never wait.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from data.store import inventory
from data.store.errors import DatabaseDamaged, DatabaseLocked, DatabaseUnreachable, StoreError
from data.store.files import writing
from data.store.trouble import explain

BUSY_SECONDS = 60.0
SYNCHRONOUS = "FULL"
"""How long a commit of SQLite waits: until the disk has it, so that it outlives a power cut."""
READ_OPTION = "zevillage_read"


def parse_url(text: str) -> URL:
    """The address of a database; `postgresql://…` means the psycopg driver. Raises StoreError."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise StoreError(
            "ZEVILLAGE_DATABASE_URL n’est pas une adresse de base de données. "
            "Exemple : postgresql://utilisateur:motdepasse@serveur/zevillage"
        ) from error
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(
            f"Base de données « {url.get_backend_name()} » non prise en charge : SQLite ou PostgreSQL."
        )
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise StoreError("Une base SQLite doit être un fichier : sqlite:////dossier/zevillage.db")
    return url


def make_engine(url: URL, *, migrating: bool = False) -> Engine:
    """An engine of the recipe; `migrating` leaves foreign keys unchecked while tables are rebuilt."""
    if url.get_backend_name() != "sqlite":
        try:
            return create_engine(
                url,
                poolclass=NullPool if migrating else QueuePool,
                **({} if migrating else {"pool_pre_ping": True}),
            )
        except (ModuleNotFoundError, NoSuchModuleError) as error:
            raise StoreError(
                "Le pilote de PostgreSQL manque : « make run » l’installe quand ZEVILLAGE_DATABASE_URL commence par postgresql:// ; "
                "à la main, .venv/bin/python -m pip install --require-hashes -r requirements-postgresql.txt"
            ) from error
    engine = create_engine(
        url,
        poolclass=NullPool if migrating else QueuePool,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "do_connect")
    def before(*_given: object) -> None:
        if _same_file(url) is None:  # SQLite would make an empty one, where everything seems lost
            raise _gone(url)

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        try:
            cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
            _write_ahead(cursor)
            cursor.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
            cursor.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten, not only forgotten
            cursor.execute(f"PRAGMA foreign_keys = {'OFF' if migrating else 'ON'}")
        except sqlite3.DatabaseError as error:
            raise explain(error, str(url.database)) or DatabaseUnreachable(
                f"Le fichier {url.database} ne s’ouvre pas comme base Zevillage ({error}). Remettez en place une sauvegarde."
            ) from error
        finally:
            cursor.close()

    @event.listens_for(engine, "checkout")
    def checkout(_connection: object, record: Any, _proxy: object) -> None:
        # A restore puts another file under this name when the old one could not be read: whoever kept a connection would go on
        # writing into the old file, where nobody looks any more.
        found = _same_file(url)
        if found is None:
            raise _gone(url)
        if record.info.setdefault("file", found) != found:
            raise DisconnectionError

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(READ_OPTION, False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _gone(url: URL) -> DatabaseUnreachable:
    return DatabaseUnreachable(
        f"Le fichier {url.database} a disparu pendant que Zevillage tournait : remettez-le en place, "
        "ou restaurez une sauvegarde (python -m data.store restore)."
    )


def _same_file(url: URL) -> tuple[int, int] | None:
    """What tells the file under this name from another one; None where none is there."""
    try:
        found = os.stat(str(url.database))
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Switch to WAL, again and again: two processes creating the file refuse each other without waiting."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def copy_sqlite(source: Path, to: Path) -> Path:
    """Copy a live SQLite database, consistent even while somebody writes, and prove it: the copy is whole and every table has as many rows
    as at the instant that was copied. Raises StoreError, leaving no file.
    """
    if to.exists():
        raise StoreError(f"Le fichier {to} existe déjà : choisissez un autre nom de sauvegarde.")
    try:
        with (
            writing(to) as partial,
            closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as origin,
            closing(sqlite3.connect(partial)) as target,
        ):
            origin.execute("BEGIN")  # what is counted and what is copied are one snapshot
            held = inventory.counted(origin)
            origin.backup(target)
            origin.rollback()
            # One plain file: a copy in WAL mode would come back with side files.
            target.execute("PRAGMA journal_mode = DELETE")
            target.close()
            if inventory.take(partial).rows != held.rows:
                raise StoreError(
                    f"La copie de {source} n’a pas autant de lignes que la base : elle n’est pas gardée. Vérifiez le disque."
                )
    except (OSError, sqlite3.Error) as error:
        # What SQLite says does not tell which of the two files it is about: a base that cannot be read is not the disk of the copy.
        about = source if isinstance(explain(error, source), DatabaseDamaged | DatabaseLocked) else to
        raise explain(error, about, "la copie n’est pas faite") or StoreError(
            f"La sauvegarde vers {to} a échoué : {error}."
        ) from error
    return to


def rewrite_sqlite(engine: Engine, patience: float = 2.0) -> bool:
    """Rewrite a live SQLite database without its free pages and empty its write-ahead log; False when others stay in the way.

    `patience` is how many seconds to wait for them, here only.
    """
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        try:
            cursor.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
            cursor.execute("VACUUM")
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
            cursor.close()
    return not busy
