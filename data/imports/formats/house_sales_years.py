"""House sales by commune and year, already counted: what packs keep of DVF, one row a commune and year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.catalogue import Catalogue
from data.imports.formats.base import ColumnPattern, Example, Format
from data.imports.formats.house_sales import PRICE, SALES, WORKS
from data.imports.formats.wide import NO_ROWS, meanings, no_place, place_column, vintages
from data.imports.model import CELL_COLUMNS, Choices, Parsed, Problem, Recognition, Table
from data.imports.numbers import read_numbers
from data.imports.wording import problem
from data.territory import Territory

MEANINGS = {"sales": SALES, "median": PRICE}


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
    of = {meaning: column for column, meaning in columns.items()}
    years = table.frame[of["year"]].str.strip()
    dated = years.str.fullmatch(r"(?:19|20)\d\d").to_numpy(dtype=bool)
    problems: list[Problem] = [] if place else [no_place()]
    problems += [
        _not_a_year(int(line), of["year"], text)
        for line, text in zip(table.lines[~dated], years[~dated], strict=True)
    ]
    parts = []
    for meaning, indicator in MEANINGS.items():
        if meaning not in of:
            continue
        column = table.frame[of[meaning]]
        numbers = read_numbers(
            column,
            table.lines,
            of[meaning],
            suppressed=format_.suppressed,
            missing=format_.missing,
            decimal=".",
        )
        problems += numbers.problems
        parts.append(
            pd.DataFrame(
                {
                    "indicator": indicator,
                    "place": table.frame[place].to_numpy() if place else "",
                    "period": years.to_numpy(),
                    "value": numbers.values,
                    "status": numbers.statuses,
                    "line": table.lines,
                    "column": of[meaning],
                    "text": column.to_numpy(),
                }
            )[dated & ~np.isin(table.lines, [each.line or 0 for each in numbers.problems])]
        )
    cells = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=CELL_COLUMNS)
    given = sorted(set(cells["period"]))
    edition = given[0] if len(given) == 1 else f"{given[0]}-{given[-1]}" if given else ""
    pairs = set(cells[["indicator", "period"]].itertuples(index=False, name=None))
    new, _ = vintages(WORKS, edition, pairs, choices, catalogue)
    return Parsed("figures", cells, NO_ROWS, tuple(problems), {}, place, how, new)


def _not_a_year(line: int, column: str, value: str) -> Problem:
    return problem(
        "not_a_year", "Ce n'est pas une année.", "Écrivez l'année en quatre chiffres, par exemple 2025.",
        line=line, column=column, value=value,
    )  # fmt: skip


FORMAT = Format(
    id="dvf_years",
    name="DGFiP, ventes de maisons par année",
    about="Nombre de ventes de maisons et prix médian au m², une ligne par commune et par année (d'après DVF, DGFiP).",
    headers=(
        ColumnPattern(r"code_commune|code_insee", "commune", 2, required=True),
        ColumnPattern(r"annee|année", "year", 2, required=True),
        ColumnPattern(r"ventes_maisons", "sales", 3, required=True),
        ColumnPattern(r"prix_m2_median", "median", 2),
    ),
    parse=_parse,
    counts=(SALES, PRICE),
    works=WORKS,
    examples=(
        Example(
            ("code_commune", "annee", "ventes_maisons", "prix_m2_median"),
            (("61258", "2024", "17", "1127"), ("61258", "2025", "3", "")),
            cells=(
                ("house_sales@2024", "61258", 17), ("house_price@2024", "61258", 1127),
                ("house_sales@2025", "61258", 3), ("house_price@2025", "61258", "missing"),
            ),
        ),
        Example(
            ("code_commune", "annee", "ventes_maisons"), (("61258", "2024-25", "17"), ("61156", "2024", "4")),
            cells=(("house_sales@2024", "61156", 4),), problems=("not_a_year",),
        ),
    ),
    counter_examples=(
        ("code_commune", "annee", "naissances"),
        ("id_mutation", "date_mutation", "nature_mutation", "valeur_fonciere", "code_commune", "type_local"),
    ),
)  # fmt: skip
