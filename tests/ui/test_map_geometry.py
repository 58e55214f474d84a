"""Contours on their way to the browser: exact to the metre, stored once, served for good, or refused."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from starlette.requests import Request
from starlette.responses import Response

from tests.loops import completed
from ui import geometry, loading
from ui.geometry import GeometryError, _layers, _makers, geometry_ref, serve

ROOT = Path(__file__).resolve().parents[2]


def frame(shapes: list[Any], codes: list[str] | None = None) -> gpd.GeoDataFrame:
    codes = codes or [f"0000{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame({"code": codes, "name": [f"L'Île {c}" for c in codes]}, geometry=shapes, crs=4326)


HOLED = shapely.Polygon([(0, 48), (1, 48), (1, 49), (0, 49)], [[(0.4, 48.4), (0.4, 48.6), (0.6, 48.6)]])
TWO = shapely.MultiPolygon([shapely.box(2, 48, 2.5, 48.5), shapely.box(2.6, 48, 2.9, 48.123456)])


def rebuilt(topology: dict[str, Any]) -> dict[str, shapely.MultiPolygon]:
    """Decode TopoJSON by its specification, independently of map.js."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    return {
        one["id"]: shapely.MultiPolygon(
            [(arcs[rings[0][0]], [arcs[ring[0]] for ring in rings[1:]]) for rings in one["arcs"]]
        )
        for one in topology["objects"]["contours"]["geometries"]
    }


def test_the_browser_gets_the_same_shapes_to_a_metre() -> None:
    ref = geometry_ref("essai", frame([HOLED, TWO]))
    topology = json.loads(_layers[ref.file].plain)
    assert json.loads(gzip.decompress(_layers[ref.file].zipped)) == topology
    shapes = rebuilt(topology)
    for code, shape in zip(ref.codes, (HOLED, TWO), strict=True):
        assert shapes[code].hausdorff_distance(shape) < 1e-5
        assert shapes[code].area == pytest.approx(shape.area, abs=1e-4)
    assert ref.names["00000"] == "L'Île 00000"
    assert ref.bounds == pytest.approx((0, 48, 2.9, 49), abs=1e-4)


def test_labels_stand_inside_their_commune() -> None:
    ref = geometry_ref("essai", frame([HOLED, TWO]))
    for code, shape in zip(ref.codes, (HOLED, TWO), strict=True):
        assert shape.contains(shapely.Point(ref.points[code]))


def test_the_same_contours_are_kept_once_and_others_beside() -> None:
    before = geometry_ref("essai", frame([HOLED]))
    count = len(_layers)
    assert geometry_ref("essai", frame([HOLED])) == before
    assert len(_layers) == count
    assert geometry_ref("essai", frame([TWO])).digest != before.digest


@pytest.mark.parametrize(
    ("name", "shapes", "codes", "said"),
    [
        ("../x", [HOLED], None, "../x"),
        ("essai", [], None, "aucune commune"),
        ("essai", [HOLED, TWO], ["61001", "61001"], "61001"),
        ("essai", [HOLED, None], None, "00001"),
        ("essai", [shapely.Point(0, 0)], None, "Point"),
    ],
)
def test_a_layer_that_cannot_be_drawn_is_refused_with_its_place(
    name: str, shapes: list[Any], codes: list[str] | None, said: str
) -> None:
    with pytest.raises(GeometryError, match=said.replace(".", r"\.")):
        geometry_ref(name, frame(shapes, codes))


def asked(file: str, encoding: str = "gzip, br") -> Response:
    scope = {
        "type": "http",
        "path_params": {"file": file},
        "headers": [(b"accept-encoding", encoding.encode())],
    }
    return completed(serve(Request(scope)))


def test_the_route_serves_for_good_compressed_or_not_and_knows_nothing_else() -> None:
    ref = geometry_ref("essai", frame([HOLED]))
    answer, plain = asked(ref.file), asked(ref.file, "identity")
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(bytes(answer.body)) == bytes(plain.body)
    assert json.loads(bytes(plain.body))["type"] == "Topology"
    for wrong in (f"essai-{'0' * 16}.json", "essai.json", f"x{ref.file}", "../app.py", ""):
        assert asked(wrong).status_code == 404


def test_a_process_that_drew_nothing_yet_makes_a_declared_layer_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def make() -> None:
        if not made:  # as a cached function does
            made.append(1)
            geometry_ref("essai", frame([HOLED]))

    file = geometry_ref("essai", frame([HOLED])).file  # in the process that drew the page
    monkeypatch.setattr("ui.geometry._layers", {})
    monkeypatch.setitem(_makers, "essai", make)
    assert asked(file).status_code == 200
    assert asked(f"essai-{'0' * 16}.json").status_code == 404
    assert made == [1]
    for name in ("autre", "communes/../essai", "essai\n", "__class__"):
        assert asked(f"{name}-{'0' * 16}.json").status_code == 404


ELSEWHERE = """
import asyncio, sys
from starlette.requests import Request
from ui import geometry, loading
from ui.geometry import _layers, serve
assert not _layers
for file in sys.argv[1:]:
    assert file not in _layers
    scope = {"type": "http", "path_params": {"file": file}, "headers": []}
    print(asyncio.run(serve(Request(scope))).status_code)
"""


def test_the_contours_of_another_process_of_the_same_territory_are_found(tmp_path: Path) -> None:
    environ = {**os.environ, "ZEVILLAGE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    refs = (loading.geometry(), loading.group_outlines())
    files = [ref.file for ref in refs if ref is not None]
    run = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, *files], env=environ, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert run.stdout.split() == ["200", "200"], run.stderr


def test_a_late_layer_is_made_once_at_the_first_request_under_the_name_announced() -> None:
    made = []

    def make() -> gpd.GeoDataFrame:
        made.append(1)
        return gpd.GeoDataFrame({"code": ["1"], "name": ["Un"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)

    file = geometry.late_file("alentours", "essai 1", make)
    assert file == geometry.late_file("alentours", "essai 1", make) and not made
    assert file != geometry.late_file("alentours", "essai 2", make)
    geometry._draw_late(file)
    geometry._draw_late(file)
    assert made == [1] and b'"name":"Un"' in geometry._layers[file].plain
    with pytest.raises(geometry.GeometryError):
        geometry.late_file("../etc", "x", make)
