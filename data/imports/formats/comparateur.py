"""INSEE, « comparateur de territoires »: one row a commune, the census of two vintages, Flores and Filosofi side by side.

Its census columns carry a decimal point while others (PIMP21, TP6021) carry a comma: each column decides for itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from data.imports.formats.base import ColumnPattern, Example, Format, declared, year_of
from data.imports.formats.wide import parse_wide
from data.imports.model import Sum, Table


def _edition(columns: Mapping[str, str], table: Table) -> str:
    """The census of the edition, the newest of its two."""
    return year_of(r"P(\d\d)_(?:POP|LOG)", columns)


FORMAT = Format(
    id="insee_comparateur",
    name="INSEE, comparateur de territoires",
    about="Population, logements, établissements et revenu médian, par commune (INSEE).",
    headers=(
        ColumnPattern(r"CODGEO", "commune", 2, required=True),
        ColumnPattern(r"LIBGEO", "commune_name", 0),
        *declared("insee_comparateur"),
        ColumnPattern(r"SUPERF", "ignore", 1),
        ColumnPattern(r"NBMENFISC\d\d|PIMP\d\d|TP60\d\d", "ignore", 1),
    ),
    parse=parse_wide,
    works=("insee_rp", "insee_flores", "insee_filosofi"),
    edition=_edition,
    edition_name="comparateur, RP {edition}",
    rules=(Sum("dwellings", ("main_dwellings", "second_dwellings", "vacant_dwellings")),),
    examples=(
        Example(
            ("CODGEO", "P22_POP", "P16_POP", "SUPERF", "P22_LOG", "P22_RP", "P22_RSECOCC", "P22_LOGVAC", "PIMP21", "MED21", "ETTOT24"),
            (
                ("61258", "719", "745", "2.5", "465.037", "370.19", "14", "80.847", "50,0", "20 110", "93"),
                ("61013", "142", "151", "8.53", "92", "70", "15", "7", "s", "s", "2"),
            ),
            "comparateur, RP 2022",
            (
                ("population_rp@2022", "61258", 719),
                ("population_rp@2016", "61258", 745),
                ("dwellings@2022", "61258", 465.037),
                ("main_dwellings@2022", "61258", 370.19),
                ("second_dwellings@2022", "61258", 14),
                ("vacant_dwellings@2022", "61258", 80.847),
                ("median_income@2021", "61258", 20110),
                ("median_income@2021", "61013", "suppressed"),
                ("establishments@2024", "61013", 2),
            ),
        ),
    ),
    counter_examples=(
        ("CODGEO", "P21_LOG", "P21_RP", "P21_RSECOCC", "P21_LOGVAC"),
        ("CODGEO", "P22_ACTOCC15P", "P22_ACTOCC15P_PASTRANS"),
    ),
)  # fmt: skip
