"""The map on paper, read back from its SVG; the PNG is checked for size, determinism and colours."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from pyproj import Geod
from shapely.geometry import MultiPolygon, Point, Polygon, box

from analysis.french import TextError
from analysis.model import Status
from analysis.palette import PaletteError
from reports.map_image import Circles, MapImageError, clean, map_image

SVG = "{http://www.w3.org/2000/svg}"
COLORS = ("#fee838", "#7d7c78", "#00224e")
HOSTILE = "$\\frac{1}{0}$ <img src=x onerror=alert(1)> & \"'{{1/0}} \\1 ]]>"


def contours() -> gpd.GeoDataFrame:
    """Five communes of about 4 km near 0.3° E, 48.5° N; one has a hole, one two parts."""
    ring = box(0.20, 48.50, 0.25, 48.54)
    hole = Polygon(ring.exterior.coords, [box(0.22, 48.51, 0.23, 48.52).exterior.coords])
    two = MultiPolygon([box(0.30, 48.50, 0.34, 48.54), box(0.345, 48.50, 0.35, 48.51)])
    shapes = [
        hole,
        box(0.25, 48.50, 0.30, 48.54),
        two,
        box(0.20, 48.54, 0.27, 48.58),
        box(0.27, 48.54, 0.35, 48.58),
    ]
    return gpd.GeoDataFrame(
        {"code": ["61001", "61002", "61003", "2A004", "61005"]}, geometry=shapes, crs="EPSG:4326"
    )


def draw(fmt: Any = "svg", **changes: Any) -> bytes:
    wanted: dict[str, Any] = {
        "class_labels": ["0 à moins de 5", "5 à moins de 10", "10 à 17"],
        "title": "Part des logements vacants",
        "subtitle": "Une phrase.",
        "source": "INSEE, Recensement (RP 2022)",
        "date": "2026-05-12",
        "unit": "%",
        "legend_title": "Vacance",
        "statuses": {"2A004": Status.SUPPRESSED, "61005": "missing"},
        **changes,
    }
    classes = wanted.pop("classes", {"61001": 0, "61002": 1, "61003": 2})
    shapes = wanted.pop("contours", None)
    colors = wanted.pop("colors", COLORS)
    return map_image(contours() if shapes is None else shapes, classes, colors, fmt=fmt, **wanted)


def root(data: bytes) -> ET.Element:
    return ET.fromstring(data)


def words(data: bytes) -> list[str]:
    return ["".join(text.itertext()) for text in root(data).iter(f"{SVG}text")]


def group(data: bytes, name: str) -> ET.Element:
    found = root(data).find(f".//{SVG}g[@id='{name}']")
    assert found is not None, name
    return found


def fill(data: bytes, name: str) -> str:
    path = group(data, name).find(f".//{SVG}path")
    assert path is not None
    return re.search(r"fill: ([^;]+)", path.get("style") or "")[1]  # type: ignore[index]


def test_each_commune_has_the_colour_of_its_class_or_a_hatching() -> None:
    data = draw()
    assert [fill(data, f"commune-{c}") for c in ("61001", "61002", "61003")] == list(COLORS)
    hatchings = {fill(data, "commune-2A004"), fill(data, "commune-61005")}
    assert len(hatchings) == 2
    assert all(one.startswith("url(#h") for one in hatchings)
    patterns = {f"url(#{p.get('id')})" for p in root(data).iter(f"{SVG}pattern")}
    assert hatchings <= patterns


def test_a_hole_and_several_parts_are_drawn() -> None:
    data = draw()
    paths = {c: (group(data, f"commune-{c}").find(f".//{SVG}path")) for c in ("61001", "61002", "61003")}
    starts = {c: (path.get("d") or "").count("M") for c, path in paths.items() if path is not None}
    assert starts == {"61001": 2, "61002": 1, "61003": 2}


def test_title_legend_source_date_unit_scale_and_north_are_text() -> None:
    found = words(draw())
    for expected in (
        "Part des logements vacants",
        "Une phrase.",
        "Vacance",
        "Unité\u202f: %",
        "0 à moins de 5 (1\xa0commune)",
        "10 à 17 (1\xa0commune)",
        "secret statistique (1\xa0commune)",
        "non publié (1\xa0commune)",
        "Source\u202f: INSEE, Recensement (RP 2022)",
        "Carte établie le 12/05/2026",
        "2\xa0km",
        "N",
    ):
        assert expected in found, expected
    assert "DÉMONSTRATION" not in found
    assert "DÉMONSTRATION" in words(draw(demo=True))
    renamed = words(draw(status_labels={Status.MISSING: "moins de 5 ventes"}))
    assert "moins de 5 ventes (1\xa0commune)" in renamed


def test_the_svg_speaks_to_assistive_technologies() -> None:
    svg = root(draw(description="386 logements \\1 sont vacants."))
    assert svg.get("role") == "img"
    assert svg.get("lang") == "fr"
    names = (svg.get("aria-labelledby") or "").split()
    found = {element.get("id"): element.text for element in svg if element.get("id") in names}
    assert found == {"zv-title": "Part des logements vacants", "zv-desc": "386 logements \\1 sont vacants."}


def test_the_scale_bar_has_its_length() -> None:
    """The bar beside the northern edge of the commune 61002, whose length is known on the ellipsoid."""
    data = draw()
    points = re.findall(r"[ML] ([\d.]+) ([\d.]+)", group(data, "commune-61002")[0].get("d") or "")
    corners = [(float(x), float(y)) for x, y in points]
    edge = math.dist(corners[1], corners[2])
    _, _, metres = Geod(ellps="GRS80").inv(0.30, 48.54, 0.25, 48.54)
    bar = [float(x) for x in re.findall(r"[ML] ([\d.]+) ", group(data, "line2d_1")[0].get("d") or "")]
    assert (max(bar) - min(bar)) / edge * metres == pytest.approx(2000, rel=0.005)


def test_circles_have_areas_in_proportion_and_a_key() -> None:
    circles = Circles(
        {"61001": 4.0, "61002": 1.0, "61003": 0.0}, "Membres", ((4.0, "4 membres"), (1.0, "1 membre"))
    )
    data = draw(circles=circles, labels={"61001": "8,0\u202f%", "61005": "secret"})

    def width(name: str) -> float:
        xs = [float(x) for x in re.findall(r"(-?[\d.]+) -?[\d.]+", group(data, name)[0].get("d") or "")]
        return max(xs) - min(xs)

    assert width("cercle-61001") / width("cercle-61002") == pytest.approx(2.0, rel=0.01)
    assert root(data).find(f".//{SVG}g[@id='cercle-61003']") is None
    assert {"Membres", "4 membres", "1 membre", "8,0\u202f%", "secret"} <= set(words(data))


def test_outlines_are_named() -> None:
    whole = contours().dissolve().reset_index(drop=True)
    assert "Groupes" in words(draw(outlines=whole, outline_label="Groupes"))
    assert "Groupes" not in words(draw(outlines=whole.iloc[:0], outline_label="Groupes"))


def test_hostile_text_is_text() -> None:
    data = draw(
        title=HOSTILE,
        subtitle=HOSTILE,
        source=HOSTILE + "\x00\x1b\ud800",
        legend_title=HOSTILE,
        class_labels=["$a$", "$\\b", "c$"],
        labels={"61001": "$x_1$", "61002": "{{7*7}}"},
        description=HOSTILE,
    )
    svg = root(data)
    assert not list(svg.iter(f"{SVG}img"))
    assert not list(svg.iter("img"))
    found = words(data)
    assert HOSTILE in found
    assert {"$a$ (1\xa0commune)", "$\\b (1\xa0commune)", "c$ (1\xa0commune)", "$x_1$", "{{7*7}}"} <= set(
        found
    )
    assert svg.findtext(f"{SVG}desc") == HOSTILE
    assert draw("png", title=HOSTILE, labels={"61001": "$x_1$"}).startswith(b"\x89PNG")


def test_same_input_same_bytes_even_from_several_threads() -> None:
    first = {fmt: draw(fmt, labels={"61001": "8"}) for fmt in ("png", "svg")}
    with ThreadPoolExecutor(4) as pool:
        again = list(
            pool.map(lambda fmt: (fmt, draw(fmt, labels={"61001": "8"})), ["png", "svg", "png", "svg"])
        )
    assert all(first[fmt] == data for fmt, data in again)
    assert b"Matplotlib" not in first["svg"] + first["png"]
    assert b"<dc:date>" not in first["svg"]


def test_the_png_has_its_size_and_the_colours() -> None:
    import io

    from matplotlib.image import imread

    pixels = imread(io.BytesIO(draw("png", dpi=100)))
    assert pixels.shape[:2] == (827, 1169)
    drawn = np.round(pixels[..., :3] * 255).astype(int)
    for color in ((0xFE, 0xE8, 0x38), (0x7D, 0x7C, 0x78), (0x00, 0x22, 0x4E)):
        assert (drawn == color).all(axis=-1).any(), color


def test_overseas_uses_its_own_zone() -> None:
    """Lambert-93 would stretch La Réunion beyond recognition; the local zone keeps a square square."""
    square = gpd.GeoDataFrame(
        {"code": ["97411"]},
        geometry=[Point(338_000, 7_690_000).buffer(5000, cap_style="square")],
        crs="EPSG:2975",
    )
    data = draw(contours=square, classes={"97411": 0}, statuses={})
    points = re.findall(r"[ML] ([\d.]+) ([\d.]+)", group(data, "commune-97411")[0].get("d") or "")
    xs, ys = [float(x) for x, _ in points], [float(y) for _, y in points]
    assert (max(xs) - min(xs)) / (max(ys) - min(ys)) == pytest.approx(1.0, rel=0.01)


def test_no_class_at_all_hatches_every_commune() -> None:
    data = draw(classes={}, colors=(), class_labels=(), statuses={})
    assert "non publié (5\xa0communes)" in words(data)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"fmt": "gif"}, "png ou svg"),
        ({"dpi": 5000}, "de 50 à 600"),
        ({"code": "insee"}, "colonne « insee »"),
        ({"contours": contours().iloc[:0]}, "Aucun contour"),
        ({"contours": contours().set_crs(None, allow_override=True)}, "système de coordonnées"),
        ({"class_labels": ["a"]}, "3 couleurs pour 1 classes"),
        ({"classes": {"61001": 3}}, "n’a pas de couleur"),
    ],
)
def test_refusals_say_what_to_do(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(MapImageError, match=message):
        draw(**changes)


def test_a_colour_and_a_date_are_checked() -> None:
    with pytest.raises(PaletteError):
        draw(colors=("red", "#000000", "#ffffff"))
    with pytest.raises(TextError):
        draw(date="hier")


def test_clean_wraps_and_cuts() -> None:
    assert clean("un deux trois", 7, 2) == "un deux\ntrois"
    assert clean("un deux trois quatre", 8, 2) == "un deux\ntrois…"
    assert clean(" a\tb\r\nc ") == "a b c"
    assert clean("1\u202f234\xa0km") == "1\u202f234\xa0km"
    assert clean("", 10) == ""


def test_secret_and_missing_are_told_apart_in_grey_print() -> None:
    """Light dots and dense crossed lines, both on white: in grey their darkness alone tells them apart."""
    import io

    from matplotlib.image import imread

    def darkness(status: Status) -> float:
        one = gpd.GeoDataFrame({"code": ["61001"]}, geometry=[box(0.2, 48.5, 0.3, 48.56)], crs="EPSG:4326")
        data = draw("png", contours=one, classes={}, colors=(), class_labels=(), statuses={"61001": status})
        grey = imread(io.BytesIO(data))[..., :3] @ (0.2126, 0.7152, 0.0722)
        high, wide = grey.shape
        inside = grey[int(0.4 * high) : int(0.6 * high), int(0.2 * wide) : int(0.5 * wide)]
        return float(1 - inside.mean())

    secret, missing = darkness(Status.SUPPRESSED), darkness(Status.MISSING)
    assert 0 < missing < 0.15
    assert secret > missing + 0.2


def test_a_hole_stays_white_whichever_way_its_ring_turns() -> None:
    import io

    from matplotlib.image import imread

    outer = box(0.2, 48.5, 0.3, 48.56)
    for turned in (False, True):
        ring = list(box(0.235, 48.515, 0.265, 48.545).exterior.coords)
        shape = Polygon(outer.exterior.coords, [ring[::-1] if turned else ring])
        one = gpd.GeoDataFrame({"code": ["61001"]}, geometry=[shape], crs="EPSG:4326")
        data = draw(
            "png", contours=one, classes={"61001": 0}, colors=["#2c7fb8"], class_labels=["1"], statuses={}
        )
        pixels = imread(io.BytesIO(data))[..., :3]
        high, wide = pixels.shape[:2]
        # The hole is in the middle of the map's box.
        assert pixels[int(high * 0.54), int(wide * 0.35)].min() > 0.95, turned


def test_the_ground_and_the_names_are_drawn_and_cover_nothing() -> None:
    from data.territory import departement_outline, geometry, load_territory, surroundings

    here = load_territory()
    frame = geometry(here)
    names = dict(zip(frame["code"], frame["name"], strict=True))
    svg = map_image(
        frame, dict.fromkeys(frame["code"], 0), ["#ffffcc"], class_labels=["tout"], title="Essai", source="Essai (2026)",
        date="2026-05-12", names=names, labels=dict.fromkeys(names, "3"), around=surroundings(here),
        inset=departement_outline(here), circles=Circles({"61156": 6.0}, "Membres", ((6.0, "6"),)), fmt="svg",
    ).decode("utf-8")  # fmt: skip
    assert (
        "Aunay-les-Bois" in svg and sum(name in svg for name in names.values()) >= 15
    )  # the first one, and most of them
    assert "Blèves" in svg and "Orne" in svg  # around, and the area
    png = map_image(
        frame, dict.fromkeys(frame["code"], 0), ["#ffffcc"], class_labels=["tout"], title="Essai", source="Essai (2026)",
        date="2026-05-12", names=names, around=surroundings(here).iloc[:0], fmt="png",
    )  # fmt: skip
    assert png.startswith(b"\x89PNG")
