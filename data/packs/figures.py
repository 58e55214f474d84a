"""The published files of a pack, read as any other file is: recognised by their columns, by the formats of `data.imports`.

What cannot be trusted stops the start, with file, line, column, value and what to do: nobody is there to answer a question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.model import OBSERVATION_COLUMNS, OBSERVATION_KEY, Source
from data.catalogue import Catalogue, load_catalogue
from data.figures import FiguresError
from data.imports import formats, places
from data.imports.entries import with_new
from data.imports.model import Choices, ImportRefused, NewVintage, Problem, ReadingNeeded, SheetNeeded
from data.imports.reading import read_table
from data.packs import Pack
from data.store import Entries
from data.territory import Territory


@dataclass(frozen=True)
class PackFigures:
    """The figures of a pack for its communes (columns `OBSERVATION_COLUMNS`, values as published), the entries of the catalogue that these
    editions bring, and a checksum of the files and of which figures were read from them: a column that a later version of the
    catalogue declares is a new edition of what is shipped.
    """

    frame: pd.DataFrame
    checksum: str
    entries: Entries = field(default_factory=Entries)


def read_figures(pack: Pack, territory: Territory) -> PackFigures:
    """Read every file of the pack's `figures/`, in the order of their names. Communes of elsewhere are left out.

    Read once a process for the same files. Raises FiguresError for a file that no format recognises, at the first cell that cannot be
    trusted, and for a figure that two lines give.
    """
    paths = tuple(
        sorted(each for each in pack.figures.glob("*") if each.is_file() and not each.name.startswith("."))
    )
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return _read_all(paths, digest.hexdigest(), territory)


@lru_cache(maxsize=4)
def _read_all(paths: tuple[Path, ...], checksum: str, territory: Territory) -> PackFigures:
    catalogue = load_catalogue()
    parts: list[pd.DataFrame] = []
    brought: list[NewVintage] = []
    for path in paths:
        cells, new = _read(path, territory, with_new(catalogue, brought))
        parts.append(cells.assign(file=path.name))
        brought += new
    if not parts:
        return PackFigures(pd.DataFrame(columns=OBSERVATION_COLUMNS), checksum)
    whole = pd.concat(parts, ignore_index=True)
    twice = whole[whole.duplicated(OBSERVATION_KEY)]
    if len(twice):
        row = twice.iloc[0]
        same = (whole[OBSERVATION_KEY] == row[OBSERVATION_KEY]).all(axis=1)
        first = whole[same].iloc[0]
        raise FiguresError(
            row["file"], int(row["line"]), row["column"], row["place"],
            f"la commune figure déjà à la ligne {first['line']} de {first['file']} pour la même période.",
            "Supprimez l'une des deux lignes.",
        )  # fmt: skip
    sources = {each.source.id: _row(each.source, "id") for each in brought}
    vintages = tuple({"indicator": each.indicator, **asdict(each.vintage)} for each in brought)
    taken = sorted(set(zip(whole["indicator"], whole["period"], strict=True)))
    read = hashlib.sha256(f"{checksum} {taken}".encode()).hexdigest()
    return PackFigures(whole[OBSERVATION_COLUMNS], read, Entries(sources, {}, vintages))


def _read(path: Path, territory: Territory, catalogue: Catalogue) -> tuple[pd.DataFrame, list[NewVintage]]:
    """The cells of one file, with `commune`, and the vintages it brings."""
    try:
        table = read_table(path, name=path.name)
    except (ImportRefused, SheetNeeded, ReadingNeeded) as refused:
        raise _error(path, next(iter(refused.problems))) from refused
    found = next(iter(formats.recognise(table, territory, published=True)), None)
    if found is None or found.kind != "figures":
        raise FiguresError(
            path.name, 1, "", "", "ce fichier n'est pas de ceux que Zevillage reconnaît.",
            "Rétablissez l'en-tête publié, ou retirez-le de figures/ et passez par la page « Importer ».",
        )  # fmt: skip
    parsed = formats.parse(table, found, Choices(), catalogue, territory)
    if formats.by_id(found.format).reducer is None:
        parsed = places.with_names(parsed, table, found.columns)
    matched = places.match(parsed, territory)
    placed = places.apply(parsed, matched, catalogue)
    # A median of a former commune says nothing of today's, nor does a part of it: left out, as when a base is brought on (`packs.passage`).
    partial = {each.line for each in placed.problems if each.code == "merged_incomplete"}
    cells = placed.cells[~placed.cells["line"].isin(partial)]
    wrong = [
        each
        for each in (*table.problems, *parsed.problems, *matched.problems, *placed.problems)
        if each.severity == "error" and each.code not in ("merged_rate", "merged_partial")
    ]
    if wrong:
        raise _error(path, min(wrong, key=lambda each: each.line or 0))
    known_elsewhere = any(match.grade == "outside" and match.code for match in matched.matches.values())
    for text, match in matched.matches.items():
        if (
            match.grade == "outside" and not match.code and not known_elsewhere
        ):  # a file of this territory, one code of which is nobody's
            line = int(parsed.cells.loc[parsed.cells["place"] == text, "line"].min())
            raise FiguresError(
                path.name,
                line,
                parsed.place_column,
                text,
                "aucune commune n'a ce code.",
                "Corrigez le code (5 caractères).",
            )
    return cells, [each for each in parsed.new if isinstance(each, NewVintage)]


def _error(path: Path, problem: Problem) -> FiguresError:
    return FiguresError(
        path.name, problem.line or 1, problem.column, problem.value, problem.title, problem.advice
    )


def _row(source: Source, *without: str) -> Mapping[str, Any]:
    return {name: value for name, value in asdict(source).items() if name not in without}
