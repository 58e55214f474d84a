"""ARCEP by commune, as packs keep it: « Ma connexion internet » and « Ma carte fibre » of one quarter, each with its own premises."""

from __future__ import annotations

from data.imports.formats.arcep_speed import edition
from data.imports.formats.base import ColumnPattern, Example, Format, declared
from data.imports.formats.quarters import day_of
from data.imports.formats.wide import parse_wide

FORMAT = Format(
    id="arcep_summary",
    name="ARCEP, résumé d'un trimestre",
    about="Locaux par meilleure technologie, à 30 Mbit/s et à 1 Gbit/s, et raccordables selon Cartefibre, par commune (ARCEP).",
    headers=(
        ColumnPattern(r"code_insee", "commune", 1, required=True),
        ColumnPattern(r"nom", "commune_name", 0),
        *declared("arcep_summary"),
        ColumnPattern(r"date", "date", 0),
    ),
    parse=parse_wide,
    works=("arcep_mci", "arcep_cartefibre"),
    edition=edition,
    edition_name="Ma connexion internet et Ma carte fibre, {ordinal} trimestre {year}",
    period=day_of,
    examples=(
        Example(
            ("code_insee", "nom", "cartefibre_ftth_raccordables", "cartefibre_locaux", "mci_locaux", "meilleure_techno_ftth",
             "meilleure_techno_cuivre", "meilleure_techno_4g_fixe", "meilleure_techno_autres", "terrestre_thd30", "terrestre_thd1g"),
            (("61156", "Essay", "433", "472", "482", "432", "30", "20", "0", "482", "432"),),
            "Ma connexion internet et Ma carte fibre, 2e trimestre 2026",
            (
                ("ftth_premises@2026-06-30", "61156", 433),
                ("cartefibre_premises@2026-06-30", "61156", 472),
                ("premises@2026-06-30", "61156", 482),
                ("best_ftth@2026-06-30", "61156", 432),
                ("best_copper@2026-06-30", "61156", 30),
                ("best_4g@2026-06-30", "61156", 20),
                ("best_other@2026-06-30", "61156", 0),
                ("premises_30m@2026-06-30", "61156", 482),
                ("premises_1g@2026-06-30", "61156", 432),
            ),
            name="arcep_2026-06-30.csv",
        ),
        Example(
            ("code_insee", "mci_locaux", "meilleure_techno_ftth", "meilleure_techno_cuivre"), (("61156", "482", "432", "30"),),
            problems=("no_period",), name="arcep.csv",
        ),
    ),
    counter_examples=(
        ("code_insee", "nbr", "elig_ftth", "elig_coax", "elig_cu", "elig_sat"),
        ("INSEE_COM", "NOM_COM", "ftth", "Locaux"),
    ),
)  # fmt: skip
