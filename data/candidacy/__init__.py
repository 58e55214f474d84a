"""Candidacies: what a candidate types at /candidater, kept as one goes, sent, followed by a link, and taken in as a dossier.

::

    number = start(store, origin)
    save(store, number, 1, {"project": "…"}, territory, today)
    send(store, number, territory, today)

What is refused is a CandidacyError, in French.
"""

from data.candidacy.answers import CONSENT, LAST, NAMES, STEPS, Question, Step, check_all, check_step, step_of
from data.candidacy.attempts import count, visitor
from data.candidacy.drafts import (
    CODE_KEPT,
    KEPT,
    Draft,
    confirm_address,
    make_code,
    read_link,
    read_number,
    resume,
    save,
    send,
    signed_number,
    spaced_number,
    start,
)
from data.candidacy.errors import (
    AnswersRefused,
    CandidacyError,
    FollowRefused,
    NoDraft,
    Problem,
    TooOften,
)
from data.candidacy.links import Followed, followed, give_follow_link, own_link, revoke_follow_links
from data.candidacy.taking import Held, forget, goes_straight, held, set_aside, take_in

__all__ = [
    "CODE_KEPT",
    "CONSENT",
    "KEPT",
    "LAST",
    "NAMES",
    "STEPS",
    "AnswersRefused",
    "CandidacyError",
    "Draft",
    "FollowRefused",
    "Followed",
    "Held",
    "NoDraft",
    "Problem",
    "Question",
    "Step",
    "TooOften",
    "check_all",
    "check_step",
    "confirm_address",
    "count",
    "followed",
    "forget",
    "give_follow_link",
    "goes_straight",
    "held",
    "make_code",
    "own_link",
    "read_link",
    "read_number",
    "resume",
    "revoke_follow_links",
    "save",
    "send",
    "set_aside",
    "signed_number",
    "spaced_number",
    "start",
    "step_of",
    "take_in",
    "visitor",
]
