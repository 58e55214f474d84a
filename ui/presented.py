"""Decks on offer for the presenting window: made when the window opens, under an address that cannot be guessed.

The page that offers one registers what makes it (guarded by `ui.access.guarded`); the address serves it from this process, for as long
as it is among the last ones offered. Once loaded, the deck needs no server.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

PATH: Final = "/presenter/"
_MOST: Final = 300
_offered: OrderedDict[str, Callable[[], bytes]] = OrderedDict()
_lock = threading.Lock()


def offer(key: str | None, make: Callable[[], bytes]) -> str:
    """Offer a deck; its key. The same key (of an earlier run of the same page) offers the newest one in its place."""
    with _lock:
        key = key if key is not None and key in _offered else secrets.token_urlsafe(24)
        _offered[key] = make
        _offered.move_to_end(key)
        while len(_offered) > _MOST:
            _offered.popitem(last=False)
        return key


def maker(key: str) -> Callable[[], bytes] | None:
    """What makes the deck of a key; None when it is not on offer (any more)."""
    with _lock:
        return _offered.get(key)
