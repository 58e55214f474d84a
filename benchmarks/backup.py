"""A copy of a base of 1 GB while ten people work, and its restore; and what one long session takes of the memory.

The base is the demonstration with a history of many lines (what grows in years of use), 1 GB in all. Ten visitors change the indicator
of `/carte` every 5 s, first alone, then while `python -m data.store backup` copies, checks and counts in a process of its own, as the
timer of a server does; again and again until they have changed as often as before.

`session` is not 24 hours: it is the changes of a session of 24 hours, one each minute and more, made as fast as they are answered by one
visitor over one websocket. What depends on the hours themselves (idle connections, timers of the system) is not in it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.drive import ROOT, Server, served
from benchmarks.room import PAGES, Crowd, apart, stay, visitor, walk
from benchmarks.row import Row
from data.store import inventory

BYTES = 1_000_000_000
PEOPLE = 10
SECONDS = 60.0
CHANGES = 3000
"""More than two a minute for 24 hours."""

POLITE = ["nice", "-n", "10"] if shutil.which("nice") else []
"""As the units of `deploy/systemd` run it: visitors come first."""

GROW = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO history (at, actor, entity, entity_id, action, after)
SELECT '2020-01-01T00:00:00.000Z', 'local', 'event', 'e' || i, 'change', json_object('text', hex(randomblob(480))) FROM n
"""


def grow(base: Path) -> int:
    """Fill the history until the base has `BYTES`; its size."""
    with closing(sqlite3.connect(base)) as raw:
        while base.stat().st_size < BYTES:
            raw.execute(GROW, (max(2000, (BYTES - base.stat().st_size) // 1450),))
            raw.commit()
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return base.stat().st_size


@dataclass(frozen=True)
class Taken:
    """What a command took: seconds, and seconds of processor, which other work on the machine stretches less."""

    seconds: float
    processor: float

    def row(self, what: str, target: float) -> Row:
        """Its line of the table."""
        return Row(
            what, f"{self.seconds:.1f} s", f"{self.processor:.1f} s processor", self.seconds, target, "s"
        )


def command(home: Path, *words: str) -> Taken:
    """One command of `data.store`. Raises CalledProcessError when it refuses."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [*POLITE, sys.executable, "-m", "data.store", *words], cwd=ROOT, stdout=subprocess.DEVNULL,
        env={**os.environ, "ZEVILLAGE_HOME": str(home)},
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words)
    return Taken(time.perf_counter() - begun, used.ru_utime + used.ru_stime)


async def while_copying(server: Server, home: Path, crowd: Crowd, taken: list[Taken]) -> None:
    """Ten people work for `SECONDS`, and copies are made one after the other meanwhile."""
    working = asyncio.create_task(stay(server, PAGES["app"], PEOPLE, SECONDS, crowd, seed=2))
    await asyncio.sleep(5)  # they have come in
    while not working.done():
        taken.append(await asyncio.to_thread(command, home, "backup"))
    await working


def backup(browser: Browser, runs: int) -> list[Row]:
    """The copy, the people beside it, the restore."""
    with served("app") as server:
        home = Path(server.home)
        apart(walk(server, PAGES["app"]))
        size = grow(home / "zevillage.db")
        usual, meanwhile, taken = Crowd(), Crowd(), list[Taken]()
        apart(stay(server, PAGES["app"], PEOPLE, SECONDS, usual, seed=1))
        apart(while_copying(server, home, meanwhile, taken))
        copy = max((home / "backups").glob("*.db"))
        with tempfile.TemporaryDirectory() as elsewhere:
            back = command(Path(elsewhere), "restore", str(copy), "--confirm", "RESTAURER")
            same = inventory.take(Path(elsewhere) / "zevillage.db").rows == inventory.take(copy).rows
        over = command(home, "restore", str(copy), "--confirm", "RESTAURER")
    wrong = [*usual.errors, *meanwhile.errors, *([] if same else ["what came back is not what was copied"])]
    slowest = max(taken, key=lambda each: each.seconds)
    for error in wrong:
        print(error)
    return [
        slowest.row(f"copy of {size / 1e9:.2f} GB, slowest of {len(taken)}", 30.0),
        Row("their p50/p95 meanwhile", meanwhile.told(), f"usual {usual.told()}", meanwhile.at(0.95) / usual.at(0.95), 2.0),
        back.row("restore into an empty home", 60.0),
        over.row("restore over the base, kept aside first", 60.0),
        Row("  errors", str(len(wrong)), "", len(wrong), 0, ""),
    ]  # fmt: skip


async def _changes(server: Server, count: int, seen: list[float]) -> None:
    async with visitor(server) as one:
        await one.enter(PAGES["app"])
        for number in range(count + 1):
            if number % 1000 == 0:
                seen.append(server.memory())
            await one.change(one.options[number % len(one.options)])


def session(browser: Browser, runs: int) -> list[Row]:
    """Megabytes that the server gains in 1,000 changes of one session, after 1,000 that fill the caches."""
    with served("app") as server:
        seen: list[float] = []
        apart(_changes(server, CHANGES, seen))
    thousands = (len(seen) - 2) or 1
    growth = (seen[-1] - seen[1]) / thousands
    steps = " → ".join(f"{each:.0f}" for each in seen)
    return [
        Row(f"memory of one session, {CHANGES} changes", f"{steps} MB", "", max(growth, 0.0), 5.0, "MB/1000")
    ]
