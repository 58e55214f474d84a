"""The accompaniment of a household: the tasks of the territory's file that fit who arrives, and how far they are."""

from __future__ import annotations

import streamlit as st

from analysis import french
from analysis.applications.household import Task, checklist, progress
from data import applications
from data.applications import Dossier
from ui import frame
from ui.applications import tasks
from ui.applications.parts import PAGE, DossierDesk

_BEFORE = ("received", "read", "met", "declined", "withdrawn", "lost")


def show_accompaniment(desk: DossierDesk, found: Dossier) -> None:
    """The checklist, once somebody is accepted."""
    if found.state.step in _BEFORE:
        frame.note("L’accompagnement commence quand le dossier est retenu.")
        return
    household = found.who_arrives()
    kept = [task for task in found.tasks if task.template]
    if household is None and not kept:
        frame.note("Il manque la date d’arrivée ou le foyer : complétez « Ce qu’il dit ».")
        return
    if kept:
        listed = [Task(each.template, each.topic, each.title or "", each.due or desk.today) for each in kept]
        done = [each.template for each in kept if each.done_on is not None]
        frame.sentence(progress(listed, done, desk.today).sentence())
    tasks.show(desk, found, kept, "Aucune tâche d’accompagnement encore.")
    if household is None:
        return
    wanted = checklist(household, desk.territory.following.tasks)
    PAGE.show_refusal("checklist")
    many = french.counted(len(wanted), "tâche", "tâches")
    frame.note(f"Pour ce foyer, arrivée le {french.date(household.arrival)} : {many} d’après le territoire.")
    if st.button("Mettre l’accompagnement à jour", icon=":material/checklist:"):
        try:
            PAGE.done(applications.add_tasks(desk.store, desk.hand, application=found.id, tasks=wanted))
        except ValueError as error:
            PAGE.refuse(error, "checklist")
        st.rerun()
