"""Erasing people for good: in the store, in the files that stand beside it, in the copies that we made of it.

What is erased is found nowhere afterwards: not in the tables, not in free pages or the write-ahead log, not in the files that were
imported, not in uploads that wait, not in the copies in `backups/`. A copy kept elsewhere still holds it; bringing it back erases it
again (`data.store.ledger`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from analysis.model import Actor
from data.store import Session, Store, WriteSession, erase_person, ledger, tables
from data.store.copies import clean_copies
from data.store.erasure import words_of


@dataclass(frozen=True)
class Erased:
    """What was erased: persons, imported files, copies of the database that were cleaned.

    `copies_left` are names of copies that could not be opened; `scrubbed` says whether the database's files were rewritten at once
    (False while somebody reads, or on a server: the next start, or the server's administrator, does it).
    """

    persons: tuple[str, ...]
    originals: int = 0
    copies: int = 0
    copies_left: tuple[str, ...] = ()
    scrubbed: bool = True


def erase(store: Store, actor: Actor, persons: Sequence[str], reason: str = "request") -> Erased:
    """Erase `persons` in one transaction, then in the files. Raises StoreError, changing nothing, for one unknown or erased already."""
    words: list[str] = []
    papers: list[str] = []
    with store.write(actor) as session:
        for person in persons:
            row = session.get(tables.person, person)
            words += words_of(row) if row else []
            papers += papers_of(session, person)
            erase_person(session, person, reason)
        gone = forget_originals(session) if persons else []
    return erase_from_files(store, persons, words, gone, papers)


def erase_from_files(
    store: Store,
    persons: Sequence[str],
    words: Sequence[str],
    gone: Sequence[str],
    papers: Sequence[str] = (),
) -> Erased:
    """What follows the commit: the ledger's file first, then files and copies. `papers`: checksums of papers of those who were erased."""
    with store.read() as session:
        ledger.complete(session.connection, store.files)
        kept = named_papers(session)
    for checksum in papers:
        if checksum not in kept:  # somebody else may have sent the same file
            store.files.remove_paper(checksum)
    for checksum in gone:
        store.files.remove_original(checksum)
    store.files.remove_uploads()
    cleaned, left = clean_copies(store.files.backups(), persons, words)
    return Erased(tuple(persons), len(gone), cleaned, tuple(left), store.scrub())


def papers_of(session: Session, person: str) -> list[str]:
    """The checksums of the papers of a person's dossiers."""
    paper, file = tables.application_document, tables.application
    return [
        checksum
        for checksum in session.connection.execute(
            select(paper.c.checksum)
            .join(file, file.c.id == paper.c.application)
            .where(file.c.person == person)
        ).scalars()
        if checksum
    ]


def named_papers(session: Session) -> set[str]:
    """The checksums of all papers that a dossier names."""
    rows = session.connection.execute(select(tables.application_document.c.checksum).distinct()).scalars()
    return {checksum for checksum in rows if checksum}


def forget_originals(session: WriteSession, checksums: Iterable[str] | None = None) -> list[str]:
    """Mark imported files with personal data as removed (all of them when None); their checksums, for the caller to delete the files.

    Which file names whom cannot be told without reading them all, so an erasure takes every one: they are kept for convenience, for
    some days, and whoever imported them has them.
    """
    file = tables.import_file
    kept_originals = select(file.c.checksum).where(
        file.c.contains_personal, file.c.original_removed_at.is_(None)
    )
    found = list(dict.fromkeys(session.connection.execute(kept_originals).scalars()))
    found = found if checksums is None else [each for each in found if each in set(checksums)]
    session.connection.execute(
        update(file)
        .where(file.c.checksum.in_(found), file.c.original_removed_at.is_(None))
        .values(original_removed_at=session.at)
    )
    return found


def erasures(session: Session) -> list[dict[str, str]]:
    """The ledger, newest first: `person` (opaque id), `at`, `actor`, `reason`."""
    return ledger.entries(session.connection)[::-1]


def remove_marked_originals(store: Store) -> None:
    """Delete the originals that are marked as removed, and papers that no dossier names, where they are still there: the machine stopped
    between the two.
    """
    with store.read() as session:
        for checksum in removed_originals(session):
            store.files.remove_original(checksum)
        named = named_papers(session)
    store.files.sweep_papers(named)


def removed_originals(session: Session) -> set[str]:
    """The checksums of which every import's original is marked as removed."""
    file = tables.import_file
    rows = session.connection.execute(select(file.c.checksum, file.c.original_removed_at)).all()
    kept = {checksum for checksum, removed in rows if removed is None}
    return {checksum for checksum, _ in rows} - kept
