"""The same real figures for every page measured: three indicators of any commune, from data/reference.

Population (INSEE, as in data/reference), area and density (computed from the shipped contours).
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd

INDICATORS = {"population": "Population", "area": "Superficie", "density": "Densité"}
UNITS = {"population": "habitants", "area": "km²", "density": "hab./km²"}
LEVELS = ("territory", "departement", "france")
COLORS = ("#fde725", "#5ec962", "#21918c", "#3b528b", "#440154")
HEIGHT = 560


def level() -> str:
    """Which communes the page shows: ``BENCH_LEVEL``, one of LEVELS."""
    return os.environ.get("BENCH_LEVEL", LEVELS[0])


@lru_cache(maxsize=1)
def own_codes() -> tuple[str, ...]:
    """The communes of the territory file."""
    from data.territory import load_territory

    return tuple(load_territory().codes)


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Read the data before the first visitor is let in, as the application does."""
    frame(level())
    yield {}


@lru_cache(maxsize=3)
def frame(which: str) -> gpd.GeoDataFrame:
    """Columns code, name, contour, population, area (km²), density (per km²); one row per commune."""
    import numpy as np
    import pandas as pd
    import shapely

    from data import reference

    codes: list[str] | None = None
    if which == "territory":
        codes = list(own_codes())
    elif which == "departement":
        table = reference.communes(contours=False)
        codes = list(table.loc[table["departement"] == own_codes()[0][:2], "code"])
    communes = reference.communes(codes)
    communes = communes[communes["contour"].notna()].reset_index(drop=True)
    # Square degrees to km² at the commune's latitude: exact to 0.5 %, and no projection library to load.
    shapes = communes.geometry.values
    latitude = np.deg2rad(shapely.get_y(shapely.centroid(shapes)))
    area = pd.Series(shapely.area(shapes) * 111.32**2 * np.cos(latitude))
    out = communes[["code", "name", "contour"]].copy()
    out["population"] = communes["population"].fillna(0)
    out["area"] = area.round(2)
    out["density"] = (out["population"] / area).round(1)
    return out


def mainland(communes: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """(west, south, east, north) of the communes outside the overseas départements: both maps open there."""
    west, south, east, north = communes[~communes["code"].str.startswith("97")].total_bounds
    return float(west), float(south), float(east), float(north)
