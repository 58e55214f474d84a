"""The network counted: who is present where, how it grew, files received, dwellings to be had.

Frames are those of `data.network`: `stays` (member, commune, arrived, left, public), `applications`
(received, wished_commune, status), `listings` and `sightings`. Days are `datetime64`; a stay counts from
its day of arrival to the day before `left`. All counts of people pass through `analysis.secrecy`.

For the public and the council only the tables that `analysis.declared` lists leave, protected together: the
functions here count one table each, for that module and for coordinators. Communes at an earlier date are for
coordinators: two dates side by side would tell who came.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.model import Audience, Status, Thresholds
from analysis.secrecy import OBSERVED, SUPPRESSED, Protected, cumulative_hidden, flat, protect, protect_flow
from analysis.vocabulary import SIGHTING_ANSWERS

MAX_AGE_DAYS = 8
_NO_WISH = ""


def members_on(stays: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """The members present on a day, one row each: the rows of `stays` that hold that day (the latest
    arrival of a member whose stays overlap).
    """
    day = pd.Timestamp(on)
    there = stays[(_days(stays, "arrived") <= day) & ~(_days(stays, "left") <= day)]
    return there.sort_values("arrived", kind="stable").drop_duplicates("member", keep="last")


def largest_count(
    stays: pd.DataFrame, codes: Sequence[str], days: Sequence[dt.date], *, public_only: bool
) -> int:
    """The largest number of members present in one commune of `codes` on any of `days`; only those who consented with `public_only`.

    The same count as `members_by_commune` makes day by day, without its tables.
    """
    ordered = stays.assign(_a=_days(stays, "arrived")).sort_values("_a", kind="stable")
    arrived, left = ordered["_a"].to_numpy(), _days(ordered, "left").to_numpy()
    member = pd.factorize(ordered["member"])[0]
    commune = pd.Index(codes).get_indexer(ordered["commune"])
    counted = commune >= 0
    if public_only:
        counted &= ordered["public"].astype(bool).to_numpy()
    largest = 0
    for day in days:
        on = np.datetime64(day)
        there = np.flatnonzero((arrived <= on) & ~(left <= on))
        # The latest arrival of a member whose stays overlap: the first seen from the end.
        _, first = np.unique(member[there][::-1], return_index=True)
        kept = there[::-1][first]
        found = np.bincount(commune[kept[counted[kept]]])
        largest = max(largest, int(found.max(initial=0)))
    return largest


def members_by_commune(
    stays: pd.DataFrame,
    codes: Sequence[str],
    on: dt.date,
    audience: Audience,
    thresholds: Thresholds,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> Protected:
    """Members present in each commune, in each group and in all, on a day, protected as one table.

    `cells` has one row a code, in the order of `codes`. The public and the council get it through
    `analysis.declared` only, for the latest day.
    """
    here = members_on(stays, on)
    here = here[here["commune"].isin(list(codes))]
    counts = _count(here["commune"], codes)
    public = _count(here.loc[here["public"].astype(bool), "commune"], codes)
    return protect(counts, public, thresholds.of(audience), groups)


def applications_by_commune(
    applications: pd.DataFrame,
    codes: Sequence[str],
    on: dt.date,
    audience: Audience,
    thresholds: Thresholds,
) -> Protected:
    """Files received until a day, by wished commune; those without a wish (or wishing elsewhere) count in
    the total only.

    A candidate is never public. The public and the council get it through `analysis.declared` only.
    """
    files = applications[_days(applications, "received") <= pd.Timestamp(on)]
    wished = files["wished_commune"].astype(object)
    wished = wished.where(wished.isin(list(codes)), _NO_WISH)
    result = protect(_count(wished, [*codes, _NO_WISH]), None, thresholds.of(audience))
    cells = result.cells.drop(index=_NO_WISH)
    return Protected(cells, result.groups, result.total, result.total_status, result.total_public)


def applications_by_year(
    applications: pd.DataFrame, first_year: int, today: dt.date, audience: Audience, thresholds: Thresholds
) -> pd.DataFrame:
    """Files received by year and since the launch: `period` (31 December, then `today`), `received`,
    `status`, `cumulative`, `cumulative_status`. Files received before `first_year` count in its row.
    """
    ends = _year_ends(first_year, today)
    received = np.sort(_days(applications, "received").to_numpy())
    until = np.searchsorted(received, ends.to_numpy(), side="right").astype(np.int64)
    counts = np.diff(until, prepend=0)
    hidden, total_hidden = flat(counts, thresholds.of(audience))
    running = cumulative_hidden(hidden) | (total_hidden & (np.cumsum(hidden) > 0))
    return pd.DataFrame(
        {
            "period": ends.strftime("%Y-%m-%d"),
            "received": np.where(hidden, np.nan, counts),
            "status": np.where(hidden, SUPPRESSED, OBSERVED).astype(object),
            "cumulative": np.where(running, np.nan, until),
            "cumulative_status": np.where(running, SUPPRESSED, OBSERVED).astype(object),
        }
    )


def growth(
    stays: pd.DataFrame,
    first_year: int,
    today: dt.date,
    audience: Audience,
    thresholds: Thresholds,
    *,
    codes: Sequence[str] | None = None,
    hide_last: bool = False,
) -> pd.DataFrame:
    """The network year by year; one row for each 31 December from `first_year`, and one for `today`.

    Columns: `period` (ISO day), `present` with `status`, `arrivals` and `departures` of the year with
    `flow_status` (values NaN unless observed), and `public_present`, `public_arrivals`, `public_departures`
    of consenting members, always counted. A move inside the territory is neither an arrival nor a
    departure; who leaves and comes back later is both. In each row present = present before + arrivals -
    departures. `hide_last` hides the last count because the table of communes does.
    """
    inside = stays if codes is None else stays[stays["commune"].isin(list(codes))]
    spells = joined_spells(inside)
    ends = _year_ends(first_year, today)
    everybody = _flow(spells, ends)
    public = _flow(spells[spells["public"]], ends)
    present, arrivals, departures = (all_ - known for all_, known in zip(everybody, public, strict=True))
    threshold = thresholds.of(audience)
    opening = int(present[0] - arrivals[0] + departures[0])
    stock, flows = protect_flow(
        present, arrivals, departures, threshold, hide_last=hide_last, opening=opening
    )
    return pd.DataFrame(
        {
            "period": ends.strftime("%Y-%m-%d"),
            "present": np.where(stock, np.nan, everybody[0]),
            "status": np.where(stock, SUPPRESSED, OBSERVED).astype(object),
            "arrivals": np.where(flows, np.nan, everybody[1]),
            "departures": np.where(flows, np.nan, everybody[2]),
            "flow_status": np.where(flows, SUPPRESSED, OBSERVED).astype(object),
            "public_present": public[0],
            "public_arrivals": public[1],
            "public_departures": public[2],
        }
    )


def listings_available(
    listings: pd.DataFrame, sightings: pd.DataFrame, on: dt.date, max_age_days: int = MAX_AGE_DAYS
) -> pd.DataFrame:
    """The listings to be had on a day: the last sighting until then says « available » and is at most
    `max_age_days` old.

    Eight days by default: on so volatile a market an older sighting says nothing any more. « unknown » is
    no news: the last sighting that could tell decides. All columns of `listings`, with `last_seen` (day of
    that sighting).
    """
    until, days = pd.Timestamp(on), _days(sightings, "on")
    # Where the last sighting is recent enough, it is the last of the recent ones: nothing older decides.
    recent = np.flatnonzero((days <= until) & (days >= until - pd.Timedelta(days=max_age_days)))
    when = days.to_numpy()[recent].astype("int64")
    which, state = sightings["listing"].iloc[recent].tolist(), sightings["state"].iloc[recent].tolist()
    last: dict[str, int] = {}
    # On one day « gone » is the later news.
    for at in sorted(range(len(recent)), key=lambda at: (when[at], state[at] == "gone")):
        if state[at] in SIGHTING_ANSWERS:
            last[which[at]] = at
    seen = {listing: at for listing, at in last.items() if state[at] == "available"}
    there = np.flatnonzero(listings["listing"].isin(list(seen)))
    names = listings["listing"].iloc[there].tolist()
    order = sorted(range(len(there)), key=lambda at: (-when[seen[names[at]]], names[at]))
    found = listings.take(there[order])
    found.index = pd.RangeIndex(len(found))
    return found.assign(last_seen=sightings["on"].array.take(recent[[seen[names[at]] for at in order]]))


def listings_by_commune(available: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Number of available listings by commune: `commune`, `value`, `status`. Dwellings are not people:
    nothing is hidden.
    """
    counts = _count(available["commune"], codes)
    return pd.DataFrame({"commune": list(codes), "value": counts.to_numpy(dtype=float), "status": OBSERVED})


