"""The search windows as iCalendar, read by a parser that did not write them: days, local time, what stays the same, what changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import vobject

from reports.calendar_file import WindowEvent, calendar_file

MADE = dt.datetime(2026, 5, 12, 8, tzinfo=dt.UTC)
WINDOW = WindowEvent(
    "zevillage/a", "Dossier 12", dt.date(2026, 5, 9), dt.date(2026, 5, 17), 2, MADE - dt.timedelta(days=3)
)


def read(*windows: WindowEvent, **options: Any) -> tuple[Any, list[Any], bytes]:
    written = calendar_file(windows, title="Veille", made=MADE, **options)
    calendar = vobject.readOne(written.decode("utf-8"), validate=True)
    return calendar, list(getattr(calendar, "vevent_list", [])), written


def test_a_window_is_whole_days_up_to_the_eve_and_an_appointment_with_a_reminder() -> None:
    _, (whole, opening), _ = read(WINDOW)
    assert (whole.dtstart.value, whole.dtend.value) == (dt.date(2026, 5, 9), dt.date(2026, 5, 17))
    assert whole.transp.value == "TRANSPARENT"
    assert opening.dtstart.value.astimezone(dt.UTC) == dt.datetime(
        2026, 5, 9, 7, tzinfo=dt.UTC
    )  # nine in summer
    assert opening.valarm.action.value == "DISPLAY"
    assert opening.valarm.trigger.value == -dt.timedelta(hours=1)
    assert whole.summary.value == "Recherche de logement\u202f: Dossier 12"


def test_local_time_holds_in_winter_and_on_the_day_the_clocks_change() -> None:
    for day, hour in ((dt.date(2026, 1, 15), 8), (dt.date(2026, 3, 29), 7), (dt.date(2026, 10, 25), 8)):
        _, (_, opening), _ = read(replace(WINDOW, opens=day, arrival=day + dt.timedelta(days=8)))
        assert opening.dtstart.value.astimezone(dt.UTC).hour == hour


def test_the_same_window_is_the_same_event_and_a_change_is_a_higher_number() -> None:
    _, first, written = read(WINDOW)
    _, again, same = read(WINDOW)
    assert written == same
    moved = replace(WINDOW, arrival=dt.date(2026, 6, 1), opens=dt.date(2026, 5, 24), sequence=3, changed=MADE)
    _, later, _ = read(moved)
    assert [e.uid.value for e in first] == [e.uid.value for e in again] == [e.uid.value for e in later]
    assert [int(e.sequence.value) for e in later] == [3, 3]
    assert later[0].contents["last-modified"][0].value == MADE
    other = {e.uid.value for e in read(replace(WINDOW, key="zevillage/b"))[1]}
    assert len(other | {e.uid.value for e in first}) == 4


def test_a_housed_window_comes_back_cancelled_and_rings_no_more() -> None:
    _, events, _ = read(replace(WINDOW, housed=True))
    assert [e.status.value for e in events] == ["CANCELLED", "CANCELLED"]
    assert not any(hasattr(e, "valarm") for e in events)


def test_the_demonstration_is_marked_on_each_event() -> None:
    _, events, _ = read(WINDOW, demo=True)
    assert all(e.summary.value.endswith("(démonstration)") for e in events)


def test_lines_are_short_end_as_the_standard_wants_and_hold_no_key() -> None:
    _, _, written = read(replace(WINDOW, label="Dossier " + "9" * 200))
    lines = written.split(b"\r\n")
    assert max(map(len, lines)) <= 75 and lines[-1] == b""
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert b"zevillage/a" not in written


def test_without_a_window_it_is_still_a_calendar() -> None:
    calendar, events, written = read()
    assert events == [] and b"BEGIN:VTIMEZONE" in written
    assert calendar.prodid.value == "-//Zevillage//Veille du logement//FR"


@pytest.mark.parametrize("text", ["a\r\nBEGIN:VALARM", "a\nATTACH:http://x", "a;b,c\\d"])
def test_a_text_ends_no_line(text: str) -> None:
    _, events, written = read(replace(WINDOW, label=text))
    assert len(events) == 2
    assert b"\r\nATTACH" not in written and written.count(b"\r\nBEGIN:VALARM\r\n") == 1
