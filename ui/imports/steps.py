"""The five steps of an import: which one is open, and what it shows."""

from __future__ import annotations

from data.imports.model import ComparedDraft, Draft, PlacedDraft
from ui import forms
from ui.imports import changes, checks, columns, file, parts, recognised
from ui.imports import work as import_work
from ui.imports.work import Work


def go(step: str) -> None:
    """Open a step; nothing that was chosen in another is lost."""
    work = import_work.current()
    if work is not None:
        work.step, work.notice = step, ""


def show_current_step() -> None:
    """The step at which the file is."""
    work = import_work.current()
    if work is None:
        parts.stepper("fichier", {"fichier"}, go)
        file.show_file_step(None, go)
        return
    if work.published is not None:
        parts.stepper("publie", set(), go)
        changes.published(work)
        return
    if work.step == "fichier":
        parts.stepper("fichier", parts.reachable(work, work.draft), go)
        file.show_file_step(work, go)
        work.keep()
        return
    work.keep()  # also while the draft is still being made
    draft = import_work.ready(work)
    if draft is not None:
        _step(work, draft)
        work.keep()


def _step(work: Work, draft: Draft) -> None:
    """One of the steps that look at the draft; back to the last one that can still be opened."""
    open_steps = parts.reachable(work, draft)
    if work.step not in open_steps:
        work.step = next(each for each in reversed(parts.NUMBERED) if each in open_steps)
    if not import_work.allowed(draft):
        work.step, open_steps = "reconnu", {"fichier", "reconnu"}
    parts.stepper(work.step, open_steps, go)
    if work.notice:
        forms.message(work.notice)
    if work.step == "changements" and isinstance(draft, ComparedDraft):
        changes.show_changes_step(work, draft, go)
    elif work.step == "controles" and isinstance(draft, PlacedDraft):
        checks.show_checks_step(work, draft, go)
    elif work.step == "colonnes" and isinstance(draft, PlacedDraft):
        columns.show_columns_step(work, draft, go)
    else:
        recognised.show_recognition_step(work, draft, go)
