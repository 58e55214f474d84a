"""« N'importe quel indicateur »: a column that tells the commune and columns of numbers that the analyst names.

No header announces it, so the cells do: codes, names or postcodes of communes, and numbers. `data.imports.naming` makes the catalogue
entries from what the analyst says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from data import reference
from data.catalogue import Catalogue
from data.imports.formats.base import COMMUNE, COMMUNE_NAME, IGNORE, POSTCODE, Example, Format, compiled
from data.imports.formats.wide import fullness, parse_wide
from data.imports.headings import plain
from data.imports.model import Choices, Parsed, Recognition, Table
from data.imports.numbers import MISSING_WORDS, SUPPRESSED_WORDS
from data.imports.places.column import shape
from data.imports.wording import problem
from data.territory import Territory

NUMBER = "number"
"""A column of numbers that nobody named yet."""

_SAMPLE = 300
_MOST = 0.6  # of the filled cells that must look alike for a column to be taken for one thing
_CODE = re.compile(r"\d[0-9AB]\d{3}|\d{4}|97\d{4}", re.IGNORECASE)
_SURELY = 0.9  # of the distinct cells, five at least, that are codes of communes: no column of numbers is so by chance
_FEW = 5
_CELL = re.compile(r"[-−+]?\d[\d \u00a0\u202f]*(?:[.,]\d+)*(?:[ \u00a0\u202f]?%)?")
_NOT_FIGURES = re.compile(
    r"(?:depcom|codgeo|comparent|code|cod|num|numero|n°|id|siren|siret|epci|dep|departement|département|reg|region|région|canton|"
    r"annee|année|millesime|millésime|lat|lon|latitude|longitude|x|y)(?:[ _\-].*|\d*)",
    re.IGNORECASE,
)
_ANNOUNCES = {
    POSTCODE: r"(?:code[ _]?)?postal|cp|code[ _]?postal.*",
    COMMUNE: r".*insee.*|codgeo.*|depcom.*|geo|code[ _]?(?:geo|com).*|com",
    COMMUNE_NAME: r"lib.*|nom.*|commune.*|ville|localit.*|municipalit.*|communes",
}


def _filled(table: Table, name: str) -> list[str]:
    """Distinct filled cells of the first rows: what a column looks like."""
    cells = table.frame[name].head(_SAMPLE).unique().tolist()
    return [text for cell in cells if (text := str(cell).strip())]


def _share(found: Iterable[bool], cells: Sequence[str]) -> float:
    return sum(found) / len(cells)


@lru_cache(maxsize=1)
def _name_keys() -> frozenset[str]:
    return frozenset(reference.name_key(name) for name in reference.commune_names().values())


def _is_code(cell: str) -> bool:
    """Whether a cell is the code of a commune of today or of the past, of an arrondissement, or one of overseas on six digits."""
    return reference.resolve(shape(cell).digits) is not None


def _place(name: str, cells: Sequence[str], fullness: float) -> tuple[float, str]:
    """How likely a column is that of the communes, from 0 to 1.2, and how it writes them.

    The cells count most: the share of those that are codes or names of communes, and of the rows that are filled (`fullness`, 0 to 1).
    Its heading only adds to them. Codes go before names, which go before postcodes.
    """
    announced = next((m for m, p in _ANNOUNCES.items() if compiled(p).fullmatch(plain(name))), "")
    if _share((bool(_CODE.fullmatch(cell)) for cell in cells), cells) >= _MOST:
        if announced == POSTCODE:
            return 0.5, POSTCODE
        real = _share(map(_is_code, cells), cells)
        if not announced and real < 0.5:
            return 0.0, ""
        return 0.3 + 0.2 * bool(announced) + 0.7 * real * fullness, COMMUNE
    if _share((any(map(str.isalpha, cell)) for cell in cells), cells) < _MOST:
        return 0.0, ""
    named = _share((reference.name_key(cell) in _name_keys() for cell in cells), cells)
    if named >= _MOST or (announced == COMMUNE_NAME and named > 0):
        return 0.5 + (0.1 + 0.25 * bool(announced) + 0.1 * named) * fullness, COMMUNE_NAME
    return 0.0, ""


def place_columns(table: Table) -> dict[str, tuple[float, str]]:
    """The columns that may tell the commune, by their cells: how likely each is, and how it writes them; the likeliest first."""
    filled = {str(name): cells for name in table.frame.columns if (cells := _filled(table, name))}
    places = {
        name: found
        for name, cells in filled.items()
        if (found := _place(name, cells, fullness(table.frame[name])))[0] >= 0.5
    }
    return dict(sorted(places.items(), key=lambda each: -each[1][0]))


def _surely_codes(cells: Sequence[str]) -> bool:
    """Whether a column holds codes of communes and no figures, whatever its heading."""
    return len(cells) >= _FEW and _share((len(c) >= 5 and _is_code(c) for c in cells), cells) >= _SURELY


def guess(table: Table) -> Mapping[str, str]:
    """Meaning of each column, read from its cells; empty when no column tells the commune or none holds numbers."""
    places = place_columns(table)
    if not places:
        return {}
    best = next(iter(places))
    columns = {best: places[best][1]}
    for name in map(str, table.frame.columns):
        if name == best:
            continue
        if name in places and places[name][1] != COMMUNE:
            columns[name] = places[name][1]
            continue
        cells = [
            cell for cell in _filled(table, name) if cell.casefold() not in SUPPRESSED_WORDS | MISSING_WORDS
        ]
        if name in places and _surely_codes(cells):
            columns[name] = (
                IGNORE  # another code of the row (the parent commune, the arrondissement): never a figure
            )
            continue
        numeric = bool(cells) and _share((bool(_CELL.fullmatch(cell)) for cell in cells), cells) >= _MOST
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


_UNNAMED = problem(
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
