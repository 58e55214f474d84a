"""The honest funnel: how many dossiers reach each step, how long it takes, how it ends, and what one reason for loss has cost.

A dossier has reached a step when it was moved to it or to a later one. A rate has for denominator the dossiers whose answer at the step is
known: those that are still there are counted beside it, as pending, never as failures. Decision 16 says which conventions these are.
Intervals of proportions are E. B. Wilson's (J. Am. Stat. Assoc. 22, 1927, 209–212), by scipy. Times in a step are Kaplan and Meier's, those
still there being censored. Ends compete: their cumulative incidence is that of O. Aalen and S. Johansen (Scand. J. Stat. 5, 1978, 141–150).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis import french
from analysis.french import NNBSP
from analysis.vocabulary import APPLICATION_ENDS, APPLICATION_STEPS

CONFIDENCE = 0.95
STEPS = tuple(APPLICATION_STEPS)
ENDS = tuple(APPLICATION_ENDS)
SUCCESS = "settled"
"""Whoever lives here is a newcomer: what comes after is a welcome, and no longer a selection."""

Floats = NDArray[np.float64]


class FunnelError(ValueError):
    """Moves that make no funnel. The message is in French."""


@dataclass(frozen=True)
class Rate:
    """`count` of `of`, as shares from 0 to 1 with Wilson's interval (95 %); the shares are NaN where `of` is 0."""

    count: int
    of: int
    value: float
    low: float
    high: float

    def text(self) -> str:
        """« 6 sur 150 (4 % ; intervalle de confiance à 95 % : 1,8 % à 8,5 %) »."""
        head = f"{french.number(self.count)} sur {french.number(self.of)}"
        if not self.of:
            return f"{head} (rien à mesurer)"
        value, low, high = (french.percent(100 * part) for part in (self.value, self.low, self.high))
        level = french.percent(100 * CONFIDENCE, 0)
        return f"{head} ({value}{NNBSP}; intervalle de confiance à {level}{NNBSP}: {low} à {high})"


def wilson(count: int, of: int) -> Rate:
    """The share of `count` in `of` with its interval. Raises FunnelError when it is no share."""
    if not 0 <= count <= of:
        raise FunnelError(f"{count} sur {of} n’est pas une part{NNBSP}: le compte va de 0 à l’ensemble.")
    if not of:
        return Rate(0, 0, math.nan, math.nan, math.nan)
    from scipy.stats import binomtest  # half a second and 40 MB, for whoever asks for a rate

    found = binomtest(count, of).proportion_ci(CONFIDENCE, method="wilson")
    return Rate(count, of, count / of, float(found.low), float(found.high))


