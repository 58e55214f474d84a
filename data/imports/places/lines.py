"""Several lines of one commune, in a file that has a line for each school or each dwelling: added up, counted, or asked about.

Keeping one of the lines would publish a false total, so that nothing is kept before the person said what the lines are.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.french import counted
from analysis.model import Indicator, Status
from data import reference
from data.imports.model import Problem
from data.imports.wording import problem, some

LINES_ASKED = "lines_asked"
_STRENGTH = {Status.OBSERVED.value: 0, Status.MISSING.value: 1, Status.SUPPRESSED.value: 2}
_SHOWN = 5  # cells of a sum that its text repeats


def one_line_each(
    cells: pd.DataFrame,
    whole: npt.NDArray[np.object_],
    answers: Mapping[str, str],
    indicators: Mapping[str, Indicator],
) -> tuple[pd.DataFrame, npt.NDArray[np.object_], list[Problem]]:
    """`cells` and `whole` with one line a commune for the columns of counts that `answers` settles, and a question for the others.

    `cells` are those of `Parsed` with their `commune`; `whole` tells former communes apart (see `merge`). `answers`: column → ``sum`` or
    ``lines``. A sum is suppressed when one of its parts is, else missing when one is. Rates and medians are left as they are.
    """
    cells = cells.reset_index(drop=True)
    keyed = cells.assign(whole=whole)
    keys = ["indicator", "whole", "period"]
    several = keyed.duplicated(keys, keep=False).to_numpy(dtype=bool)
    problems: list[Problem] = []
    parts: list[pd.DataFrame] = []
    settled = np.zeros(len(cells), dtype=bool)
    for name, column in keyed.groupby("column", sort=False):
        entry = indicators.get(str(column["indicator"].iloc[0]))
        concerned = column[several[column.index]]
        if entry is None or entry.kind != "count" or concerned.empty:
            continue
        answer = answers.get(str(name), "")
        if not answer:
            problems.append(_asked(str(name), concerned))
            continue
        settled[column.index] = True
        parts.append(_together(column, keys, answer))
    if not parts:
        return cells, whole, problems
    together = pd.concat([keyed[~settled], *parts], ignore_index=True)
    together = together.sort_values("line", kind="stable", ignore_index=True)
    return together[cells.columns], together["whole"].to_numpy(dtype=object), problems


def _together(cells: pd.DataFrame, keys: list[str], answer: str) -> pd.DataFrame:
    """One line for each key: the sum of the lines, or their number, which is known even where a cell is empty or secret."""
    names = list(_STRENGTH)
    grouped = cells.assign(worst=cells["status"].map(_STRENGTH)).groupby(keys, sort=False)
    found = grouped.first().reset_index()
    if answer == "lines":
        found["value"] = grouped.size().to_numpy(dtype="float64")
        found["status"] = Status.OBSERVED.value
    else:
        worst = grouped["worst"].max().to_numpy(dtype=int)
        found["value"] = np.where(worst == 0, grouped["value"].sum().to_numpy(dtype="float64"), np.nan)
        found["status"] = np.array(names, dtype=object)[worst]
    found["text"] = grouped["text"].agg(_joined).to_numpy()
    return found[cells.columns]


def _joined(texts: pd.Series) -> str:
    """« 12 + 30 + … »: the cells of a sum."""
    return " + ".join([*texts.iloc[:_SHOWN], *(["…"] if len(texts) > _SHOWN else [])])


def _asked(column: str, rows: pd.DataFrame) -> Problem:
    """The question, with one commune as an example."""
    commune = rows["commune"].iloc[0]
    name = reference.commune_names().get(commune, commune)
    lines = rows.loc[rows["commune"] == commune, "line"].unique().tolist()
    number = counted(rows["commune"].nunique(), "commune a", "communes ont")
    return problem(
        LINES_ASKED,
        f"{number} plusieurs lignes dans ce fichier : {name}, lignes {some(lines)}.",
        "Dites s'il faut additionner les lignes d'une même commune ou les compter ; si l'une est de trop, retirez-la du fichier.",
        column=column,
    )
