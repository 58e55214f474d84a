"""The map on paper: PNG or SVG with title, legend, hatchings, scale bar, north arrow, source and date.

Drawn with matplotlib's Figure and the Agg and SVG writers, without pyplot, one picture at a time
(matplotlib's settings are global, so a lock is held). The same input gives the same bytes: no date nor
version in the metadata, a fixed salt for the identifiers of an SVG.

Text is data: dollars never start mathematics, control characters are dropped, what is too long is wrapped or
cut with an ellipsis. In an SVG text stays text, and the picture has a title and a description for assistive
technologies.
"""

from __future__ import annotations

import datetime as dt
import html
import io
import math
import re
import textwrap
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from analysis import french, palette
from analysis.council import MarkDrawing
from analysis.french import NBSP, NNBSP
from analysis.model import Status
from reports.flat import Box, Land, inside, land, moved, path, transformer

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Format = Literal["png", "svg"]

LOCK = threading.Lock()
"""Held while a picture is drawn: matplotlib's settings are global."""
SETTINGS: Any = {
    "svg.hashsalt": "zevillage",
    "svg.fonttype": "none",
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],  # shipped with matplotlib: the same letters on every machine
    "hatch.linewidth": 1.1,
    "path.simplify": True,
}
_HATCHES = {Status.SUPPRESSED: "xxxxx", Status.MISSING: "..", Status.NOT_IMPORTED: ""}
_STROKES = {
    Status.SUPPRESSED: palette.HATCH,
    Status.MISSING: palette.DOTS,
    Status.NOT_IMPORTED: palette.DOTS,
}
_FILLS = {
    Status.SUPPRESSED: palette.SUPPRESSED_FILL,
    Status.MISSING: palette.MISSING_FILL,
    Status.NOT_IMPORTED: palette.NOT_IMPORTED_FILL,
}
_PAGE = (11.69, 8.27)  # A4 landscape, in inches
_MAP_BOX = (0.03, 0.105, 0.64, 0.71)  # left, bottom, width, height in shares of the page
_LEGEND_LEFT = 0.70
_HALO = 'paint-order="stroke" stroke="#ffffff" stroke-width="2.4"'
"""The white edge of a name of a map, of a value on a line, in an SVG: attributes, which every reader knows, and not a rule of style."""
_INSET_BOX = (0.70, 0.16, 0.20, 0.16)
GROUND, BESIDE, _BETWEEN_WHITE = "#eceef1", "#5b636e", "#9aa1ab"
PLACES = (
    (0.0, 0.0), (0.0, 0.9), (0.0, -0.9), (0.3, 0.7), (-0.3, 0.7), (0.3, -0.7), (-0.3, -0.7), (0.62, 0.0), (-0.62, 0.0),
    (0.0, 1.7), (0.0, -1.7),
    (0.6, 1.3), (-0.6, 1.3), (0.6, -1.3), (-0.6, -1.3),
)  # fmt: skip
"""Where the middle of a name may stand beside the point of its commune, in shares of its own width and height, the best first."""
MAX_RADIUS = 0.26  # inches, of the largest circle
_MARK = 7.5  # points, of a mark from corner to corner


class MapImageError(ValueError):
    """The map cannot be drawn as asked. The message says what is wrong and what to do, in French."""


_Beside = tuple[str, bool, Any, Any]
KeyKind = Literal["head", "words", "class", "status", "circle", "marker", "outline", "pointed", "gap"]


@dataclass(frozen=True)
class KeyLine:
    """One line of a map's key. `color`: the fill of a class or of a mark; `status`: whose hatching is shown;
    `radius` (inches): of a circle."""

    kind: KeyKind
    text: str = ""
    color: str = ""
    status: Status | None = None
    radius: float = 0.0


@dataclass(frozen=True)
class Circles:
    """Proportional circles over the communes: `values` by commune code (areas are proportional; nothing at 0
    or below), `title` and
    `texts` (value → words, largest first) for their key. `maximum` fixes the scale (the largest value when
    0)."""

    values: Mapping[str, float]
    title: str
    texts: tuple[tuple[float, str], ...] = ()
    maximum: float = 0.0


