"""INSEE, census, database « Logement » by commune: about 240 columns, three vintages side by side; those of an indicator are kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.imports.formats.base import ColumnPattern, Example, Format, declared, year_of
from data.imports.formats.wide import parse_wide
from data.imports.headings import plain
from data.imports.model import Sum, Table


def _edition(columns: Mapping[str, str], table: Table) -> str:
    """The newest of its vintages."""
    return year_of(r"P(\d\d)_LOG", columns)


def _without_population(table: Table, columns: Mapping[str, str]) -> float:
    """A file that counts the inhabitants too is the comparateur, even where it lacks its other columns."""
    return 0.5 if any(re.fullmatch(r"P\d\d_POP", plain(str(name))) for name in table.frame) else 1.0


FORMAT = Format(
    id="insee_logement",
    name="INSEE, recensement, base Logement",
    about="Logements, résidences principales, secondaires et logements vacants aux trois derniers recensements, par commune (INSEE).",
    headers=(
        ColumnPattern(r"CODGEO", "commune", 2, required=True),
        ColumnPattern(r"LIBGEO", "commune_name", 0),
        *declared("insee_logement"),
        ColumnPattern(r"P\d\d_(?:MAISON|APPART|NBPI_RP|PMEN|RP_\d.*|RP_PROP|RP_LOC.*|RP_GRAT|MEN_.*)|C\d\d_.*", "ignore", 3),
    ),
    parse=parse_wide,
    works=("insee_logement",),
    edition=_edition,
    edition_name="base Logement, RP {edition}",
    confirms=_without_population,
    rules=(Sum("dwellings", ("main_dwellings", "second_dwellings", "vacant_dwellings")),),
    examples=(
        Example(
            ("CODGEO", "P21_LOG", "P21_RP", "P21_RSECOCC", "P21_LOGVAC", "P21_MAISON", "P15_LOG", "P15_RP", "P15_RSECOCC", "P15_LOGVAC"),
            (("61026", "118.25", "86.5", "25.75", "6", "117", "115", "84", "25", "6"),),
            "base Logement, RP 2021",
            (
                ("dwellings@2021", "61026", 118.25),
                ("main_dwellings@2021", "61026", 86.5),
                ("second_dwellings@2021", "61026", 25.75),
                ("vacant_dwellings@2021", "61026", 6),
                ("dwellings@2015", "61026", 115),
                ("main_dwellings@2015", "61026", 84),
                ("second_dwellings@2015", "61026", 25),
                ("vacant_dwellings@2015", "61026", 6),
            ),
        ),
    ),
    counter_examples=(
        ("CODGEO", "P22_POP", "P22_LOG", "MED21"),
        ("CODGEO", "P22_ACTOCC15P", "P22_ACTOCC15P_PASTRANS"),
        ("GEO", "GEO_OBJECT", "OCS", "RP_MEASURE", "TIME_PERIOD", "OBS_VALUE"),
    ),
)  # fmt: skip
