"""Members, candidates' files and contacts: the kinds whose rows are about a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from analysis.vocabulary import APPLICATION_STATUSES
from data.imports.records.plan import Planner, Record, Row, filled, grouped, last_word, refuse_twice
from data.register import Consent, ContactFields, PersonFields, RegisterError, Work, checks, dossier
from data.register.membership import end_of_stay, refuse_shared_days
from data.register.people import NO_CONSENT, PERSON_FIELDS
from data.store import tables

NEEDS = ("tenure", "kind", "rooms", "office", "max_rent", "max_price")


def members(plan: Planner, rows: Sequence[Row]) -> None:
    """One row a stay; the rows of one reference are one member."""
    known = plan.rows_of(tables.member)
    by_reference = {row["reference"]: row for row in known if row["reference"]}
    by_person = {row["person"]: row for row in known}
    codes = plan.by_code()
    stays: dict[str, list[dict[str, Any]]] = {}
    for stay in plan.rows_of(tables.stay):
        stays.setdefault(stay["member"], []).append(stay)
    for reference, group in grouped(rows, "code"):
        with plan.record(reference, "Membre", group[0]["line"]) as record:
            member = by_reference.get(reference) or by_person.get(codes.get(reference, ""))
            fields = _person_fields(group)
            person = member["person"] if member else plan.find_person(record, fields)
            if person is not None and member is None:
                member = by_person.get(person)
            works = Work(**last_word(group, "trade", "skills", "trains")).checked()
            works = {name: works[name] for name in last_word(group, "trade", "skills", "trains")}
            if person is None:
                person = plan.new_person(record, {**fields, **_consent(plan, record, group, None)}, "Membre")
            else:
                row = plan.person_row(person)
                record.label = f"{row['code']}"
                plan.change(record, tables.person, row, fields)
                plan.put(record, tables.person, row, _consent(plan, record, group, row))
            if member is None:
                works["reference"] = _reference(reference)
                member_id = plan.add(record, tables.member, {"person": person, **works})
            else:
                member_id = member["id"]
                if not member["reference"] and codes.get(reference) != person:
                    works["reference"] = _reference(reference)
                plan.change(record, tables.member, member, works)
            _stays(plan, record, member_id, group, stays.get(member_id, []))


def _reference(text: str) -> str | None:
    return checks.text(text, "code", most=64)


def _person_fields(group: Sequence[Row]) -> dict[str, str | None]:
    checked = PersonFields(**last_word(group, *PERSON_FIELDS)).checked()
    return {name: value for name, value in checked.items() if value}


def _consent(
    plan: Planner, record: Record, group: Sequence[Row], row: dict[str, Any] | None
) -> dict[str, Any]:
    """What the rows say of the person's consent and the register does not. A consent withdrawn since stays withdrawn."""
    consent = last_word(group, "consent_public", "consent_on", "consent_text")
    if "consent_public" not in consent:
        return {}
    if not consent["consent_public"]:
        return {name: value for name, value in NO_CONSENT.items() if row is not None and row[name] != value}
    given = Consent(consent.get("consent_text"), consent.get("consent_on")).checked(plan.today)
    if row is None:
        return given
    withdrawn = None if row["consent_public"] else _withdrawn_on(plan, row["id"])
    if withdrawn is not None and given["consent_on"] <= withdrawn:
        plan.warn(
            record,
            "record.consent_withdrawn",
            f"Le consentement de « {row['code']} » a été retiré le {checks.day_text(withdrawn)} : il n'est pas rétabli.",
            "Si la personne a consenti de nouveau depuis, mettez la nouvelle date dans le fichier.",
        )
        return {}
    return {name: value for name, value in given.items() if row[name] != value}


def _withdrawn_on(plan: Planner, person: str) -> dt.date | None:
    """The day a person's consent was last withdrawn, None when it never was."""
    history, personal = tables.history, tables.history_personal
    rows = plan.session.connection.execute(
        select(history.c.at, personal.c.after)
        .join(personal, personal.c.history_id == history.c.id)
        .where(personal.c.person == person, history.c.entity == "person", history.c.action == "change")
        .order_by(history.c.id.desc())
    ).all()
    at = next((at for at, after in rows if (after or {}).get("consent_public") is False), None)
    return None if at is None else dt.datetime.fromisoformat(str(at)).astimezone().date()


def _stays(
    plan: Planner, record: Record, member: str, group: Sequence[Row], known: Sequence[dict[str, Any]]
) -> None:
    """The stays of one member after the file; refused when two of them share a day."""
    after = {stay["id"]: (stay["commune"], stay["arrived"], stay["left"]) for stay in known}
    by_day = {stay["arrived"]: stay for stay in known}
    lines: dict[str, int] = {}
    seen: dict[Any, int] = {}
    for row in sorted(group, key=lambda each: (each["arrived"] or dt.date.max, each["line"])):
        record.line = row["line"]
        arrived = checks.past_day(row["arrived"], "arrived", plan.today, "Arrivée")
        refuse_twice(seen, arrived, row["line"])
        left = None
        if row.get("left") is not None:
            left, warnings = end_of_stay(arrived, row["left"], plan.today)
            for warning in warnings:
                plan.warn(record, "record.left", warning, "")
        values = {
            "commune": row["commune"],
            "arrived": arrived,
            "left": left,
            "reason": checks.text(row.get("reason"), "reason", most=500),
        }
        stay = by_day.get(arrived)
        if stay is None:
            id_ = plan.add(record, tables.stay, {"member": member, **values}, own=False)
        else:
            id_ = stay["id"]
            plan.change(record, tables.stay, stay, values)
        after[id_] = (row["commune"], arrived, left or (stay["left"] if stay else None))
        lines[id_] = row["line"]
    for id_, line in lines.items():  # once all are as they will be
        record.line = line
        refuse_shared_days([each for other, each in after.items() if other != id_], *after[id_][1:])
    record.line = group[0]["line"]


