"""Opening hours in words: open now, or when next. « Now » is an argument: the wall clock of the place itself.

Hours are those of an ordinary week, as town halls publish them; on the eleven legal public holidays (Code du travail,
article L3133-1) a town hall is taken as closed, whatever the week says.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from typing import Protocol, cast

from analysis import french
from analysis.french import NBSP, NNBSP, WEEKDAYS

UNKNOWN = "Horaires non publiés"
_HORIZON = 15  # days looked ahead: a weekly hour comes back within 7, two weeks pass over any run of holidays


class HoursError(ValueError):
    """Published hours that are no hours. The message is in French."""


class OpeningLike(Protocol):
    """One line of published hours: ISO weekdays (1 Monday … 7 Sunday, both included), ranges ("08:30", "12:15")."""

    @property
    def day_from(self) -> int: ...
    @property
    def day_to(self) -> int: ...
    @property
    def ranges(self) -> tuple[tuple[str, str], ...]: ...


@dataclass(frozen=True)
class Slot:
    """A stretch of opening on a weekday (1 Monday … 7 Sunday), in minutes since midnight."""

    day: int
    start: int
    end: int


def slots(openings: Iterable[OpeningLike]) -> tuple[Slot, ...]:
    """The week's slots in order, those that touch or overlap joined. Raises HoursError for a day or an hour that is none."""
    found: list[Slot] = []
    for line in openings:
        if not 1 <= line.day_from <= line.day_to <= 7:
            raise HoursError(
                f"Jours {line.day_from} à {line.day_to}{NNBSP}: attendu de 1 (lundi) à 7 (dimanche)."
            )
        for start, end in line.ranges:
            first, last = _minutes(start), _minutes(end)
            if first >= last:
                raise HoursError(f"Horaire {start}–{end}{NNBSP}: la fin ne suit pas le début.")
            found += [Slot(day, first, last) for day in range(line.day_from, line.day_to + 1)]
    joined: list[Slot] = []
    for slot in sorted(found, key=lambda s: (s.day, s.start)):
        if joined and joined[-1].day == slot.day and slot.start <= joined[-1].end:
            joined[-1] = Slot(slot.day, joined[-1].start, max(joined[-1].end, slot.end))
        else:
            joined.append(slot)
    return tuple(joined)


def now_text(openings: Iterable[OpeningLike], now: dt.datetime) -> str:
    """« Ouverte maintenant, jusqu'à 12 h 15 », « Fermée, ouvre jeudi à 14 h », « Horaires non publiés ».

    `now` is the wall clock at the town hall (its zone, if any, is not looked at). An hour belongs to its slot from its first minute
    to the one before its last. Raises HoursError as `slots`.
    """
    week = slots(openings)
    if not week:
        return UNKNOWN
    today, minute = now.date(), now.hour * 60 + now.minute
    feast = holiday(today)
    if not feast:
        for slot in week:
            if slot.day == today.isoweekday() and slot.start <= minute < slot.end:
                return f"Ouverte maintenant, jusqu'à {hour_text(slot.end)}"
    closed = f"Fermée (jour férié{NNBSP}: {feast})" if feast else "Fermée"
    for ahead in range(_HORIZON):
        day = today + dt.timedelta(days=ahead)
        if holiday(day):
            continue
        for slot in week:
            if slot.day == day.isoweekday() and (ahead or slot.start > minute):
                return f"{closed}, ouvre {_day_text(day, ahead)} à {hour_text(slot.start)}"
    return closed


def slot_today(openings: Iterable[OpeningLike], now: dt.datetime) -> Slot | None:
    """The slot that is open at `now`, else the next one of the same day; None when the day is over, closed or a public holiday.

    Without published hours there is none either. Raises HoursError as `slots`.
    """
    if holiday(now.date()):
        return None
    minute = now.hour * 60 + now.minute
    today = (slot for slot in slots(openings) if slot.day == now.isoweekday())
    return next((slot for slot in today if minute < slot.end), None)


def week_rows(openings: Iterable[OpeningLike]) -> list[tuple[str, str]]:
    """The week as lines (« lundi à mercredi », « 8 h 30 à 12 h 15 et 17 h à 19 h »); neighbouring days with the same hours share one."""
    week = slots(openings)
    rows: list[tuple[list[int], str]] = []
    for day in range(1, 8):
        ranges = [f"{hour_text(s.start)} à {hour_text(s.end)}" for s in week if s.day == day]
        if not ranges:
            continue
        text = french.join(ranges)
        if rows and rows[-1][1] == text and rows[-1][0][-1] == day - 1:
            rows[-1][0].append(day)
        else:
            rows.append(([day], text))
    return [(_days_text(days), text) for days, text in rows]


def hour_text(minutes: int) -> str:
    """« 14 h », « 8 h 05 » from minutes since midnight."""
    hour, minute = divmod(minutes, 60)
    return f"{hour}{NBSP}h" + (f"{NBSP}{minute:02d}" if minute else "")


def holiday(day: dt.date) -> str:
    """The name of the legal public holiday that `day` is in metropolitan France (PyPI `holidays`), empty text otherwise."""
    return _holidays(day.year).get(day, "")


@cache
def _holidays(year: int) -> Mapping[dt.date, str]:
    """The public holidays of a year and their French names."""
    import holidays

    # The library's package of countries loads all 250 of them, 0.07 s of every start; it finds one by its name without that.
    if "holidays.countries" not in sys.modules:
        found = find_spec("holidays.countries")
        sys.modules["holidays.countries"] = module_from_spec(cast(ModuleSpec, found))
    return dict(holidays.country_holidays("FR", years=year, language="fr").items())


def _minutes(text: str) -> int:
    hour, sign, minute = text.partition(":")
    if sign and hour.isdigit() and minute.isdigit() and int(minute) < 60:
        total = int(hour) * 60 + int(minute)
        if total <= 24 * 60:
            return total
    raise HoursError(f"« {text} » n'est pas une heure{NNBSP}: attendu HH:MM, par exemple 08:30.")


def _day_text(day: dt.date, ahead: int) -> str:
    if ahead < 2:
        return ("aujourd'hui", "demain")[ahead]
    name = WEEKDAYS[day.isoweekday() - 1]
    # From a week on, the bare name would be taken for the day that comes first.
    return (
        name
        if ahead < 7
        else f"{name} {'1er' if day.day == 1 else day.day}{NBSP}{french.MONTHS[day.month - 1]}"
    )


def _days_text(days: Sequence[int]) -> str:
    first, last = WEEKDAYS[days[0] - 1], WEEKDAYS[days[-1] - 1]
    return first if len(days) == 1 else f"{first} {'et' if len(days) == 2 else 'à'} {last}"
