"""The supports of a séance: ten views on every one of them, the sheets of all communes, the deck opened from the disk.

Made in a process of its own on the demonstration, as the server makes them when they are asked for; what stands beside is the time in
which a clerk would still wait.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from playwright.sync_api import Browser
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.drive import Server, served
from benchmarks.room import PATIENCE, TURNS, Crowd, VisitError, Visitor, apart, stay, visitor, walk
from benchmarks.row import Row

_MADE = """
import datetime as dt, json, os, sys, threading, time
from pathlib import Path
from analysis.model import LOCAL_ACCOUNT, Audience
from data import council
from ui import loading, map_views, press, run
from ui.council import compose, portraits, presets, supports
from ui.council.handover import _sheets

most = {"together": 0.0, "server": 0.0, "press": 0.0}
over = threading.Event()

def watch():  # what each process holds at one moment, pages that both share counted half: neither twice nor not at all
    def held(pid):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            return 0.0
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    while not over.wait(0.02):
        server, press_ = held("self"), held(press._PRESS.pid) if press._PRESS.pid else 0.0
        for name, now in (("server", server), ("press", press_), ("together", server + press_)):
            most[name] = max(most[name], now)

out, desk = Path(sys.argv[1]), loading.desk()
views = [view for each in ("logement", "cinq-minutes") for view in presets.views(desk, each)]
id_ = council.create_briefing(loading.store(), LOCAL_ACCOUNT, title="Conseil", on=dt.date(2026, 12, 3), views=views[:10]).subject
with loading.store().read() as session:
    briefing = council.briefing(session, LOCAL_ACCOUNT, id_)
found = {"views": len(briefing.views)}
map_views.ground()
threading.Thread(target=watch, daemon=True).start()
with run.as_one():
    deck = compose.deck(loading.desk(), briefing)
    shown = portraits.every(loading.desk(), briefing.audience)
    for support in [each for each in supports.SUPPORTS if each.id in sys.argv[2].split()]:
        begun = time.perf_counter()
        made = support.make(deck, map_views.ground(), lambda: shown)
        found[support.id] = time.perf_counter() - begun
        (out / f"{support.id}.{support.ending}").write_bytes(made)
        found[f"{support.id} bytes"] = len(made)
