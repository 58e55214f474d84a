"""Parquet, dBase, GeoJSON and GeoPackage: tables whose columns have names and types of their own.

Their attributes become text: numbers in the shortest form that gives the same number back, dates in ISO, logical values VRAI or FAUX,
missing values empty. Geometries are set aside. A "line" is the number of the record, 1 the first; there is no header line (0).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.french import counted
from data.imports.model import ImportRefused, Repair
from data.imports.reading import gpkg, numbers
from data.imports.reading.body import Columns, Found, finish
from data.imports.reading.encoding import decode
from data.imports.reading.header import Header
from data.imports.reading.hints import Hints
from data.imports.reading.json_table import Twice, json_text, once
from data.imports.reading.limits import MAX_COLUMNS, MAX_INFLATED, MAX_SHEET_CELLS
from data.imports.reading.parts import Parts
from data.imports.reading.say import refuse, repair_of_lines

BATCH = 65_536


def read(raw: bytes, kind: str, sheet: str | None, hints: Hints) -> Parts:
    """The attributes of a `kind` of `container.CONTAINER_KINDS`.

    Raises ImportRefused, SheetNeeded for a GeoPackage of several layers, or ReadingNeeded for a text whose encoding is not certain.
    """
    readers = {"dbf": _dbf, "geojson": _geojson}
    layers: tuple[str, ...] = ()
    layer = ""
    encoding = ""
    if kind == "gpkg":
        names, cells, repairs, layer, layers = gpkg.read(raw, sheet)
        columns = [_texts(column) for column in cells]
    elif kind == "parquet":
        names, columns, repairs, encoding = _parquet(raw)
    else:
        names, columns, repairs, encoding = readers[kind](raw, hints)
    if not columns:
        refuse(
            "empty", "Le fichier ne contient aucune colonne lisible.", "Vérifiez que c'est le bon fichier."
        )
    header = Header((), tuple(names), 0, 1)
    found = Found(columns, np.arange(1, len(columns[0]) + 1, dtype=np.int64), repairs)
    frame, lines, done = finish(found, header, Hints(header=0))
    return Parts(frame, lines, tuple(done), kind, encoding, header_line=0, sheet=layer, sheets=layers)


Read = tuple[list[str], Columns, list[Repair], str]


def _texts(values: Sequence[str]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.large_string())])


# ------------------------------------------------------------------------------------------------------- parquet


def _parquet(raw: bytes) -> Read:
    try:
        meta = pq.read_metadata(pa.BufferReader(raw))
        texts = [
            each.path
            for each in map(meta.schema.column, range(meta.num_columns))
            if each.logical_type.type == "STRING"
        ]
        file = pq.ParquetFile(
            pa.BufferReader(raw), metadata=meta, page_checksum_verification=True, read_dictionary=texts
        )
        size = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if size > MAX_INFLATED or meta.num_rows * meta.num_columns > MAX_SHEET_CELLS * 4:
            _refuse_inflated()
        if meta.num_columns > MAX_COLUMNS:
            refuse(
                "too-many-columns",
                f"Le tableau a {meta.num_columns} colonnes, au plus {MAX_COLUMNS}.",
                "Gardez les colonnes utiles.",
            )
        fields = [field for field in file.schema_arrow if _flat(field.type)]
        left = [field.name for field in file.schema_arrow if not _flat(field.type)]
        pieces: list[list[pa.Array]] = [[] for _ in fields]
        total = 0
        for batch in file.iter_batches(BATCH, columns=[field.name for field in fields]):
            read = [column for column in batch.columns if _flat(column.type)]  # two columns may have one name
            for j, column in enumerate(read):
                if total + _decoded(column) > MAX_INFLATED:
                    _refuse_inflated()
                piece = _arrow_text(column)
                total += piece.nbytes
                pieces[j].append(piece)
    except (pa.ArrowException, OSError) as error:
        refuse(
            "parquet-broken",
            "Le fichier Parquet est coupé ou abîmé.",
            "Téléchargez-le de nouveau.",
            value=str(error)[:60],
        )
        raise
    except ImportRefused:
        raise
    except (OverflowError, ValueError) as error:
        refuse(
            "parquet-date",
            "Le fichier Parquet contient une date ou une durée impossible.",
            "Corrigez-la, ou enregistrez la table en CSV UTF-8.",
            value=str(error),
        )
        raise
    repairs = []
    if left:
        repairs.append(
            Repair(None, f"Colonnes sans texte (géométrie, listes), mises de côté : {', '.join(left)}.")
        )
    for field in fields:
        if pa.types.is_boolean(field.type):
            repairs.append(
                Repair(None, f"Colonne «\u00a0{field.name}\u00a0» : valeurs logiques, écrites VRAI ou FAUX.")
            )
        elif pa.types.is_temporal(field.type):
            repairs.append(
                Repair(None, f"Colonne «\u00a0{field.name}\u00a0» : dates, écrites en ISO (2025-12-31).")
            )
    columns = [pa.chunked_array(each, pa.large_string()) for each in pieces]
    return [field.name for field in fields], columns, repairs, ""


def _refuse_inflated() -> None:
    refuse(
        "bomb",
        f"Une fois décompressé, le fichier serait démesuré : au plus {MAX_INFLATED // 2**20} Mo.",
        "Gardez les colonnes et les communes utiles.",
    )


def _flat(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _flat(kind.value_type)
    return not (
        pa.types.is_nested(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def _decoded(column: pa.Array) -> int:
    """The size in bytes of a dictionary-encoded column of texts once written out: a few long texts may stand for millions of rows."""
    if not pa.types.is_dictionary(column.type) or not (
        pa.types.is_string(column.type.value_type) or pa.types.is_large_string(column.type.value_type)
    ):
        return 0
    lengths = pc.binary_length(column.dictionary).cast(pa.int64())
    return pc.sum(pc.take(lengths, column.indices)).as_py() or 0


def _arrow_text(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_floating(kind):
        values = column.cast(pa.float64()).to_pylist() if not pa.types.is_float32(kind) else None
        if values is None:  # the shortest writing of the single float, not of the double it becomes
            values = [None if v is None else float(str(np.float32(v))) for v in column.to_pylist()]
        return pa.array(
            ["" if v is None or v != v else numbers.plain(repr(v)) for v in values], pa.large_string()
        )
    if pa.types.is_boolean(kind):
        column = pc.if_else(column, "VRAI", "FAUX")
    elif pa.types.is_temporal(kind):
        texts = ["" if v is None else _iso(v) for v in column.to_pylist()]
        return pa.array(texts, pa.large_string())
    elif not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        column = column.cast(pa.string())
    return pc.fill_null(column.cast(pa.large_string()), "")


def _iso(value: Any) -> str:
    text: str = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return text.removesuffix("T00:00:00")


# --------------------------------------------------------------------------------------------------------- dBase

CODE_PAGES = {
    0x01: "cp437",
    0x02: "cp850",
    0x03: "cp1252",
    0x04: "mac_roman",
    0x57: "cp1252",
    0x58: "cp1252",
    0x59: "cp1252",
}


def _dbf(raw: bytes, hints: Hints) -> Read:
    """dBase III and its kind: fixed widths, so that cells lose the blanks that only fill them."""
    rows = int.from_bytes(raw[4:8], "little")
    start, width = int.from_bytes(raw[8:10], "little"), int.from_bytes(raw[10:12], "little")
    if (len(raw) - start) // width < rows:
        have = max(0, (len(raw) - start) // width)
        refuse(
            "dbf-broken",
            f"La table annonce {rows} lignes et n'en contient que {have}.",
            "Le fichier est coupé : demandez-le de nouveau.",
            line=have + 1,
        )
    fields: list[tuple[bytes, str, int, int]] = []
    at, offset = 32, 1
    while at + 32 <= start and raw[at] != 0x0D:
        fields.append((raw[at : at + 11].split(b"\0")[0], chr(raw[at + 11]), offset, raw[at + 16]))
        offset += raw[at + 16]
        at += 32
    if not fields or offset != width:
        refuse(
            "dbf-broken",
            "Les largeurs de colonnes de la table ne font pas une ligne.",
            "Demandez de nouveau le fichier, ou enregistrez-le en CSV UTF-8.",
        )
    body = raw[start : start + rows * width]
    texts = b"\n".join(
        b"".join(
            body[i * width + first : i * width + first + size]
            for _, kind, first, size in fields
            if kind in _TEXTS
        )
        for i in range(rows)
    ).replace(b"\0", b" ")
    page, chosen = _dbf_page(raw[29], texts, hints)
    titles = [title.decode(page, "replace").strip() for title, *_ in fields]
    aside = [title for title, (_, kind, _, _) in zip(titles, fields, strict=True) if kind not in _TEXTS]
    kept = [(title, *each[1:]) for title, each in zip(titles, fields, strict=True) if each[1] in _TEXTS]
    deleted = [i + 1 for i in range(rows) if body[i * width : i * width + 1] == b"*"]
    repairs = [*chosen, *repair_of_lines(deleted, "marquée comme supprimée dans la table, laissée vide.")]
    columns = []
    gone = set(deleted)
    for title, kind, offset, size in kept:
        cells = [body[i * width + offset : i * width + offset + size].decode(page) for i in range(rows)]
        full = [
            i
            for i, cell in enumerate(cells, 1)
            if kind in "NF" and cell and set(cell) == {"*"} and i not in gone
        ]
        repairs += repair_of_lines(
            full, f"« {title} » plus grand que sa colonne (étoiles dans la table), lu vide."
        )
        cells = ["" if i + 1 in gone else _dbf_cell(cell, kind) for i, cell in enumerate(cells)]
        columns.append(_texts(cells))
        if kind == "D":
            repairs.append(
                Repair(None, f"Colonne «\u00a0{title}\u00a0» : dates, écrites en ISO (2025-12-31).")
            )
        elif kind == "L":
            repairs.append(
                Repair(None, f"Colonne «\u00a0{title}\u00a0» : valeurs logiques, écrites VRAI ou FAUX.")
            )
    if aside:
        what = "Colonnes sans texte (mémos rangés dans un autre fichier, valeurs binaires), mises de côté"
        repairs.append(Repair(None, f"{what} : {', '.join(aside)}."))
    return [title for title, *_ in kept], columns, repairs, page


_TEXTS = frozenset("CNFDL")
"""Types of columns whose cells are written in letters and digits; others are binary (I, Y, T, B, O, +, @…) or kept elsewhere (M, G, P)."""


def _dbf_page(declared: int, texts: bytes, hints: Hints) -> tuple[str, list[Repair]]:
    """The encoding of a table: the one it declares, or UTF-8 where its letters are (a `.cpg` file, which is not given, declares it)."""
    page = CODE_PAGES.get(declared, "")
    if not page:
        return decode(texts, hints).encoding, []
    with contextlib.suppress(UnicodeDecodeError):
        if not texts.isascii() and texts.decode("utf-8"):
            return "utf-8", [
                Repair(None, f"La table dit être en {page} mais ses lettres sont en UTF-8 : lue ainsi.")
            ]
    try:
        texts.decode(page)
    except UnicodeDecodeError as error:
        refuse(
            "encoding-broken",
            f"Un octet ne correspond à aucune lettre en {page}.",
            "Enregistrez la table en CSV UTF-8.",
            line=texts.count(b"\n", 0, error.start) + 1,
        )
    return page, []


def _dbf_cell(cell: str, kind: str) -> str:
    if kind == "C":
        return cell.rstrip(" \0")
    text = cell.strip(" \0")
    if kind == "D" and len(text) == 8 and text.isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if kind == "L":
        return "VRAI" if text in ("T", "t", "Y", "y") else "FAUX" if text in ("F", "f", "N", "n") else ""
    if kind in "NF" and set(text) == {"*"}:
        return ""
    return text


# ------------------------------------------------------------------------------------------------------- GeoJSON


def _geojson(raw: bytes, hints: Hints) -> Read:
    text = decode(raw, hints)
    try:
        whole = json.loads(
            text.data, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=once
        )
    except Twice as error:
        refuse(
            "json-twice",
            f"La propriété «\u00a0{error}\u00a0» est écrite deux fois dans le même objet.",
            "Corrigez le fichier ou enregistrez-le en CSV UTF-8.",
        )
        raise
    except json.JSONDecodeError as error:
        refuse("json-broken", "Le JSON est coupé ou abîmé.", "Téléchargez-le de nouveau.", line=error.lineno)
        raise
    except RecursionError:
        refuse("json-broken", "Le JSON est imbriqué sans fin.", "Déposez un GeoJSON ou un CSV.")
        raise
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        refuse(
            "not-a-table",
            "Ce JSON n'est pas une collection GeoJSON («\u00a0FeatureCollection\u00a0»).",
            "Déposez un GeoJSON ou un CSV.",
        )
    records = [each.get("properties") or {} for each in features or ()]
    if not all(isinstance(each, dict) for each in records):
        refuse("not-a-table", "Les propriétés du GeoJSON ne sont pas des objets.", "Déposez un CSV.")
    names: dict[str, None] = {}
    for record in records:
        names.update(dict.fromkeys(record))
        if len(names) > MAX_COLUMNS:
            refuse(
                "too-many-columns",
                f"Les objets ont plus de {counted(MAX_COLUMNS, 'propriété', 'propriétés')} différentes.",
                "Gardez les propriétés utiles.",
            )
    if len(names) * len(records) > MAX_SHEET_CELLS:
        refuse("sheet-too-big", "La table serait démesurée.", "Gardez les objets et les propriétés utiles.")
    nested = {name for record in records for name, value in record.items() if isinstance(value, dict | list)}
    repairs = list(text.repairs)
    if any(each.get("geometry") for each in features or ()):
        repairs.append(
            Repair(None, "Contours et points du GeoJSON mis de côté : seules les propriétés sont lues.")
        )
    absent = [i for i, record in enumerate(records, 1) if len(record) < len(names)]
    if absent:
        repairs += repair_of_lines(absent, "une propriété absente de l'objet, lue vide.")
    if nested:
        repairs.append(
            Repair(
                None, f"Propriétés imbriquées (listes, objets), mises de côté : {', '.join(sorted(nested))}."
            )
        )
    kept = {name: [json_text(record.get(name)) for record in records] for name in names if name not in nested}
    ids = [json_text(each.get("id")) for each in features or ()]
    if any(ids) and "id" not in names:
        kept = {"id": ids, **kept}
        repairs.append(
            Repair(
                None, "Identifiant des objets, écrit hors de leurs propriétés : lu dans la colonne « id »."
            )
        )
    try:
        return (
            list(kept),
            [_texts([name, *cells]).slice(1) for name, cells in kept.items()],
            repairs,
            text.encoding,
        )
    except UnicodeEncodeError:
        refuse(
            "json-broken",
            "Un texte du JSON contient la moitié d'un caractère (\\ud83d).",
            "Demandez-le de nouveau.",
        )
        raise
