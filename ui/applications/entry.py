"""A dossier typed by a coordinator, its draft kept in the store; and what a dossier says, corrected."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from analysis import french
from analysis.model import Actor
from analysis.vocabulary import (
    APPLICATION_CHANNELS,
    APPLICATION_STEPS,
    ASSESSOR_SEATS,
    DWELLING_KINDS,
    TENURES,
)
from data import applications
from data.applications import Dossier, DossierFields, HouseholdFields
from data.register import Change, PersonFields, RegisterError
from ui import forms, frame
from ui.applications import parts
from ui.applications.parts import PAGE, DossierDesk
from ui.forms import Form

_TRAITS = {
    "dwelling": "a déjà un logement",
    "fibre": "a commandé la fibre",
    "workplace": "cherche un lieu de travail hors du logement",
    "business": "apporte une entreprise",
    "car": "a une voiture",
}
_NUMBERS = {
    "rooms": "Pièces au moins",
    "max_rent": "Loyer au plus (€ par mois)",
    "max_price": "Prix au plus (€)",
}

_TRAITS_USUAL = ("business", "car")
"""What is ticked where nothing is known."""
_WHO = {
    "name": "Nom",
    "email": "Adresse électronique",
    "phone": "Téléphone",
    "website": "Site internet",
}
LABELS = {
    **_WHO,
    "channel": "Comment il est arrivé",
    "owner": "Qui en répond",
    "planned_arrival": "Arrivée prévue",
    "trade": "Métier",
    "project": "Projet",
    "clients": "Clients",
    "wishes": "Communes souhaitées",
    "adults": "Adultes",
    "births": "Naissance des enfants",
    **{name: french.sentence(words) for name, words in _TRAITS.items()},
    "tenure": "Offre",
    "kind": "Bien",
    **_NUMBERS,
    "office": "Une pièce pour travailler",
}
"""The fields of the form, by name."""


def show_entry(desk: DossierDesk) -> None:
    """A new dossier. What is typed is kept on request, and found again on any device."""
    form = Form(PAGE, "entry", desk.origin)
    with desk.store.read() as session:
        draft = applications.draft(session, actor=_drawer(desk))
    kept = dict(draft.content) if draft is not None else {}
    if draft is not None:
        frame.note("Un brouillon gardé est repris ici.")
    form.show_refusal()
    with st.form("dossiers-entry"):
        same_as = form.same_person()
        typed = _fields(desk, form, kept)
        note = st.text_area("Note", key=form.key("note", kept.get("note", "")), max_chars=1000)
        left, right = st.columns(2)
        save = left.form_submit_button("Garder le brouillon", icon=":material/save:", width="stretch")
        sent = right.form_submit_button(
            "Enregistrer le dossier", type="primary", icon=":material/folder_open:", width="stretch"
        )
    if save:
        content = typed | {"note": note}
        try:
            if draft is None:
                applications.start_draft(desk.store, _writer(desk), content)
            else:
                applications.save_draft(desk.store, _writer(desk), draft.id, content)
        except RegisterError as error:
            PAGE.refuse(error, form.prefix)
            st.rerun()
        frame.note("Brouillon gardé : vous le retrouverez ici, aussi sur un autre appareil.")
    if sent:

        def act() -> Change:
            fields, person = read_fields(typed)
            change = applications.create(
                desk.store, desk.territory, desk.hand, desk.today,
                origin=desk.origin, person=person, fields=fields, note=note, same_as=same_as,
            )  # fmt: skip
            if draft is not None:
                applications.remove_draft(desk.store, _writer(desk), draft.id)
            return change

        form.run(act)


def _drawer(desk: DossierDesk) -> str:
    return f"{desk.me}:{desk.origin}"[:64]


def _writer(desk: DossierDesk) -> Actor:
    return Actor(_drawer(desk), desk.hand.actor.label)


def show_correction(desk: DossierDesk, found: Dossier) -> None:
    """What a dossier says, to correct."""
    form = Form(PAGE, "fields", found.id)
    form.show_refusal()
    known = _known(found)
    seen, person_seen = PAGE.snapshot(f"fields:{found.id}", (found.version, found.person_version), "fields")

    def words(field: str, value: Any) -> str:
        return _words(desk, field, value)

    form.show_clashes(LABELS, words)
    with (
        st.expander("Corriger ce que dit le dossier", expanded=form.refused is not None),
        st.form("dossiers-fields"),
    ):
        typed = _fields(desk, form, known, new=False)
        sent = st.form_submit_button("Enregistrer la correction", icon=":material/edit:")
    if sent:

        def act() -> Change:
            fields, person = read_fields(typed)
            return applications.change(
                desk.store, desk.territory, desk.hand, desk.today,
                application=found.id, fields=fields, person=person, seen=seen, person_seen=person_seen,
                choices=parts.choices(form, LABELS, words),
            )  # fmt: skip

        form.run(act, lambda: _newest(desk, found))


def _known(found: Dossier) -> dict[str, Any]:
    """What a dossier says, by the names of the form."""
    return {
        "name": found.name, "email": found.email, "phone": found.phone, "website": found.website,
        "trade": found.trade, "project": found.project, "clients": found.clients, "wishes": list(found.wishes),
        "channel": found.channel, "planned_arrival": found.planned_arrival, "owner": found.owner,
        **{name: value for name, value in found.household.items() if name != "births"},
        "births": ", ".join(french.date(dt.date.fromisoformat(day)) for day in found.household.get("births", ())),
        **found.needs,
    }  # fmt: skip


def _newest(desk: DossierDesk, found: Dossier) -> dict[str, Any]:
    """The form's fields as the store has them now, as its widgets hold them."""
    with desk.store.read() as session:
        now = applications.dossier(session, found.id, desk.me)
    if now is None:
        return {}
    known = _known(now)
    texts = ("name", "email", "phone", "website", "trade", "project", "clients", "births", *_NUMBERS)
    return {
        **{name: str(known.get(name) or "") for name in texts},
        **{name: bool(known.get(name, name in _TRAITS_USUAL)) for name in _TRAITS},
        "office": bool(known.get("office")),
        "adults": int(known.get("adults") or 1),
        "channel": known["channel"] or "mail",
        "owner": known["owner"] if known["owner"] in desk.people else None,
        "planned_arrival": known["planned_arrival"],
        "wishes": [code for code in known["wishes"] if code in desk.territory.name_of],
        "tenure": known.get("tenure"),
        "kind": known.get("kind"),
    }


