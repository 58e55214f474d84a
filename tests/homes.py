"""Home folders for the tests of screens: filled once and copied, and shared by the tests that only look.

Filling a home costs half a second and a screen's first visit as much again. A test that only looks finds a home others have looked at,
and the caches warm; a test that asks for a home of its own, or that patches the application, gets a copy and the caches of screens cold. A
shared home that a test has changed after all is not used again, whatever the test was thought to do.

A copy holds what its template holds, at the same revision. So what was read and computed of the one is what would be read and computed of
the other: the application finds it as if it had opened the same database before (`Template`), and reads again what a test changes, as it
does for anybody.
"""

from __future__ import annotations

import hashlib
import inspect
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.caching import cache_resource_api
from streamlit.runtime.caching.cache_resource_api import ResourceCache

from analysis.calendar import network_periods
from analysis.desk import Desk, make_desk
from data.opening import House, first_year, read_all
from data.packs import Pack
from data.territory import Territory
from ui import clock, loading


def forget() -> None:
    """Empty every cache of the application. What was made of a copy that is still as its template stays for other copies (`Template`)."""
    if _SEEN:
        house, template = _SEEN.pop()
        template.learn(house)
    st.cache_resource.clear()
    st.cache_data.clear()


def content(home: Path) -> dict[str, str]:
    """The digest of every file under `home`, by relative path, but for what SQLite makes for readers: its shared memory, an empty log."""
    return {
        file.relative_to(home).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(home.rglob("*"))
        if file.is_file()
        and not file.name.endswith("-shm")
        and not (file.name.endswith("-wal") and not file.stat().st_size)
    }


def copied(template: Path, to: Path) -> Path:
    """A copy of a filled home in `to`, which may exist if it is empty."""
    shutil.copytree(template, to, dirs_exist_ok=True)
    return to


class Template:
    """A filled home to be copied, and what the application read and computed of its copies."""

    def __init__(self, home: Path, revision: int) -> None:
        """`revision`: that of its store."""
        self.home = home
        self._revision = revision
        self._about: tuple[Territory, Pack] | None = None
        self._answers: dict[Any, tuple[int, Any]] = {}
        self._desk: Desk | None = None
        self._caches: dict[str, ResourceCache[Any]] = {}

    def copy(self, to: Path, *, patched: bool = False) -> Path:
        """A copy in `to`, which may exist if it is empty. `patched`: for a test that patches the application."""
        _COPIES[to.resolve()] = (self, patched)
        return copied(self.home, to)

    def give(self, house: House, *, patched: bool) -> None:
        """Let the application know of a copy, which it just opened, what it knew of others: unless it was written in before, or is shown
        as another territory. What a patched application makes of it stays its own.
        """
        if house.store.revision() != self._revision:
            return
        about = (house.territory, house.pack)
        if self._desk is None and not patched:
            _, known = read_all(house, network_periods(first_year(house), clock.today()))
            self._about, self._answers = about, dict(house.store.kept._answers)
            self._desk = make_desk(known, clock.today(), self._revision)
        if self._desk is not None and self._about == about:
            house.store.kept._answers.update(self._answers)
            loading._latest()["desk"] = apart(self._desk) if patched else self._desk
            if not patched:
                fill_caches(_caches(), self._caches)
                _SEEN[:] = [(house, self)]
                house.store.after_commit.append(lambda: self.learn(house, commits=1))

    def learn(self, house: House, commits: int = 0) -> None:
        """Take over what the application made of a copy in which nobody has written since it was opened, but for the last `commits`, of
        which nothing is kept yet; of any other, what is of the territory alone.
        """
        as_it_was = house.store.revision() == self._revision + commits
        kept = {key: cache for key, cache in _caches().items() if as_it_was or of_the_territory(cache)}
        fill_caches(self._caches, {key: cache for key, cache in kept.items() if key not in _OF_A_COPY})


_SEEN: list[tuple[House, Template]] = []
"""The copy that the application opened last, unless it is patched, and its template."""

_OF_A_COPY = {function._function_key for function in (loading._house, loading._latest)}
"""The functions that keep a store itself, or what it was read into last."""


def _caches() -> dict[str, ResourceCache[Any]]:
    """What the application keeps of each function, by the function."""
    return cache_resource_api._resource_caches._function_caches.setdefault(None, {})


def of_the_territory(cache: ResourceCache[Any]) -> bool:
    """Whether what is kept is the same whatever the store holds: its function takes nothing, and a revision least of all."""
    module, _, function = cache.display_name.rpartition(".")
    return not inspect.signature(getattr(sys.modules[module], function)).parameters


def fill_caches(caches: dict[str, ResourceCache[Any]], known: dict[str, ResourceCache[Any]]) -> None:
    """Add what is `known` to `caches`."""
    for key, cache in known.items():
        if key not in caches:
            caches[key] = ResourceCache(
                key,
                cache.max_entries,
                cache.ttl_seconds,
                cache.validate,
                cache.display_name,
                cache._user_on_release,
            )
        caches[key]._mem_cache.update(cache._mem_cache)


def apart(desk: Desk) -> Desk:
    """The same desk, of which nobody else finds what it answers from now on."""
    return replace(desk, _kept=dict(desk._kept), _watched=dict(desk._watched))


_COPIES: dict[Path, tuple[Template, bool]] = {}
"""By its place, of which template a copy is and whether the application is patched while it is used."""


def unknown(home: Path) -> None:
    """Let the application open a copy as if it had never seen another one."""
    _COPIES.pop(home.resolve(), None)


@contextmanager
def copies_known() -> Iterator[None]:
    """While the application opens a copy of a template, it is given what is known of it."""
    really = loading.open_house

    def opened(*given: Any) -> House:
        house = really(*given)
        if (copy := _COPIES.get(house.store.files.folder)) is not None:
            template, patched = copy
            template.give(house, patched=patched)
        return house

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "open_house", opened)
        yield


def wants_its_own(names: Iterable[str], own: Iterable[str]) -> bool:
    """Whether a test that asks for the fixtures `names` patches the application or names one of the homes in `own`."""
    return bool({"monkeypatch", *own} & set(names))


class SharedHome:
    """The home of the tests of one module that only look; made at the first of them, and again after one that wrote."""

    def __init__(self, template: Template, new_folder: Callable[[], Path]) -> None:
        self._template, self._new_folder = template, new_folder
        self._home: Path | None = None

    @contextmanager
    def looked_at(self) -> Iterator[Path]:
        """The home, while one test looks at it."""
        if self._home is None:
            forget()
            self._home = self._template.copy(self._new_folder())
        home, before = self._home, content(self._home)
        try:
            yield home
        finally:
            if content(home) != before:
                forget()
                self._home = None


@contextmanager
def settings(home: Path, **values: str) -> Iterator[None]:
    """The application's settings for one test: its home, and `ZEVILLAGE_…` variables by the rest of their names."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"HOME": str(home), **values}.items():
            patch.setenv(f"ZEVILLAGE_{name}", value)
        yield
