"""How long members stay: Kaplan–Meier, those still present being censored.

A member's stay runs from the first arrival in the territory to the first departure from it; a move inside the territory does not
end it, and a member who comes back is not counted a second time (the stays of one person are not independent). Somebody still
there is censored today: known to have stayed that long, and longer by an unknown time.

The estimate is that of E. L. Kaplan and P. Meier (J. Am. Stat. Assoc. 53, 1958, 457–481), computed by
`scipy.stats.ecdf` on `CensoredData`; standard errors are Greenwood's (1926), the 95 % interval is that of the log(−log) scale
(J. D. Kalbfleisch and R. L. Prentice, 1980), which stays between 0 and 1. The interval of the median is the set of times where that
interval holds one half (R. Brookmeyer and J. Crowley, Biometrics 38, 1982, 29–41).
"""

from __future__ import annotations

import datetime as dt
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import french
from analysis.network import joined_spells

DAYS_A_YEAR = 365.25
CONFIDENCE = 0.95
MARKS = (1, 2, 3, 5, 8, 10, 15, 20)
"""The years at which the curve is read in a table."""


class RetentionError(ValueError):
    """Durations cannot be read. The message is in French."""


@dataclass(frozen=True)
class Kept:
    """The share still present after `years`, with its interval and the number of members known to have stayed that long."""

    years: float
    share: float
    low: float
    high: float
    at_risk: int


@dataclass(frozen=True)
class Retention:
    """A Kaplan–Meier estimate.

    `table` has one row for each time at which somebody left or was censored, oldest first: `years`, `at_risk` (members who had not
    left or been censored just before), `departures`, `censored`, `survival`, `error` (Greenwood's standard error), `low`, `high`
    (95 % interval). Shares are from 0 to 1. `median` is the first time at which half or more have left; it and its limits are None
    where the curve does not come down so far. An empty table means that there is nobody to follow.
    """

    table: pd.DataFrame
    members: int
    departures: int
    median: float | None
    median_low: float | None
    median_high: float | None

    def sentence(self, who: str) -> str:
        """How many of `who` (« membres ») stay five years, or one where five are too many to say, and how long half of them stay."""
        if not self.members:
            return "Aucun séjour à suivre : la fidélité ne se mesure pas encore."
        kept = self.after(5) or self.after(1)
        head = ""
        if kept:
            head = (
                f"Après {sentence_years(kept.years)}, {french.percent(100 * kept.share, 0)} des {who} sont encore là "
                f"(intervalle de confiance à 95 % : {interval_text(kept.low, kept.high)}) ; "
            )
        half = (
            f"la moitié reste plus de {sentence_years(self.median)}."
            if self.median is not None
            else "plus de la moitié sont encore là."
        )
        return french.spaced(french.sentence(head + half))

    def after(self, years: float) -> Kept | None:
        """The share still present after `years`; None beyond the longest stay that was observed: nothing is known there."""
        if self.table.empty or years > float(self.table["years"].iloc[-1]):
            return None
        left = self.table["years"] <= years
        at_risk = int((self.table.loc[self.table["years"] >= years, ["departures", "censored"]]).sum().sum())
        if not left.any():
            return Kept(years, 1.0, 1.0, 1.0, at_risk)
        row = self.table[left].iloc[-1]
        return Kept(years, float(row["survival"]), float(row["low"]), float(row["high"]), at_risk)


def durations(stays: pd.DataFrame, today: dt.date, codes: Sequence[str] | None = None) -> pd.DataFrame:
    """One row a member who has arrived by `today`: `member`, `years` (of 365,25 days), `left` (False: still present, censored).

    `stays` as in `data.network`; `codes` keeps the stays in those communes, so that leaving them is leaving. A departure announced
    for later has not happened yet. Raises RetentionError for a stay that ends before it begins.
    """
    inside = stays if codes is None else stays[stays["commune"].isin(list(codes))]
    if inside.empty:
        return pd.DataFrame(
            {
                "member": pd.Series(dtype=object),
                "years": pd.Series(dtype=float),
                "left": pd.Series(dtype=bool),
            }
        )
    first = joined_spells(inside).drop_duplicates("member", keep="first")
    now = pd.Timestamp(today)
    first = first[first["start"] <= now]
    left = first["end"].notna() & (first["end"] <= now)
    days = (first["end"].where(left, now) - first["start"]).dt.days
    if (days < 0).any():
        who = first.loc[days < 0, "member"].iloc[0]
        raise RetentionError(
            f"Le séjour du membre {who} finit avant d’avoir commencé : corrigez ses dates dans le registre."
        )
    return pd.DataFrame({"member": first["member"], "years": days / DAYS_A_YEAR, "left": left}).reset_index(
        drop=True
    )


