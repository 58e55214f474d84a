"""Two signatures, blind: who sees which marks, where the two assessors differ, and how well they agree over time.

Until both have signed, an assessor sees nothing of the other's: no marks, no remarks, no notes, no paper added while they judge. Then both
stand side by side, the greatest disagreement first. The marks are read by people: nothing here adds them up or decides.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from analysis import french
from analysis.applications.steps import ASSESSED_AT, Entry, Kind, Party
from analysis.french import NNBSP
from analysis.vocabulary import APPLICATION_STEPS, ASSESSMENT_CRITERIA, ASSESSOR_SEATS

SCALE = (1, 2, 3, 4)
"""The marks, lowest first; what each means is in the territory's file. An even number of them has no middle to hide in."""
CONFIDENCE = 0.95


class AssessmentError(ValueError):
    """A grid that cannot be signed, or marks that are none. The message is in French."""


@dataclass(frozen=True)
class Assessment:
    """One assessor's grid of one dossier. `marks` and `remarks` by criterion (`ASSESSMENT_CRITERIA`).

    `signed`: the day, None for a draft. `blind`: False where it was written or changed after the grids had been open once, as when a
    signature was taken back by a correction: it stands, and says nothing on how two judge who do not know of each other.
    """

    author: str
    seat: str
    marks: Mapping[str, int]
    remarks: Mapping[str, str] = field(default_factory=dict)
    signed: dt.date | None = None
    blind: bool = True


def check(assessment: Assessment) -> None:
    """Whether a grid may be signed: every criterion has a mark of the scale. Raises AssessmentError saying what is missing or wrong."""
    if assessment.seat not in ASSESSOR_SEATS:
        raise AssessmentError(
            f"« {assessment.seat} » n’est pas une place d’évaluateur{NNBSP}: attendu {' ou '.join(ASSESSOR_SEATS.values())}."
        )
    for criterion in (*assessment.marks, *assessment.remarks):
        if criterion not in ASSESSMENT_CRITERIA:
            raise AssessmentError(
                f"« {criterion} » n’est pas un critère{NNBSP}: attendu {french.join(ASSESSMENT_CRITERIA.values(), 'ou')}."
            )
    for criterion, mark in assessment.marks.items():
        if mark not in SCALE:
            raise AssessmentError(
                f"{ASSESSMENT_CRITERIA[criterion]}{NNBSP}: {mark} n’est pas une note, attendu de {SCALE[0]} à {SCALE[-1]}."
            )
    missing = [label for code, label in ASSESSMENT_CRITERIA.items() if code not in assessment.marks]
    if missing:
        raise AssessmentError(f"Avant de signer, notez aussi{NNBSP}: {french.join(missing)}.")


def opened(assessments: Sequence[Assessment]) -> bool:
    """Whether both seats have signed, by two authors: from then on the grids of one dossier are open."""
    signed = [each for each in assessments if each.signed is not None]
    return {each.seat for each in signed} == set(ASSESSOR_SEATS) and len({each.author for each in signed}) > 1


def visible(assessments: Sequence[Assessment], who: str) -> tuple[Assessment, ...]:
    """What `who` may see of the grids of one dossier: all once both have signed, before that their own alone.

    A third person sees none before: whoever may have to replace an assessor must not know either.
    """
    if opened(assessments):
        return tuple(assessments)
    return tuple(each for each in assessments if each.author == who)


def words_open(assessments: Sequence[Assessment], step: str) -> bool:
    """Whether everybody may read what the coordinators wrote of a dossier that stands at `step`.

    A dossier that went beyond the decision (taken over from a file, without grids) has nothing left to judge. One that ended without two
    signatures has: a correction may bring it back.
    """
    return opened(assessments) or step in DECIDED


DECIDED = tuple(APPLICATION_STEPS)[tuple(APPLICATION_STEPS).index("accepted") :]
"""The steps from the decision on."""


