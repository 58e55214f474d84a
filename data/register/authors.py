"""Who wrote a line of the history: a profile, a contact through its link, this program."""

from __future__ import annotations

from analysis.model import COMMAND_ACTOR, LOCAL_ACTOR, SYSTEM_ACTOR
from data.store import Session, tables

CONTACT_AUTHOR = "contact:"
"""What the author's id of a contact's own report begins with."""
CANDIDATE_AUTHOR = "candidate:"
"""What the author's id of a candidate's own line begins with; the dossier's id follows."""
DEMO_AUTHORS = {
    "demo:founder": "Coordinateur 1 (démonstration)",
    "demo:councillor": "Coordinateur 2 (démonstration)",
}
"""The two who follow the dossiers of the demonstration: nobody signs in as them."""


def author(session: Session, actor: str) -> str:
    """Who an author's id stands for: a profile, a contact (``contact:`` and its id), this program."""
    found = session.get(tables.profile, actor)
    if found is not None:
        return f"{found['label']} (profil retiré)" if found["removed_at"] else str(found["label"])
    if actor.startswith(CONTACT_AUTHOR):
        row = session.get(tables.contact, actor.removeprefix(CONTACT_AUTHOR))
        return f"{row['label']} (par son lien)" if row is not None else "correspondant effacé"
    if actor.startswith(CANDIDATE_AUTHOR):
        return "le candidat (par son lien)"
    if actor in DEMO_AUTHORS:
        return DEMO_AUTHORS[actor]
    known = {each.id: each.label for each in (LOCAL_ACTOR, SYSTEM_ACTOR, COMMAND_ACTOR)}
    return known.get(actor, actor)