def map_image(
    contours: gpd.GeoDataFrame,
    classes_by_code: Mapping[str, int],
    colors: Sequence[str],
    *,
    class_labels: Sequence[str],
    title: str,
    source: str,
    date: str | dt.date,
    unit: str = "",
    subtitle: str = "",
    legend_title: str = "",
    statuses: Mapping[str, Status | str] | None = None,
    status_labels: Mapping[Status, str] | None = None,
    circles: Circles | None = None,
    outlines: gpd.GeoDataFrame | None = None,
    outline_label: str = "",
    labels: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    around: gpd.GeoDataFrame | None = None,
    inset: gpd.GeoDataFrame | None = None,
    description: str = "",
    demo: bool = False,
    pointed: str = "",
    places: Sequence[MarkDrawing] = (),
    places_label: str = "",
    bare: tuple[float, float] | None = None,
    code: str = "code",
    fmt: Format = "png",
    dpi: int = 150,
) -> bytes:
    """A choropleth of `contours` as the bytes of a PNG or SVG file, A4 landscape (1,754 × 1,240 pixels at 150
    dpi).

    `contours`: one row per commune, its INSEE code in the column `code`, any coordinate reference system;
    drawn in Lambert-93 in metropolitan France, else in the local UTM zone. `classes_by_code`: commune → class
    index; `colors` (``#rrggbb``) and
    `class_labels` (ranges in French) one per class. Communes without a class are hatched by `statuses`
    (dense crossed lines for suppressed, light dots for missing, which is also the default; flat grey for
    not imported), in the words of `status_labels`.
    `outlines`: polygons drawn as one dark line.
    `labels`: texts written in the communes; with `names` (commune → name, the first to be written first), under the name, each placed so
    that it covers neither another nor a circle, and dropped where it finds no room.
    `around`: the communes that lie around (columns ``name``, perhaps ``town``, and a geometry), in pale grey; towns on a point.
    `inset`: the area in which the map lies (``name``, geometry), drawn small where the legend leaves room.
    `pointed`: the commune that is pointed at, edged twice. `places`: marks at points of their own, `places_label` in the key.
    `bare`: width and height in inches of a map alone, with its scale and its north; title, key (`key_lines`), source and day are then
    written by the paper around it.
    `date`: when the map was made (ISO). `source`: citation with vintage.
    `description`: the sentence that reads the map, for assistive technologies (SVG). `demo` marks the picture
    « démonstration ».

    Raises MapImageError for an unknown format, no contour, no coordinate reference system, a code column that
    does not exist, a class without colour or label, and a resolution outside 50 to 600; PaletteError for what
    is no colour; TextError for no date.
    """
    _check(contours, classes_by_code, colors, class_labels, code, fmt, dpi)
    made = french.date(date)
    kind = {c: status_of(statuses, c) for c in map(str, contours[code]) if c not in classes_by_code}
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with LOCK, rc_context(SETTINGS):
        drawn = land(contours, code)
        figure = Figure(figsize=bare or _PAGE, facecolor="white")
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0) if bare else _MAP_BOX)
        axes.set_axis_off()
        axes.set_aspect("equal")
        fills = _communes(axes, drawn, classes_by_code, colors, kind)
        if outlines is not None and len(outlines):
            _outlines(axes, moved(outlines, drawn.crs))
        if pointed in drawn.codes:
            _point_at(axes, drawn.shapes[drawn.codes.index(pointed)])
        _frame(axes, drawn)
        beside = _beside(around, drawn) if around is not None else []
        _around(axes, beside)
        largest = _circles(axes, figure, drawn, circles) if circles else 0.0
        marks = _places(axes, places, drawn.crs)
        if names:
            _names(
                axes,
                figure,
                drawn,
                names,
                labels or {},
                circles,
                largest,
                beside,
                marks,
                as_text=fmt == "svg",
            )
        elif labels:
            metres = _metres_per_inch(axes, figure)
            below = (
                {c: (_radius(v, largest) + 0.03) * metres for c, v in circles.values.items() if v > 0}
                if circles
                else {}
            )
            _labels(axes, drawn, labels, fills, below)
        _scale_bar(axes)
        _north(axes, figure, drawn.crs)
        if bare:
            return picture_bytes(figure, fmt, dpi, title, description or subtitle)
        legend = _Legend(figure)
        lines = key_lines(
            drawn.codes, classes_by_code, colors, class_labels, title=legend_title or title, unit=unit, statuses=statuses,
            status_labels=status_labels, circles=circles, pointed=names.get(pointed, "") if names and pointed else "",
            places_label=places_label if places else "",
            outline_label=outline_label if outlines is not None and len(outlines) else "",
        )  # fmt: skip
        for line in lines:
            legend.draw(line)
        if inset is not None and len(inset) and legend.y > _INSET_BOX[1] + _INSET_BOX[3] + 0.03:
            _inset(figure, inset, drawn)
        _titles(figure, title, subtitle, demo)
        _footer(figure, source, made)
        return picture_bytes(figure, fmt, dpi, title, description or subtitle)


