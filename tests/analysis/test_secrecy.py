"""The attack: list every table that looks the same from outside, and look for a hidden cell with one
possible value.

The attacker here knows more than a reader could: every shown figure, which cells are hidden, the threshold,
and this very program. What is enumerated is complete: a sum that is shown bounds the cells behind it.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.model import Status
from analysis.secrecy import cumulative_hidden, flat, protect, protect_flow, tree


def look_alikes(views: dict[tuple[int, ...], Any]) -> dict[Any, np.ndarray]:
    groups: dict[Any, list[tuple[int, ...]]] = defaultdict(list)
    for table, view in views.items():
        groups[view].append(table)
    return {view: np.array(tables) for view, tables in groups.items()}


def single(values: np.ndarray) -> bool:
    return len(np.unique(values)) == 1


@pytest.mark.parametrize(
    ("cells", "threshold", "largest"), [(1, 3, 9), (2, 3, 9), (3, 3, 8), (4, 3, 5), (3, 4, 9), (2, 11, 25)]
)
def test_no_hidden_cell_of_a_row_can_be_computed(cells: int, threshold: int, largest: int) -> None:
    def view(table: tuple[int, ...]) -> Any:
        counts = np.array(table)
        hidden, total_hidden = flat(counts, threshold)
        return tuple(hidden), tuple(counts[~hidden]), None if total_hidden else counts.sum()

    tables = {t: view(t) for t in itertools.product(range(largest + 1), repeat=cells)}
    hidden_seen = 0
    for (hidden, _, total), same in look_alikes(tables).items():
        for cell in np.flatnonzero(hidden):
            hidden_seen += 1
            assert not single(same[:, cell]), (hidden, total, same)
        if total is None:
            assert not single(same.sum(axis=1)), (hidden, same)
    assert hidden_seen > 0


@pytest.mark.parametrize(
    ("sizes", "largest"), [((2, 2), 6), ((1, 2), 9), ((1, 1, 2), 5), ((2, 3), 4), ((3,), 7), ((1, 1, 1), 7)]
)
def test_no_hidden_cell_or_group_can_be_computed_from_cells_groups_and_total(
    sizes: tuple[int, ...], largest: int
) -> None:
    threshold = 3
    keys = list(range(sum(sizes)))
    bounds = np.cumsum([0, *sizes])
    groups = {f"g{i}": keys[a:b] for i, (a, b) in enumerate(itertools.pairwise(bounds))}

    parts = [np.array(members) for members in groups.values()]

    def view(table: tuple[int, ...]) -> Any:
        counts = np.array(table)
        hidden, parts_hidden, total_hidden = tree(counts, parts, threshold)
        sums = np.array([counts[part].sum() for part in parts])
        cells, of_parts = (
            tuple(np.where(away, -1.0, all_of_them).tolist())
            for away, all_of_them in ((hidden, counts), (parts_hidden, sums))
        )
        return cells, of_parts, -1 if total_hidden else counts.sum()

    def shown(table: tuple[int, ...]) -> Any:
        result = protect(pd.Series(table, index=keys), None, threshold, groups)
        cells, of_parts = (
            tuple(np.nan_to_num(table["value"].to_numpy(), nan=-1.0).tolist())
            for table in (result.cells, result.groups)
        )
        return cells, of_parts, -1 if result.total is None else result.total

    tables = {t: view(t) for t in itertools.product(range(largest + 1), repeat=len(keys))}
    # What is shown is the rule's answer: asked of one table in 31, since a frame costs twenty times the rule.
    assert all(shown(table) == tables[table] for table in itertools.islice(tables, 0, None, 31))
    for (cells, group_values, total), same in look_alikes(tables).items():
        hidden = np.array(cells) < 0
        if total >= 0 and same[0][hidden].sum() > largest:
            continue  # look-alikes with larger cells are not listed here
        for cell in np.flatnonzero(hidden):
            assert not single(same[:, cell]), (cells, group_values, total, same)
        for index, members in enumerate(groups.values()):
            if group_values[index] < 0:
                assert not single(same[:, members].sum(axis=1)), (cells, group_values, total, same)
        if total < 0:
            assert not single(same.sum(axis=1))


@pytest.mark.parametrize(("years", "largest"), [(2, 7), (3, 5)])
def test_no_hidden_stock_or_flow_can_be_computed_from_the_other_years(years: int, largest: int) -> None:
    threshold = 3
    views: dict[tuple[int, ...], Any] = {}
    for table in itertools.product(range(largest + 1), repeat=2 * years):
        arrivals, departures = np.array(table[:years]), np.array(table[years:])
        present = np.cumsum(arrivals - departures)
        if (present < 0).any():
            continue
        stock, flow = protect_flow(present, arrivals, departures, threshold)
        views[table] = (
            tuple(stock),
            tuple(flow),
            tuple(present[~stock]),
            tuple(arrivals[~flow]),
            tuple(departures[~flow]),
        )
    checked = 0
    for (stock, flow, *_), same in look_alikes(views).items():
        if same.max(axis=1).min() > largest - threshold:
            continue  # look-alikes with larger flows are not listed here
        present = np.cumsum(same[:, :years] - same[:, years:], axis=1)
        for year in range(years):
            if stock[year]:
                assert not single(present[:, year]), (stock, flow, same)
            if flow[year]:
                checked += 1
                assert not single(same[:, year]), (stock, flow, same)
                assert not single(same[:, years + year]), (stock, flow, same)
    assert checked > 10


def test_a_row_by_hand() -> None:
    """20 members; 1 and 0 are hidden together, 3 and 16 reach the council's threshold; one consents and is
    always counted.
    """
    counts = pd.Series({"a": 1, "b": 0, "c": 3, "d": 16})
    result = protect(counts, pd.Series({"d": 1}), 3)
    assert list(result.cells["status"]) == ["suppressed", "suppressed", "observed", "observed"]
    assert list(result.cells["value"].dropna()) == [3, 16]
    assert list(result.cells["public"]) == [0, 0, 0, 1]
    assert (result.total, result.total_status, result.total_public) == (20, Status.OBSERVED, 1)


def test_a_lonely_hidden_cell_takes_its_smallest_neighbour_along() -> None:
    result = protect(pd.Series({"a": 1, "b": 9, "c": 4}), None, 3)
    assert list(result.cells["status"]) == ["suppressed", "observed", "suppressed"]


def test_what_consenting_people_leave_must_reach_the_threshold_too() -> None:
    """12 members reach 11, but 11 of them are public: showing 12 would count the one who is not."""
    result = protect(pd.Series({"a": 12, "b": 30}), pd.Series({"a": 11, "b": 0}), 11)
    assert list(result.cells["status"]) == ["suppressed", "suppressed"]
    assert list(result.cells["public"]) == [11, 0]
    assert result.total == 42


def test_only_consenting_members_are_shown_whatever_their_number() -> None:
    result = protect(pd.Series({"a": 1, "b": 2, "c": 0}), pd.Series({"a": 1, "b": 2, "c": 0}), 11)
    assert list(result.cells["value"]) == [1, 2, 0]
    assert result.total == 3


def test_a_total_below_the_threshold_hides_everything_zeros_too() -> None:
    result = protect(pd.Series({"a": 2, "b": 0}), None, 11)
    assert set(result.cells["status"]) == {"suppressed"}
    assert (result.total, result.total_status) == (None, Status.SUPPRESSED)


def test_an_empty_network_shows_its_zeros() -> None:
    result = protect(pd.Series({"a": 0, "b": 0}), None, 11, {"g": ["a"]})
    assert list(result.cells["value"]) == [0, 0]
    assert list(result.groups["value"]) == [0]
    assert result.total == 0


def test_coordinators_see_every_count() -> None:
    result = protect(pd.Series({"a": 1, "b": 0}), None, 0, {"g": ["a"], "h": ["b"]})
    assert list(result.cells["value"]) == [1, 0]
    assert list(result.groups["value"]) == [1, 0]


def test_a_group_too_small_hides_another_group_and_their_cells() -> None:
    counts = pd.Series({"a": 1, "b": 1, "c": 20, "d": 6, "e": 40})
    result = protect(counts, None, 5, {"small": ["a", "b"], "middle": ["c", "d"], "large": ["e"]})
    assert list(result.groups["status"]) == ["suppressed", "suppressed", "observed"]
    assert list(result.cells["status"]) == ["suppressed"] * 4 + ["observed"]
    assert result.total == 68


def test_a_commune_in_no_group_is_not_the_missing_piece() -> None:
    """Total less the shown group would give the cell outside any group."""
    result = protect(pd.Series({"a": 9, "b": 9, "outside": 1}), None, 3, {"g": ["a", "b"]})
    assert result.groups.loc["g", "status"] == "suppressed"
    assert result.cells.loc["outside", "status"] == "suppressed"


@pytest.mark.parametrize(
    ("counts", "public", "threshold", "groups"),
    [
        ({"a": 1}, {"a": 2}, 3, {}),
        ({"a": -1}, None, 3, {}),
        ({"a": 1.5}, None, 3, {}),
        ({"a": float("nan")}, None, 3, {}),
        ({"a": 1}, None, 2, {}),
        ({"a": 1}, None, -1, {}),
        ({"a": 1}, None, 3, {"g": ["z"]}),
        ({"a": 1, "b": 1}, None, 3, {"g": ["a"], "h": ["a", "b"]}),
    ],
)
def test_what_cannot_be_protected_is_refused(counts: Any, public: Any, threshold: int, groups: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        protect(pd.Series(counts), None if public is None else pd.Series(public), threshold, groups)


def test_running_totals_show_only_what_the_terms_already_tell() -> None:
    hidden = np.array([False, True, False, True, False])
    assert list(cumulative_hidden(hidden)) == [False, True, True, False, False]
    assert not cumulative_hidden(np.zeros(3, dtype=bool)).any()
    assert len(cumulative_hidden(np.zeros(0, dtype=bool))) == 0
