"""Which dwelling for whom on one morning: the households that search, what stands, what was proposed, refused and taken, put together.

Frames are those of `data.network` and of `analysis.watch.morning`. Households whose window is not open yet are given no dwelling: what is
found too early is gone at the move.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis import french
from analysis.french import NNBSP
from analysis.listing import needs_text
from analysis.vocabulary import REFUSAL_REASONS
from analysis.watch.matching import (
    MUST,
    Listing,
    Match,
    Need,
    NoMatch,
    Proposal,
    Refusal,
    RefusalReason,
    after,
    assignment,
    consequence_text,
    match,
    one_after_the_other,
    why_none,
)
from analysis.watch.window import WindowState

SEARCHING = (WindowState.LATE, WindowState.LAST_DAY, WindowState.OPEN)
"""The states of a window in which a household is given dwellings."""


SPEEDS = {"fibre": 300.0, "none": 0.0}
"""Mbit/s that a connection is sure to have: the slowest fibre that is sold; of the others it depends on the line."""


def _said(value: object) -> Any:
    """A cell of a frame, None where nothing was said."""
    return None if value is None or (not isinstance(value, list | dict) and pd.isna(value)) else value  # type: ignore[call-overload]


def need_of(
    application: str,
    needs: Mapping[str, Any] | None,
    wished_commune: str | None,
    arrival: dt.date | None,
    names: Mapping[str, str],
) -> Need:
    """A file's needs as they are matched. `names`: code → commune of the territory; other communes are no wish here.

    The communes of the needs go before the one wished at the start. Without a tenure they mean to rent.
    """
    known = needs or {}
    tenure = "sale" if known.get("tenure") == "sale" else "rent"
    wished = known.get("communes") or ([wished_commune] if wished_commune else [])
    cost = known.get("max_price" if tenure == "sale" else "max_rent")
    kind = known.get("kind")
    return Need(
        application,
        tenure,
        frozenset({kind}) if kind else frozenset(),
        int(known["rooms"]) if known.get("rooms") else None,
        float(cost) if cost else None,
        bool(known.get("office")),
        bool(known.get("school")),
        float(known["speed"]) if known.get("speed") else None,
        frozenset(code for code in wished if code in names),
        arrival,
        bool(known.get("pets")),
        int(known["months"]) if known.get("months") else None,
        frozenset(known["must"]) if "must" in known else MUST,
    )


def with_schools(listings: pd.DataFrame, schools: Mapping[str, bool] | None) -> pd.DataFrame:
    """`listings` with `school` (whether one is open in its commune, None where nobody says) and `schools_known`.

    `schools`: commune → whether a school is open there; None while nobody imported where schools are.
    """
    told = pd.Series(
        [(schools or {}).get(str(code)) for code in listings["commune"]], listings.index, dtype=object
    )
    return listings.assign(school=told, schools_known=schools is not None)


def offer_of(row: Mapping[Any, Any]) -> Listing:
    """A row of listings (with `chance`, and what `with_schools` adds) as it is matched; columns that are not there are not told."""

    def number(name: str) -> float | None:
        value = _said(row.get(name))
        return None if value is None else float(value)

    rooms, months, free = number("rooms"), number("least_months"), _said(row.get("free_from"))
    yes_no = {name: _said(row.get(name)) for name in ("work_room", "school", "pets")}
    return Listing(
        str(row["listing"]),
        str(row["commune"]),
        str(row["kind"]),
        str(row["tenure"]),
        None if rooms is None else int(rooms),
        number("rent"),
        number("charges"),
        number("price"),
        speed=SPEEDS.get(str(row.get("connection"))),
        energy=str(_said(row.get("energy")) or ""),
        free_from=None if free is None else pd.Timestamp(free).date(),
        least_months=None if months is None else int(months),
        chance=float(row.get("chance", 1.0)),
        schools_known=bool(row.get("schools_known", False)),
        **{name: None if value is None else bool(value) for name, value in yes_no.items()},
    )


@dataclass(frozen=True)
class Held:
    """A proposal that waits for an answer. `pair`: judged by the needs of the day it was made; `changed`: they are others now."""

    proposal: str
    application: str
    on: dt.date
    pair: Match
    changed: bool


@dataclass(frozen=True)
class Household:
    """One household that searches.

    `open`: its own proposals that wait. `pairs`: what it could have, the best first; `elsewhere`: what it could have had, with why not
    (proposed to or taken by another, in a French sentence). `none`: why nothing is possible, None when something is. `refused`: what was
    refused for it, listing and French sentence. `together`: what the assignment gives it.
    """

    application: str
    label: str
    window: str
    state: WindowState
    need: Need
    needs: str
    open: tuple[Held, ...]
    pairs: tuple[Match, ...]
    elsewhere: tuple[tuple[str, str], ...]
    none: NoMatch | None
    refused: tuple[tuple[str, str], ...]
    together: str | None


@dataclass(frozen=True)
class Choice:
    """`households` search now, the most pressing first; `early`: label, window, needs of those for whom it is too early.

    `together` and `ranking` are over the households without a proposal that waits, and the listings that wait for nobody.
    """

    households: tuple[Household, ...]
    early: tuple[tuple[str, str, str], ...]
    together: Proposal
    ranking: Proposal

    @property
    def labels(self) -> Mapping[str, str]:
        """Application → « Dossier 12 » of those who search."""
        return {one.application: one.label for one in self.households}


def choice(
    windows: pd.DataFrame,
    offered: pd.DataFrame,
    listings: pd.DataFrame,
    proposals: pd.DataFrame,
    names: Mapping[str, str],
    what: Mapping[str, str],
    today: dt.date,
    days: int,
) -> Choice:
    """Everything of one morning.

    `windows`: see `morning.windows`; `offered`: rows of listings that may be had, with `chance`; `listings`: all rows; `proposals`: see
    `data.network.proposals`; `what`: listing → words; `days`: how long somebody is told that a listing went to another.
    """
    searching = windows[windows["state"].isin(list(SEARCHING))].to_dict("records")
    labels = dict(zip(windows["application"], windows["label"], strict=True))
    now = {str(row["application"]): _need(row, names) for row in searching}
    rows = proposals.to_dict("records")
    refusals = [
        Refusal(
            str(row["listing"]),
            str(row["application"]),
            RefusalReason(row["reason"]),
            str(_said(row["criterion"]) or ""),
        )
        for row in rows
        if row["state"] == "refused"
    ]
    # Gone is a sighting too: a listing that somebody sees again stands again.
    left = after(
        now.values(),
        map(offer_of, offered.to_dict("records")),
        [one for one in refusals if one.reason is not RefusalReason.GONE],
    )
    needs = {need.application: need for need in left.needs}
    held = {str(row["listing"]): row for row in rows if row["state"] == "proposed"}
    free = [one for one in left.listings if one.listing not in held]
    known = {one.listing: one for one in left.listings}
    pairs = {need.application: [match(need, one, today) for one in left.listings] for need in left.needs}
    waiting = {str(row["application"]) for row in held.values()}
    asking = [needs[str(row["application"])] for row in searching if str(row["application"]) not in waiting]
    worth = np.zeros((len(asking), len(free)))
    place = {one.listing: j for j, one in enumerate(free)}
    for i, need in enumerate(asking):
        for pair in pairs[need.application]:
            j = place.get(pair.listing.listing)
            if j is not None and (need.application, pair.listing.listing) not in left.barred:
                worth[i, j] = pair.value
    together = assignment(asking, free, worth)
    given = {application: listing for application, listing, _ in together.pairs}
    by_listing = listings.set_index("listing", drop=False)
    recent = [
        row
        for row in rows
        if row["state"] == "taken" and (today - pd.Timestamp(row["on"]).date()).days <= days
        and row["listing"] in by_listing.index
    ]  # fmt: skip
    taken = [(row, offer_of(by_listing.loc[row["listing"]].to_dict())) for row in recent]
    households = []
    for row in searching:
        own = str(row["application"])
        need = needs[own]
        mine = [pair for pair in pairs[own] if (own, pair.listing.listing) not in left.barred]
        possible = sorted(
            (pair for pair in mine if pair.possible and pair.value > 0 and pair.listing.listing not in held),
            key=lambda pair: (-pair.value, pair.listing.listing),
        )
        elsewhere = [
            (pair.listing.listing, _other(held[pair.listing.listing], labels, pair, "proposée au"))
            for pair in mine
            if pair.possible
            and pair.listing.listing in held
            and held[pair.listing.listing]["application"] != own
        ]
        elsewhere += [
            (offer.listing, _other(other, labels, pair, "prise par le"))
            for other, offer in taken
            if other["application"] != own and (pair := match(need, offer, today)).possible
        ]
        households.append(
            Household(
                own,
                str(row["label"]),
                str(row["text"]),
                WindowState(row["state"]),
                need,
                _words(row, need, names),
                tuple(
                    _held(each, row, known.get(str(each["listing"])), by_listing, names, today)
                    for each in held.values()
                    if each["application"] == own and each["listing"] in by_listing.index
                ),
                tuple(possible),
                tuple(elsewhere),
                None if possible else why_none(need, free, today, left.barred),
                tuple(
                    (one.listing, f"{french.sentence(REFUSAL_REASONS[one.reason])}. {consequence_text(one)}")
                    for one in refusals
                    if one.application == own
                ),
                given.get(own),
            )
        )
    early = windows[windows["state"] == WindowState.TOO_EARLY].to_dict("records")
    return Choice(
        tuple(households),
        tuple((str(row["label"]), str(row["text"]), _words(row, _need(row, names), names)) for row in early),
        together,
        one_after_the_other(asking, free, worth),
    )


def _need(row: Mapping[Hashable, Any], names: Mapping[str, str]) -> Need:
    return need_of(
        str(row["application"]), _said(row["needs"]), _said(row["wished_commune"]), row["arrival"], names
    )


def _words(row: Mapping[Hashable, Any], need: Need, names: Mapping[str, str]) -> str:
    wished = {code: names[code] for code in names if code in need.communes}
    return needs_text(_said(row["needs"]) or {}, wished)


def _held(
    row: Mapping[Hashable, Any],
    file: Mapping[Hashable, Any],
    offer: Listing | None,
    listings: pd.DataFrame,
    names: Mapping[str, str],
    today: dt.date,
) -> Held:
    kept = _said(row["needs"]) or {}
    arrival = kept.get("planned_arrival")
    then = need_of(
        str(row["application"]),
        kept.get("needs"),
        kept.get("wished_commune"),
        dt.date.fromisoformat(arrival) if arrival else None,
        names,
    )
    # What faded since is still what was proposed.
    shown = offer or offer_of(listings.loc[row["listing"]].to_dict() | {"chance": 0.0})
    return Held(
        str(row["proposal"]),
        str(row["application"]),
        pd.Timestamp(row["on"]).date(),
        match(then, shown, today),
        then != _need(file, names),
    )


def _other(row: Mapping[Hashable, Any], labels: Mapping[str, str], pair: Match, how: str) -> str:
    """« proposée au Dossier 12 le 12/05/2026 (accord 92 sur 100 ; ici 71) »."""
    who = labels.get(str(row["application"]), "un autre dossier")
    score = _said(row["score"])
    compared = (
        f" (accord {french.number(float(score))} sur 100{NNBSP}; ici {french.number(pair.score)})"
        if score is not None
        else ""
    )
    how = (
        how if who.startswith("Dossier") else {"proposée au": "proposée à", "prise par le": "prise par"}[how]
    )
    return f"{how} {who} le {french.date(pd.Timestamp(row['on']).date())}{compared}"


def fitting_share(need: Need, listings: pd.DataFrame, today: dt.date) -> tuple[float, int]:
    """(share of the listings of the need's tenure that meet its hard limits, how many there are); the day of entry is not looked at.

    1.0 where none is known: nothing says then that a dwelling would not suit.
    """
    rows = listings[listings["tenure"] == need.tenure].to_dict("records")
    asked = replace(need, arrival=None)
    fit = sum(match(asked, offer_of(row), today).possible for row in rows)
    return (fit / len(rows) if rows else 1.0), len(rows)


def choice_sentence(found: Choice) -> str:
    """« 3 foyers cherchent un logement, 1 attend une réponse et la répartition en propose un à 2 sur 2. »"""
    count, early = len(found.households), len(found.early)
    if not count:
        wait = french.counted(
            early, "foyer attend que sa fenêtre s’ouvre", "foyers attendent que leur fenêtre s’ouvre"
        )
        return f"Personne ne cherche en ce moment{f'{NNBSP}; {wait}' if early else ''}."
    waiting = sum(bool(one.open) for one in found.households)
    parts = [f"{french.counted(count, 'foyer cherche', 'foyers cherchent')} un logement"]
    if waiting:
        parts.append(
            f"{french.number(waiting)} {french.plural(waiting, 'attend une réponse', 'attendent une réponse')}"
        )
    asking = count - waiting
    if asking:
        given = len(found.together.pairs)
        parts.append(
            "une annonce lui est proposée"
            if given == asking == count == 1
            else f"la répartition en propose un à {french.number(given)} sur {french.number(asking)}"
            if given
            else "aucune annonce ne convient aux autres"
            if waiting
            else "aucune annonce ne convient"
        )
    return f"{french.join(parts)}." if len(parts) < 3 else f"{', '.join(parts[:-1])} et {parts[-1]}."


def rows_together(found: Choice) -> Sequence[tuple[str, str | None, float | None, str | None]]:
    """One row a household that is asked for: label, listing of the assignment with its value, listing of the simple ranking."""
    together = {application: (listing, value) for application, listing, value in found.together.pairs}
    ranking = {application: listing for application, listing, _ in found.ranking.pairs}
    rows = []
    for one in found.households:
        if one.open:
            continue
        listing, value = together.get(one.application, (None, None))
        rows.append((one.label, listing, value, ranking.get(one.application)))
    return rows
