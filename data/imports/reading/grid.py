"""From the text cells of a sheet to a table: the common part of XLSX, ODS and XLS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.french import counted
from data.imports.model import ImportRefused, Problem, Repair, SheetNeeded
from data.imports.reading.body import MAX_PROBLEMS, Found, Lines, finish, without_notes
from data.imports.reading.encoding import plain
from data.imports.reading.header import Header, filled, find_header
from data.imports.reading.hints import Hints
from data.imports.reading.limits import MAX_COLUMNS, MAX_INFLATED, MAX_SHEET_CELLS, SAMPLE_RECORDS
from data.imports.reading.records import Record
from data.imports.reading.say import EXCERPTS, excerpt, problem, refuse, repair_of_lines, shown

METADATA = (
    "documentation", "doc", "lisez", "lisezmoi", "readme", "a lire", "dictionnaire", "metadonnees", "metadata", "sommaire", "variables",
    "a propos", "definitions", "liste des variables", "liste des champs", "liste des colonnes", "mode d'emploi", "nomenclature",
    "modalites", "avertissement", "legende", "methodologie", "note methodologique", "note de lecture", "notes de lecture",
)  # fmt: skip
ALONE = frozenset(
    ("aide", "champ", "couverture", "index", "information", "informations", "listes", "note", "notes", "presentation", "sources")
)  # fmt: skip
"""Words of metadata only when nothing follows: « Couverture FttH », « Aide au logement » and « Liste des communes » are data."""
Rows = list[tuple[int, list[str]]]


@dataclass
class Sheet:
    """One sheet's cells: `rows` by ascending row number (1 is the first), each as wide as its last cell; what was seen on the way.

    `merges` are (first row, first column, last row, last column), 1-based. `seen` counts what is worth saying, by (kind, column).
    """

    rows: Rows = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    seen: Counter[tuple[str, int]] = field(default_factory=Counter)
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    no_value: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


SEEN = {
    "date": "dates de tableur, écrites en ISO (2025-12-31)",
    "time": "heures de tableur, écrites en ISO (14:30:00)",
    "elapsed": "durées, écrites en heures:minutes:secondes",
    "percent": "pourcentages, écrits comme affichés (12.5 %)",
    "mask": "nombres affichés avec des zéros devant, écrits comme affichés (01001)",
    "boolean": "valeurs logiques, écrites VRAI ou FAUX",
    "unformatted": "nombres d'un ancien classeur (xls), lus sans leur format : un code 01001 peut y être 1001, 12,5 % y est 0.125",
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
    names: Sequence[str], hidden: Sequence[bool], asked: str | None, peek: Callable[[int], Rows]
) -> tuple[int, tuple[Repair, ...]]:
    """Which sheet to read: the one asked for, or the only one that holds a table and is not metadata by its name.

    `peek(i)` are the first rows of sheet i; a table has two of two cells or more. Raises SheetNeeded, the likely ones first.
    """
    if asked is not None and asked in names:
        return names.index(asked), ()
    first = {i: peek(i) for i in range(len(names))}
    tables = [i for i, rows in first.items() if sum(filled(cells) >= 2 for _, cells in rows) >= 2]
    likely = [i for i in tables if not hidden[i] and not is_metadata(names[i])]
    if asked is None:
        if len(names) == 1:
            return 0, ()
        only = likely if likely else [i for i in tables if not hidden[i]]
        if len(only) == 1 or (not tables and len(names) == 1):
            others = ", ".join(f"« {name} »" for i, name in enumerate(names) if i != only[0])
            what = f"Feuille « {names[only[0]]} » lue ; laissées de côté (documentation, listes, feuilles vides ou masquées) : {others}."
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
        problem("sheet-needed", title, "Choisissez la feuille à lire."),
        [names[i] for i in ordered],
        {names[i]: excerpt(cells for _, cells in first[i]) for i in ordered[:EXCERPTS]},
    )


def is_metadata(name: str) -> bool:
    """Whether a sheet's name is that of documentation or lists rather than of data."""
    text = plain(name).replace("_", " ").replace("’", "'")
    return text in ALONE or any(
        text == word or text.startswith((word + " ", word + "-", word + "(")) for word in METADATA
    )


