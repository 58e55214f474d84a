"""From the cells of a sheet to a table: what XLSX, ODS and XLS share once their cells are text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from data.imports.model import ImportRefused, Problem, Repair, SheetNeeded
from data.imports.reading.body import MAX_PROBLEMS, Found, Lines, finish, without_notes
from data.imports.reading.encoding import plain
from data.imports.reading.header import filled, find_header
from data.imports.reading.hints import Hints
from data.imports.reading.limits import SAMPLE_RECORDS
from data.imports.reading.records import Record
from data.imports.reading.say import count, problem, refuse, repair_of_lines

METADATA = (
    "documentation", "doc", "lisez", "lisezmoi", "readme", "a lire", "dictionnaire", "metadonnees", "metadata", "notes", "note",
    "sommaire", "index", "variables", "a propos", "information", "presentation", "definitions", "listes", "liste des", "mode d'emploi",
    "aide", "nomenclature", "modalites", "avertissement", "sources", "legende", "champ", "methodologie", "couverture",
)  # fmt: skip


@dataclass
class Sheet:
    """One sheet's cells: `rows` by ascending row number (1 is the first), each as wide as its last cell; what was seen on the way.

    `merges` are (first row, first column, last row, last column), 1-based. `seen` counts what is worth saying, by (kind, column).
    """

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    seen: Counter[tuple[str, int]] = field(default_factory=Counter)
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    no_value: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: int = 0


SEEN = {
    "date": "dates de tableur, écrites en ISO (2025-12-31)",
    "time": "heures de tableur, écrites en ISO (14:30:00)",
    "elapsed": "durées, écrites en heures:minutes:secondes",
    "percent": "pourcentages, écrits comme affichés (12.5 %)",
    "mask": "nombres affichés avec des zéros devant, écrits comme affichés (01001)",
    "boolean": "valeurs logiques, écrites VRAI ou FAUX",
    "formula": "formules, lues à leur valeur enregistrée",
}


def letters(column: int) -> str:
    """« A », « AB »: the letters of a 1-based column."""
    out = ""
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


def choose(
    names: Sequence[str], hidden: Sequence[bool], asked: str | None, looks: Callable[[int], int]
) -> tuple[int, tuple[Repair, ...]]:
    """Which sheet to read: the one asked for, or the only one that holds a table and is not metadata by its name.

    `looks(i)` is how many rows of two cells or more stand among the first of sheet i. Raises SheetNeeded, the likely ones first.
    """
    if asked is not None and asked in names:
        return names.index(asked), ()
    tables = [i for i in range(len(names)) if looks(i) >= 2]
    likely = [i for i in tables if not hidden[i] and not is_metadata(names[i])]
    if asked is None:
        if len(names) == 1:
            return 0, ()
        only = likely if likely else [i for i in tables if not hidden[i]]
        if len(only) == 1 or (not tables and len(names) == 1):
            others = ", ".join(f"« {name} »" for i, name in enumerate(names) if i != only[0])
            what = f"Feuille « {names[only[0]]} » lue ; laissées de côté (documentation, listes, feuilles vides) : {others}."
            return only[0], (Repair(None, what),)
        if not tables:
            refuse(
                "empty",
                "Aucune feuille du classeur ne contient de tableau.",
                "Vérifiez que c'est le bon fichier.",
            )
    ordered = [
        *likely,
        *(i for i in tables if i not in likely),
        *(i for i in range(len(names)) if i not in tables),
    ]
    title = (
        "Le classeur contient plusieurs tableaux."
        if asked is None
        else f"Le classeur n'a pas de feuille « {asked} »."
    )
    raise SheetNeeded(
        problem("sheet-needed", title, "Choisissez la feuille à lire."), [names[i] for i in ordered]
    )


def is_metadata(name: str) -> bool:
    """Whether a sheet's name is that of documentation or lists rather than of data."""
    text = plain(name).replace("_", " ").replace("’", "'")
    return any(text == word or text.startswith((word + " ", word + "-", word + "(")) for word in METADATA)


