"""INSEE, populations de référence: the population municipale of each commune, of the year that the name of the file tells."""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.imports.formats.base import ColumnPattern, Example, Format, declared
from data.imports.formats.wide import parse_wide
from data.imports.model import Table


def _year(table: Table, columns: Mapping[str, str]) -> str:
    """The year in the name of the file, or of the member of its archive; empty when there is none, or several."""
    for name in (table.name, table.dialect.member):
        years = set(re.findall(r"(?<!\d)(20\d\d)(?!\d)", name))
        if years:
            return years.pop() if len(years) == 1 else ""
    return ""


def _edition(columns: Mapping[str, str], table: Table) -> str:
    return next((m.partition("@")[2] for m in columns.values() if m.startswith("population@")), "").strip("*")


FORMAT = Format(
    id="insee_population",
    name="INSEE, populations de référence",
    about="Population municipale, par commune, en vigueur au 1er janvier de l'année que dit le nom du fichier (INSEE).",
    headers=(
        ColumnPattern(r"code_insee|CODGEO|COM|insee_com", "commune", 1, required=True),
        ColumnPattern(r"nom|LIBGEO|nom_com|commune", "commune_name", 0),
        *declared("insee_population"),
    ),
    parse=parse_wide,
    works=("insee_population",),
    edition=_edition,
    edition_name="populations de référence {edition}",
    period=_year,
    examples=(
        Example(
            ("code_insee", "nom", "code_postal", "population_municipale"),
            (("61013", "Aunay-les-Bois", "61500", "138"), ("61156", "Essay", "61500", "556")),
            "populations de référence 2026",
            (("population@2026", "61013", 138), ("population@2026", "61156", 556)),
            name="populations_2026.csv",
        ),
        Example(("code_insee", "PMUN"), (("61013", "138"),), problems=("no_period",), name="communes.csv"),
    ),
    counter_examples=(("code_insee", "nom", "population"), ("CODGEO", "P22_POP", "P22_LOG")),
)  # fmt: skip
