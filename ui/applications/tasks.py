"""What there is to do for a dossier, with a day and who does it."""

from __future__ import annotations

import streamlit as st

from analysis import french
from analysis.french import NNBSP
from data import applications
from data.applications import Dossier, Task
from ui import forms, frame
from ui.applications.parts import PAGE, DossierDesk
from ui.forms import Form


def show_tasks(desk: DossierDesk, found: Dossier) -> None:
    """Those to do, the earliest first, then those done, then a new one."""
    st.subheader("Tâches", anchor=False)
    own = [task for task in found.tasks if not task.template]
    show(desk, found, own, "Aucune tâche.")
    form = Form(PAGE, "task", found.id)
    form.show_refusal()
    with st.form("dossiers-task"):
        left, middle, right = st.columns([2, 1, 1])
        with left:
            title = form.text("Ce qu’il y a à faire", "title")
        with middle:
            due = form.day("Pour le", "due")
        with right:
            owner = form.choice("Par", "owner", desk.people, desk.me)
        if not found.open:
            frame.note("Jusqu’aux deux signatures, les mots d’une tâche ne sont lus que par qui l’écrit.")
        sent = st.form_submit_button("Ajouter la tâche", icon=":material/add_task:")
    if sent:
        form.run(
            lambda: applications.add_task(
                desk.store, desk.hand, application=found.id, title=title, due=due, owner=owner or ""
            )
        )


def show(desk: DossierDesk, found: Dossier, tasks: list[Task], none: str) -> None:
    """Tasks, each with its tick."""
    if not tasks:
        frame.note(none)
    PAGE.show_refusal("task")
    for task in sorted(
        tasks, key=lambda each: (each.done_on is not None, each.due is None, each.due or desk.today)
    ):
        text, button = st.columns([5, 1], vertical_alignment="center")
        title = task.title or "Tâche lue après les deux signatures"
        who = found.names.get(task.owner) or desk.people.get(task.owner, "")
        late = task.done_on is None and task.due is not None and task.due < desk.today
        when = f"pour le {french.date(task.due)}" if task.due else "sans date"
        head = f"{who}, {when}{f'{NNBSP}: en retard' if late else ''}"
        if task.done_on is not None:
            head = f"fait le {french.date(task.done_on)} par {found.names.get(task.done_by, '')}"
        with text:
            forms.line(title, head, [], struck=task.done_on is not None)
        done = task.done_on is not None
        if button.button(
            "À refaire" if done else "Fait", key=PAGE.key(f"task:{task.id}"), width="stretch", help=title
        ):
            try:
                if done:
                    PAGE.done(
                        applications.reopen_task(desk.store, desk.hand, task=task.id, seen=task.version)
                    )
                else:
                    PAGE.done(
                        applications.finish_task(
                            desk.store, desk.hand, desk.today, task=task.id, seen=task.version
                        )
                    )
            except ValueError as error:
                PAGE.refuse(error, "task")
            st.rerun()