def hidden_of(result: Protected) -> Protected:
    """The same table with every count hidden but those of consenting people."""
    cells, groups = (frame.assign(value=np.nan, status=SUPPRESSED) for frame in (result.cells, result.groups))
    return Protected(cells, groups, None, Status.SUPPRESSED, result.total_public)


def _count(values: pd.Series[Any], keys: Sequence[str]) -> pd.Series[Any]:
    found = Counter(values)
    return pd.Series([found[key] for key in keys], index=pd.Index(list(keys), name=values.name), dtype=int)


def _days(frame: pd.DataFrame, column: str) -> pd.Series[Any]:
    """A column as days, also when the frame is empty and its types are unknown."""
    return pd.to_datetime(frame[column])


def _year_ends(first_year: int, today: dt.date) -> pd.DatetimeIndex:
    ends = [pd.Timestamp(year, 12, 31) for year in range(first_year, today.year)]
    return pd.DatetimeIndex([*ends, pd.Timestamp(today)])


def joined_spells(stays: pd.DataFrame) -> pd.DataFrame:
    """Stays that touch or overlap joined into spells in the territory: `member`, `start`, `end` (NaT while
    there), `public`.
    """
    frame = pd.DataFrame(
        {
            "member": stays["member"],
            "start": _days(stays, "arrived"),
            "end": _days(stays, "left"),
            "public": stays["public"].astype(bool),
        }
    ).sort_values(["member", "start"], kind="stable")
    far = pd.Timestamp("2200-01-01")
    frame["until"] = frame["end"].fillna(far)
    reached = frame.groupby("member", sort=False)["until"].cummax()
    previous = reached.groupby(frame["member"], sort=False).shift()
    frame["spell"] = (previous.isna() | (frame["start"] > previous)).cumsum()
    spells = frame.groupby("spell", sort=False).agg(
        member=("member", "first"),
        start=("start", "first"),
        until=("until", "max"),
        public=("public", "first"),
    )
    spells["end"] = spells["until"].where(spells["until"] < far)
    return spells.reset_index(drop=True)[["member", "start", "end", "public"]]


def _flow(spells: pd.DataFrame, ends: pd.DatetimeIndex) -> tuple[Any, Any, Any]:
    """(present at, arrivals and departures since the date before) for each of `ends`; the first row starts
    at 1 January.
    """
    days = ends.to_numpy()
    came = _until(spells["start"], days)
    gone = _until(spells["end"].dropna(), days)
    opening = np.array([np.datetime64(f"{ends[0].year - 1}-12-31")])
    arrivals = np.diff(came, prepend=_until(spells["start"], opening))
    departures = np.diff(gone, prepend=_until(spells["end"].dropna(), opening))
    return came - gone, arrivals, departures


def _until(values: pd.Series[Any], days: Any) -> Any:
    return np.searchsorted(np.sort(values.to_numpy()), days, side="right").astype(np.int64)
