"""Several processes behind one address: whoever fills a form in goes on when their process is killed, and all stop together."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests import nginx
from tests.browser.harness import ROOT, free_port, settle
from tests.browser.test_registre import choose, done
from tools import processes


def need_nginx() -> None:
    if nginx.find() is None and not nginx.required():
        pytest.skip("nginx is not installed here")


class Several:
    """The launcher as `make run` starts it; `pids` by the name of the process."""

    def __init__(self, home: Path, port: int) -> None:
        self.url, self.log = f"http://127.0.0.1:{port}", home / "processes.log"
        environ = {**os.environ, "ZEVILLAGE_HOME": str(home), "PYTHONPATH": str(ROOT)}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tools.processes", str(port), "2"],
                cwd=ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def pids(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for name, pid in re.findall(r"^Processus (\w) : pid (\d+)", self.said(), re.MULTILINE):
            found.setdefault(name, []).append(int(pid))
        return found

    def answers(self) -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=10) as got:
            return bool(got.status == 200)
        return False

    def wait_for(self, words: str) -> None:
        end = time.monotonic() + 240
        while words not in self.said():
            assert time.monotonic() < end and self.process.poll() is None, self.said()
            time.sleep(0.1)


@pytest.fixture
def several(tmp_path: Path) -> Iterator[Several]:
    need_nginx()
    running = Several(tmp_path, free_port())
    try:
        running.wait_for("2 processus")
        yield running
    finally:
        if running.process.poll() is None:
            running.process.terminate()
            running.process.wait(60)


def alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_a_half_filled_form_survives_its_process_and_all_stop_together(
    several: Several, browser: Browser
) -> None:
    end = time.monotonic() + 60
    while not several.answers():  # nginx opens its port a moment after it was started
        assert time.monotonic() < end
        time.sleep(0.1)
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{several.url}/registre")
    settle(page)
    page.get_by_label("Nom", exact=True).fill("Zoé Essai")
    choose(page, "Commune", "Essay")
    settle(page)
    name = next(c["value"] for c in context.cookies() if c["name"] == "zevillage_process")
    (own,) = several.pids()[name]
    os.kill(own, signal.SIGKILL)
    several.wait_for("relancé")
    # The browser says that the connection was lost, and finds the other process by itself.
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-connection-state') === 'CONNECTED'",
        timeout=120_000,
    )
    settle(page)
    expect(page.get_by_label("Nom", exact=True)).to_have_value("Zoé Essai")
    page.get_by_role("button", name="Ajouter le membre", exact=True).click()
    done(page, "Zoé Essai")
    expect(page.get_by_text("Essay").first).to_be_visible()
    context.close()
    pids = [pid for each in several.pids().values() for pid in each]
    assert len(pids) == 3  # two, and the one that was started again
    several.process.terminate()
    assert several.process.wait(60) == 0
    assert not any(alive(pid) for pid in pids)
    assert not several.answers()


@pytest.mark.skipif(sys.platform != "linux", reason="the system says so to a child on Linux only")
def test_nothing_goes_on_when_the_launcher_is_killed() -> None:
    script = "import time; from tools.processes import start; print(start(['sleep', '600']).pid, flush=True); time.sleep(600)"
    launcher = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    child = int(launcher.stdout.readline())
    assert running(child)
    launcher.kill()
    launcher.communicate()
    end = time.monotonic() + 60
    while running(child):
        assert time.monotonic() < end, "the child still runs"
        time.sleep(0.05)


def running(pid: int) -> bool:
    """Whether a process of this machine is there, and more than a name that nobody has collected yet."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_nginx_takes_what_is_written_for_it_and_leaves_no_mark(tmp_path: Path) -> None:
    need_nginx()
    for count in (2, 4, 7):
        ports = list(range(20_001, 20_001 + count))
        text = processes.site(20_000, ports)
        folder = tmp_path / str(count)
        folder.mkdir()
        assert "successful" in nginx.check(folder, text)
        assert len(re.findall(r"^    upstream ", text, re.MULTILINE)) == count
        for header in ("X-Forwarded", "X-Real-IP", "Forwarded", "Via"):
            assert header not in text  # who comes through it sits at this machine


def test_without_nginx_the_reason_is_said_and_nothing_is_started(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert processes.main(["8501", "4"]) == 1
    assert "apt-get install nginx" in capsys.readouterr().err


@pytest.mark.parametrize("count", ["", "0", "-2", "27", "deux"])
def test_a_number_of_processes_that_is_none_is_refused(
    count: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert processes.main(["8501", "--", count] if count.startswith("-") else ["8501", count]) == 2
    assert "de 2 à 26" in capsys.readouterr().err


def test_one_process_alone_makes_the_copy_of_the_day() -> None:
    first, second = (processes.environment(first, "s" * 40, {"A": "b"}) for first in (True, False))
    assert "ZEVILLAGE_COPIES" not in first and second["ZEVILLAGE_COPIES"] == "none"
    assert (
        first["STREAMLIT_SERVER_COOKIE_SECRET"] == second["STREAMLIT_SERVER_COOKIE_SECRET"]
        and first["A"] == "b"
    )
