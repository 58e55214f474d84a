"""Who writes in a dossier, and on whose behalf: a coordinator by the role, the candidate through a link of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.applications.steps import Party, party_of
from analysis.model import Account, Actor, Audience
from data.register.authors import CANDIDATE_AUTHOR
from data.register.errors import RegisterError
from data.register.operations import Operation, row_of
from data.store import tables

NAME = "Ce dossier"


@dataclass(frozen=True)
class Hand:
    """The author of what is written, and on whose behalf it is."""

    actor: Actor
    party: Party


def by(who: Account) -> Hand:
    """The hand of somebody who is at the screen."""
    return Hand(who.actor, party_of(who.role))


def candidate(application: str) -> Hand:
    """The hand of the candidate of one dossier, who came by a link: it writes in this dossier and in no other."""
    return Hand(
        Actor(f"{CANDIDATE_AUTHOR}{application}", "Le candidat", Audience.PUBLIC),
        Party.CANDIDATE,
    )


def coordinator(hand: Hand) -> None:
    """Raises RegisterError unless the hand is a coordinator's."""
    if hand.party is not Party.COORDINATOR:
        raise RegisterError(
            "Seul un coordinateur peut le faire.", advice="Demandez-le à un animateur du réseau."
        )


def dossier_row(current: Operation, application: str, hand: Hand) -> dict[str, Any]:
    """The dossier's row, made the subject of the operation. Raises RegisterError: gone, or of another candidate."""
    row = row_of(current.session, tables.application, application, NAME)
    if hand.party is Party.CANDIDATE and hand.actor.id != f"{CANDIDATE_AUTHOR}{application}":
        raise RegisterError("Ce lien n'ouvre pas ce dossier.")
    current.subject = ("application", application)
    current.facts["origin"] = row["origin"]
    return row
