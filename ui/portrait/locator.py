"""The locator map on paper: the communes' contours as one still picture, the commune filled. A frame prints badly, a picture does not."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from analysis import palette
from ui.portrait.sparks import PREFIX

if TYPE_CHECKING:
    import geopandas as gpd

WIDTH = 300


def locator_picture(frame: gpd.GeoDataFrame, code: str) -> str:
    """The contours of `frame` (`data.territory.geometry`, WGS84) as the address of an SVG picture, commune `code` in colour.

    Longitudes are shortened by the cosine of the middle latitude, which is enough for a territory. Empty text without any contour.
    """
    frame = frame[frame["contour"].notna()]
    if frame.empty:
        return ""
    west, south, east, north = (float(edge) for edge in frame["contour"].total_bounds)
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 4) / max((east - west) * squeeze, 1e-9)
    height = round((north - south) * scale) + 4

    def path(shape: Any) -> str:
        return "".join(
            "M"
            + "L".join(
                f"{2 + (x - west) * squeeze * scale:.1f},{2 + (north - y) * scale:.1f}" for x, y in ring
            )
            + "Z"
            for ring in _rings(shape)
        )

    # The commune last, so that its outline lies over its neighbours'.
    rows = sorted(zip(frame["code"], frame["contour"], strict=True), key=lambda row: bool(row[0] == code))
    drawn = "".join(
        f'<path d="{path(shape)}" fill="{palette.ACCENT if c == code else palette.GROUND}" stroke="{palette.INK}" '
        f'stroke-width="{1.6 if c == code else 0.6}"/>'
        for c, shape in rows
    )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">{drawn}</svg>'
    return PREFIX + base64.b64encode(svg.encode()).decode()


def _rings(shape: Any) -> Iterable[Iterable[tuple[float, float]]]:
    for polygon in getattr(shape, "geoms", [shape]):
        yield polygon.exterior.coords
        for hole in polygon.interiors:
            yield hole.coords
