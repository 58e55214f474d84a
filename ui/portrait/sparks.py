"""Very small charts as pictures inside a table: no script, no wait, and they print. The figures stand beside them as text."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from itertools import pairwise

from analysis import palette

WIDTH, HEIGHT, MARGIN = 132, 30, 5
PREFIX = "data:image/svg+xml;base64,"

Point = tuple[float, float | None]
"""(time in years, value): a value of None interrupts the line."""


def years(period: str) -> float:
    """A period as a decimal year, for its place on the line: « 2022 » is 2022.5, « 2026-06-30 » 2026.5."""
    parts = [int(part) for part in period[:10].split("-")]
    if len(parts) == 1:
        return parts[0] + 0.5
    return parts[0] + (parts[1] - 1 + ((parts[2] if len(parts) > 2 else 15) / 31)) / 12


def spark(parts: Sequence[Sequence[Point]], beside: Sequence[Point] = ()) -> str:
    """A line over time as the address of a picture; each part (between two breaks in the series) is a line of its own.

    A dashed upright stands where the series breaks. `beside`: what the last part is compared with, as a broken line (one: nobody would
    tell several apart at this size). Empty text when there are fewer than two values: a dot tells nothing.
    """
    known = [(t, v) for part in parts for t, v in part if v is not None]
    if len(known) < 2:
        return ""
    compared = [(t, v) for t, v in beside if v is not None]
    times, values = [t for t, _ in known], [v for _, v in (*known, *compared)]
    all_times = [t for part in parts for t, _ in part]
    low, high = min(values), max(values)
    start, span_t, span_v = min(all_times), max(all_times) - min(all_times) or 1.0, high - low

    def place(t: float, v: float) -> tuple[float, float]:
        x = MARGIN + (WIDTH - 2 * MARGIN) * (t - start) / span_t
        up = (v - low) / span_v if span_v else 0.5
        return round(x, 1), round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * up, 1)

    marks = []
    if compared:
        line = " ".join("{},{}".format(*place(t, v)) for t, v in compared)
        if len(compared) == 1:
            x, y = place(*compared[0])
            line = f"{x - 10},{y} {x + 4},{y}"
        marks.append(
            f'<polyline points="{line}" fill="none" stroke="{palette.REFERENCE}" stroke-width="1.5" stroke-dasharray="4 2"/>'
        )
    for part in parts:
        run: list[tuple[float, float]] = []
        for t, v in [*part, (0.0, None)]:
            if v is not None:
                run.append(place(t, v))
                continue
            if len(run) > 1:
                line = " ".join(f"{x},{y}" for x, y in run)
                marks.append(
                    f'<polyline points="{line}" fill="none" stroke="{palette.ACCENT}" stroke-width="2"/>'
                )
            run = []
    for before, after in pairwise(parts):
        x, _ = place((before[-1][0] + after[0][0]) / 2, low)
        marks.append(f'<path d="M{x} 1V{HEIGHT - 1}" stroke="{palette.INK}" stroke-dasharray="3 3"/>')
    dots = known if len(known) <= 6 else known[-1:]
    for t, v in dots:
        x, y = place(t, v)
        size = 3.5 if t == times[-1] else 2.2
        marks.append(f'<circle cx="{x}" cy="{y}" r="{size}" fill="{palette.ACCENT}"/>')
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"{''.join(marks)}</svg>"
    )
    return PREFIX + base64.b64encode(svg.encode()).decode()
