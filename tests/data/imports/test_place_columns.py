"""Which column tells the communes: the one whose values are codes and that is full, whatever the headings say."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
import pytest

from data.catalogue import load_catalogue
from data.imports import formats, pipeline, templates
from data.imports.kinds import RECORD_KINDS
from data.imports.model import Choices, Draft
from data.imports.naming import Named, Publication, name_columns
from data.imports.places import match_places
from data.opening import House, open_house
from data.territory import load_territory
from tests.data.imports.test_formats import table_of
from tests.data.stores import demonstration_home

TODAY = dt.date(2026, 5, 12)
TERRITORY = load_territory()
CATALOGUE = load_catalogue()
SOURCE = Publication("SDES", "RPLS", "Licence Ouverte 2.0")
OURS = [(code, TERRITORY.name_of[code]) for code in TERRITORY.codes]
ELSEWHERE = [
    ("13201", "Marseille 1er Arrondissement", "13"),
    ("13200", "Marseille", "13"),
    ("97127", "Saint-Martin", "971"),
    ("971101", "Les Abymes", "971"),
    ("975010", "Nullepart", "975"),
    ("69381", "Lyon 1er Arrondissement", "69"),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = open_house(TODAY, demonstration_home(tmp_path_factory.mktemp("home")))
    yield opened
    opened.store.close()


def draft_of(house: House, folder: Path, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Draft:
    path = folder / "rpls.csv"
    path.write_text("\r\n".join(";".join(row) for row in [columns, *rows]) + "\r\n", encoding="utf-8")
    naming = name_columns([Named("nb_ls", "Logements sociaux", "logements", "2024")], SOURCE, CATALOGUE)
    choices = Choices(kind="indicator", columns=naming.columns, new=naming.new)
    return pipeline.prepare(
        path, name=path.name, choices=choices, house=house, catalogue=CATALOGUE, today=TODAY
    )


def test_the_social_housing_file_is_read_by_its_codes_and_asks_nothing(house: House, tmp_path: Path) -> None:
    """RPLS 2024: DEPCOM_ARM was offered as a number and the names were taken, with 30 false errors."""
    rows = [(code, name, "61", str(i)) for i, (code, name) in enumerate(OURS)]
    rows += [(*each, "7") for each in ELSEWHERE]
    draft = draft_of(house, tmp_path, ("DEPCOM_ARM", "LIBCOM_DEP", "DEP", "nb_ls"), rows)
    assert draft.parsed is not None and draft.parsed.place_column == "DEPCOM_ARM"
    assert draft.errors == () and draft.diff is not None
    assert draft.cells is not None and set(draft.cells["commune"]) == set(TERRITORY.codes)
    assert draft.set_aside == {"hors du territoire": len(ELSEWHERE)}


def test_a_mostly_empty_parent_code_does_not_win_over_the_full_code() -> None:
    rows = tuple(("61258" if i == 0 else "", code, str(i)) for i, (code, _) in enumerate(OURS))
    table = table_of(("code_insee_parent", "territoire", "nb_ls"), rows)
    best = formats.recognise(table, TERRITORY)[0]
    assert dict(best.columns)["territoire"] == "commune"
    assert dict(best.columns)["code_insee_parent"] != "number"


def test_a_second_code_of_the_row_is_never_a_figure() -> None:
    rows = tuple((code, code, str(i)) for i, (code, _) in enumerate(OURS))
    table = table_of(("code_insee", "rattachement", "nb_ls"), rows)
    columns = dict(formats.recognise(table, TERRITORY)[0].columns)
    assert columns["code_insee"] == "commune" and columns["rattachement"] != "number"
    assert columns["nb_ls"] == "number"


def test_a_line_without_its_code_is_told_by_its_name_and_departement(house: House, tmp_path: Path) -> None:
    rows = [("" if name == "Bures" else code, name, "61", str(i)) for i, (code, name) in enumerate(OURS)]
    draft = draft_of(house, tmp_path, ("code_insee", "commune", "departement", "nb_ls"), rows)
    assert draft.errors == ()
    assert draft.cells is not None and "61067" in set(draft.cells["commune"])


@pytest.mark.parametrize("text", ["97127", "13200", "971101", "975010", "13201", "98812", "977101"])
def test_a_code_of_another_departement_is_outside_and_asks_nothing(text: str) -> None:
    """Whatever today's list says: in a column of few codes, 97127 and 13200 are also postcodes."""
    places = match_places(["61258", "61156", text], TERRITORY)
    assert places.matches[text].grade == "outside"
    assert {places.matches[each].grade for each in ("61258", "61156")} == {"certain"}
    assert places.problems == ()


def test_a_code_of_our_departement_that_does_not_exist_is_still_an_error() -> None:
    assert match_places(["61258", "61156", "61999"], TERRITORY).matches["61999"].grade == "unknown"


def test_overseas_codes_on_six_digits_are_those_on_five() -> None:
    places = match_places(["971101", "97105"], TERRITORY)
    assert [each.code for each in places.matches.values()] == ["97101", "97105"]


@pytest.mark.parametrize("kind", [kind for kind, each in RECORD_KINDS.items() if each.place])
def test_every_commune_that_a_template_offers_comes_back_certain(kind: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(templates.xlsx(kind, TERRITORY)))
    lists = book["Listes"]
    place = RECORD_KINDS[kind].place
    assert place is not None
    column = next(each for each in lists.iter_cols(values_only=True) if each[0] == place.title)
    offered = [str(text) for text in column[1:] if text]
    assert len(offered) == len(TERRITORY.codes)
    for text in offered:  # one by one: nothing else of the column helps
        assert match_places([text], TERRITORY).matches[text].grade == "certain", text
