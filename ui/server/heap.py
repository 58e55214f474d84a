"""What lasts is taken out of the garbage collector's way.

Streamlit collects the whole heap after every run of a page (`runner.postScriptGC`), and the interpreter runs one thread at a time: with
the modules, the catalogue and the frames of a desk in it, that was three quarters of the processor's time with thirty visitors. Two things
change that. Frozen objects (`gc.freeze`) are not walked: they are still freed as soon as nothing refers to them, only rings of objects
that refer to each other wait until the next thawing, which bounds what may wait. And the collection after each run is left to the
interpreter's own rule, which walks in proportion to what is new: it was still a third of the time, spent on the sessions of the others.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from streamlit import config

DELAY = 1.0
"""Seconds after the run that brought something new: other first visitors' runs are over by then."""

THAW = 8
"""Every so many freezings the frozen objects are looked through as well: a desk that was replaced is gone then, whatever held it."""


_GUARD = threading.Lock()
_blocks = 0
_loaded = False


@contextmanager
def uncollected() -> Iterator[None]:
    """Nothing is collected meanwhile: while the server opens, nearly all that is made stays, and looking through it again and again took
    a tenth of the time. Blocks of several threads may overlap; the last one that ends lets the collector in again.
    """
    global _blocks
    with _GUARD:
        _blocks += 1
        gc.disable()
    try:
        yield
    finally:
        with _GUARD:
            _blocks -= 1
            if not _blocks:
                gc.enable()


@contextmanager
def loading_modules() -> Iterator[None]:
    """Nothing is collected while the application's modules are loaded, and what they made is frozen, once a process: it stays as long as
    the process does. Later blocks do nothing: each run of a page begins with one, and to count what is frozen is to walk all of it.
    """
    global _loaded
    if _loaded:
        yield
        return
    with uncollected():
        yield
        if not gc.get_freeze_count():
            gc.freeze()
        _loaded = True


class Warm:
    """Freezes once what the server needs is there, and again when something new came: a page's first run, a new revision."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._seen: set[Hashable] = set()
        self._revision: int | None = None
        self.waiting: threading.Timer | None = None
        self.freezings = 0
        self._begun = False

    def begin(self) -> None:
        """Freeze what was read before the first visitor, and go on doing so. A process that serves nobody never does."""
        self._begun = True
        config.set_option("runner.postScriptGC", False)
        gc.freeze()  # without a collection: somebody waits for the first page now, and a later thawing finds what this one keeps

    def after_run(self, page: str, revision: int) -> None:
        """To be called at the end of a run of `page` that showed `revision`. Costs a look; the work is done beside, a moment later."""
        with self._guard:
            if revision != self._revision:
                self._revision = revision
                self._seen.clear()
            if not self._begun or page in self._seen:
                return
            self._seen.add(page)
            if self.waiting is None:
                self.waiting = threading.Timer(DELAY, self._later)
                self.waiting.daemon = True
                self.waiting.start()

    def _later(self) -> None:
        with self._guard:
            self.waiting = None
        self.freeze()

    def freeze(self) -> None:
        """Collect what is garbage now, then freeze the rest; every `THAW` times what was frozen before is collected too."""
        with self._guard:
            self.freezings += 1
            if self.freezings % THAW == 0:
                gc.unfreeze()
            gc.collect()
            gc.freeze()


WARM = Warm()
"""The heap of this process."""
