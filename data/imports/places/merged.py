"""Communes that merged: a file of before the merger has a row for each, the map has one commune.

Counts are summed, if every part is there; a rate or a median cannot be made from those of the parts, and is refused.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.model import OBSERVATION_KEY, Indicator, Status
from data import reference
from data.imports.model import Problem
from data.imports.wording import problem, some, warning
from data.reference import lookup

_WHOLE = (
    "Si cette ligne décrit déjà la commune d'aujourd'hui en entier, choisissez-la vous-même pour ce texte."
)


def merge(
    cells: pd.DataFrame,
    whole: npt.NDArray[np.object_],
    column: str,
    indicators: Mapping[str, Indicator],
    *,
    strict: bool = False,
) -> tuple[pd.DataFrame, list[Problem]]:
    """`cells` (with `commune`) with one row a commune of today where former communes stand for it, and the problems found on the way.

    `whole` names, for each cell, the former commune that its place is, or repeats the code. A former commune given twice is left as it
    is, for the rule on duplicates. `strict`: some lines of the file could not be read, so that a part that is absent is an error.
    """
    cells = cells.reset_index(drop=True)
    today = cells["commune"].to_numpy(dtype=object)
    touched = np.isin(today, np.unique(today[whole != today].astype(str)))
    if not touched.any():
        return cells, []
    part = cells[touched].assign(part=whole[touched])
    kept, problems = [cells[~touched]], []
    listed_marks: set[tuple[str, tuple[str, ...]]] = set()
    for key, rows in part.groupby(OBSERVATION_KEY, sort=False):
        summed, problems_of_row = _one(key, rows, column, indicators, strict)
        kept.append(summed.drop(columns="part"))
        for each in problems_of_row:
            mark = (each.code, (each.value, str(each.line)))
            if mark not in listed_marks:
                listed_marks.add(mark)
                problems.append(each)
    merged = pd.concat(kept, ignore_index=True)
    return merged.sort_values("line", kind="stable", ignore_index=True), problems


def _one(
    key: Hashable, rows: pd.DataFrame, column: str, indicators: Mapping[str, Indicator], strict: bool
) -> tuple[pd.DataFrame, list[Problem]]:
    """The row of one indicator, commune and period, and its problems."""
    indicator, commune, _ = key if isinstance(key, tuple) else (key, "", "")
    parts = rows["part"].tolist()
    if len(set(parts)) < len(parts) or set(parts) == {commune}:
        return rows, []
    name = reference.commune_names()[commune]
    line = int(rows["line"].iloc[0])
    written = str(rows["place"].iloc[0]).strip()
    if len(parts) == 1 and (year := lookup.recoded_in().get((written, commune))):
        told = warning(
            "merged_recoded",
            f"{written} est le code que {name} portait avant {year} : la ligne est prise pour celle de {commune}.",
            f"Rien à faire si le fichier est d'avant {year} et décrit la commune entière.",
            line=line,
            column=column,
            value=written,
        )
        return rows, [told]
    former = [each for each in parts if each != commune]
    known = indicators.get(indicator)
    if known is None or known.kind != "count":
        what = known.name if known else indicator
        return rows.iloc[:0], [
            problem(
                "merged_rate",
                f"« {what} » de {some(former)} ne se ramène pas à {name} : un taux ou une médiane ne s'additionne pas.",
                f"Fournissez la valeur de {name} ({commune}), ou les nombres qui la composent. {_WHOLE}",
                line=int(row["line"]),
                column=row["column"],
                value=row["text"],
            )
            for row in rows.to_dict("records")
            if row["part"] != commune
        ]
    problems = _completeness(rows, commune, name, former, column, strict)
    if any(each.severity == "error" for each in problems):
        return rows.iloc[:0], problems
    if len(rows) == 1:
        return rows, problems
    problems.append(
        warning(
            "merged_sum",
            f"{name} additionne {len(rows)} lignes : {some([_called(each, name) for each in parts], 8)}.",
            f"Rien à faire si la ligne de {name} est celle d'avant la fusion ; si c'est déjà le total, retirez les autres lignes.",
            line=line,
            column=column,
            value=commune,
        )
    )
    return _sum(rows), problems


def _completeness(
    rows: pd.DataFrame, commune: str, name: str, former: list[str], column: str, strict: bool
) -> list[Problem]:
    """Whether every commune that merged is there: an error without the seat, a warning without another."""
    expected = {code: lookup.former_name(code) or code for code in lookup.parts_of().get(commune, ())}
    there = {reference.name_key(each) for each in former}
    absent = [
        was for code, was in expected.items() if code != commune and reference.name_key(was) not in there
    ]
    line, text = int(rows["line"].iloc[0]), str(rows["place"].iloc[0])
    if commune not in rows["part"].to_numpy():
        seat = expected.get(commune)
        if seat is None or reference.name_key(seat) not in there:
            return [
                problem(
                    "merged_partial",
                    f"{some(former)} n'est qu'une partie de {name} ({commune}), dont la ligne manque : le total serait trop petit.",
                    f"Ajoutez la ligne de {seat or name}. {_WHOLE}",
                    line=line,
                    column=column,
                    value=text,
                )
            ]
    if absent:
        return [
            (problem if strict else warning)(
                "merged_incomplete",
                f"{name} ({commune}) est additionnée sans {some(absent)} : le total est peut-être partiel.",
                "Vérifiez que le fichier contient toutes les communes d'avant la fusion.",
                line=line,
                column=column,
                value=text,
            )
        ]
    return []


def _called(part: str, name: str) -> str:
    return name if part in reference.commune_names() else part


def _sum(rows: pd.DataFrame) -> pd.DataFrame:
    """One row: the sum, or suppressed when a part is, else missing when a part is."""
    statuses = set(rows["status"])
    worst = next(s for s in (Status.SUPPRESSED, Status.MISSING, Status.OBSERVED) if s.value in statuses).value
    value = float(rows["value"].sum()) if worst == Status.OBSERVED.value else np.nan
    return rows.iloc[[0]].assign(value=value, status=worst, text=" + ".join(map(str, rows["text"])))
