"""What a household needs, what was proposed to it and what became of that: kept whole, in order, frozen, and taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from analysis.model import LOCAL_ACTOR, Actor
from data import network, register
from data.register import CannotUndo, Conflict, NeedFields, RegisterError
from data.store import Store, tables
from data.territory import load_territory

TODAY = dt.date(2026, 5, 12)
TERRITORY = load_territory()
CLAIRE = Actor("claire", "Claire")


def fill(store: Store) -> None:
    """Two households that search, one that is housed, one that was declined; three houses."""
    with store.write(LOCAL_ACTOR) as session:
        for id_, status in (
            ("a1", "accepted"),
            ("a2", "window_planned"),
            ("a3", "settled"),
            ("a4", "declined"),
        ):
            session.insert(tables.person, {"id": f"p-{id_}", "origin": "real", "code": f"Candidat {id_}"})
            session.insert(
                tables.application,
                {
                    "id": id_, "origin": "real", "person": f"p-{id_}", "received": TODAY, "status": status,
                    "planned_arrival": dt.date(2026, 5, 18), "wished_commune": "61156", "needs": {"rooms": 3, "note": "x"},
                },
            )  # fmt: skip
        for id_ in ("l1", "l2", "l3"):
            row = {
                "id": id_,
                "origin": "real",
                "commune": "61156",
                "kind": "house",
                "tenure": "rent",
                "first_seen": TODAY,
            }
            session.insert(tables.listing, row)
            seen = {"origin": "real", "listing": id_, "on": TODAY, "state": "available", "actor": "x"}
            session.insert(tables.sighting, seen)


def propose(store: Store, application: str = "a1", listing: str = "l1") -> register.Change:
    return register.propose(
        store, CLAIRE, TODAY, application=application, listing=listing, score=81.5, chance=0.66
    )


def rows(store: Store) -> list[dict[str, Any]]:
    with store.read() as session:
        return network.proposals(session, "real").to_dict("records")


def file_of(store: Store, id_: str) -> dict[str, Any]:
    with store.read() as session:
        found = session.get(tables.application, id_)
    assert found is not None
    return found


def states(store: Store) -> dict[tuple[str, str], str]:
    return {(row["application"], row["listing"]): row["state"] for row in rows(store)}


def gone(store: Store) -> list[str]:
    with store.read() as session:
        seen = network.sightings(session, "real")
    return seen.loc[seen["state"] == "gone", "listing"].tolist()


def test_needs_are_kept_beside_what_else_is_known_of_them(any_store: Store) -> None:
    fill(any_store)
    fields = NeedFields(
        "rent",
        "house",
        "4",
        "1 234,5",
        True,
        True,
        "30",
        ("Essay", "61215"),
        True,
        "12",
        ("rooms", "rent", "commune"),
    )
    change = register.set_needs(any_store, TERRITORY, CLAIRE, application="a1", fields=fields)
    assert file_of(any_store, "a1")["needs"] == {
        "note": "x", "tenure": "rent", "kind": "house", "rooms": 4, "max_rent": 1234.5, "office": True, "school": True,
        "speed": 30, "communes": ["61156", "61215"], "pets": True, "months": 12, "must": ["rooms", "rent", "commune"],
    }  # fmt: skip
    with any_store.read() as session:
        told = register.entry(session, change.operation)
    assert told.title.replace("\u202f", " ") == "Besoins d'un foyer : Candidat a1"
    detail = told.details[0]
    assert (detail.label, detail.before) == ("besoins", "3\u00a0pièces au moins")
    assert "maison à louer" in detail.after and "à Essay ou à Laleu" in detail.after
    with pytest.raises(RegisterError, match="déjà ceux du dossier"):
        register.set_needs(any_store, TERRITORY, CLAIRE, application="a1", fields=fields)
    # To buy after all: the rent of before is no need any more.
    register.set_needs(
        any_store, TERRITORY, CLAIRE, application="a1", fields=NeedFields("sale", cost="90000")
    )
    needs = file_of(any_store, "a1")["needs"]
    assert (
        needs["max_price"] == 90000
        and "max_rent" not in needs
        and "office" not in needs
        and needs["note"] == "x"
    )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (NeedFields("buy"), "tenure"),
        (NeedFields(kind="castle"), "kind"),
        (NeedFields(rooms="deux"), "rooms"),
        (NeedFields(rooms="2,5"), "rooms"),
        (NeedFields(cost="60 000"), "max_rent"),
        (NeedFields(cost="0"), "max_rent"),
        (NeedFields("sale", cost="600"), "max_price"),
        (NeedFields(speed="-3"), "speed"),
        (NeedFields(months="0"), "months"),
        (NeedFields(communes=("Alençon",)), "commune"),
        (NeedFields(must=("beauty",)), "must"),
    ],
)
def test_what_cannot_be_a_need_is_refused_and_nothing_changes(
    store: Store, fields: NeedFields, field: str
) -> None:
    fill(store)
    with pytest.raises(RegisterError) as refused:
        register.set_needs(store, TERRITORY, CLAIRE, application="a1", fields=fields)
    assert refused.value.field == field
    assert file_of(store, "a1")["needs"] == {"rooms": 3, "note": "x"}


def test_two_people_who_change_the_same_needs_are_told(store: Store) -> None:
    fill(store)
    seen = file_of(store, "a1")["version"]
    register.set_needs(store, TERRITORY, CLAIRE, application="a1", fields=NeedFields(rooms="5"), seen=seen)
    with pytest.raises(Conflict):
        register.set_needs(
            store, TERRITORY, LOCAL_ACTOR, application="a1", fields=NeedFields(rooms="6"), seen=seen
        )
    assert file_of(store, "a1")["needs"]["rooms"] == 5


def test_the_needs_of_a_proposal_are_those_of_its_day(any_store: Store) -> None:
    fill(any_store)
    propose(any_store)
    register.set_needs(any_store, TERRITORY, CLAIRE, application="a1", fields=NeedFields(rooms="6"))
    row = rows(any_store)[0]
    assert row["needs"] == {
        "needs": {"rooms": 3, "note": "x"}, "wished_commune": "61156", "planned_arrival": "2026-05-18",
    }  # fmt: skip
    assert (row["state"], row["score"], row["chance"]) == ("proposed", 81.5, 0.66)


def test_a_listing_is_proposed_to_one_household_at_a_time(store: Store) -> None:
    fill(store)
    first = propose(store)
    with pytest.raises(RegisterError, match="déjà proposée à un foyer"):
        propose(store, "a2")
    register.free(store, CLAIRE, proposal=first.subject)
    second = propose(store, "a2")
    register.take(store, CLAIRE, TODAY, proposal=second.subject)
    with pytest.raises(RegisterError, match="déjà prise par un foyer"):
        propose(store)
    assert states(store) == {("a1", "l1"): "freed", ("a2", "l1"): "taken"}


@pytest.mark.parametrize(("application", "step"), [("a3", "installé"), ("a4", "refusé")])
def test_nothing_is_proposed_to_who_does_not_search(store: Store, application: str, step: str) -> None:
    fill(store)
    with pytest.raises(RegisterError, match=f"étape\u202f: {step}"):
        propose(store, application)


def test_taking_houses_the_household_and_frees_its_other_proposals_in_one_change(any_store: Store) -> None:
    fill(any_store)
    made, other = propose(any_store), propose(any_store, listing="l2")
    change = register.take(any_store, CLAIRE, TODAY, proposal=made.subject)
    assert states(any_store) == {("a1", "l1"): "taken", ("a1", "l2"): "freed"}
    assert file_of(any_store, "a1")["status"] == "housed"
    assert gone(any_store) == ["l1"]
    with any_store.read() as session:
        steps = network.application_events(session, "real")
        title = register.entry(session, change.operation).title
    assert steps[["application", "status"]].values.tolist() == [["a1", "accepted"], ["a1", "housed"]]
    assert "Maison à louer, Essay (Candidat a1)" in title
    # Freed: to be had by the other household. Then the first change cannot be undone over the second.
    again = propose(any_store, "a2", "l2")
    with pytest.raises(RegisterError, match="n'est plus en cours"):
        register.free(any_store, CLAIRE, proposal=other.subject)
    register.undo(any_store, again.operation, CLAIRE)
    register.undo(any_store, change.operation, CLAIRE)
    assert states(any_store) == {("a1", "l1"): "proposed", ("a1", "l2"): "proposed"}
    assert file_of(any_store, "a1")["status"] == "accepted"
    assert gone(any_store) == []


def test_a_refusal_says_why_and_gone_is_gone_for_all(any_store: Store) -> None:
    fill(any_store)
    propose(any_store)
    register.refuse(
        any_store, CLAIRE, TODAY, application="a1", listing="l1", reason="unsuitable", criterion="work_room"
    )
    register.refuse(any_store, CLAIRE, TODAY, application="a2", listing="l2", reason="owner")
    assert gone(any_store) == []
    register.refuse(any_store, CLAIRE, TODAY, application="a2", listing="l3", reason="gone")
    assert gone(any_store) == ["l3"]
    told = [(r["application"], r["listing"], r["reason"]) for r in rows(any_store)]
    assert sorted(told) == [("a1", "l1", "unsuitable"), ("a2", "l2", "owner"), ("a2", "l3", "gone")]
    assert [r["criterion"] for r in rows(any_store) if r["listing"] == "l1"] == ["work_room"]
    with pytest.raises(RegisterError, match="partie"):
        propose(any_store, "a1", "l3")
    with pytest.raises(RegisterError, match="déjà refusé"):
        register.refuse(any_store, CLAIRE, TODAY, application="a2", listing="l2", reason="family")


@pytest.mark.parametrize(
    ("reason", "criterion", "field"),
    [
        ("", "", "reason"),
        ("ugly", "", "reason"),
        ("family", "rent", "criterion"),
        ("unsuitable", "beauty", "criterion"),
    ],
)
def test_a_refusal_without_a_reason_is_refused(store: Store, reason: str, criterion: str, field: str) -> None:
    fill(store)
    with pytest.raises(RegisterError) as refused:
        register.refuse(
            store, CLAIRE, TODAY, application="a1", listing="l1", reason=reason, criterion=criterion
        )
    assert refused.value.field == field
    assert rows(store) == []


def test_the_listing_of_a_proposal_is_not_undone_under_it(store: Store) -> None:
    fill(store)
    with store.read() as session:
        file = session.get(tables.listing, "l1")
    assert file is not None
    contact = {"id": "k1", "origin": "real", "kind": "agency", "label": "Agence", "commune": "61156"}
    with store.write(CLAIRE) as session:
        session.insert(tables.contact, contact)
    dwelling = register.ListingFields("house", "rent", "Essay", "4", "95", "620")
    seen = register.report_listing(store, TERRITORY, CLAIRE, TODAY, contact="k1", fields=dwelling)
    propose(store, "a1", seen.subject)
    with pytest.raises(CannotUndo, match="propositions de logement"):
        register.undo(store, seen.operation, CLAIRE)
