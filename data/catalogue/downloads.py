"""The addresses by which producers publish the files that Zevillage reads (`downloads.toml`): declared, and asked for by nobody but
`python -m data.packs fill PACK --download`.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from data.catalogue import HERE, CatalogueError

DEPARTEMENT = "{departement}"
"""Stands in an address for the code of a département: such a file is published one département at a time."""
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9]+)+")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Address:
    """One published file. `file` is the name under which it is read, `page` where its producer presents it, `format` what it is recognised
    as (`data.imports.formats`), `most_mb` what it may weigh at most, in millions of bytes, `sha256` its checksum where it is known.

    `verified`: the day (ISO) on which somebody fetched and read it by this address; empty where nobody has.
    """

    id: str
    producer: str
    title: str
    edition: str
    licence: str
    url: str
    file: str
    page: str
    format: str
    most_mb: int
    sha256: str = ""
    verified: str = ""

    @property
    def citation(self) -> str:
        """« INSEE, Recensement de la population, base Logement (RP 2022) »."""
        return f"{self.producer}, {self.title} ({self.edition})"

    @property
    def most(self) -> int:
        """The most bytes that it may have."""
        return self.most_mb * 1_000_000

    @property
    def checked(self) -> str:
        """« vérifiée le 12/05/2026 » or « jamais vérifiée », of the address."""
        if not self.verified:
            return "jamais vérifiée"
        return f"vérifiée le {dt.date.fromisoformat(self.verified):%d/%m/%Y}"

    def of(self, departements: Iterable[str]) -> tuple[Address, ...]:
        """The addresses to ask for a territory: itself, or one for each département (INSEE codes) where it is published so."""
        if DEPARTEMENT not in self.url:
            return (self,)
        return tuple(
            replace(self, id=f"{self.id}-{code.lower()}", url=self.url.replace(DEPARTEMENT, code))
            for code in departements
        )


def addresses(path: Path = HERE / "downloads.toml") -> Mapping[str, Address]:
    """Every declared address by its id, in the order of the file.

    Raises CatalogueError for an unknown or missing field, an address that is not https, what is no name, no checksum or no day.
    """
    return _addresses(path.read_text(encoding="utf-8"), path.name)


@lru_cache(maxsize=4)
def _addresses(text: str, name: str) -> Mapping[str, Address]:
    try:
        rows = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(
            f"{name} : le fichier n'est pas du TOML valide ({error}). Corrigez-le."
        ) from error
    return {id_: _address(name, id_, row) for id_, row in rows.items()}


def _address(name: str, id_: str, row: Mapping[str, Any]) -> Address:
    def refuse(field: str, what: str) -> CatalogueError:
        return CatalogueError(f"{name}, « {id_} », « {field} » : {what}")

    known = {each.name for each in fields(Address)} - {"id"}
    if unknown := sorted(set(row) - known):
        raise refuse(unknown[0], f"champ inconnu ; champs possibles : {', '.join(sorted(known))}.")
    for field in sorted(known - {"sha256", "verified"}):
        if not row.get(field):
            raise refuse(field, "ce champ manque.")
    if not _ID.fullmatch(id_):
        raise refuse("nom", "lettres minuscules, chiffres et traits d'union seulement.")
    if not str(row["url"]).startswith("https://"):
        raise refuse("url", "une adresse en https est attendue.")
    if not _FILE.fullmatch(str(row["file"])):
        raise refuse("file", "un nom de fichier simple est attendu, avec son extension.")
    if not isinstance(row["most_mb"], int):
        raise refuse("most_mb", "un nombre entier de millions d'octets est attendu.")
    if row.get("sha256") and not _SHA256.fullmatch(str(row["sha256"])):
        raise refuse("sha256", "64 chiffres hexadécimaux sont attendus.")
    try:
        if row.get("verified"):
            dt.date.fromisoformat(str(row["verified"]))
    except ValueError as error:
        raise refuse("verified", "un jour est attendu, par exemple 2026-11-25.") from error
    return Address(id=id_, **row)
