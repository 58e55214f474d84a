"""What a block of reading or writing can do."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import pandas as pd
from sqlalchemy import Connection, Executable, Table, event, insert, select, update

from analysis.model import Actor
from data.store import tables
from data.store.errors import StaleRow, StoreError
from data.store.kept import CHANGED, Kept, written_tables

T = TypeVar("T")
Mark = tuple[Kept, int]
"""The open database and its revision."""


def stamp(now: datetime) -> str:
    """An instant as the store writes it: ISO text in UTC, to the millisecond, so that texts compare as instants do."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Session:
    """A snapshot of the store. `connection` is SQLAlchemy's, for what has no method here."""

    def __init__(self, connection: Connection, kept: Kept | None = None) -> None:
        self.connection = connection
        self._kept = kept
        self._revision: int | None = None

    def keep(self, what: Hashable, tables: Collection[Table], read: Callable[[], T]) -> T:
        """What `read` gives of `tables`, read once for as long as nobody writes in them (`data.store.kept`). It may not be changed.

        In a block of writing it is read each time: what is written there is not everybody's yet.
        """
        if self._kept is None:
            return read()
        return self._kept.answer(self.revision(), what, [table.name for table in tables], read)

    @property
    def mark(self) -> Mark | None:
        """What was read here was read then, for `only_added`; None in a block of writing."""
        return None if self._kept is None else (self._kept, self.revision())

    def only_added(self, since: Mark | None, *tables: Table) -> bool:
        """Whether rows of `tables` were added since then and none that stood was changed or deleted; False where that is not known."""
        if self._kept is None or since is None or since[0] is not self._kept:
            return False
        written = self._kept.written(since[1], self.revision())
        return written is not None and not written & {table.name + CHANGED for table in tables}

    def frame(self, statement: Executable) -> pd.DataFrame:
        """The rows of a SELECT; dates come as `datetime64`, missing values as NaN, NaT or None."""
        result = self.connection.execute(statement)
        columns = list(result.keys())
        # Plain tuples: pandas asks each row of SQLAlchemy for attributes that it does not have, which costs more than the reading.
        rows = [tuple(row) for row in result.fetchall()]
        frame = pd.DataFrame.from_records(rows, columns=columns)
        for at, column in enumerate(columns):
            first = next((row[at] for row in rows if row[at] is not None), None)
            if isinstance(first, date):
                frame[column] = pd.to_datetime(frame[column])
        return frame

    def revision(self) -> int:
        """The number of commits of what is read here; in a block of writing, that block's own is counted."""
        if self._kept is None:
            return self._revision_now()
        if self._revision is None:  # a snapshot has one
            self._revision = self._revision_now()
        return self._revision

    def _revision_now(self) -> int:
        return int(self.connection.execute(select(tables.meta.c.revision)).scalar_one())

    def get(self, table: Table, row_id: object) -> dict[str, Any] | None:
        """One row by its key, None when there is none."""
        found = self.connection.execute(select(table).where(table.c.id == _key(table, row_id)))
        row = found.mappings().first()
        return None if row is None else dict(row)


