"""The market: counts by hand, the backtest against lives that are known, the closed form of the best week against simulation."""

import datetime as dt
import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.watch.life import Lives, estimate, estimates, lives, still_there
from analysis.watch.market import (
    BACKTEST_COLUMNS,
    FIGURE_COLUMNS,
    PERIOD_COLUMNS,
    arrival_rates,
    backtest,
    backtest_sentences,
    best_week_sentence,
    best_weeks,
    chance_of_housing,
    market_figures,
    market_over_time,
    market_sentence,
    past_periods,
    rents_over_time,
    there_on,
)

D = dt.date
END = dt.date(2026, 6, 30)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def known_market(*rows: tuple[str, str, str, str], until: D = END) -> pd.DataFrame:
    """(listing, day, state, kind) rows as lives."""
    frame = pd.DataFrame(rows, columns=["listing", "on", "state", "kind"])
    kinds = frame.drop_duplicates("listing").set_index("listing")["kind"]
    result = lives(frame, until)
    return result.assign(kind=result["listing"].map(kinds), group="")


MARKET = known_market(
    ("a", "2026-05-04", "available", "house"), ("a", "2026-05-11", "available", "house"), ("a", "2026-05-18", "gone", "house"),
    ("b", "2026-05-20", "available", "house"), ("b", "2026-06-29", "available", "house"),
    ("c", "2026-06-01", "available", "apartment"), ("c", "2026-06-08", "gone", "apartment"),
    ("d", "2026-06-30", "available", "apartment"),
    until=END,
)  # fmt: skip
FOUND = estimates(MARKET)


# -- figures -------------------------------------------------------------------------------------------------


def test_figures_of_a_month_by_hand() -> None:
    listings = pd.DataFrame({"listing": list("abcd"), "rent": [600.0, 650, 480, math.nan]})
    table = market_figures(listings, MARKET, FOUND, D(2026, 5, 18), D(2026, 6, 30))
    assert list(table.columns) == FIGURE_COLUMNS
    assert table["kind"].tolist() == ["house", "apartment", ""]
    assert table["new"].tolist() == [1, 2, 3]
    assert table["gone"].tolist() == [1, 1, 2]
    assert table["standing"].tolist() == [1, 1, 2]
    chances = still_there(MARKET, FOUND, D(2026, 6, 30)).set_index("listing")["chance"]
    assert table["expected"].tolist() == pytest.approx([chances["b"], 1, chances["b"] + 1])
    assert table["rents"].tolist() == [1, 1, 2]
    assert table["rent"].isna().all()
    assert table["own_life"].tolist() == [False, False, True]
    assert plain(market_sentence(table)).startswith("3 annonces nouvelles et 2 parties ; 2 en cours, dont 2 ")


def test_five_rents_make_a_median_and_four_do_not() -> None:
    rows = [(f"l{n}", "2026-06-01", "available", "house") for n in range(5)]
    known = known_market(*rows)
    listings = pd.DataFrame({"listing": [f"l{n}" for n in range(5)], "rent": [500.0, 520, 610, 700, 900]})
    table = market_figures(listings, known, estimates(known), D(2026, 6, 1), D(2026, 6, 30))
    assert table["rent"].tolist() == [610, 610]
    listings.loc[0, "rent"] = math.nan
    table = market_figures(listings, known, estimates(known), D(2026, 6, 1), D(2026, 6, 30))
    assert table["rents"].tolist() == [4, 4]
    assert table["rent"].isna().all()


def test_an_empty_market_has_one_row_of_zeros() -> None:
    empty = MARKET.iloc[:0]
    listings = pd.DataFrame({"listing": [], "rent": []})
    table = market_figures(listings, empty, estimates(empty), D(2026, 6, 1), D(2026, 6, 30))
    assert table[["kind", "new", "gone", "standing", "expected"]].values.tolist() == [["", 0, 0, 0, 0]]
    with pytest.raises(ValueError, match="la fin précède"):
        market_figures(listings, empty, estimates(empty), D(2026, 6, 2), D(2026, 6, 1))


SAID = pd.DataFrame(
    [("a", "2026-05-04", "available"), ("a", "2026-05-11", "available"), ("a", "2026-05-18", "gone"), ("b", "2026-05-20", "available"),
     ("b", "2026-06-29", "available"), ("c", "2026-06-01", "available"), ("c", "2026-06-08", "gone"), ("d", "2026-06-30", "available"),
     ("z", "2025-01-01", "available")],
    columns=["listing", "on", "state"],
)  # fmt: skip


