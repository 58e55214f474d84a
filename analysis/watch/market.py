"""The rental market as the watch saw it: what came and went, what starting earlier would have found, which week to arrive.

Every number of listings counts those that were *sighted*: what nobody signals is not on this market. `known` is the frame of
`life.lives` until the day in question, with `kind` and `group`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis import french
from analysis.french import NNBSP
from analysis.vocabulary import DWELLING_KINDS
from analysis.watch.life import Floats, Lives, lives, still_there

FEW = 5
"""Rents below which a median is not given: it would be that of one or two dwellings."""
RECENT = 30
"""Days that the market's sentence and its table by kind look back."""
LEADS = (4, 8, 15, 30)
"""Days before the arrival on which the backtest begins to search."""
WEEKS = 12
SEASON_DAYS = 60.0
"""How many days of the whole period a calendar month counts beside its own: with less of its own it says little of a season."""

FIGURE_COLUMNS = ["kind", "new", "gone", "standing", "expected", "median_life", "own_life", "rents", "rent"]
PERIOD_COLUMNS = ["since", "until", "new", "gone", "standing"]
RENT_COLUMNS = ["since", "until", "kind", "rents", "rent"]
BACKTEST_COLUMNS = ["lead", "found", "kept", "share", "added", "first_day", "first_day_share"]
WEEK_COLUMNS = ["arrival", "opens", "chance", "low", "high", "best"]


def market_figures(
    listings: pd.DataFrame, known: pd.DataFrame, found: Lives, since: dt.date, until: dt.date
) -> pd.DataFrame:
    """The market from `since` to `until` (both included), one row a kind that was seen and a last one for all (`kind` empty).

    Columns `FIGURE_COLUMNS`: `new` (first seen in the period), `gone` (said gone in it), `standing` (nobody said gone until its end),
    `expected` (how many of those are still there, by their chances), `median_life` (days until half are gone; `own_life` tells whether the
    kind has its own estimate), `rents` (known monthly rents of what was new) and `rent` (their median in euros, NaN below `FEW`).

    `listings` has `listing` and `rent`; `known` the lives until `until`. Raises ValueError when the period ends before it begins.
    """
    if until < since:
        raise ValueError(
            f"Période du {french.date(since)} au {french.date(until)}{NNBSP}: la fin précède le début."
        )
    first, last = pd.Timestamp(since), pd.Timestamp(until)
    frame = known.assign(
        new=(known["first_seen"] >= first) & (known["first_seen"] <= last),
        left_then=(known["gone_on"] >= first) & (known["gone_on"] <= last),
        stands=known["gone_on"].isna(),
        chance=still_there(known, found, until)["chance"].to_numpy(),
    )
    frame["rent"] = listings.set_index("listing")["rent"].reindex(frame["listing"]).to_numpy(dtype=float)
    parts = [(str(kind), part) for kind, part in frame.groupby("kind", sort=False)]
    order = list(DWELLING_KINDS)
    parts.sort(key=lambda one: order.index(one[0]) if one[0] in order else len(order))
    rows = []
    for kind, part in [*parts, ("", frame)]:
        life = found.of(kind) if kind else found.pooled
        rents = part.loc[part["new"], "rent"].dropna()
        rows.append(
            (
                kind,
                int(part["new"].sum()),
                int(part["left_then"].sum()),
                int(part["stands"].sum()),
                float(part.loc[part["stands"], "chance"].sum()),
                life.median,
                life.kind == kind,
                len(rents),
                float(rents.median()) if len(rents) >= FEW else math.nan,
            )
        )
    return pd.DataFrame(rows, columns=FIGURE_COLUMNS)


def market_sentence(figures: pd.DataFrame) -> str:
    """« 12 annonces nouvelles et 9 parties ; 21 en cours, dont 14 sans doute encore là ; la moitié part en 5,6 jours. »"""
    row = figures[figures["kind"] == ""].iloc[0]
    new = french.counted(int(row["new"]), "annonce nouvelle", "annonces nouvelles")
    gone = french.counted(int(row["gone"]), "partie", "parties")
    standing, expected = french.number(row["standing"]), french.number(row["expected"])
    return (
        f"{new} et {gone}{NNBSP}; {standing} en cours, dont {expected} sans doute encore là{NNBSP}; "
        f"la moitié part en {french.quantity(row['median_life'], 'jours', 1)}."
    )


