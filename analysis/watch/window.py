"""The search window: on so volatile a market a search begins some days before the move, eight unless the territory says otherwise."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from analysis import french
from analysis.french import NNBSP


class WindowError(ValueError):
    """A window asked for something that is no calendar date, or for less than one day. The message is in French."""


class WindowState(StrEnum):
    """Where a day stands in a window, in the order of time; housed wins over all."""

    TOO_EARLY = "too_early"
    OPEN = "open"
    LAST_DAY = "last_day"
    LATE = "late"
    HOUSED = "housed"


@dataclass(frozen=True)
class SearchWindow:
    """The window of one arrival as seen on one day.

    `opens` and `closes` both belong to it. `days_left` counts the days until the arrival: 1 on the last day, 0 on the day of arrival,
    negative when late. Calendar dates, no hours.
    """

    opens: dt.date
    closes: dt.date
    days_left: int
    state: WindowState


def search_window(arrival: dt.date, today: dt.date, *, days: int = 8, housed: bool = False) -> SearchWindow:
    """The window of somebody who arrives on `arrival` (D), as seen on `today`.

    Before D − `days` it is too early; from there to D − 2 it is open; D − 1 is the last day; from D on it is late. `housed` wins over all.
    With `days` = 1 the window is D − 1 alone: its only day is its last.

    Raises WindowError (a ValueError) for an instant (a datetime) or anything else that is no calendar date, for `days` that is no whole
    number of 1 or more, and where the window would open before the calendar's first day (1 January of year 1).
    """
    for name, value in (("arrivée", arrival), ("aujourd’hui", today)):
        # A datetime is a date too, and its hour and zone would decide on which day it falls.
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise WindowError(
                f"Date « {name} »{NNBSP}: « {value} » n’est pas un jour du calendrier{NNBSP}; donner une date sans heure."
            )
    if isinstance(days, bool) or not isinstance(days, int) or days < 1:
        raise WindowError(
            f"Fenêtre de recherche de « {days} » jours{NNBSP}: donner un nombre entier de jours, 1 au moins."
        )
    try:
        opens = arrival - dt.timedelta(days=days)
    except OverflowError:
        raise WindowError(
            f"Arrivée le {arrival.isoformat()}, {days} jours avant{NNBSP}: ce jour n’est pas dans le calendrier."
        ) from None
    left = (arrival - today).days
    return SearchWindow(opens, arrival - dt.timedelta(days=1), left, _state(left, days, housed))


def _state(left: int, days: int, housed: bool) -> WindowState:
    if housed:
        return WindowState.HOUSED
    if left > days:
        return WindowState.TOO_EARLY
    if left > 1:
        return WindowState.OPEN
    return WindowState.LAST_DAY if left == 1 else WindowState.LATE


def window_text(window: SearchWindow) -> str:
    """« trop tôt (ouvre le 12/05/2026) », « ouverte J-6 », « dernier jour », « en retard », « logé »."""
    return {
        WindowState.TOO_EARLY: f"trop tôt (ouvre le {french.date(window.opens)})",
        WindowState.OPEN: f"ouverte J-{window.days_left}",
        WindowState.LAST_DAY: "dernier jour",
        WindowState.LATE: "en retard",
        WindowState.HOUSED: "logé",
    }[window.state]
