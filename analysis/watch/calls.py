"""Who to call this morning: contacts ranked by what a call brings, each with why, and none more often than agreed.

What a call brings is the product of four things: how many households search in the contact's communes, how near their arrivals are, how
many listings there are to be told (doubtful ones and those that usually stand there), and how much of that nobody has told since the last
answer. Households whose window is not open yet do not count: what is found too early is gone at the move.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis import french
from analysis.french import NBSP, NNBSP
from analysis.hours import OpeningLike, Slot, holiday, now_text, slot_today
from analysis.watch.window import SearchWindow, WindowState

EVERY_DAYS = 3
"""A contact is asked at most once in so many days, unless the territory's file says otherwise."""
UPKEEP = 0.05
"""What a call is worth where nobody searches, beside one pressing household: the market has to be known when the next window opens."""
ASKED = 3  # doubtful listings named in what to ask: more is no longer a short call
_SEARCHING = (WindowState.OPEN, WindowState.LAST_DAY, WindowState.LATE)


@dataclass(frozen=True)
class Household:
    """Somebody who waits for a dwelling: their window on the day of the calls, and the communes they look in (none: anywhere)."""

    application: str
    window: SearchWindow
    communes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Doubt:
    """A listing that a contact can tell about: what it is, in words, and the chance (0 to 1) that it is still there."""

    listing: str
    text: str
    chance: float


@dataclass(frozen=True)
class Contact:
    """A contact as the plan of calls knows it.

    `communes`: where what it signals stands. `openings`: its published hours, empty when none are. `answered` and `asked`: days of its last
    answer and of the last call, tried ones included. `call_back`: when it asked to be called again (wall clock of the place). `doubts`: its
    listings that nobody said gone. `rate`: new listings a day that it tells of (`signal_rates`).
    """

    contact: str
    label: str
    communes: frozenset[str]
    openings: tuple[OpeningLike, ...] = ()
    answered: dt.date | None = None
    asked: dt.date | None = None
    call_back: dt.datetime | None = None
    doubts: tuple[Doubt, ...] = ()
    rate: float = 0.0


@dataclass(frozen=True)
class Call:
    """One line of the list. `brings` is the product of the factors; `households` search here, the first arrives in `days_left` days.

    `silence` is in days, None when the contact never answered; `open_now` is None where hours are not published. `why`, `hours` and `ask`
    are French sentences.
    """

    contact: str
    label: str
    brings: float
    households: int
    days_left: int | None
    silence: int | None
    due: bool
    open_now: bool | None
    hours: str
    why: str
    ask: tuple[str, ...]


@dataclass(frozen=True)
class Resting:
    """A contact that is not called this morning: until when (None: it is not open today), and why, in French."""

    contact: str
    label: str
    until: dt.datetime | None
    why: str


@dataclass(frozen=True)
class CallPlan:
    """The calls in their order, and the contacts left in peace with the reason."""

    calls: tuple[Call, ...]
    resting: tuple[Resting, ...]


def call_plan(
    contacts: Iterable[Contact],
    households: Iterable[Household],
    now: dt.datetime,
    *,
    mean_life: float = 8.0,
    days: int = 8,
    every_days: int = EVERY_DAYS,
) -> CallPlan:
    """Whom to call at `now` (wall clock of the place), what brings most first; labels break ties.

    A contact that asked to be called back comes first once its hour has come, and rests until then. Others rest when they were asked less
    than `every_days` days ago, and when they are closed for the rest of the day (town halls by their hours; everybody on Sundays and
    public holidays). `mean_life` is how long a listing lives (days, `life`), `days` the length of the windows.

    Raises ValueError for a life or an interval that is not positive.
    """
    if mean_life <= 0 or days < 1 or every_days < 1:
        raise ValueError(
            f"Vie de {mean_life:g} jours, fenêtre de {days} jours, un appel tous les {every_days} jours{NNBSP}: "
            "il faut des nombres positifs."
        )
    searching = [one for one in households if one.window.state in _SEARCHING]
    calls: list[Call] = []
    resting: list[Resting] = []
    for contact in contacts:
        slot = slot_today(contact.openings, now)
        rest = _rest(contact, slot, now, every_days)
        if rest:
            resting.append(rest)
        else:
            calls.append(_call(contact, slot, searching, now, mean_life, days))
    calls.sort(key=lambda call: (not call.due, -call.brings, call.label, call.contact))
    resting.sort(key=lambda one: (one.until or dt.datetime.max, one.label, one.contact))
    return CallPlan(tuple(calls), tuple(resting))


