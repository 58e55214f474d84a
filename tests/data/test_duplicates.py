"""Listings that a person said to be one house, as they are read from then on: whatever the order of the decisions."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.model import LOCAL_ACTOR
from data import network, register
from data.register import ContactFields, ListingFields, RegisterError
from data.store import Store, open_store
from data.territory import load_territory
from tests.data.stores import empty_home
from tests.draws import draws

TERRITORY = load_territory()
TODAY = dt.date(2026, 5, 12)


def signalled(store: Store, rents: list[str]) -> list[str]:
    """The ids of listings, one a day, all by one town hall."""
    hall = register.add_contact(
        store, TERRITORY, LOCAL_ACTOR, origin="real", fields=ContactFields("mairie", "Mairie", "61156")
    ).subject
    return [
        register.report_listing(
            store, TERRITORY, LOCAL_ACTOR, TODAY - dt.timedelta(days=len(rents) - place), contact=hall,
            fields=ListingFields("house", "rent", "61156", rooms=str(place + 1), amount=rent),
        ).subject
        for place, rent in enumerate(rents)
    ]  # fmt: skip


def judge(store: Store, one: str, other: str, same: bool = True) -> register.Change:
    return register.judge_duplicate(store, LOCAL_ACTOR, listing=one, other=other, same=same)


def test_one_house_is_the_one_first_seen_with_all_sightings_and_what_the_other_tells(
    any_store: Store,
) -> None:
    first, second = signalled(any_store, ["", "640"])
    change = judge(any_store, second, first)
    with any_store.read() as session:
        listings, sightings = network.listings(session, "real"), network.sightings(session, "real")
    assert listings["listing"].tolist() == [first]
    assert (listings.loc[0, "rooms"], listings.loc[0, "rent"]) == (
        1,
        640.0,
    )  # its own, and what it did not tell
    assert sightings["listing"].tolist() == [first, first]
    with pytest.raises(RegisterError, match="déjà décidé"):
        judge(any_store, first, second, False)
    register.undo(any_store, change.operation, LOCAL_ACTOR)
    with any_store.read() as session:
        assert network.listings(session, "real")["listing"].tolist() == [first, second]
        assert network.sightings(session, "real")["listing"].tolist() == [first, second]
    judge(any_store, first, second, False)
    with any_store.read() as session:
        assert len(network.listings(session, "real")) == 2
        assert register.judged_of(session, second) == [(first, False)]


def test_what_is_no_pair_is_refused(any_store: Store) -> None:
    (one,) = signalled(any_store, ["620"])
    for other in (one, "nothing"):
        with pytest.raises(RegisterError):
            judge(any_store, one, other)


@given(pairs=st.lists(st.sampled_from(list(itertools.combinations(range(6), 2))), unique=True, max_size=8))
@settings(max_examples=draws(12), deadline=None)
def test_houses_are_the_groups_that_the_decisions_join(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[int, int]]
) -> None:
    store = open_store(empty_home(tmp_path_factory.mktemp("home")))
    ids = signalled(store, ["620"] * 6)
    groups = [{place} for place in range(6)]
    for one, other in pairs:
        judge(store, ids[one], ids[other])
        joined = next(g for g in groups if one in g) | next(g for g in groups if other in g)
        groups = [g for g in groups if not g & joined] + [joined]
    with store.read() as session:
        listings, sightings = network.listings(session, "real"), network.sightings(session, "real")
    assert set(listings["listing"]) == {ids[min(group)] for group in groups}
    counts = sightings["listing"].value_counts().to_dict()
    assert counts == {ids[min(group)]: len(group) for group in groups}
    store.close()
