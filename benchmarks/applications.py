"""10,000 dossiers with 100,000 lines of history: the page's board, funnel and moves, and beneath them the store and the answers alone."""

from __future__ import annotations

import datetime as dt
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from playwright.sync_api import Browser

from analysis.applications import funnel
from analysis.applications.clocks import Rule, first_things_first, waiting
from analysis.applications.steps import Entry, Kind, Party, state_of
from analysis.model import LOCAL_ACCOUNT, LOCAL_ACTOR, SYSTEM_ACTOR
from analysis.vocabulary import ASSESSMENT_CRITERIA
from benchmarks import pages
from benchmarks.row import Row
from data import applications as kept
from data.following import Following
from data.store import Store, open_store, tables

ROOT = Path(__file__).resolve().parents[1]
TODAY = dt.date(2026, 6, 30)
DOSSIERS = 10_000
MOVES = 100_000
TRADES = ("traduction", "développement web", "graphisme", "rédaction", "conseil")
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
    """The processor seconds of every answer of the funnel."""
    start = time.process_time()
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
    return time.process_time() - start


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
    """The processor seconds of replaying every history and putting what waits in order."""
    start = time.process_time()
    rules = {"accepted": Rule("accepted", 10, 15, 20, "la fenêtre de recherche")}
    found = [
        (str(n), waiting(state_of(each), rules, TODAY, {"accepted": "a"})) for n, each in enumerate(histories)
    ]
    first_things_first((name, each) for name, each in found if each is not None)
    return time.process_time() - start


WAYS: Sequence[tuple[int, tuple[str, ...]]] = (
    (50, ("received", "read", "met", "declined")),
    (12, ("received", "withdrawn")),
    (8, ("received", "read", "met", "accepted", "window_planned", "lost")),
    (
        10,
        (
            "received",
            "read",
            "met",
            "accepted",
            "window_planned",
            "housed",
            "settled",
            "welcomed",
            "one_year",
        ),
    ),
    (5, ("received",)),
    (4, ("received", "read")),
    (4, ("received", "read", "met")),
    (3, ("received", "read", "met", "accepted")),
    (2, ("received", "read", "met", "accepted", "window_planned")),
    (2, ("received", "read", "met", "accepted", "window_planned", "housed")),
)
"""Of a hundred dossiers, how many went which way: a fifth of all wait for somebody today."""
LINES = MOVES // DOSSIERS
BOTH = ("founder", "councillor")


def way(number: int) -> tuple[str, ...]:
    """The steps of dossier `number`."""
    place = number % 100
    for share, steps in WAYS:
        if place < share:
            return steps
        place -= share
    raise AssertionError("WAYS does not add up to a hundred")


def lines(number: int) -> list[dict[str, object]]:
    """`LINES` rows of the history of dossier `number`: its moves, its signatures (one of two where it waits for the other), a pause in
    every twentieth, notes up to the number. Those who are over are up to ten years old, those who wait some weeks.
    """
    steps = way(number)
    over = steps[-1] in (*funnel.ENDS, "one_year")
    day = TODAY - dt.timedelta(60 + (number * 37) % 3600 if over else 5 * len(steps) + number % 25)
    found: list[dict[str, object]] = []

    def line(kind: Kind, **more: object) -> None:
        found.append(
            {
                "origin": "real", "application": f"a{number}", "on": day, "status": status, "actor": "local", "kind": kind.value,
                "party": Party.COORDINATOR.value, "note": None, "seat": None, "until": None, "reason": None, **more,
            }
        )  # fmt: skip

    for status in steps:
        if status in ("accepted", "declined"):
            for seat in BOTH:
                line(Kind.SIGN, status="met", seat=seat, actor=f"b-{seat}")
        reason = {"declined": "fragile", "withdrawn": "family", "lost": "housing"}.get(status)
        line(Kind.MOVE, note="Conclusion." if status in ("accepted", "declined") else None, reason=reason)
        day += dt.timedelta(3)
    day = min(day, TODAY)
    if steps[-1] == "met" and number % 2:
        line(Kind.SIGN, seat="founder", actor="b-founder")
    if number % 20 == 0 and not over:
        line(Kind.PAUSE, until=day + dt.timedelta(6))
    while len(found) < LINES:
        line(Kind.NOTE, note="Rappelé.")
    return found


