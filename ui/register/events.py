"""The forms about events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from analysis import french
from analysis.vocabulary import EVENT_KINDS, labels
from data import register
from data.register import (
    EventFields,
    RegisterError,
    checks,
    name_of,
)
from ui import frame
from ui.filters import Filters
from ui.forms import Form
from ui.register.parts import PAGE, RegisterDesk, pick, table

ACTIONS: Mapping[str, str] = {"ajouter": "Ajouter", "corriger": "Corriger", "retirer": "Retirer"}


def show_events(desk: RegisterDesk, filters: Filters) -> None:
    """The whole part of the page about events."""
    with desk.store.read() as session:
        rows = register.events(session, desk.origin)
        members = {m.id: m.label for m in register.members(session, desk.origin)}
    hours, jobs = sum(r["hours"] or 0 for r in rows), sum(r["jobs"] or 0 for r in rows)
    frame.sentence(
        f"{french.quantity(len(rows), 'événements')}, {french.quantity(hours, 'heures données')}, "
        f"{french.quantity(jobs, 'emplois déclarés')}."
    )
    if filters["action"] == "ajouter":
        _event_form(desk, members, None)
    else:
        row = pick("Événement", "event", desk, rows, _event_label)
        if row is not None and filters["action"] == "corriger":
            _event_form(desk, members, row)
        elif row is not None:
            form = Form(PAGE, "event-remove", row["id"])
            form.show_refusal()
            if st.button("Retirer cet événement", type="primary", icon=":material/event_busy:"):
                form.run(
                    lambda: register.remove_event(
                        desk.store, desk.actor, event=row["id"], seen=row["version"]
                    )
                )
    table(
        [
            (
                f"{r['on']:%d/%m/%Y}", EVENT_KINDS[r["kind"]].label, r["title"],
                name_of(r["commune"]) if r["commune"] else "", members.get(r["member"], ""),
            )
            for r in rows
        ],
        ("Date", "Nature", "Intitulé", "Commune", "Membre"),
        "Événements, du plus récent au plus ancien",
    )  # fmt: skip


def _event_label(row: Mapping[str, Any]) -> str:
    return f"{row['on']:%d/%m/%Y}, {row['title']}" + (
        f", {name_of(row['commune'])}" if row["commune"] else ""
    )


def _event_form(desk: RegisterDesk, members: Mapping[str, str], row: Mapping[str, Any] | None) -> None:
    was = row or {}
    form = Form(PAGE, "event", was.get("id", desk.origin))
    form.show_refusal()
    with st.form("registre-event"):
        st.subheader("Corriger l'événement" if row else "Ajouter un événement", anchor=False)
        left, right = st.columns(2)
        with left:
            kind = form.choice("Nature", "kind", labels(EVENT_KINDS), was.get("kind", "meeting"))
            title = form.text("Intitulé", "title", was.get("title"))
            on = form.day("Date", "on", was.get("on", desk.today))
        with right:
            commune = form.choice("Commune (facultative)", "commune", desk.names, was.get("commune"))
            who = form.choice("Membre concerné (facultatif)", "member", members, was.get("member"))
            one, two = st.columns(2)
            hours = one.text_input("Heures données", key=form.key("hours", _typed(was.get("hours"))))
            jobs = two.text_input("Emplois déclarés", key=form.key("jobs", _typed(was.get("jobs"))))
        sent = st.form_submit_button(
            "Corriger l'événement" if row else "Ajouter l'événement", type="primary", icon=":material/event:"
        )
    if not sent:
        return

    def act() -> register.Change:
        fields = EventFields(
            kind or "", on, title, commune, who, _number(hours, "hours"), _whole(jobs, "jobs")
        )
        if row is None:
            return register.add_event(
                desk.store, desk.territory, desk.actor, desk.today, origin=desk.origin, fields=fields
            )
        return register.correct_event(
            desk.store,
            desk.territory,
            desk.actor,
            desk.today,
            event=row["id"],
            fields=fields,
            seen=row["version"],
        )

    form.run(act, lambda: _newest_event(desk, str(was.get("id"))))


def _newest_event(desk: RegisterDesk, event: str) -> dict[str, Any]:
    with desk.store.read() as session:
        row = next((r for r in register.events(session, desk.origin) if r["id"] == event), None)
    if row is None:
        return {}
    texts = {"title": row["title"], "hours": _typed(row["hours"]), "jobs": _typed(row["jobs"])}
    return texts | {name: row[name] for name in ("kind", "on", "commune", "member")}


def _typed(value: float | None) -> str:
    return "" if value is None else french.number(value, 0 if value == int(value) else 1)


def _number(text: str, field: str) -> float | None:
    return checks.number(text, field) if text.strip() else None


def _whole(text: str, field: str) -> int | None:
    found = _number(text, field)
    if found is not None and found != int(found):
        raise RegisterError(f"«\u202f{text[:20]}\u202f» n'est pas un nombre entier.", field=field, value=text)
    return None if found is None else int(found)