def finish_sheet(sheet: Sheet, hints: Hints) -> tuple[pd.DataFrame, Lines, list[Repair], int]:
    """The frame of a sheet, the row number of each of its rows, what was put right, and the header's row."""
    _refuse_without_value(sheet)
    rows = [(row, cells) for row, cells in sheet.rows if filled(cells)]
    if not rows:
        refuse(
            "empty",
            "La feuille est vide.",
            "Choisissez une autre feuille, ou vérifiez que c'est le bon fichier.",
        )
    by_row = dict(rows)
    repairs = _fill_merges(sheet, by_row)
    header = find_header(
        rows[:SAMPLE_RECORDS], hints, rows[min(len(rows), SAMPLE_RECORDS) - 1][0] + 1, _spread(sheet, by_row)
    )
    body: list[Record] = [(row, cells) for row, cells in rows if row >= header.body]
    last = body[-1][0] if body else header.body
    blanks = [row for row in range(header.body, last) if row not in by_row]
    width = max([len(header.names), *(len(cells) for _, cells in body)])
    left = min(
        (_first_filled(cells) for cells in (header.raw, *(cells for _, cells in body)) if cells), default=0
    )
    shifted: list[Record] = [(row, cells[left:]) for row, cells in body]  # a note begins where the table does
    body = body[: len(without_notes(shifted, blanks, width - left, repairs))]
    last = body[-1][0] if body else 0
    repairs += repair_of_lines([row for row in blanks if row < last], "ligne vide, ignorée.")
    repairs += _fill_wide_merges(sheet, {row: by_row[row] for row, _ in body})
    _refuse_too_big(body, width)
    squared = [[*cells, *[""] * (width - len(cells))] for _, cells in body]
    _refuse_side_by_side(header, squared)
    columns = [
        pa.chunked_array([pa.array(column, pa.large_string())]) for column in zip(*squared, strict=True)
    ]
    if not columns:
        columns = [pa.chunked_array([], pa.large_string()) for _ in range(width)]
    found = Found(columns, np.asarray([row for row, _ in body], np.int64), [*_seen(sheet, width), *repairs])
    frame, lines, done = finish(found, header, hints)
    return frame, lines, done, header.line


def _first_filled(cells: Sequence[str]) -> int:
    return next((j for j, cell in enumerate(cells) if cell.strip()), len(cells))


def _refuse_without_value(sheet: Sheet) -> None:
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


def _refuse_too_big(body: Sequence[Record], width: int) -> None:
    """Refuse a sheet that is too large as a rectangle: one cell far to the right, or one long text shared by many cells."""
    if width > MAX_COLUMNS:
        row, cells = next((row, cells) for row, cells in body if len(cells) > MAX_COLUMNS)
        refuse(
            "too-many-columns",
            f"La ligne a une cellule à la colonne {letters(len(cells))}, au plus {counted(MAX_COLUMNS, 'colonne', 'colonnes')}.",
            "Effacez cette cellule, ou gardez les colonnes utiles, et déposez de nouveau le fichier.",
            line=row,
            column=letters(len(cells)),
            value=cells[-1],
        )
    if width * len(body) > MAX_SHEET_CELLS or sum(sum(map(len, cells)) for _, cells in body) > MAX_INFLATED:
        refuse(
            "sheet-too-big",
            f"La feuille est démesurée : au plus {MAX_SHEET_CELLS // 10**6} millions de cellules et {MAX_INFLATED // 2**20} Mo de texte.",
            "Enregistrez-la en CSV UTF-8.",
        )


