"""The watch of one morning, put together from frames: tenures apart, windows in order, contacts with their doubts, an empty register."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from analysis.watch import morning
from analysis.watch.calls import call_plan
from analysis.watch.window import WindowState

TODAY = dt.date(2026, 5, 12)
NAMES = {"61156": "Essay", "61258": "Le Mêle-sur-Sarthe", "61051": "Boitron"}
LISTING = [
    "listing",
    "contact",
    "commune",
    "kind",
    "tenure",
    "rooms",
    "surface",
    "rent",
    "price",
    "first_seen",
]


def day(before: int) -> dt.date:
    return TODAY - dt.timedelta(days=before)


def listings(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=LISTING)


def sightings(*rows: tuple[str, str | None, int, str]) -> pd.DataFrame:
    """(listing, contact, days ago, state)."""
    frame = pd.DataFrame(list(rows), columns=["listing", "contact", "ago", "state"])
    return frame.assign(on=[pd.Timestamp(day(int(ago))) for ago in frame["ago"]])


HOUSE = ("a", "c1", "61156", "house", "rent", 4, 95.0, 620.0, None, day(3))
SALE = ("b", "c1", "61258", "house", "sale", 5, 120.0, None, 128000.0, day(3))
GONE = ("c", "c2", "61051", "house", "rent", 3, 70.0, 500.0, None, day(9))
LISTINGS = listings(HOUSE, SALE, GONE)
SIGHTINGS = sightings(
    ("a", "c1", 3, "available"),
    ("b", "c1", 3, "available"),
    ("c", "c2", 9, "available"),
    ("c", "c2", 2, "gone"),
    ("a", "c2", 1, "unknown"),
)
CONTACTS = pd.DataFrame(
    {"contact": ["c1", "c2", "e"], "kind": ["mairie", "notary", "elected"], "label": ["Un", "Deux", "Trois"],
     "commune": ["61156", "61258", "61156"]}
)  # fmt: skip


def calls(*rows: tuple[str, int, str, str | None]) -> pd.DataFrame:
    """(contact, days ago, answer, call back)."""
    frame = pd.DataFrame(list(rows), columns=["contact", "ago", "answer", "call_back"])
    return frame.assign(on=pd.to_datetime([day(int(ago)) for ago in frame["ago"]]))


def applications(*rows: tuple[str, str, dt.date | None, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["application", "status", "planned_arrival", "wished_commune"])
    return frame.assign(planned_arrival=pd.to_datetime(frame["planned_arrival"]))


def test_what_nobody_said_gone_stands_with_the_chance_of_its_own_tenure() -> None:
    market = morning.market(LISTINGS, SIGHTINGS, NAMES, {}, TODAY)
    assert set(market.standing["listing"]) == {"a", "b"}
    assert market.standing.set_index("listing")["by"].to_dict() == {"a": "c1", "b": "c1"}
    rent, sale = market.found["rent"].pooled, market.found["sale"].pooled
    assert (rent.listings, rent.ends, sale.listings, sale.ends) == (2, 1, 1, 0)
    chances = market.standing.set_index("listing")["chance"]
    assert chances["a"] == pytest.approx(rent.still(3).value)
    assert chances["b"] == pytest.approx(sale.still(3).value)
    assert chances["b"] > chances["a"]
    assert market.standing.set_index("listing")["what"]["a"].startswith("Maison à louer, Essay, 4")


def test_what_a_listing_tells_is_said_and_so_is_an_energy_class_that_may_not_be_let() -> None:
    told = LISTINGS.assign(energy=["G", "G", "F"], garden=[True, None, False], charges=[40.0, None, None])
    standing = morning.market(told, SIGHTINGS, NAMES, {}, TODAY).standing.set_index("listing")
    assert standing.loc["a", "details"] == "charges 40\u00a0€, jardin, classe énergie G"
    assert "ne peut plus être louée depuis le 1er\u00a0janvier\u00a02025" in standing.loc["a", "ban"]
    assert standing.loc["b", "ban"] == ""  # for sale
    untold = morning.market(LISTINGS, SIGHTINGS, NAMES, {}, TODAY).standing
    assert set(untold["ban"]) == {""} and set(untold["details"]) == {""}
    later = told[told["listing"] == "c"].assign(energy="F", listing="a")
    for year, banned in ((2027, False), (2028, True)):
        day_, seen = dt.date(year, 1, 1), SIGHTINGS[SIGHTINGS["state"] == "available"]
        found = morning.market(later, seen, NAMES, {}, day_).standing
        assert found["ban"].str.contains("classe énergie F").tolist() == [banned]


def test_an_empty_register_has_a_market_without_rows_and_town_halls_to_call() -> None:
    market = morning.market(LISTINGS.head(0), SIGHTINGS.head(0), NAMES, {"G": ("61156",)}, TODAY)
    assert market.standing.empty and market.known.empty
    assert market.found["rent"].pooled.mean == pytest.approx(8.0, rel=1e-6)
    called = morning.correspondents(CONTACTS.head(0), LISTINGS.head(0), NAMES)
    assert called["label"].tolist() == ["Mairie d'Essay", "Mairie du Mêle-sur-Sarthe", "Mairie de Boitron"]
    found = morning.call_contacts(
        called,
        LISTINGS.head(0),
        morning.answers(SIGHTINGS.head(0), calls()),
        calls(),
        market.standing,
        {},
        NAMES,
        TODAY,
    )
    plan = call_plan(found, [], dt.datetime(2026, 5, 12, 10))
    assert {call.contact for call in plan.calls} == {f"mairie:{code}" for code in NAMES}
    assert all(call.silence is None for call in plan.calls)
    assert morning.past_arrivals(market.known, TODAY) == []


def test_the_register_s_own_contacts_come_before_the_reference_and_others_only_once_they_signalled() -> None:
    called = morning.correspondents(CONTACTS, LISTINGS, NAMES)
    assert set(called["contact"]) == {"c1", "c2", "mairie:61258", "mairie:61051"}
    signalled = LISTINGS.assign(contact="e")
    assert "e" in set(morning.correspondents(CONTACTS, signalled, NAMES)["contact"])


def test_a_contact_is_asked_about_what_is_in_doubt_where_it_stands_and_answers_of_today_do_not_move_it() -> (
    None
):
    today = pd.concat([SIGHTINGS, sightings(("b", "c1", 0, "available"))], ignore_index=True)
    market = morning.market(LISTINGS, today, NAMES, {}, TODAY)
    called = morning.correspondents(CONTACTS, LISTINGS, NAMES)
    found = {
        each.contact: each
        for each in morning.call_contacts(
            called, LISTINGS, morning.answers(today, calls()), calls(), market.standing, {}, NAMES, TODAY
        )
    }
    assert found["c1"].communes == {"61156", "61258"}
    assert found["c1"].answered == day(3)
    assert {doubt.listing: doubt.chance for doubt in found["c1"].doubts}["b"] == 1.0
    assert found["c2"].answered == day(2)  # « inconnu » the day before is no answer
    assert found["c2"].doubts == ()
    assert found["mairie:61051"].answered is None


def test_a_listing_almost_certainly_gone_is_not_asked_about() -> None:
    old = sightings(("a", "c1", 300, "available"))
    market = morning.market(listings(HOUSE), old, NAMES, {}, TODAY)
    assert len(market.standing) == 1 and market.standing["chance"].iloc[0] < morning.FADED
    called = morning.correspondents(CONTACTS, listings(HOUSE), NAMES)
    first = morning.call_contacts(
        called, listings(HOUSE), morning.answers(old, calls()), calls(), market.standing, {}, NAMES, TODAY
    )[0]
    assert first.doubts == ()


def test_windows_come_in_the_order_of_need_with_their_numbers() -> None:
    files = applications(
        ("early", "window_planned", TODAY + dt.timedelta(days=30), None),
        ("open", "accepted", TODAY + dt.timedelta(days=6), "61156"),
        ("last", "accepted", TODAY + dt.timedelta(days=1), "75056"),
        ("late", "accepted", TODAY - dt.timedelta(days=2), None),
        ("home", "settled", TODAY - dt.timedelta(days=9), None),
        ("lost", "lost", TODAY + dt.timedelta(days=3), None),
        ("read", "read", None, None),
    )
    numbers = {name: n for n, name in enumerate(files["application"], start=1)}
    found = morning.windows(files, numbers, TODAY, 8)
    assert found["application"].tolist() == ["late", "last", "open", "early", "home"]
    assert found["label"].tolist() == ["Dossier 4", "Dossier 3", "Dossier 2", "Dossier 1", "Dossier 5"]
    assert found["text"].tolist() == [
        "en retard", "dernier jour", "ouverte J-6", "trop tôt (ouvre le 03/06/2026)", "logé",
    ]  # fmt: skip
    assert found["days_left"].tolist()[:4] == [-2, 1, 6, 30]
    text = morning.windows_sentence(found, 8)
    assert text.startswith("4 dossiers attendent un logement")
    assert "1 en retard, 1 à son dernier jour, 1 fenêtre ouverte et 1 pour qui il est trop tôt" in text
    searching = {one.application: one for one in morning.households(found, NAMES)}
    assert searching["open"].communes == {"61156"}
    assert searching["last"].communes == frozenset()  # a commune elsewhere is no limit
    assert searching["home"].window.state is WindowState.HOUSED
    assert morning.windows(files, numbers, TODAY, 1).set_index("application")["state"]["open"] == "too_early"


def test_nobody_waits() -> None:
    files = applications(("lost", "lost", TODAY, None))
    found = morning.windows(files, {"lost": 1}, TODAY, 8)
    assert found.empty
    assert morning.windows_sentence(found, 8).startswith("Personne n’attend de logement")
    assert morning.households(found, NAMES) == []


def test_past_arrivals_are_mondays_from_a_month_after_the_first_listing() -> None:
    known = pd.DataFrame({"first_seen": [pd.Timestamp(day(60))]})
    found = morning.past_arrivals(known, TODAY)
    assert all(one.isoweekday() == 1 for one in found)
    assert found == sorted(found)
    assert day(30) <= found[0] <= day(24) and found[-1] == dt.date(2026, 5, 11)
    assert morning.past_arrivals(pd.DataFrame({"first_seen": [pd.Timestamp(day(20))]}), TODAY) == []


def test_the_curve_is_read_at_the_territory_s_own_days() -> None:
    market = morning.market(LISTINGS, SIGHTINGS, NAMES, {}, TODAY)
    table = morning.curve_table(market.found["rent"], 6)
    assert table["day"].tolist() == [1, 2, 4, 6, 8, 15, 30]
    assert (table["low"] < table["still"]).all() and (table["still"] < table["high"]).all()


@pytest.mark.parametrize(
    ("noted", "asked", "answered", "back"),
    [
        ([("c1", 0, "nothing_new", None)], TODAY, day(3), None),
        ([("c1", 1, "nothing_new", None)], day(1), day(1), None),
        ([("c1", 0, "told", None)], None, day(3), None),  # the call goes on
        ([("c1", 1, "told", None)], day(1), day(1), None),
        ([("c1", 1, "no_answer", None)], day(1), day(3), None),
        ([("c1", 0, "call_back", "2026-05-12T14:30")], TODAY, day(3), dt.datetime(2026, 5, 12, 14, 30)),
        ([("c1", 0, "call_back", "2026-05-12T14:30"), ("c1", 0, "nothing_new", None)], TODAY, day(3), None),
    ],
)
def test_what_a_call_gave_decides_whether_the_contact_is_called_again(
    noted: list[tuple[str, int, str, str | None]],
    asked: dt.date | None,
    answered: dt.date,
    back: dt.datetime | None,
) -> None:
    market = morning.market(LISTINGS, SIGHTINGS, NAMES, {}, TODAY)
    called = morning.correspondents(CONTACTS, LISTINGS, NAMES)
    told = morning.answers(SIGHTINGS, calls(*noted))
    first = morning.call_contacts(called, LISTINGS, told, calls(*noted), market.standing, {}, NAMES, TODAY)[0]
    assert (first.contact, first.asked, first.answered, first.call_back) == ("c1", asked, answered, back)
