"""What can go wrong with the store. The words are French: they can reach the screen."""

from __future__ import annotations


class StoreError(Exception):
    """The store cannot do what was asked; the message says what is wrong and what to do."""


class DatabaseTooNew(StoreError):
    """A newer Zevillage wrote this database; opening it could lose data."""


class AnotherTerritory(StoreError):
    """The database is about another territory than the one that opens it."""


class DatabaseUnreachable(StoreError):
    """The file or the server cannot be opened."""


class DatabaseLocked(DatabaseUnreachable):
    """Another program keeps the database for itself."""


class DatabaseDamaged(DatabaseUnreachable):
    """The file is there and is no database, or not a whole one."""


class DatabaseReadOnly(DatabaseUnreachable):
    """The file, its folder or its disk may not be written."""


class DiskFull(DatabaseUnreachable):
    """There is no room left."""


class DiskFailing(DatabaseUnreachable):
    """The disk itself reports an error."""


class StaleRow(StoreError):
    """Somebody else changed the row since it was read."""


class InvalidRows(StoreError):
    """Rows handed to the store break a rule (twice the same key, a value without its status…)."""


class NotConfirmed(StoreError):
    """An action that destroys rows was asked without its confirmation word."""
