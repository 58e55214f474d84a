"""Opening hours in words, at any hour of the week, over holidays, from hours that are missing or broken."""

import datetime as dt
from dataclasses import dataclass

import pytest

from analysis.hours import HoursError, Slot, holiday, now_text, slot_today, slots, week_rows


@dataclass(frozen=True)
class Opening:
    day_from: int
    day_to: int
    ranges: tuple[tuple[str, str], ...]


WEEK = (
    Opening(1, 3, (("08:30", "12:15"),)),
    Opening(4, 4, (("08:30", "12:15"), ("17:00", "19:00"))),
)
THURSDAY_ONLY = (Opening(4, 4, (("14:00", "18:30"),)),)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("now", "text"),
    [
        ("2026-06-15 08:29", "Fermée, ouvre aujourd'hui à 8 h 30"),  # a Monday
        ("2026-06-15 08:30", "Ouverte maintenant, jusqu'à 12 h 15"),
        ("2026-06-15 12:14", "Ouverte maintenant, jusqu'à 12 h 15"),
        ("2026-06-15 12:15", "Fermée, ouvre demain à 8 h 30"),
        ("2026-06-18 13:00", "Fermée, ouvre aujourd'hui à 17 h"),
        ("2026-06-18 19:00", "Fermée, ouvre lundi à 8 h 30"),
        ("2026-06-20 10:00", "Fermée, ouvre lundi à 8 h 30"),
    ],
)
def test_a_week(now: str, text: str) -> None:
    assert plain(now_text(WEEK, dt.datetime.fromisoformat(now))) == text


@pytest.mark.parametrize(
    ("now", "text"),
    [
        ("2026-06-15 10:00", "Fermée, ouvre jeudi à 14 h"),
        # The same weekday a week later is told with its date: « jeudi » alone would mean today.
        ("2026-06-18 18:30", "Fermée, ouvre jeudi 25 juin à 14 h"),
        # Ascension Day 2026 is Thursday 14 May: that week's opening falls out.
        ("2026-05-12 10:00", "Fermée, ouvre jeudi 21 mai à 14 h"),
        ("2026-05-14 15:00", "Fermée (jour férié : Ascension), ouvre jeudi 21 mai à 14 h"),
        ("2026-12-31 18:45", "Fermée, ouvre jeudi 7 janvier à 14 h"),
    ],
)
def test_one_afternoon_a_week_and_holidays(now: str, text: str) -> None:
    assert plain(now_text(THURSDAY_ONLY, dt.datetime.fromisoformat(now))) == text


def test_hours_that_nobody_published_are_said_not_guessed() -> None:
    assert now_text((), dt.datetime(2026, 6, 15, 10)) == "Horaires non publiés"
    assert now_text((Opening(1, 5, ()),), dt.datetime(2026, 6, 15, 10)) == "Horaires non publiés"
    assert week_rows(()) == []


def test_the_week_in_lines_shares_equal_days() -> None:
    assert [(day, plain(text)) for day, text in week_rows(WEEK)] == [
        ("lundi à mercredi", "8 h 30 à 12 h 15"),
        ("jeudi", "8 h 30 à 12 h 15 et 17 h à 19 h"),
    ]
    two = (Opening(4, 5, (("09:00", "12:00"),)),)
    assert [day for day, _ in week_rows(two)] == ["jeudi et vendredi"]
    apart = (Opening(1, 1, (("09:00", "12:00"),)), Opening(3, 3, (("09:00", "12:00"),)))
    assert [day for day, _ in week_rows(apart)] == ["lundi", "mercredi"]


def test_slots_that_touch_are_one() -> None:
    assert slots((Opening(2, 2, (("14:00", "17:00"), ("09:00", "14:00"))),)) == (Slot(2, 540, 1020),)


@pytest.mark.parametrize(
    "line",
    [
        Opening(0, 3, (("09:00", "12:00"),)),
        Opening(5, 4, (("09:00", "12:00"),)),
        Opening(1, 1, (("12:00", "09:00"),)),
        Opening(1, 1, (("9h", "12h"),)),
        Opening(1, 1, (("09:75", "12:00"),)),
        Opening(1, 1, (("09:00", "24:30"),)),
    ],
)
def test_broken_hours_are_refused(line: Opening) -> None:
    with pytest.raises(HoursError):
        slots((line,))


def test_holidays_of_a_known_year() -> None:
    # Official calendar 2026: 11 days.
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(365)]
    assert [d.strftime("%d/%m") for d in days if holiday(d)] == [
        "01/01", "06/04", "01/05", "08/05", "14/05", "25/05", "14/07", "15/08", "01/11", "11/11", "25/12",
    ]  # fmt: skip
    # Easter Monday moves by more than a month over the years.
    assert [holiday(dt.date(*day)) for day in ((2000, 4, 24), (2024, 4, 1), (2038, 4, 26))] == [
        "Lundi de Pâques"
    ] * 3


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2026-06-18 07:00", Slot(4, 510, 735)),  # before the first: it is the next
        ("2026-06-18 12:14", Slot(4, 510, 735)),
        ("2026-06-18 12:15", Slot(4, 1020, 1140)),
        ("2026-06-18 19:00", None),  # the day is over
        ("2026-06-20 10:00", None),  # Saturday
        ("2026-05-14 10:00", None),  # Ascension Day
    ],
)
def test_the_slot_of_today(now: str, slot: Slot | None) -> None:
    assert slot_today(WEEK, dt.datetime.fromisoformat(now)) == slot
    assert slot_today((), dt.datetime.fromisoformat(now)) is None