def finish_sheet(sheet: Sheet, hints: Hints) -> tuple[pd.DataFrame, Lines, list[Repair], int]:
    """The frame of a sheet, the row number of each of its rows, what was put right, and the header's row."""
    if sheet.no_value:
        problems: list[Problem] = [
            problem(
                "formula-no-value",
                "La cellule contient une formule dont le résultat n'est pas enregistré.",
                "Ouvrez le fichier dans un tableur, enregistrez-le, et déposez-le de nouveau.",
                line=row,
                column=letters(column),
            )
            for row, column in sheet.no_value[:MAX_PROBLEMS]
        ]
        raise ImportRefused(problems)
    rows = [(row, cells) for row, cells in sheet.rows if filled(cells)]
    if not rows:
        refuse(
            "empty",
            "La feuille est vide.",
            "Choisissez une autre feuille, ou vérifiez que c'est le bon fichier.",
        )
    repairs = _fill_merges(sheet, dict(rows))
    spread = _spread(sheet, dict(rows))
    header = find_header(
        rows[:SAMPLE_RECORDS], hints, rows[min(len(rows), SAMPLE_RECORDS) - 1][0] + 1, spread
    )
    body: list[Record] = [(row, cells) for row, cells in rows if row >= header.body]
    numbers = {row for row, _ in rows}
    last = body[-1][0] if body else header.body
    blanks = [row for row in range(header.body, last) if row not in numbers]
    width = max([len(header.names), *(len(cells) for _, cells in body)])
    body = without_notes(body, blanks, width, repairs)
    last = body[-1][0] if body else 0
    repairs += repair_of_lines([row for row in blanks if row < last], "ligne vide, ignorée.")
    squared = [[*cells, *[""] * (width - len(cells))] for _, cells in body]
    columns = [
        pa.chunked_array([pa.array(column, pa.large_string())]) for column in zip(*squared, strict=True)
    ]
    if not columns:
        columns = [pa.chunked_array([], pa.large_string()) for _ in range(width)]
    found = Found(columns, np.asarray([row for row, _ in body], np.int64), [*_seen(sheet), *repairs])
    frame, lines, done = finish(found, header, hints)
    return frame, lines, done, header.line


def _seen(sheet: Sheet) -> list[Repair]:
    out = []
    for (kind, column), number in sorted(sheet.seen.items(), key=lambda each: (each[0][1], each[0][0])):
        out.append(
            Repair(None, f"Colonne {letters(column)} : {count(number, 'cellule', 'cellules')}, {SEEN[kind]}.")
        )
    for row, column, text in sheet.errors:
        out.append(
            Repair(
                row,
                f"Ligne {row} : la cellule {letters(column)}{row} est en erreur ({text}), gardée telle quelle.",
            )
        )
    if sheet.hidden_rows:
        out.append(
            Repair(
                None,
                f"{count(sheet.hidden_rows, 'ligne masquée', 'lignes masquées')} (filtre) : lues comme les autres.",
            )
        )
    return out


def _fill_merges(sheet: Sheet, rows: dict[int, list[str]]) -> list[Repair]:
    """Cells merged downwards hold their value in each row; wider merges are left as they are (titles, headers)."""
    repairs = []
    for top, left, bottom, right in sheet.merges:
        if left != right or top == bottom or top not in rows or left > len(rows[top]):
            continue
        value = rows[top][left - 1]
        if not value:
            continue
        for row in range(top + 1, bottom + 1):
            cells = rows.get(row)
            if cells is None:
                continue
            cells.extend([""] * (left - len(cells)))
            cells[left - 1] = value
        where = f"{letters(left)}{top}:{letters(right)}{bottom}"
        repairs.append(
            Repair(top, f"Cellules fusionnées {where} : « {value[:40]} » répété sur chaque ligne.")
        )
    return repairs


def _spread(sheet: Sheet, rows: dict[int, list[str]]) -> Callable[[int], list[str]]:
    """A function that gives a row with the cells merged to the right repeated, for the upper line of a header."""

    def row_spread(row: int) -> list[str]:
        cells = list(rows.get(row, []))
        for top, left, bottom, right in sheet.merges:
            if top <= row <= bottom and right > left and left <= len(cells):
                cells.extend([""] * (right - len(cells)))
                cells[left:right] = [cells[left - 1]] * (right - left)
        return cells

    return row_spread
