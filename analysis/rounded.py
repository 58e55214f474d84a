"""Round limits that fit the figures: every class holds a value, the limits are numbers a person would say.

Between the largest value below a limit and the smallest value above it every position classifies alike, so a limit
is chosen among the gaps between distinct values, and stands on the roundest number of its gap. Of all choices of
`k` − 1 gaps the one with the least cost is taken, by dynamic programming (as Fisher 1958 does for the variance):

    cost = Σ over classes (size / wished size − 1)² / 4 + Σ over limits `_roughness`

so that classes hold about as many communes each, and one or two communes change class where a rounder limit is
near. Ties cannot empty a class: a gap is between two different values, wherever the quantiles fall. Where the values
are those of several vintages, a class that one of them would leave empty costs too much: it is not among the choices.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

_MOST_GAPS = 240
"""From more gaps than these, some are chosen beforehand: the cost is quadratic in them."""

_UNEVEN = 0.25


def inner_limits(kept: np.ndarray, k: int, parts: Sequence[np.ndarray] = ()) -> list[float] | None:
    """The `k` − 1 inner limits of `kept` (sorted, finite, with at least `k` different values), rising.

    A limit L parts the values below L from those at L or above. Whole numbers get whole limits. With `parts` (the vintages that
    `kept` is made of, each sorted), every class holds a value of each of them; None where no limits do that.
    """
    distinct, first = np.unique(kept, return_index=True)
    if k < 2 or len(distinct) < 2:
        return []
    # Round beside the spread of the figures, not their size: among 1 480 to 1 560, 1 500 is round and 1 000 far away.
    unit = 10.0 ** math.floor(math.log10(float(distinct[-1] - distinct[0])))
    gaps = _gaps(distinct, first, len(kept), k, unit)
    limits = [roundest(float(distinct[g - 1]), float(distinct[g]), unit) for g in gaps]
    rough = np.array([_roughness(limit, unit) for limit in limits])
    ranks = np.array([0, *(int(first[g]) for g in gaps), len(kept)])
    # How many values of each vintage lie below each limit.
    below = [np.array([0, *np.searchsorted(part, distinct[gaps]), len(part)]) for part in parts]
    chosen = _cheapest(ranks, rough, k, len(kept) / k, below)
    return None if chosen is None else [limits[i - 1] for i in chosen]


def roundest(low: float, high: float, unit: float) -> float:
    """The roundest number in ]low, high], beside figures whose spread is of the order of `unit`; `high` when no
    shorter number lies between. Zero, where it lies there, before all others: it parts losses from gains.
    """
    if low < 0 <= high:
        return 0.0
    for power in range(1, -13, -1):
        for step in (5, 2, 1):
            size = step * unit * 10.0**power
            n = math.floor(high / size + 1e-9)
            # Through the decimal text, so that 0.3 is 0.3 and not 3 × 0.1.
            exponent = round(math.log10(unit)) + power
            value = float(f"{n * step}e{exponent}")
            if low < value <= high:
                return value
    return high


def _roughness(limit: float, unit: float) -> float:
    """What a limit costs: nothing for a multiple of `unit` or of its own power of ten, more for each digit to take in."""
    own = 10.0 ** math.floor(math.log10(abs(limit))) if limit else unit
    return min(_beside(limit, unit), _beside(limit, own))


def _beside(limit: float, unit: float) -> float:
    costs = ((1.0, 0.0), (0.5, 0.01), (0.2, 0.03), (0.1, 0.04), (0.05, 0.12), (0.02, 0.3), (0.01, 0.35))
    for size, cost in costs:
        times = limit / (size * unit)
        if abs(times - round(times)) < 1e-6:
            return cost
    return 0.8


def _gaps(distinct: np.ndarray, first: np.ndarray, n: int, k: int, unit: float) -> list[int]:
    """The gaps to weigh, each named by the index of the distinct value above it. Of very many, those at evenly spread ranks and those
    that hold a round number; the outer ones too, so that ties leave enough gaps for `k` classes.
    """
    if len(first) - 1 <= _MOST_GAPS:
        return list(range(1, len(first)))
    wished = np.linspace(0, n, _MOST_GAPS // 2)[1:-1]
    by_rank = np.searchsorted(first, wished)
    powers = 10.0 ** np.arange(math.floor(math.log10(unit)) - 3, math.floor(math.log10(unit)) + 2)
    steps = np.concatenate([np.arange(1, 10, 0.5) * power for power in powers])
    even = np.arange(math.floor(distinct[0] / unit), math.ceil(distinct[-1] / unit) + 1, 0.1) * unit
    by_limit = np.searchsorted(distinct, np.concatenate([-steps, [0.0], steps, even]))
    outer = [*range(1, k + 1), *range(len(first) - k, len(first))]
    return sorted({int(g) for g in (*by_rank, *by_limit, *outer) if 0 < g < len(first)})


def _cheapest(
    ranks: np.ndarray, rough: np.ndarray, k: int, wished: float, below: Sequence[np.ndarray] = ()
) -> list[int] | None:
    """The positions in `ranks` (0 and the last left out) of the `k` − 1 limits of least cost, with a rise of each of `below` in every
    class; None where there is no such choice.
    """
    m = len(ranks)
    sizes = ranks[None, :] - ranks[:, None]
    filled = sizes > 0
    for each in below:
        filled &= each[None, :] > each[:, None]
    uneven = np.where(filled, _UNEVEN * (sizes / wished - 1) ** 2, np.inf)
    price = np.concatenate([[0.0], rough, [0.0]])
    best = np.full(m, np.inf)
    best[0] = 0.0
    came: list[np.ndarray] = []
    for _ in range(k):
        total = best[:, None] + uneven + price[None, :]
        came.append(np.argmin(total, axis=0))
        best = np.min(total, axis=0)
    if not math.isfinite(best[m - 1]):
        return None
    at, out = m - 1, []
    for step in reversed(came[1:]):
        at = int(step[at])
        out.append(at)
    return out[::-1]
