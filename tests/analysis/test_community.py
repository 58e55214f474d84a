"""The community as each audience may see it."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from analysis.community import by_trade, contacts, directory, events, present, seen
from analysis.model import Audience, Thresholds
from analysis.presence import UNKNOWN_TRADE

TODAY = dt.date(2026, 5, 12)
THRESHOLDS = Thresholds(public=11, council=3)
OUTSIDERS = [Audience.PUBLIC, Audience.ELU]


def network() -> pd.DataFrame:
    stays = pd.DataFrame(
        {
            "member": ["m1", "m1", "m2", "m3", "m4", "m5"],
            "commune": ["A", "B", "A", "A", "elsewhere", "A"],
            "arrived": pd.to_datetime(["2010-01-01", "2015-01-01", "2016-01-01", "2017-01-01", "2018-01-01", "2005-01-01"]),
            "left": pd.to_datetime(["2015-01-01", None, None, None, None, "2006-01-01"]),
            "public": [True, True, True, False, True, True],
        }
    )  # fmt: skip
    members = pd.DataFrame(
        {
            "member": ["m1", "m2", "m3", "m4", "m5"],
            "person": ["p1", "p2", "p3", "p4", "p5"],
            "trade": ["web", None, "web", "web", "web"],
            "skills": [["sites", "accessibility"], None, ["sites"], [], []],
            "trains": [True, False, True, False, True],
            "public": [True, True, False, True, True],
        }
    )
    people = pd.DataFrame(
        {
            "person": ["p1", "p2", "p3", "p4", "p5"],
            "code": ["Membre 1", "Membre 2", "Membre 3", "Membre 4", "Membre 5"],
            "public": [True, True, False, True, True],
            "shown": ["Ada", "Membre 2", "", "Bob", "Eve"],
            "website": ["https://example.org", "", "", "", ""],
        }
    )
    return present(stays, members, people, ["A", "B"], TODAY)


def test_present_members_are_where_they_live_now_and_came_first_long_ago() -> None:
    here = network().set_index("member")
    assert sorted(here.index) == ["m1", "m2", "m3"]
    assert here.loc["m1", ["commune", "shown"]].tolist() == ["B", "Ada"]
    assert here.loc["m1", "since"] == pd.Timestamp("2010-01-01")
    assert here.loc["m2", "trade"] == UNKNOWN_TRADE
    assert here.loc["m2", "skills"] == []


def test_the_directory_holds_consenting_members_only_whoever_asks() -> None:
    here = network()
    assert set(directory(here)["member"]) == {"m1", "m2"}
    assert directory(here, skill="sites")["member"].tolist() == ["m1"]
    assert directory(here, trains=True)["member"].tolist() == ["m1"]
    assert directory(here, trade="web", commune="A").empty
    assert "m3" not in set(directory(here)["member"])


def test_others_than_coordinators_see_no_row_of_who_did_not_consent() -> None:
    here = network()
    assert set(seen(here, Audience.ANIMATEUR)["member"]) == {"m1", "m2", "m3"}
    for audience in OUTSIDERS:
        assert set(seen(here, audience)["member"]) == {"m1", "m2"}


def test_trades_are_counted_most_frequent_first() -> None:
    assert by_trade(network()).to_dict("list") == {
        "trade": ["web", UNKNOWN_TRADE],
        "count": [2, 1],
        "trains": [2, 0],
    }
    assert by_trade(network()[:0]).empty


def rows(consenting: tuple[str, ...] = (), **kinds: int) -> pd.DataFrame:
    listed = [
        (f"{kind}{i}", f"p-{kind}{i}", kind, f"{kind} {i}", "A", f"{kind}{i}" in consenting)
        for kind, n in kinds.items()
        for i in range(n)
    ]
    return pd.DataFrame(listed, columns=["contact", "person", "kind", "label", "commune", "public"])


def test_town_halls_are_institutions_and_other_actors_count_as_people() -> None:
    all_rows = rows(mairie=20, notary=2, agency=4)
    everything = contacts(all_rows, Audience.ANIMATEUR, THRESHOLDS)
    assert everything.total == 26
    assert len(everything.listed) == 26
    public = contacts(rows(("notary0",), mairie=20, notary=2, agency=4), Audience.PUBLIC, THRESHOLDS)
    table = public.table.set_index("kind")
    assert table.loc["mairie", ["count", "known"]].tolist() == [20, 20]
    assert table.loc["notary", "known"] == 1
    assert table.loc[["notary", "agency"], "count"].isna().all()
    assert set(public.listed["kind"]) == {"mairie", "notary"}
    assert len(public.listed) == 21
    assert (
        public.total is None
    )  # 5 people did not consent: under the public's threshold, the total would give them away
    council = contacts(all_rows, Audience.ELU, THRESHOLDS)
    assert council.total == 26
    assert council.table.set_index("kind").loc["notary", "status"] == "suppressed"


def test_a_hidden_kind_looks_like_an_absent_one() -> None:
    one = contacts(rows(mairie=3, notary=1), Audience.PUBLIC, THRESHOLDS).table
    other = contacts(rows(mairie=3, agency=1), Audience.PUBLIC, THRESHOLDS).table
    pd.testing.assert_frame_equal(one, other)


def happenings() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("e1", None, "2020-01-01", "meeting", "A", "Rencontre", 5.0, None, False),
            ("e2", "m1", "2020-02-01", "reception", "A", "Accueil", 3.0, None, True),
            ("e3", "m3", "2021-02-01", "reception", "A", "Accueil", 2.0, None, False),
            ("e4", None, "2022-02-01", "jobs", "A", "Emplois", 1.0, 3, False),
            ("e5", None, "2027-02-01", "meeting", "A", "À venir", 9.0, None, False),
        ],
        columns=["event", "member", "on", "kind", "commune", "title", "hours", "jobs", "public"],
    )


def test_coordinators_see_what_happened_and_nothing_that_has_not() -> None:
    tally = events(happenings(), TODAY, Audience.ANIMATEUR, THRESHOLDS)
    assert tally.total == 4
    assert tally.table["hours"].sum() == 11
    assert tally.table["jobs"].sum() == 3
    assert not tally.partial
    assert tally.listed["event"].tolist() == ["e4", "e3", "e2", "e1"]


@pytest.mark.parametrize("audience", OUTSIDERS)
def test_an_event_about_somebody_who_did_not_consent_is_neither_shown_nor_computable(
    audience: Audience,
) -> None:
    tally = events(happenings(), TODAY, audience, THRESHOLDS)
    assert "e3" not in set(tally.listed["event"])
    row = tally.table.set_index("kind").loc["reception"]
    assert (row["status"], row["known"], row["hours"]) == ("suppressed", 1, 3.0)
    assert tally.total is None
    without = events(happenings().query("event != 'e3'"), TODAY, audience, THRESHOLDS)
    assert without.table["hours"].sum() == tally.table["hours"].sum()


def test_an_empty_register_is_counted_as_nothing() -> None:
    tally = events(happenings()[:0], TODAY, Audience.PUBLIC, THRESHOLDS)
    assert (tally.total, tally.known, tally.partial) == (0, 0, False)
    assert contacts(rows(), Audience.PUBLIC, THRESHOLDS).total == 0
