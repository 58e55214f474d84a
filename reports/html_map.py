"""The map of a slide as inline SVG: the contours stand once in a document, each map only says how to fill them.

`shapes` puts a territory's ground into the units of the picture (1,000 wide), `store` writes it once, `map_figure` draws one
`MapDrawing` with what stands around it. `reports/assets/map.js` moves it and answers; without it the map is whole and still.
Nothing here is a style attribute, so that a page's policy need not allow any.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from analysis import french, palette
from analysis.council import CircleDrawing, MapDrawing
from analysis.french import NBSP, NNBSP
from analysis.model import Status
from reports.flat import Box, land, transformer
from reports.html_text import escaped
from reports.map_image import (
    BESIDE,
    GROUND,
    MAX_RADIUS,
    PLACES,
    Circles,
    KeyLine,
    MapImageError,
    clean,
    key_lines,
    north_angle,
    round_below,
    status_of,
)
from reports.pictures import Ground

if TYPE_CHECKING:
    import geopandas as gpd

WIDTH = 1000.0
"""Units of a map's width; its height follows the territory."""
_AIR = 0.03
_FONT = {False: 23.0, True: 36.0}
"""Units of the letters of names: in a map alone, in one of two."""
_SMALL = {False: 17.0, True: 25.0}
_LINE = 1.12
_MAX_RADIUS = 38.0  # units, of the largest circle
_MARK = 12.0  # units, of a mark from its middle to a corner
_FINEST = 0.6
"""Units below which a bend of a contour is not seen: what is simplified away."""
_FILLS = {
    Status.SUPPRESSED: "url(#zv-secret)",
    Status.MISSING: "url(#zv-absent)",
    Status.NOT_IMPORTED: palette.NOT_IMPORTED_FILL,
}


@dataclass(frozen=True)
class Shapes:
    """A ground in the units of the picture, y downwards. `paths` and `points`: by commune code; `height`: units; `km`: units of a
    kilometre; `north`: degrees by which the north turns clockwise; `around`: name, town, path and point of each commune beside;
    `inset`: viewBox, path of the département, path of the territory, its name (empty for none); `at`: from degrees (longitude, latitude)
    to units."""

    paths: Mapping[str, str]
    points: Mapping[str, tuple[float, float]]
    names: Mapping[str, str]
    height: float
    km: float
    north: float
    outlines: str
    around: tuple[tuple[str, bool, str, tuple[float, float]], ...]
    inset: tuple[str, str, str, str]
    whole: Any
    at: Callable[[float, float], tuple[float, float]]


@lru_cache(maxsize=4)
def shapes(ground: Ground) -> Shapes | None:
    """`ground` in the units of a picture; None where it has no contour to draw. Kept for a few grounds.

    Raises MapImageError for contours without a coordinate reference system.
    """
    contours = _areas(ground.contours)
    if not len(contours):
        return None
    if contours.crs is None:
        raise MapImageError(
            f"Les contours n’ont pas de système de coordonnées{NNBSP}: le déclarer, par exemple EPSG:4326"
        )
    drawn = land(contours)
    crs, (west, south, east, north) = drawn.crs, drawn.bounds
    air = _AIR * max(east - west, north - south)
    west, south, east, north = west - air, south - air, east + air, north + air
    scale = WIDTH / (east - west)
    beside = _near(ground.around, crs, (west, south, east, north))
    fine = _simplified([*drawn.shapes, *(beside.geometry if beside is not None else ())], _FINEST / scale)
    place = _Placer(west, north, scale)
    own, others = fine[: len(drawn.codes)], fine[len(drawn.codes) :]
    rows = () if beside is None else zip(beside["name"], _towns(beside), others, strict=True)
    groups = [] if ground.outlines is None else list(_areas(ground.outlines).to_crs(crs).geometry)
    return Shapes(
        {code: place.path(shape) for code, shape in zip(drawn.codes, own, strict=True)},
        {code: place.point(shape) for code, shape in zip(drawn.codes, drawn.shapes, strict=True)},
        # The order in which names are written is that of the ground.
        dict(ground.names)
        | {c: n for c, n in zip(drawn.codes, contours["name"], strict=True) if c not in ground.names},
        round((north - south) * scale, 1),
        1000 * scale,
        math.degrees(north_angle(crs, (west + east) / 2, (south + north) / 2)),
        "".join(map(place.path, _simplified(groups, _FINEST / scale))),
        tuple((name, town, place.path(shape), place.point(shape)) for name, town, shape in rows),
        _inset(ground.inset, crs, drawn.whole),
        place.moved(drawn.whole),
        place.from_degrees(crs),
    )


