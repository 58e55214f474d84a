"""ARCEP, « Ma connexion internet », speed classes by commune: the same columns published three times, told apart by the file's name.

The classes are cumulative. Plain `commune_debit` counts satellite, which serves everybody: it says 100 % everywhere and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

import pandas as pd

from data.catalogue import Catalogue
from data.imports.formats.base import ColumnPattern, Example, Format, Parse, declared, row
from data.imports.formats.quarters import day_of
from data.imports.formats.wide import NO_ROWS, parse_wide
from data.imports.model import CELL_COLUMNS, Choices, Parsed, Problem, Recognition, Table
from data.imports.wording import problem
from data.territory import Territory

COMMON = (
    ColumnPattern(r"code_insee", "commune", 2, required=True),
    ColumnPattern(r"nom_com", "commune_name", 0),
    ColumnPattern(r"type", "type", 0),
    ColumnPattern(r"date", "date", 1),
)
"""The columns that every file by commune of « Ma connexion internet » has."""
QUARTER = "Ma connexion internet, {ordinal} trimestre {year}"
ONLY_ALL = {"type": frozenset({"all"})}
"""Rows of another type count part of the premises."""
_NETWORKS = {"filaire": "wired", "terrestre": "premises"}
_UNANNOUNCED = 0.9  # of the score, when the file's name does not say which of the three it is
_COLUMNS = row(
    "code_insee;nom_com;code_dep;code_reg;nbr;type;date;inel_hd;elig_hd05;elig_hd3;elig_bhd8;elig_thd30;elig_thd100;elig_thd1g"
)
_ROW = row("61258;Le Mêle-sur-Sarthe;61;28;607;all;2026-06-30;0;607;607;607;607;583;583")


def edition(columns: Mapping[str, str], table: Table) -> str:
    """The day of the file."""
    return day_of(table, columns)


def network_of(table: Table) -> str:
    """``filaire``, ``terrestre``, ``satellite`` or empty: what the name of the file, or of the member of its archive, says."""
    for name in (table.dialect.member, table.name):
        if match := re.search(r"debit[ _-]*(filaire|terrestre)?", name, re.IGNORECASE):
            return (match[1] or "satellite").lower()
    return ""


def _everywhere(table: Table) -> bool:
    """Whether every row says 30 Mbit/s for all its premises and nobody left out: what only the file with satellite says of France."""
    frame = table.frame
    if not {"nbr", "elig_thd30", "inel_hd"} <= set(frame.columns) or frame.empty:
        return False
    return bool((frame["nbr"] == frame["elig_thd30"]).all() and (frame["inel_hd"].str.strip() == "0").all())


def _confirms(network: str) -> Callable[[Table, Mapping[str, str]], float]:
    def factor(table: Table, columns: Mapping[str, str]) -> float:
        announced = network_of(table)
        return 1.0 if announced == network else _UNANNOUNCED if not announced else 0.0

    return factor


def _parse(network: str) -> Parse:
    def parse(
        format_: Format,
        table: Table,
        recognition: Recognition,
        choices: Choices,
        catalogue: Catalogue,
        territory: Territory,
    ) -> Parsed:
        if not network_of(table) and choices.kind != format_.id:
            return _refused(_WHICH)
        return parse_wide(format_, table, recognition, choices, catalogue, territory)

    return parse


def _refuse(
    format_: Format,
    table: Table,
    recognition: Recognition,
    choices: Choices,
    catalogue: Catalogue,
    territory: Territory,
) -> Parsed:
    return _refused(SATELLITE if network_of(table) else _LIKE_SATELLITE)


def _refused(problem: Problem) -> Parsed:
    return Parsed("figures", pd.DataFrame(columns=CELL_COLUMNS), NO_ROWS, (problem,))


SATELLITE = problem(
    "satellite",
    "Ce fichier compte le satellite, disponible partout : il dit 100 % dans chaque commune et ne distingue rien.",
    "Importez plutôt commune_debit_terrestre (réseaux au sol) ou commune_debit_filaire (fibre, câble et cuivre), publiés à côté.",
)
_LIKE_SATELLITE = problem(
    SATELLITE.code,
    "Ce fichier dit 100 % dans chaque commune, comme celui qui compte le satellite, disponible partout : il ne distingue rien.",
    f"{SATELLITE.advice} Si c'est un extrait de l'un d'eux, choisissez-le, ou rendez au fichier son nom d'origine.",
)
_WHICH = problem(
    "which_network",
    "Rien ne dit si ces débits sont ceux des réseaux filaires ou de tous les réseaux au sol : les colonnes sont les mêmes.",
    "Choisissez « débits filaires » ou « débits terrestres », ou rendez au fichier son nom d'origine : commune_debit_filaire.csv.",
)


def _format(network: str) -> Format:
    prefix = _NETWORKS[network]
    words = {"filaire": "débits filaires", "terrestre": "débits terrestres"}[network]
    about = {
        "filaire": "Locaux éligibles par classe de débit, réseaux filaires seuls (fibre, câble, cuivre), par commune (ARCEP).",
        "terrestre": "Locaux éligibles par classe de débit, réseaux au sol sans satellite, par commune (ARCEP).",
    }[network]
    return Format(
        id=f"arcep_speed_{prefix}",
        name=f"ARCEP, Ma connexion internet, {words}",
        about=about,
        headers=(
            *COMMON,
            *declared(f"arcep_speed_{prefix}"),
            ColumnPattern(r"inel_hd|elig_hd05|elig_hd3", "ignore", 2),
        ),
        parse=_parse(network),
        works=("arcep_mci",),
        edition=edition,
        edition_name=QUARTER,
        only=ONLY_ALL,
        within=tuple(pairwise(f"{prefix}_{speed}" for speed in ("1g", "100m", "30m", "8m"))),
        period=day_of,
        confirms=_confirms(network),
        examples=(
            Example(
                _COLUMNS, (_ROW,), "Ma connexion internet, 2e trimestre 2026",
                (
                    ("premises@2026-06-30", "61258", 607),
                    (f"{prefix}_8m@2026-06-30", "61258", 607),
                    (f"{prefix}_30m@2026-06-30", "61258", 607),
                    (f"{prefix}_100m@2026-06-30", "61258", 583),
                    (f"{prefix}_1g@2026-06-30", "61258", 583),
                ),
                name=f"commune_debit_{network}.csv",
            ),
        ),
        counter_examples=(("code_insee", "nbr", "elig_ftth", "elig_coax", "elig_cu", "elig_sat"),),
    )  # fmt: skip


WIRED, TERRESTRIAL = _format("filaire"), _format("terrestre")
PLAIN = Format(
    id="arcep_speed_satellite",
    name="ARCEP, Ma connexion internet, débits avec satellite",
    about="Refusé : ce fichier compte le satellite et dit 100 % partout. Les fichiers terrestre et filaire sont pris.",
    headers=TERRESTRIAL.headers,
    parse=_refuse,
    edition=edition,
    edition_name=QUARTER,
    period=day_of,
    confirms=lambda table, columns: (
        1.0 if network_of(table) == "satellite" or (not network_of(table) and _everywhere(table)) else 0.0
    ),
    examples=(
        Example(
            _COLUMNS,
            (_ROW,),
            "Ma connexion internet, 2e trimestre 2026",
            problems=("satellite",),
            name="commune_debit.csv",
        ),
        Example(
            _COLUMNS,
            (_ROW,),
            "Ma connexion internet, 2e trimestre 2026",
            problems=("satellite",),
            name="telechargement.csv",
        ),
    ),
    counter_examples=(("code_insee", "nbr", "elig_ftth", "elig_coax", "elig_cu", "elig_sat"),),
)
