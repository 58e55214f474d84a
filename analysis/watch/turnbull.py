"""Which part of the listings is still there after so many days, without assuming a shape: the curve beside the estimate of `life`.

The nonparametric maximum likelihood estimate of Turnbull (1976, « The empirical distribution function with arbitrarily grouped, censored
and truncated data », JRSS B 38): the likelihood only fixes how much probability lies in each **innermost interval**, one that begins at
some left end, ends at some right end and holds no other end. Within it the curve may fall anywhere, so it has two bounds there.

Convention, as everywhere in the watch: an observation is ``(left, right]``, the left end excluded and the right end included, so that
``(0, 5]`` and ``(5, 8]`` have nothing in common. That is how the published tables of this estimate and R's `interval` read them; lifelines
takes both ends as included, and differs wherever one observation ends where another begins (decision 15).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis import french
from analysis.french import NNBSP

Floats = NDArray[np.float64]

TOLERANCE = 1e-9
"""How far the likelihood may be from its maximum, by observation: bound given by its gradient (Gentleman and Geyer, 1994)."""
CYCLES = 20_000
_NOTHING = 1e-7  # a probability below it is none: EM comes near zero without reaching it


@dataclass(frozen=True, eq=False)
class Curve:
    """The estimate: the probability `mass[j]` lies in ``(left[j], right[j]]``, in days, in order and without overlap; they add up to 1.

    `right` of the last is infinite when part of the listings was not seen to go.
    """

    left: Floats
    right: Floats
    mass: Floats

    def bounds(self, days: Floats) -> tuple[Floats, Floats]:
        """Lower and upper bound of the share still there after `days`: they differ inside the intervals, where the curve falls.

        From 0 to 1: the share of lives longer than `days`.
        """
        at = np.asarray(days, dtype=float)[:, None]
        # What may have gone by a day lies in intervals that began before it, what has gone in those that ended by then.
        low = 1 - (self.mass * (self.left < at)).sum(axis=1)
        high = 1 - (self.mass * (self.right <= at)).sum(axis=1)
        return np.clip(low, 0, 1), np.clip(high, 0, 1)

    def corners(self) -> tuple[Floats, Floats, Floats]:
        """The days at which a bound moves, from 0 to the last finite one, with both bounds: what a chart draws as two steps.

        The lower bound is that just after the day, the upper one that on the day.
        """
        ends = np.concatenate([[0.0], self.left, self.right])
        days = np.unique(ends[np.isfinite(ends)])
        low = 1 - (self.mass * (self.left <= days[:, None])).sum(axis=1)
        return days, np.clip(low, 0, 1), self.bounds(days)[1]


def turnbull(left: Floats, right: Floats) -> Curve:
    """The curve of lives in ``(left, right]`` (days; `right` infinite when not over), by EM on the innermost intervals.

    A step of EM gives every observation's unit to the innermost intervals it contains, by their present probabilities, and takes the
    averages as the next ones. Two steps and their difference say where the steps lead, and the next ones start from there unless that is
    less likely (SQUAREM of Varadhan and Roland, 2008): EM alone comes slowly to intervals that hold nothing. It ends when no interval's
    part of the gradient exceeds the number of observations by more than `TOLERANCE`, relatively: then the log-likelihood is that near to
    its maximum, by observation.

    Raises ValueError without an observation, where one is empty or negative, and when `CYCLES` do not suffice.
    """
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    if not len(left):
        raise ValueError(f"Aucune vie observée{NNBSP}: il n’y a pas de courbe.")
    wrong = ~((left >= 0) & (right > left) & np.isfinite(left))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(
            f"Vie n° {first + 1}, de {left[first]:g} à {right[first]:g} jours{NNBSP}: la fin doit suivre le début, de 0 jour ou plus."
        )
    observed, counts = np.unique(np.column_stack([left, right]), axis=0, return_counts=True)
    starts, ends = _innermost(observed[:, 0], observed[:, 1])
    inside = ((observed[:, :1] <= starts) & (ends <= observed[:, 1:])).astype(float)

    def gradient(share: Floats) -> Floats:
        found: Floats = (counts / (inside @ share)) @ inside / len(left)
        return found

    def likelihood(share: Floats) -> float:
        return float(counts @ np.log(inside @ share))

    share = np.full(len(starts), 1 / len(starts))
    for _ in range(CYCLES):
        slope = gradient(share)
        if slope.max() <= 1 + TOLERANCE:
            break
        once = share * slope
        twice = once * gradient(once)
        step = once - share
        bend = twice - once - step
        ahead = max(float(np.linalg.norm(step)) / max(float(np.linalg.norm(bend)), 1e-300), 1.0)
        # A leap may pass below 0: EM could not come back from there.
        leap = np.maximum(share + 2 * ahead * step + ahead**2 * bend, twice / 1000)
        leap /= leap.sum()
        share = leap if likelihood(leap) >= likelihood(twice) else twice
    else:
        raise ValueError(f"La courbe ne se stabilise pas en {french.number(CYCLES)} tours.")
    kept = share > _NOTHING
    return Curve(starts[kept], ends[kept], share[kept] / share[kept].sum())


def _innermost(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """The intervals from a left end to the next right end, with no end between. At a tie the right end comes first: ``(0, 5]`` holds 5."""
    points = [*((x, 1) for x in set(left.tolist())), *((x, 0) for x in set(right.tolist()))]
    found: list[tuple[float, float]] = []
    begun: float | None = None
    for x, is_left in sorted(points):
        if is_left:
            begun = x
        elif begun is not None:
            found.append((begun, x))
            begun = None
    return np.array([a for a, _ in found]), np.array([b for _, b in found])