def test_month_by_month_what_stood_is_told_by_what_had_been_said_until_then() -> None:
    listings = pd.DataFrame({"listing": list("dcba")})
    table = market_over_time(listings, SAID, END)
    assert table["until"].tolist() == [D(2026, 5, 31), D(2026, 6, 30)]  # nothing of these was seen before May
    assert table[["new", "gone", "standing"]].values.tolist() == [[2, 1, 1], [2, 1, 2]]
    figures = market_figures(listings.assign(rent=math.nan), MARKET, FOUND, D(2026, 6, 1), END)
    assert (
        figures[["new", "gone", "standing"]].iloc[-1].tolist()
        == table.iloc[-1][["new", "gone", "standing"]].tolist()
    )
    row = market_over_time(listings, SAID, D(2026, 6, 10), months=3, periods=4).iloc[-1]
    assert row.tolist() == [D(2026, 4, 1), D(2026, 6, 10), 3, 2, 1]
    again = pd.concat([SAID, pd.DataFrame([("a", "2026-06-20", "available")], columns=SAID.columns)])
    later = market_over_time(listings, again, END)
    assert later[["gone", "standing"]].values.tolist() == [
        [1, 1],
        [1, 3],
    ]  # what May knew stays; June knows better


def test_over_time_nothing_seen_is_no_row() -> None:
    table = market_over_time(pd.DataFrame({"listing": []}), SAID, END)
    assert table.empty and list(table.columns) == PERIOD_COLUMNS


def test_rents_are_those_of_what_was_new_and_few_have_no_median() -> None:
    known = known_market(
        *((f"l{n}", f"2026-05-{n + 1:02d}", "available", "house" if n < 6 else "apartment") for n in range(8))
    )
    listings = pd.DataFrame(
        {"listing": [f"l{n}" for n in range(8)], "rent": [600.0, 500, 700, 650, 550, math.nan, 300, 400]}
    )
    table = rents_over_time(listings, known, END).set_index(["until", "kind"])
    quarter = table.loc[END]
    assert quarter.loc["house", "rents"] == 5 and quarter.loc["house", "rent"] == 600
    assert quarter.loc["apartment", "rents"] == 2 and math.isnan(quarter.loc["apartment", "rent"])
    assert quarter.loc["", "rents"] == 7 and quarter.loc["", "rent"] == 550
    assert (table.drop(END, level="until")["rents"] == 0).all()


@given(day=st.dates(D(2000, 1, 1), D(2060, 12, 31)), months=st.integers(1, 12), periods=st.integers(1, 30))
def test_periods_follow_one_another_and_end_today(day: dt.date, months: int, periods: int) -> None:
    spans = past_periods(day, months, periods)
    assert len(spans) == periods and spans[-1][1] == day and all(since.day == 1 for since, _ in spans)
    for (_, until), (since, _) in itertools.pairwise(spans):
        assert since - until == dt.timedelta(days=1)


# -- backtest ------------------------------------------------------------------------------------------------


def test_there_on_a_past_day_uses_what_was_said_before_and_after() -> None:
    rate = 1 / FOUND.pooled.mean

    def on(day: D) -> list[float]:
        return there_on(MARKET, FOUND, day).tolist()

    assert on(D(2026, 5, 3)) == [0, 0, 0, 0]
    assert on(D(2026, 5, 11)) == [1, 0, 0, 0]
    end = math.exp(-7 * rate)
    assert on(D(2026, 5, 14))[0] == pytest.approx((math.exp(-3 * rate) - end) / (1 - end))
    assert on(D(2026, 5, 18))[:2] == [0, 0]
    assert on(D(2026, 6, 10)) == [0, 1, 0, 0]
    # Nobody said that b went: after its last sighting its life goes on as the estimate says.
    assert on(D(2026, 7, 3))[1] == pytest.approx(math.exp(-4 * rate))


