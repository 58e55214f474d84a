"""Broadband as a teleworker meets it: the best technology of each premises, and a plain verdict for each commune.

The verdict follows the rule of the territory's file, which is its own choice and no official norm. Figures are numbers of premises of
ARCEP's « Ma connexion internet » (`best_*` of the catalogue), whose four technologies add up to the premises.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import pandas as pd

from analysis import french
from analysis.answers import MISSING, NOT_IMPORTED, OBSERVED, Answer, FigureSet
from analysis.french import NNBSP
from analysis.model import Status

TECHNOLOGIES: Mapping[str, str] = {
    "best_ftth": "Fibre",
    "best_copper": "Cuivre",
    "best_4g": "4G fixe",
    "best_other": "Autre (radio, satellite)",
}
"""The four best technologies, from the most to the least wanted: catalogue id → French label."""
SHARES = ("ftth_share", "copper_share", "fixed_4g_share", "other_share")
"""The indicators that are the shares of `TECHNOLOGIES`, in their order."""
COLUMNS = ["commune", "name", "premises", *TECHNOLOGIES, "status", "adds_up"]


class Limits(Protocol):
    """What the verdict needs of the territory's rule: limits in percent of a commune's premises."""

    @property
    def good_ftth(self) -> float:
        """Smallest share of fibre for « bon »."""

    @property
    def fair_ftth(self) -> float:
        """Smallest share of fibre for « correct »; « fragile » below."""

    @property
    def worst_case(self) -> float:
        """Largest share with nothing better than fixed 4G, radio or satellite that does not lower the verdict."""


class Level(StrEnum):
    """The three verdicts, worst first: the value is the French word on screen."""

    FRAGILE = "fragile"
    FAIR = "correct"
    GOOD = "bon"


LEVELS = tuple(Level)


@dataclass(frozen=True)
class Verdict:
    """One commune's verdict. `level` is None where a figure is missing or secret, and `status` says which.

    `reason` says by which figures the level was reached, `worst_case` who is served worst: both in French, with their counts, without a
    final stop. `worst_share` is in percent (NaN without a verdict). `lowered` tells that the worst case cost one step.
    """

    commune: str
    name: str
    level: Level | None
    status: Status
    reason: str
    worst_case: str
    worst_share: float = math.nan
    ftth_share: float = math.nan
    lowered: bool = False


def best_technologies(figures: FigureSet, period: str) -> pd.DataFrame:
    """The premises of each commune by best technology, the largest share of fibre first (names break ties), unknown ones last.

    Columns: `commune`, `name`, `premises` and one column for each of `TECHNOLOGIES` (premises, NaN unless observed), `status` (the worst of
    the five cells), `adds_up` (the four make the premises: only then may they be stacked).
    """
    ids = ["premises", *TECHNOLOGIES]
    cells = {id_: figures.cells(id_, period) for id_ in ids}
    frame = pd.DataFrame({id_: cells[id_]["value"].where(cells[id_]["status"] == OBSERVED) for id_ in ids})
    statuses = pd.DataFrame({id_: cells[id_]["status"] for id_ in ids})
    frame["status"] = [
        next((s for s in (NOT_IMPORTED, Status.SUPPRESSED.value, MISSING) if s in set(row)), OBSERVED)
        for row in statuses.itertuples(index=False)
    ]
    frame["adds_up"] = (frame["status"] == OBSERVED) & (
        frame[list(TECHNOLOGIES)].sum(axis=1) == frame["premises"]
    )
    frame["name"] = [figures.names[code] for code in frame.index]
    share = (frame["best_ftth"] / frame["premises"].where(frame["premises"] > 0)).where(
        frame["status"] == OBSERVED
    )
    order = frame.assign(share=share, key=[french.sort_key(name) for name in frame["name"]]).sort_values(
        ["share", "key"], ascending=[False, True], na_position="last", kind="stable"
    )
    return order.rename_axis("commune").reset_index()[COLUMNS]


def verdicts(technologies: pd.DataFrame, limits: Limits) -> tuple[Verdict, ...]:
    """The verdict of each row of `best_technologies`, in its order.

    « bon » from `good_ftth` percent of premises whose best technology is fibre, « correct » from `fair_ftth`, « fragile » below; one step
    lower when more than `worst_case` percent have nothing better than fixed 4G, radio or satellite (copper is not among them).
    """
    return tuple(_verdict(row, limits) for row in technologies.to_dict("records"))


def _verdict(row: Mapping[str, object], limits: Limits) -> Verdict:
    commune, name, status = str(row["commune"]), str(row["name"]), Status(str(row["status"]))
    premises = _number(row["premises"])
    if status is not Status.OBSERVED or premises <= 0:
        status = Status.MISSING if status is Status.OBSERVED else status
        why = "aucun local recensé" if premises == 0 else french.status_text(status)
        return Verdict(commune, name, None, status, f"pas de verdict{NNBSP}: {why}", "")
    fibre, copper, mobile, other = (_number(row[id_]) for id_ in TECHNOLOGIES)
    share, worst = 100 * fibre / premises, 100 * (mobile + other) / premises
    step = 2 if share >= limits.good_ftth else 1 if share >= limits.fair_ftth else 0
    beyond = worst > limits.worst_case
    level = LEVELS[max(step - beyond, 0)]
    text = _percent(share, limits.good_ftth, limits.fair_ftth)
    reason = f"{_have(fibre, premises)} la fibre pour meilleure technologie ({text}), {_place(step, limits)}"
    if beyond and step:
        served = french.plural(mobile + other, "n'a", "n'ont")
        reason += (
            f"{NNBSP}; un cran plus bas, car {_of(mobile + other, premises)} ({_percent(worst, limits.worst_case)}) {served} rien de mieux "
            f"que la 4G fixe, la radio ou le satellite, plus de {_limit(limits.worst_case)}"
        )
    return Verdict(
        commune,
        name,
        level,
        status,
        reason,
        _worst_case(premises, copper, mobile, other),
        worst,
        share,
        bool(beyond and step),
    )


def verdict_sentence(found: tuple[Verdict, ...]) -> str:
    """How many communes have which verdict, which ones are fragile, and the worst case of all."""
    known = [verdict for verdict in found if verdict.level is not None]
    if not known:
        return "Aucun verdict : il manque le nombre de locaux par technologie.".replace(" :", f"{NNBSP}:")
    parts: list[str] = []
    for level in reversed(LEVELS):
        names = [verdict.name for verdict in known if verdict.level is level]
        if not names:
            continue
        places = str(len(names)) if parts else f"{french.quantity(len(names), 'communes')} sur {len(found)}"
        which = f" ({french.join(sorted(names, key=french.sort_key))})" if level is Level.FRAGILE else ""
        parts.append(f"{level} dans {places}{which}")
    text = f"Le débit pour télétravailler est {french.join(parts)}"
    if len(known) < len(found):
        text += f"{NNBSP}; sans verdict dans {french.quantity(len(found) - len(known), 'communes')}"
    worst = max(known, key=lambda verdict: verdict.worst_share)
    if worst.worst_share > 0:
        text += f"{NNBSP}; le pire cas est {french.at_place(worst.name)}, où {worst.worst_case}"
    return f"{text}."


def rule_text(limits: Limits) -> str:
    """The rule in words, as the territory's own choice."""
    fragile, fair, good = (french.quoted(level) for level in LEVELS)
    return (
        f"Règle du territoire{NNBSP}: {good} à partir de {_limit(limits.good_ftth)} des locaux dont la meilleure technologie est la fibre, "
        f"{fair} à partir de {_limit(limits.fair_ftth)}, {fragile} au-dessous{NNBSP}; un cran plus bas quand plus de "
        f"{_limit(limits.worst_case)} des locaux n'ont rien de mieux que la 4G fixe, la radio ou le satellite. Ces seuils sont un choix du "
        "territoire, pas une norme officielle."
    )


