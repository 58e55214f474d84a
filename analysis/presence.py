"""Who is present when: the counts behind the replay and behind growth by commune and by trade.

One pass over all dates at once, because the replay asks for hundreds of them. What is counted is what the caller passes: all stays
for coordinators, those of consenting members for everybody else (see `analysis.secrecy`: communes at an earlier date are no
declared table, so that only people who consented to be shown appear in them).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

UNKNOWN_TRADE = "métier non renseigné"


@dataclass(frozen=True)
class Timeline:
    """Members present by commune at the end of each month (`counts`), whether each commune has welcomed one by then (`ever`),
    and the largest count of all.
    """

    counts: pd.DataFrame
    ever: pd.DataFrame
    largest: int


def month_ends(first_year: int, today: dt.date) -> list[dt.date]:
    """The last day of each month from January of `first_year` to the month of `today`, whose last day is today itself."""
    months = [(y, m) for y in range(first_year, today.year + 1) for m in range(1, 13)]
    past = [(y, m) for y, m in months if (y, m) < (today.year, today.month)]
    following = [(y + m // 12, m % 12 + 1) for y, m in past]
    return [*(dt.date(y, m, 1) - dt.timedelta(days=1) for y, m in following), today]


def presence(
    stays: pd.DataFrame,
    days: Sequence[dt.date],
    *,
    by: Literal["commune", "trade"] = "commune",
    keys: Sequence[str] | None = None,
    codes: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Members present on each of `days` in each commune or trade: one row a day, one column a key, whole numbers.

    `stays` as in `data.network`. `keys` gives the columns and their order (those found, sorted, when None); `codes` keeps the stays
    in those communes. A stay counts from its day of arrival to the day before `left`; of a member whose stays overlap the latest
    arrival counts, as in `analysis.network.members_on`.
    """
    inside = stays if codes is None else stays[stays["commune"].isin(list(codes))]
    arrived = pd.to_datetime(inside["arrived"])
    rows = (
        pd.DataFrame(
            {
                "member": inside["member"],
                "key": inside[by].astype(object).where(inside[by].notna(), UNKNOWN_TRADE),
                "arrived": arrived,
                "left": pd.to_datetime(inside["left"]),
            }
        )
        .sort_values(["member", "arrived"], kind="stable")
        .reset_index(drop=True)
    )
    columns = list(keys) if keys is not None else sorted({str(key) for key in rows["key"]})
    at = np.array([np.datetime64(day) for day in days], dtype="datetime64[ns]")
    start = rows["arrived"].to_numpy(dtype="datetime64[ns]")
    # A far end for who is still there: comparing with NaT would hide them.
    end = rows["left"].fillna(pd.Timestamp("2200-01-01")).to_numpy(dtype="datetime64[ns]")
    there = (start[None, :] <= at[:, None]) & (at[:, None] < end[None, :])
    member = rows["member"].to_numpy()
    filled = there.copy()
    step = 1
    while step < len(rows) and (same := member[step:] == member[:-step]).any():
        filled[:, :-step] &= ~(there[:, step:] & same)
        step += 1
    place = {key: i for i, key in enumerate(columns)}
    belongs = np.zeros((len(rows), len(columns)), dtype=np.int64)
    for i, key in enumerate(rows["key"]):
        if key in place:
            belongs[i, place[key]] = 1
    return pd.DataFrame(
        filled.astype(np.int64) @ belongs, index=pd.Index(list(days), name="day"), columns=columns
    )


def ever(counts: pd.DataFrame, stays: pd.DataFrame) -> pd.DataFrame:
    """Whether each commune has welcomed a member by each day of `counts` (made by `presence`), also between two of its days."""
    first = pd.to_datetime(stays.groupby("commune")["arrived"].min())
    at = pd.to_datetime(pd.Series(list(counts.index))).to_numpy()
    columns = {
        code: at >= np.datetime64(first[code]) if code in first.index else np.zeros(len(at), dtype=bool)
        for code in counts.columns
    }
    return pd.DataFrame(columns, index=counts.index)
