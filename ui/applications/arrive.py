"""The newcomer: a member with consent, and the reception by the commune with its invitation."""

from __future__ import annotations

import streamlit as st

from analysis import french
from analysis.french import NNBSP
from data import applications
from data.applications import Dossier
from data.register import DEFAULT_CONSENT, Consent
from ui import frame
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
    form = Form(PAGE, "reception", found.id)
    form.show_refusal()
    seen = PAGE.snapshot(f"reception:{found.id}", known.version if known else None)
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
                seen=seen,
            )
        )  # fmt: skip
    if known is not None and known.on is not None:
        st.text_area("Invitation à copier", invitation(desk, found, known), height=220, disabled=False)


def invitation(desk: DossierDesk, found: Dossier, known: applications.Reception) -> str:
    """The invitation as text to paste."""
    at = f" à {known.hour.replace(':', f'{NNBSP}h{NNBSP}')}" if known.hour else ""
    where = ", ".join(part for part in (known.place, desk.territory.name_of.get(known.commune, "")) if part)
    day = french.date(known.on) if known.on else ""
    lines = [
        "Invitation",
        "",
        f"La commune et {desk.territory.network.name} vous invitent à faire connaissance avec {found.label}"
        + (f" ({found.trade})" if found.trade else "")
        + ",",
        f"le {day}{at}" + (f", {where}." if where else "."),
    ]
    if known.presentation:
        lines += ["", known.presentation]
    return "\n".join(lines)