def market_over_time(
    listings: pd.DataFrame, sightings: pd.DataFrame, today: dt.date, *, months: int = 1, periods: int = 12
) -> pd.DataFrame:
    """What came and went of `listings`, period by period until `today`, oldest first, columns `PERIOD_COLUMNS`.

    `new`: first seen in the period, `gone`: said gone in it, `standing`: nobody said gone until its end, each as it was known at its end.
    Periods are those of `past_periods`; those that ended before the first sighting are left out.
    """
    # Numbers in place of references, and days read once: each period groups all that was said until its end.
    place_of = pd.Index(listings["listing"])
    own = pd.DataFrame(
        {
            "listing": place_of.get_indexer(sightings["listing"]),
            "on": pd.to_datetime(sightings["on"]).to_numpy(),
            "state": sightings["state"].to_numpy(),
        }
    )
    own = own[(own["listing"] >= 0) & (own["on"] <= pd.Timestamp(today))]
    rows = []
    for since, until in past_periods(today, months, periods):
        if not len(own) or pd.Timestamp(until) < own["on"].min():
            continue
        then = lives(own, until)
        first = pd.Timestamp(since)
        new, gone = (then["first_seen"] >= first).sum(), (then["gone_on"] >= first).sum()
        rows.append((since, until, int(new), int(gone), int(then["gone_on"].isna().sum())))
    return pd.DataFrame(rows, columns=PERIOD_COLUMNS)


def rents_over_time(
    listings: pd.DataFrame, known: pd.DataFrame, today: dt.date, *, months: int = 3, periods: int = 4
) -> pd.DataFrame:
    """The monthly rents of what was new in each of `past_periods`, oldest first, columns `RENT_COLUMNS`: a row a kind, one for all.

    `rents` counts those that are known, `rent` is their median in euros, NaN below `FEW`. `listings` has `listing` and `rent`.
    """
    frame = known[["listing", "kind", "first_seen"]].merge(
        listings[["listing", "rent"]], on="listing", how="left"
    )
    rows = []
    for since, until in past_periods(today, months, periods):
        new = frame[
            (frame["first_seen"] >= pd.Timestamp(since)) & (frame["first_seen"] <= pd.Timestamp(until))
        ]
        for kind in [*DWELLING_KINDS, ""]:
            rents = new.loc[new["kind"] == kind, "rent"].dropna() if kind else new["rent"].dropna()
            rows.append(
                (since, until, kind, len(rents), float(rents.median()) if len(rents) >= FEW else math.nan)
            )
    return pd.DataFrame(rows, columns=RENT_COLUMNS)


def past_periods(today: dt.date, months: int, periods: int) -> list[tuple[dt.date, dt.date]]:
    """The last `periods` periods of `months` calendar months, oldest first: first day, and last day or `today` for the one that runs."""
    begin = pd.Timestamp(today.year, today.month, 1) - pd.DateOffset(months=months - 1)
    starts = [(begin - pd.DateOffset(months=months * place)).date() for place in range(periods - 1, -2, -1)]
    ends = [min(start - dt.timedelta(days=1), today) for start in starts[1:]]
    return list(zip(starts, ends, strict=False))


# -- the eight days, looking back ------------------------------------------------------------------------------


def there_on(known: pd.DataFrame, found: Lives, day: dt.date) -> Floats:
    """The chance that each listing was to be had on a past day, by what its sightings said before *and after* that day.

    1 until it was last seen, 0 from when it was said gone; between the two answers by its exponential life, at the mean rate of its
    estimate. 0 before it was first seen: nobody knew it.
    """
    return _there(known, _rates(known, found), pd.Timestamp(day))


def _rates(known: pd.DataFrame, found: Lives) -> Floats:
    """The mean disappearance rate of each listing, by its estimate: one over its mean life."""
    pairs = list(zip(known["kind"], known["group"], strict=True))
    rates = {pair: 1 / found.of(*pair).mean for pair in set(pairs)}
    return np.array([rates[pair] for pair in pairs])


def _there(known: pd.DataFrame, rates: Floats, at: pd.Timestamp) -> Floats:
    since = (at - known["last_seen"]).dt.days.to_numpy(dtype=float)
    width = (known["gone_on"] - known["last_seen"]).dt.days.to_numpy(dtype=float)
    width = np.where(np.isnan(width), np.inf, np.maximum(width, 1.0))
    inside = np.clip(since, 0, None)
    ended = np.exp(-rates * width)
    chance = np.where(inside >= width, 0.0, (np.exp(-rates * inside) - ended) / (1 - ended))
    return np.where(known["first_seen"] > at, 0.0, np.where(since <= 0, 1.0, chance))


