"""Counting the network: who is there, moves, growth, files, dwellings; each number worked out by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.model import Audience, Thresholds
from analysis.network import (
    applications_by_commune,
    applications_by_year,
    growth,
    listings_available,
    listings_by_commune,
    members_by_commune,
    members_on,
)
from tests.draws import draws

CODES = ("61001", "61002", "61003")
LIMITS = Thresholds(public=11, council=3)
TODAY = dt.date(2026, 5, 12)
PUBLIC, ELU, ALL = Audience.PUBLIC, Audience.ELU, Audience.ANIMATEUR


def stays(*rows: tuple[str, str, str, str | None, bool]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["member", "commune", "arrived", "left", "public"])
    frame["arrived"], frame["left"] = pd.to_datetime(frame["arrived"]), pd.to_datetime(frame["left"])
    return frame


# a moves to 61002 in 2024; b leaves in 2025; c comes back after a year away; d arrives in the future
LIVES = stays(
    ("a", "61001", "2022-03-01", "2024-06-01", True),
    ("a", "61002", "2024-06-01", None, True),
    ("b", "61001", "2022-09-01", "2025-02-10", False),
    ("c", "61003", "2022-01-01", "2023-01-01", False),
    ("c", "61003", "2024-01-01", None, False),
    ("d", "61003", "2026-09-01", None, True),
)


def test_present_from_the_day_of_arrival_to_the_day_before_leaving() -> None:
    on = {
        day: sorted(members_on(LIVES, dt.date.fromisoformat(day))["member"])
        for day in (
            "2021-12-31",
            "2022-01-01",
            "2022-12-31",
            "2023-01-01",
            "2025-02-09",
            "2025-02-10",
            "2026-05-12",
        )
    }
    assert on == {
        "2021-12-31": [],
        "2022-01-01": ["c"],
        "2022-12-31": ["a", "b", "c"],
        "2023-01-01": ["a", "b"],
        "2025-02-09": ["a", "b", "c"],
        "2025-02-10": ["a", "c"],
        "2026-05-12": ["a", "c"],
    }


def test_who_moved_is_counted_once_where_he_went() -> None:
    assert list(members_on(LIVES, dt.date(2024, 6, 1)).set_index("member").loc[["a"], "commune"]) == ["61002"]
    overlapping = stays(("a", "61001", "2022-03-01", None, True), ("a", "61002", "2024-06-01", None, True))
    assert list(members_on(overlapping, TODAY)["commune"]) == ["61002"]


def test_members_by_commune_for_each_audience() -> None:
    everything = members_by_commune(LIVES, CODES, TODAY, ALL, LIMITS)
    assert list(everything.cells.index) == list(CODES)
    assert list(everything.cells["value"]) == [0, 1, 1]
    assert everything.total == 2
    for audience in (PUBLIC, ELU):
        seen = members_by_commune(LIVES, CODES, TODAY, audience, LIMITS)
        assert set(seen.cells["status"]) == {"suppressed"}
        assert list(seen.cells["public"]) == [0, 1, 0]
        assert (seen.total, seen.total_public) == (None, 1)


def test_growth_by_hand() -> None:
    frame = growth(LIVES, 2022, TODAY, ALL, LIMITS).set_index("period")
    assert list(frame.index) == ["2022-12-31", "2023-12-31", "2024-12-31", "2025-12-31", "2026-05-12"]
    assert list(frame["present"]) == [3, 2, 3, 2, 2]
    assert list(frame["arrivals"]) == [3, 0, 1, 0, 0]  # a's move in 2024 is no arrival, c's return is one
    assert list(frame["departures"]) == [0, 1, 0, 1, 0]
    assert list(frame["public_present"]) == [1, 1, 1, 1, 1]
    assert set(frame["status"]) | set(frame["flow_status"]) == {"observed"}


def test_growth_hides_small_years_from_the_public_and_counts_consent() -> None:
    frame = growth(LIVES, 2022, TODAY, PUBLIC, LIMITS)
    assert set(frame["status"]) == {"suppressed"}
    assert frame[["present", "arrivals", "departures"]].isna().all(axis=None)
    assert list(frame["public_arrivals"]) == [1, 0, 0, 0, 0]


def test_growth_begins_before_the_first_year() -> None:
    frame = growth(LIVES, 2024, TODAY, ALL, LIMITS)
    assert list(frame["present"]) == [3, 2, 2]
    assert list(frame["arrivals"]) == [1, 0, 0]


@pytest.mark.parametrize("audience", list(Audience))
def test_an_empty_network_has_zeros_and_no_error(audience: Audience) -> None:
    none = LIVES.head(0)
    frame = growth(none, 2024, TODAY, audience, LIMITS)
    assert list(frame["present"]) == [0, 0, 0]
    assert members_by_commune(none, CODES, TODAY, audience, LIMITS).total == 0
    untyped = pd.DataFrame(columns=["member", "commune", "arrived", "left", "public"], dtype=object)
    assert growth(untyped, 2024, TODAY, audience, LIMITS)["present"].sum() == 0


def random_stays(seed: int, members: int, years: int) -> pd.DataFrame:
    """Lives with gaps, moves, overlaps and stays of no length."""
    random = np.random.default_rng(seed)
    rows: list[tuple[str, str, str, str | None, bool]] = []
    for member in range(members):
        public = bool(random.random() < 0.6)
        day = dt.date(2004, 1, 1) + dt.timedelta(days=int(random.integers(0, 365 * years)))
        for _ in range(int(random.integers(1, 4))):
            end = day + dt.timedelta(days=int(random.integers(0, 2000)))
            left = end.isoformat() if end < TODAY and random.random() < 0.8 else None
            rows.append((f"m{member}", CODES[int(random.integers(0, 3))], day.isoformat(), left, public))
            if left is None:
                break
            day = end + dt.timedelta(days=int(random.choice([-20, 0, 0, 40, 400])))
    return stays(*rows)


@pytest.mark.parametrize("seed", range(draws(20)))
def test_stock_is_stock_before_plus_arrivals_less_departures_and_agrees_with_the_roll_call(seed: int) -> None:
    lives = random_stays(seed, 80, 20)
    frame = growth(lives, 2000, TODAY, ALL, LIMITS)
    before = np.concatenate([[0], frame["present"].to_numpy()[:-1]])
    assert (before + frame["arrivals"] - frame["departures"] == frame["present"]).all()
    for row in frame.to_dict("records"):
        day = dt.date.fromisoformat(row["period"])
        assert len(members_on(lives, day)) == row["present"]
        by_commune = members_by_commune(lives, CODES, day, ALL, LIMITS)
        assert by_commune.total == row["present"] == by_commune.cells["value"].sum()


def files(*rows: tuple[str, str | None, str]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["received", "wished_commune", "status"])
    return frame.assign(received=pd.to_datetime(frame["received"]))


FILES = files(
    ("2003-05-01", "61001", "declined"),
    ("2024-02-01", "61001", "settled"),
    ("2024-12-31", None, "lost"),
    ("2025-06-01", "75056", "read"),
    ("2026-05-12", "61002", "received"),
    ("2026-05-13", "61002", "received"),
)


def test_files_without_a_wish_count_in_the_total_only() -> None:
    result = applications_by_commune(FILES, CODES, TODAY, ALL, LIMITS)
    assert list(result.cells["value"]) == [2, 1, 0]
    assert result.total == 5


def test_files_by_year_and_since_the_launch() -> None:
    frame = applications_by_year(FILES, 2024, TODAY, ALL, LIMITS)
    assert list(frame["period"]) == ["2024-12-31", "2025-12-31", "2026-05-12"]
    assert list(frame["received"]) == [3, 1, 1]
    assert list(frame["cumulative"]) == [3, 4, 5]


def test_running_totals_of_files_do_not_give_a_hidden_year_away() -> None:
    rows = [
        (f"{year}-03-01", None, "read")
        for year, n in ((2023, 20), (2024, 2), (2025, 15), (2026, 4))
        for _ in range(n)
    ]
    frame = applications_by_year(files(*rows), 2023, TODAY, PUBLIC, LIMITS)
    assert list(frame["received"].fillna(-1)) == [20, -1, 15, -1]
    assert list(frame["cumulative"].fillna(-1)) == [20, -1, -1, 41]


def test_available_means_seen_available_lately_and_not_gone_since() -> None:
    listings = pd.DataFrame({"listing": list("abcdef"), "commune": ["61001"] * 3 + ["61002"] * 3})
    sightings = pd.DataFrame(
        [
            ("a", "2026-05-04", "available"),  # eight days old: still counts
            ("b", "2026-05-03", "available"),  # nine
            ("c", "2026-05-10", "available"),
            ("c", "2026-05-11", "gone"),
            ("d", "2026-05-10", "available"),
            ("d", "2026-05-12", "unknown"),  # no news
            ("e", "2026-05-12", "gone"),
            ("e", "2026-05-12", "available"),  # the same day: gone is the later news
            ("f", "2026-05-13", "available"),  # tomorrow
        ],
        columns=["listing", "on", "state"],
    )
    sightings["on"] = pd.to_datetime(sightings["on"])
    found = listings_available(listings, sightings, TODAY)
    assert list(found["listing"]) == ["d", "a"]
    assert list(listings_available(listings, sightings, TODAY, max_age_days=9)["listing"]) == ["d", "a", "b"]
    by_commune = listings_by_commune(found, CODES)
    assert list(by_commune["value"]) == [1, 1, 0]
    assert set(by_commune["status"]) == {"observed"}
    assert listings_available(listings.head(0), sightings.head(0), TODAY).empty
