"""ARCEP, « Ma connexion internet », beta version of 2019: shares of premises in exclusive speed classes, without any number of premises.

The share at 30 Mbit/s or more is the sum of the classes from 30. The classes of a row must add up to 100 %, or they are not exclusive.
A file that gives the share of premises that are *not* eligible (100 minus it) is read too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from data.catalogue import Catalogue
from data.imports.formats.arcep_speed import edition
from data.imports.formats.base import ColumnPattern, Example, Format, row
from data.imports.formats.quarters import day_of
from data.imports.formats.wide import (
    MISSING,
    NO_ROWS,
    OBSERVED,
    meanings,
    no_period,
    no_place,
    place_column,
    vintages,
)
from data.imports.model import Choices, Parsed, Problem, Recognition, Table
from data.imports.numbers import read_numbers
from data.imports.wording import problem
from data.territory import Territory

BELOW, FROM, NOT_ELIGIBLE = "share_below_30", "share_from_30", "share_not_30"
INDICATOR = "share_30m"
TOLERANCE = 0.5  # shares rounded to a tenth, seven classes


def _parse(
    format_: Format,
    table: Table,
    recognition: Recognition,
    choices: Choices,
    catalogue: Catalogue,
    territory: Territory,
) -> Parsed:
    columns = meanings(recognition, choices)
    place, how = place_column(columns, table.frame)
    period = choices.period or day_of(table, columns)
    problems = [problem for problem, wrong in ((no_place(), not place), (no_period(), not period)) if wrong]
    values: dict[str, list[np.ndarray]] = {BELOW: [], FROM: [], NOT_ELIGIBLE: []}
    for column, meaning in columns.items():
        if meaning in values:
            numbers = read_numbers(
                table.frame[column], table.lines, column, missing=format_.missing, decimal=".", percent=True
            )
            problems += numbers.problems
            values[meaning].append(numbers.values)
    sums = {meaning: np.sum(parts, axis=0) for meaning, parts in values.items() if parts}
    share = 100 - sums[NOT_ELIGIBLE] if NOT_ELIGIBLE in sums else sums[FROM]
    problems += _not_exclusive(table, sums) if BELOW in sums and FROM in sums else []
    known = ~np.isnan(share)
    cells = pd.DataFrame(
        {
            "indicator": INDICATOR,
            "place": table.frame[place].to_numpy() if place else "",
            "period": period,
            "value": share.round(6),
            "status": np.where(known, OBSERVED, MISSING),
            "line": table.lines,
            "column": " + ".join(
                column for column, meaning in columns.items() if meaning in (FROM, NOT_ELIGIBLE)
            ),
            "text": [f"{value:g}" for value in share],
        }
    )
    cells = (
        cells[~cells["line"].isin({each.line for each in problems if each.line})] if period else cells.head(0)
    )
    periods_given = {(INDICATOR, period)} if period else set()
    new, _ = vintages(format_.works, period, periods_given, choices, catalogue)
    return Parsed("figures", cells, NO_ROWS, tuple(problems), {}, place, how, new)


def _not_exclusive(table: Table, sums: Mapping[str, np.ndarray]) -> list[Problem]:
    total = sums[BELOW] + sums[FROM]
    return [
        problem(
            "not_exclusive",
            f"Les classes de débit de cette ligne font {total[row]:.1f} % au lieu de 100 %.".replace(
                ".", ",", 1
            ),
            "Ce fichier n'est pas la version bêta de 2019, dont les classes s'excluent : prenez le fichier d'origine.",
            line=int(table.lines[row]),
        )
        for row in np.flatnonzero(np.abs(total - 100) > TOLERANCE)
    ]


def _beta(table: Table, columns: Mapping[str, str]) -> float:
    """Later files count premises: a column of them is not of the beta."""
    return (
        0.0
        if any(re.fullmatch(r"nbr|nb_locaux", str(name).strip(), re.IGNORECASE) for name in table.frame)
        else 1.0
    )


_CLASS = r"(?:%|part|taux|pct)?[ _.:a-zà-ÿ(]*"
FORMAT = Format(
    id="arcep_2019",
    name="ARCEP, Ma connexion internet, version bêta de 2019",
    about="Part des locaux éligibles à 30 Mbit/s, par commune, sans nombre de locaux (ARCEP, version bêta).",
    headers=(
        ColumnPattern(r"code_?insee.*|insee.*|code_?commune", "commune", 2, required=True),
        ColumnPattern(r"nom.*|commune", "commune_name", 0),
        ColumnPattern(r"part_locaux_non_eligibles_30mbits_pct", NOT_ELIGIBLE, 8),
        ColumnPattern(_CLASS + r"in[ée]lig.*", BELOW, 2),
        ColumnPattern(_CLASS + r"0[.,_]5[^0-9]+3[^0-9]*", BELOW, 2),
        ColumnPattern(_CLASS + r"3[^0-9]+8[^0-9]*", BELOW, 2),
        ColumnPattern(_CLASS + r"8[^0-9]+30[^0-9]*", BELOW, 2),
        ColumnPattern(_CLASS + r"30[^0-9]+100[^0-9]*", FROM, 2),
        ColumnPattern(_CLASS + r"100[^0-9]+(?:1|1000)[^0-9]*", FROM, 2),
        ColumnPattern(_CLASS + r"(?:>=?|≥|plus de|sup[^0-9]*)[ _]?(?:1|1000)[^0-9]*", FROM, 2),
        ColumnPattern(r"date", "date", 0),
    ),
    parse=_parse,
    counts=(INDICATOR,),
    works=("arcep_mci_2019",),
    edition=edition,
    edition_name="Ma connexion internet, {day} (bêta)",
    period=day_of,
    confirms=_beta,
    examples=(
        Example(
            row("code_insee;commune;Inéligible;0,5 à 3 Mbit/s;3 à 8 Mbit/s;8 à 30 Mbit/s;30 à 100 Mbit/s;100 Mbit/s à 1 Gbit/s;≥ 1 Gbit/s"),
            (row("61156;Essay;0,5;3;5;10;31,5;40;10"), row("61258;Le Mêle-sur-Sarthe;0,3;5;15;25;54,7;0;0")),
            "Ma connexion internet, 30/09/2019 (bêta)",
            (("share_30m@2019-09-30", "61156", 81.5), ("share_30m@2019-09-30", "61258", 54.7)),
            name="2019_T3_commune.csv",
        ),
        Example(
            ("code_insee", "nom", "part_locaux_non_eligibles_30mbits_pct"),
            (("61156", "Essay", "18.5"), ("61013", "Aunay-les-Bois", "100.0")),
            "Ma connexion internet, 30/09/2019 (bêta)",
            (("share_30m@2019-09-30", "61156", 81.5), ("share_30m@2019-09-30", "61013", 0)),
            name="arcep_2019T3.csv",
        ),
        Example(
            row("code_insee;Inéligible;0,5 à 3 Mbit/s;3 à 8 Mbit/s;8 à 30 Mbit/s;30 à 100 Mbit/s;100 Mbit/s à 1 Gbit/s;≥ 1 Gbit/s"),
            (("61156", "0", "100", "97", "90", "81,5", "50", "10"),),
            "Ma connexion internet, 30/09/2019 (bêta)",
            problems=("not_exclusive",),
            name="2019_T3_commune.csv",
        ),
    ),
    counter_examples=(
        ("code_insee", "nbr", "inel_hd", "elig_hd05", "elig_hd3", "elig_bhd8", "elig_thd30", "elig_thd100", "elig_thd1g"),
        ("code_insee", "nom", "population"),
    ),
)  # fmt: skip
