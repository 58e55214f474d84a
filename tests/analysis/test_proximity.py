"""Distances against known ones, isolation, and complementary trades near each other."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from analysis.proximity import EARTH_RADIUS_KM, distances, isolation, near_pairs

# Three communes on a meridian, one tenth of a degree apart: 11.12 km.
POINTS = {"A": (0.2, 48.5), "B": (0.2, 48.6), "C": (0.2, 48.8), "T": (0.2, 48.81)}
TENTH = EARTH_RADIUS_KM * math.radians(0.1)


def people(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["member", "commune", "trade"])


def test_distances_equal_known_ones() -> None:
    # A quarter of a meridian is a quarter of the circumference; Paris–Lyon between the usual points of the two
    # town halls is 391.5 km as the crow flies (geodesic on the WGS84 ellipsoid: 391.4 km).
    assert distances([(0, 0)], [(0, 90)])[0, 0] == pytest.approx(math.pi * EARTH_RADIUS_KM / 2)
    assert distances([(2.3522, 48.8566)], [(4.8357, 45.7640)])[0, 0] == pytest.approx(391.5, abs=0.5)
    assert distances([(179.9, 0)], [(-179.9, 0)])[0, 0] == pytest.approx(2 * TENTH, rel=1e-9)
    assert distances([(0.2, 48.5)], [(0.2, 48.5)])[0, 0] == 0
    assert distances([], [(0, 0)]).shape == (0, 1)


def test_isolation_names_the_nearest_and_puts_the_loneliest_first() -> None:
    found = isolation(
        people(("m1", "A", "x"), ("m2", "A", "x"), ("m3", "B", "x"), ("m4", "C", "x")), POINTS, ["T"]
    ).set_index("member")
    assert list(found.index) == ["m4", "m3", "m1", "m2"]
    assert found.loc["m4", ["nearest", "km"]].tolist() == ["B", pytest.approx(2 * TENTH)]
    assert found.loc["m3", ["nearest", "km"]].tolist() == ["A", pytest.approx(TENTH)]
    assert found.loc["m1", ["nearest", "km"]].tolist() == ["A", 0]
    assert found.loc["m4", ["telecentre", "telecentre_km"]].tolist() == ["T", pytest.approx(TENTH / 10)]


def test_one_member_alone_and_no_telecentre() -> None:
    found = isolation(people(("m", "A", "x")), POINTS)
    assert found["nearest"].tolist() == [None]
    assert found["telecentre"].tolist() == [None]
    assert found[["km", "telecentre_km"]].isna().all(axis=None)
    assert isolation(people(), POINTS, ["T"]).empty


def test_a_commune_without_a_point_is_left_out_not_misplaced() -> None:
    found = isolation(people(("m", "A", "x"), ("lost", "nowhere", "x")), POINTS)
    assert found["member"].tolist() == ["m"]


def test_near_pairs_counts_pairs_of_members_and_names_the_nearest() -> None:
    members = people(
        ("m1", "A", "web"),
        ("m2", "A", "web"),
        ("m3", "A", "design"),
        ("m4", "B", "design"),
        ("m5", "C", "text"),
    )
    pairs = [("text", "web"), ("design", "web"), ("web", "video")]
    found = near_pairs(members, pairs, POINTS, within_km=12)
    assert found[["first", "second", "count"]].to_numpy().tolist() == [
        ["design", "web", 4],
        ["text", "web", 0],
    ]
    assert found.loc[0, ["km", "first_commune", "second_commune"]].tolist() == [0, "A", "A"]
    assert found.loc[1, "km"] == pytest.approx(3 * TENTH)
    same = near_pairs(members, pairs, POINTS, within_km=0)
    assert same.loc[0, "count"] == 2
    assert near_pairs(people(), pairs, POINTS, 10).empty
