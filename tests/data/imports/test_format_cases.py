"""What the examples of the formats do not say: editions, doubts, refusals, blocks, hostile cells."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
import pandas as pd
import pytest

from data import reference
from data.catalogue import load_catalogue
from data.imports import formats
from data.imports.formats.base import Example, Format
from data.imports.model import Choices, NewVintage, Parsed, Table
from data.territory import load_territory
from tests.data.imports import published
from tests.data.imports.test_formats import EXAMPLES, table_of

CATALOGUE = load_catalogue()
TERRITORY = load_territory()
NAUGHTY = (
    "=1+1", "@SUM(A1)", "{{1/0}}", "${7*7}", "<img src=x onerror=alert(1)>", "'; DROP TABLE observation;--", "NaN", "inf", "1e309",
    "\u0000", "\u202e123", "１２３", "٣", "½", "1.2.3", "--1", "0x10", "None", "true", "🏠", "a\nb", " ", "é" * 5000,
)  # fmt: skip


def read(table: Table, choices: Choices | None = None) -> Parsed:
    best = formats.recognise(table, TERRITORY)[0]
    return formats.parse(table, best, choices or Choices(), CATALOGUE, TERRITORY)


def rates(result: Parsed, indicator: str) -> dict[str, str]:
    """Period → period of the denominator of the vintages of a rate."""
    return {
        each.vintage.period: each.vintage.denominator_period
        for each in result.new
        if isinstance(each, NewVintage) and each.indicator == indicator
    }


# -- editions --------------------------------------------------------------------------------------------------


def test_a_lovac_of_all_years_divides_each_by_the_stock_of_the_year_before() -> None:
    years = range(20, 27)
    columns = (
        "CODGEO_26",
        "LIBGEO_26",
        *(f"pp_vacant_{y}" for y in years),
        *(f"ff_pp_total_{y}" for y in range(20, 26)),
    )
    result = read(table_of(columns, (("61258", "Le Mêle-sur-Sarthe", *("37",) * 7, *("474",) * 6),)))
    assert result.problems == ()
    found = rates(result, "lovac_vacancy_rate")
    assert found == {f"20{y}-01-01": f"20{y - 1}" for y in range(21, 27)}  # nobody gives the stock of 2019
    assert {each.source.id for each in result.new} == {"lovac_2026"}


def test_vacancies_beside_a_stock_of_the_same_year_give_no_rate() -> None:
    result = read(
        table_of(("CODGEO_27", "LIBGEO_27", "pp_vacant_27", "pp_total_27"), (("61258", "", "37", "474"),))
    )
    assert rates(result, "lovac_vacancy_rate") == {}
    assert {(each.indicator, each.vintage.period) for each in result.new if isinstance(each, NewVintage)} == {
        ("lovac_vacant", "2027-01-01"),
        ("lovac_stock", "2027"),
    }


def test_two_columns_of_one_meaning_are_a_problem_unless_they_add_up() -> None:
    result = read(
        table_of(
            ("CODGEO_26", "LIBGEO_26", "pp_vacant_26", "pp_total_25", "ff_pp_total_25"),
            (("61258", "", "1", "2", "3"),),
        )
    )
    assert [(each.code, each.column) for each in result.problems] == [("said_twice", "ff_pp_total_25")]
    assert result.cells[result.cells["indicator"] == "lovac_stock"]["value"].tolist() == [2]


def test_names_tell_the_communes_where_nobody_filled_the_codes() -> None:
    columns = ("CODGEO_25", "LIBGEO_25", "pp_vacant_25", "pp_total_24")
    result = read(table_of(columns, (("", "Essay", "5", "80"), (" ", "Vidai", "8", "46"))))
    assert (result.place_column, result.how_places) == ("LIBGEO_25", "names")
    assert (
        read(table_of(columns, (("", "Essay", "5", "80"), ("61502", "", "8", "46")))).place_column
        == "CODGEO_25"
    )


def test_a_bad_cell_is_a_problem_with_its_line_and_gives_no_figure() -> None:
    result = read(
        table_of(
            ("CODGEO_25", "LIBGEO_25", "pp_vacant_25", "pp_total_24"),
            (("61258", "", "trente", "474"), ("61156", "", "5", "12,5,1")),
        )
    )
    assert [(p.line, p.column, p.value) for p in result.problems] == [
        (2, "pp_vacant_25", "trente"),
        (3, "pp_total_24", "12,5,1"),
    ]
    assert sorted(result.cells["line"]) == [2, 3] and set(result.cells["status"]) == {"observed"}


def test_a_comparateur_keeps_a_decimal_point_beside_a_decimal_comma() -> None:
    columns = ("CODGEO", "P22_POP", "P22_LOG", "P22_RP", "PIMP21", "MED21")
    result = read(
        table_of(
            columns,
            (("61258", "7973.37", "465.037", "12.5", "50,0", "20110"), ("61156", "1", "2", "3,5", "", "s")),
        )
    )
    assert [(p.line, p.column, p.value) for p in result.problems] == [(3, "P22_RP", "3,5")]
    assert result.cells.set_index(["indicator", "place"])["value"]["population_rp", "61258"] == 7973.37


# -- doubts ----------------------------------------------------------------------------------------------------


def test_a_comparateur_without_a_column_is_no_base_logement_and_keeps_its_edition() -> None:
    row = {"CODGEO": "61258", "P22_POP": "719", "P16_POP": "745", "P22_LOG": "465", "P22_RP": "371", "P22_RSECOCC": "14",
           "P22_LOGVAC": "80", "P22_RP_PROP": "212"}  # fmt: skip
    table = table_of(tuple(row), (tuple(row.values()),))
    assert formats.recognise(table, TERRITORY)[0].edition == "comparateur, RP 2022"
    del row["P22_POP"]
    table = table_of((*row, "MED21", "ETTOT24"), ((*row.values(), "20110", "93"),))
    assert formats.recognise(table, TERRITORY)[0].edition == "comparateur, RP 2022"


def test_two_digits_from_the_last_century_are_no_year_to_come() -> None:
    columns = ("CODGEO", "P09_LOG", "P09_RP", "P09_LOGVAC", "P99_LOG", "P99_RP", "P99_LOGVAC")
    result = read(table_of(columns, (("61258", "470", "380", "76", "450", "370", "60"),)))
    assert set(result.cells["period"]) == {"2009", "1999"}
    assert formats.recognise(table_of(columns, ()), TERRITORY)[0].edition == "base Logement, RP 2009"


def test_a_melodi_extract_of_a_part_of_the_dwellings_is_not_taken_for_all() -> None:
    columns = (
        "GEO",
        "GEO_OBJECT",
        "OCS",
        "TDW",
        "BUILD_END",
        "RP_MEASURE",
        "OBS_STATUS",
        "TIME_PERIOD",
        "OBS_VALUE",
    )
    table = table_of(columns, (("61258", "COM", "_T", "1", "_T", "DWELLINGS", "A", "2022", "430"),))
    assert [(each.code, each.column) for each in read(table).problems] == [("dimension_without_total", "TDW")]
    assert read(table, Choices(columns={"TDW": "ignore"})).problems == ()


def test_a_year_is_no_day_of_a_quarter() -> None:
    table = table_of(
        ("INSEE_COM", "NOM_COM", "ftth", "Locaux"), (("61258", "Le Mêle-sur-Sarthe", "583", "600"),)
    )
    result = read(table, Choices(period="2026"))
    assert [(each.code, each.value) for each in result.problems] == [
        ("not_a_day", "2026")
    ] and result.new == ()
    assert read(table, Choices(period="2026-06-30")).problems == ()


def arcep(name: str, *rows: tuple[str, ...]) -> Table:
    columns = ("code_insee", "nom_com", "nbr", "type", "date", "inel_hd", "elig_thd30", "elig_thd1g")
    return table_of(columns, rows or (("61258", "", "607", "all", "2026-09-30", "4", "600", "583"),), name)


def test_speeds_of_an_unnamed_file_are_asked_for_not_guessed() -> None:
    table = arcep("export.csv")
    proposed = {each.format for each in formats.recognise(table, TERRITORY)}
    assert {"arcep_speed_premises", "arcep_speed_wired"} <= proposed
    assert [each.code for each in read(table).problems] == ["which_network"] and read(table).cells.empty
    wired = next(each for each in formats.recognise(table, TERRITORY) if each.format == "arcep_speed_wired")
    result = formats.parse(table, wired, Choices(kind="arcep_speed_wired"), CATALOGUE, TERRITORY)
    assert result.problems == () and "wired_30m" in set(result.cells["indicator"])


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("commune_debit_filaire.csv", "arcep_speed_wired"),
        ("2026T3 commune_debit_terrestre.csv", "arcep_speed_premises"),
        ("commune_debit.csv", "arcep_speed_satellite"),
    ],
)
def test_the_name_of_the_file_tells_which_speeds_these_are(name: str, format_: str) -> None:
    assert formats.recognise(arcep(name), TERRITORY)[0].format == format_


def test_a_file_that_only_looks_like_the_one_with_satellite_is_not_said_to_be_it() -> None:
    """An extract of the terrestrial file says 100 % too, where everybody has 30 Mbit/s on the ground."""
    row = ("61258", "", "607", "all", "2026-09-30", "0", "607", "583")
    for name, says in (
        ("commune_debit.csv", "Ce fichier compte le satellite"),
        ("export.csv", "comme celui qui compte"),
    ):
        (told,) = read(arcep(name, row)).problems
        assert told.code == "satellite" and says in told.title
    assert "choisissez-le" in told.advice


def test_another_ranking_of_the_technologies_is_not_taken_for_the_best_one() -> None:
    best = next(each for each in formats.FORMATS if each.id == "arcep_best_technology").examples[0]
    other = table_of(best.columns, best.rows, "commune_meilleure_techno_hd.csv")
    assert "arcep_best_technology" not in {each.format for each in formats.recognise(other, TERRITORY)}


def test_a_file_of_two_dates_asks_for_one() -> None:
    rows = (
        ("61258", "", "607", "all", "2026-06-30", "0", "600", "583"),
        ("61258", "", "607", "all", "2026-09-30", "0", "600", "583"),
    )
    assert [each.code for each in read(arcep("commune_debit_filaire.csv", *rows)).problems] == ["no_period"]


def test_a_new_quarter_comes_with_its_source_its_shares_and_its_waiting_indicators() -> None:
    result = read(arcep("commune_debit_filaire.csv"))
    brought = {each.indicator: each.vintage for each in result.new if isinstance(each, NewVintage)}
    assert (
        brought["wired_share_30m"].label == "30/09/2026" and brought["premises"].source == "arcep_mci_2026t3"
    )
    assert result.new[0].source.edition == "3e trimestre 2026"
    rows = [
        {"indicator": each.indicator, **dataclasses.asdict(each.vintage)}
        for each in result.new
        if isinstance(each, NewVintage)
    ]
    source = {k: v for k, v in dataclasses.asdict(result.new[0].source).items() if k != "id"}
    catalogue = load_catalogue(sources={"arcep_mci_2026t3": source}, vintages=rows)
    assert "wired_share_30m" in catalogue.indicators and "wired_share_100m" in catalogue.waiting
    assert catalogue["premises"].periods == ("2026-06-30", "2026-09-30")


# -- cut to the territory --------------------------------------------------------------------------------------


FORMER = sorted(set(reference.former_communes()["code"]) - set(reference.commune_names()))[0]


def france(cells: dict[str, str]) -> Table:
    """LOVAC of two thousand communes, the territory's and a former one among them; `cells` sets some vacancies."""
    codes = [*list(reference.commune_names())[:2000], *TERRITORY.codes, FORMER]
    rows = tuple((code, "", cells.get(code, "9"), "100") for code in codes)
    return table_of(("CODGEO_26", "LIBGEO_26", "pp_vacant_26", "ff_pp_total_25"), rows)