def _areas(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """What of `frame` has an area, put right where a contour crosses itself."""
    import numpy as np
    import shapely

    geometry = [
        None if each is None else shapely.MultiPolygon(_polygons(shapely.make_valid(each)))
        for each in frame.geometry
    ]
    kept = frame.set_geometry(geometry, crs=frame.crs)
    return kept.loc[np.array([each is not None and not each.is_empty for each in geometry], dtype=bool)]


def _near(around: gpd.GeoDataFrame | None, crs: Any, box: Box) -> gpd.GeoDataFrame | None:
    """The communes beside, cut to what a wide screen may show of them."""
    import shapely

    if around is None or not len(around):
        return None
    west, south, east, north = box
    wide, high = east - west, north - south
    view = shapely.box(west - 0.8 * wide, south - 0.4 * high, east + 0.8 * wide, north + 0.4 * high)
    there = _areas(around).to_crs(crs)
    return _areas(there.set_geometry(there.geometry.intersection(view)))


def _towns(beside: gpd.GeoDataFrame) -> list[bool]:
    return [bool(town) for town in beside["town"]] if "town" in beside else [False] * len(beside)


def _simplified(geometries: Sequence[Any], tolerance: float) -> list[Any]:
    """Without the bends that nobody sees; what two communes share stays shared."""
    import numpy as np
    import shapely

    return (
        list(shapely.coverage_simplify(np.array(geometries, dtype=object), tolerance)) if geometries else []
    )


def _polygons(geometry: Any) -> list[Any]:
    if geometry.geom_type == "Polygon":
        return [geometry]
    return [each for each in getattr(geometry, "geoms", ()) if each.geom_type == "Polygon"]


class _Placer:
    """From metres to the units of a picture whose upper left corner is (`west`, `north`)."""

    def __init__(self, west: float, north: float, scale: float) -> None:
        self.west, self.north, self.scale = west, north, scale

    def moved(self, geometry: Any) -> Any:
        from shapely import affinity

        return affinity.affine_transform(
            geometry,
            [self.scale, 0, 0, -self.scale, -self.west * self.scale, self.north * self.scale],
        )

    def from_degrees(self, crs: Any) -> Callable[[float, float], tuple[float, float]]:
        """From longitude and latitude to units, by way of `crs`."""
        move = transformer("EPSG:4326", crs)

        def at(lon: float, lat: float) -> tuple[float, float]:
            x, y = move.transform(lon, lat)
            return round((x - self.west) * self.scale, 1), round((self.north - y) * self.scale, 1)

        return at

    def point(self, geometry: Any) -> tuple[float, float]:
        """A point inside."""
        at = self.moved(geometry.representative_point())
        return round(at.x, 1), round(at.y, 1)

    def path(self, geometry: Any) -> str:
        """Path data in steps of half a unit, relative: the shortest writing."""
        out = []
        for polygon in _polygons(self.moved(geometry)):
            for ring in (polygon.exterior, *polygon.interiors):
                ends = [(round(2 * x), round(2 * y)) for x, y in list(ring.coords)[:-1]]
                kept = [end for i, end in enumerate(ends) if end != ends[i - 1]]
                if len(kept) < 3:
                    continue
                steps = [f"{_half(b[0] - a[0])} {_half(b[1] - a[1])}" for a, b in pairwise(kept)]
                out.append(f"M{_half(kept[0][0])} {_half(kept[0][1])}l{' '.join(steps)}z")
        return "".join(out).replace(" -", "-")


def _half(twice: int) -> str:
    return f"{twice / 2:g}"


def _inset(area: gpd.GeoDataFrame | None, crs: Any, whole: Any) -> tuple[str, str, str, str]:
    """The département and the territory in it, 100 units wide."""
    if area is None or not len(_areas(area)):
        return "", "", "", ""
    there = _areas(area).to_crs(crs)
    west, south, east, north = there.total_bounds
    scale = 100 / max(east - west, north - south)
    place = _Placer(west, north, scale)
    around = "".join(place.path(shape.simplify(0.6 / scale)) for shape in there.geometry)
    box = f"-2 -2 {(east - west) * scale + 4:.0f} {(north - south) * scale + 4:.0f}"
    return (
        box,
        around,
        place.path(whole.simplify(0.4 / scale)),
        ", ".join(clean(name, 40) for name in there["name"]),
    )


# ------------------------------------------------------------------------------------------- once in a document


def store(here: Shapes | None) -> str:
    """What every map of the document draws on: the hatchings, and the contours where there are some."""
    hatch, dots = palette.HATCH, palette.DOTS
    parts = [
        '<svg class="store" width="0" height="0" aria-hidden="true" focusable="false"><defs>',
        '<pattern id="zv-secret" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path fill="{palette.SUPPRESSED_FILL}" d="M0 0h9v9h-9z"/><path fill="{hatch}" d="M0 0h2.2v9h-2.2zM0 0h9v2.2h-9z"/></pattern>',
        '<pattern id="zv-absent" width="12" height="12" patternUnits="userSpaceOnUse">'
        f'<path fill="{palette.MISSING_FILL}" d="M0 0h12v12h-12z"/><circle cx="6" cy="6" r="1.7" fill="{dots}"/></pattern>',
    ]
    if here is not None:
        parts += [f'<path id="zv-c{i}" d="{path}"/>' for i, path in enumerate(here.paths.values())]
        ground = "".join(path for _, _, path, _ in here.around)
        parts.append(f'<path id="zv-around" d="{ground}"/><path id="zv-outlines" d="{here.outlines}"/>')
        if here.inset[0]:
            parts.append(f'<g id="zv-inset"><path fill="#fff" stroke="{BESIDE}" d="{here.inset[1]}"/>')
            parts.append(f'<path fill="{palette.INK}" d="{here.inset[2]}"/></g>')
    return "".join([*parts, "</defs></svg>"])


# -------------------------------------------------------------------------------------------------- one map


def map_figure(
    drawing: MapDrawing, here: Shapes | None, names: Mapping[str, str], level: int, *, large: bool = False
) -> str:
    """`drawing` as a figure: its title (a heading of `level`), the picture, its legend with counts, what is said of the commune
    pointed at. Without contours, what it says of each commune, by its name among `names`, as a list.
    `large`: larger letters, for a map that will be small.

    Raises PaletteError for what is no colour.
    """
    for color in drawing.colors:
        palette.luminance(color)
    title = f'<h{level} class="map-title">{escaped(drawing.title)}</h{level}>'
    under = f'<p class="map-subtitle">{escaped(drawing.subtitle)}</p>' if drawing.subtitle else ""
    head = f'<div class="map-head">{title}{under}</div>'
    if here is None:
        said = "".join(
            f"<dt>{escaped(names.get(code, code))}</dt><dd>{escaped(text)}</dd>"
            for code, text in drawing.texts.items()
        )
        why = f"Carte non dessinée{NNBSP}: aucun contour pour ce territoire. Ses chiffres{NNBSP}:"
        return f'<figure class="map bare">{head}<p>{why}</p><dl>{said}</dl></figure>'
    pointed = _said(drawing, here, drawing.commune) if drawing.commune in here.paths else ""
    hint = f"Montrer une commune{NNBSP}: ce qui en est dit s’écrit ici."
    answer = f'<p class="answer" data-hint="{escaped(hint)}">{escaped(pointed) or hint}</p>'
    tools = "".join(
        f'<button type="button" data-zoom="{what}" aria-label="{words}" title="{words}">{sign}</button>'
        for what, sign, words in (("in", "+", "Agrandir"), ("out", "−", "Réduire"), ("all", "⌂", "Tout voir"))
    )
    where = (
        f'<figure class="inset"><svg viewBox="{here.inset[0]}" role="img" aria-label="Situation{NNBSP}: {escaped(here.inset[3])}">'
        f'<use href="#zv-inset"/></svg><figcaption>{escaped(here.inset[3])}</figcaption></figure>'
        if here.inset[0]
        else ""
    )
    return (
        f'<figure class="map">{head}<div class="map-box">{_picture(drawing, here, large)}<div class="map-tools">{tools}</div></div>'
        f'<figcaption class="map-side">{answer}{_legend(drawing, here)}{where}</figcaption></figure>'
    )


def _said(drawing: MapDrawing, here: Shapes, code: str) -> str:
    name, text = here.names.get(code, code), drawing.texts.get(code, "")
    return f"{name}{NNBSP}: {text}" if text and text != name else name


def _status(drawing: MapDrawing, code: str) -> Status:
    return status_of(drawing.statuses, code)


def _picture(drawing: MapDrawing, here: Shapes, large: bool) -> str:
    order = [code for code in here.paths if code != drawing.commune]
    if drawing.commune in here.paths:
        order.append(drawing.commune)  # drawn last: nothing covers its line
    ids = {code: i for i, code in enumerate(here.paths)}
    communes = []
    for at, code in enumerate(order):
        rank = drawing.classes.get(code)
        known = rank is not None and 0 <= rank < len(drawing.colors)
        fill = drawing.colors[rank] if known and rank is not None else _FILLS[_status(drawing, code)]
        chosen = ' class="pointed"' if code == drawing.commune else ""
        communes.append(
            f'<use href="#zv-c{ids[code]}" fill="{fill}"{chosen} role="img" tabindex="{-1 if at else 0}" '
            f'data-x="{here.points[code][0]:g}" data-y="{here.points[code][1]:g}" aria-label="{escaped(_said(drawing, here, code))}"/>'
        )
    words = f"Carte{NNBSP}: {clean(drawing.title)}. {clean(drawing.description)}"
    around = f'<use class="around" href="#zv-around" fill="{GROUND}"/>' if here.around else ""
    outline = '<use class="outlines" href="#zv-outlines"/>' if drawing.outlined and here.outlines else ""
    circles = _circles(drawing.circles, here) if drawing.circles else []
    return (
        f'<svg class="picture{" large" if large else ""}" viewBox="0 0 {WIDTH:.0f} {here.height:g}" role="group" '
        f'aria-label="{escaped(words)}" data-km="{here.km:.3f}">'
        f'<g class="world">{around}<g class="communes">{"".join(communes)}</g>{outline}'
        f'<g class="circles" aria-hidden="true">{"".join(circles)}</g>{_places(drawing, here)}'
        f'<g class="words" aria-hidden="true">{_words(drawing, here, large)}</g></g>{_scale(here)}{_north(here)}</svg>'
    )


def _radius(value: float, circles: CircleDrawing) -> float:
    """Units; the area is proportional to the value."""
    largest = circles.maximum or max(circles.values.values(), default=0.0)
    return _MAX_RADIUS * math.sqrt(value / largest) if value > 0 and largest > 0 else 0.0


def _circles(circles: CircleDrawing, here: Shapes) -> list[str]:
    """The largest first, so that small ones stay on top."""
    return [
        f'<circle cx="{here.points[code][0]:g}" cy="{here.points[code][1]:g}" r="{radius:.1f}" fill="{palette.MEMBERS}" stroke="#111"/>'
        for code, value in sorted(circles.values.items(), key=lambda item: (-item[1], item[0]))
        if code in here.points and (radius := _radius(value, circles)) > 0
    ]


def _places(drawing: MapDrawing, here: Shapes) -> str:
    """The marks, each with what is said of it; they keep their size when the map is enlarged, so that neighbours part."""
    if not drawing.places:
        return ""
    mark = f"M0-{_MARK:g}L{_MARK:g} 0L0 {_MARK:g}L-{_MARK:g} 0z"
    parts = []
    for place in drawing.places:
        x, y = here.at(place.lon, place.lat)
        parts.append(
            f'<g transform="translate({x:g} {y:g})"><path d="{mark}" fill="{palette.LISTING}" role="img" '
            f'aria-label="{escaped(place.text)}"/></g>'
        )
    return f'<g class="places">{"".join(parts)}</g>'


def text_width(text: str, size: float) -> float:
    """About how wide `text` is in bold letters of `size`, on the safe side: no two machines have the same letters."""
    narrow, wide = "iljtfr'’.,:;|!()[]  \u202f\u00a0-", "mwMW%@œæ"
    return size * sum(
        0.36 if sign in narrow else 0.95 if sign in wide else 0.74 if sign.isupper() else 0.62
        for sign in text
    )


def _lines(name: str) -> list[str]:
    """A long name on two lines, cut at the hyphen or space nearest to its middle."""
    name = clean(name, 44)
    cuts = [i + 1 for i, sign in enumerate(name) if sign in "- " and 2 < i < len(name) - 3]
    if len(name) <= 12 or not cuts:
        return [name]
    cut = min(cuts, key=lambda i: abs(i - len(name) / 2))
    return [name[:cut].rstrip(), name[cut:]]


def _words(drawing: MapDrawing, here: Shapes, large: bool) -> str:
    """Names and labels where each finds room: none covers another or a circle. One without room is written once the map is enlarged."""
    font, small = _FONT[large], _SMALL[large]
    taken: list[Box] = [(0, here.height - 60, 260, here.height), (WIDTH - 60, 0, WIDTH, 90)]
    if drawing.circles:
        for code, many in drawing.circles.values.items():
            if code in here.points and (r := _radius(many, drawing.circles)) > 0:
                x, y = here.points[code]
                taken.append((x - r, y - r, x + r, y + r))
    for x, y in (here.at(place.lon, place.lat) for place in drawing.places):
        taken.append((x - _MARK, y - _MARK, x + _MARK, y + _MARK))
    out = []
    first = [drawing.commune] if drawing.commune in here.paths else []
    for code in [*first, *(c for c in here.names if c in here.paths and c != drawing.commune)]:
        lines = _lines(here.names[code]) if drawing.named or code == drawing.commune else []
        value = clean(drawing.labels.get(code, ""), 24)
        if not lines and not value:
            continue
        x, y = here.points[code]
        wide = max(text_width(line, font) for line in [*lines, value])
        high = font * _LINE * (len(lines) + bool(value))
        r = _radius(drawing.circles.values.get(code, 0.0), drawing.circles) if drawing.circles else 0.0
        up, right = (r + 2) / high + 0.5, (r + 4) / (wide or 1) + 0.5
        beyond = [(0.0, up), (0.0, -up), (right, 0.0), (-right, 0.0)] if r else []
        at = _free((x, y), wide, high, taken, [*beyond, *PLACES], here)
        found = at or (x, y)
        out.append(_text(found, lines, value, "" if at else ' class="deep"'))
    for name, town, _, (east, south) in here.around:
        if not (0 < east < WIDTH and 0 < south < here.height):
            continue
        text = clean(name, 28)
        places = [(0.0, 0.9)] if town else [(0.0, 0.0)]
        wide = text_width(text, small)
        at = _free((east, south), wide, small * _LINE, taken, places, here, outside=True)
        if at is not None:
            out.append(_text(at, [text], "", ' class="town"' if town else ' class="beside"'))
        if town:
            out.append(f'<circle class="place" cx="{east:g}" cy="{south:g}" r="4"/>')
    return "".join(out)


def _free(
    point: tuple[float, float],
    wide: float,
    high: float,
    taken: list[Box],
    places: Iterable[tuple[float, float]],
    here: Shapes,
    *,
    outside: bool = False,
) -> tuple[float, float] | None:
    """The middle of the first free place beside `point`, which is then taken; `outside`: beside the territory only."""
    import shapely

    for right, up in places:
        x, y = point[0] + right * wide, point[1] - up * high
        box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        if box[0] < 0 or box[1] < 0 or box[2] > WIDTH or box[3] > here.height:
            continue
        if any(box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3] for o in taken):
            continue
        if outside and here.whole.intersects(shapely.box(*box)):
            continue
        taken.append(box)
        return x, y
    return None


