"""Contours sent to the browser once: compact TopoJSON kept in memory, served under the digest of its bytes.

A change of indicator never re-sends a contour: the map fetches ``geo/{name}-{digest}.json`` once, the browser
keeps it (``immutable``), and later changes only name classes. Another process of the same code and territory, asked for a layer that it
has not drawn yet, makes it then: by the name of a declared layer, never from what stands in the address.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

if TYPE_CHECKING:
    import geopandas as gpd

# Above this, the SVG tree gets slow: Leaflet draws on a canvas, and coordinates are cut to about 10 m instead
# of 1 m.
SVG_LIMIT = 2000

_NAME = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_FILE = re.compile(r"^(?P<name>[a-z0-9-]+)-(?P<digest>[0-9a-f]{16})\.json$")


class GeometryError(ValueError):
    """A layer of contours cannot be drawn. The message says which row and what to do."""


@dataclass(frozen=True)
class GeometryRef:
    """One layer of contours that the server holds. `codes` gives the order in which classes and texts are
    sent.

    `bounds` is (west, south, east, north) in degrees; `points` one (lon, lat) inside each contour, where
    labels and circles stand. `around` and `inset` are the files of what a map shows beside the layer (empty for none): the communes
    around it, and the area in which it lies; `order` the ranks of `codes` by importance, whose names are written first.
    """

    name: str
    digest: str
    bounds: tuple[float, float, float, float]
    codes: tuple[str, ...] = field(repr=False)
    names: Mapping[str, str] = field(repr=False, hash=False)
    points: Mapping[str, tuple[float, float]] = field(repr=False, hash=False)
    around: str = ""
    inset: str = ""
    order: tuple[int, ...] = field(default=(), repr=False)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw: no commune of the territory has a contour."""
        return not self.codes

    @property
    def file(self) -> str:
        """The file name of this layer: ``{name}-{digest}.json``."""
        return f"{self.name}-{self.digest}.json"


NOTHING = GeometryRef("communes", "", (0.0, 0.0, 0.0, 0.0), (), {}, {})
"""The contours of a territory of which no commune has any: maps give way to a table (`ui.map.show_map`)."""


@dataclass(frozen=True)
class _Layer:
    plain: bytes
    zipped: bytes


_layers: dict[str, _Layer] = {}
_makers: dict[str, Callable[[], object]] = {}
_late: dict[str, Callable[[], gpd.GeoDataFrame]] = {}
_drawing = threading.Lock()


def declare(name: str, make: Callable[[], object]) -> None:
    """Say how the layer `name` is made (by `geometry_ref`, once: `make` caches), for requests that come before any page drew it."""
    _makers[name] = make


def late_file(name: str, version: str, make: Callable[[], gpd.GeoDataFrame]) -> str:
    """The file of a layer that is made when a browser first asks for it: what lies around a map may come a second after the map.

    `version` names everything that the layer is made of (its digest stands in the file's name, as that of the bytes does elsewhere);
    `make` gives what `geometry_ref` takes, and is called once.
    """
    file = f"{name}-{hashlib.sha256(version.encode()).hexdigest()[:16]}.json"
    if not _FILE.fullmatch(file):
        raise GeometryError(f"Couche « {name} » : écrivez le nom en minuscules, chiffres et tirets.")
    _late.setdefault(file, make)
    return file


def _draw_late(file: str) -> None:
    """Make a layer of `late_file`, once for all who wait for it."""
    with _drawing:
        if file not in _layers:
            made = geometry_ref(file.rsplit("-", 1)[0], _late[file]())
            _layers[file] = _layers.pop(made.file)


