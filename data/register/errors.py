"""What the register refuses. Every message says what is wrong and what to do, in French: it reaches the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.french import spaced


class RegisterError(ValueError):
    """An entry is refused and nothing is changed.

    `field` names what was entered (empty for the whole), `value` what it held, `advice` what to do.
    """

    def __init__(self, message: str, *, field: str = "", value: object = "", advice: str = "") -> None:
        self.field = field
        self.value = "" if value is None else str(value)
        self.advice = spaced(advice)
        self.message = spaced(message)
        super().__init__(f"{self.message} {self.advice}".strip())


class OutsideTerritory(RegisterError):
    """A commune that exists but is not of the territory: a move there is a departure."""

    def __init__(self, code: str, name: str, value: object) -> None:
        self.code, self.name = code, name
        self.reason = f"installation à {name} (hors du territoire)"
        super().__init__(
            f"« {name} » ({code}) n'est pas une commune du territoire.",
            field="commune",
            value=value,
            advice="Pour un membre qui s'y installe, enregistrez un départ.",
        )


class FormerCommune(RegisterError):
    """A commune that no longer exists; `code` and `name` are those of today's commune, `inside` the territory or not."""

    def __init__(self, former: str, code: str, name: str, inside: bool, value: object) -> None:
        self.code, self.name, self.inside = code, name, inside
        here = "" if inside else ", hors du territoire"
        super().__init__(
            f"« {former} » n'est plus une commune : elle fait partie de {name} ({code}){here}.",
            field="commune",
            value=value,
            advice=f"Choisissez {name} si c'est bien là." if inside else "Enregistrez plutôt un départ.",
        )


@dataclass(frozen=True)
class Match:
    """Somebody already known who looks like the person being entered.

    `why`: what is the same (« même nom », « même téléphone »). `role`: member, contact, application or person.
    """

    person: str
    label: str
    why: tuple[str, ...]
    role: str
    member: str | None = None


class SamePerson(RegisterError):
    """The person seems to be known already: the caller must say whether it is the same, and the answer is kept."""

    def __init__(self, matches: Sequence[Match]) -> None:
        self.matches = tuple(matches)
        first = self.matches[0]
        more = f" (et {len(self.matches) - 1} de plus)" if len(self.matches) > 1 else ""
        super().__init__(
            f"Cette personne semble déjà connue : {first.label}, {' et '.join(first.why)}{more}.",
            field="same_as",
            advice="Dites s'il s'agit de la même personne ; rien n'est enregistré en attendant.",
        )


class Conflict(RegisterError):
    """Somebody changed the row since it was read. `newest` is the state as it stands, by column."""

    def __init__(self, who: str, by: str, newest: Mapping[str, Any]) -> None:
        self.newest = dict(newest)
        super().__init__(
            f"{who} vient d'être modifié ailleurs{by}.",
            advice="Rien n'a été enregistré. L'état actuel est affiché ; votre saisie est gardée : "
            "relisez, puis enregistrez de nouveau si elle convient toujours.",
        )


class CannotUndo(RegisterError):
    """A change that cannot be undone now, with the reason."""


class AlreadyReceived(RegisterError):
    """What a phone sends came before and was written then; the message is the answer that it got."""
