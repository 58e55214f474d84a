"""The counts of the replay: the same as those of the map, for hundreds of dates at once."""

from __future__ import annotations

import datetime as dt
import random

import pandas as pd
import pytest

from analysis.network import members_on
from analysis.presence import UNKNOWN_TRADE, ever, month_ends, presence

CODES = ["A", "B", "C"]


def stays(*rows: tuple[str, str, str | None, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["member", "commune", "trade", "arrived", "left"])
    return frame.assign(
        arrived=pd.to_datetime(frame["arrived"]), left=pd.to_datetime(frame["left"]), public=True
    )


def test_a_stay_counts_from_its_first_day_to_the_day_before_the_last() -> None:
    rows = stays(("m", "A", "web", "2010-03-10", "2010-05-01"))
    days = [dt.date(2010, 3, 9), dt.date(2010, 3, 10), dt.date(2010, 4, 30), dt.date(2010, 5, 1)]
    assert presence(rows, days, keys=CODES)["A"].tolist() == [0, 1, 1, 0]


def test_a_move_changes_the_commune_on_its_day_and_a_missing_trade_is_said() -> None:
    rows = stays(("m", "A", None, "2010-01-01", "2012-01-01"), ("m", "B", None, "2012-01-01", None))
    days = [dt.date(2011, 12, 31), dt.date(2012, 1, 1)]
    assert presence(rows, days, keys=CODES).to_numpy().tolist() == [[1, 0, 0], [0, 1, 0]]
    assert presence(rows, days, by="trade").to_dict("list") == {UNKNOWN_TRADE: [1, 1]}


@pytest.mark.parametrize("seed", range(5))
def test_every_date_agrees_with_the_count_of_the_map(seed: int) -> None:
    draw = random.Random(seed)
    origin = dt.date(2004, 1, 1)
    rows = []
    for i in range(60):  # stays of one member overlap, touch, or stand apart
        start = origin + dt.timedelta(days=draw.randrange(3000))
        end = start + dt.timedelta(days=draw.randrange(1500)) if draw.random() < 0.7 else None
        rows.append(
            (f"m{i % 17}", draw.choice([*CODES, "elsewhere"]), "web", str(start), str(end) if end else None)
        )
    frame = stays(*rows)
    days = [origin + dt.timedelta(days=90 * i) for i in range(50)]
    found = presence(frame, days, keys=CODES)
    for day in days:
        here = members_on(frame, day)["commune"].value_counts()
        assert found.loc[day].to_dict() == {code: int(here.get(code, 0)) for code in CODES}


def test_an_empty_register_counts_zero() -> None:
    nobody = stays()[:0]
    days = [dt.date(2010, 1, 1)]
    assert presence(nobody, days, keys=CODES).to_numpy().tolist() == [[0, 0, 0]]
    assert presence(nobody, days, by="trade").shape == (1, 0)


def test_months_end_on_their_last_day_and_today() -> None:
    found = month_ends(2023, dt.date(2024, 3, 12))
    assert len(found) == 15
    assert found[:2] == [dt.date(2023, 1, 31), dt.date(2023, 2, 28)]
    assert found[11:] == [
        dt.date(2023, 12, 31),
        dt.date(2024, 1, 31),
        dt.date(2024, 2, 29),
        dt.date(2024, 3, 12),
    ]


def test_a_short_visit_between_two_dates_is_remembered() -> None:
    rows = stays(("m", "A", "web", "2010-02-01", "2010-02-20"))
    days = [dt.date(2010, 1, 31), dt.date(2010, 3, 31)]
    counts = presence(rows, days, keys=CODES)
    assert counts["A"].tolist() == [0, 0]
    assert ever(counts, rows)["A"].tolist() == [False, True]
    assert not ever(counts, rows)["B"].any()
