"""The answers of the funnel, the clocks and the two signatures as rows of texts, for screens and paper alike."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis import french
from analysis.applications.assessment import CONFIDENCE, Kappa
from analysis.applications.clocks import Rule
from analysis.applications.funnel import ENDS, REASON_COLUMNS, STEPS, SUCCESS, Rate, Stage, Stay, wilson
from analysis.applications.steps import REASONS
from analysis.vocabulary import APPLICATION_ENDS, APPLICATION_STEPS, ASSESSMENT_CRITERIA

RECEIVED, SETTLED = "Dossiers reçus", "Installés"
"""How the facts of a published funnel begin, in a pack's milestones."""

STAGE_KEYS = ("step", "reached", "pending", *ENDS, "onward")
COHORT_KEYS = ("cohort", "received", "pending", "settled", "rate")
STAY_KEYS = ("step", "dossiers", "open", "half", "quarter")
HORIZONS: Mapping[int, str] = {90: "3 mois", 180: "6 mois", 365: "1 an", 730: "2 ans"}
"""Days after the reception at which ends are told, and their names."""
END_KEYS = ("end", *(str(days) for days in HORIZONS))
ANSWERED_KEYS = ("step", "month", "within", "beyond", "open", "share")
AGREEMENT_KEYS = ("of", "kappa", "span", "dossiers")


def published(milestones: pd.DataFrame) -> tuple[int, int, str] | None:
    """The published funnel of a pack: dossiers received, newcomers settled, the publication; None where nobody published both.

    `milestones`: see `data.figures.load_milestones`. Both figures must be of one date; of several dates the last one counts.
    """
    if milestones.empty:
        return None
    told = milestones[milestones["value"].notna()]
    pairs: dict[str, dict[str, int]] = {}
    by: dict[str, str] = {}
    for row in told.to_dict("records"):
        for head in (RECEIVED, SETTLED):
            if str(row["fact"]).startswith(head):
                pairs.setdefault(str(row["date"]), {})[head] = int(row["value"])
                by[str(row["date"])] = str(row["producer"])
    whole = [day for day, both in pairs.items() if len(both) == 2]
    if not whole:
        return None
    last = max(whole)
    return pairs[last][RECEIVED], pairs[last][SETTLED], by[last]


def spans(walks: pd.DataFrame) -> pd.DataFrame:
    """One row a stay in a step, for `clocks.answered_within`: `application`, `step`, `entered`, `left` (NaT while it is there).

    `walks`: see `funnel.paths`.
    """
    found = []
    for place, step in enumerate(STEPS):
        inside = walks[walks[step].notna()]
        later = [*STEPS[place + 1 :], *ENDS]
        found.append(
            pd.DataFrame(
                {
                    "application": inside.index.astype(object),
                    "step": step,
                    "entered": inside[step].to_numpy(),
                    "left": inside[later].min(axis=1).to_numpy(),
                }
            )
        )
    return pd.concat(found, ignore_index=True)


def _share(rate: Rate) -> str:
    """« 4 % (1,8 % à 8,5 %) », a dash where there is nothing to measure."""
    if not rate.of:
        return french.DASH
    return (
        f"{french.percent(100 * rate.value, 0)} "
        f"({french.percent(100 * rate.low, 0)} à {french.percent(100 * rate.high, 0)})"
    )


def stage_rows(stages: Sequence[Stage]) -> pd.DataFrame:
    """The steps of a funnel, columns `STAGE_KEYS`."""
    rows = [
        (
            APPLICATION_STEPS[each.step],
            french.number(each.reached),
            french.number(each.pending),
            *(french.number(each.ended[end]) for end in ENDS),
            _share(each.onward),
        )
        for each in stages
    ]
    return pd.DataFrame(rows, columns=list(STAGE_KEYS))


def cohort_rows(
    found: Mapping[str, Sequence[Stage]], words: Mapping[str, str] | None = None, unknown: str = "non indiqué"
) -> pd.DataFrame:
    """One row a cohort, columns `COHORT_KEYS`. `words`: the name on screen of each; an empty one is `unknown`."""
    rows = []
    for name, stages in found.items():
        reached = {each.step: each for each in stages}
        settled = reached[SUCCESS].reached
        before = stages[: STEPS.index(SUCCESS)]
        pending = sum(each.pending for each in before)
        ended = sum(sum(each.ended.values()) for each in before)
        rows.append(
            (
                (words or {}).get(name, name) or unknown,
                french.number(reached["received"].reached),
                french.number(pending),
                french.number(settled),
                _share(wilson(settled, settled + ended)),
            )
        )
    return pd.DataFrame(rows, columns=list(COHORT_KEYS))


