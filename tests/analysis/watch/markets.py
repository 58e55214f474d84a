"""Simulated markets: listings appear at random, live exponential times, and somebody calls every few days."""

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

START = dt.date(2026, 1, 5)


def weekly_lives(
    draw: np.random.Generator, mean: float, listings: float, weeks: int = 26, every: int = 7
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lives ``(left, right]`` that calls every `every` days see of about `listings` listings that appear over the weeks.

    Listings that come and go between two calls are never seen; those that stand at the last call are not over.
    """
    horizon = 7 * weeks // every * every
    born = draw.uniform(0, horizon, draw.poisson(listings))
    dies = born + draw.exponential(mean, len(born))
    first = np.ceil(born / every) * every
    last = np.minimum(np.floor(dies / every) * every, horizon)
    seen = (first <= last) & (first <= horizon)
    first, last = first[seen], last[seen]
    return last - first, np.where(last < horizon, last + every - first, np.inf)


def sightings(draw: np.random.Generator, mean: float, listings: int, weeks: int = 12) -> pd.DataFrame:
    """The same as rows of sightings: `listing`, `on`, `state`."""
    left, right = weekly_lives(draw, mean, listings, weeks)
    rows = []
    for n, (a, b) in enumerate(zip(left, right, strict=True)):
        days = np.arange(0, a + 1, 7)
        rows += [(f"l{n}", START + dt.timedelta(days=int(day)), "available") for day in days]
        if np.isfinite(b):
            rows.append((f"l{n}", START + dt.timedelta(days=int(b)), "gone"))
    return pd.DataFrame(rows, columns=["listing", "on", "state"])
