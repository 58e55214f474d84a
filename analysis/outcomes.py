"""How dossiers end, for others than coordinators: counts of people that leave through `analysis.declared` only (decision 23).

What is left of a count beside the tables told already (`analysis.lacks`, the dossiers received by year) is told too, so it is held to the
threshold like the counts themselves; where one falls short, its whole table is hidden. Of the cohorts the finest grain at which nothing is
hidden is told: years, else five years, else ten. Coordinators have the whole funnel (`analysis.applications.funnel`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.applications.steps import REASONS
from analysis.lacks import LOST, SEARCHING, HousingFiles
from analysis.model import Audience, Status, Thresholds
from analysis.secrecy import OBSERVED, SUPPRESSED, Protected, flat
from analysis.vocabulary import APPLICATION_ENDS, APPLICATION_STEPS

PENDING, SETTLED, ENDED = "pending", "settled", "ended"
FATES = (PENDING, SETTLED, ENDED)
GRAINS = (1, 5, 10)
"""Years of reception told together, the finest first."""
COHORT_COLUMNS = ["first", "last", *FATES]
REASON_COLUMNS = ["end", "reason", "value", "status"]
ANSWERED_COLUMNS = ["step", "within", "beyond", "status"]
_SETTLED_AT = list(APPLICATION_STEPS)[list(APPLICATION_STEPS).index("settled") :]
_OTHER, _HOUSING = "other", "housing"


@dataclass(frozen=True)
class Outcomes:
    """Dossiers received until today as one audience may see them.

    `fates`: under way, settled, ended; their total is that of all. `ends`: the ended ones by `vocabulary.APPLICATION_ENDS`. `reasons`:
    columns `REASON_COLUMNS`, one row a reason of each end, what is in no list being another reason. `cohorts`: columns `COHORT_COLUMNS`,
    one row a span of years of reception; empty where no grain can be told.
    """

    fates: Protected
    ends: Protected
    reasons: pd.DataFrame
    cohorts: pd.DataFrame


def outcomes(
    applications: pd.DataFrame,
    housing: HousingFiles,
    years: pd.DataFrame,
    today: dt.date,
    audience: Audience,
    thresholds: Thresholds,
) -> Outcomes:
    """The four tables, protected together and with `housing` and `years` (`analysis.network.applications_by_year`) of the same audience."""
    threshold = thresholds.of(audience)
    received = pd.to_datetime(applications["received"])
    files = applications[(received <= pd.Timestamp(today)).to_numpy()]
    status = files["status"].to_numpy(dtype=object)
    is_settled, is_ended = np.isin(status, _SETTLED_AT), np.isin(status, list(APPLICATION_ENDS))
    fate = np.where(is_settled, 1, np.where(is_ended, 2, 0))
    fates = np.bincount(fate, minlength=3)
    ends = {end: int((status == end).sum()) for end in APPLICATION_ENDS}
    waiting, lost = (_seen(housing, name) for name in (SEARCHING, LOST))
    why = {end: _reason_counts(files, end) for end in APPLICATION_ENDS}
    for_housing = why["lost"].pop(_HOUSING)  # a table of its own tells how many, or hides it
    shown, ends_hidden, reasons_hidden = told(
        [int(n) for n in fates], list(ends.values()), {end: list(counts.values()) for end, counts in why.items()},
        total_told=not pd.isna(years["cumulative"].iloc[-1]), waiting=waiting, lost=lost, threshold=threshold,
    )  # fmt: skip
    reasons = _reason_table(why, reasons_hidden)
    known = lost is not None
    reasons.loc[len(reasons)] = [
        "lost",
        _HOUSING,
        float(for_housing) if known else np.nan,
        OBSERVED if known else SUPPRESSED,
    ]
    return Outcomes(
        _table(FATES, fates.tolist(), [not shown] * 3, shown),
        _table(tuple(ends), list(ends.values()), ends_hidden, shown),
        reasons,
        _cohorts(files, fate, years, threshold) if shown else _no_cohorts(),
    )


def told(
    fates: Sequence[int],
    ends: Sequence[int],
    why: Mapping[str, Sequence[int]],
    *,
    total_told: bool,
    waiting: int | None,
    lost: int | None,
    threshold: int,
) -> tuple[bool, list[bool], dict[str, list[bool]]]:
    """What may be told: the fates, which ends are hidden, which reasons of each end are hidden.

    `fates`: under way, settled, ended; `ends`: declined, withdrawn, lost; `why`: end → counts by reason, those lost for lack of a dwelling
    left out where `lost` (how many they are) is told. `waiting`: those under way that wait for a dwelling; None where a table hides it.
    """
    nothing = False, [True] * 3, {end: [True] * len(counts) for end, counts in why.items()}
    pending, settled, ended = fates
    if threshold <= 1:
        return True, [False] * 3, {end: [False] * len(counts) for end, counts in why.items()}
    if not total_told or not all(_safe(n, threshold) for n in (pending, settled, ended)):
        return nothing
    if (waiting is None) != (lost is None):
        return nothing  # of a table of which a part is hidden, more bounds would tell which part
    # Beside what is told of housing, the rest of those under way and of the ended is told too; and a hidden part of nobody is nobody.
    if not (_safe(pending - waiting, threshold) if waiting is not None else pending > 0):
        return nothing
    if not (_safe(ended - lost, threshold) if lost is not None else ended > 0):
        return nothing
    parts = [ends[0], ends[1], ends[2] - (lost or 0)]
    mask, betrayed = flat(np.array(parts), threshold)
    if betrayed or (lost is None and not mask[2] and not ends[2]):
        return nothing
    ends_hidden = [bool(each) for each in mask]
    reasons: dict[str, list[bool]] = {}
    for (end, counts), hidden in zip(why.items(), ends_hidden, strict=True):
        if hidden or (end == "lost" and lost is None):
            reasons[end] = [True] * len(counts)
            continue
        cells, betrayed = flat(np.array(counts), threshold)
        if betrayed:
            return nothing
        reasons[end] = [bool(each) for each in cells]
    return True, ends_hidden, reasons


def answered(
    counts: pd.DataFrame, found: Outcomes, audience: Audience, thresholds: Thresholds
) -> pd.DataFrame:
    """How many were answered within the target and beyond it, by step, columns `ANSWERED_COLUMNS` (NaN where hidden).

    `counts`: `step`, `within`, `beyond`, `open` (`applications.clocks.answered_within`, all months together). A step is told whole or not
    at all. Everybody came through the first step and every newcomer through « Installé »: there, who is still open would be the rest of a
    count told elsewhere, and is held to the threshold too.
    """
    threshold = thresholds.of(audience)
    totals = found.fates.cells["value"]
    rows = []
    for row in counts.to_dict("records"):
        within, beyond, still = int(row["within"]), int(row["beyond"]), int(row["open"])
        parts = [within, beyond]
        if row["step"] in ("received", "settled"):
            parts.append(still)
        if row["step"] == "received" and not pd.isna(totals[PENDING]):
            parts.append(int(totals[PENDING]) - still)
        hidden = threshold > 1 and not all(_safe(n, threshold) for n in parts)
        rows.append(
            (
                str(row["step"]),
                np.nan if hidden else float(within),
                np.nan if hidden else float(beyond),
                SUPPRESSED if hidden else OBSERVED,
            )
        )
    return pd.DataFrame(rows, columns=ANSWERED_COLUMNS)


# -- inside ----------------------------------------------------------------------------------------------------


def _safe(count: int, threshold: int) -> bool:
    return count == 0 or count >= threshold


def _seen(housing: HousingFiles, name: str) -> int | None:
    value = housing.searching.cells.loc[name, "value"]
    return None if pd.isna(value) else int(value)


def _reason_counts(files: pd.DataFrame, end: str) -> dict[str, int]:
    """How many ended so by reason, in the order of the list; the words of before there was a list are another reason."""
    listed = REASONS[end]
    by_word = {word: code for code, word in listed.items()}
    given = files.loc[(files["status"] == end).to_numpy(), "reason"].astype(str).value_counts()
    found = dict.fromkeys(listed, 0)
    for text, count in given.items():
        code = by_word.get(str(text), str(text))
        found[code if code in found else _OTHER] += int(count)
    return found


def _table(
    keys: Sequence[str], counts: Sequence[int], hidden: Sequence[bool], total_shown: bool
) -> Protected:
    cells = pd.DataFrame(
        {
            "value": [np.nan if secret else float(n) for n, secret in zip(counts, hidden, strict=True)],
            "status": [SUPPRESSED if secret else OBSERVED for secret in hidden],
            "public": 0,
        },
        index=pd.Index(list(keys), dtype=object),
    )
    return Protected(
        cells,
        cells.iloc[:0],
        float(sum(counts)) if total_shown else None,
        Status.OBSERVED if total_shown else Status.SUPPRESSED,
        0,
    )


def _reason_table(why: Mapping[str, Mapping[str, int]], hidden: Mapping[str, Sequence[bool]]) -> pd.DataFrame:
    rows = [
        (end, code, np.nan if secret else float(count), SUPPRESSED if secret else OBSERVED)
        for end, counts in why.items()
        for (code, count), secret in zip(counts.items(), hidden[end], strict=True)
    ]
    return pd.DataFrame(rows, columns=REASON_COLUMNS)


def _no_cohorts() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=int) for name in COHORT_COLUMNS})


def _cohorts(
    files: pd.DataFrame, fate: NDArray[np.int64], years: pd.DataFrame, threshold: int
) -> pd.DataFrame:
    ends = pd.to_datetime(years["period"]).to_numpy()
    place = np.searchsorted(ends, pd.to_datetime(files["received"]).to_numpy(), side="left")
    table = np.zeros((len(ends), len(FATES)), dtype=np.int64)
    np.add.at(table, (place, fate), 1)
    hidden = years["cumulative"].isna().to_numpy()
    numbers = [int(period[:4]) for period in years["period"]]
    for grain in GRAINS:
        starts = list(range(0, len(table), grain))
        spans = [slice(start, start + grain) for start in starts]
        # The sums of spans give back how many were received until the end of each: no year that hides it may end one.
        if threshold <= 1 or all(
            not hidden[span][-1] and all(_safe(int(n), threshold) for n in table[span].sum(axis=0))
            for span in spans
        ):
            rows = [
                (numbers[span][0], numbers[span][-1], *(int(n) for n in table[span].sum(axis=0)))
                for span in spans
                if table[span].any()
            ]
            return pd.DataFrame(rows, columns=COHORT_COLUMNS)
    return _no_cohorts()
