"""How far members are from each other and from a telecentre.

A member stands at the representative point of the commune: the register knows no address, and a distance between two addresses would
say more about people than they agreed to. Distances are great-circle distances between those points, as the crow flies, on a sphere
of 6,371.0088 km (mean radius of the Earth, IUGG 1980; H. Moritz, Geodetic Reference System 1980): at most 0.5 % from the ellipsoid,
far less than the size of a commune. Two members of one commune are at 0 km by construction: screens say « même commune ».
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

EARTH_RADIUS_KM = 6371.0088
Point = tuple[float, float]
"""Longitude and latitude in degrees (WGS84)."""


def distances(points: Sequence[Point], others: Sequence[Point]) -> npt.NDArray[np.float64]:
    """Great-circle distances in kilometres, shape (len(points), len(others)), by the haversine formula."""
    lon1, lat1 = np.radians(np.asarray(points, dtype=float).reshape(-1, 2)).T
    lon2, lat2 = np.radians(np.asarray(others, dtype=float).reshape(-1, 2)).T
    half = (
        np.sin((lat2[None, :] - lat1[:, None]) / 2) ** 2
        + np.cos(lat1)[:, None] * np.cos(lat2)[None, :] * np.sin((lon2[None, :] - lon1[:, None]) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))), dtype=float)


def isolation(
    members: pd.DataFrame, points: Mapping[str, Point], telecentres: Sequence[str] = ()
) -> pd.DataFrame:
    """For each member the nearest other member and the nearest telecentre, the most isolated first.

    `members`: one row each with `member` and `commune`. `points` gives every commune's point; `telecentres` are communes (in or out of
    the territory). Columns: `member`, `commune`, `nearest` (commune of the nearest other member, the same one at 0 km; None for a
    member alone), `km`, `telecentre` (commune; None without any), `telecentre_km` (NaN likewise). Members whose commune has no point
    are left out: how many is the difference of the lengths. Of equally near communes the first by code is named.
    """
    placed = members[members["commune"].isin(list(points))]
    counts = placed["commune"].value_counts()
    codes = sorted(counts.index)
    at = [points[code] for code in codes]
    between = distances(at, at)
    rows = []
    for i, code in enumerate(codes):
        others = [(between[i, j], other) for j, other in enumerate(codes) if j != i]
        if counts[code] > 1:
            others.append((0.0, code))
        km, nearest = min(others, default=(float("nan"), None))
        rows.append((code, nearest, km, *nearest_place(points[code], points, telecentres)))
    found = pd.DataFrame(rows, columns=["commune", "nearest", "km", "telecentre", "telecentre_km"])
    whole = placed[["member", "commune"]].merge(found, on="commune", how="left")
    return whole.sort_values(
        ["km", "member"], ascending=[False, True], na_position="first", ignore_index=True, kind="stable"
    )


def nearest_place(
    point: Point, points: Mapping[str, Point], places: Sequence[str]
) -> tuple[str | None, float]:
    """The nearest of `places` (codes) to a point, and how far it is in kilometres; None and NaN where none has a point."""
    known = sorted({place for place in places if place in points})
    if not known:
        return None, float("nan")
    away = distances([point], [points[place] for place in known])[0]
    best = int(np.argmin(away))
    return known[best], float(away[best])


def near_pairs(
    members: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    points: Mapping[str, Point],
    within_km: float,
) -> pd.DataFrame:
    """For each pair of complementary trades, how many pairs of members are near each other, and the nearest one.

    `members`: `member`, `commune`, `trade`; `pairs`: two different trades each. One row a pair of trades of which both are there:
    `first`, `second`, `count` (pairs of members at most `within_km` apart), `km` (between the nearest two), `first_commune`,
    `second_commune` (where those are). Most near pairs first. Counted by commune, so that 500 members cost no more than 20.
    """
    placed = members[members["commune"].isin(list(points)) & members["trade"].notna()]
    codes = sorted(placed["commune"].unique())
    at = [points[code] for code in codes]
    between = distances(at, at)
    close = between <= within_km
    table = pd.crosstab(placed["trade"], placed["commune"]).reindex(columns=codes, fill_value=0)
    rows = []
    for first, second in pairs:
        if first not in table.index or second not in table.index:
            continue
        one, two = table.loc[first].to_numpy(), table.loc[second].to_numpy()
        both = np.outer(one, two)
        away = np.where(both > 0, between, np.inf)
        i, j = np.unravel_index(int(np.argmin(away)), away.shape)
        rows.append((first, second, int(both[close].sum()), float(away[i, j]), codes[i], codes[j]))
    found = pd.DataFrame(rows, columns=["first", "second", "count", "km", "first_commune", "second_commune"])
    return found.sort_values(
        ["count", "km", "first", "second"], ascending=[False, True, True, True], ignore_index=True
    )
