"""Figures of what surrounds a territory, in the layers of the imports that brought them (see `data.imports.levels`)."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import insert, select

from analysis.model import LEVEL_COLUMNS, LEVEL_KEY
from data.store import tables
from data.store.session import Session, WriteSession


def record_levels(session: WriteSession, import_id: int, frame: pd.DataFrame) -> None:
    """Lay the figures of levels (`LEVEL_COLUMNS`) with the import that they come from: undone and redone with it."""
    if len(frame):
        rows = frame[LEVEL_COLUMNS].astype(object).where(frame[LEVEL_COLUMNS].notna(), None)
        session.connection.execute(
            insert(tables.level_figure), [{"import_id": import_id, **row} for row in rows.to_dict("records")]
        )


def current_levels(session: Session) -> pd.DataFrame:
    """The figures of levels as they stand (`LEVEL_COLUMNS`): of each, that of the newest import not undone."""
    table, imports = tables.level_figure, tables.import_
    frame = session.frame(
        select(*(table.c[name] for name in LEVEL_COLUMNS), table.c.import_id)
        .join(imports, imports.c.id == table.c.import_id)
        .where(imports.c.undone_at.is_(None))
        .order_by(table.c.import_id)
    )
    frame["value"] = frame["value"].astype("float64")
    return frame.drop_duplicates(LEVEL_KEY, keep="last", ignore_index=True)[LEVEL_COLUMNS]
