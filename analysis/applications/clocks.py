"""Who waits for whom, since when, and whether it rings: in working days, the day of receipt not counted.

A clock belongs to a step: it starts the day after the dossier came into it and stops the day it leaves. Working days are Monday to Friday
without the legal public holidays (`analysis.hours.holiday`). The days of a pause are not counted, and a dossier that sleeps does not ring.
A clock only tells: it writes no line of a history, and nothing is ever declined by one.

The reception of a newcomer has clocks of its own beside that of its step: its day is to be fixed, counted from the settling; once fixed the
dossier is quiet until that day; after it, its summary is awaited, counted from that day.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis import french, hours
from analysis.applications.steps import State
from analysis.french import NNBSP
from analysis.vocabulary import APPLICATION_STATUSES, ASSESSOR_SEATS, RECEPTION_CLOCKS

Days = NDArray[np.datetime64]
CLOCKS: Mapping[str, str] = {**APPLICATION_STATUSES, **RECEPTION_CLOCKS}
"""What may have a clock: a step of a dossier, or a part of its reception → its name."""
RECEIVED_AT = "settled"
"""The step at which a newcomer waits to be received."""
_HELD = f"l’étape « {APPLICATION_STATUSES['welcomed']} », la réception ayant eu lieu"


class ClockError(ValueError):
    """A rule of a clock that cannot be kept, or a step without one. The message is in French."""


@dataclass(frozen=True)
class Rule:
    """A clock of `CLOCKS`, in working days: the `target` to answer by, the day of the `reminder`, and `late` from that day on.

    `for_what`: what is waited for, in French (« la lecture »). Raises ClockError unless 0 < target ≤ reminder ≤ late.
    """

    step: str
    target: int
    reminder: int
    late: int
    for_what: str

    def __post_init__(self) -> None:
        """Whether the three days follow each other, and the step exists."""
        if self.step not in CLOCKS:
            raise ClockError(
                f"« {self.step} » n’est pas une étape{NNBSP}: une horloge porte sur une étape du dossier."
            )
        if not 0 < self.target <= self.reminder <= self.late:
            raise ClockError(
                f"Horloge de « {CLOCKS[self.step]} »{NNBSP}: objectif {self.target}, rappel {self.reminder}, retard "
                f"{self.late}{NNBSP}; attendu des jours ouvrés qui se suivent, à partir de 1."
            )


class Ring(StrEnum):
    """What a clock says, from the quietest to the loudest."""

    PAUSED = "paused"
    ON_TIME = "on_time"
    DUE = "due"
    REMINDER = "reminder"
    LATE = "late"


@dataclass(frozen=True)
class Waiting:
    """What one dossier waits for. `days`: working days since the day after `since`, without pauses; `due`: the last day of the target.

    `who`: those who have to act, each by the name given, never « somebody ». `wakes`: the day a pause ends, None when it does not sleep.
    `fixed`: what is waited for has its day, which is `due`, and nothing is to be done before. `passed`: `due` is over.
    """

    step: str
    since: dt.date
    days: int
    due: dt.date
    who: tuple[str, ...]
    for_what: str
    ring: Ring
    wakes: dt.date | None = None
    fixed: bool = False
    passed: bool = False

    def sentence(self) -> str:
        """« En attente de la lecture depuis 9 jours ouvrés : Coordinateur 1 (objectif dépassé depuis le 12/05/2026) »."""
        if self.wakes is not None:
            return f"En pause jusqu’au {french.date(self.wakes)}"
        if self.fixed:
            return f"{french.sentence(self.for_what)} est fixée au {french.date(self.due)}{NNBSP}: {french.join(self.who)}"
        since = (
            f"depuis {french.counted(self.days, 'jour ouvré', 'jours ouvrés')}"
            if self.days
            else "depuis aujourd’hui"
        )
        text = f"En attente {_of(self.for_what)} {since}{NNBSP}: {french.join(self.who)}"
        if self.passed:
            return f"{text} (objectif{NNBSP}: le {french.date(self.due)}, dépassé)"
        return f"{text} (au plus tard le {french.date(self.due)})"


def _of(what: str) -> str:
    """« du logement », « des deux signatures », « d’une visite », « de la lecture »."""
    head, _, rest = what.partition(" ")
    if head in ("le", "les") and rest:
        return f"{'du' if head == 'le' else 'des'} {rest}"
    vowel = unicodedata.normalize("NFKD", what[:1]).casefold()[:1] in "aeiouy"
    return f"d’{what}" if vowel else f"de {what}"


@lru_cache(maxsize=16_384)
def working_day(day: dt.date) -> bool:
    """Whether `day` is a Monday to Friday and no legal public holiday."""
    return day.isoweekday() <= 5 and not hours.holiday(day)


def working_days(start: dt.date, end: dt.date, pauses: Iterable[tuple[dt.date, dt.date]] = ()) -> int:
    """The working days after `start` until `end` included, without those of pauses (first day included, day it wakes not). 0 when none.

    >>> working_days(dt.date(2026, 5, 13), dt.date(2026, 5, 18))  # Thursday 14 is Ascension Day
    2
    """
    return _between(start, end) - sum(
        _between(max(first, start + dt.timedelta(1)) - dt.timedelta(1), min(wakes - dt.timedelta(1), end))
        for first, wakes in _joined(pauses)
        if first <= end and wakes > start
    )


# A board asks it of thousands of dossiers, of which most came on the same few days.
@lru_cache(maxsize=16_384)
def _between(start: dt.date, end: dt.date) -> int:
    return int(counted(np.array([start], "datetime64[D]"), np.array([end], "datetime64[D]"))[0])


def counted(starts: Days, ends: Days) -> NDArray[np.int64]:
    """`working_days` of many spans at once, without pauses; both arrays as long, of days."""
    if not len(starts):
        return np.zeros(0, dtype=np.int64)
    first, last = min(starts.min(), ends.min()), max(starts.max(), ends.max())
    closed = _closed(first.astype(object).year, last.astype(object).year)
    one = np.timedelta64(1, "D")
    return np.maximum(np.busday_count(starts + one, ends + one, holidays=closed), 0)


@lru_cache(maxsize=256)
def _closed(first: int, last: int) -> Days:
    """The public holidays of the years from `first` to the one after `last`."""
    start, end = dt.date(first, 1, 1), dt.date(last + 2, 1, 1)
    days = (start + dt.timedelta(n) for n in range((end - start).days))
    return np.array([day for day in days if hours.holiday(day)], dtype="datetime64[D]")


def _joined(pauses: Iterable[tuple[dt.date, dt.date]]) -> list[tuple[dt.date, dt.date]]:
    """The pauses in order, those that touch or overlap as one: no day is taken off twice."""
    found: list[tuple[dt.date, dt.date]] = []
    for first, wakes in sorted(pauses):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], wakes))
        elif wakes > first:
            found.append((first, wakes))
    return found


def due_day(since: dt.date, days: int, pauses: Sequence[tuple[dt.date, dt.date]] = ()) -> dt.date:
    """The day on which `days` (1 or more) working days after `since` are full, pauses not counted."""
    return _due(since, days, tuple(_joined(pauses)))


@lru_cache(maxsize=16_384)
def _due(since: dt.date, days: int, sleeping: tuple[tuple[dt.date, dt.date], ...]) -> dt.date:
    day = since
    while days > 0:
        day += dt.timedelta(1)
        days -= working_day(day) and not any(first <= day < wakes for first, wakes in sleeping)
    return day


@dataclass(frozen=True)
class Prepared:
    """How far a newcomer's reception is: `on` the day fixed for it, None while there is none; `told`: its summary is written."""

    on: dt.date | None = None
    told: bool = False


