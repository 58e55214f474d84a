"""10,000 dossiers with 100,000 lines of history: where each stands and what it waits for, and every answer of the funnel."""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from playwright.sync_api import Browser

from analysis.applications import funnel
from analysis.applications.clocks import Rule, first_things_first, waiting
from analysis.applications.steps import Entry, Kind, Party, state_of
from analysis.model import LOCAL_ACCOUNT, LOCAL_ACTOR
from benchmarks.row import Row
from data import applications as kept
from data.store import Store, open_store, tables

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


def history(dossier: int) -> tuple[Entry, ...]:
    """Ten lines of a dossier that was accepted."""
    first = TODAY - dt.timedelta(20 + dossier % 300)

    def line(
        kind: Kind, after: int, author: str = "a", note: str = "", step: str = "", seat: str = ""
    ) -> Entry:
        return Entry(kind, first + dt.timedelta(after), author, Party.COORDINATOR, note, step, seat=seat)

    return (
        line(Kind.MOVE, 0, step="received"),
        line(Kind.NOTE, 1, note="appelé"),
        line(Kind.MOVE, 2, step="read"),
        line(Kind.NOTE, 3, note="rappelé"),
        line(Kind.MOVE, 6, step="met"),
        line(Kind.SIGN, 8, seat="founder"),
        line(Kind.SIGN, 9, author="b", seat="councillor"),
        line(Kind.NOTE, 9, note="concordent"),
        line(Kind.MOVE, 10, step="accepted", note="projet solide"),
        line(Kind.NOTE, 11, note="prévenu"),
    )


def board(histories: list[tuple[Entry, ...]]) -> float:
    """The seconds of replaying every history and putting what waits in order."""
    start = time.perf_counter()
    rules = {"accepted": Rule("accepted", 10, 15, 20, "la fenêtre de recherche")}
    found = [
        (str(n), waiting(state_of(each), rules, TODAY, {"accepted": "a"})) for n, each in enumerate(histories)
    ]
    first_things_first((name, each) for name, each in found if each is not None)
    return time.perf_counter() - start


def stored(runs: int) -> tuple[float, float, float]:
    """The seconds, in the real store, of reading the board, of reading the moves with the funnel, and of a move recorded and read again.

    As the pages do it (`data.applications`), on a fresh SQLite base that holds 10,000 dossiers of ten lines each.
    """
    with tempfile.TemporaryDirectory() as home:
        store = open_store(Path(home))
        try:
            _fill(store)
            hand = kept.by(LOCAL_ACCOUNT)
            boards, funnels, moved = [], [], []
            for run in range(runs):
                start = time.perf_counter()
                with store.read() as session:
                    kept.dossiers(session, "real")
                    kept.signatures(session, "real")
                    kept.pauses(session, "real")
                boards.append(time.perf_counter() - start)
                start = time.perf_counter()
                with store.read() as session:
                    known = kept.moves(session, "real")
                answered(known)
                funnels.append(time.perf_counter() - start)
                start = time.perf_counter()
                kept.move(store, hand, TODAY, application=f"a{run}", step="window_planned")
                with store.read() as session:
                    kept.dossier(session, f"a{run}", hand.actor.id)
                moved.append(time.perf_counter() - start)
        finally:
            store.close()
    return statistics.median(boards), statistics.median(funnels), statistics.median(moved)


def _fill(store: Store) -> None:
    lines, people, files = [], [], []
    for number in range(DOSSIERS):
        application = f"a{number}"
        people.append({"id": f"p{number}", "origin": "real", "code": f"Candidat {number}"})
        entries = history(number)
        files.append(
            {
                "id": application, "origin": "real", "person": f"p{number}", "received": entries[0].on,
                "status": "accepted", "since": entries[8].on,
            }
        )  # fmt: skip
        step = "received"
        for entry in entries:
            step = entry.step or step
            lines.append(
                {
                    "origin": "real", "application": application, "on": entry.on, "status": step, "actor": entry.author,
                    "kind": entry.kind.value, "party": entry.party.value, "note": entry.note or None, "seat": entry.seat or None,
                }
            )  # fmt: skip
    with store.write(LOCAL_ACTOR) as session:
        session.insert_many(tables.person, people)
        session.insert_many(tables.application, files)
        session.insert_many(tables.application_event, lines)


def applications(browser: Browser, runs: int) -> list[Row]:
    """The median of `runs`. No browser is needed."""
    known = moves(DOSSIERS, MOVES)
    seconds = statistics.median(answered(known) for _ in range(runs))
    histories = [history(n) for n in range(DOSSIERS)]
    waits = statistics.median(board(histories) for _ in range(runs))
    read, funnel_read, moved = stored(runs)
    return [
        Row("board read from the store", f"{read:.2f} s", "", read, 1.0, "s"),
        Row("funnel read from the store and answered", f"{funnel_read:.2f} s", "", funnel_read, 1.0, "s"),
        Row("a move recorded and the dossier read", f"{moved:.3f} s", "", moved, 0.3, "s"),
        Row("board of 10,000 dossiers × 10 lines", f"{waits:.2f} s", "", waits, 1.0, "s"),
        Row("funnel of 10,000 dossiers × 100,000 moves", f"{seconds:.2f} s", "", seconds, 1.0, "s"),
    ]
