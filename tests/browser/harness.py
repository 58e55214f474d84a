"""What the browser tests share: the running application, a watched page, and the wait until it is calm."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import ConsoleMessage, Page, Request, Response

ROOT = Path(__file__).resolve().parents[2]

# Playwright's own list, for the last such argument counts alone; then two pages of Chromium's address bar, which every new context loads
# for a window that nobody sees: a fifth of what a visit costs.
OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,"
    "MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,TcpPortRandomizationWin,"
    "OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,"
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup"
)
# The network is cut: no name but the loopback address resolves, and the browser's own calls home are off.
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={OFF}",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
Found = TypeVar("Found")
INSIDE = ("data:", "blob:", "about:", "chrome-error:")


class AppDidNotStart(RuntimeError):
    """The application ended, or did not answer, before the first test. The message holds its last words."""


def free_port() -> int:
    """A port of the loopback address that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """The running application. `url` has no trailing slash and holds the sub-path when there is one."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return "/".join(self.url.split("/")[:3])


@contextlib.contextmanager
def serve(
    home: Path,
    base_path: str = "",
    environ: dict[str, str] | None = None,
    script: Path | None = None,
    port: int | None = None,
    options: Sequence[str] = (),
) -> Iterator[Served]:
    """Run the application on a free port, its store in `home`, until the block ends.

    `script` takes the place of `app.py`, with the same settings and static files: a page made for a test. `options` are further
    settings of the server, as on its command line.
    """
    port = port or free_port()
    home.mkdir(parents=True, exist_ok=True)
    log = home / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.address", "127.0.0.1"]
    command += options
    if base_path:
        command += ["--server.baseUrlPath", base_path]
    env = {**os.environ, "ZEVILLAGE_HOME": str(home), "PYTHONPATH": str(ROOT), **(environ or {})}
    folder = ROOT
    if script is not None:
        folder = home / "app"
        folder.mkdir()
        shutil.copy(script, folder / "app.py")
        shutil.copytree(ROOT / "static", folder / "static")
        shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=output, stderr=subprocess.STDOUT)
    served = Served(f"http://127.0.0.1:{port}{base_path}", process, log)
    try:
        _wait_until_it_answers(served)
        yield served
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(served: Served, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and served.process.poll() is None:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{served.url}/healthz", timeout=5) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise AppDidNotStart(served.log.read_text(errors="replace")[-3000:])


@dataclass
class Watch:
    """What happened on a page that must not: requests that leave the machine, refusals, script errors."""

    origin: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    # Streamlit's message reader asks whether WebAssembly may be used, is told no, and goes on without.
    ignored: tuple[str, ...] = ("refused wasm-eval", "wasm-unsafe-eval", "WebAssembly")

    def attach(self, page: Page) -> None:
        """Listen to `page` and to all its frames."""
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => console.error("
            "`Content Security Policy: ${e.violatedDirective} refused ${e.blockedURI} ${e.sample}`))"
        )
        page.on("request", self._on_request)
        page.on("websocket", lambda socket: self._on_url(socket.url.replace("ws", "http", 1)))
        page.on("response", self._on_response)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(str(error)[:400]))

    def _on_url(self, url: str) -> None:
        if not url.startswith((f"{self.origin}/", *INSIDE)):
            self.outside.append(url)

    def _on_request(self, request: Request) -> None:
        self._on_url(request.url)

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.failed.append(f"{response.status} {response.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        # A failed answer is told by `_on_response`, with its address.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.errors.append(message.text[:400])

    def check(self) -> None:
        """Fail when something left the machine, was refused, missing or broken."""
        errors = [e for e in self.errors if not any(word in e for word in self.ignored)]
        assert not self.outside, f"requests left the machine: {self.outside}"
        assert not errors, f"the browser reported errors: {errors}"
        assert not self.failed, f"answers with an error: {self.failed}"


def settle(page: Page, seconds: float = 60) -> None:
    """Wait until the script has run, its elements are drawn, and nothing moved for a moment."""
    page.wait_for_selector('[data-testid="stApp"]', timeout=seconds * 1000)
    end, calm = time.monotonic() + seconds, 0
    while calm < 4:
        assert time.monotonic() < end, "the page is still running"
        busy = page.evaluate(
            """() => {
                const app = document.querySelector('[data-testid=stApp]');
                const state = app?.getAttribute('data-test-script-state');
                return !(state === 'notRunning' || state === null)
                    || !document.querySelector('[data-testid=stMain] [data-testid=stElementContainer]')
                    || !!document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner]');
            }"""
        )
        calm = 0 if busy else calm + 1
        page.wait_for_timeout(150)


def until(page: Page, look: Callable[[], Found | None], *, rest: int = 1, seconds: float = 60) -> Found:
    """What `look` finds, once it finds the same `rest` times running. AssertionError when it finds nothing in `seconds`.

    `look` returns None (or another empty value) while there is nothing to find. More than one `rest` waits until what moves has come to
    rest: looks are 50 ms apart.
    """
    end, found, same = time.monotonic() + seconds, None, 0
    while same < rest:
        assert time.monotonic() < end, f"not found, or not at rest: {found!r}"
        page.wait_for_timeout(50)
        last, found = found, look()
        same = (same + 1 if found == last else 1) if found else 0
    assert found
    return found


def at_rest(page: Page) -> None:
    """Wait until what was opened is there whole: the document no longer changes for 300 ms."""
    until(page, lambda: str(page.evaluate("document.body.innerHTML")), rest=7)


def follow(page: Page, title: str) -> None:
    """Choose a page by the menu at the top, opening the group that lists it."""
    links = page.get_by_test_id("stTopNav").get_by_role("link", name=title, exact=True)
    if links.count():
        links.first.click()
        return
    entry = page.get_by_test_id("stTopNavPopover").get_by_role("menuitem", name=title, exact=True)
    groups = page.get_by_test_id("stTopNavSection")
    for at in range(groups.count()):
        groups.nth(at).click()
        page.get_by_test_id("stTopNavPopover").wait_for()
        if entry.count():
            entry.click()
            return
        page.keyboard.press("Escape")
        page.get_by_test_id("stTopNavPopover").wait_for(state="detached")
    raise LookupError(f"the menu does not list {title!r}")


def listed(page: Page) -> set[str]:
    """The pages that the menu at the top lists, alone or in a group."""
    # Each link's text is the name of its symbol, then its words.
    texts = page.get_by_test_id("stTopNavLink").all_inner_texts()
    groups = page.get_by_test_id("stTopNavSection")
    for at in range(groups.count()):
        groups.nth(at).click()
        page.get_by_test_id("stTopNavPopover").wait_for()
        texts += page.get_by_test_id("stTopNavDropdownLink").all_inner_texts()
        page.keyboard.press("Escape")
        page.get_by_test_id("stTopNavPopover").wait_for(state="detached")
    return {text.split("\n")[-1] for text in texts}


def tab_through(page: Page, presses: int) -> None:
    """Press Tab; every element of the top document that takes the focus is kept in `window.__focused`.

    A frame takes it without an event, while one of its own elements holds it: so the document is asked.
    """
    page.evaluate("() => { window.__focused = new Set(); document.activeElement?.blur(); }")
    for _ in range(presses):
        page.keyboard.press("Tab")
        page.evaluate("() => { window.__focused.add(document.activeElement) }")
