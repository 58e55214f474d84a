"""The members' community: directory, trades, contacts, events; each as one audience may see it.

What leaves for the public and the council, besides the counts declared in `analysis.declared`:

* the directory, the trades, the retention, the isolation and the near pairs, of members who consented to be public and of nobody else;
* the contacts and the events by kind, which are two of the declared tables: town halls are institutions and always shown, another
  contact and an event about a member count as people, shown when they consented and hidden below the audience's threshold.

Coordinators see everybody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.model import Audience, Status, Thresholds
from analysis.network import members_on
from analysis.presence import UNKNOWN_TRADE
from analysis.secrecy import OBSERVED, protect
from analysis.vocabulary import CONTACT_KINDS, EVENT_KINDS, INSTITUTIONS


def sees_all(audience: Audience) -> bool:
    """Whether `audience` sees people who did not consent."""
    return audience is Audience.ANIMATEUR


def seen(frame: pd.DataFrame, audience: Audience) -> pd.DataFrame:
    """The rows about people that `audience` may see one by one: all, or those with `public`."""
    return frame if sees_all(audience) else frame[frame["public"].astype(bool)]


def present(
    stays: pd.DataFrame, members: pd.DataFrame, people: pd.DataFrame, codes: Sequence[str], today: dt.date
) -> pd.DataFrame:
    """The members present in `codes` today, by commune and trade: `member`, `code`, `shown`, `website`, `public`, `commune`, `since`
    (day of arrival in the territory), `trade`, `skills` (list), `trains`.

    `stays` and `members` as in `data.network`, `people` as in `data.community`: `shown` is empty without consent.
    """
    here = members_on(stays, today)
    here = here[here["commune"].isin(list(codes))][["member", "commune"]]
    since = stays[stays["commune"].isin(list(codes))].groupby("member")["arrived"].min().rename("since")
    found = (
        here.merge(members.drop(columns="public"), on="member")
        .merge(people, on="person")
        .merge(since, left_on="member", right_index=True)
    )
    found["trade"] = found["trade"].where(found["trade"].notna() & (found["trade"] != ""), UNKNOWN_TRADE)
    found["skills"] = [list(skills) if isinstance(skills, list) else [] for skills in found["skills"]]
    columns = [
        "member", "code", "shown", "website", "public", "commune", "since", "trade", "skills", "trains"
    ]  # fmt: skip
    return found[columns].sort_values(["trade", "code"], ignore_index=True)


def directory(
    here: pd.DataFrame, *, trade: str = "", skill: str = "", commune: str = "", trains: bool = False
) -> pd.DataFrame:
    """The consenting members among `here` (made by `present`) with that trade, skill and commune (any when empty), or who train."""
    found = here[here["public"].astype(bool)]
    if trade:
        found = found[found["trade"] == trade]
    if skill:
        found = found[[skill in skills for skills in found["skills"]]]
    if commune:
        found = found[found["commune"] == commune]
    if trains:
        found = found[found["trains"].astype(bool)]
    return found.reset_index(drop=True)


def by_trade(here: pd.DataFrame) -> pd.DataFrame:
    """Members and how many of them train, by trade, the most frequent first: `trade`, `count`, `trains`."""
    if here.empty:
        return pd.DataFrame({"trade": [], "count": [], "trains": []})
    found = here.assign(trains=here["trains"].astype(int)).groupby("trade", as_index=False)
    return (
        found.agg(count=("member", "size"), trains=("trains", "sum"))
        .sort_values(["count", "trade"], ascending=[False, True], kind="stable")
        .reset_index(drop=True)
    )


@dataclass(frozen=True)
class Tally:
    """Things counted by kind for one audience.

    `table`: one row a kind, in a fixed order: `kind`, `count` (NaN unless observed), `status`, `known` (those that may be shown one by
    one); for events also `hours` and `jobs` (sums over what is counted) and `at_least` (True where part of it is hidden).
    `total` is None when it may not be shown. `listed` are the rows that may be shown one by one.
    """

    table: pd.DataFrame
    total: float | None
    known: int
    listed: pd.DataFrame

    @property
    def partial(self) -> bool:
        """Whether something is hidden."""
        return bool((self.table["status"] != OBSERVED).any())


def contacts(rows: pd.DataFrame, audience: Audience, thresholds: Thresholds) -> Tally:
    """The contacts by kind. `rows` as in `data.network`, with `public`."""
    known = rows["kind"].isin(INSTITUTIONS) | rows["public"].astype(bool)
    return _tally(rows.assign(known=known | sees_all(audience)), tuple(CONTACT_KINDS), audience, thresholds)


def events(rows: pd.DataFrame, today: dt.date, audience: Audience, thresholds: Thresholds) -> Tally:
    """What happened until today, by kind, with hours given and jobs declared. `rows` as in `data.network`, with `public`.

    An event about a member tells where that member lives: it is shown one by one when the member consented. Where a kind is hidden,
    its hours and jobs are those of the events shown, a lower bound.
    """
    past = rows[pd.to_datetime(rows["on"]) <= pd.Timestamp(today)]
    known = public_events(past) | sees_all(audience)
    tally = _tally(past.assign(known=known), tuple(EVENT_KINDS), audience, thresholds)
    table = tally.table
    sums = []
    for row in table.itertuples():
        of_kind = past[past["kind"] == row.kind]
        counted = of_kind if row.status == OBSERVED else of_kind[known[of_kind.index]]
        sums.append((float(counted["hours"].sum()), int(counted["jobs"].fillna(0).sum())))
    table = table.assign(
        hours=[hours for hours, _ in sums],
        jobs=[jobs for _, jobs in sums],
        at_least=table["status"] != OBSERVED,
    )
    return Tally(
        table, tally.total, tally.known, tally.listed.sort_values("on", ascending=False, ignore_index=True)
    )


def public_events(events: pd.DataFrame) -> pd.Series[bool]:
    """Which events everybody may see one by one: those about nobody, or about a member who consented."""
    return events["member"].isna() | events["public"].astype(bool)


def _tally(rows: pd.DataFrame, order: Sequence[str], audience: Audience, thresholds: Thresholds) -> Tally:
    # Every kind has its row: a kind that appeared only when it is hidden would tell that somebody is there.
    counts = rows["kind"].value_counts().reindex(list(order), fill_value=0).astype(int)
    shown = rows[rows["known"].astype(bool)]
    known = shown["kind"].value_counts().reindex(list(order), fill_value=0).astype(int)
    institutions = counts.index.isin(INSTITUTIONS)
    result = protect(counts[~institutions], known[~institutions], thresholds.of(audience))
    whole = int(
        counts[institutions].sum()
    )  # no people: nothing to protect, and nothing that would tell of the others
    value = counts.astype(float)
    value[~institutions] = result.cells["value"]
    status = pd.Series(OBSERVED, index=counts.index, dtype=object)
    status[~institutions] = [str(Status(cell)) for cell in result.cells["status"]]
    table = pd.DataFrame(
        {"kind": list(order), "count": value.to_numpy(), "status": list(status), "known": known.to_numpy()}
    )
    return Tally(
        table,
        None if result.total is None else result.total + whole,
        result.total_public + whole,
        shown.drop(columns="known").reset_index(drop=True),
    )
