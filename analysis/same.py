"""Answers that need not be worked out again while their arguments are the very same objects."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")

SLOTS = 4
"""Answers that each function remembers: two revisions, of two origins."""


def once_for_the_same(function: Callable[..., T]) -> Callable[..., T]:
    """`function`, which gives its earlier answer for the same arguments, in the same order.

    Frames and other objects are the same when they are one object: what is read is never changed (`data.store.kept`). Texts, numbers, days
    and plain dictionaries are the same when they are equal. The answer may not be changed either.
    """
    slots: deque[tuple[tuple[Any, ...], T]] = deque(maxlen=SLOTS)

    @wraps(function)
    def answer(*arguments: Any) -> T:
        for known, given in list(slots):
            if len(known) == len(arguments) and all(map(_same, known, arguments)):
                return given
        found = function(*arguments)
        slots.appendleft((arguments, found))
        return found

    return answer


def _same(one: object, other: object) -> bool:
    return one is other or (
        type(one) is type(other) and isinstance(one, str | int | float | dt.date | dict) and one == other
    )
