"""GeoPackage: the attributes of a layer, read from a copy in memory. Views and triggers of the file never run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from analysis.french import counted
from data.imports.model import Excerpt, Repair, SheetNeeded
from data.imports.reading import numbers
from data.imports.reading.say import EXCERPTS, excerpt, problem, refuse

Layer = tuple[list[str], list[tuple[Any, ...]], bool]
"""The names and the rows of a layer's attributes, and whether geometries were left out."""


def read(
    raw: bytes, sheet: str | None
) -> tuple[list[str], list[list[str]], list[Repair], str, tuple[str, ...]]:
    """Names and columns of one layer's attributes, the repairs, its name and those of all layers. Raises ImportRefused or SheetNeeded."""
    repairs = []
    if raw[18:20] == b"\x02\x02":  # written ahead of in another file, which a database in memory cannot have
        raw = raw[:18] + b"\x01\x01" + raw[20:]
        what = "GeoPackage encore ouvert ailleurs (mode WAL) : ses derniers changements peuvent manquer."
        repairs.append(Repair(None, what))
    with closing(sqlite3.connect(":memory:")) as base:
        try:
            base.deserialize(raw)
            base.execute("PRAGMA trusted_schema=OFF")
            base.execute("PRAGMA query_only=ON")
            tables, layers, left = _layers(base)
            layer = sheet if sheet in layers else layers[0] if len(layers) == 1 and sheet is None else ""
            if not layer:
                raise SheetNeeded(
                    problem(
                        "sheet-needed",
                        "Le GeoPackage contient plusieurs couches.",
                        "Choisissez la couche à lire.",
                    ),
                    layers,
                    {each: _excerpt(_rows(base, each, tables, 4)) for each in layers[:EXCERPTS]},
                )
            names, rows, shapes = _rows(base, layer, tables, len(raw))
        except (sqlite3.Error, UnicodeDecodeError) as error:  # the second where the first quotes damaged text
            refuse(
                "gpkg-broken",
                "Le GeoPackage est coupé ou abîmé.",
                "Téléchargez-le de nouveau.",
                value=str(error),
            )
            raise
    binary = sorted({names[j] for row in rows for j, cell in enumerate(row) if isinstance(cell, bytes)})
    if left:
        repairs.append(Repair(None, f"Couches calculées (vues), laissées de côté : {', '.join(left)}."))
    if shapes:
        repairs.append(
            Repair(None, "Contours et points du GeoPackage mis de côté : seuls les attributs sont lus.")
        )
    if binary:
        what = counted(len(binary), "Colonne binaire mise", "Colonnes binaires mises")
        repairs.append(Repair(None, f"{what} de côté : {', '.join(binary)}."))
    kept = [j for j, name in enumerate(names) if name not in binary]
    columns = [[_sql_text(row[j]) for row in rows] for j in kept]
    return [names[j] for j in kept], columns, repairs, layer, tuple(layers)


def _layers(base: sqlite3.Connection) -> tuple[frozenset[str], list[str], list[str]]:
    """The tables of the file, its layers that are tables, and those that are not. Raises ImportRefused where there is none."""
    tables = frozenset(
        name
        for (name,) in base.execute(
            "SELECT name FROM sqlite_master WHERE type='table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        )
    )
    if "gpkg_contents" not in tables:
        refuse("not-a-table", "Cette base SQLite n'est pas un GeoPackage.", "Exportez la table en CSV UTF-8.")
    listed = [
        name
        for (name,) in base.execute(
            "SELECT table_name FROM gpkg_contents WHERE data_type IN ('features', 'attributes', 'aspatial') ORDER BY 1"
        )
    ]
    layers = [name for name in listed if name in tables]
    if not layers:
        refuse(
            "empty",
            "Le GeoPackage ne contient aucune couche avec des attributs.",
            "Vérifiez que c'est le bon fichier.",
        )
    return tables, layers, [name for name in listed if name not in tables]


def _rows(base: sqlite3.Connection, layer: str, tables: frozenset[str], limit: int) -> Layer:
    """At most `limit` rows of a layer: in a damaged file whose pages refer to each other in a circle there would be no end."""
    shapes = set()
    if "gpkg_geometry_columns" in tables:
        found = base.execute("SELECT column_name FROM gpkg_geometry_columns WHERE table_name=?", (layer,))
        shapes = {name for (name,) in found}
    names = [row[1] for row in base.execute(f"PRAGMA table_info({_quoted(layer)})") if row[1] not in shapes]
    columns = ", ".join(map(_quoted, names))
    rows = base.execute(f"SELECT {columns} FROM {_quoted(layer)} LIMIT {limit}").fetchall()
    return names, rows, bool(shapes)


def _excerpt(layer: Layer) -> Excerpt:
    names, rows, _ = layer
    return excerpt([names, *([_sql_text(cell) for cell in row] for row in rows)])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sql_text(cell: Any) -> str:
    if cell is None or isinstance(cell, bytes):
        return ""
    return numbers.plain(repr(cell)) if isinstance(cell, float) else str(cell)
