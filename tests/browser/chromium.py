"""Find a Chromium for the tests, or install one: `python -m tests.browser.chromium`.

The machine's own browser first; else the distribution's package when this account may install it; else the
one that Playwright downloads.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import debian

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


class NoBrowser(RuntimeError):
    """No Chromium on this machine and none could be installed."""


def _runs(path: str) -> bool:
    """Whether it really is a browser: some distributions ship a launcher that only says to install one.

    Windows browsers open a window instead of answering, so there the file's existence has to do.
    """
    if os.name == "nt":
        return True
    try:
        return (
            subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def find(environ: Mapping[str, str] = os.environ) -> str | None:
    """The path of a Chromium, or None. `CHROMIUM` names one explicitly."""
    for name in (environ.get("CHROMIUM", ""), *NAMES):
        path = shutil.which(name) if name else None
        if path and _runs(path):
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _install() -> None:
    if debian.install("chromium") and find():
        return
    root = os.name == "posix" and os.geteuid() == 0
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(command + (["--with-deps"] if root else []), check=False)


def main() -> None:
    """Install a Chromium when there is none, or say what to do."""
    if not find():
        print("Chromium is missing: installing it for the browser tests…", flush=True)
        _install()
        if not find():
            raise NoBrowser(
                "No Chromium could be installed. Install Chromium or Google Chrome, or name it in CHROMIUM."
            )


if __name__ == "__main__":
    main()