over.set()
found |= most
press._PRESS.close()
begun = time.perf_counter()
_sheets(Audience.PUBLIC)
found["sheets"] = time.perf_counter() - begun
print(json.dumps(found))
"""
FOUR = ("pdf", "slides", "workbook", "deck")


def made(folder: Path) -> dict[str, Any]:
    """Seconds and bytes of each support of ten views, MB of the process, seconds of the sheets; the files stand in `folder`."""
    home = folder / "home"
    settings = {**os.environ, "ZEVILLAGE_HOME": str(home), "ZEVILLAGE_TODAY": "2026-05-12"}
    done = subprocess.run(
        [sys.executable, "-c", _MADE, str(folder), " ".join(FOUR)],
        env=settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


LISTED = "Fiches (ZIP)"
"""The file that takes longest: two pages on each commune."""


async def _print(server: Server, going: asyncio.Event) -> int:
    """Ask a server for its longest file again and again until `going` is cleared; how many came. Raises VisitError when one is refused."""
    async with visitor(server) as clerk:
        message = BackMsg()
        message.rerun_script.page_name = "seance"
        await clerk.socket.send(message.SerializeToString())
        offered = session = ""
        while True:
            answer = await _answer(clerk)
            kind = answer.WhichOneof("type")
            if kind == "new_session":
                session = answer.new_session.initialize.session_id
            if kind == "delta" and answer.delta.new_element.WhichOneof("type") == "download_button":
                button = answer.delta.new_element.download_button
                offered = button.deferred_file_id if button.label == LISTED else offered
            if kind == "script_finished" and answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                break
        count = 0
        while going.is_set() or not count:
            asked = BackMsg()
            asked.backend_operation_request.request_id = f"sheets-{count}"
            asked.backend_operation_request.session_id = session
            asked.backend_operation_request.deferred_file.file_id = offered
            await clerk.socket.send(asked.SerializeToString())
            while (answer := await _answer(clerk)).WhichOneof("type") != "backend_operation_response":
                pass
            if answer.backend_operation_response.error_msg:
                raise VisitError(answer.backend_operation_response.error_msg)
            count += 1
        return count


async def _answer(clerk: Visitor) -> ForwardMsg:
    async with asyncio.timeout(PATIENCE):
        payload = await clerk.socket.recv()
    return ForwardMsg.FromString(payload if isinstance(payload, bytes) else payload.encode())


async def _with_printing(server: Server, count: int, seconds: float, crowd: Crowd, seed: int) -> int:
    """The visitors of `benchmarks.room.stay`, while files are made in the same server; how many files."""
    going = asyncio.Event()
    going.set()
    printing = asyncio.create_task(_print(server, going))
    await stay(server, "carte", count, seconds, crowd, seed)
    going.clear()
    return await printing


def others(seconds: float, count: int = 10) -> list[Row]:
    """What other visitors feel of a file being made: their changes on the map with and without, in turns on one server."""
    quiet, busy, files = Crowd(), Crowd(), 0
    with served("app") as server:
        apart(walk(server, "carte"))
        for turn in range(TURNS):
            apart(stay(server, "carte", count, seconds / TURNS, quiet, seed=turn))
            files += apart(_with_printing(server, count, seconds / TURNS, busy, turn))
    if quiet.errors or busy.errors or not files:
        raise VisitError("; ".join([*quiet.errors, *busy.errors]) or "no file was made meanwhile")
    told = f"{quiet.told()} without; {files} times {LISTED}"
    return [
        Row(f"{count} visitors' changes while files are made", busy.told(), told, busy.at(0.5) / quiet.at(0.5), 2.0),
        Row("  the slowest twentieth", f"{busy.at(0.95):.2f} s", f"{quiet.at(0.95):.2f} s", busy.at(0.95) / quiet.at(0.95), 2.0),
    ]  # fmt: skip


def opened(browser: Browser, deck: Path) -> float:
    """Seconds until the deck, opened from the disk, shows its title."""
    page = browser.new_page()
    begun = perf_counter()
    page.goto(deck.as_uri())
    page.get_by_role("heading", level=1).first.wait_for()
    seconds = perf_counter() - begun
    page.close()
    return seconds


def council(browser: Browser, runs: int, seconds: float = 60.0) -> list[Row]:
    """The whole of it; the supports are made up to three times, visitors stay for `seconds`."""
    seen, first = [], []
    for _ in range(min(runs, 3)):
        with tempfile.TemporaryDirectory() as folder:
            seen.append(made(Path(folder)))
            first.append(opened(browser, Path(folder) / "deck.html"))

    def middle(name: str) -> float:
        return statistics.median(float(each[name]) for each in seen)

    four = statistics.median(sum(float(each[name]) for name in FOUR) for each in seen)
    parts = ", ".join(f"{name} {middle(name):.1f}" for name in FOUR)
    views = int(middle("views"))
    return [
        Row(f"{views} views: PDF, PPTX, XLSX, HTML", f"{four:.1f} s", parts, four, 10.0, "s"),
        Row(
            "  memory, server and press together",
            f"{middle('together'):.0f} MB",
            f"server {middle('server'):.0f} MB, press {middle('press'):.0f} MB, each at its most",
            middle("together"),
            500.0,
            "MB",
        ),
        Row("sheets of all communes", f"{middle('sheets'):.1f} s", "", middle("sheets"), 30.0, "s"),
        Row(
            "deck opened from the disk",
            f"{statistics.median(first):.2f} s",
            "",
            statistics.median(first),
            1.0,
            "s",
        ),
        Row(
            "deck, weight", f"{middle('deck bytes') / 1e6:.2f} MB", "", middle("deck bytes") / 1e6, 1.0, "MB"
        ),
        *others(seconds),
    ]
