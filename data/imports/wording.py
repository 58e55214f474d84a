"""How an import speaks: problems in French typography, values cut short, counts with their word, lists of lines."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.french import spaced
from data.imports.model import Problem, Severity

SHOWN = 200  # characters of a value that a problem keeps


def problem(
    code: str,
    title: str,
    advice: str,
    *,
    line: int | None = None,
    column: str = "",
    value: object = "",
    severity: Severity = "error",
) -> Problem:
    """A problem whose sentences have French spaces; `value` is as written, cut short."""
    return Problem(
        code,
        spaced(title),
        spaced(advice),
        int(line) if line else None,
        column,
        str(value)[:SHOWN],
        severity,
    )


def warning(
    code: str, title: str, advice: str, *, line: int | None = None, column: str = "", value: object = ""
) -> Problem:
    """A problem that forbids nothing."""
    return problem(code, title, advice, line=line, column=column, value=value, severity="warning")


def some(values: Iterable[object], most: int = 5) -> str:
    """« 3, 7, 12 et 40 autres »: the first of a list and how many follow."""
    every = [str(value) for value in values]
    left = len(every) - most
    if left <= 0:
        return ", ".join(every)
    return ", ".join(every[:most]) + f" et {left} autre{'s' if left > 1 else ''}"
