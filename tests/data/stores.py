"""Homes copied from one that was made once: making the tables costs a tenth of a second, filling them as much again, a copy a hundredth."""

from __future__ import annotations

import datetime as dt
import functools
import shutil
import tempfile
from contextlib import closing
from pathlib import Path

from analysis.model import SYSTEM_ACTOR
from data.demo import CONFIRMATION, empty_demo
from data.opening import open_house
from data.store import open_store


@functools.cache
def _template() -> tempfile.TemporaryDirectory[str]:
    """A home with an empty store; gone with the process."""
    folder = tempfile.TemporaryDirectory(prefix="zevillage-empty-")
    open_store(Path(folder.name)).close()
    return folder


def empty_home(to: Path) -> Path:
    """`to` (new, or an empty folder) as a home whose store is empty and up to date."""
    return Path(shutil.copytree(_template().name, to, dirs_exist_ok=True))


@functools.cache
def _demonstration(today: dt.date) -> tempfile.TemporaryDirectory[str]:
    """A home filled with the shipped figures and the demonstration; gone with the process."""
    folder = tempfile.TemporaryDirectory(prefix="zevillage-demonstration-")
    open_house(today, Path(folder.name)).store.close()
    return folder


@functools.cache
def _begun() -> tempfile.TemporaryDirectory[str]:
    """A home whose demonstration was emptied; gone with the process."""
    folder = tempfile.TemporaryDirectory(prefix="zevillage-begun-")
    home = demonstration_home(Path(folder.name))
    with closing(open_store(home)) as store:
        empty_demo(store, SYSTEM_ACTOR, CONFIRMATION)
    return folder


def begun_home(to: Path) -> Path:
    """`to` (new, or an empty folder) as the home of a network that begins: the shipped figures, the demonstration emptied."""
    return Path(shutil.copytree(_begun().name, to, dirs_exist_ok=True))


def demonstration_home(to: Path, today: dt.date = dt.date(2026, 5, 12)) -> Path:
    """`to` (new, or an empty folder) as a home as the first start on the day `today` leaves it."""
    return Path(shutil.copytree(_demonstration(today).name, to, dirs_exist_ok=True))
