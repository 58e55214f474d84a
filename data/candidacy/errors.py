"""What the public form refuses. Every message says what is wrong and what to do, in French: it reaches the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.french import spaced


class CandidacyError(ValueError):
    """Something a candidate sends is refused, and nothing is changed."""

    def __init__(self, message: str) -> None:
        super().__init__(spaced(message))


class TooOften(CandidacyError):
    """The same address, or everybody together, asks too often: a robot, or a town hall that helps many people on one day."""


class NoDraft(CandidacyError):
    """No candidacy under way bears this number, or its delay is over."""


class FollowRefused(CandidacyError):
    """A link of the follow-up page that is incomplete, altered, expired, revoked, or whose dossier is gone."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one answer. `field` names it; `message` says what is wrong and what to do."""

    field: str
    message: str


class AnswersRefused(CandidacyError):
    """Answers of one step that cannot be taken; all that is wrong with them at once. What was typed is kept."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problem.message for problem in self.problems))
