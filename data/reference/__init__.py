"""Reference data of France: communes, former communes and town halls, from the tables of this folder.

No network, no clock. The tables are sorted by code in small row groups, so that asking for 20 communes
decodes one or two groups. Importing this module costs nothing: pyarrow, pandas and geopandas are loaded by
the function that needs them.

Where the tables come from, and their columns: ``docs/reference-data.md`` and ``manifest()``.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa

HERE = Path(__file__).parent

# The communes of a few territories at a time; all France once. Frames are copied on their way out.
_CACHE = 16


@dataclass(frozen=True)
class Opening:
    """One line of a town hall's hours: ISO weekdays (1 Monday…); ranges ("08:30", "12:15")."""

    day_from: int
    day_to: int
    ranges: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Passage:
    """What became of one commune from one official geographic code to the next, that of `year`.

    `kind`: ``merged`` (its code is gone, it is in another commune), ``recoded`` (the same commune under another code), ``split``
    (`code_after` left the commune `code`), ``renamed``, ``epci`` (another EPCI), ``created`` (of no commune that is known), ``gone`` (into
    none that is known). Names are those of before and after; EPCIs by SIREN and name, empty outside any.
    """

    year: int
    kind: str
    code: str
    name: str
    code_after: str
    name_after: str
    epci: str = ""
    epci_name: str = ""
    epci_after: str = ""
    epci_name_after: str = ""


FORMER_EPCI_COLUMNS = ("since", "year", "siren", "name", "code")
"""The columns of ``former_epcis.csv``, a row a commune of today: see `FormerEpci`."""


@dataclass(frozen=True)
class FormerEpci:
    """An EPCI that is gone, or that had other communes than it has today.

    It had these communes from `since` to `year`, the oldest and the newest of the years looked at (`former_epci_years`). `name` is that of
    `year`; `codes` are of the communes of today, sorted.
    """

    siren: str
    name: str
    since: int
    year: int
    codes: tuple[str, ...]

    def stood(self, year: int) -> bool:
        """Whether it had these communes in `year`."""
        return self.since <= year <= self.year


@lru_cache(maxsize=1)
def version() -> str:
    """A digest of the reference tables' manifest: another build is another version."""
    return hashlib.sha256(json.dumps(manifest(), sort_keys=True).encode()).hexdigest()[:16]


def manifest() -> dict[str, Any]:
    """Producers, versions, licences, checksums and counts of the tables, and the communes without contour."""
    result: dict[str, Any] = json.loads(_manifest_text())
    return result


@lru_cache(maxsize=1)
def _manifest_text() -> str:
    return (HERE / "manifest.json").read_text(encoding="utf-8")


def _read(file: str, codes: tuple[str, ...] | None, columns: list[str] | None = None) -> pa.Table:
    """The rows whose code is in `codes` (all when None), decoding only the row groups that can hold them."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    with pq.ParquetFile(HERE / file) as parquet:
        if codes is None:
            return parquet.read(columns=columns)
        groups = [
            index
            for index in range(parquet.num_row_groups)
            if _may_hold(parquet.metadata.row_group(index).column(0).statistics, codes)
        ]
        table = parquet.read_row_groups(groups, columns=columns)
    return table.filter(pc.is_in(table["code"], value_set=pa.array(codes, pa.string())))


def _may_hold(statistics: Any, codes: tuple[str, ...]) -> bool:
    return any(statistics.min <= code <= statistics.max for code in codes)


def _key(codes: Iterable[str] | None) -> tuple[str, ...] | None:
    if isinstance(codes, str):
        raise TypeError("codes must be a collection of codes, not one text")
    return None if codes is None else tuple(sorted(set(codes)))


@overload
def communes(codes: Iterable[str] | None = None, *, contours: Literal[True] = True) -> gpd.GeoDataFrame: ...


@overload
def communes(codes: Iterable[str] | None = None, *, contours: Literal[False]) -> pd.DataFrame: ...


def communes(codes: Iterable[str] | None = None, *, contours: bool = True) -> pd.DataFrame:
    """Current communes, sorted by code: those of `codes`, or all of France.

    Columns: code, name (with its article), departement, departement_name, region, region_name, epci (SIREN;
    missing outside any EPCI), epci_name, postcodes (joined by ``;``), population (municipale, inhabitants,
    nullable Int64), contour_source, and with `contours` a geometry column ``contour`` (EPSG:4326, None for
    the communes listed in the manifest): then the result is a GeoDataFrame.

    A code that is not that of a current commune gives no row: see `resolve`.
    """
    frame = _communes(_key(codes), contours)
    return frame.copy()


@lru_cache(maxsize=_CACHE)
def _communes(codes: tuple[str, ...] | None, contours: bool) -> pd.DataFrame:
    import pandas as pd

    columns = None if contours else [name for name in _columns() if name != "contour"]
    table = _read("communes.parquet", codes, columns)
    frame = table.drop_columns(["contour"] if contours else []).to_pandas(ignore_metadata=True)
    # from the integers of the file: a nullable column would pass through floats
    frame["population"] = pd.array(table["population"].to_pylist(), dtype="Int64")
    if not contours:
        return frame
    import geopandas as gpd

    shapes = gpd.GeoSeries.from_wkb(table["contour"].to_pandas(), crs=4326)
    return gpd.GeoDataFrame(frame, geometry=shapes.rename("contour")).rename_geometry("contour")


def table(columns: Iterable[str], codes: Iterable[str] | None = None) -> pa.Table:
    """Some columns of the current communes, as the file has them; all of France when `codes` is None. For who needs few of them."""
    return _read("communes.parquet", _key(codes), list(columns))


@lru_cache(maxsize=3)  # one a column
def area_sizes(column: Literal["epci", "departement", "region"]) -> Mapping[str, int]:
    """How many of today's communes each EPCI, département or region has, by its code (read-only)."""
    return MappingProxyType(Counter(filter(None, table([column])[column].to_pylist())))