def key_lines(
    communes: Iterable[object],
    classes_by_code: Mapping[str, int],
    colors: Sequence[str],
    class_labels: Sequence[str],
    *,
    title: str,
    unit: str = "",
    statuses: Mapping[str, Status | str] | None = None,
    status_labels: Mapping[Status, str] | None = None,
    circles: Circles | None = None,
    outline_label: str = "",
    pointed: str = "",
    places_label: str = "",
) -> list[KeyLine]:
    """What the key of a map says, from the top; the arguments are those of `map_image`. `communes`: the codes that are drawn;
    `pointed`: the name of the commune pointed at; `places_label`: empty where no mark is drawn."""
    codes = [str(c) for c in communes]
    lines = [KeyLine("head", title)]
    if unit:
        lines.append(KeyLine("words", f"Unité{NNBSP}: {unit}"))
    for index, (color, label) in enumerate(zip(colors, class_labels, strict=True)):
        count = sum(classes_by_code.get(c) == index for c in codes)
        lines.append(KeyLine("class", _counted(label, count), color=color))
    kinds = [status_of(statuses, c) for c in codes if c not in classes_by_code]
    for status in (Status.SUPPRESSED, Status.MISSING, Status.NOT_IMPORTED):
        if count := kinds.count(status):
            words = (status_labels or {}).get(status) or french.status_text(status)
            lines.append(KeyLine("status", _counted(words, count), status=status))
    if circles:
        lines += [KeyLine("gap"), KeyLine("head", circles.title)]
        largest = circles.maximum or max(circles.values.values(), default=0.0)
        lines += [
            KeyLine("circle", text, color=palette.MEMBERS, radius=_radius(value, largest))
            for value, text in circles.texts
        ]
    if outline_label or pointed or places_label:
        lines.append(KeyLine("gap"))
    if places_label:
        lines.append(KeyLine("marker", places_label, color=palette.LISTING))
    if outline_label:
        lines.append(KeyLine("outline", outline_label))
    if pointed:
        lines.append(KeyLine("pointed", pointed))
    return lines


def shape(contours: gpd.GeoDataFrame, code: str = "code") -> float:
    """Height by width of the map of `contours`, its scale included."""
    west, south, east, north = _limits(land(contours, code))
    return float((north - south) / (east - west))


# ------------------------------------------------------------------------------------------------- checks


def _check(
    contours: gpd.GeoDataFrame,
    classes_by_code: Mapping[str, int],
    colors: Sequence[str],
    class_labels: Sequence[str],
    code: str,
    fmt: str,
    dpi: int,
) -> None:
    if fmt not in ("png", "svg"):
        raise MapImageError(f"Format d’image inconnu{NNBSP}: « {fmt} ». Choisir png ou svg")
    if not 50 <= dpi <= 600:
        raise MapImageError(f"Résolution de {dpi} points par pouce{NNBSP}: en choisir une de 50 à 600")
    if code not in contours.columns:
        raise MapImageError(
            f"Les contours n’ont pas de colonne « {code} »{NNBSP}: y mettre le code INSEE des communes"
        )
    if not len(contours) or contours.geometry.isna().all() or contours.geometry.is_empty.all():
        raise MapImageError(f"Aucun contour à dessiner{NNBSP}: vérifier les communes du territoire")
    if contours.crs is None:
        raise MapImageError(
            f"Les contours n’ont pas de système de coordonnées{NNBSP}: le déclarer, par exemple EPSG:4326"
        )
    if len(colors) != len(class_labels):
        raise MapImageError(
            f"{len(colors)} couleurs pour {len(class_labels)} classes{NNBSP}: en donner autant"
        )
    for one in colors:
        palette.luminance(one)
    for commune, index in classes_by_code.items():
        if not 0 <= index < len(colors):
            raise MapImageError(f"La commune {commune} est dans la classe {index}, qui n’a pas de couleur")


def status_of(statuses: Mapping[str, Status | str] | None, commune: str) -> Status:
    """The status of a commune without class; observed without class is told as missing."""
    status = Status(str((statuses or {}).get(commune, Status.MISSING)))
    return Status.MISSING if status is Status.OBSERVED else status


