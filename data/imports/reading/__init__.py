"""From a file to a `Table`: exact; or repaired and every repair listed; or refused with the line; never silently wrong."""

from __future__ import annotations

import hashlib
from pathlib import Path

from data.imports.model import Table
from data.imports.reading import delimited, xlsx
from data.imports.reading.hints import Hints


def read_table(
    path: str | Path, *, sheet: str | None = None, reading: str | None = None, name: str = ""
) -> Table:
    """The table in the file at `path`; `sheet` and `reading` answer earlier questions, `name` is what the person calls the file.

    Raises ImportRefused (with line, column, value and advice), ReadingNeeded or SheetNeeded.
    """
    path = Path(path)
    raw = path.read_bytes()
    checksum = hashlib.sha256(raw).hexdigest()
    hints = Hints.parse(reading)
    parts = xlsx.read(raw, sheet, hints) if raw[:4] == b"PK\x03\x04" else delimited.read(raw, hints)
    return parts.table(name=name or path.name, checksum=checksum)
