"""LOVAC, the 2020/2021 edition: a workbook (sheet « Données ») whose columns are named otherwise than those of later editions.

It names the stock by the edition's year (`Nb_log_pp_2020`) beside vacancies of the year before (`Nb_logvac_pp_010119`): no rate is made
of them (`editions.toml`, `no_rate`).
"""

from __future__ import annotations

from collections.abc import Mapping

from data.imports.formats.base import ColumnPattern, Example, Format, declared, row
from data.imports.formats.wide import parse_wide
from data.imports.model import Table


def _edition(columns: Mapping[str, str], table: Table) -> str:
    return "2020/2021"


FORMAT = Format(
    id="lovac_2020",
    name="LOVAC, édition 2020/2021",
    about="Nombre de logements du parc privé et de logements vacants, par commune, édition 2020/2021 (classeur, feuille « Données »).",
    headers=(
        ColumnPattern(r"INSEE_COM", "commune", 2, required=True),
        ColumnPattern(r"NOM_COM", "commune_name", 1),
        *declared("lovac_2020"),
    ),
    parse=parse_wide,
    works=("lovac_2020",),
    edition=_edition,
    edition_name="LOVAC {edition}",
    within=(("lovac_vacant_2y", "lovac_vacant"),),
    examples=(
        Example(
            row(
                "CODE_DEPT;INSEE_COM;NOM_COM;Nb_log_pp_2020;Nb_logvac_pp_010119;Nb_logvac_2A_010119;Nb_log_pp_2021;Nb_logvac_pp_010120"
            ),
            (("61", "61258", "Le Mêle-sur-Sarthe", "470", "41", "s", "472", "39"), ("2A", "2A004", "Ajaccio", "s", "s", "s", "s", "s")),
            "LOVAC 2020/2021",
            (
                ("lovac_stock@2020", "61258", 470),
                ("lovac_vacant@2019-01-01", "61258", 41),
                ("lovac_vacant_2y@2019-01-01", "61258", "suppressed"),
                ("lovac_stock@2021", "61258", 472),
                ("lovac_vacant@2020-01-01", "61258", 39),
                ("lovac_vacant@2019-01-01", "2A004", "suppressed"),
            ),
            ("no_rate",),
        ),
    ),
    counter_examples=(
        ("CODGEO_25", "LIBGEO_25", "pp_total_24", "pp_vacant_25"),
        ("INSEE_COM", "NOM_COM", "ftth", "Locaux"),
    ),
)  # fmt: skip
