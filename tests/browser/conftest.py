"""One Chromium and one running application for all browser tests; each test gets a page that is watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.browser import chromium
from tests.browser.harness import CHROMIUM_ARGS, Served, Watch, serve, settle

SUB_PATH = "/zevillage/essai"
STORED = "local_storage,indexeddb,service_workers,cache_storage"  # of one origin
expect.set_options(timeout=30_000)  # how long a busy machine may take; nobody waits for it when all is well


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test: `pytest -m "not browser"` leaves it out."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser(playwright_driver: Playwright) -> Iterator[Browser]:
    """The machine's Chromium, its network cut."""
    path = chromium.find()
    assert path, "no Chromium: run `python -m tests.browser.chromium`"
    launched = playwright_driver.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application at the root of its address, with a store of its own."""
    with serve(tmp_path_factory.mktemp("home")) as served:
        yield served


@pytest.fixture(scope="session")
def app_under_sub_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application behind a sub-path, as a town's server would publish it."""
    with serve(tmp_path_factory.mktemp("home-sub-path"), SUB_PATH) as served:
        yield served


Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def open_watched(browser: Browser) -> Iterator[Callable[..., tuple[Page, Watch]]]:
    """Open `path` of an application as somebody who was never there: (page, watch). The caller checks the watch and closes the page.

    A context whose pages are closed serves the next visit of its kind, without its cookies and what its pages kept: Streamlit's files are
    not loaded again, nor compiled. Two visits at a time never share one.
    """
    kept: dict[tuple[tuple[int, int], str], list[BrowserContext]] = {}

    def unknown(size: tuple[int, int], locale: str, origin: str) -> Page:
        same = kept.setdefault((size, locale), [])
        for context in same:
            if context in browser.contexts and not context.pages:
                context.clear_cookies()
                page = context.new_page()
                session = context.new_cdp_session(page)
                session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": STORED})
                session.detach()
                return page
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=locale)
        same.append(context)
        return context.new_page()

    def opened(
        served: Served,
        path: str = "/",
        *,
        size: tuple[int, int] = (1366, 768),
        locale: str = "fr-FR",
        wait: bool = True,
    ) -> tuple[Page, Watch]:
        page = unknown(size, locale, served.origin)
        watch = Watch(served.origin)
        watch.attach(page)
        page.goto(served.url + path)
        if wait:
            settle(page)
        return page, watch

    yield opened
    for context in browser.contexts:
        context.close()


@pytest.fixture
def open_page(app: Served, open_watched: Callable[..., tuple[Page, Watch]]) -> Iterator[Opener]:
    """`open_page("/carte")`: a settled page of the application. The test fails at its end when a request left
    the machine, the policy refused something, an answer was an error, or a script broke.
    """
    opened: list[tuple[Page, Watch]] = []

    def opener(path: str = "/", **options: object) -> Page:
        page, watch = open_watched(app, path, **options)
        opened.append((page, watch))
        return page

    yield opener
    for page, _ in opened:
        for each in page.context.pages:  # itself, and what it opened
            each.close()
    for _, watch in opened:
        watch.check()


@pytest.fixture
def page(open_page: Opener) -> Page:
    """The home page, watched and settled; go on with `page.goto`."""
    return open_page("/")