def clean(text: object, width: int = 0, lines: int = 1) -> str:
    """`text` without control and bidirectional characters and surrogates (no XML holds them), wrapped to `lines` of `width`
    characters; 0: not wrapped.

    Narrow and plain no-break spaces survive. What does not fit ends with an ellipsis.
    """
    one = re.sub(
        r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+",
        " ",
        str(text),
    ).strip(" ")
    if not width:
        return one
    return "\n".join(
        textwrap.wrap(one, width, max_lines=lines, placeholder="…", break_on_hyphens=False) or [""]
    )


# -------------------------------------------------------------------------------------------------- the map


def _communes(
    axes: Axes,
    drawn: Land,
    classes: Mapping[str, int],
    colors: Sequence[str],
    kind: Mapping[str, Status],
) -> dict[str, str]:
    """Draws the fills, then all borders over them; returns the fill of each commune."""
    from matplotlib.patches import PathPatch

    fills: dict[str, str] = {}
    for commune, geometry in zip(drawn.codes, drawn.shapes, strict=True):
        edge = path(geometry)
        if edge is None:
            continue
        if commune in classes:
            fills[commune] = colors[classes[commune]]
            patch = PathPatch(edge, facecolor=fills[commune], edgecolor="none", zorder=1)
        else:
            status = kind[commune]
            fills[commune] = _FILLS[status]
            # The edge colour is that of the hatching; the border is drawn apart.
            patch = PathPatch(
                edge,
                facecolor=fills[commune],
                edgecolor=_STROKES[status],
                hatch=_HATCHES[status],
                linewidth=0,
                zorder=1,
            )
        patch.set_gid("commune-" + re.sub(r"\W", "_", commune))
        axes.add_artist(patch)
        axes.add_artist(
            PathPatch(
                edge,
                facecolor="none",
                # White between colours; between two white ones it would vanish.
                edgecolor="white" if commune in classes else _BETWEEN_WHITE,
                linewidth=0.8,
                joinstyle="round",
                zorder=2,
            )
        )
    return fills


def _outlines(axes: Axes, groups: Iterable[Any]) -> None:
    from matplotlib.patches import PathPatch

    for geometry in groups:
        edge = path(geometry)
        if edge is not None:
            axes.add_artist(
                PathPatch(
                    edge,
                    facecolor="none",
                    edgecolor=palette.INK,
                    linewidth=2.0,
                    joinstyle="round",
                    zorder=3,
                )
            )


def _point_at(axes: Axes, geometry: Any) -> None:
    """A dark edge around a white one, which stand out from every colour together."""
    from matplotlib.patches import PathPatch

    if (edge := path(geometry)) is not None:
        for color, width in (("white", 6.0), (palette.INK, 3.2)):
            axes.add_artist(
                PathPatch(
                    edge, facecolor="none", edgecolor=color, linewidth=width, joinstyle="round", zorder=3.5
                )
            )


def _beside(around: gpd.GeoDataFrame, drawn: Land) -> list[_Beside]:
    """Name, whether it is a town, shape and a point of each commune around."""
    towns = around["town"] if "town" in around else [False] * len(around)
    shapes = moved(around, drawn.crs)
    return list(zip(around["name"], towns, shapes, inside(shapes), strict=True))


def _around(axes: Axes, beside: Sequence[_Beside]) -> None:
    """The communes around, pale: they say where the map lies and carry no figure."""
    from matplotlib.patches import PathPatch

    for _, _, geometry, _ in beside:
        edge = path(geometry)
        if edge is not None:
            axes.add_artist(PathPatch(edge, facecolor=GROUND, edgecolor="white", linewidth=0.8, zorder=0))


