"""Bring a database to the tables of this code, once, never losing data.

An empty database gets the tables as they are today; one of an older version the migrations that it misses, which lead to the same tables:
a test holds that. Either is one transaction: SQLite holds its write lock and PostgreSQL an advisory lock, so a second process that starts
meanwhile waits and then finds the work done. A database that holds something is copied first.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import (
    URL,
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    func,
    insert,
    inspect,
    text,
)

from data.store import tables
from data.store.engine import READ_OPTION, copy_sqlite, make_engine
from data.store.errors import DatabaseTooNew, StoreError
from data.store.files import Files

HEAD = "0020"
MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x5A_45_56_49  # « ZEVI », the key of PostgreSQL's advisory lock
_VERSION = Table(  # as alembic makes it: it is alembic that reads it when a migration comes
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def current_version(connection: Connection) -> str | None:
    """The migration the database stands at, None when empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(url: URL, files: Files, stamp: Callable[[], str], *, keep: bool = True) -> Path | None:
    """Make the tables, or apply the missing migrations; the path of the copy made before, None when none was needed or without `keep`.

    `stamp` gives the instant used in the copy's name. Raises DatabaseTooNew, StoreError.
    """
    engine = make_engine(url, migrating=True)
    try:
        # A look without a lock first: nearly every start finds nothing to do, and alembic need not be
        # imported.
        with engine.connect().execution_options(**{READ_OPTION: True}) as connection:
            if current_version(connection) == HEAD:
                return None
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            version = current_version(connection)
            if version == HEAD:
                return None
            _refuse_what_is_not_ours(connection, version)
            copy = _keep_a_copy(url, files, version, stamp) if keep and version is not None else None
            if version is None:
                _create(connection)
            else:
                _upgrade(connection)
            if connection.dialect.name == "sqlite":
                broken = connection.execute(text("PRAGMA foreign_key_check")).all()
                if broken:
                    raise StoreError(
                        f"La mise à jour de la base laisserait {len(broken)} lignes orphelines : "
                        "elle est annulée, rien n’a changé. Signalez-le avec le numéro de version."
                    )
            return copy
    finally:
        engine.dispose()


def _refuse_what_is_not_ours(connection: Connection, version: str | None) -> None:
    if version is None:
        if inspect(connection).has_table("observation") or inspect(connection).has_table("meta"):
            raise StoreError(
                "Cette base contient déjà des tables qui ne viennent pas de Zevillage : "
                "indiquez une base vide."
            )
        return
    known = {path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py")}
    if version not in known:
        raise DatabaseTooNew(
            f"Cette base vient d’une version plus récente de Zevillage (schéma {version}, "
            f"celle-ci connaît le schéma {HEAD}). "
            "Rien n’a été modifié : mettez Zevillage à jour, ou ouvrez une sauvegarde plus ancienne."
        )


def _keep_a_copy(url: URL, files: Files, version: str, stamp: Callable[[], str]) -> Path | None:
    """Copy a SQLite file among our copies; a server's database is copied by its administrator."""
    if url.get_backend_name() != "sqlite":
        return None
    source = Path(str(url.database))
    return copy_sqlite(source, files.backup(f"zevillage-avant-{HEAD}-depuis-{version}-{stamp()}"))


def _create(connection: Connection) -> None:
    """What all the migrations one after the other make of an empty database, at once: each of them costs, and alembic to import."""
    tables.metadata.create_all(connection, checkfirst=False)
    now = (
        func.to_char(func.timezone("utc", func.now()), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        if connection.dialect.name == "postgresql"
        else func.strftime("%Y-%m-%dT%H:%M:%SZ", "now")
    )
    connection.execute(insert(tables.meta).values(id=1, revision=0, created_at=now))
    _VERSION.create(connection, checkfirst=True)
    connection.execute(insert(_VERSION).values(version_num=HEAD))


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(config(connection), "head")


def config(connection: Connection | None = None):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Alembic's configuration; with `connection`, its commands run inside that connection's transaction."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings
