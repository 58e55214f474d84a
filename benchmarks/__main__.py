"""`python -m benchmarks [name…]`: print each measure beside its target. Never fails: a measure is no test.

Names: access, applications, backup, change, carte, cold, council, database, errands, france, imports, load, memory, packs, pages, pieces,
reading, room, session, upload, watch; all without a name.
`--runs N`: repetitions; `--seconds S`: how long each crowd of `room` and `load` stays; `--people 30,100`: the crowds of `load`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice

from playwright.sync_api import Browser, sync_playwright

from benchmarks.access import access
from benchmarks.applications import applications
from benchmarks.backup import backup, session
from benchmarks.council import council
from benchmarks.drive import ARGS, ROOT, Server, Visit, choose, fresh, served, visit
from benchmarks.errands import errands
from benchmarks.figures import INDICATORS, frame
from benchmarks.imports import imports
from benchmarks.load import PEOPLE, SECONDS, database, load
from benchmarks.packs import packs
from benchmarks.pages import pages, pieces
from benchmarks.reading import reading
from benchmarks.room import room
from benchmarks.row import Row
from benchmarks.upload import upload
from benchmarks.watch import watch
from data.version import version_line
from tests.browser.chromium import find
from tools.setup_venv import compile_code


def median(values: list[float]) -> float:
    """The median: one slow run among five says nothing."""
    return statistics.median(values)


def names() -> Iterator[str]:
    """The indicators in turn, from the second on: the page opens on the first."""
    return islice(cycle(INDICATORS.values()), 1, None)


def changes(browser: Browser, page: str, level: str, count: int, runs: int) -> tuple[float, float, float]:
    """Medians over `runs` changes of the filter: seconds to repaint, bytes of websocket, bytes of HTTP."""
    with served(page, level) as server:
        context = fresh(browser)
        seen = opened(context_visit=visit(context), server=server, count=count)
        option = names()
        for _ in range(len(INDICATORS)):  # once around: every answer is in the caches, as on a used server
            choose(seen, next(option), count)
            seen.page.wait_for_timeout(400)
        seconds, socket, http = [], [], []
        for _ in range(runs):
            seen.clear()
            seconds.append(choose(seen, next(option), count))
            seen.page.wait_for_timeout(600)
            socket.append(float(seen.socket))
            http.append(float(seen.http))
        context.close()
    return median(seconds), median(socket), median(http)


def opened(context_visit: Visit, server: Server, count: int) -> Visit:
    """The page open and its map painted."""
    context_visit.page.goto(server.url)
    context_visit.painted(count, 240)
    return context_visit


def change(browser: Browser, runs: int) -> list[Row]:
    """Filter change to repaint, and its bytes, at the territory and at its département."""
    rows = []
    for level, target, limit in (("territory", 0.5, 10.0), ("departement", 0.35, 30.0)):
        count = len(frame(level))
        ours = changes(browser, "ours", level, count, runs)
        plain = changes(browser, "plain", level, count, runs)
        rows.append(
            Row(
                f"change to repaint, {count} communes",
                f"{ours[0]:.3f} s",
                f"plain {plain[0]:.3f} s",
                ours[0] / plain[0],
                target,
            )
        )
        sent = (ours[1] + ours[2]) / 1000
        rows.append(
            Row(
                f"bytes per change, {count} communes",
                f"{sent:.1f} kB",
                f"plain {(plain[1] + plain[2]) / 1000:.1f} kB",
                sent,
                limit,
                "kB",
            )
        )
    return rows


def start(
    browser: Browser, page: str, level: str, path: str, wait: Callable[[Visit], None]
) -> tuple[float, float, float]:
    """Seconds from the launch of a server with an empty home until a new visitor sees the page, of that visit alone, and of
    the same visitor's second visit.

    From the launch, because work done before the door opens would otherwise seem to cost nothing.
    """
    compile_code(sys.executable, str(ROOT))  # as an installation does, once
    launched = time.perf_counter()
    times: list[float] = []
    with served(page, level) as server:
        context = fresh(browser)
        for _ in range(2):
            seen = visit(context)
            begun = time.perf_counter()
            seen.page.goto(server.url + path)
            wait(seen)
            now = time.perf_counter()
            if not times:
                times.append(now - launched)
            times.append(now - begun)
            seen.page.wait_for_timeout(500)
            seen.page.close()
        context.close()
    return times[0], times[1], times[2]


def cold(browser: Browser, runs: int) -> list[Row]:
    """Cold start of /carte to the painted map beside a bare page with the same imports, and its second visit
    beside the cold start. The pages take turns, so that a busy machine is busy for both.
    """
    count = len(frame("territory"))
    bare: list[tuple[float, float, float]] = []
    ours: list[tuple[float, float, float]] = []
    for _ in range(runs):
        bare.append(
            start(browser, "bare", "carte", "", lambda seen: seen.page.get_by_text("imports").wait_for())
        )
        ours.append(start(browser, "app", "carte", "/carte", lambda seen: seen.painted(count, 120)))
    a, b, c = (
        median([run[0] for run in bare]),
        median([run[0] for run in ours]),
        median([run[2] for run in ours]),
    )
    d, e = median([run[1] for run in bare]), median([run[1] for run in ours])
    return [
        Row("cold start to map, /carte", f"{b:.2f} s", f"bare {a:.2f} s", b / a, 1.15),
        Row("its first visit alone, server up", f"{e:.2f} s", f"bare {d:.2f} s", e / d, 1.3),
        Row("second visit, /carte", f"{c:.2f} s", f"cold start {b:.2f} s", c / b, 0.5),
    ]


def carte(browser: Browser, runs: int) -> list[Row]:
    """The application's own page, all told: sentence, table, histogram and panel change with the map."""
    count = len(frame("territory"))
    plain, _, _ = changes(browser, "plain", "territory", count, runs)
    with served("app") as server:
        context = fresh(browser)
        seen = visit(context)
        seen.page.goto(f"{server.url}/carte")
        seen.painted(count, 120)
        seen.page.get_by_role("combobox").first.click()
        options = [text.strip() for text in seen.page.get_by_role("option").all_inner_texts()[:4]]
        seen.page.keyboard.press("Escape")
        shown = seen.page.get_by_role("combobox").first.input_value()
        turn = cycle([option for option in options if option != shown][:3])
        for _ in range(3):
            choose(seen, next(turn), count)
            seen.page.wait_for_timeout(800)
        seconds: list[float] = []
        sent: list[float] = []
        for _ in range(runs):
            seen.clear()
            seconds.append(choose(seen, next(turn), count))
            seen.page.wait_for_timeout(1500)
            sent.append((seen.socket + seen.http) / 1000)
        context.close()
    got = median(seconds)
    return [
        Row("change to repaint, /carte", f"{got:.3f} s", f"plain {plain:.3f} s", got / plain, 0.5),
        Row("bytes per change, /carte", f"{median(sent):.1f} kB", "", median(sent), 30, "kB"),
    ]