def _names(
    axes: Axes,
    figure: Figure,
    drawn: Land,
    names: Mapping[str, str],
    labels: Mapping[str, str],
    circles: Circles | None,
    largest: float,
    beside: Sequence[_Beside],
    marks: Sequence[tuple[float, float]],
    *,
    as_text: bool,
) -> None:
    """Names (and `labels` under them) in the order of `names`, then those of the communes around, where each finds room.

    With `as_text` the white edge is left to `_HALO`: an effect of matplotlib would turn letters into drawings, that nobody can search or
    hear. Measured as they are drawn: a text takes the first of its places whose box meets no other text, no circle and none
    of `marks` (points).
    """
    from matplotlib.patheffects import withStroke
    from matplotlib.transforms import Bbox

    renderer = _measure(figure.dpi)
    points = drawn.points
    to_pixels = axes.transData.transform
    taken: list[Any] = []
    for commune, value in (circles.values if circles else {}).items():
        if value > 0 and commune in points:
            radius = _radius(value, largest) * figure.dpi
            x, y = to_pixels((points[commune].x, points[commune].y))
            taken.append(Bbox.from_extents(x - radius, y - radius, x + radius, y + radius))
    half = _MARK / 72 / 2 * figure.dpi
    for x, y in map(to_pixels, marks):
        taken.append(Bbox.from_extents(x - half, y - half, x + half, y + half))
    frame = axes.get_window_extent(renderer)

    def placed(text: Any, at: tuple[float, float], places: Sequence[tuple[float, float]]) -> bool:
        """Put `text` at the first free of `places` (shifts in shares of its own width and height from `at`, in pixels)."""
        text.set_position(at)
        box = text.get_window_extent(renderer)
        x, y = to_pixels(at)
        for right, up in places:
            moved = box.translated(
                x + right * box.width - (box.x0 + box.x1) / 2, y + up * box.height - (box.y0 + box.y1) / 2
            )
            inside = (
                frame.x0 <= moved.x0
                and moved.x1 <= frame.x1
                and frame.y0 <= moved.y0
                and moved.y1 <= frame.y1
            )
            if inside and not any(moved.overlaps(other) for other in taken):
                middle = ((moved.x0 + moved.x1) / 2, (moved.y0 + moved.y1) / 2)
                text.set_position(axes.transData.inverted().transform(middle))
                taken.append(moved)
                return True
        text.remove()
        return False

    for commune, name in names.items():
        if commune not in points:
            continue
        lines = [clean(name, 28), *([clean(labels[commune], 24)] if labels.get(commune) else [])]
        point = (points[commune].x, points[commune].y)
        text = axes.text(
            *point, "\n".join(lines), ha="center", va="center", fontsize=8.5, fontweight="bold", linespacing=1.1,
            color=palette.INK, zorder=6, parse_math=False, gid=f"nom-{re.sub(r'[^0-9A-Za-z]', '_', str(commune))}",
            path_effects=None if as_text else [withStroke(linewidth=2.4, foreground="white")],
        )  # fmt: skip
        placed(text, point, PLACES)
    for name, town, _, point in beside:
        if not town and not frame.contains(*to_pixels((point.x, point.y))):
            continue  # the middle of its name lies outside: there is no measuring to do
        text = axes.text(
            point.x, point.y, clean(name, 28), ha="center", va="center", fontsize=7.5, color=BESIDE, zorder=4, parse_math=False,
            fontstyle="normal" if town else "italic", fontweight="bold" if town else "normal",
        )  # fmt: skip
        # A town stands on a point: its name beside it.
        if town:
            axes.plot([point.x], [point.y], marker="o", markersize=3.2, color=BESIDE, zorder=4)
        if placed(text, (point.x, point.y), [(0.0, 0.9)] if town else [(0.0, 0.0)]):
            corners = axes.transData.inverted().transform(taken[-1].get_points())
            if _meets(drawn.whole, corners):
                text.remove()
                taken.pop()


@lru_cache(maxsize=2)
def _measure(dpi: float) -> Any:
    """What measures texts as they are drawn, the same for all pictures: matplotlib keeps a text's measures with it."""
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(1, 1, dpi)


def _meets(shape: Any, corners: Any) -> bool:
    """Whether a box (its lower left and upper right corner) meets a shape."""
    import shapely

    return bool(shapely.box(*corners[0], *corners[1]).intersects(shape))


def _inset(figure: Figure, area: gpd.GeoDataFrame, drawn: Land) -> None:
    """The area around, small, and the territory in it."""
    import shapely
    from matplotlib.patches import PathPatch

    axes = figure.add_axes(_INSET_BOX)
    axes.set_axis_off()
    axes.set_aspect("equal")
    there = moved(area, drawn.crs)
    for geometry in there:
        if (edge := path(geometry.simplify(300))) is not None:
            axes.add_artist(PathPatch(edge, facecolor="white", edgecolor=BESIDE, linewidth=0.8))
    if (edge := path(drawn.whole)) is not None:
        axes.add_artist(PathPatch(edge, facecolor=palette.INK, edgecolor="none"))
    west, south, east, north = shapely.total_bounds(list(there))
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    name = ", ".join(clean(one, 40) for one in area["name"])
    figure.text(
        _INSET_BOX[0] + _INSET_BOX[2] / 2,
        _INSET_BOX[1] - 0.02,
        name,
        ha="center",
        fontsize=8,
        color=BESIDE,
        parse_math=False,
    )


