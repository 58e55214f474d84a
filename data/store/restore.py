"""Putting a copy back in place of the database, also when that one is missing, empty, damaged or no database at all.

The new base is made whole beside the old one first: copied, checked, brought up to the tables of this code, erased again whom any ledger
names. Then it takes the place of the old one in one step. Where the old base can be read, that step is one transaction in it, so that the
application may run meanwhile; where it cannot, the file takes its name, and whoever had the old one open opens again
(`data.store.engine`). A process that is killed leaves the old base or the new one.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, delete, update
from sqlalchemy.exc import DBAPIError

from analysis.model import SYSTEM_ACTOR
from data.store import inventory, ledger, tables
from data.store.engine import copy_sqlite, make_engine
from data.store.erasure import LINE
from data.store.errors import AnotherTerritory, DatabaseDamaged, DatabaseLocked, StoreError
from data.store.files import Files, keep_aside, luggage_ledger, scratch, take_place
from data.store.inventory import Inventory
from data.store.opened import Store, locate, stamp, utc_now
from data.store.schema import migrate
from data.store.trouble import explain

PATIENCE = 15.0
"""Seconds to wait for whoever writes in the live base."""

FAR_AHEAD = 1_000_000
"""By how much the revision rises when the one of the old base cannot be read: more than anybody commits between a copy and its return."""

_PAGES = 4096
"""Pages laid over the live base at a time, in one transaction."""


@dataclass(frozen=True)
class Restored:
    """What came back. `state` says how the old base was found: whole, missing, empty, damaged; `aside` where it is now."""

    state: str
    before: Inventory | None
    after: Inventory
    aside: Path | None
    erased_again: int
    in_ledger: int
    originals_back: int
    originals_there: int
    originals_missing: int
    papers_back: int = 0
    papers_there: int = 0
    papers_missing: int = 0


def restore(
    file: Path,
    home: Path | None = None,
    url: str | None = None,
    *,
    clock: Callable[[], datetime] = utc_now,
    patience: float = PATIENCE,
    other_territory: bool = False,
) -> Restored:
    """Put the copy `file` in place of the database that `open_store` would open.

    Raises StoreError, the old base standing as it was; AnotherTerritory for the copy of another one, unless `other_territory`.
    """
    files, address = locate(home, url)
    if address.get_backend_name() != "sqlite":
        raise StoreError(
            "Cette base est tenue par un serveur PostgreSQL : la restauration est l’affaire du serveur (pg_restore). "
            "Les effacements seront rejoués au prochain démarrage de Zevillage."
        )
    live = Path(str(address.database))
    copied = _ours(file, live, patience)
    state, before = _state(live, patience)
    if (
        before is not None
        and not other_territory
        and copied.territory
        and before.territory not in ("", copied.territory)
    ):
        raise AnotherTerritory(
            f"Cette sauvegarde est celle du territoire « {copied.territory_name} » ({copied.territory}), et la base en place celle de "
            f"« {before.territory_name} » ({before.territory}) : rien n’a été modifié. Pour la remettre quand même : --autre-territoire."
        )
    try:
        files.guard()
        with scratch(live) as fresh:
            return _restore(file, copied, live, state, before, files, fresh, clock, patience)
    except (OSError, sqlite3.Error, DBAPIError) as error:
        raise explain(error, files.folder, "la base est restée comme elle était") or StoreError(
            f"La restauration a échoué ({error}). La base est restée comme elle était."
        ) from error


def _restore(
    file: Path,
    copied: Inventory,
    live: Path,
    state: str,
    before: Inventory | None,
    files: Files,
    fresh: Path,
    clock: Callable[[], datetime],
    patience: float,
) -> Restored:
    known = [*_lines(luggage_ledger(file)), *(_entries(live) if state != "missing" else [])]
    state, aside = _set_aside(live, state, files, stamp(clock))
    with (
        closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(fresh)) as target,
    ):
        source.backup(target)
        seen = copied.revision + FAR_AHEAD if before is None else max(copied.revision, before.revision)
        target.execute("UPDATE meta SET revision = ?", (seen,))
        target.commit()
    # An id that a ledger names was erased, in whichever home: it goes into the ledger of this one before anything comes back.
    have = ledger.read(files)
    ledger.append(files, {e["person"]: e for e in known if e["person"] not in have}.values())
    again, listed = _make_current(fresh, files, clock)
    ready = inventory.take(fresh)
    back, there, missing = _bring_originals(file, ready, before, files)
    papers = _bring_papers(file, ready, files)
    if state == "whole":
        _lay_over(fresh, live, patience)
    else:
        take_place(fresh, live)
    try:
        after = inventory.take(live, patience=patience, thorough=False)
    except DatabaseLocked:  # somebody works in it already: what was laid over it was counted
        after = ready
    return Restored(state, before, after, aside, again, listed, back, there, missing, *papers)


def _ours(file: Path, live: Path, patience: float) -> Inventory:
    """The counts of a copy that is one of ours and whole. Raises StoreError."""
    if not file.is_file():
        raise StoreError(
            f"Le fichier {file} n’existe pas : indiquez une sauvegarde, par exemple dans backups/."
        )
    if live.exists() and file.samefile(live):
        raise StoreError(
            f"{file} est la base elle-même : indiquez une sauvegarde, par exemple dans backups/."
        )
    try:
        return inventory.take(file, patience=patience, thorough=False)  # thoroughly once it is the new base
    except DatabaseDamaged as error:
        raise StoreError(
            f"{file} n’est pas une sauvegarde de Zevillage, ou elle est endommagée : indiquez un autre fichier .db fait par « backup ». "
            f"Rien n’a été modifié. ({error.__cause__ or error})"
        ) from error


def _state(live: Path, patience: float) -> tuple[str, Inventory | None]:
    """How the live base is found, and its counts when it can be read. Raises DatabaseLocked, DatabaseUnreachable."""
    if not live.exists():
        return "missing", None
    beside = live.with_name(f"{live.name}-wal")
    if live.stat().st_size == 0 and not (beside.exists() and beside.stat().st_size):
        return "empty", None
    try:
        return "whole", inventory.take(live, patience=patience, thorough=False)
    except DatabaseDamaged:
        return "damaged", None


def _set_aside(live: Path, state: str, files: Files, instant: str) -> tuple[str, Path | None]:
    """Keep what is there among our copies, under a name that says what it is and when; how the base was found after all, and the copy."""
    if state in ("missing", "empty"):
        return state, None
    if state == "whole":
        # What only the thorough check of the copy finds (an index that no longer matches its table) is no reason to refuse either.
        with suppress(DatabaseDamaged):
            return state, copy_sqlite(live, files.backup(f"zevillage-avant-restauration-{instant}"))
    return "damaged", keep_aside(live, files.backup(f"zevillage-endommagee-{instant}"))


def _lines(path: Path) -> list[dict[str, Any]]:
    return list(ledger.read_file(path).values())


def _entries(live: Path) -> list[dict[str, Any]]:
    """The entries of the table of erasures, as far as a base that may be damaged still says them."""
    with suppress(StoreError), inventory.reading(live, 1.0) as connection:
        rows = connection.execute(f"SELECT {', '.join(LINE)} FROM erasure").fetchall()
        return [dict(zip(LINE, row, strict=True)) for row in rows]
    return []


def _make_current(fresh: Path, files: Files, clock: Callable[[], datetime]) -> tuple[int, int]:
    """Bring the tables of `fresh` up to date and erase whom the ledger names.

    How many were erased again, how many the ledger names.
    """
    address = URL.create("sqlite", database=str(fresh))
    migrate(address, files, lambda: stamp(clock), keep=False)
    store = Store(make_engine(address), address, files.folder, clock)
    try:
        with store.read() as session:
            late = bool(ledger.missing(session.connection, files))
        again = store.replay_erasures()
        with store.write(SYSTEM_ACTOR) as session:  # at the least, the revision rises above both
            session.connection.execute(delete(tables.seat))  # who went out since must not be in again
            if late:
                # An erasure takes every file that names persons with it; so does one that is repeated.
                file = tables.import_file
                session.connection.execute(
                    update(file)
                    .where(file.c.contains_personal, file.c.original_removed_at.is_(None))
                    .values(original_removed_at=session.at)
                )
        with store.read() as session:
            listed = len(ledger.entries(session.connection))
    finally:
        store.close()
    with closing(sqlite3.connect(fresh)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
    return again, listed


def _bring_originals(
    file: Path, ready: Inventory, before: Inventory | None, files: Files
) -> tuple[int, int, int]:
    """Bring the originals that the restored base names: how many came back, how many were there, how many are nowhere."""
    back = there = missing = 0
    for checksum in sorted(ready.originals):
        if files.original(checksum).is_file():
            there += 1
        elif before is not None and checksum in before.removed_originals:
            missing += 1  # removed on purpose since
        elif files.bring_original(file, checksum):
            back += 1
        else:
            missing += 1
    return back, there, missing


def _bring_papers(file: Path, ready: Inventory, files: Files) -> tuple[int, int, int]:
    """Bring the papers that the restored base names: how many came back, how many were there, how many are nowhere."""
    back = there = missing = 0
    for checksum in sorted(ready.papers):
        if files.read_paper(checksum) is not None:
            there += 1
        elif files.bring_paper(file, checksum):
            back += 1
        else:
            missing += 1
    return back, there, missing


def _lay_over(fresh: Path, live: Path, patience: float) -> None:
    """Make `live` hold what `fresh` holds, in one transaction of `live`. Raises DatabaseLocked, sqlite3.Error."""
    until = time.monotonic() + patience
    left: int | None = None

    def watch(_status: int, remaining: int, _total: int) -> None:
        nonlocal left, until
        if remaining != left:
            left, until = remaining, time.monotonic() + patience
        elif time.monotonic() > until:
            raise DatabaseLocked(
                f"La base {live} est tenue par un autre programme qui écrit : arrêtez-le, puis recommencez. Rien n’a été modifié."
            )

    with (
        closing(sqlite3.connect(fresh)) as source,
        closing(sqlite3.connect(live, timeout=patience)) as target,
    ):
        source.backup(target, pages=_PAGES, progress=watch, sleep=0.05)
        with suppress(sqlite3.OperationalError):  # somebody reads: the log empties itself later
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
