"""Whether pages answer or refuse, in one word, for machines that ask often: looked at once in a few seconds, whoever asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from data.catalogue import CatalogueError
from data.figures import FiguresError
from data.store.errors import AnotherTerritory, DatabaseReadOnly, DiskFailing, DiskFull, StoreError
from data.territory import TerritoryError
from ui import loading

KEPT_SECONDS = 5.0


def reason() -> str:
    """Why pages refuse now, or will at their next connection: `disk`, `database`, `territory` or `figures`; empty while they answer."""
    error = loading.refused()
    if error is None:
        try:
            loading.store().probe()
        except StoreError as found:
            error = found
        else:
            return ""
    if isinstance(error, DiskFull | DiskFailing | DatabaseReadOnly):
        return "disk"
    if isinstance(error, TerritoryError | AnotherTerritory):
        return "territory"
    if isinstance(error, FiguresError | CatalogueError):
        return "figures"
    return "database"


class State:
    """The last answer of `look`, asked again after `KEPT_SECONDS`, by one thread at a time."""

    def __init__(self, look: Callable[[], str] = reason, now: Callable[[], float] = time.monotonic) -> None:
        self._look, self._now = look, now
        self._lock = threading.Lock()
        self._answer: tuple[str, float] | None = None

    def reason(self) -> str:
        """See `reason`, at most `KEPT_SECONDS` old; while somebody looks, the others get the answer before. Waits for the first one."""
        answer = self._answer
        if answer is not None and (self._now() - answer[1] < KEPT_SECONDS or self._lock.locked()):
            return answer[0]
        with self._lock:
            if self._answer is None or self._now() - self._answer[1] >= KEPT_SECONDS:
                found = self._look()
                self._answer = found, self._now()
            return self._answer[0]


STATE = State()
