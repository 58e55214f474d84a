"""Reading: a million clean rows with the whole contract beside pandas' C reader, and the memory of blocks from one to three millions.

`python -m benchmarks.reading FILE` reads one file by blocks and prints the most memory that took, in MB: a process of its own, so that
nothing before it counts.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from playwright.sync_api import Browser

from benchmarks.row import Row
from data.imports.reading import read_blocks, read_table

MILLION = 1_000_000
HEADER = "code;nom;annee;logements;vacants;taux;statut;date"


def _cells(i: int) -> list[str]:
    name = "Saint-Aubin-d'Appenai" if i % 3 else "Le Mêle-sur-Sarthe"
    rate = f"{i % 100},{i % 10}"
    secret = "s" if i % 5 else ""
    return [
        f"{i % 97_000:05d}",
        name,
        f"{2010 + i % 15}",
        f"{i % 9_999}",
        f"{i % 997}",
        rate,
        secret,
        "2026-06-30",
    ]


def write(path: Path, rows: int, quote: str = "") -> Path:
    """A table of `rows` rows such as INSEE publishes them; `quote` goes around every cell."""
    join = f"{quote};{quote}"
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(quote + HEADER.replace(";", join) + quote + "\n")
        for start in range(0, rows, 10_000):
            lines = (join.join(_cells(i)) for i in range(start, min(rows, start + 10_000)))
            file.write("".join(f"{quote}{line}{quote}\n" for line in lines))
    return path


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _peak(path: Path) -> float:
    """Megabytes at most while a fresh process reads `path` by blocks."""
    command = [sys.executable, "-m", "benchmarks.reading", str(path)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def reading(_: Browser, runs: int) -> list[Row]:
    """The two readers take turns, so that a busy machine is busy for both."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for quote, how in (("", "bare"), ('"', "quoted")):
            path = write(Path(folder, f"{how}.csv"), MILLION, quote)
            ours, pandas = [], []
            for _turn in range(runs):
                ours.append(_seconds(lambda path=path: read_table(path)))  # type: ignore[misc]
                pandas.append(_seconds(lambda path=path: pd.read_csv(path, sep=";", dtype=str, engine="c")))  # type: ignore[misc]
            a, b = statistics.median(ours), statistics.median(pandas)
            rows.append(Row(f"read 1,000,000 {how} rows", f"{a:.2f} s", f"pandas {b:.2f} s", a / b, 2.0))
        one, three = (_peak(write(Path(folder, "blocks.csv"), millions * MILLION)) for millions in (1, 3))
        growth = 100 * (three - one) / one
        rows.append(
            Row("memory of blocks, 1 → 3 million", f"{three:.0f} MB", f"one {one:.0f} MB", growth, 10, "%")
        )
    return rows


if __name__ == "__main__":
    for _block in read_blocks(sys.argv[1]):
        pass
    found = re.search(
        r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text()
    )  # ru_maxrss would count the parent's
    print(int(found.group(1)) / 1024 if found else "nan")