def _words(desk: DossierDesk, field: str, value: Any) -> str:
    """A value of the form as a person reads it."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dt.date):
        return french.date(value)
    if field == "wishes":
        return french.join([desk.territory.name_of.get(code, code) for code in value]) or "rien"
    options: Mapping[str, Mapping[str, str]] = {
        "channel": APPLICATION_CHANNELS, "owner": desk.people, "tenure": TENURES, "kind": DWELLING_KINDS,
    }  # fmt: skip
    if field in options:
        return options[field].get(value or "", "rien")
    return " ".join(str(value if value is not None else "").split()) or "rien"


def _fields(desk: DossierDesk, form: Form, known: Mapping[str, Any], *, new: bool = True) -> dict[str, Any]:
    names = dict(sorted(desk.territory.name_of.items(), key=lambda pair: french.sort_key(pair[1])))
    typed: dict[str, Any] = {}
    who, what = st.columns(2)
    with who:
        st.subheader("Qui", anchor=False)
        for name, label in _WHO.items():
            typed[name] = form.text(label, name, known.get(name), autocomplete="off")
        if new:
            typed["received"] = form.day("Reçu le", "received", _day(known.get("received")) or desk.today)
        typed["channel"] = form.choice(
            "Comment il est arrivé", "channel", APPLICATION_CHANNELS, known.get("channel") or "mail"
        )
        typed["owner"] = form.choice(
            "Qui en répond (facultatif)", "owner", desk.people, known.get("owner") or None
        )
        typed["planned_arrival"] = form.day(
            "Arrivée prévue", "planned_arrival", _day(known.get("planned_arrival"))
        )
    with what:
        st.subheader("Projet", anchor=False)
        typed["trade"] = form.text("Métier", "trade", known.get("trade"))
        typed["project"] = st.text_area(
            "Projet", key=form.key("project", known.get("project") or ""), max_chars=4000
        )
        typed["clients"] = st.text_area(
            "Clients", key=form.key("clients", known.get("clients") or ""), max_chars=2000
        )
        typed["wishes"] = st.multiselect(
            "Communes souhaitées, dans l’ordre", list(names), format_func=lambda code: names.get(code, code),
            key=form.key("wishes", [code for code in known.get("wishes", ()) if code in names]), placeholder="Choisir",
        )  # fmt: skip
    st.subheader("Foyer et logement", anchor=False)
    left, middle, right = st.columns(3)
    with left:
        typed["adults"] = st.number_input(
            "Adultes", 0, 12, key=form.key("adults", int(known.get("adults") or 1))
        )
        typed["births"] = form.text(
            "Naissance des enfants (jj/mm/aaaa, séparées par des virgules)",
            "births",
            known.get("births") or "",
        )
    with middle:
        for name, label in _TRAITS.items():
            default = name in _TRAITS_USUAL
            typed[name] = st.checkbox(
                french.sentence(label), key=form.key(name, bool(known.get(name, default)))
            )
    with right:
        typed["tenure"] = form.choice(
            "Offre",
            "tenure",
            {code: french.sentence(word) for code, word in TENURES.items()},
            known.get("tenure"),
        )
        typed["kind"] = form.choice("Bien", "kind", DWELLING_KINDS, known.get("kind"))
        for name, label in _NUMBERS.items():
            typed[name] = form.text(label, name, str(known[name]) if known.get(name) else "")
        typed["office"] = st.checkbox(
            "Une pièce pour travailler", key=form.key("office", bool(known.get("office")))
        )
    return typed


def read_fields(typed: Mapping[str, Any]) -> tuple[DossierFields, PersonFields]:
    """What was typed as the store takes it. Raises RegisterError for a day or a number that is none."""
    needs: dict[str, Any] = {name: typed.get(name) for name in ("tenure", "kind") if typed.get(name)}
    for name, label in _NUMBERS.items():
        text = re.sub(r"\s", "", typed.get(name) or "")
        if text:
            if not text.isdigit():
                raise RegisterError(
                    f"{label} : « {text[:20]} » n'est pas un nombre entier.", field=name, value=text
                )
            needs[name] = int(text)
    if typed.get("office"):
        needs["office"] = True
    household = HouseholdFields(
        adults=int(typed["adults"]),
        births=tuple(_birth(part) for part in re.split(r"[,;]", typed.get("births") or "") if part.strip()),
        **{name: bool(typed[name]) for name in _TRAITS},
    )
    fields = DossierFields(
        received=_day(typed.get("received")), trade=typed["trade"], project=typed["project"], clients=typed["clients"],
        wishes=typed["wishes"], household=household, needs=needs, planned_arrival=_day(typed.get("planned_arrival")),
        channel=typed["channel"] or "", owner=typed.get("owner"),
    )  # fmt: skip
    return fields, PersonFields(*(typed[name] for name in ("name", "email", "phone", "website")))


def _day(value: Any) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) and value else value or None


def _birth(text: str) -> dt.date:
    try:
        return dt.datetime.strptime(text.strip(), "%d/%m/%Y").date()
    except ValueError:
        raise RegisterError(
            f"« {text.strip()[:20]} » n'est pas une date de naissance.",
            field="births",
            value=text.strip(),
            advice="Attendu jj/mm/aaaa.",
        ) from None


def show_team(desk: DossierDesk) -> None:
    """Who signs, and who answers for each step."""
    clocks = desk.territory.following.clocks
    frame.sentence(
        french.spaced(
            "« Quelqu’un s’en occupe » n’est pas une réponse : chaque place et chaque étape a un nom."
        )
    )
    asked = {seat: f"Signe comme {word}" for seat, word in ASSESSOR_SEATS.items()}
    asked |= {
        step: f"Répond de « {word} »"
        for step, word in APPLICATION_STEPS.items()
        if step in clocks and step != "met"
    }
    for duty, label in asked.items():
        form = Form(PAGE, f"duty-{duty}", desk.origin)
        form.show_refusal()
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        with left:
            chosen = form.choice(label, "profile", desk.people, desk.team.duties.get(duty))
        if right.button("Enregistrer", key=PAGE.key(f"duty:{duty}"), width="stretch", help=label):
            form.run(
                lambda duty=duty, chosen=chosen: applications.set_duty(  # type: ignore[misc]
                    desk.store, desk.hand, origin=desk.origin, duty=duty, profile=chosen or ""
                )
            )
    forms.message(
        "Une même personne ne tient pas les deux places : les deux signatures sont de deux personnes."
    )
