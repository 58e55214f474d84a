"""The forms about actors: mairies, notaries, agencies, associations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from analysis import french
from analysis.vocabulary import CONTACT_KINDS, labels
from data import register
from data.register import (
    ContactFields,
    PersonFields,
    name_of,
)
from ui import frame
from ui.filters import Filters
from ui.forms import Form
from ui.register.parts import PAGE, RegisterDesk, offer_commune, pick, table


def show_contacts(desk: RegisterDesk, filters: Filters) -> None:
    """The whole part of the page about actors."""
    with desk.store.read() as session:
        rows = register.contacts(session, desk.origin)
    frame.sentence(
        f"{french.quantity(len(rows), 'acteurs')} autour du réseau{french.NNBSP}: mairies, élus, notaires, agences, associations."
    )
    if filters["action"] == "ajouter":
        _contact_form(desk, None)
    else:
        row = pick("Acteur", "contact", desk, rows, _contact_label)
        if row is not None and filters["action"] == "corriger":
            _contact_form(desk, row)
        elif row is not None:
            form = Form(PAGE, "actor-remove", row["id"])
            form.show_refusal()
            if st.button("Retirer cet acteur", type="primary", icon=":material/person_remove:"):
                form.run(
                    lambda: register.remove_contact(
                        desk.store, desk.actor, contact=row["id"], seen=row["version"]
                    )
                )
    table(
        [
            (r["label"], CONTACT_KINDS[r["kind"]].label, name_of(r["commune"]), r["name"] or "", r["phone"] or "", r["email"] or "")
            for r in rows
        ],
        ("Désignation", "Nature", "Commune", "Personne", "Téléphone", "Adresse électronique"),
        "Acteurs du registre, pour les animateurs",
    )  # fmt: skip


def _contact_label(row: Mapping[str, Any]) -> str:
    return f"{row['label']}, {name_of(row['commune'])}"


def _contact_form(desk: RegisterDesk, row: Mapping[str, Any] | None) -> None:
    was = row or {}
    form = Form(PAGE, "actor", was.get("id", desk.origin))
    form.show_refusal()
    offer_commune(form)
    with st.form("registre-actor"):
        st.subheader("Corriger l'acteur" if row else "Ajouter un acteur", anchor=False)
        same_as = form.same_person()
        left, right = st.columns(2)
        with left:
            kind = form.choice("Nature", "kind", labels(CONTACT_KINDS), was.get("kind"))
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


def _newest_contact(desk: RegisterDesk, contact: str) -> dict[str, Any]:
    with desk.store.read() as session:
        row = next((r for r in register.contacts(session, desk.origin) if r["id"] == contact), None)
    if row is None:
        return {}
    texts = {name: row[name] or "" for name in ("label", "name", "phone", "email", "website")}
    return texts | {"kind": row["kind"], "commune": row["commune"]}
