"""Imports told on the command line: in French sentences, and as JSON whose names do not change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from analysis.french import counted, trimmed
from data.catalogue import Catalogue
from data.imports.choices import to_json
from data.imports.formats.base import IGNORE
from data.imports.history import ImportRecord, Outcome
from data.imports.model import Draft, Effect, Problem, Table
from data.register.places import name_of

EFFECTS: Mapping[Effect, tuple[str, str]] = {
    "added": ("ajoutée", "ajoutées"),
    "changed": ("modifiée", "modifiées"),
    "unchanged": ("inchangée", "inchangées"),
    "removed": ("absente de ce fichier", "absentes de ce fichier"),
}
"""Effect → one, several."""
_STATUSES = {"suppressed": "secret", "missing": "non publié", "": "—"}
SHOWN = 20
"""Lines of a list on the terminal; the JSON has them all."""


# -- a draft ---------------------------------------------------------------------------------------------------


def draft_text(draft: Draft, catalogue: Catalogue) -> str:
    """What was understood, what is wrong and what would change, for a terminal. `catalogue` knows the entries of the file."""
    lines = [f"Fichier : {_one_line(draft.name)}"]
    if draft.table is not None:
        how = draft.table.dialect
        details = [
            how.container,
            how.encoding,
            f"séparateur {how.separator!r}" if how.separator else "",
            how.sheet,
            how.member,
        ]
        lines.append(
            f"Lecture : {', '.join(_one_line(each) for each in details if each)} ; {_count(_size(draft, draft.table), 'ligne')}, "
            f"en-tête à la ligne {how.header_line}"
        )
        lines += _some([f"  réparé{_at(each.line)} : {each.what}" for each in draft.table.repairs])
    if draft.recognition is not None:
        edition = f", {draft.recognition.edition}" if draft.recognition.edition else ""
        lines.append(f"Reconnu : {draft.recognition.name}{edition} (--kind {draft.recognition.format})")
        chosen = draft.choices.columns
        left = [each for each in draft.recognition.ignored if chosen.get(each, IGNORE) == IGNORE]
        if left:
            more = f" … et {len(left) - SHOWN} de plus" if len(left) > SHOWN else ""
            lines.append(
                f"  colonnes laissées de côté : {', '.join(_one_line(each) for each in left[:SHOWN])}{more}"
            )
    others = [each.format for each in draft.recognitions if each is not draft.recognition]
    if others:
        lines.append(f"  autres formats possibles : {', '.join(others)}")
    for each in draft.sheets:
        lines.append(f"  feuille possible : --sheet {_one_line(each)!r}")
        lines += [f"      {_one_line(' ; '.join(cells))}" for cells in draft.excerpts.get(each, ())[:2]]
    lines += [f"  lecture possible : --reading {each.id} ({each.label})" for each in draft.readings]
    if draft.places is not None:
        lines.append(f"Communes : {draft.places.how}")
    lines += [
        f"Mis de côté : {_count(rows, 'ligne')}, {reason}" for reason, rows in draft.set_aside.items() if rows
    ]
    lines += _some([problem_text(each) for each in draft.problems])
    return "\n".join([*lines, *_diff_text(draft, catalogue)])


def _diff_text(draft: Draft, catalogue: Catalogue) -> list[str]:
    if draft.diff is None:
        return []
    what = "Valeurs" if draft.diff.rows.empty else "Fiches"
    counts = effects_text(draft.diff.counts, zeros=True)
    lines = [f"{what} : {counts}"]
    cells = draft.diff.cells[draft.diff.cells["effect"].isin(["changed", "removed"])].head(SHOWN + 1)
    listed = []
    for cell in cells.to_dict("records"):
        known = catalogue.known(cell["indicator"])
        name = known.name if known else cell["indicator"]
        new = "gardé" if cell["effect"] == "removed" and not cell["new_status"] else _value(cell, "new")
        listed.append(
            f"  {name}, {name_of(cell['commune'])}, {cell['period']} : {_value(cell, 'old')} → {new}"
        )
    rows = draft.diff.rows[draft.diff.rows["effect"] == "changed"].head(SHOWN + 1)
    listed += [
        f"  {row['label']}, {row['field']} : {row['old'] or '—'} → {row['new']}"
        for row in rows.to_dict("records")
    ]
    return lines + _some(listed)


def _value(cell: Mapping[Any, Any], which: str) -> str:
    status = cell[f"{which}_status"]
    return trimmed(float(cell[which]), 6) if status == "observed" else _STATUSES.get(status, status)


def problem_text(problem: Problem) -> str:
    """« Erreur ligne 12, colonne « x », valeur « y » : … »."""
    word = "Erreur" if problem.severity == "error" else "Attention"
    where = _at(problem.line)
    where += f", colonne « {_one_line(problem.column)} »" if problem.column else ""
    where += f", valeur « {_one_line(problem.value)} »" if problem.value else ""
    return f"{word}{where} : {problem.title} {problem.advice}".rstrip()


def _at(line: int | None) -> str:
    return f" ligne {line}" if line else ""


def _some(lines: list[str]) -> list[str]:
    rest = len(lines) - SHOWN
    return lines if rest <= 0 else [*lines[:SHOWN], f"  … et {rest} de plus (--json les donne tous)"]


def published(draft: Draft, number: int | None, *, refused: bool) -> str:
    """How publishing ended."""
    if refused:
        return "Rien n'a été publié."
    if number is None:
        return "Rien à publier : la base dit déjà tout ce que dit ce fichier."
    return f"Publié : import n° {number}. Pour l'annuler : python -m data.imports undo {number}"


def _size(draft: Draft, table: Table) -> int:
    """The rows of the file: of a very big one, the table holds the first ones only."""
    return int(draft.facts.get("rows", len(table.frame)))


def draft_json(draft: Draft) -> dict[str, Any]:
    """A draft as documented in `docs/guide-import-commande.md`."""
    table, recognition, diff = draft.table, draft.recognition, draft.diff
    return {
        "file": draft.name,
        "checksum": draft.checksum,
        "choices": to_json(draft.choices),
        "reading": None if table is None else {**asdict(table.dialect), "rows": _size(draft, table)},
        "repairs": [] if table is None else [asdict(each) for each in table.repairs],
        "sheets": list(draft.sheets),
        "excerpts": dict(draft.excerpts),
        "readings": [{"id": each.id, "label": each.label} for each in draft.readings],
        "recognised": None
        if recognition is None
        else {name: value for name, value in asdict(recognition).items() if name != "ignored"},
        "other_kinds": [each.format for each in draft.recognitions if each is not recognition],
        "places": None
        if draft.places is None
        else {"how": draft.places.how, "matches": [asdict(each) for each in draft.places.matches.values() if each.grade != "outside"]},
        "set_aside": dict(draft.set_aside),
        "problems": [asdict(each) for each in draft.problems],
        "people": [asdict(each) for each in draft.proposals],
        "counts": None if diff is None else dict(diff.counts),
        "cells": [] if diff is None else _rows(diff.cells[diff.cells["effect"] != "unchanged"]),
        "records": [] if diff is None else _rows(diff.rows.drop(columns="seen", errors="ignore")),
    }  # fmt: skip


def _rows(frame: Any) -> list[dict[str, Any]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


# -- the history -----------------------------------------------------------------------------------------------


def record_json(record: ImportRecord) -> dict[str, Any]:
    """One import as documented in `docs/guide-import-commande.md`."""
    return {**asdict(record), "in_force": record.in_force}


def record_line(record: ImportRecord) -> str:
    """One import on one line: number, instant, author, what, effect, whether it was undone."""
    at = dt.datetime.fromisoformat(record.at.replace("Z", "+00:00")).astimezone()
    what = f"{effects_text(record.effects or {}) or _count(record.rows, 'valeur')}"
    undone = " [annulé]" if not record.in_force else ""
    return (
        f"{record.id:>5}  {at:%d/%m/%Y %H:%M}  {record.actor:<10}  {_one_line(record.label)} : {what}{undone}"
    )


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """What undoing or redoing did, as documented in `docs/guide-import-commande.md`."""
    return asdict(outcome)


def outcome_text(outcome: Outcome, *, undone: bool) -> str:
    """What undoing or redoing did, in sentences."""
    lines = [f"Import n° {outcome.id} {'annulé' if undone else 'rétabli'}."]
    if outcome.changed or outcome.covered:
        lines.append(
            f"{_count(outcome.changed, 'valeur')} {'changent' if outcome.changed > 1 else 'change'} à l'écran."
        )
    if outcome.covered:
        stay = "restent" if outcome.covered > 1 else "reste"
        covered = _count(outcome.covered, "valeur")
        lines.append(f"{covered} {stay} : un import plus récent les remplace déjà.")
    return "\n".join([*lines, *(f"Laissé en place : {each}" for each in outcome.left)])


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' if number > 1 else ''}".replace(",", "\u202f")


def effects_text(effects: Mapping[Effect, int] | Mapping[str, int], *, zeros: bool = False) -> str:
    """« 1 234 ajoutées, 1 modifiée », in the order of `EFFECTS`; what happened to none is left out unless `zeros`."""
    counts = {name: effects.get(name, 0) for name in EFFECTS if zeros or effects.get(name)}
    return ", ".join(counted(number, *EFFECTS[name]) for name, number in counts.items())


def _one_line(text: str) -> str:
    """A text from a file as it may reach a terminal: no control character, no second line."""
    return "".join(c if c.isprintable() else "�" for c in text)[:200]