def geometry_ref(name: str, contours: gpd.GeoDataFrame) -> GeometryRef:
    """Keep `contours` for the browser and return how to name them.

    `contours` has the columns ``code`` (text, unique), ``name``, perhaps ``town`` (whether it is marked as one) and a geometry of
    (Multi)Polygons in degrees (EPSG:4326); the same frame gives the same digest, and is stored once. Cache the answer
    (``st.cache_resource``): building costs about 1 ms for 20 communes and some seconds for all of France.

    Raises GeometryError when `name` is not lower-case letters, digits and dashes, when there is no row, when
    a code stands twice, or when a contour is missing or not a polygon.
    """
    if not _NAME.match(name):
        raise GeometryError(
            f"Couche « {name} » : écrivez le nom en minuscules, chiffres et tirets, par exemple « communes »."
        )
    import numpy as np

    codes = tuple(str(code) for code in contours["code"])
    if not codes:
        raise GeometryError(f"Couche « {name} » : aucune commune. Vérifiez le fichier du territoire.")
    twice = sorted({code for code in codes if codes.count(code) > 1}) if len(set(codes)) < len(codes) else []
    if twice:
        raise GeometryError(
            f"Couche « {name} » : le code {twice[0]} figure deux fois. Gardez une ligne par commune."
        )
    shapes = np.asarray(contours.geometry.values)
    for code, shape in zip(codes, shapes, strict=True):
        if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
            found = "absent" if shape is None or shape.is_empty else shape.geom_type
            raise GeometryError(
                f"Couche « {name} », code {code} : contour {found}. Retirez la ligne ou donnez un polygone."
            )
    names = {code: str(text) for code, text in zip(codes, contours["name"], strict=True)}
    topology, points, bounds = _topology(codes, names, shapes)
    if "town" in contours:
        for one, town in zip(topology["objects"]["contours"]["geometries"], contours["town"], strict=True):
            one["properties"] |= {"town": 1} if town else {}
    plain = json.dumps(topology, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(plain).hexdigest()[:16]
    ref = GeometryRef(name, digest, bounds, codes, names, points)
    if ref.file not in _layers:
        _layers[ref.file] = _Layer(plain, gzip.compress(plain, 6, mtime=0))
    return ref


def _topology(
    codes: tuple[str, ...], names: Mapping[str, str], shapes: Any
) -> tuple[dict[str, Any], dict[str, tuple[float, float]], tuple[float, float, float, float]]:
    """Quantised, delta-encoded TopoJSON (version 1 of its specification); each ring is an arc of its own.

    Arcs are not shared between neighbours: it would halve the file of France and change nothing at 20
    communes.
    """
    import numpy as np
    import shapely

    west, south, east, north = (float(x) for x in shapely.total_bounds(shapes))
    step = 1e-5 if len(codes) <= SVG_LIMIT else 1e-4
    places = 5 if len(codes) <= SVG_LIMIT else 4
    west, south = round(west - step, places), round(south - step, places)

    polygons, owner_of_polygon = shapely.get_parts(shapes, return_index=True)
    rings, owner_of_ring = shapely.get_rings(polygons, return_index=True)
    xy, owner_of_point = shapely.get_coordinates(rings, return_index=True)
    grid = np.rint((xy - (west, south)) / step).astype(np.int64)
    # Points that fall together on the grid are one point; a ring keeps its four points at least.
    same = np.zeros(len(grid), dtype=bool)
    same[1:] = (owner_of_point[1:] == owner_of_point[:-1]) & (grid[1:] == grid[:-1]).all(axis=1)
    kept = np.bincount(owner_of_point[~same], minlength=len(rings))
    same &= kept[owner_of_point] >= 4
    grid, owner_of_point = grid[~same], owner_of_point[~same]
    first = np.ones(len(grid), dtype=bool)
    first[1:] = owner_of_point[1:] != owner_of_point[:-1]
    steps = grid.copy()
    steps[1:] -= grid[:-1]
    steps[first] = grid[first]
    starts = np.flatnonzero(first)
    arcs = [part.tolist() for part in np.split(steps, starts[1:])]

    where = _inner_points(shapes)
    polygons_of: list[list[list[list[int]]]] = [[] for _ in codes]
    last = -1
    for arc, polygon in enumerate(owner_of_ring.tolist()):
        owner = polygons_of[owner_of_polygon[polygon]]
        if polygon != last:
            owner.append([])
            last = polygon
        owner[-1].append([arc])
    points = {
        code: (round(float(x), 5), round(float(y), 5)) for code, (x, y) in zip(codes, where, strict=True)
    }
    geometries = [
        {
            "type": "MultiPolygon",
            "id": code,
            "properties": {"name": names[code], "at": list(points[code])},
            "arcs": polygons_of[i],
        }
        for i, code in enumerate(codes)
    ]
    topology = {
        "type": "Topology",
        "transform": {"scale": [step, step], "translate": [west, south]},
        "objects": {"contours": {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": arcs,
    }
    return topology, points, (west, south, float(east), float(north))


def _inner_points(shapes: Any) -> Any:
    """One point well inside each contour, shape (n, 2): the centre of the largest inscribed circle where that
    is affordable.
    """
    import numpy as np
    import shapely

    if len(shapes) <= SVG_LIMIT:
        lines = [shapely.maximum_inscribed_circle(shape, tolerance=1e-3) for shape in shapes]
        return np.array([line.coords[0] for line in lines])
    return shapely.get_coordinates(shapely.point_on_surface(shapes))


async def serve(request: Request) -> Response:
    """Answer ``/geo/{name}-{digest}.json``, compressed once for all, made first if this process has not drawn it; else 404."""
    file = str(request.path_params["file"])
    asked = _FILE.fullmatch(file)
    if asked and file not in _layers and (make := _makers.get(asked["name"])):
        await to_thread.run_sync(make)
    if file in _late and file not in _layers:
        await to_thread.run_sync(_draw_late, file)
    layer = _layers.get(file) if asked else None
    if layer is None:
        return PlainTextResponse("Contours inconnus.", 404)
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",  # the digest in the address is the version
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(layer.zipped, media_type="application/json", headers=headers)
    return Response(layer.plain, media_type="application/json", headers=headers)


GEOMETRY_ROUTES = (("/geo/{file}", serve),)
"""What `ui.server.shell` serves for the map: address inside the application and function."""