def evolution_sentence(before: Answer, after: Answer) -> str:
    """Two editions that do not continue each other, told side by side: where each one was lowest and highest, never their difference."""
    parts = [_edition(before), _edition(after)]
    if not all(parts):
        known = [part for part in parts if part]
        return f"{french.sentence(known[0])}{NNBSP}; l'autre édition n'est pas dans la base." if known else (
            f"{before.indicator.name}{NNBSP}: aucune édition n'est dans la base."
        )  # fmt: skip
    return f"{french.sentence(parts[0])}{NNBSP}; {parts[1]}."


def _edition(answer: Answer) -> str:
    """« au 30/09/2019 (bêta), de 0 % (dans 6 communes) à 81,5 % (à Essay) des locaux étaient éligibles à 30 Mbit/s »."""
    seen = answer.observed
    if seen.empty:
        return ""
    low, high = float(seen["value"].min()), float(seen["value"].max())
    head = f"au {answer.vintage.label}, "
    total = answer.total
    counts = ""
    if total.numerator is not None and total.denominator:
        counts = f" ({french.number(total.numerator)} locaux sur {french.number(total.denominator)})"
    if low == high:
        everywhere = "partout" if len(seen) == total.of else f"dans les {len(seen)} communes publiées"
        return (
            f"{head}la part des locaux éligibles à 30 Mbit/s est de {answer.text(low)} {everywhere}{counts}"
        )
    return (
        f"{head}la part des locaux éligibles à 30 Mbit/s va de {answer.text(low)} ({_where(seen, low)}) à {answer.text(high)} "
        f"({_where(seen, high)}){counts}"
    )