def _first_day(found: Stay, share: float) -> str:
    """The first day on which no more than `share` are still there; a dash beyond what is known."""
    days = found.curve.loc[found.curve["still"] <= share + 1e-12, "days"]
    return french.quantity(float(days.iloc[0]), "jours") if len(days) else french.DASH


def stay_rows(found: Sequence[Stay]) -> pd.DataFrame:
    """How long each step takes, columns `STAY_KEYS`: `half` and `quarter` are when half and three quarters have left it."""
    rows = [
        (
            APPLICATION_STEPS[each.step],
            french.number(each.dossiers),
            french.number(each.open),
            _first_day(each, 0.5),
            _first_day(each, 0.25),
        )
        for each in found
        if each.dossiers
    ]
    return pd.DataFrame(rows, columns=list(STAY_KEYS))


def end_rows(found: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The share that has ended each way after each of `HORIZONS`, columns `END_KEYS`. `found`: see `funnel.cumulative_incidence`."""
    rows = []
    for cause, word in end_words().items():
        if cause not in found:
            continue
        curve = found[cause]
        cells = []
        for days in HORIZONS:
            before = curve[curve["days"] <= days]
            if before.empty:
                cells.append(french.percent(0, 0))
                continue
            last = before.iloc[-1]
            span = (
                f" ({french.percent(100 * last['low'], 0)} à {french.percent(100 * last['high'], 0)})"
                if math.isfinite(last["low"])
                else ""
            )
            cells.append(f"{french.percent(100 * last['share'], 0)}{span}")
        rows.append((word, *cells))
    return pd.DataFrame(rows, columns=list(END_KEYS))


def reason_words(end: str, reason: str) -> str:
    """The reason in words: by its code, else as it was written before there was a list."""
    return REASONS[end].get(reason, reason) or "raison non dite"


def reason_rows(found: pd.DataFrame, end: str) -> pd.DataFrame:
    """Why dossiers ended by `end`, columns `funnel.REASON_COLUMNS`. `found`: see `funnel.reasons`."""
    rows = [
        (
            french.sentence(reason_words(end, row["reason"])),
            APPLICATION_STEPS[row["step"]],
            french.number(row["count"]),
        )
        for row in found.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=REASON_COLUMNS)


def answered_rows(found: pd.DataFrame) -> pd.DataFrame:
    """How reactive we are by step and month, columns `ANSWERED_KEYS`, the last month first. `found`: see `clocks.answered_within`."""
    order = {step: place for place, step in enumerate(STEPS)}
    ordered = found.assign(place=found["step"].map(order)).sort_values(
        ["month", "place"], ascending=[False, True]
    )
    rows = []
    for row in ordered.to_dict("records"):
        known = row["within"] + row["beyond"]
        rows.append(
            (
                APPLICATION_STEPS[row["step"]],
                french.month(dt.date.fromisoformat(f"{row['month']}-01")),
                french.number(row["within"]),
                french.number(row["beyond"]),
                french.number(row["open"]),
                french.percent(100 * row["within"] / known, 0) if known else french.DASH,
            )
        )
    return pd.DataFrame(rows, columns=list(ANSWERED_KEYS))


def answered_totals(found: pd.DataFrame, rules: Mapping[str, Rule]) -> list[tuple[str, Rule, int, int, int]]:
    """The same over all months: step, rule, within, beyond, open; steps that nobody came into are left out."""
    sums = found.groupby("step")[["within", "beyond", "open"]].sum() if len(found) else found
    return [
        (
            step,
            rules[step],
            int(sums.at[step, "within"]),
            int(sums.at[step, "beyond"]),
            int(sums.at[step, "open"]),
        )
        for step in STEPS
        if step in rules and step in sums.index
    ]


def agreement_rows(found: Mapping[str, Kappa]) -> pd.DataFrame:
    """Cohen's kappa by what it is of (a criterion by its code, or a year), its interval, its dossiers: `AGREEMENT_KEYS`."""
    rows = []
    for of, each in found.items():
        span = (
            f"{french.number(each.low, 2)} à {french.number(each.high, 2)}"
            if each.low is not None and each.high is not None
            else french.DASH
        )
        value = (
            french.number(each.value, 2)
            if each.value is not None and math.isfinite(each.value)
            else french.DASH
        )
        rows.append(
            (
                french.sentence(ASSESSMENT_CRITERIA.get(of, of)),
                value,
                span,
                french.number(each.dossiers),
            )
        )
    return pd.DataFrame(rows, columns=list(AGREEMENT_KEYS))


LEVEL = french.percent(100 * CONFIDENCE, 0)
"""The level of the intervals in words."""


def end_words() -> Mapping[str, str]:
    """How dossiers end, success first, in words."""
    return {SUCCESS: APPLICATION_STEPS[SUCCESS], **APPLICATION_ENDS}
