"""Importing a file in five reversible steps, and what was imported before: who, when, what it changed, how to take it back."""

import streamlit as st

from analysis import view
from data.imports.model import Draft
from data.store import StoreError
from ui import (
    forms,
    frame,
    gate,
    import_changes,
    import_checks,
    import_columns,
    import_file,
    import_history,
    import_parts,
    import_recognised,
    import_work,
    loading,
)
from ui.filters import Filters
from ui.import_work import Work

TABS = {"importer": "Importer", "historique": "Historique"}


def parameters() -> list[view.Parameter]:
    """Everything this page reads from its address."""
    return [
        view.Parameter("onglet", "importer", list(TABS)),
        view.Parameter("import", pattern=import_history.NUMBER),
    ]


def go(step: str) -> None:
    """Open a step; nothing that was chosen in another is lost."""
    work = import_work.current()
    if work is not None:
        work.step, work.notice = step, ""


def importer() -> None:
    """The step at which the file is."""
    work = import_work.current()
    if work is None:
        import_parts.stepper("fichier", {"fichier"}, go)
        import_file.show(None, go)
        return
    if work.published is not None:
        import_parts.stepper("publie", set(), go)
        import_changes.published(work)
        return
    if work.step == "fichier":
        import_parts.stepper("fichier", import_parts.reachable(work, work.draft), go)
        import_file.show(work, go)
        return
    draft = import_work.ready(work)
    if draft is not None:
        step(work, draft)


def step(work: Work, draft: Draft) -> None:
    """One of the steps that look at the draft; back to the last one that can still be opened."""
    open_steps = import_parts.reachable(work, draft)
    if work.step not in open_steps:
        work.step = next(each for each in reversed(import_parts.NUMBERED) if each in open_steps)
    if not import_work.allowed(draft):
        work.step, open_steps = "reconnu", {"fichier", "reconnu"}
    import_parts.stepper(work.step, open_steps, go)
    if work.notice:
        forms.message(work.notice)
    shown = {
        "reconnu": import_recognised.show,
        "colonnes": import_columns.show,
        "controles": import_checks.show,
        "changements": import_changes.show,
    }
    shown[work.step](work, draft, go)


def main() -> None:
    """Draw the page."""
    gate.require("importer")
    desk = loading.desk()
    filters = Filters("importer", parameters())
    frame.header("Importer", desk)
    filters.warn()
    tab = st.segmented_control(
        "Partie", list(TABS), format_func=TABS.__getitem__, required=True, key=filters.key("onglet"),
        label_visibility="collapsed",
    )  # fmt: skip
    try:
        if tab == "historique":
            import_history.show(filters)
        else:
            importer()
    except StoreError as error:
        forms.message(str(error), "alert")
    filters.publish()


main()
