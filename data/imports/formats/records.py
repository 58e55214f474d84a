"""The network's own kinds as formats: one made from each declaration of `data.imports.kinds`, so that template and reading agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.vocabulary import FORMER_WORDS
from data.catalogue import Catalogue
from data.imports.dates import read_days
from data.imports.formats.base import ColumnPattern, Example, Format
from data.imports.formats.wide import meanings
from data.imports.headings import fold
from data.imports.kinds import EXAMPLE_MARK, RECORD_KINDS, Field, RecordKind
from data.imports.model import CELL_COLUMNS, Choices, Parsed, Problem, Recognition, Table
from data.imports.numbers import read_numbers
from data.imports.wording import problem
from data.territory import Territory

YES, NO = {"oui", "o", "vrai", "true", "1", "x"}, {"non", "n", "faux", "false", "0"}
_EMAIL = re.compile(r"[^\s@<>\"',;:()]+@[^\s@<>\"',;:()]+\.[^\s@<>\"',;:()]{2,}")


def _texts(field: Field, cells: pd.Series) -> list[Any]:
    return [text or None for text in cells]


def _words(field: Field, cells: pd.Series) -> list[Any]:
    return [
        tuple(dict.fromkeys(word.strip() for word in re.split(r"[,;\n]", text) if word.strip()))
        for text in cells
    ]


def _looked_up(words: dict[str, Any], advice: str) -> Callable[[str], tuple[Any, tuple[str, str] | None]]:
    def one(text: str) -> tuple[Any, tuple[str, str] | None]:
        if not text:
            return None, None
        found = words.get(fold(text))
        return found, None if found is not None else ("Cette valeur n'est pas de la liste.", advice)

    return one


def _email(text: str) -> tuple[Any, tuple[str, str] | None]:
    if text and not _EMAIL.fullmatch(text):
        return None, (
            "Ce n'est pas une adresse électronique.",
            "Écrivez par exemple prenom.nom@exemple.fr, ou rien.",
        )
    return text or None, None


def _one_by_one(field: Field) -> Callable[[str], tuple[Any, tuple[str, str] | None]]:
    """How a cell of a choice, a yes or no, or an address is read."""
    if field.type == "choice":
        words: dict[str, Any] = {fold(word): code for code, word in field.choices.items()}
        words |= {fold(code): code for code in field.choices}
        words |= {fold(word): code for word, code in FORMER_WORDS.items() if code in field.choices}
        return _looked_up(words, f"Choisissez parmi : {', '.join(field.choices.values())}.")
    if field.type == "yes_no":
        return _looked_up({**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}, "Écrivez oui ou non.")
    return _email


def _column(
    field: Field, cells: pd.Series, lines: npt.NDArray[np.int64], column: str
) -> tuple[list[Any], list[Problem]]:
    """The values of one field, None where the cell is empty or a problem."""
    if field.type == "day":
        days = read_days(cells, lines, column)
        return list(days.values), list(days.problems)
    if field.type in ("number", "whole"):
        return _numbers(field, cells, lines, column)
    if field.type in ("text", "commune"):
        return _texts(field, cells), []
    if field.type == "words":
        return _words(field, cells), []
    values, problems = [], []
    one = _one_by_one(field)
    for text, line in zip(cells, lines.tolist(), strict=True):
        value, wrong = one(text)
        values.append(value)
        if wrong:
            problems.append(problem(f"not_a_{field.type}", *wrong, line=line, column=column, value=text))
    return values, problems


_NUMBER = "Écrivez un nombre, par exemple 620, ou rien."


def _numbers(
    field: Field, cells: pd.Series, lines: npt.NDArray[np.int64], column: str
) -> tuple[list[Any], list[Problem]]:
    numbers = read_numbers(cells, lines, column)
    problems = [
        replace(each, advice=_NUMBER) if each.code == "not_a_number" else each for each in numbers.problems
    ]
    values: list[Any] = []
    for value, text, line in zip(numbers.values.tolist(), cells, lines.tolist(), strict=True):
        if value != value:
            values.append(None)
            continue
        whole = field.type == "whole"
        bad = (whole and value != int(value)) or (field.least is not None and value < field.least)
        if bad:
            what = f"{'un nombre entier' if whole else 'un nombre'} à partir de {field.least:g}"
            problems.append(
                problem("out_of_range", f"« {field.title} » veut {what}.", field.about, line=line, column=column, value=text)
            )  # fmt: skip
        values.append(None if bad else int(value) if whole else value)
    return values, problems


def parse_records(
    format_: Format,
    table: Table,
    recognition: Recognition,
    choices: Choices,
    catalogue: Catalogue,
    territory: Territory,
) -> Parsed:
    """One row a record, in the fields of the kind (None when empty), with `line` and `place`; example rows are set aside."""
    kind = RECORD_KINDS[format_.kind]
    column_of = {meaning: column for column, meaning in meanings(recognition, choices).items()}
    first = column_of.get(kind.fields[0].name)
    frame = table.frame.astype("str").apply(lambda column: column.str.strip())
    example = (
        frame[first].str.upper().str.startswith(EXAMPLE_MARK)
        if first
        else pd.Series(False, index=frame.index)
    )
    kept, lines = frame[~example.to_numpy(dtype=bool)], table.lines[~example.to_numpy(dtype=bool)]
    problems = [_column_missing(each) for each in kind.fields if each.required and each.name not in column_of]
    rows: dict[str, Any] = {"line": lines}
    for field in kind.fields:
        column = column_of.get(field.name)
        if column is None:
            rows[field.name] = [() if field.type == "words" else None] * len(kept)
            continue
        values, wrong = _column(field, kept[column], lines, column)
        rows[field.name] = values
        problems += wrong
        if field.required:
            empty = (kept[column] == "").to_numpy(dtype=bool)
            problems += [_cell_missing(field, column, int(line)) for line in lines[empty]]
    records = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in rows.items()})
    records["line"] = lines
    place = kind.place
    records["place"] = records[place.name].fillna("") if place else ""
    problems += _together(kind, records, column_of)
    set_aside = {"lignes d'exemple du modèle": int(example.sum())} if example.any() else {}
    place_column = column_of.get(place.name, "") if place else ""
    return Parsed(
        kind.id, pd.DataFrame(columns=CELL_COLUMNS), records, tuple(problems), set_aside, place_column, ""
    )


def _together(kind: RecordKind, records: pd.DataFrame, column_of: dict[str, str]) -> list[Problem]:
    """Rows where a field is given without those that go with it."""
    titles = {each.name: each.title for each in kind.fields}
    problems = []
    for name, others in kind.goes_with.items():
        given = [row for row in records.to_dict("records") if row[name]]
        for row in given:
            for other in others:
                if row[other] is None:
                    problems.append(
                        problem(
                            "goes_with",
                            f"« {titles[name]} » est rempli sans « {titles[other]} ».",
                            f"Remplissez « {titles[other]} », ou videz « {titles[name]} ».",
                            line=int(row["line"]),
                            column=column_of.get(other, column_of.get(name, "")),
                        )
                    )
    return problems


def _column_missing(field: Field) -> Problem:
    return problem(
        "column_missing",
        f"La colonne « {field.title} » manque.",
        f"Ajoutez-la : {field.about}",
        column=field.title,
    )


def _cell_missing(field: Field, column: str, line: int) -> Problem:
    return problem(
        "cell_missing",
        f"« {field.title} » est vide.",
        f"Remplissez-la : {field.about}",
        line=line,
        column=column,
    )


def _format(kind: RecordKind) -> Format:
    titles = tuple(each.title for each in kind.fields)
    rows = tuple(tuple(row.get(each.name, "") for each in kind.fields) for row in kind.examples)
    return Format(
        id=kind.id,
        name=kind.name,
        about=kind.about,
        kind=kind.id,
        headers=tuple(
            ColumnPattern(
                rf"{re.escape(fold(each.title))}(?: ?\*)?|{each.name}",
                each.name,
                4 if each.required else 0.5,
                each.required,
            )
            for each in kind.fields
        ),
        parse=parse_records,
        examples=(Example(titles, rows),),
        counter_examples=(("CODGEO", "P22_POP", "P22_LOG"), titles[:1]),
    )


FORMATS: tuple[Format, ...] = tuple(_format(kind) for kind in RECORD_KINDS.values())
