"""Search windows as an iCalendar file (RFC 5545), to be taken into an agenda: « Dossier 12 » and days, never a name, a commune or a need.

Each window is an event of whole days, from its opening to the arrival (whose day is not part of it), and a short appointment at nine
on the day it opens, local time, with a reminder. A file made later changes the same events (stable UID, SEQUENCE, LAST-MODIFIED): a
window whose dossier is housed comes back as cancelled.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from analysis import french

PRODUCT = "-//Zevillage//Veille du logement//FR"
NAMESPACE = uuid.UUID("5b0f2f5e-6f4b-5c8e-9d53-0c2f6b0b7a14")
"""What the stable identifiers of events are made under."""
ZONE = "Europe/Paris"
REMINDER = dt.timedelta(hours=-1)
"""When the agenda reminds of the appointment, from its beginning."""
AGAIN = dt.timedelta(hours=4)
AT, LONG = dt.time(9), dt.timedelta(minutes=30)


@dataclass(frozen=True)
class WindowEvent:
    """One window: `key` names it for good and is not shown, `label` is « Dossier 12 ». `opens` belongs to it, `arrival` does not.

    `sequence` grows with each change of the dossier, `changed` is the instant of the last one (UTC).
    """

    key: str
    label: str
    opens: dt.date
    arrival: dt.date
    sequence: int
    changed: dt.datetime
    housed: bool = False


def calendar_file(
    windows: Iterable[WindowEvent], *, title: str, made: dt.datetime, demo: bool = False
) -> bytes:
    """The file, UTF-8 with lines folded. `title` names the calendar, `made` is an instant (UTC); `demo` marks every event."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _plain(title))
    calendar.add("x-wr-timezone", ZONE)
    # How often an agenda that follows an address may ask again (RFC 7986, and the name that older ones read).
    calendar.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT4H")
    calendar.add_component(_paris())
    for window in windows:
        calendar.add_component(_whole(window, made, demo))
        calendar.add_component(_opening(window, made, demo))
    return calendar.to_ical()


def _paris() -> Timezone:
    """French time by its rule (directive 2000/84/EC). A list of days, as libraries make it, ends one day and is not read by all."""
    zone = Timezone()
    zone.add("tzid", ZONE)
    for part, name, begins, month, before, after in (
        (TimezoneDaylight(), "CEST", dt.datetime(1996, 3, 31, 2), 3, 1, 2),
        (TimezoneStandard(), "CET", dt.datetime(1996, 10, 27, 3), 10, 2, 1),
    ):
        part.add("dtstart", begins)
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        part.add("tzname", name)
        part.add("tzoffsetfrom", dt.timedelta(hours=before))
        part.add("tzoffsetto", dt.timedelta(hours=after))
        zone.add_component(part)
    return zone


def _event(window: WindowEvent, part: str, made: dt.datetime, summary: str, demo: bool) -> Event:
    event = Event()
    key = f"{window.key}/{part}".encode("utf-8", "backslashreplace").decode("utf-8")
    event.add("uid", f"{uuid.uuid5(NAMESPACE, key)}@zevillage")
    event.add("dtstamp", made)
    event.add("last-modified", window.changed)
    event.add("sequence", window.sequence)
    event.add("summary", f"{_plain(summary)}{' (démonstration)' if demo else ''}")
    event.add("status", "CANCELLED" if window.housed else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # a window keeps nobody from a meeting
    event.add("class", "PRIVATE")
    return event


def _whole(window: WindowEvent, made: dt.datetime, demo: bool) -> Event:
    event = _event(window, "fenetre", made, f"Recherche de logement : {window.label}", demo)
    event.add("dtstart", window.opens)
    event.add("dtend", window.arrival)  # the first day that is not part of it
    event.add("description", f"Arrivée prévue le {french.date(window.arrival)}.")
    return event


def _opening(window: WindowEvent, made: dt.datetime, demo: bool) -> Event:
    event = _event(window, "ouverture", made, f"La fenêtre s’ouvre : {window.label}", demo)
    begins = dt.datetime.combine(window.opens, AT, ZoneInfo(ZONE))
    event.add("dtstart", begins)
    event.add("dtend", begins + LONG)
    event.add("description", f"Appeler les correspondants. Arrivée prévue le {french.date(window.arrival)}.")
    if not window.housed:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _plain(f"La fenêtre s’ouvre : {window.label}"))
        alarm.add("trigger", REMINDER)
        event.add_component(alarm)
    return event


def _plain(text: str) -> str:
    """`text` without what ends a line or no file may hold; narrow blanks as French wants them."""
    return french.spaced(
        "".join(c if c.isprintable() else " " for c in text.encode("utf-8", "replace").decode("utf-8"))
    )
