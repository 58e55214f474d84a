"""What the entry of an indicator says of published files: in which columns it stands, by format, and what an edition calls its periods.

    columns.insee_logement = "P{yy}_RP_PROP"
    columns.lovac = { name = "pp_vacant_{yy}", period = "{year}-01-01", weight = 4, required = true }
    editions.insee_logement = "RP {year}"
    editions.lovac = { label = "1er janvier {year}", denominator_period = "{year-1}" }

The name is a regular expression in which `{yy}` and `{year}` are the digits of a year. A column holds for the year of its name, or for the
period of the file (``*``) when its name has none; `period` says otherwise. `weight`: how strongly such a column announces the format (0: it
says nothing). `required`: without it, it is another format. Templates of editions: see `data.catalogue.editions`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

HERE = Path(__file__).parent
FILES = ("indicators.toml", "waiting.toml")
"""The files of entries, in the order in which their columns are looked for."""
OWN = ("columns", "editions")
"""The fields of an entry that are about files: the indicator itself has none of them."""
OF_FILE = "*"
"""Stands for a period that the columns' names do not say."""
_YEARS = {"{yy}": r"(?P<yy>\d\d)", "{year}": r"(?P<year>20\d\d)"}


class CatalogueError(ValueError):
    """A catalogue entry that cannot be used; the message names the entry, the field, the value and what to do."""


@dataclass(frozen=True)
class Column:
    """One column of a format that means `indicator` at `period`, a template of the groups of `pattern` (``{year}-01-01``)."""

    indicator: str
    pattern: str
    period: str
    weight: float = 0.0
    required: bool = False

    @property
    def meaning(self) -> str:
        """``dwellings@{year}``: what a format takes the column for."""
        return f"{self.indicator}@{self.period}"


Editions = Mapping[str, Mapping[str, Mapping[str, str | bool]]]
"""By work and by indicator, the templates of the fields of a vintage."""


@lru_cache(maxsize=4)
def columns(directory: Path = HERE) -> Mapping[str, tuple[Column, ...]]:
    """The declared columns by format, in the order of the entries. Raises CatalogueError for an entry that cannot be used."""
    found: dict[str, list[Column]] = {}
    for id_, row in _rows(directory).items():
        for format_id, written in row.get("columns", {}).items():
            for each in written if isinstance(written, list) else [written]:
                found.setdefault(format_id, []).append(_column(id_, format_id, each))
    return MappingProxyType({format_id: tuple(each) for format_id, each in found.items()})


@lru_cache(maxsize=4)
def editions(directory: Path = HERE) -> Editions:
    """What each work calls the periods of its figures. Templates are checked by `data.catalogue.editions.works`."""
    found: dict[str, dict[str, Mapping[str, str | bool]]] = {}
    for id_, row in _rows(directory).items():
        for work, written in row.get("editions", {}).items():
            found.setdefault(work, {})[id_] = {"label": written} if isinstance(written, str) else written
    return MappingProxyType(found)


def _rows(directory: Path) -> dict[str, Mapping[str, Any]]:
    """The entries of `directory` by id."""
    rows: dict[str, Mapping[str, Any]] = {}
    for path in (directory / name for name in FILES):
        if path.exists():
            rows |= tomllib.loads(path.read_text(encoding="utf-8"))
    return rows


_FIELDS = {each.name for each in fields(Column)} - {"indicator", "pattern"} | {"name"}


def _column(id_: str, format_id: str, written: Any) -> Column:
    where = f"Indicateur « {id_} », columns.{format_id}"
    row = {"name": written} if isinstance(written, str) else dict(written)
    for name in row.keys() - _FIELDS:
        raise CatalogueError(
            f"{where} : le champ « {name} » est inconnu. Champs possibles : {', '.join(sorted(_FIELDS))}."
        )
    name = row.pop("name", "")
    pattern = name
    for word, digits in _YEARS.items():
        pattern = pattern.replace(word, digits)
    try:
        groups = re.compile(pattern).groupindex.keys()
    except re.error as error:
        raise CatalogueError(
            f"{where} : « {name} » n'est pas un nom de colonne qui se lise ({error}). Corrigez l'expression."
        ) from error
    if not name:
        raise CatalogueError(
            f"{where} : « name » manque. Écrivez le nom de la colonne, tel qu'il est publié."
        )
    period = row.pop("period", "{year}" if groups & {"yy", "year"} else OF_FILE)
    return Column(id_, pattern, period, **row)
