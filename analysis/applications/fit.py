"""How a dossier fits the network, in words: what the trade adds near whom, how alone one would be, the connection, what is needed.

It is read beside the two grids and adds up to nothing: there is no mark, no order of dossiers and no verdict on one. Distances are
those of `analysis.proximity`: between communes, as the crow flies.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from analysis import french
from analysis.french import NNBSP
from analysis.proximity import Point, distances
from analysis.telework import Verdict


class Complement(Protocol):
    """Two trades that have work for each other, and why, in French."""

    @property
    def first(self) -> str: ...
    @property
    def second(self) -> str: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True)
class Found:
    """Where something is: communes, and the figure that says so (« Écoles, 2025 »; empty for none to cite)."""

    communes: Collection[str]
    source: str = ""


@dataclass(frozen=True)
class Surroundings:
    """What is known around the wished communes.

    `names` and `points`: of every commune named here, in the territory or not (one without a point is at no known distance).
    `members`: `member`, `commune`, `trade` of those whom the reader may see one by one (`community.seen`). `telecentres`: their
    communes. `verdicts`: of telework, as far as they are known. `needs`: what households look for, in French (« une école »), and where it
    is; None where no file of it was imported.
    """

    names: Mapping[str, str]
    points: Mapping[str, Point]
    members: pd.DataFrame
    complements: Sequence[Complement] = ()
    telecentres: Collection[str] = ()
    verdicts: Sequence[Verdict] = ()
    needs: Mapping[str, Found | None] | None = None


@dataclass(frozen=True)
class Fit:
    """What is to be said: of the trade, and of each wished commune (INSEE code → sentences), in the order of the wishes."""

    trade: tuple[str, ...]
    communes: Mapping[str, tuple[str, ...]]


def fit(trade: str, wished: Sequence[str], around: Surroundings, wanted: Iterable[str] = ()) -> Fit:
    """The sentences for a dossier. `trade` may be empty, `wished` too (the trade is then compared with everybody, near nobody).

    `wanted`: which of `around.needs` this household has. Raises KeyError for a commune without a name or a need nobody declared.
    """
    told = tuple(wanted)
    return Fit(
        tuple(_trade(trade, wished, around)),
        {
            commune: (
                *_company(commune, around),
                _connection(commune, around),
                *(_need(need, commune, around) for need in told),
            )
            for commune in dict.fromkeys(wished)
        },
    )


def _trade(trade: str, wished: Sequence[str], around: Surroundings) -> Iterable[str]:
    if not trade.strip():
        yield f"Métier non dit{NNBSP}: ce qu’il apporterait au réseau ne se voit pas encore."
        return
    trades = around.members["trade"].fillna("").str.casefold()
    same = around.members[trades == trade.casefold()]
    if same.empty:
        yield f"{french.sentence(trade)}{NNBSP}: métier nouveau, aucun des membres connus ne l’exerce."
    else:
        who = french.counted(len(same), "membre l’exerce déjà", "membres l’exercent déjà")
        yield f"{french.sentence(trade)}{NNBSP}: {who}{_where(same['commune'], wished, around)}."
    for pair in around.complements:
        sides = (pair.first.casefold(), pair.second.casefold())
        if trade.casefold() not in sides:
            continue
        other = pair.second if sides[0] == trade.casefold() else pair.first
        them = around.members[trades == other.casefold()]
        if them.empty:
            yield f"Complète « {other} » ({pair.reason}), que personne n’exerce encore parmi les membres connus."
        else:
            many = french.counted(len(them), "membre", "membres")
            yield f"Complète « {other} » ({pair.reason}){NNBSP}: {many}{_where(them['commune'], wished, around)}."


def _company(commune: str, around: Surroundings) -> Iterable[str]:
    at = french.sentence(french.at_place(around.names[commune]))
    here = int((around.members["commune"] == commune).sum())
    if here:
        yield f"{at}{NNBSP}: {french.counted(here, 'membre', 'membres')} dans la commune."
    else:
        near = _nearest(around.members["commune"], [commune], around)
        yield (
            f"{at}{NNBSP}: pas de membre connu dans la commune{NNBSP}; "
            + (f"le plus proche est {_place(near, around)}." if near else "aucun dont on sache la distance.")
        )
    centre = _nearest(around.telecentres, [commune], around)
    if centre:
        yield f"Télécentre le plus proche{NNBSP}: {_place(centre, around)}."
    else:
        yield "Aucun télécentre connu."


def _connection(commune: str, around: Surroundings) -> str:
    found = next((each for each in around.verdicts if each.commune == commune), None)
    if found is None:
        return f"Connexion{NNBSP}: pas de verdict connu."
    if found.level is None:
        return f"Connexion{NNBSP}: {found.reason}."
    worst = f"{NNBSP}; {found.worst_case}" if found.worst_case else ""
    return f"Connexion{NNBSP}: débit {found.level.value} dans l’ensemble, {found.reason}{worst}. L’adresse décide."


def _need(need: str, commune: str, around: Surroundings) -> str:
    places = (around.needs or {})[need]
    head = french.sentence(need)
    if places is None:
        return f"{head}{NNBSP}: pas encore importé."
    near = _nearest(places.communes, [commune], around)
    if commune in places.communes:
        where = "dans la commune"
    elif near:
        where = _place(near, around)
    else:
        where = "lieu non connu" if places.communes else "aucun lieu dans le territoire"
    return f"{head}{NNBSP}: {where}{f' ({places.source})' if places.source else ''}."


def _where(communes: Iterable[str], wished: Sequence[str], around: Surroundings) -> str:
    near = _nearest(communes, wished, around)
    if near is None:
        return ""
    km, place, wish = near
    if not km:
        return f", dont au moins un {french.at_place(around.names[wish])}"
    from_there = f" {french.of_place(around.names[wish])}" if len(set(wished)) > 1 else ""
    return f", le plus proche {french.at_place(around.names[place])}, {_away(km)}{from_there}"


def _nearest(
    places: Iterable[str], wished: Sequence[str], around: Surroundings
) -> tuple[float, str, str] | None:
    """(km, place, wished commune) of the nearest of `places` to any of `wished`; the first by code among equals. None without any."""
    known = sorted({place for place in places if place in around.points})
    wishes = [wish for wish in dict.fromkeys(wished) if wish in around.points]
    if not known or not wishes:
        return None
    table = distances([around.points[wish] for wish in wishes], [around.points[place] for place in known])
    row, column = np.unravel_index(int(np.argmin(table)), table.shape)
    return float(table[row, column]), known[column], wishes[row]


def _place(near: tuple[float, str, str], around: Surroundings) -> str:
    km, place, _ = near
    return f"{french.at_place(around.names[place])}, {_away(km)}" if km else "dans la commune"


def _away(km: float) -> str:
    return f"à {french.quantity(km, 'km')}" if km >= 1 else f"à moins d’un{NNBSP}km"
