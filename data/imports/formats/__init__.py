"""The formats that a file can be taken for: each a small module that declares its columns and carries its own examples.

`recognise` proposes, best first; `parse` turns the table into cells or records once a person agreed. A file of numbers by commune that
no published format fits is « n'importe quel indicateur », which the analyst names.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from data.catalogue import Catalogue
from data.imports.formats import (
    arcep_2019,
    arcep_speed,
    arcep_summary,
    arcep_technology,
    cartefibre,
    comparateur,
    dvf,
    education,
    emploi,
    hexasmal,
    house_sales_years,
    indicator,
    lovac,
    lovac_2020,
    melodi,
    population,
    records,
    rp_logement,
    sirene,
)
from data.imports.formats.base import (
    COMMUNE,
    COMMUNE_NAME,
    FILE_PERIOD,
    IGNORE,
    POSTCODE,
    ColumnPattern,
    Format,
    Reducer,
)
from data.imports.formats.indicator import NUMBER
from data.imports.formats.wide import NO_ROWS
from data.imports.kinds import RECORD_KINDS
from data.imports.model import CELL_COLUMNS, Choices, ImportRefused, Kind, Parsed, Problem, Recognition, Table
from data.imports.naming import is_period
from data.imports.wording import problem
from data.territory import Territory

__all__ = [
    "FORMATS",
    "ColumnPattern",
    "Format",
    "Reducer",
    "by_id",
    "meaning_label",
    "needed_columns",
    "parse",
    "possible_meanings",
    "recognise",
    "reducer",
]

FORMATS: tuple[Format, ...] = (
    lovac.FORMAT,
    lovac_2020.FORMAT,
    comparateur.FORMAT,
    rp_logement.FORMAT,
    melodi.FORMAT,
    emploi.FORMAT,
    population.FORMAT,
    arcep_technology.BEST,
    arcep_technology.ANY,
    arcep_speed.PLAIN,
    arcep_speed.TERRESTRIAL,
    arcep_speed.WIRED,
    arcep_2019.FORMAT,
    cartefibre.FORMAT,
    arcep_summary.FORMAT,
    dvf.GEO,
    dvf.RAW,
    house_sales_years.FORMAT,
    sirene.FORMAT,
    education.FORMAT,
    hexasmal.FORMAT,
    *records.FORMATS,
    indicator.FORMAT,
)
_BY_ID: Mapping[str, Format] = MappingProxyType({each.id: each for each in FORMATS})


def by_id(format_id: str) -> Format:
    """The format of `format_id`. Raises KeyError."""
    return _BY_ID[format_id]


def recognise(table: Table, territory: Territory, *, published: bool = False) -> tuple[Recognition, ...]:
    """What `table` may be, best first; empty when no format fits. The order of `FORMATS` settles a tie.

    `published`: only formats that headers announce, without asking every cell whether it is the name of a commune (`Format.guess`).
    """
    names = [str(name) for name in table.frame.columns]
    found = [
        recognition
        for each in FORMATS
        if not (published and each.guess is not None)
        and (recognition := each.recognise(table, names, territory)) is not None
    ]
    return tuple(sorted(found, key=lambda each: -each.score))


def parse(
    table: Table, recognition: Recognition, choices: Choices, catalogue: Catalogue, territory: Territory
) -> Parsed:
    """The cells or records of `table`, taken for `recognition`, with the columns as `choices` corrected them."""
    if (wrong := _wrong_period(recognition, choices)) is not None:
        return Parsed(recognition.kind, pd.DataFrame(columns=CELL_COLUMNS), NO_ROWS, (wrong,))
    format_ = by_id(recognition.format)
    return format_.parse(format_, table, recognition, choices, catalogue, territory)


def _wrong_period(recognition: Recognition, choices: Choices) -> Problem | None:
    """What is wrong with the period that the person said; None when nothing is."""
    if not choices.period:
        return None
    if not is_period(choices.period):
        return _not_a_period(choices.period)
    daily = by_id(recognition.format).period is not None
    return _not_a_day(choices.period) if daily and len(choices.period) == len("2026") else None


def _not_a_period(text: str) -> Problem:
    return problem(
        "not_a_period",
        "Cette date n'est ni une année ni un jour.",
        "Écrivez 2025, ou un jour ainsi : 2026-06-30.",
        value=text,
    )


def _not_a_day(text: str) -> Problem:
    return problem(
        "not_a_day",
        "Ces chiffres valent à un jour, pas pour une année.",
        "Écrivez le dernier jour du trimestre publié, ainsi : 2026-06-30.",
        value=text,
    )


def reducer(
    recognition: Recognition, choices: Choices, catalogue: Catalogue, territory: Territory
) -> Reducer | None:
    """What takes a file of this format block after block (`data.imports.reading.read_blocks`); None when it must be read whole.

    Raises ImportRefused for a period that is none.
    """
    if (wrong := _wrong_period(recognition, choices)) is not None:
        raise ImportRefused([wrong])
    make = by_id(recognition.format).reducer
    return make(recognition, choices, catalogue, territory) if make is not None else None


def needed_columns(recognition: Recognition) -> tuple[str, ...] | None:
    """The columns that a reducer reads: the others of a very big file need not be. None when it needs them all (Melodi's dimensions)."""
    if not by_id(recognition.format).by_columns:
        return None
    return tuple(name for name, meaning in recognition.columns.items() if meaning != IGNORE)


def possible_meanings(recognition: Recognition) -> tuple[str, ...]:
    """What a column may mean in the format of `recognition`, to correct it by hand: its own meanings, then « ignore »."""
    if recognition.kind in RECORD_KINDS:
        return (*(field.name for field in RECORD_KINDS[recognition.kind].fields), IGNORE)
    own = [meaning for meaning in recognition.columns.values() if meaning != IGNORE]
    return tuple(dict.fromkeys((COMMUNE, COMMUNE_NAME, POSTCODE, *own, IGNORE)))


_LABELS = {
    COMMUNE: "code INSEE de la commune",
    COMMUNE_NAME: "nom de la commune",
    POSTCODE: "code postal",
    IGNORE: "à ignorer",
    NUMBER: "nombres, à nommer",
    "type": "type de locaux (seul « all » est pris)",
    "date": "date des chiffres",
    "geo_object": "niveau géographique (seules les communes sont prises)",
    "ocs": "catégorie de logement",
    "measure": "mesure (seuls les logements sont pris)",
    "year": "année",
    "value": "valeur",
    "status": "statut de la valeur",
    "activity": "activité principale",
    "state": "état (seuls les actifs sont pris)",
    "created": "date de création",
    "treated": "date du dernier traitement",
    "key": "identifiant de la vente",
    "uai": "identifiant de l'établissement",
    "school_kind": "type d'établissement (seules les écoles sont prises)",
    "open_state": "état (seules les écoles ouvertes sont prises)",
    "updated": "date de la mise à jour",
    "day": "date de la vente",
    "nature": "nature (seules les ventes sont prises)",
    "price": "prix",
    "sales": "nombre de ventes",
    "median": "prix médian au m²",
    "type_local": "type de local (seules les maisons sont prises)",
    "surface": "surface bâtie",
    "rooms": "pièces",
    "parcel": "parcelle",
    "section": "section du cadastre",
    "plan": "numéro de plan",
    "lot": "numéro de lot",
    "departement": "département",
    "disposition": "numéro de disposition",
    "share_below_30": "part sous 30 Mbit/s",
    "share_from_30": "part à partir de 30 Mbit/s",
    "share_not_30": "part non éligible à 30 Mbit/s",
}


def meaning_label(meaning: str, catalogue: Catalogue, kind: Kind = "figures") -> str:
    """A column's meaning in French: « Logements, RP 2022 », « code INSEE de la commune »; for records of `kind`, the field's title."""
    if kind in RECORD_KINDS and meaning != IGNORE:
        return next((field.title for field in RECORD_KINDS[kind].fields if field.name == meaning), meaning)
    if meaning in _LABELS:
        return _LABELS[meaning]
    indicator, _, period = meaning.partition("@")
    known = catalogue.known(indicator)
    if known is None:
        return meaning
    shown = "au jour du fichier" if period == FILE_PERIOD else "/".join(reversed(period.split("-")))
    label = next((each.label for each in known.vintages if each.period == period), shown)
    return f"{known.name}, {label}" if label else known.name