def fill(store: Store, codes: Sequence[str]) -> None:
    """`DOSSIERS` dossiers of `LINES` lines each in the real register, each with a name, an address, a trade and two wishes of `codes`."""
    people: list[dict[str, object]] = []
    files: list[dict[str, object]] = []
    history: list[dict[str, object]] = []
    grids: list[dict[str, object]] = []
    for number in range(DOSSIERS):
        rows = lines(number)
        moved = [row for row in rows if row["kind"] == Kind.MOVE.value]
        people.append(
            {
                "id": f"p{number}", "origin": "real", "code": f"Candidat {number}", "name": f"Prénom Nom {number}",
                "email": f"c{number}@exemple.fr",
            }
        )  # fmt: skip
        files.append(
            {
                "id": f"a{number}", "origin": "real", "person": f"p{number}", "received": moved[0]["on"], "status": moved[-1]["status"],
                "since": moved[-1]["on"], "reason": moved[-1]["reason"], "trade": TRADES[number % len(TRADES)], "channel": "form",
                "wished_commune": codes[number % len(codes)], "other_wishes": [codes[(number + 1) % len(codes)]],
                "planned_arrival": TODAY + dt.timedelta(20 + number % 90) if len(moved) > 3 else None,
                "household": {"adults": 2}, "household_size": 2,
                "needs": {"tenure": "rent", "rooms": 3 + number % 3},
            }
        )  # fmt: skip
        history += rows
        grids += [
            {
                "id": f"g{number}-{row['seat']}", "origin": "real", "application": f"a{number}", "author": row["actor"],
                "seat": row["seat"], "remarks": {}, "blind": True,
                "marks": {name: 1 + (number + len(name) * len(str(row["seat"]))) % 4 for name in ASSESSMENT_CRITERIA},
            }
            for row in rows
            if row["kind"] == Kind.SIGN.value
        ]  # fmt: skip
    held: list[dict[str, object]] = [
        {"id": f"d-{duty}", "origin": "real", "duty": duty, "profile": "local"}
        for duty in ("founder", "received", "read", "accepted", "window_planned", "housed", "settled")
    ]
    with store.write(LOCAL_ACTOR) as session:
        for table, given in (
            (tables.person, people), (tables.application, files), (tables.application_event, history),
            (tables.application_assessment, grids), (tables.application_duty, held),
        ):  # fmt: skip
            session.insert_many(table, given)


# -- the page on a large register ------------------------------------------------------------------------------


