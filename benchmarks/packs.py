"""Territories larger than the one that comes with the project: filled from national files, and every page of them.

Each measure in a process of its own, whose processor time is counted too: on a busy machine it is what the work itself costs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import import_files
from benchmarks.row import Row

ROOT = Path(__file__).resolve().parents[1]
ORNE, SOMME = "61", "80"
"""381 and 771 communes."""
SIRENE_ROWS = 1_000_000

_MAKE = """
import datetime as dt, json, re, sys, time
from pathlib import Path
from data import packs
from data.opening import open_house
from data.packs.fill import fill
from data.packs.make import of_departement, write
departement, folder, *files = sys.argv[1:]
folder = Path(folder)
def peak():  # since the last one: each file has its own
    found = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text()).group(1)) / 1024
    Path("/proc/self/clear_refs").write_text("5")
    return found
write(of_departement(departement), folder / "pack", 2020)
house = open_house(dt.date(2026, 5, 12), folder / "home", packs.named(str(folder / "pack")))
peak()
before = peak()
told = []
begun, cpu = time.perf_counter(), time.process_time()
for each in fill(house, [Path(each) for each in files], dt.date(2026, 5, 12)):
    assert each.number is not None, (each.path, each.why)
    told.append({"seconds": time.perf_counter() - begun, "cpu": time.process_time() - cpu, "memory": peak() - before})
print(json.dumps(told))
"""

_PAGES = """
import functools, json, os, statistics, sys, time
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from ui.navigation import PAGES
from streamlit import config
from ui import loading
from ui.server import warming
config.set_option("runner.postScriptGC", False)  # as the server does (`ui.server.heap`)
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)  # a server does so once
loading.warm_up()  # likewise, before its first visitor
for step in warming.steps():  # and beside them
    step()
runs = int(sys.argv[1])
found = {}
for page in PAGES:
    screen = AppTest.from_file("app.py", default_timeout=300)
    if page.path:
        screen.switch_page(page.file)
    cpu = time.process_time()
    screen.run()
    first = time.process_time() - cpu
    assert not screen.exception, (page.url, [each.message for each in screen.exception])
    again = []
    for _ in range(runs):
        cpu = time.process_time()
        screen.run()
        again.append(time.process_time() - cpu)
    found[page.url] = (first, statistics.median(again))
print(json.dumps(found))
"""


def _run(code: str, *arguments: str, environ: dict[str, str] | None = None) -> Any:
    """What a process of its own printed last, as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT, env={**os.environ, **(environ or {})}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


def packs(_browser: object, runs: int) -> list[Row]:
    """A département of 381 communes filled from files of all France, from one of three times the rows, and from as many again of other
    editions, whose memory stands beside that of the first; every page of it, and of one of 771.
    """
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        files = [
            import_files.census(folder / "base-cc-logement-2021.CSV"),
            import_files.lovac(folder / "lovac.csv"),
            import_files.sirene(folder / "StockEtablissement_utf8.csv", SIRENE_ROWS),
        ]
        rows.append(_larger(folder / "larger", files[-1]))
        rows.append(_one_after_another(folder / "flat", files))
        for departement, limit in ((ORNE, 0.5), (SOMME, 2.0)):
            home = folder / departement
            home.mkdir()
            told = _run(_MAKE, departement, str(home), *map(str, files))
            got, most = told[-1], max(each["memory"] for each in told)
            what = f"fill département {departement} from France"
            rows.append(Row(what, f"{got['seconds']:.1f} s", f"{most:.0f} MB", got["cpu"], 60, "s of cpu"))
            environ = {
                "ZEVILLAGE_TERRITORY": str(home / "pack"),
                "ZEVILLAGE_HOME": str(home / "home"),
                "ZEVILLAGE_TODAY": "2026-05-12",
            }
            for url, (first, again) in _run(_PAGES, str(runs), environ=environ).items():
                name = f"{url}, département {departement}"
                rows.append(Row(name, f"{again:.3f} s", f"first {first:.2f} s", again, limit, "s of cpu"))
    return rows


def _larger(folder: Path, usual: Path) -> Row:
    """The most memory beyond the process's own while a file of three times as many rows fills a pack, beside that of the usual one."""
    folder.mkdir()
    large = import_files.sirene(folder / usual.name, 3 * SIRENE_ROWS)
    found = []
    for name, each in (("three", large), ("one", usual)):
        (folder / name).mkdir()
        found.append(_run(_MAKE, ORNE, str(folder / name), str(each))[-1]["memory"])
    large.unlink()
    what = f"memory of filling from {3 * SIRENE_ROWS:,} rows"
    return Row(what, f"{found[0]:.0f} MB", f"a third {found[1]:.0f} MB", found[0] / found[1], 1.1)


def _one_after_another(folder: Path, files: list[Path]) -> Row:
    """The most memory beyond the process's own while files of France fill a pack, and while as many of other editions do after them."""
    folder.mkdir()
    others = [
        import_files.census(folder / "base-cc-logement-2020.CSV", 2020),
        import_files.lovac(folder / "lovac-2024.csv", 2024),
        import_files.sirene(folder / "StockEtablissement_next_utf8.csv", SIRENE_ROWS, import_files.SEED + 1),
    ]
    told = [each["memory"] for each in _run(_MAKE, ORNE, str(folder), *map(str, [*files, *others]))]
    first, last = max(told[: len(files)]), max(told[len(files) :])
    print("memory of each file:", ", ".join(f"{each:.0f} MB" for each in told))
    what = f"memory of the last three of {len(told)} files"
    return Row(what, f"{last:.0f} MB", f"first three {first:.0f} MB", last / first, 1.1)
