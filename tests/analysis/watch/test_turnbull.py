"""Turnbull's curve: published values, an independent library, the likelihood's own conditions, what follows by hand.

The library is imported where it is asked: it takes seconds, and each worker of the tests reads this file.
"""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.watch.life import estimate
from analysis.watch.turnbull import TOLERANCE, Curve, turnbull
from tests.analysis.watch import markets

INF = np.inf
# Months to cosmetic deterioration after treatment of breast cancer: Finkelstein and Wolfe (1985), Biometrics 41, 933-945;
# Klein and Moeschberger, Survival Analysis, table 1.18.
RADIOTHERAPY = [
    (0, 7), (0, 8), (0, 5), (4, 11), (5, 12), (5, 11), (6, 10), (7, 16), (7, 14), (11, 15), (11, 18), (15, INF), (17, INF),
    (17, 25), (17, 25), (18, INF), (19, 35), (18, 26), (22, INF), (24, INF), (24, INF), (25, 37), (26, 40), (27, 34), (32, INF),
    (33, INF), (34, INF), (36, 44), (36, 48), (36, INF), (36, INF), (37, 44), (37, INF), (37, INF), (37, INF), (38, INF), (40, INF),
    (45, INF), *[(46, INF)] * 8,
]  # fmt: skip
WITH_CHEMOTHERAPY = [
    (0, 5), (0, 22), (4, 8), (4, 9), (5, 8), (8, 12), (8, 21), (10, 17), (10, 35), (11, 13), (11, INF), (11, 17), (11, INF),
    (11, 20), (12, 20), (13, INF), (13, 39), (13, INF), (13, INF), (14, 17), (14, 19), (15, 22), (16, 24), (16, 20), (16, 24),
    (16, 60), (17, 27), (17, 23), (17, 26), (18, 25), (18, 24), (19, 32), (21, INF), (22, 32), (23, INF), (24, 31), (24, 30),
    (30, 34), (30, 36), (31, INF), (32, INF), (32, 40), (34, INF), (34, INF), (35, INF), (35, 39), (44, 48), (48, INF),
]  # fmt: skip
# Fay and Shaw (2010), Journal of Statistical Software 36(2): the estimate of R's `interval` of the same data, to four decimals.
PUBLISHED: dict[str, tuple[Sequence[tuple[float, float]], Sequence[tuple[float, float, float]]]] = {
    "radiotherapy": (
        RADIOTHERAPY,
        [(4, 5, .0463), (6, 7, .0334), (7, 8, .0887), (11, 12, .0708), (24, 25, .0926), (33, 34, .0818), (38, 40, .1209), (46, 48, .4656)],
    ),
    "with chemotherapy": (
        WITH_CHEMOTHERAPY,
        [(4, 5, .0433), (5, 8, .0433), (11, 12, .0692), (16, 17, .1454), (18, 19, .1411), (19, 20, .1157), (24, 25, .0999),
         (30, 31, .0709), (35, 36, .1608), (44, 48, .0552), (48, 60, .0552)],
    ),
}  # fmt: skip


