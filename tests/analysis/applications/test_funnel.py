"""The funnel beside published intervals and curves, an independent library, and sums done by hand.

The library is imported where it is asked: it takes seconds, and each worker of the tests reads this file.
"""

from __future__ import annotations

import datetime as dt
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.applications.funnel import (
    ENDS,
    OUTCOMES,
    STEPS,
    FunnelError,
    beside_published,
    cohorts,
    cumulative_incidence,
    funnel,
    outcomes,
    paths,
    reasons,
    stay,
    stay_sentence,
    stays,
    success,
    wilson,
    without,
)

TODAY = dt.date(2026, 6, 30)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def moves(*rows: tuple[str, str, str] | tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame([(*row, "")[:4] for row in rows], columns=["application", "step", "on", "reason"])


def walk(
    name: str, *steps: str, start: str = "2025-01-06", every: int = 10, reason: str = ""
) -> pd.DataFrame:
    """A dossier moved on every ten days."""
    first = dt.date.fromisoformat(start)
    rows = [
        (name, step, str(first + dt.timedelta(every * n)), reason if step in ENDS else "")
        for n, step in enumerate(steps)
    ]
    return moves(*rows)


def through(step: str) -> tuple[str, ...]:
    return STEPS[: STEPS.index(step) + 1]


def many(*parts: pd.DataFrame) -> pd.DataFrame:
    return paths(pd.concat(parts, ignore_index=True), TODAY)


# -- proportions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    # R. G. Newcombe, Two-sided confidence intervals for the single proportion, Stat. Med. 17 (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(count: int, of: int, low: float, high: float) -> None:
    found = wilson(count, of)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    assert found.value == count / of


def test_a_share_of_nothing_and_one_that_is_none() -> None:
    assert math.isnan(wilson(0, 0).value)
    assert plain(wilson(0, 0).text()) == "0 sur 0 (rien à mesurer)"
    assert (
        plain(wilson(6, 150).text()) == "6 sur 150 (4,0 % ; intervalle de confiance à 95 % : 1,8 % à 8,5 %)"
    )
    with pytest.raises(FunnelError, match="3 sur 2"):
        wilson(3, 2)


# -- counts --------------------------------------------------------------------------------------------------


def test_counts_pending_and_ends_by_step() -> None:
    walks = many(
        walk("a", *STEPS),
        walk("b", *through("met")),
        walk("c", *through("met"), "declined", reason="fragile"),
        walk("d", "received", "withdrawn", reason="family"),
        walk("e", *through("window_planned"), "lost", reason="housing"),
        walk("f", "received"),
        # Housed without a search window: it passed that step.
        walk("g", *through("accepted"), "housed", "settled"),
    )
    found = {stage.step: stage for stage in funnel(walks)}
    assert [found[step].reached for step in STEPS] == [7, 5, 5, 3, 3, 2, 2, 1, 1]
    assert {step: found[step].pending for step in STEPS if found[step].pending} == {
        "received": 1, "met": 1, "settled": 1, "one_year": 1
    }  # fmt: skip
    assert found["met"].ended == {"declined": 1, "withdrawn": 0, "lost": 0}
    assert (found["received"].onward.count, found["received"].onward.of) == (5, 6)
    assert (found["met"].onward.count, found["met"].onward.of) == (3, 4)
    # Nobody is lost from sight: those who came in are pending, ended or further on.
    for stage, after in zip(funnel(walks), funnel(walks)[1:], strict=False):
        assert stage.reached == stage.pending + sum(stage.ended.values()) + after.reached
    assert (success(walks).count, success(walks).of) == (2, 5)
    assert plain(beside_published(walks, 150, 6, "mai 2007")).startswith(
        "Publié (mai 2007) : 6 sur 150 (4,0 % ;"
    )
    assert plain(beside_published(walks, 150, 6, "mai 2007")).endswith(
        "dossiers décidés ; 2 en cours, sur 7 reçus."
    )


def test_cohorts_are_years_of_reception_or_what_is_given() -> None:
    walks = many(
        walk("a", "received", start="2024-12-31"),
        walk("b", "received", "read"),
        walk("c", "received", "read", "met"),
    )
    found = cohorts(walks)
    assert {name: stages[0].reached for name, stages in found.items()} == {"2024": 1, "2025": 2}
    trades = cohorts(walks, pd.Series({"a": "graphisme", "b": "graphisme"}))
    assert {name: stages[1].reached for name, stages in trades.items()} == {"": 1, "graphisme": 1}


def test_what_has_not_happened_yet_is_not_known() -> None:
    walks = paths(walk("a", "received", "read", "met", start="2026-06-15"), TODAY)
    assert STEPS[walks["furthest"].iloc[0]] == "read"


@pytest.mark.parametrize(
    ("frame", "match"),
    [
        (moves(("a", "thinking", "2026-01-01")), "« thinking »"),
        (moves(("a", "read", "2026-01-01")), "dossier a a une suite"),
        (moves(("a", "received", "2026-01-01"), ("a", "lost", "2026-01-02"), ("a", "declined", "2026-01-02")), "deux fins"),
    ],
)  # fmt: skip
def test_moves_that_make_no_funnel(frame: pd.DataFrame, match: str) -> None:
    with pytest.raises(FunnelError, match=match):
        paths(frame, TODAY)


def test_nobody_at_all() -> None:
    walks = paths(moves(), TODAY)
    assert all(stage.reached == 0 for stage in funnel(walks))
    assert cohorts(walks) == {}
    assert stay(walks, "read", TODAY).median is None
    assert cumulative_incidence([], []) == {}
    assert outcomes(walks, TODAY).empty
    assert reasons(walks).empty
    assert without(walks, "housing").more == 0


# -- times ---------------------------------------------------------------------------------------------------


def leaving(days: list[int], left: list[bool]) -> pd.DataFrame:
    """Dossiers in « received » for so many days, still there today where they have not left."""
    rows: list[tuple[str, str, str]] = []
    for n, (length, gone) in enumerate(zip(days, left, strict=True)):
        start = TODAY - dt.timedelta(length)
        rows.append((f"{n:05d}", "received", str(start)))
        if gone:
            rows.append((f"{n:05d}", "read", str(TODAY)))
    return paths(moves(*rows), TODAY)


def test_the_curve_of_the_published_remissions() -> None:
    """6-MP arm of E. J. Freireich and others (Blood 21, 1963), the textbook example of Kaplan and Meier's estimate."""
    days = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    left = [n not in (3, 5, 7, 8, 11, 12, 13, 16, 17, 18, 19, 20) for n in range(21)]
    found = stay(leaving(days, left), "received", TODAY)
    steps = found.curve[found.curve["left"] > 0]
    assert steps["days"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert steps["still"].tolist() == pytest.approx(
        [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4
    )
    assert steps["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert (found.median, found.open, found.dossiers) == (23, 12, 21)
    assert plain(stay_sentence(found)) == (
        "Dans « Reçu », sur 21 dossiers : la moitié en sort en 23 jours ; 12 y sont encore."
    )


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=40))
def test_the_curve_is_that_of_an_independent_library(rows: list[tuple[int, bool]]) -> None:
    from lifelines import KaplanMeierFitter

    days, left = [d for d, _ in rows], [gone for _, gone in rows]
    found = stay(leaving(days, left), "received", TODAY)
    other = KaplanMeierFitter().fit(days, left)
    at = found.curve["days"].to_numpy()
    assert found.curve["still"].to_numpy() == pytest.approx(other.survival_function_at_times(at).to_numpy())
    limits = other.confidence_interval_.reindex(at).to_numpy()
    inside = ((found.curve["still"] > 1e-9) & (found.curve["still"] < 1)).to_numpy()
    ours = found.curve[["low", "high"]].to_numpy()
    assert ours[inside] == pytest.approx(limits[inside], rel=1e-6)
    assert np.isnan(ours[~inside]).all()


def test_who_passes_over_a_step_was_never_in_it() -> None:
    walks = many(
        walk("a", *through("accepted"), "housed"),
        walk("b", *through("window_planned"), "lost", reason="other"),
    )
    assert stays(walks, "window_planned", TODAY).index.tolist() == ["b"]
    assert stays(walks, "accepted", TODAY)["days"].tolist() == [10, 10]
    assert stay_sentence(stay(walks, "settled", TODAY)) == "Aucun dossier n’est passé par « Installé »."


def test_a_step_left_before_it_was_entered_is_refused() -> None:
    walks = paths(moves(("a", "received", "2026-02-01"), ("a", "read", "2026-01-01")), TODAY)
    with pytest.raises(FunnelError, match="dossier a quitte l’étape « Reçu »"):
        stay(walks, "received", TODAY)


# -- competing ends ------------------------------------------------------------------------------------------

CAUSES = ("", "declined", "settled")


def by_hand(days: list[int], causes: list[str]) -> dict[str, list[Fraction]]:
    """Aalen and Johansen's definition in exact fractions."""
    still = Fraction(1)
    share = dict.fromkeys({c for c in causes if c}, Fraction(0))
    found: dict[str, list[Fraction]] = {name: [] for name in share}
    for at in sorted({d for d, c in zip(days, causes, strict=True) if c}):
        risk = sum(d >= at for d in days)
        ended = {
            name: sum(d == at and c == name for d, c in zip(days, causes, strict=True)) for name in share
        }
        for name in share:
            share[name] += still * Fraction(ended[name], risk)
            found[name].append(share[name])
        still *= 1 - Fraction(sum(ended.values()), risk)
        assert still + sum(share.values()) == 1
    return found


@given(st.lists(st.tuples(st.integers(0, 25), st.sampled_from(CAUSES)), min_size=1, max_size=30))
def test_competing_ends_are_those_of_the_definition(rows: list[tuple[int, str]]) -> None:
    days, causes = [d for d, _ in rows], [c for _, c in rows]
    found, exact = cumulative_incidence(days, causes), by_hand(days, causes)
    assert set(found) == set(exact)
    for name, frame in found.items():
        assert frame["share"].tolist() == pytest.approx([float(each) for each in exact[name]])


@pytest.mark.parametrize("seed", range(3))
def test_competing_ends_and_their_interval_are_those_of_an_independent_library(seed: int) -> None:
    from lifelines import AalenJohansenFitter

    draw = np.random.default_rng(seed)
    days = draw.permutation(np.arange(1.0, 121.0))  # no ties: the library would move them
    causes = draw.choice([0, 1, 2, 3], size=120, p=[0.3, 0.3, 0.2, 0.2])
    words = np.array(["", *ENDS], dtype=object)[causes]
    found = cumulative_incidence(days, words)
    for number, name in enumerate(ENDS, start=1):
        other = AalenJohansenFitter(calculate_variance=True).fit(days, causes, event_of_interest=number)
        frame = found[name].set_index("days")
        expected = other.cumulative_density_.iloc[:, 0].reindex(frame.index)
        assert frame["share"].to_numpy() == pytest.approx(expected.to_numpy())
        variance = other.variance_.reindex(frame.index).to_numpy(dtype=float)
        last = (days == frame.index.to_numpy()[-1]).any() and len(
            days[days >= frame.index.to_numpy()[-1]]
        ) == 1
        compared = slice(0, -1 if last else None)
        assert (frame["error"].to_numpy() ** 2)[compared] == pytest.approx(
            variance[compared], rel=1e-6, abs=1e-12
        )
        limits = other.confidence_interval_.reindex(frame.index).to_numpy(dtype=float)[compared]
        ours = frame[["low", "high"]].to_numpy()[compared]
        inside = ~np.isnan(ours).any(axis=1)
        assert inside.sum() > 20
        assert ours[inside] == pytest.approx(limits[inside], rel=1e-6)


def test_the_error_of_a_share_is_that_of_a_bootstrap() -> None:
    draw = np.random.default_rng(20260512)
    days = draw.integers(1, 40, 150).astype(float)
    causes = np.array(CAUSES, dtype=object)[draw.integers(0, 3, 150)]
    at = 20.0
    frame = cumulative_incidence(days, causes)["settled"]
    found = frame[frame["days"] <= at].iloc[-1]
    values = []
    for _ in range(500):
        take = draw.integers(0, 150, 150)
        part = cumulative_incidence(days[take], causes[take])["settled"]
        values.append(part[part["days"] <= at]["share"].iloc[-1])
    assert found["error"] == pytest.approx(np.std(values), rel=0.12)


def test_outcomes_of_dossiers() -> None:
    walks = many(
        walk("a", *through("settled")),
        walk("b", "received", "read", "declined", reason="fragile"),
        walk("c", "received", start="2026-06-20"),
        # Nobody wrote « Installé », but a welcome was given.
        walk("d", *through("housed"), "one_year"),
    )
    found = outcomes(walks, TODAY)
    assert found["days"].tolist() == [60, 20, 10, 60]
    assert found["cause"].tolist() == ["settled", "declined", "", "settled"]
    assert set(found["cause"]) <= {"", *OUTCOMES}
    with pytest.raises(FunnelError, match="négative"):
        cumulative_incidence([-1.0], ["settled"])
    with pytest.raises(FunnelError, match="autant"):
        cumulative_incidence([1.0], [])


# -- reasons -------------------------------------------------------------------------------------------------


def lost(count: int, step: str, reason: str, prefix: str) -> list[pd.DataFrame]:
    return [walk(f"{prefix}{n}", *through(step), "lost", reason=reason) for n in range(count)]


def test_without_one_reason_is_what_was_lost_times_the_later_rate() -> None:
    walks = many(
        *lost(4, "window_planned", "housing", "h"),
        *lost(2, "accepted", "housing", "i"),
        *lost(3, "accepted", "silent", "s"),
        *lost(1, "window_planned", "other", "o"),
        *(walk(f"y{n}", *through("settled")) for n in range(6)),
        walk("pending", *through("window_planned")),
        walk("early", "received", "read", "declined", reason="fragile"),
    )
    assert reasons(walks).to_numpy().tolist() == [
        ["housing", "accepted", 2], ["housing", "window_planned", 4], ["silent", "accepted", 3], ["other", "window_planned", 1]
    ]  # fmt: skip
    found = without(walks, "housing")
    # At the window 6 of 7 decided otherwise settled; from the acceptance on 6 of 10.
    assert found.lost == 6
    assert found.more == pytest.approx(4 * 6 / 7 + 2 * 6 / 10)
    window, accepted = wilson(6, 7), wilson(6, 10)
    assert (found.low, found.high) == (
        pytest.approx(4 * window.low + 2 * accepted.low),
        pytest.approx(4 * window.high + 2 * accepted.high),
    )
    assert plain(found.sentence("logement introuvable à temps")) == (
        "Sans « logement introuvable à temps » (6 dossiers perdus) : 4,6 installés de plus (2,6 à 5,6)."
    )


def test_without_a_reason_where_nobody_went_further() -> None:
    walks = many(*lost(2, "accepted", "housing", "h"), walk("a", *through("accepted")))
    found = without(walks, "housing")
    assert found.more is None
    assert "trop peu de dossiers" in found.sentence("logement introuvable à temps")


def test_what_is_said_to_be_lost_would_have_come() -> None:
    """On simulated dossiers the estimate is near what came when the reason was taken away."""
    draw = np.random.default_rng(7)
    errors = []
    for _ in range(12):
        wants_housing = draw.random(150) < 0.4
        else_settles = draw.random(150) < 0.6
        parts = [
            walk(f"{n}", *through("window_planned"), "lost", reason="housing") if out
            else walk(f"{n}", *through("settled")) if ok
            else walk(f"{n}", *through("window_planned"), "withdrawn", reason="family")
            for n, (out, ok) in enumerate(zip(wants_housing, else_settles, strict=True))
        ]  # fmt: skip
        found = without(many(*parts), "housing")
        assert found.more is not None
        errors.append(found.more - int((wants_housing & else_settles).sum()))
    assert abs(np.mean(errors)) < 2
