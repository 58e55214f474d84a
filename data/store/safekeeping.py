"""The copies of the database that are made day by day: made, rotated, rehearsed, and what can be said of them."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from data.store import inventory, rotation
from data.store.errors import StoreError
from data.store.files import Files
from data.store.inventory import Inventory
from data.store.opened import Store
from data.store.restore import restore

EVERY = dt.timedelta(days=1)
"""How old the newest copy may be before the application makes another by itself."""


@dataclass(frozen=True)
class Copy:
    """A copy in the home: where it is, when it was made (UTC), how many bytes it has."""

    path: Path
    at: dt.datetime
    bytes: int


@dataclass(frozen=True)
class Rehearsal:
    """The last time that a copy was restored elsewhere and found complete."""

    at: dt.datetime
    copy: str


def copies(files: Files) -> list[Copy]:
    """The copies made day by day, newest first; those made before a change are not among them."""
    found = []
    for path in files.backups():
        if (at := rotation.instant(path.name)) is not None:
            found.append(Copy(path, at, path.stat().st_size))
    return sorted(found, key=lambda copy: copy.at, reverse=True)


def make(store: Store) -> tuple[Path, int]:
    """A new copy in the home, checked; the copy and how many old ones went. Raises StoreError, removing nothing."""
    path = store.backup(store.files.backup(f"zevillage-{store.stamp()}"))
    old = rotation.outdated([copy.at for copy in copies(store.files)], store.clock())
    gone = [copy.path for copy in copies(store.files) if copy.at in old and copy.path != path]
    for each in gone:
        store.files.remove_backup(each)
    return path, len(gone)


def is_due(store: Store) -> bool:
    """Whether the newest copy is older than `EVERY`, or there is none; a copy from the future (the clock jumped back) does not count."""
    now = store.clock()
    return not any(dt.timedelta(0) <= now - copy.at < EVERY for copy in copies(store.files))


def rehearse(files: Files, now: dt.datetime) -> tuple[Copy, Inventory]:
    """Restore the newest copy into a folder of its own, compare the counts of every table, and note the day.

    The copy and its counts. Raises StoreError when there is no copy or what comes back is not what the copy holds.
    """
    known = copies(files)
    if not known:
        raise StoreError(
            "Il n’y a pas encore de copie à éprouver : faites-en une (python -m data.store backup)."
        )
    newest = known[0]
    held = inventory.take(newest.path)
    with files.rehearsal() as elsewhere:
        back = restore(newest.path, elsewhere).after
    content = {name: count for name, count in held.rows.items() if inventory.LABELS.get(name) != ""}
    wrong = [name for name, count in content.items() if back.rows.get(name) != count]
    if wrong:
        listed = ", ".join(
            f"{inventory.LABELS.get(n) or n} : {held.rows[n]} → {back.rows.get(n)}" for n in wrong
        )
        raise StoreError(
            f"La copie {newest.path.name} ne se restaure pas entière ({listed}). Faites une autre copie et signalez-le."
        )
    files.note_rehearsal(
        json.dumps({"at": now.astimezone(dt.UTC).isoformat(timespec="seconds"), "copy": newest.path.name})
    )
    return newest, held


def last_rehearsal(files: Files) -> Rehearsal | None:
    """The last time a copy was tried; None when never, or when what was noted cannot be read."""
    try:
        noted = json.loads(files.read_rehearsal() or "null")
        return Rehearsal(dt.datetime.fromisoformat(noted["at"]), str(noted["copy"]))
    except (ValueError, TypeError, KeyError):
        return None


def is_stale(rehearsal: Rehearsal | None, now: dt.datetime, days: int) -> bool:
    """Whether nobody knows that a copy can be restored: never tried, or longer ago than `days`."""
    return rehearsal is None or now - rehearsal.at > dt.timedelta(days=days)
