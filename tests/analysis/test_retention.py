"""Retention against a published table, and what counts as a departure."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from analysis.retention import RetentionError, durations, kaplan_meier, sentence_years

# Remission in weeks under 6-mercaptopurine: E. J. Freireich et al., Blood 21 (1963) 699–716, as used by E. A. Gehan, Biometrika 52
# (1965) 203–223. 21 patients, 9 relapses; the others are censored.
RELAPSED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
# The placebo arm: everybody relapsed.
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
# week: patients at risk, relapses, share still in remission, Greenwood's standard error. Published in D. R. Cox and D. Oakes,
# Analysis of Survival Data (1984), and D. G. Kleinbaum and M. Klein, Survival Analysis (2005), chapter 2.
PUBLISHED = {
    6: (21, 3, 0.8571, 0.0764),
    7: (17, 1, 0.8067, 0.0869),
    10: (15, 1, 0.7529, 0.0963),
    13: (12, 1, 0.6902, 0.1068),
    16: (11, 1, 0.6275, 0.1141),
    22: (7, 1, 0.5378, 0.1282),
    23: (6, 1, 0.4482, 0.1346),
}
# The log(−log) 95 % limits that standard programs print for the same data.
LIMITS = {6: (0.620, 0.952), 13: (0.432, 0.849), 23: (0.188, 0.680)}


def six_mp() -> tuple[list[float], list[bool]]:
    return [*map(float, RELAPSED), *map(float, CENSORED)], [True] * 9 + [False] * 12


def test_retention_equals_the_published_table() -> None:
    found = kaplan_meier(*six_mp())
    events = found.table[found.table["departures"] > 0].set_index("years")
    assert list(events.index) == list(PUBLISHED)
    for week, (at_risk, departures, survival, error) in PUBLISHED.items():
        row = events.loc[week]
        assert (row["at_risk"], row["departures"]) == (at_risk, departures)
        assert row["survival"] == pytest.approx(survival, abs=5e-5)
        assert row["error"] == pytest.approx(error, abs=5e-5)
    for week, (low, high) in LIMITS.items():
        assert events.loc[week, "low"] == pytest.approx(low, abs=1e-3)
        assert events.loc[week, "high"] == pytest.approx(high, abs=1e-3)
    assert (found.members, found.departures) == (21, 9)
    assert (found.median, found.median_low, found.median_high) == (23, 13, None)


def test_without_censoring_the_share_is_the_plain_count() -> None:
    found = kaplan_meier([float(week) for week in PLACEBO], [True] * len(PLACEBO))
    for week, survival in zip(found.table["years"], found.table["survival"], strict=True):
        assert survival == pytest.approx(sum(other > week for other in PLACEBO) / len(PLACEBO))
    assert found.median == 8  # published median of the placebo arm
    last = found.table.iloc[-1]
    assert last["survival"] == 0
    assert last[["low", "high", "error"]].isna().all()


def test_reading_the_curve_between_and_beyond_its_steps() -> None:
    found = kaplan_meier(*six_mp())
    early = found.after(5)
    assert early is not None
    assert (early.share, early.low, early.high, early.at_risk) == (1.0, 1.0, 1.0, 21)
    between = found.after(12)
    assert between is not None
    assert between.share == pytest.approx(0.7529, abs=5e-5)
    assert between.at_risk == 12
    assert found.after(35) is not None
    assert found.after(35.1) is None


def test_nobody_left_and_nobody_at_all() -> None:
    still = kaplan_meier([1.0, 2.0, 3.0], [False] * 3)
    assert list(still.table["survival"]) == [1.0, 1.0, 1.0]
    assert list(still.table["low"]) == [1.0, 1.0, 1.0]
    assert still.median is None
    nobody = kaplan_meier([], [])
    assert nobody.table.empty
    assert nobody.after(0) is None


@pytest.mark.parametrize(("years", "left"), [([1.0], []), ([-1.0], [True]), ([float("nan")], [False])])
def test_unreadable_durations_are_refused(years: list[float], left: list[bool]) -> None:
    with pytest.raises(RetentionError):
        kaplan_meier(years, left)


def stays(*rows: tuple[str, str, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["member", "commune", "arrived", "left"])
    return frame.assign(
        arrived=pd.to_datetime(frame["arrived"]), left=pd.to_datetime(frame["left"]), public=True
    )


def test_a_move_is_no_departure_and_a_return_is_no_second_member() -> None:
    found = durations(
        stays(
            ("moved", "A", "2010-01-01", "2012-01-01"),
            ("moved", "B", "2012-01-01", None),
            ("back", "A", "2010-01-01", "2011-01-01"),
            ("back", "A", "2015-01-01", None),
            ("announced", "A", "2019-01-01", "2020-06-01"),
            ("to come", "A", "2020-02-01", None),
        ),
        dt.date(2020, 1, 1),
    ).set_index("member")
    assert sorted(found.index) == ["announced", "back", "moved"]
    assert found["left"].to_dict() == {"announced": False, "back": True, "moved": False}
    assert found.loc["moved", "years"] == pytest.approx(3652 / 365.25)
    assert found.loc["back", "years"] == pytest.approx(365 / 365.25)
    assert found.loc["announced", "years"] == pytest.approx(365 / 365.25)


def test_leaving_the_territory_is_leaving() -> None:
    rows = stays(("m", "A", "2010-01-01", "2012-01-01"), ("m", "elsewhere", "2012-01-01", None))
    assert durations(rows, dt.date(2020, 1, 1), ["A"])["left"].tolist() == [True]
    assert durations(rows, dt.date(2020, 1, 1))["left"].tolist() == [False]


def test_an_empty_register_gives_nobody() -> None:
    assert durations(stays()[:0], dt.date(2020, 1, 1)).empty


@pytest.mark.parametrize(
    ("years", "text"),
    [
        (8.34, "8\u00a0ans et 4\u00a0mois"),
        (1.0, "1\u00a0an"),
        (0.5, "6\u00a0mois"),
        (0.01, "moins d’un mois"),
        (1.99, "2\u00a0ans"),
    ],
)
def test_durations_are_read_aloud(years: float, text: str) -> None:
    assert sentence_years(years) == text