def backtest(
    known: pd.DataFrame, found: Lives, arrivals: Sequence[dt.date], leads: Sequence[int] = LEADS
) -> pd.DataFrame:
    """What a search begun so many days before each of `arrivals` would have found, on average, shortest lead first.

    Columns `BACKTEST_COLUMNS`: `found` (listings known to stand on some day from `lead` days before to the day before the arrival), `kept`
    (how many of them are still to be had on the day of arrival, by `there_on`), `share` (kept of found), `added` (kept that the next
    shorter lead would not have found), `first_day` (listings that stood on the first day of the search) and `first_day_share` (how many of
    those are still there at the arrival). Shares are from 0 to 1, NaN where nothing was found.

    Raises ValueError without an arrival or with a lead below 1.
    """
    if not arrivals or not leads or min(leads) < 1:
        raise ValueError("Il faut au moins une arrivée passée, et une avance d’un jour au moins.")
    ordered = sorted(set(leads))
    total = {lead: np.zeros(4) for lead in ordered}
    kept_before = np.zeros(len(ordered))
    rates = _rates(known, found)
    first_seen, last_seen = known["first_seen"], known["last_seen"]
    for arrival in arrivals:
        chance = _there(known, rates, pd.Timestamp(arrival))
        eve = pd.Timestamp(arrival) - pd.Timedelta(days=1)
        for position, lead in enumerate(ordered):
            begun = pd.Timestamp(arrival) - pd.Timedelta(days=lead)
            seen = ((first_seen <= eve) & (last_seen >= begun)).to_numpy()
            early = ((first_seen <= begun) & (last_seen >= begun)).to_numpy()
            kept = float(chance[seen].sum())
            total[lead] += (seen.sum(), kept, early.sum(), chance[early].sum())
            kept_before[position] += kept
    added = np.diff(kept_before, prepend=0.0)
    rows = []
    for position, lead in enumerate(ordered):
        seen_n, kept, early_n, early_kept = total[lead]
        rows.append(
            (
                lead,
                seen_n / len(arrivals),
                kept / len(arrivals),
                kept / seen_n if seen_n else math.nan,
                added[position] / len(arrivals),
                early_n / len(arrivals),
                early_kept / early_n if early_n else math.nan,
            )
        )
    return pd.DataFrame(rows, columns=BACKTEST_COLUMNS)


def backtest_sentences(table: pd.DataFrame) -> list[str]:
    """One sentence a lead: « Commencer 30 jours avant : 14,2 annonces trouvées, 3,1 encore là à l'arrivée ; du premier jour, 5 %. »"""
    sentences = []
    for row in table.to_dict("records"):
        lead = french.counted(int(row["lead"]), "jour", "jours")
        found, kept = french.quantity(row["found"], "annonces trouvées", 1), french.number(row["kept"], 1)
        first = (
            f"{NNBSP}; de celles du premier jour, {french.percent(100 * row['first_day_share'], 0)}"
            if math.isfinite(row["first_day_share"])
            else ""
        )
        sentences.append(f"Commencer {lead} avant{NNBSP}: {found}, {kept} encore là à l’arrivée{first}.")
    return sentences


# -- the best week to arrive -----------------------------------------------------------------------------------


def arrival_rates(first_seen: pd.Series[dt.date], since: dt.date, today: dt.date, days: int) -> Floats:
    """New listings expected on each of the next `days` days, from the first sightings between `since` (included) and `today` (excluded).

    Each day takes the rate of its calendar month, drawn to the rate of the whole period as if `SEASON_DAYS` of it had been seen beside.
    Raises ValueError when `since` is not before `today`.
    """
    past = pd.date_range(since, today, inclusive="left")
    if not len(past):
        raise ValueError(f"Observé depuis le {french.date(since)}{NNBSP}: il faut au moins un jour passé.")
    seen = pd.to_datetime(first_seen)
    seen = seen[(seen >= past[0]) & (seen <= past[-1])]
    overall = len(seen) / len(past)
    months = np.arange(1, 13)
    watched = np.array([(past.month == month).sum() for month in months])
    came = np.array([(seen.dt.month == month).sum() for month in months])
    rates = (came + SEASON_DAYS * overall) / (watched + SEASON_DAYS)
    ahead = pd.date_range(today, periods=days)
    result: Floats = rates[ahead.month.to_numpy() - 1]
    return result


