"""When the store last changed, by what stands in it now: the days that `analysis.freshness` chooses from."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select

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
        select(func.max(table.c.created_at)).where(table.c.origin == origin, table.c.removed_at.is_(None))
        for table in tables.NETWORK
    ]
    days = _days(session, entered)
    # A correction leaves the day of entry as it was: the history knows when it was made.
    names = [table.name for table in tables.NETWORK]
    changed = select(func.max(tables.history.c.at)).where(tables.history.c.entity.in_(names))
    return [*days, *_days(session, [changed])] if days else []


def _days(session: Session, statements: list) -> list[dt.date]:  # type: ignore[type-arg]
    found = [session.connection.execute(statement).scalar_one_or_none() for statement in statements]
    return [dt.datetime.fromisoformat(str(at)).astimezone().date() for at in found if at]
