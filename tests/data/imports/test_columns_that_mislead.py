"""Columns that would give a false total in silence: percentages added up, fractions taken for percentages, a line for each school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from data.catalogue import load_catalogue
from data.imports import pipeline
from data.imports.headings import Proposal, propose
from data.imports.model import Choices, Draft, ImportRefused, NewIndicator
from data.imports.naming import Named, Publication, Rate, name_columns, settled
from data.opening import House, open_house
from tests.data.stores import demonstration_home

TODAY = dt.date(2026, 5, 12)
CATALOGUE = load_catalogue()
SOURCE = Publication("Académie", "Carte scolaire", "Licence Ouverte 2.0")
RATES = "code_insee;taux de vacance\r\n61026;{}\r\n61156;{}\r\n61258;{}\r\n"
SCHOOLS = "code_insee;nom;eleves\r\n61026;A;24\r\n61258;B;30\r\n61258;C;12\r\n61156;D;40\r\n75056;E;500\r\n75056;F;300\r\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = open_house(TODAY, demonstration_home(tmp_path_factory.mktemp("home")))
    yield opened
    opened.store.close()


def draft_of(house: House, folder: Path, text: str, named: Named, **answers: Mapping[str, str]) -> Draft:
    path = folder / "fichier.csv"
    path.write_text(text, encoding="utf-8")
    naming = name_columns([named], SOURCE, CATALOGUE)
    choices = Choices(columns=naming.columns, new=naming.new, **answers)  # type: ignore[arg-type]
    return pipeline.prepare(
        path, name=path.name, choices=choices, house=house, catalogue=CATALOGUE, today=TODAY
    )


def values(draft: Draft) -> dict[str, object]:
    assert draft.cells is not None
    cells = draft.cells
    return {
        row["commune"]: row["value"] if row["status"] == "observed" else row["status"]
        for row in cells.to_dict("records")
    }


RATE = Named("taux de vacance", "Vacance observée", "%", "2025", "published", decimals=1)


@pytest.mark.parametrize(
    ("column", "cells", "expected"),
    [
        ("Vacance", ["12,5 %", "3 %", "s"], ("%", "published", 1, True)),
        ("taux de vacance", ["12,5", "3"], ("%", "published", 1, True)),
        ("part_secondaires", ["12.25", "3"], ("%", "published", 2, True)),
        ("Indice de vieillissement", ["112"], ("", "published", 0, True)),
        ("Ménages (en %)", ["12"], ("%", "published", 0, True)),
        ("tx_vac", ["12,55"], ("%", "published", 2, True)),
        ("Natalité (‰)", ["9,1"], ("‰", "published", 1, True)),
        ("Revenu médian (€)", ["21 450,5"], ("€", "published", 1, False)),
        ("prix_moyen_m2", ["1450"], ("", "published", 0, False)),
        ("Densité", ["31,5"], ("", "published", 1, False)),
        ("nombre de parts", ["12"], ("", "count", 0, False)),
        ("départs", ["12"], ("", "count", 0, False)),
        ("Loyer (€)", ["512,50"], ("€", "count", 0, False)),
    ],
)
def test_a_heading_and_cells_tell_a_percentage(
    column: str, cells: list[str], expected: tuple[str, str, int, bool]
) -> None:
    found = propose(column, cells)
    assert (found.unit, found.kind, found.decimals, found.share) == expected


def test_a_heading_of_the_census_tells_name_unit_year_and_publisher() -> None:
    assert propose("p21_pop", ["12"]) == Proposal(
        "Population", "habitants", "2021", producer="INSEE", title="Recensement de la population"
    )
    assert propose("P99_XYZ", []).period == "1999"
    assert propose("Écoles_2024", ["1"]).period == "2024"
    assert propose("pp_vacant_25", ["1"]).period == "2025"
    assert propose("Loyer (€)", ["1"]).name == "Loyer"
    assert propose("taux_vacance_2024", ["1"]).name == "taux vacance"


@pytest.mark.parametrize(
    "named",
    [
        Named("n", "Vacance", "%", "2025"),
        Named("taux", "Vacance", "logements", "2025"),
        Named("n", "Part des maisons", "maisons", "2025"),
        Named("n", "Vacance", "% des logements", "2025"),
        Named("n", "Natalité", "‰", "2025"),
        Named("n", "Natalité", "pour 1 000 habitants", "2025"),
    ],
)
def test_a_percentage_is_taken_as_it_is_whatever_was_chosen(named: Named) -> None:
    assert (settled(named).kind, settled(named).decimals) == ("published", 1)
    entry = name_columns([named], SOURCE, CATALOGUE).new[0]
    assert isinstance(entry, NewIndicator) and entry.indicator.kind == "published"
    assert entry.indicator.no_total


def test_a_percentage_is_no_part_of_a_rate() -> None:
    rate = Rate("Rapport", "%", "taux", "dwellings")
    with pytest.raises(ImportRefused, match="deux nombres qui s"):
        name_columns([Named("taux", "Taux", "%", "2025")], SOURCE, CATALOGUE, [rate])


def test_percentages_above_one_need_no_question_and_keep_their_decimals(house: House, tmp_path: Path) -> None:
    draft = draft_of(house, tmp_path, RATES.format("12,5", "0,4", "7"), RATE)
    assert draft.errors == ()
    assert values(draft) == {"61026": 12.5, "61156": 0.4, "61258": 7.0}


def test_percentages_from_0_to_1_are_asked_about(house: House, tmp_path: Path) -> None:
    text = RATES.format("0,0573", "0,4", "1")
    asked = draft_of(house, tmp_path, text, RATE)
    assert [each.code for each in asked.errors] == ["fractions_asked"] and asked.diff is None
    assert "1 veut dire 100 % ou 1 %" in asked.errors[0].advice.replace("\u202f", " ").replace("\u00a0", " ")
    times = draft_of(house, tmp_path, text, RATE, fractions={RATE.column: "times_100"})
    assert times.errors == () and values(times) == {"61026": 5.73, "61156": 40.0, "61258": 100.0}
    same = draft_of(house, tmp_path, text, RATE, fractions={RATE.column: "as_written"})
    assert same.errors == () and values(same) == {"61026": 0.0573, "61156": 0.4, "61258": 1.0}


@pytest.mark.parametrize(("answer", "more"), [("as_written", "0,5"), ("times_100", "0,005")])
def test_an_answered_question_is_not_asked_again_as_a_warning(
    house: House, tmp_path: Path, answer: str, more: str
) -> None:
    text = f"code;taux de vacance\n61026;{more}\n61156;0,004\n61258;0,006\n61051;0,003\n61067;0,002\n61502;0,001\n"
    draft = draft_of(house, tmp_path, text, RATE, fractions={RATE.column: answer})
    assert draft.errors == () and len(values(draft)) == 6
    assert "share_as_fraction" not in {each.code for each in draft.problems}


def test_a_ratio_from_0_to_1_is_asked_about_whatever_its_unit(house: House, tmp_path: Path) -> None:
    ratio = Named("taux de vacance", "Ratio observé", "vides par logement", "2025", "published", decimals=2)
    asked = draft_of(house, tmp_path, RATES.format("0,05", "0,4", "1"), ratio)
    assert [each.code for each in asked.errors] == ["fractions_asked"]
    same = draft_of(
        house, tmp_path, RATES.format("0,05", "0,4", "1"), ratio, fractions={ratio.column: "as_written"}
    )
    assert same.errors == () and values(same)["61026"] == 0.05


def test_a_change_in_percent_from_minus_1_to_1_is_asked_about_too(house: House, tmp_path: Path) -> None:
    change = Named("taux de vacance", "Évolution observée", "%", "2025", "change", decimals=1)
    asked = draft_of(house, tmp_path, RATES.format("-0,05", "0,01", "0"), change)
    assert [each.code for each in asked.errors] == ["fractions_asked"] and "-0,05" in asked.errors[
        0
    ].value.replace("\u2212", "-")
    times = draft_of(
        house, tmp_path, RATES.format("-0,05", "0,01", "0"), change, fractions={change.column: "times_100"}
    )
    assert times.errors == () and values(times)["61026"] == -5.0


def test_percentages_written_with_their_sign_are_not_asked_about(house: House, tmp_path: Path) -> None:
    draft = draft_of(house, tmp_path, RATES.format("0,5 %", "0,4 %", "1 %"), RATE)
    assert draft.errors == () and values(draft)["61026"] == 0.5


def test_a_column_in_percent_is_no_count(house: House, tmp_path: Path) -> None:
    text = "code_insee;vacance\r\n61026;12 %\r\n61156;3 %\r\n61258;4 %\r\n"
    draft = draft_of(house, tmp_path, text, Named("vacance", "Vides", "logements", "2025"))
    assert [each.code for each in draft.errors] == ["percent_summed"]


PUPILS = Named("eleves", "Élèves observés", "élèves", "2025")


def test_several_lines_of_a_commune_are_asked_about_then_added_or_counted(
    house: House, tmp_path: Path
) -> None:
    asked = draft_of(house, tmp_path, SCHOOLS, PUPILS)
    assert [each.code for each in asked.errors] == ["lines_asked"] and asked.diff is None
    assert "Le Mêle-sur-Sarthe, lignes 3, 4" in asked.errors[0].title
    summed = draft_of(house, tmp_path, SCHOOLS, PUPILS, same_commune={"eleves": "sum"})
    assert summed.errors == () and values(summed) == {"61026": 24.0, "61258": 42.0, "61156": 40.0}
    counted = draft_of(house, tmp_path, SCHOOLS, PUPILS, same_commune={"eleves": "lines"})
    assert values(counted) == {"61026": 1.0, "61258": 2.0, "61156": 1.0}


@pytest.mark.parametrize(("cell", "status"), [("s", "suppressed"), ("", "missing")])
def test_a_sum_of_which_a_part_is_unknown_is_unknown(
    house: House, tmp_path: Path, cell: str, status: str
) -> None:
    text = SCHOOLS.replace("61258;C;12", f"61258;C;{cell}")
    draft = draft_of(house, tmp_path, text, PUPILS, same_commune={"eleves": "sum"})
    assert values(draft)["61258"] == status
    counted = draft_of(house, tmp_path, text, PUPILS, same_commune={"eleves": "lines"})
    assert values(counted)["61258"] == 2.0


def test_two_lines_with_a_rate_each_stay_an_error(house: House, tmp_path: Path) -> None:
    text = RATES.format("12,5", "3", "4") + "61258;9\r\n"
    draft = draft_of(house, tmp_path, text, RATE)
    assert {each.code for each in draft.errors} == {"duplicate_differs"}


def test_equal_lines_are_asked_about_too(house: House, tmp_path: Path) -> None:
    """Two schools of 12 pupils are 24 pupils: keeping one line in silence loses half."""
    draft = draft_of(house, tmp_path, SCHOOLS.replace("61258;B;30", "61258;B;12"), PUPILS)
    assert [each.code for each in draft.problems if each.code != "communes_absent"] == ["lines_asked"]
