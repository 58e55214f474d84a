"""School holidays by zone, against the calendar that the ministry published (arrêtés au Journal officiel)."""

from __future__ import annotations

import datetime as dt

import pytest

from analysis.applications.school import ZONES, known_until, school_holidays

D = dt.date.fromisoformat


def test_zone_b_is_as_the_ministry_published_it_for_2026_2027() -> None:
    # « Du samedi 17 octobre au lundi 2 novembre »: the lessons begin again on that Monday.
    assert school_holidays("B", D("2026-09-01"), D("2027-07-10")) == (
        (D("2026-10-17"), D("2026-11-01")),
        (D("2026-12-19"), D("2027-01-03")),
        (D("2027-02-20"), D("2027-03-07")),
        (D("2027-04-17"), D("2027-05-02")),
        (D("2027-05-06"), D("2027-05-08")),
        (D("2027-07-03"), D("2027-08-31")),
    )


def test_the_winter_holidays_of_2026_are_those_of_each_zone() -> None:
    first = {zone: school_holidays(zone, D("2026-02-01"), D("2026-03-20"))[0][0] for zone in ZONES}
    assert first == {"A": D("2026-02-07"), "B": D("2026-02-14"), "C": D("2026-02-21")}


def test_beyond_what_is_published_nothing_is_known() -> None:
    assert known_until() >= D("2028-08-31")
    later = known_until() + dt.timedelta(1)
    assert school_holidays("B", later, later + dt.timedelta(900)) == ()
    with pytest.raises(ValueError, match="'D'"):
        school_holidays("D", later, later)