def france(browser: Browser, runs: int) -> list[Row]:
    """Repaint of all communes of France."""
    count = len(frame("france"))
    ours = changes(browser, "ours", "france", count, runs)
    plain = changes(browser, "plain", "france", count, 1)
    seconds = Row(
        f"repaint, {count} communes", f"{ours[0]:.2f} s", f"plain {plain[0]:.1f} s", ours[0] / plain[0], 0.1
    )
    return [seconds]


def memory(browser: Browser, runs: int) -> list[Row]:
    """Growth of the server's memory over 50 changes by one visitor, after ten that fill the caches."""
    count = len(frame("territory"))
    with served("ours") as server:
        context = fresh(browser)
        seen = opened(visit(context), server, count)
        option = names()
        for _ in range(10):
            choose(seen, next(option), count)
        before = server.memory()
        for _ in range(50):
            choose(seen, next(option), count)
        after = server.memory()
        context.close()
    growth = 100 * (after - before) / before
    return [
        Row("server memory over 50 changes", f"{after:.0f} MB", f"before {before:.0f} MB", growth, 10, "%")
    ]


BENCHMARKS: dict[str, Callable[[Browser, int], list[Row]]] = {
    "access": access,
    "applications": applications,
    "backup": backup,
    "change": change,
    "carte": carte,
    "packs": packs,
    "pages": pages,
    "pieces": pieces,
    "imports": imports,
    "cold": cold,
    "errands": errands,
    "france": france,
    "memory": memory,
    "reading": reading,
    "database": database,
    "load": load,
    "room": room,
    "session": session,
    "upload": upload,
    "watch": watch,
    "council": council,
}


def main() -> None:
    """Run what was asked and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[[], *BENCHMARKS], help="what to measure (default: all)")
    parser.add_argument("--runs", type=int, default=5, help="repetitions behind each median")
    parser.add_argument("--version", action="version", version=version_line())
    parser.add_argument(
        "--seconds", type=float, help="room, load: seconds of each crowd on each page (40, 300)"
    )
    parser.add_argument(
        "--people",
        type=lambda text: [int(count) for count in text.split(",")],
        default=PEOPLE,
        help="load: how many people, for example 30,100",
    )
    asked = parser.parse_args()
    measures: dict[str, Callable[[Browser, int], list[Row]]] = {
        **BENCHMARKS,
        "room": partial(room, seconds=asked.seconds or 40.0),
        "load": partial(load, seconds=asked.seconds or SECONDS, people=asked.people),
    }
    print(f"{'measure':40}{'ours':>12}{'beside':>22}{'ratio':>10}{'target':>10}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGS)
        for name in asked.name or measures:
            for row in measures[name](browser, asked.runs):
                got, target = f"{row.got:.2f} {row.unit}", f"≤ {row.target:g} {row.unit}"
                print(
                    f"{row.what:40}{row.ours:>12}{row.beside:>22}{got:>10}{target:>10}  {'' if row.held else 'missed'}"
                )
        browser.close()


if __name__ == "__main__":
    main()
