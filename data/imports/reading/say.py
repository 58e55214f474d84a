"""Messages of reading, in French: refusals as `Problem`s, repairs with their line, values cut short."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NoReturn

from analysis.french import spaced
from data.imports.model import Excerpt, ImportRefused, Problem, Reading, ReadingNeeded, Repair

SHOWN = 60
SIGNS = {"\t": "⇥", "\n": "↵", "\r": "↵"}
EXCERPT_ROWS, EXCERPT_CELLS = 4, 8
EXCERPTS = 12
"""Sheets that are shown with their first rows; the others by their name."""


def shown(value: str) -> str:
    """`value` short enough for a message: tabs and line ends by their signs, spaces as they are, other invisible characters spelt out."""
    text = "".join(
        each
        if each.isprintable() or unicodedata.category(each) == "Zs"
        else SIGNS.get(each, f"\\u{ord(each):04x}")
        for each in value[: SHOWN + 1]
    )
    return text if len(value) <= SHOWN else text[:SHOWN] + "…"


def excerpt(rows: Iterable[Sequence[str]]) -> Excerpt:
    """The first rows after the titles of a sheet, all as wide, their first cells cut short: to choose among sheets."""
    full = [cells[:EXCERPT_CELLS] for cells in rows if any(cell.strip() for cell in cells)]
    start = next((i for i, cells in enumerate(full) if sum(bool(cell.strip()) for cell in cells) > 1), 0)
    kept = full[start : start + EXCERPT_ROWS]
    width = max(map(len, kept), default=0)
    return tuple((*map(shown, cells), *[""] * (width - len(cells))) for cells in kept)


def problem(
    code: str, title: str, advice: str, *, line: int | None = None, column: str = "", value: str = ""
) -> Problem:
    """An error of reading, its sentences with French spaces; `value` is cut short."""
    return Problem(code, spaced(title), spaced(advice), line, shown(column), shown(value), "error")


def refuse(
    code: str, title: str, advice: str, *, line: int | None = None, column: str = "", value: str = ""
) -> NoReturn:
    """Raise ImportRefused for one problem."""
    raise ImportRefused([problem(code, title, advice, line=line, column=column, value=value)])


def ask(
    code: str, title: str, advice: str, readings: Sequence[Reading], *, line: int | None = None
) -> NoReturn:
    """Raise ReadingNeeded: the person chooses among `readings`."""
    raise ReadingNeeded(problem(code, title, advice, line=line), readings)


def lines_in_words(lines: Sequence[int]) -> str:
    """« ligne 4 », « lignes 4 à 9 », « lignes 4, 8 et 12 »: every line is named, runs are joined."""
    runs: list[tuple[int, int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], line)
        else:
            runs.append((line, line))
    parts = [f"{a}" if a == b else f"{a} à {b}" for a, b in runs]
    text = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " et " + parts[-1]
    return f"ligne {text}" if len(lines) == 1 else f"lignes {text}"


def repair_of_lines(lines: Sequence[int], what: str, column: str = "") -> list[Repair]:
    """One repair for each run of neighbouring lines, so that a thousand empty lines are one entry and none is left out."""
    out: list[Repair] = []
    start = 0
    for i in range(1, len(lines) + 1):
        if i == len(lines) or lines[i] != lines[i - 1] + 1:
            run = lines[start:i]
            where = lines_in_words(run)
            out.append(Repair(int(run[0]), f"{where[0].upper()}{where[1:]} : {what}"))
            start = i
    return out
