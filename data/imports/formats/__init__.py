"""The formats that a file can be taken for: each a small module that declares its columns and carries its own examples.

`recognise` proposes, best first; `parse` turns the table into cells or records once a person agreed. A file of numbers by commune that
no published format fits is « n'importe quel indicateur », which the analyst names.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from data.catalogue import Catalogue
from data.imports.formats import comparateur, indicator, lovac, records
from data.imports.formats.base import COMMUNE, COMMUNE_NAME, IGNORE, POSTCODE, Format, Header
from data.imports.formats.indicator import NUMBER
from data.imports.kinds import KINDS
from data.imports.model import Choices, Kind, Parsed, Recognition, Table
from data.territory import Territory

__all__ = ["FORMATS", "Format", "Header", "by_id", "meaning_label", "parse", "recognise"]

FORMATS: tuple[Format, ...] = (
    lovac.FORMAT,
    comparateur.FORMAT,
    *records.FORMATS,
    indicator.FORMAT,
)
_BY_ID: Mapping[str, Format] = MappingProxyType({each.id: each for each in FORMATS})


def by_id(format_id: str) -> Format:
    """The format of `format_id`. Raises KeyError."""
    return _BY_ID[format_id]


def recognise(table: Table, territory: Territory) -> tuple[Recognition, ...]:
    """What `table` may be, best first; empty when no format fits. The order of `FORMATS` settles a tie."""
    names = [str(name) for name in table.frame.columns]
    found = [
        recognition
        for each in FORMATS
        if (recognition := each.recognise(table, names, territory)) is not None
    ]
    return tuple(sorted(found, key=lambda each: -each.score))


def parse(
    table: Table, recognition: Recognition, choices: Choices, catalogue: Catalogue, territory: Territory
) -> Parsed:
    """The cells or records of `table`, taken for `recognition`, with the columns as `choices` corrected them."""
    format_ = by_id(recognition.format)
    return format_.parse(format_, table, recognition, choices, catalogue, territory)


_LABELS = {
    COMMUNE: "code INSEE de la commune",
    COMMUNE_NAME: "nom de la commune",
    POSTCODE: "code postal",
    IGNORE: "à ignorer",
    NUMBER: "nombres, à nommer",
}


def meaning_label(meaning: str, catalogue: Catalogue, kind: Kind = "figures") -> str:
    """A column's meaning in French: « Logements (RP 2022) », « code INSEE de la commune »; for records of `kind`, the field's title."""
    if kind in KINDS:
        return next((field.title for field in KINDS[kind].fields if field.name == meaning), meaning)
    if meaning in _LABELS:
        return _LABELS[meaning]
    indicator, _, period = meaning.partition("@")
    known = catalogue.known(indicator)
    if known is None:
        return meaning
    label = next((each.label for each in known.vintages if each.period == period), period)
    return f"{known.name} ({label})" if label else known.name
