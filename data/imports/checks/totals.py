"""Parts add up to their total: dwellings = main + second + vacant; best technologies = premises. Which, the format says.

Tolerance. Counts (premises) add up exactly. Estimates of the census, published with decimals, add up to a hundredth for each number, for
their own rounding; written whole, they may have been rounded one by one: up to half a unit for each, the difference is told once for the
file as a warning; beyond, it is an error. What is admitted is said with the difference. Where a part is secret, the others may not exceed
the total; where one is missing, nothing can be said.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.french import counted, trimmed
from analysis.model import OBSERVATION_KEY
from data import reference
from data.imports.checks.base import Context, Example, Rule
from data.imports.model import Problem, Sum
from data.imports.wording import problem, some, warning

_DECIMALS = 0.01
_ROUNDED = 0.5


def find(context: Context) -> Iterator[Problem]:
    """An error a total that its parts do not make; one warning a rule for those that rounding explains."""
    for rule in context.parsed.rules:
        total, parts, _ = rule
        cells = context.placed[context.placed["indicator"].isin([total, *parts])].drop_duplicates(
            OBSERVATION_KEY
        )
        rounded: list[str] = []
        for (commune, _), rows in _doubtful(cells, total, parts).groupby(["commune", "period"], sort=False):
            found = _one(context, str(commune), rows.set_index("indicator"), rule)
            if found == "rounded":
                rounded.append(reference.commune_names().get(str(commune), str(commune)))
            elif isinstance(found, Problem):
                yield found
        if rounded:
            admitted = trimmed(_ROUNDED * (len(parts) + 1))
            yield warning(
                "total_rounded",
                f"« {context.name(total)} » diffère de la somme de ses parties à l'arrondi près ({admitted} au plus), "
                f"pour {counted(len(rounded), 'commune', 'communes')} : {some(rounded, 3)}.",
                "Rien à faire si ce sont des estimations arrondies une à une.",
            )


def _doubtful(cells: pd.DataFrame, total: str, parts: tuple[str, ...]) -> pd.DataFrame:
    """The cells of the communes and periods whose parts, as far as they are known, do not make the total: few, so looked at one by one."""
    group = ["commune", "period"]
    wide = cells.pivot(index=group, columns="indicator", values="value")
    if not {total, *parts} <= set(wide.columns):
        return cells.iloc[:0]
    off = (wide[list(parts)].sum(axis="columns") - wide[total]).abs() > 1e-9
    return cells[pd.MultiIndex.from_frame(cells[group]).isin(off[off].index)]


def _one(context: Context, commune: str, rows: pd.DataFrame, rule: Sum) -> Problem | str | None:
    """What is wrong with one total: a problem, « rounded », or nothing."""
    total, parts, exact = rule
    if not {total, *parts} <= set(rows.index) or rows.at[total, "status"] != "observed":
        return None
    statuses = set(rows.loc[list(parts), "status"])
    if "missing" in statuses:
        return None
    values = rows.loc[[total, *parts], "value"].dropna()
    whole, made = float(values.iloc[0]), float(values.iloc[1:].sum())
    estimated = bool((values % 1 != 0).any())
    slack = 0.0 if exact else (_DECIMALS if estimated else _ROUNDED) * (len(parts) + 1)
    off = made - whole if "suppressed" in statuses else abs(made - whole)
    if off <= 1e-9:
        return None
    if off <= slack:
        return None if estimated else "rounded"
    name = reference.commune_names().get(commune, commune)
    secret = " (sans les parties secrètes)" if "suppressed" in statuses else ""
    named = some([f"« {context.name(part)} »" for part in parts], 6)
    return problem(
        "total_differs",
        f"{name} : « {context.name(total)} » vaut {trimmed(whole)}, la somme de {named} vaut {trimmed(made)}{secret}.",
        f"Corrigez le total ou une partie : l'écart est de {trimmed(abs(made - whole))}, "
        + ("et des comptes n'en ont aucun." if exact else f"l'arrondi en explique {trimmed(slack)} au plus."),
        line=rows.at[total, "line"],
        column=rows.at[total, "column"],
        value=rows.at[total, "text"],
    )


_DWELLINGS = {"rules": (Sum("dwellings", ("main_dwellings", "second_dwellings", "vacant_dwellings")),)}
_PREMISES = {"rules": (Sum("premises", ("best_ftth", "best_copper", "best_4g", "best_other"), exact=True),)}


def _dwellings(all_: float | str, main: float | str, second: float | str, vacant: float | str) -> Example:
    columns = ("dwellings", "main_dwellings", "second_dwellings", "vacant_dwellings")
    values = (all_, main, second, vacant)
    rows = tuple((2, column, "61156", "2022", value) for column, value in zip(columns, values, strict=True))
    return Example(rows, parsed=_DWELLINGS)


def _wrong(example: Example, *codes: str) -> Example:
    return Example(example.rows, codes, parsed=example.parsed)


RULE = Rule(
    "totals",
    "Un total est la somme de ses parties : locaux = meilleures technologies, exactement ; logements = principaux + secondaires + vacants, "
    "à l'arrondi près de chaque nombre (0,01 avec des décimales, un demi sans).",
    find,
    examples=(
        _dwellings(465.0, 371.0, 14.0, 80.0),
        _dwellings(465.037, 370.19, 14.0, 80.847),
        _wrong(_dwellings(465.0, 371.0, 14.0, 82.0), "total_rounded"),
        _wrong(_dwellings(465.0, 371.0, 14.0, 90.0), "total_differs"),
        _wrong(_dwellings(465.537, 370.19, 14.0, 80.847), "total_differs"),
        _dwellings(465.0, 371.0, "suppressed", 80.0),
        _wrong(_dwellings(465.0, 471.0, "suppressed", 80.0), "total_differs"),
        _dwellings(465.0, 371.0, "missing", 90.0),
        _dwellings("suppressed", 371.0, 14.0, 80.0),
        Example(
            (
                (2, "premises", "61156", "2026-06-30", 200.0),
                (2, "best_ftth", "61156", "2026-06-30", 180.0),
                (2, "best_copper", "61156", "2026-06-30", 10.0),
                (2, "best_4g", "61156", "2026-06-30", 5.0),
                (2, "best_other", "61156", "2026-06-30", 4.0),
            ),
            ("total_differs",),
            parsed=_PREMISES,
        ),
    ),
)
