"""Many people on one base: 30 and 100 of them, each changing a filter every 5 s, over Streamlit's own websocket.

The same crowd meets the plain page, the application in one process, in two processes behind nginx (`PROCESSES=2`), and as two servers on
one PostgreSQL of the loopback address. All come one after another on one machine in one run, so that only ratios are read.
"""

from __future__ import annotations

import asyncio
import math
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from analysis.model import SYSTEM_ACTOR
from benchmarks.drive import ROOT, Server, served, wait_for
from benchmarks.room import Crowd, VisitError, apart, goes_on, visitor, walk
from benchmarks.row import Row
from data.store import open_store
from tests import nginx, postgresql
from tests.browser.harness import free_port

PEOPLE = (30, 100)
SECONDS = 300.0


@dataclass
class Setup:
    """What the crowd meets: `doors` (whoever comes takes the next one), `page`, and the processes that do the work."""

    doors: Sequence[Server]
    page: str
    workers: Sequence[Server]

    def memory(self) -> float:
        """Resident memory of all processes together, in MB."""
        return sum(each.memory() for each in self.workers)


async def stay(setup: Setup, count: int, seconds: float, crowd: Crowd) -> None:
    """Let `count` people in one after another, then all change for `seconds`; what they saw goes to `crowd`."""
    moments = random.Random(count)
    async with AsyncExitStack() as stack:
        room = []
        for number in range(count):
            one = await stack.enter_async_context(visitor(setup.doors[number % len(setup.doors)]))
            try:
                await one.enter(setup.page)
            except VisitError as error:
                crowd.errors.append(str(error))
            else:
                room.append(one)
        now = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            for index, one in enumerate(room):
                group.create_task(goes_on(one, index * 7, now + moments.uniform(0, 5), now + seconds, crowd))


@contextmanager
def plain() -> Iterator[Setup]:
    """The page that somebody would write first."""
    with served("plain") as one:
        yield Setup([one], "", [one])


@contextmanager
def alone() -> Iterator[Setup]:
    """The application in one process."""
    with served("app") as one:
        yield Setup([one], "carte", [one])


@contextmanager
def processes(count: int = 2) -> Iterator[Setup]:
    """The application as `PROCESSES=2 make run` serves it."""
    port = free_port()
    with tempfile.TemporaryDirectory() as home:
        log = Path(home) / "log"
        environ = {**os.environ, "ZEVILLAGE_HOME": home, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "tools.processes", str(port), str(count)]
        with log.open("w") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT
            )
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health", 240)
            pids = re.findall(r"pid (\d+)", log.read_text("utf-8"))
            workers = [Server(f"http://127.0.0.1:{port}", int(pid), home) for pid in pids]
            yield Setup(workers[:1], "carte", workers)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


@contextmanager
def postgresql_base() -> Iterator[str]:
    """The address of an empty PostgreSQL database on a port of the loopback address."""
    port = free_port()
    with postgresql.running(port) as host, postgresql.database(host, "bench", port=port) as url:
        yield url


@contextmanager
def servers() -> Iterator[Setup]:
    """Two servers on one PostgreSQL."""
    with postgresql_base() as url:
        on = {"ZEVILLAGE_DATABASE_URL": url}
        with served("app", environ=on) as one, served("app", environ=on) as two:
            yield Setup([one, two], "carte", [one, two])


SETUPS = {
    "plain page": plain,
    "one process, SQLite": alone,
    "PROCESSES=2, SQLite": processes,
    "two servers, PostgreSQL": servers,
}


def warmed(setup: Setup) -> None:
    """Every process has answered everything once, as on a server that is in use."""
    for door in setup.doors:
        for _ in range(1 if len(setup.doors) == len(setup.workers) else 3 * len(setup.workers)):
            apart(walk(door, setup.page))


def load(
    browser: Browser | None, runs: int, seconds: float = SECONDS, people: Sequence[int] = PEOPLE
) -> list[Row]:
    """The table. `seconds`: how long each crowd stays with each setup; `people`: how many come."""
    del browser, runs  # this one needs no browser, and is long rather than repeated
    rows = []
    beside: dict[int, Crowd] = {}
    for name, make in SETUPS.items():
        if make is processes and nginx.find() is None:
            print("PROCESSES=2: left out, nginx is not installed here", file=sys.stderr)
            continue
        if make is servers and postgresql.binaries() is None:
            print("two servers: left out, PostgreSQL is not installed here", file=sys.stderr)
            continue
        with make() as setup:
            warmed(setup)
            for count in people:
                crowd = Crowd()
                apart(stay(setup, count, seconds, crowd))
                with_plain = beside.setdefault(count, crowd)
                ratio = crowd.at(0.95) / with_plain.at(0.95)
                rows += [
                    Row(f"{count} people, {name}", crowd.told(), f"plain {with_plain.told()}", ratio, 1.0),
                    Row("  errors", str(len(crowd.errors)), f"{len(crowd.seconds)} changes", len(crowd.errors), 0, ""),
                    Row("  memory, all processes", f"{setup.memory():.0f} MB", "", setup.memory(), math.inf, "MB"),
                ]  # fmt: skip
    return rows


async def _opened(server: Server) -> float:
    async with visitor(server) as one:
        return await one.enter("carte")


def database(browser: Browser | None, runs: int) -> list[Row]:
    """`/carte` on PostgreSQL over loopback beside SQLite, in turns: when nothing changed, and right after a change of the base."""
    del browser
    still: dict[str, list[float]] = {"postgresql": [], "sqlite": []}
    changed: dict[str, list[float]] = {"postgresql": [], "sqlite": []}
    with (
        postgresql_base() as url,
        served("app", environ={"ZEVILLAGE_DATABASE_URL": url}) as far,
        served("app") as near,
    ):
        both = {
            "postgresql": (far, open_store(Path(far.home), url=url)),
            "sqlite": (near, open_store(Path(near.home))),
        }
        for server, _ in both.values():
            apart(walk(server, "carte"))
        for _ in range(3 * runs):
            for name, (server, store) in both.items():
                still[name].append(apart(_opened(server)))
                with store.write(SYSTEM_ACTOR):
                    pass
                changed[name].append(apart(_opened(server)))
                time.sleep(0.2)
        for _, store in both.values():
            store.close()
    rows = []
    for what, seconds in (("/carte on PostgreSQL", still), ("  after a change of the base", changed)):
        ours, beside = (statistics.median(seconds[name]) for name in ("postgresql", "sqlite"))
        rows.append(Row(what, f"{ours:.3f} s", f"SQLite {beside:.3f} s", ours / beside, 1.5))
    return rows
