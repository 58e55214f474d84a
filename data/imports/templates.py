"""Templates of the network's own kinds, made from their declarations: an XLSX with drop-down lists, a CSV, a Table Schema; a sample file.

The same declarations read the files back (`data.imports.formats.records`), so a template can never ask for what the import does not know.
"""

from __future__ import annotations

import csv as csv_module
import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.french import spaced
from data.imports.dates import read_days
from data.imports.kinds import EXAMPLE_MARK, RECORD_KINDS, Field, RecordKind
from data.imports.places import match_places
from data.packs import SHIPPED
from data.reference.lookup import departement_of
from data.territory import Territory, load_territory

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

ROWS = 1000  # rows of a template that have drop-down lists
SAMPLE = ("exemple_lovac_2025.csv", "lovac_2025.csv")
_STAMP = dt.datetime(2026, 1, 1)
_SCHEMA_TYPES = {
    "text": "string",
    "words": "string",
    "email": "string",
    "day": "date",
    "whole": "integer",
    "number": "number",
    "yes_no": "boolean",
    "choice": "string",
    "commune": "string",
}
TYPE_WORDS = {
    "text": "texte",
    "words": "mots séparés par des virgules",
    "email": "adresse électronique",
    "day": "date, 31/12/2025",
    "whole": "nombre entier",
    "number": "nombre, 1 234,5",
    "yes_no": "oui ou non",
    "choice": "choix",
    "commune": "commune",
}


def xlsx(kind: str, territory: Territory | None = None) -> bytes:
    """The template of `kind` as a workbook: the table with its lists, the explanations, the lists. Raises KeyError."""
    from openpyxl import Workbook

    declared, land = RECORD_KINDS[kind], territory or load_territory()
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.created = book.properties.modified = _STAMP
    book.properties.title = f"Modèle : {declared.name}"
    table = book.create_sheet(declared.name[:31])
    _fill_table(table, declared, land)
    _fill_explanations(book.create_sheet("Lisez-moi"), declared)
    _fill_lists(book.create_sheet("Listes"), table, declared, land)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill_table(sheet: Worksheet, kind: RecordKind, territory: Territory) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill

    for column, field in enumerate(kind.fields, start=1):
        cell = sheet.cell(1, column, _header(field))
        cell.font = Font(bold=True)
        cell.comment = Comment(field.about, "Zevillage")
        sheet.column_dimensions[cell.column_letter].width = max(14, len(field.title) + 4)
    grey = PatternFill("solid", fgColor="E5E5E5")
    for row, example in enumerate(_examples(kind, territory), start=2):
        for column, field in enumerate(kind.fields, start=1):
            cell = sheet.cell(row, column, _typed(field, example.get(field.name, "")))
            cell.fill = grey
            cell.font = Font(italic=True)
            if field.type == "day":
                cell.number_format = "dd/mm/yyyy"
    sheet.freeze_panes = "A2"


