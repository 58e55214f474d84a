"""The demonstration network in the store: filled once, marked by its origin, emptied after a copy."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from analysis.model import SYSTEM_ACTOR, Actor
from data import reference
from data.demo.generate import DemoNetwork, generate
from data.store import NotConfirmed, Session, Store, StoreError, WriteSession, tables
from data.store.files import writing

__all__ = [
    "CONFIRMATION",
    "DemoNetwork",
    "counts",
    "demo_of",
    "empty_demo",
    "ensure_demo",
    "fill_demo",
    "generate",
]

CONFIRMATION = "VIDER"
SEED = 2004


class _Network(Protocol):
    @property
    def first_year(self) -> int: ...


class TerritoryLike(Protocol):
    """What is needed of a territory: its communes' codes, and the year its network began."""

    @property
    def codes(self) -> tuple[str, ...]: ...

    @property
    def network(self) -> _Network: ...


def demo_of(territory: TerritoryLike, today: date, seed: int = SEED) -> DemoNetwork:
    """The demonstration of a territory, with populations and positions of the reference tables.

    `today` decides how far it goes; a network that began less than four years ago is shown as begun four
    years ago.
    """
    codes = list(territory.codes)
    communes = reference.communes(codes, contours=False).set_index("code")
    populations = {str(code): int(value) for code, value in communes["population"].dropna().items()}
    halls = reference.town_halls(codes).dropna(subset=["longitude", "latitude"]).set_index("code")
    places = zip(halls.index, halls["longitude"], halls["latitude"], strict=True)
    positions = {str(code): (float(lon), float(lat)) for code, lon, lat in places}
    for code in codes:
        if code not in positions and (bounds := reference.contour_bounds([code])) is not None:
            positions[code] = ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    first_year = min(territory.network.first_year, today.year - 4)
    return generate(codes, populations, positions, seed=seed, today=today, first_year=first_year)


def counts(session: Session, origin: str) -> dict[str, int]:
    """Number of rows of one origin in each table of the network."""
    return {
        table.name: int(
            session.connection.execute(
                select(func.count()).select_from(table).where(table.c.origin == origin)
            ).scalar_one()
        )
        for table in tables.NETWORK
    }


def ensure_demo(store: Store, territory: TerritoryLike, today: date, seed: int = SEED) -> bool:
    """Fill the demonstration at the first start, whether it was done now.

    Nothing happens when any row of a network is there, or when the demonstration was filled or emptied
    before.
    """
    with store.read() as session:
        if not _is_virgin(session):
            return False
    network = demo_of(territory, today, seed)
    with store.write(SYSTEM_ACTOR) as writer:
        if not _is_virgin(writer):  # another process was quicker
            return False
        _fill(writer, network)
    return True


def _is_virgin(session: Session) -> bool:
    filled, emptied = session.connection.execute(
        select(tables.meta.c.demo_filled_at, tables.meta.c.demo_emptied_at)
    ).one()
    return filled is None and emptied is None and not any(counts(session, "real").values())


def fill_demo(store: Store, network: DemoNetwork, actor: Actor = SYSTEM_ACTOR) -> dict[str, int]:
    """Put a demonstration into the store, also after it was emptied; the number of rows by table.

    Raises StoreError when one is there already, or when real rows are: the two are never shown together.
    """
    with store.write(actor) as session:
        if any(counts(session, "demo").values()):
            raise StoreError("La démonstration est déjà en place.")
        if any(counts(session, "real").values()):
            raise StoreError(
                "Cette base contient un réseau réel : la démonstration n’y est pas ajoutée. "
                "Pour l’essayer, indiquez un autre dossier dans ZEVILLAGE_HOME."
            )
        _fill(session, network)
        return counts(session, "demo")


def _fill(session: WriteSession, network: DemoNetwork) -> None:
    for table in tables.NETWORK:
        names = {name for row in network.rows.get(table.name, ()) for name in row}
        # One shape for all rows of a table, so that they go in as one batch.
        session.insert_many(
            table,
            [{"origin": "demo", **dict.fromkeys(names), **row} for row in network.rows.get(table.name, ())],
        )
    session.connection.execute(update(tables.meta).values(demo_filled_at=session.at, demo_emptied_at=None))
    session.record("demo", "demo", "fill", None, counts(session, "demo"))


def empty_demo(store: Store, actor: Actor, confirm: str, backup_dir: Path | None = None) -> Path:
    """Delete every row of the demonstration, after a copy; the copy's path.

    The copy is the whole database (SQLite) or an archive of the deleted rows (a server), in `backup_dir`,
    else in `backups/` of the store's home. Raises NotConfirmed unless `confirm` is the word `CONFIRMATION`,
    StoreError when there is nothing to empty, when the copy fails or when real rows refer to the
    demonstration; nothing is deleted then.
    """
    if confirm != CONFIRMATION:
        raise NotConfirmed(
            f"Vider la démonstration efface ses lignes : confirmez en écrivant le mot « {CONFIRMATION} »."
        )
    try:
        with store.write(actor) as session:
            before = counts(session, "demo")
            if not any(before.values()):
                raise StoreError("Il n’y a pas de démonstration à vider.")
            # Inside the transaction: nobody can add a row between the copy and the deletion.
            copy = _copy(store, session, f"avant-vidage-{store.stamp()}", backup_dir)
            people = select(tables.person.c.id).where(tables.person.c.origin == "demo")
            texts = tables.history_personal
            session.connection.execute(delete(texts).where(texts.c.person.in_(people)))
            for table in reversed(tables.NETWORK):
                session.connection.execute(delete(table).where(table.c.origin == "demo"))
            session.connection.execute(update(tables.meta).values(demo_emptied_at=session.at))
            session.record("demo", "demo", "empty", before, None)
    except IntegrityError as error:
        raise StoreError(
            "Des lignes réelles se rapportent à la démonstration : elle n’a pas été vidée, rien n’a changé."
        ) from error
    return copy


def _copy(store: Store, session: Session, stem: str, backup_dir: Path | None) -> Path:
    path = store.files.backup(stem, ".db" if store.is_sqlite else ".zip")
    path = backup_dir / path.name if backup_dir else path
    if store.is_sqlite:
        return store.backup(path)
    try:
        with writing(path) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for table in tables.NETWORK:
                archive.writestr(f"{table.name}.csv", _as_csv(session, table))
    except OSError as error:
        raise StoreError(f"La copie vers {path} a échoué : {error}. Rien n’a été effacé.") from error
    return path


def _as_csv(session: Session, table: Table) -> str:
    rows: list[Mapping[Any, Any]] = [
        dict(row)
        for row in session.connection.execute(select(table).where(table.c.origin == "demo")).mappings()
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, [column.name for column in table.columns], delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
