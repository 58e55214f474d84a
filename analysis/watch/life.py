"""How long listings live here, and whether one is still there today. The convention is decision 15.

A life is the time from a listing's **first sighting as available** to its disappearance, in days. It is never observed: it lies between
two answers, the last « available » (the listing was still there: the left end is not part of the interval) and the first « gone » after it
(it had gone by then: the right end is part of it), so in ``(left, right]``. Where nobody has said « gone » it is in ``(left, ∞)``. What a
listing lived before it was first seen is not counted: with exponential lives what is left at the first sighting has the same distribution,
however late it was seen.

The disappearance rate has the prior Gamma(shape 3, rate 16 days), a mean life of 8 days, which the data overrule: two listings' worth of
knowledge. Interval-censored exponential lives have no conjugate posterior; here it is one-dimensional and integrated on a grid of the
logarithm of the rate (trapezoids: for a smooth density that vanishes at both ends their error falls faster than any power of the step).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis import french
from analysis.french import NBSP, NNBSP

Floats = NDArray[np.float64]

PRIOR_SHAPE = 3.0
PRIOR_RATE = 16.0
"""Days. The prior mean of a life is rate / (shape − 1) = 8 days."""
MINIMUM = 20
"""Known ends below which a kind, or a kind in a group, is not estimated by itself: with 20, the 90 % interval is about ± 37 %."""
COVERED = 0.90
"""Probability that an interval holds the truth, half of the rest on each side."""

_COARSE = np.linspace(np.log(1e-6), np.log(1e3), 601)
_POINTS = 801
_NEGLIGIBLE = 45.0  # natural logarithms below the mode: e^-45 of the density, far under double precision

LIFE_COLUMNS = ["listing", "first_seen", "last_seen", "gone_on", "left", "right"]


def lives(sightings: pd.DataFrame, until: dt.date) -> pd.DataFrame:
    """The lives that sightings tell until a day, one row a listing seen available at least once, columns `LIFE_COLUMNS`.

    `sightings` has `listing`, `on` (day or its ISO text) and `state` (`vocabulary.SIGHTING_STATES`). `first_seen`, `last_seen`: days of the
    first and the last « available »; `gone_on`: day of the first « gone » after that, NaT when nobody said so; `left` and `right`: the
    interval in days from the first sighting, `right` infinite when it is not over. « unknown » is no news. A « gone » that a later
    « available » contradicts is not counted. Both on one day: « gone » is the later news, the hours between are unknown and the interval is
    one day wide. A listing only ever said gone has no life and no row.
    """
    return lives_of(coded(sightings), until)


@dataclass(frozen=True, eq=False)
class Coded:
    """Sightings as numbers: strings of a hundred thousand rows are looked at once.

    `names`: the listings, sorted; by row: `listing` (place in `names`), `day` (days since 1970), `available` and `gone`.
    """

    names: pd.Index[Any]
    listing: NDArray[np.intp]
    day: NDArray[np.int64]
    available: NDArray[np.bool_]
    gone: NDArray[np.bool_]

    def newest_available(self) -> NDArray[np.intp]:
        """By listing the row of the newest « available », the last of those of one day; -1 where nobody said so."""
        rows = np.flatnonzero(self.available)
        rows = rows[np.argsort(self.day[rows], kind="stable")]
        newest = np.full(len(self.names), -1, dtype=np.intp)
        newest[self.listing[rows]] = rows  # of several the last one stays
        return newest


def coded(sightings: pd.DataFrame) -> Coded:
    """`sightings` (`listing`, `on`, `state`) as numbers."""
    listing, names = pd.factorize(sightings["listing"], sort=True)
    day = pd.to_datetime(sightings["on"]).to_numpy().astype("datetime64[D]").astype(np.int64)
    state = sightings["state"]
    return Coded(
        pd.Index(names),
        listing.astype(np.intp),
        day,
        (state == "available").to_numpy(dtype=bool),
        (state == "gone").to_numpy(dtype=bool),
    )


def lives_of(told: Coded, until: dt.date) -> pd.DataFrame:
    """`lives` of sightings that were coded already."""
    last_day = (until - dt.date(1970, 1, 1)).days
    here = (told.day <= last_day) & (told.listing >= 0)
    count, never = len(told.names), np.iinfo(np.int64)
    seen = here & told.available
    first, last = np.full(count, never.max), np.full(count, never.min)
    np.minimum.at(first, told.listing[seen], told.day[seen])
    np.maximum.at(last, told.listing[seen], told.day[seen])
    gone = here & told.gone
    gone[gone] = told.day[gone] >= last[told.listing[gone]]
    end = np.full(count, never.max)
    np.minimum.at(end, told.listing[gone], told.day[gone])
    kept = last > never.min
    first, last, end = first[kept], last[kept], end[kept]
    left = (last - first).astype(float)
    over = end < never.max
    # Both on one day: « gone » is the later news, and the interval is one day wide.
    right = np.where(over, np.maximum(end - first, left + 1), np.inf)

    def days(numbers: NDArray[np.int64]) -> NDArray[np.datetime64]:
        return numbers.astype("datetime64[D]").astype("datetime64[s]")

    gone_on = np.full(len(end), np.datetime64("NaT"), dtype="datetime64[s]")
    gone_on[over] = days(end[over])
    return pd.DataFrame(
        {
            "listing": told.names[kept],
            "first_seen": days(first),
            "last_seen": days(last),
            "gone_on": gone_on,
            "left": left,
            "right": right,
        }
    )


@dataclass(frozen=True)
class Chance:
    """A probability with the ends of its interval (`COVERED`), each from 0 to 1."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Life:
    """What is known of the lives of some listings: the posterior of their disappearance rate.

    `listings` entered, of which `ends` are known to be gone. `kind` and `group` name whose lives they are, empty for all.
    `log_rates` and `weights` are the posterior: logarithms of rates per day and probabilities that add up to 1.
    """

    log_rates: Floats
    weights: Floats
    listings: int = 0
    ends: int = 0
    kind: str = ""
    group: str = ""

    @cached_property
    def mean(self) -> float:
        """Posterior mean of the mean life, in days."""
        return float(np.exp(-self.log_rates) @ self.weights)

    @cached_property
    def interval(self) -> tuple[float, float]:
        """The mean life's interval (`COVERED`), in days."""
        fast, slow = self._rates
        return 1 / slow, 1 / fast

    @cached_property
    def median(self) -> float:
        """The day on which half of the listings are gone, by the posterior mean of what is still there."""
        low, high = 0.0, 1.0
        while self.still(high).value > 0.5:
            high *= 2
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if self.still(middle).value > 0.5 else (low, middle)
        return (low + high) / 2

    @cached_property
    def _rates(self) -> tuple[float, float]:
        """The upper and the lower end of the rate's interval."""
        cumulated = np.cumsum(self.weights) - self.weights / 2
        low, high = np.interp([(1 - COVERED) / 2, (1 + COVERED) / 2], cumulated, self.log_rates)
        return float(np.exp(low)), float(np.exp(high))

    def still(self, days: float) -> Chance:
        """The chance that a listing seen available is still there `days` days later (0: certain)."""
        value, low, high = self.stills(np.array([float(days)]))
        return Chance(float(value[0]), float(low[0]), float(high[0]))

    def stills(self, days: Floats) -> tuple[Floats, Floats, Floats]:
        """`still` for many numbers of days at once: chance, low and high ends, as long as `days`. Raises ValueError below 0."""
        if len(days) and float(days.min()) < 0:
            raise ValueError(f"{float(days.min()):g} jours après{NNBSP}: un nombre de jours est 0 ou plus.")
        distinct, where = np.unique(days, return_inverse=True)
        values = np.exp(-np.outer(distinct, np.exp(self.log_rates))) @ self.weights
        values[distinct == 0] = 1.0  # seen that day: certain, whatever rounding makes of the weights' sum
        fast, slow = self._rates
        return values[where], np.exp(-slow * distinct)[where], np.exp(-fast * distinct)[where]


