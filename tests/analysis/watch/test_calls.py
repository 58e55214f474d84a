"""Who to call this morning: what raises a call, who is left in peace, what is said and asked."""

import datetime as dt
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.watch.calls import (
    Contact,
    Doubt,
    Household,
    call_plan,
    signal_rates,
    urgency,
)
from analysis.watch.window import search_window

NOW = dt.datetime(2026, 6, 16, 9, 0)  # a Tuesday
TODAY = NOW.date()


@dataclass(frozen=True)
class Opening:
    day_from: int
    day_to: int
    ranges: tuple[tuple[str, str], ...]


MORNINGS = (Opening(1, 5, (("08:30", "12:00"),)),)


def day(back: int) -> dt.date:
    return TODAY - dt.timedelta(days=back)


def household(name: str, arrives_in: int, *communes: str, housed: bool = False) -> Household:
    window = search_window(TODAY + dt.timedelta(days=arrives_in), TODAY, housed=housed)
    return Household(name, window, frozenset(communes))


def contact(name: str, commune: str = "", **changes: object) -> Contact:
    base = Contact(name, f"Mairie {name}", frozenset({commune or name}), MORNINGS, day(7), day(7), rate=0.1)
    return replace(base, **changes)  # type: ignore[arg-type]


def order(*contacts: Contact, households: tuple[Household, ...] = (), now: dt.datetime = NOW) -> list[str]:
    return [call.contact for call in call_plan(contacts, households, now).calls]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


# -- what raises a call --------------------------------------------------------------------------------------


def test_where_more_people_search_is_called_first() -> None:
    two = (household("x", 4, "b"), household("y", 4, "b"), household("z", 4, "a"))
    assert order(contact("a"), contact("b"), contact("c"), households=two) == ["b", "a", "c"]


def test_nearer_arrivals_come_first() -> None:
    assert order(contact("a"), contact("b"), households=(household("x", 8, "a"), household("y", 1, "b"))) == ["b", "a"]  # fmt: skip


def test_longer_silence_comes_first() -> None:
    here = (household("x", 4, "a", "b", "c"),)
    contacts = (contact("a", answered=day(2)), contact("b", answered=day(9)), contact("c", answered=None))
    assert order(*contacts, households=here) == ["c", "b", "a"]


def test_doubtful_listings_come_before_sure_ones() -> None:
    here = (household("x", 4, "a", "b", "c"),)

    def doubts(*chances: float) -> tuple[Doubt, ...]:
        return tuple(Doubt(str(n), "Maison", chance) for n, chance in enumerate(chances))

    contacts = (
        contact("a", doubts=doubts(0.97)),
        contact("b", doubts=doubts(0.5)),
        contact("c", doubts=doubts(1.0)),
    )
    assert order(*contacts, households=here) == ["b", "a", "c"]


def test_windows_that_are_not_open_count_for_nothing() -> None:
    closed = (household("x", 9, "a"), household("y", 3, "a", housed=True))
    plan = call_plan([contact("a")], closed, NOW)
    assert plan.calls[0].households == 0
    assert plan.calls[0].brings == call_plan([contact("a")], (), NOW).calls[0].brings
    assert "Personne ne cherche ici" in plan.calls[0].why


def test_whoever_looks_anywhere_counts_everywhere() -> None:
    plan = call_plan([contact("a"), contact("b")], (household("x", 4),), NOW)
    assert [call.households for call in plan.calls] == [1, 1]


@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 20), st.integers(0, 20), st.floats(0.001, 1))
def test_each_factor_only_raises(near: int, far: int, short: int, long: int, rate: float) -> None:
    near, far, short, long = min(near, far), max(near, far), min(short, long), max(short, long)

    def brings(arrives_in: int, silence: int, more: tuple[Household, ...] = ()) -> float:
        who = (household("x", arrives_in, "a"), *more)
        return call_plan([contact("a", answered=day(silence), rate=rate)], who, NOW).calls[0].brings

    assert brings(near, short) >= brings(far, short)
    assert brings(near, long) >= brings(near, short)
    assert brings(near, long, (household("y", far, "a"),)) >= brings(near, long)


def test_urgency_goes_from_an_eighth_to_one() -> None:
    values = [urgency(search_window(TODAY + dt.timedelta(days=n), TODAY), 8) for n in (9, 8, 4, 1, 0, -5)]
    assert values == [0, 1 / 8, 5 / 8, 1, 1, 1]


# -- who is left in peace ------------------------------------------------------------------------------------


def test_no_contact_is_asked_more_often_than_agreed() -> None:
    contacts = [contact(str(n), asked=day(n)) for n in range(6)]
    plan = call_plan(contacts, (), NOW, every_days=3)
    assert sorted(call.contact for call in plan.calls) == ["3", "4", "5"]
    assert [one.contact for one in plan.resting] == ["2", "1", "0"]
    assert plan.resting[0].until == dt.datetime(2026, 6, 17)
    assert plain(plan.resting[0].why) == "appelé le 14/06/2026 : pas avant le 17/06/2026"


@given(st.lists(st.booleans(), min_size=20, max_size=40), st.integers(1, 10))
def test_a_month_of_mornings_never_breaks_the_interval(called: list[bool], every: int) -> None:
    one = contact("a", asked=None)
    asked: list[dt.date] = []
    for n, answers in enumerate(called):
        now = NOW + dt.timedelta(days=n)
        if call_plan([one], (household("x", 200),), now, every_days=every).calls:
            asked.append(now.date())
            one = replace(one, asked=now.date(), answered=now.date() if answers else one.answered)
    assert all((b - a).days >= every for a, b in pairwise(asked))
    assert asked


