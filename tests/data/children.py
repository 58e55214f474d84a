"""What tests let processes of their own do, all forked from one that has imported the application: that takes each of them a second.

Windows, where no process is forked, imports it each time.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from analysis.model import LOCAL_ACTOR, Actor
from data.imports.publish import publish
from data.opening import House
from data.store import Store, observations, open_store, record_import, tables
from data.territory import load_territory
from tests.data.imports.drafts import TODAY, figures

_WAYS = multiprocessing.get_all_start_methods()
_CONTEXT: Any = multiprocessing.get_context("forkserver" if "forkserver" in _WAYS else "spawn")
# The driver too, which SQLAlchemy imports when the first PostgreSQL is opened; where it is not installed, nothing is imported.
_CONTEXT.set_forkserver_preload([__name__, "tests.data.writers", "psycopg"])


def started(target: Callable[..., None], *given: object) -> tuple[BaseProcess, Connection]:
    """A process that does `target`, and the end of a pipe whose other end `target` is given before `given`."""
    here, there = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=target, args=(there, *given), daemon=True)
    # It would begin by running again what runs here: AppTest leaves app.py under that name, and with it all of Streamlit.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        process.start()
    there.close()
    return process, here


def together(target: Callable[..., None], given: Sequence[tuple[object, ...]]) -> list[Any]:
    """What processes told last, in their order: one for each of `given`, which say "here" and then go on at one instant.

    `target` tells one thing more at its end, or nothing (None here).
    """
    workers = [started(target, *each) for each in given]
    for _, worker in workers:
        assert worker.recv() == "here"
    for _, worker in workers:
        worker.send("go")
    told: list[Any] = []
    for process, worker in workers:
        try:
            told.append(worker.recv())
        except EOFError:  # it told nothing; whether it failed says its exit code
            told.append(None)
        process.join()
        assert process.exitcode == 0
    return told


def open_and_write(parent: Connection, home: Path, url: str | None, name: str, turns: int) -> None:
    """Once told to, open a store and add `turns` events, a transaction each; tells the copy that was made before migrating."""
    parent.send("here")
    parent.recv()
    store = open_store(home, url=url)
    event = {"origin": "real", "on": dt.date(2026, 5, 12), "kind": "other", "title": "essai"}
    for turn in range(turns):
        with store.write(Actor(name, "")) as session:
            session.insert(tables.event, {**event, "id": f"{name}-{turn}"})
    parent.send(store.copied_before_migration)
    store.close()


def _of_small_memory(home: Path) -> Store:
    """A store that writes to the disk before it commits, as it does of a large import, from 200 kB on."""
    store = open_store(home)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA cache_size = -200")
    return store


def import_without_end(parent: Connection, home: Path) -> None:
    """Lay more cells than the database keeps in memory, and never commit."""
    store = _of_small_memory(home)
    frame = pd.DataFrame(
        {"indicator": [f"i{k}" for k in range(20_000)], "commune": "61224", "period": "2022"}
    )
    with store.write(LOCAL_ACTOR) as session:
        record_import(session, frame.assign(value=1.0, status="observed"), kind="file", label="big")
        parent.send("written")
        parent.recv()


def publish_without_end(parent: Connection, home: Path, file: Path) -> None:
    """Publish more cells than the database keeps in memory as far as past their middle."""
    observations._BLOCK = 4_000
    house = House(load_territory(), _of_small_memory(home))
    draft = figures(house, file, *(("x", "61013", f"{n:06d}", float(n), "observed") for n in range(20_000)))

    def say(share: float, _what: str) -> None:
        if share > 0.5:
            parent.send(share)
            parent.recv()

    publish(house, LOCAL_ACTOR, draft, file, today=TODAY, progress=say)
