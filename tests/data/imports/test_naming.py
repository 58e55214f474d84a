"""Any indicator: a column of numbers becomes an entry of the catalogue in the analyst's words, or the wrong field is named."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from analysis.answers import FigureSet, answer
from data.catalogue import load_catalogue
from data.imports import formats
from data.imports.checks import check
from data.imports.model import Choices, ImportRefused, NewIndicator, NewVintage
from data.imports.naming import LONGEST_ID, Named, Publication, Rate, name_columns
from data.territory import load_territory
from tests.data.imports.test_formats import table_of

CATALOGUE = load_catalogue()
TERRITORY = load_territory()
SCHOOLS = Publication("Académie de Normandie", "Carte scolaire", "Licence Ouverte 2.0")
TABLE = table_of(
    ("Commune", "Code", "Écoles", "Classes", "Remarque"),
    (("Essay", "61156", "1", "3", "RPI"), ("Le Mêle-sur-Sarthe", "61258", "2", "9", ""), ("Vidai", "61502", "nd", "s", "")),
)  # fmt: skip
COLUMNS = [
    Named("Écoles", "Écoles primaires", "écoles", "2025"),
    Named("Classes", "Classes", "classes", "2025"),
]


def recorded(new: tuple[NewIndicator | NewVintage, ...]) -> tuple[dict, dict, list]:
    """Entries as the store would give them back to `load_catalogue`."""
    sources = {
        each.source.id: {k: v for k, v in dataclasses.asdict(each.source).items() if k != "id"}
        for each in new
    }
    indicators = {
        each.indicator.id: {k: v for k, v in dataclasses.asdict(each.indicator).items() if k != "id"}
        for each in new
        if isinstance(each, NewIndicator)
    }
    vintages = [
        {"indicator": each.indicator, **dataclasses.asdict(each.vintage)}
        for each in new
        if isinstance(each, NewVintage)
    ]
    return sources, indicators, vintages


def test_the_columns_are_guessed_from_their_cells() -> None:
    best = formats.recognise(TABLE, TERRITORY)[0]
    assert best.format == "indicator"
    assert dict(best.columns) == {
        "Commune": "commune_name", "Code": "commune", "Écoles": "number", "Classes": "number", "Remarque": "ignore",
    }  # fmt: skip


def test_named_columns_become_cells_and_entries_that_answer() -> None:
    rate = Rate("Classes par école", "classes par école", "Classes", "Écoles", scale=1.0)
    naming = name_columns(COLUMNS, SCHOOLS, CATALOGUE, [rate])
    best = formats.recognise(TABLE, TERRITORY)[0]
    parsed = formats.parse(TABLE, best, Choices(columns=naming.columns, new=naming.new), CATALOGUE, TERRITORY)
    assert parsed.problems == () and (parsed.place_column, parsed.how_places) == ("Code", "codes")
    sources, indicators, vintages = recorded(parsed.new)
    catalogue = load_catalogue(sources=sources, indicators=indicators, vintages=vintages)
    cells = parsed.cells.rename(columns={"place": "commune"})
    figures = FigureSet(cells, TERRITORY.name_of)
    schools = answer(catalogue["a_ecoles_primaires"], figures, catalogue.indicators)
    assert (schools.total.value, schools.total.covered, schools.vintage.label) == (3, 2, "2025")
    assert schools.sentence.startswith("Au moins 3 écoles")
    share = answer(catalogue["a_classes_par_ecole"], figures, catalogue.indicators)
    values = share.cells.set_index("commune")["value"]
    assert values["61258"] == 4.5 and share.cells.set_index("commune")["status"]["61502"] == "suppressed"
    assert catalogue.source(catalogue["a_classes"]).citation == "Académie de Normandie, Carte scolaire (2025)"


def test_the_same_name_again_brings_a_vintage() -> None:
    first = name_columns(COLUMNS[:1], SCHOOLS, CATALOGUE)
    sources, indicators, _ = recorded(first.new)
    catalogue = load_catalogue(sources=sources, indicators=indicators)
    again = name_columns([Named("Nombre", "écoles PRIMAIRES", "écoles", "2026")], SCHOOLS, catalogue)
    assert [type(each) for each in again.new] == [NewVintage] and again.columns == {
        "Nombre": "a_ecoles_primaires@2026"
    }


def test_a_name_that_says_something_else_already_is_refused() -> None:
    """A second unit under one name would show buildings among schools; a name of the catalogue would stand twice in its list."""
    rate = Rate("Classes par école", "classes", "Classes", "Écoles", scale=1)
    sources, indicators, vintages = recorded(name_columns(COLUMNS, SCHOOLS, CATALOGUE, [rate]).new)
    catalogue = load_catalogue(sources=sources, indicators=indicators, vintages=vintages)
    for wrong, field in (
        (Named("n", "Écoles primaires", "bâtiments", "2026"), "unit"),
        (Named("n", "Écoles primaires", "écoles", "2026", "published"), "unit"),
        (Named("n", CATALOGUE["dwellings"].name.upper(), "logements", "2026"), "name"),
    ):
        with pytest.raises(ImportRefused, match="déjà") as refusal:
            name_columns([wrong], SCHOOLS, catalogue)
        assert [each.column for each in refusal.value.problems] == [field]
    turned = Rate(rate.name, rate.unit, rate.denominator, rate.numerator, scale=1)
    with pytest.raises(ImportRefused, match="calculé autrement"):
        name_columns(COLUMNS, SCHOOLS, catalogue, [turned])


def test_what_the_catalogue_says_already_is_nothing_new() -> None:
    """The same file named the same way again must change nothing."""
    rate = Rate("Classes par école", "classes", "Classes", "Écoles", scale=1)
    first = name_columns(COLUMNS, SCHOOLS, CATALOGUE, [rate])
    sources, indicators, vintages = recorded(first.new)
    catalogue = load_catalogue(sources=sources, indicators=indicators, vintages=vintages)
    best = formats.recognise(TABLE, TERRITORY)[0]
    for naming in (first, name_columns(COLUMNS, SCHOOLS, catalogue, [rate])):
        choices = Choices(columns=naming.columns, new=naming.new)
        parsed = formats.parse(TABLE, best, choices, catalogue, TERRITORY)
        assert (parsed.new, parsed.problems, len(parsed.cells)) == ((), (), 6)
    later = name_columns([dataclasses.replace(COLUMNS[0], period="2026")], SCHOOLS, catalogue)
    parsed = formats.parse(TABLE, best, Choices(columns=later.columns, new=later.new), catalogue, TERRITORY)
    assert len(parsed.new) == 1


def test_two_long_names_are_two_indicators() -> None:
    long = "Nombre d'écoles primaires publiques en milieu rural"
    naming = name_columns(
        [Named("a", f"{long} dispersé", "écoles", "2025"), Named("b", f"{long} regroupé", "écoles", "2025")], SCHOOLS, CATALOGUE
    )  # fmt: skip
    ids = [meaning.partition("@")[0] for meaning in naming.columns.values()]
    assert len(set(ids)) == 2 and all(len(each) <= LONGEST_ID for each in ids)


def test_a_balance_may_be_negative_and_a_count_may_not() -> None:
    table = table_of(("code", "n"), (("61156", "-12"), ("61258", "15")))
    recognition = formats.recognise(table, TERRITORY)[0]
    for kind, wrong in (("change", []), ("published", [2]), ("count", [2])):
        naming = name_columns([Named("n", "Solde", "habitants", "2025", kind)], SCHOOLS, CATALOGUE)  # type: ignore[arg-type]
        choices = Choices(columns=naming.columns, new=naming.new)
        parsed = formats.parse(table, recognition, choices, CATALOGUE, TERRITORY)
        placed = parsed.cells.assign(commune=parsed.cells["place"])
        problems = check(
            parsed, placed, CATALOGUE, placed.head(0), territory=TERRITORY, today=dt.date(2026, 11, 25)
        )
        assert [each.line for each in problems if each.code == "out_of_range"] == wrong


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": " "}, "name"), ({"unit": ""}, "unit"), ({"period": "mai 2025"}, "period"), ({"period": "2025-06-31"}, "period")],
)  # fmt: skip
def test_a_wrong_field_is_named_with_an_example(change: dict[str, str], field: str) -> None:
    wrong = Named(**{"column": "Écoles", "name": "Écoles", "unit": "écoles", "period": "2025", **change})  # type: ignore[arg-type]
    with pytest.raises(ImportRefused) as refusal:
        name_columns([wrong], SCHOOLS, CATALOGUE)
    assert [each.column for each in refusal.value.problems] == [field] and refusal.value.problems[0].advice


def test_a_publication_needs_its_producer_and_a_rate_two_counts() -> None:
    with pytest.raises(ImportRefused) as refusal:
        name_columns(COLUMNS, Publication("", "x", "y", url="javascript:alert(1)"), CATALOGUE)
    assert [each.column for each in refusal.value.problems] == ["producer", "url"]
    with pytest.raises(ImportRefused) as refusal:
        name_columns(COLUMNS, SCHOOLS, CATALOGUE, [Rate("x", "%", "Écoles", "median_income")])
    assert refusal.value.problems[0].column == "denominator"


def test_braces_in_the_analysts_words_stay_words() -> None:
    naming = name_columns(
        [Named("Écoles", "Écoles {{1/0}}", "{value} écoles {0}", "2025")], SCHOOLS, CATALOGUE
    )
    sources, indicators, _ = recorded(naming.new)
    catalogue = load_catalogue(sources=sources, indicators=indicators)
    best = formats.recognise(TABLE, TERRITORY)[0]
    parsed = formats.parse(TABLE, best, Choices(columns=naming.columns, new=naming.new), CATALOGUE, TERRITORY)
    figures = FigureSet(parsed.cells.rename(columns={"place": "commune"}), TERRITORY.name_of)
    assert "{value} écoles {0}" in answer(catalogue["a_ecoles_1_0"], figures, catalogue.indicators).sentence


def test_braces_in_a_name_are_said_when_there_is_only_one() -> None:
    table = table_of(("Code", "n"), (("61156", "1"), ("61258", "0")))
    naming = name_columns([Named("n", "Écoles {0} {x}", "{y}", "2025")], SCHOOLS, CATALOGUE)
    sources, indicators, _ = recorded(naming.new)
    catalogue = load_catalogue(sources=sources, indicators=indicators)
    best = formats.recognise(table, TERRITORY)[0]
    parsed = formats.parse(table, best, Choices(columns=naming.columns, new=naming.new), CATALOGUE, TERRITORY)
    figures = FigureSet(parsed.cells.rename(columns={"place": "commune"}), TERRITORY.name_of)
    assert "Écoles {0} {x}" in answer(catalogue["a_ecoles_0_x"], figures, catalogue.indicators).sentence


def test_a_column_of_an_undeclared_vintage_gives_no_cell() -> None:
    """Naming a known indicator without its source: refused with the column, never computed."""
    best = formats.recognise(TABLE, TERRITORY)[0]
    parsed = formats.parse(TABLE, best, Choices(columns={"Écoles": "dwellings@2023"}), CATALOGUE, TERRITORY)
    assert [(each.code, each.column) for each in parsed.problems] == [("undeclared_vintage", "Écoles")]
    assert parsed.cells.empty


@pytest.mark.parametrize(("unit", "kind", "wrong"), [("écoles", "count", [2]), ("%", "published", [])])
def test_a_percentage_is_no_number_of_schools(unit: str, kind: str, wrong: list[int]) -> None:
    """« 12 % » in a column of counts is a rate that strayed: 12 schools would be wrong without a word."""
    column = Named("n", "Essai", unit, "2025", kind)  # type: ignore[arg-type]
    naming = name_columns(
        [column], Publication("Préfecture", "Écoles", "Licence Ouverte 2.0"), load_catalogue()
    )
    table = table_of(("code", "n"), (("61156", "12 %"), ("61258", "15")))
    recognition = formats.recognise(table, load_territory())[0]
    choices = Choices(kind="indicator", columns=naming.columns, new=naming.new)
    found = formats.parse(table, recognition, choices, load_catalogue(), load_territory())
    assert [each.line for each in found.problems if each.code == "not_a_number"] == wrong