def _text(at: tuple[float, float], lines: Sequence[str], value: str, attributes: str) -> str:
    rows = [*((line, "") for line in lines), *([(value, ' class="value"')] if value else [])]
    # Lines follow in em, so that they stay together when the script makes letters smaller on an enlarged map.
    lift = 0.35 - (len(rows) - 1) * _LINE / 2
    spans = "".join(
        f'<tspan x="{at[0]:.0f}" dy="{lift if not i else _LINE:.2f}em"{kind}>{escaped(words)}</tspan>'
        for i, (words, kind) in enumerate(rows)
    )
    return f'<text x="{at[0]:.0f}" y="{at[1]:.0f}"{attributes}>{spans}</text>'


def _scale(here: Shapes) -> str:
    """A bar of a round length, at most a quarter of the map; the script redraws it when the map is enlarged."""
    metres = round_below(WIDTH / 4 / here.km * 1000)
    wide = metres / 1000 * here.km
    words = f"{french.trimmed(metres / 1000, 2)}{NBSP}km"
    y = here.height - 14
    bar = f"M14 {y - 9:g}v9h{wide:.1f}v-9"
    return (
        f'<g class="scale" aria-hidden="true"><path class="edge" d="{bar}"/><path d="{bar}"/>'
        f'<text x="20" y="{y - 10:g}">{words}</text></g>'
    )


