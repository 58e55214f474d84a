"""INSEE, census, database « Caractéristiques de l'emploi » by commune: workers, and those who use no means of transport to go to work."""

from __future__ import annotations

from collections.abc import Mapping

from data.imports.formats.base import ColumnPattern, Example, Format, declared, row, year_of
from data.imports.formats.wide import parse_wide
from data.imports.model import Table


def _edition(columns: Mapping[str, str], table: Table) -> str:
    """The newest of its vintages."""
    return year_of(r"P(\d\d)_ACTOCC15P", columns)


FORMAT = Format(
    id="insee_emploi",
    name="INSEE, recensement, base Caractéristiques de l'emploi",
    about="Actifs occupés et actifs n'utilisant pas de transport pour aller travailler, par commune (INSEE).",
    headers=(
        ColumnPattern(r"CODGEO", "commune", 2, required=True),
        ColumnPattern(r"LIBGEO", "commune_name", 0),
        *declared("insee_emploi"),
    ),
    parse=parse_wide,
    works=("insee_transport",),
    edition=_edition,
    edition_name="caractéristiques de l'emploi, RP {edition}",
    examples=(
        Example(
            row(
                "CODGEO;P22_ACTOCC15P;P22_ACTOCC15P_TP;P22_ACTOCC15P_PASTRANS;P22_ACTOCC15P_MARCHE;P16_ACTOCC15P;P16_ACTOCC15P_PASTRANS"
            ),
            (("61051", "181.6", "30", "20.4", "2.9", "166.5", "17.9"),),
            "caractéristiques de l'emploi, RP 2022",
            (
                ("workers@2022", "61051", 181.6),
                ("workers_no_transport@2022", "61051", 20.4),
                ("workers@2016", "61051", 166.5),
                ("workers_no_transport@2016", "61051", 17.9),
            ),
        ),
    ),
    counter_examples=(
        ("CODGEO", "P22_POP", "P22_LOG", "MED21"),
        ("CODGEO", "P22_ACTOCC15P", "P22_ACTOCC15P_TP"),
    ),
)  # fmt: skip
