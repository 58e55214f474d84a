"""What the door refuses. Every message says what is wrong and what to do, in French: it reaches the screen."""

from __future__ import annotations

from analysis.french import spaced


class AccessError(ValueError):
    """Something about profiles, roles or links is refused, and nothing is changed. `field` names what was entered."""

    def __init__(self, message: str, *, field: str = "") -> None:
        self.field = field
        super().__init__(spaced(message))


class WrongPin(AccessError):
    """The PIN is not that of the profile."""


class TooSoon(AccessError):
    """Too many wrong PINs: `seconds` to wait before the next one is even looked at."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        minutes, rest = divmod(seconds, 60)
        wait = f"{minutes} min {rest} s" if minutes else f"{rest} s"
        super().__init__(
            f"Trop de codes faux : attendez encore {wait} avant de réessayer. "
            "Code oublié ? Un administrateur peut en donner un autre, ou : python -m data.access pin."
        )


class StaleProfile(AccessError):
    """Somebody else changed the profile since it was read."""


class LastAdmin(AccessError):
    """Nobody would be left to administer."""


class LinkRefused(AccessError):
    """A contact's link is forged, expired, revoked, or its contact is gone."""


class TooOften(LinkRefused):
    """A link is good, and was used so often that it must wait."""
