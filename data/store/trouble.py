"""What stands behind an error of the database or of the disk, in French, each with its own way out."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from data.store.errors import (
    DatabaseDamaged,
    DatabaseLocked,
    DatabaseReadOnly,
    DatabaseUnreachable,
    DiskFailing,
    DiskFull,
)

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


def explain(
    error: BaseException, path: Path | str, done: str = "rien n’a été modifié"
) -> DatabaseUnreachable | None:
    """What is wrong with `path` (the database, a copy, a folder) and what to do; None for an error of another kind.

    `error` is an OSError, an error of sqlite3, or one of SQLAlchemy around it. `done` says what became of what was asked.
    """
    cause = getattr(error, "orig", None) or error
    if connection_lost(cause):
        return DatabaseUnreachable(
            f"Le serveur PostgreSQL de la base {path} ne répond pas ou s’est arrêté : {done}. Vérifiez qu’il tourne et "
            "que le réseau y mène ; Zevillage s’y reliera de lui-même dès qu’il répond."
        )
    kind = _kind(cause)
    if kind is DatabaseDamaged and _unreadable(cause):
        cause = ValueError(
            "un texte ne se lit plus"
        )  # the driver's own words quote the text, which may name somebody
    if kind is DiskFull:
        return DiskFull(
            f"Le disque de {path} est plein : {done}. Libérez de la place (d’anciennes copies dans backups/, d’autres fichiers du "
            "disque), puis recommencez."
        )
    if kind is DatabaseReadOnly:
        return DatabaseReadOnly(
            f"{path} est en lecture seule pour le compte qui fait tourner Zevillage : {done}. Rendez à ce compte le droit d’écrire dans le "
            "fichier et dans son dossier, ou remontez le disque en écriture, puis recommencez."
        )
    if kind is DatabaseDamaged:
        return DatabaseDamaged(
            f"La base {path} est endommagée ou n’est pas une base de Zevillage ({cause}) : {done}. Remettez la dernière copie en place : "
            "python -m data.store restore FICHIER --confirm RESTAURER. Ce qui était là sera gardé à côté."
        )
    if kind is DatabaseLocked:
        return DatabaseLocked(
            f"La base {path} est tenue par un autre programme : {done}. Arrêtez ce qui ouvre ce fichier (une autre copie de "
            "Zevillage, un outil de base de données, une sauvegarde du disque), puis recommencez."
        )
    if kind is DiskFailing:
        return DiskFailing(
            f"Le disque ne lit ou n’écrit plus {path} ({cause}) : {done}. Vérifiez qu’il est branché, qu’il lui reste de la place et "
            "qu’il n’est pas en panne ; prenez une copie ailleurs dès que possible."
        )
    return None


def connection_lost(error: BaseException) -> bool:
    """Whether a PostgreSQL server cannot be reached, refuses everybody (it stops, it starts) or went away in the middle.

    By the driver's names alone: psycopg is an extra. Without a SQLSTATE the connection never was, or broke; class 08 and 57P are the
    server's own words for it (PostgreSQL documentation, Appendix A).
    """
    cause = getattr(error, "orig", None) or error
    if not type(cause).__module__.startswith("psycopg"):
        return False
    if not any(each.__name__ == "OperationalError" for each in type(cause).__mro__):
        return False
    state = getattr(cause, "sqlstate", None)
    return state is None or state.startswith(("08", "57P"))


def _unreadable(cause: BaseException) -> bool:
    return isinstance(cause, sqlite3.OperationalError) and str(cause).startswith("Could not decode to UTF-8")


def _kind(cause: BaseException) -> type[DatabaseUnreachable] | None:
    if isinstance(cause, OSError):
        if cause.errno in _FULL:
            return DiskFull
        if cause.errno in _READ_ONLY:
            return DatabaseReadOnly
        return DiskFailing if cause.errno == errno.EIO else None
    if not isinstance(cause, sqlite3.Error):
        return None
    if _unreadable(cause):
        return DatabaseDamaged
    return {
        sqlite3.SQLITE_FULL: DiskFull,
        sqlite3.SQLITE_READONLY: DatabaseReadOnly,
        sqlite3.SQLITE_PERM: DatabaseReadOnly,
        sqlite3.SQLITE_CANTOPEN: DatabaseReadOnly,  # SQLite says so of a folder in which it may make no file
        sqlite3.SQLITE_CORRUPT: DatabaseDamaged,
        sqlite3.SQLITE_NOTADB: DatabaseDamaged,
        sqlite3.SQLITE_BUSY: DatabaseLocked,
        sqlite3.SQLITE_LOCKED: DatabaseLocked,
        sqlite3.SQLITE_IOERR: DiskFailing,
    }.get((getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF)
