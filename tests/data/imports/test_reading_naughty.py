"""Every naughty string comes back unchanged from every text column of every container that can hold it."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from data.imports.reading import read_bytes
from tests.data.imports.naughty import TEXT

COLUMNS = ["code", "nom", "projet", "note"]
ROWS = [[f"{61000 + i}", each, TEXT[-1 - i], each] for i, each in enumerate(TEXT)]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_delimited_text(separator: str, encoding: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(ROWS)
    table = read_bytes(out.getvalue().encode(encoding), name="n.csv")
    assert table.frame.to_numpy().tolist() == ROWS
    assert table.repairs == ()


def test_delimited_text_whose_first_column_is_naughty() -> None:
    kept = [each for each in TEXT if each.strip("\r\n")]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow(["projet", "code"])
    writer.writerows([each, str(61000 + i)] for i, each in enumerate(kept))
    table = read_bytes(out.getvalue().encode(), name="n.csv")
    assert table.frame["projet"].tolist() == kept
    assert table.repairs == ()


def test_workbook() -> None:
    rows = [
        row
        for row in ROWS
        if not any(ILLEGAL_CHARACTERS_RE.search(cell) or "\ufffe" in cell or "\uffff" in cell for cell in row)
    ]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append(row)
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.data_type = "s"  # « =1+1 » is text here, not a formula
    out = io.BytesIO()
    book.save(out)
    expected = [
        [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row] for row in rows
    ]  # XML's own rule
    table = read_bytes(out.getvalue(), name="n.xlsx")
    assert [
        [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row]
        for row in table.frame.to_numpy().tolist()
    ] == expected


def test_parquet_and_geojson() -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({name: [row[j] for row in ROWS] for j, name in enumerate(COLUMNS)}), out)
    assert read_bytes(out.getvalue(), name="n.parquet").frame.to_numpy().tolist() == ROWS
    features = [
        {"type": "Feature", "geometry": None, "properties": dict(zip(COLUMNS, row, strict=True))}
        for row in ROWS
    ]
    raw = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    assert read_bytes(raw, name="n.geojson").frame.to_numpy().tolist() == ROWS
