"""Home folders for the tests of screens: filled once and copied, and shared by the tests that only look.

Filling a home costs half a second and a screen's first visit as much again. A test that only looks finds a home others have looked at,
and the caches warm; a test that asks for a home of its own, or that patches the application, gets a copy and cold caches. A shared home
that a test has changed after all is not used again, whatever the test was thought to do.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import streamlit as st


def forget() -> None:
    """Empty every cache of the application."""
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


def wants_its_own(names: Iterable[str], own: Iterable[str]) -> bool:
    """Whether a test that asks for the fixtures `names` patches the application or names one of the homes in `own`."""
    return bool({"monkeypatch", *own} & set(names))


class SharedHome:
    """The home of the tests of one module that only look; made at the first of them, and again after one that wrote."""

    def __init__(self, template: Path, new_folder: Callable[[], Path]) -> None:
        self._template, self._new_folder = template, new_folder
        self._home: Path | None = None

    @contextmanager
    def looked_at(self) -> Iterator[Path]:
        """The home, while one test looks at it."""
        if self._home is None:
            forget()
            self._home = copied(self._template, self._new_folder())
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
