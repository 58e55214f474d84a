"""The same house signalled twice: pairs of listings that may be one, and what they have in common. A person decides, nothing is merged.

Two listings of a commune are proposed when they were on the market at the same time or nearly so, nothing that both tell contradicts, and
at least two facts agree. Agreement is near and not exact: a town hall rounds what an agency writes.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis import french
from analysis.vocabulary import DWELLING_KINDS

NEAR = 0.10
"""Largest relative difference of surfaces, rents or prices that are taken as the same."""
NEAR_METRES = 300.0
"""Largest distance of two places taken as the same: a pin set by hand on a hamlet."""
APART_DAYS = 30
"""Longest time between the end of one and the beginning of the other: what comes back later is on the market anew."""
AGREEING = 2

COLUMNS = ["listing", "other", "agreeing", "why"]
_METRES = 111_195.0  # of a degree of latitude, on a sphere of 6 371 km


def duplicates(
    listings: pd.DataFrame, known: pd.DataFrame, decided: Iterable[tuple[str, str]] = ()
) -> pd.DataFrame:
    """Pairs that may be one house, those that agree most first (`listing` < `other` by reference), columns `COLUMNS`.

    `listings`: `listing`, `commune`, `kind`, `tenure`, `rooms`, `surface` (m²), `rent`, `price` (€), `lon`, `lat` (degrees); what is not
    known is NaN. `known`: their lives (`life.lives`); a listing without one is not compared. `decided`: pairs, in any order, that a person
    has judged already. `agreeing` counts the facts that agree among rooms, surface, rent or price, and place; `why` names them in French.
    """
    done = {frozenset(pair) for pair in decided}
    frame = listings.merge(known[["listing", "first_seen", "last_seen"]], on="listing", how="inner")
    frame = frame.sort_values(["commune", "tenure", "listing"], kind="stable")[list(_COMPARED)]
    # None and not NaN, which differs from itself: the rows of a commune that did not change are found again.
    rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
    found = [
        pair
        for _, part in groupby(rows, key=lambda row: row[:2])
        for pair in _proposed(tuple(part))
        if frozenset(pair[:2]) not in done
    ]
    pairs = pd.DataFrame(found, columns=COLUMNS)
    return pairs.sort_values(
        ["agreeing", "listing", "other"], ascending=[False, True, True], kind="stable", ignore_index=True
    )


_COMPARED = (
    "commune", "tenure", "listing", "kind", "rooms", "surface", "rent", "price", "lon", "lat", "first_seen", "last_seen",
)  # fmt: skip


_NUMBERS = ("rooms", "surface", "rent", "price", "lon", "lat")


@lru_cache(maxsize=2_000)
def _proposed(rows: tuple[tuple[Any, ...], ...]) -> tuple[tuple[str, str, int, str], ...]:
    """The pairs to propose among the listings of one commune and tenure (`_COMPARED`); kept, for most communes are as they were."""
    part = pd.DataFrame(rows, columns=_COMPARED).astype(dict.fromkeys(_NUMBERS, float))
    pairs = _pairs(part) if len(part) > 1 else []
    of_part = part.to_dict("records") if pairs else []
    return tuple(
        (str(of_part[i]["listing"]), str(of_part[j]["listing"]), agreeing, _why(of_part[i], of_part[j]))
        for i, j, agreeing in pairs
    )


def _pairs(part: pd.DataFrame) -> list[tuple[int, int, int]]:
    """(row, later row, facts that agree) of the pairs of one commune and tenure to propose."""
    first = part["first_seen"].to_numpy(dtype="datetime64[D]").astype(int)
    last = part["last_seen"].to_numpy(dtype="datetime64[D]").astype(int)
    gap = np.maximum(first[:, None], first) - np.minimum(last[:, None], last)
    kind = part["kind"].to_numpy(dtype=object)
    same_kind = (kind[:, None] == kind) | (kind[:, None] == "other") | (kind == "other")
    cost = "price" if part["tenure"].iloc[0] == "sale" else "rent"
    rooms = part["rooms"].to_numpy(dtype=float)
    surface, money = part["surface"].to_numpy(dtype=float), part[cost].to_numpy(dtype=float)
    told = [
        (_both(rooms), rooms[:, None] == rooms),
        (_both(surface), _near(surface)),
        (_both(money), _near(money)),
        (_both(part["lat"].to_numpy(dtype=float) + part["lon"].to_numpy(dtype=float)), _close(part)),
    ]
    contradicted = np.zeros(gap.shape, dtype=bool)
    agreeing = np.zeros(gap.shape, dtype=int)
    for both, same in told:
        contradicted |= both & ~same
        agreeing += both & same
    proposed = (gap <= APART_DAYS) & same_kind & ~contradicted & (agreeing >= AGREEING)
    rows, columns = np.nonzero(np.triu(proposed, k=1))
    return [(int(i), int(j), int(n)) for i, j, n in zip(rows, columns, agreeing[rows, columns], strict=True)]


def _both(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    known = ~np.isnan(values)
    result: NDArray[np.bool_] = known[:, None] & known
    return result


def _near(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    larger = np.fmax(values[:, None], values)
    result: NDArray[np.bool_] = np.abs(values[:, None] - values) <= NEAR * larger
    return result


def _close(part: pd.DataFrame) -> NDArray[np.bool_]:
    lat, lon = part["lat"].to_numpy(dtype=float), part["lon"].to_numpy(dtype=float)
    north = (lat[:, None] - lat) * _METRES
    # Within a commune the earth is flat, and one cosine serves both places.
    east = (lon[:, None] - lon) * _METRES * np.cos(np.radians(lat))
    result: NDArray[np.bool_] = np.hypot(north, east) <= NEAR_METRES
    return result


def _why(one: Mapping[Hashable, Any], other: Mapping[Hashable, Any]) -> str:
    kind = one["kind"] if one["kind"] != "other" else other["kind"]
    parts = [f"même commune, {DWELLING_KINDS.get(kind, 'Bien').lower()}"]

    def told(name: str) -> bool:
        return not (math.isnan(float(one[name])) or math.isnan(float(other[name])))

    if told("rooms"):
        parts.append(french.quantity(float(one["rooms"]), "pièces"))
    if told("surface"):
        parts.append(_two(one["surface"], other["surface"], "m²"))
    cost = "price" if one["tenure"] == "sale" else "rent"
    if told(cost):
        parts.append(_two(one[cost], other[cost], "€"))
    if told("lat") and told("lon"):
        parts.append("même endroit")
    days = (other["first_seen"] - one["first_seen"]).days
    seen: dt.date = max(one["first_seen"], other["first_seen"]).date()
    again = "vues le même jour" if not days else f"la seconde vue le {french.date(seen)}"
    return f"{', '.join(parts)}, {again}"


def _two(first: float, second: float, unit: str) -> str:
    """« 95 m² » when both read the same, else « 95 et 97 m² »."""
    low, high = sorted((float(first), float(second)))
    text = french.quantity(high, unit)
    return text if french.number(low) == french.number(high) else f"{french.number(low)} et {text}"
