"""Killing a process at a chosen moment inside a write, by SIGKILL, as a power cut or `kill -9` does.

A moment is counted, not waited for: the SQLite driver of the process is replaced by one that counts what happens between the BEGIN of a
write and the return of its COMMIT (each statement, each few instructions of SQLite's own machine inside a statement, each few pages of
an online copy). A first run that nobody kills says how many moments there are; the others die at one of them. What happens before the
write begins and after it ended has no moments, so that no kill falls there.

Inside COMMIT itself nothing can be counted from Python: there a second thread kills after a fraction of the time that COMMIT takes, and
a kill that came too late is not counted.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import sqlite3.dbapi2
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Any

STEP = 5
"""Instructions of SQLite's machine between two moments."""
PAGES = 4
"""Pages of an online copy between two moments."""


@dataclass(frozen=True)
class Moments:
    """What a run that nobody killed went through: how many moments, and the seconds of each COMMIT."""

    count: int
    commits: tuple[float, ...]


@dataclass(frozen=True)
class Kill:
    """When to die: at the moment number `at`, or `after` seconds inside the COMMIT number `commit`."""

    at: int = -1
    commit: int = -1
    after: float = 0.0


class _Plan:
    """Counts the moments of this process; dies at the one that is asked for."""

    def __init__(self, kill: Kill, pipe: Pipe) -> None:
        self.kill, self.pipe = kill, pipe
        self.moments, self.commits = 0, []  # type: int, list[float]

    def moment(self) -> None:
        if self.moments == self.kill.at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.moments += 1

    def committing(self, commit: Callable[[], None]) -> None:
        if len(self.commits) == self.kill.commit:
            self.pipe.send("in")
            threading.Thread(target=self._die_soon, daemon=True).start()
        begun = time.perf_counter()
        commit()
        taken = time.perf_counter() - begun
        if len(self.commits) == self.kill.commit:
            self.pipe.send("out")  # too late: the kill, if it comes still, is not inside
        self.commits.append(taken)

    def _die_soon(self) -> None:
        end = time.perf_counter() + self.kill.after
        while time.perf_counter() < end:
            pass
        os.kill(os.getpid(), signal.SIGKILL)


def _driver(plan: _Plan) -> type[sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *given: Any) -> Any:
            connection: Any = self.connection
            if connection.writing:
                plan.moment()
            if sql == "BEGIN IMMEDIATE":
                done = super().execute(sql, *given)
                connection.begin_writing()
                return done
            return super().execute(sql, *given)

        def executemany(self, sql: str, rows: Any, /) -> Any:
            if self.connection.writing:  # type: ignore[attr-defined]
                plan.moment()
            return super().executemany(sql, rows)

    class Connection(sqlite3.Connection):
        writing = False

        def begin_writing(self) -> None:
            self.writing = True
            self.set_progress_handler(lambda: plan.moment() or 0, STEP)  # type: ignore[func-returns-value]

        def end_writing(self) -> None:
            self.writing = False
            self.set_progress_handler(None, STEP)

        def cursor(self, factory: Any = None, /) -> Any:
            return super().cursor(Cursor)

        def commit(self) -> None:
            if not self.writing:
                super().commit()
                return
            plan.moment()
            self.set_progress_handler(None, STEP)
            plan.committing(super().commit)
            self.end_writing()

        def rollback(self) -> None:
            self.end_writing()
            super().rollback()

        def backup(
            self, target: sqlite3.Connection, *, pages: int = -1, progress: Any = None, **more: Any
        ) -> None:  # type: ignore[override]
            def watch(*now: int) -> None:
                plan.moment()
                if progress:
                    progress(*now)

            super().backup(target, pages=PAGES, progress=watch, **more)

    return Connection


def _inside(action: Callable[[], object], kill: Kill, pipe: Pipe) -> None:
    plan = _Plan(kill, pipe)
    plain, factory = sqlite3.connect, _driver(plan)

    def connect(*given: Any, **more: Any) -> sqlite3.Connection:
        return plain(*given, **{**more, "factory": factory})

    sqlite3.connect = sqlite3.dbapi2.connect = connect  # type: ignore[assignment]
    action()
    pipe.send(Moments(plan.moments, tuple(plan.commits)))


def run(action: Callable[[], object], kill: Kill) -> tuple[Moments | None, bool]:
    """`action` in a process of its own, killed as asked: what a run that lived went through, and whether the kill fell inside."""
    here, there = multiprocessing.get_context("fork").Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_inside, args=(action, kill, there))
    process.start()
    there.close()
    said: list[Any] = []
    try:
        while True:
            said.append(here.recv())
    except EOFError:
        pass
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL), f"the action failed by itself ({process.exitcode})"
    killed = process.exitcode == -signal.SIGKILL
    lived = next((each for each in said if isinstance(each, Moments)), None)
    return lived, killed and "out" not in said


def plans(moments: Moments, count: int, seed: int) -> Iterator[Kill]:
    """Kills without end drawn from `seed`, to be taken until `count` fell inside: one in five of them inside a COMMIT, the others, and
    those that stand in for a COMMIT that was over, each at another moment.
    """
    assert moments.count >= count, f"only {moments.count} moments inside the write: make it larger"
    chance = random.Random(seed)
    at = iter(chance.sample(range(moments.count), moments.count))
    for number in range(moments.count):
        if moments.commits and number < count and number % 5 == 4:
            which = chance.randrange(len(moments.commits))
            yield Kill(commit=which, after=chance.random() * moments.commits[which])
        else:
            yield Kill(at=next(at))
