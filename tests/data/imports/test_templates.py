"""Templates say what the import reads, and reading them back gives nothing but the examples, set aside."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from data.catalogue import load_catalogue
from data.imports import formats, templates
from data.imports.kinds import RECORD_KINDS
from data.imports.model import Choices, Dialect, Recognition, Table
from data.imports.reading import read_table
from data.territory import load_territory

TERRITORY = load_territory()


def table_of(rows: list[list[str]]) -> Table:
    frame = pd.DataFrame(rows[1:], columns=rows[0], dtype="str")
    return Table(frame, Dialect("csv"), (), np.arange(2, len(rows) + 1, dtype=np.int64))


def csv_rows(kind: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(templates.csv(kind).decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_a_csv_template_is_recognised_and_its_examples_are_set_aside(kind: str) -> None:
    table = table_of(csv_rows(kind))
    best = formats.recognise(table, TERRITORY)[0]
    assert (best.format, best.kind, best.score) == (kind, kind, 1.0)
    result = formats.parse(table, best, Choices(), load_catalogue(), TERRITORY)
    assert (len(result.rows), result.problems) == (0, ())
    assert result.set_aside == {"lignes d'exemple du modèle": 2}


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_the_examples_without_their_mark_are_good_records(kind: str) -> None:
    rows = [[cell.replace("EXEMPLE", "Vrai") for cell in row] for row in csv_rows(kind)]
    table = table_of(rows)
    result = formats.parse(
        table, formats.recognise(table, TERRITORY)[0], Choices(), load_catalogue(), TERRITORY
    )
    assert (len(result.rows), result.problems) == (2, ())
    assert list(result.rows["line"]) == [2, 3]
    place = RECORD_KINDS[kind].place
    if place is not None:
        assert result.rows["place"][0] == TERRITORY.names[0] and result.place_column.startswith(place.title)


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_a_workbook_filled_in_is_read_back_without_a_question(kind: str, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(templates.xlsx(kind)))
    sheet = book.worksheets[0]
    for cell in sheet[3]:  # the second example becomes a true record
        if isinstance(cell.value, str):
            cell.value = cell.value.replace("EXEMPLE", "Vrai")
    path = tmp_path / "rempli.xlsx"
    book.save(path)
    table = read_table(path)
    best = formats.recognise(table, TERRITORY)[0]
    result = formats.parse(table, best, Choices(), load_catalogue(), TERRITORY)
    assert (best.format, result.problems, len(result.rows)) == (kind, (), 1)
    assert result.rows["line"].tolist() == [3] and result.set_aside == {"lignes d'exemple du modèle": 1}
    days = [field.name for field in RECORD_KINDS[kind].fields if field.type == "day" and field.required]
    assert all(isinstance(result.rows[name][0], dt.date) for name in days)


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_the_workbook_has_lists_explanations_and_real_days(kind: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(templates.xlsx(kind)))
    table, explained, lists = (book[name] for name in book.sheetnames)
    assert [cell.value for cell in table[1]] == csv_rows(kind)[0]
    declared = RECORD_KINDS[kind]
    listed = [f for f in declared.fields if f.type in ("choice", "yes_no", "commune")]
    assert len(table.data_validations.dataValidation) == len(listed)
    for column, field in enumerate(listed, start=1):
        values = [cell.value for cell in lists[openpyxl.utils.get_column_letter(column)] if cell.value]
        assert values[0] == field.title
        if field.type == "commune":
            assert tuple(text.removesuffix(" (61)") for text in values[1:]) == TERRITORY.names
    titles = [row[0].value for row in explained.iter_rows()]
    assert [f.title for f in declared.fields] == titles[-len(declared.fields) :]
    days = [n for n, f in enumerate(declared.fields) if f.type == "day"]
    assert all(isinstance(table[2][n].value, dt.datetime | None) for n in days)


def test_a_template_made_twice_is_the_same() -> None:
    assert templates.csv("members") == templates.csv("members")
    first, second = (openpyxl.load_workbook(io.BytesIO(templates.xlsx("members"))) for _ in "ab")
    assert first.properties.created == second.properties.created


def test_the_table_schema_follows_the_template() -> None:
    for kind, declared in RECORD_KINDS.items():
        found = templates.schema(kind)
        assert [field["name"] for field in found["fields"]] == csv_rows(kind)[0]
        required = {f["title"] for f in found["fields"] if f.get("constraints", {}).get("required")}
        assert required == {f.title for f in declared.fields if f.required}
        assert set(found["primaryKey"]) <= {f["name"] for f in found["fields"]}


def test_the_sample_is_a_published_file_with_true_figures() -> None:
    name, content = templates.sample()
    assert name.endswith(".csv")
    rows = list(csv.reader(io.StringIO(content.decode("latin-1")), delimiter=";"))
    table = table_of(rows)
    best = formats.recognise(table, TERRITORY)[0]
    assert best.edition == "LOVAC 2025"
    result = formats.parse(table, best, Choices(), load_catalogue(), TERRITORY)
    vacant = result.cells[
        (result.cells["indicator"] == "lovac_vacant") & (result.cells["status"] == "observed")
    ]
    assert (vacant["value"].sum(), len(vacant)) == (306, 14)
    assert result.new == ()  # the shipped edition: nothing new to record


def test_a_wrong_number_of_a_record_is_not_advised_on_statistical_secrecy() -> None:
    kind = formats.by_id("listings")
    table = table_of([["Référence de l'annonce *", "Loyer (€ par mois)"], ["A1", "cher"]])
    recognition = Recognition(
        kind.id,
        kind.name,
        kind.kind,
        "",
        1.0,
        "",
        {"Référence de l'annonce *": "reference", "Loyer (€ par mois)": "rent"},
    )
    found = formats.parse(table, recognition, Choices(), load_catalogue(), load_territory())
    (wrong,) = [each for each in found.problems if each.code == "not_a_number"]
    assert wrong.advice == "Écrivez un nombre, par exemple 620, ou rien." and wrong.line == 2