class WriteSession(Session):
    """A transaction by one actor. `at` is its instant, ISO text in UTC."""

    def __init__(self, connection: Connection, actor: Actor, now: datetime) -> None:
        super().__init__(connection)
        self.actor = actor
        self._noted: set[tuple[str, str | None]] = set()
        self.at = stamp(now)
        self.written: set[str] = set()
        """The tables of which a row was added, changed or deleted in this block (`data.store.kept.written_tables`)."""
        event.listen(connection, "after_cursor_execute", self._watch)

    def _watch(self, _connection: object, cursor: Any, statement: str, *_more: object) -> None:
        if cursor.rowcount != 0:  # -1: the driver does not know
            self.written.update(written_tables(statement))

    def insert(self, table: Table, row: Mapping[str, Any], *, import_id: int | None = None) -> str:
        """Add one row and its line of history; the row's key. `created_at` is filled in."""
        values = {"created_at": self.at, **row} if "created_at" in table.c else dict(row)
        key = self.connection.execute(insert(table), values).inserted_primary_key
        row_id = str(values["id"] if "id" in values else key[0] if key else "")
        self.record(table, row_id, "add", None, values, import_id=import_id)
        return row_id

    def insert_many(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add many rows at once without a line of history each: the caller records what they are together."""
        if rows:
            filled = [
                {"created_at": self.at, **row} if "created_at" in table.c else dict(row) for row in rows
            ]
            self.connection.execute(insert(table), filled)

    def update(
        self,
        table: Table,
        row_id: str,
        changes: Mapping[str, Any],
        *,
        version: int | None = None,
        action: str = "change",
        import_id: int | None = None,
    ) -> None:
        """Change one row, keeping before and after in the history.

        With `version`, the one the caller read, raises StaleRow when somebody changed the row since.
        Raises StoreError for an unknown row.
        """
        before = self.get(table, row_id)
        if before is None:
            raise StoreError(f"Cette ligne n’existe pas ({table.name} {row_id}).")
        if version is not None and before.get("version") != version:
            raise StaleRow(
                "Cette ligne vient d’être modifiée par quelqu’un d’autre : relisez-la avant d’enregistrer."
            )
        values = dict(changes)
        if "version" in table.c:
            values["version"] = before["version"] + 1
        self.connection.execute(update(table).where(table.c.id == _key(table, row_id)).values(values))
        self.record(
            table,
            row_id,
            action,
            {name: before[name] for name in changes},
            changes,
            row=before,
            import_id=import_id,
        )

    def remove(self, table: Table, row_id: str) -> None:
        """Take a row out of every reading; it stays stored, so that it can be restored."""
        self.update(table, row_id, {"removed_at": self.at}, action="remove")

    def restore(self, table: Table, row_id: str) -> None:
        """Bring a removed row back."""
        self.update(table, row_id, {"removed_at": None}, action="restore")

    def record(
        self,
        table: Table | str,
        row_id: str,
        action: str,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
        *,
        row: Mapping[str, Any] | None = None,
        import_id: int | None = None,
    ) -> int:
        """Append one line to the history; its number.

        When the row is about a person (found through `row`, or `after` for a new one), what it said goes
        to `history_personal`, which can be erased.
        """
        name = table if isinstance(table, str) else table.name
        about = row if row is not None else after
        # A plain name is no row of a table: what it says is never about one person.
        person = self._person_of(name, row_id, about) if isinstance(table, Table) else None
        line: dict[str, Any] = {
            "at": self.at,
            "actor": self.actor.id,
            "entity": name,
            "entity_id": row_id,
            "action": action,
            "import_id": import_id,
        }
        values_before_after = {"before": _plain(before), "after": _plain(after)}
        if person is None:
            line |= values_before_after
        key = self.connection.execute(insert(tables.history), line).inserted_primary_key
        number = int(key[0]) if key else 0
        if person is not None:
            self.connection.execute(
                insert(tables.history_personal),
                {"history_id": number, "person": person, **values_before_after},
            )
            self.note_access("erase" if action == "erase" else "change", person)
        return number

    def note_access(self, kind: str, person: str | None = None) -> None:
        """Add to the log of accesses, once for a person in a transaction: who, when, which kind, whose file. No content."""
        if (kind, person) not in self._noted:
            self._noted.add((kind, person))
            self.connection.execute(
                insert(tables.access_log),
                {"at": self.at, "actor": self.actor.id, "kind": kind, "person": person},
            )

    def _person_of(self, name: str, row_id: str, row: Mapping[str, Any] | None) -> str | None:
        if name == "person":
            return row_id
        if row is None:
            return None
        if row.get("person") is not None:
            return str(row["person"])
        through = (
            ("member", tables.member),
            ("application", tables.application),
            ("contact", tables.contact),
        )
        for column, table in through:
            if row.get(column) is not None:
                owner = self.get(table, row[column])
                return None if owner is None or owner["person"] is None else str(owner["person"])
        return None


def _key(table: Table, row_id: object) -> object:
    """A key as its column holds it: the history keeps every key as text, and PostgreSQL compares no number with one."""
    return int(str(row_id)) if table.c.id.type.python_type is int else row_id


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Values as JSON can hold them: days become ISO text."""
    return None if values is None else json.loads(json.dumps(dict(values), default=str, ensure_ascii=False))