def columns(data: Sequence[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    both = np.array(data, dtype=float)
    return both[:, 0], both[:, 1]


@pytest.mark.parametrize("arm", PUBLISHED)
def test_published_values_of_the_breast_cosmesis_trial(arm: str) -> None:
    data, published = PUBLISHED[arm]
    curve = turnbull(*columns(data))
    assert [(a, b) for a, b in zip(curve.left, curve.right, strict=True)] == [(a, b) for a, b, _ in published]
    assert curve.mass == pytest.approx([p for *_, p in published], abs=1e-4)


def test_published_survival_of_klein_and_moeschberger() -> None:
    """Their example 5.2, radiotherapy alone: the steps of the survival, three decimals."""
    curve = turnbull(*columns(RADIOTHERAPY))
    low, high = curve.bounds(np.array([4.0, 5, 7, 8, 12, 25, 34, 40]))
    assert low == pytest.approx([1, 0.954, 0.920, 0.832, 0.761, 0.668, 0.586, 0.466], abs=1.5e-3)
    assert high == pytest.approx(low)


def upper_of_lifelines(left: np.ndarray, right: np.ndarray, days: np.ndarray) -> np.ndarray:
    from lifelines import KaplanMeierFitter

    fitter = KaplanMeierFitter().fit_interval_censoring(left, right, tol=1e-12)
    frame = fitter.survival_function_
    # The value of lifelines at a day is that before what may happen on it.
    return np.array([frame.loc[frame.index > day, "NPMLE_estimate_upper"].iloc[0] for day in days])


@pytest.mark.parametrize("arm", PUBLISHED)
def test_an_independent_library_agrees_once_the_convention_is_said(arm: str) -> None:
    """Lifelines closes intervals at both ends: with whole months ``(4, 5]`` is its ``[4.5, 5]``."""
    left, right = columns(PUBLISHED[arm][0])
    curve = turnbull(left, right)
    days = np.unique(curve.right[np.isfinite(curve.right)])
    ours = curve.bounds(days)[1]
    assert upper_of_lifelines(left + 0.5, right, days) == pytest.approx(ours, abs=2e-4)
    # With its own convention it differs, because observations that touch share a day.
    assert np.abs(upper_of_lifelines(left, right, days) - ours).max() > 0.01


def test_the_same_library_on_simulated_markets() -> None:
    draw = np.random.default_rng(8)
    for mean in (5.0, 12.0, 30.0):
        left, right = markets.weekly_lives(draw, mean, 150)
        curve = turnbull(left, right)
        days = np.unique(curve.right[np.isfinite(curve.right)])
        assert upper_of_lifelines(left + 0.5, right, days) == pytest.approx(curve.bounds(days)[1], abs=2e-4)


def test_touching_observations_share_no_day() -> None:
    curve = turnbull(np.array([0.0, 5.0]), np.array([5.0, 8.0]))
    assert (curve.left.tolist(), curve.right.tolist()) == ([0, 5], [5, 8])
    assert curve.mass == pytest.approx([0.5, 0.5])


def test_by_hand() -> None:
    """Two lives of at most a week, one of at most two, one not over: a third of what is left goes in the second week."""
    curve = turnbull(np.array([0.0, 0, 7, 7]), np.array([7.0, 7, 14, INF]))
    assert (curve.left.tolist(), curve.right.tolist()) == ([0, 7], [7, 14])
    # The one that is not over is only known to be longer than a week: its likelihood is greatest in the week where another ends.
    assert curve.mass == pytest.approx([0.5, 0.5])
    low, high = curve.bounds(np.array([0.0, 3, 7, 10, 14, 20]))
    assert low == pytest.approx([1, 0.5, 0.5, 0, 0, 0])
    assert high == pytest.approx([1, 1, 0.5, 0.5, 0, 0])
    days, below, above = curve.corners()
    assert days.tolist() == [0, 7, 14]
    assert below == pytest.approx([0.5, 0, 0])
    assert above == pytest.approx([1, 0.5, 0])


def test_what_was_never_seen_to_go_stays() -> None:
    curve = turnbull(np.array([0.0, 10]), np.array([7.0, INF]))
    assert curve.right.tolist() == [7, INF]
    low, high = curve.bounds(np.array([8.0, 1000.0]))
    assert high == pytest.approx([0.5, 0.5])
    assert low == pytest.approx([0.5, 0.0])
    assert curve.corners()[0].tolist() == [0, 7, 10]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 15), st.booleans()), min_size=1, max_size=25))
def test_it_is_the_maximum_of_the_likelihood(drawn: list[tuple[int, int, bool]]) -> None:
    """Masses add up, intervals do not overlap, and the derivative toward any single point of the line is not positive."""
    left = np.array([a for a, _, _ in drawn], dtype=float)
    right = np.array([a + w if over else INF for a, w, over in drawn])
    curve = turnbull(left, right)
    assert curve.mass.sum() == pytest.approx(1)
    assert (curve.left[1:] >= curve.right[:-1]).all()
    inside = (left[:, None] <= curve.left) & (curve.right <= right[:, None])
    chance = inside @ curve.mass
    assert (chance > 0).all()
    for point in np.arange(0.5, 47):
        holds = (left < point) & (point <= right)
        assert (holds / chance).sum() / len(left) <= 1 + 50 * TOLERANCE
    low, high = curve.bounds(np.arange(0, 50, 0.5))
    assert (low <= high + 1e-12).all()
    assert (np.diff(low) <= 1e-12).all() and (np.diff(high) <= 1e-12).all()


def test_it_surrounds_the_exponential_that_made_the_lives() -> None:
    """On a large market both tell the same: at calls, where the curve has one value, it is near the fitted exponential."""
    left, right = markets.weekly_lives(np.random.default_rng(4), 12, 3000)
    curve, life = turnbull(left, right), estimate(left, right)
    days = np.array([7.0, 14, 21, 28])
    low, high = curve.bounds(days)
    assert low == pytest.approx(high, abs=1e-6)
    assert high == pytest.approx(life.stills(days)[0], abs=0.03)


def test_what_makes_no_curve_is_refused() -> None:
    with pytest.raises(ValueError, match="Aucune vie"):
        turnbull(np.array([]), np.array([]))
    with pytest.raises(ValueError, match="Vie n° 2"):
        turnbull(np.array([0.0, 3.0]), np.array([2.0, 3.0]))


@pytest.mark.parametrize("blur", [1, 8])
def test_many_lives_come_to_rest(blur: int) -> None:
    """Calls every day, and every few days at random: EM alone needs more than 100,000 steps where ends are scattered."""
    draw = np.random.default_rng(1)
    left, right = markets.weekly_lives(draw, 15, 5000, weeks=52, every=1)
    left = np.maximum(left - draw.integers(0, blur, len(left)), 0)
    right = right + draw.integers(0, blur, len(right))
    curve: Curve = turnbull(left, right)
    low, high = curve.bounds(np.array([15.0]))
    assert low[0] == pytest.approx(np.exp(-1), abs=0.05)
    assert high[0] >= low[0]
