"""Statistical secrecy of counts of people: which may be shown to whom, so that no hidden one can be worked
out.

A count is made of people who consented to be public, whom anybody can count anyway, and of the others. What
must not come out is the count of *the others*: with 11 members of whom 10 are public, showing the 11 tells
that one more lives there. So the threshold is held against the others, everywhere, and a cell is

* shown whole when its others are 0 or reach the threshold, and it is not needed to cover a neighbour; *
else shown as its public members only, and marked suppressed.

Complementary suppression: in a row of cells of which the sum is known, a single hidden cell would be the
sum minus the rest, so never less than two are hidden; 0 is hidden like 1 when a neighbour is hidden; and
where the sum itself gives every hidden cell away (all just below the threshold) one more is hidden. Which
cells are hidden depends only on the values, never on their place, so that the pattern tells nothing:
exchanging the values of two hidden cells hides the same cells. `tests/analysis/test_secrecy.py` enumerates
every small table that looks the same and finds no hidden cell with only one possible value.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.model import Status

OBSERVED, SUPPRESSED = Status.OBSERVED.value, Status.SUPPRESSED.value
Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Protected:
    """Counts as one audience may see them.

    `cells` and `groups` are indexed by key with `value` (NaN unless observed), `status` and `public`
    (consenting people, always counted). `total` is None when it is suppressed; `total_public` counts the
    consenting people of all cells.
    """

    cells: pd.DataFrame
    groups: pd.DataFrame
    total: float | None
    total_status: Status
    total_public: int


def protect(
    counts: pd.Series[Any],
    public: pd.Series[Any] | None,
    threshold: int,
    groups: Mapping[str, Sequence[Hashable]] | None = None,
) -> Protected:
    """Protect one table of counts, its groups and its total, which are shown together; the total first,
    then the groups.

    `counts` are people by cell (whole numbers); `public` those of them who consented, same index, nobody
    when None. `groups` are disjoint sets of cells; cells in no group are treated as one more. `threshold`
    is the smallest count of other people that may be shown, 0 or 1 to show all. Raises ValueError when
    groups overlap or name an unknown cell, when public people outnumber all, or for a threshold of 2:
    hiding only the 1 would tell that it is 1.
    """
    check_threshold(threshold)
    all_people = _whole(counts)
    known = (
        np.zeros_like(all_people) if public is None else _whole(public.reindex(counts.index, fill_value=0))
    )
    others = all_people - known
    if (others < 0).any():
        raise ValueError("more public people than people")
    parts = _partition(counts.index, groups or {})
    hidden, part_hidden, total_hidden = tree(others, list(parts.values()), threshold)
    shown_groups = list(groups or {})
    sums = np.array([all_people[parts[name]].sum() for name in shown_groups], dtype=float)
    sums_public = np.array([known[parts[name]].sum() for name in shown_groups], dtype=np.int64)
    return Protected(
        cells=_frame(counts.index, all_people.astype(float), known, hidden),
        groups=_frame(
            pd.Index(shown_groups, dtype=object), sums, sums_public, part_hidden[: len(shown_groups)]
        ),
        total=None if total_hidden else float(all_people.sum()),
        total_status=Status.SUPPRESSED if total_hidden else Status.OBSERVED,
        total_public=int(known.sum()),
    )


def check_threshold(threshold: int) -> None:
    """Raises ValueError for a threshold that protects nothing: negative, or 2."""
    if threshold < 0 or threshold == 2:
        raise ValueError(f"a threshold must be 0, 1 (show all) or at least 3, not {threshold}")


def flat(others: Counts, threshold: int) -> tuple[Mask, bool]:
    """Which cells of one row to hide, and whether to hide its sum as well."""
    none = np.zeros(len(others), dtype=bool)
    total = int(others.sum())
    if threshold <= 1 or total == 0:
        return none, False
    if total < threshold:
        return ~none, True
    below = others < threshold
    if not (below & (others > 0)).any():
        return none, False
    hidden = below
    # Symmetric choice: all cells equal to the smallest are added together, never the first of them.
    while _gives_itself_away(others, hidden, threshold):
        rest = others[~hidden]
        if not len(rest):
            return ~none, True
        hidden = hidden | (others == rest.min())
    return hidden, False


def _gives_itself_away(others: Counts, hidden: Mask, threshold: int) -> bool:
    count, total = int(hidden.sum()), int(others[hidden].sum())
    # The sum of the hidden cells is known. One cell: it is that sum. Sum 0: all are 0. All just below the
    # threshold: the sum says so to whoever knows the rule.
    return count == 1 or total == 0 or total == count * (threshold - 1)


def tree(others: Counts, parts: list[Counts], threshold: int) -> tuple[Mask, Mask, bool]:
    """Which cells and which parts to hide, and whether to hide the total: the rule of `protect`.

    `others` are people by cell who did not consent, `parts` the places of the cells of each part; every
    cell stands in one. A hidden part hides its cells. Where the cells of a part betray themselves to
    whoever knows its sum, everything is hidden, the total too: hiding that part alone would say why. It
    takes a part whose hidden cells are all just below the threshold, or look it.
    """
    sums = np.array([others[part].sum() for part in parts], dtype=np.int64)
    part_hidden, total_hidden = flat(sums, threshold)
    if len(parts) == 1:  # the only part is the whole
        cells, total_hidden = flat(others, threshold)
        return cells, np.array([total_hidden]), total_hidden
    hidden = np.zeros(len(others), dtype=bool)
    for index, part in enumerate(parts):
        cells, betrayed = flat(others[part], threshold)
        if betrayed and not part_hidden[index]:
            return np.ones(len(others), dtype=bool), np.ones(len(parts), dtype=bool), True
        hidden[part] = True if part_hidden[index] else cells
    return hidden, part_hidden, total_hidden


def _partition(index: pd.Index[Any], groups: Mapping[str, Sequence[Hashable]]) -> dict[str | None, Counts]:
    parts: dict[str | None, Counts] = {}
    free = np.ones(len(index), dtype=bool)
    for name, keys in groups.items():
        places = index.get_indexer(pd.Index(list(keys), dtype=object))
        if (places < 0).any():
            raise ValueError(f"group {name!r} names a cell that does not exist")
        if len(set(places.tolist())) < len(places) or not free[places].all():
            raise ValueError(
                f"group {name!r} overlaps another: only disjoint groups can be protected together"
            )
        free[places] = False
        parts[name] = np.asarray(places, dtype=np.int64)
    if free.any() or not parts:
        parts[None] = np.flatnonzero(free).astype(np.int64)
    return parts


def _whole(values: pd.Series[Any]) -> Counts:
    numbers = values.to_numpy(dtype=float)
    if np.isnan(numbers).any() or (numbers < 0).any() or (numbers != np.floor(numbers)).any():
        raise ValueError("counts of people are whole numbers, 0 or more")
    return numbers.astype(np.int64)


def _frame(
    index: pd.Index[Any], values: npt.NDArray[np.float64], public: Counts, hidden: Mask
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "value": np.where(hidden, np.nan, values),
            "status": np.where(hidden, SUPPRESSED, OBSERVED).astype(object),
            "public": public,
        },
        index=index,
    )


def protect_flow(
    present: Counts,
    arrivals: Counts,
    departures: Counts,
    threshold: int,
    *,
    hide_last: bool = False,
    opening: int = 0,
) -> tuple[Mask, Mask]:
    """Which years of a stock and of its flows to hide; all arrays by year, of people who did not consent.

    The stock of a year is that of the year before, plus arrivals, less departures, so a single hidden one
    of the four would be computable. Arrivals and departures are therefore hidden or shown together, and
    only shown between two shown stocks; what stays known of a hidden pair is its difference. A stock of 0
    is hidden beside a hidden year. `hide_last` hides the last stock because another table does. `opening`
    is the stock before the first year: no table shows it, but the first year's flows would give it back.
    Returns (stock hidden, flows hidden).
    """
    check_threshold(threshold)
    if threshold <= 1:
        return np.zeros(len(present), dtype=bool), np.zeros(len(present), dtype=bool)
    below = present < threshold
    run = np.cumsum(np.diff(below, prepend=False))  # numbers the stretches of years below and not below
    stock = np.zeros(len(present), dtype=bool)
    for number in np.unique(run[below & (present > 0)]):
        stock |= run == number
    if hide_last and len(stock):
        stock[-1] = True
    flow_small = ((arrivals > 0) & (arrivals < threshold)) | ((departures > 0) & (departures < threshold))
    before = np.concatenate([[0 < opening < threshold], stock[:-1]]) if len(stock) else stock
    return stock, flow_small | stock | before


def cumulative_hidden(hidden: Mask) -> Mask:
    """Which running totals to hide when some of the terms are: those with hidden terms both before and
    after.

    The others are sums of shown terms, or the shown grand total less shown terms: they tell nothing new.
    When the grand total is hidden, so is every running total from the first hidden term on; the caller sees
    to it.
    """
    until = np.cumsum(hidden)
    return (until > 0) & (until < (until[-1] if len(until) else 0))
