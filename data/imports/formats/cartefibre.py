"""ARCEP, « Ma carte fibre » by commune (the attribute table of a map, zipped): premises that can be connected, with its own denominator."""

from __future__ import annotations

from data.imports.formats.arcep_speed import edition
from data.imports.formats.base import ColumnPattern, Example, Format, declared
from data.imports.formats.quarters import day_of
from data.imports.formats.wide import parse_wide

FORMAT = Format(
    id="arcep_cartefibre",
    name="ARCEP, Ma carte fibre",
    about="Locaux raccordables à la fibre et nombre de locaux propre à Cartefibre, par commune (ARCEP).",
    headers=(
        ColumnPattern(r"INSEE_COM|code_insee|insee", "commune", 2, required=True),
        ColumnPattern(r"NOM_COM.*", "commune_name", 0),
        *declared("arcep_cartefibre"),
        ColumnPattern(r"date", "date", 0),
    ),
    parse=parse_wide,
    works=("arcep_cartefibre",),
    edition=edition,
    edition_name="Ma carte fibre, {ordinal} trimestre {year}",
    period=day_of,
    examples=(
        Example(
            ("INSEE_COM", "NOM_COM", "ftth", "Locaux"),
            (("61013", "AUNAY-LES-BOIS", "94", "99"), ("61156", "ESSAY", "280.000000", "300.000000")),
            "Ma carte fibre, 2e trimestre 2026",
            (("ftth_premises@2026-06-30", "61013", 94), ("cartefibre_premises@2026-06-30", "61156", 300)),
            name="2026T2-Commune.zip",
        ),
        Example(("INSEE_COM", "ftth", "Locaux"), (("61013", "94", "99"),), problems=("no_period",), name="commune.dbf"),
    ),
    counter_examples=(
        ("code_insee", "nbr", "elig_ftth", "elig_coax", "elig_cu", "elig_sat"),
        ("INSEE_COM", "NOM_COM", "Nb_log_pp_2020", "Nb_logvac_pp_010119"),
    ),
)  # fmt: skip
