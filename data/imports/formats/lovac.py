"""LOVAC: vacant dwellings of the private stock, by commune, since the edition that numbers its columns by year (`pp_vacant_25`).

One file may hold all the years back to 2020. The stock stands under its own year (`pp_total_24`, `ff_pp_total_25`), so that the rate
divides what `editions.toml` declares.
"""

from __future__ import annotations

from collections.abc import Mapping

from data.imports.formats.base import ColumnPattern, Example, Format, declared, year_of
from data.imports.formats.wide import parse_wide
from data.imports.model import Table


def _edition(columns: Mapping[str, str], table: Table) -> str:
    """The edition is the year of its newest vacancies."""
    return year_of(r"pp_vacant_(?:plus_2ans_)?(\d\d)", columns)


def _vacancies(table: Table, columns: Mapping[str, str]) -> float:
    """A file of LOVAC has vacancies, be it those of two years alone: a stock by itself may be of anything."""
    return float(any(meaning.startswith("lovac_vacant") for meaning in columns.values()))


FORMAT = Format(
    id="lovac",
    name="LOVAC, logements vacants du parc privé",
    about="Nombre de logements du parc privé et de logements vacants, par commune (Cerema et DGALN).",
    headers=(
        ColumnPattern(r"CODGEO(?:_\d\d)?", "commune", 3, required=True),
        ColumnPattern(r"LIBGEO(?:_\d\d)?", "commune_name", 1),
        *declared("lovac"),
    ),
    parse=parse_wide,
    works=("lovac",),
    edition=_edition,
    confirms=_vacancies,
    edition_name="LOVAC {edition}",
    within=(("lovac_vacant_2y", "lovac_vacant"),),
    examples=(
        Example(
            ("CODGEO_25", "LIBGEO_25", "DEP", "pp_total_24", "pp_vacant_25", "pp_vacant_plus_2ans_25"),
            (
                ("61258", "Le Mêle-sur-Sarthe", "61", "474", "37", "17"),
                ("61051", "Boitron", "61", "s", "15", "s"),
            ),
            "LOVAC 2025",
            (
                ("lovac_stock@2024", "61258", 474),
                ("lovac_vacant@2025-01-01", "61258", 37),
                ("lovac_vacant_2y@2025-01-01", "61258", 17),
                ("lovac_stock@2024", "61051", "suppressed"),
                ("lovac_vacant@2025-01-01", "61051", 15),
            ),
        ),
        Example(
            ("CODGEO_25", "pp_vacant_plus_2ans_25"),
            (("61258", "17"), ("61051", "s")),
            "LOVAC 2025",
            (("lovac_vacant_2y@2025-01-01", "61258", 17), ("lovac_vacant_2y@2025-01-01", "61051", "suppressed")),
        ),
        Example(
            ("CODGEO_26", "LIBGEO_26", "pp_vacant_26", "pp_vacant_plus_2ans_26", "ff_pp_total_25", "pp_vacant_25", "ff_pp_total_24"),
            (("01001", "L'Abergement-Clémenciat", "1\u00a0024", "s", "12\u202f345", "", "400"),),
            "LOVAC 2026",
            (
                ("lovac_vacant@2026-01-01", "01001", 1024),
                ("lovac_vacant_2y@2026-01-01", "01001", "suppressed"),
                ("lovac_stock@2025", "01001", 12345),
                ("lovac_vacant@2025-01-01", "01001", "missing"),
                ("lovac_stock@2024", "01001", 400),
            ),
        ),
    ),
    counter_examples=(
        ("CODGEO_25", "LIBGEO_25", "pp_total_24"),
        ("CODGEO", "LIBGEO", "P22_LOG", "P22_LOGVAC"),
        ("INSEE_COM", "NOM_COM", "Nb_log_pp_2020", "Nb_logvac_pp_010119"),
        ("CODGEO_25", "LIBGEO_25", "taux_vacance"),
    ),
)  # fmt: skip
