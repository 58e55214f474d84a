"""What there is to do for a dossier: words of somebody's own, or a template of the territory's file, with a day and who does it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from analysis.applications import household
from analysis.applications.assessment import words_open
from analysis.vocabulary import ACCOMPANIMENT_TOPICS
from data.applications.assessing import grids
from data.applications.hand import Hand, coordinator, dossier_row
from data.applications.writing import check_profile
from data.register import checks, people
from data.register.errors import RegisterError
from data.register.operations import Change, Operation, change_row, operation, row_of
from data.store import Store, tables

_TASK = "Cette tâche"


def add_task(
    store: Store,
    hand: Hand,
    *,
    application: str,
    title: str,
    due: dt.date | None = None,
    owner: str = "",
    topic: str = "",
) -> Change:
    """Note something to do. `owner`: the profile that does it, the author when empty. Raises RegisterError."""
    coordinator(hand)
    row = _checked(title, topic) | {"due": due, "owner": owner or hand.actor.id, "template": None}
    with operation(store, hand.actor, "application_task_add") as current:
        known = dossier_row(current, application, hand)
        check_profile(current.session, row["owner"])
        _insert(current, known, hand, row)
    return current.change


def add_tasks(
    store: Store, hand: Hand, *, application: str, tasks: Sequence[household.Task], owner: str = ""
) -> Change:
    """Take over the accompaniment that fits the household: each template once, those known already are dated anew where still open.

    Raises RegisterError, also when nothing changes.
    """
    coordinator(hand)
    table = tables.application_task
    with operation(store, hand.actor, "application_checklist") as current:
        known = dossier_row(current, application, hand)
        answers = owner or known["owner"] or hand.actor.id
        check_profile(current.session, answers)
        rows = current.session.connection.execute(
            select(table).where(
                table.c.application == application,
                table.c.template.is_not(None),
                table.c.removed_at.is_(None),
            )
        ).mappings()
        there = {row["template"]: dict(row) for row in rows}
        wanted = {task.id for task in tasks}
        changed = False
        for task in tasks:
            row = there.get(task.id)
            if row is None:
                values = {"title": task.label, "topic": task.topic, "template": task.id, "due": task.due}
                _insert(current, known, hand, values | {"owner": answers})
                changed = True
            elif row["done_on"] is None:
                changed |= change_row(
                    current, table, row, {"due": task.due, "title": task.label}, None, _TASK
                )
        for template, row in there.items():
            if template not in wanted and row["done_on"] is None:  # the household is another one by now
                current.session.remove(table, row["id"])
                changed = True
        if not changed:
            raise RegisterError("L'accompagnement est déjà à jour, rien n'est enregistré.")
    return current.change


def change_task(
    store: Store,
    hand: Hand,
    *,
    task: str,
    title: str,
    due: dt.date | None,
    owner: str = "",
    seen: int | None = None,
) -> Change:
    """Other words, another day, somebody else. Raises Conflict, RegisterError, also for a task that the hand may not read yet."""
    coordinator(hand)
    with operation(store, hand.actor, "application_task_change") as current:
        row = _task(current, task, hand)
        # Whoever writes over words would read them in the history; and words on a template are read by all.
        own = row["author"] == hand.actor.id and not row["template"]
        if not own and not _words_open(current, row["application"]):
            raise RegisterError(
                "Jusqu’aux deux signatures, une tâche n’est changée que par qui l’a écrite.",
                advice="Ajoutez-en une autre.",
            )
        values = {"title": _checked(title, "")["title"], "due": due, "owner": owner or row["owner"]}
        check_profile(current.session, values["owner"])
        if not change_row(current, tables.application_task, row, values, seen, _TASK):
            raise RegisterError("Rien n'a changé, rien n'est enregistré.")
    return current.change


def finish_task(store: Store, hand: Hand, today: dt.date, *, task: str, seen: int | None = None) -> Change:
    """Note that a task is done. Raises Conflict, RegisterError."""
    return _done(store, hand, task, {"done_on": today, "done_by": hand.actor.id}, seen)


def reopen_task(store: Store, hand: Hand, *, task: str, seen: int | None = None) -> Change:
    """Note that a task is not done after all. Raises Conflict, RegisterError."""
    return _done(store, hand, task, {"done_on": None, "done_by": None}, seen)


def _done(store: Store, hand: Hand, task: str, values: dict[str, Any], seen: int | None) -> Change:
    coordinator(hand)
    with operation(store, hand.actor, "application_task_done") as current:
        row = _task(current, task, hand)
        if not change_row(current, tables.application_task, row, values, seen, _TASK):
            raise RegisterError("C'est déjà noté ainsi.")
    return current.change


def _task(current: Operation, task: str, hand: Hand) -> dict[str, Any]:
    row = row_of(current.session, tables.application_task, task, _TASK)
    dossier_row(current, row["application"], hand)
    return row


def _words_open(current: Operation, application: str) -> bool:
    row = current.session.get(tables.application, application) or {}
    return words_open([grid for grid, _ in grids(current.session, application)], row.get("status", ""))


def _insert(current: Operation, known: dict[str, Any], hand: Hand, values: dict[str, Any]) -> None:
    row = {
        "id": people.new_id(),
        "origin": known["origin"],
        "application": known["id"],
        "author": hand.actor.id,
    }
    current.session.insert(tables.application_task, row | values)


def _checked(title: str, topic: str) -> dict[str, Any]:
    if topic and topic not in ACCOMPANIMENT_TOPICS:
        raise RegisterError(f"« {topic} » n'est pas un sujet connu.", field="topic", value=topic)
    return {
        "title": checks.text(title, "title", most=200, needed="Écrivez ce qu'il y a à faire."),
        "topic": topic or None,
    }