def estimate(left: Floats, right: Floats, *, kind: str = "", group: str = "") -> Life:
    """The posterior of lives in ``(left, right]``, in days; `right` is infinite where nobody said « gone ».

    Without any life it is the prior. Raises ValueError where an interval is empty, negative or not a number.
    """
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    wrong = ~((left >= 0) & (right > left) & np.isfinite(left))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(
            f"Vie n° {first + 1}, de {left[first]:g} à {right[first]:g} jours{NNBSP}: la fin doit suivre le début, de 0 jour ou plus."
        )
    known = np.isfinite(right)
    widths, counts = np.unique(right[known] - left[known], return_counts=True)
    return _life(
        float(left.sum()), widths.tobytes(), counts.astype(np.int64).tobytes(), len(left), int(known.sum()), kind, group
    )  # fmt: skip


@lru_cache(maxsize=500)
def _life(
    exposure: float, widths_: bytes, counts_: bytes, listings: int, ends: int, kind: str, group: str
) -> Life:
    """`estimate` from all that the posterior needs; kept, for an answer changes the lives of one kind in one group.

    `exposure`: certain days of life, of all; `widths_`, `counts_`: how many ends lie in an interval of which width (float64 and int64).
    """
    widths, counts = np.frombuffer(widths_), np.frombuffer(counts_, dtype=np.int64)
    # The last « available » is a certain stretch of life for everybody, an interval only adds that the end came within its width.

    def log_density(log_rates: Floats) -> Floats:
        rates = np.exp(log_rates)
        # Density of the rate's logarithm, hence shape and not shape − 1.
        prior = PRIOR_SHAPE * log_rates - PRIOR_RATE * rates
        ended = np.log(-np.expm1(-np.outer(rates, widths))) @ counts if len(widths) else 0.0
        return prior - exposure * rates + ended

    coarse = log_density(_COARSE)
    kept = np.flatnonzero(coarse > coarse.max() - _NEGLIGIBLE)
    low, high = max(int(kept[0]) - 1, 0), min(int(kept[-1]) + 1, len(_COARSE) - 1)
    log_rates = np.linspace(_COARSE[low], _COARSE[high], _POINTS)
    density = log_density(log_rates)
    weights = np.exp(density - density.max())
    return Life(log_rates, weights / weights.sum(), listings, ends, kind, group)


