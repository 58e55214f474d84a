"""The search window over all dates of the calendar."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.watch import SearchWindow, search_window
from analysis.watch.window import WindowState, window_text

DATES = st.dates()
DAYS = st.integers(min_value=1, max_value=400)
D = dt.date(2026, 5, 20)


def fits(arrival: dt.date, days: int) -> bool:
    return (arrival - dt.date.min).days >= days


@pytest.mark.parametrize(
    ("before", "state", "text"),
    [
        (300, "too_early", "trop tôt (ouvre le 12/05/2026)"),
        (9, "too_early", "trop tôt (ouvre le 12/05/2026)"),
        (8, "open", "ouverte J-8"),
        (6, "open", "ouverte J-6"),
        (2, "open", "ouverte J-2"),
        (1, "last_day", "dernier jour"),
        (0, "late", "en retard"),
        (-40, "late", "en retard"),
    ],
)
def test_eight_days(before: int, state: str, text: str) -> None:
    window = search_window(D, D - dt.timedelta(days=before))
    assert window == SearchWindow(dt.date(2026, 5, 12), dt.date(2026, 5, 19), before, WindowState(state))
    assert window.state == state
    assert window_text(window) == text


@given(DATES, DATES, DAYS)
def test_the_states_follow_each_other_over_all_dates(arrival: dt.date, today: dt.date, days: int) -> None:
    assume(fits(arrival, days))
    window = search_window(arrival, today, days=days)
    assert (arrival - window.opens).days == days
    assert (arrival - window.closes).days == 1
    assert window.opens <= window.closes
    assert window.days_left == (arrival - today).days
    expected = (
        "too_early"
        if today < window.opens
        else "open"
        if today < window.closes
        else "last_day"
        if today == window.closes
        else "late"
    )
    assert window.state == expected
    assert (window.opens <= today <= window.closes) == (window.state in ("open", "last_day"))


@given(DATES, DATES, DAYS)
def test_housed_wins_over_all_and_changes_nothing_else(arrival: dt.date, today: dt.date, days: int) -> None:
    assume(fits(arrival, days))
    plain = search_window(arrival, today, days=days)
    housed = search_window(arrival, today, days=days, housed=True)
    assert housed.state == "housed"
    assert (housed.opens, housed.closes, housed.days_left) == (plain.opens, plain.closes, plain.days_left)
    assert window_text(housed) == "logé"


@given(DATES, st.integers(min_value=-3, max_value=20))
def test_a_window_moves_with_its_arrival(arrival: dt.date, before: int) -> None:
    assume(fits(arrival, 30) and (dt.date.max - arrival).days > 30)
    today = arrival - dt.timedelta(days=before)
    next_week = dt.timedelta(days=7)
    assert search_window(arrival + next_week, today + next_week).state == search_window(arrival, today).state


def test_a_window_of_one_day_has_only_its_last() -> None:
    window = search_window(D, D - dt.timedelta(days=1), days=1)
    assert window.opens == window.closes == dt.date(2026, 5, 19)
    assert window.state == "last_day"
    assert search_window(D, D - dt.timedelta(days=2), days=1).state == "too_early"
    assert search_window(D, D, days=1).state == "late"


def test_leap_day_and_new_year() -> None:
    assert search_window(dt.date(2028, 3, 1), dt.date(2028, 2, 29)).state == "last_day"
    assert search_window(dt.date(2027, 1, 3), dt.date(2026, 12, 26)).opens == dt.date(2026, 12, 26)


@pytest.mark.parametrize("days", [0, -1, True, 1.5, "8", None])
def test_less_than_a_day_is_refused(days: object) -> None:
    with pytest.raises(ValueError, match="1 au moins"):
        search_window(D, D, days=days)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "instant",
    [dt.datetime(2026, 5, 20, 9), dt.datetime(2026, 5, 20, tzinfo=dt.UTC), pd.Timestamp("2026-05-20"), "2026-05-20", None],
)  # fmt: skip
def test_only_calendar_dates_are_taken(instant: object) -> None:
    with pytest.raises(ValueError, match="sans heure") as one:
        search_window(instant, D)  # type: ignore[arg-type]
    assert "arrivée" in str(one.value)
    with pytest.raises(ValueError, match="sans heure") as other:
        search_window(D, instant)  # type: ignore[arg-type]
    assert "aujourd’hui" in str(other.value)


def test_a_window_before_the_calendar_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="pas dans le calendrier"):
        search_window(dt.date(1, 1, 3), D)
    with pytest.raises(ValueError, match="pas dans le calendrier"):
        search_window(D, D, days=10**12)
