"""What was seen and what happened: listings of the watch, their sightings, events of the network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from data.imports.records.plan import Planner, Row, refuse_twice
from data.register import EventFields, RegisterError, checks
from data.register.listing import free_day, gone_after, photo_links, plausible
from data.store import tables


def listings(plan: Planner, rows: Sequence[Row]) -> None:
    """One row a dwelling. A new one was seen available on the day it was first seen: that is its first sighting."""
    known = {row["reference"]: row for row in plan.rows_of(tables.listing) if row["reference"]}
    contacts = _contacts(plan)
    seen: dict[Any, int] = {}
    for row in rows:
        reference = str(row["code"]).strip()
        with plan.record(reference, "Annonce", row["line"]) as record:
            refuse_twice(seen, reference, row["line"])
            for name, most in (("lon", 180), ("lat", 90)):
                if row.get(name) is not None and abs(row[name]) > most:
                    raise RegisterError(
                        f"{row[name]:g} n'est pas une position.", field=name, value=row[name],
                        advice=f"Des degrés, de -{most} à {most}.",
                    )  # fmt: skip
            values = {
                "commune": row["commune"],
                "kind": row["kind"],
                "tenure": row["tenure"],
                "first_seen": checks.past_day(row["first_seen"], "first_seen", plan.today, "Vue le"),
                **{name: _plausible(row, name) for name in ("rooms", "surface", "rent", "price")},
                **{name: row.get(name) for name in ("lon", "lat")},
                "contact": _contact(contacts, row.get("contact"), row["commune"]),
                "note": checks.text(row.get("note"), "note", most=500),
                **_told(row, plan.today),
            }
            listing = known.get(reference)
            if listing is not None:
                plan.change(record, tables.listing, listing, values)
                continue
            values["reference"] = checks.text(reference, "code", most=64)
            id_ = plan.add(record, tables.listing, values)
            sighting = {"listing": id_, "contact": values["contact"], "on": values["first_seen"]}
            plan.add(record, tables.sighting, {**sighting, "state": "available"}, own=False)


def _plausible(row: Row, name: str) -> float | int | None:
    return None if row.get(name) is None else plausible(row[name], name)


def _told(row: Row, today: dt.date) -> dict[str, Any]:
    """What a row tells beside size and cost. What it leaves out is not touched: a file made from an older template does not ask for it."""
    told: dict[str, Any] = {
        name: row.get(name) for name in ("furnished", "work_room", "garden", "pets", "energy", "connection")
    }
    told |= {name: _plausible(row, name) for name in ("charges", "least_months")}
    told["place"] = checks.text(row.get("place"), "place", most=120)
    told["free_from"] = free_day(row.get("free_from"), today)
    told["photos"] = photo_links(row.get("photos") or "")
    return {name: value for name, value in told.items() if value is not None}


def sightings(plan: Planner, rows: Sequence[Row]) -> None:
    """One row an observation; the same listing, day and contact are the same observation."""
    listings_ = {row["reference"]: row for row in plan.rows_of(tables.listing) if row["reference"]}
    known = {(row["listing"], row["on"], row["contact"]): row for row in plan.rows_of(tables.sighting)}
    contacts = _contacts(plan)
    seen: dict[Any, int] = {}
    for row in rows:
        reference = str(row["listing"]).strip()
        with plan.record(reference, "Signalement", row["line"]) as record:
            listing = listings_.get(reference)
            if listing is None:
                raise RegisterError(
                    f"Aucune annonce ne porte la référence « {reference[:60]} ».", field="listing", value=reference,
                    advice="Importez d'abord le fichier des annonces, ou corrigez la référence.",
                )  # fmt: skip
            on = checks.past_day(row["on"], "on", plan.today, "Vu le")
            gone_after(listing["first_seen"], on, row["state"])
            contact = _contact(contacts, row.get("contact"), listing["commune"])
            refuse_twice(seen, (reference, on, contact), row["line"])
            values = {"state": row["state"], "note": checks.text(row.get("note"), "note", most=500)}
            sighting = known.get((listing["id"], on, contact))
            if sighting is None:
                plan.add(
                    record,
                    tables.sighting,
                    {"listing": listing["id"], "on": on, "contact": contact, **values},
                )
            else:
                plan.change(record, tables.sighting, sighting, values)


def events(plan: Planner, rows: Sequence[Row]) -> None:
    """One row an event; the day, the nature, the title and the commune tell which one."""
    known = {
        (row["on"], row["kind"], checks.name_key(row["title"]), row["commune"]): row
        for row in plan.rows_of(tables.event)
    }
    people, codes = plan.rows_of(tables.member), plan.by_code()
    members = {row["person"]: row["id"] for row in people}
    by_reference = {row["reference"]: row["id"] for row in people if row["reference"]}
    seen: dict[Any, int] = {}
    for row in rows:
        with plan.record(str(row["title"]), str(row["title"]), row["line"]) as record:
            text = str(row.get("member") or "").strip()
            member = by_reference.get(text) or members.get(codes.get(text, ""))
            if text and member is None:
                raise RegisterError(
                    f"Aucun membre ne porte la référence « {text[:60]} ».", field="member", value=text,
                    advice="Importez d'abord le fichier des membres, ou corrigez la référence.",
                )  # fmt: skip
            values, warnings = EventFields(
                row["kind"], row["on"], row["title"], row.get("commune") or None, member, row.get("hours"), row.get("jobs")
            ).checked(plan.territory, plan.today)  # fmt: skip
            for warning in warnings:
                plan.warn(record, "record.on", warning, "")
            key = (values["on"], values["kind"], checks.name_key(values["title"]), values["commune"])
            refuse_twice(seen, key, row["line"])
            event = known.get(key)
            if event is None:
                plan.add(record, tables.event, values)
            else:
                plan.change(record, tables.event, event, values)


def _contacts(plan: Planner) -> Mapping[str, list[dict[str, Any]]]:
    """The actors of the register by the key of their designation."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in plan.rows_of(tables.contact):
        found.setdefault(checks.name_key(row["label"]), []).append(row)
    return found


def _contact(contacts: Mapping[str, list[dict[str, Any]]], text: str | None, commune: str) -> str | None:
    """The actor that a cell names: one of the commune rather than another. Raises RegisterError when none or several are meant."""
    if not (text or "").strip():
        return None
    alike = contacts.get(checks.name_key(text), [])
    near = [row for row in alike if row["commune"] == commune] or alike
    if len(near) == 1:
        return str(near[0]["id"])
    raise RegisterError(
        f"Aucun acteur ne s'appelle « {str(text)[:60]} »." if not near else f"Plusieurs acteurs s'appellent « {str(text)[:60]} ».",
        field="contact",
        value=text,
        advice="Importez d'abord le fichier des acteurs." if not near else "Donnez-leur des désignations distinctes.",
    )  # fmt: skip
