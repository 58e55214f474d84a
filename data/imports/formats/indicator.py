"""« N'importe quel indicateur »: a column that tells the commune and columns of numbers that the analyst names.

No header announces it, so the cells do: codes, names or postcodes of communes, and numbers. `data.imports.naming` makes the catalogue
entries from what the analyst says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from data import reference
from data.catalogue import Catalogue
from data.imports.formats.base import COMMUNE, COMMUNE_NAME, IGNORE, POSTCODE, Example, Format, plain
from data.imports.formats.wide import parse_wide
from data.imports.model import Choices, Parsed, Problem, Recognition, Table
from data.territory import Territory

NUMBER = "number"
"""A column of numbers that nobody named yet."""

SUPPRESSED = frozenset({"s", "ss", "secret", "c"})
MISSING = frozenset(
    {"nd", "n.d.", "n.d", "[nd]", "-", "–", "///", "//", "n/a", "na", "#n/a", "null", "none", "."}
)
_SAMPLE = 500
_MOST = 0.6  # of the filled cells that must look alike for a column to be taken for one thing
_CODE = r"(?:\d[0-9AB]\d{3}|\d{4})"
_CELL = r"[-−+]?\d[\d \u00a0\u202f]*(?:[.,]\d+)*(?:[ \u00a0\u202f]?%)?"
_NOT_FIGURES = re.compile(
    r"(?:code|cod|num|numero|n°|id|siren|siret|epci|dep|departement|département|reg|region|région|canton|"
    r"annee|année|millesime|millésime|lat|lon|latitude|longitude|x|y)(?:[ _\-].*|\d*)",
    re.IGNORECASE,
)
_ANNOUNCES = {
    POSTCODE: r"(?:code[ _]?)?postal|cp|code[ _]?postal.*",
    COMMUNE: r".*insee.*|codgeo.*|depcom|geo|code[ _]?(?:geo|com).*|com",
    COMMUNE_NAME: r"lib.*|nom.*|commune.*|ville|localit.*|municipalit.*|communes",
}


def _filled(table: Table, name: str) -> pd.Series:
    column = table.frame[name].head(_SAMPLE).astype("str").str.strip()
    return column[column != ""]


@lru_cache(maxsize=1)
def _name_keys() -> frozenset[str]:
    return frozenset(reference.name_key(name) for name in reference.commune_names().values())


def _place(table: Table, name: str) -> tuple[float, str]:
    """How likely a column is that of the communes, and how it writes them."""
    cells = _filled(table, name)
    if cells.empty:
        return 0.0, ""
    coded = cells.str.upper().str.fullmatch(_CODE)
    announced = next((m for m, p in _ANNOUNCES.items() if re.fullmatch(p, plain(name), re.IGNORECASE)), "")
    if coded.mean() >= _MOST:
        real = cells.str.upper().str.zfill(5).isin(list(reference.commune_names())).mean()
        if announced == POSTCODE:
            return 0.5, POSTCODE
        return (1.0 if announced else 0.0) + float(real), COMMUNE
    named = sum(reference.name_key(cell) in _name_keys() for cell in cells) / len(cells)
    if named >= _MOST or (announced == COMMUNE_NAME and named > 0):
        return 0.6 + 0.3 * bool(announced) + 0.1 * named, COMMUNE_NAME
    return 0.0, ""


def guess(table: Table) -> Mapping[str, str]:
    """Meaning of each column, read from its cells; empty when no column tells the commune or none holds numbers."""
    names = [str(name) for name in table.frame.columns]
    places = {name: found for name in names if (found := _place(table, name))[0] >= 0.5}
    if not places:
        return {}
    best = max(places, key=lambda name: places[name][0])
    columns = {best: places[best][1]}
    for name in names:
        if name == best:
            continue
        if name in places and places[name][1] != COMMUNE:
            columns[name] = places[name][1]
            continue
        cells = _filled(table, name)
        cells = cells[~cells.str.casefold().isin(SUPPRESSED | MISSING)]
        numeric = not cells.empty and bool(cells.str.fullmatch(_CELL).mean() >= _MOST)
        columns[name] = NUMBER if numeric and not _NOT_FIGURES.fullmatch(plain(name)) else IGNORE
    return columns if NUMBER in columns.values() else {}


def _parse(
    format_: Format,
    table: Table,
    recognition: Recognition,
    choices: Choices,
    catalogue: Catalogue,
    territory: Territory,
) -> Parsed:
    """The columns that the analyst named; a problem when none is."""
    result = parse_wide(format_, table, recognition, choices, catalogue, territory)
    if any(each.code == "no_figures" for each in result.problems):
        others = tuple(each for each in result.problems if each.code != "no_figures")
        return replace(result, problems=(*others, _UNNAMED))
    return result


_UNNAMED = Problem(
    "unnamed",
    "Aucune colonne de nombres n'est nommée.",
    "Choisissez une colonne et dites ce qu'elle mesure, son unité, sa source et son millésime.",
)

FORMAT = Format(
    id="indicator",
    name="N'importe quel indicateur",
    about="Un tableau avec une colonne de communes (codes INSEE, noms ou codes postaux) et des colonnes de nombres, à nommer.",
    headers=(),
    parse=_parse,
    suppressed=SUPPRESSED,
    missing=MISSING,
    decimal="",
    guess=guess,
    examples=(
        Example(
            ("Commune", "Écoles", "Commentaire"),
            (("Essay", "1", "RPI"), ("Le Mêle-sur-Sarthe", "2", "")),
            problems=("unnamed",),
        ),
        Example(
            ("code", "places de crèche"),
            (("61156", "12"), ("61258", "s"), ("1001", "1 024")),
            problems=("unnamed",),
        ),
    ),
    counter_examples=(("Nom", "Prénom", "Téléphone"), ("Écoles", "Classes")),
)
