"""How often each fault is tried: a seeded sample in the normal tests, the whole in `make test-long`, which writes the table of figures.

ZEVILLAGE_LONG=1 asks for the whole; ZEVILLAGE_RELIABILITY names the file for the table (`benchmarks/reliability.md`).
"""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

LONG = os.environ.get("ZEVILLAGE_LONG") == "1"
Tally = Callable[[str, str, str], None]
HEAD = """# Faults: the last figures

Written by `{command}` on {day} ({machine}). Each line is a test of `tests/faults`, which fails when one case ends
otherwise; the normal tests try a small sample of the same cases, drawn from the same seeds.

| fault | tried | ended |
|---|---|---|
"""
TAIL = """
Not here, because their tests run whole each time: disk full at 20 fill levels and a base damaged at 20 random places
(`tests/data/test_trouble.py`), a restore killed at 26 named steps (`tests/data/test_restore.py`).

A moment is an event counted between the BEGIN of a write and the return of its COMMIT, never a time around it (`tests/faults/killing.py`).
SIGKILL leaves what the system has in its memory: a power cut is answered by `synchronous = FULL` and was not tried on a real disk. The
growth of one long session is `python -m benchmarks session`: a session of 24 hours in a few minutes of changes, not 24 hours.
"""


@pytest.fixture(autouse=True)
def waits_for_the_disk(durable: None) -> None:
    """What is killed here is killed while it waits, too."""


@pytest.fixture(scope="session")
def cases() -> Callable[[int, int], int]:
    """`cases(few, all)`: how many to try in this run."""
    return lambda few, every: every if LONG else few


@pytest.fixture(scope="session")
def tally(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tally]:
    """`tally(fault, tried, ended)`: a line for the table, written at the end of a run that was asked for it."""
    rows: list[tuple[str, str, str]] = []
    yield lambda *row: rows.append(row)
    target = os.environ.get("ZEVILLAGE_RELIABILITY")
    if not target:
        return
    text = HEAD.format(
        command="make test-long",
        day=dt.date.today().isoformat(),
        machine=f"{os.cpu_count()} cores, {platform.system()}",
    )
    Path(target).write_text(
        text + "".join(f"| {' | '.join(row)} |\n" for row in sorted(rows)) + TAIL, "utf-8"
    )