def _where(seen: pd.DataFrame, value: float) -> str:
    names = sorted(seen.loc[seen["value"] == value, "name"], key=french.sort_key)
    return (
        french.join(french.at_place(n) for n in names) if len(names) <= 2 else f"dans {len(names)} communes"
    )


def closure_sentence(closures: Mapping[str, str | None], codes: Mapping[str, str]) -> str:
    """How many communes of `codes` (code → name) know when copper closes. `closures`: code → ISO day, None for « no date yet ».

    Without any closure, of this territory or elsewhere, nothing was imported.
    """
    of = len(codes)
    dated = {code: day for code in codes if (day := closures.get(code))}
    unknown = [code for code in codes if code not in closures]
    if len(unknown) == of:
        words = french.status_text(Status.MISSING if closures else Status.NOT_IMPORTED)
        return f"Fermeture du cuivre{NNBSP}: {words}."
    if not dated:
        text = (
            f"Aucune des {french.quantity(of - len(unknown), 'communes')} n'a encore de date de fermeture du cuivre"
            if of > 1
            else "Pas encore de date de fermeture du cuivre"
        )
    else:
        first = min(dated.values())
        text = (
            f"La fermeture du cuivre est datée dans {french.quantity(len(dated), 'communes')} sur {of}{NNBSP}; la première est le "
            f"{french.date(first)} ({french.join(codes[c] for c in dated if dated[c] == first)})"
        )
    if unknown:
        text += f"{NNBSP}; non publié dans {french.quantity(len(unknown), 'communes')}"
    return f"{text}."


def closing_text(closures: Mapping[str, str | None], code: str) -> str:
    """A day, « pas encore de date », « non publié », or « pas encore importé » where nothing is known of any commune.

    `closures`: code → ISO day, None for « no date yet ».
    """
    if code not in closures:
        return french.status_text(Status.MISSING if closures else Status.NOT_IMPORTED)
    day = closures[code]
    return french.date(day) if day else "pas encore de date"


def _worst_case(premises: float, copper: float, mobile: float, other: float) -> str:
    """« 64 locaux sur 354 n'ont que la 4G fixe ; 10 restent au cuivre »."""
    if mobile:
        text = f"{_of(mobile, premises)} {french.plural(mobile, 'n’a', 'n’ont')} que la 4G fixe"
        if other:
            text += f" et {french.number(other)} une autre technologie (radio, satellite)"
    elif other:
        text = f"{_of(other, premises)} {french.plural(other, 'n’a', 'n’ont')} qu'une autre technologie (radio, satellite)"
    else:
        text = "aucun local n'est réduit à la 4G fixe, à la radio ou au satellite"
    if copper:
        text += f"{NNBSP}; {french.number(copper)} {french.plural(copper, 'reste', 'restent')} au cuivre"
    return text.replace("’", "'")


def _place(step: int, limits: Limits) -> str:
    if step == 2:
        return f"au moins {_limit(limits.good_ftth)}"
    if step == 1:
        return f"de {_limit(limits.fair_ftth)} à moins de {_limit(limits.good_ftth)}"
    return f"moins de {_limit(limits.fair_ftth)}"


def _of(count: float, premises: float) -> str:
    return f"{french.quantity(count, 'locaux')} sur {french.number(premises)}"


def _have(count: float, premises: float) -> str:
    return f"{_of(count, premises)} {french.plural(count, 'a', 'ont')}"


def _limit(percent: float) -> str:
    return french.percent(percent, 0 if float(percent).is_integer() else 1)


def _percent(value: float, *limits: float) -> str:
    """One decimal, or as many as keep 94,96 % from reading like the limit it misses."""
    decimals = 1
    while decimals < 4 and any(round(value, decimals) == limit != value for limit in limits):
        decimals += 1
    return french.percent(value, decimals)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
