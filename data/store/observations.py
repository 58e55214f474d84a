"""Figures in layers: each import lays cells over those before it, and undoing one uncovers what lay under it.

The current value of a cell is that of the newest import not undone. Shipped editions lie under whatever an
analyst imported, and a newer shipped edition over an older one.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from operator import itemgetter
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, update

from analysis.model import OBSERVATION_COLUMNS, OBSERVATION_KEY, STORED_STATUSES, SYSTEM_ACTOR, Actor, Status
from data.store import tables
from data.store.entries import Entries, record_entries
from data.store.errors import InvalidRows, StoreError
from data.store.opened import Store
from data.store.session import Session, WriteSession

COLUMNS = [*OBSERVATION_COLUMNS, "import_id"]
_KEY = itemgetter(*(COLUMNS.index(name) for name in OBSERVATION_KEY))
_IMPORT = COLUMNS.index("import_id")
_BLOCK = 50_000


def current_observations(session: Session) -> pd.DataFrame:
    """Every cell as it stands: `indicator`, `commune`, `period`, `value`, `status`, `import_id`, sorted.

    `value` is NaN unless the cell is observed.
    """
    cells, imports = tables.observation, tables.import_
    live = session.connection.execute(
        select(imports.c.id, imports.c.kind).where(imports.c.undone_at.is_(None))
    )
    # Shipped editions first, then analysts' imports, each oldest first: the last one of a key is on top.
    order = [number for kind, number in sorted((kind != "shipped", number) for number, kind in live)]
    layer = {number: place for place, number in enumerate(order)}
    result = session.connection.execute(
        select(*(cells.c[name] for name in COLUMNS))
        .join(imports, imports.c.id == cells.c.import_id)
        .where(imports.c.undone_at.is_(None))
    )
    # The driver's own tuples, laid over one another here: SQLAlchemy's row objects and SQL's window function each doubled the time of
    # the largest read of every page, and pandas takes four times as long for a store that begins.
    rows = list(result.cursor.fetchall() if result.cursor is not None else result.fetchall())
    result.close()
    rows.sort(key=lambda row: layer[row[_IMPORT]])
    top = dict(zip(map(_KEY, rows), rows, strict=True))
    frame = pd.DataFrame.from_records(
        sorted(top.values()), columns=COLUMNS
    )  # keys differ, so no value is compared
    frame["value"] = frame["value"].astype("float64")
    frame["import_id"] = frame["import_id"].astype("int64")
    return frame


def record_import(
    session: WriteSession,
    frame: pd.DataFrame,
    *,
    kind: str,
    label: str,
    checksum: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> int:
    """Lay one import over the others; its number.

    `frame` has `indicator`, `commune`, `period`, `value`, `status`; other columns are ignored. `progress` is
    told the share of cells laid; what it raises undoes the transaction. Raises InvalidRows for a key given
    twice, an unknown status, or a value that does not fit its status.
    """
    cells = _checked(frame)
    number = session.connection.execute(
        insert(tables.import_).values(
            kind=kind, label=label, actor=session.actor.id, at=session.at, checksum=checksum, rows=len(cells)
        )
    ).inserted_primary_key
    if number is None:  # pragma: no cover - both databases give the key back
        raise StoreError("La base n’a pas numéroté l’import.")
    import_id = int(number[0])
    _insert_cells(session, import_id, cells, progress)
    session.record(
        "import",
        str(import_id),
        "import",
        None,
        {"kind": kind, "label": label, "checksum": checksum, "rows": len(cells)},
        import_id=import_id,
    )
    return import_id


def _insert_cells(
    session: WriteSession,
    import_id: int,
    cells: pd.DataFrame,
    progress: Callable[[float], None] | None,
) -> None:
    """The cells in the order of the key, by the driver's own fast way: a million of them in seconds."""
    if not len(cells):
        return
    ordered = cells.sort_values(OBSERVATION_KEY)[OBSERVATION_COLUMNS]
    columns = ["import_id", *OBSERVATION_COLUMNS]
    session.written.add(tables.observation.name)  # what goes past SQLAlchemy is not seen there
    raw: Any = session.connection.connection.cursor()
    try:
        for start in range(0, len(ordered), _BLOCK):
            block = ordered.iloc[start : start + _BLOCK]
            # Plain lists, column by column: iterating over the frame's own strings takes as long as writing them.
            columns_ = [block[name].to_numpy(dtype=object).tolist() for name in block.columns]
            rows = list(zip(repeat(import_id), *columns_, strict=False))
            if session.connection.dialect.name == "postgresql":
                with raw.copy(f"COPY observation ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                raw.executemany(
                    f"INSERT INTO observation ({', '.join(columns)}) VALUES (?, ?, ?, ?, ?, ?)", rows
                )
            if progress is not None:
                progress(min(start + _BLOCK, len(ordered)) / len(ordered))
    finally:
        raw.close()


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    absent = [name for name in OBSERVATION_COLUMNS if name not in frame.columns]
    if absent:
        raise InvalidRows(f"Colonnes absentes de l’import : {', '.join(absent)}.")
    cells = frame[OBSERVATION_COLUMNS].copy()
    words = {status: str(getattr(status, "value", status)) for status in cells["status"].unique()}
    cells["status"] = cells["status"].map(words)
    twice = cells[cells.duplicated(OBSERVATION_KEY)]
    if len(twice):
        indicator, commune, period = twice.iloc[0][OBSERVATION_KEY]
        raise InvalidRows(
            f"{len(twice)} cellules en double ; la première : indicateur {indicator}, "
            f"commune {commune}, période {period}. "
            "Gardez une seule ligne par indicateur, commune et période."
        )
    unknown = cells[~cells["status"].isin([status.value for status in STORED_STATUSES])]
    if len(unknown):
        raise InvalidRows(
            f"Statut inconnu « {unknown.iloc[0]['status']} » : attendu observed, suppressed ou missing."
        )
    values = pd.to_numeric(cells["value"], errors="coerce").astype("float64")
    wrong = cells[(cells["status"] == Status.OBSERVED.value) != values.notna()]
    if len(wrong) or (values.abs() == float("inf")).any():
        first = (wrong if len(wrong) else cells[values.abs() == float("inf")]).iloc[0]
        raise InvalidRows(
            f"Valeur « {first['value']} » incompatible avec le statut {first['status']} "
            f"(indicateur {first['indicator']}, "
            f"commune {first['commune']}, période {first['period']})."
        )
    cells["value"] = values.astype(object).where(values.notna(), None)
    return cells


