"""Databases for the tests: a fresh SQLite folder, and a real PostgreSQL server where one is installed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.store import Store, open_store
from tests.data.stores import empty_home
from tests.postgresql import database, name_of

NOW = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty SQLite store; its clock stands still."""
    opened = open_store(empty_home(tmp_path / "home"), clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database with our tables and nothing in them, to be copied."""
    name = "template_zevillage"
    with database(postgresql_server, name) as url:
        open_store(tmp_path_factory.mktemp("template-postgresql"), url=url).close()
        yield name


@pytest.fixture
def postgresql_tables(
    postgresql_server: str, postgresql_template: str, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The address of a database with our tables and nothing in them."""
    with database(postgresql_server, name_of(request.node.nodeid), postgresql_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """The same test on both databases."""
    url = request.getfixturevalue("postgresql_tables") if request.param == "postgresql" else None
    opened = open_store(
        tmp_path / "home" if url else empty_home(tmp_path / "home"), url=url, clock=lambda: NOW
    )
    yield opened
    opened.close()