def applications(plan: Planner, rows: Sequence[Row]) -> None:
    """One row a candidate's file, in its state of today."""
    known = plan.rows_of(tables.application)
    by_reference = {row["reference"]: row for row in known if row["reference"]}
    by_person = {row["person"]: row for row in known}
    codes = plan.by_code()
    seen: dict[Any, int] = {}
    for row in rows:
        reference = str(row["code"]).strip()
        with plan.record(reference, "Dossier", row["line"]) as record:
            refuse_twice(seen, reference, row["line"])
            file = by_reference.get(reference) or by_person.get(codes.get(reference, ""))
            fields = _person_fields([row])
            values = _application(plan, row)
            if file is None:
                person = plan.find_person(record, fields)
                if person is None:
                    person = plan.new_person(record, fields, "Candidat")
                else:
                    plan.change(record, tables.person, plan.person_row(person), fields)
                values |= {"person": person, "reference": _reference(reference), "channel": "file"}
                values["since"] = values["received"] if values["status"] == "received" else plan.today
                id_ = plan.add(record, tables.application, values)
                _step(plan, record, id_, "received", values["received"])
                if values["status"] != "received":
                    _step(plan, record, id_, values["status"], plan.today)
                continue
            who = plan.person_row(file["person"])
            record.label = str(who["code"])
            plan.change(record, tables.person, who, fields)
            if values.get("needs"):
                values["needs"] = {**(file["needs"] or {}), **values["needs"]}
            if dossier.followed_here(plan.session, file["id"]):
                _refuse_another_step(file, values)
            elif values["status"] != file["status"]:
                values["since"] = plan.today
            plan.change(record, tables.application, file, values)
            if values["status"] != file["status"]:
                _step(plan, record, file["id"], values["status"], plan.today)


def _refuse_another_step(file: Mapping[str, Any], values: dict[str, Any]) -> None:
    """A dossier that is followed here moves by people and their signatures; what a file says of its step and its end must agree."""
    if values["status"] != file["status"]:
        here, there = (APPLICATION_STATUSES[each["status"]] for each in (file, values))
        raise RegisterError(
            f"Ce dossier est suivi ici et se trouve à « {here} » : un fichier ne le passe pas à « {there} ».",
            field="status",
            value=there,
            advice="Déplacez-le sur la page Dossiers, ou retirez la ligne.",
        )
    values["reason"] = values["received"] = None


def _step(plan: Planner, record: Record, application: str, status: str, on: dt.date) -> None:
    step = {"application": application, "on": on, "status": status, "kind": "taken_over", "party": "other"}
    plan.add(record, tables.application_event, step, own=False)


def _application(plan: Planner, row: Row) -> dict[str, Any]:
    """The columns of a file, None where the row says nothing. Raises RegisterError."""
    planned = row.get("planned_arrival")
    received = checks.past_day(row["received"], "received", plan.today, "Réception")
    if planned is not None and planned < received:
        raise RegisterError(
            f"L'arrivée prévue ({checks.day_text(planned)}) précède la réception du dossier ({checks.day_text(received)}).",
            field="planned_arrival",
            value=checks.day_text(planned),
            advice="Corrigez l'une des deux dates.",
        )
    needs = {name: row.get(f"need_{name}") for name in NEEDS if row.get(f"need_{name}") is not None}
    return {
        "received": received,
        "status": row["status"],
        "trade": checks.text(row.get("trade"), "trade", most=64),
        "project": checks.text(row.get("project"), "project", most=4000),
        "wished_commune": row.get("commune") or None,
        "planned_arrival": planned,
        "household_size": row.get("household_size"),
        "needs": needs or None,
        "reason": checks.text(row.get("reason"), "reason", most=500),
    }


def contacts(plan: Planner, rows: Sequence[Row]) -> None:
    """One row an actor around the network; its nature, its designation and its commune tell which one."""
    known = {
        (row["kind"], checks.name_key(row["label"]), row["commune"]): row
        for row in plan.rows_of(tables.contact)
    }
    seen: dict[Any, int] = {}
    for row in rows:
        with plan.record(str(row["label"]), str(row["label"]), row["line"]) as record:
            values = ContactFields(row["kind"], row["label"], row["commune"]).checked(plan.territory)
            key = (values["kind"], checks.name_key(values["label"]), values["commune"])
            refuse_twice(seen, key, row["line"])
            fields = PersonFields(**filled(row, *PERSON_FIELDS)).checked()
            fields = {name: value for name, value in fields.items() if value}
            contact = known.get(key)
            person = contact["person"] if contact else None
            if person is not None:
                plan.change(record, tables.person, plan.person_row(person), fields)
            elif fields:
                person = plan.find_person(record, fields)
                if person is None:
                    person = plan.new_person(record, fields, "Correspondant")
                else:
                    plan.change(record, tables.person, plan.person_row(person), fields)
                values["person"] = person
            if contact is None:
                plan.add(record, tables.contact, values)
            else:
                plan.change(record, tables.contact, contact, values)