def undo_import(session: WriteSession, import_id: int) -> None:
    """Take one import’s cells away, uncovering what lay under. Raises StoreError if unknown or undone."""
    _mark(session, import_id, undone=True)


def redo_import(session: WriteSession, import_id: int) -> None:
    """Lay an undone import again, at its old place. Raises StoreError when unknown or not undone."""
    _mark(session, import_id, undone=False)


def _mark(session: WriteSession, import_id: int, *, undone: bool) -> None:
    row = session.get(tables.import_, import_id)
    if row is None:
        raise StoreError(f"L’import n° {import_id} n’existe pas.")
    if (row["undone_at"] is not None) == undone:
        state = "déjà annulé" if undone else "en vigueur, il n’y a rien à rétablir"
        raise StoreError(f"L’import n° {import_id} (« {row['label']} ») est {state}.")
    values = (
        {"undone_at": session.at, "undone_by": session.actor.id}
        if undone
        else {"undone_at": None, "undone_by": None}
    )
    session.connection.execute(update(tables.import_).where(tables.import_.c.id == import_id).values(values))
    session.record("import", str(import_id), "undo" if undone else "redo", None, None, import_id=import_id)


def import_log(session: Session) -> pd.DataFrame:
    """Every import, newest first, with all columns of the table."""
    return session.frame(select(tables.import_).order_by(tables.import_.c.id.desc()))


def ensure_shipped(
    store: Store,
    frame: pd.DataFrame,
    checksum: str,
    label: str,
    actor: Actor = SYSTEM_ACTOR,
    entries: Entries | None = None,
) -> int | None:
    """Record the shipped figures once per edition; the import’s number, None when nothing had to be done.

    `entries`: those of the catalogue that these editions bring, recorded with them.
    Two processes that start together record it once. An edition that somebody undid stays undone.
    """

    def known(session: Session) -> bool:
        shipped = tables.import_
        newest = session.connection.execute(
            select(shipped.c.checksum)
            .where(shipped.c.kind == "shipped")
            .order_by(shipped.c.id.desc())
            .limit(1)
        ).scalar()
        return newest == checksum

    with store.read() as session:
        if known(session):
            return None
    number: int | None = None
    with store.write(actor) as writer:
        if not known(writer):  # somebody else may have been quicker
            number = record_import(writer, frame, kind="shipped", label=label, checksum=checksum)
            record_entries(writer, number, entries or Entries())
    return number
