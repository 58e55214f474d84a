"""A PostgreSQL server for the tests: find it, install it where this account may, run one of our own: `python -m tests.postgresql`.

It stands in a folder of its own, answers on a socket in it (and on a port of the loopback address when asked), and is gone with the
block that started it. The machine's own server, if it runs one, is never touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests import debian

PACKAGE = "postgresql"
"""Debian's, without what it only recommends."""
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
ACCOUNT = "postgres"
"""The account that runs the server where the tests run as root, which PostgreSQL refuses."""
DISK = Path("/tmp")
MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3
"""Bytes. A new database is three hundred files, and a disk whose files went a moment ago looks at each of them again before it makes one:
a hundred tests with one each took 46 to 50 s in memory and 53 to 62 s on ext4 (two workers). A worker leaves some 300 MB there while
it runs."""


class NoPostgreSQL(RuntimeError):
    """No PostgreSQL on this machine and none could be installed, or it cannot be run from this account."""


def binaries() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, or None."""
    on_path = shutil.which("pg_ctl")
    folders = [Path(os.path.realpath(on_path)).parent] if on_path else []
    for place in PLACES:
        folders += sorted(Path("/").glob(place[1:]), reverse=True)
    return next((path for path in folders if (path / "initdb").exists() and (path / "pg_ctl").exists()), None)


def required(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a machine without PostgreSQL fails the tests instead of leaving them out."""
    return environ.get("CI", "").lower() in ("1", "true")


@dataclass(frozen=True)
class Server:
    """A running server of our own: `host` as libpq wants it, and the ways to end and begin it again in the middle of something."""

    host: str
    stop: Callable[[], None]
    """At once, as a machine that loses its power: nobody is waited for, what was committed is found again by `start`."""
    start: Callable[[], None]


def place_for_many(memory: Path = MEMORY, room: int = ROOM) -> Path:
    """Where a server of many short databases stands: in `memory` where it can be written in and has `room` bytes left, else on the disk.

    Not for measures nor for a server that loses its power: those are about a disk.
    """
    with suppress(OSError):
        if os.access(memory, os.W_OK | os.X_OK) and shutil.disk_usage(memory).free >= room:
            return memory
    return DISK


@contextmanager
def running(port: int | None = None, place: Path = DISK) -> Iterator[str]:
    """The `host` of `controlled`."""
    with controlled(port, place) as server:
        yield server.host


@contextmanager
def controlled(port: int | None = None, place: Path = DISK) -> Iterator[Server]:
    """A server of our own in `place`; its host is the folder of its socket, or ``127.0.0.1`` when `port` is given.

    User `zevillage`, no password, database `postgres`. Raises NoPostgreSQL.
    """
    found = binaries()
    if found is None:
        raise NoPostgreSQL("PostgreSQL is not installed here (initdb and pg_ctl not found)")
    account = ACCOUNT if hasattr(os, "geteuid") and os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="zv-pg-", dir=place))  # a socket's path must stay short
    try:
        if account:
            try:
                shutil.chown(folder, account)
            except LookupError:
                raise NoPostgreSQL(
                    f"root cannot run PostgreSQL and there is no account « {ACCOUNT} »"
                ) from None

        def run(*command: str) -> None:
            subprocess.run(command, check=True, user=account, cwd=folder, stdout=subprocess.DEVNULL)

        data = str(folder / "data")
        run(str(found / "initdb"), "-D", data, "-U", "zevillage", "-A", "trust", "-E", "UTF8", "--no-sync")
        listen = f"-c listen_addresses=127.0.0.1 -p {port}" if port else "-c listen_addresses=''"
        options = f"-k {folder} {listen} -c fsync=off"
        control = str(found / "pg_ctl"), "-D", data, "-w"

        def start() -> None:
            run(*control, "-l", str(folder / "log"), "-o", options, "start")

        def stop() -> None:
            run(*control, "-m", "immediate", "stop")

        start()
        try:
            yield Server("127.0.0.1" if port else str(folder), stop, start)
        finally:
            if (folder / "data" / "postmaster.pid").exists():
                stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def name_of(test: str) -> str:
    """A name for the database of one test (its node id), told from those of the other tests of this worker."""
    return f"t_{abs(hash(test))}"


_LEFT: dict[tuple[str, int | None], list[str]] = {}
"""Of each server the databases that nobody needs any more and that are still there."""
_MANY = 25
"""So many of them go together: to let one go, the whole server writes down what it holds and waits, three times what a test needs."""


@contextmanager
def database(host: str, name: str, template: str = "template1", port: int | None = None) -> Iterator[str]:
    """The address of a new database on a server of `running`, a copy of `template`. It goes after the block, not at once."""
    import psycopg

    at = f" port={port}" if port else ""
    left = _LEFT.setdefault((host, port), [])
    with psycopg.connect(f"host={host} user=zevillage dbname=postgres{at}", autocommit=True) as connection:
        if name in left or len(left) >= _MANY:
            for each in left:  # of a server before this one at its port, perhaps
                connection.execute(f'DROP DATABASE IF EXISTS "{each}" WITH (FORCE)')
            left.clear()
        # Its files are copied. Since version 15 every page would go through the journal instead, if nothing were said.
        copied = " STRATEGY file_copy" if connection.info.server_version >= 150_000 else ""
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{copied}')
    try:
        yield (
            f"postgresql://zevillage@{host}:{port}/{name}"
            if port
            else f"postgresql://zevillage@/{name}?host={host}"
        )
    finally:
        left.append(name)


def main() -> None:
    """Install PostgreSQL when it is missing and this account may; say what to do where it must be here and is not."""
    if binaries():
        return
    print("PostgreSQL is missing: installing it for the tests of the store…", flush=True)
    debian.install(PACKAGE)
    if binaries():
        return
    advice = f"Install {PACKAGE} (Debian), or put its initdb and pg_ctl on the PATH."
    if required():
        raise NoPostgreSQL(f"No PostgreSQL could be installed. {advice}")
    print(f"The tests on PostgreSQL will be left out. {advice}", flush=True)


if __name__ == "__main__":
    main()