def signal_rates(told: Sequence[int], watched_days: float) -> list[float]:
    """New listings a day of each contact, from how many each told of in `watched_days` days, drawn together.

    A contact's own count is taken as two weeks of the common rate beside its own days: one that told of nothing yet is not thought mute.
    Raises ValueError for a time that is not positive.
    """
    if watched_days <= 0:
        raise ValueError(f"Suivi de {watched_days:g} jours{NNBSP}: il faut un nombre positif.")
    common = sum(told) / (len(told) * watched_days) if told else 0.0
    return [(count + 14 * common) / (watched_days + 14) for count in told]


def urgency(window: SearchWindow, days: int) -> float:
    """How pressing an open window is: from 1/`days` on its first day to 1 on its last; 1 when late, 0 when not open."""
    if window.state not in _SEARCHING:
        return 0.0
    return min(max((days + 1 - window.days_left) / days, 1 / days), 1.0)


def _rest(contact: Contact, slot: Slot | None, now: dt.datetime, every_days: int) -> Resting | None:
    def rests(until: dt.datetime | None, why: str) -> Resting:
        return Resting(contact.contact, contact.label, until, french.spaced(why))

    back = contact.call_back
    if back and back > now:
        hour = f"{back.hour}{NBSP}h" + (f"{NBSP}{back.minute:02d}" if back.minute else "")
        return rests(back, f"a demandé d’être rappelé le {french.date(back.date())} à {hour}")
    again = contact.asked + dt.timedelta(days=every_days) if contact.asked else None
    if again and again > now.date() and not back:
        return rests(
            dt.datetime.combine(again, dt.time()),
            f"appelé le {french.date(contact.asked or again)} : pas avant le {french.date(again)}",
        )
    # Without published hours: not on Sundays and public holidays.
    working = not holiday(now.date()) and now.isoweekday() <= 6
    return None if slot or (working and not contact.openings) else rests(None, _hours(contact, now))


def _hours(contact: Contact, now: dt.datetime) -> str:
    if contact.openings:
        return now_text(contact.openings, now)
    if feast := holiday(now.date()):
        return f"Jour férié{NNBSP}: {feast}"
    return "Dimanche" if now.isoweekday() == 7 else now_text((), now)


def _call(
    contact: Contact,
    slot: Slot | None,
    searching: list[Household],
    now: dt.datetime,
    mean_life: float,
    days: int,
) -> Call:
    here = [one for one in searching if not one.communes or one.communes & contact.communes]
    pressing = sum(urgency(one.window, days) for one in here)
    silence = max((now.date() - contact.answered).days, 0) if contact.answered else None
    told = -math.expm1(-silence / mean_life) if silence is not None else 1.0
    # A chance of one half is one doubt; certain ones, gone or there, are none.
    doubt = sum(4 * one.chance * (1 - one.chance) for one in contact.doubts)
    brings = (pressing + UPKEEP) * (doubt + contact.rate * mean_life) * told
    return Call(
        contact.contact,
        contact.label,
        brings,
        len(here),
        min((one.window.days_left for one in here), default=None),
        silence,
        contact.call_back is not None,
        slot.start <= now.hour * 60 + now.minute if slot else None,
        _hours(contact, now),
        _why(contact, here, silence),
        _ask(contact),
    )


def _why(contact: Contact, here: list[Household], silence: int | None) -> str:
    parts = []
    if contact.call_back:
        parts.append("a demandé d’être rappelé")
    if here:
        first = min(one.window.days_left for one in here)
        count = f"{french.counted(len(here), 'foyer cherche', 'foyers cherchent')} ici"
        arrives = (
            "en retard"
            if first < 0
            else "arrivée aujourd’hui"
            if not first
            else f"première arrivée dans {french.counted(first, 'jour', 'jours')}"
        )
        parts.append(f"{count}, {arrives}")
    else:
        parts.append("personne ne cherche ici en ce moment")
    doubtful = [one for one in contact.doubts if 0 < one.chance < 1]
    if doubtful:
        parts.append(french.counted(len(doubtful), "annonce à confirmer", "annonces à confirmer"))
    parts.append(
        "n’a encore jamais répondu"
        if silence is None
        else "a répondu aujourd’hui"
        if not silence
        else f"sans nouvelles depuis {french.counted(silence, 'jour', 'jours')}"
    )
    return french.sentence(french.spaced(" ; ".join(parts))) + "."


def _ask(contact: Contact) -> tuple[str, ...]:
    doubtful = sorted(
        (one for one in contact.doubts if 0 < one.chance < 1),
        key=lambda one: (abs(one.chance - 0.5), one.listing),
    )
    asked = [f"Toujours libre{NNBSP}? {one.text}" for one in doubtful[:ASKED]]
    since = f" depuis le {french.date(contact.answered)}" if contact.answered else ""
    return (*asked, f"Du nouveau{since}{NNBSP}?")
