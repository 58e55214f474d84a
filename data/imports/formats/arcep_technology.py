"""ARCEP, « Ma connexion internet », technologies by commune: those that can be had (they overlap), and the best one (they add up)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.imports.formats.arcep_speed import COMMON, ONLY_ALL, QUARTER, edition
from data.imports.formats.base import ColumnPattern, Example, Format, declared
from data.imports.formats.quarters import day_of
from data.imports.formats.wide import parse_wide
from data.imports.model import Sum, Table


def _not_another_ranking(table: Table, columns: Mapping[str, str]) -> float:
    """`commune_meilleure_techno_hd` ranks the technologies otherwise, under the same columns: it is not this file."""
    names = (table.dialect.member, table.name)
    return 0.0 if any(re.search(r"meilleure_techno_hd", name, re.IGNORECASE) for name in names) else 1.0


ANY = Format(
    id="arcep_technology",
    name="ARCEP, Ma connexion internet, technologies disponibles",
    about="Locaux où chaque technologie peut être souscrite, par commune (ARCEP). Un local en a plusieurs : elles ne s'additionnent pas.",
    headers=(
        *COMMON,
        *declared("arcep_technology"),
        ColumnPattern(r"elig_sat", "ignore", 1),
    ),
    parse=parse_wide,
    works=("arcep_mci",),
    edition=edition,
    edition_name=QUARTER,
    only=ONLY_ALL,
    period=day_of,
    examples=(
        Example(
            ("code_insee", "nom_com", "code_dep", "code_reg", "nbr", "type", "date",
             "elig_ftth", "elig_coax", "elig_cu", "elig_thdr", "elig_4gf", "elig_hdr", "elig_sat"),
            (
                ("61013", "Aunay-les-Bois", "61", "28", "105", "all", "2026-06-30", "94", "0", "105", "0", "105", "0", "105"),
                ("61013", "Aunay-les-Bois", "61", "28", "12", "pro", "2026-06-30", "9", "0", "12", "0", "12", "0", "12"),
            ),
            "Ma connexion internet, 2e trimestre 2026",
            (
                ("premises@2026-06-30", "61013", 105),
                ("can_ftth@2026-06-30", "61013", 94),
                ("can_cable@2026-06-30", "61013", 0),
                ("can_copper@2026-06-30", "61013", 105),
                ("can_fast_radio@2026-06-30", "61013", 0),
                ("can_4g@2026-06-30", "61013", 105),
                ("can_radio@2026-06-30", "61013", 0),
            ),
        ),
    ),
    counter_examples=(
        ("code_insee", "nbr", "date", "elig_ftth", "elig_coax", "elig_cu_30", "elig_thdr", "elig_cu_8", "elig_4gf", "elig_hdr", "elig_sat"),
        ("code_insee", "nbr", "elig_thd30", "elig_thd1g"),
    ),
)  # fmt: skip

BEST = Format(
    id="arcep_best_technology",
    name="ARCEP, Ma connexion internet, meilleure technologie",
    about="Locaux selon la meilleure technologie qui les dessert, par commune (ARCEP). Chaque local y compte une fois.",
    headers=(
        *COMMON,
        *declared("arcep_best_technology"),
    ),
    parse=parse_wide,
    works=("arcep_mci",),
    edition=edition,
    edition_name=QUARTER,
    only=ONLY_ALL,
    period=day_of,
    confirms=_not_another_ranking,
    sums=True,
    rules=(Sum("premises", ("best_ftth", "best_copper", "best_4g", "best_other"), exact=True),),
    examples=(
        Example(
            ("code_insee", "nom_com", "code_dep", "code_reg", "nbr", "type", "date", "nbr_elig_8",
             "elig_ftth", "elig_coax", "elig_cu_30", "elig_thdr", "elig_cu_8", "elig_4gf", "elig_hdr", "elig_sat"),
            (("61013", "Aunay-les-Bois", "61", "28", "105", "all", "2026-06-30", "105", "90", "1", "2", "3", "4", "1", "2", "2"),),
            "Ma connexion internet, 2e trimestre 2026",
            (
                ("premises@2026-06-30", "61013", 105),
                ("best_ftth@2026-06-30", "61013", 90),
                ("best_copper@2026-06-30", "61013", 6),
                ("best_4g@2026-06-30", "61013", 1),
                ("best_other@2026-06-30", "61013", 8),
            ),
        ),
    ),
    counter_examples=(("code_insee", "nbr", "elig_ftth", "elig_coax", "elig_cu", "elig_4gf", "elig_sat"),),
)  # fmt: skip