def paths(moves: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """One row a dossier, from its moves until today: what the other questions of this file are asked of.

    `moves`: `application`, `step`, `on`, `reason` (empty but for an end), those that count (`steps.effective`). Columns of the result,
    by application: the day of each step and end (NaT when not moved to it), `end` (an end or empty), `ended` (its day), `reason`,
    `furthest` (position in `STEPS` of the last step). Raises FunnelError for an unknown step, a dossier never received or ended twice.
    """
    days = pd.to_datetime(moves["on"])
    known = moves[(days <= pd.Timestamp(today)).to_numpy()].assign(on=days)
    wrong = set(known["step"]) - {*STEPS, *ENDS}
    if wrong:
        raise FunnelError(f"« {min(wrong)} » n’est ni une étape ni une fin de dossier.")
    table = known.pivot_table(index="application", columns="step", values="on", aggfunc="min", sort=True)
    table = table.reindex(columns=[*STEPS, *ENDS]).astype("datetime64[ns]")
    if table["received"].isna().any():
        raise FunnelError(
            f"Le dossier {table.index[table['received'].isna()][0]} a une suite sans avoir été reçu."
        )
    over = table[list(ENDS)].notna()
    if (over.sum(axis=1) > 1).any():
        raise FunnelError(
            f"Le dossier {table.index[over.sum(axis=1) > 1][0]} a deux fins{NNBSP}: corrigez l’une d’elles."
        )
    at = over.to_numpy()
    end = np.where(at.any(axis=1), np.array(ENDS, dtype=object)[at.argmax(axis=1)], "")
    reached = table[list(STEPS)].notna().to_numpy()
    ends = known[known["step"].isin(ENDS)].drop_duplicates("application").set_index("application")
    return table.assign(
        end=end,
        ended=table[list(ENDS)].min(axis=1),
        reason=ends["reason"].reindex(table.index).fillna(""),
        furthest=len(STEPS) - 1 - reached[:, ::-1].argmax(axis=1),
    )


@dataclass(frozen=True)
class Stage:
    """One step of a funnel. `reached`: dossiers that came so far or further; `pending`: those that are still there.

    `ended`: how many ended there, by end. `onward`: who moved on among those known to have moved on or ended.
    """

    step: str
    reached: int
    pending: int
    ended: Mapping[str, int]
    onward: Rate


def funnel(walks: pd.DataFrame) -> tuple[Stage, ...]:
    """The steps of some dossiers (rows of `paths`), from « Reçu » to « Un an sur place ».

    Nobody moves on from the last step: its `onward` has no denominator.
    """
    furthest = walks["furthest"].to_numpy()
    end = walks["end"].to_numpy(dtype=object)
    found = []
    for place, step in enumerate(STEPS):
        here = furthest == place
        beyond = int((furthest > place).sum())
        ended = {each: int((here & (end == each)).sum()) for each in ENDS}
        lost = sum(ended.values())
        found.append(
            Stage(
                step,
                beyond + int(here.sum()),
                int((here & (end == "")).sum()),
                ended,
                wilson(beyond, beyond + lost),
            )
        )
    return tuple(found)


def cohort_of(walks: pd.DataFrame, by: pd.Series | None = None) -> pd.Series:  # type: ignore[type-arg]
    """The cohort of each dossier: its year of reception, or the group that `by` gives to each application (origin, trade), else empty."""
    if by is None:
        return walks["received"].dt.year.astype(str)
    return by.reindex(walks.index).fillna("").astype(str)


def cohorts(walks: pd.DataFrame, by: pd.Series | None = None) -> Mapping[str, tuple[Stage, ...]]:  # type: ignore[type-arg]
    """A funnel by cohort (`cohort_of`), in their order."""
    return {str(name): funnel(part) for name, part in walks.groupby(cohort_of(walks, by), sort=True)}


def success(walks: pd.DataFrame) -> Rate:
    """Newcomers among the dossiers that are decided: settled, or ended. Those under way are in neither."""
    settled = int((walks["furthest"] >= STEPS.index(SUCCESS)).sum())
    ended = int(((walks["furthest"] < STEPS.index(SUCCESS)) & (walks["end"] != "")).sum())
    return wilson(settled, settled + ended)


def beside_published(walks: pd.DataFrame, received: int, settled: int, when: str) -> str:
    """Our own rate beside a published one (`settled` of `received` by `when`): all received there, decided ones here, and how many pend."""
    ours = success(walks)
    pending = len(walks) - ours.of
    published = wilson(settled, received)
    return (
        f"Publié ({when}){NNBSP}: {published.text()}, tous dossiers reçus. Ici{NNBSP}: {ours.text()}, dossiers décidés"
        f"{NNBSP}; {french.number(pending)} en cours, sur {french.counted(len(walks), 'reçu', 'reçus')}."
    )


# -- times ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stay:
    """How long dossiers stay in a step, in days: the Kaplan–Meier curve of leaving it, for whatever comes next.

    `curve`: `days`, `at_risk`, `left`, `still` (share still there, 0 to 1), `low`, `high` (95 %, on the log(−log) scale; NaN where
    nobody is left). `dossiers` entered, `open` are still there. `median`: the first day by which half have left; None beyond what is known.
    """

    step: str
    curve: pd.DataFrame
    dossiers: int
    open: int
    median: float | None


CURVE = ["days", "at_risk", "left", "still", "low", "high"]


def stays(walks: pd.DataFrame, step: str, today: dt.date) -> pd.DataFrame:
    """One row a dossier that was in `step`: its `days` there until the next move, an end or today, and whether it `left`.

    A dossier that went past the step without being moved to it was never in it.
    """
    inside = walks[walks[step].notna()]
    later = [*STEPS[STEPS.index(step) + 1 :], *ENDS]
    out = inside[later].min(axis=1)
    days = (out.fillna(pd.Timestamp(today)) - inside[step]).dt.days
    return pd.DataFrame({"days": days.astype(float), "left": out.notna()}, index=inside.index)


def stay(walks: pd.DataFrame, step: str, today: dt.date) -> Stay:
    """The curve of one step. Raises FunnelError where a dossier leaves a step before it comes into it."""
    seen = stays(walks, step, today)
    days, left = seen["days"].to_numpy(dtype=float), seen["left"].to_numpy(dtype=bool)
    if (days < 0).any():
        raise FunnelError(
            f"Le dossier {seen.index[days < 0][0]} quitte l’étape « {APPLICATION_STEPS[step]} » avant d’y être{NNBSP}: corrigez ses dates."
        )
    if not len(days):
        return Stay(step, pd.DataFrame({name: pd.Series(dtype=float) for name in CURVE}), 0, 0, None)
    from scipy.stats import CensoredData, ecdf

    found = ecdf(CensoredData(uncensored=days[left], right=days[~left])).sf
    at = np.asarray(found.quantiles, dtype=float)
    still = np.asarray(found.probabilities, dtype=float)
    at_risk = len(days) - np.searchsorted(np.sort(days), at, side="left")
    gone = np.sort(days[left])
    counts = np.searchsorted(gone, at, side="right") - np.searchsorted(gone, at, side="left")
    low, high = _log_log(still, still * np.sqrt(np.cumsum(_ratio(counts, at_risk * (at_risk - counts)))))
    half = at[still <= 0.5 + 1e-12]
    curve = pd.DataFrame(dict(zip(CURVE, (at, at_risk, counts, still, low, high), strict=True)))
    return Stay(step, curve, len(days), int((~left).sum()), float(half[0]) if half.size else None)


def stay_sentence(found: Stay) -> str:
    """« Dans « Reçu » : la moitié des 84 dossiers en sort en 6 jours ; 3 y sont encore. »"""
    name = f"« {APPLICATION_STEPS[found.step]} »"
    if not found.dossiers:
        return f"Aucun dossier n’est passé par {name}."
    of = french.counted(found.dossiers, "dossier", "dossiers")
    half = (
        f"la moitié en sort en {french.quantity(found.median, 'jours')}"
        if found.median is not None
        else "moins de la moitié en est sortie"
    )
    pending = (
        f"{NNBSP}; {french.number(found.open)} y {french.plural(found.open, 'est', 'sont')} encore"
        if found.open
        else ""
    )
    return f"Dans {name}, sur {of}{NNBSP}: {half}{pending}."


# -- competing ends ------------------------------------------------------------------------------------------

OUTCOMES = (SUCCESS, *ENDS)


def outcomes(walks: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """One row a dossier: `days` from the reception to the first of settling and ending, or today; `cause` is empty while neither."""
    settled = walks["furthest"] >= STEPS.index(SUCCESS)
    # Moved straight to a later step: settled by then.
    first = walks[list(STEPS[STEPS.index(SUCCESS) :])].min(axis=1)
    over = first.where(settled, walks["ended"])
    cause = np.where(settled, SUCCESS, walks["end"])
    days = (over.fillna(pd.Timestamp(today)) - walks["received"]).dt.days
    return pd.DataFrame({"days": days.astype(float), "cause": cause}, index=walks.index)


def cumulative_incidence(
    days: Sequence[float] | Floats, causes: Sequence[str] | NDArray[np.object_]
) -> Mapping[str, pd.DataFrame]:
    """Aalen–Johansen: by cause, the share that has ended by it: `days`, `share`, `error`, `low`, `high` (0 to 1) at every day somebody did.

    An empty cause is censored on that day, after those who end on it. The causes' shares and Kaplan and Meier's share of those still open
    add up to 1. The error is that of the delta method (E. Marubini and M. G. Valsecchi, Analysing Survival Data, 1995, § 10.2); the
    interval is taken on the log(−log) scale and NaN where the share is 0 or 1. Raises FunnelError for a negative duration.
    """
    time, cause = np.asarray(days, dtype=float), np.asarray(causes, dtype=object)
    if time.shape != cause.shape:
        raise FunnelError(f"{time.size} durées pour {cause.size} issues{NNBSP}: il en faut autant.")
    if not np.isfinite(time).all() or (time < 0).any():
        raise FunnelError(f"Une durée est négative ou absente{NNBSP}: corrigez les dates du dossier.")
    over = cause != ""
    at = np.unique(time[over])
    ordered = np.sort(time)
    at_risk = (len(time) - np.searchsorted(ordered, at, side="left")).astype(float)
    by_cause = {name: _counts(time[cause == name], at) for name in sorted(set(cause[over]))}
    all_ends = _counts(time[over], at)
    before = np.concatenate([[1.0], np.cumprod(1 - all_ends / at_risk)[:-1]]) if len(at) else np.zeros(0)
    hazard_error = _ratio(all_ends, at_risk * (at_risk - all_ends))
    found = {}
    for name, ends in by_cause.items():
        share = np.cumsum(before * ends / at_risk)
        # Sums over earlier days of (share now − share then)² and the like, opened up so that one pass gives them for every day.
        own = before**2 * ends * (at_risk - ends) / at_risk**3
        cross = before * ends / at_risk**2
        variance = (
            share**2 * np.cumsum(hazard_error)
            - 2 * share * np.cumsum(share * hazard_error)
            + np.cumsum(share**2 * hazard_error)
            + np.cumsum(own)
            - 2 * (share * np.cumsum(cross) - np.cumsum(share * cross))
        )
        error = np.sqrt(np.maximum(variance, 0))
        low, high = _log_log(share, error)
        found[name] = pd.DataFrame({"days": at, "share": share, "error": error, "low": low, "high": high})
    return found


def _counts(times: Floats, at: Floats) -> Floats:
    ordered = np.sort(times)
    return (np.searchsorted(ordered, at, side="right") - np.searchsorted(ordered, at, side="left")).astype(
        float
    )


def _ratio(top: NDArray[np.generic], bottom: NDArray[np.generic]) -> Floats:
    """0 where the bottom is: the last one leaves, and nothing is left to be uncertain of."""
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1), 0.0)  # type: ignore[operator]
    return result


