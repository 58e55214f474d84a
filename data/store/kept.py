"""What was read of the database and is still so: read again only where somebody has written since.

A commit of this process is known by the tables that it wrote in. Whatever happened otherwise (another process wrote, a copy was brought
back) shows as a revision that nobody here made: then everything is read again. So what is given is never older than the snapshot that
asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable
from threading import RLock
from typing import Any, TypeVar

T = TypeVar("T")

REMEMBERED = 500
"""Commits whose tables are known: what was read before them is read again."""
_WRITES = re.compile(r'\s*(INSERT\s+INTO|INSERT\s+OR\s+\w+\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.I)
CHANGED = " changed"
"""After the name of a table: rows of it that stood were changed or deleted, not only new ones added."""


def written_tables(statement: str) -> tuple[str, ...]:
    """The table that an SQL statement writes in, and it again with `CHANGED` unless rows are only added; none where it writes in none."""
    found = _WRITES.match(statement)
    if found is None:
        return ()
    table = found[2]
    return (table,) if len(found[1].split()) == 2 and found[1][0] in "iI" else (table, table + CHANGED)


class Kept:
    """Answers of one open database, shared by its threads: nothing that is given may be changed."""

    def __init__(self) -> None:
        self._commits: dict[int, frozenset[str]] = {}
        self._answers: dict[Hashable, tuple[int, Any]] = {}
        self._lock = RLock()

    def committed(self, revision: int, tables: Collection[str]) -> None:
        """Note which tables the commit that made `revision` wrote in."""
        with self._lock:
            self._commits[revision] = frozenset(tables)
            for old in sorted(self._commits)[:-REMEMBERED]:
                del self._commits[old]

    def written(self, since: int, until: int) -> frozenset[str] | None:
        """The tables in which somebody wrote after `since` and up to `until` (`written_tables`); None where that is not known."""
        if not since <= until <= since + REMEMBERED:
            return None
        with self._lock:
            commits = [self._commits.get(each) for each in range(since + 1, until + 1)]
        known = [each for each in commits if each is not None]
        return frozenset().union(*known) if len(known) == len(commits) else None

    def answer(self, revision: int, what: Hashable, tables: Collection[str], read: Callable[[], T]) -> T:
        """What `read` gives of `tables` in a snapshot of `revision`, read only where one of them was written in since the last time."""
        with self._lock:
            kept = self._answers.get(what)
        if kept is not None:
            written = self.written(kept[0], revision)
            if written is not None and not written & frozenset(tables):
                with self._lock:
                    self._answers[what] = (revision, kept[1])
                return kept[1]  # type: ignore[no-any-return]
        found = read()
        with self._lock:
            self._answers[what] = (revision, found)
        return found
