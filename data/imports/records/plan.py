"""What the rows of a file would do to the register: lines to add and to change, or why not. Nothing is written here.

A plan is made from one snapshot, by the register's own checks, once to show what will change and once more, alone in the store, to do
it. An empty cell says nothing: it never erases what is known.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, select

from analysis.french import spaced, trimmed
from data.imports.kinds import RECORD_KINDS
from data.imports.model import Choices, Effect, Kind, PersonProposal, Problem
from data.register import SEPARATE, RegisterError
from data.register.checks import email_key, name_key, phone_key
from data.register.errors import Match
from data.register.operations import plain
from data.register.people import NO_CONSENT, find_same, new_id
from data.register.places import name_of
from data.store import Session, tables
from data.territory import Territory

ORIGIN = "real"
"""What a file brings is always real: the demonstration is generated, and the two are never read together."""

PERSONAL = frozenset({"name", "email", "phone", "website", "project", "reason", "consent_text", "note"})
"""Fields whose content is never shown in a difference, only that it is there."""
HIDDEN = "donnée personnelle"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Write:
    """One line to write: a new one when `row_id` is empty (its id stands in `values`, or the store numbers it), else a change."""

    table: Table
    row_id: str
    values: dict[str, Any]


@dataclass
class Record:
    """One record of the file: `line` is the one being looked at, `shown` what differs as (field, old, new) in French.

    `seen`: the versions of the lines that are changed; whoever changes one of them in between changes the plan.
    """

    key: str
    label: str
    line: int
    is_new: bool = False
    writes: list[Write] = field(default_factory=list)
    shown: list[tuple[str, str, str]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    @property
    def effect(self) -> Effect:
        """What publishing does to it."""
        return "unchanged" if not self.writes else "added" if self.is_new else "changed"


class Same(RegisterError):
    """Somebody of the register looks like the person of a row: the analyst says whether it is the same."""

    def __init__(self, matches: Sequence[Match], codes: Mapping[str, str]) -> None:
        self.candidates = tuple((match.person, codes[match.person], match.why) for match in matches)
        known = " ou ".join(f"« {code} » ({', '.join(why)})" for _, code, why in self.candidates)
        super().__init__(
            f"Cette personne semble déjà connue du registre : {known}.",
            field="code",
            advice="Dites si c'est la même personne, ou mettez sa référence du registre dans le fichier.",
        )


class Planner:
    """Collects the records of one file; what a kind needs to know of the store is read once."""

    def __init__(
        self, session: Session, kind: Kind, territory: Territory, today: dt.date, choices: Choices
    ) -> None:
        self.session, self.territory, self.today, self.choices = session, territory, today, choices
        self.kind = RECORD_KINDS[kind]
        self.records: list[Record] = []
        self.problems: list[Problem] = []
        self.proposals: list[PersonProposal] = []
        self._titles = {each.name: each.title for each in self.kind.fields}
        self._people = {row["id"]: row for row in self.rows_of(tables.person)}
        self._codes: set[str] | None = None
        self._keys: dict[str, set[str]] = {}
        self._new_keys: dict[str, tuple[str, int]] = {}
        for row in self._people.values():
            for each in self._person_keys(row):
                self._keys.setdefault(each, set()).add(row["id"])

    def rows_of(self, table: Table) -> list[dict[str, Any]]:
        """The rows of one table that are real and were not removed."""
        found = self.session.connection.execute(
            select(table).where(table.c.origin == ORIGIN, table.c.removed_at.is_(None)).order_by(table.c.id)
        ).mappings()
        return [dict(row) for row in found]

    @contextmanager
    def record(self, key: str, label: str, line: int) -> Iterator[Record]:
        """One record being planned; what the register refuses becomes a problem of its line, and nothing of it is written."""
        record = Record(key, label, line)
        try:
            yield record
        except Same as same:
            self.proposals.append(PersonProposal(key, record.line, same.candidates))
            self._refuse(record, same, "record.same_person")
        except RegisterError as error:
            self._refuse(record, error, f"record.{error.field or 'refused'}")
        else:
            self.records.append(record)

    def _refuse(self, record: Record, error: RegisterError, code: str) -> None:
        column = self._titles.get(error.field, "")
        value = "" if error.field in PERSONAL else error.value[:200]
        self.problems.append(Problem(code, error.message, error.advice, record.line, column, value))

    def warn(self, record: Record, code: str, title: str, advice: str) -> None:
        """Something to know of a row, which does not forbid it."""
        self.problems.append(Problem(code, spaced(title), spaced(advice), record.line, severity="warning"))

    # -- lines -------------------------------------------------------------------------------------------------

    def add(self, record: Record, table: Table, values: Mapping[str, Any], *, own: bool = True) -> str:
        """Plan a new line; its id. `own`: whether it is the record itself, else a line that goes with it."""
        row = {"origin": ORIGIN, **values}
        if table not in (tables.application_event, tables.sighting):
            row = {"id": new_id(), **row}
        record.writes.append(Write(table, "", row))
        record.is_new |= own
        for name, value in values.items():
            self._show(record, name, None, value)
        return str(row.get("id", ""))

    def change(self, record: Record, table: Table, row: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
        """Plan a change of what `values` says and `row` does not; whether anything differs. None in `values` says nothing."""
        different = {
            name: value
            for name, value in values.items()
            if value is not None and value != [] and plain(row[name]) != plain(value)
        }
        return self.put(record, table, row, different)

    def put(self, record: Record, table: Table, row: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
        """Plan exactly `values` over `row`, empty ones included."""
        if not values:
            return False
        row_id = str(row["id"])
        planned = next((w for w in record.writes if w.table is table and w.row_id == row_id), None)
        if planned is not None:
            planned.values.update(values)
        else:
            record.writes.append(Write(table, row_id, dict(values)))
            record.seen.append(f"{table.name}:{row_id}:{row.get('version')}")
        for name, value in values.items():
            self._show(record, name, row[name], value)
        return True

    def _show(self, record: Record, name: str, old: Any, new: Any) -> None:
        title = self._titles.get(name)
        if title is None or plain(old) == plain(new):
            return
        choices = next((each.choices for each in self.kind.fields if each.name == name), {})
        before, after = (format_value(name, value, choices) for value in (old, new))
        if before or after:
            record.shown.append((title, before, after))

    # -- people ------------------------------------------------------------------------------------------------

    def person_row(self, person: str) -> dict[str, Any]:
        """A person of the register. Raises RegisterError when the data were erased."""
        row = self._people[person]
        if row["erased_at"] is not None:
            raise RegisterError(
                "Les données de cette personne ont été effacées : elles ne reviennent pas par un fichier.",
                field="code",
                advice="Retirez la ligne, ou donnez-lui une autre référence s'il s'agit de quelqu'un d'autre.",
            )
        return row

    def by_code(self) -> dict[str, str]:
        """The register's own code → person."""
        return {row["code"]: row["id"] for row in self._people.values()}

    def find_person(self, record: Record, fields: Mapping[str, str | None]) -> str | None:
        """Who of the register the row is about, None for somebody new. Raises Same until the analyst said so."""
        hits = {person for key in self._person_keys(fields) for person in self._keys.get(key, ())}
        if not hits:
            return None
        decided = self.choices.people.get(record.key)
        if decided == SEPARATE:
            return None
        if decided in hits:
            return decided
        matches = find_same(self.session, ORIGIN, fields)
        raise Same(matches, {match.person: self._people[match.person]["code"] for match in matches})

    def new_person(self, record: Record, fields: Mapping[str, Any], word: str) -> str:
        """Plan a new person; warns when another row of the file looks like the same one."""
        for key in self._person_keys(fields):
            other, line = self._new_keys.setdefault(key, (record.key, record.line))
            if other != record.key:
                self.warn(
                    record,
                    "record.same_in_file",
                    f"Cette personne ressemble à celle de la ligne {line}.",
                    "Donnez la même référence aux deux lignes si c'est la même personne.",
                )
                break
        values = {"code": self._code(record, word), **NO_CONSENT, **fields}
        return self.add(record, tables.person, values, own=False)

    def _code(self, record: Record, word: str) -> str:
        """The pseudonym of a new person: the file's own (« Membre 12 ») while nobody bears it, else the next number, and it is said."""
        if self._codes is None:
            codes = select(tables.person.c.code).where(tables.person.c.origin == ORIGIN)
            self._codes = set(self.session.connection.execute(codes).scalars())
        wanted = re.fullmatch(rf"{word} [1-9][0-9]{{0,5}}", record.key) is not None
        if wanted and record.key not in self._codes:
            self._codes.add(record.key)
            return record.key
        borne = [each.removeprefix(f"{word} ") for each in self._codes if each.startswith(f"{word} ")]
        number = 1 + max((int(each) for each in borne if each.isdecimal()), default=0)
        self._codes.add(code := f"{word} {number}")
        if wanted:
            self.warn(
                record,
                "record.code_taken",
                f"« {record.key} » est déjà le pseudonyme de quelqu'un d'autre : cette fiche devient « {code} ».",
                "Rien à faire : le prochain fichier la retrouvera par la même référence.",
            )
        return code

    @staticmethod
    def _person_keys(fields: Mapping[str, Any]) -> list[str]:
        found = (
            ("n", name_key(fields.get("name"))),
            ("e", email_key(fields.get("email"))),
            ("p", phone_key(fields.get("phone"))),
        )
        return [f"{kind}:{key}" for kind, key in found if key]


