"""Calls of the watch in the store: kept in order, undone, refused with a reason; a town hall enters once.

The store is bare, so that the network on show is the demonstration.
"""

from __future__ import annotations

import datetime as dt

import pytest

from analysis.model import LOCAL_ACTOR, Actor, Audience
from data import network, register
from data.register import RegisterError
from data.store import Store
from data.territory import load_territory

NOW = dt.datetime(2026, 5, 12, 10, 30)
CLAIRE = Actor("claire", "Claire", Audience.ANIMATEUR)
TERRITORY = load_territory()
HALL = "mairie:61156"


def note(store: Store, contact: str = HALL, answer: str = "nothing_new", **more: object) -> register.Change:
    return register.report_call(store, TERRITORY, LOCAL_ACTOR, NOW, contact=contact, answer=answer, **more)  # type: ignore[arg-type]


def kept(store: Store) -> list[tuple[str, str]]:
    with store.read() as session:
        rows = network.calls(session, "demo")
    return list(zip(rows["contact"], rows["answer"], strict=True))


def test_calls_are_kept_in_order_and_the_town_hall_enters_once(any_store: Store) -> None:
    first = note(any_store)
    register.report_call(any_store, TERRITORY, CLAIRE, NOW, contact=HALL, answer="no_answer")
    hall = first.subject
    assert kept(any_store) == [(hall, "nothing_new"), (hall, "no_answer")]
    with any_store.read() as session:
        contacts = network.contacts(session, "demo")
        newest = register.entries(session)[0]
    assert contacts[["label", "commune", "kind"]].values.tolist() == [["Mairie d'Essay", "61156", "mairie"]]
    assert newest.title == "Appel de la veille\u202f: Mairie d'Essay"
    assert [d.after for d in newest.details if d.label == "réponse"] == ["n’a pas répondu"]


def test_a_call_is_undone_with_the_town_hall_it_brought_unless_another_one_rests_on_it(
    any_store: Store,
) -> None:
    first = note(any_store)
    again = note(any_store, first.subject, "no_answer")
    with pytest.raises(register.CannotUndo, match="appels"):
        register.undo(any_store, first.operation, LOCAL_ACTOR)
    register.undo(any_store, again.operation, LOCAL_ACTOR)
    register.undo(any_store, first.operation, LOCAL_ACTOR)
    assert kept(any_store) == []
    with any_store.read() as session:
        assert network.contacts(session, "demo").empty


def test_when_to_call_again_is_kept_to_the_minute(any_store: Store) -> None:
    note(any_store, answer="call_back", call_back=NOW + dt.timedelta(hours=4))
    with any_store.read() as session:
        assert network.calls(session, "demo")["call_back"].tolist() == ["2026-05-12T14:30"]


@pytest.mark.parametrize(
    ("contact", "answer", "back", "said"),
    [
        (HALL, "gone", None, "ce que l'appel a donné"),
        (HALL, "call_back", None, "quel jour et à quelle heure"),
        (HALL, "nothing_new", NOW + dt.timedelta(hours=1), "quel jour et à quelle heure"),
        (HALL, "call_back", NOW, "heure à venir"),
        (HALL, "call_back", NOW + dt.timedelta(days=61), "dans les 60 jours"),
        ("mairie:75056", "nothing_new", None, "n'est pas une commune du territoire"),
        ("nobody", "nothing_new", None, "correspondant"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    any_store: Store, contact: str, answer: str, back: dt.datetime | None, said: str
) -> None:
    with pytest.raises(RegisterError, match=said):
        note(any_store, contact, answer, call_back=back)
    assert kept(any_store) == []
    with any_store.read() as session:
        assert network.contacts(session, "demo").empty


def test_an_answer_about_a_listing_on_the_telephone_is_a_call_too_and_both_go_back_together(
    any_store: Store,
) -> None:
    hall = note(any_store).subject
    fields = register.ListingFields("house", "rent", "61156", rooms="4", amount="620")
    listing = register.report_listing(
        any_store, TERRITORY, LOCAL_ACTOR, NOW.date(), contact=hall, fields=fields
    ).subject
    change = register.report_sighting(
        any_store, CLAIRE, NOW.date(), contact=hall, listing=listing, state="gone", called=True
    )
    assert kept(any_store)[-1] == (hall, "told")
    register.undo(any_store, change.operation, LOCAL_ACTOR)
    assert kept(any_store) == [(hall, "nothing_new")]
    with any_store.read() as session:
        assert network.sightings(session, "demo")["state"].tolist() == ["available"]
