"""Erasing a person: what is personal of one person goes, the opaque rows stay, so that no count changes.

`BLANKS` says which columns are about one person and what stands in them afterwards. What was said of the person in the history goes
too, and so does the person's name, e-mail or telephone wherever somebody wrote it in free text: in a note, an event, another line of
the history. The id goes into the ledger (`erasure`), which `reapply` holds at the end of every transaction: no undo, redo, import or
correction brings an erased person back.

The functions take the tables as they stand in the database at hand, which may be an older copy with fewer of them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    Select,
    Table,
    Text,
    and_,
    cast,
    delete,
    insert,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from analysis.model import SYSTEM_ACTOR
from data.store import tables
from data.store.errors import StoreError
from data.store.session import WriteSession

ERASED = "Personne effacée"
MENTION = "[personne effacée]"
"""What stands where a free text named somebody who was erased since."""
_SHORT = 40
"""Characters up to which a text that was looked through once is not looked through again."""

BLANKS: Mapping[str, Mapping[str, Any]] = {
    "person": {
        "code": ERASED,
        "name": None,
        "email": None,
        "phone": None,
        "website": None,
        "consent_public": False,
        "consent_text": None,
        "consent_on": None,
        "last_contact": None,
    },
    "member": {"trade": None, "skills": None, "trains": False, "reference": None},
    "stay": {"reason": None},
    "application": {
        "trade": None,
        "project": None,
        "planned_arrival": None,
        "household_size": None,
        "needs": None,
        "reason": None,
        "reference": None,
        "clients": None,
        "other_wishes": None,
        "household": None,
    },
    "application_event": {"reason": None, "note": None},
    "application_assessment": {"marks": {}, "remarks": {}},
    "application_task": {"title": "Tâche d’une personne effacée"},
    "application_document": {"name": "Pièce effacée", "checksum": None},
    "reception": {"place": None, "invited": [], "presentation": None, "summary": None},
    "candidacy": {"answers": None, "code": None},
    "contact": {"label": "Acteur effacé"},
    "event": {"title": "Événement d’une personne effacée"},
    "listing": {"note": None, "place": None, "photos": None},
    "sighting": {"note": None},
    "proposal": {"needs": None},
}
"""Table → column → what stands there once the person is erased. What is missing here says nothing about one person."""

Tables = Mapping[str, Table]


def erase_person(session: WriteSession, person_id: str, reason: str = "request") -> None:
    """Erase one person of the store and note it in the ledger. `reason`: ``request`` or ``keeping`` (a delay is over).

    Files beside the database are the affair of `data.privacy.erasure`. Raises StoreError for an unknown person or one erased already.
    """
    row = session.get(tables.person, person_id)
    if row is None:
        raise StoreError(f"Cette personne n’existe pas ({person_id}).")
    if row["erased_at"] is not None:
        raise StoreError("Les données de cette personne sont déjà effacées : il ne reste rien à effacer.")
    words = words_of(row)
    session.connection.execute(
        insert(tables.erasure).values(person=person_id, at=session.at, actor=session.actor.id, reason=reason)
    )
    session.record(tables.person, person_id, "erase", None, None)
    blank(session.connection, tables.metadata.tables, [person_id], session.at)
    redact(session.connection, tables.metadata.tables, words)


def reapply(connection: Connection, at: str) -> None:
    """Hold the ledger: whatever a transaction wrote, those who were erased have nothing personal when it ends."""
    ids = list(connection.execute(select(tables.erasure.c.person)).scalars())
    if ids:
        blank(connection, tables.metadata.tables, ids, at)


def blank(connection: Connection, known: Tables, ids: Sequence[str], at: str) -> None:
    """Empty the columns of `BLANKS` for the persons `ids`, and what the history says of them. `at` marks those not yet marked."""
    person = known["person"]
    for name, blanks in BLANKS.items():
        table = known.get(name)
        if table is None:
            continue
        values = {column: value for column, value in blanks.items() if column in table.c}
        differs = or_(*(_differs(table.c[column], value) for column, value in values.items()))
        theirs = about(table, known, ids)
        connection.execute(update(table).where(theirs, differs).values(values))
        _silence(connection, known["history"], name, select(table.c.id).where(theirs))
    connection.execute(
        update(person)
        .where(person.c.id.in_(ids), person.c.erased_at.is_(None))
        .values(erased_at=at, version=person.c.version + 1)
    )
    links = known.get("contact_link")
    if links is not None:
        contact = known["contact"]
        own = select(contact.c.id).where(contact.c.person.in_(ids))
        connection.execute(
            update(links)
            .where(links.c.contact.in_(own), links.c.revoked_at.is_(None))
            .values(revoked_at=at, revoked_by=SYSTEM_ACTOR.id)
        )
    _end_follow_links(connection, known, ids, at)
    texts = known["history_personal"]
    connection.execute(delete(texts).where(texts.c.person.in_(ids)))


def _end_follow_links(connection: Connection, known: Tables, ids: Sequence[str], at: str) -> None:
    links = known.get("follow_link")
    if links is None:
        return
    file = known["application"]
    own = select(file.c.id).where(file.c.person.in_(ids))
    connection.execute(
        update(links)
        .where(links.c.application.in_(own), links.c.revoked_at.is_(None))
        .values(revoked_at=at, revoked_by=SYSTEM_ACTOR.id)
    )


def _silence(connection: Connection, history: Table, entity: str, rows: Select[Any]) -> None:
    """What the history itself says of `rows`: lines written before the row was about anybody."""
    keys = [str(key) for key in connection.execute(rows).scalars()]
    for start in range(0, len(keys), 500):
        lines = select(history.c.id).where(
            history.c.entity == entity,
            history.c.entity_id.in_(keys[start : start + 500]),
            or_(history.c.before.is_not(None), history.c.after.is_not(None)),
        )
        found = list(connection.execute(lines).scalars())
        if found:
            with history_unlocked(connection):
                nothing = {"before": null(), "after": null()}
                connection.execute(update(history).where(history.c.id.in_(found)).values(nothing))


def _differs(column: Any, value: Any) -> ColumnElement[bool]:
    if value is None:
        return column.is_not(None)
    if isinstance(column.type, JSON):  # PostgreSQL compares no JSON with another
        return or_(column.is_(None), cast(column, Text) != json.dumps(value))
    return or_(column.is_(None), column != value)


def about(table: Table, known: Tables, ids: Sequence[str]) -> ColumnElement[bool]:
    """The rows of `table` that are about one of the persons `ids`."""
    if table.name == "person":
        return table.c.id.in_(ids)
    if "person" in table.c:
        return table.c.person.in_(ids)
    through = next(name for name in ("member", "application", "contact") if name in table.c)
    parent = known[through]
    return table.c[through].in_(select(parent.c.id).where(parent.c.person.in_(ids)))


# -- mentions in free text -------------------------------------------------------------------------------------


def words_of(person: Mapping[str, Any]) -> list[str]:
    """How free text may name a person: the full name either way round, the e-mail, the telephone.

    A name of one word only is left out: it would be found in « Rue du Moulin ».
    """
    words = [str(person[name]) for name in ("email", "phone", "website") if person.get(name)]
    parts = str(person.get("name") or "").split()
    if len(parts) > 1:
        words += [" ".join(parts), " ".join([*parts[1:], parts[0]]), " ".join([parts[-1], *parts[:-1]])]
    return list(dict.fromkeys(word for word in words if len(word) >= 5))


def _folded(value: str) -> str:
    """The text without accents and case, one character for one, so that positions hold."""
    return value.lower() if value.isascii() else "".join(map(_letter, value))


@lru_cache(maxsize=4096)
def _letter(character: str) -> str:
    return unicodedata.normalize("NFD", character)[0].lower()[0]


class _Mentions:
    """What may name somebody, looked for in the texts of a whole database; nothing of it is kept longer than this object."""

    def __init__(self, words: Iterable[str]) -> None:
        parts = (re.split(r"[\s.\-]+", _folded(word)) for word in words)
        self._patterns = [
            re.compile(r"(?<!\w)" + r"[\s.\-]*".join(re.escape(part) for part in each) + r"(?!\w)")
            for each in parts
        ]
        self._short: dict[str, str] = {}

    def out_of(self, value: str) -> str:
        """`value` with every mention replaced."""
        if len(value) > _SHORT:
            return self._replaced(value)
        if value not in self._short:  # the words of a code, a field or a key stand in thousands of rows
            self._short[value] = self._replaced(value)
        return self._short[value]

    def _replaced(self, value: str) -> str:
        folded = _folded(value)
        for pattern in self._patterns:
            told = list(pattern.finditer(folded))
            for found in reversed(told):
                value = value[: found.start()] + MENTION + value[found.end() :]
            folded = _folded(value) if told else folded
        return value

    def mended(self, value: Any) -> Any:
        """A value of a text or of a JSON without them."""
        if isinstance(value, str):
            return self.out_of(value)
        if isinstance(value, list):
            return [self.mended(each) for each in value]
        if isinstance(value, dict):
            return {self.out_of(key): self.mended(each) for key, each in value.items()}
        return value


def without(value: str, words: Iterable[str]) -> str:
    """`value` with every mention of `words` replaced, whatever the accents, the case and the blanks between."""
    return _Mentions(words).out_of(value)


def redact(connection: Connection, known: Tables, words: Sequence[str]) -> int:
    """Replace the mentions of `words` in every free text and every JSON of the database; how many rows changed.

    `person` and `profile` are left: another person, or a user, may bear the same name.
    """
    if not words:
        return 0
    changed, mentions = 0, _Mentions(words)
    with history_unlocked(connection):
        for table in known.values():
            columns = [c for c in table.c if isinstance(c.type, (Text, JSON)) or c.name == "reference"]
            if table.name in ("person", "profile", "alembic_version") or not columns:
                continue
            keys = list(table.primary_key)
            for row in connection.execute(select(*keys, *columns)).all():
                # Positions: a key and a column may bear one name.
                told = ((c, v, mentions.mended(v)) for c, v in zip(columns, row[len(keys) :], strict=True))
                # A reference that names somebody goes whole: it is compared, not read.
                mended = {
                    c.name: None if c.name == "reference" else new for c, old, new in told if new != old
                }
                if mended:
                    here = and_(*(key == value for key, value in zip(keys, row, strict=False)))
                    connection.execute(update(table).where(here).values(mended))
                    changed += 1
    return changed


@contextmanager
def history_unlocked(connection: Connection) -> Iterator[None]:
    """Let the one transaction that erases somebody change what the history says; it is append-only for everything else."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE history DISABLE TRIGGER USER"))
        yield
        connection.execute(text("ALTER TABLE history ENABLE TRIGGER USER"))
        return
    triggers = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'")
    ).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in triggers:
        connection.exec_driver_sql(sql)


LINE = ("person", "at", "actor", "reason")
"""What one entry of the ledger says."""


def as_line(row: Mapping[str, Any]) -> str:
    """One entry of the ledger as a line of its file."""
    return json.dumps({name: row[name] for name in LINE}, ensure_ascii=True)
