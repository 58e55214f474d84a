"""The store: everything that is kept, in one database.

::

    store = open_store()
    with store.read() as session:
        frame = current_observations(session)
    with store.write(actor) as session:
        session.insert(tables.event, {...})

A reader sees one snapshot. A writer is alone, and either all it wrote is there or none of it; each commit
raises the revision by one.
"""

from data.store import tables
from data.store.entries import Entries, live_entries, record_entries
from data.store.erasure import erase_person
from data.store.errors import (
    DatabaseTooNew,
    DatabaseUnreachable,
    InvalidRows,
    NotConfirmed,
    StaleRow,
    StoreError,
)
from data.store.levels import current_levels, record_levels
from data.store.observations import (
    current_observations,
    ensure_shipped,
    import_log,
    record_import,
    redo_import,
    undo_import,
)
from data.store.opened import Store, network_origin, open_store
from data.store.session import Session, WriteSession, stamp

__all__ = [
    "DatabaseTooNew",
    "DatabaseUnreachable",
    "Entries",
    "InvalidRows",
    "NotConfirmed",
    "Session",
    "StaleRow",
    "Store",
    "StoreError",
    "WriteSession",
    "current_levels",
    "current_observations",
    "ensure_shipped",
    "erase_person",
    "import_log",
    "live_entries",
    "network_origin",
    "open_store",
    "record_entries",
    "record_import",
    "record_levels",
    "redo_import",
    "stamp",
    "tables",
    "undo_import",
]
