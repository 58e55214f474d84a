"""The EPCIs of former years, from the lists of their members: which of them are not as they are today (`reference.FormerEpci`).

For `data.reference.build`. A list is that of a package, or an official file of the DGCL or of INSEE with one row a member.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.imports.model import ImportRefused, ReadingNeeded, SheetNeeded, Table
from data.imports.reading import read_table
from data.reference import FORMER_EPCI_COLUMNS

HEADINGS = {
    "siren": ("epci", "siren", "siren_epci", "num_siren"),
    "name": ("libepci", "nom", "raison_sociale", "nom_complet", "nom_epci"),
    "code": ("codgeo", "insee", "code_insee", "insee_com", "com"),
}
"""The names, in lower case, of the three columns that are read of a file: INSEE's first, then those of the DGCL over the years."""
SHEETS = re.compile(r"compo|epcicom|\bcom\b", re.IGNORECASE)
"""The sheet of a workbook that has a row a commune: « Composition_communale » (INSEE), « Epcicom2020 » (DGCL)."""
NOWHERE = re.compile(r"Z+|")
"""What stands for an EPCI where a commune is in none: INSEE writes ``ZZZZZZZZZ``."""


class EpciError(Exception):
    """A list of the members of EPCIs cannot be used. The message (French) says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Epci:
    """An EPCI with the codes of its members, as one list of one year has them."""

    siren: str
    name: str
    members: tuple[str, ...]


def read_package(archive: Path) -> list[Epci]:
    """The EPCIs of an npm archive, from ``package/data/epci.json``."""
    rows = _json(archive, "epci")
    return [Epci(row["code"], row["nom"], tuple(each["code"] for each in row["membres"])) for row in rows]


def read_parts(archive: Path) -> dict[str, str]:
    """The code of the commune of which each delegated or associated one is a part in an npm archive: some became communes again since."""
    return {
        row["code"]: row["chefLieu"]
        for row in _json(archive, "communes")
        if row["type"] in ("commune-deleguee", "commune-associee") and row["chefLieu"] != row["code"]
    }


def _json(archive: Path, name: str) -> list[dict[str, Any]]:
    with tarfile.open(archive) as tar:
        try:
            member = tar.extractfile(f"package/data/{name}.json")
        except KeyError:
            member = None
        if member is None:
            raise EpciError(f"{archive} ne contient pas package/data/{name}.json.")
        rows: list[dict[str, Any]] = json.load(member)
        return rows


def read_file(path: Path) -> list[Epci]:
    """The EPCIs of an official file with one row a member: SIREN and name of the EPCI, INSEE code of the commune, found by their headings.

    CSV or workbook. A code that lost its first zero has it back. Raises EpciError with file, line, column and value.
    """
    table = _table(path)
    columns = {str(name).strip().lower(): name for name in table.frame.columns}
    chosen: dict[str, str] = {}
    for what, known in HEADINGS.items():
        found = next((columns[name] for name in known if name in columns), None)
        if found is None:
            raise EpciError(
                f"{path} : aucune colonne {' ou '.join(known)} parmi {', '.join(map(str, table.frame.columns))}. "
                "Prenez la composition communale des EPCI de l'INSEE, ou la liste « epcicom » de la DGCL."
            )
        chosen[what] = found
    names: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    sirens, called, codes_given = (
        table.frame[chosen[what]].str.strip().tolist() for what in ("siren", "name", "code")
    )
    for line, siren, name, code in zip(table.lines.tolist(), sirens, called, codes_given, strict=True):
        if NOWHERE.fullmatch(siren):
            continue
        if not re.fullmatch(r"\d{9}", siren):
            raise EpciError(
                f"{path}, ligne {line}, colonne « {chosen['siren']} » : « {siren} » n'est pas un SIREN (neuf chiffres)."
            )
        padded = code.upper().zfill(5)
        if not re.fullmatch(r"\d[\dAB]\d{3}", padded):
            raise EpciError(
                f"{path}, ligne {line}, colonne « {chosen['code']} » : « {code} » n'est pas un code commune (cinq caractères)."
            )
        names[siren] = name
        members.setdefault(siren, []).append(padded)
    if not members:
        raise EpciError(f"{path} ne contient aucun EPCI.")
    return [Epci(siren, names[siren], tuple(codes)) for siren, codes in members.items()]


def _table(path: Path) -> Table:
    if not path.is_file():
        raise EpciError(f"Le fichier {path} est introuvable.")
    try:
        try:
            table = read_table(path)
        except SheetNeeded as several:
            named = [sheet for sheet in several.sheets if SHEETS.search(sheet)]
            if len(named) != 1:
                raise
            table = read_table(path, sheet=named[0])
        except ReadingNeeded as question:  # French files that are not in UTF-8 are of Windows
            windows = next((each.id for each in question.readings if each.id == "encoding=cp1252"), None)
            if windows is None:
                raise
            table = read_table(path, reading=windows)
    except (ImportRefused, ReadingNeeded) as refused:
        problem = next(iter(refused.problems))
        raise EpciError(f"{path} ne peut pas être lu : {problem.title} {problem.advice}") from refused
    if table.problems:
        first = table.problems[0]
        raise EpciError(f"{path}, ligne {first.line} : {first.title} {first.advice}")
    return table


@dataclass(frozen=True)
class Today:
    """What lists of before are held against: the communes of each EPCI of today, and where each code of the past leads.

    `becomes`: code of the past → code of today. `splits`: year, parent and child (codes of today): before that year the child, where no
    list names it, was a part of the parent.
    """

    communes: frozenset[str]
    epcis: Mapping[str, frozenset[str]]
    becomes: Mapping[str, str]
    splits: Sequence[tuple[int, str, str]] = ()

    def resolve(self, code: str) -> str | None:
        """Today's code of the commune of `code`; None where it leads nowhere."""
        return code if code in self.communes else self.becomes.get(code)


