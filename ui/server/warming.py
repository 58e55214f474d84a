"""What the first visit of each page would pay for once, paid between the visitors' runs after the door has opened.

`ui.loading.warm_up` loads what the map needs before anybody is let in; the rest would only make that wait longer. A thread takes it up in
small steps: the modules that each page imports, then the home page's figures and charts. It lets visitors go first: it begins a moment
after the first run, or later where nobody came, and stands back before each step while a run is going on.
"""

from __future__ import annotations

import ast
import importlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from analysis.model import Audience
from data.opening import REFUSALS
from ui import loading, place
from ui.navigation import PAGES
from ui.server import heap
from ui.settings import ROOT

THREAD = "warming"
PAUSE = 1.0
"""Seconds without a run before a step: the map of whoever came last is painted by then."""
NOBODY = 5.0
"""Seconds after the start before the first step, when nobody came."""
PATIENCE = 2.0
"""Seconds that one step waits at most: in a room that never rests, the pages are still warm within a minute or two."""

LATER = (
    "PIL.ImageFile",  # the icon of the page
    "streamlit.components.v1.component_arrow",
    "streamlit.material_icon_names",
    "streamlit.runtime.scriptrunner.magic_funcs",
)
"""Modules that libraries load when they are first used, by name."""


class Runs:
    """The runs of pages that are going on, so that what is not urgent stands back for them."""

    def __init__(self, pause: float = PAUSE, nobody: float = NOBODY) -> None:
        self._pause = pause
        self._changed = threading.Condition()
        self._going = 0
        self._free_at = time.monotonic() + nobody

    @contextmanager
    def one(self) -> Iterator[None]:
        """A run is going on in this block."""
        with self._changed:
            self._going += 1
        try:
            yield
        finally:
            with self._changed:
                self._going -= 1
                self._free_at = time.monotonic() + self._pause
                self._changed.notify_all()

    def wait_for_pause(self, patience: float = PATIENCE) -> bool:
        """Wait until no run has been going on for a moment, `patience` seconds at most; whether that was reached."""
        end = time.monotonic() + patience
        with self._changed:
            while (now := time.monotonic()) < end:
                if not self._going and now >= self._free_at:
                    return True
                self._changed.wait((end if self._going else min(end, self._free_at)) - now)
            return False


RUNS = Runs()
"""The runs of this process."""


def steps() -> Iterator[Callable[[], object]]:
    """What there is to do, in the order in which a visitor will miss it."""
    home, *others = PAGES
    audience = Audience.ANIMATEUR if place.read().one_machine else Audience.PUBLIC
    yield partial(load_imports, home.file)
    for name in LATER:
        yield partial(importlib.import_module, name)
    for look in tuple(loading.FIRST_LOOKS):  # declared by what was just loaded
        yield partial(_look, look, audience)
    for page in others:
        yield partial(load_imports, page.file)
    yield loading.borders
    for indicator in loading.desk().indicators:
        yield partial(_answers, indicator, audience)
    yield heap.WARM.freeze


def load_imports(file: str) -> None:
    """Load the modules that the script of a page imports, without running the page."""
    path = ROOT / file
    script = ast.parse(path.read_text(encoding="utf-8"), str(path))
    script.body = [each for each in script.body if isinstance(each, ast.Import | ast.ImportFrom)]
    exec(compile(script, str(path), "exec"), {"__name__": "__warming__"})


def _look(look: Callable[[loading.Desk, Audience], object], audience: Audience) -> None:
    """Ask what is known when the step is taken: somebody may have written since the thread began."""
    look(loading.desk(), audience)


def _answers(indicator: str, audience: Audience) -> None:
    """Every period of an indicator: the portraits, the pages of a theme and the page of sources read them."""
    entry = loading.desk().indicators.get(indicator)
    for period in entry.periods if entry is not None else ():
        loading.answer(indicator, period, audience)


def warm(runs: Runs = RUNS) -> None:
    """Take the steps, each when nobody is waiting. Ends where the house no longer opens: the pages say why."""
    runs.wait_for_pause(NOBODY)
    try:
        for step in steps():
            runs.wait_for_pause()
            step()
    except REFUSALS:
        return


def start() -> None:
    """`warm` in a thread of its own."""
    threading.Thread(target=warm, name=THREAD, daemon=True).start()
