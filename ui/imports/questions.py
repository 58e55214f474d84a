"""Questions about whole columns that nothing in the file answers: fractions or percentages, several lines of one commune."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from analysis.french import NNBSP
from data.imports.formats.wide import FRACTIONS_ASKED
from data.imports.model import Draft, Problem
from data.imports.places.lines import LINES_ASKED
from ui import frame
from ui.imports import parts
from ui.imports.work import Work
from ui.markdown import literal

ASKED = frozenset({FRACTIONS_ASKED, LINES_ASKED})
"""Codes of the problems that are questions: they are answered here, not mended in the file."""
LINES: Mapping[str, str] = {
    "sum": "Additionner les lignes d’une même commune",
    "lines": "Compter les lignes d’une même commune",
}


def waiting(draft: Draft) -> list[Problem]:
    """The questions that nobody has answered yet."""
    return [each for each in draft.problems if each.code in ASKED]


def show_questions(work: Work, draft: Draft) -> None:
    """Each question with its answers; those that were answered stay, to be changed."""
    for each in waiting(draft):
        if each.code == FRACTIONS_ASKED:
            _fractions(work, each.column, each)
        else:
            _lines(work, each.column, each)
    for column in work.choices.fractions:
        _fractions(work, column, None)
    for column in work.choices.same_commune:
        _lines(work, column, None)


def _fractions(work: Work, column: str, asked: Problem | None) -> None:
    example = asked.value if asked is not None else "0,12"
    answers = {
        "times_100": f"des fractions de 1, à multiplier par 100{NNBSP}: 0,12 veut dire 12",
        "as_written": f"à publier telles quelles{NNBSP}: {example} veut dire {example}",
    }
    key = parts.bind(f"importer:fractions:{column}", work.choices.fractions.get(column))
    _explained(asked)
    st.radio(
        f"Les valeurs de {literal(parts.named(column))} sont",
        list(answers), key=key, index=None, format_func=answers.__getitem__,
        on_change=lambda: work.choose(fractions={**work.choices.fractions, column: st.session_state[key]}),
    )  # fmt: skip


def _lines(work: Work, column: str, asked: Problem | None) -> None:
    key = parts.bind(f"importer:lines:{column}", work.choices.same_commune.get(column))
    _explained(asked)
    st.radio(
        f"Plusieurs lignes d’une même commune, colonne {literal(parts.named(column))}",
        list(LINES), key=key, index=None, format_func=LINES.__getitem__,
        on_change=lambda: work.choose(same_commune={**work.choices.same_commune, column: st.session_state[key]}),
    )  # fmt: skip


def _explained(asked: Problem | None) -> None:
    if asked is not None:
        frame.note(f"{asked.title} {asked.advice}")
