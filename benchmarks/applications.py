"""The funnel of 10,000 dossiers with 100,000 moves: every question of the page, asked once."""

from __future__ import annotations

import datetime as dt
import statistics
import time

import numpy as np
import pandas as pd
from playwright.sync_api import Browser

from analysis.applications import funnel
from benchmarks.row import Row

TODAY = dt.date(2026, 6, 30)
DOSSIERS = 10_000
MOVES = 100_000
REASONS = np.array(["housing", "silent", "other"], dtype=object)


def moves(dossiers: int, count: int) -> pd.DataFrame:
    """`count` seeded moves of `dossiers` dossiers over twenty years: each goes some steps, most of the others end, the rest of the
    moves are written a second time, as a journal may hold them.
    """
    draw = np.random.default_rng(20260512)
    furthest = draw.integers(1, len(funnel.STEPS) + 1, dossiers)
    owner = np.repeat(np.arange(dossiers), furthest)
    place = np.concatenate([np.arange(n) for n in furthest])
    first = np.datetime64("2004-06-01") + draw.integers(0, 7500, dossiers)
    on = first[owner] + 30 * place + draw.integers(0, 30, len(place))
    ends = np.flatnonzero((furthest < funnel.STEPS.index(funnel.SUCCESS)) & (draw.random(dossiers) < 0.8))
    frame = pd.DataFrame(
        {
            "application": np.concatenate([owner, ends]),
            "step": np.concatenate(
                [np.array(funnel.STEPS)[place], np.array(funnel.ENDS)[draw.integers(0, 3, len(ends))]]
            ),
            "on": np.concatenate([on, first[ends] + 30 * furthest[ends]]),
            "reason": np.concatenate([np.full(len(place), ""), REASONS[draw.integers(0, 3, len(ends))]]),
        }
    )
    again = frame.sample(max(count - len(frame), 0), replace=True, random_state=1)
    return pd.concat([frame, again], ignore_index=True)


def answered(known: pd.DataFrame) -> float:
    """The seconds of every answer of the funnel."""
    start = time.perf_counter()
    walks = funnel.paths(known, TODAY)
    funnel.funnel(walks)
    funnel.cohorts(walks)
    funnel.success(walks)
    for step in funnel.STEPS:
        funnel.stay(walks, step, TODAY)
    over = funnel.outcomes(walks, TODAY)
    funnel.cumulative_incidence(over["days"].to_numpy(), over["cause"].to_numpy(dtype=object))
    funnel.reasons(walks)
    for reason in REASONS:
        funnel.without(walks, str(reason))
    return time.perf_counter() - start


def applications(browser: Browser, runs: int) -> list[Row]:
    """The median of `runs`. No browser is needed."""
    known = moves(DOSSIERS, MOVES)
    seconds = statistics.median(answered(known) for _ in range(runs))
    return [Row("funnel of 10,000 dossiers × 100,000 moves", f"{seconds:.2f} s", "", seconds, 1.0, "s")]
