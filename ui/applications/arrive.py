"""The newcomer: a member with consent, and the reception by the commune with its invitation."""

from __future__ import annotations

import datetime as dt
from typing import Any

import streamlit as st

from analysis import french
from analysis.applications.reception import Invitation, answer_to
from analysis.model import Right
from data import applications, reference
from data.applications import Dossier
from data.register import DEFAULT_CONSENT, Consent
from reports.invitation import invitation_pdf
from ui import access, accesses, following, frame
from ui.applications import parts
from ui.applications.parts import PAGE, DossierDesk
from ui.forms import Form


def show_arrival(desk: DossierDesk, found: Dossier) -> None:
    """What becomes of a settled dossier; nothing before."""
    if found.state.step not in ("housed", *applications.HERE):
        return
    if found.state.step in applications.HERE:
        _member(desk, found)
    _reception(desk, found)


def _member(desk: DossierDesk, found: Dossier) -> None:
    st.subheader("Membre du réseau", anchor=False)
    if found.member is not None:
        frame.note("Cette personne est membre : son séjour et son consentement sont dans le registre.")
        return
    names = dict(sorted(desk.territory.name_of.items(), key=lambda pair: french.sort_key(pair[1])))
    form = Form(PAGE, "member", found.id)
    form.show_refusal()
    seen = PAGE.snapshot(f"dossier:{found.id}", found.version)
    with st.form("dossiers-member"):
        frame.note("Nom, métier et jour d’installation sont repris du dossier ; rien n’est retapé.")
        commune = form.choice(
            "Commune d’installation", "commune", names, found.wishes[0] if found.wishes else None
        )
        agreed = st.checkbox("La personne a été interrogée et l’accepte", key=form.key("agreed", False))
        text = form.text("Texte accepté", "text", DEFAULT_CONSENT)
        on = form.day("Accepté le", "on", desk.today)
        sent = st.form_submit_button("En faire un membre", type="primary", icon=":material/person_add:")
    if sent:
        consent = Consent(text, on) if agreed else None
        form.run(
            lambda: applications.make_member(
                desk.store, desk.territory, desk.hand, desk.today,
                application=found.id, commune=commune or "", consent=consent, seen=seen,
            )
        )  # fmt: skip


def _reception(desk: DossierDesk, found: Dossier) -> None:
    st.subheader("Réception par la commune", anchor=False)
    with desk.store.read() as session:
        known = applications.reception(session, found.id)
    names = dict(sorted(desk.territory.name_of.items(), key=lambda pair: french.sort_key(pair[1])))
    if known is not None and known.event is not None:
        frame.note("La réception a eu lieu : elle est un événement du réseau.")
    elif waits := following.wait_of(found.id, desk.origin, desk.today):
        frame.note(f"{waits}.")
    form = Form(PAGE, "reception", found.id)
    form.show_refusal()
    seen = PAGE.snapshot(f"reception:{found.id}", known.version if known else None, "reception")
    form.show_clashes(_LABELS, lambda field, value: _words(desk, field, value))
    with st.form("dossiers-reception"):
        left, right = st.columns(2)
        with left:
            on = form.day("Jour", "on", known.on if known else None)
            hour = form.text("Heure", "hour", known.hour if known else "", placeholder="18:30")
            commune = form.choice(
                "Commune",
                "commune",
                names,
                (known.commune if known else "") or (found.wishes[0] if found.wishes else None),
            )
            place = form.text("Lieu", "place", known.place if known else "", placeholder="salle du conseil")
        with right:
            invited = st.text_area(
                "Invités, un par ligne", key=form.key("invited", "\n".join(known.invited) if known else "")
            )
            presentation = st.text_area(
                "Ce que présentera l’arrivant",
                key=form.key("presentation", known.presentation if known else ""),
                max_chars=1000,
            )
            summary = st.text_area(
                "Compte rendu, après", key=form.key("summary", known.summary if known else ""), max_chars=1000
            )
        sent = st.form_submit_button("Enregistrer la réception", icon=":material/celebration:")
    if sent:
        form.run(
            lambda: applications.prepare_reception(
                desk.store, desk.territory, desk.hand, desk.today, application=found.id, on=on, hour=hour,
                commune=commune or "", place=place, invited=invited.splitlines(), presentation=presentation, summary=summary,
                seen=seen, choices=parts.choices(form, _LABELS, lambda field, value: _words(desk, field, value)),
            ),
            lambda: _newest(desk, found),
        )  # fmt: skip
    if known is not None and known.on is not None:
        _invitation(desk, found, known)


_LABELS = {
    "on": "Jour",
    "hour": "Heure",
    "commune": "Commune",
    "place": "Lieu",
    "invited": "Invités",
    "presentation": "Présentation",
    "summary": "Compte rendu",
}


def _newest(desk: DossierDesk, found: Dossier) -> dict[str, Any]:
    """The reception's form as the store has it now."""
    with desk.store.read() as session:
        known = applications.reception(session, found.id)
    if known is None:
        return {}
    kept = {name: getattr(known, name) for name in _LABELS}
    return kept | {"commune": known.commune or None, "invited": "\n".join(known.invited)}


def _words(desk: DossierDesk, field: str, value: Any) -> str:
    if isinstance(value, dt.date):
        return french.date(value)
    if field == "commune":
        return desk.territory.name_of.get(value or "", "rien")
    return ", ".join(str(value or "").splitlines()) or "rien"


def _invitation(desk: DossierDesk, found: Dossier, known: applications.Reception) -> None:
    """The invitation as text to paste and on paper."""
    told = invitation(desk, found, known)
    st.text_area("Invitation à copier", told.text(), height=280)
    if told.lacking:
        frame.note(f"Pour l’invitation imprimée, il manque encore {french.join(told.lacking)}.")
        return
    actor = access.current_actor()  # the file is made after the page's run, where nobody is at the screen

    def made() -> bytes:
        accesses.note("export", found.person, actor)
        return invitation_pdf(
            told, made=desk.today, territory=desk.territory.name, demo=desk.origin == "demo"
        )

    st.download_button(
        "Invitation (PDF)", access.guarded(made, right=Right.READ_PEOPLE), file_name="invitation.pdf",
        mime="application/pdf", on_click="ignore", icon=":material/picture_as_pdf:", key=PAGE.key("invitation"),
        help="Une page A4 à imprimer ou à joindre. La liste des invités n’y est pas.",
    )  # fmt: skip


def invitation(desk: DossierDesk, found: Dossier, known: applications.Reception) -> Invitation:
    """What is said to those invited; they answer to the town hall, as published."""
    commune = desk.territory.name_of.get(known.commune, "")
    halls = reference.town_halls([known.commune] if commune else [])
    reach = dict(halls.iloc[0].dropna()) if len(halls) else {}
    return Invitation(
        network=desk.territory.network.name,
        who=found.label,
        trade=found.trade,
        day=known.on,
        hour=known.hour,
        place=known.place,
        commune=commune,
        presentation=known.presentation,
        answer=answer_to(commune, str(reach.get("phone", "")), str(reach.get("email", ""))),
    )
