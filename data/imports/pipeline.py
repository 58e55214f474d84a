"""The whole chain for one file: read, recognise, parse, match the communes, check, compare. Nothing is written.

The page and the command line make a `Draft` here, show it, and publish it or not. What stops a file is in the draft (its problems,
the sheets or the readings to choose from), so that both show the same thing in the same words. With `previous`, what the person's last
choice does not touch is not computed again: choosing a meaning does not read the file a second time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from data.catalogue import Catalogue
from data.imports import checks, diff, formats, places, streaming
from data.imports.entries import with_new as with_new
from data.imports.formats.indicator import place_columns
from data.imports.history import remembered
from data.imports.model import (
    Choices,
    ComparedDraft,
    Diff,
    Draft,
    ImportRefused,
    Parsed,
    PlacedDraft,
    Places,
    Problem,
    Progress,
    ReadDraft,
    ReadingNeeded,
    Recognition,
    SheetNeeded,
    Table,
)
from data.imports.reading import read_table
from data.imports.wording import problem
from data.opening import House
from data.store import current_observations

_BLOCK = 1 << 20


@dataclass(frozen=True)
class _Chain:
    """What every step of one draft needs."""

    house: House
    catalogue: Catalogue
    today: dt.date
    tell: Progress


def checksum_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal: what tells two uploads of the same file apart from two files."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def prepare(
    path: Path,
    *,
    name: str,
    choices: Choices,
    house: House,
    catalogue: Catalogue,
    today: dt.date,
    progress: Progress | None = None,
    previous: Draft | None = None,
) -> Draft:
    """What the file at `path` would change, with `choices`; as far as it goes.

    `name` is what the person calls the file: text to show, never a path. `previous` is an earlier draft of the same file. Raises
    OSError when the file cannot be read from disk and whatever `progress` raises (a cancellation); everything that is wrong with the
    file itself is in `Draft.problems`.
    """
    chain = _Chain(house, catalogue, today, progress or (lambda share, what: None))
    checksum = previous.checksum if previous is not None else checksum_of(path)
    draft = Draft(name=name, checksum=checksum, choices=choices)
    try:
        return _go(chain, path, draft, previous)
    except SheetNeeded as asked:
        return replace(draft, problems=asked.problems, sheets=asked.sheets, excerpts=asked.excerpts)
    except ReadingNeeded as asked:
        return replace(draft, problems=asked.problems, readings=asked.readings)
    except ImportRefused as refused:
        return replace(draft, problems=refused.problems)


def chosen(recognitions: tuple[Recognition, ...], kind: str | None) -> Recognition | None:
    """The recognition that the person chose by its format, the best one while nobody chose; None when there is none."""
    return next(
        (each for each in recognitions if each.format == kind), recognitions[0] if recognitions else None
    )


def _go(chain: _Chain, path: Path, draft: Draft, previous: Draft | None) -> ReadDraft:
    """Every step in its order; stops where something must be decided or mended first."""
    big = streaming.head(path, draft.choices, draft.name, chain.house.territory)
    table, recognitions = big or _read(chain, path, draft, previous)
    recognition = chosen(recognitions, draft.choices.kind)
    read = ReadDraft(
        name=draft.name,
        checksum=draft.checksum,
        choices=draft.choices,
        table=table,
        recognitions=recognitions,
        recognition=recognition,
    )
    if recognition is None:
        return replace(read, problems=(_not_recognised(chain.house, table), *table.problems))
    if big is not None:
        parsed, facts = _stream(chain, path, read, recognition, previous)
        read = replace(read, facts=facts)
    else:
        chain.tell(0.6, "Lecture des valeurs")
        parsed = formats.parse(table, recognition, draft.choices, chain.catalogue, chain.house.territory)
        if (
            formats.by_id(recognition.format).reducer is None
        ):  # counted cells bear a code, and no single row's name
            parsed = places.with_names(parsed, table, {**recognition.columns, **draft.choices.columns})
        parsed = replace(parsed, problems=(*table.problems, *parsed.problems))
    chain.tell(0.7, "Communes")
    placed = _place(chain, read, recognition, parsed)
    chain.tell(0.8, "Contrôles")
    return _check(chain, placed)


def _stream(
    chain: _Chain, path: Path, draft: ReadDraft, recognition: Recognition, previous: Draft | None
) -> tuple[Parsed, Mapping[str, Any]]:
    """The figures of a big file, taken by blocks, and its facts; those of `previous` while nothing that reading depends on changed."""
    if previous is not None and previous.parsed is not None and _reading_of(previous) == _reading_of(draft):
        return previous.parsed, previous.facts
    parsed, rows = streaming.parse(
        path,
        recognition,
        draft.choices,
        chain.catalogue,
        chain.house.territory,
        name=draft.name,
        tell=chain.tell,
    )
    return parsed, {**draft.facts, "rows": rows}


def _reading_of(draft: Draft) -> tuple[object, ...]:
    """What the figures of a file depend on, besides the file."""
    choices, found = draft.choices, draft.recognition
    return (
        found.format if found else "",
        choices.sheet,
        choices.reading,
        dict(choices.columns),
        choices.period,
        choices.new,
    )


def _read(
    chain: _Chain, path: Path, draft: Draft, previous: Draft | None
) -> tuple[Table, tuple[Recognition, ...]]:
    before = previous.choices if previous is not None else None
    wanted = (draft.choices.sheet, draft.choices.reading)
    if (
        previous is not None
        and previous.table is not None
        and before
        and (before.sheet, before.reading) == wanted
    ):
        return previous.table, previous.recognitions
    chain.tell(0.1, "Lecture du fichier")
    table = read_table(path, sheet=draft.choices.sheet, reading=draft.choices.reading, name=draft.name)
    chain.tell(0.5, "Reconnaissance")
    return table, formats.recognise(table, chain.house.territory)


def _not_recognised(house: House, table: Table) -> Problem:
    place = next(iter(place_columns(table)), None)
    if place is not None:
        return problem(
            "format.no_numbers",
            "Ce fichier désigne des communes, mais n'a ni colonne de nombres ni les titres d'une liste connue.",
            "Pour une liste du réseau (membres, annonces, événements…), reprenez les titres de son modèle, par exemple « Référence » ou "
            "« Arrivée » ; pour un indicateur, ajoutez une colonne de nombres.",
            column=place,
        )
    return Problem(
        "format.none",
        "Aucune colonne de ce fichier ne désigne une commune.",
        "Ajoutez une colonne de codes INSEE ou de noms de communes, par exemple « code_insee » avec "
        f"{house.territory.codes[0]}, puis déposez le fichier à nouveau.",
    )


def _place(chain: _Chain, draft: ReadDraft, recognition: Recognition, parsed: Parsed) -> PlacedDraft:
    """Each commune as written, matched; cells and rows of the territory; what lies outside counted and set aside."""
    with chain.house.store.read() as session:
        known = remembered(session)
    matched = places.match(
        parsed,
        chain.house.territory,
        decided=draft.choices.how_places,
        fixes=draft.choices.communes,
        remembered=known,
    )
    placed = places.apply(parsed, matched, chain.catalogue)
    found = (*_inside(draft.table, parsed, matched, placed), *matched.problems, *placed.problems)
    return PlacedDraft(
        name=draft.name,
        checksum=draft.checksum,
        choices=draft.choices,
        table=draft.table,
        recognitions=draft.recognitions,
        recognition=recognition,
        parsed=parsed,
        places=matched,
        problems=found,
        facts=draft.facts,
        cells=placed.cells,
        rows=placed.rows,
        set_aside=dict(Counter(parsed.set_aside) + Counter(placed.set_aside)),
    )


def _inside(table: Table, parsed: Parsed, matched: Places, placed: places.Placed) -> tuple[Problem, ...]:
    """The problems of `parsed` without those of rows that lie outside the territory: nothing of them is published."""
    if not parsed.problems:
        return parsed.problems
    figures = parsed.kind == "figures"
    all_, kept = (parsed.cells, placed.cells) if figures else (parsed.rows, placed.rows)
    unsettled = {each.line for each in placed.problems}
    away = set(all_["line"]) - set(kept["line"]) - unsettled if "place" in all_ else set()
    if parsed.place_column in table.frame.columns:  # a line of which nothing could be read has no cell
        outside = {text for text, match in matched.matches.items() if match.grade == "outside"}
        away |= set(table.lines[table.frame[parsed.place_column].isin(outside).to_numpy()].tolist())
    return tuple(each for each in parsed.problems if each.line is None or each.line not in away)


def _check(chain: _Chain, draft: PlacedDraft) -> PlacedDraft:
    """What is wrong, then what would change; no difference is made while something must be mended or decided first."""
    parsed = draft.parsed
    with chain.house.store.read() as session:
        current = current_observations(session)
        found = checks.check(
            parsed,
            draft.cells if parsed.kind == "figures" else draft.rows,
            with_new(chain.catalogue, parsed.new),
            current,
            territory=chain.house.territory,
            today=chain.today,
            editions=chain.catalogue.editions(),
        )
        draft = replace(draft, problems=_ordered((*draft.problems, *found)))
        if not can_compare(draft):
            return draft
        chain.tell(0.9, "Comparaison")
        difference = diff.compare(
            session, draft, territory=chain.house.territory, today=chain.today, current=current
        )
        # What the register refuses of records, only the store knows.
        draft = replace(
            draft, problems=_ordered((*draft.problems, *difference.problems)), proposals=difference.proposals
        )
        return _compared(draft, difference) if can_compare(draft) else draft


def _compared(draft: PlacedDraft, difference: Diff) -> ComparedDraft:
    return ComparedDraft(
        name=draft.name,
        checksum=draft.checksum,
        choices=draft.choices,
        table=draft.table,
        recognitions=draft.recognitions,
        recognition=draft.recognition,
        parsed=draft.parsed,
        places=draft.places,
        problems=draft.problems,
        diff=difference,
        facts=draft.facts,
        cells=draft.cells,
        rows=draft.rows,
        set_aside=draft.set_aside,
        proposals=draft.proposals,
    )


def can_compare(draft: Draft) -> bool:
    """Whether what would be published is settled: no error, or errors of single lines that the person chose to leave out."""
    return not draft.errors or (
        draft.choices.good_rows_only and all(each.line is not None for each in draft.errors)
    )


def _ordered(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Errors before warnings, the whole file before its lines, then as an editor shows them; the same thing is said once."""
    once = dict.fromkeys(problems)
    return tuple(sorted(once, key=lambda each: (each.severity != "error", each.line or 0, each.column)))
