"""An open database: snapshots to read, transactions to write, copies; and how it is opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Engine, select, update
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from analysis.model import SYSTEM_ACTOR, Actor
from data.store import erasure, inventory, ledger, tables
from data.store.copies import clean_copies
from data.store.engine import READ_OPTION, copy_sqlite, make_engine, parse_url, rewrite_sqlite
from data.store.errors import (
    AnotherTerritory,
    DatabaseLocked,
    DatabaseReadOnly,
    DatabaseUnreachable,
    StoreError,
)
from data.store.files import Files, make_database
from data.store.kept import Kept
from data.store.schema import migrate
from data.store.session import Session, WriteSession
from data.store.trouble import connection_lost, explain

_IN_DOUBT = "on ne sait pas s’il a gardé ce qui vient d’être fait (tout, ou rien). Regardez l’historique avant de recommencer"

DEFAULT_HOME = Path(__file__).resolve().parents[2] / "local"


def utc_now() -> datetime:
    """The clock of a store that was given no other."""
    return datetime.now(UTC)


class Store:
    """An open database. Safe to share between threads."""

    def __init__(self, engine: Engine, url: URL, home: Path, clock: Callable[[], datetime]) -> None:
        self.engine = engine
        self.url = url
        self.files = Files(home)
        self.clock = clock
        self.copied_before_migration: Path | None = None
        self.exposed: tuple[Path, ...] = ()
        """Files of ours that other accounts of the machine may read, and whose rights could not be changed."""
        self.kept = Kept()
        """What was read and is still so, see `Session.keep`."""
        self.after_commit: list[Callable[[], None]] = []
        """Called by the thread that wrote, after each commit of `write`: what it had read of the state before is over."""

    @property
    def home(self) -> Path:
        """The folder of our files, to be named in a message; the files themselves are the affair of `files`."""
        return self.files.folder

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of ours, which we can copy."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def _place(self) -> str:
        """The database's file, for messages."""
        return str(self.url.database)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One snapshot to read from; nothing done in it is kept."""
        options = (
            {READ_OPTION: True}
            if self.is_sqlite
            else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        try:
            with self.engine.connect().execution_options(**options) as connection:
                try:
                    yield Session(connection, self.kept)
                finally:
                    connection.rollback()
        except DBAPIError as error:
            if known := explain(error, self._place, "rien n’a été lu"):
                raise known from error
            raise

    @contextmanager
    def write(self, actor: Actor) -> Iterator[WriteSession]:
        """One transaction by `actor`: committed when the block ends, undone whole when it raises.

        Raises StoreError when the disk is full, the database stays locked or its server goes away; nothing is changed then. Only a
        server that goes away during the commit leaves open what was kept, all or nothing: the message says so.
        """
        driver: type[Exception] = self.engine.dialect.loaded_dbapi.DatabaseError
        committing = False
        try:
            with self.engine.begin() as connection:
                # First of all: on PostgreSQL this row is the lock that puts writers in a line.
                connection.execute(update(tables.meta).values(revision=tables.meta.c.revision + 1))
                session = WriteSession(connection, actor, self.clock())
                yield session
                # Last of all: whatever was written, nothing personal of those who were erased is committed.
                erasure.reapply(connection, session.at)
                revision = session.revision()
                committing = True
        except (DatabaseError, driver) as error:  # the bulk ways of a driver raise its own
            # A server that goes away while it commits may have done so: nobody here can know before it answers again.
            doubt = committing and connection_lost(error)
            if known := explain(error, self._place, _IN_DOUBT if doubt else "rien n’a été modifié"):
                self._forget_connections(known)
                raise known from error
            if not isinstance(error, OperationalError | self.engine.dialect.loaded_dbapi.OperationalError):
                raise  # a rule of the tables, or a mistake of ours: not the affair of the disk
            reason = error.orig if isinstance(error, OperationalError) else error
            raise StoreError(f"L’écriture a échoué, rien n’a été modifié ({reason}).") from error
        self.kept.committed(revision, session.written)
        for call in self.after_commit:
            call()

    @contextmanager
    def note(self, actor: Actor) -> Iterator[WriteSession]:
        """A small transaction that changes nothing that screens show (what was tried at the door, who looked at a file):
        the revision stays, so that no cache is emptied by it.

        Raises StoreError as `write` does.
        """
        try:
            with self.engine.begin() as connection:
                yield WriteSession(connection, actor, self.clock())
        except DatabaseError as error:
            if known := explain(error, self._place, "rien n’a été noté"):
                self._forget_connections(known)
                raise known from error
            if not isinstance(error, OperationalError):
                raise
            raise StoreError(f"L’écriture a échoué, rien n’a été noté ({error.orig}).") from error

    def _forget_connections(self, error: StoreError) -> None:
        """SQLite opens a file that may not be written to read it, and the connection stays so: the next ones open it again."""
        if isinstance(error, DatabaseReadOnly):
            self.engine.dispose()

    def belong_to(self, territory: str, name: str, *, take_over: bool = False) -> None:
        """Hold that the database is about this territory (id, name). One that no territory opened yet takes its mark.

        `take_over` gives it the mark of this one, whatever it was. Raises AnotherTerritory with both names, StoreError.
        """
        meta = tables.meta
        with self.read() as session:
            mark = session.connection.execute(select(meta.c.territory, meta.c.territory_name)).one()
        if tuple(mark) == (territory, name):
            return
        if mark.territory not in (None, territory) and not take_over:
            raise AnotherTerritory(
                f"Cette base est celle du territoire « {mark.territory_name} » ({mark.territory}), pas celle de « {name} » ({territory}) : "
                "elle n’est pas ouverte et aucune donnée n’a changé. Indiquez dans ZEVILLAGE_TERRITORY le fichier de "
                f"« {mark.territory_name} », ou dans ZEVILLAGE_HOME un autre dossier pour « {name} ». Pour donner vraiment cette base "
                f"à « {name} » : ZEVILLAGE_TERRITORY_CHANGE={territory}, le temps d’un démarrage."
            )
        with self.note(SYSTEM_ACTOR) as noted:
            # Two that open a new database at once: the first one's mark stays.
            free = [] if take_over else [meta.c.territory.is_(None) | (meta.c.territory == territory)]
            values = {"territory": territory, "territory_name": name}
            done = noted.connection.execute(update(meta).where(*free).values(values)).rowcount
        if not done:
            self.belong_to(territory, name)

    def replay_erasures(self) -> int:
        """Make the ledger's file and its table say the same; how many people had to be erased again (a backup was brought back)."""
        with self.read() as session:
            late = ledger.missing(session.connection, self.files)
            ledger.complete(session.connection, self.files)
        if not late:
            if self.files.unscrubbed:
                self.scrub()
            return 0
        with self.write(SYSTEM_ACTOR) as session:
            words = ledger.replay(session.connection, self.files, session.at)
        if words:
            clean_copies(
                self.files.backups(), list(words), [word for each in words.values() for word in each]
            )
            self.scrub()
        return len(words)

    def scrub(self) -> bool:
        """Overwrite what was erased in the database's own files (free pages, write-ahead log).

        False when a reader stood in the way: the next opening does it then. On a server, it is the affair of its own maintenance
        (VACUUM FULL), and False is all that can be said.
        """
        if not self.is_sqlite:
            return False
        done = rewrite_sqlite(self.engine)
        self.files.unscrubbed = not done
        return done

    def revision(self) -> int:
        """The number of commits so far: a cache keyed with it is never stale."""
        with self.read() as session:
            return session.revision()

    def probe(self) -> None:
        """Open the database as the next connection would and read one row: those that are open already may still answer from what they
        remember of a file that broke since. Raises DatabaseDamaged, DatabaseUnreachable.
        """
        if not self.is_sqlite:
            self.revision()
            return
        with suppress(DatabaseLocked), inventory.reading(Path(self._place), 1.0) as connection:
            connection.execute("SELECT revision FROM meta").fetchone()

    def network_origin(self) -> str:
        """Which network is on show, ``real`` or ``demo``; the two are never read together.

        It is ``real`` as soon as one real member, application, contact, event or listing is there and was not removed,
        or the demonstration was emptied.
        """
        with self.read() as session:
            return network_origin(session)

    def backup(self, to: Path) -> Path:
        """Copy the database to the new file `to` while others work. Raises StoreError unless SQLite."""
        if not self.is_sqlite:
            raise StoreError(
                "Cette base est tenue par un serveur PostgreSQL : sa sauvegarde est l’affaire du serveur "
                "(pg_dump), pas de Zevillage."
            )
        return copy_sqlite(Path(str(self.url.database)), to)

    def take_along(self, copy: Path) -> tuple[int, int]:
        """Put beside a copy that leaves the home what a restore elsewhere needs; how many originals and papers went along.

        Raises StoreError.
        """
        with self.read() as session:
            file = tables.import_file
            kept = select(file.c.checksum).where(file.c.original_removed_at.is_(None)).distinct()
            originals = list(session.connection.execute(kept).scalars())
            paper = tables.application_document.c.checksum
            papers = session.connection.execute(select(paper).where(paper.is_not(None)).distinct()).scalars()
            named = list(papers)
        try:
            return self.files.take_along(copy, originals, named)
        except OSError as error:
            done = f"la base est copiée dans {copy}, mais pas ses fichiers, les papiers des dossiers ni le registre des effacements"
            raise explain(error, copy.parent, done) or StoreError(
                f"{done.capitalize()} ({error.strerror}) : recommencez sous un autre nom."
            ) from error

    def stamp(self) -> str:
        """The present instant as a part of a file name."""
        return stamp(self.clock)

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def network_origin(session: Session) -> str:
    """See `Store.network_origin`."""
    if session.connection.execute(select(tables.meta.c.demo_emptied_at)).scalar_one() is not None:
        return "real"
    for table in (tables.member, tables.application, tables.contact, tables.event, tables.listing):
        # A first entry that was undone gives the demonstration back: undoing leaves nothing behind.
        found = session.connection.execute(
            select(table.c.id).where(table.c.origin == "real", table.c.removed_at.is_(None)).limit(1)
        ).first()
        if found is not None:
            return "real"
    return "demo"


