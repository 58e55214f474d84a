"""From the drop of a file on `/importer` to what it would change, in a visitor's browser."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.drive import fresh, served, visit
from benchmarks.import_files import lovac
from benchmarks.row import Row

LIMIT = 3.0


def upload(browser: Browser, runs: int) -> list[Row]:
    """A LOVAC-shaped file of every commune of France: upload, reading, recognition, matching and checks (until the second step is on
    screen), then the differences (from the click on the fifth step until they are on screen). The person's own time is not counted.
    """
    recognised, compared, worked = [], [], []
    with tempfile.TemporaryDirectory() as folder, served("app") as server:
        file = lovac(Path(folder) / "lovac-opendata-communes.csv")
        for _ in range(runs):
            context = fresh(browser)
            page = visit(context).page
            page.goto(f"{server.url}/importer")
            page.locator("input[type=file]").wait_for(state="attached")
            page.get_by_role("button", name="Fichier d'exemple").wait_for()
            before, begun = server.processor(), time.perf_counter()
            page.locator("input[type=file]").set_input_files(file)
            page.get_by_role("heading", name="De quoi s'agit-il").wait_for()
            page.get_by_text("Texte à colonnes").wait_for()
            recognised.append(time.perf_counter() - begun)
            step = page.get_by_role("button", name="5 · Ce qui va changer")
            begun = time.perf_counter()
            step.click()
            page.get_by_text("Publier ce fichier", exact=False).wait_for()
            compared.append(time.perf_counter() - begun)
            worked.append(server.processor() - before)
            context.close()
    total = statistics.median(a + b for a, b in zip(recognised, compared, strict=True))
    parts = f"{statistics.median(recognised):.2f} + {statistics.median(compared):.2f} s"
    work = statistics.median(worked)
    return [
        Row("the same, dropped on the page", f"{total:.2f} s", parts, total, LIMIT, "s"),
        Row("the server's processor time for it", f"{work:.2f} s", "", work, LIMIT, "s"),
    ]
