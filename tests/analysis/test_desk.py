"""The desk asks everything of one revision; small counts of people never leave for the public."""

import datetime as dt
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import Any

import pandas as pd
import pytest

from analysis import declared
from analysis.answers import answer
from analysis.calendar import network_periods
from analysis.desk import Desk, NetworkRows, make_desk
from analysis.model import LEVEL_COLUMNS, Audience, Level, Status, Thresholds
from data.catalogue import load_catalogue

TODAY = dt.date(2026, 5, 12)
NO_EVENTS = pd.DataFrame(
    columns=["event", "member", "on", "kind", "commune", "title", "hours", "jobs", "public"]
)
NO_CONTACTS = pd.DataFrame(columns=["contact", "person", "kind", "label", "commune", "public"])
NAMES = {"61013": "Aunay-les-Bois", "61026": "Barville", "61051": "Boitron"}
CATALOGUE = load_catalogue(network_periods=network_periods(2004, TODAY))


def stays(rows: list[tuple[str, str, str, str | None, bool]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["member", "commune", "arrived", "left", "public"])
    return frame.assign(
        arrived=pd.to_datetime(frame["arrived"]), left=pd.to_datetime(frame["left"]), stay=range(len(frame))
    )


def desk(rows: list[tuple[str, str, str, str | None, bool]]) -> Desk:
    empty = pd.DataFrame
    network = NetworkRows(
        "real",
        stays(rows),
        empty(
            {
                "received": pd.to_datetime(["2004-10-01", "2026-01-02"]),
                "wished_commune": ["61013", None],
                "status": ["received"] * 2,
                "reason": [None] * 2,
                "planned_arrival": pd.to_datetime([None, None]),
                "needs": [None] * 2,
            }
        ),
        empty({"listing": ["a"], "commune": ["61051"]}),
        empty({"listing": ["a"], "on": pd.to_datetime(["2026-05-10"]), "state": ["available"]}),
        NO_EVENTS,
        NO_CONTACTS,
    )
    population = [("population", code, "2026", 500.0, "observed") for code in NAMES]
    figures = empty(population, columns=["indicator", "commune", "period", "value", "status"])
    return Desk(
        CATALOGUE.indicators, figures, NAMES, {"Nord": ("61013", "61026")}, Thresholds(11, 3), network, TODAY
    )


FEW = [
    ("m1", "61013", "2006-03-01", None, True),
    ("m2", "61013", "2007-03-01", None, False),
    ("m3", "61026", "2010-06-01", "2012-01-15", False),
    ("m3", "61051", "2012-01-15", None, False),
]


def test_coordinators_see_every_count_and_the_rate_has_its_denominator() -> None:
    result = desk(FEW).answer("members", None, Audience.ANIMATEUR)
    assert list(result.cells["value"]) == [2, 0, 1] and result.total.value == 3
    rate = desk(FEW).answer("members_per_1000", None, Audience.ANIMATEUR)
    assert (rate.total.numerator, rate.total.denominator, rate.total.value) == (3, 1500, 2.0)
    assert list(rate.cells["value"]) == [4.0, 0.0, 2.0]


@pytest.mark.parametrize("indicator", ["members", "members_per_1000"])
def test_the_public_sees_no_small_count_nor_the_rate_that_gives_it_back(indicator: str) -> None:
    result = desk(FEW).answer(indicator, None, Audience.PUBLIC)
    assert set(result.cells["status"]) == {Status.SUPPRESSED} and result.cells["value"].isna().all()
    assert result.total.value is None and result.cells["numerator"].isna().all()


def test_the_public_sees_those_who_consented_on_the_map_and_coordinators_all() -> None:
    assert desk(FEW).shown_members(TODAY, Audience.PUBLIC) == {"61013": 1, "61026": 0, "61051": 0}
    assert desk(FEW).shown_members(TODAY, Audience.ANIMATEUR) == {"61013": 2, "61026": 0, "61051": 1}


def test_a_move_is_counted_at_its_day() -> None:
    assert desk(FEW).shown_members(dt.date(2011, 12, 31), Audience.ANIMATEUR) == {
        "61013": 2,
        "61026": 1,
        "61051": 0,
    }
    growth = desk(FEW).growth(Audience.ANIMATEUR).set_index("period")
    assert growth.loc["2012-12-31", ["present", "arrivals", "departures"]].tolist() == [3, 0, 0]


def test_applications_without_a_wish_count_in_the_territory_only() -> None:
    result = desk(FEW).answer("applications", None, Audience.ANIMATEUR)
    assert list(result.cells["value"]) == [1, 0, 0] and result.total.value == 2


def test_listings_are_not_people() -> None:
    result = desk(FEW).answer("listings_available", None, Audience.PUBLIC)
    assert list(result.cells["value"]) == [0, 0, 1] and result.total.value == 1


def test_the_networks_day_follows_any_period() -> None:
    assert desk(FEW).network_day("2022") == dt.date(2022, 12, 31)
    assert desk(FEW).network_day("2019-09-30") == dt.date(2019, 9, 30)
    assert desk(FEW).network_day("2026") == TODAY


def test_an_empty_network_answers_zero() -> None:
    result = desk([]).answer("members", None, Audience.ANIMATEUR)
    assert result.total.value == 0 and (result.cells["status"] == Status.OBSERVED).all()
    assert result.sentence.startswith("Membres présents\u202f: 0\xa0membre\u202f;")


def test_network_counts_must_be_given() -> None:
    d = desk([])
    with pytest.raises(KeyError):
        answer(CATALOGUE["members"], d.figures, CATALOGUE.indicators)


@pytest.mark.parametrize("seed", range(4))
def test_the_largest_circle_is_that_of_the_fullest_commune_on_any_day(seed: int) -> None:
    chance = random.Random(seed)
    rows: list[tuple[str, str, str, str | None, bool]] = []
    for _ in range(60):
        begun = dt.date(2004, 1, 1) + dt.timedelta(chance.randrange(8_000))
        over = begun + dt.timedelta(chance.randrange(4_000))
        rows.append(
            (
                f"m{chance.randrange(25)}",  # few members: their stays overlap
                chance.choice([*NAMES, "75056"]),  # some live elsewhere
                begun.isoformat(),
                over.isoformat() if chance.random() < 0.7 else None,
                chance.random() < 0.4,
            )
        )
    asked = desk(rows)
    days = [dt.date.fromisoformat(period) for period in asked.indicators["members"].periods]
    for audience in Audience:
        largest = max(max(asked.shown_members(day, audience).values()) for day in days)
        assert largest > 0 and asked.largest_member_count(audience) == largest


def test_an_answer_is_made_once_and_left_to_the_next_desk_unless_the_watch_is_in_it() -> None:
    first = desk(FEW)
    known = {
        name: getattr(first, name)
        for name in ("indicators", "observations", "names", "groups", "thresholds", "sources")
    }
    rows = {field.name: getattr(first.network, field.name) for field in fields(NetworkRows)}
    gone = pd.DataFrame({"listing": ["a"], "on": pd.to_datetime(["2026-05-11"]), "state": ["gone"]})
    asked = {id_: first.answer(id_) for id_ in ("population", "members", "listings_available")}
    assert first.answer("population", "2026", Audience.ELU) is asked["population"]
    assert first.answer("members", None, Audience.ELU) is not asked["members"]
    sightings = pd.concat([rows["sightings"], gone], ignore_index=True)
    later = make_desk({**known, "network": {**rows, "sightings": sightings}}, TODAY, 1, first)
    assert all(later.answer(id_) is asked[id_] for id_ in ("population", "members"))
    assert (asked["listings_available"].total.value, later.answer("listings_available").total.value) == (1, 0)
    moved = make_desk({**known, "network": {**rows, "stays": rows["stays"][:1]}}, TODAY, 2, first)
    assert moved.answer("members", None, Audience.ANIMATEUR).total.value == 1
    # Something else was written (a remark, an account): all is taken over, and what others keep of a desk stays good.
    alike = make_desk({**known, "network": rows}, TODAY, 3, first)
    assert (alike.revision, alike.content) == (3, first.content)
    assert alike.answer("listings_available") is asked["listings_available"]
    orne = ["population", "2026", "departement", "61", 9.0, "observed", 1, 0, 1]
    levels = pd.DataFrame([orne], columns=LEVEL_COLUMNS)
    others = (
        make_desk({**known, "network": rows, "levels": levels}, TODAY, 3, first),
        make_desk({**known, "network": rows, "around": {"61013": (Level("france", "france", "France"),)}}, TODAY, 3, first),
        make_desk({**known, "network": rows}, TODAY + dt.timedelta(days=1), 3, first),
    )  # fmt: skip
    assert len({each.content for each in (first, later, moved, *others)}) == 6
    assert others[0].level_figures is not first.level_figures


def test_nobody_makes_no_circle() -> None:
    assert [desk([]).largest_member_count(audience) for audience in Audience] == [0, 0, 0]


def test_what_is_costly_is_computed_by_one_thread_while_others_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, runs, together = desk(FEW), [], threading.Barrier(8)
    real = declared.release

    def slow(*arguments: Any) -> declared.Release:
        runs.append(threading.get_ident())
        return real(*arguments)

    monkeypatch.setattr(declared, "release", slow)

    def ask() -> int:
        together.wait()
        return id(asked.release(Audience.PUBLIC))

    with ThreadPoolExecutor(8) as threads:
        given = {future.result() for future in [threads.submit(ask) for _ in range(8)]}
    assert len(given) == 1 and len(runs) == 1