def open_store(
    home: Path | None = None, url: str | None = None, clock: Callable[[], datetime] = utc_now
) -> Store:
    """Open the database and bring its tables up to date.

    Without arguments the environment decides: ZEVILLAGE_DATABASE_URL, else the file `zevillage.db` in
    ZEVILLAGE_HOME, else in `local/` beside the code. A given `home` wins over the environment. Raises
    DatabaseTooNew, DatabaseUnreachable, StoreError.
    """
    files, address = locate(home, url)
    exposed = _close_to_others(files, address)
    files.sweep_partials()
    try:
        copy = migrate(address, files, lambda: stamp(clock))
        store = Store(make_engine(address), address, files.folder, clock)
        store.copied_before_migration, store.exposed = copy, exposed
        store.replay_erasures()
    except OSError as error:
        raise explain(error, files.folder) or DatabaseUnreachable(
            f"Le dossier {files.folder} ne peut pas être lu ou écrit ({error.strerror})."
        ) from error
    except DBAPIError as error:
        known = None if connection_lost(error) else explain(error, str(address.database))
        raise known or DatabaseUnreachable(
            f"La base {address.render_as_string(hide_password=True)} ne s’ouvre pas ({error.orig}). "
            "Vérifiez l’adresse, le serveur et les droits."
        ) from error
    return store


