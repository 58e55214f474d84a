"""Server time of each page's rerun with a large network, and of the counts and readings behind it.

The network: twelve demonstrations of different seeds in one store, about 500 members present and 1,000 since the beginning, 23 years.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from benchmarks.row import Row

if TYPE_CHECKING:
    from analysis.declared import Rows

ROOT = Path(__file__).resolve().parents[1]
TODAY = dt.date(2026, 5, 12)
SEEDS = range(12)


def timed(work: Callable[[], object], runs: int) -> float:
    """Median seconds of `work`, after one run that fills the caches."""
    work()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def fill(home: Path) -> None:
    """A store in `home` whose demonstration holds the networks of all `SEEDS`, their ids kept apart."""
    from analysis.model import SYSTEM_ACTOR
    from data.demo import demo_of
    from data.opening import open_house
    from data.store import tables

    house = open_house(TODAY, home)
    for seed in SEEDS:
        network = demo_of(house.territory, TODAY, seed)
        with house.store.write(SYSTEM_ACTOR) as session:
            for table in tables.NETWORK:
                references = {"id", *(key.parent.name for key in table.foreign_keys)}
                names = {name for row in network[table.name] for name in row}
                rows = [{"origin": "demo", **dict.fromkeys(names), **row} for row in network[table.name]]
                for row in rows:
                    row.update(
                        {n: f"{seed}-{row[n]}" for n in references & set(row) if isinstance(row[n], str)}
                    )
                session.insert_many(table, rows)
    house.store.close()


def pages(_browser: object, runs: int) -> list[Row]:
    """Reruns of every page of the menu, of the map in each of its modes, of the network's questions, and of a step of its replay."""
    from ui.map_views import MODES
    from ui.navigation import PAGES
    from ui.network.sections import sections

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home)
        os.environ.update(ZEVILLAGE_HOME=str(home), ZEVILLAGE_TODAY=TODAY.isoformat())
        rows = [_rerun(f"of {page.url}, 500 members", page.file if page.path else "", runs) for page in PAGES]
        # The indicator with the most vintages, counted from the network's own rows.
        rows += [
            _rerun(f"of /carte in the mode {mode}", "pages/carte.py", runs, mode=mode, indicateur="members")
            for mode in MODES
        ]
        rows += [
            _rerun(f"of /reseau, question {section}", "pages/reseau.py", runs, section=section)
            for section in sections()
        ]
        return [*rows, _replay_step(runs)]


def _screen(file: str, **query: str) -> Any:
    from streamlit.testing.v1 import AppTest

    screen = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300)
    if file:
        screen.switch_page(file)
    screen.query_params.update(query)
    return screen


def opened(file: str, **query: str) -> Any:
    """A page of the application as one visitor has it open, without a server; it shows no error."""
    screen = _screen(file, **query).run()
    assert not screen.exception, screen.exception
    return screen


def _rerun(what: str, file: str, runs: int, **query: str) -> Row:
    got = timed(_screen(file, **query).run, runs)
    return Row(f"rerun {what}", f"{got:.3f} s", "", got, 0.3, "s")


def _replay_step(runs: int) -> Row:
    """One month further by the slider. The whole page runs here; in a browser the step's own fragment does, which is less."""
    screen = _screen("pages/reseau.py", section="rejouer", mois="2010-01")
    screen.run()
    years = iter(range(2011, 2011 + runs + 1))

    def step() -> None:
        screen.select_slider[0].set_value(f"{next(years)}-01").run()

    got = timed(step, runs)
    return Row("step of the replay, 500 members", f"{got:.3f} s", "", got, 0.2, "s")


def pieces(_browser: object, runs: int) -> list[Row]:
    """What the pages stand on: reading cells and communes, counting and protecting people."""
    from analysis import declared
    from analysis.model import Audience, Thresholds
    from data import reference
    from data.store import current_observations, ensure_shipped, open_store

    keys = [(f"i{i}", f"61{c:03d}", str(1990 + p)) for i in range(50) for c in range(20) for p in range(20)]
    frame = pd.DataFrame(keys, columns=["indicator", "commune", "period"]).assign(
        value=1.0, status="observed"
    )
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        ensure_shipped(store, frame, "big", "x")

        def read() -> pd.DataFrame:
            with store.read() as session:
                return current_observations(session)

        got = timed(read, runs)
        rows = [Row("read 20,000 current cells", f"{got:.3f} s", "", got, 0.05, "s")]
        store.close()
    codes = sorted(reference.commune_names())
    starts = iter(range(0, 20 * (runs + 2), 20))
    got = timed(lambda: reference.communes(codes[(at := next(starts)) : at + 20]), runs)
    rows.append(Row("read 20 communes with contours", f"{got:.3f} s", "", got, 0.1, "s"))
    rows_, names, groups = large_register()
    today, limits = dt.date(2026, 5, 12), Thresholds()
    for audience in (Audience.PUBLIC, Audience.ELU):
        got = timed(partial(declared.release, rows_, names, groups, 2007, today, audience, limits), runs)
        rows.append(
            Row(
                f"the declared list, 381 communes × 20 years, {audience.value}",
                f"{got:.3f} s",
                "",
                got,
                1.0,
                "s",
            )
        )
    return [*rows, *_places(runs)]


def _places(runs: int) -> list[Row]:
    """The communes of a national file, by code and by name in capitals."""
    from data import reference
    from data.imports.places import match_places
    from data.territory import load_territory

    territory, names = load_territory(), reference.commune_names()
    capitals = [name.upper() for name in names.values()]
    rows = []
    for what, texts in (("code", list(names)), ("name", capitals)):
        match_places(texts, territory)  # the index of names is read once a server
        got = timed(partial(match_places, texts, territory), runs)
        rows.append(Row(f"match {len(texts):,} communes by {what}", f"{got:.3f} s", "", got, 0.5, "s"))
    return rows


def large_register() -> tuple[Rows, list[str], dict[str, list[str]]]:
    """8,000 members and files over 20 years in 381 communes and 20 groups, consents and moves at random (seeded)."""
    import numpy as np

    from analysis.declared import Rows
    from analysis.vocabulary import CONTACT_KINDS, EVENT_KINDS

    random, count = np.random.default_rng(1), 8_000
    codes = [f"c{i}" for i in range(381)]
    groups = {f"g{i}": codes[i * 20 : i * 20 + 20] for i in range(20)}
    arrived = pd.Timestamp(2006, 1, 1) + pd.to_timedelta(random.integers(0, 7_400, count), unit="D")
    left = (arrived + pd.to_timedelta(random.exponential(3_000, count).astype(int), unit="D")).to_series()
    stays = pd.DataFrame(
        {
            "member": random.integers(0, count * 3 // 4, count).astype(str),
            "commune": random.choice(codes, count),
            "arrived": arrived,
            "left": left.where(left < pd.Timestamp(2026, 5, 1)).to_numpy(),
            "public": random.random(count) < 0.4,
        }
    )
    files = pd.DataFrame({"received": arrived, "wished_commune": random.choice(codes, count)})
    contacts = pd.DataFrame(
        {
            "person": [f"p{i}" for i in range(400)],
            "kind": random.choice(list(CONTACT_KINDS), 400),
            "public": False,
        }
    )
    events = pd.DataFrame(
        {
            "member": [f"m{i}" for i in range(4_000)],
            "on": arrived[:4_000],
            "kind": random.choice(list(EVENT_KINDS), 4_000),
            "hours": 2.0,
            "jobs": 1,
            "public": random.random(4_000) < 0.4,
        }
    )
    return Rows(stays, files, contacts, events), codes, groups
