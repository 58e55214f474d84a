"""Blocks read like the whole: the same rows, lines, repairs and refusals, a part at a time."""

from __future__ import annotations

import gzip
import itertools
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from data.imports.model import ImportRefused, ReadingNeeded, Table
from data.imports.reading import blocks, read_blocks, read_table

NAMES = ["code", "nom", "pop", "note"]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces so small that a short file has many."""
    monkeypatch.setattr(blocks, "HEAD", 4096)
    monkeypatch.setattr(blocks, "CHUNK", 2048)


def content(rows: int = 600, quoted: bool = False) -> str:
    """A table of `rows` rows."""
    note = '"dit ""oui""; et\nnon"' if quoted else "l’été"
    return "code;nom;pop;note\n" + "".join(
        f"{61000 + i % 500};Saint-Aubin-d'Appenai;{i};{note}\n" for i in range(rows)
    )


def joined(tables: list[Table]) -> tuple[list[list[str]], list[int], list[tuple[int | None, str]]]:
    """Rows, lines and repairs of all the blocks."""
    return (
        [row for table in tables for row in table.frame.to_numpy().tolist()],
        [line for table in tables for line in table.lines.tolist()],
        [(each.line, each.what) for table in tables for each in table.repairs],
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-32"])
@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blocks_are_the_whole_table(tmp_path: Path, encoding: str, quoted: bool, end: str) -> None:
    if encoding in ("utf-16", "utf-32") and end == "\r":
        pytest.skip("old Mac files are one byte a letter")
    path = tmp_path / "f.csv"
    path.write_bytes(content(quoted=quoted).replace("\n", end).encode(encoding))
    tables = list(read_blocks(path, rows=100))
    whole = read_table(path)
    assert joined(tables) == joined([whole])
    assert len(tables) > 5 and max(len(table.frame) for table in tables) <= 100
    assert {table.dialect for table in tables} == {whole.dialect}


def test_blocks_inside_zip_and_gz_and_only_some_columns(tmp_path: Path) -> None:
    raw = content().encode()
    (tmp_path / "f.csv.gz").write_bytes(gzip.compress(raw))
    with zipfile.ZipFile(tmp_path / "f.zip", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("stock.csv", raw)
    for name, member in (("f.csv.gz", "f.csv"), ("f.zip", "stock.csv")):
        tables = list(read_blocks(tmp_path / name, columns=["pop", "code"]))
        assert [each.frame.columns.tolist() for each in tables[:1]] == [["code", "pop"]]
        assert sum(len(each.frame) for each in tables) == 600 and tables[0].dialect.member == member


def test_preamble_notes_repeated_header_and_blank_lines_are_listed_with_their_lines(tmp_path: Path) -> None:
    lines = content(500).splitlines()
    lines[300:300] = ["code;nom;pop;note", ""]
    text = "\n".join(["Tableau des communes", *lines, "", "Source : Insee, RP2021"]) + "\n"
    path = tmp_path / "f.csv"
    path.write_text(text, "utf-8")
    rows, where, said = joined(list(read_blocks(path, rows=50)))
    assert len(rows) == 500 and rows[-1][2] == "499" and where[-1] == 504
    assert [line for line, _ in said] == [1, 302, 303, 505, 506]


@pytest.mark.parametrize("blank", ["\n", "\r\n"])
def test_a_blank_line_is_listed_wherever_a_piece_of_the_file_ends(tmp_path: Path, blank: str) -> None:
    lines = content(200).splitlines(keepends=True)
    path = tmp_path / "f.csv"
    for at in range(85, 175):  # the first pieces end somewhere among these lines
        path.write_bytes("".join([*lines[:at], blank, *lines[at:]]).encode())
        blocks_of_it, whole = joined(list(read_blocks(path))), joined([read_table(path)])
        assert blocks_of_it == whole
        assert [line for line, _ in whole[2]] == [at + 1]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("61013;\0;1;y", "nul"),
    ],
)
def test_a_fault_far_in_the_file_is_refused_with_its_line(tmp_path: Path, bad: str, code: str) -> None:
    lines = content(500).splitlines()
    lines.insert(400, bad)
    path = tmp_path / "f.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(ImportRefused) as caught:
        list(read_blocks(path))
    assert caught.value.problems[0].code == code and caught.value.problems[0].line == 401


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("61013;x;1;y;z", "row-long"),
        ("x;61013", "row-short"),
        ('61013;"x;1;y', "quote-unclosed"),
    ],
)
def test_a_row_far_in_the_file_that_nothing_puts_right_is_set_aside_with_its_line(
    tmp_path: Path, bad: str, code: str
) -> None:
    lines = content(500).splitlines()
    lines.insert(400, bad)
    path = tmp_path / "f.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    for tables in ([read_table(path)], list(read_blocks(path)), list(read_blocks(path, rows=7))):
        problems = [each for table in tables for each in table.problems]
        assert [(each.code, each.line) for each in problems] == [(code, 401)]
        assert sum(len(table.frame) for table in tables) == 500


def test_an_encoding_that_changes_on_the_way_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    text = content(400)
    path.write_bytes(text.encode("cp1252") + "".join(text.splitlines(keepends=True)[1:]).encode("utf-8"))
    with pytest.raises(ImportRefused) as caught:
        list(read_blocks(path))
    assert caught.value.problems[0].code == "encoding-mixed" and (caught.value.problems[0].line or 0) > 350


def test_a_few_letters_of_another_encoding_at_the_end_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    for tail in (
        "61013;Mêle;1;x\n".encode(),
        "61013;Mêle;1;x\n".encode() + "61026;Buré;2;y\n".encode("cp1252"),
    ):
        path.write_bytes(content(400).encode("cp1252") + tail)
        with pytest.raises(ImportRefused) as caught:
            list(read_blocks(path))
        assert [(each.code, each.line) for each in caught.value.problems] == [("encoding-mixed", 402)]


def test_a_line_in_another_encoding_is_named_by_its_line_of_the_file(tmp_path: Path) -> None:
    lines = content(400).encode().splitlines(keepends=True)
    lines[300] = "61013;Mêle;1;x\n".encode("cp1252")
    path = tmp_path / "f.csv"
    path.write_bytes(b"".join(lines))
    said = joined(list(read_blocks(path)))[2]
    assert [line for line, _ in said] == [301] and said == joined([read_table(path)])[2]


def test_a_second_header_line_shorter_than_the_first(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(content(400).replace("code;nom;pop;note\n", "code;nom;Pop;note\n;;2020\n"), "utf-8")
    whole = read_table(path)
    assert next(each.frame.columns.tolist() for each in read_blocks(path)) == whole.frame.columns.tolist()


@pytest.mark.parametrize("columns", [None, ["nom (2)", "colonne 3"]])
def test_names_made_for_columns_are_listed_once(tmp_path: Path, columns: list[str] | None) -> None:
    path = tmp_path / "f.csv"
    path.write_text(content(400).replace("code;nom;pop;note", "code;nom;;nom"), "utf-8")
    tables = list(read_blocks(path, columns=columns))
    assert tables[0].frame.columns.tolist()[-2:] == ["colonne 3", "nom (2)"]
    said = joined(tables)[2]
    assert len(said) == 2 and said == [(each.line, each.what) for each in read_table(path).repairs]


def test_a_name_that_begins_like_a_total_is_kept_however_the_rows_are_cut(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    rows = [f"{sex};{code};1\n" for code in range(61000, 61301) for sex in ("Ensemble", "Femmes")]
    path.write_text("sexe;code;pop\n" + "".join(rows), "utf-8")
    for many in (3, 7, 100):
        assert len(joined(list(read_blocks(path, rows=many)))[0]) == 602


def test_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(content(50), "utf-8")
    with pytest.raises(ImportRefused) as caught:
        next(read_blocks(path, columns=["siret"]))
    assert (caught.value.problems[0].code, caught.value.problems[0].column) == ("column-absent", "siret")


def test_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content(400).encode() + b"\0\0\0")
    first = next(iter(itertools.islice(read_blocks(path, rows=10), 1)))
    assert first.frame["pop"].tolist() == [str(i) for i in range(10)]


def test_two_stray_quotes_cannot_make_the_rows_between_them_vanish(tmp_path: Path) -> None:
    lines = content(500).splitlines(keepends=True)
    lines[400], lines[402] = '61013;"Aunay;1;x\n', '61026;Bures";2;y\n'
    path = tmp_path / "f.csv"
    path.write_text("".join(lines), "utf-8")
    with pytest.raises(ReadingNeeded) as caught:
        list(read_blocks(path))
    assert (caught.value.problems[0].code, caught.value.problems[0].line) == ("quote-crossed", 401)
    one, several = (joined(list(read_blocks(path, reading=each.id))) for each in caught.value.readings)
    assert (len(one[0]), len(several[0])) == (498, 500)
    assert [line for line, _ in several[2]] == [401]  # its quote is read as text, and that is said


@pytest.mark.parametrize("columns", [None, ["code", "nom"]])
def test_a_lost_separator_before_a_quoted_cell_is_asked_as_by_the_whole(
    tmp_path: Path, columns: list[str] | None
) -> None:
    lines = content(500).splitlines(keepends=True)
    lines[400] = '61013"Essay; le bourg";1;x\n'
    path = tmp_path / "f.csv"
    path.write_text("".join(lines), "utf-8")
    with pytest.raises(ReadingNeeded) as whole:
        read_table(path)
    with pytest.raises(ReadingNeeded) as caught:
        list(read_blocks(path, columns=columns))
    assert caught.value.problems == whole.value.problems and caught.value.problems[0].line == 401
    for each in caught.value.readings:
        alone = read_table(path, reading=each.id)
        names, rows = alone.frame.columns.tolist(), alone.frame.to_numpy().tolist()
        kept = [names.index(name) for name in columns or names]
        frame = pd.concat([block.frame for block in read_blocks(path, columns=columns, reading=each.id)])
        assert frame.to_numpy().tolist() == [[row[j] for j in kept] for row in rows]


@pytest.mark.parametrize("quoted", [False, True])
def test_a_lone_inch_sign_opens_no_cell(tmp_path: Path, quoted: bool) -> None:
    lines = content(300, quoted).splitlines(keepends=True)
    path = tmp_path / "f.csv"
    for at in range(2, 300, 17):
        at -= at % 2 if quoted else 0  # rows of two lines
        path.write_text(
            "".join([*lines[: at + 1], '61013;Gîte 5" ;1;"deux\nlignes"\n', *lines[at + 1 :]]), "utf-8"
        )
        assert joined(list(read_blocks(path))) == joined([read_table(path)])


@pytest.mark.parametrize("columns", [None, ["code", "pop"]])
def test_a_bare_separator_is_set_aside_where_every_line_ends_with_one(
    tmp_path: Path, columns: list[str] | None
) -> None:
    lines = content(500).replace("\n", ";\n").splitlines(keepends=True)
    lines[400] = "61013;Le Mêle; bourg;1;x\n"
    path = tmp_path / "f.csv"
    path.write_text("".join(lines), "utf-8")
    tables = list(read_blocks(path, columns=columns))
    assert [(each.code, each.line) for table in tables for each in table.problems] == [("row-long", 401)]
    assert sum(len(table.frame) for table in tables) == 499
