"""The copies that the application makes by itself: one a day, beside the visitors, when nobody made one otherwise; and the newest taken
elsewhere, where the settings say so, tried again at each look until it has arrived.

Environment: `ZEVILLAGE_COPIES=none` leaves them to the administrator's own schedule (`python -m data.store backup`).
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from data.opening import REFUSALS
from data.store import Store, StoreError, elsewhere, safekeeping
from ui import loading, settings

THREAD = "copies"
POLITENESS = 10
"""How far the thread stands back (`nice`)."""
FIRST_LOOK, LOOK_EVERY = 60.0, 1800.0
"""Seconds before the first look at whether a copy is due, when the first visitors have been served, and between two looks."""


def keep(store: Store) -> bool:
    """Make and try a copy when one is due, and take the newest elsewhere; whether one was made.

    Raises StoreError, OSError; NotSent when the copy of the home is there and only the other one is missing.
    """
    if not store.is_sqlite:
        return False
    due = safekeeping.is_due(store)
    if due:
        safekeeping.make(store)
        safekeeping.rehearse(store.files, store.clock())
    if (places := settings.copies_elsewhere()) and (known := safekeeping.copies(store.files)):
        elsewhere.send_or_refuse(store, known[0].path, places)
    return due


def watch(ask: Callable[[], Store], wait: Callable[[float], bool]) -> None:
    """`keep` now and again until `wait` (seconds) says that the server stops. What goes wrong is said once on the error output.

    `ask` gives the store; what it raises while pages refuse was said where they were.
    """
    said, pause = "", FIRST_LOOK
    _let_visitors_go_first()
    while not wait(pause):
        pause = LOOK_EVERY
        try:
            store = ask()
        except REFUSALS:
            continue
        try:
            keep(store)
            said = ""
        except (StoreError, OSError) as error:
            if str(error) != said:
                said = str(error)
                what = (
                    "La copie du jour est faite ici, mais n’a pas pu être portée ailleurs"
                    if isinstance(error, elsewhere.NotSent)
                    else "Zevillage n’a pas pu faire sa copie du jour"
                )
                print(f"\n{what}.\n{said}\n", file=sys.stderr, flush=True)


def _let_visitors_go_first() -> None:
    """Give this thread less of the processor, where a thread can have its own share (Linux): a copy of a large base takes seconds of it."""
    if sys.platform == "linux" and threading.current_thread() is not threading.main_thread():
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), POLITENESS)


def start() -> threading.Event:
    """Watch in a thread of its own, unless the setting says that nobody wants it; set what is returned to end it."""
    stop = threading.Event()
    if settings.copies_by_itself():
        threading.Thread(target=watch, args=(loading.store, stop.wait), name=THREAD, daemon=True).start()
    return stop
