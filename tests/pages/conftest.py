"""Each page test gets a store on a fixed day, and the screen as AppTest sees it. How homes are shared: `tests/homes.py`."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.model import SYSTEM_ACTOR
from data.demo import CONFIRMATION, empty_demo
from data.opening import open_house
from data.store import Store
from tests.homes import SharedHome, Template, copied, forget, settings, unknown, wants_its_own
from tests.pages.screens import Open, opened
from ui import charts

TODAY = "2026-05-12"


@pytest.fixture(scope="session", autouse=True)
def copies_of_these_pages(known_copies: None) -> None:
    """`known_copies`, for every test here."""


@pytest.fixture(scope="session", autouse=True)
def charts_checked() -> Iterator[None]:
    """Every chart that a page shows here is one that Vega-Lite's schema knows, or the page breaks: the application does not ask, which
    would be half of what a chart costs (`ui.charts`). Asked once of charts that differ in figures alone.
    """
    read = charts.as_read
    known: set[str] = set()

    def checked(chart: charts.Chart) -> dict[str, Any]:
        spec = read(chart)
        laid_out = {name: part for name, part in spec.items() if name != "datasets"}
        shape = re.sub(r"data-[0-9a-f]+|[0-9]+(\.[0-9]+)?", "", json.dumps(laid_out, sort_keys=True))
        if shape not in known:
            chart.to_dict()
            known.add(shape)
        return spec

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(charts, "as_read", checked)
        yield


@pytest.fixture(scope="session")
def demonstration_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A home filled with the demonstration, to be copied."""
    home = tmp_path_factory.mktemp("template-demonstration")
    return _closed(open_house(dt.date.fromisoformat(TODAY), home).store)


@pytest.fixture(scope="session")
def emptied_template(demonstration_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The same, the demonstration emptied."""
    home = copied(demonstration_template.home, tmp_path_factory.mktemp("template-emptied"))
    store = open_house(dt.date.fromisoformat(TODAY), home).store
    empty_demo(store, SYSTEM_ACTOR, CONFIRMATION)
    return _closed(store)


def _closed(store: Store) -> Template:
    """The home of a store that nobody opens any more."""
    revision = store.revision()
    store.close()
    return Template(store.home, revision)


@pytest.fixture(scope="module")
def shared(
    demonstration_template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SharedHome]:
    """The home of the tests of a module that only look."""
    yield SharedHome(demonstration_template, lambda: tmp_path_factory.mktemp("shared"))
    forget()


@pytest.fixture
def fresh(tmp_path: Path, demonstration_template: Template, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A home of the test's own, filled with the demonstration; caches of other tests forgotten."""
    yield from _own(demonstration_template, tmp_path, request)


@pytest.fixture
def emptied(tmp_path: Path, emptied_template: Template, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The same, the demonstration emptied: a real register with nobody in it yet."""
    yield from _own(emptied_template, tmp_path, request)


def _own(template: Template, folder: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A test's own copy of a template, and its settings."""
    patched = "monkeypatch" in request.fixturenames
    home = template.copy(folder, patched=patched)
    if patched:
        # On the test's own patches: they are taken back in one order.
        patch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
        patch.setenv("ZEVILLAGE_HOME", str(home))
        patch.setenv("ZEVILLAGE_TODAY", TODAY)
        forget()
        yield home
    else:
        with settings(home, TODAY=TODAY):
            forget()
            yield home
    forget()


@pytest.fixture
def home(request: pytest.FixtureRequest) -> Iterator[Path]:
    """The home that a test looks at: its own when it asks for one or patches the application, else the module's."""
    if wants_its_own(request.fixturenames, ("fresh", "emptied")):
        own = "emptied" if "emptied" in request.fixturenames else "fresh"
        yield request.getfixturevalue(own)
        return
    shared: SharedHome = request.getfixturevalue("shared")
    with shared.looked_at() as looked_at, settings(looked_at, TODAY=TODAY):
        yield looked_at


@pytest.fixture
def cold(home: Path) -> None:
    """For a test that changes how everything is read: nothing that was read of other copies is given to its home."""
    unknown(home)


SECOND_TERRITORY = """
id = "ailleurs"
name = "Ailleurs"
communes = ["50218", "50147"]

[network]
name = "Ailleurs"
first_year = 2020

[search]
days = 5
call_every_days = 1
silent_after_days = 4

[[clocks]]
step = "received"
target = 1
reminder = 2
late = 3
for_what = "un premier appel"
"""
"""Two communes of another département, with delays and a clock of their own."""


@pytest.fixture
def elsewhere(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A second territory on show, its home filled with a demonstration at the first look; that home. Set after the home of other tests."""
    file = tmp_path / "territory.toml"
    file.write_text(SECOND_TERRITORY, encoding="utf-8")
    monkeypatch.setenv("ZEVILLAGE_TERRITORY", str(file))
    monkeypatch.setenv("ZEVILLAGE_HOME", str(tmp_path / "elsewhere"))
    forget()
    return tmp_path / "elsewhere"


@pytest.fixture
def elsewhere_emptied(elsewhere: Path) -> Path:
    """The same, the demonstration emptied: a real register with nobody in it yet."""
    store = open_house(dt.date.fromisoformat(TODAY)).store
    empty_demo(store, SYSTEM_ACTOR, CONFIRMATION)
    store.close()
    return elsewhere


@pytest.fixture
def open_page(home: Path) -> Open:
    """`open_page("carte", indicateur="members")`: the page of that file, with its query parameters, on the home of the test."""
    return opened
