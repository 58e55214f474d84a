"""What the pages pay once is paid between the visitors' runs, and not before the first map."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from data.store import StoreError
from ui.server import warming
from ui.server.warming import Runs
from ui.settings import ROOT

_FIRST_RUNS = """
import functools, json, os, sys
import app  # as the server does
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from analysis import desk
from ui import loading
from ui.navigation import PAGES
from ui.server import warming

manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)  # a server does so once
loading.warm_up()
early = sorted(set(sys.modules) & {"altair", "holidays.countries.germany", "ui.portrait", "ui.council"})
for step in warming.steps():
    step()

from ui import charts
made = []
def counted(module, name):
    work = getattr(module, name)
    setattr(module, name, lambda *given, **named: [made.append(name), work(*given, **named)][1])
counted(charts, "kept")
counted(desk, "answer")
found = {}
for page in PAGES:
    before = set(sys.modules)
    made.clear()
    screen = AppTest.from_file(os.path.join(os.getcwd(), "app.py"), default_timeout=300)
    if page.path:
        screen.switch_page(page.file)
    screen.run()
    assert not screen.exception, (page.url, [each.message for each in screen.exception])
    found[page.url] = {"modules": sorted(set(sys.modules) - before), "work": sorted(made)}
print(json.dumps({"early": early, "later": found}))
"""


def test_a_step_stands_back_for_whoever_is_there() -> None:
    runs = Runs(pause=0.0, nobody=0.0)
    assert runs.wait_for_pause(), "nobody is there"
    reached = []
    with runs.one():
        assert not runs.wait_for_pause(patience=0.0)
        waiting = threading.Thread(target=lambda: reached.append(runs.wait_for_pause(patience=600.0)))
        waiting.start()
        assert not reached
    waiting.join()
    assert reached == [True]


def test_nobody_is_waited_for_only_so_long() -> None:
    runs = Runs(pause=0.0, nobody=600.0)
    assert not runs.wait_for_pause(patience=0.0), "the first visitor may come at any moment"
    with runs.one():
        pass
    assert runs.wait_for_pause(patience=600.0), "they came"


def test_it_ends_where_the_house_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []

    def refuse() -> None:
        taken.append("refused")
        raise StoreError("La base ne s’ouvre pas.")

    monkeypatch.setattr(warming, "steps", lambda: iter([refuse, lambda: taken.append("after")]))
    warming.warm(Runs(pause=0.0, nobody=0.0))
    assert taken == ["refused"]


def test_the_first_run_of_a_page_loads_no_module_and_makes_no_answer(tmp_path: Path) -> None:
    environ = {**os.environ, "ZEVILLAGE_HOME": str(tmp_path), "ZEVILLAGE_TODAY": "2026-05-12"}
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_RUNS],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["early"] == [], "the first map would wait for them"
    # Streamlit-folium registers its component where it is loaded: only a run may do so.
    modules = {
        url: [name for name in told["modules"] if not name.startswith("streamlit_folium")]
        for url, told in found["later"].items()
    }
    assert modules == {url: [] for url in modules}
    assert found["later"]["/"]["work"] == []
    made = [url for url, told in found["later"].items() if "answer" in told["work"]]
    assert made == ["/sources"], "it tells what the public sees, whoever asks"