@dataclass(frozen=True)
class Lives:
    """The estimates of a territory: of all listings, of the kinds and of the kinds in a group that have `MINIMUM` known ends or more."""

    pooled: Life
    by_kind: Mapping[str, Life]
    by_group: Mapping[tuple[str, str], Life]

    def of(self, kind: str, group: str = "") -> Life:
        """The narrowest estimate that stands for a listing: of its kind in its group, else of its kind, else of all."""
        return self.by_group.get((kind, group)) or self.by_kind.get(kind) or self.pooled


def estimates(known: pd.DataFrame) -> Lives:
    """The estimates of lives (`lives`) to which `kind` and `group` were added (empty text: in no group)."""

    left, right = known["left"].to_numpy(dtype=float), known["right"].to_numpy(dtype=float)
    kind_of, kinds = pd.factorize(known["kind"])
    group_of, groups = pd.factorize(known["group"])
    both_of = kind_of * max(len(groups), 1) + group_of
    ended = np.isfinite(right)

    def enough(codes: NDArray[np.intp], named: NDArray[np.bool_]) -> list[int]:
        """The codes of which enough ends are known."""
        told, counts = np.unique(codes[ended & named], return_counts=True)
        return [int(code) for code, n in zip(told, counts, strict=True) if n >= MINIMUM]

    def of(rows: NDArray[np.bool_], kind: str = "", group: str = "") -> Life:
        return estimate(left[rows], right[rows], kind=kind, group=group)

    everything = np.ones(len(known), dtype=bool)
    in_a_group = (known["group"] != "").to_numpy(dtype=bool)
    by_kind = {
        str(kinds[code]): of(kind_of == code, str(kinds[code])) for code in enough(kind_of, everything)
    }
    by_group = {}
    for code in enough(both_of, in_a_group):
        kind, group = (str(each) for each in (kinds[code // len(groups)], groups[code % len(groups)]))
        by_group[kind, group] = of(both_of == code, kind, group)
    return Lives(of(everything), by_kind, by_group)


class Presence(StrEnum):
    """How likely a listing is still there, for its colour: from 2 chances in 3, below 1 in 3, or known to be gone."""

    LIKELY = "likely"
    OPEN = "open"
    UNLIKELY = "unlikely"
    GONE = "gone"


def presence(chance: float) -> Presence:
    """The class of a probability from 0 to 1; exactly 0 is known to be gone."""
    if chance <= 0:
        return Presence.GONE
    return Presence.LIKELY if chance >= 2 / 3 else Presence.OPEN if chance >= 1 / 3 else Presence.UNLIKELY


def still_there(known: pd.DataFrame, found: Lives, today: dt.date) -> pd.DataFrame:
    """Whether each listing of `known` (`lives` with `kind` and `group`) is still there on a day, in the order given.

    Columns: `listing`, `chance`, `low`, `high` (0 to 1), `presence` (`Presence`), `text` (« encore là : 2 chances sur 3 »). The days since
    the last « available » count; seen today it is there, said gone it is not, whatever the estimate says. Raises ValueError where a listing
    was seen after `today`: take the lives until that day.
    """
    days = (pd.Timestamp(today) - pd.to_datetime(known["last_seen"])).dt.days.to_numpy(dtype=float)
    gone = known["gone_on"].notna().to_numpy()
    result = np.zeros((len(known), 3))
    keys = pd.Series(list(zip(known["kind"], known["group"], strict=True)), dtype=object)
    for (kind, group), rows in keys.groupby(keys).groups.items():  # type: ignore[misc]
        places = np.asarray(rows)
        result[places] = np.column_stack(found.of(str(kind), str(group)).stills(days[places]))
    result[gone] = 0.0
    return pd.DataFrame(
        {
            "listing": known["listing"].to_numpy(),
            "chance": result[:, 0],
            "low": result[:, 1],
            "high": result[:, 2],
            "presence": [presence(value).value for value in result[:, 0]],
            "text": [chance_text(value) for value in result[:, 0]],
        }
    )


_ODDS = ((1, 10), (1, 5), (1, 4), (1, 3), (1, 2), (2, 3), (3, 4), (4, 5), (9, 10))


def chance_text(chance: float) -> str:
    """« encore là : 2 chances sur 3 » by the nearest of nine simple odds; « vue aujourd’hui » at 1, « partie » at 0 (of an annonce).

    Above 95 % « encore là, presque sûrement », below 5 % « presque sûrement partie ».
    """
    if chance <= 0:
        return "partie"
    if chance >= 1:
        return "vue aujourd’hui"
    if chance > 0.95:
        return "encore là, presque sûrement"
    if chance < 0.05:
        return "presque sûrement partie"
    part, of = min(_ODDS, key=lambda odds: abs(odds[0] / odds[1] - chance))
    return f"encore là{NNBSP}: {part}{NBSP}{french.plural(part, 'chance', 'chances')} sur{NBSP}{of}"


def life_sentence(life: Life) -> str:
    """« Une annonce vit 7,4 jours en moyenne (intervalle à 90 % : 6,1 à 9,0), d'après 84 annonces dont 61 parties. »"""
    if not life.listings:
        return f"Aucune annonce suivie{NNBSP}: on suppose {french.quantity(life.mean, 'jours', 1)} de vie moyenne."
    low, high = life.interval
    followed = french.counted(life.listings, "annonce suivie", "annonces suivies")
    left = french.counted(life.ends, "partie", "parties")
    return (
        f"Une annonce vit {french.quantity(life.mean, 'jours', 1)} en moyenne (intervalle à {french.percent(100 * COVERED, 0)}{NNBSP}: "
        f"{french.number(low, 1)} à {french.number(high, 1)}), d’après {followed} dont {left}."
    )


def rule_sentence(life: Life, days: int) -> str:
    """What the measured lives say of the rule of `days` days: of 100 listings found so early, how many are still there at the move."""
    chance = life.still(days)
    share, low, high = (french.number(100 * v) for v in (chance.value, chance.low, chance.high))
    return (
        f"De 100 annonces vues {french.counted(days, 'jour', 'jours')} avant l’arrivée, {share} sont encore là le jour dit "
        f"(intervalle à {french.percent(100 * COVERED, 0)}{NNBSP}: {low} à {high}){NNBSP}; "
        f"la moitié part en {french.quantity(life.median, 'jours', 1)}."
    )
