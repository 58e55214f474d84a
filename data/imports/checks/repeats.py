"""The same record twice in a file, and two records that seem to be of one person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from data.imports.checks.base import RECORDS, Context, Example, Rule
from data.imports.kinds import RECORD_KINDS, RecordKind
from data.imports.model import Problem
from data.imports.wording import problem, some, warning
from data.register.checks import email_key, name_key, phone_key

_SAME = (
    ("name", "même nom", name_key),
    ("email", "même adresse électronique", email_key),
    ("phone", "même téléphone", phone_key),
)
_APART = ("line", "place")


def find(context: Context) -> Iterator[Problem]:
    """An error on each line of one record with different contents, a warning for one repeated as it is or for two of one person."""
    kind = RECORD_KINDS[context.parsed.kind]
    rows = context.placed.to_dict("records")
    yield from _records(kind, rows)
    if any(each.name == "email" for each in kind.fields):
        yield from _people(kind, rows)


def _key(kind: RecordKind, row: Mapping[str, Any]) -> tuple[str, ...] | None:
    """What tells which record a row is: the first of the kind's keys whose cells are all filled."""
    for names in kind.keys:
        values = [row.get(name) for name in names]
        if all(value not in (None, "") for value in values):
            return tuple(str(value).strip().casefold() for value in values)
    return None


def _records(kind: RecordKind, rows: list[dict[str, Any]]) -> Iterator[Problem]:
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        if (key := _key(kind, row)) is not None:
            groups.setdefault(key, []).append(row)
    first = next(each for each in kind.fields if each.name == kind.keys[0][0])
    for found in groups.values():
        contents = {
            tuple(sorted((name, repr(value)) for name, value in row.items() if name not in _APART))
            for row in found
        }
        lines = [int(row["line"]) for row in found]
        for position, row in enumerate(found):
            if len(found) < 2 or (len(contents) == 1 and position == 0):
                continue
            say, code = (warning, "record_repeated") if len(contents) == 1 else (problem, "record_differs")
            others = [line for line in lines if line != row["line"]]
            yield say(
                code,
                f"Le même enregistrement est aussi à la ligne {some(others)}"
                + (", à l'identique." if len(contents) == 1 else ", avec un autre contenu."),
                "Supprimez l'une des lignes ; une seule est gardée."
                if len(contents) == 1
                else f"Gardez la bonne ligne, ou changez « {first.title} » si ce sont deux enregistrements.",
                line=row["line"],
                column=first.title,
                value=row.get(first.name) or "",
            )


def _people(kind: RecordKind, rows: list[dict[str, Any]]) -> Iterator[Problem]:
    """Lines are named, never people: the message names the shared field, not its content."""
    titles = {each.name: each.title for each in kind.fields}
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        shared: dict[int, list[str]] = {}
        columns = []
        for field, words, key_of in _SAME:
            key = key_of(row.get(field))
            if not key:
                continue
            earlier = seen.setdefault((field, key), row)
            if earlier is not row and _record(kind, earlier) != _record(kind, row):
                shared.setdefault(int(earlier["line"]), []).append(words)
                columns.append(titles[field])
        if shared:
            listed = " ; ".join(f"ligne {line}, {' et '.join(words)}" for line, words in shared.items())
            yield warning(
                "same_person",
                f"Cette ligne semble décrire une personne qui est déjà dans le fichier ({listed}).",
                "Si c'est la même, gardez une ligne ou donnez-leur la même référence ; sinon, rien à faire.",
                line=row["line"],
                column=columns[0],
            )


def _record(kind: RecordKind, row: Mapping[str, Any]) -> str:
    """Several stays are of one member: the first part of the key alone tells people apart."""
    return str(row.get(kind.keys[0][0]) or row["line"]).strip().casefold()


def _contacts(*rows: Mapping[str, object], expected: tuple[str, ...] = ()) -> Example:
    return Example(
        tuple({"line": line, "kind": "mairie", **row} for line, row in enumerate(rows, 2)),
        expected,
        kind="contacts",
    )


def _members(*rows: Mapping[str, object], expected: tuple[str, ...] = ()) -> Example:
    return Example(
        tuple(
            {"line": line, "commune": "61156", "arrived": "2024-01-01", **row}
            for line, row in enumerate(rows, 2)
        ),
        expected,
        kind="members",
    )


RULE = Rule(
    "repeats",
    "Un enregistrement n'est qu'une fois dans le fichier ; une personne aussi.",
    find,
    kinds=RECORDS,
    examples=(
        _contacts({"label": "Mairie", "commune": "61156"}, {"label": "Mairie", "commune": "61258"}),
        _contacts(
            {"label": "Mairie", "commune": "61156"},
            {"label": "MAIRIE", "commune": "61156"},
            expected=("record_differs", "record_differs"),
        ),
        _contacts(
            {"label": "Mairie", "commune": "61156"},
            {"label": "Mairie", "commune": "61156"},
            expected=("record_repeated",),
        ),
        _members(
            {"code": "Membre 1", "name": "Camille Exemple"},
            {"code": "Membre 2", "name": "EXEMPLE Camille"},
            expected=("same_person",),
        ),
        _members(
            {"code": "Membre 1", "phone": "06 00 00 00 01", "email": "a@exemple.fr"},
            {"code": "Membre 2", "phone": "+33 6 00 00 00 01", "email": "A@exemple.fr"},
            expected=("same_person",),
        ),
        _members(
            {"code": "Membre 1", "name": "Camille"},
            {"code": "Membre 1", "name": "Camille", "arrived": "2025-01-01"},
        ),
        _members({"code": "Membre 1", "name": None}, {"code": "Membre 2", "name": None}),
    ),
)