def test_of_a_file_of_france_only_the_territory_is_read_and_the_rest_is_counted() -> None:
    result = read(france({"01001": "trente", "61258": "37"}))
    assert result.problems == ()  # what is wrong elsewhere stops nobody here
    assert result.set_aside == {"hors du territoire": 2000}
    assert set(result.cells["place"]) == {
        *TERRITORY.codes,
        FORMER,
    }  # a former code is for the places to tell
    assert len(read(france({"61258": "trente"})).problems) == 1


def test_a_column_that_may_hold_postcodes_is_judged_whole() -> None:
    """61170 is Fleuré and the postcode of 16 communes: no row is cut before the column has been judged."""
    table = france({})
    postcodes = [*list(reference.communes_by_postcode())[:2000], *["61170"] * 21]
    result = read(dataclasses.replace(table, frame=table.frame.assign(CODGEO_26=postcodes)))
    assert result.set_aside == {} and len(result.cells) == 2 * 2021


# -- what is counted -------------------------------------------------------------------------------------------


def whole(name: str) -> Table:
    """One of the published files as a table, read simply."""
    made = next(each for each in published.everything() if each.format == name)
    separator = {"dvf_dgfip": "|", "insee_melodi": ";", "men_annuaire": ";"}.get(name, ",")
    encoding = {"dvf_dgfip": "latin-1"}.get(name, "utf-8")
    frame = pd.read_csv(
        io.BytesIO(made.content), sep=separator, dtype=str, keep_default_na=False, encoding=encoding
    )
    return table_of(tuple(frame.columns), tuple(frame.itertuples(index=False, name=None)), made.name)


