"""Events of the network: meetings, receptions, trainings, spin-offs, jobs declared, hours given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from analysis.model import Actor
from analysis.vocabulary import EVENT_KINDS
from data.register import checks
from data.register.errors import RegisterError
from data.register.operations import Change, Operation, change_row, conflict, operation, row_of
from data.register.people import new_id
from data.register.places import commune_of
from data.store import Session, Store, tables
from data.territory import Territory


@dataclass(frozen=True)
class EventFields:
    """What is typed about an event. `hours`: given by volunteers; `jobs`: declared by the members."""

    kind: str
    on: dt.date | None
    title: str | None
    commune: str | None = None
    member: str | None = None
    hours: float | None = None
    jobs: int | None = None

    def checked(self, territory: Territory, today: dt.date) -> tuple[dict[str, Any], list[str]]:
        """The values to keep by column, and warnings. Raises RegisterError."""
        if self.kind not in EVENT_KINDS:
            raise RegisterError("La nature de l'événement manque.", field="kind", value=self.kind)
        day, warning = checks.near_day(self.on, "on", today, "Événement")
        for field, value, most in (("hours", self.hours, 10_000), ("jobs", self.jobs, 1_000)):
            if value is not None and not 0 <= value <= most:
                raise RegisterError(
                    f"{'Heures données' if field == 'hours' else 'Emplois'} : {value:g} n'est pas plausible.",
                    field=field,
                    value=value,
                    advice=f"Un nombre de 0 à {most}.",
                )
        if day > today and (self.hours or self.jobs):
            raise RegisterError(
                "Un événement à venir n'a encore ni heures données ni emplois déclarés.",
                field="hours" if self.hours else "jobs",
                advice="Notez-les après, en corrigeant l'événement.",
            )
        if self.kind == "jobs" and not self.jobs:
            raise RegisterError("Le nombre d'emplois déclarés manque.", field="jobs")
        title = checks.text(self.title, "title", needed="L'intitulé de l'événement manque.")
        values = {
            "kind": self.kind,
            "on": day,
            "title": title,
            "commune": commune_of(territory, self.commune) if self.commune else None,
            "member": self.member or None,
            "hours": self.hours,
            "jobs": self.jobs,
        }
        return values, [warning] if warning else []


def events(session: Session, origin: str) -> list[dict[str, Any]]:
    """Every event of one register that was not removed, newest first: the columns of the table."""
    event = tables.event
    return [
        dict(row)
        for row in session.connection.execute(
            select(event).where(event.c.origin == origin, event.c.removed_at.is_(None)).order_by(event.c.on.desc(), event.c.id)
        ).mappings()
    ]  # fmt: skip


def add_event(
    store: Store, territory: Territory, actor: Actor, today: dt.date, *, origin: str, fields: EventFields
) -> Change:
    """Note an event. Raises RegisterError, also when the same one (day, kind, title, commune) is there."""
    values, warnings = fields.checked(territory, today)
    with operation(store, actor, "event_add", origin) as current:
        current.warnings += warnings
        _check(current, origin, values, "")
        row = {"id": new_id(), "origin": origin, **values}
        current.subject = ("event", current.session.insert(tables.event, row))
    return current.change


def correct_event(
    store: Store,
    territory: Territory,
    actor: Actor,
    today: dt.date,
    *,
    event: str,
    fields: EventFields,
    seen: int | None = None,
) -> Change:
    """Correct an event. Raises RegisterError, Conflict."""
    values, warnings = fields.checked(territory, today)
    with operation(store, actor, "event_correct") as current:
        row = _row(current, event)
        current.warnings += warnings
        _check(current, row["origin"], values, event)
        if not change_row(current, tables.event, row, values, seen, "Cet événement"):
            raise RegisterError("Rien n'a changé, rien n'est enregistré.")
    return current.change


def remove_event(store: Store, actor: Actor, *, event: str, seen: int | None = None) -> Change:
    """Take an event out; it stays stored. Raises RegisterError, Conflict."""
    with operation(store, actor, "event_remove") as current:
        row = _row(current, event)
        if seen is not None and row["version"] != seen:
            raise conflict(current.session, tables.event, row, "Cet événement")
        current.session.remove(tables.event, event)
    return current.change


def _row(current: Operation, event: str) -> dict[str, Any]:
    row = row_of(current.session, tables.event, event, "Cet événement")
    current.subject = ("event", event)
    current.facts["origin"] = row["origin"]
    return row


def _check(current: Operation, origin: str, values: Mapping[str, Any], own: str) -> None:
    """The member is of the same register, and the event is not there twice."""
    if values["member"] is not None:
        row = row_of(current.session, tables.member, values["member"], "Ce membre")
        if row["origin"] != origin:
            raise RegisterError("Ce membre n'est pas de ce registre.", field="member", value=values["member"])
    event = tables.event
    same = current.session.connection.execute(
        select(event.c.title, event.c.commune, event.c.member).where(
            event.c.origin == origin, event.c.removed_at.is_(None), event.c.id != own,
            event.c.on == values["on"], event.c.kind == values["kind"],
        )
    ).all()  # fmt: skip
    twice = [
        row
        for row in same
        if checks.name_key(row.title) == checks.name_key(values["title"])
        and (row.commune, row.member) == (values["commune"], values["member"])
    ]
    if twice:
        raise RegisterError(
            f"Cet événement est déjà noté le {checks.day_text(values['on'])} : « {twice[0].title} ».",
            field="title",
            value=values["title"],
            advice="Corrigez celui qui existe, ou changez l'intitulé.",
        )