def test_backtest_by_hand() -> None:
    table = backtest(MARKET, FOUND, [D(2026, 5, 20), D(2026, 6, 10)], leads=(30, 8))
    assert list(table.columns) == BACKTEST_COLUMNS
    assert table["lead"].tolist() == [8, 30]
    # In the 8 days before 20 May nothing was known to stand (a was last seen on the 11th), in the 30 days a; in those before 10 June
    # b, and in the 30 days a, b and c.
    assert table["found"].tolist() == [0.5, (1 + 3) / 2]
    assert table["kept"].tolist() == [0.5, 0.5]
    assert table["share"].tolist() == pytest.approx([1, 1 / 4])
    assert table["added"].tolist() == [0.5, 0]
    # On 11 May, thirty days before 10 June, a stood, and is gone by then; b came later.
    assert table["first_day"].tolist() == [0.5, 0.5]
    assert table["first_day_share"].tolist() == [1, 0]
    assert plain(backtest_sentences(table)[1]) == (
        "Commencer 30 jours avant : 2,0 annonces trouvées, 0,5 encore là à l’arrivée ; de celles du premier jour, 0 %."
    )


def test_on_a_volatile_market_what_is_found_a_month_before_is_gone() -> None:
    """Daily calls, lives of 8 days: of what stood so many days before, e^(−days/8) is left."""
    draw = np.random.default_rng(2)
    born = draw.uniform(0, 400, 3000)
    dies = born + draw.exponential(8, 3000)
    first, last = np.ceil(born), np.floor(dies)
    seen = first <= last
    origin = pd.Timestamp("2025-01-01")
    known = pd.DataFrame(
        {
            "listing": np.arange(seen.sum()).astype(str),
            "first_seen": origin + pd.to_timedelta(first[seen], unit="D"),
            "last_seen": origin + pd.to_timedelta(last[seen], unit="D"),
            "gone_on": origin + pd.to_timedelta(last[seen] + 1, unit="D"),
            "left": (last - first)[seen],
            "right": (last - first)[seen] + 1,
            "kind": "house",
            "group": "",
        }
    )
    arrivals = [D(2025, 1, 1) + dt.timedelta(days=n) for n in range(60, 380, 10)]
    table = backtest(known, estimates(known), arrivals)
    assert table["lead"].tolist() == [4, 8, 15, 30]
    assert table["first_day_share"].to_numpy() == pytest.approx(np.exp(-table["lead"] / 8), abs=0.03)
    assert (np.diff(table["found"]) > 0).all()
    assert (np.diff(table["share"]) < 0).all()
    assert table["added"].sum() == pytest.approx(table["kept"].iloc[-1])
    # Most of what a month of search keeps was found in the last days.
    assert table["added"].iloc[-1] < 0.15 * table["kept"].iloc[-1]


def test_a_backtest_needs_an_arrival_and_a_day() -> None:
    for arrivals, leads in ([], (8,)), ([D(2026, 6, 10)], (0,)), ([D(2026, 6, 10)], ()):
        with pytest.raises(ValueError, match="au moins une arrivée"):
            backtest(MARKET, FOUND, arrivals, leads)
    nothing = backtest(MARKET.iloc[:0], FOUND, [D(2026, 6, 10)])
    assert nothing["found"].tolist() == [0] * 4
    assert nothing["share"].isna().all() and nothing["first_day_share"].isna().all()


# -- the best week -------------------------------------------------------------------------------------------


def simulated(
    draw: np.random.Generator,
    standing: np.ndarray,
    rates: np.ndarray,
    mean: float,
    opens_in: int,
    days: int,
    ahead: int,
    success: float,
    runs: int = 20_000,
) -> float:
    """The share of runs in which more than `ahead` listings are met and had: births and deaths drawn one by one."""
    met = np.zeros(runs)
    for chance in standing:
        there = draw.random(runs) < chance
        met += there & (draw.exponential(mean, runs) > opens_in) & (draw.random(runs) < success)
    for day, rate in enumerate(rates[: opens_in + days]):
        counts = draw.poisson(rate, runs)
        run = np.repeat(np.arange(runs), counts)
        born = day + draw.random(len(run))
        dies = born + draw.exponential(mean, len(run))
        hit = ((born >= opens_in) | (dies > opens_in)) & (draw.random(len(run)) < success)
        met += np.bincount(run[hit], minlength=runs)
    return float((met > ahead).mean())


