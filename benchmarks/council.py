"""The supports of a séance: ten views on every one of them, the sheets of all communes, the deck opened from the disk.

Made in a process of its own on the demonstration, as the server makes them when they are asked for; what stands beside is the time in
which a clerk would still wait.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from playwright.sync_api import Browser

from benchmarks.row import Row

_MADE = """
import datetime as dt, json, os, resource, sys, time
from pathlib import Path
from analysis.model import LOCAL_ACCOUNT, Audience
from data import council
from ui import loading, map_views, run
from ui.council import compose, portraits, presets, supports
from ui.council.handover import _sheets

out, desk = Path(sys.argv[1]), loading.desk()
views = [view for each in ("logement", "cinq-minutes") for view in presets.views(desk, each)]
id_ = council.create_briefing(loading.store(), LOCAL_ACCOUNT, title="Conseil", on=dt.date(2026, 12, 3), views=views[:10]).subject
with loading.store().read() as session:
    briefing = council.briefing(session, LOCAL_ACCOUNT, id_)
found = {"views": len(briefing.views)}
map_views.ground()
with run.as_one():
    deck = compose.deck(loading.desk(), briefing)
    shown = portraits.every(loading.desk(), briefing.audience)
    for support in supports.SUPPORTS:
        begun = time.perf_counter()
        made = support.make(deck, map_views.ground(), lambda: shown)
        found[support.id] = time.perf_counter() - begun
        (out / f"{support.id}.{support.ending}").write_bytes(made)
        found[f"{support.id} bytes"] = len(made)
found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
begun = time.perf_counter()
_sheets(Audience.PUBLIC)
found["sheets"] = time.perf_counter() - begun
print(json.dumps(found))
"""
FOUR = ("pdf", "slides", "workbook", "deck")


def made(folder: Path) -> dict[str, Any]:
    """Seconds and bytes of each support of ten views, MB of the process, seconds of the sheets; the files stand in `folder`."""
    home = folder / "home"
    settings = {**os.environ, "ZEVILLAGE_HOME": str(home), "ZEVILLAGE_TODAY": "2026-05-12"}
    done = subprocess.run(
        [sys.executable, "-c", _MADE, str(folder)], env=settings, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def opened(browser: Browser, deck: Path) -> float:
    """Seconds until the deck, opened from the disk, shows its title."""
    page = browser.new_page()
    begun = perf_counter()
    page.goto(deck.as_uri())
    page.get_by_role("heading", level=1).first.wait_for()
    seconds = perf_counter() - begun
    page.close()
    return seconds


def council(browser: Browser, runs: int) -> list[Row]:
    """The whole of it; the supports are made up to three times."""
    seen, first = [], []
    for _ in range(min(runs, 3)):
        with tempfile.TemporaryDirectory() as folder:
            seen.append(made(Path(folder)))
            first.append(opened(browser, Path(folder) / "deck.html"))

    def middle(name: str) -> float:
        return statistics.median(float(each[name]) for each in seen)

    four = statistics.median(sum(float(each[name]) for name in FOUR) for each in seen)
    parts = ", ".join(f"{name} {middle(name):.1f}" for name in FOUR)
    views = int(middle("views"))
    return [
        Row(f"{views} views: PDF, PPTX, XLSX, HTML", f"{four:.1f} s", parts, four, 10.0, "s"),
        Row("  memory of that process", f"{middle('memory'):.0f} MB", "", middle("memory"), 500.0, "MB"),
        Row("sheets of all communes", f"{middle('sheets'):.1f} s", "", middle("sheets"), 30.0, "s"),
        Row(
            "deck opened from the disk",
            f"{statistics.median(first):.2f} s",
            "",
            statistics.median(first),
            1.0,
            "s",
        ),
        Row(
            "deck, weight", f"{middle('deck bytes') / 1e6:.2f} MB", "", middle("deck bytes") / 1e6, 1.0, "MB"
        ),
    ]