def _log_log(share: Floats, error: Floats) -> tuple[Floats, Floats]:
    """The interval of shares strictly between 0 and 1 on the log(−log) scale, which stays there; NaN elsewhere."""
    inside = (share > 0) & (share < 1 - 1e-12)
    safe = np.where(inside, share, 0.5)
    spread = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * error / (safe * np.log(safe))
    low, high = safe ** np.exp(-spread), safe ** np.exp(spread)
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


# -- reasons -------------------------------------------------------------------------------------------------


REASON_COLUMNS = ["reason", "step", "count"]


def reasons(walks: pd.DataFrame, end: str = "lost") -> pd.DataFrame:
    """How many ended by `end`, by reason and by the step they ended at: `reason`, `step`, `count`; the most frequent reason first."""
    gone = walks[walks["end"] == end]
    found = (
        pd.DataFrame({"reason": gone["reason"].astype(str), "place": gone["furthest"]})
        .value_counts(["reason", "place"])
        .rename("count")
        .reset_index()
    )
    total = found.groupby("reason")["count"].transform("sum")
    found = found.assign(total=total, step=[STEPS[place] for place in found["place"]])
    found = found.sort_values(["total", "reason", "place"], ascending=[False, True, True], ignore_index=True)
    return found[REASON_COLUMNS]