def test_who_asked_to_be_called_back_comes_first_at_the_hour_and_not_before() -> None:
    early = contact("a", asked=day(0), call_back=NOW + dt.timedelta(hours=1))
    plan = call_plan([early, contact("b")], (household("x", 1, "b"),), NOW)
    assert [call.contact for call in plan.calls] == ["b"]
    assert plain(plan.resting[0].why) == "a demandé d’être rappelé le 16/06/2026 à 10 h"
    due = replace(early, call_back=NOW - dt.timedelta(minutes=1))
    plan = call_plan([contact("b"), due], (household("x", 1, "b"),), NOW)
    assert [call.contact for call in plan.calls] == ["a", "b"]
    assert plan.calls[0].due
    assert plan.calls[0].why.startswith("A demandé d’être rappelé")


@pytest.mark.parametrize(
    ("now", "called", "open_now", "text"),
    [
        ("2026-06-16 08:00", True, False, "Fermée, ouvre aujourd'hui à 8 h 30"),
        ("2026-06-16 09:00", True, True, "Ouverte maintenant, jusqu'à 12 h"),
        ("2026-06-16 12:00", False, None, "Fermée, ouvre demain à 8 h 30"),
        ("2026-06-20 09:00", False, None, "Fermée, ouvre lundi à 8 h 30"),
        ("2026-07-14 09:00", False, None, "Fermée (jour férié : Fête nationale), ouvre demain à 8 h 30"),
    ],
)
def test_town_halls_are_called_on_the_days_they_open(
    now: str, called: bool, open_now: bool | None, text: str
) -> None:
    plan = call_plan([contact("a", asked=None)], (), dt.datetime.fromisoformat(now))
    if called:
        assert plan.resting == ()
        assert (plan.calls[0].open_now, plain(plan.calls[0].hours)) == (open_now, text)
    else:
        assert plan.calls == ()
        assert (plan.resting[0].until, plain(plan.resting[0].why)) == (None, text)


@pytest.mark.parametrize(
    ("now", "text"),
    [
        ("2026-06-20 09:00", "Horaires non publiés"),  # a Saturday: an agency may be there
        ("2026-06-21 09:00", "Dimanche"),
        ("2026-07-14 09:00", "Jour férié : Fête nationale"),
    ],
)
def test_without_published_hours_sundays_and_holidays_are_left_in_peace(now: str, text: str) -> None:
    plan = call_plan([contact("a", openings=(), asked=None)], (), dt.datetime.fromisoformat(now))
    if plan.calls:
        assert (plan.calls[0].open_now, plan.calls[0].hours) == (None, text)
    else:
        assert plain(plan.resting[0].why) == text
    assert bool(plan.calls) == (text == "Horaires non publiés")


# -- words ---------------------------------------------------------------------------------------------------


def test_why_and_what_to_ask() -> None:
    doubts = (
        Doubt("1", "Maison à louer, Essay, 4 pièces", 0.6),
        Doubt("2", "Appartement à louer, Essay", 0.5),
        Doubt("3", "Studio", 1.0),
    )
    one = contact("a", answered=day(9), doubts=doubts)
    (call,) = call_plan([one], (household("x", 2, "a"), household("y", 7, "a")), NOW).calls
    assert plain(call.why) == (
        "2 foyers cherchent ici, première arrivée dans 2 jours ; 2 annonces à confirmer ; sans nouvelles depuis 9 jours."
    )
    assert [plain(text) for text in call.ask] == [
        "Toujours libre ? Appartement à louer, Essay",
        "Toujours libre ? Maison à louer, Essay, 4 pièces",
        "Du nouveau depuis le 07/06/2026 ?",
    ]
    assert (call.households, call.days_left, call.silence) == (2, 2, 9)


@pytest.mark.parametrize(
    ("arrives_in", "answered", "text"),
    [
        (0, None, "1 foyer cherche ici, arrivée aujourd’hui ; n’a encore jamais répondu."),
        (-2, 0, "1 foyer cherche ici, en retard ; a répondu aujourd’hui."),
        (1, 1, "1 foyer cherche ici, première arrivée dans 1 jour ; sans nouvelles depuis 1 jour."),
    ],
)
def test_singular_late_and_never(arrives_in: int, answered: int | None, text: str) -> None:
    one = contact("a", answered=None if answered is None else day(answered), asked=None)
    (call,) = call_plan([one], (household("x", arrives_in, "a"),), NOW).calls
    assert plain(call.why) == text


def test_rates_are_drawn_together() -> None:
    rates = signal_rates([0, 10, 2], 30)
    common = 12 / 90
    assert rates == pytest.approx([14 * common / 44, (10 + 14 * common) / 44, (2 + 14 * common) / 44])
    assert signal_rates([], 30) == []
    with pytest.raises(ValueError, match="positif"):
        signal_rates([1], 0)


@pytest.mark.parametrize("wrong", [{"mean_life": 0}, {"days": 0}, {"every_days": 0}])
def test_numbers_that_are_not_positive_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="positifs"):
        call_plan([], (), NOW, **wrong)