def _clock(
    state: State, rules: Mapping[str, Rule], today: dt.date, prepared: Prepared
) -> tuple[Rule | None, dt.date | None, bool]:
    """The clock that runs, the day it runs from, and whether what it waits for has its day."""
    rule = rules.get(state.step)
    if state.step != RECEIVED_AT:
        return rule, state.since, False
    if prepared.told:  # told before the settling was noted: only the step is left
        return rule and replace(rule, for_what=_HELD), state.since, False
    if prepared.on is None:
        return rules.get("reception_date", rule), state.since, False
    if prepared.on >= today:
        return rule, state.since, True
    return rules.get("reception_summary", rule), prepared.on, False


def waiting(
    state: State,
    rules: Mapping[str, Rule],
    today: dt.date,
    owners: Mapping[str, str | Mapping[str, str]],
    prepared: Prepared = Prepared(),
) -> Waiting | None:
    """What a dossier waits for today; None when it is closed or its step has no clock. `prepared`: the reception of a newcomer.

    `owners`: by step, the name of who answers for it; for « met », by seat, of whom those who have not signed are named. Raises ClockError
    for a step whose clock nobody answers for: « quelqu'un s'en occupe » is not an answer.
    """
    rule, since, fixed = _clock(state, rules, today, prepared)
    if rule is None or state.closed or since is None:
        return None
    owner = owners.get(state.step, "")
    if isinstance(owner, str):
        who: tuple[str, ...] = (owner,) if owner else ()
    else:
        # Both have signed and nothing is concluded: both have to act again.
        seats = state.missing or tuple(ASSESSOR_SEATS)
        who = tuple(owner[seat] for seat in seats if owner.get(seat))
        who = who if len(who) == len(seats) else ()
    if not who:
        raise ClockError(
            f"Personne ne répond de « {APPLICATION_STATUSES[state.step]} »{NNBSP}: nommez qui s’en occupe."
        )
    days = working_days(since, today, state.pauses)
    asleep = next((wakes for first, wakes in state.pauses if first <= today < wakes), None)
    if fixed and prepared.on is not None:
        ring, due = (Ring.DUE if prepared.on == today else Ring.ON_TIME), prepared.on
    else:
        ring, due = ring_of(days, rule), due_day(since, rule.target, state.pauses)
    ring = Ring.PAUSED if asleep else ring
    names = tuple(dict.fromkeys(who))
    return Waiting(
        state.step, since, days, due, names, rule.for_what, ring, asleep, fixed, passed=today > due
    )


