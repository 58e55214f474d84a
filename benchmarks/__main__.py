"""`python -m benchmarks [name…]`: print each measure beside its target. Never fails: a measure is no test.

Names: change, cold, france, memory; all of them without a name. `--runs N` for more or fewer repetitions.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice

from playwright.sync_api import Browser, sync_playwright

from benchmarks.drive import ARGS, Server, Visit, choose, fresh, served, visit
from benchmarks.figures import INDICATORS, frame
from tests.browser.chromium import find


@dataclass(frozen=True)
class Row:
    """One line of the table. `ratio` and `target` are in the unit of the target."""

    what: str
    ours: str
    beside: str
    got: float
    target: float
    unit: str = "×"

    @property
    def held(self) -> bool:
        return self.got <= self.target


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


def starts(
    browser: Browser, page: str, path: str, wait: Callable[[Visit], None], runs: int
) -> tuple[float, float]:
    """Medians of the first visit to a fresh server by a fresh visitor, and of the same visitor's second."""
    first: list[float] = []
    second: list[float] = []
    for _ in range(runs):
        with served(page) as server:
            context = fresh(browser)
            for times in (first, second):
                seen = visit(context)
                start = time.perf_counter()
                seen.page.goto(server.url + path)
                wait(seen)
                times.append(time.perf_counter() - start)
                seen.page.wait_for_timeout(500)
                seen.page.close()
            context.close()
    return median(first), median(second)


def cold(browser: Browser, runs: int) -> list[Row]:
    """Cold start to the painted map beside the bare page, and the second visit beside the first."""
    count = len(frame("territory"))
    bare, _ = starts(browser, "bare", "", lambda seen: seen.page.get_by_text("imports").wait_for(), runs)
    rows = []
    for page, path, name in (("ours", "", "map alone"), ("app", "/carte", "/carte")):
        first, second = starts(browser, page, path, lambda seen: seen.painted(count, 120), runs)
        rows.append(
            Row(f"cold start to map, {name}", f"{first:.2f} s", f"bare {bare:.2f} s", first / bare, 1.3)
        )
        rows.append(
            Row(f"second visit, {name}", f"{second:.2f} s", f"first {first:.2f} s", second / first, 0.5)
        )
    return rows


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
    "change": change,
    "cold": cold,
    "france": france,
    "memory": memory,
}


def main() -> None:
    """Run what was asked and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[[], *BENCHMARKS], help="what to measure (default: all)")
    parser.add_argument("--runs", type=int, default=5, help="repetitions behind each median")
    asked = parser.parse_args()
    print(f"{'measure':38}{'ours':>12}{'beside':>18}{'ratio':>10}{'target':>10}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGS)
        for name in asked.name or BENCHMARKS:
            for row in BENCHMARKS[name](browser, asked.runs):
                got, target = f"{row.got:.2f} {row.unit}", f"≤ {row.target:g} {row.unit}"
                print(
                    f"{row.what:38}{row.ours:>12}{row.beside:>18}{got:>10}{target:>10}  {'' if row.held else 'missed'}"
                )
        browser.close()


if __name__ == "__main__":
    main()
