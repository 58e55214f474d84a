"""What became of the communes of a territory from one official geographic code to another, and what its figures become: rules, no file.

Figures of before are about communes that are no more. A commune that merely bears another code keeps all of its figures. Where communes
of the territory merged, counts are summed; a rate is made of counts anew wherever it is shown; a median, or a rate published without its
counts, is dropped, for nothing makes it of those of the parts. Where a part lies outside the territory, or where a commune left
another, the figures of before are of another piece of land, and are dropped too. What is dropped is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pandas as pd

from analysis.french import join, spaced
from analysis.model import OBSERVATION_COLUMNS, OBSERVATION_KEY, Status
from analysis.vocabulary import RECODING_RULES
from data.reference import Passage

MOVED, SUMMED, DROPPED = RECODING_RULES
JOURNAL_COLUMNS = ["year", "commune", "indicator", "period", "rule", "parts", "value", "status"]
"""What became of one figure: `commune` is that of `year`, `parts` the values of before by code (their status unless observed), `value` and
`status` those of after (missing where it was dropped)."""


@dataclass(frozen=True)
class Step:
    """From the communes of the year before to those of `year`, for one territory: names by code, in the order of its file.

    `parts`: for each commune after whose figures are touched, the codes of the territory that are in it. `apart`: those of them whose
    figures of before are of another piece of land, with why, in French. `left`: for a commune after, the one that it left. `told`: what
    happened, in French. `lost`: codes that lead nowhere.
    """

    year: int
    before: Mapping[str, str]
    after: Mapping[str, str]
    parts: Mapping[str, tuple[str, ...]]
    apart: Mapping[str, str]
    left: Mapping[str, str]
    told: tuple[str, ...]
    lost: tuple[str, ...] = ()

    @property
    def moves(self) -> dict[str, str]:
        """The code after of each code before that is gone."""
        return {code: new for new, codes in self.parts.items() for code in codes if code != new}


def steps(communes: Mapping[str, str], since: int, passages: Iterable[Passage]) -> tuple[Step, ...]:
    """The years in which something happened to `communes` (names by code, those of `since`), oldest first."""
    found: list[Step] = []
    current = dict(communes)
    later = sorted((each for each in passages if each.year > since), key=lambda each: each.year)
    for year, rows in groupby(later, key=lambda each: each.year):
        step = _step(current, year, tuple(rows))
        if step.told or step.lost:
            found.append(step)
            current = dict(step.after)
    return tuple(found)


def since_when(codes: Iterable[str], passages: Iterable[Passage], year: int) -> int:
    """The newest year whose communes `codes` may all be, where a file does not say: `year`, that of today, unless one of them is gone."""
    listed = set(codes)
    gone = [
        each.year - 1
        for each in passages
        if each.kind in ("merged", "recoded", "gone") and each.code in listed
    ]
    return min(gone, default=year)


def _step(before: Mapping[str, str], year: int, passages: Sequence[Passage]) -> Step:
    becomes = {each.code: each for each in passages if each.kind in ("merged", "recoded")}
    renamed = {each.code: each for each in passages if each.kind == "renamed"}
    after: dict[str, str] = {}
    parts: dict[str, list[str]] = {}
    told: list[str] = []
    lost = [each.code for each in passages if each.kind == "gone" and each.code in before]
    for code, name in before.items():
        if code in lost:
            told.append(f"{name} ({code}) n'est plus une commune, et aucune n'est dite lui succéder.")
            continue
        passage = becomes.get(code)
        new = passage.code_after if passage else code
        if passage and passage.kind == "merged":
            told.append(
                f"{name} ({code}) a fusionné : c'est désormais une partie de {passage.name_after} ({new})."
            )
        elif passage:
            told.append(f"{passage.name_after} change de code : {code} devient {new}.")
        elif code in renamed:
            told.append(f"{name} ({code}) s'appelle désormais {renamed[code].name_after}.")
        after[new] = (
            passage.name_after
            if passage
            else renamed[code].name_after
            if code in renamed
            else after.get(new, name)
        )
        parts.setdefault(new, []).append(code)
    apart: dict[str, str] = {}
    for each in passages:
        # The seat of a merger keeps its code: where the territory does not have it, it lies outside.
        if each.kind == "merged" and each.code_after in after and each.code not in before:
            apart[each.code_after] = (
                f"{each.name} ({each.code}), qui n'était pas du territoire, en fait partie"
            )
    for new, codes in parts.items():
        if new not in before and any(becomes[code].kind == "merged" for code in codes):
            apart[new] = f"son siège {after[new]} ({new}) n'était pas du territoire"
    left: dict[str, str] = {}
    for each in passages:
        if each.kind == "split" and each.code in before:
            parent = becomes[each.code].code_after if each.code in becomes else each.code
            after = _after(after, parent, each.code_after, each.name_after)
            left[each.code_after] = parent
            apart[parent] = (
                f"{each.name_after} ({each.code_after}) l'a quittée, et un nombre ne se partage pas"
            )
            told.append(
                f"{each.name_after} ({each.code_after}) quitte {each.name} ({each.code}) et est une commune, du territoire elle aussi."
            )
    for new, why in apart.items():
        told.append(
            f"Les chiffres d'avant {year} ne sont pas ceux de {after[new]} ({new}) : {why} ; ils sont à importer de nouveau."
        )
    for each in passages:
        if each.kind == "epci" and each.code in before:
            told.append(
                f"{each.name_after} ({each.code_after}) change d'EPCI : {each.epci_name or 'aucun'} avant, "
                f"{each.epci_name_after or 'aucun'} désormais."
            )
    touched = {new: tuple(codes) for new, codes in parts.items() if codes != [new] or new in apart}
    return Step(
        year, dict(before), after, touched, apart, left, tuple(spaced(each) for each in told), tuple(lost)
    )


def _after(names: Mapping[str, str], place: str, code: str, name: str) -> dict[str, str]:
    """`names` with one more, behind `place`."""
    found: dict[str, str] = {}
    for each, called in names.items():
        found[each] = called
        if each == place:
            found[code] = name
    return found


# -- figures


@dataclass(frozen=True)
class Recoded:
    """The cells to lay over those of before (`OBSERVATION_COLUMNS`), and what became of each figure (`JOURNAL_COLUMNS`)."""

    cells: pd.DataFrame
    journal: pd.DataFrame

    def count(self, rule: str) -> int:
        """How many figures became what they are by this rule."""
        return int((self.journal["rule"] == rule).sum())


def recode(cells: pd.DataFrame, done: Iterable[Step], kinds: Mapping[str, str]) -> Recoded:
    """What `cells` (`OBSERVATION_COLUMNS`, one row a key) become by the steps, one after the other. `kinds`: of indicators, by id.

    A sum is suppressed where a part is, else missing where a part is; where a part has no cell at all there is no sum.
    """
    laid = pd.DataFrame(columns=OBSERVATION_COLUMNS)
    journals = [pd.DataFrame(columns=JOURNAL_COLUMNS)]
    current = cells[OBSERVATION_COLUMNS]
    for step in done:
        fresh, journal = _recoded(current, step, kinds)
        journals.append(journal)
        current, laid = _over(current, fresh), _over(laid[~laid["commune"].isin(list(step.moves))], fresh)
    whole = [each for each in journals if len(each)] or journals
    return Recoded(
        laid.sort_values(OBSERVATION_KEY, ignore_index=True),
        pd.concat(whole, ignore_index=True)[JOURNAL_COLUMNS],
    )


def _over(under: pd.DataFrame, top: pd.DataFrame) -> pd.DataFrame:
    both = [each for each in (under, top) if len(each)] or [top]
    return pd.concat(both, ignore_index=True).drop_duplicates(OBSERVATION_KEY, keep="last", ignore_index=True)


def _recoded(cells: pd.DataFrame, step: Step, kinds: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    laid: list[tuple[object, ...]] = []
    journal: list[tuple[object, ...]] = []
    of = {code: new for new, codes in step.parts.items() for code in codes}
    here = cells[cells["commune"].isin(list(of))]
    here = here.assign(new=here["commune"].map(of))
    for (indicator, new, period), rows in here.groupby(["indicator", "new", "period"], sort=True):
        parts = step.parts[new]
        values = {
            code: status if np.isnan(value) else float(value)
            for code, value, status in zip(rows["commune"], rows["value"], rows["status"], strict=True)
        }
        statuses = set(rows["status"])
        if new in step.apart:
            rule = DROPPED
        elif len(parts) == 1:
            rule = MOVED
        else:
            rule = SUMMED if kinds.get(indicator) == "count" and len(rows) == len(parts) else DROPPED
        value, status = None, Status.MISSING.value
        if rule != DROPPED:
            status = next(
                each.value
                for each in (Status.SUPPRESSED, Status.MISSING, Status.OBSERVED)
                if each.value in statuses
            )
            value = float(rows["value"].sum()) if status == Status.OBSERVED.value else None
        journal.append((step.year, new, indicator, period, rule, values, value, status))
        # Where nothing of the new commune stands yet, a figure that was dropped leaves nothing: it is not imported.
        if rule != DROPPED or new in values:
            laid.append((indicator, new, period, np.nan if value is None else value, status))
    frame = pd.DataFrame(laid, columns=OBSERVATION_COLUMNS)
    frame["value"] = frame["value"].astype("float64")
    return frame, pd.DataFrame(journal, columns=JOURNAL_COLUMNS)


def summary(recoded: Recoded, names: Mapping[str, str]) -> tuple[str, ...]:
    """What becomes of the figures, in French: how many by each rule, and which indicators lose some. `names`: of indicators, by id."""
    told = []
    for rule, words in (
        (MOVED, "chiffres repris tels quels sous le nouveau code"),
        (SUMMED, "chiffres additionnés"),
        (DROPPED, "chiffres laissés de côté"),
    ):
        if count := recoded.count(rule):
            told.append(f"{count} {words}.")
    dropped = recoded.journal[recoded.journal["rule"] == DROPPED]
    if len(dropped):
        lost = sorted({names.get(each, each) for each in dropped["indicator"]})
        told.append(f"Laissés de côté, à importer de nouveau : {join(lost)}.")
    return tuple(spaced(each) for each in told)