def _limits(drawn: Land) -> Box:
    """West, south, east, north with 2 % of air, and room under the map for the scale bar."""
    west, south, east, north = drawn.bounds
    air = 0.02 * max(east - west, north - south)
    return west - air, south - air - 0.05 * (north - south), east + air, north + air


def _frame(axes: Axes, drawn: Land) -> None:
    west, south, east, north = _limits(drawn)
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    # The box takes the shape of the map at once, so that what follows can measure it.
    axes.apply_aspect()


def _radius(value: float, largest: float) -> float:
    """Radius in inches; the area is proportional to the value."""
    return MAX_RADIUS * math.sqrt(value / largest) if value > 0 and largest > 0 else 0.0


def _circles(axes: Axes, figure: Figure, drawn: Land, circles: Circles) -> float:
    """Draws the largest first, so that small ones stay on top; returns the value of the largest circle."""
    from matplotlib.patches import Circle

    largest = circles.maximum or max(circles.values.values(), default=0.0)
    metres = _metres_per_inch(axes, figure)
    points = drawn.points
    for commune, value in sorted(circles.values.items(), key=lambda item: (-item[1], item[0])):
        if commune in points and _radius(value, largest) > 0:
            point = points[commune]
            patch = Circle(
                (point.x, point.y),
                _radius(value, largest) * metres,
                facecolor=palette.MEMBERS,
                edgecolor="#111111",
                linewidth=1.2,
                alpha=0.9,
                zorder=4,
            )
            patch.set_gid("cercle-" + re.sub(r"\W", "_", commune))
            axes.add_artist(patch)
    return largest


def _places(axes: Axes, places: Sequence[MarkDrawing], crs: Any) -> list[tuple[float, float]]:
    """Draws a mark at each place; their points in `crs`."""
    if not places:
        return []
    move = transformer("EPSG:4326", crs)
    points = [move.transform(place.lon, place.lat) for place in places]
    for color, size, edge in (("white", _MARK + 2.4, "none"), (palette.LISTING, _MARK, "#111111")):
        axes.plot(
            *zip(*points, strict=True), linestyle="none", marker="D", markersize=size / math.sqrt(2), color=color,
            markeredgecolor=edge, markeredgewidth=1.2, zorder=4.5, gid="reperes" if color != "white" else "reperes-bord",
        )  # fmt: skip
    return points


def _labels(
    axes: Axes,
    drawn: Land,
    labels: Mapping[str, str],
    fills: Mapping[str, str],
    below: Mapping[str, float],
) -> None:
    """Texts on a ground of the commune's own colour, so that hatching and borders never run through them.
    `below` (metres) keeps them under the circle of their commune."""
    points = drawn.points
    for commune in drawn.codes:
        if commune not in labels or commune not in fills:
            continue
        ground = {"boxstyle": "round,pad=0.15", "facecolor": fills[commune], "edgecolor": "none"}
        down = below.get(commune, 0.0)
        axes.text(
            points[commune].x,
            points[commune].y - down,
            clean(labels[commune], 24),
            ha="center",
            va="top" if down else "center",
            fontsize=8.5,
            color=palette.text_on(fills[commune]),
            bbox=ground,
            zorder=5,
            parse_math=False,
        )


def _metres_per_inch(axes: Axes, figure: Figure) -> float:
    box = axes.get_position()
    low, high = axes.get_xlim()
    return (high - low) / (box.width * figure.get_figwidth())


def _scale_bar(axes: Axes) -> None:
    """A bar of a round length, at most a third of the map, in its lower left corner."""
    low, high = axes.get_xlim()
    length = round_below((high - low) / 3)
    bottom, top = axes.get_ylim()
    x, y = low + 0.01 * (high - low), bottom + 0.02 * (top - bottom)
    height = 0.008 * (top - bottom)
    axes.plot(
        [x, x, x + length, x + length],
        [y + height, y, y, y + height],
        color=palette.INK,
        linewidth=1.6,
        zorder=6,
    )
    text = f"{french.number(length / 1000, 0 if length >= 1000 else 1)}{NBSP}km"
    axes.text(
        x + length / 2,
        y + height,
        text,
        ha="center",
        va="bottom",
        fontsize=10,
        color=palette.INK,
        zorder=6,
        parse_math=False,
    )


