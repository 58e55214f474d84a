"""Databases for the tests: a fresh SQLite folder, and a real PostgreSQL server where one is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.store import Store, open_store
from tests.data.stores import empty_home

NOW = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)


def _postgresql_bin() -> Path | None:
    on_path = shutil.which("pg_ctl")
    candidates = [Path(on_path).parent] if on_path else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next(
        (path for path in candidates if (path / "initdb").exists() and (path / "pg_ctl").exists()), None
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty SQLite store; its clock stands still."""
    opened = open_store(empty_home(tmp_path / "home"), clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The socket folder of a server of our own; it refuses to run as root, so it then runs as `postgres`."""
    binaries = _postgresql_bin()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed here (initdb and pg_ctl not found)")
    pytest.importorskip("psycopg", reason="the PostgreSQL driver psycopg is not installed")
    account = "postgres" if hasattr(os, "geteuid") and os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="zv-pg-", dir="/tmp"))  # a socket's path must stay short
    if account:
        try:
            shutil.chown(folder, account)
        except LookupError:
            pytest.skip("root cannot run PostgreSQL and there is no account « postgres »")

    def run(*command: str) -> None:
        subprocess.run(command, check=True, user=account, cwd=folder, stdout=subprocess.DEVNULL)

    data = folder / "data"
    run(
        str(binaries / "initdb"), "-D", str(data), "-U", "zevillage", "-A", "trust", "-E", "UTF8", "--no-sync"
    )
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    run(str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield str(folder)
    finally:
        run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(host: str, name: str, template: str = "template1") -> Iterator[str]:
    """The address of a new database, a copy of `template`, dropped at the end."""
    import psycopg

    server = f"host={host} user=zevillage dbname=postgres"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield f"postgresql://zevillage@/{name}?host={host}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _name(request: pytest.FixtureRequest) -> str:
    return "t_" + str(abs(hash(request.node.nodeid)))


@pytest.fixture
def postgresql_url(postgresql_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database."""
    with _database(postgresql_server, _name(request)) as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database with our tables and nothing in them, to be copied."""
    name = "template_zevillage"
    with _database(postgresql_server, name) as url:
        open_store(tmp_path_factory.mktemp("template-postgresql"), url=url).close()
        yield name


@pytest.fixture
def postgresql_tables(
    postgresql_server: str, postgresql_template: str, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The address of a database with our tables and nothing in them."""
    with _database(postgresql_server, _name(request), postgresql_template) as url:
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