def visible_history(
    entries: Sequence[Entry], assessments: Sequence[Assessment], who: str, step: str = ""
) -> tuple[Entry, ...]:
    """A dossier's history as `who` may read it, one entry for one: until `words_open`, what another coordinator wrote
    has lost its words. Days, authors and moves stay: they say that somebody acted and not what they think.
    """
    if words_open(assessments, step):
        return tuple(entries)
    return tuple(
        entry if entry.author == who or entry.party is not Party.COORDINATOR else replace(entry, note="")
        for entry in entries
    )


def judged_since(lines: Iterable[tuple[Entry, str]], step: str) -> str | None:
    """From when on a dossier that stands at `step` has been judged: an instant (ISO text in UTC), "" for always, None while it is not.

    `lines`: every line that was ever written of it with its instant, also those undone or corrected since, for whoever read it then has
    read it. One that a file told as read was read before anything was written here.
    """
    begun = (*ASSESSED_AT, *DECIDED)
    found = ["" if entry.kind is Kind.TAKEN_OVER else at for entry, at in lines if entry.step in begun]
    return min(found, default="" if step in begun else None)


def paper_open(party: Party, author: str, added: str, who: str, since: str | None) -> bool:
    """Whether `who` may read a paper of a dossier before `words_open`. `added`: its instant; `since`: see `judged_since`.

    What the candidate gave is what is judged, and so is what a coordinator filed before the judging began: everybody reads it. What a
    coordinator adds from then on can tell what they think, by its name alone, and is theirs until both have signed.
    """
    return party is Party.CANDIDATE or author == who or since is None or added < since


@dataclass(frozen=True)
class Difference:
    """One criterion of two grids side by side: mark and remark by seat, and how far the marks are apart."""

    criterion: str
    marks: Mapping[str, int]
    remarks: Mapping[str, str]
    apart: int


def differences(assessments: Sequence[Assessment]) -> tuple[Difference, ...]:
    """Both grids criterion by criterion, those furthest apart first, then in the order of the grid.

    Raises AssessmentError while one has not signed.
    """
    if not opened(assessments):
        raise AssessmentError("Les deux grilles s’ouvrent quand les deux ont signé.")
    grids = {each.seat: each for each in assessments if each.signed is not None}
    found = [
        Difference(
            criterion,
            {seat: grids[seat].marks[criterion] for seat in ASSESSOR_SEATS},
            {seat: grids[seat].remarks.get(criterion, "") for seat in ASSESSOR_SEATS},
            abs(grids["founder"].marks[criterion] - grids["councillor"].marks[criterion]),
        )
        for criterion in ASSESSMENT_CRITERIA
    ]
    return tuple(sorted(found, key=lambda each: -each.apart))


@dataclass(frozen=True)
class Kappa:
    """Cohen's kappa of the marks of two seats: 1 full agreement, 0 no more than chance would give, below 0 less.

    `dossiers`: how many it rests on. `value` is None where it is not defined: no dossier, or both gave one and the same mark throughout.
    `low` and `high` (95 %, within −1 and 1) are None where the variance is 0, which full agreement makes it.
    """

    dossiers: int
    value: float | None
    error: float | None
    low: float | None
    high: float | None

    def sentence(self) -> str:
        """« κ = 0,42 (intervalle de confiance à 95 % : 0,10 à 0,74), sur 18 dossiers décidés. »"""
        on = french.counted(self.dossiers, "dossier décidé", "dossiers décidés")
        if not self.dossiers:
            return f"Pas encore de dossier décidé par deux signatures{NNBSP}: l’accord ne se mesure pas."
        if self.value is None:
            return f"L’accord ne se mesure pas{NNBSP}: une seule et même note partout, sur {on}."
        head = f"Accord des deux signatures{NNBSP}: κ = {french.number(self.value, 2)}"
        if self.low is None or self.high is None:
            return f"{head}, sans intervalle, sur {on}."
        return (
            f"{head} (intervalle de confiance à {french.percent(100 * CONFIDENCE, 0)}{NNBSP}: "
            f"{french.number(self.low, 2)} à {french.number(self.high, 2)}), sur {on}."
        )


