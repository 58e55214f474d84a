"""Archives, typed files and what is no table at all: a clear refusal, memory flat, nothing written."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import sqlite3
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.imports.model import ImportRefused, Problem, ReadingNeeded, SheetNeeded, Table
from data.imports.reading import read_bytes, typed
from tests.data.imports.test_reading_workbooks import FILES, TABLE, repacked, xlsx

CSV = "code;nom\n61013;Aunay\n61026;Buré\n".encode()
CELLS = [["61013", "Aunay"], ["61026", "Buré"]]


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as book:
        for name, content in members:
            book.writestr(name, content)
    return out.getvalue()


def cells(table: Table) -> list[list[str]]:
    """The cells, row by row."""
    return table.frame.to_numpy().tolist()


def refused(raw: bytes, name: str = "f.csv", **more: Any) -> Problem:
    """The first problem of what must be refused, and never asked."""
    with pytest.raises(ImportRefused) as caught:
        read_bytes(raw, name=name, **more)
    assert not isinstance(caught.value, SheetNeeded)
    assert caught.value.problems[0].title and caught.value.problems[0].advice
    return caught.value.problems[0]


# ---------------------------------------------------------------------------------------------------------- archives


def test_one_table_in_an_archive_is_read_and_the_rest_is_said() -> None:
    table = read_bytes(
        zipped(("base.csv", CSV), ("meta_base.csv", CSV), ("notice.pdf", b"%PDF")), name="base.zip"
    )
    assert cells(table) == CELLS and table.dialect.member == "base.csv"
    assert "meta_base.csv" in table.repairs[0].what and "notice.pdf" in table.repairs[0].what


def test_several_tables_in_an_archive_are_asked() -> None:
    raw = zipped(("a.csv", CSV), ("b.csv", CSV.replace(b"Aunay", b"Essay")))
    with pytest.raises(SheetNeeded) as caught:
        read_bytes(raw, name="f.zip")
    assert caught.value.sheets == ("a.csv", "b.csv")
    assert cells(read_bytes(raw, name="f.zip", sheet="b.csv"))[0] == ["61013", "Essay"]


def test_a_workbook_of_several_sheets_in_an_archive_is_asked_down_to_its_sheet() -> None:
    raw = zipped(("a.xlsx", xlsx(("x", TABLE), ("y", TABLE))), ("b.csv", CSV))
    with pytest.raises(SheetNeeded):
        read_bytes(raw, name="f.zip")
    with pytest.raises(SheetNeeded) as caught:
        read_bytes(raw, name="f.zip", sheet="a.xlsx")
    assert caught.value.excerpts[caught.value.sheets[1]][0] == ("code", "pop")
    table = read_bytes(raw, name="f.zip", sheet=caught.value.sheets[1])
    assert (table.dialect.member, table.dialect.sheet) == ("a.xlsx", "y")


def test_a_gz_is_read_and_a_cut_one_refused() -> None:
    raw = gzip.compress(CSV)
    table = read_bytes(raw, name="base.csv.gz")
    assert cells(table) == CELLS and table.dialect.member == "base.csv"
    assert refused(raw[:-6], "f.gz").code == "archive-broken"
    assert refused(raw + b"reste", "f.gz").code == "archive-broken"
    assert cells(read_bytes(gzip.compress(CSV[:20]) + gzip.compress(CSV[20:]), name="f.gz")) == CELLS


@pytest.mark.parametrize("name", ["../../x.csv", "/etc/x.csv", "..\\x.csv", "C:/x.csv"])
def test_a_member_that_leaves_its_folder_is_refused(name: str) -> None:
    problem = refused(zipped((name, CSV)), "f.zip")
    assert problem.code == "archive-path" and "x.csv" in problem.title


def test_archives_in_archives_cut_and_empty_ones_are_refused() -> None:
    assert refused(zipped(("a.zip", zipped(("a.csv", CSV)))), "f.zip").code == "archive-nested"
    assert refused(gzip.compress(gzip.compress(CSV)), "f.gz").code == "archive-nested"
    assert refused(zipped(("a.csv", CSV))[:-30], "f.zip").code == "archive-broken"
    assert refused(zipped(("a.csv", CSV * 99))[:80], "f.zip").code == "archive-broken"
    assert refused(zipped(), "f.zip").code == "archive-empty"
    assert refused(zipped(("a.csv", b"")), "f.zip").code == "empty"


def test_a_damaged_member_is_refused() -> None:
    raw = bytearray(zipped(("a.csv", CSV), method=zipfile.ZIP_STORED))
    at = raw.index(b"Aunay")
    raw[at] = ord("B")
    assert refused(bytes(raw), "f.zip").code == "archive-broken"


def test_passwords_are_said() -> None:
    raw = bytearray(zipped(("a.csv", CSV)))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(signature) + offset] |= 1
    assert refused(bytes(raw), "f.zip").code == "password"
    ole = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 600
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 900
    )
    assert refused(ole, "f.xlsx").code == "password"


# ------------------------------------------------------------------------------------------------------------- bombs


@cache
def zeros(size: int, kind: int) -> bytes:
    """`size` zero bytes (whole megabytes), packed without ever being held: `kind` is -15 for the bare stream, 31 for a file of gzip.

    One megabyte is packed, up to a point from which nothing before is needed (a full flush), and stands as often as it takes.
    """
    piece, count = b"\0" * 2**20, size // 2**20
    pack = zlib.compressobj(9, wbits=-15)
    packed = (pack.compress(piece) + pack.flush(zlib.Z_FULL_FLUSH)) * count + pack.flush()
    if kind == -15:
        return packed
    check = 0
    for _ in range(count):
        check = zlib.crc32(piece, check)
    return b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + packed + struct.pack("<II", check, size % 2**32)


def bomb(declared: int, name: str = "a.csv") -> bytes:
    """An archive of one member of 1 GB of zeros that says to be `declared` bytes."""
    packed = zeros(2**30, -15)
    title = name.encode()
    fields = (20, 0, 8, 0, 0, 0, len(packed), declared, len(title), 0)
    local = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", *fields) + title + packed
    central = (
        b"PK\x01\x02"
        + struct.pack("<H", 20)
        + struct.pack("<HHHHHIIIHH", *fields)
        + struct.pack("<HHHII", 0, 0, 0, 0, 0)
        + title
    )
    return local + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def peak(raw: bytes, name: str) -> tuple[str, int]:
    """The code of the refusal, and the most memory held while refusing."""
    tracemalloc.start()
    try:
        code = refused(raw, name).code
        return code, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_bombs_are_whole() -> None:
    assert (
        zlib.decompress(zeros(3 * 2**20, -15), -15)
        == gzip.decompress(zeros(3 * 2**20, 31))
        == bytes(3 * 2**20)
    )
    assert len(zeros(2**30, -15)) < 2**21


def test_a_bomb_is_refused_on_its_declared_size_without_inflating() -> None:
    code, memory = peak(bomb(2**30), "f.zip")
    assert code == "bomb" and memory < 8 * 2**20


def test_a_bomb_that_lies_about_its_size_stops_at_what_it_declares() -> None:
    code, memory = peak(bomb(1000), "f.zip")
    assert code == "archive-broken" and memory < 8 * 2**20


def test_a_gz_bomb_stops_early() -> None:
    code, memory = peak(zeros(2**30, 31), "f.gz")
    assert code == "bomb" and memory < 80 * 2**20


def test_a_workbook_bomb_is_refused_on_its_declared_size() -> None:
    raw = repacked(xlsx(("F", TABLE)), {"sheet1.xml": lambda part: part + b" " * (80 * 2**20)})
    code, memory = peak(raw, "f.xlsx")
    assert code == "bomb" and memory < 8 * 2**20


def test_too_many_members_are_refused() -> None:
    assert refused(zipped(*((f"{i}.csv", b"") for i in range(5001))), "f.zip").code == "archive-members"


# --------------------------------------------------------------------------------------------------- what is no table


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "image"),
        (b"<!DOCTYPE html><html><body>Connexion</body></html>", "web"),
        (bytes(range(256)) * 20, "binaire"),
        (b'{"type": "Feature"}', "JSON"),
        (zipped(("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")), "Word"),
        (
            zipped(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<x/>")),
            "LibreOffice",
        ),
    ],
)
def test_what_is_no_table_is_named(raw: bytes, word: str) -> None:
    problem = refused(raw, "f.csv")
    assert problem.code == "not-a-table" and word in problem.title


def test_a_broken_old_workbook_is_refused() -> None:
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "f.xls").code == "workbook-broken"


# ------------------------------------------------------------------------------------------------------- typed tables


def test_parquet_values_become_exact_text() -> None:
    table = pa.table(
        {
            "code": ["01001", "2A004"],
            "n": pa.array([12, None], pa.int64()),
            "x": [0.1, 1e22],
            "f": pa.array([0.1, None], pa.float32()),
            "jour": [dt.date(2024, 1, 2), None],
            "oui": [True, False],
            "classe": pa.array(["a", "b"]).dictionary_encode(),
            "geometry": [b"\x01", b"\x02"],
        }
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    got = read_bytes(out.getvalue(), name="f.parquet")
    assert cells(got) == [
        ["01001", "12", "0.1", "0.1", "2024-01-02", "VRAI", "a"],
        ["2A004", "", "1e+22", "", "", "FAUX", "b"],
    ]
    assert got.dialect.container == "parquet" and got.lines.tolist() == [1, 2]
    assert ["geometry" in each.what for each in got.repairs].count(True) == 1
    assert refused(out.getvalue()[:-40], "f.parquet").code == "parquet-broken"


def dbf(fields: Iterable[tuple[str, str, int]], rows: Iterable[tuple[bytes, ...]], page: int = 0x03) -> bytes:
    """A dBase III table."""
    columns = list(fields)
    body = [
        b" " + b"".join(cell.ljust(size) for cell, (_, _, size) in zip(row, columns, strict=True))
        for row in rows
    ]
    width = 1 + sum(size for _, _, size in columns)
    start = 32 + 32 * len(columns) + 1
    head = struct.pack("<BBBBIHH16xBBxx", 3, 124, 5, 12, len(body), start, width, 0, page)
    names = b"".join(
        title.encode().ljust(11, b"\0") + kind.encode() + b"\0" * 4 + bytes([size, 0]) + b"\0" * 14
        for title, kind, size in columns
    )
    return head + names + b"\r" + b"".join(body) + b"\x1a"


def test_dbase_is_read_in_its_code_page() -> None:
    fields = [("CODE", "C", 5), ("NOM", "C", 12), ("POP", "N", 6), ("JOUR", "D", 8), ("OUI", "L", 1)]
    for page, encoding in ((0x03, "cp1252"), (0x02, "cp850"), (0x00, "cp1252")):
        row = (b"01001", "Le Mêle".encode(encoding), b"  12.5", b"20251231", b"T")
        table = read_bytes(dbf(fields, [row, (b"2A004", b"Bures", b"******", b"", b"?")], page), name="f.dbf")
        assert cells(table) == [
            ["01001", "Le Mêle", "12.5", "2025-12-31", "VRAI"],
            ["2A004", "Bures", "", "", ""],
        ]
        assert table.dialect.encoding == encoding
    whole = dbf(fields, [row] * 9)
    assert refused(whole[:-90], "f.dbf").code == "dbf-broken"


def test_geojson_keeps_numbers_as_written_and_says_what_is_absent() -> None:
    features = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[0,1]},'
        '"properties":{"code":"01001","x":1.10,"n":null,"b":true}},{"type":"Feature","geometry":null,"properties":{"code":"2A004"}}]}'
    )
    table = read_bytes(features.encode(), name="f.geojson")
    assert cells(table) == [["01001", "1.10", "", "VRAI"], ["2A004", "", "", ""]]
    assert [each.line for each in table.repairs] == [None, 2]
    assert refused(features.replace('"n":null', '"code":"x"').encode(), "f.geojson").code == "json-twice"
    assert refused(features[:-9].encode() + b"}", "f.geojson").code == "json-broken"
    assert refused(json.dumps({"a": 1}).encode(), "f.geojson").code == "not-a-table"


def test_a_geopackage_gives_its_layer_without_running_its_views(tmp_path: Path) -> None:
    path = tmp_path / "f.gpkg"
    base = sqlite3.connect(path)
    base.executescript(
        """
        CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);
        CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT);
        CREATE TABLE communes (fid INTEGER PRIMARY KEY, geom BLOB, code TEXT, pop REAL);
        CREATE VIEW vue AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT * FROM n;
        INSERT INTO gpkg_contents VALUES ('communes', 'features'), ('vue', 'features');
        INSERT INTO gpkg_geometry_columns VALUES ('communes', 'geom');
        INSERT INTO communes VALUES (1, x'00', '01001', 12.0), (2, NULL, '2A004', NULL);
        """
    )
    base.commit()
    raw = path.read_bytes()
    table = read_bytes(raw, name="f.gpkg")
    assert cells(table) == [["1", "01001", "12"], ["2", "2A004", ""]]
    assert table.dialect.sheet == "communes"
    base.executescript(
        "CREATE TABLE autre (a TEXT); INSERT INTO gpkg_contents VALUES ('autre', 'attributes');"
    )
    base.close()
    with pytest.raises(SheetNeeded) as caught:
        read_bytes(path.read_bytes(), name="f.gpkg")
    assert caught.value.sheets == ("autre", "communes")
    assert caught.value.excerpts == {
        "autre": (("a",),),
        "communes": (("fid", "code", "pop"), ("1", "01001", "12"), ("2", "2A004", "")),
    }
    assert refused(raw[: len(raw) // 2], "f.gpkg").code == "gpkg-broken"


def test_an_answered_encoding_of_a_typed_table_is_taken() -> None:
    raw = dbf([("NOM", "C", 12), ("POP", "N", 6)], [(b"Bur\x82", b"1"), (b"M\x88le", b"2")], 0)
    with pytest.raises(ReadingNeeded) as caught:
        read_bytes(raw, name="f.dbf")
    chosen = next(each.id for each in caught.value.readings if "cp850" in each.id)
    assert cells(read_bytes(raw, name="f.dbf", reading=chosen)) == [["Buré", "1"], ["Mêle", "2"]]


def test_dbase_in_utf8_under_another_page_and_its_binary_columns() -> None:
    fields = [("NOM", "C", 12), ("ENTIER", "I", 4), ("POP", "N", 6)]
    raw = dbf(
        fields, [("Mêle".encode(), b"4321", b"******"), ("Buré".encode(), b"1\xff\xff\xff", b"2")], 0x57
    )
    table = read_bytes(raw, name="f.dbf")
    assert cells(table) == [["Mêle", ""], ["Buré", "2"]] and table.dialect.encoding == "utf-8"
    said = " ".join(each.what for each in table.repairs)
    assert "UTF-8" in said and "ENTIER" in said and "étoiles" in said


def test_parquet_columns_of_the_same_name_keep_their_own_values() -> None:
    out = io.BytesIO()
    table = pa.Table.from_arrays(
        [pa.array([1, 2]), pa.array([b"x", b"y"]), pa.array([3, 4]), pa.array(["a", "b"])],
        ["v", "v", "v", "c"],
    )
    pq.write_table(table, out)
    got = read_bytes(out.getvalue(), name="f.parquet")
    assert got.frame.columns.tolist() == ["v", "v (2)", "c"] and cells(got) == [
        ["1", "3", "a"],
        ["2", "4", "b"],
    ]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([2**62], pa.timestamp("us")),
        pa.array([10**8], pa.date32()),
        pa.array([2**62], pa.duration("s")),
    ],
)
def test_impossible_dates_of_a_parquet_are_refused(column: pa.Array) -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"code": ["01001"], "jour": column}), out)
    assert refused(out.getvalue(), "f.parquet").code == "parquet-date"


def test_a_parquet_whose_few_texts_stand_for_millions_of_rows_is_refused_before_they_are_written_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), ["x" * 20_000])
    pq.write_table(pa.table({"code": texts}), out := io.BytesIO(), store_schema=False)
    monkeypatch.setattr(typed, "_arrow_text", lambda column: pytest.fail("2 GB of text were written out"))
    assert len(out.getvalue()) < 10_000 and refused(out.getvalue(), "f.parquet").code == "bomb"


def feature(properties: Any, **more: Any) -> dict[str, Any]:
    """One feature of a GeoJSON."""
    return {"type": "Feature", "geometry": None, "properties": properties, **more}


def geojson(*features: dict[str, Any]) -> bytes:
    """A collection of features."""
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_geojson_identifiers_nested_values_and_half_characters() -> None:
    table = read_bytes(
        geojson(feature({"pop": 1, "l": [1]}, id="61013"), feature({"pop": 2}, id=7)), name="f.geojson"
    )
    assert table.frame.columns.tolist() == ["id", "pop"] and cells(table) == [["61013", "1"], ["7", "2"]]
    said = " ".join(each.what for each in table.repairs)
    assert "imbriquées" in said and "Identifiant" in said
    for properties in ({"nom": "\ud83d", "x": 1}, {"\ud83d": "a", "x": 1}):
        assert refused(geojson(feature(properties), feature(properties)), "f.geojson").code == "json-broken"
    assert refused(geojson(feature({"code": 1, "x": 2}))[:-9], "f.geojson").code == "json-broken"
    wide = geojson(*(feature({f"k{i}": 1}) for i in range(2_001)))
    assert refused(wide, "f.geojson").code == "too-many-columns"


def test_a_geopackage_left_open_is_read_and_its_views_are_said(tmp_path: Path) -> None:
    path = tmp_path / "f.gpkg"
    base = sqlite3.connect(path)
    base.execute("PRAGMA journal_mode=WAL")
    base.executescript(
        """
        CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);
        CREATE TABLE communes (code TEXT, pop REAL);
        CREATE VIEW vue AS SELECT * FROM communes;
        INSERT INTO gpkg_contents VALUES ('communes', 'aspatial'), ('vue', 'features');
        INSERT INTO communes VALUES ('01001', 12.0), ('2A004', NULL);
        """
    )
    base.commit()
    base.close()
    table = read_bytes(path.read_bytes(), name="f.gpkg")
    assert cells(table) == [["01001", "12"], ["2A004", ""]]
    assert "WAL" in table.repairs[0].what and "vue" in table.repairs[1].what
    damaged = path.read_bytes().replace(b"CREATE TABLE communes", b"CREATE \xc8ABLE communes")
    assert refused(damaged, "f.gpkg").code == "gpkg-broken"


# ------------------------------------------------------------------------------------- damage that libraries let through


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_damage_is_refused_whatever_the_compression(method: int) -> None:
    raw = bytearray(zipped(("a.csv", CSV * 50), method=method))
    raw[60] ^= 0xFF
    assert refused(bytes(raw), "f.zip").code == "archive-broken"


def test_an_unknown_compression_is_said() -> None:
    raw = bytearray(zipped(("a.csv", CSV)))
    raw[raw.index(b"PK\x01\x02") + 10] = 99
    assert "compression inconnue" in refused(bytes(raw), "f.zip").title


def test_what_names_the_kind_of_a_document_is_never_inflated_whole() -> None:
    for name in ("mimetype", "META-INF/manifest.xml"):
        raw = bomb(1000, name)
        with zipfile.ZipFile(out := io.BytesIO(raw), "a") as book:
            for other in {"mimetype", "content.xml"} - {name}:
                book.writestr(other, "application/vnd.oasis.opendocument.spreadsheet")
        tracemalloc.start()
        try:
            refused(out.getvalue(), "f.ods")
            assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize(
    "text",
    [
        "<meta charset='utf-8'>\n<table><tr><td>1</td></tr></table>",
        "<style>td{mso-number-format:'\\@'}</style>\n<table><tr><td>code;pop</td></tr></table>",
        "<!-- export -->\n<table>\n<tr><td>61013;12</td></tr>\n<tr><td>61026;15</td></tr></table>",
        "<div>\n<table><tr><td>1</td></tr></table></div>",
        "MIME-Version: 1.0\nContent-Type: multipart/related\n\n<html></html>\n",
        'ID;PWXL;N;E\nC;Y1;X1;K"code"\nC;Y1;X2;K"pop"\nE\n',
        'TABLE\n0,1\n"EXCEL"\nVECTORS\n0,2\n',
    ],
)
def test_pages_and_old_formats_named_xls_are_never_read_as_text_in_columns(text: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        problem = refused(text.encode(encoding), "export.xls")
        assert problem.code == "not-a-table"
        assert "xlsx" in problem.advice


def test_a_cut_old_workbook_is_refused() -> None:
    raw = (FILES / "communes.xls").read_bytes()
    for keep in (100, 600, len(raw) // 2, len(raw) - 10):
        assert refused(raw[:keep], "f.xls").code in ("workbook-broken", "not-a-table", "empty")
