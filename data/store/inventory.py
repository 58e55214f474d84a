"""What a database file holds, in counts, read without changing a byte of it: of a copy, of the live base, of one that is damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from data.store.errors import DatabaseDamaged, DatabaseLocked, DatabaseUnreachable
from data.store.trouble import explain

_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_IOERR}
# An error of the reading itself on a file that opens: a page that says one thing where another is expected.

LABELS = {
    "access_log": "consultations notées",
    "application": "candidatures",
    "application_assessment": "grilles de candidatures",
    "application_document": "pièces de candidatures",
    "application_double": "doubles de candidatures jugés",
    "application_draft": "formulaires commencés",
    "application_duty": "responsables d’étapes",
    "application_event": "lignes de candidatures",
    "application_task": "tâches de candidatures",
    "briefing": "séances",
    "briefing_view": "vues de séances",
    "candidacy": "candidatures en chemin",
    "candidacy_attempt": "demandes au formulaire public",
    "catalogue_entry": "entrées du catalogue",
    "contact": "correspondants",
    "calendar_feed": "abonnements d’agenda",
    "call": "appels de la veille",
    "contact_link": "liens de correspondants",
    "digest": "messages du matin",
    "erasure": "effacements",
    "event": "événements",
    "farewell": "candidats bientôt effacés",
    "follow_link": "liens de suivi",
    "history": "lignes d’historique",
    "history_personal": "textes de l’historique",
    "import": "imports",
    "import_file": "fichiers importés",
    "level_figure": "chiffres des environs",
    "recoding": "chiffres recodés",
    "listing": "logements",
    "listing_pair": "décisions sur des doublons",
    "member": "membres",
    "meta": "",
    "observation": "chiffres",
    "person": "personnes",
    "profile": "profils",
    "proposal": "logements proposés",
    "reception": "réceptions",
    "remark": "remarques",
    "seat": "",
    "sending": "envois de téléphones",
    "sighting": "signalements de logements",
    "sign_in": "connexions",
    "stay": "séjours",
}
"""What each table holds, in French; empty for what is no content."""


@dataclass(frozen=True)
class Inventory:
    """The counts of a database: `rows` by table (its English name), the newest line of its history, its revision and schema."""

    rows: dict[str, int] = field(default_factory=dict)
    last_change: str = ""
    """ISO text in UTC; empty when nothing was ever changed."""
    revision: int = 0
    schema: str = ""
    territory: str = ""
    """The id of the territory it is about; empty for a base of an older version, or one that no territory opened."""
    territory_name: str = ""
    originals: frozenset[str] = frozenset()
    """The SHA-256 of the imported files that should be kept beside it."""
    removed_originals: frozenset[str] = frozenset()
    """The SHA-256 of those that were removed on purpose."""
    papers: frozenset[str] = frozenset()
    """The SHA-256 of the papers of dossiers that should be kept beside it."""

    @property
    def figures(self) -> int:
        """How many figures it holds, in every edition."""
        return self.rows.get("observation", 0)


@contextmanager
def reading(path: Path, patience: float) -> Iterator[sqlite3.Connection]:
    """A connection that reads `path` and changes nothing; `patience` is how many seconds to wait for whoever holds it.

    Raises DatabaseLocked, DatabaseDamaged, DatabaseUnreachable.
    """
    try:
        with closing(
            sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=patience)
        ) as connection:
            yield connection
    except sqlite3.Error as error:
        code = (getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR) & 0xFF
        if code in _HELD:
            raise DatabaseLocked(
                f"Le fichier {path} est tenu par un autre programme : arrêtez Zevillage et ce qui ouvre ce fichier, puis recommencez. "
                "Rien n’a été modifié."
            ) from error
        if code in _BROKEN:
            raise DatabaseDamaged(
                f"Le fichier {path} est endommagé ou n’est pas une base ({error})."
            ) from error
        raise explain(error, path) or DatabaseUnreachable(
            f"Le fichier {path} ne peut pas être lu ({error}). Rien n’a été modifié."
        ) from error


def take(path: Path, *, patience: float = 10.0, thorough: bool = True) -> Inventory:
    """The counts of the database `path`, once it was checked whole (`thorough`: with its indexes, in twice the time).

    Raises DatabaseLocked, DatabaseDamaged (also for a database that is not ours), DatabaseUnreachable.
    """
    with reading(path, patience) as connection:
        check = "integrity_check" if thorough else "quick_check"
        said = connection.execute(f"PRAGMA {check}(1)").fetchone()
        if said is None or said[0] != "ok":
            raise DatabaseDamaged(f"Le fichier {path} est endommagé ({said[0] if said else 'vide'}).")
        return count(connection)


def orphans(path: Path, *, patience: float = 10.0) -> int:
    """How many rows of `path` refer to one that is not there. Raises as `take`."""
    with reading(path, patience) as connection:
        return len(connection.execute("PRAGMA foreign_key_check").fetchall())


def count(connection: sqlite3.Connection) -> Inventory:
    """The counts of an open database, in one snapshot. Raises sqlite3.Error for one that is not ours."""
    connection.execute("BEGIN")
    try:
        return counted(connection)
    finally:
        connection.rollback()


def counted(connection: sqlite3.Connection) -> Inventory:
    """`count`, in the transaction that is open."""
    names = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
        if name != "alembic_version"
    ]
    rows = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    revision = connection.execute("SELECT revision FROM meta").fetchone()
    schema = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if revision is None or schema is None:
        raise sqlite3.DatabaseError("no line in meta")
    kept: set[str] = set()
    removed: set[str] = set()
    if "import_file" in rows:
        for checksum, gone in connection.execute(
            "SELECT checksum, min(original_removed_at IS NOT NULL) FROM import_file GROUP BY checksum"
        ):
            (removed if gone else kept).add(checksum)
    papers = (
        connection.execute("SELECT DISTINCT checksum FROM application_document WHERE checksum IS NOT NULL")
        if "application_document" in rows
        else ()
    )
    last = connection.execute("SELECT max(at) FROM history").fetchone()[0] if "history" in rows else None
    columns = {name for _, name, *_ in connection.execute("PRAGMA table_info(meta)")}
    mark = None
    if "territory" in columns:
        mark = connection.execute(
            "SELECT territory, territory_name FROM meta WHERE territory IS NOT NULL"
        ).fetchone()
    return Inventory(
        rows,
        last_change=last or "",
        revision=int(revision[0]),
        schema=str(schema[0]),
        territory=str(mark[0]) if mark else "",
        territory_name=str(mark[1]) if mark else "",
        originals=frozenset(kept),
        removed_originals=frozenset(removed),
        papers=frozenset(checksum for (checksum,) in papers),
    )
