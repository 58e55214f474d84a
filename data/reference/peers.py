"""Communes alike: of one size and one density, by bounds that stand here and nowhere else.

A commune's size is its population municipale, its density that population by km² of its contour (generalised to about 100 m, which
leaves the area right to a few percent). The bounds of size are those by which INSEE tells communes apart in its tables; those of
density keep apart the scattered, the rural, small towns and towns. INSEE's grid of density is another classification, of squares of
1 km, and a file apart: the reference tables do not hold it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from analysis import french
from data import reference

SIZES = (0, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
"""Inhabitants from which a class of size begins."""
DENSITIES = (0, 10, 30, 100, 300, 1_500)
"""Inhabitants by km² from which a class of density begins."""
_KM_OF_DEGREE = 111.32


@lru_cache(maxsize=4)
def peer_classes(codes: tuple[str, ...] | None = None) -> MappingProxyType[str, str]:
    """The class of each commune of `codes` (all of France when None): « 200-10 » begins at 200 inhabitants and 10 by km².

    A commune without contour, or without a population in the reference tables, has none and is absent.
    """
    import shapely

    table = reference.table(("code", "population", "contour"), codes)
    shapes = shapely.from_wkb(table["contour"].to_numpy(zero_copy_only=False))
    bounds = shapely.bounds(shapes)  # NaN without contour
    areas = shapely.area(shapes)
    found = {}
    for code, people, square_degrees, south, north in zip(
        table["code"].to_pylist(),
        table["population"].to_pylist(),
        areas,
        bounds[:, 1],
        bounds[:, 3],
        strict=True,
    ):
        km2 = square_degrees * _KM_OF_DEGREE**2 * math.cos(math.radians((south + north) / 2))
        if people is not None and km2 > 0:
            found[code] = f"{_from(SIZES, people)}-{_from(DENSITIES, people / km2)}"
    return MappingProxyType(found)


def _from(bounds: Iterable[int], value: float) -> int:
    ordered = list(bounds)
    return ordered[bisect_right(ordered, value) - 1]


def peers_name(class_: str) -> str:
    """« communes de 200 à 499 habitants et de 10 à 29 habitants au km² »."""
    size, density = (int(part) for part in class_.split("-"))
    return f"communes {_range(SIZES, size, 'habitants')} et {_range(DENSITIES, density, 'habitants au km²')}"


def _range(bounds: tuple[int, ...], start: int, unit: str) -> str:
    end = dict(pairwise(bounds)).get(start)
    if end is None:
        return f"de {french.number(start)} {unit} et plus"
    if not start:
        return f"de moins de {french.number(end)} {unit}"
    return f"de {french.number(start)} à {french.number(end - 1)} {unit}"
