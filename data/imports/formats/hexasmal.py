"""La Poste, « base officielle des codes postaux » (hexasmal): a reference file, recognised so that it can be told what it is for."""

from __future__ import annotations

import pandas as pd

from data.catalogue import Catalogue
from data.imports.formats.base import ColumnPattern, Example, Format
from data.imports.formats.wide import NO_ROWS
from data.imports.model import CELL_COLUMNS, Choices, Parsed, Recognition, Table
from data.imports.wording import problem
from data.territory import Territory

REFERENCE = problem(
    "reference_file",
    "Ce fichier relie les codes postaux aux communes : il ne contient aucun chiffre à publier.",
    "Rien à faire : Zevillage connaît déjà ces codes postaux. Un fichier écrit avec des codes postaux ou des noms de communes "
    "s'importe tel quel, et chaque ligne qui désigne plusieurs communes y est montrée.",
)


def _parse(
    format_: Format,
    table: Table,
    recognition: Recognition,
    choices: Choices,
    catalogue: Catalogue,
    territory: Territory,
) -> Parsed:
    return Parsed("figures", pd.DataFrame(columns=CELL_COLUMNS), NO_ROWS, (REFERENCE,))


FORMAT = Format(
    id="laposte_hexasmal",
    name="La Poste, base des codes postaux",
    about="Fichier de référence, sans chiffre à publier : les codes postaux des communes (La Poste).",
    headers=(
        ColumnPattern(r"code_commune_insee", "commune", 3, required=True),
        ColumnPattern(r"nom_(?:de_la_)?commune", "commune_name", 2),
        ColumnPattern(r"code_postal", "postcode", 3, required=True),
        ColumnPattern(r"libell.*_?d_acheminement", "ignore", 3, required=True),
        ColumnPattern(r"ligne_5", "ignore", 1),
    ),
    parse=_parse,
    examples=(
        Example(
            (
                "#Code_commune_INSEE",
                "Nom_de_la_commune",
                "Code_postal",
                "Libellé_d_acheminement",
                "Ligne_5",
            ),
            (("61258", "LE MELE SUR SARTHE", "61170", "LE MELE SUR SARTHE", ""),),
            problems=("reference_file",),
        ),
    ),
    counter_examples=(("Code_postal", "Nom_de_la_commune", "Population"),),
)