def former(
    years: Sequence[tuple[int, Sequence[Epci]]], today: Today
) -> tuple[list[dict[str, str]], dict[str, list[str]]]:
    """The rows of the table (`FORMER_EPCI_COLUMNS`), by SIREN, year and code, and the codes that lead nowhere, by year.

    `years`: lists of members, any order. Raises EpciError for a year given twice, a commune in two EPCIs, and a list none of whose codes is
    known.
    """
    ordered = sorted(years, key=lambda each: each[0])
    if len({year for year, _ in ordered}) < len(ordered):
        raise EpciError("Deux listes d'EPCI sont de la même année : n'en gardez qu'une.")
    spans: list[tuple[str, tuple[str, ...], str, int, int]] = []
    open_: dict[tuple[str, tuple[str, ...]], tuple[str, int, int]] = {}
    unknown: dict[str, list[str]] = {}
    for year, epcis in ordered:
        here, lost = _of_year(year, epcis, today)
        if lost:
            unknown[str(year)] = lost
        now: dict[tuple[str, tuple[str, ...]], tuple[str, int, int]] = {}
        for key, name in here.items():
            if today.epcis.get(key[0]) != frozenset(key[1]):
                now[key] = (name, open_[key][1] if key in open_ else year, year)
        spans += [(*key, *span) for key, span in open_.items() if key not in now]
        open_ = now
    spans += [(*key, *span) for key, span in open_.items()]
    spans.sort(key=lambda each: (each[0], each[4]))
    rows = [
        dict(zip(FORMER_EPCI_COLUMNS, (str(since), str(until), siren, name, code), strict=True))
        for siren, codes, name, since, until in spans
        for code in codes
    ]
    return rows, unknown


def _of_year(
    year: int, epcis: Sequence[Epci], today: Today
) -> tuple[dict[tuple[str, tuple[str, ...]], str], list[str]]:
    """The names of the EPCIs of one list by SIREN and today's communes, and the codes that lead nowhere.

    A commune that merged since is in the EPCI of its seat, which kept its code, else in that of most of its parts.
    """
    seats: dict[str, str] = {}
    parts: dict[str, Counter[str]] = {}
    seen: dict[str, str] = {}
    lost: list[str] = []
    for epci in epcis:
        for code in epci.members:
            if seen.setdefault(code, epci.siren) != epci.siren:
                raise EpciError(
                    f"{year} : la commune {code} est dans deux EPCI, {seen[code]} et {epci.siren}."
                )
            new = today.resolve(code)
            if new is None:
                lost.append(code)
            elif new == code:
                seats[code] = epci.siren
            else:
                parts.setdefault(new, Counter())[epci.siren] += 1
    if seen and len(lost) == len(seen):
        raise EpciError(
            f"{year} : aucun code n'est celui d'une commune d'aujourd'hui ou d'autrefois (exemple : {lost[0]})."
        )
    owner = {code: _most(counted) for code, counted in parts.items()} | seats
    for when, parent, child in today.splits:
        if when > year and parent in owner:
            owner.setdefault(child, owner[parent])
    codes: dict[str, list[str]] = {}
    for code in sorted(owner):
        codes.setdefault(owner[code], []).append(code)
    return {
        (epci.siren, tuple(codes[epci.siren])): epci.name for epci in epcis if epci.siren in codes
    }, sorted(lost)


def _most(counted: Counter[str]) -> str:
    return min(counted, key=lambda siren: (-counted[siren], siren))


def members_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """The communes of each EPCI, from rows of communes (``code``, ``epci``)."""
    found: dict[str, set[str]] = {}
    for row in rows:
        if row["epci"]:
            found.setdefault(row["epci"], set()).add(row["code"])
    return {siren: frozenset(codes) for siren, codes in found.items()}