def _refuse_side_by_side(header: Header, rows: Sequence[Sequence[str]]) -> None:
    """Refuse two tables beside each other, whose rows do not belong together.

    They are recognised by an empty column without name that has a column of the same name on both sides.
    """
    names = [name.casefold() for name in header.names]
    for j, name in enumerate(names):
        again = set(names[:j]) & set(names[j + 1 :]) - {""} if not name else ()
        if again and not any(cells[j].strip() for cells in rows):
            second = next(k for k in range(j + 1, len(names)) if names[k])
            refuse(
                "side-by-side",
                f"Deux tableaux sont côte à côte dans la feuille : le second commence à la colonne {letters(second + 1)}.",
                "Mettez chacun dans sa feuille ou son fichier, et déposez-les l'un après l'autre.",
                line=header.line or None,
                column=letters(second + 1),
                value=header.names[second],
            )


def _seen(sheet: Sheet, width: int) -> list[Repair]:
    out = []
    for (kind, column), number in sorted(sheet.seen.items(), key=lambda each: (each[0][1], each[0][0])):
        out.append(
            Repair(
                None, f"Colonne {letters(column)} : {counted(number, 'cellule', 'cellules')}, {SEEN[kind]}."
            )
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
                f"{counted(sheet.hidden_rows, 'ligne masquée', 'lignes masquées')} (filtre) : lues comme les autres.",
            )
        )
    hidden = [
        f"{letters(first)} à {letters(last)}" if first < last else letters(first)
        for first, last in ((first, min(last, width)) for first, last in sheet.hidden_columns)
        if first <= last
    ]
    if hidden:
        out.append(Repair(None, f"Colonnes masquées ({', '.join(hidden)}) : lues comme les autres."))
    return out


def _fill_merges(sheet: Sheet, rows: dict[int, list[str]]) -> list[Repair]:
    """Give cells merged downwards their value in each row; cells merged to the right are treated once the header is known."""
    last = max(rows)
    if sum(min(bottom, last) - top for top, _, bottom, _ in sheet.merges if top < last) > MAX_SHEET_CELLS:
        refuse(
            "sheet-too-big",
            "Les cellules fusionnées de la feuille se recouvrent.",
            "Ouvrez le fichier dans un tableur, annulez les fusions et enregistrez-le de nouveau.",
        )
    return [
        Repair(top, f"Cellules fusionnées {where} : « {shown(value)} » répété sur chaque ligne{covered}.")
        for top, left, bottom, right in sheet.merges
        if left == right and bottom > top
        for where, value, covered in _filled(rows, top, left, bottom, right)
    ]


def _fill_wide_merges(sheet: Sheet, rows: dict[int, list[str]]) -> list[Repair]:
    """Cells of the table merged over several columns hold their value in the first one, in each row; titles are not of the table."""
    return [
        Repair(
            top,
            f"Cellules fusionnées {where} : « {shown(value)} » lu dans la seule colonne {letters(left)}, sur chaque ligne{covered}.",
        )
        for top, left, bottom, right in sheet.merges
        if right > left
        for where, value, covered in _filled(rows, top, left, bottom, right)
    ]


def _filled(
    rows: dict[int, list[str]], top: int, left: int, bottom: int, right: int
) -> Iterator[tuple[str, str, str]]:
    """Fill the first column of merged cells downwards: the positions filled, the value, and the values it replaced, if any."""
    value = rows[top][left - 1] if top in rows and left <= len(rows[top]) else ""
    if not value:
        return
    covered = []
    for row in range(top + 1, min(bottom, max(rows)) + 1):
        if (cells := rows.get(row)) is None:
            continue
        cells.extend([""] * (left - len(cells)))
        if cells[left - 1] not in ("", value):
            covered.append(f"« {shown(cells[left - 1])} » en {letters(left)}{row}")
        cells[left - 1] = value
    under = f" (à la place de ce qu'elles cachaient : {', '.join(covered)})" if covered else ""
    yield f"{letters(left)}{top}:{letters(right)}{bottom}", value, under


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
