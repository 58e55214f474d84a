"""The register's forms about members: one action at a time, on one member."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french
from data import register
from data.register import (
    Consent,
    Member,
    OutsideTerritory,
    PersonFields,
    Work,
    name_of,
)
from ui import accesses, forms, frame, tables
from ui.filters import Filters
from ui.forms import Form
from ui.register.parts import PAGE, RegisterDesk, offer_commune
from ui.tables import Column

ACTIONS: Mapping[str, str] = {
    "ajouter": "Ajouter",
    "demenager": "Déménager",
    "corriger": "Corriger",
    "depart": "Départ",
    "retour": "Retour",
    "consentement": "Consentement",
    "retirer": "Retirer",
}
_COLUMNS = [
    Column("label", "Membre"),
    Column("commune", "Commune"),
    Column("since", "Depuis"),
    Column("trade", "Métier"),
    Column("public", "Public"),
]


def show_members(desk: RegisterDesk, filters: Filters) -> None:
    """The whole part of the page about members."""
    with desk.store.read() as session:
        everybody = register.members(session, desk.origin)
    present = sum(member.present(desk.today) for member in everybody)
    frame.sentence(
        f"{french.quantity(len(everybody), 'membres inscrits')}, dont {french.quantity(present, 'présents')} aujourd'hui."
        if everybody
        else "Aucun membre dans ce registre."
    )
    action = filters["action"]
    if action == "ajouter":
        _add(desk, everybody)
    else:
        member = _choose(desk, everybody, action)
        if member is not None:
            _ACTS[action](desk, member)
    _list(desk, everybody)


def _choose(desk: RegisterDesk, everybody: list[Member], action: str) -> Member | None:
    """Which member; the state that is then on screen."""
    if not everybody:
        forms.message(french.spaced("Aucun membre dans ce registre. Commencez par « Ajouter »."))
        return None
    by_id = {member.id: member for member in everybody}
    key = PAGE.key(f"member:{desk.origin}")
    if st.session_state.get(key) not in by_id:
        st.session_state[key] = None
    chosen = st.selectbox(
        "Membre", list(by_id), index=None, key=key, placeholder="Choisir un membre",
        format_func=lambda i: _summary(by_id[i], desk.today) if i in by_id else "",
    )  # fmt: skip
    # The widget of a page that was left forgets; so it is kept apart.
    if chosen is None:
        frame.note(
            french.spaced("Choisissez un membre : tapez les premières lettres de son nom ou de sa commune.")
        )
        return None
    member: Member = PAGE.snapshot(f"member:{chosen}", by_id[chosen])
    accesses.note_once("view", member.person)
    _state(member, desk.today)
    return member


def _summary(member: Member, today: dt.date) -> str:
    last = member.last
    if last is None:
        return f"{member.label}, sans séjour"
    place = name_of(last.commune)
    return (
        f"{member.label}, {place}"
        if member.present(today)
        else f"{member.label}, {place} jusqu'au {last.left:%d/%m/%Y}"
        if last.left
        else f"{member.label}, {place}"
    )


def _state(member: Member, today: dt.date) -> None:
    """What the register says of a member, literally."""
    stays = " ; ".join(
        f"{name_of(s.commune)} {'du' if s.left else 'depuis le'} {s.arrived:%d/%m/%Y}"
        + (f" au {s.left:%d/%m/%Y}" if s.left else "")
        + (f" ({s.reason})" if s.reason else "")
        for s in member.stays
    )
    agreed = "public, par consentement"
    if member.consent_public and member.consent_on:
        agreed += f" du {member.consent_on:%d/%m/%Y}"
    parts = [
        f"{member.label} ({member.code})" if member.name else member.code,
        member.trade or "",
        member.email or "",
        member.phone or "",
        "données effacées"
        if member.erased
        else agreed
        if member.consent_public
        else "non public, sans consentement",
    ]
    forms.message(
        ", ".join(part for part in parts if part) + ".",
        "state",
        [french.spaced(f"Séjours : {stays or 'aucun'}.")],
    )


def _list(desk: RegisterDesk, everybody: list[Member]) -> None:
    if not everybody:
        return
    rows = pd.DataFrame(
        [
            {
                "label": member.label,
                "commune": name_of(member.last.commune) if member.last else "",
                "since": f"{member.last.arrived:%d/%m/%Y}"
                if member.present(desk.today) and member.last
                else "n'est plus là",
                "trade": member.trade or "",
                "public": "oui" if member.consent_public else "non",
            }
            for member in everybody
        ]
    )
    accesses.note_once("list")
    with st.expander(f"Tous les membres du registre ({len(everybody)})"):
        tables.show_table(rows, _COLUMNS, caption="Membres du registre, pour les animateurs")


# -- the forms -------------------------------------------------------------------------------------------------


def _person(form: Form, member: Member | None = None) -> PersonFields:
    left, right = st.columns(2)
    with left:
        name = form.text(
            "Nom", "name", member.name if member else "", autocomplete="off",
            help="Facultatif : sans nom, le membre s'appelle « Membre » et un numéro.",
        )  # fmt: skip
        email = form.text("Adresse électronique", "email", member.email if member else "", autocomplete="off")
    with right:
        phone = form.text("Téléphone", "phone", member.phone if member else "", autocomplete="off")
        website = form.text("Site internet", "website", member.website if member else "", autocomplete="off")
    return PersonFields(name, email, phone, website)


def _work(desk: RegisterDesk, form: Form, member: Member | None = None) -> Work:
    left, right = st.columns(2)
    trade = left.text_input("Métier", key=form.key("trade", (member.trade if member else "") or ""))
    with right:
        skills = form.text(
            "Savoir-faire",
            "skills",
            ", ".join(member.skills) if member else "",
            help="Séparés par des virgules.",
        )
    trains = st.checkbox("Forme d'autres membres", key=form.key("trains", member.trains if member else False))
    return Work(trade, skills, trains)


def _add(desk: RegisterDesk, everybody: list[Member]) -> None:
    form = Form(PAGE, "add", desk.origin)
    form.show_refusal()
    offer_commune(form)
    with st.form("registre-add"):
        st.subheader("Ajouter un membre", anchor=False)
        same_as = form.same_person()
        left, right = st.columns(2)
        with left:
            commune = form.commune(desk.names)
        with right:
            arrived = form.day("Arrivée", "arrived", desk.today)
            gone = form.day(
                "Départ (pour un membre du passé)",
                "left",
                None,
                help="Laissez vide pour quelqu'un qui est là.",
            )
        person = _person(form)
        work = _work(desk, form)
        with st.expander("Consentement (sans lui, la personne n'est montrée qu'aux animateurs)"):
            agrees = st.checkbox("A donné son consentement pour être public", key=form.key("agrees", False))
            text = st.text_area(
                "Texte du consentement", key=form.key("consent_text", register.DEFAULT_CONSENT), height=68
            )
            on = form.day("Consentement donné le", "consent_on", desk.today)
        sent = st.form_submit_button("Ajouter le membre", type="primary", icon=":material/person_add:")
    if sent:
        form.run(
            lambda: register.add_member(
                desk.store, desk.territory, desk.actor, desk.today,
                origin=desk.origin, commune=commune, arrived=arrived, left=gone, person=person, work=work,
                consent=Consent(text, on) if agrees else None, same_as=same_as,
            )
        )  # fmt: skip


def _not_there(member: Member) -> bool:
    if member.running is None:
        forms.message(
            f"{member.label} n'a pas de séjour en cours. Pour un retour, choisissez «\u202fRetour\u202f»."
        )
        return True
    return False


def _move(desk: RegisterDesk, member: Member) -> None:
    if _not_there(member):
        return
    form = Form(PAGE, "move", member.id)
    form.show_refusal()
    offer_commune(form)
    if isinstance(form.refused, OutsideTerritory):
        _offer_departure(form, member, form.refused)
    with st.form("registre-move"):
        st.subheader("Déménager dans une autre commune du territoire", anchor=False)
        left, right = st.columns(2)
        with left:
            commune = form.commune(desk.names)
        with right:
            on = form.day("Jour du déménagement", "on", desk.today)
            reason = form.text("Raison (facultative)", "reason")
        sent = st.form_submit_button("Enregistrer le déménagement", type="primary", icon=":material/moving:")
    if sent:
        form.run(
            lambda: register.move_member(
                desk.store, desk.territory, desk.actor, desk.today,
                member=member.id, commune=commune, on=on, reason=reason, seen=member.running,
            )
        )  # fmt: skip


def _offer_departure(form: Form, member: Member, error: OutsideTerritory) -> None:
    """A move outside is a departure: its form opens with the day and the reason filled in."""

    def depart() -> None:
        leaving = Form(PAGE, "leave", member.id)
        leaving.set("on", form.get("on"))
        leaving.set("reason", error.reason)
        st.session_state[PAGE.key("action")] = "depart"

    st.button("Enregistrer plutôt un départ", on_click=depart, icon=":material/logout:")


def _correct(desk: RegisterDesk, member: Member) -> None:
    form = Form(PAGE, "correct", member.id)
    form.show_refusal()
    with st.form("registre-correct"):
        st.subheader("Corriger la personne et le métier", anchor=False)
        same_as = form.same_person()
        person = _person(form, member)
        work = _work(desk, form, member)
        sent = st.form_submit_button("Enregistrer la correction", type="primary", icon=":material/edit:")
    if sent:
        form.run(
            lambda: register.correct_member(
                desk.store,
                desk.actor,
                member=member.id,
                person=person,
                work=work,
                seen=member.seen,
                same_as=same_as,
            ),
            lambda: _newest(desk, member.id),
        )
    if member.stays:
        _correct_stay(desk, member)


def _newest(desk: RegisterDesk, member_id: str) -> dict[str, Any]:
    with desk.store.read() as session:
        now = register.member(session, member_id)
    if now is None:
        return {}
    return {
        "name": now.name or "",
        "email": now.email or "",
        "phone": now.phone or "",
        "website": now.website or "",
        "trade": now.trade or "",
        "skills": ", ".join(now.skills),
        "trains": now.trains,
    }


def _correct_stay(desk: RegisterDesk, member: Member) -> None:
    stays = {s.id: s for s in reversed(member.stays)}
    st.subheader("Corriger un séjour", anchor=False)
    chosen = st.selectbox(
        "Séjour", list(stays), key=PAGE.key(f"stay:{member.id}"),
        format_func=lambda i: f"{name_of(stays[i].commune)}, arrivée le {stays[i].arrived:%d/%m/%Y}" if i in stays else "",
    )  # fmt: skip
    stay = stays[chosen]
    form = Form(PAGE, "stay", stay.id)
    form.show_refusal()
    offer_commune(form)
    with st.form("registre-stay"):
        left, right = st.columns(2)
        with left:
            commune = form.commune(desk.names, stay.commune)
            reason = form.text("Raison du départ", "reason", stay.reason)
        with right:
            arrived = form.day("Arrivée", "arrived", stay.arrived)
            gone = form.day(french.spaced("Départ (vide : encore là)"), "left", stay.left)
        sent = st.form_submit_button("Corriger le séjour", icon=":material/edit_calendar:")
    if sent:
        form.run(
            lambda: register.correct_stay(
                desk.store, desk.territory, desk.actor, desk.today, stay=stay.id, commune=commune,
                arrived=arrived, left=gone, reason=reason, seen=stay.version,
            ),
            lambda: _newest_stay(desk, member.id, stay.id),
        )  # fmt: skip


def _newest_stay(desk: RegisterDesk, member_id: str, stay_id: str) -> dict[str, Any]:
    with desk.store.read() as session:
        now = register.member(session, member_id)
    stay = next((s for s in now.stays if s.id == stay_id), None) if now is not None else None
    if stay is None:
        return {}
    return {"commune": stay.commune, "arrived": stay.arrived, "left": stay.left, "reason": stay.reason or ""}


def _leave(desk: RegisterDesk, member: Member) -> None:
    if _not_there(member):
        return
    form = Form(PAGE, "leave", member.id)
    form.show_refusal()
    with st.form("registre-leave"):
        st.subheader("Départ du territoire", anchor=False)
        left, right = st.columns(2)
        with left:
            on = form.day("Jour du départ", "on", desk.today)
        with right:
            reason = form.text("Raison (facultative)", "reason")
        sent = st.form_submit_button("Enregistrer le départ", type="primary", icon=":material/logout:")
    if sent:
        form.run(
            lambda: register.leave_member(
                desk.store,
                desk.actor,
                desk.today,
                member=member.id,
                on=on,
                reason=reason,
                seen=member.running,
            )
        )


def _return(desk: RegisterDesk, member: Member) -> None:
    if member.running is not None:
        forms.message(f"{member.label} a un séjour en cours{french.NNBSP}: il n'y a pas de retour à noter.")
        return
    form = Form(PAGE, "return", member.id)
    form.show_refusal()
    offer_commune(form)
    with st.form("registre-return"):
        st.subheader("Retour dans le territoire", anchor=False)
        left, right = st.columns(2)
        with left:
            commune = form.commune(desk.names)
        with right:
            on = form.day("Jour du retour", "on", desk.today)
        sent = st.form_submit_button("Enregistrer le retour", type="primary", icon=":material/login:")
    if sent:
        form.run(
            lambda: register.return_member(
                desk.store, desk.territory, desk.actor, desk.today, member=member.id, commune=commune, on=on
            )
        )


def _consent(desk: RegisterDesk, member: Member) -> None:
    form = Form(PAGE, "consent", member.id)
    form.show_refusal()
    if member.erased:
        forms.message("Les données de cette personne ont été effacées.")
    elif member.consent_public:
        forms.message(f"Texte accepté{french.NNBSP}: {member.consent_text or 'non gardé'}", "note")
        frame.note(
            "Le retrait prend effet tout de suite, sur tous les écrans et dans tous les fichiers à venir."
        )
        if st.button("Retirer le consentement", type="primary", icon=":material/visibility_off:"):
            form.run(lambda: register.withdraw_consent(desk.store, desk.actor, member.person))
    else:
        with st.form("registre-consent"):
            st.subheader("Noter un consentement", anchor=False)
            text = st.text_area(
                "Texte du consentement", key=form.key("text", register.DEFAULT_CONSENT), height=68
            )
            on = form.day("Donné le", "on", desk.today)
            sent = st.form_submit_button(
                "Noter le consentement", type="primary", icon=":material/visibility:"
            )
        if sent:
            form.run(
                lambda: register.give_consent(
                    desk.store,
                    desk.actor,
                    desk.today,
                    member.person,
                    Consent(text, on),
                    seen=member.seen["person"],
                )
            )


def _remove(desk: RegisterDesk, member: Member) -> None:
    form = Form(PAGE, "remove", member.id)
    form.show_refusal()
    frame.note(
        "Retirer efface des comptes un membre saisi par erreur, avec tous ses séjours. Quelqu'un qui a vraiment vécu ici et qui part "
        f"se note par «{french.NNBSP}Départ{french.NNBSP}». Un retrait s'annule."
    )
    if st.button("Retirer ce membre du registre", type="primary", icon=":material/person_remove:"):
        form.run(lambda: register.remove_member(desk.store, desk.actor, member=member.id, seen=member.seen))


_ACTS: Mapping[str, Any] = {
    "demenager": _move,
    "corriger": _correct,
    "depart": _leave,
    "retour": _return,
    "consentement": _consent,
    "retirer": _remove,
}