def _fill_explanations(sheet: Worksheet, kind: RecordKind) -> None:
    from openpyxl.styles import Alignment, Font

    lines = [
        (kind.about,),
        (f"Les lignes dont la première cellule commence par {EXAMPLE_MARK} sont des exemples : l'import les laisse de côté.",),
        ("Une colonne marquée * est obligatoire. L'ordre des colonnes est libre, les colonnes en trop sont ignorées.",),
        (f"Une ligne déjà connue (même {_key_words(kind)}) est mise à jour, jamais ajoutée deux fois.",),
        (),
        ("Colonne", "Obligatoire", "Ce qu'on y écrit", "Explication", "Valeurs possibles"),
    ]  # fmt: skip
    for line in lines:
        sheet.append([spaced(text) for text in line])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for field in kind.fields:
        possible = ", ".join(field.choices.values())
        sheet.append(
            (field.title, "oui" if field.required else "non", TYPE_WORDS[field.type], field.about, possible)
        )
    for letter, width in zip("ABCDE", (30, 12, 28, 70, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=7):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _fill_lists(sheet: Worksheet, table: Worksheet, kind: RecordKind, territory: Territory) -> None:
    """One column of the sheet « Listes » for each list, and the drop-down lists of the table that read it."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.sheet_state = "hidden"  # so that the workbook, read back, has one table
    place = 0
    for column, field in enumerate(kind.fields, start=1):
        values = _list(field, territory)
        if not values:
            continue
        place += 1
        for row, value in enumerate([field.title, *values], start=1):
            sheet.cell(row, place, value)
        letter, target = get_column_letter(place), get_column_letter(column)
        rule = DataValidation(
            type="list",
            formula1=f"'Listes'!${letter}$2:${letter}${len(values) + 1}",
            allow_blank=not field.required,
            showErrorMessage=field.type != "commune",  # a commune may also be written as its code
            errorTitle="Hors de la liste",
            error=f"Choisissez une valeur de la liste : {', '.join(values)}"[:225],
        )
        rule.add(f"{target}2:{target}{ROWS + 1}")
        table.add_data_validation(rule)


def _list(field: Field, territory: Territory) -> list[str]:
    if field.type == "commune":
        return [name_in_a_list(name, territory) for name in territory.names]
    return ["oui", "non"] if field.type == "yes_no" else list(field.choices.values())


def name_in_a_list(name: str, territory: Territory) -> str:
    """A commune of `territory` as a template offers it, such that it is certain when it comes back: « Essay », « Bures (61) ».

    Where other communes bear the name, its département tells them apart; where that is not enough, its code stands before it.
    """
    code = next(code for code, each in territory.name_of.items() if each == name)
    choices = (name, f"{name} ({departement_of(code)})")
    return next((text for text in choices if _certain(text, code, territory)), f"{code} {name}")


def _certain(text: str, code: str, territory: Territory) -> bool:
    match = match_places([text], territory).matches[text]
    return match.grade == "certain" and match.code == code


def csv(kind: str, territory: Territory | None = None) -> bytes:
    """The template of `kind` as a CSV that French spreadsheets open well: `;`, UTF-8 with its mark, example rows. Raises KeyError."""
    declared = RECORD_KINDS[kind]
    out = io.StringIO(newline="")
    writer = csv_module.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_header(field) for field in declared.fields])
    for example in _examples(declared, territory or load_territory()):
        writer.writerow([example.get(field.name, "") for field in declared.fields])
    return out.getvalue().encode("utf-8-sig")


def schema(kind: str) -> dict[str, Any]:
    """The Table Schema (Frictionless) of the CSV template of `kind`. Raises KeyError."""
    declared = RECORD_KINDS[kind]
    titles = {field.name: _header(field) for field in declared.fields}
    return {
        "$schema": "https://frictionlessdata.io/schemas/table-schema.json",
        "name": f"zevillage-{declared.id}",
        "title": declared.name,
        "description": declared.about,
        "fields": [_schema_field(field) for field in declared.fields],
        "primaryKey": [titles[name] for name in declared.keys[0]],
        "missingValues": [""],
    }


def _schema_field(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": _header(field),
        "title": field.title,
        "description": field.about,
        "type": _SCHEMA_TYPES[field.type],
    }
    constraints: dict[str, Any] = {"required": True} if field.required else {}
    if field.type == "day":
        found["format"] = "%d/%m/%Y"
    if field.type == "email":
        found["format"] = "email"
    if field.type == "number":
        found |= {"decimalChar": ",", "groupChar": " "}
    if field.type == "yes_no":
        found |= {"trueValues": ["oui"], "falseValues": ["non"]}
    if field.choices:
        constraints["enum"] = list(field.choices.values())
    if field.type in ("whole", "number") and field.least is not None:
        constraints["minimum"] = field.least
    return found | ({"constraints": constraints} if constraints else {})


def has_sample(figures: Path) -> bool:
    """Whether the published files of a pack, in the folder `figures`, hold the one to try the import with."""
    return (figures / SAMPLE[1]).is_file()


def sample(figures: Path = SHIPPED.figures) -> tuple[str, bytes]:
    """A published file to try the import with: name and content. LOVAC as its producer writes it (`;`, Latin-1, `s`), true figures.

    Raises FileNotFoundError where the pack of the folder `figures` has none (`has_sample`).
    """
    name, shipped = SAMPLE
    return name, (figures / shipped).read_text(encoding="utf-8").encode("latin-1")


def _header(field: Field) -> str:
    return f"{field.title} *" if field.required else field.title


def _key_words(kind: RecordKind) -> str:
    titles = {field.name: field.title for field in kind.fields}
    return " et même ".join(f"« {titles[name]} »" for name in kind.keys[0])


def _examples(kind: RecordKind, territory: Territory) -> list[Mapping[str, str]]:
    """The example rows, with a commune of the territory by its name and another by its code."""
    words = {"commune": name_in_a_list(territory.names[0], territory), "code": territory.codes[-1]}
    return [{name: text.format_map(words) for name, text in row.items()} for row in kind.examples]


def _typed(field: Field, text: str) -> Any:
    """A cell of an example as a spreadsheet holds it."""
    if not text:
        return None
    if field.type == "day":
        import numpy as np
        import pandas as pd

        return read_days(pd.Series([text]), np.array([1]), field.title).values[0]
    if field.type in ("whole", "number"):
        return float(text.replace(" ", "").replace("\u202f", "").replace(",", "."))
    return text
