"""A row that reading sets aside goes through the whole chain as an error: nothing is published until the person leaves it out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.catalogue import load_catalogue
from data.imports import pipeline, templates
from data.imports.model import Choices, Draft
from data.imports.reading import read_bytes
from data.opening import House, open_house
from tests.data.stores import demonstration_home

TODAY = dt.date(2026, 5, 12)
_, SAMPLE = templates.sample()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = open_house(TODAY, demonstration_home(tmp_path_factory.mktemp("home")))
    yield opened
    opened.store.close()


def made(house: House, path: Path, good_rows_only: bool = False) -> Draft:
    return pipeline.prepare(
        path,
        name=path.name,
        choices=Choices(good_rows_only=good_rows_only),
        house=house,
        catalogue=load_catalogue(),
        today=TODAY,
    )


def test_a_row_set_aside_is_an_error_of_the_draft_and_the_others_go_on(house: House, tmp_path: Path) -> None:
    lines = SAMPLE.splitlines(keepends=True)
    row = lines[3].rstrip(b"\r\n")
    lines[3] = row.replace(b";", b";x;y;", 1) + b"\n"
    path = tmp_path / "lovac.csv"
    path.write_bytes(b"".join(lines))
    draft = made(house, path)
    assert [(each.code, each.line) for each in draft.errors] == [("row-long", 4)]
    assert draft.diff is None
    kept = made(house, path, good_rows_only=True)
    assert kept.diff is not None and kept.cells is not None
    assert 4 not in set(kept.cells["line"]) and {3, 5} <= set(kept.cells["line"])


def test_a_mark_of_a_missing_value_joined_to_the_next_cell_is_never_taken_for_one_cell() -> None:
    row = "Bures;12,5;2024-03-01;Bures"
    raw = "\n".join(["a;b;c;d", row, "Bures;nd2024-03-01;Bures", row, row]).encode() + b"\n"
    table = read_bytes(raw)
    assert [each.line for each in table.problems] == [3]
    assert table.frame.to_numpy().tolist() == [row.split(";")] * 3
