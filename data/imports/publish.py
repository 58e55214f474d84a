"""Publishing a draft: one transaction, after which everybody sees all of it, or nothing at all.

The file itself is kept first, under its checksum. Then, alone in the store: the diff is made again if somebody wrote since, the
import is laid with what it was made from and the catalogue entries its figures need, and the whole is committed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import insert

from analysis.model import LEVEL_COLUMNS, OBSERVATION_COLUMNS, Actor, Indicator, Source, Vintage
from data.catalogue import Catalogue, CatalogueError, load_catalogue
from data.imports import originals
from data.imports.choices import to_json
from data.imports.diff import changes, compare, planned, publishable
from data.imports.model import (
    BaseChanged,
    ComparedDraft,
    Diff,
    Draft,
    ImportRefused,
    NewIndicator,
    NewVintage,
    NothingChanges,
    Problem,
    Progress,
)
from data.imports.records import ORIGIN, write_records
from data.imports.wording import some
from data.opening import House, read_catalogue
from data.register.operations import operation_in
from data.store import (
    Entries,
    Store,
    WriteSession,
    current_levels,
    live_entries,
    record_entries,
    record_import,
    record_levels,
    tables,
)
from data.store.files import remove

PERSONAL_FORMATS = frozenset({"insee_sirene"})
"""Formats of figures whose file names people (a sole trader's establishment bears a name)."""


def publish(
    house: House,
    actor: Actor,
    draft: Draft,
    original: Path,
    *,
    today: dt.date,
    progress: Progress | None = None,
) -> int:
    """Write the draft to the store and keep `original`; the import's number.

    Raises ImportRefused when the draft has errors that nobody chose to leave out, BaseChanged when its diff no longer holds,
    NothingChanges, StoreError (disk full, store locked), and whatever `progress` raises: nothing has changed then.
    """
    tell = progress or (lambda share, what: None)
    store = house.store
    ready = _ready(store, draft)
    staged = originals.stage(
        store, original, ready.checksum, lambda share: tell(0.2 * share, "Copie du fichier d’origine")
    )
    new = False
    try:
        with store.write(actor) as session:
            tell(0.2, "Vérification de ce qui va changer")
            _recheck_difference(session, ready, house, today)
            originals.sweep(session, store)
            number = _lay(session, ready, original.stat().st_size, house, today, tell)
            tell(0.95, "Enregistrement")
            new = originals.keep(store, staged, ready.checksum)
    except BaseException:
        remove(staged)
        if new:
            store.files.remove_original(ready.checksum)
        raise
    return number


def _ready(store: Store, draft: Draft) -> ComparedDraft:
    """The rows that may be published. Raises ImportRefused when something still has to be decided or mended."""
    if not isinstance(draft, ComparedDraft):
        raise ImportRefused(draft.errors or [_UNFINISHED])
    refused = [each for each in draft.diff.problems if each.severity == "error"]
    errors = tuple(dict.fromkeys((*draft.errors, *refused)))
    if errors and (not draft.choices.good_rows_only or any(each.line is None for each in errors)):
        raise ImportRefused(errors)
    if not (
        changes(draft.diff, draft.choices.clear_absent) or draft.parsed.new or _brings_levels(store, draft)
    ):
        raise NothingChanges([_NOTHING])
    return publishable(draft)


def _brings_levels(store: Store, draft: ComparedDraft) -> bool:
    """Whether the file says something of what surrounds the territory that the base does not say."""
    if draft.parsed.levels is None:
        return False
    with store.read() as session:
        known = current_levels(session)
    both = draft.parsed.levels.astype({"value": "float64"}).merge(
        known, on=LEVEL_COLUMNS, how="left", indicator=True
    )
    return bool((both["_merge"] == "left_only").any())


_UNFINISHED = Problem(
    "publish.unfinished",
    "Ce fichier n’est pas encore prêt à être publié.",
    "Répondez aux questions qui restent, puis relisez ce qui va changer.",
)
_NOTHING = Problem(
    "publish.nothing",
    "Ce fichier ne change rien : la base dit déjà tout ce qu’il dit.",
    "Il n’y a rien à publier.",
)
_MOVED = Problem(
    "publish.base",
    "Quelqu’un a modifié entre-temps des données que ce fichier change.",
    "Rien n’a été publié : relisez ce qui va changer, puis publiez.",
)


def _recheck_difference(session: WriteSession, draft: ComparedDraft, house: House, today: dt.date) -> None:
    """Make the diff again when somebody wrote since. Raises BaseChanged when it differs."""
    if session.revision() == draft.diff.revision + 1:  # this transaction is the only step since
        return
    now = compare(session, draft, territory=house.territory, today=today)
    if not _same(draft.diff, now, draft.choices.clear_absent):
        raise BaseChanged([_MOVED])


def _same(one: Diff, now: Diff, clear_absent: bool) -> bool:
    """Whether publishing `one` still does the same: what a file lacks matters only where it is to be cleared."""

    def plain(frame: pd.DataFrame) -> pd.DataFrame:
        kept = frame if clear_absent else frame[frame["effect"] != "removed"]
        return kept.astype(object).where(kept.notna(), None).reset_index(drop=True)

    return (
        one.rests_on <= now.rests_on
        and plain(one.cells).equals(plain(now.cells))
        and plain(one.rows).equals(plain(now.rows))
    )


def _lay(
    session: WriteSession, draft: ComparedDraft, size: int, house: House, today: dt.date, tell: Progress
) -> int:
    """Write figures or records, and what they were made from; the import's number."""
    if draft.parsed.kind != "figures":
        return _lay_records(session, draft, size, house, today, tell)
    cells = draft.cells
    if draft.choices.clear_absent:
        absent = draft.diff.cells[draft.diff.cells["effect"] == "removed"]
        absent = absent.rename(columns={"new": "value", "new_status": "status"})
        cells = pd.concat([cells, absent[[*OBSERVATION_COLUMNS, "line"]]])
    number = _record(session, draft, cells, lambda share: tell(0.3 + 0.6 * share, "Écriture"))
    record_entries(session, number, needed_entries(session, cells, draft.parsed.new))
    try:
        read_catalogue(session)  # what no screen could open again must not be written
    except CatalogueError as error:
        raise ImportRefused(
            [Problem("publish.catalogue", str(error), "Corrigez l’indicateur, puis recommencez.")]
        ) from error
    if draft.parsed.levels is not None:
        record_levels(session, number, draft.parsed.levels)
    facts = _facts(draft, number, size, int(draft.cells["line"].nunique()))
    session.connection.execute(insert(tables.import_file).values(facts))
    return number


def _lay_records(
    session: WriteSession, draft: ComparedDraft, size: int, house: House, today: dt.date, tell: Progress
) -> int:
    """The rows of people and things, as one operation of the register: its journal tells it, and can undo it too."""
    plan = planned(session, draft, territory=house.territory, today=today)
    with operation_in(session, "import", ORIGIN) as current:
        number = _record(session, draft, pd.DataFrame(columns=OBSERVATION_COLUMNS), None)
        write_records(session, plan.records, number, lambda share: tell(0.3 + 0.6 * share, "Écriture"))
        current.subject, current.facts["import"] = ("import", str(number)), number
        facts = _facts(draft, number, size, len(plan.records))
        session.connection.execute(insert(tables.import_file).values(facts))
    return number


def _record(
    session: WriteSession,
    draft: ComparedDraft,
    cells: pd.DataFrame,
    progress_of_rows: Callable[[float], None] | None,
) -> int:
    what = draft.recognition.edition or _indicators(session, draft, cells) or draft.recognition.name
    label = f"{what} ({_one_line(draft.name)})"
    return record_import(
        session, cells, kind="file", label=label, checksum=draft.checksum, progress=progress_of_rows
    )


def _indicators(session: WriteSession, draft: ComparedDraft, cells: pd.DataFrame) -> str:
    """The names of the indicators of a file that no publication announces: « Écoles, Élèves et 3 autres »; empty for the others."""
    if draft.parsed.same_commune is None:
        return ""
    names = {id_: body["name"] for id_, body in live_entries(session).indicators.items()}
    names |= {id_: each.name for id_, each in load_catalogue().indicators.items()}
    names |= {
        each.indicator.id: each.indicator.name for each in draft.parsed.new if isinstance(each, NewIndicator)
    }
    return some([_one_line(names.get(id_, id_)) for id_ in cells["indicator"].unique()], 3)


def _facts(draft: ComparedDraft, number: int, size: int, kept: int) -> dict[str, Any]:
    return {
        "import_id": number,
        "name": draft.name,
        "checksum": draft.checksum,
        "bytes": size,
        "format": draft.recognition.format,
        "edition": draft.recognition.edition,
        "content": draft.recognition.kind,
        "rows_kept": kept,
        "rows_set_aside": sum(draft.set_aside.values()),
        "rows_repaired": len(draft.table.repairs),
        "effects": dict(draft.diff.counts),
        "choices": to_json(draft.choices),
        "contains_personal": draft.recognition.kind != "figures"
        or draft.recognition.format in PERSONAL_FORMATS,
    }


def _one_line(name: str) -> str:
    """A file's name as one short line of text, whatever somebody put into it."""
    return "".join(c if c.isprintable() else " " for c in name).strip()[:120]


# -- the entries that the figures need -------------------------------------------------------------------------


def needed_entries(
    session: WriteSession, cells: pd.DataFrame, brought: Iterable[NewIndicator | NewVintage] = ()
) -> Entries:
    """What a file brings, and what earlier imports brought that its figures need. Raises ImportRefused for a taken id."""
    live, built_in = live_entries(session), load_catalogue()
    sources: dict[str, Mapping[str, Any]] = {}
    indicators: dict[str, Mapping[str, Any]] = {}
    vintages: dict[tuple[str, str], Mapping[str, Any]] = {}
    for new in brought:
        sources[new.source.id] = _body(new.source)
        if isinstance(new, NewIndicator):
            if built_in.known(new.indicator.id) is not None:
                raise ImportRefused([_taken(new.indicator.id)])
            entry = _body(replace(new.indicator, vintages=()))
            before = live.indicators.get(new.indicator.id, entry)
            if any(before.get(field) != entry[field] for field in _MEANING):
                raise ImportRefused([_differs(new.indicator)])
            indicators[new.indicator.id] = entry
            for vintage in new.indicator.vintages:
                vintages[new.indicator.id, vintage.period] = _vintage(new.indicator.id, vintage)
        else:
            vintages[new.indicator, new.vintage.period] = _vintage(new.indicator, new.vintage)
    periods_given = set(cells[["indicator", "period"]].drop_duplicates().itertuples(index=False, name=None))
    for row in live.vintages:
        key = (row["indicator"], row["period"])
        if key in periods_given or periods_given.intersection(_made_of(row, live, built_in)):
            vintages.setdefault(key, row)
    for row in vintages.values():
        if row["source"] in live.sources:
            sources.setdefault(row["source"], live.sources[row["source"]])
    wanted = [id_ for id_, _ in (*periods_given, *vintages)]
    while wanted:  # a rate brings what it is made of
        id_ = wanted.pop()
        body = indicators.get(id_) or live.indicators.get(id_)
        if body is not None:
            fresh = [
                part
                for part in (*body.get("numerator", ()), *body.get("denominator", ()))
                if part not in indicators
            ]
            indicators[id_] = body
            wanted += fresh
    for id_ in [id_ for id_ in sources if id_ in built_in.sources]:
        if _body(built_in.sources[id_]) != sources[id_]:
            raise ImportRefused([_taken(id_)])
        del sources[id_]
    return Entries(sources, indicators, tuple(vintages.values()))


def _made_of(row: Mapping[str, Any], live: Entries, built_in: Catalogue) -> set[tuple[str, str]]:
    """The figures of which the vintage `row` of a rate or change is made, by the built-in catalogue or by an import: whichever file comes
    last brings it, so that undoing an earlier one leaves it."""
    id_, period = row["indicator"], row["period"]
    known, body = built_in.known(id_), live.indicators.get(id_, {})
    counted = known.numerator if known is not None else tuple(body.get("numerator", ()))
    divided = known.denominator if known is not None else tuple(body.get("denominator", ()))
    made = {(part, period) for part in counted}
    made |= {(part, row.get("base_period") or period) for part in counted}
    return made | {(part, row.get("denominator_period") or period) for part in divided}


def _taken(id_: str) -> Problem:
    return Problem(
        "publish.taken",
        f"« {id_} » est déjà le nom d’une entrée du catalogue livré avec Zevillage.",
        "Choisissez un autre nom.",
        value=id_,
    )


_MEANING = ("unit", "kind", "palette", "numerator", "denominator", "scale")
"""What an indicator that was named before keeps: its earlier figures were published under it."""


def _differs(indicator: Indicator) -> Problem:
    return Problem(
        "publish.differs",
        f"« {indicator.name} » existe déjà, avec une autre unité, une autre nature ou un autre calcul.",
        "Reprenez les mêmes pour ajouter un millésime, ou choisissez un autre nom.",
        value=indicator.id,
    )


def _body(entry: Source | Indicator) -> dict[str, Any]:
    return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(entry).items() if name != "id"}


def _vintage(indicator: str, vintage: Vintage) -> dict[str, Any]:
    return {"indicator": indicator, **asdict(vintage)}
