"""Numbers and days are read exactly, or are a problem with its line: never guessed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.imports.dates import read_days
from data.imports.numbers import Numbers, read_numbers
from data.imports.reading import read_table


def numbers(*cells: str, **options: object) -> Numbers:
    lines = np.arange(2, len(cells) + 2, dtype=np.int64)
    return read_numbers(pd.Series(cells, dtype="str"), lines, "c", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("0", "12", "-3"), (0, 12, -3)),
        (("119.038918311667", "86.517", "185"), (119.038918311667, 86.517, 185)),
        (("50,0", "1,234", "7"), (50, 1.234, 7)),
        (("1 234", "1\u202f234\u202f567", "1\u00a0234,5"), (1234, 1234567, 1234.5)),
        (("1.234,5", "1.234", "7,25"), (1234.5, 1234, 7.25)),
        (("1,234.5", "12,345,678", "7.25"), (1234.5, 12345678, 7.25)),
        (("−3,5", "+2,0"), (-3.5, 2)),
        (("1.5e-05", "2.5"), (0.000015, 2.5)),
        (("0,125", "0,5"), (0.125, 0.5)),
    ],
)
def test_the_column_decides_what_its_marks_mean(cells: tuple[str, ...], values: tuple[float, ...]) -> None:
    found = numbers(*cells)
    assert found.problems == ()
    assert found.values.tolist() == list(values)


def test_a_column_that_cannot_tell_is_a_problem_unless_its_publisher_is_known() -> None:
    found = numbers("1.234", "7")
    assert [(each.line, each.value) for each in found.problems] == [(2, "1.234")]
    assert "deux façons" in found.problems[0].title and "1\u202f234" in found.problems[0].advice
    assert numbers("1.234", "7", decimal=".").values.tolist() == [1.234, 7]
    assert numbers("1,234", "7", decimal=",").values.tolist() == [1.234, 7]


@pytest.mark.parametrize("cell", ["<5", "< 11", "≤ 5", "moins de 11"])
def test_a_cell_that_only_says_small_is_told_how_to_be_written(cell: str) -> None:
    found = numbers("12", cell)
    assert [(each.line, each.value) for each in found.problems] == [(3, cell)]
    assert "petit" in found.problems[0].title and found.problems[0].advice.startswith("Écrivez s")


def test_a_contradiction_names_the_cells_of_the_minority() -> None:
    found = numbers("7973.37", "12.5", "50,0", "3")
    assert [(each.line, each.column, each.value) for each in found.problems] == [(4, "c", "50,0")]
    assert "une virgule" in found.problems[0].title and "un point" in found.problems[0].title
    assert np.isnan(found.values[2]) and found.values[0] == 7973.37


@pytest.mark.parametrize(
    "cell",
    ["douze", "12 34", "1,2,3", "=1+1", "inf", "NaN", "0x1A", "1_000", "12 %", "１２", "12abc", "9e999"],
)
def test_what_is_no_number_is_a_problem_with_line_column_and_value(cell: str) -> None:
    found = numbers("1", cell)
    assert [(p.line, p.column, p.value, p.severity) for p in found.problems] == [(3, "c", cell, "error")]
    assert "1\u202f234,5" in found.problems[0].advice


def test_suppressed_and_missing_are_told_apart_by_the_format() -> None:
    found = numbers("s", "S ", "nd", "", "12", suppressed=["s"], missing=["ND"])
    assert found.statuses.tolist() == ["suppressed", "suppressed", "missing", "missing", "observed"]
    assert found.problems == () and np.isnan(found.values[:4]).all()
    assert len(numbers("s", "12").problems) == 1  # a format that does not know `s` says so


def test_a_percent_sign_belongs_to_shares_only() -> None:
    assert numbers("12,5 %", "3\u202f%", percent=True).values.tolist() == [12.5, 3]
    assert len(numbers("12,5 %").problems) == 1


KEPT_BY = [pd.StringDtype(storage, na_value=np.nan) for storage in ("python", "pyarrow")]


def test_text_is_pythons_but_for_that_of_a_file(tmp_path: Path) -> None:
    assert pd.Series(["a"]).dtype == KEPT_BY[0]
    file = tmp_path / "f.csv"
    file.write_text("commune;libelle\n61258;La Perrière\n61156;Essay\n", encoding="utf-8")
    assert list(read_table(file).frame.dtypes) == [KEPT_BY[1]] * 2


@pytest.mark.parametrize("cells", [("12", "1\u202f234"), ("1,5", "s", "", " 2 "), ("1.5", "1,5", "x")])
def test_either_way_of_keeping_text_reads_the_same(cells: tuple[str, ...]) -> None:
    lines = np.arange(2, 2 + len(cells), dtype=np.int64)
    python, arrow = (
        read_numbers(pd.Series(cells, dtype=kept), lines, "valeur", suppressed=("s",)) for kept in KEPT_BY
    )
    np.testing.assert_array_equal(arrow.values, python.values)
    np.testing.assert_array_equal(arrow.statuses, python.statuses)
    assert arrow.problems == python.problems


def test_a_wrong_column_does_not_drown_the_reader() -> None:
    found = numbers(*["x"] * 500)
    assert len(found.problems) == 101 and found.problems[-1].title.startswith("400 autres")


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("31/12/2025", dt.date(2025, 12, 31)),
        ("1/2/2025", dt.date(2025, 2, 1)),
        ("2025-12-31", dt.date(2025, 12, 31)),
        ("2025-12-31 00:00:00", dt.date(2025, 12, 31)),
        ("31-12-25", dt.date(2025, 12, 31)),
        ("31.12.1998", dt.date(1998, 12, 31)),
        ("01/06/85", dt.date(1985, 6, 1)),
        ("46022", dt.date(2025, 12, 31)),
        ("46022.0", dt.date(2025, 12, 31)),
    ],
)
def test_days_are_read_the_french_way(cell: str, day: dt.date) -> None:
    found = read_days(pd.Series([cell]), np.array([2]), "c")
    assert (found.values[0], found.problems) == (day, ())


@pytest.mark.parametrize(
    "cell", ["31/02/2025", "2025", "2025-12", "demain", "61170", "12/31/2025", "0/1/2025"]
)
def test_what_is_no_day_is_a_problem(cell: str) -> None:
    found = read_days(pd.Series(["", cell]), np.array([2, 3]), "c")
    assert found.values.tolist() == [None, None]
    assert [(p.line, p.column, p.value) for p in found.problems] == [(3, "c", cell)]
    assert "31/12/2025" in found.problems[0].advice


def test_one_american_day_makes_its_column_ambiguous() -> None:
    found = read_days(
        pd.Series(["12/31/2025", "05/06/2025", "07/07/2025", "2025-01-02"]), np.arange(2, 6), "c"
    )
    assert [(p.line, p.code) for p in found.problems] == [(2, "not_a_day"), (3, "ambiguous_day")]
    assert found.values.tolist() == [None, None, dt.date(2025, 7, 7), dt.date(2025, 1, 2)]


STYLES = st.sampled_from(
    [(",", ""), (",", " "), (",", "\u202f"), (",", "\u00a0"), (".", ""), (".", ","), (",", ".")]
)
DECIMALS = st.decimals(
    min_value=-10_000_000, max_value=10_000_000, places=4, allow_nan=False, allow_infinity=False
)


@given(st.lists(st.tuples(DECIMALS, st.integers(0, 4)), min_size=1, max_size=8), STYLES)
def test_a_column_in_one_style_is_read_exactly_or_not_at_all(
    values: list[tuple[Decimal, int]], style: tuple[str, str]
) -> None:
    """Whatever the marks, the decimals of each cell and the company it keeps: exact, or a problem with its line; never silently wrong."""
    decimal, thousands = style
    wanted = [value.quantize(Decimal(1).scaleb(-places)) for value, places in values]
    cells = [
        f"{value:,f}".replace(",", "T").replace(".", decimal).replace("T", thousands) for value in wanted
    ]
    found = numbers(*cells)
    refused = {each.line for each in found.problems}
    for line, (value, text) in enumerate(zip(wanted, cells, strict=True), start=2):
        if line not in refused:
            assert found.values[line - 2] == float(value), text
