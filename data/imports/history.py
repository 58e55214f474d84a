"""What was imported, by whom, and what stands under a figure; undoing and redoing an import.

Undoing figures only uncovers what lay under them: cells that a later import had covered stay as they are, and are counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import func, select

from analysis.model import OBSERVATION_KEY, Actor, Status
from data.catalogue import CatalogueError, load_catalogue
from data.opening import read_catalogue
from data.register import RegisterError
from data.register.operations import ENTITY, undo_in
from data.store import (
    Session,
    Store,
    StoreError,
    WriteSession,
    current_observations,
    redo_import,
    tables,
    undo_import,
)


@dataclass(frozen=True)
class ImportRecord:
    """One import as it is remembered. `actor` is the author's id, `at` ISO text in UTC; `undone_at` is empty while it is in force.

    What comes from a file is empty for shipped figures and single values: `file_name` (text to show, never a path), `format`,
    `edition`, `bytes`. `kind`: shipped, file, manual, demo; `content`: figures, members, …
    """

    id: int
    kind: str
    content: str
    label: str
    actor: str
    at: str
    rows: int
    checksum: str
    undone_at: str
    undone_by: str
    file_name: str = ""
    format: str = ""
    edition: str = ""
    bytes: int = 0
    rows_kept: int = 0
    rows_set_aside: int = 0
    rows_repaired: int = 0
    effects: Mapping[str, int] | None = None
    choices: Mapping[str, Any] | None = None
    contains_personal: bool = False
    original_removed_at: str = ""

    @property
    def in_force(self) -> bool:
        """Whether it was not undone."""
        return not self.undone_at


def imports(session: Session) -> tuple[ImportRecord, ...]:
    """Every import, newest first."""
    import_, file = tables.import_, tables.import_file
    rows = session.connection.execute(
        select(import_, *(column for column in file.c if column.name not in ("import_id", "checksum")))
        .outerjoin(file, file.c.import_id == import_.c.id)
        .order_by(import_.c.id.desc())
    ).mappings()
    return tuple(_record(dict(row)) for row in rows)


def _record(row: Mapping[str, Any]) -> ImportRecord:
    return ImportRecord(
        id=row["id"],
        kind=row["kind"],
        content=row["content"] or "figures",
        label=row["label"],
        actor=row["actor"],
        at=row["at"],
        rows=row["rows"],
        checksum=row["checksum"] or "",
        undone_at=row["undone_at"] or "",
        undone_by=row["undone_by"] or "",
        file_name=row["name"] or "",
        format=row["format"] or "",
        edition=row["edition"] or "",
        bytes=row["bytes"] or 0,
        rows_kept=row["rows_kept"] or 0,
        rows_set_aside=row["rows_set_aside"] or 0,
        rows_repaired=row["rows_repaired"] or 0,
        effects=row["effects"],
        choices=row["choices"],
        contains_personal=bool(row["contains_personal"]),
        original_removed_at=row["original_removed_at"] or "",
    )


def original(store: Store, record: ImportRecord) -> Path | None:
    """The kept file of an import; None when there was none or it was removed since."""
    if not record.format:
        return None
    path = store.files.original(record.checksum)
    return path if path.is_file() else None


def remembered(session: Session) -> dict[str, str]:
    """Communes settled by hand in imports in force: text as written → INSEE code (empty: set aside); the newest word counts."""
    file, import_ = tables.import_file, tables.import_
    found: dict[str, str] = {}
    for choices in session.connection.execute(
        select(file.c.choices)
        .join(import_, import_.c.id == file.c.import_id)
        .where(import_.c.undone_at.is_(None))
        .order_by(file.c.import_id)
    ).scalars():
        found |= choices.get("communes", {})
    return found


# -- undo and redo ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What undoing or redoing import `id` did: `changed` cells now say something else, `covered` are hidden by a newer import.

    A cell that says the same under the import as in it is neither. Nobody's figure is missing, whether a file says so or none does.
    `left`: what could not be put back, in French, one sentence each (records that somebody changed since).
    """

    id: int
    changed: int
    covered: int
    left: tuple[str, ...] = ()


def undo(store: Store, actor: Actor, number: int) -> Outcome:
    """Take an import back. Raises StoreError, changing nothing, when it is unknown or undone already."""
    return _mark(store, actor, number, undone=True)


def redo(store: Store, actor: Actor, number: int) -> Outcome:
    """Lay an undone import again, at its old place. Raises StoreError, changing nothing, when it is unknown or in force."""
    return _mark(store, actor, number, undone=False)