@pytest.mark.parametrize("name", ["dvf_geo", "dvf_dgfip", "insee_sirene", "men_annuaire", "insee_melodi"])
def test_a_file_taken_in_blocks_gives_the_same_figures(name: str) -> None:
    table = whole(name)
    best = formats.recognise(table, TERRITORY)[0]
    taken = formats.reducer(best, Choices(), CATALOGUE, TERRITORY)
    columns = formats.needed_columns(best)
    assert taken is not None and (columns is None) == (name == "insee_melodi")
    needed = table.frame if columns is None else table.frame[list(columns)]
    rows = max(7, len(table.frame) // 40)
    for start in range(0, len(table.frame), rows):
        block = needed.iloc[start : start + rows].reset_index(drop=True)
        taken.add(dataclasses.replace(table, frame=block, lines=table.lines[start : start + rows]))
    once, blocks = read(table), taken.result()
    pd.testing.assert_frame_equal(once.cells, blocks.cells)
    assert (once.set_aside, once.new, once.problems) == (blocks.set_aside, blocks.new, ())


@pytest.mark.parametrize("name", ["dvf_geo", "dvf_dgfip"])
def test_sales_and_medians_are_those_that_are_shipped(name: str) -> None:
    """One sale of several rows counts once; a median stands exactly where a year has five sales; nobody's sale is 0."""
    result = read(whole(name))
    cells = result.cells.set_index(["indicator", "place", "period"])
    for row in published.shipped("dvf_maisons_2021_2025.csv"):
        key = (row["code_commune"], row["annee"])
        assert cells.loc[("house_sales", *key), "value"] == int(row["ventes_maisons"])
        price = cells.loc[("house_price", *key)]
        if row["prix_m2_median"]:
            assert price["value"] == pytest.approx(float(row["prix_m2_median"]))
        else:
            assert price["status"] == "missing" and np.isnan(price["value"])
    assert result.new == ()  # the shipped edition, its five years


def test_a_year_that_is_not_over_is_set_aside() -> None:
    table = whole("dvf_geo")
    frame = pd.concat(
        [table.frame, table.frame.tail(1).assign(date_mutation="2026-06-14", nature_mutation="Vente")]
    )
    result = read(table_of(tuple(frame.columns), tuple(frame.itertuples(index=False, name=None))))
    assert "2026" not in set(result.cells["period"])
    assert any("2026" in reason and "14/06/2026" in reason for reason in result.set_aside)


def test_a_file_of_the_second_half_of_a_year_does_not_pass_for_the_year() -> None:
    """DGFiP's oldest file is one of July to December."""
    table = whole("dvf_geo")
    frame = table.frame[table.frame["date_mutation"].between("2021-07-01", "2022-12-31")]
    result = read(table_of(tuple(frame.columns), tuple(frame.itertuples(index=False, name=None))))
    assert set(result.cells["period"]) == {"2022"}
    assert any("2021" in reason and "15/07/2021" in reason for reason in result.set_aside)


def test_sales_whose_dates_cannot_be_read_are_told_by_their_line() -> None:
    table = whole("dvf_geo")
    frame = table.frame.head(3).assign(date_mutation="02/25/2025")
    result = read(table_of(tuple(frame.columns), tuple(frame.itertuples(index=False, name=None))))
    assert result.cells.empty
    assert [(each.code, each.line) for each in result.problems] == [("not_a_day", 2), ("not_a_day", 3)]


def test_a_house_without_surface_has_no_price_but_is_a_sale() -> None:
    table = whole("dvf_geo")
    le_mele = (table.frame["code_commune"] == "61258") & (table.frame["date_mutation"].str[:4] == "2021")
    frame = table.frame.assign(surface_reelle_bati=table.frame["surface_reelle_bati"].mask(le_mele, ""))
    cells = read(table_of(tuple(frame.columns), tuple(frame.itertuples(index=False, name=None)))).cells
    cells = cells.set_index(["indicator", "place", "period"])
    assert cells.loc[("house_sales", "61258", "2021"), "value"] == 5
    assert cells.loc[("house_price", "61258", "2021"), "status"] == "missing"


def test_establishments_without_a_published_commune_are_counted_apart() -> None:
    result = read(whole("insee_sirene"))
    assert result.set_aside == {"établissements en diffusion partielle, commune non diffusée": 1}
    stock = result.cells[result.cells["indicator"] == "internet_trades"]
    assert (stock["value"].sum(), len(stock)) == (20, 20)


def test_a_commune_without_a_school_has_none_only_where_the_file_is_of_its_whole_departement() -> None:
    table = whole("men_annuaire")
    cells = read(table).cells.set_index("place")["value"]
    assert len(cells) == 20 and cells["61013"] == 0 and cells["61258"] == 1
    frame = table.frame[table.frame["code_commune"] != "61001"]  # no school of Alençon: an extract
    part = read(table_of(tuple(frame.columns), tuple(frame.itertuples(index=False, name=None))))
    assert sorted(part.cells["place"]) == ["61156", "61258"] and part.problems == ()
    closed = table.frame.assign(etat="FERME")
    none = read(table_of(tuple(closed.columns), tuple(closed.itertuples(index=False, name=None))))
    assert none.cells["value"].tolist() == [0, 0]
    assert none.set_aside["écoles qui ne sont pas dites ouvertes"] == 2


# -- hostile cells ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("format_", "example"), EXAMPLES)
def test_no_cell_can_break_a_format_or_become_a_number_by_accident(format_: Format, example: Example) -> None:
    rows = tuple(
        tuple(NAUGHTY[(line + column) % len(NAUGHTY)] for column in range(len(example.columns)))
        for line in range(len(NAUGHTY))
    )
    table = table_of(example.columns, rows, example.name)
    for recognition in formats.recognise(table, TERRITORY):
        result = formats.parse(
            table, recognition, Choices(kind=recognition.format, period="2026-06-30"), CATALOGUE, TERRITORY
        )
        assert (result.cells["status"] != "observed").all() or (result.cells["value"] == 0).all()
        assert all(len(each.value) <= 200 for each in result.problems)


@pytest.mark.parametrize(("format_", "example"), EXAMPLES)
def test_a_table_without_rows_breaks_nothing(format_: Format, example: Example) -> None:
    table = table_of(example.columns, (), example.name)
    for recognition in formats.recognise(table, TERRITORY):
        result = formats.parse(table, recognition, Choices(), CATALOGUE, TERRITORY)
        assert result.cells.empty or (result.cells["value"].fillna(0) == 0).all()


def test_every_meaning_has_french_words() -> None:
    for format_ in formats.FORMATS:
        for example in format_.examples:
            best = formats.recognise(table_of(example.columns, example.rows, example.name), TERRITORY)[0]
            labels = {
                m: formats.meaning_label(m, CATALOGUE, best.kind) for m in formats.possible_meanings(best)
            }
            assert [m for m, label in labels.items() if label == m] == [], format_.id
