"""Two answers side by side: what each commune reads in both, and, for two vintages of one indicator, who rose and who fell.

Where a series breaks between the two vintages nothing is counted as a rise or a fall: the note of the break says why.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis import french
from analysis.answers import Answer
from analysis.french import NBSP, NNBSP
from analysis.model import Indicator, Status


@dataclass(frozen=True)
class Comparison:
    """`cells`: one row a commune with `commune`, `name`, `left`, `right` (texts) and `change` (text, empty where there is none)
    with `difference`, the number that it says (NaN where there is none).

    `changes` says whether a change means anything: the same indicator, two vintages, no break between them. `breaks` are the notes of the
    breaks between the two. `sentence` is empty for two different indicators, whose own sentences are to be shown.
    """

    left: Answer
    right: Answer
    cells: pd.DataFrame
    changes: bool
    breaks: tuple[str, ...]
    sentence: str


def breaks_between(indicator: Indicator, first: str, last: str) -> tuple[str, ...]:
    """The notes of the breaks in series after the period `first`, up to `last` included, oldest first."""
    return tuple(v.break_note for v in indicator.vintages if first < v.period <= last and v.break_note)


def compare(left: Answer, right: Answer) -> Comparison:
    """Put two answers over the same communes beside each other. Two vintages of one indicator are given oldest first.

    Raises ValueError when the communes differ.
    """
    if list(left.cells["commune"]) != list(right.cells["commune"]):
        raise ValueError("Les deux cartes ne portent pas sur les mêmes communes : les demander ensemble.")
    same = left.indicator.id == right.indicator.id
    periods = (left.vintage.period, right.vintage.period)
    breaks = breaks_between(left.indicator, *periods) if same else ()
    changes = same and periods[0] != periods[1] and not breaks
    both = (left.cells["status"] == Status.OBSERVED) & (right.cells["status"] == Status.OBSERVED)
    difference = (right.cells["value"] - left.cells["value"]).where(both)
    cells = pd.DataFrame(
        {
            "commune": left.cells["commune"],
            "name": left.cells["name"],
            "left": [left.text(_known(v), s) for v, s in zip(left.cells["value"], left.cells["status"], strict=True)],
            "right": [
                right.text(_known(v), s) for v, s in zip(right.cells["value"], right.cells["status"], strict=True)
            ],
            "change": [_change(d, left.indicator) if changes else "" for d in difference],
            "difference": difference if changes else float("nan"),
        }
    )  # fmt: skip
    sentence = _sentence(left, right, difference, breaks) if same else ""
    return Comparison(left, right, cells, changes, breaks, sentence)


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _change(difference: float, indicator: Indicator) -> str:
    """« −12 », « +1,5 point » for a share."""
    if pd.isna(difference):
        return ""
    text = french.signed(difference, indicator.decimals)
    if not indicator.unit.startswith("%"):
        return text
    return f"{text}{NBSP}{french.plural(round(difference, indicator.decimals), 'point', 'points')}"


def _sentence(left: Answer, right: Answer, difference: pd.Series, breaks: tuple[str, ...]) -> str:
    name = left.indicator.name
    if left.vintage == right.vintage:
        return f"{name}{NNBSP}: deux fois le même millésime ({left.vintage.label}). Choisissez-en un autre pour comparer."
    span = f"{name}, {left.vintage.label} et {right.vintage.label}"
    if breaks:
        return f"{span}{NNBSP}: la série est rompue entre les deux, une hausse ou une baisse ne se lit pas sur ces cartes."
    known = difference.dropna().round(left.indicator.decimals + 6)
    if known.empty:
        return f"{span}{NNBSP}: aucune commune n'a de chiffre aux deux dates."
    up, down = int((known > 0).sum()), int((known < 0).sum())
    text = (
        f"{span}{NNBSP}: en hausse dans {french.quantity(up, 'communes')}, en baisse dans {french.number(down)}, "
        f"sans changement dans {french.number(len(known) - up - down)}"
    )
    if left.total_text() and right.total_text():
        text += f"{NNBSP}; pour le territoire, {left.total_text()} puis {right.total_text()}"
    lacking = len(difference) - len(known)
    if lacking:
        text += f"{NNBSP}; {french.quantity(lacking, 'communes')} sans chiffre à l'une des deux dates"
    return f"{text}."
