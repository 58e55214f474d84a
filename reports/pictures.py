"""The maps of a slide as files: a `MapDrawing` on the territory's ground (charts: `reports.chart_image`). Every support draws them here."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.council import MapDrawing
from reports.map_image import Circles, Format, KeyLine, key_lines, map_image

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True, eq=False)
class Ground:
    """What every map of a territory stands on. `contours`: one row a commune (``code``, ``name``, a geometry); `outlines`: its groups;
    `around` and `inset`: the communes around, the département (see `reports.map_image.map_image`); `names`: commune → name, the first
    to be written first. Two grounds are the same when everything in them is, so that what is made of one can be kept.
    """

    contours: gpd.GeoDataFrame
    names: Mapping[str, str]
    outlines: gpd.GeoDataFrame | None = None
    around: gpd.GeoDataFrame | None = None
    inset: gpd.GeoDataFrame | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ground) and self._content() == other._content()

    def __hash__(self) -> int:
        return hash(self._content())

    def _content(self) -> tuple[Hashable, ...]:
        return tuple(self.names.items()), *map(_told, (self.contours, self.outlines, self.around, self.inset))


def _told(frame: gpd.GeoDataFrame | None) -> tuple[Hashable, ...] | None:
    """What a picture can take of a frame: its shapes, where they lie, and the columns that name them."""
    if frame is None:
        return None
    columns = (tuple(frame[name]) for name in ("code", "name", "town") if name in frame)
    return tuple(frame.geometry), frame.crs, *columns


def map_picture(
    drawing: MapDrawing,
    ground: Ground,
    fmt: Format,
    *,
    bare: tuple[float, float] | None = None,
    dpi: int = 150,
) -> bytes:
    """`drawing` as a PNG or an SVG, A4 landscape, with title, legend, scale, source, day, « démonstration » where it belongs.

    `bare`: width and height in inches of the map alone, whose title, key (`map_key`), source and day stand on the paper around it.
    Raises what `map_image` raises.
    """
    return map_image(
        ground.contours,
        drawing.classes,
        drawing.colors,
        class_labels=drawing.class_labels,
        title=drawing.title,
        subtitle=drawing.subtitle,
        unit=drawing.unit,
        legend_title=drawing.legend_title,
        source=drawing.source,
        date=drawing.day,
        statuses=drawing.statuses,
        status_labels=drawing.status_labels or None,
        circles=_circles(drawing),
        outlines=ground.outlines if drawing.outlined else None,
        outline_label=drawing.outline_label,
        labels=drawing.labels or None,
        names=ground.names if drawing.named else None,
        around=ground.around,
        inset=ground.inset,
        description=drawing.description,
        demo=bool(drawing.mark),
        pointed=drawing.commune,
        places=drawing.places,
        places_label=drawing.places_label,
        bare=bare,
        fmt=fmt,
        dpi=dpi,
    )


def map_key(drawing: MapDrawing, ground: Ground) -> list[KeyLine]:
    """The lines of the key of `drawing`, for a map that is drawn bare."""
    return key_lines(
        ground.contours["code"],
        drawing.classes,
        drawing.colors,
        drawing.class_labels,
        title=drawing.legend_title or drawing.title,
        unit=drawing.unit,
        statuses=drawing.statuses,
        status_labels=drawing.status_labels or None,
        circles=_circles(drawing),
        outline_label=drawing.outline_label if drawing.outlined and ground.outlines is not None else "",
        pointed=ground.names.get(drawing.commune, ""),
        places_label=drawing.places_label if drawing.places else "",
    )


def _circles(drawing: MapDrawing) -> Circles | None:
    circles = drawing.circles
    return Circles(circles.values, circles.title, circles.texts, circles.maximum) if circles else None
