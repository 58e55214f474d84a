"""The problems of a file to take away: as CSV, and as a copy of the file with the faulty cells coloured."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from analysis.spreadsheet import guard
from data.imports.marked import COLUMNS, row, to_xlsx
from data.imports.model import Problem

__all__ = ["COLUMNS", "to_csv", "to_xlsx"]


def to_csv(problems: Iterable[Problem]) -> bytes:
    """UTF-8 with BOM and `;`, as French spreadsheets open it; text that they would run as a formula stands behind an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([guard(cell) for cell in row(each)] for each in problems)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")
