"""How many random cases a test draws: all of them, or a quarter where `make quick` asks for an answer within a few minutes."""

from __future__ import annotations

import os

VARIABLE = "ZEVILLAGE_DRAWS"
"""Set to ``quick`` by `make quick` alone: `make test`, `make coverage` and pytest by itself draw every case."""


def draws(every: int, *, quick: bool = os.environ.get(VARIABLE) == "quick") -> int:
    """As many cases as a test that has `every` of them draws now.

    >>> draws(40, quick=False), draws(40, quick=True)
    (40, 10)
    """
    return max(1, every // 4) if quick else every