def page(runs: int) -> list[Row]:
    """Server's processor seconds of `/dossiers` as whole runs of the page: board and funnel when nothing changed and after a change that
    somebody else made (every cache of before is stale), and a move from its click until it is recorded and shown.

    Processor time of the process, so that other work on the machine does not count; nothing here waits.
    """
    from data.demo import CONFIRMATION, empty_demo
    from data.opening import open_house
    from ui import loading
    from ui.server.heap import Warm

    opened = partial(pages.opened, "pages/dossiers.py")

    def seconds(work: Callable[[], object]) -> float:
        begun = time.process_time()
        work()
        return time.process_time() - begun

    rows: list[Row] = []

    def told(what: str, took: list[float], target: float) -> None:
        middle = statistics.median(took)
        rows.append(Row(f"/dossiers, {what}", f"{middle:.2f} s", "", middle, target, "s"))

    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(ZEVILLAGE_HOME=folder, ZEVILLAGE_TODAY=TODAY.isoformat())
        house = open_house(TODAY, Path(folder))
        empty_demo(house.store, SYSTEM_ACTOR, CONFIRMATION)
        fill(house.store, house.territory.codes)
        house.store.close()
        for section in (
            "etapes",
            "entonnoir",
        ):  # what a server has loaded and put out of the collector's way after its first visits
            opened(section=section)
        Warm().begin()
        hand, who = kept.by(LOCAL_ACCOUNT), iter(n for n in range(DOSSIERS) if way(n) == ("received",))
        for section, name in (("etapes", "the board"), ("entonnoir", "the funnel")):
            screen = opened(section=section)
            told(f"{name}, nothing changed", [seconds(screen.run) for _ in range(runs)], 1.0)
            took = []
            for _ in range(max(runs, 3)):
                kept.note(loading.store(), hand, TODAY, application=f"a{next(who)}", text="Rappelé.")
                took.append(seconds(screen.run))
                assert not screen.exception, screen.exception
            told(f"{name}, after a change", took, 1.0)
        took = []
        for _ in range(max(runs, 5)):
            screen = opened(dossier=f"a{next(who)}")
            next(each for each in screen.selectbox if each.label == "Étape").set_value("read")
            button = next(each for each in screen.button if each.label == "Noter cette étape")
            took.append(seconds(button.click().run))
            assert not screen.exception, screen.exception
            assert any("Étape d" in each.proto.body for each in screen.get("html")), "the move was not shown"
        told("a move recorded and shown", took, 0.3)
    return rows


def stored(runs: int) -> tuple[float, float, float]:
    """The processor seconds, in the real store, of reading where all dossiers stand, of reading the moves with the funnel, and of a move
    recorded and read again.

    As the pages do it (`data.applications`), on a fresh SQLite base.
    """
    with tempfile.TemporaryDirectory() as home:
        store = open_store(Path(home))
        try:
            fill(store, ("61001", "61002"))
            hand, rules = kept.by(LOCAL_ACCOUNT), Following().clocks
            who = iter(n for n in range(DOSSIERS) if way(n) == ("received",))
            boards, funnels, moved = [], [], []
            for _ in range(runs):
                start = time.process_time()
                with store.read() as session:
                    kept.standing(session, rules, "real", TODAY)
                boards.append(time.process_time() - start)
                start = time.process_time()
                with store.read() as session:
                    known = kept.moves(session, "real")
                answered(known)
                funnels.append(time.process_time() - start)
                start, one = time.process_time(), f"a{next(who)}"
                kept.move(store, hand, TODAY, application=one, step="read")
                with store.read() as session:
                    kept.dossier(session, one, hand.actor.id)
                moved.append(time.process_time() - start)
        finally:
            store.close()
    return statistics.median(boards), statistics.median(funnels), statistics.median(moved)


def applications(browser: Browser, runs: int) -> list[Row]:
    """The medians of `runs`: the page, the store, the answers alone. No browser is needed."""
    shown = page(runs)
    known = moves(DOSSIERS, MOVES)
    seconds = statistics.median(answered(known) for _ in range(runs))
    histories = [history(n) for n in range(DOSSIERS)]
    waits = statistics.median(board(histories) for _ in range(runs))
    read, funnel_read, moved = stored(runs)
    return [
        *shown,
        Row("where all dossiers stand, read from the store", f"{read:.2f} s", "", read, 1.0, "s"),
        Row("funnel read from the store and answered", f"{funnel_read:.2f} s", "", funnel_read, 1.0, "s"),
        Row("a move recorded and the dossier read", f"{moved:.3f} s", "", moved, 0.3, "s"),
        Row("board of 10,000 dossiers × 10 lines", f"{waits:.2f} s", "", waits, 1.0, "s"),
        Row("funnel of 10,000 dossiers × 100,000 moves", f"{seconds:.2f} s", "", seconds, 1.0, "s"),
    ]