def ring_of(days: int, rule: Rule) -> Ring:
    """What the clock says after `days` working days: due on the target's last day, a reminder and late from their days on.

    Between the target and the reminder it stays due.
    """
    if days >= rule.late and days > rule.target:
        return Ring.LATE
    if days >= rule.reminder and days > rule.target:
        return Ring.REMINDER
    return Ring.DUE if days >= rule.target else Ring.ON_TIME


def first_things_first(found: Iterable[tuple[str, Waiting]]) -> tuple[tuple[str, Waiting], ...]:
    """(application, what it waits for), the loudest first, then the longest wait, then the application; sleepers last."""
    loud = {ring: place for place, ring in enumerate(reversed(Ring))}
    return tuple(sorted(found, key=lambda each: (loud[each[1].ring], -each[1].days, each[0])))


ANSWERED = ["step", "month", "within", "beyond", "open"]


def answered_within(
    spans: pd.DataFrame, rules: Mapping[str, Rule], today: dt.date, pauses: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """How many were answered within the target, by step and month in which the dossier came into it, columns `ANSWERED`.

    `spans`: one row a stay in a step: `application`, `step`, `entered`, `left` (NaT while open). `within` and `beyond` count those
    that are known to be so: an open one is beyond as soon as its target is past; until then it is `open`, in neither. Steps without a
    clock are left out. `pauses`: application → its pauses, whose days are not counted. What was entered after `today` is left out, what
    was left after it is still open.
    """
    frame = spans[spans["step"].isin(list(rules)) & (pd.to_datetime(spans["entered"]) <= pd.Timestamp(today))]
    if frame.empty:
        return pd.DataFrame(
            {name: pd.Series(dtype=object if name in ANSWERED[:2] else int) for name in ANSWERED}
        )
    entered, left = pd.to_datetime(frame["entered"]), pd.to_datetime(frame["left"])
    left = left.where(left <= pd.Timestamp(today))
    until = left.fillna(pd.Timestamp(today))
    days = counted(entered.to_numpy(dtype="datetime64[D]"), until.to_numpy(dtype="datetime64[D]"))
    for place, application in enumerate(frame["application"]):
        if pauses and application in pauses:
            days[place] = working_days(
                entered.iloc[place].date(), until.iloc[place].date(), pauses[application]
            )
    target = frame["step"].map({step: rule.target for step, rule in rules.items()}).to_numpy()
    beyond, answered = days > target, left.notna().to_numpy()
    result = pd.DataFrame(
        {
            "step": frame["step"].to_numpy(),
            "month": entered.dt.strftime("%Y-%m").to_numpy(),
            "within": (answered & ~beyond).astype(int),
            "beyond": beyond.astype(int),
            "open": (~answered & ~beyond).astype(int),
        }
    )
    order = {step: place for place, step in enumerate(APPLICATION_STATUSES)}
    found = result.groupby(["step", "month"], as_index=False).sum()
    return found.sort_values(
        ["step", "month"],
        key=lambda part: part.map(order) if part.name == "step" else part,
        ignore_index=True,
    )[ANSWERED]


def answered_sentence(within: int, beyond: int, pending: int, rule: Rule) -> str:
    """« Répondu en 5 jours ouvrés ou moins : 12 dossiers sur 15 (80 %) ; 2 en cours, pas encore au terme. »"""
    target = french.counted(rule.target, "jour ouvré", "jours ouvrés")
    known = within + beyond
    head = f"Répondu en {target} ou moins{NNBSP}: "
    if known:
        head += f"{french.number(within)} sur {french.counted(known, 'dossier', 'dossiers')} ({french.percent(100 * within / known, 0)})"
    else:
        head += "rien à mesurer encore"
    return (
        f"{head}{NNBSP}; {french.number(pending)} en cours, pas encore au terme." if pending else f"{head}."
    )
