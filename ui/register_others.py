"""The register's forms about events, actors and one figure, and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french
from analysis.model import Indicator, Status
from data import register
from data.register import (
    ContactFields,
    EventFields,
    PersonFields,
    RegisterError,
    name_of,
)
from data.register.contact import KINDS as CONTACT_KINDS
from data.register.event import KINDS as EVENT_KINDS
from data.store import StoreError
from ui import forms, frame, tables
from ui.filters import Filters
from ui.forms import Form
from ui.register_members import Desk, _offer_commune
from ui.tables import Column

ACTIONS: Mapping[str, str] = {"ajouter": "Ajouter", "corriger": "Corriger", "retirer": "Retirer"}
STATUSES: Mapping[str, str] = {
    Status.OBSERVED.value: "Une valeur",
    Status.SUPPRESSED.value: "Secret statistique",
    Status.MISSING.value: "Non publié",
}
_PAGE = 10


# -- events ----------------------------------------------------------------------------------------------------


def show_events(desk: Desk, filters: Filters) -> None:
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
        row = _pick("Événement", "event", desk, rows, _event_label)
        if row is not None and filters["action"] == "corriger":
            _event_form(desk, members, row)
        elif row is not None:
            form = Form("event-remove", row["id"])
            form.show_refusal()
            if st.button("Retirer cet événement", type="primary", icon=":material/event_busy:"):
                form.run(
                    lambda: register.remove_event(
                        desk.store, desk.actor, event=row["id"], seen=row["version"]
                    )
                )
    _table(
        [
            (
                f"{r['on']:%d/%m/%Y}", EVENT_KINDS[r["kind"]], r["title"],
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


def _event_form(desk: Desk, members: Mapping[str, str], row: Mapping[str, Any] | None) -> None:
    was = row or {}
    form = Form("event", was.get("id", desk.origin))
    form.show_refusal()
    with st.form("registre-event"):
        st.subheader("Corriger l'événement" if row else "Ajouter un événement", anchor=False)
        left, right = st.columns(2)
        with left:
            kind = form.choice("Nature", "kind", EVENT_KINDS, was.get("kind", "meeting"))
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


def _newest_event(desk: Desk, event: str) -> dict[str, Any]:
    with desk.store.read() as session:
        row = next((r for r in register.events(session, desk.origin) if r["id"] == event), None)
    if row is None:
        return {}
    texts = {"title": row["title"], "hours": _typed(row["hours"]), "jobs": _typed(row["jobs"])}
    return texts | {name: row[name] for name in ("kind", "on", "commune", "member")}


def _typed(value: float | None) -> str:
    return "" if value is None else french.number(value, 0 if value == int(value) else 1)


def _number(text: str, field: str) -> float | None:
    from data.register import checks

    return checks.number(text, field) if text.strip() else None


def _whole(text: str, field: str) -> int | None:
    found = _number(text, field)
    if found is not None and found != int(found):
        raise RegisterError(f"«\u202f{text[:20]}\u202f» n'est pas un nombre entier.", field=field, value=text)
    return None if found is None else int(found)


# -- actors ----------------------------------------------------------------------------------------------------


def show_contacts(desk: Desk, filters: Filters) -> None:
    """The whole part of the page about actors."""
    with desk.store.read() as session:
        rows = register.contacts(session, desk.origin)
    frame.sentence(
        f"{french.quantity(len(rows), 'acteurs')} autour du réseau{french.NNBSP}: mairies, élus, notaires, agences, associations."
    )
    if filters["action"] == "ajouter":
        _contact_form(desk, None)
    else:
        row = _pick("Acteur", "contact", desk, rows, _contact_label)
        if row is not None and filters["action"] == "corriger":
            _contact_form(desk, row)
        elif row is not None:
            form = Form("actor-remove", row["id"])
            form.show_refusal()
            if st.button("Retirer cet acteur", type="primary", icon=":material/person_remove:"):
                form.run(
                    lambda: register.remove_contact(
                        desk.store, desk.actor, contact=row["id"], seen=row["version"]
                    )
                )
    _table(
        [
            (r["label"], CONTACT_KINDS[r["kind"]], name_of(r["commune"]), r["name"] or "", r["phone"] or "", r["email"] or "")
            for r in rows
        ],
        ("Désignation", "Nature", "Commune", "Personne", "Téléphone", "Adresse électronique"),
        "Acteurs du registre, pour les animateurs",
    )  # fmt: skip


def _contact_label(row: Mapping[str, Any]) -> str:
    return f"{row['label']}, {name_of(row['commune'])}"


def _contact_form(desk: Desk, row: Mapping[str, Any] | None) -> None:
    was = row or {}
    form = Form("actor", was.get("id", desk.origin))
    form.show_refusal()
    _offer_commune(form)
    with st.form("registre-actor"):
        st.subheader("Corriger l'acteur" if row else "Ajouter un acteur", anchor=False)
        same_as = form.same_person()
        left, right = st.columns(2)
        with left:
            kind = form.choice("Nature", "kind", CONTACT_KINDS, was.get("kind"))
            label = form.text(
                "Organisme ou fonction", "label", was.get("label"),
                help="Jamais un nom de personne : celui-ci va dans « Nom de la personne ».",
            )  # fmt: skip
            commune = form.choice("Commune suivie", "commune", desk.names, was.get("commune"))
        with right:
            name = form.text("Nom de la personne (facultatif)", "name", was.get("name"), autocomplete="off")
            phone = form.text("Téléphone", "phone", was.get("phone"), autocomplete="off")
            email = form.text("Adresse électronique", "email", was.get("email"), autocomplete="off")
            website = form.text("Site internet", "website", was.get("website"), autocomplete="off")
        sent = st.form_submit_button(
            "Corriger l'acteur" if row else "Ajouter l'acteur",
            type="primary",
            icon=":material/contact_phone:",
        )
    if not sent:
        return
    fields, person = ContactFields(kind or "", label, commune), PersonFields(name, email, phone, website)

    def act() -> register.Change:
        if row is None:
            return register.add_contact(
                desk.store, desk.territory, desk.actor,
                origin=desk.origin, fields=fields, person=person, same_as=same_as,
            )  # fmt: skip
        seen = {"contact": row["version"], "person": row["person_version"]}
        return register.correct_contact(
            desk.store, desk.territory, desk.actor,
            contact=row["id"], fields=fields, person=person, seen=seen, same_as=same_as,
        )  # fmt: skip

    form.run(act, lambda: _newest_contact(desk, str(was.get("id"))))


def _newest_contact(desk: Desk, contact: str) -> dict[str, Any]:
    with desk.store.read() as session:
        row = next((r for r in register.contacts(session, desk.origin) if r["id"] == contact), None)
    if row is None:
        return {}
    texts = {name: row[name] or "" for name in ("label", "name", "phone", "email", "website")}
    return texts | {"kind": row["kind"], "commune": row["commune"]}


# -- one figure ------------------------------------------------------------------------------------------------


def show_figure(desk: Desk, indicators: Mapping[str, Indicator]) -> None:
    """One value of one indicator, what it is today above the form."""
    offered = {i.id: f"{i.theme}, {i.name}" for i in indicators.values() if register.can_be_typed(i)}
    frame.sentence(
        french.spaced(
            "Corriger un seul chiffre, sans fichier : la valeur d'avant reste dessous, et revient si l'on annule."
        )
    )
    what, when, where = st.columns([3, 2, 3])
    chosen = what.selectbox(
        "Indicateur", list(offered), format_func=offered.__getitem__, key=f"{forms.PAGE}:indicator"
    )
    indicator = indicators[chosen]
    periods = register.periods(indicator)
    period = when.selectbox(
        "Millésime",
        periods,
        format_func=lambda p: indicator.vintage(p).label,
        key=f"{forms.PAGE}:period:{chosen}",
    )
    commune = where.selectbox(
        "Commune", list(desk.names), format_func=desk.names.__getitem__, key=f"{forms.PAGE}:figure-commune"
    )
    with desk.store.read() as session:
        now = register.cell(session, chosen, commune, period)
    shown = french.cell(now.value, now.status, indicator.unit, indicator.decimals)
    origin = f" ({now.source})" if now.source else ""
    forms.message(f"Aujourd'hui{french.NNBSP}: {shown}{origin}.", "state")
    form = Form("figure", f"{chosen}:{commune}:{period}")
    form.show_refusal()
    with st.form("registre-figure"):
        left, right = st.columns(2)
        status = left.selectbox(
            "Nouvel état",
            list(STATUSES),
            format_func=STATUSES.__getitem__,
            key=form.key("status", Status.OBSERVED.value),
        )
        value = right.text_input(
            f"Valeur ({forms.literal(indicator.unit)})" if indicator.unit else "Valeur",
            key=form.key("value", ""), placeholder="1 234,5",
        )  # fmt: skip
        reason = form.text(
            "Raison (obligatoire)", "reason", placeholder="qui l'a dit, d'où vient ce chiffre", max_chars=300
        )
        sent = st.form_submit_button("Enregistrer ce chiffre", type="primary", icon=":material/pin:")
    if sent:
        form.run(
            lambda: register.record_value(
                desk.store, desk.territory, desk.actor, indicator=indicator, commune=commune, period=period,
                status=Status(status), value=value, reason=reason,
            )
        )  # fmt: skip


# -- history ---------------------------------------------------------------------------------------------------


def show_history(desk: Desk, names: Mapping[str, str]) -> None:
    """Who, when, what, before → after; each line can be undone from here."""
    cursor = f"{forms.PAGE}:history:{desk.origin}"
    pages: list[int] = st.session_state.setdefault(cursor, [])
    with desk.store.read() as session:
        found = register.entries(
            session, origin=desk.origin, before=pages[-1] if pages else None, limit=_PAGE + 1, names=names
        )
    if not found:
        frame.sentence("Rien n'a encore été saisi à la main dans ce registre.")
        return
    frame.sentence(
        french.spaced("Ce qui a été saisi à la main, du plus récent au plus ancien ; chaque ligne s'annule.")
    )
    forms.show_refusal("history")
    for entry in found[:_PAGE]:
        _line(desk, entry)
    newer, older = st.columns(2)
    if pages and newer.button("Plus récent", icon=":material/arrow_upward:"):
        pages.pop()
        st.rerun()
    if len(found) > _PAGE and older.button("Plus ancien", icon=":material/arrow_downward:"):
        pages.append(found[_PAGE - 1].operation)
        st.rerun()


def _line(desk: Desk, entry: register.Entry) -> None:
    text, button = st.columns([5, 1], vertical_alignment="center")
    with text:
        state = f", annulé par l'action n°\u00a0{entry.undone}" if entry.undone else ""
        rows = [
            f"{d.label}{french.NNBSP}: {d.before} → {d.after}"
            if d.before
            else f"{d.label}{french.NNBSP}: {d.after}"
            for d in entry.details
        ]
        head = f"n°\u00a0{entry.operation}, {entry.when}, {entry.actor}{state}"
        forms.line(entry.title, head, rows, struck=entry.undone is not None)
    if entry.undone is None:
        again = entry.title.startswith("Annulation")
        if button.button(
            "Rétablir" if again else "Annuler", key=f"{forms.PAGE}:undo:{entry.operation}", width="stretch",
            help=f"Annuler l'action n° {entry.operation}",
        ):  # fmt: skip
            undo(desk, entry.operation, "history")


def undo(desk: Desk, operation: int, place: str) -> None:
    """Undo one operation and draw the page again, with what was done or why it was refused."""
    try:
        forms.done(register.undo(desk.store, operation, desk.actor))
    except (RegisterError, StoreError) as error:
        forms.refuse(error, place)
    st.rerun()


# -- helpers ---------------------------------------------------------------------------------------------------


def _pick(
    label: str, name: str, desk: Desk, rows: Sequence[Mapping[str, Any]], words: Any
) -> Mapping[str, Any] | None:
    """Which row; the state that was on screen when it was chosen."""
    if not rows:
        forms.message("Rien dans ce registre pour l'instant. Commencez par «\u202fAjouter\u202f».")
        return None
    by_id = {row["id"]: row for row in rows}
    key = f"{forms.PAGE}:{name}:{desk.origin}"
    if st.session_state.get(key) not in by_id:
        st.session_state[key] = None
    chosen = st.selectbox(
        label, list(by_id), index=None, key=key, placeholder="Choisir",
        format_func=lambda i: words(by_id[i]) if i in by_id else "",
    )  # fmt: skip
    return None if chosen is None else forms.snapshot(f"{name}:{chosen}", by_id[chosen])


def _table(rows: Sequence[tuple[str, ...]], heads: tuple[str, ...], caption: str) -> None:
    if not rows:
        return
    with st.expander(f"Tout voir ({len(rows)})"):
        tables.show_table(
            pd.DataFrame(rows, columns=list(heads)), [Column(head, head) for head in heads], caption=caption
        )
