"""Candidates' dossiers in the store: written by legal moves only, read by who may read what, taken back like the register.

::

    hand = by(account)
    change = create(store, territory, hand, today, origin="real", person=PersonFields(name="…"), fields=DossierFields(…))
    move(store, hand, today, application=change.subject, step="read", note="…", seen=1)
    undo(store, change.operation, hand.actor)

Each function is one transaction and one line of the register's history. The history of a dossier is only ever added to, must be a legal
walk (`analysis.applications.steps`) and is held so also by an undo. What is refused is a RegisterError, in French; nothing has changed.
Readings take the viewer: until both assessors have signed, neither's marks, remarks and words leave the store for anybody else.
"""

from data.applications.arrival import HERE, Reception, make_member, prepare_reception, reception
from data.applications.assessing import save_grid, sign
from data.applications.drafts import (
    Draft,
    draft,
    drafts_of,
    keep_draft,
    remove_draft,
    save_draft,
    start_draft,
)
from data.applications.fields import DossierFields, HouseholdFields
from data.applications.hand import Hand, by, candidate
from data.applications.newcomers import arrivals
from data.applications.reading import (
    Document,
    Dossier,
    HistoryLine,
    Task,
    decided_doubles,
    dossier,
    dossiers,
    duties,
    grids_decided,
    groups,
    identities,
    moves,
    pauses,
    signatures,
    tasks_due,
)
from data.applications.sponsor import Sponsor, set_sponsor, sponsors
from data.applications.standing import Standing, coordinators, standing
from data.applications.tasks import add_task, add_tasks, change_task, finish_task, reopen_task
from data.applications.writing import (
    Choice,
    change,
    conclude,
    correct,
    create,
    judge_double,
    move,
    note,
    pause,
    set_duty,
    wake,
)
from data.register import undo

__all__ = [
    "HERE",
    "Choice",
    "Document",
    "Dossier",
    "DossierFields",
    "Draft",
    "Hand",
    "HistoryLine",
    "HouseholdFields",
    "Reception",
    "Sponsor",
    "Standing",
    "Task",
    "add_task",
    "add_tasks",
    "arrivals",
    "by",
    "candidate",
    "change",
    "change_task",
    "conclude",
    "coordinators",
    "correct",
    "create",
    "decided_doubles",
    "dossier",
    "dossiers",
    "draft",
    "drafts_of",
    "duties",
    "finish_task",
    "grids_decided",
    "groups",
    "identities",
    "judge_double",
    "keep_draft",
    "make_member",
    "move",
    "moves",
    "note",
    "pause",
    "pauses",
    "prepare_reception",
    "reception",
    "remove_draft",
    "reopen_task",
    "save_draft",
    "save_grid",
    "set_duty",
    "set_sponsor",
    "sign",
    "signatures",
    "sponsors",
    "standing",
    "start_draft",
    "tasks_due",
    "undo",
    "wake",
]
