"""The search windows as an agenda takes them, as they stand when asked for: one file, handed out on the page and beside it."""

from __future__ import annotations

import datetime as dt

from analysis.watch.window import WindowState
from data import network
from reports.calendar_file import WindowEvent, calendar_file
from ui import clock, loading, morning, run

PAST = 60
"""Days after the arrival during which a window still goes into the file: later, no agenda needs to hear that it was cancelled."""


def windows_file() -> bytes:
    """The file, by numbers of files alone."""
    with run.as_one():
        desk = loading.desk()
        found = morning.read(desk, clock.now()).windows
        with loading.store().read() as session:
            stamps = network.application_stamps(session, desk.network.origin)
        recent = found[found["days_left"] >= -PAST]
        events = [
            WindowEvent(
                f"{loading.territory().id}/{row['application']}",
                str(row["label"]),
                row["opens"],
                row["arrival"],
                stamps[str(row["application"])][0],
                dt.datetime.fromisoformat(stamps[str(row["application"])][1]),
                row["state"] == WindowState.HOUSED,
            )
            for row in recent.to_dict("records")
        ]
        title = f"Fenêtres de recherche, {loading.territory().name}"
        return calendar_file(events, title=title, made=clock.instant(), demo=desk.network.is_demo)
