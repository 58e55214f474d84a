"""The same house signalled twice: what is proposed, what contradicts, what was decided already."""

import datetime as dt
import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from analysis.watch.duplicates import COLUMNS, duplicates

NAN = math.nan
BASE = {
    "commune": "61001", "kind": "house", "tenure": "rent", "rooms": 4.0, "surface": 95.0, "rent": 600.0, "price": NAN,
    "lon": NAN, "lat": NAN, "first": "2026-05-04", "last": "2026-05-11",
}  # fmt: skip


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def market(*changes: Mapping[str, object]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Listings a, b, … as `BASE` with what each changes, and their lives."""
    frame = pd.DataFrame([{**BASE, **change, "listing": "abcdefg"[n]} for n, change in enumerate(changes)])
    known = frame[["listing"]].assign(
        first_seen=pd.to_datetime(frame["first"]), last_seen=pd.to_datetime(frame["last"])
    )
    return frame.drop(columns=["first", "last"]), known


def pairs(*changes: Mapping[str, object]) -> list[tuple[str, str]]:
    found = duplicates(*market(*changes))
    return list(zip(found["listing"], found["other"], strict=True))


def test_a_house_told_by_two_contacts_is_proposed_once_with_what_agrees() -> None:
    found = duplicates(*market({}, {"surface": 97.0, "rent": 620.0, "first": "2026-05-06"}))
    assert list(found.columns) == COLUMNS
    assert found[["listing", "other", "agreeing"]].values.tolist() == [["a", "b", 3]]
    assert plain(found["why"].iloc[0]) == (
        "même commune, maison, 4 pièces, 95 et 97 m², 600 et 620 €, la seconde vue le 06/05/2026"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"commune": "61002"},
        {"tenure": "sale"},
        {"kind": "apartment"},
        {"rooms": 3.0},
        {"surface": 106.0},
        {"rent": 667.0},
        {"first": "2026-06-11", "last": "2026-06-20"},
    ],
)
def test_what_contradicts_keeps_two_apart(change: dict[str, object]) -> None:
    assert pairs({}, change) == []


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "other"},
        {"rooms": NAN},
        {"surface": 105.0},
        {"rent": 666.0},
        {"first": "2026-06-10", "last": "2026-06-20"},  # thirty days after the other was last seen
        {"first": "2026-03-01", "last": "2026-04-04"},
    ],
)
def test_what_is_near_or_not_told_does_not(change: dict[str, object]) -> None:
    assert pairs({}, change) == [("a", "b")]


def test_one_fact_in_common_is_not_enough() -> None:
    bare = {"surface": NAN, "rent": NAN}
    assert pairs(bare, bare) == []
    assert pairs({**bare, "surface": 95.0}, {**bare, "surface": 95.0}) == [("a", "b")]


def test_places_agree_within_three_hundred_metres_and_contradict_beyond() -> None:
    here = {"surface": NAN, "rent": NAN, "lat": 48.5, "lon": 0.3}
    near = {**here, "lon": 0.3 + 290 / (111_195 * math.cos(math.radians(48.5)))}
    far = {**here, "lat": 48.5 + 310 / 111_195}
    assert pairs(here, near) == [("a", "b")]
    assert pairs(here, far) == []
    assert "même endroit, vues le même jour" in duplicates(*market(here, near))["why"].iloc[0]


def test_houses_for_sale_are_compared_by_price() -> None:
    sale = {"tenure": "sale", "rent": NAN, "price": 128_000.0}
    assert pairs(sale, {**sale, "price": 125_000.0}) == [("a", "b")]
    assert pairs(sale, {**sale, "price": 98_000.0}) == []


def test_those_that_agree_most_come_first_and_decided_pairs_are_gone() -> None:
    listings, known = market({}, {"surface": NAN}, {"first": "2026-05-05"})
    found = duplicates(listings, known)
    assert found[["listing", "other"]].values.tolist() == [["a", "c"], ["a", "b"], ["b", "c"]]
    left = duplicates(listings, known, [("c", "a"), ("b", "c")])
    assert left[["listing", "other"]].values.tolist() == [["a", "b"]]


def test_nothing_and_one_listing_make_no_pair() -> None:
    listings, known = market({})
    assert duplicates(listings, known).empty
    assert list(duplicates(listings.iloc[:0], known.iloc[:0]).columns) == COLUMNS
    # Never seen available: no life, nothing to compare.
    assert duplicates(*market({}, {}))["other"].tolist() == ["b"]
    assert duplicates(market({}, {})[0], known).empty


def test_five_thousand_listings_of_a_territory_are_compared_commune_by_commune() -> None:
    draw = np.random.default_rng(5)
    count = 5000
    first = pd.Timestamp("2025-01-01") + pd.to_timedelta(draw.integers(0, 700, count), unit="D")
    listings = pd.DataFrame(
        {
            "listing": [f"l{n:04d}" for n in range(count)],
            "commune": draw.choice([f"610{n:02d}" for n in range(20)], count),
            "kind": "house",
            "tenure": "rent",
            "rooms": draw.integers(2, 7, count).astype(float),
            "surface": draw.uniform(40, 160, count),
            "rent": draw.uniform(350, 900, count),
            "price": NAN,
            "lat": draw.uniform(48.4, 48.6, count),
            "lon": draw.uniform(0.2, 0.5, count),
        }
    )
    known = pd.DataFrame({"listing": listings["listing"], "first_seen": first, "last_seen": first})
    twice = listings.iloc[:40].assign(listing=[f"x{n:04d}" for n in range(40)])
    twice["rent"] *= 1.02
    again = known.iloc[:40].assign(listing=twice["listing"].to_numpy())
    again["first_seen"] = again["last_seen"] = known["first_seen"].iloc[:40] + dt.timedelta(days=3)
    found = duplicates(pd.concat([listings, twice]), pd.concat([known, again]))
    proposed = set(zip(found["listing"], found["other"], strict=True))
    assert {(f"l{n:04d}", f"x{n:04d}") for n in range(40)} <= proposed
    # What is proposed beside them by chance stays few enough to be looked at.
    assert len(proposed) < 60
