"""An indicator says once, in its own entry, where it stands in files and what editions call it; this guard sees what an entry forgets."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from data.catalogue import HERE, CatalogueError, load_catalogue
from data.catalogue.declared import columns
from data.catalogue.editions import works
from data.imports import formats

GOOD = """
[tenants]
name = "Locataires"
unit = "logements"
theme = "Logement"
kind = "count"
sentence = "{value} logements."
columns.insee_logement = "P{yy}_RP_LOC"
editions.insee_logement = "RP {year}"

[tenants_share]
name = "Part des locataires"
unit = "%"
theme = "Logement"
kind = "ratio"
numerator = ["tenants"]
denominator = ["main_dwellings"]
sentence = "{value}"
editions.insee_logement = "RP {year}"
"""


def omissions(directory: Path) -> list[str]:
    """What the entries of `directory` forget: a column that no edition names, a figure that no file brings, a rate left out."""
    catalogue, works_ = load_catalogue(directory), works(directory)
    every = {**catalogue.indicators, **catalogue.waiting}
    known = {each.id: each for each in formats.FORMATS}
    found, brought = (
        [],
        {(work, id_) for each in formats.FORMATS for work in each.works for id_ in each.counts},
    )
    for format_id, declared in columns(directory).items():
        if format_id not in known:
            found += [f"{each.indicator}: no format {format_id}" for each in declared]
            continue
        names: dict[str, str] = {}
        for each in declared:
            if names.setdefault(each.pattern, each.indicator) != each.indicator:
                found.append(f"{each.indicator}: the column of {names[each.pattern]} in {format_id}")
            of = {(work, each.indicator) for work in known[format_id].works}
            if not any(each.indicator in works_[work].vintages for work in known[format_id].works):
                found.append(f"{each.indicator}: no edition of {format_id}")
            brought |= of
    for work in works_.values():
        for id_ in work.vintages:
            if id_ not in every:
                found.append(f"{id_}: not in the catalogue")
            elif every[id_].kind not in ("ratio", "change") and (work.id, id_) not in brought:
                found.append(f"{id_}: no column of {work.id}")
        found += [
            f"{each.id}: no period of its denominator in {work.id}"
            for each in every.values()
            if each.kind in ("ratio", "change")
            and {*each.numerator, *each.denominator} <= set(work.vintages)
            and each.id not in {*work.vintages, *work.no_rate}
        ]
    named = {id_ for work in works_.values() for id_ in work.vintages}
    return found + [
        f"{id_}: no file brings it"
        for id_, each in every.items()
        if each.kind != "network" and id_ not in named
    ]


@pytest.fixture
def entries(tmp_path: Path) -> Path:
    """A copy of the catalogue, to write in."""
    for name in ("indicators.toml", "waiting.toml", "sources.toml", "editions.toml"):
        shutil.copy(HERE / name, tmp_path / name)
    return tmp_path


def _with(directory: Path, text: str) -> Path:
    with (directory / "waiting.toml").open("a", encoding="utf-8") as file:
        file.write(text)
    return directory


def test_no_entry_forgets_anything() -> None:
    assert omissions(HERE) == []


def test_a_whole_entry_of_a_new_indicator_is_all_that_it_takes(entries: Path) -> None:
    assert omissions(_with(entries, GOOD)) == []
    column = next(each for each in columns(entries)["insee_logement"] if each.indicator == "tenants")
    assert (column.meaning, column.weight, column.required) == ("tenants@{year}", 0, False)
    assert works(entries)["insee_logement"].vintage_of("tenants_share", "2022", "2022").label == "RP 2022"
    assert set(load_catalogue(entries).waiting) - set(load_catalogue().waiting) == {
        "tenants",
        "tenants_share",
    }


@pytest.mark.parametrize(
    ("forgotten", "instead", "told"),
    [
        ('columns.insee_logement = "P{yy}_RP_LOC"\n', "", "tenants: no column of insee_logement"),
        ('LOC"\neditions.insee_logement = "RP {year}"', 'LOC"', "tenants: no edition of insee_logement"),
        ('"{value}"\neditions.insee_logement = "RP {year}"', '"{value}"', "tenants_share: no period of its denominator in insee_logement"),
        ("columns.insee_logement", "columns.insee_housing", "tenants: no format insee_housing"),
        ("P{yy}_RP_LOC", "P{yy}_LOG", "tenants: the column of dwellings in insee_logement"),
    ],
)  # fmt: skip
def test_what_an_entry_forgets_is_seen(entries: Path, forgotten: str, instead: str, told: str) -> None:
    assert forgotten in GOOD
    assert told in omissions(_with(entries, GOOD.replace(forgotten, instead)))


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("P{yy}_RP_LOC", "P{yy}_(RP", "P{yy}_(RP"),
        ('"P{yy}_RP_LOC"', '{ title = "P{yy}_RP_LOC" }', "« title » est inconnu"),
        ('"P{yy}_RP_LOC"', "{ weight = 2 }", "« name » manque"),
    ],
)
def test_a_column_that_cannot_be_read_is_refused(
    entries: Path, written: str, instead: str, told: str
) -> None:
    with pytest.raises(CatalogueError, match="tenants") as refusal:
        columns(_with(entries, GOOD.replace(written, instead)))
    assert told in str(refusal.value)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('editions.nobody = "RP {year}"', "« nobody »"),
        ('editions.lovac = { title = "x" }', "champ « title »"),
    ],
)
def test_an_edition_of_nothing_is_refused(entries: Path, written: str, told: str) -> None:
    text = GOOD.replace('editions.insee_logement = "RP {year}"\n\n', f"{written}\n\n")
    with pytest.raises(CatalogueError, match="tenants") as refusal:
        works(_with(entries, text))
    assert told in str(refusal.value)
