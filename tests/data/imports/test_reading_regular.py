"""The proof that bytes are regular does not depend on where they are cut, and agrees with the careful way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.imports.reading import regular
from data.imports.reading.records import Malformed, Marks, records

MARKS = Marks(";", '"')
pieces = st.lists(
    st.sampled_from(
        ["a", "é", ";", '"', '""', "\n", "\r\n", '";"', '"\n', '\n"', '"a;b"', '"a\nb"', "a;b\n"]
    ),
    max_size=40,
)


@given(pieces)
def test_quotes_proved_by_slices_are_those_proved_at_once(parts: list[str]) -> None:
    data = "".join(parts).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regular, "SLICE", 10**6)
        whole = regular.well_quoted(data, ord(";"), ord('"'))
        for size in (1, 3, 8):
            patch.setattr(regular, "SLICE", size)
            assert regular.well_quoted(data, ord(";"), ord('"')) == whole


@given(st.lists(st.tuples(pieces, pieces), max_size=8), st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_is_proved_regular_is_read_as_the_careful_way_reads_it(
    rows: list[tuple[list[str], list[str]]], end: str
) -> None:
    data = "".join("".join(left) + ";" + "".join(right) + end for left, right in rows).encode()
    found = regular.columns(data, MARKS, 2, threads=False)
    if found is None:
        return
    careful = list(records(data, MARKS, 1))
    assert [line for line, _ in careful] == list(range(1, len(found[0]) + 1))
    cells = [tuple(row) for row in zip(*(column.to_pylist() for column in found), strict=True)]
    assert cells == [tuple(each) for _, each in careful]


@pytest.mark.parametrize("blank", ["\n\n", "\r\n\r\n", "\n\r", "\r\r"])
def test_an_empty_line_is_never_a_row(blank: str) -> None:
    data = f"a;b{blank}c;d\n".encode()
    assert regular.columns(data, MARKS, 2) is None
    assert regular.columns(b"a;b\nc;d\n", MARKS, 2) is not None


def test_a_line_longer_than_a_slice_is_proved_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regular, "SLICE", 8)
    data = ('"' + "x" * 50 + '";b\n' + 'c;"d"\n').encode()
    found = regular.columns(data, MARKS, 2)
    assert found is not None and [each.to_pylist() for each in found] == [["x" * 50, "c"], ["b", "d"]]
    assert regular.columns(data.replace(b'c;"d"', b'c;"d"e'), MARKS, 2) is None


def test_a_quote_that_never_closes_is_no_proof() -> None:
    assert regular.columns(b'a;b\nc;"d\n', MARKS, 2) is None
    with pytest.raises(Malformed):
        list(records(b'a;b\nc;"d\n', MARKS, 1))