def round_below(length: float) -> float:
    """The largest 1, 2 or 5 × 10ⁿ not above `length`."""
    power = 10.0 ** math.floor(math.log10(length))
    return max(step * power for step in (1, 2, 5) if step * power <= length)


@lru_cache(maxsize=64)
def north_angle(crs: Any, x: float, y: float) -> float:
    """By how much the true north turns away from the upward axis of `crs` at (x, y) of it, in radians, clockwise."""
    lon, lat = transformer(crs, "EPSG:4326").transform(x, y)
    east, up = transformer("EPSG:4326", crs).transform(lon, min(lat + 0.01, 90.0))
    return math.atan2(east - x, up - y)


def _north(axes: Axes, figure: Figure, crs: Any) -> None:
    """An arrow to the true north: a projection's own grid turns away from it (by 2° in the west of
    France)."""
    angle = north_angle(crs, sum(axes.get_xlim()) / 2, sum(axes.get_ylim()) / 2)
    box = axes.get_position()
    wide, high = figure.get_figwidth(), figure.get_figheight()
    left, bottom = box.x1 - 0.24 / wide, box.y1 - (0.62 if box.y1 < 0.95 else 0.72) / high
    length = 0.455 / high  # inches
    ratio = high / wide
    tip = (left + length * math.sin(angle) * ratio, bottom + length * math.cos(angle))
    arrow = {
        "arrowstyle": "-|>,head_width=0.35,head_length=0.7",
        "color": palette.INK,
        "linewidth": 1.6,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    axes.annotate(
        "",
        xy=tip,
        xytext=(left, bottom),
        xycoords="figure fraction",
        textcoords="figure fraction",
        arrowprops=arrow,
        zorder=6,
    )
    figure.text(
        tip[0],
        tip[1] + 0.033 / high,
        "N",
        ha="center",
        va="bottom",
        fontsize=11,
        fontweight="bold",
        color=palette.INK,
        parse_math=False,
    )


# ------------------------------------------------------------------------------------------------ the words


def _titles(figure: Figure, title: str, subtitle: str, demo: bool) -> None:
    lines = clean(title, 62 if demo else 76, 2)
    figure.text(
        0.03,
        0.965,
        lines,
        ha="left",
        va="top",
        fontsize=17,
        fontweight="bold",
        color=palette.INK,
        parse_math=False,
    )
    if subtitle:
        y = 0.885 if "\n" in lines else 0.92
        figure.text(
            0.03,
            y,
            clean(subtitle, 130, 2),
            ha="left",
            va="top",
            fontsize=11,
            color=palette.INK,
            parse_math=False,
        )
    if demo:
        mark = {
            "boxstyle": "square,pad=0.4",
            "facecolor": "#ffe8a3",
            "edgecolor": palette.INK,
            "linewidth": 1.2,
        }
        figure.text(
            0.975,
            0.96,
            "DÉMONSTRATION",
            ha="right",
            va="top",
            fontsize=13,
            fontweight="bold",
            color=palette.INK,
            bbox=mark,
            parse_math=False,
        )


def _footer(figure: Figure, source: str, made: str) -> None:
    words = f"Source{NNBSP}: {clean(source)}"
    figure.text(
        0.03,
        0.075,
        clean(words, 150, 3),
        ha="left",
        va="top",
        fontsize=9.5,
        color=palette.INK,
        parse_math=False,
    )
    figure.text(
        0.975,
        0.015,
        f"Carte établie le {made}",
        ha="right",
        va="bottom",
        fontsize=9.5,
        color=palette.INK,
        parse_math=False,
    )


def _counted(label: str, count: int) -> str:
    return f"{label} ({french.quantity(count, 'communes')})"


class _Legend:
    """A column of symbols and words on the right of the page, filled from the top."""

    _WIDTH = 38  # characters

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.y = 0.815

    def draw(self, line: KeyLine) -> None:
        if line.kind == "head":
            self._head(line.text)
        elif line.kind == "words":
            self._line(line.text)
        elif line.kind == "gap":
            self.y -= 0.018
        elif line.kind == "class":
            self._swatch(line.color, "", line.text)
        elif line.kind == "status" and line.status:
            self._swatch(_FILLS[line.status], _HATCHES[line.status], line.text, _STROKES[line.status])
        elif line.kind == "circle":
            self._circle(line.radius, line.text)
        elif line.kind == "marker":
            self._marker(line.color, line.text)
        else:
            self._line_of(line.text, 2.0 if line.kind == "outline" else 3.2)

    def _head(self, text: str) -> None:
        self._text(_LEGEND_LEFT, clean(text, self._WIDTH - 4, 3), weight="bold", size=11.5)
        self.y -= 0.006

    def _line(self, text: str) -> None:
        self._text(_LEGEND_LEFT, clean(text, self._WIDTH + 6, 2), size=9.5)
        self.y -= 0.004

    def _swatch(self, color: str, hatch: str, text: str, strokes: str = "none") -> None:
        from matplotlib.patches import Rectangle

        box, width, height = (_LEGEND_LEFT, self.y - 0.028), 0.034, 0.028
        self.figure.add_artist(
            Rectangle(
                box, width, height, facecolor=color, edgecolor=strokes, hatch=hatch or None, linewidth=0
            )
        )
        self.figure.add_artist(
            Rectangle(box, width, height, facecolor="none", edgecolor=palette.INK, linewidth=0.8)
        )
        self._beside(text, 0.028)

    def _circle(self, radius: float, text: str) -> None:
        from matplotlib.patches import Ellipse

        width, height = 2 * radius / self.figure.get_figwidth(), 2 * radius / self.figure.get_figheight()
        row = max(height, 0.026)
        centre = (_LEGEND_LEFT + 0.024, self.y - row / 2)
        self.figure.add_artist(
            Ellipse(centre, width, height, facecolor=palette.MEMBERS, edgecolor="#111111", linewidth=1.2)
        )
        self._beside(text, row)

    def _marker(self, color: str, text: str) -> None:
        from matplotlib.lines import Line2D

        mark = Line2D(
            [_LEGEND_LEFT + 0.017], [self.y - 0.014], linestyle="none", marker="D", markersize=_MARK / math.sqrt(2), color=color,
            markeredgecolor="#111111", markeredgewidth=1.2,
        )  # fmt: skip
        self.figure.add_artist(mark)
        self._beside(text, 0.028)

    def _line_of(self, text: str, width: float) -> None:
        """The line of the outlines, of the commune pointed at."""
        from matplotlib.lines import Line2D

        y = self.y - 0.014
        self.figure.add_artist(
            Line2D([_LEGEND_LEFT, _LEGEND_LEFT + 0.034], [y, y], color=palette.INK, linewidth=width)
        )
        self._beside(text, 0.028)

    def _beside(self, text: str, row: float) -> None:
        wrapped = clean(text, self._WIDTH - 4, 2)
        self.figure.text(
            _LEGEND_LEFT + 0.054,
            self.y - row / 2,
            wrapped,
            ha="left",
            va="center",
            fontsize=10,
            color=palette.INK,
            parse_math=False,
        )
        self.y -= row + (0.012 if "\n" not in wrapped else 0.022)

    def _text(self, x: float, text: str, *, weight: str = "normal", size: float) -> None:
        self.figure.text(
            x,
            self.y,
            text,
            ha="left",
            va="top",
            fontsize=size,
            fontweight=weight,
            color=palette.INK,
            parse_math=False,
        )
        self.y -= (text.count("\n") + 1) * size * 1.25 / 72 / self.figure.get_figheight()


def picture_bytes(figure: Figure, fmt: Format, dpi: int, title: str, description: str) -> bytes:
    """A figure as the same bytes each time; an SVG with its title and description for assistive technologies."""
    out = io.BytesIO()
    if fmt == "png":
        figure.savefig(
            out,
            format="png",
            dpi=dpi,
            metadata={"Software": None, "Title": clean(title)},
            pil_kwargs={"compress_level": 3},  # 25 instead of 40 ms for a map of flat colours, and no larger
        )
        return out.getvalue()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Title": clean(title)})
    text = out.getvalue().decode("utf-8")
    # The document type points to an address outside; no reader needs it.
    text = re.sub(r"<!DOCTYPE[^>]*>\n?", "", text, count=1)
    words = html.escape(clean(description))
    text = re.sub(
        r"<svg ", '<svg role="img" aria-labelledby="zv-title zv-desc" xml:lang="fr" lang="fr" ', text, count=1
    )
    # A function, not a template: a backslash in the description must not be read as a group.
    text = re.sub(
        r"<title>(.*?)</title>",
        lambda m: f'<title id="zv-title">{m[1]}</title>\n <desc id="zv-desc">{words}</desc>',
        text,
        count=1,
        flags=re.S,
    )
    return re.sub(r'<g id="(?:nom|valeur)-\w*"', lambda m: f"{m[0]} {_HALO}", text).encode("utf-8")