def chance_of_housing(
    standing: Floats,
    rates: Floats,
    mean_life: float,
    opens_in: int,
    days: int,
    *,
    ahead: int = 0,
    success: float = 1.0,
) -> float:
    """The chance that a search of `days` days that opens in `opens_in` days meets a dwelling, in closed form.

    `standing` are the chances that each known listing is there today; new ones come as a Poisson stream of `rates` a day (today first) and
    live exponential times of `mean_life` days from their first sighting. A listing is met when it stands at the opening or comes before the
    end. One met is had with probability `success`; the `ahead` first ones go to others. The number met is a sum of independent
    events and of a Poisson number of mean

        Σ over days d before the opening of rate_d · m · (e^(−(t−d−1)/m) − e^(−(t−d)/m)) + Σ of the rates of the window's days

    with t = `opens_in`, m = `mean_life`. Raises ValueError where `rates` do not reach the end of the window.
    """
    if opens_in < 0 or days < 1 or len(rates) < opens_in + days:
        raise ValueError(
            f"Fenêtre de {days} jours dans {opens_in} jours{NNBSP}: les arrivées ne sont connues que sur {len(rates)} jours."
        )
    day = np.arange(opens_in, dtype=float)
    survive = mean_life * (np.exp(-(opens_in - day - 1) / mean_life) - np.exp(-(opens_in - day) / mean_life))
    expected = success * float(rates[:opens_in] @ survive + rates[opens_in : opens_in + days].sum())
    # Probabilities that 0, 1, … `ahead` are met: more of them does not matter.
    counts = np.array([math.exp(-expected) * expected**k / math.factorial(k) for k in range(ahead + 1)])
    for chance in success * np.asarray(standing, dtype=float) * math.exp(-opens_in / mean_life):
        counts = counts * (1 - chance) + np.concatenate([[0.0], counts[:-1]]) * chance
    return float(min(max(1 - counts.sum(), 0.0), 1.0))


def best_weeks(
    today: dt.date,
    standing: Floats,
    rates: Floats,
    found: Lives,
    *,
    kind: str = "",
    group: str = "",
    days: int = 8,
    weeks: int = WEEKS,
    ahead: int = 0,
    success: float = 1.0,
) -> pd.DataFrame:
    """The chance to be housed for an arrival on the Monday of each of the next `weeks` weeks, the search opening `days` days before.

    Columns `WEEK_COLUMNS`; `low` and `high` are the chances at the ends of the mean life's interval, `best` marks the greatest (the first
    of equal ones). The first week is that of the next Monday; of a window that is open, what is left counts. See `chance_of_housing` for
    the rest; `rates` must reach the last Monday.
    """
    life = found.of(kind, group) if kind else found.pooled
    monday = today + dt.timedelta(days=7 - today.weekday())
    rows = []
    for week in range(weeks):
        arrival = monday + dt.timedelta(days=7 * week)
        opens = arrival - dt.timedelta(days=days)
        opens_in = max((opens - today).days, 0)
        length = (arrival - today).days - opens_in
        chances = [
            chance_of_housing(standing, rates, mean, opens_in, length, ahead=ahead, success=success)
            for mean in (life.mean, *life.interval)
        ]
        rows.append((arrival, opens, chances[0], min(chances), max(chances)))
    table = pd.DataFrame(rows, columns=WEEK_COLUMNS[:-1])
    table["best"] = table.index == (table["chance"].idxmax() if len(table) else -1)
    return table


def best_week_sentence(table: pd.DataFrame) -> str:
    """« La meilleure semaine pour arriver : celle du 4 mai 2026 (82 chances sur 100 d'être logé, contre 61 la moins bonne). »"""
    best = table[table["best"]].iloc[0]
    worst = table["chance"].min()
    return (
        f"La meilleure semaine pour arriver{NNBSP}: celle du {french.long_date(best['arrival'])} "
        f"({french.number(100 * best['chance'])} chances sur 100 d’être logé, contre {french.number(100 * worst)} la moins bonne)."
    )