def _north(here: Shapes) -> str:
    return (
        f'<g class="north" aria-hidden="true" transform="translate({WIDTH - 34:g} 62) rotate({here.north:.1f})">'
        '<path d="M0-32L12 14L0 5L-12 14Z"/><text y="-36">N</text></g>'
    )


def _legend(drawing: MapDrawing, here: Shapes) -> str:
    """The key: the same lines as on paper."""
    circles = drawing.circles
    lines = key_lines(
        here.paths,
        drawing.classes,
        drawing.colors,
        drawing.class_labels,
        title=drawing.legend_title or drawing.title,
        unit=drawing.unit,
        statuses=drawing.statuses,
        status_labels=drawing.status_labels or None,
        circles=Circles(circles.values, circles.title, circles.texts, circles.maximum) if circles else None,
        outline_label=drawing.outline_label if drawing.outlined and here.outlines else "",
        pointed=here.names[drawing.commune] if drawing.commune in here.paths else "",
        places_label=drawing.places_label if drawing.places else "",
    )
    said, rows = [], []
    for line in lines:
        sign = _key_sign(line)
        if sign:
            rows.append(f"<li>{sign}<span>{escaped(line.text)}</span></li>")
        elif line.kind != "gap":
            said.append(_list(rows))
            rows = []
            said.append(
                f'<p class="{"legend-title" if line.kind == "head" else "legend-unit"}">{escaped(line.text)}</p>'
            )
    return "".join([*said, _list(rows)])


