"""National files also give what surrounds a territory: sums by level, laid with their import, from which no hidden commune comes out."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.desk import make_desk
from analysis.model import COMMAND_ACTOR
from data import packs, reference
from data.catalogue import load_catalogue
from data.imports import formats
from data.imports.formats.levels import LevelSums
from data.imports.history import undo
from data.imports.model import Choices, Dialect, Parsed, Table
from data.opening import House, open_house, read_all
from data.packs.fill import fill
from data.packs.make import of_communes, of_epci, write
from data.reference.peers import peer_classes, peers_name
from data.store import current_levels, current_observations
from data.territory import levels, load_territory
from tests.data.stores import demonstration_home
from tests.packs import dwellings, every_dwelling, national_census

TODAY = dt.date(2026, 11, 28)
FRANCE = reference.communes(contours=False)


def _sum(codes: pd.Series, part: int) -> int:
    return sum(dwellings(code)[part] for code in codes)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Path, int]]:
    """Zevillage filled from one national file, the file, the number of its import."""
    folder = tmp_path_factory.mktemp("levels")
    house = open_house(TODAY, demonstration_home(folder / "home"), packs.SHIPPED)
    file = national_census(folder / "base-cc-logement-2021.CSV")
    (done,) = fill(house, [file], TODAY)
    assert done.number is not None, done.why
    yield house, file, done.number
    house.store.close()


@pytest.fixture
def zevillage(filled: tuple[House, Path, int]) -> House:
    """The house of `filled`, to look at."""
    return filled[0]


def test_a_national_file_gives_the_levels_as_sums_of_its_communes(zevillage: House) -> None:
    with zevillage.store.read() as session:
        found = current_levels(session).set_index(["indicator", "period", "level", "area"])
        assert set(current_observations(session)["commune"]) == set(zevillage.territory.codes)
    orne = FRANCE[FRANCE["departement"] == "61"]["code"]
    row = found.loc[("vacant_dwellings", "2021", "departement", "61")]
    assert (row["value"], row["covered"], row["hidden"], row["communes"]) == (_sum(orne, 2), 381, 0, 381)
    region = FRANCE[FRANCE["region"] == "28"]["code"]
    assert found.loc[("main_dwellings", "2021", "region", "28"), "value"] == _sum(region, 0)
    everywhere = found.loc[("second_dwellings", "2021", "france", "france")]
    assert (everywhere["value"], everywhere["communes"]) == (_sum(FRANCE["code"], 1), len(FRANCE))
    area = zevillage.territory.epcis[0].code
    mine = FRANCE[FRANCE["epci"] == area]["code"]
    assert found.loc[("vacant_dwellings", "2021", "epci", area), "value"] == _sum(mine, 2)
    class_ = peer_classes()["61258"]
    alike = pd.Series([code for code, each in peer_classes().items() if each == class_])
    assert found.loc[("vacant_dwellings", "2021", "peers", class_), "value"] == _sum(alike, 2)


def test_the_desk_answers_with_rates_of_the_sums(zevillage: House) -> None:
    _, known = read_all(zevillage, [])
    desk = make_desk(known, TODAY)
    found = {each.level.kind: each for each in desk.elsewhere(desk.answer("vacancy_rate", "2021"), "61258")}
    orne = FRANCE[FRANCE["departement"] == "61"]["code"]
    whole = sum(sum(dwellings(code)) for code in orne)
    assert found["departement"].total.value == pytest.approx(100 * _sum(orne, 2) / whole)
    rates = [100 * dwellings(code)[2] / sum(dwellings(code)) for code in orne]
    assert found["departement"].total.value != pytest.approx(sum(rates) / len(rates))  # no mean of rates
    assert list(found) == ["epci", "departement", "region", "france", "peers"]
    assert [each.level.name for each in desk.elsewhere(desk.answer("vacancy_rate", "2021"))][-2:] == ["Normandie", "France"]  # fmt: skip
    # Of an edition of which no national file was read, nothing is said.
    price = desk.elsewhere(desk.answer("house_price"), "61258")
    assert {each.text for each in price} == {"–"}


def test_levels_go_and_come_back_with_their_import(filled: tuple[House, Path, int], tmp_path: Path) -> None:
    there, national, number = filled
    there.store.backup(tmp_path / "home" / "zevillage.db")
    house = open_house(TODAY, tmp_path / "home", packs.SHIPPED)
    (again,) = fill(house, [national], TODAY)
    assert again.number is None and "déjà" in again.why
    with house.store.read() as session:
        assert not current_levels(session).empty
    undo(house.store, COMMAND_ACTOR, number)
    with house.store.read() as session:
        assert current_levels(session).empty
    house.store.close()


# -- secrecy


def _lovac(path: Path, hidden: set[str]) -> Path:
    rows = [
        f"{code};{sum(parts)};{'s' if code in hidden else parts[2]}"
        for code, parts in every_dwelling().items()
    ]
    path.write_text("\n".join(["CODGEO_25;pp_total_24;pp_vacant_25", *rows]) + "\n", encoding="utf-8")
    return path


def test_no_level_and_no_difference_of_levels_gives_a_hidden_commune_away(tmp_path: Path) -> None:
    """The attacker has every commune that is published, of all France, and every level: the EPCI, département, region and the class of
    communes alike of the hidden one hold nobody else who is hidden."""
    hidden = {"61258"}
    house = open_house(TODAY, demonstration_home(tmp_path / "home"), packs.SHIPPED)
    (done,) = fill(house, [_lovac(tmp_path / "lovac.csv", hidden)], TODAY)
    assert done.number is not None, done.why
    with house.store.read() as session:
        found = current_levels(session)
    house.store.close()
    found = found[found["indicator"] == "lovac_vacant"]
    frame = FRANCE.assign(peers=FRANCE["code"].map(peer_classes()), france="france")
    known = {code: parts[2] for code, parts in every_dwelling().items() if code not in hidden}
    left = {}
    for row in found.itertuples():
        members = frame[frame[row.level] == row.area]["code"]
        left[row.level, row.area] = row.value - sum(known.get(code, 0) for code in members)
        assert row.hidden == len(hidden & set(members)) and row.communes == len(members)
    assert set(left.values()) == {
        0
    }  # a level minus what is published is nothing, whatever stands behind « s »
    assert dwellings("61258")[2] > 0
    for one, other in itertools.combinations(left, 2):  # nor does one level minus another
        assert left[one] - left[other] == 0
    # What hides is told, and no rate is made of it.
    _, read = read_all(open_house(TODAY, tmp_path / "home", packs.SHIPPED), [])
    desk = make_desk(read, TODAY)
    rate = desk.elsewhere(desk.answer("lovac_vacancy_rate"), "61258")
    assert {each.total.value for each in rate} == {None}
    count = {each.level.kind: each.text for each in desk.elsewhere(desk.answer("lovac_vacant"), "61258")}
    assert count["departement"].startswith("au moins ")


# -- communes of other years


def _sums(rows: dict[str, float], *more: str) -> pd.DataFrame | None:
    sums = LevelSums(load_territory(packs.SHIPPED.territory))
    places = pd.Series([*rows, *more])
    values = np.array([*rows.values(), *([1.0] * len(more))])
    sums.add(places, [(("dwellings", "2021"), values, np.array(["observed"] * len(values), dtype=object))])
    return sums.result()


def test_communes_that_merged_and_arrondissements_are_counted_once() -> None:
    former = reference.former_communes()
    merged = former[(former["kind"] == "former") | (former["kind"] == "delegated")]
    merged = merged[
        merged["current_code"].str.startswith("61") & (merged["code"] != merged["current_code"])
    ].iloc[0]
    whole = dict.fromkeys(FRANCE["code"], 1.0)
    orne = ("dwellings", "2021", "departement", "61")

    def of(frame: pd.DataFrame | None) -> float:
        assert frame is not None
        return float(frame.set_index(["indicator", "period", "level", "area"]).loc[orne, "value"])

    assert of(_sums(whole)) == 381
    assert of(_sums({**whole, merged["code"]: 5.0})) == 386  # a file of before the merger
    arrondissements = [f"751{n:02d}" for n in range(1, 21)]

    def france(frame: pd.DataFrame | None) -> tuple[float, int]:
        assert frame is not None
        row = frame[frame["level"] == "france"].iloc[0]
        return row["value"], row["covered"]

    assert france(_sums({**whole, **dict.fromkeys(arrondissements, 1.0)})) == (len(FRANCE), len(FRANCE))
    without = {code: value for code, value in whole.items() if code != "75056"}
    assert france(_sums({**without, **dict.fromkeys(arrondissements, 1.0)})) == (
        len(FRANCE) + 19,
        len(FRANCE),
    )


def test_a_file_that_gives_a_commune_twice_or_few_communes_sums_nothing() -> None:
    whole = dict.fromkeys(FRANCE["code"], 1.0)
    assert _sums(whole, "61258") is None
    assert _sums(dict.fromkeys(list(whole)[:400], 1.0)) is None


def test_establishments_are_counted_by_level_block_after_block() -> None:
    columns = ("codeCommuneEtablissement", "activitePrincipaleEtablissement", "etatAdministratifEtablissement",
               "dateCreationEtablissement", "dateDernierTraitementEtablissement")  # fmt: skip

    def block(*rows: tuple[str, str, str]) -> Table:
        cells = [(*row, "2020-02-02", "2026-10-31T09:00:00") for row in rows]
        frame = pd.DataFrame(cells, columns=list(columns), dtype="str")
        return Table(frame, Dialect("csv"), (), np.arange(2, len(rows) + 2, dtype=np.int64), name="stock.csv")

    every = block(*((code, "62.01Z", "A") for code in FRANCE["code"]))
    territory = load_territory(packs.SHIPPED.territory)
    (found, *_) = formats.recognise(every, territory)
    reducer = formats.reducer(found, Choices(), load_catalogue(), territory)
    assert reducer is not None
    for each in (every, block(("61001", "62.01Z", "A"), ("61001", "62.01Z", "F"), ("61001", "47.11B", "A"), ("[ND]", "62.01Z", "A")),
                 block(("61001", "74.10Z", "A"))):  # fmt: skip
        reducer.add(each)
    parsed = reducer.result()
    assert parsed.levels is not None
    rows = parsed.levels.set_index(["indicator", "period", "level", "area"])["value"]
    assert rows["internet_trades", "2026-10-31", "departement", "61"] == 381 + 2
    assert rows["internet_trades", "2026-10-31", "france", "france"] == len(FRANCE) + 2
    # By year of creation too, since the network began: all of these are of 2020.
    assert rows["internet_trades_created", "2020", "departement", "61"] == 381 + 2
    assert rows["internet_trades_created", "2019", "departement", "61"] == 0
    assert rows["internet_trades_created", "2020", "france", "france"] == len(FRANCE) + 2
    assert str(territory.network.first_year) == min(rows["internet_trades_created"].index.get_level_values(0))
    assert dict(parsed.set_aside) == {"établissements en diffusion partielle, commune non diffusée": 1}


def test_france_is_what_the_publication_covers() -> None:
    metropolitan = {code: 1.0 for code in FRANCE["code"] if not code.startswith(("97", "98"))}
    found = _sums(metropolitan)
    assert found is not None
    row = found[found["level"] == "france"].iloc[0]
    assert row["value"] == row["communes"] == len(metropolitan) < len(FRANCE)


# -- what a commune is compared with


def test_a_commune_alone_is_compared_with_its_epci_and_an_epci_not_with_itself(tmp_path: Path) -> None:
    alone = write(of_communes(["61258"], "Le Mêle"), tmp_path / "une", 2026)
    around = levels(alone)["61258"]
    assert [each.kind for each in around] == ["epci", "departement", "region", "france", "peers"]
    assert not any(each.whole for each in around)
    bazadais = write(of_epci("200043982"), tmp_path / "bazadais", 2026)
    epci = levels(bazadais)["33036"][0]
    assert (epci.name, epci.whole) == ("CC du Bazadais", True)
    overseas = levels(write(of_communes(["97411"], "Saint-Denis"), tmp_path / "outre-mer", 2026))["97411"]
    assert [each.name for each in overseas[1:3]] == ["La Réunion", "France"]  # the région is the département


def test_the_sizes_of_areas_are_read_once_a_process() -> None:
    columns = ("epci", "departement", "region")
    before = [reference.area_sizes(column) for column in columns]
    assert before[1]["61"] == 381
    assert all(one is reference.area_sizes(column) for one, column in zip(before, columns, strict=True))


def test_the_rule_of_communes_alike_is_told_in_words() -> None:
    assert peers_name("200-10") == "communes de 200 à 499 habitants et de 10 à 29 habitants au km²"
    assert peers_name("0-0") == "communes de moins de 100 habitants et de moins de 10 habitants au km²"
    assert peers_name("100000-1500").replace("\u202f", " ") == (
        "communes de 100 000 habitants et plus et de 1 500 habitants au km² et plus"
    )
    assert len(peer_classes()) > 34_500 and len(set(peer_classes().values())) < 60
    assert peer_classes(("61258",))["61258"] == peer_classes()["61258"]


# -- extracts


def test_an_extract_says_nothing_of_levels_that_it_does_not_hold_whole() -> None:
    """The whole of Normandie, 2,600 communes: its région, its départements, its EPCIs; neither France nor communes alike."""
    normandie = FRANCE[FRANCE["region"] == "28"]["code"]
    found = _sums(dict.fromkeys(normandie, 1.0))
    assert found is not None
    assert set(found["level"]) == {"epci", "departement", "region"}
    assert found.set_index("level").loc["region", "value"] == len(normandie)
    short = _sums(dict.fromkeys([code for code in normandie if not code.startswith("76")], 1.0))
    assert short is not None and set(short["level"]) == {"epci", "departement"}


# -- sales


GEO = ("id_mutation", "date_mutation", "nature_mutation", "valeur_fonciere", "code_commune", "id_parcelle", "lot1_numero",
       "type_local", "surface_reelle_bati")  # fmt: skip
Sale = tuple[str, str, str, float, float]
"""Mutation, day, commune, price, surface of its one house."""


def _geo(sales: list[Sale], at: int = 2, nature: str = "Vente", kind: str = "Maison") -> Table:
    rows = [
        (key, day, nature, str(price), code, f"p{key}", "", kind, str(surface))
        for key, day, code, price, surface in sales
    ]
    frame = pd.DataFrame(rows, columns=list(GEO), dtype="str")
    return Table(frame, Dialect("csv"), (), np.arange(at, at + len(rows), dtype=np.int64), name="full.csv")


def _reduced(*blocks: Table) -> Parsed:
    territory = load_territory(packs.SHIPPED.territory)
    (found, *_) = formats.recognise(blocks[0], territory)
    reducer = formats.reducer(found, Choices(), load_catalogue(), territory)
    assert reducer is not None
    for each in blocks:
        reducer.add(each)
    return reducer.result()


def _sold(*blocks: Table) -> pd.DataFrame:
    parsed = _reduced(*blocks)
    assert not parsed.problems
    assert parsed.levels is not None
    return parsed.levels.set_index(["indicator", "period", "level", "area"])


def _bounds(codes: list[str]) -> list[Sale]:
    """Two sales that hold the whole year in each commune, at 1,000 €/m²."""
    return [
        (f"{code}-{day}", f"2025-{day}", code, 100_000.0, 100.0)
        for code in codes
        for day in ("01-05", "12-28")
    ]


def test_the_median_of_a_level_is_that_of_its_sales_not_of_its_communes() -> None:
    seats = (
        FRANCE.dropna(subset="departement").drop_duplicates("departement")["code"].tolist()
    )  # one commune a département, in the order of France
    here, there = "61258", "61156"
    cheap = [(f"a{n}", "2025-03-01", here, 50_000.0 + n, 100.0) for n in range(9)]
    dear = [(f"b{n}", "2025-04-01", there, 300_000.0, 100.0) for n in range(5)]
    # The same house again, in another block and on another nature of land: one sale.
    again = _geo(cheap[:3], at=900)
    other = _geo([("x", "2025-05-01", here, 1.0, 100.0)], nature="Échange")
    flat = _geo([("y", "2025-05-01", here, 1.0, 100.0)], kind="Appartement")
    found = _sold(_geo(_bounds(seats)), _geo([*cheap, *dear]), again, other, flat)
    orne = found.loc[("house_sales", "2025", "departement", "61")]
    assert (orne["value"], orne["covered"], orne["communes"]) == (2 + 9 + 5, 381, 381)
    median = found.loc[("house_price", "2025", "departement", "61")]
    every = [500 + n / 100 for n in range(9)] + [3000] * 5 + [1000] * 2
    assert median["value"] == pytest.approx(float(np.median(every)))
    assert median["value"] not in (
        500.04,
        3000,
        (500.04 + 3000) / 2,
    )  # neither commune's, nor the median of the two
    france = found.loc[("house_sales", "2025", "france", "france")]
    assert france["value"] == 2 * len(seats) + 14
    assert found.loc[("house_price", "2025", "france", "france"), "value"] == 1000


def test_below_five_sales_a_level_has_no_median_and_a_half_year_no_figure() -> None:
    seats = FRANCE.dropna(subset="departement").drop_duplicates("departement")["code"].tolist()
    whole = _bounds([code for code in seats if not code.startswith("14")])
    calvados = next(code for code in seats if code.startswith("14"))
    half = [(f"c{n}", "2025-02-01", calvados, 100_000.0, 50.0) for n in range(20)]
    found = _sold(_geo([*whole, *half]))
    orne = found.loc[("house_price", "2025", "departement", "61")]
    assert (orne["status"], pd.isna(orne["value"]), orne["covered"]) == ("missing", True, 381)
    assert found.loc[("house_sales", "2025", "departement", "61"), "value"] == 2
    # The Calvados sold from February on only: the region is short of it, and its twenty sales are in nothing.
    region = found.loc[("house_sales", "2025", "region", "28")]
    of_calvados = int((FRANCE["departement"] == "14").sum())
    assert region["communes"] - region["covered"] == of_calvados and region["value"] == 8


def test_the_file_of_one_departement_gives_that_departement_and_its_epci() -> None:
    found = _sold(
        _geo([*_bounds(["61258"]), *((f"a{n}", "2025-03-01", "61156", 80_000.0, 100.0) for n in range(3))])
    )
    assert set(found.index.get_level_values("level")) == {"epci", "departement"}
    assert found.loc[("house_price", "2025", "departement", "61"), "value"] == 800
    assert found.loc[("house_sales", "2025", "departement", "61"), "value"] == 5


# -- Melodi


MELODI = ("GEO", "GEO_OBJECT", "OCS", "TDW", "RP_MEASURE", "FREQ", "OBS_STATUS", "TIME_PERIOD", "OBS_VALUE")


def _melodi(rows: list[tuple[str, str, str, str, str]]) -> Table:
    """Rows (commune, category, another dimension, status, value) of the census of 2022."""
    cells = [
        (code, "COM", ocs, tdw, "DWELLINGS", "A", status, "2022", value)
        for code, ocs, tdw, status, value in rows
    ]
    frame = pd.DataFrame(cells, columns=list(MELODI), dtype="str")
    return Table(frame, Dialect("csv"), (), np.arange(2, len(rows) + 2, dtype=np.int64), name="melodi.csv")


def _census(*blocks: Table) -> pd.DataFrame | None:
    return _reduced(*blocks).levels


def test_a_long_file_is_summed_over_its_totals_and_hides_what_it_hides() -> None:
    codes = FRANCE["code"].tolist()
    whole = [(code, "_T", "_T", "A", "10.5") for code in codes]
    vacant = [(code, "DW_VAC", "_T", "A", "2") for code in codes if code != "61258"]
    crossed = [(code, "_T", "1", "A", "7") for code in codes[:600]]
    hidden = [("61258", "DW_VAC", "_T", "C", ""), ("61", "_T", "_T", "A", "999")]
    half = len(codes) // 2
    found = _census(_melodi([*whole[:half], *crossed]), _melodi([*whole[half:], *vacant, *hidden]))
    assert found is not None
    rows = found.set_index(["indicator", "period", "level", "area"])
    assert rows.loc[("dwellings", "2022", "departement", "61"), "value"] == 381 * 10.5
    assert rows.loc[("dwellings", "2022", "france", "france"), "value"] == len(codes) * 10.5
    orne = rows.loc[("vacant_dwellings", "2022", "departement", "61")]
    assert (orne["value"], orne["covered"], orne["hidden"]) == (380 * 2, 380, 1)
    # The département less every commune that is published is nothing.
    assert orne["value"] - 2 * 380 == 0


def test_a_long_file_that_gives_a_commune_twice_says_nothing_of_levels() -> None:
    whole = [(code, "_T", "_T", "A", "10.5") for code in FRANCE["code"]]
    assert _census(_melodi(whole), _melodi([("61258", "_T", "_T", "A", "3")])) is None