def kaplan_meier(years: Sequence[float], left: Sequence[bool]) -> Retention:
    """The estimate for stays of `years` (0 or more), of which those with `left` have ended and the others are censored.

    Both have one value a member. Raises RetentionError when lengths differ or a duration is negative or not a number.
    """
    time = np.asarray(years, dtype=float)
    ended = np.asarray(left, dtype=bool)
    if time.shape != ended.shape:
        raise RetentionError(f"{time.size} durées pour {ended.size} issues : il en faut autant.")
    if not np.isfinite(time).all() or (time < 0).any():
        raise RetentionError("Une durée de séjour est négative ou absente : corrigez les dates du registre.")
    names = ["years", "at_risk", "departures", "censored", "survival", "error", "low", "high"]
    if not time.size:
        return Retention(
            pd.DataFrame({name: pd.Series(dtype=float) for name in names}), 0, 0, None, None, None
        )
    from scipy.stats import CensoredData, ecdf

    curve = ecdf(CensoredData(uncensored=time[ended], right=time[~ended])).sf
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # undefined at shares of 1 and 0, which are said below
        interval = curve.confidence_interval(confidence_level=CONFIDENCE, method="log-log")
    at = np.asarray(curve.quantiles, dtype=float)
    survival = np.asarray(curve.probabilities, dtype=float)
    departures = np.array([int((ended & (time == t)).sum()) for t in at])
    censored = np.array([int((~ended & (time == t)).sum()) for t in at])
    at_risk = np.array([int((time >= t).sum()) for t in at])
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(departures > 0, departures / (at_risk * (at_risk - departures)), 0.0)
        error = survival * np.sqrt(np.cumsum(terms))
    # Before anybody has left the share is 1, and 0 once all have: there is no interval to give at either end.
    low = np.where(survival >= 1, 1.0, np.asarray(interval.low.probabilities, dtype=float))
    high = np.where(survival >= 1, 1.0, np.asarray(interval.high.probabilities, dtype=float))
    low, high, error = (np.where(survival <= 0, np.nan, part) for part in (low, high, error))
    table = pd.DataFrame(
        dict(zip(names, (at, at_risk, departures, censored, survival, error, low, high), strict=True))
    )
    return Retention(
        table,
        int(time.size),
        int(ended.sum()),
        _first_at_half(at, survival),
        _first_at_half(at, np.where(np.isnan(low), 0.0, low)),
        _first_at_half(at, high),
    )


def _first_at_half(at: np.ndarray, share: np.ndarray) -> float | None:
    """The first time at which `share` is one half or less; rounding errors of a product of fractions do not count."""
    there = at[share <= 0.5 + 1e-12]
    return float(there[0]) if there.size else None


def interval_text(low: float, high: float) -> str:
    """« 55 % à 78 % »; « – » where there is none."""
    if pd.isna(low) or pd.isna(high):
        return french.DASH
    return f"{french.percent(100 * low, 0)} à {french.percent(100 * high, 0)}"


def sentence_years(years: float) -> str:
    """A duration as it is read aloud: « 8 ans et 4 mois », « 7 mois », « moins d’un mois »."""
    months = math.floor(years * 12 + 0.5)
    whole, rest = divmod(months, 12)
    parts = []
    if whole:
        parts.append(f"{whole}\u00a0an{'s' if whole > 1 else ''}")
    if rest:
        parts.append(f"{rest}\u00a0mois")
    return " et ".join(parts) or "moins d’un mois"
