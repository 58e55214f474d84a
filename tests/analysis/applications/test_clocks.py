"""Clocks in working days: French holidays, pauses, who is waited for, and how often the target was kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.applications import clocks
from analysis.applications.clocks import (
    ANSWERED,
    ClockError,
    Prepared,
    Ring,
    Rule,
    answered_sentence,
    answered_within,
    counted,
    due_day,
    first_things_first,
    ring_of,
    waiting,
    working_day,
    working_days,
)
from analysis.applications.steps import State

D = dt.date.fromisoformat
READ = Rule("received", 5, 8, 10, "la lecture")
SIGN = Rule("met", 3, 4, 6, "la signature")
RULES = {"received": READ, "met": SIGN}
OWNERS: Mapping[str, str | Mapping[str, str]] = {
    "received": "Coordinateur 1",
    "met": {"founder": "Coordinateur 1", "councillor": "Coordinateur 2"},
}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-06-15", "2026-06-15", 0),  # a Monday: the day of receipt is not counted
        ("2026-06-15", "2026-06-16", 1),
        ("2026-06-15", "2026-06-22", 5),
        ("2026-06-19", "2026-06-21", 0),  # received on a Friday, now Sunday
        ("2026-06-20", "2026-06-22", 1),  # received on a Saturday, now Monday
        ("2026-05-13", "2026-05-15", 1),  # Ascension Day between
        ("2026-05-22", "2026-05-26", 1),  # a weekend and Whit Monday
        ("2026-04-02", "2026-04-08", 3),  # Good Friday is worked here, Easter Monday is not
        ("2026-12-24", "2027-01-04", 5),  # Christmas and New Year's Day are Fridays
        ("2026-07-13", "2026-07-15", 1),
        ("2026-06-16", "2026-06-15", 0),
    ],
)
def test_working_days(start: str, end: str, days: int) -> None:
    assert working_days(D(start), D(end)) == days


SOME_DAY = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))
PAUSES = st.lists(
    st.tuples(SOME_DAY, st.integers(0, 90)).map(lambda p: (p[0], p[0] + dt.timedelta(p[1]))), max_size=3
)


@given(SOME_DAY, st.integers(0, 400), PAUSES)
def test_counting_at_once_is_counting_day_by_day(
    start: dt.date, length: int, pauses: list[tuple[dt.date, dt.date]]
) -> None:
    end = start + dt.timedelta(length)
    days = [start + dt.timedelta(n) for n in range(1, length + 1)]
    awake = [day for day in days if working_day(day) and not any(a <= day < b for a, b in pauses)]
    assert working_days(start, end, pauses) == len(awake)
    assert counted(np.array([start], "datetime64[D]"), np.array([end], "datetime64[D]")).tolist() == [
        sum(map(working_day, days))
    ]


@given(SOME_DAY, st.integers(1, 30), PAUSES)
def test_the_due_day_is_the_first_on_which_the_days_are_full(
    since: dt.date, days: int, pauses: list[tuple[dt.date, dt.date]]
) -> None:
    due = due_day(since, days, pauses)
    assert working_days(since, due, pauses) == days
    assert working_days(since, due - dt.timedelta(1), pauses) == days - 1


def test_a_rule_has_days_that_follow_each_other() -> None:
    for wrong in ((0, 1, 2), (5, 4, 6), (5, 6, 5)):
        with pytest.raises(ClockError, match=f"objectif {wrong[0]}, rappel {wrong[1]}, retard"):
            Rule("read", *wrong, "x")
    with pytest.raises(ClockError, match="n’est pas une étape"):
        Rule("thinking", 1, 2, 3, "x")


def test_rings() -> None:
    assert [ring_of(days, READ).value for days in (0, 4, 5, 7, 8, 9, 10, 40)] == [
        "on_time", "on_time", "due", "due", "reminder", "reminder", "late", "late"
    ]  # fmt: skip
    # A target, a reminder and late on one day: on that day one is still in time.
    tight = Rule("read", 2, 2, 2, "x")
    assert [ring_of(days, tight).value for days in (1, 2, 3)] == ["on_time", "due", "late"]


def received(on: str, **other: object) -> State:
    return replace(State("received", D(on), {"received": D(on)}), **other)  # type: ignore[arg-type]


def test_who_waits_for_whom_and_since_when() -> None:
    found = waiting(received("2026-06-01"), RULES, D("2026-06-12"), OWNERS)
    assert found is not None
    assert (found.days, found.due, found.ring) == (9, D("2026-06-08"), Ring.REMINDER)
    assert plain(found.sentence()) == (
        "En attente de la lecture depuis 9 jours ouvrés : Coordinateur 1 (objectif : le 08/06/2026, dépassé)"
    )
    # Its target is over although no reminder is due yet: no day that has gone by is told as still to come.
    over = waiting(received("2026-06-01"), RULES, D("2026-06-09"), OWNERS)
    assert over is not None and over.ring is Ring.DUE
    assert plain(over.sentence()).endswith("(objectif : le 08/06/2026, dépassé)")
    new = waiting(received("2026-06-12"), RULES, D("2026-06-12"), OWNERS)
    assert new is not None
    assert plain(new.sentence()) == (
        "En attente de la lecture depuis aujourd’hui : Coordinateur 1 (au plus tard le 19/06/2026)"
    )


def test_the_assessor_who_has_not_signed_is_named() -> None:
    met = State("met", D("2026-06-01"), {}, {"founder": "ann"})
    found = waiting(met, RULES, D("2026-06-02"), OWNERS)
    assert found is not None and found.who == ("Coordinateur 2",)
    both = waiting(
        replace(met, signed={"founder": "ann", "councillor": "bob"}), RULES, D("2026-06-02"), OWNERS
    )
    assert both is not None and both.who == ("Coordinateur 1", "Coordinateur 2")


def test_somebody_is_no_answer() -> None:
    for owners in ({}, {"received": ""}, {"met": {"founder": "Coordinateur 1"}}):
        state = State("met", D("2026-06-01")) if "met" in owners else received("2026-06-01")
        with pytest.raises(ClockError, match="nommez qui s’en occupe"):
            waiting(state, RULES, D("2026-06-02"), owners)  # type: ignore[arg-type]


def test_what_is_closed_or_has_no_clock_waits_for_nobody() -> None:
    rules = {**RULES, "declined": replace(READ, step="declined")}
    assert waiting(State("declined", D("2026-06-01")), rules, D("2026-06-12"), OWNERS) is None
    assert waiting(State("housed", D("2026-06-01")), rules, D("2026-06-12"), OWNERS) is None
    assert waiting(State(), rules, D("2026-06-12"), OWNERS) is None


def test_a_pause_does_not_ring_and_wakes_on_its_day() -> None:
    state = received("2026-06-01", pauses=((D("2026-06-04"), D("2026-06-22")),))
    asleep = waiting(state, RULES, D("2026-06-21"), OWNERS)
    assert asleep is not None
    assert (asleep.ring, asleep.wakes, asleep.days) == (Ring.PAUSED, D("2026-06-22"), 2)
    assert asleep.sentence() == "En pause jusqu’au 22/06/2026"
    awake = waiting(state, RULES, D("2026-06-22"), OWNERS)
    assert awake is not None
    # Two days before the pause, and the one it wakes on.
    assert (awake.ring, awake.wakes, awake.days, awake.due) == (Ring.ON_TIME, None, 3, D("2026-06-24"))


def test_the_loudest_and_longest_come_first() -> None:
    today = D("2026-06-30")
    states = {
        "new": received("2026-06-29"),
        "late": received("2026-06-12"),
        "later": received("2026-06-01"),
        "asleep": received("2026-01-05", pauses=((D("2026-01-06"), D("2026-09-01")),)),
        "reminder": received("2026-06-18"),
    }
    found = [(name, waiting(state, RULES, today, OWNERS)) for name, state in states.items()]
    order = first_things_first([(name, each) for name, each in found if each is not None])
    assert [name for name, _ in order] == ["later", "late", "reminder", "new", "asleep"]


def test_no_clock_writes_an_entry() -> None:
    """Nothing is ever declined by a clock: it cannot even name what would do it."""
    assert not {"Entry", "Kind", "add"} & set(vars(clocks))


# -- how reactive --------------------------------------------------------------------------------------------


def spans(*rows: tuple[str, str, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["application", "step", "entered", "left"])


def test_the_share_answered_within_the_target_by_step_and_month() -> None:
    frame = spans(
        ("a", "received", "2026-05-04", "2026-05-12"),  # the 8th is a holiday: 5 working days
        ("b", "received", "2026-05-04", "2026-05-13"),  # 6
        ("c", "received", "2026-06-01", None),  # open, long past
        ("d", "received", "2026-06-26", None),  # open, two days
        ("e", "met", "2026-05-29", "2026-06-02"),
        ("f", "met", "2026-06-25", "2026-07-20"),  # left after today: open
        ("g", "housed", "2026-06-01", None),  # no clock
        ("h", "met", "2026-08-01", None),  # not yet
    )
    found = answered_within(frame, RULES, D("2026-06-30"))
    assert list(found.columns) == ANSWERED
    assert found.to_numpy().tolist() == [
        ["received", "2026-05", 1, 1, 0],
        ["received", "2026-06", 0, 1, 1],
        ["met", "2026-05", 1, 0, 0],
        ["met", "2026-06", 0, 0, 1],
    ]
    paused = answered_within(frame, RULES, D("2026-06-30"), {"b": [(D("2026-05-11"), D("2026-05-13"))]})
    assert paused.iloc[0].tolist() == ["received", "2026-05", 2, 0, 0]
    assert answered_within(frame.iloc[:0], RULES, D("2026-06-30")).empty


def test_how_reactive_in_words() -> None:
    assert plain(answered_sentence(12, 3, 2, READ)) == (
        "Répondu en 5 jours ouvrés ou moins : 12 sur 15 dossiers (80 %) ; 2 en cours, pas encore au terme."
    )
    assert plain(answered_sentence(0, 0, 1, READ)) == (
        "Répondu en 5 jours ouvrés ou moins : rien à mesurer encore ; 1 en cours, pas encore au terme."
    )
    assert (
        plain(answered_sentence(1, 0, 0, READ))
        == "Répondu en 5 jours ouvrés ou moins : 1 sur 1 dossier (100 %)."
    )


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("le logement", "du logement"),
        ("les deux signatures", "des deux signatures"),
        ("la lecture", "de la lecture"),
        ("un premier appel", "d’un premier appel"),
        ("échéance", "d’échéance"),
        ("l’installation", "de l’installation"),
    ],
)
def test_what_is_waited_for_reads_as_french(what: str, told: str) -> None:
    rules = {"received": Rule("received", 1, 2, 3, what)}
    state = State("received", dt.date(2026, 5, 11))
    found = waiting(state, rules, dt.date(2026, 5, 12), {"received": "Ann"})
    assert found is not None
    assert found.sentence().startswith(f"En attente {told} depuis")


RECEPTION = {
    "settled": Rule("settled", 20, 25, 40, "la réception"),
    "reception_date": Rule("reception_date", 5, 8, 12, "la date de la réception"),
    "reception_summary": Rule("reception_summary", 3, 5, 10, "le compte rendu de la réception"),
}


WAITS = "En attente de la date de la réception depuis"
TOLD = "En attente du compte rendu de la réception depuis"
AUGUST = D("2026-08-21")


@pytest.mark.parametrize(
    ("today", "prepared", "ring", "said"),
    [
        # Settled on Monday 1 June 2026; Whit Monday was the week before.
        ("2026-06-05", Prepared(), Ring.ON_TIME, f"{WAITS} 4 jours ouvrés : Ann (au plus tard le 08/06/2026)"),
        ("2026-06-11", Prepared(), Ring.REMINDER, f"{WAITS} 8 jours ouvrés : Ann (objectif : le 08/06/2026, dépassé)"),
        ("2026-06-17", Prepared(), Ring.LATE, f"{WAITS} 12 jours ouvrés : Ann (objectif : le 08/06/2026, dépassé)"),
        ("2026-06-17", Prepared(AUGUST), Ring.ON_TIME, "La réception est fixée au 21/08/2026 : Ann"),
        ("2026-08-21", Prepared(AUGUST), Ring.DUE, "La réception est fixée au 21/08/2026 : Ann"),
        ("2026-08-24", Prepared(AUGUST), Ring.ON_TIME, f"{TOLD} 1 jour ouvré : Ann (au plus tard le 26/08/2026)"),
        ("2026-08-31", Prepared(AUGUST), Ring.REMINDER, f"{TOLD} 6 jours ouvrés : Ann (objectif : le 26/08/2026, dépassé)"),
        (
            "2026-06-05", Prepared(D("2026-06-03"), True), Ring.ON_TIME,
            "En attente de l’étape « Accueilli », la réception ayant eu lieu depuis 4 jours ouvrés : Ann (au plus tard le 29/06/2026)",
        ),
    ],
)  # fmt: skip
def test_the_reception_has_clocks_of_its_own(today: str, prepared: Prepared, ring: Ring, said: str) -> None:
    state = State("settled", D("2026-06-01"), {"settled": D("2026-06-01")})
    found = waiting(state, RECEPTION, D(today), {"settled": "Ann"}, prepared)
    assert found is not None
    assert (plain(found.sentence()), found.ring) == (said, ring)


def test_a_reception_without_clocks_of_its_own_has_that_of_its_step() -> None:
    state = State("settled", D("2026-06-01"), {"settled": D("2026-06-01")})
    rules = {"settled": RECEPTION["settled"]}
    found = waiting(state, rules, D("2026-06-05"), {"settled": "Ann"})
    assert found is not None and found.for_what == "la réception"
    assert waiting(state, {}, D("2026-06-05"), {"settled": "Ann"}) is None
    asleep = replace(state, pauses=((D("2026-06-02"), D("2026-07-01")),))
    paused = waiting(asleep, RECEPTION, D("2026-06-05"), {"settled": "Ann"}, Prepared(D("2026-06-20")))
    assert paused is not None and paused.ring is Ring.PAUSED