def filled(row: Row, *names: str) -> dict[str, Any]:
    """The cells of a row that say something."""
    return {name: row[name] for name in names if row.get(name) not in (None, "", ())}


def grouped(rows: Sequence[Row], key: str) -> Iterator[tuple[str, list[Row]]]:
    """The rows by reference, in the order of the file."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row[key]).strip(), []).append(row)
    yield from found.items()


def last_word(rows: Sequence[Row], *names: str) -> dict[str, Any]:
    """Of each field, the last cell of several rows that says something."""
    return {name: value for row in rows for name, value in filled(row, *names).items()}


def refuse_twice(seen: dict[Any, int], key: Any, line: int) -> None:
    """Raises RegisterError when a record of the file came already."""
    if key in seen:
        raise RegisterError(
            f"Cette ligne dit la même chose que la ligne {seen[key]}.",
            advice="Gardez une seule ligne par enregistrement.",
        )
    seen[key] = line


def format_value(name: str, value: Any, choices: Mapping[str, str]) -> str:
    """A value of a difference in French, empty for nothing; what is personal is only said to be there."""
    if value is None or value == [] or value == ():
        return ""
    if name in PERSONAL:
        return HIDDEN
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return trimmed(value, 6)
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    if name in ("commune", "wished_commune"):
        return name_of(str(value))
    return str(choices.get(value, value))
