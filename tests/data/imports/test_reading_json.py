"""JSON like a table: an array of objects, alone or under one key, or one object a line; the rest is refused with its line."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.imports.model import ImportRefused, Problem, SheetNeeded
from data.imports.reading import json_table, read_bytes

ARRAY = (
    '[\n {"code": "01001", "taux": 1.10, "pop": 12345678901234567890},\n'
    ' {"code": "61013", "taux": null, "pop": 1e3, "ouvert": true}\n]\n'
)
ROWS = [["01001", "1.10", "12345678901234567890", ""], ["61013", "", "1e3", "VRAI"]]


def refused(text: str | bytes, name: str = "f.json") -> Problem:
    """The problem of a text that must be refused."""
    with pytest.raises(ImportRefused) as caught:
        read_bytes(text.encode() if isinstance(text, str) else text, name=name)
    assert not isinstance(caught.value, SheetNeeded)
    return caught.value.problems[0]


def test_an_array_of_objects_is_a_table_and_numbers_stay_as_written() -> None:
    table = read_bytes(ARRAY.encode(), name="f.json")
    assert table.frame.columns.tolist() == ["code", "taux", "pop", "ouvert"]
    assert table.frame.to_numpy().tolist() == ROWS and table.lines.tolist() == [2, 3]
    assert [each.line for each in table.repairs] == [2]  # « ouvert » is absent from the first object
    assert (table.dialect.container, table.dialect.encoding) == ("json", "utf-8")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("packed", [False, True])
def test_an_array_is_read_in_other_encodings_and_packed(encoding: str, packed: bool) -> None:
    raw = ARRAY.encode(encoding)
    table = read_bytes(gzip.compress(raw) if packed else raw, name="f.json.gz" if packed else "f.json")
    assert table.frame.to_numpy().tolist() == ROWS


def test_the_array_under_one_key_is_read_and_what_stands_beside_is_named() -> None:
    text = f'{{"total": 2, "lien": {{"suite": null}},\n"results": {ARRAY}}}'
    table = read_bytes(text.encode(), name="f.json")
    assert table.frame.to_numpy().tolist() == ROWS and table.lines.tolist() == [3, 4]
    assert any("total" in each.what and "lien" in each.what for each in table.repairs)


def test_two_arrays_are_a_choice() -> None:
    raw = b'{"a": [{"code": "61013"}], "b": [{"code": "61026"}, {"code": "61051"}]}'
    with pytest.raises(SheetNeeded) as caught:
        read_bytes(raw, name="f.json")
    assert caught.value.sheets == ("a", "b") or caught.value.sheets == ["a", "b"]
    assert caught.value.excerpts["b"][1] == ("61026",)
    table = read_bytes(raw, name="f.json", sheet="b")
    assert table.frame["code"].tolist() == ["61026", "61051"] and any(
        "« a »".replace(" ", "\u00a0") in r.what for r in table.repairs
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_one_object_a_line_is_a_table(end: str) -> None:
    lines = ['{"name": "Aunay", "n": 1.50}', '{"name": "Bures", "n": -0}', '{"name": "Essay", "n": null}']
    table = read_bytes((end.join(lines) + end).encode(), name="f.ndjson")
    assert table.frame.to_numpy().tolist() == [["Aunay", "1.50"], ["Bures", "-0"], ["Essay", ""]]
    step = 2 if end == "\n\n" else 1
    assert table.lines.tolist() == [1, 1 + step, 1 + 2 * step] and table.repairs == ()


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ('[{"a": 1},\n{"a": {"b": 2}}]', "json-nested", 2),
        ('{"a": 1, "b": 2}\n{"a": [1], "b": 2}\n', "json-nested", 2),
        ('[{"a": 1},\n{"a": 1, "a": 2}]', "json-twice", 2),
        ('{"r": [{"a": 1}], "r": [{"a": 2}]}', "json-twice", 1),
        ('[{"a": 1},\n{"a": 2', "json-broken", 2),
        ('[{"a": 1}\n{"a": 2}]', "json-broken", 2),
        ('[{"a": 1}] x', "json-broken", 1),
        ('{"a": 1}\n{"a": 2} {"a": 3}\n', "json-broken", 2),
        ('[{"a": 1},\n{"a": NaN}]', "json-broken", 2),
        ('[{"a": 1},\n3]', "not-a-table", 2),
        ("[[1, 2], [3, 4]]", "not-a-table", 1),
        ('{"a": 1, "b": [1, 2]}', "not-a-table", None),
        ("[]", "no-rows", None),
        ("[{}]", "no-rows", None),
        ('[{"a": "ok"},\n{"a": "\\ud83d"}]', "json-broken", 2),
    ],
)  # fmt: skip
def test_what_no_table_can_hold_is_refused_with_its_line(text: str, code: str, line: int | None) -> None:
    problem = refused(text)
    assert (problem.code, problem.line) == (code, line)
    if code == "json-nested":
        assert "[1].a" in problem.title


def test_depth_and_size_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert refused(f'{{"a": {deep}, "r": [{{"b": 1}}]}}').code == "json-broken"
    wide = json.dumps([{f"k{i}": 1 for i in range(1_500)}, {f"x{i}": 1 for i in range(1_500)}])
    assert refused(wide).code == "too-many-columns"
    monkeypatch.setattr(json_table, "MAX_JSON", 10)
    assert refused(ARRAY).code == "too-big"


def test_a_csv_that_begins_with_a_brace_is_still_a_csv() -> None:
    table = read_bytes(b"{a};b\n61013;1\n61026;2\n61051;3\n", name="f.csv")
    assert table.dialect.container == "csv" and len(table.frame) == 3


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8"), max_size=8),
)  # fmt: skip


@given(
    cells=st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=2, max_size=6),
    indent=st.sampled_from([None, 1]),
    ascii_only=st.booleans(),
    shape=st.sampled_from(["array", "key", "lines"]),
)
def test_any_flat_array_is_exact(
    cells: list[tuple[Any, ...]], indent: int | None, ascii_only: bool, shape: str
) -> None:
    rows = [dict(zip(("code", "é n", "x"), each, strict=True)) for each in cells]
    if shape == "lines":
        text = "\n".join(json.dumps(row, ensure_ascii=ascii_only) for row in rows) + "\n"
    else:
        text = json.dumps({"r": rows} if shape == "key" else rows, indent=indent, ensure_ascii=ascii_only)
    try:
        table = read_bytes(text.encode(), name="f.json")
    except ImportRefused as error:
        code = error.problems[0].code
    else:
        wanted = [[as_text(value) for value in each] for each in cells]
        assert table.repairs or table.frame.to_numpy().tolist() == wanted
        return
    # Accents that several encodings explain are asked; a table of empty cells is none.
    assert code in ("encoding-ambiguous", "no-rows")


def as_text(value: Any) -> str:
    """A value as a cell."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "VRAI", False: "FAUX"}[value]
    return value if isinstance(value, str) else json.dumps(value)
