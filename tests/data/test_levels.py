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
from data.imports.model import Choices, Dialect, Table
from data.opening import House, open_house, read_all
from data.packs.fill import fill
from data.packs.make import of_communes, of_epci, write
from data.reference.peers import peer_classes, peers_name
from data.store import current_levels, current_observations
from data.territory import levels, load_territory
from tests.packs import dwellings, every_dwelling, national_census

TODAY = dt.date(2026, 11, 28)
FRANCE = reference.communes(contours=False)


def _sum(codes: pd.Series, part: int) -> int:
    return sum(dwellings(code)[part] for code in codes)


@pytest.fixture(scope="module")
def zevillage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Zevillage, filled from one national file."""
    folder = tmp_path_factory.mktemp("levels")
    house = open_house(TODAY, folder / "home", packs.SHIPPED)
    (done,) = fill(house, [national_census(folder / "base-cc-logement-2021.CSV")], TODAY)
    assert done.number is not None, done.why
    yield house
    house.store.close()


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


def test_levels_go_and_come_back_with_their_import(tmp_path: Path) -> None:
    house = open_house(TODAY, tmp_path / "home", packs.SHIPPED)
    national = national_census(tmp_path / "base-cc-logement-2021.CSV")
    (done,) = fill(house, [national], TODAY)
    (again,) = fill(house, [national], TODAY)
    assert again.number is None and "déjà" in again.why
    assert done.number is not None, done.why
    undo(house.store, COMMAND_ACTOR, done.number)
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
    house = open_house(TODAY, tmp_path / "home", packs.SHIPPED)
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
