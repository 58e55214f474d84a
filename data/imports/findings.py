"""The problems of a file to take away: as CSV, and as a copy of the file with the faulty cells coloured."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from analysis.spreadsheet import guard
from data.imports.model import Problem

COLUMNS = ["Ligne", "Colonne", "Valeur", "Gravité", "Problème", "Que faire", "Règle"]
SEVERITIES = {"error": "erreur", "warning": "avertissement"}


def to_csv(problems: Iterable[Problem]) -> bytes:
    """UTF-8 with BOM and `;`, as French spreadsheets open it; text that they would run as a formula stands behind an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([guard(cell) for cell in row(each)] for each in problems)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def row(problem: Problem) -> list[str]:
    """The cells of one problem, under `COLUMNS`."""
    return [
        str(problem.line or ""),
        problem.column,
        problem.value,
        SEVERITIES[problem.severity],
        problem.title,
        problem.advice,
        problem.code,
    ]
