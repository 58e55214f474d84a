"""The files that were imported, kept as they came: under their SHA-256, never under the name somebody gave them.

They stand beside the database in `originals/`, readable by the account that runs the application only. A file that no import
names (the machine stopped between the copy and the commit) is removed by the next import.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select

from data.imports.model import ImportRefused, Problem
from data.store import Session, Store, StoreError, tables

FOLDER = "originals"
_BLOCK = 1 << 20
_PARTIAL = "partial-"
_STALE_SECONDS = 24 * 3600


def path_of(store: Store, checksum: str) -> Path:
    """Where the original with this SHA-256 is kept, whether it is there or not. Raises ValueError for anything else than a SHA-256."""
    if not re.fullmatch(r"[0-9a-f]{64}", checksum):
        raise ValueError(f"not a SHA-256: {checksum!r}")
    return store.home / FOLDER / checksum


def stage(store: Store, original: Path, checksum: str, tell: Callable[[float], None]) -> Path:
    """A copy of `original` in the folder, under a name of its own until `keep`; nothing when it cannot be made.

    Raises ImportRefused when the file is no longer the one that was read, StoreError when the disk is full, and what `tell` raises.
    """
    folder = store.home / FOLDER
    staged = folder / f"{_PARTIAL}{os.getpid()}-{time.monotonic_ns()}"
    digest = hashlib.sha256()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        total, done = max(original.stat().st_size, 1), 0
        target = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with original.open("rb") as source, os.fdopen(target, "wb") as copy:
            while block := source.read(_BLOCK):
                digest.update(block)
                copy.write(block)
                done += len(block)
                tell(min(done / total, 1.0))
            copy.flush()
            os.fsync(copy.fileno())
        if digest.hexdigest() != checksum:
            raise ImportRefused([_CHANGED])
    except OSError as error:
        discard(staged)
        raise StoreError(
            f"Le fichier n’a pas pu être conservé, rien n’a été modifié ({error.strerror}). "
            "Vérifiez la place sur le disque et les droits du dossier, puis recommencez."
        ) from error
    except BaseException:
        discard(staged)
        raise
    return staged


_CHANGED = Problem(
    "original.changed",
    "Le fichier a changé pendant l’import.",
    "Déposez-le à nouveau et relisez ce qui va changer.",
)


def keep(staged: Path, kept: Path) -> bool:
    """Give a staged copy its lasting name; False when the same file was kept already. Raises StoreError."""
    if kept.exists():
        discard(staged)
        return False
    try:
        staged.replace(kept)
    except OSError as error:
        raise StoreError(
            f"Le fichier n’a pas pu être conservé, rien n’a été modifié ({error.strerror})."
        ) from error
    return True


def discard(path: Path) -> None:
    """Remove a file of the folder, if it is there."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def sweep(session: Session, store: Store) -> None:
    """Remove what no import names. To be called in a transaction that writes: nobody else can be between a copy and its commit."""
    folder = store.home / FOLDER
    named = set(session.connection.execute(select(tables.import_file.c.checksum)).scalars())
    with suppress(OSError):
        for path in folder.iterdir():
            stale = path.name.startswith(_PARTIAL) and time.time() - path.stat().st_mtime > _STALE_SECONDS
            if stale or (re.fullmatch(r"[0-9a-f]{64}", path.name) and path.name not in named):
                discard(path)
