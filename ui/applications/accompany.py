"""The accompaniment of a household: its sponsor, the tasks of the territory's file that fit who arrives, and how far they are."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from analysis import french
from analysis.applications.household import Household, Task, checklist, places, progress
from analysis.applications.school import known_until, school_holidays
from analysis.french import NNBSP
from data import applications
from data.applications import Dossier
from ui import access, audience_state, following, frame, navigation
from ui.applications import tasks
from ui.applications.parts import PAGE, DossierDesk
from ui.forms import Form

_BEFORE = ("received", "read", "met", "declined", "withdrawn", "lost")
_AROUND = dt.timedelta(days=800)
"""How far from the arrival a task may lie, and a holiday move it (`data.following`: -365 to 730 days)."""


def show_accompaniment(desk: DossierDesk, found: Dossier) -> None:
    """The sponsor and the checklist, once somebody is accepted."""
    if found.state.step in _BEFORE:
        frame.note("L’accompagnement commence quand le dossier est retenu.")
        return
    _sponsor(desk, found)
    st.subheader("Ce qu’il y a à faire", anchor=False)
    household = found.who_arrives()
    kept = [task for task in found.tasks if task.template]
    if household is None and not kept:
        frame.note("Il manque la date d’arrivée ou le foyer : complétez « Ce qu’il dit ».")
        return
    if kept:
        listed = [Task(each.template, each.topic, each.title or "", each.due or desk.today) for each in kept]
        done = [each.template for each in kept if each.done_on is not None]
        frame.sentence(progress(listed, done, desk.today).sentence())
    _ways(desk, found)
    tasks.show(desk, found, kept, "Aucune tâche d’accompagnement encore.")
    if household is not None:
        _update(desk, found, household)


def _ways(desk: DossierDesk, found: Dossier) -> None:
    """To the watch for the dwelling, and to what is known of the commune: its town hall, its connection."""
    commune = found.wishes[0] if found.wishes else ""
    ways = [("veille", "Chercher un logement dans la veille", {"section": "foyers"})]
    if commune:
        name = desk.territory.name_of.get(commune, commune)
        ways.append(("commune", f"Voir {name}{NNBSP}: mairie, connexion", {"commune": commune}))
    with st.container(horizontal=True, gap="medium"):
        for path, label, query in ways:
            page = navigation.page_at(path)
            if navigation.may_open(page, access.account()):
                st.page_link(
                    page.file, label=label, icon=page.icon, query_params={**query, **audience_state.carried()}
                )


def _update(desk: DossierDesk, found: Dossier, household: Household) -> None:
    """The tasks that fit, taken over at a click."""
    rules = desk.territory.following
    commune = found.wishes[0] if found.wishes else ""
    closed = (
        school_holidays(rules.zone, household.arrival - _AROUND, household.arrival + _AROUND)
        if rules.zone
        else ()
    )
    named = places(commune, desk.territory.name_of.get(commune, ""), rules.groupings)
    wanted = checklist(household, rules.tasks, closed, named)
    PAGE.show_refusal("checklist")
    many = french.counted(len(wanted), "tâche", "tâches")
    frame.note(f"Pour ce foyer, arrivée le {french.date(household.arrival)} : {many} d’après le territoire.")
    if any(task.topic == "school" for task in wanted) and rules.zone:
        text = f"Les tâches de l’école évitent les vacances de la zone {rules.zone} (calendrier scolaire, education.gouv.fr)"
        if (end := known_until()) < household.arrival + dt.timedelta(60):
            text += f"{NNBSP}; il n’est connu que jusqu’au {french.date(end)}"
        frame.note(f"{text}.")
    if st.button("Mettre l’accompagnement à jour", icon=":material/checklist:"):
        try:
            PAGE.done(applications.add_tasks(desk.store, desk.hand, application=found.id, tasks=wanted))
        except ValueError as error:
            PAGE.refuse(error, "checklist")
        st.rerun()


def _sponsor(desk: DossierDesk, found: Dossier) -> None:
    """The member who sponsors the newcomer, and the agreement without which nobody is named."""
    st.subheader("Parrain", anchor=False)
    here = {each.member: each for each in following.sponsors(desk.origin, desk.today)}
    names = desk.territory.name_of
    words = {
        each.member: ", ".join(part for part in (each.label, each.trade, names.get(each.commune, "")) if part)
        for each in sorted(here.values(), key=lambda each: each.commune not in found.wishes)
    }
    if found.sponsor:
        who = words.get(found.sponsor, "un membre qui n’est plus là")
        agreed = (
            f", d’accord pour l’être depuis le {french.date(found.sponsor_agreed_on)}"
            if found.sponsor_agreed_on
            else ""
        )
        frame.sentence(f"{who}{agreed}.")
    else:
        frame.note("Personne encore. Demandez à un membre s’il accepte, puis nommez-le.")
    if not words:
        frame.note("Le registre n’a pas de membre installé à qui le demander.")
        return
    form = Form(PAGE, "sponsor", found.id)
    form.show_refusal()
    seen = PAGE.snapshot(f"dossier:{found.id}", found.version)
    with st.form("dossiers-sponsor"):
        left, right = st.columns([3, 2])
        with left:
            member = form.choice(
                "Membre (ceux des communes souhaitées d’abord)", "member", words, found.sponsor
            )
        with right:
            agreed_on = form.day("A accepté d’être sollicité le", "agreed_on", found.sponsor_agreed_on)
        sent = st.form_submit_button("Nommer le parrain", icon=":material/handshake:")
    if sent:
        form.run(
            lambda: applications.set_sponsor(
                desk.store, desk.hand, desk.today, application=found.id, member=member, agreed_on=agreed_on, seen=seen
            )
        )  # fmt: skip