def kappa(
    first: Sequence[int], second: Sequence[int], *, scale: Sequence[int] = SCALE, linear: bool = True
) -> Kappa:
    """Cohen's kappa of two marks a dossier, in the same order (J. Cohen, Educ. Psychol. Meas. 20, 1960, 37–46).

    `linear`: two marks that are neighbours agree in part, by 1 − distance / (largest distance) (Psychol. Bull. 70, 1968, 213–220); else
    only equal marks agree. The standard error is the large-sample one of J. L. Fleiss, J. Cohen and B. S. Everitt (Psychol. Bull. 72,
    1969, 323–327). Raises AssessmentError when lengths differ or a mark is not on the scale.
    """
    if len(first) != len(second):
        raise AssessmentError(
            f"{len(first)} notes d’un côté, {len(second)} de l’autre{NNBSP}: il en faut autant."
        )
    place = {mark: position for position, mark in enumerate(scale)}
    wrong = [mark for mark in (*first, *second) if mark not in place]
    if wrong:
        raise AssessmentError(f"{wrong[0]} n’est pas une note, attendu {french.join(map(str, scale), 'ou')}.")
    table = np.zeros((len(scale), len(scale)))
    for one, other in zip(first, second, strict=True):
        table[place[one], place[other]] += 1
    return kappa_of(table, linear=linear)


def kappa_of(table: NDArray[np.float64], *, linear: bool) -> Kappa:
    """`kappa` from counts: one row a mark of the first, one column a mark of the second, in the order of the scale."""
    size, count = len(table), float(table.sum())
    if not count:
        return Kappa(0, None, None, None, None)
    p = table / count
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    weights = 1 - apart / max(size - 1, 1) if linear else np.eye(size)
    observed, chance = float((weights * p).sum()), float(rows @ weights @ columns)
    if math.isclose(chance, 1):
        return Kappa(int(count), None, None, None, None)
    # Within its bounds, whatever the last digit of a division says.
    value = min(max((observed - chance) / (1 - chance), -1.0), 1.0)
    mean = np.add.outer(weights @ columns, rows @ weights)
    terms = (p * (weights * (1 - chance) - mean * (1 - observed)) ** 2).sum()
    variance = (terms - (observed * chance - 2 * chance + observed) ** 2) / (count * (1 - chance) ** 4)
    # Where all agree the variance is 0 but for rounding: an interval without width would claim what no sample can.
    if variance < 1e-12:
        return Kappa(int(count), value, None, None, None)
    error = math.sqrt(variance)
    half = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * error
    return Kappa(int(count), value, error, max(value - half, -1.0), min(value + half, 1.0))


def agreement(decided: Sequence[Sequence[Assessment]]) -> Mapping[str, Kappa]:
    """Linearly weighted kappa by criterion over the dossiers whose grids are both signed, and blind; the others do not count.

    Criteria are not pooled: seven marks of one dossier are no seven dossiers.
    """
    pairs = _blind_pairs(decided)
    return {criterion: _kappa_on(pairs, criterion) for criterion in ASSESSMENT_CRITERIA}


def agreement_over_time(decided: Sequence[Sequence[Assessment]]) -> Mapping[str, Mapping[int, Kappa]]:
    """`agreement` by criterion and by the year of the second signature, the first year first."""
    by_year: dict[int, list[Mapping[str, Assessment]]] = {}
    for pair in _blind_pairs(decided):
        last = max(each.signed for each in pair.values() if each.signed is not None)
        by_year.setdefault(last.year, []).append(pair)
    return {
        criterion: {year: _kappa_on(by_year[year], criterion) for year in sorted(by_year)}
        for criterion in ASSESSMENT_CRITERIA
    }


def _blind_pairs(decided: Sequence[Sequence[Assessment]]) -> list[Mapping[str, Assessment]]:
    return [
        {each.seat: each for each in grids}
        for grids in decided
        if opened(grids) and all(each.blind for each in grids)
    ]


def _kappa_on(pairs: Sequence[Mapping[str, Assessment]], criterion: str) -> Kappa:
    return kappa(
        [pair["founder"].marks[criterion] for pair in pairs],
        [pair["councillor"].marks[criterion] for pair in pairs],
    )
