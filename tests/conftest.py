"""What holds for the whole suite: no test ever touches the store of the person who runs it."""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests import postgresql
from tests.draws import draws

if TYPE_CHECKING:
    from argon2 import PasswordHasher
    from playwright.sync_api import Playwright

# How long one example takes says how busy the machine is, and nothing about what is tested.
settings.register_profile(
    "steady", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=draws(100)
)
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    """Give the suite a store of its own and the settings of a fresh installation, before any import."""
    # Authlib shows its own warnings whatever the filters before it say; those of pyproject.toml must come after.
    import authlib.deprecate  # noqa: F401

    for name in ("DATABASE_URL", "TERRITORY", "TILES", "TODAY"):
        os.environ.pop(f"ZEVILLAGE_{name}", None)
    os.environ["ZEVILLAGE_COPIES"] = "none"  # a server of the tests copies when a test asks it to
    home = tempfile.mkdtemp(prefix="zevillage-tests-")  # one for each worker of a parallel run
    os.environ["ZEVILLAGE_HOME"] = home
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))


@pytest.fixture(scope="session", autouse=True)
def collected_as_on_our_server() -> None:
    """AppTest would look through the whole heap after each run, as Streamlit does and our server does not (`ui.server.heap`)."""
    from streamlit import config

    config.set_option("runner.postScriptGC", False)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Each worker imports another part of the test modules first: pytest rewrites and compiles them where no run did before, ten seconds
    of processor, and what one worker has written the others find. What cannot be imported says so when it is collected."""
    worker = getattr(session.config, "workerinput", None)
    if worker is None:
        return
    root = session.config.rootpath
    asked = [root / each.split("::")[0] for each in session.config.args]
    ignored = [root / each for each in session.config.getoption("ignore") or ()]
    files = sorted(
        file
        for file in {
            file for path in asked for file in (path.rglob("test_*.py") if path.is_dir() else [path])
        }
        if not any(file.is_relative_to(path) for path in ignored)
    )
    number, workers = int(worker["workerid"].removeprefix("gw")), worker["workercount"]
    for file in files[number::workers]:
        with contextlib.suppress(Exception, pytest.skip.Exception):
            importlib.import_module(".".join(file.relative_to(root).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """Look for garbage less often: a tenth of the suite's processor went into walking a heap of modules and tests that never go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 10, 20)


@pytest.fixture(scope="session", autouse=True)
def packages_looked_through_once() -> Iterator[None]:
    """AppTest looks through every installed package for components at each run, a sixth of a second each time."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def scripts_compiled_once() -> Iterator[None]:
    """AppTest compiles app.py and the page again at each run. A server compiles a script once; here, once for each state of its file."""
    from streamlit.runtime.scriptrunner.script_cache import ScriptCache

    compiles = ScriptCache.get_bytecode

    @functools.cache
    def compiled(path: str, changed: int, size: int) -> Any:
        return compiles(ScriptCache(), path)

    def found(cache: ScriptCache, script_path: str) -> Any:
        path = os.path.abspath(script_path)
        try:
            file = os.stat(path)
        except OSError:
            return compiles(cache, script_path)  # says so
        return compiled(path, file.st_mtime_ns, file.st_size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptCache, "get_bytecode", found)
        yield


@pytest.fixture(scope="session", autouse=True)
def nobodys_browser() -> Iterator[None]:
    """AppTest stands in for the server by an object that answers anything, and makes a new class for whatever is asked of it: the headers
    of the browser, at each run. There is no browser, which is what the headers came down to.
    """
    from unittest.mock import Mock

    from streamlit.testing.v1 import app_test

    def runtime(spec: type) -> Mock:
        return Mock(spec=spec, **{"get_client.return_value": None})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_test, "MagicMock", runtime)
        yield


@pytest.fixture(scope="session", autouse=True)
def ends_of_runs_waited_for() -> Iterator[None]:
    """AppTest asks of every message sent so far, a thousand times a second, whether it was the last: a tenth of what a page costs here."""
    from streamlit.testing.v1 import local_script_runner

    asks = local_script_runner.require_widgets_deltas

    def waits(runner: local_script_runner.LocalScriptRunner, timeout: float = 3) -> None:
        if runner._script_thread is not None:
            runner._script_thread.join(timeout)
        if not runner.script_stopped():
            asks(runner, 0)  # stops it and says so

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", waits)
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """SQLAlchemy compiles a statement once for each engine. The application has one engine; the tests open thousands of stores."""
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.elements import ClauseElement
    from sqlalchemy.util import LRUCache

    alone = ClauseElement._compile_w_cache
    first: dict[type[Dialect], tuple[Dialect, LRUCache[Any, Any]]] = {}

    def together(statement: ClauseElement, dialect: Dialect, *, compiled_cache: Any, **given: Any) -> Any:
        if compiled_cache is not None:
            dialect, compiled_cache = first.setdefault(type(dialect), (dialect, LRUCache(5_000)))
        return alone(statement, dialect, compiled_cache=compiled_cache, **given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClauseElement, "_compile_w_cache", together)
        yield


@pytest.fixture(scope="session", autouse=True)
def pins_of_the_application() -> Iterator[Callable[[], PasswordHasher]]:
    """How the application hashes PINs. Whoever guesses is meant to pay a fifth of a second each time; the tests pay nothing."""
    from argon2 import PasswordHasher

    from data.access import pin

    shipped = pin._hasher
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pin, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield shipped


@pytest.fixture(scope="session", autouse=True)
def commits_of_the_application() -> Iterator[tuple[str, Callable[[int], None]]]:
    """How SQLite and our files wait for the disk. Nobody cuts the power under this process, so that here neither does. Servers and other
    programs that tests start do; `durable` is for tests of what kills and full disks leave.
    """
    from data.store import engine

    shipped = engine.SYNCHRONOUS, os.fsync
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "SYNCHRONOUS", "OFF")
        patch.setattr(os, "fsync", os.fstat)  # says of a handle that is none what fsync says
        yield shipped


@pytest.fixture
def durable(commits_of_the_application: tuple[str, Callable[[int], None]]) -> Iterator[None]:
    """This process, and what is forked from it, waits for the disk as the application does."""
    from data.store import engine

    synchronous, fsync = commits_of_the_application
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "SYNCHRONOUS", synchronous)
        patch.setattr(os, "fsync", fsync)
        yield


@pytest.fixture(scope="session")
def known_copies() -> Iterator[None]:
    """For tests of screens: what the application read of one copy of a home it knows of the next (`tests.homes.copies_known`)."""
    from tests.homes import copies_known

    with copies_known():
        yield


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    """The one driver of browsers of a worker: a second one beside it would be refused."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The host of a PostgreSQL server of our own, one a worker. Left out with the reason where there is none, except under CI=true."""
    try:
        with postgresql.running(place=postgresql.place_for_many()) as host:
            yield host
    except postgresql.NoPostgreSQL as error:
        if postgresql.required():
            raise
        pytest.skip(str(error))


@pytest.fixture
def postgresql_url(postgresql_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database."""
    with postgresql.database(postgresql_server, postgresql.name_of(request.node.nodeid)) as url:
        yield url


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests first: what is broken is known before the first browser opens."""
    items.sort(key=lambda item: "browser" in item.path.relative_to(item.config.rootpath).parts)
