"""When the store last changed, by what stands in it now: the days that `analysis.freshness` chooses from."""

from __future__ import annotations

import datetime as dt
from functools import partial

from sqlalchemy import Table, func, select

from data.store import Session, tables


def import_days(session: Session) -> list[dt.date]:
    """The day the newest import in force was recorded, in the machine's time zone; empty when every import was undone."""
    table = tables.import_
    return _days(session, [select(func.max(table.c.at)).where(table.c.undone_at.is_(None))])


def network_days(session: Session, origin: str) -> list[dt.date]:
    """The newest day a row of each table of one origin was entered, and the day one was last changed by hand; empty without rows.

    Raises ValueError for an origin that is neither real nor demo.
    """
    if origin not in tables.ORIGINS:
        raise ValueError(f"origin must be one of {tables.ORIGINS}, not {origin!r}")
    entered = [
        session.keep(("entered", table.name, origin), [table], partial(_entered, session, table, origin))
        for table in tables.NETWORK
    ]
    days = [day for day in entered if day is not None]
    # A correction leaves the day of entry as it was: the history knows when it was made. It grows at its end.
    names = [table.name for table in tables.NETWORK]
    line = tables.history
    changed = select(line.c.at).where(line.c.entity.in_(names)).order_by(line.c.id.desc()).limit(1)
    return [*days, *_days(session, [changed])] if days else []


def _entered(session: Session, table: Table, origin: str) -> dt.date | None:
    """The newest day a row of one table was entered; of a table that numbers its rows as they come, that of the newest one."""
    asked = select(func.max(table.c.created_at))
    if table.c.id.type.python_type is int:
        asked = select(table.c.created_at).order_by(table.c.id.desc()).limit(1)
    found = _days(session, [asked.where(table.c.origin == origin, table.c.removed_at.is_(None))])
    return found[0] if found else None


def _days(session: Session, statements: list) -> list[dt.date]:  # type: ignore[type-arg]
    found = [session.connection.execute(statement).scalar_one_or_none() for statement in statements]
    return [dt.datetime.fromisoformat(str(at)).astimezone().date() for at in found if at]
