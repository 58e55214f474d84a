"""The files that were imported, kept as they came: what publishing an import does with `data.store.files`.

A file that no import names (the machine stopped between the copy and the commit) is removed by the next import.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from data.imports.model import ImportRefused, Problem
from data.store import Session, Store, StoreError, tables
from data.store.files import remove
from data.store.trouble import explain


def stage(store: Store, original: Path, checksum: str, tell: Callable[[float], None]) -> Path:
    """A copy of `original` among the originals, under a name of its own until `keep`; nothing when it cannot be made.

    Raises ImportRefused when the file is no longer the one that was read, StoreError when the disk is full, and what `tell` raises.
    """
    try:
        staged, copied = store.files.stage_original(original, tell)
    except OSError as error:
        raise explain(error, store.home) or StoreError(
            f"Le fichier n’a pas pu être conservé, rien n’a été modifié ({error.strerror})."
        ) from error
    if copied != checksum:
        remove(staged)
        raise ImportRefused([_CHANGED])
    return staged


_CHANGED = Problem(
    "original.changed",
    "Le fichier a changé pendant l’import.",
    "Déposez-le à nouveau et relisez ce qui va changer.",
)


def keep(store: Store, staged: Path, checksum: str) -> bool:
    """Give a staged copy its lasting name; False when the same file was kept already. Raises StoreError."""
    try:
        return store.files.keep_original(staged, checksum)
    except OSError as error:
        raise explain(error, store.home) or StoreError(
            f"Le fichier n’a pas pu être conservé, rien n’a été modifié ({error.strerror})."
        ) from error


def sweep(session: Session, store: Store) -> None:
    """Remove what no import names. To be called in a transaction that writes: nobody else can be between a copy and its commit."""
    store.files.sweep_originals(
        set(session.connection.execute(select(tables.import_file.c.checksum)).scalars())
    )
