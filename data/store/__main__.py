"""Copies of the database: `python -m data.store backup [FILE]` and `python -m data.store restore FILE`.

A restore takes a copy of what is there first, raises the revision above both so that no cache is stale, brings the tables up to date
and erases again whom the ledger names. It works while the application runs.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from data.store import Store, StoreError, ledger, open_store
from data.store.engine import BUSY_SECONDS, copy_sqlite
from data.terminal import Parser, leave

CONFIRMATION = "RESTAURER"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when all went well, 1 when it was refused (the reason on standard error), 2 for misuse."""
    parser = Parser(prog="python -m data.store", description="Zevillage : sauvegarder et restaurer la base.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="commande")
    save = commands.add_parser("backup", help="copier la base, même pendant que l’application tourne")
    save.add_argument(
        "file", nargs="?", type=Path, metavar="FICHIER", help="par défaut : dans backups/, daté"
    )
    bring = commands.add_parser("restore", help="remettre une sauvegarde en place")
    bring.add_argument("file", type=Path, metavar="FICHIER")
    bring.add_argument(
        "--confirm", default="", metavar=CONFIRMATION, help=f"écrire {CONFIRMATION} : la base est remplacée"
    )
    options = parser.parse_args(arguments)
    try:
        if options.command == "restore" and options.confirm != CONFIRMATION:
            raise StoreError(
                f"La base actuelle serait remplacée. Pour le faire : --confirm {CONFIRMATION}. Une copie en est prise avant."
            )
        store = open_store()
        try:
            print(
                _backup(store, options.file) if options.command == "backup" else restore(store, options.file)
            )
        finally:
            store.close()
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _backup(store: Store, to: Path | None) -> str:
    path = store.backup(to or store.files.backup(f"zevillage-{store.stamp()}"))
    return (
        f"Base copiée dans {path}. Elle contient des données personnelles : gardez-la comme le registre. "
        "Une personne effacée ensuite le sera de nouveau si cette copie est remise en place par « restore » ou à sa main."
    )


def restore(store: Store, file: Path) -> str:
    """Put the copy `file` in place of the database; what was done, in French. Raises StoreError, changing nothing, for another file."""
    if not store.is_sqlite:
        raise StoreError(
            "Cette base est tenue par un serveur PostgreSQL : la restauration est l’affaire du serveur (pg_restore). "
            "Les effacements seront rejoués au prochain démarrage de Zevillage."
        )
    revision = _revision_of(file)
    live = Path(str(store.url.database))
    before = copy_sqlite(live, store.files.backup(f"zevillage-avant-restauration-{store.stamp()}"))
    newest = max(revision, store.revision()) + 1
    store.close()  # our own connections; others wait for the lock and read the restored base afterwards
    try:
        with (
            closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(live, timeout=BUSY_SECONDS)) as target,
        ):
            source.backup(target)
            target.execute("UPDATE meta SET revision = ?", (newest,))
            target.commit()
    except sqlite3.Error as error:
        raise StoreError(
            f"La restauration a échoué ({error}). La base d’avant est dans {before} : remettez-la en place."
        ) from error
    opened = open_store(store.home, clock=store.clock)
    try:
        with opened.read() as session:
            known = len(ledger.entries(session.connection))
    finally:
        opened.close()
    return f"Sauvegarde remise en place. La base d’avant est dans {before}. Effacements rejoués : {known} au registre des effacements."


def _revision_of(file: Path) -> int:
    """The revision of a copy that is one of ours and whole. Raises StoreError."""
    if not file.is_file():
        raise StoreError(
            f"Le fichier {file} n’existe pas : indiquez une sauvegarde, par exemple dans backups/."
        )
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source:
            if source.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                raise StoreError(f"La sauvegarde {file} est endommagée : prenez-en une autre.")
            return int(source.execute("SELECT revision FROM meta").fetchone()[0])
    except (sqlite3.Error, TypeError) as error:
        raise StoreError(
            f"{file} n’est pas une sauvegarde de Zevillage ({error}) : indiquez un fichier .db fait par « backup »."
        ) from error


if __name__ == "__main__":
    leave(main)
