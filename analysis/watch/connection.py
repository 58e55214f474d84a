"""« Télétravaillable ? »: whether the connection of a dwelling is enough for a trade, how sure that is, and where else to work.

What a trade asks is the network's own reading, no norm. What is said of the dwelling goes first; else the dwelling is taken as any of the
commune's premises, by their best technology (ARCEP), and nobody knows which one it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analysis import french
from analysis.french import NNBSP
from analysis.vocabulary import CONNECTIONS

LEVELS: Final[Mapping[str, str]] = {
    "fibre": "gros fichiers, vidéo en direct",
    "fast": "appels vidéo, fichiers en ligne",
    "any": "textes et courriels",
}
"""What a trade asks of its connection, the most demanding first: code → French words."""
USUAL = "fast"
"""What is taken of a trade that nothing is said of."""
ENOUGH: Final[Mapping[str, Mapping[str, bool | None]]] = {
    "fibre": {"fibre": True, "copper": False, "mobile": False, "satellite": False, "none": False},
    "fast": {"fibre": True, "copper": None, "mobile": None, "satellite": False, "none": False},
    "any": {"fibre": True, "copper": True, "mobile": True, "satellite": None, "none": False},
}
"""Level → connection → whether it is enough; None: some lines are, others not."""
BEST: Final[Mapping[str, str]] = {
    "best_ftth": "fibre",
    "best_copper": "copper",
    "best_4g": "mobile",
    "best_other": "satellite",
}
"""Best technology of a premises (`telework.TECHNOLOGIES`) → connection."""


@dataclass(frozen=True)
class Workable:
    """`low` and `high`: the chance (0 to 1) that the connection is enough, both None where nothing is known. `text` in French, no stop."""

    low: float | None
    high: float | None
    text: str

    @property
    def sure(self) -> bool:
        """It is enough, whichever line the dwelling has."""
        return self.low == 1


def workable(
    level: str, connection: str | None, premises: Mapping[str, float] | None, place: str
) -> Workable:
    """Whether a dwelling is enough for a trade that asks `level`.

    `connection`: what was said (a code of `CONNECTIONS`), None when nothing was; `premises`: the commune's premises by connection
    (numbers), None where they are not published; `place`: the commune's name. Raises KeyError for another level or connection.
    """
    enough = ENOUGH[level]
    if connection is not None:
        found, words = enough[connection], CONNECTIONS[connection]
        if found is None:
            return Workable(0.0, 1.0, f"à essayer{NNBSP}: {words}, le débit varie d’une adresse à l’autre")
        return Workable(float(found), float(found), f"{'oui' if found else 'non'}{NNBSP}: {words}")
    total = sum(premises.values()) if premises else 0.0
    if premises is None or not total:
        return Workable(None, None, "on ne sait pas, connexion à demander")
    low = sum(count for kind, count in premises.items() if enough[kind] is True) / total
    high = sum(count for kind, count in premises.items() if enough[kind] is not False) / total
    fibre = premises.get("fibre", 0.0)
    why = f"{french.number(fibre)} locaux sur {french.number(total)} ont la fibre {french.at_place(place)}, connexion à demander"
    chances = french.number(100 * low)
    if round(100 * high) > round(100 * low):
        chances += f" à {french.number(100 * high)}"
    return Workable(low, high, f"{chances} chances sur 100{NNBSP}: {why}")


def plan_b(found: Workable, centre: str | None, km: float | None, *, here: bool = False) -> str:
    """« sinon, télécentre le plus proche : Boitron, à 6 km »; empty where the dwelling is enough or no telecentre is known."""
    if found.sure or centre is None or km is None:
        return ""
    where = (
        f"dans la commune ({centre})"
        if here
        else f"{centre}, à {french.quantity(km, 'km') if km >= 1 else 'moins d’un km'}"
    )
    return f"sinon, télécentre le plus proche{NNBSP}: {where}"
