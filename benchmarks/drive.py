"""Serve a page in a process of its own, drive it in Chromium, and time what a reader sees."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, WebSocket

from tests.browser.harness import free_port

ROOT = Path(__file__).resolve().parents[1]
ARGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]

# Colours of what is painted in the map's frame, or "" while it is not whole. SVG: the first fills, once all
# shapes are there; canvas: a 48 × 48 copy of its pixels.
SIGNATURE = """
window.__signature = (wanted) => {
  const frame = document.querySelector('iframe[src*="folium"]');
  const inside = frame && frame.contentDocument;
  if (!inside) return '';
  const canvas = inside.querySelector('.leaflet-overlay-pane canvas');
  if (canvas) {
    if (!inside.documentElement.dataset.painted) return '';
    const small = window.__small || (window.__small = new OffscreenCanvas(48, 48));
    const pen = small.getContext('2d', { willReadFrequently: true });
    pen.clearRect(0, 0, 48, 48);
    pen.drawImage(canvas, 0, 0, 48, 48);
    return Array.from(pen.getImageData(0, 0, 48, 48).data).join('');
  }
  const paths = inside.querySelectorAll('.leaflet-overlay-pane path.leaflet-interactive');
  if (paths.length < wanted) return '';
  let fills = '';
  for (let i = 0; i < Math.min(paths.length, 400); i++) fills += paths[i].getAttribute('fill') + ' ';
  return fills.includes('#ffffff ') ? '' : fills;
};
window.__painted = (wanted, before) => new Promise((done) => {
  const look = () => {
    const now = window.__signature(wanted);
    // Two frames later the change is on the screen, not only in the tree.
    const shown = () => done(performance.now());
    if (now && now !== before) requestAnimationFrame(() => requestAnimationFrame(shown));
    else requestAnimationFrame(look);
  };
  look();
});
window.__change = (wanted) => {
  const before = window.__signature(wanted);
  window.__measure = new Promise((done) => {
    document.addEventListener('click', () => {
      const start = performance.now();
      window.__painted(wanted, before).then((end) => done(end - start));
    }, { capture: true, once: true });
  });
};
"""


@dataclass
class Server:
    """A page served alone. `pid` is the server's process, `home` the folder of its store."""

    url: str
    pid: int
    home: str = ""

    def memory(self) -> float:
        """Resident memory of the server in MB."""
        status = Path(f"/proc/{self.pid}/status")
        if status.exists():
            line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
            return int(line.split()[1]) / 1024
        said = subprocess.run(["ps", "-o", "rss=", "-p", str(self.pid)], capture_output=True, check=True)
        return int(said.stdout) / 1024

    def processor(self) -> float:
        """Seconds of processor that the server has used: what a busy machine does not stretch. 0 where the system does not tell."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.exists():
            return 0.0
        fields = stat.read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def served(page: str, level: str = "territory", environ: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run `benchmarks/{page}_app.py`, or the application itself for ``app``, in a fresh process; `environ`: further variables."""
    port = free_port()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        if page == "app":
            cwd = ROOT
        else:
            cwd = folder
            shutil.copy(ROOT / f"benchmarks/{page}_app.py", folder / "app.py")
            shutil.copytree(ROOT / "static", folder / "static")
            shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
        command += ["--server.headless", "true", "--server.address", "127.0.0.1"]
        command += ["--server.fileWatcherType", "none"]
        own = {**os.environ, "PYTHONPATH": str(ROOT), "BENCH_LEVEL": level, "ZEVILLAGE_HOME": home}
        own |= environ or {}
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(command, cwd=cwd, env=own, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health")
            yield Server(f"http://127.0.0.1:{port}", process.pid, home)
        finally:
            process.terminate()
            process.wait(30)


def wait_for(url: str, seconds: int = 60) -> None:
    """Wait until `url` answers 200. Raises TimeoutError after so many seconds, or a little later."""
    for _ in range(10 * seconds):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise TimeoutError(f"{url} does not answer")


@dataclass
class Visit:
    """One visitor's page, with the bytes that came and went since `clear`."""

    page: Page
    cdp: CDPSession
    socket: int = 0
    http: int = 0
    sockets: list[WebSocket] = field(default_factory=list)

    def clear(self) -> None:
        """Count from here."""
        self.socket = self.http = 0

    def painted(self, wanted: int, timeout: float) -> None:
        """Wait until the whole map is on the screen."""
        self.page.evaluate(
            "([wanted, limit]) => Promise.race([window.__painted(wanted, ''), "
            "new Promise((_, fail) => setTimeout(() => fail(new Error('no map')), limit))])",
            [wanted, timeout * 1000],
        )


def visit(context: BrowserContext) -> Visit:
    """A new page in `context`, whose cache is kept between pages, that counts its bytes."""
    page = context.new_page()
    page.add_init_script(SIGNATURE)
    page.set_default_timeout(240_000)
    cdp = context.new_cdp_session(page)
    seen = Visit(page, cdp)

    def frame(payload: bytes | str) -> None:
        seen.socket += len(payload)

    def opened(socket: WebSocket) -> None:
        socket.on("framereceived", frame)
        socket.on("framesent", frame)

    def loaded(event: dict[str, Any]) -> None:
        seen.http += int(event["encodedDataLength"])

    page.on("websocket", opened)
    cdp.on("Network.loadingFinished", loaded)
    cdp.send("Network.enable")
    return seen


def fresh(browser: Browser) -> BrowserContext:
    """A visitor who never came."""
    return browser.new_context(viewport={"width": 1366, "height": 900}, locale="fr-FR")


def choose(seen: Visit, option: str, wanted: int) -> float:
    """Choose `option` in the first list of the page; seconds from the click to the repainted map."""
    page = seen.page
    page.get_by_role("combobox").first.click()
    target = page.get_by_role("option", name=option, exact=True)
    target.wait_for()
    page.evaluate("wanted => { window.__change(wanted); }", wanted)
    target.click()
    return float(page.evaluate("() => window.__measure")) / 1000
