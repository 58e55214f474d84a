"""How long listings live: what sightings tell, the posterior beside exact integrals, and what it is worth on simulated markets."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from analysis.watch.life import (
    LIFE_COLUMNS,
    MINIMUM,
    Life,
    Presence,
    chance_text,
    estimate,
    estimates,
    life_sentence,
    lives,
    presence,
    rule_sentence,
    still_there,
)
from tests.analysis.watch import markets

TODAY = dt.date(2026, 6, 30)
NOTHING = np.array([])


def seen(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["listing", "on", "state"])


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def interval(*rows: tuple[str, str, str], until: dt.date = TODAY) -> tuple[float, float]:
    (row,) = lives(seen(*rows), until).itertuples(index=False)
    return row.left, row.right


# -- what sightings tell -------------------------------------------------------------------------------------


def test_a_life_lies_between_the_last_available_and_the_first_gone() -> None:
    frame = lives(
        seen(
            ("a", "2026-05-04", "available"),
            ("a", "2026-05-11", "available"),
            ("a", "2026-05-18", "gone"),
            ("a", "2026-05-25", "gone"),
        ),
        TODAY,
    )
    assert list(frame.columns) == LIFE_COLUMNS
    row = frame.iloc[0]
    assert (row["left"], row["right"]) == (7, 14)
    assert row["first_seen"] == pd.Timestamp("2026-05-04")
    assert row["last_seen"] == pd.Timestamp("2026-05-11")
    assert row["gone_on"] == pd.Timestamp("2026-05-18")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # Seen once, and nobody asked again: nothing is known of its life.
        ([("2026-05-04", "available")], (0, np.inf)),
        ([("2026-05-04", "available"), ("2026-05-14", "available")], (10, np.inf)),
        # « unknown » is no news.
        ([("2026-05-04", "available"), ("2026-05-14", "unknown")], (0, np.inf)),
        ([("2026-05-01", "unknown"), ("2026-05-04", "available"), ("2026-05-06", "gone")], (0, 2)),
        # A « gone » that a later « available » contradicts is not counted.
        ([("2026-05-04", "available"), ("2026-05-06", "gone"), ("2026-05-08", "available")], (4, np.inf)),
        ([("2026-05-04", "available"), ("2026-05-06", "gone"), ("2026-05-08", "available"), ("2026-05-09", "gone")], (4, 5)),
        # Gone before it was seen.
        ([("2026-05-01", "gone"), ("2026-05-04", "available")], (0, np.inf)),
        # Both on one day, in whichever order the rows come: gone, within a day.
        ([("2026-05-04", "available"), ("2026-05-04", "gone")], (0, 1)),
        ([("2026-05-04", "gone"), ("2026-05-04", "available")], (0, 1)),
    ],
)  # fmt: skip
def test_what_answers_tell(rows: list[tuple[str, str]], expected: tuple[float, float]) -> None:
    assert interval(*(("a", on, state) for on, state in rows)) == expected


def test_a_listing_only_ever_said_gone_has_no_life() -> None:
    assert lives(seen(("a", "2026-05-04", "gone"), ("b", "2026-05-04", "unknown")), TODAY).empty
    assert lives(seen(), TODAY).empty


def test_what_came_after_the_day_is_not_known_on_it() -> None:
    rows = (("a", "2026-05-04", "available"), ("a", "2026-05-11", "gone"))
    assert interval(*rows, until=dt.date(2026, 5, 10)) == (0, np.inf)
    assert interval(*rows, until=dt.date(2026, 5, 11)) == (0, 7)


# -- the posterior -------------------------------------------------------------------------------------------


def test_without_data_it_is_the_prior_of_eight_days() -> None:
    life = estimate(NOTHING, NOTHING)
    assert life.mean == pytest.approx(8, rel=1e-6)
    rates = stats.gamma(3, scale=1 / 16)
    assert life.interval == pytest.approx((1 / rates.ppf(0.95), 1 / rates.ppf(0.05)), rel=1e-3)
    # E exp(−λ d) of a Gamma(3, 16).
    assert life.still(8).value == pytest.approx((16 / 24) ** 3, rel=1e-9)


def test_what_is_not_over_is_conjugate() -> None:
    """Without known ends the posterior is Gamma(3, 16 + days seen)."""
    life = estimate(np.array([10.0, 4.0, 0.0]), np.full(3, np.inf))
    assert (life.listings, life.ends) == (3, 0)
    assert life.mean == pytest.approx(30 / 2, rel=1e-6)
    assert life.still(5).value == pytest.approx((30 / 35) ** 3, rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_the_grid_is_as_exact_as_adaptive_integration(seed: int) -> None:
    draw = np.random.default_rng(seed)
    left, right = markets.weekly_lives(draw, [2.0, 8.0, 30.0, 8.0][seed], [40, 15, 60, 4][seed])
    life = estimate(left, right)
    ended = np.isfinite(right)
    at = float(life.log_rates[np.argmax(life.weights)])

    def density(theta: float) -> float:
        rate = np.exp(theta)
        value = 3 * theta - 16 * rate - rate * left.sum()
        value += np.log(-np.expm1(-rate * (right - left)[ended])).sum()
        return float(value)

    top = density(at)

    def moment(what: str) -> float:
        def f(theta: float) -> float:
            factor = {"one": 1.0, "mean": np.exp(-theta), "still": np.exp(-5 * np.exp(theta))}[what]
            return float(factor * np.exp(density(theta) - top))

        return float(integrate.quad(f, at - 9, at + 4, points=[at], limit=400, epsabs=0, epsrel=1e-11)[0])

    assert life.mean == pytest.approx(moment("mean") / moment("one"), rel=1e-7)
    assert life.still(5).value == pytest.approx(moment("still") / moment("one"), rel=1e-9)
    for end, share in zip(life.interval, (0.95, 0.05), strict=True):
        below = integrate.quad(
            lambda theta: np.exp(density(theta) - top),
            at - 9, -np.log(end), points=[min(at, -np.log(end))], limit=400, epsabs=0, epsrel=1e-10,
        )[0]  # fmt: skip
        assert below / moment("one") == pytest.approx(share, abs=2e-4)


def test_data_overrule_the_prior() -> None:
    draw = np.random.default_rng(3)
    left, right = markets.weekly_lives(draw, 40, 600)
    assert estimate(left, right).mean == pytest.approx(40, rel=0.15)


@pytest.mark.parametrize(("mean", "listings"), [(5.0, 240), (8.0, 120), (12.0, 120), (25.0, 160)])
def test_the_interval_covers_and_the_estimate_is_near_on_500_markets(mean: float, listings: int) -> None:
    """Weekly calls over half a year: within 10 % of the truth on average, covered 85 to 95 times in 100."""
    draw = np.random.default_rng(20260512)
    found = [estimate(*markets.weekly_lives(draw, mean, listings)) for _ in range(500)]
    assert np.mean([life.mean for life in found]) == pytest.approx(mean, rel=0.10)
    covered = np.mean([life.interval[0] <= mean <= life.interval[1] for life in found])
    assert 0.85 <= covered <= 0.95


def test_a_new_listing_counts_from_its_first_sighting_not_from_its_birth() -> None:
    """Calls every three weeks see few of the lives of a week, and estimate them no longer for that."""
    draw = np.random.default_rng(11)
    found = [estimate(*markets.weekly_lives(draw, 7, 900, every=21)).mean for _ in range(60)]
    assert np.mean(found) == pytest.approx(7, rel=0.10)


@pytest.mark.parametrize(
    ("left", "right"), [([0.0, 3.0], [7.0, 3.0]), ([-1.0], [2.0]), ([np.nan], [2.0]), ([np.inf], [np.inf])]
)
def test_an_empty_interval_is_refused_with_its_number(left: list[float], right: list[float]) -> None:
    with pytest.raises(ValueError, match=f"Vie n° {len(left)},"):
        estimate(np.array(left), np.array(right))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.booleans()), max_size=30))
def test_more_time_is_never_more_chance(drawn: list[tuple[int, int, bool]]) -> None:
    left = np.array([a for a, _, _ in drawn], dtype=float)
    right = np.array([a + w if over else np.inf for a, w, over in drawn], dtype=float)
    life = estimate(left, right)
    low, high = life.interval
    assert 0 < low < life.mean
    assert low < high
    values, lows, highs = life.stills(np.arange(0, 90, dtype=float))
    assert values[0] == pytest.approx(1)
    assert (np.diff(values) < 0).all()
    assert (lows <= values + 1e-12).all() and (lows <= highs).all()
    assert life.still(life.median).value == pytest.approx(0.5)


def test_days_before_the_sighting_are_refused() -> None:
    with pytest.raises(ValueError, match="0 ou plus"):
        estimate(NOTHING, NOTHING).still(-1)


# -- by kind and group ---------------------------------------------------------------------------------------


def market(*parts: tuple[str, str, float, int]) -> pd.DataFrame:
    """Lives of kinds in groups: (kind, group, mean life, listings)."""
    draw = np.random.default_rng(5)
    frames = []
    for kind, group, mean, count in parts:
        frame = lives(markets.sightings(draw, mean, count), dt.date(2030, 1, 1))
        frames.append(frame.assign(kind=kind, group=group, listing=frame["listing"] + kind + group))
    return pd.concat(frames, ignore_index=True)


def test_kinds_and_groups_with_enough_ends_have_their_own_estimate() -> None:
    known = market(("house", "north", 20, 150), ("house", "south", 5, 150), ("apartment", "north", 8, 12))
    found = estimates(known)
    assert set(found.by_kind) == {"house"}
    assert set(found.by_group) == {("house", "north"), ("house", "south")}
    assert found.of("house", "north").mean > 2 * found.of("house", "south").mean
    assert found.of("house", "west") is found.by_kind["house"]
    assert found.of("apartment", "north") is found.pooled
    assert found.pooled.listings == len(known)
    assert (found.of("house", "north").kind, found.of("house", "north").group) == ("house", "north")


def test_the_minimum_counts_known_ends_not_listings() -> None:
    frame = pd.DataFrame(
        {
            "listing": [str(n) for n in range(2 * MINIMUM)],
            "left": 3.0,
            "right": [5.0] * (MINIMUM - 1) + [np.inf] * (MINIMUM + 1),
            "kind": "house",
            "group": "",
        }
    )
    assert estimates(frame).by_kind == {}
    frame.loc[MINIMUM - 1, "right"] = 5.0
    found = estimates(frame)
    assert set(found.by_kind) == {"house"}
    # « In no group » is no group.
    assert found.by_group == {}


def test_nothing_known_is_the_prior_for_all() -> None:
    empty = lives(seen(), TODAY).assign(kind="", group="")
    assert estimates(empty).of("house", "north").mean == pytest.approx(8, rel=1e-6)


# -- still there ---------------------------------------------------------------------------------------------


def test_still_there_counts_from_the_last_sighting() -> None:
    known = lives(
        seen(
            ("gone", "2026-06-01", "available"), ("gone", "2026-06-10", "gone"),
            ("old", "2026-06-01", "available"), ("old", "2026-06-22", "available"),
            ("today", "2026-06-30", "available"),
        ),
        TODAY,
    ).assign(kind="house", group="")  # fmt: skip
    found = estimates(known)
    table = still_there(known, found, TODAY).set_index("listing")
    assert list(table.index) == ["gone", "old", "today"]
    assert table.loc["gone", ["chance", "low", "high"]].tolist() == [0, 0, 0]
    assert table.loc["gone", "text"] == "partie"
    assert table.loc["gone", "presence"] == "gone"
    assert table.loc["today", "chance"] == pytest.approx(1)
    expected = found.pooled.still(8)
    assert table.loc["old", "chance"] == pytest.approx(expected.value)
    assert table.loc["old", ["low", "high"]].tolist() == pytest.approx([expected.low, expected.high])


def test_each_listing_is_judged_by_its_own_kind_and_group() -> None:
    known = market(("house", "north", 20, 150), ("house", "south", 4, 150))
    found = estimates(known)
    on = dt.date(2026, 4, 1)
    table = still_there(known, found, on)
    for position in (0, len(known) - 1):
        row = known.iloc[position]
        days = (pd.Timestamp(on) - row["last_seen"]).days
        expected = 0.0 if pd.notna(row["gone_on"]) else found.of("house", row["group"]).still(days).value
        assert table["chance"].iloc[position] == pytest.approx(expected)
    assert still_there(known.iloc[:0], found, on).empty


@pytest.mark.parametrize(
    ("chance", "text", "level"),
    [
        (1.0, "vue aujourd’hui", "likely"),
        (0.96, "encore là, presque sûrement", "likely"),
        (0.9, "encore là : 9 chances sur 10", "likely"),
        (0.66, "encore là : 2 chances sur 3", "open"),
        (2 / 3, "encore là : 2 chances sur 3", "likely"),
        (0.5, "encore là : 1 chance sur 2", "open"),
        (0.3, "encore là : 1 chance sur 3", "unlikely"),
        (0.09, "encore là : 1 chance sur 10", "unlikely"),
        (0.04, "presque sûrement partie", "unlikely"),
        (0.0, "partie", "gone"),
    ],
)
def test_a_chance_in_words(chance: float, text: str, level: str) -> None:
    assert plain(chance_text(chance)) == text
    assert presence(chance) is Presence(level)


# -- sentences -----------------------------------------------------------------------------------------------


def test_sentences() -> None:
    draw = np.random.default_rng(1)
    life: Life = estimate(*markets.weekly_lives(draw, 8, 100))
    low, high = life.interval
    text = plain(life_sentence(life))
    assert text.startswith(f"Une annonce vit {life.mean:.1f} jours".replace(".", ","))
    assert f"{low:.1f} à {high:.1f})".replace(".", ",") in text
    assert f"{life.listings} annonces suivies dont {life.ends} parties." in text
    rule = plain(rule_sentence(life, 8))
    assert f"{100 * life.still(8).value:.0f} sont encore là" in rule
    assert "la moitié part en " + f"{life.median:.1f} jours".replace(".", ",") in rule
    assert plain(life_sentence(estimate(NOTHING, NOTHING))) == (
        "Aucune annonce suivie : on suppose 8,0 jours de vie moyenne."
    )
