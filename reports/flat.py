"""Contours laid flat: in metres, as the paths that are drawn, made once for all the pictures that stand on the same ground.

Kept by what the contours are (a shape of shapely never changes), for the grounds of a few territories: what is printed is the same,
whether it was kept or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import Transformer

_METROPOLE = "EPSG:2154"  # RGF93 v1 / Lambert-93, the legal projection of metropolitan France
_GROUNDS = 8
"""How many sets of contours are kept: a territory has its own, its groups, what lies around and its départements."""
_PATHS = 512

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Land:
    """The communes of a map that have a contour, in metres of `crs`: their `codes` and `shapes` in the order they were given, a point in
    each by its code, west, south, east and north."""

    codes: tuple[str, ...]
    shapes: tuple[Any, ...]
    points: Mapping[str, Any]
    crs: Any
    bounds: Box

    @cached_property
    def whole(self) -> Any:
        """All communes as one shape, ready to be asked what meets it."""
        import shapely

        whole = shapely.union_all(list(self.shapes))
        shapely.prepare(whole)
        return whole


def land(contours: gpd.GeoDataFrame, code: str = "code") -> Land:
    """The communes of `contours` (their codes in the column `code`) in Lambert-93 in metropolitan France, else in the local UTM zone."""
    return _land(tuple(map(str, contours[code])), tuple(contours.geometry), contours.crs)


@lru_cache(maxsize=_GROUNDS)
def _land(codes: tuple[str, ...], shapes: tuple[Any, ...], given: Any) -> Land:
    import geopandas as gpd

    there = gpd.GeoSeries(list(shapes), index=list(codes), crs=given)
    kept = there[there.notna() & ~there.is_empty]
    west, south, east, north = kept.to_crs("EPSG:4326").total_bounds
    metropole = west >= -6 and east <= 10.5 and south >= 41 and north <= 51.5
    crs = _METROPOLE if metropole else kept.estimate_utm_crs()
    flat = kept.to_crs(crs)
    west, south, east, north = map(float, flat.total_bounds)
    points = dict(zip(flat.index, inside(tuple(flat)), strict=True))
    return Land(tuple(flat.index), tuple(flat), points, crs, (west, south, east, north))


def moved(frame: gpd.GeoDataFrame, crs: Any) -> tuple[Any, ...]:
    """The shapes of `frame` in metres of `crs`, in its order."""
    return _moved(tuple(frame.geometry), frame.crs, crs)


@lru_cache(maxsize=4 * _GROUNDS)
def _moved(shapes: tuple[Any, ...], given: Any, crs: Any) -> tuple[Any, ...]:
    import geopandas as gpd

    return tuple(gpd.GeoSeries(list(shapes), crs=given).to_crs(crs))


@lru_cache(maxsize=4 * _GROUNDS)
def inside(shapes: tuple[Any, ...]) -> tuple[Any, ...]:
    """A point in each of `shapes`."""
    import shapely

    return tuple(shapely.point_on_surface(list(shapes)))


@lru_cache(maxsize=_PATHS)
def path(geometry: Any) -> Any:
    """A polygon, multipolygon or collection of them as one path, holes included; None for anything without
    area."""
    import numpy as np
    from matplotlib.path import Path
    from shapely.geometry.polygon import orient

    polygons = (
        [geometry]
        if geometry.geom_type == "Polygon"
        else [g for g in getattr(geometry, "geoms", []) if g.geom_type == "Polygon"]
    )
    # Matplotlib fills by winding: a hole that turns as its outer ring does would be painted over.
    rings = [
        ring
        for polygon in map(orient, polygons)
        for ring in (polygon.exterior, *polygon.interiors)
        if not ring.is_empty
    ]
    if not rings:
        return None
    return Path.make_compound_path(*(Path(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings))


@lru_cache(maxsize=2 * _GROUNDS)
def transformer(given: Any, wanted: Any) -> Transformer:
    """From one reference system to another, longitude or east first. Threads may share it: pyproj makes it anew in each."""
    from pyproj import Transformer

    return Transformer.from_crs(given, wanted, always_xy=True)