@pytest.mark.parametrize(
    ("standing", "rate", "mean", "opens_in", "days", "ahead", "success"),
    [
        ([], 0.1, 8.0, 0, 8, 0, 1.0),
        ([0.9, 0.4, 0.2], 0.05, 8.0, 5, 8, 0, 1.0),
        ([0.9, 0.4, 0.2], 0.05, 30.0, 20, 8, 1, 0.5),
        ([1.0] * 6, 0.2, 4.0, 3, 4, 3, 0.8),
    ],
)
def test_the_closed_form_is_what_simulation_finds(
    standing: list[float], rate: float, mean: float, opens_in: int, days: int, ahead: int, success: float
) -> None:
    draw = np.random.default_rng(19)
    rates = rate * (1 + 0.5 * np.sin(np.arange(opens_in + days)))
    closed = chance_of_housing(np.array(standing), rates, mean, opens_in, days, ahead=ahead, success=success)
    runs = 20_000
    found = simulated(draw, np.array(standing), rates, mean, opens_in, days, ahead, success, runs)
    # Four standard errors.
    assert closed == pytest.approx(found, abs=4 * math.sqrt(closed * (1 - closed) / runs))


@given(
    st.lists(st.floats(0, 1), max_size=5),
    st.floats(0, 1),
    st.floats(0.5, 60),
    st.integers(0, 60),
    st.integers(1, 30),
    st.integers(0, 4),
)
def test_more_listings_never_lower_the_chance_and_more_rivals_never_raise_it(
    standing: list[float], rate: float, mean: float, opens_in: int, days: int, ahead: int
) -> None:
    rates = np.full(100, rate)

    def chance(listings: list[float], rivals: int, length: int = days) -> float:
        return chance_of_housing(np.array(listings), rates, mean, opens_in, length, ahead=rivals)

    base = chance(standing, ahead)
    assert 0 <= base <= 1
    assert chance([*standing, 1.0], ahead) >= base - 1e-12
    assert chance(standing, ahead + 1) <= base + 1e-12
    assert chance(standing, ahead, days + 1) >= base - 1e-12


def test_nothing_comes_nothing_stands() -> None:
    assert chance_of_housing(np.array([]), np.zeros(20), 8, 5, 8) == 0
    assert chance_of_housing(np.array([1.0]), np.zeros(20), 8, 0, 8) == 1
    with pytest.raises(ValueError, match="20 jours"):
        chance_of_housing(np.array([]), np.zeros(20), 8, 13, 8)


def test_rates_follow_the_season_as_far_as_it_was_seen() -> None:
    since, today = D(2024, 1, 1), D(2026, 1, 1)
    july = pd.date_range("2024-07-01", "2024-07-31").union(pd.date_range("2025-07-01", "2025-07-31"))
    seen = pd.Series(july.append(pd.DatetimeIndex(["2024-03-05", "2026-01-01"])))
    rates = arrival_rates(seen, since, today, 365)
    overall = 63 / 731
    assert len(rates) == 365
    assert rates[0] == pytest.approx(60 * overall / (62 + 60))
    assert rates[200] == pytest.approx((62 + 60 * overall) / (62 + 60))
    assert rates[70] == pytest.approx((1 + 60 * overall) / (62 + 60))
    with pytest.raises(ValueError, match="un jour passé"):
        arrival_rates(seen, today, today, 10)


def test_the_best_of_twelve_weeks_is_that_with_most_arrivals() -> None:
    today = D(2026, 4, 1)  # a Wednesday
    rates = np.full(100, 0.01)
    rates[40:47] = 0.5
    life = estimate(np.full(40, 6.0), np.full(40, 9.0))
    table = best_weeks(today, np.array([]), rates, Lives(life, {}, {}))
    assert len(table) == 12
    assert table["arrival"].iloc[0] == D(2026, 4, 6)
    assert all(day.weekday() == 0 for day in table["arrival"])
    assert ((table["low"] <= table["chance"]) & (table["chance"] <= table["high"])).all()
    best = table[table["best"]].iloc[0]
    # The arrivals of days 40 to 46 (11 to 17 May) fall in the window of 18 May, D−8 to D−1.
    assert best["arrival"] == D(2026, 5, 18)
    assert best["opens"] == D(2026, 5, 10)
    assert plain(best_week_sentence(table)).startswith(
        "La meilleure semaine pour arriver : celle du 18 mai 2026 (9"
    )


def test_of_a_window_that_is_open_what_is_left_counts() -> None:
    today = D(2026, 4, 5)  # Sunday, the last day of the window of Monday 6 April
    rates = np.full(100, 0.2)
    life = estimate(np.full(40, 6.0), np.full(40, 9.0))
    table = best_weeks(today, np.array([]), rates, Lives(life, {}, {}), weeks=1)
    assert table["arrival"].iloc[0] == D(2026, 4, 6)
    assert table["chance"].iloc[0] == pytest.approx(1 - math.exp(-0.2))
