"""Who is here and what they may ask for. Until profiles exist, the one local profile is a coordinator's."""

from __future__ import annotations

from analysis.model import LOCAL_ACTOR, Actor, Audience

CIRCLES = list(Audience)


def current_actor() -> Actor:
    """The person at the screen. The application listens on the loopback address: whoever is there keeps the register."""
    return LOCAL_ACTOR


def audiences(actor: Actor) -> list[Audience]:
    """The audiences for which `actor` may ask an answer: their own circle and the wider ones."""
    return CIRCLES[: CIRCLES.index(actor.audience) + 1]