def locate(home: Path | None = None, url: str | None = None) -> tuple[Files, URL]:
    """The files of the home and the address of the database, as `open_store` finds them; nothing is opened. Raises StoreError."""
    if url is None and home is None:
        url = os.environ.get("ZEVILLAGE_DATABASE_URL", "").strip() or None
    folder = home or Path(os.environ.get("ZEVILLAGE_HOME", "").strip() or DEFAULT_HOME)
    files = Files(folder.expanduser().resolve())
    return files, URL.create("sqlite", database=str(files.database)) if url is None else parse_url(url)


def stamp(clock: Callable[[], datetime]) -> str:
    """The present instant as a part of a file name."""
    return clock().astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")[:-3]


def _close_to_others(files: Files, address: URL) -> tuple[Path, ...]:
    """The folder holds personal data: only the account that runs the app may look in. What others may still read."""
    folder = files.folder
    try:
        exposed = files.guard()
        if address.get_backend_name() == "sqlite":
            folder = Path(str(address.database)).parent
            exposed += make_database(Path(str(address.database)))
        return tuple(dict.fromkeys(exposed))
    except (FileExistsError, NotADirectoryError):
        raise DatabaseUnreachable(
            f"{folder} n’est pas un dossier : indiquez-en un autre dans ZEVILLAGE_HOME."
        ) from None
    except OSError as error:
        raise explain(error, folder) or DatabaseUnreachable(
            f"Le dossier {folder} ne peut pas être créé ({error.strerror}) : "
            "indiquez-en un autre dans ZEVILLAGE_HOME."
        ) from error
