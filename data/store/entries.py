"""Entries of the catalogue that imports bring, in layers: those of the newest import not undone are read.

An import carries every entry that its figures need (also one that an earlier import brought first), so undoing an
import takes an entry away exactly where nothing else uses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select

from data.store import tables
from data.store.session import Session, WriteSession


@dataclass(frozen=True)
class Entries:
    """Analysts' entries as `data.catalogue.load_catalogue` takes them: `sources` and `indicators` by id, `vintages` as rows
    with `indicator` and the fields of a vintage, oldest import first. `layers`, when read: for an indicator and a period, which source
    each import in force names.
    """

    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    indicators: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    vintages: tuple[Mapping[str, Any], ...] = ()
    layers: Mapping[tuple[str, str], Mapping[int, str]] = field(default_factory=dict)


def record_entries(session: WriteSession, import_id: int, entries: Entries) -> None:
    """Lay the entries of one import over the others. Rows are mappings that JSON can hold."""
    rows = [
        {"import_id": import_id, "kind": kind, "id": id_, "period": "", "body": dict(body)}
        for kind, bodies in (("source", entries.sources), ("indicator", entries.indicators))
        for id_, body in bodies.items()
    ]
    for vintage in entries.vintages:
        key = {"id": vintage["indicator"], "period": vintage["period"]}
        rows.append({"import_id": import_id, "kind": "vintage", **key, "body": dict(vintage)})
    if rows:
        session.connection.execute(insert(tables.catalogue_entry), rows)


def live_entries(session: Session) -> Entries:
    """The entries of imports not undone, the newest import's last word on each."""
    entry, imports = tables.catalogue_entry, tables.import_
    rows = session.connection.execute(
        select(entry.c.kind, entry.c.id, entry.c.period, entry.c.body, entry.c.import_id)
        .join(imports, imports.c.id == entry.c.import_id)
        .where(imports.c.undone_at.is_(None))
        .order_by(entry.c.import_id, entry.c.kind, entry.c.id, entry.c.period)
    ).all()
    found: dict[str, dict[tuple[str, str], Mapping[str, Any]]] = {kind: {} for kind in tables.CATALOGUE_KINDS}
    layers: dict[tuple[str, str], dict[int, str]] = {}
    for row in rows:
        found[row.kind][row.id, row.period] = row.body
        if row.kind == "vintage":
            layers.setdefault((row.id, row.period), {})[row.import_id] = str(row.body.get("source", ""))
    return Entries(
        sources={id_: body for (id_, _), body in found["source"].items()},
        indicators={id_: body for (id_, _), body in found["indicator"].items()},
        vintages=tuple(found["vintage"].values()),
        layers=layers,
    )
