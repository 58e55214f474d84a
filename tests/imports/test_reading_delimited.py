"""Delimited text: exact; or repaired and every repair listed; or refused with the line; or asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.imports import read_table
from data.imports.model import Table

CLEAN = "code;nom;logements;taux\n61013;Aunay-les-Bois;84;1,5\n61026;Saint-Aubin-d'Appenai;103;50,0\n61051;Le Mêle;270;7,25\n"
ROWS = [
    ["61013", "Aunay-les-Bois", "84", "1,5"],
    ["61026", "Saint-Aubin-d'Appenai", "103", "50,0"],
    ["61051", "Le Mêle", "270", "7,25"],
]


def read(
    folder: Path, content: str | bytes, name: str = "f.csv", encoding: str = "utf-8", **more: str
) -> Table:
    """The table of a file made of `content`."""
    path = folder / name
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return read_table(path, **more)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-32", "mac_roman"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_are_recognised(tmp_path: Path, encoding: str, end: str) -> None:
    table = read(tmp_path, CLEAN.replace("\n", end), encoding=encoding)
    assert table.frame.columns.tolist() == ["code", "nom", "logements", "taux"]
    assert table.frame.to_numpy().tolist() == ROWS
    assert table.lines.tolist() == [2, 3, 4]
    assert table.repairs == ()
    assert table.dialect.separator == ";"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|", "^", "~", ":"])
def test_any_separator(tmp_path: Path, separator: str) -> None:
    text = "\n".join(separator.join(row[:3]) for row in [["code", "nom", "logements"], *ROWS]) + "\n"
    table = read(tmp_path, text)
    assert table.dialect.separator == separator
    assert table.frame.to_numpy().tolist() == [row[:3] for row in ROWS]
    assert table.repairs == ()