def _list(rows: list[str]) -> str:
    return f'<ul class="legend">{"".join(rows)}</ul>' if rows else ""


def _key_sign(line: KeyLine) -> str:
    """The sign before a line of the key; nothing before words."""
    if line.kind == "class":
        return _swatch(line.color)
    if line.kind == "status" and line.status is not None:
        return _swatch(_FILLS[line.status])
    if line.kind == "circle":
        radius = line.radius / MAX_RADIUS * _MAX_RADIUS
        high = max(22.0, 2 * radius + 3)
        circle = (
            f'<circle cx="40" cy="{high / 2:.1f}" r="{radius:.1f}" fill="{palette.MEMBERS}" stroke="#111"/>'
        )
        return f'<svg class="key" viewBox="0 0 80 {high:.1f}" data-high="{high:.1f}" aria-hidden="true">{circle}</svg>'
    if line.kind == "marker":
        return _sign(
            f'<path d="M17 1L27 11L17 21L7 11z" fill="{line.color}" stroke="#111" stroke-width="2.5"/>'
        )
    if line.kind == "outline":
        return _sign(f'<path d="M0 11H34" stroke="{palette.INK}" stroke-width="4"/>')
    if line.kind == "pointed":
        return _sign('<path d="M3 3H31V19H3z" fill="none" stroke="#111" stroke-width="5"/>')
    return ""


def _swatch(fill: str) -> str:
    return _sign(f'<path d="M1 1H33V21H1z" fill="{fill}" stroke="#454b54"/>')


def _sign(mark: str) -> str:
    return f'<svg class="swatch" viewBox="0 0 34 22" aria-hidden="true">{mark}</svg>'