@dataclass(frozen=True)
class Without:
    """« Sans cette raison »: the newcomers that would have come besides, had nobody been lost for `reason`.

    `lost` for it; `more`: expected newcomers, with `low` and `high`. None where no dossier that came as far has been decided otherwise.
    """

    reason: str
    lost: int
    more: float | None
    low: float | None
    high: float | None

    def sentence(self, words: str) -> str:
        """« Sans « logement introuvable à temps » (6 dossiers perdus) : 4,6 installés de plus (2,6 à 5,6). »; `words`: the reason."""
        head = f"Sans « {words} » ({french.counted(self.lost, 'dossier perdu', 'dossiers perdus')}){NNBSP}: "
        if self.more is None or self.low is None or self.high is None:
            return f"{head}trop peu de dossiers sont allés plus loin pour le dire."
        who = french.plural(self.more, "installé", "installés")
        return f"{head}{french.number(self.more, 1)} {who} de plus ({french.number(self.low, 1)} à {french.number(self.high, 1)})."


def without(walks: pd.DataFrame, reason: str) -> Without:
    """Lost for `reason` × the rate of the later steps, step by step, with its interval.

    The rate at a step is that of settling among the dossiers that came so far, were decided and were not lost for this reason: they are
    taken for what those would have done. Its Wilson interval is multiplied by the number lost; over several steps the bounds are added,
    which makes the interval too wide rather than too narrow.
    """
    for_it = ((walks["end"] == "lost") & (walks["reason"] == reason)).to_numpy()
    furthest = walks["furthest"].to_numpy()
    settled = furthest >= STEPS.index(SUCCESS)
    decided = (settled | (walks["end"] != "").to_numpy()) & ~for_it
    totals = np.zeros(3)
    for place in np.unique(furthest[for_it]):
        further = decided & (furthest >= place)
        rate = wilson(int((further & settled).sum()), int(further.sum()))
        if not rate.of:
            return Without(reason, int(for_it.sum()), None, None, None)
        totals += int((furthest[for_it] == place).sum()) * np.array([rate.value, rate.low, rate.high])
    return Without(reason, int(for_it.sum()), float(totals[0]), float(totals[1]), float(totals[2]))
