"""A house of the shipped territory around an empty store, on both databases."""

from __future__ import annotations

import pytest

from data.opening import House
from data.store import Store
from data.territory import load_territory


@pytest.fixture
def house(store: Store) -> House:
    """On SQLite."""
    return House(load_territory(), store)


@pytest.fixture
def any_house(any_store: Store) -> House:
    """The same test on SQLite and on PostgreSQL."""
    return House(load_territory(), any_store)
