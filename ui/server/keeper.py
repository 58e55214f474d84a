"""The copies that the application makes by itself: one a day, beside the visitors, when nobody made one otherwise.

Environment: `ZEVILLAGE_COPIES=none` leaves them to the administrator's own schedule (`python -m data.store backup`).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

from data.store import Store, StoreError, safekeeping
from ui import settings

LOOK_EVERY = 1800.0
"""Seconds between two looks at whether a copy is due."""


def keep(store: Store) -> bool:
    """Make and try a copy when one is due; whether one was made. Raises StoreError, OSError."""
    if not store.is_sqlite or not settings.copies_by_itself() or not safekeeping.is_due(store):
        return False
    safekeeping.make(store)
    safekeeping.rehearse(store.files, store.clock())
    return True


def watch(store: Store, wait: Callable[[float], bool]) -> None:
    """`keep` now and again until `wait` (seconds) says that the server stops. What goes wrong is said once on the error output."""
    said = ""
    while True:
        try:
            keep(store)
            said = ""
        except (StoreError, OSError) as error:
            if str(error) != said:
                said = str(error)
                print(
                    f"\nZevillage n’a pas pu faire sa copie du jour.\n{said}\n", file=sys.stderr, flush=True
                )
        if wait(LOOK_EVERY):
            return


def start(store: Store) -> threading.Event:
    """Watch in a thread of its own; set what is returned to end it."""
    stop = threading.Event()
    threading.Thread(target=watch, args=(store, stop.wait), name="copies", daemon=True).start()
    return stop