def contour_bounds(codes: Iterable[str]) -> tuple[float, float, float, float] | None:
    """(west, south, east, north) in degrees of the contours of `codes`; None when none has a contour.

    Spares the import of geopandas.
    """
    import shapely

    table = _read("communes.parquet", _key(codes), ["code", "contour"])
    shapes = shapely.from_wkb(table["contour"].drop_null().to_pylist())
    if not len(shapes):
        return None
    west, south, east, north = (float(value) for value in shapely.total_bounds(shapes))
    return west, south, east, north


@lru_cache(maxsize=1)
def _columns() -> tuple[str, ...]:
    import pyarrow.parquet as pq

    return tuple(pq.read_schema(HERE / "communes.parquet").names)


@lru_cache(maxsize=1)
def commune_names() -> Mapping[str, str]:
    """Name, with its article, of every current commune by code (read-only)."""
    table = _read("communes.parquet", None, ["code", "name"])
    return MappingProxyType(dict(zip(table["code"].to_pylist(), table["name"].to_pylist(), strict=True)))


def communes_within(bounds: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """The communes whose contour meets a box (west, south, east, north, degrees, WGS84), sorted by code.

    Columns: code, name, departement, departement_name, population, contour. All of France is read for it, a part at a time, in about a
    second: what asks it keeps the answer.
    """
    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
    import shapely

    west, south, east, north = bounds
    columns = ["code", "name", "departement", "departement_name", "population", "contour"]
    found = []
    with pq.ParquetFile(HERE / "communes.parquet") as parquet:
        for index in range(parquet.num_row_groups):
            part = parquet.read_row_group(index, columns=columns)
            shapes = shapely.from_wkb(part["contour"].to_numpy(zero_copy_only=False))
            edges = shapely.bounds(shapes)  # NaN without contour: no comparison holds
            inside = (
                (edges[:, 0] <= east)
                & (edges[:, 2] >= west)
                & (edges[:, 1] <= north)
                & (edges[:, 3] >= south)
            )
            if inside.any():
                rows = part.drop_columns(["contour"]).filter(inside).to_pandas(ignore_metadata=True)
                found.append(gpd.GeoDataFrame(rows, geometry=shapes[inside], crs=4326))
            del part, shapes
    # All of France went through, a part at a time, for some tens of communes: its memory goes back to the system.
    pa.default_memory_pool().release_unused()
    if not found:
        return gpd.GeoDataFrame({name: [] for name in columns[:-1]}, geometry=[], crs=4326).rename_geometry(
            "contour"
        )
    frame = gpd.GeoDataFrame(pd.concat(found, ignore_index=True), crs=4326).rename_geometry("contour")
    return frame.sort_values("code", ignore_index=True)


@lru_cache(maxsize=1)
def communes_by_postcode() -> Mapping[str, tuple[str, ...]]:
    """Codes of the communes that a postcode serves, by postcode (read-only)."""
    table = _read("communes.parquet", None, ["code", "postcodes"])
    found: dict[str, list[str]] = {}
    for code, postcodes in zip(table["code"].to_pylist(), table["postcodes"].to_pylist(), strict=True):
        for postcode in filter(None, postcodes.split(";")):
            found.setdefault(postcode, []).append(code)
    return MappingProxyType({postcode: tuple(codes) for postcode, codes in found.items()})


def former_communes() -> pd.DataFrame:
    """Delegated and associated communes, arrondissements and codes of the past, sorted by code.

    Columns: code, name (missing where only the code is known), kind (``delegated``, ``associated``,
    ``arrondissement``, ``former``), current_code. The seat of a merged commune often keeps its code: `code`
    may equal `current_code`.
    """
    return _former().copy()


@lru_cache(maxsize=1)
def _former() -> pd.DataFrame:
    return _read("former_communes.parquet", None).to_pandas(ignore_metadata=True)


@lru_cache(maxsize=1)
def _current_code_of() -> Mapping[str, str]:
    table = _read("former_communes.parquet", None, ["code", "current_code"])
    return dict(zip(table["code"].to_pylist(), table["current_code"].to_pylist(), strict=True))


def resolve(code: str) -> str | None:
    """Today's code of the commune that `code` belongs to: itself if current, None if unknown."""
    return code if code in commune_names() else _current_code_of().get(code)


@lru_cache(maxsize=1)
def passages() -> tuple[Passage, ...]:
    """What changed in the communes of France from each year to the next that the tables know, oldest first."""
    with (HERE / "passages.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Passage(**{**row, "year": int(row["year"])})  # type: ignore[arg-type]
            for row in csv.DictReader(file, delimiter=";")
        )


@lru_cache(maxsize=1)
def former_epcis() -> tuple[FormerEpci, ...]:
    """The EPCIs of the years before that are not as they were, by SIREN and then from the oldest to the newest."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    with (HERE / "former_epcis.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            found.setdefault((row["siren"], row["since"], row["year"], row["name"]), []).append(row["code"])
    return tuple(
        FormerEpci(siren, name, int(since), int(until), tuple(codes))
        for (siren, since, until, name), codes in found.items()
    )


def former_epci_years() -> tuple[int, ...]:
    """The years before today's whose EPCIs are known, the oldest first."""
    return tuple(manifest()["former_epcis"]["years"])


def year() -> int:
    """The year of the official geographic code that these tables follow."""
    return next(
        int(str(each["vintage"])[:4]) for each in manifest()["inputs"] if "communes" in each["used_for"]
    )


def town_halls(codes: Iterable[str] | None = None) -> pd.DataFrame:
    """Town halls of current communes, sorted by code; where nothing is published, there is no row.

    Columns: code, address (lines separated by ``\\n``), phone, email, website (http or https), opening_hours
    (JSON text: see `opening_hours`), longitude and latitude (EPSG:4326, degrees). All but code and
    opening_hours may be missing.
    """
    return _town_halls(_key(codes)).copy()


@lru_cache(maxsize=_CACHE)
def _town_halls(codes: tuple[str, ...] | None) -> pd.DataFrame:
    return _read("town_halls.parquet", codes).to_pandas(ignore_metadata=True)


def opening_hours(text: str) -> tuple[Opening, ...]:
    """The hours of a town hall from the JSON text of `town_halls`, in week order; may be empty."""
    return tuple(
        Opening(entry["day_from"], entry["day_to"], tuple((start, end) for start, end in entry["ranges"]))
        for entry in json.loads(text)
    )


_ARTICLE_BEHIND = re.compile(
    r"\s*(.+?)\s*(?:\(\s*(les?|la|l['’])\s*\)|,\s*(les?|la|l['’]))\s*", re.IGNORECASE
)
_ABBREVIATED = {
    "st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "nd": "notre dame", "ss": "sous",
}  # fmt: skip


def name_key(name: str) -> str:
    """`name` without accents, case, hyphens, apostrophes; abbreviations spelt out and the article in front.

    Two spellings of one commune have the same key: « Mêle-sur-Sarthe (Le) », « LE MELE S/SARTHE ». Bures and
    Buré do not. Of today's communes none has an abbreviation for a word of its name (a test holds it).
    """
    behind = _ARTICLE_BEHIND.fullmatch(name)
    if behind:
        name = f"{behind[2] or behind[3]} {behind[1]}"
    text = unicodedata.normalize("NFKD", name.casefold().replace("œ", "oe").replace("æ", "ae"))
    if not text.isascii():
        text = "".join(char for char in text if not unicodedata.combining(char))
    if "/" in text:
        text = re.sub(r"\bs */ *s\b", " sous ", text)
        text = re.sub(r"(?:\bs *)?/", " sur ", text)
    words = re.sub(r"[^a-z0-9]+", " ", text).split()
    return " ".join([_ABBREVIATED.get(word, word) for word in words])
