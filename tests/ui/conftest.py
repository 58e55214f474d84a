"""A filled home for the tests of what the server answers beside the pages, to be copied."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from data.opening import open_house

TODAY = dt.date(2026, 5, 12)


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demonstration of `TODAY`; nobody writes in it."""
    home = tmp_path_factory.mktemp("demonstration")
    open_house(TODAY, home).store.close()
    return home
