"""Imports beside what a user would take instead: sqlite-utils to fill a database, DuckDB to cut a big file, a bare limit for a click.

The contestants take turns in processes of their own, so that a busy machine is busy for all; medians of what each process says itself.
Memory is a process's peak, less that of the same process before it begins.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks import import_files
from benchmarks.row import Row

ROOT = Path(__file__).resolve().parents[1]

_HEAD = """
import datetime as dt, json, re, sys, time
from pathlib import Path
path, folder = Path(sys.argv[1]), Path(sys.argv[2])
today = dt.date(2026, 11, 25)
def peak():  # ru_maxrss would count that of the process which launched this one
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text()).group(1)) / 1024
"""

_LOVAC = (
    _HEAD
    + """
from data.imports import pipeline
from data.imports.model import Choices
from data.opening import open_house, read_catalogue
house = open_house(today, folder)
with house.store.read() as session:
    catalogue = read_catalogue(session)
times = []
for _ in range(2):  # a server has its reference tables in memory: the first click fills them
    begun = time.perf_counter()
    draft = pipeline.prepare(path, name=path.name, choices=Choices(), house=house, catalogue=catalogue, today=today)
    times.append(time.perf_counter() - begun)
assert draft.diff is not None, draft.problems
print(json.dumps({"seconds": times[1], "first": times[0]}))
"""
)

_SIRENE = (
    _HEAD
    + """
from data.catalogue import load_catalogue
from data.imports import streaming
from data.imports.model import Choices
from data.territory import load_territory
territory, catalogue = load_territory(), load_catalogue()
table, found = streaming.head(path, Choices(), path.name, territory)
before = peak()
begun, cpu = time.perf_counter(), time.process_time()
parsed, rows = streaming.parse(
    path, found[0], Choices(), catalogue, territory, name=path.name, tell=lambda share, what: None
)
print(json.dumps({"seconds": time.perf_counter() - begun, "cpu": time.process_time() - cpu, "rows": rows,
                  "memory": peak() - before, "cells": len(parsed.cells)}))
"""
)

_DUCKDB = (
    _HEAD
    + """
import duckdb
from data.territory import load_territory
codes = ", ".join(repr(code) for code in load_territory().codes)
begun, cpu = time.perf_counter(), time.process_time()
rows = duckdb.sql(
    f"SELECT * FROM read_csv('{path}', all_varchar=true) WHERE codeCommuneEtablissement IN ({codes})"
).fetchall()
print(json.dumps({"seconds": time.perf_counter() - begun, "cpu": time.process_time() - cpu, "rows": len(rows)}))
"""
)

# The whole of France as the territory, so that every row becomes a cell; the reference keeps its own names.
_PUBLISH = (
    _HEAD
    + """
from analysis.model import LOCAL_ACTOR
from data.catalogue import load_catalogue
from data.imports import pipeline
from data.imports.model import Choices
from data.imports.publish import publish
from data.opening import House
from data.store import open_store
from data.territory import load_territory
house, catalogue = House(load_territory(), open_store(folder)), load_catalogue()
begun, cpu = time.perf_counter(), time.process_time()
draft = pipeline.prepare(path, name=path.name, choices=Choices(), house=house, catalogue=catalogue, today=today)
assert draft.diff is not None and len(draft.diff.cells) == 1_000_000, draft.problems
publish(house, LOCAL_ACTOR, draft, path, today=today)
print(json.dumps({"seconds": time.perf_counter() - begun, "cpu": time.process_time() - cpu}))
"""
)

_SQLITE_UTILS = (
    _HEAD
    + """
from sqlite_utils.cli import cli
begun, cpu = time.perf_counter(), time.process_time()
cli(["insert", str(folder / "plain.db"), "melodi", str(path), "--csv", "--delimiter", ";", "--silent"], standalone_mode=False)
print(json.dumps({"seconds": time.perf_counter() - begun, "cpu": time.process_time() - cpu}))
"""
)


def _run(code: str, path: Path, environment: dict[str, str] | None = None) -> dict[str, float]:
    """One contestant in a process and a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="zv-bench-"))
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, str(path), str(folder)],
            cwd=ROOT, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return dict(json.loads(done.stdout.splitlines()[-1]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _both(
    ours: str, beside: str, path: Path, runs: int, environment: dict[str, str] | None = None
) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """The two in turn, `runs` times."""
    pairs = [(_run(ours, path, environment), _run(beside, path)) for _ in range(runs)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _median(found: list[dict[str, float]], name: str = "seconds") -> float:
    return statistics.median(each[name] for each in found)


def imports(_browser: Browser | None, runs: int) -> list[Row]:
    """From a click to the differences, a national file cut to the territory, and a million figures published."""
    with tempfile.TemporaryDirectory(prefix="zv-files-") as name:
        folder = Path(name)
        return [*_click(folder, runs), *_cut(folder, runs), *_published(folder, min(runs, 3))]


def _click(folder: Path, runs: int) -> list[Row]:
    path = import_files.lovac(folder / "lovac.csv")
    found = [_run(_LOVAC, path) for _ in range(runs)]
    got = _median(found)
    return [
        Row(
            "LOVAC, 35,000 rows, click to diff",
            f"{got:.2f} s",
            f"first {_median(found, 'first'):.2f} s",
            got,
            3.0,
            "s",
        )
    ]


def _cut(folder: Path, runs: int) -> list[Row]:
    one = import_files.sirene(folder / "one.csv", 1_000_000)
    ours, duckdb = _both(_SIRENE, _DUCKDB, one, runs)
    a, b = _median(ours), _median(duckdb)
    memory = _median(ours, "memory")
    one.unlink()
    three = import_files.sirene(folder / "three.csv", 3_000_000)
    larger = _run(_SIRENE, three)["memory"]
    three.unlink()
    return [
        Row("SIRENE, 1,000,000 rows, cut", f"{a:.2f} s", f"DuckDB {b:.2f} s", a / b, 1.5),
        Row(
            "its memory at 3,000,000 rows",
            f"{larger:.0f} MB",
            f"at 1 M {memory:.0f} MB",
            larger / memory,
            1.2,
        ),
    ]


def _published(folder: Path, runs: int) -> list[Row]:
    path = import_files.melodi(folder / "melodi.csv", 1_000_000)
    france = import_files.france(folder / "france.toml")
    ours, plain = _both(_PUBLISH, _SQLITE_UTILS, path, runs, {"ZEVILLAGE_TERRITORY": str(france)})
    a, b = _median(ours), _median(plain)
    return [Row("1,000,000 rows read and published", f"{a:.1f} s", f"sqlite-utils {b:.1f} s", a / b, 1.0)]
