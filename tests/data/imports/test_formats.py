"""Every format recognises its own examples and nothing else's, and reads from them exactly what it says."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from data.catalogue import load_catalogue
from data.catalogue.editions import works
from data.imports import formats
from data.imports.formats.base import Example, Format
from data.imports.model import Choices, Dialect, Parsed, Recognition, Table
from data.territory import load_territory

CATALOGUE = load_catalogue()
TERRITORY = load_territory()
EXAMPLES = [
    pytest.param(format_, example, id=f"{format_.id}-{number}")
    for format_ in formats.FORMATS
    for number, example in enumerate(format_.examples)
]
COUNTER_EXAMPLES = [
    pytest.param(format_, columns, id=f"{format_.id}-{number}")
    for format_ in formats.FORMATS
    for number, columns in enumerate(format_.counter_examples)
]


def table_of(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...] = (), name: str = "") -> Table:
    """A table as reading gives it: text cells, header on line 1."""
    frame = pd.DataFrame(list(rows), columns=list(columns), dtype="str")
    return Table(frame, Dialect("csv"), (), np.arange(2, len(rows) + 2, dtype=np.int64), name=name)


def parsed(table: Table, choices: Choices | None = None) -> tuple[Recognition, Parsed]:
    """The best recognition of `table` and what it parses to."""
    best = formats.recognise(table, TERRITORY)[0]
    return best, formats.parse(table, best, choices or Choices(), CATALOGUE, TERRITORY)


@pytest.mark.parametrize(("format_", "example"), EXAMPLES)
def test_a_format_reads_its_own_example(format_: Format, example: Example) -> None:
    best, result = parsed(table_of(example.columns, example.rows, example.name))
    assert (best.format, best.edition) == (format_.id, example.edition)
    assert tuple(each.code for each in result.problems) == example.problems
    found = {
        (f"{cell.indicator}@{cell.period}", cell.place): cell.value
        if cell.status == "observed"
        else cell.status
        for cell in result.cells.itertuples()
    }
    for meaning, place, value in example.cells:
        assert found[meaning, place] == value
    hidden = result.cells[result.cells["status"] != "observed"]["value"]
    assert all(math.isnan(value) for value in hidden)


@pytest.mark.parametrize(("format_", "columns"), COUNTER_EXAMPLES)
def test_a_format_leaves_what_only_looks_like_it(format_: Format, columns: tuple[str, ...]) -> None:
    assert format_.id not in [each.format for each in formats.recognise(table_of(columns), TERRITORY)]


def test_every_format_carries_both_sides() -> None:
    assert [each.id for each in formats.FORMATS if not each.examples or not each.counter_examples] == []


def test_every_work_is_brought_by_a_format() -> None:
    """What each of its figures declares is held by `tests/data/test_declared.py`."""
    assert {id_ for format_ in formats.FORMATS for id_ in format_.works} == set(works())


@pytest.mark.parametrize(("format_", "example"), EXAMPLES)
def test_only_published_formats_are_asked_where_that_is_wanted(format_: Format, example: Example) -> None:
    table = table_of(example.columns, example.rows, example.name)
    wanted = [
        each for each in formats.recognise(table, TERRITORY) if formats.by_id(each.format).guess is None
    ]
    assert list(formats.recognise(table, TERRITORY, published=True)) == wanted