def _mark(store: Store, actor: Actor, number: int, *, undone: bool) -> Outcome:
    with store.write(actor) as session:
        before = current_observations(session)
        left = _mark_in(session, number, undone)
        after = current_observations(session)
        _check_catalogue(session, number)
        on_top = int(((before if undone else after)["import_id"] == number).sum())
        return Outcome(number, _differing(before, after), _cells(session, number) - on_top, left)


def _mark_in(session: WriteSession, number: int, undone: bool) -> tuple[str, ...]:
    """Mark figures; put records back by the register's own undo, so that its journal tells the same story. What was left."""
    row = session.get(tables.import_, number)
    operation = _operation(session, number)
    if operation is None or row is None or (row["undone_at"] is not None) == undone:
        (undo_import if undone else redo_import)(session, number)  # refuses what makes no sense
        return ()
    try:
        return undo_in(session, operation).warnings
    except RegisterError as error:
        raise StoreError(
            f"L’import n° {number} ne peut pas être annulé, rien n’a été modifié. {error}"
        ) from error


def _operation(session: Session, number: int) -> int | None:
    """The newest operation of the register that made, undid or redid an import; None for figures of a file."""
    history = tables.history
    return session.connection.execute(
        select(history.c.id)
        .where(history.c.entity == ENTITY, history.c.entity_id == str(number))
        .where(history.c.after["table"].as_string() == "import")
        .order_by(history.c.id.desc())
        .limit(1)
    ).scalar()


def _check_catalogue(session: Session, number: int) -> None:
    """What no screen could open again must not stay: an entry that a later import's figures are made of."""
    try:
        read_catalogue(session)
    except CatalogueError as error:
        raise StoreError(
            f"L’import n° {number} ne peut pas changer seul d’état, rien n’a été modifié : {error}"
        ) from error


def _differing(before: pd.DataFrame, after: pd.DataFrame) -> int:
    """How many cells say something else."""
    both = before.merge(after, on=OBSERVATION_KEY, how="outer", suffixes=("", "_after"))
    statuses = both[["status", "status_after"]].fillna(Status.MISSING.value)
    values = both["value"].ne(both["value_after"]) & both["value"].notna() & both["value_after"].notna()
    return int((statuses["status"].ne(statuses["status_after"]) | values).sum())


def _cells(session: Session, number: int) -> int:
    cell = tables.observation
    return int(
        session.connection.execute(select(func.count()).where(cell.c.import_id == number)).scalar_one()
    )


def covered(session: Session, number: int) -> pd.DataFrame:
    """The cells of an import that a newer one hides, in force or not: they stay as they are when it is undone or redone.

    Columns `indicator`, `commune`, `period`, and of what is shown instead `value`, `status`, `import_id`.
    """
    cell, imports_ = tables.observation, tables.import_
    mine = session.frame(
        select(cell.c.indicator, cell.c.commune, cell.c.period).where(cell.c.import_id == number)
    )
    shipped = session.connection.execute(select(imports_.c.id).where(imports_.c.kind == "shipped")).scalars()
    now = current_observations(session)
    now = now[(now["import_id"] > number) & ~now["import_id"].isin(list(shipped))]
    return mine.merge(now, on=OBSERVATION_KEY)


# -- who published what ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Layer:
    """One import that says something of a cell. `shown`: the one whose value is on the map; `source`: the edition, in words.

    A shipped figure's is that of the publication it was taken from.
    """

    record: ImportRecord
    value: float | None
    status: Status
    source: str
    shown: bool


def who_published(session: Session, indicator: str, commune: str, period: str) -> tuple[Layer, ...]:
    """Every import that says something of one stored cell: those in force first, the one on top first, then the undone ones."""
    cell = tables.observation
    rows = {
        row.import_id: row
        for row in session.connection.execute(
            select(cell.c.import_id, cell.c.value, cell.c.status).where(
                cell.c.indicator == indicator, cell.c.commune == commune, cell.c.period == period
            )
        )
    }
    found = [each for each in imports(session) if each.id in rows]
    # As in `current_observations`: shipped editions lie under what analysts imported, and the newest is on top.
    found.sort(key=lambda each: (each.in_force, each.kind != "shipped", each.id), reverse=True)
    return tuple(
        Layer(
            each,
            rows[each.id].value,
            Status(rows[each.id].status),
            each.edition
            or (_shipped_source(indicator, period) if each.kind == "shipped" else "")
            or each.label,
            shown=place == 0 and each.in_force,
        )
        for place, each in enumerate(found)
    )


def _shipped_source(indicator: str, period: str) -> str:
    """The publication of a shipped figure; empty for one that the catalogue of today no longer ships."""
    catalogue = load_catalogue()
    known = catalogue.indicators.get(indicator)
    if known is None or period not in known.periods:
        return ""
    return catalogue.source(known, period).citation
