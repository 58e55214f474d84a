"""Classes: the invariant on any values, quantiles beside numpy, natural breaks beside brute force."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.classes import (
    ClassError,
    Classes,
    Method,
    classify,
    common_classes,
    diverging_classes,
    histogram,
)
from tests.draws import draws

finite = st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: round(x, 6))
# Small integers too: ties, and gaps that a readable limit must not cross.
some_values = st.one_of(
    st.lists(finite, min_size=1, max_size=40),
    st.lists(st.integers(-5, 12).map(float), min_size=1, max_size=40),
)
methods = st.sampled_from(["rounded", "quantiles", "equal", "natural"])


def check_invariant(classes: Classes, values: list[float]) -> None:
    edges = classes.edges
    assert len(edges) == classes.k + 1 == len(classes.counts) + 1
    assert all(math.isfinite(edge) for edge in edges)
    assert all(a < b for a, b in itertools.pairwise(edges))
    assert edges[0] <= min(values) <= max(values) <= edges[-1]
    assert sum(classes.counts) == len(values)
    for value in values:
        i = classes.index(value)
        assert edges[i] <= value
        assert value < edges[i + 1] or (i == classes.k - 1 and value == edges[-1])
    tally = np.bincount([classes.index(v) for v in values], minlength=classes.k)
    assert tuple(int(n) for n in tally) == classes.counts
    assert classes.assign(pd.Series(values)).tolist() == [classes.index(v) for v in values]


@settings(max_examples=draws(150), deadline=None)
@given(some_values, methods, st.integers(1, 9), st.booleans())
def test_every_value_belongs_to_exactly_one_class(
    values: list[float], method: Method, k: int, readable: bool
) -> None:
    classes = classify(values, method, k, readable=readable)
    check_invariant(classes, values)
    assert classes.k <= min(k, len(set(values)))
    assert (classes.warning != "") == (classes.k < k)
    if method != "equal":
        assert 0 not in classes.counts


@settings(max_examples=draws(150), deadline=None)
@given(some_values, st.sampled_from(["quantiles", "natural"]), st.integers(1, 9))
def test_readable_limits_never_move_a_value(values: list[float], method: Method, k: int) -> None:
    plain, rounded = classify(values, method, k, readable=False), classify(values, method, k)
    assert [plain.index(v) for v in values] == [rounded.index(v) for v in values]


@settings(max_examples=draws(150), deadline=None)
@given(
    st.lists(st.integers(-10_000, 10_000).map(lambda n: n / 100), min_size=1, max_size=40), st.integers(1, 9)
)
def test_quantiles_agree_with_numpy(values: list[float], k: int) -> None:
    wanted = min(k, len(set(values)))
    # Rounded, so that the last bit of an interpolation does not decide.
    cuts = np.unique(np.quantile(values, [i / wanted for i in range(1, wanted)]).round(9))
    cuts = cuts[(cuts > min(values)) & (cuts <= max(values))]
    classes = classify(values, "quantiles", k)
    ours = [classes.index(v) for v in values]
    theirs = np.searchsorted(cuts, values, side="right")
    # The same groups, the empty ones left out.
    assert ours == np.unique(theirs, return_inverse=True)[1].tolist()


def test_quantiles_without_ties_have_equal_counts() -> None:
    assert classify(range(100), "quantiles", 4).counts == (25, 25, 25, 25)
    assert classify(range(100), "quantiles", 4, readable=False).edges == (0, 24.75, 49.5, 74.25, 99)
    assert classify(range(100), "quantiles", 4).edges == (0, 25, 50, 75, 99)


def test_equal_intervals_are_equal() -> None:
    assert classify([0, 1, 2, 10], "equal", 4).edges == (0, 2.5, 5, 7.5, 10)
    assert classify([0, 1, 2, 10], "equal", 4).counts == (3, 0, 0, 1)


def within(values: list[float], cuts: tuple[int, ...]) -> float:
    bounds = [0, *cuts, len(values)]
    return sum(float(np.var(values[a:b]) * (b - a)) for a, b in itertools.pairwise(bounds))


@settings(max_examples=draws(60), deadline=None)
@given(st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=9), st.integers(2, 5))
def test_natural_breaks_reach_the_brute_force_optimum(values: list[float], k: int) -> None:
    classes = classify(values, "natural", k)
    ordered = sorted(values)
    parts = min(k, len(set(values)))
    best = min(within(ordered, cuts) for cuts in itertools.combinations(range(1, len(ordered)), parts - 1))
    groups = [[v for v in ordered if classes.index(v) == i] for i in range(classes.k)]
    ours = sum(float(np.var(group) * len(group)) for group in groups if group)
    assert ours == pytest.approx(best, abs=1e-6)


def test_a_class_of_the_largest_value_alone_survives() -> None:
    """Many communes at 100 %: they are a class of their own, and it reads as one value."""
    classes = classify([90.0, 95.0, 97.0, 98.0] + [100.0] * 12, "quantiles", 4)
    assert classes.counts[-1] == 12
    assert classes.labels()[-1] == "100"
    assert "au lieu de 4" in classes.warning


def test_few_or_no_values() -> None:
    empty = classify([None, math.nan], "natural", 5)
    assert (empty.k, empty.edges, empty.labels()) == (0, (), ())
    assert "Aucune valeur" in empty.warning
    one = classify([7.0, None], "quantiles", 5)
    assert (one.k, one.counts, one.labels()) == (1, (1,), ("7",))
    assert one.index(7) == 0
    same = classify([0.0, -0.0, 0.0], "equal", 3)
    assert same.counts == (3,)
    assert same.labels() == ("0",)
    two = classify([1, 1, 2], "natural", 5)
    assert two.k == 2
    assert two.counts == (2, 1)
    assert "2\xa0valeurs distinctes" in two.warning


@pytest.mark.parametrize(
    ("values", "method", "k", "manual", "message"),
    [
        ([1, math.inf], "equal", 3, (), "infinie"),
        ([1, "x"], "equal", 3, (), "n’est pas un nombre"),
        ([1, 2], "pretty", 3, (), "inconnue"),
        ([1, 2], "equal", 0, (), "choisir de 1 à 9"),
        ([1, 2], "equal", 10, (), "choisir de 1 à 9"),
        ([1, 2], "manual", 3, (), "Il manque des limites"),
        ([1, 2], "manual", 3, (math.nan,), "Il manque des limites"),
        ([1, 2], "manual", 3, ("dix",), "n’est pas un nombre"),
        ([1, 20], "manual", 3, range(2, 12), "11 classes"),
    ],
)
def test_refusals_say_what_to_do(values: list, method: Method, k: int, manual: tuple, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(ClassError, match=message):
        classify(values, method, k, manual=manual)


def test_manual_limits_are_completed_by_the_extremes() -> None:
    values = [1.4, 6, 11, 17.4]
    assert classify(values, "manual", manual=(15, 5, 10, 10)).edges == (1.4, 5, 10, 15, 17.4)
    assert classify(values, "manual", manual=(0, 10, 20)).edges == (0, 10, 20)
    wide = classify(values, "manual", manual=(0, 1, 10, 20))
    assert wide.counts == (0, 2, 2)
    assert wide.warning == "1\xa0classe sans aucune valeur."
    assert classify([5, 5], "manual", manual=(5,)).labels() == ("5",)
    assert classify([], "manual", manual=(0, 10)).counts == (0,)


@settings(max_examples=draws(80), deadline=None)
@given(some_values, st.lists(finite, min_size=1, max_size=7))
def test_manual_classes_hold_the_invariant(values: list[float], manual: list[float]) -> None:
    check_invariant(classify(values, "manual", manual=manual), values)


def test_common_classes_hold_every_vintage() -> None:
    vintages: dict[str, list[float | None]] = {"2016": [1.0, 4.0, None], "2022": [3.0, 9.0, 2.0]}
    common = common_classes(vintages, "equal", 4)
    assert list(common.edges) == [1, 3, 5, 7, 9]
    assert sum(common.counts) == 5
    assert [common.recount(values).counts for values in vintages.values()] == [(1, 1, 0, 0), (1, 1, 0, 1)]
    with pytest.raises(ClassError, match="aucune classe"):
        common.recount([10.0])
    with pytest.raises(ClassError, match="aucune classe"):
        common.index(math.nan)
    assert common.assign(pd.Series([0.5, None, 9.0])).tolist() == [pd.NA, pd.NA, 3]


@settings(max_examples=draws(80), deadline=None)
@given(st.lists(st.lists(st.integers(0, 12).map(float), min_size=1, max_size=12), min_size=2, max_size=3))
def test_common_classes_leave_none_empty_in_any_vintage_where_any_limits_can(
    vintages: list[list[float]],
) -> None:
    """Beside every choice of limits: where four classes can be filled in each vintage, four or five are."""
    common = common_classes({str(i): values for i, values in enumerate(vintages)})
    filled = all(0 not in common.recount(values).counts for values in vintages)
    distinct = sorted({value for values in vintages for value in values})
    possible = any(
        all(all(any(a <= v < b for v in values) for a, b in itertools.pairwise(cuts)) for values in vintages)
        for inner in itertools.combinations(distinct[1:], 3)
        for cuts in [(distinct[0], *inner, math.inf)]
    )
    assert (filled and common.k >= 4) == possible
    if filled and 4 == common.k < len(distinct):
        assert "un millésime en laisserait une vide" in common.warning


@settings(max_examples=draws(100), deadline=None)
@given(some_values, methods, st.integers(1, 9))
def test_diverging_classes_never_mix_losses_and_gains(values: list[float], method: Method, k: int) -> None:
    classes = diverging_classes(values, method, k)
    check_invariant(classes, values)
    assert 0.0 in classes.edges
    zero = classes.edges.index(0.0)
    assert all((classes.index(v) < zero) == (v < 0) for v in values)


def test_diverging_classes_on_one_side() -> None:
    assert diverging_classes([1, 2, 3, 4], "equal", 2).edges == (0, 2.5, 4)
    assert diverging_classes([-4, -2, -1], "equal", 2).edges == (-4, -2.5, 0)
    assert diverging_classes([0, 0]).labels() == ("0",)
    assert diverging_classes([]).k == 0


def test_labels_use_the_decimals_that_keep_them_true() -> None:
    assert classify([0, 4.6], "manual", manual=(2.25,)).labels() == ("moins de 2,25", "2,25 et plus")
    assert classify([0, 9], "manual", manual=(2.5, 4)).labels() == (
        "moins de 2,5",
        "2,5 à moins de 4",
        "4 et plus",
    )
    assert classify([0, 40], "manual", manual=(20,)).labels() == ("moins de 20", "20 et plus")
    assert classify([1000, 9000], "equal", 2).labels() == ("moins de 5\u202f000", "5\u202f000 et plus")
    assert classify([2, 17.4], k=1).labels() == ("2 à 17,4",)
    assert classify([0.25]).labels() == ("0,25",)


def test_counts_are_said_in_whole_numbers() -> None:
    listings = [0] * 13 + [1, 1, 1, 2, 3, 4, 5]
    assert classify(listings, k=4).labels(whole=True) == ("0", "1", "2 à 3", "4 et plus")
    assert classify([8, 9, 12, 30, 31, 60], k=3).labels(whole=True)[0].startswith("moins de ")
    assert classify([0, 1, 2, 3], "manual", manual=(0.5, 1.5, 2.5)).labels(whole=True) == ("0", "1", "2", "3")
    # Two typed limits between the same whole numbers hold no whole number: the limits themselves are said.
    assert classify([0, 3], "manual", manual=(1.2, 1.8)).labels(whole=True)[1] == "1,2 à moins de 1,8"


@settings(max_examples=draws(150), deadline=None)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=60), st.integers(1, 9))
def test_each_whole_number_is_named_by_the_label_of_its_class(counts: list[int], k: int) -> None:
    classes = classify(counts, k=k)
    labels = classes.labels(whole=True)
    for n in counts:
        label = labels[classes.index(n)]
        said = [int(part) for part in re.findall(r"\d+", label)]
        if label.startswith("moins de"):
            assert n < said[0]
        elif label.endswith("et plus"):
            assert n >= said[0]
        else:
            assert said[0] <= n <= said[-1]
    assert not any(label == "moins de 1" or "à moins de" in label for label in labels)


@settings(max_examples=draws(200), deadline=None)
@given(some_values, st.integers(1, 9))
def test_rounded_limits_fill_every_class_there_are_values_for(values: list[float], k: int) -> None:
    classes = classify(values, "rounded", k)
    assert classes.k == min(k, len(set(values)))
    assert 0 not in classes.counts


def test_rounded_limits_are_round_and_counts_alike() -> None:
    shares = [
        3.8,
        4.1,
        5.1,
        5.5,
        6.0,
        6.4,
        7.6,
        7.8,
        8.0,
        8.9,
        9.5,
        11.3,
        11.4,
        11.9,
        12.3,
        12.9,
        13.5,
        15.9,
        17.3,
        17.4,
    ]
    classes = classify(shares)
    assert classes.labels() == (
        "moins de 6",
        "6 à moins de 8",
        "8 à moins de 10",
        "10 à moins de 13",
        "13 et plus",
    )
    assert classes.counts == (4, 4, 3, 5, 4)
    # Beside ties that quantiles fall upon, no class is lost.
    assert classify([0] * 12 + [1, 2, 3, 4], "quantiles").k < classify([0] * 12 + [1, 2, 3, 4]).k == 5


def test_rounded_limits_of_a_whole_country_keep_every_class() -> None:
    values = [round(x**1.7 / 1000) for x in range(20_000)]
    classes = classify(values)
    assert classes.k == 5 and min(classes.counts) > 2000
    assert classify([0.0] * 30_000 + [float(x) for x in range(1, 5)]).k == 5


@settings(max_examples=draws(80), deadline=None)
@given(some_values, methods, st.integers(1, 30))
def test_histogram_counts_every_value_in_its_class(values: list[float], method: Method, bins: int) -> None:
    classes = classify(values, method, 5)
    frame = histogram(values, classes, bins)
    assert frame.groupby("klass")["count"].sum().reindex(range(classes.k), fill_value=0).tolist() == list(
        classes.counts
    )
    assert (frame["start"] < frame["end"]).all() or len(set(values)) > 1
    assert frame[["start", "end"]].drop_duplicates().shape[0] <= bins


def test_histogram_without_values() -> None:
    frame = histogram([], classify([]), 10)
    assert frame.empty
    assert list(frame.columns) == ["start", "end", "klass", "count"]
    with pytest.raises(ClassError, match="une au moins"):
        histogram([1], classify([1]), 0)


def test_natural_breaks_of_a_whole_country_are_sampled_and_say_so() -> None:
    values = [float(i) for i in range(5000)]
    classes = classify(values, "natural", 4)
    assert "estimés sur 4\u202f000 valeurs" in classes.warning
    assert max(classes.counts) - min(classes.counts) < 60
