"""Dossiers in the store: legal moves only, append only, taken back like the register, and blind until both have signed."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis.applications.steps import Kind, Party
from analysis.model import Account
from data import applications, privacy, register
from data.applications import DossierFields, HouseholdFields, by, candidate, documents
from data.register import CannotUndo, Conflict, PersonFields, RegisterError
from data.store import Store, open_store, tables
from data.territory import Territory, load_territory
from tests.data.applications.hands import FIELDS, TODAY, marks, people, receive, sign_both, version, walk
from tests.data.conftest import NOW
from tests.data.stores import empty_home


@pytest.fixture(scope="module")
def territory() -> Territory:
    return load_territory()


@pytest.fixture
def team(store: Store) -> Mapping[str, Account]:
    return people(store)


def read(store: Store, application: str, viewer: str = "") -> applications.Dossier:
    with store.read() as session:
        found = applications.dossier(session, application, viewer)
    assert found is not None
    return found


def test_a_dossier_keeps_what_was_typed_and_begins_received(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    one = receive(store, territory, by(team["ann"]), note="Reçu par courrier.")
    found = read(store, one, team["ann"].id)
    assert (found.label, found.state.step, found.received) == ("Candidat 1", "received", FIELDS.received)
    assert found.wishes == ("61156", "61051")
    assert found.household_size == 3
    assert [(line.entry.kind, line.entry.note, line.author) for line in found.history] == [
        (Kind.MOVE, "Reçu par courrier.", "Ann")
    ]
    with store.read() as session:
        board = applications.dossiers(session, "real")
    assert board.loc[0, ["application", "status", "trade"]].tolist() == [one, "received", "traduction"]


def test_what_cannot_be_is_refused_and_nothing_is_kept(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    hand = by(team["ann"])
    late = dt.date(2026, 4, 1)
    for fields, match in (
        (DossierFields(received=TODAY + dt.timedelta(1)), "futur"),
        (DossierFields(received=TODAY, planned_arrival=late), "précède la réception"),
        (DossierFields(received=dt.date(2026, 3, 1), planned_arrival=late), "déjà passée"),
        (DossierFields(received=TODAY, planned_arrival=dt.date(2036, 1, 1)), "3 ans"),
        (DossierFields(received=TODAY, wishes=("Paris",)), "territoire"),
        (DossierFields(received=TODAY, channel="pigeon"), "voie d'entrée"),
        (DossierFields(received=TODAY, household=HouseholdFields(adults=0)), "de 1 à 12"),
        (
            DossierFields(received=TODAY, household=HouseholdFields(births=(dt.date(1950, 1, 1),))),
            "naissance",
        ),
        (DossierFields(received=TODAY, needs={"rooms": 200}), "de 1 à 20"),
        (DossierFields(received=TODAY, owner=team["dan"].id), "animateur"),
        (DossierFields(received=TODAY, project="x" * 5000), "caractères"),
    ):
        with pytest.raises(RegisterError, match=match):
            receive(store, territory, hand, fields=fields)
    with pytest.raises(RegisterError, match="adresse électronique"):
        applications.create(store, territory, hand, TODAY, person=PersonFields(email="x@"), fields=FIELDS)
    with store.read() as session:
        assert applications.dossiers(session, "real").empty


def test_only_legal_moves_by_those_who_may(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    ann, dan = by(team["ann"]), by(team["dan"])
    one = receive(store, territory, ann)
    with pytest.raises(RegisterError, match="on ne passe pas"):
        applications.move(store, ann, TODAY, application=one, step="met")
    with pytest.raises(RegisterError, match="ne peut être décidé par ce profil"):
        applications.move(store, dan, TODAY, application=one, step="read")
    with pytest.raises(RegisterError, match="coordinateur"):
        applications.set_duty(store, dan, origin="real", duty="founder", profile=team["dan"].id)
    walk(store, team, one, "read", "met")
    with pytest.raises(RegisterError, match="deux signatures"):
        applications.conclude(store, ann, TODAY, application=one, step="accepted", conclusion="Oui.")
    sign_both(store, team, one)
    with pytest.raises(RegisterError, match="conclusion commune"):
        applications.conclude(store, ann, TODAY, application=one, step="accepted", conclusion=" ")
    with pytest.raises(RegisterError, match="Une conclusion mène à"):
        applications.conclude(store, ann, TODAY, application=one, step="housed", conclusion="Oui.")
    applications.conclude(store, ann, TODAY, application=one, step="accepted", conclusion="Oui.")
    assert read(store, one).state.step == "accepted"


def test_a_candidate_writes_in_their_own_dossier_only(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    own = receive(store, territory, candidate("a" * 32), application="a" * 32)
    other = receive(store, territory, by(team["ann"]))
    hand = candidate(own)
    applications.note(store, hand, TODAY, application=own, text="Je peux venir le 20.")
    with pytest.raises(RegisterError, match="n'ouvre pas ce dossier"):
        applications.note(store, hand, TODAY, application=other, text="x")
    with pytest.raises(RegisterError, match="ne peut être décidé par le candidat"):
        applications.move(store, hand, TODAY, application=own, step="read")
    applications.move(store, hand, TODAY, application=own, step="withdrawn", reason="elsewhere")
    found = read(store, own)
    assert (found.state.step, found.state.reason) == ("withdrawn", "elsewhere")
    assert found.history[0].author == "le candidat (par son lien)"
    with store.read() as session:
        person = session.get(tables.person, found.person)
    assert person is not None
    assert person["last_contact"] == TODAY


def test_the_second_of_two_coordinators_sees_the_difference(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    one = receive(store, territory, by(team["ann"]))
    seen = version(store, one)
    applications.move(store, by(team["ann"]), TODAY, application=one, step="read", seen=seen)
    with pytest.raises(Conflict, match=r"Ann, le 12/05/2026.*étape") as caught:
        applications.pause(
            store, by(team["bob"]), TODAY, application=one, until=TODAY + dt.timedelta(9), seen=seen
        )
    assert caught.value.newest["status"] == "read"
    # A note is nobody's way: it is added whatever the screen showed.
    applications.note(store, by(team["bob"]), TODAY, application=one, text="Rappeler.")
    applications.pause(
        store,
        by(team["bob"]),
        TODAY,
        application=one,
        until=TODAY + dt.timedelta(9),
        seen=version(store, one),
    )
    with pytest.raises(Conflict):
        applications.move(
            store,
            by(team["ann"]),
            TODAY,
            application=one,
            step="lost",
            reason="housing",
            seen=version(store, one) - 1,
        )


def test_a_pause_sleeps_and_wakes(store: Store, territory: Territory, team: Mapping[str, Account]) -> None:
    one = receive(store, territory, by(team["ann"]))
    until = TODAY + dt.timedelta(30)
    applications.pause(store, by(team["ann"]), TODAY, application=one, until=until, note="Attend la vente.")
    assert read(store, one).state.paused(TODAY)
    with store.read() as session:
        assert applications.dossiers(session, "real").loc[0, "paused_until"].date() == until
        assert applications.pauses(session, "real") == {one: ((TODAY, until),)}
    applications.wake(store, by(team["ann"]), TODAY, application=one)
    assert not read(store, one).state.paused(TODAY)


def test_corrections_are_new_lines_and_undoing_keeps_the_rows(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    ann = by(team["ann"])
    one = receive(store, territory, ann)
    moved = applications.move(store, ann, TODAY, application=one, step="read")
    line = read(store, one, team["ann"].id).history[1]
    earlier = dt.date(2026, 4, 28)
    applications.correct(store, ann, TODAY, application=one, line=line.id, note="Lu avant.", dated=earlier)
    assert read(store, one).state.reached["read"] == earlier
    with pytest.raises(CannotUndo):
        applications.undo(store, moved.operation, ann.actor)
    fixed = applications.correct(store, ann, TODAY, application=one, line=line.id, note="Pas lu.")
    assert read(store, one).state.step == "received"
    applications.undo(store, fixed.operation, by(team["bob"]).actor)
    found = read(store, one, team["ann"].id)
    assert found.state.step == "read"
    assert [(each.counts, each.undone and each.undone[0]) for each in found.history] == [
        (True, None),
        (True, None),
        (True, None),
        (False, "Bob"),
    ]
    with store.read() as session:
        moves = applications.moves(session, "real")
    assert moves[["step", "on"]].to_numpy().tolist()[1][1].date() == earlier
    with pytest.raises(RegisterError, match="plus dans l'historique"):
        applications.correct(store, ann, TODAY, application=one, line=99_999, note="x")


def test_a_signature_cannot_be_undone_from_under_a_decision(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    one = receive(store, territory, by(team["ann"]))
    walk(store, team, one, "read", "met")
    signed = applications.sign(
        store, by(team["ann"]), TODAY, application=one, seat="founder", marks=marks(), remarks={}
    )
    applications.sign(
        store, by(team["bob"]), TODAY, application=one, seat="councillor", marks=marks(1), remarks={}
    )
    applications.conclude(
        store, by(team["ann"]), TODAY, application=one, step="declined", conclusion="Non.", reason="fragile"
    )
    with pytest.raises(CannotUndo, match="deux signatures"):
        applications.undo(store, signed.operation, by(team["ann"]).actor)
    assert read(store, one).state.step == "declined"


def test_neither_assessor_can_read_the_other_before_both_signed(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    one = receive(store, territory, by(team["ann"]))
    walk(store, team, one, "read", "met")
    ann, bob, cat = (by(team[name]) for name in ("ann", "bob", "cat"))
    secret = "Zigouigoui"
    grid = {"application": one, "seat": "founder", "marks": marks(4), "remarks": {"project": secret}}
    applications.save_grid(store, ann, **grid)  # type: ignore[arg-type]
    applications.note(store, ann, TODAY, application=one, text=secret)
    applications.add_task(store, ann, application=one, title=secret)
    applications.sign(store, ann, TODAY, **grid)  # type: ignore[arg-type]
    with store.read() as session:
        person = session.get(tables.application, one)["person"]  # type: ignore[index]
        for viewer in (bob, cat):
            found = applications.dossier(session, one, viewer.actor.id)
            told = [
                repr(found),
                privacy.person_file(session, person, TODAY, viewer.actor.id).json(),
                repr(register.entries(session, limit=100)),
                repr(applications.tasks_due(session, "real", viewer.actor.id)),
                repr(session.frame(select(tables.history))),
            ]
            assert [text for text in told if secret in text] == []
            assert found is not None
            assert (found.grids, found.open) == ((), False)
            assert [line.closed for line in found.history if line.entry.kind is Kind.NOTE] == [True]
        own = applications.dossier(session, one, ann.actor.id)
        assert own is not None
        assert own.grids[0].remarks == {"project": secret}
        assert secret in privacy.person_file(session, person, TODAY, ann.actor.id).json()
    with pytest.raises(RegisterError, match="signée"):
        applications.save_grid(store, ann, **grid)  # type: ignore[arg-type]
    applications.sign(store, bob, TODAY, application=one, seat="councillor", marks=marks(2), remarks={})
    found = read(store, one, cat.actor.id)
    assert found.open
    assert {each.author for each in found.grids} == {ann.actor.id, bob.actor.id}
    assert all(each.blind for each in found.grids)
    with store.read() as session:
        assert secret in privacy.person_file(session, person, TODAY, cat.actor.id).json()


def test_a_paper_that_an_assessor_adds_is_their_own_until_both_have_signed(
    tmp_path: Path, territory: Territory
) -> None:
    seconds = itertools.count()
    home = empty_home(tmp_path / "home")
    with closing(open_store(home, clock=lambda: NOW + dt.timedelta(seconds=next(seconds)))) as store:
        team = people(store)
        ann, bob, cat = (by(team[name]) for name in ("ann", "bob", "cat"))
        one = receive(store, territory, ann)

        def add(hand: applications.Hand, name: str) -> str:
            content = f"%PDF-1.7\n% {name}\n%%EOF\n".encode()
            change = documents.add_paper(store, hand, TODAY, application=one, name=name, content=content)
            return change.touched[0][1]

        def names(viewer: applications.Hand) -> list[str]:
            return [each.name for each in read(store, one, viewer.actor.id).documents]

        add(ann, "Plan.pdf")
        assert not read(store, one).judged
        walk(store, team, one, "read")
        add(candidate(one), "Kbis.pdf")
        secret = add(ann, "Je refuse.pdf")
        assert names(ann) == ["Plan.pdf", "Kbis.pdf", "Je refuse.pdf"]
        # Back to where nobody judged: what was closed stays so.
        line = next(line for line in read(store, one).history if line.entry.step == "read")
        applications.correct(store, bob, TODAY, application=one, line=line.id, note="Pas encore lu.")
        with store.read() as session:
            person = session.get(tables.application, one)["person"]  # type: ignore[index]
            for viewer in (bob, cat):
                found = read(store, one, viewer.actor.id)
                assert [(each.name, each.closed) for each in found.documents] == [
                    ("Plan.pdf", False), ("Kbis.pdf", False), ("", True),
                ]  # fmt: skip
                closed = found.documents[-1]
                assert (closed.kind, closed.size, closed.checksum) == ("", 0, None)
                assert (closed.actor, closed.at > found.documents[0].at) == (ann.actor.id, True)
                file = privacy.person_file(session, person, TODAY, viewer.actor.id)
                for told in (file.json(), repr(file.sections)):
                    assert "Je refuse" not in told and "Plan.pdf" in told and "Kbis.pdf" in told
                with pytest.raises(RegisterError, match="pendant l’évaluation"):
                    documents.read_paper(session, store, secret, viewer.actor.id)
            assert "Je refuse" in privacy.person_file(session, person, TODAY, ann.actor.id).json()
        with pytest.raises(RegisterError, match="quand les deux évaluateurs ont signé"):
            documents.remove_paper(store, bob, paper=secret)
        walk(store, team, one, "read")
        sign_both(store, team, one)
        assert names(cat) == names(ann)
        with store.read() as session:
            assert documents.read_paper(session, store, secret, bob.actor.id).name == "Je refuse.pdf"
            assert "Je refuse" in privacy.person_file(session, person, TODAY, bob.actor.id).json()


def test_who_signs_again_after_the_grids_were_open_is_not_blind(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    ann = by(team["ann"])
    one = receive(store, territory, ann)
    walk(store, team, one, "read", "met")
    sign_both(store, team, one)
    line = next(line for line in read(store, one).history if line.entry.seat == "founder")
    applications.correct(store, ann, TODAY, application=one, line=line.id, note="Je me suis trompée.")
    assert not read(store, one, team["bob"].id).open
    applications.sign(store, ann, TODAY, application=one, seat="founder", marks=marks(2), remarks={})
    with store.read() as session:
        [pair] = applications.grids_decided(session, "real")
    assert {each.seat: each.blind for each in pair} == {"founder": False, "councillor": True}


def test_a_third_person_signs_in_place_of_an_absent_one_and_says_why(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    one = receive(store, territory, by(team["ann"]))
    walk(store, team, one, "read")
    form = {"application": one, "seat": "councillor", "marks": marks(), "remarks": {}}
    with pytest.raises(RegisterError, match="dites en note pourquoi"):
        applications.sign(store, by(team["cat"]), TODAY, **form)  # type: ignore[arg-type]
    with pytest.raises(RegisterError, match="signe comme fondateur"):
        applications.sign(store, by(team["ann"]), TODAY, note="x", **form)  # type: ignore[arg-type]
    with pytest.raises(RegisterError, match="notez aussi"):
        applications.sign(store, by(team["bob"]), TODAY, **form | {"marks": {"project": 3}})  # type: ignore[arg-type]
    applications.sign(store, by(team["cat"]), TODAY, note="Bob est absent.", **form)  # type: ignore[arg-type]
    assert read(store, one).state.signed == {"councillor": team["cat"].id}
    # Another holder tomorrow does not make yesterday's signature wrong.
    applications.set_duty(store, by(team["ann"]), origin="real", duty="councillor", profile=team["cat"].id)
    applications.set_duty(store, by(team["ann"]), origin="real", duty="founder", profile=team["bob"].id)
    walk(store, team, one, "met")
    with store.read() as session:
        assert applications.signatures(session, "real") == {one: {"councillor": team["cat"].id}}
    with pytest.raises(RegisterError, match="deux personnes"):
        applications.set_duty(store, by(team["ann"]), origin="real", duty="founder", profile=team["cat"].id)


def test_tasks_are_dated_done_and_reopened(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    ann = by(team["ann"])
    one = receive(store, territory, ann)
    task = applications.add_task(store, ann, application=one, title="Appeler", due=TODAY).touched[0][1]
    with store.read() as session:
        [due] = applications.tasks_due(session, "real", ann.actor.id)
    assert (due.title, due.due, due.owner) == ("Appeler", TODAY, team["ann"].id)
    applications.finish_task(store, by(team["bob"]), TODAY, task=task, seen=due.version)
    with pytest.raises(Conflict):
        applications.change_task(store, ann, task=task, title="Rappeler", due=None, seen=due.version)
    done = read(store, one, ann.actor.id).tasks[0]
    assert (done.done_on, done.done_by) == (TODAY, team["bob"].id)
    applications.reopen_task(store, ann, task=task)
    with store.read() as session:
        assert len(applications.tasks_due(session, "real", ann.actor.id)) == 1
    with pytest.raises(RegisterError, match="ce qu'il y a à faire"):
        applications.add_task(store, ann, application=one, title=" ")


def test_doubles_are_judged_by_a_person(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    ann = by(team["ann"])
    one, two = (receive(store, territory, ann, "Jean Canari") for _ in range(2))
    with store.read() as session:
        assert len(applications.identities(session, "real")) == 2
    applications.judge_double(store, ann, one=two, other=one, same=False)
    with store.read() as session:
        assert applications.decided_doubles(session, "real") == {tuple(sorted((one, two))): False}
    applications.judge_double(store, ann, one=one, other=two, same=True)
    with pytest.raises(RegisterError, match="déjà noté"):
        applications.judge_double(store, ann, one=one, other=two, same=True)
    with store.read() as session:
        assert list(applications.decided_doubles(session, "real").values()) == [True]
        assert len(applications.dossiers(session, "real")) == 2


def test_a_draft_is_found_again_and_the_second_screen_sees_the_first(
    store: Store, team: Mapping[str, Account]
) -> None:
    actor = team["ann"].actor
    before = store.revision()
    first = applications.start_draft(store, actor, {"project": "Un site", "births": [dt.date(2019, 1, 2)]})
    later = applications.save_draft(store, actor, first.id, {"project": "Deux sites"}, seen=1)
    assert later.version == 2
    with pytest.raises(Conflict) as caught:
        applications.save_draft(store, actor, first.id, {"project": "Trois"}, seen=1)
    assert caught.value.newest["content"] == {"project": "Deux sites"}
    with store.read() as session:
        assert applications.draft(session, actor=actor.id) == applications.draft(session, id=first.id)
    with pytest.raises(RegisterError, match="trop long"):
        applications.save_draft(store, actor, first.id, {"project": "x" * 70_000})
    applications.remove_draft(store, actor, first.id)
    with pytest.raises(RegisterError, match="plus là"):
        applications.save_draft(store, actor, first.id, {})
    assert store.revision() == before


def test_a_change_of_the_fields_is_noted_and_undone(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    ann = by(team["ann"])
    one = receive(store, territory, ann)
    fields = DossierFields(received=None, trade="web", wishes=("Essay",), planned_arrival=dt.date(2026, 9, 1))
    done = applications.change(
        store, territory, ann, TODAY, application=one, fields=fields, person=PersonFields("Léa Roy")
    )
    assert (read(store, one).trade, read(store, one).label) == ("web", "Léa Roy")
    with store.read() as session:
        entry = register.entries(session, subject=one)[0]
    assert ("métier", "traduction", "web") in [(d.label, d.before, d.after) for d in entry.details]
    applications.undo(store, done.operation, ann.actor)
    assert (read(store, one).trade, read(store, one).label) == ("traduction", "Candidat 1")


def test_a_correction_keeps_what_the_watch_knows_of_the_dwelling(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    ann = by(team["ann"])
    one = receive(store, territory, ann)
    needs = register.NeedFields("rent", "house", "4", "620", office=True, pets=True, must=("rooms",))
    register.set_needs(store, territory, ann.actor, application=one, fields=needs)
    before = read(store, one).needs
    told = {"tenure": "rent", "kind": "house", "rooms": 5, "max_rent": 620, "office": True}
    fields = replace(FIELDS, received=None, needs=told)
    applications.change(store, territory, ann, TODAY, application=one, fields=fields)
    assert read(store, one).needs == {**before, "rooms": 5}
    with pytest.raises(RegisterError, match="Rien n'a changé"):
        applications.change(store, territory, ann, TODAY, application=one, fields=fields)


def test_who_has_not_the_right_signs_nothing(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    one = receive(store, territory, by(team["ann"]))
    walk(store, team, one, "read")
    form = {"application": one, "seat": "founder", "marks": marks(), "remarks": {}, "note": "À sa place."}
    for hand in (by(team["dan"]), candidate(one)):
        with pytest.raises(RegisterError):
            applications.sign(store, hand, TODAY, **form)  # type: ignore[arg-type]
    found = read(store, one, team["ann"].id)
    assert (found.state.signed, found.grids) == ({}, ())


def test_the_same_on_both_databases(any_store: Store, territory: Territory) -> None:
    team = people(any_store)
    one = receive(any_store, territory, by(team["ann"]))
    walk(any_store, team, one, "read", "met", "accepted", "housed")
    with any_store.read() as session:
        found = applications.dossier(session, one, team["cat"].id)
        assert found is not None
        assert found.state.step == "housed"
        assert json.dumps([dict(each.marks) for each in found.grids])
        assert applications.moves(session, "real")["step"].tolist() == [
            "received",
            "read",
            "met",
            "accepted",
            "housed",
        ]
        assert found.history[0].entry.party is Party.COORDINATOR


def settled(store: Store, territory: Territory, team: Mapping[str, Account]) -> str:
    one = receive(store, territory, by(team["ann"]), "Léa Canari")
    walk(store, team, one, "read", "met", "accepted", "housed", "settled")
    return one


def test_a_settled_dossier_becomes_a_member_with_consent_and_nothing_typed_twice(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    ann = by(team["ann"])
    early = receive(store, territory, ann)
    one = settled(store, territory, team)
    form = {"commune": "Essay", "consent": register.Consent("D’accord", TODAY)}
    for application, consent, match in (
        (early, form["consent"], "pas encore installé"),
        (one, None, "sans l'avoir accepté"),
        (one, register.Consent("", TODAY), "texte accepté"),
    ):
        with pytest.raises(RegisterError, match=match):
            applications.make_member(
                store,
                territory,
                ann,
                TODAY,
                application=application,
                commune="Essay",
                consent=consent,  # type: ignore[arg-type]
            )
    with pytest.raises(RegisterError, match="coordinateur"):
        applications.make_member(store, territory, by(team["dan"]), TODAY, application=one, **form)  # type: ignore[arg-type]
    done = applications.make_member(store, territory, ann, TODAY, application=one, **form)  # type: ignore[arg-type]
    with store.read() as session:
        [member] = register.members(session, "real")
    assert (member.name, member.trade, member.consent_public) == ("Léa Canari", "traduction", True)
    assert [(stay.commune, stay.arrived) for stay in member.stays] == [("61156", TODAY)]
    with pytest.raises(RegisterError, match="déjà celui d'un membre"):
        applications.make_member(store, territory, ann, TODAY, application=one, **form)  # type: ignore[arg-type]
    applications.undo(store, done.operation, ann.actor)
    with store.read() as session:
        assert register.members(session, "real") == []
    assert read(store, one).member is None


def test_a_reception_is_prepared_and_becomes_an_event(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    ann = by(team["ann"])
    one = settled(store, territory, team)
    later = TODAY + dt.timedelta(9)
    form = {
        "application": one,
        "on": later,
        "hour": "18:30",
        "commune": "Essay",
        "invited": ["Mairie", " ", "Membre 3"],
    }
    applications.prepare_reception(store, territory, ann, TODAY, **form)  # type: ignore[arg-type]
    with store.read() as session:
        known = applications.reception(session, one)
    assert known is not None
    assert (known.invited, known.event) == (("Mairie", "Membre 3"), None)
    for wrong, match in (
        ({"hour": "25:00"}, "pas une heure"),
        ({"summary": "Bien."}, "après la réception"),
        ({"on": TODAY + dt.timedelta(500)}, "plus d'un an"),
        ({"invited": ["x"] * 70}, "60 au plus"),
        ({}, "Rien n'a changé"),
    ):
        with pytest.raises(RegisterError, match=match):
            applications.prepare_reception(store, territory, ann, TODAY, **form | wrong)  # type: ignore[arg-type]
    held = form | {"on": TODAY, "summary": "Vingt personnes."}
    with pytest.raises(Conflict):
        applications.prepare_reception(store, territory, ann, TODAY, seen=0, **held)  # type: ignore[arg-type]
    applications.prepare_reception(store, territory, ann, TODAY, seen=known.version, **held)  # type: ignore[arg-type]
    with store.read() as session:
        [event] = register.events(session, "real")
    assert (event["kind"], event["on"], event["commune"]) == ("reception", TODAY, "61156")
    assert "Canari" not in event["title"]


def test_the_summary_of_a_reception_moves_the_dossier_on_and_its_event_follows_corrections(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    ann = by(team["ann"])
    one = settled(store, territory, team)
    form = {"application": one, "on": TODAY, "commune": "Essay"}
    rules = territory.following.clocks

    def waits() -> str:
        with store.read() as session:
            found = applications.standing(session, rules, "real", TODAY).waits
        return found[one].for_what if one in found else ""

    applications.set_duty(store, ann, origin="real", duty="settled", profile=team["bob"].id)
    assert waits() == "la date de la réception"
    applications.prepare_reception(store, territory, ann, TODAY, **form)  # type: ignore[arg-type]
    assert waits() == "la réception"
    held = applications.prepare_reception(store, territory, ann, TODAY, summary="Bien.", **form)  # type: ignore[arg-type]
    found = read(store, one, ann.actor.id)
    assert (found.state.step, waits()) == ("welcomed", "")
    assert (found.history[-1].author, found.history[-1].entry.note) == ("Ann", "Réception du 12/05/2026.")
    applications.prepare_reception(
        store, territory, ann, TODAY, application=one, on=TODAY, commune="Boitron", summary="Très bien."
    )
    with store.read() as session:
        [event] = register.events(session, "real")
    assert event["commune"] == "61051"
    with pytest.raises(RegisterError, match="ne se vide pas"):
        applications.prepare_reception(store, territory, ann, TODAY, **form)  # type: ignore[arg-type]
    with pytest.raises(CannotUndo):
        applications.undo(store, held.operation, ann.actor)
    assert read(store, one).state.step == "welcomed"


def test_a_sponsor_is_a_member_who_agreed_to_be_asked(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    ann = by(team["ann"])
    one, other = settled(store, territory, team), receive(store, territory, ann, "Lou Merle")
    consent = register.Consent("D’accord", TODAY)
    applications.make_member(store, territory, ann, TODAY, application=one, commune="Essay", consent=consent)
    with store.read() as session:
        [member] = applications.sponsors(session, "real", TODAY)
        assert applications.sponsors(session, "real", TODAY - dt.timedelta(1)) == ()
    assert (member.label, member.trade, member.commune) == ("Léa Canari", "traduction", "61156")
    form = {"application": other, "member": member.member}
    for wrong, match in (
        ({"agreed_on": None}, "sans l’avoir accepté"),
        ({"agreed_on": TODAY + dt.timedelta(1)}, "futur"),
        ({"agreed_on": TODAY, "member": "nobody"}, "plus dans le registre"),
        ({"agreed_on": TODAY, "application": one}, "son propre parrain"),
    ):
        with pytest.raises(RegisterError, match=match):
            applications.set_sponsor(store, ann, TODAY, **form | wrong)  # type: ignore[arg-type]
    with pytest.raises(RegisterError, match="coordinateur"):
        applications.set_sponsor(store, by(team["dan"]), TODAY, agreed_on=TODAY, **form)  # type: ignore[arg-type]
    done = applications.set_sponsor(store, ann, TODAY, agreed_on=TODAY, **form)  # type: ignore[arg-type]
    found = read(store, other)
    assert (found.sponsor, found.sponsor_agreed_on) == (member.member, TODAY)
    # What a dossier says is corrected beside it: the sponsor stays.
    applications.change(store, territory, ann, TODAY, application=other, fields=DossierFields(trade="web"))
    assert read(store, other).sponsor == member.member
    with store.read() as session:
        row = session.get(tables.member, member.member)
        assert row is not None
        told = privacy.person_file(session, row["person"], TODAY).content["sponsored"]
    assert told == [{"agreed_on": TODAY}]
    applications.set_sponsor(store, ann, TODAY, application=other, member=None, agreed_on=None)
    assert read(store, other).sponsor_agreed_on is None
    with pytest.raises(CannotUndo):
        applications.undo(store, done.operation, ann.actor)


def test_what_two_people_changed_at_once_is_chosen_and_both_stay_in_the_history(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    ann, bob = by(team["ann"]), by(team["bob"])
    one = receive(store, territory, ann)
    before = read(store, one)
    seen = {"seen": before.version, "person_seen": before.person_version}
    person = PersonFields("Candidat de Bob")
    # Only who it is changes, the dossier's own row does not: the second sees it all the same.
    applications.change(
        store, territory, bob, TODAY, application=one, fields=FIELDS, person=person, **seen  # type: ignore[arg-type]
    )  # fmt: skip
    mine = {"application": one, "fields": FIELDS, "person": PersonFields("Candidat d’Ann")}
    with pytest.raises(Conflict, match="Bob"):
        applications.change(store, territory, ann, TODAY, **mine, **seen)  # type: ignore[arg-type]
    now = read(store, one)
    theirs = applications.Choice("Nom", "Candidat de Bob", "Candidat d’Ann", own=False)
    applications.change(
        store, territory, ann, TODAY, application=one, fields=FIELDS, person=person, seen=now.version,
        person_seen=now.person_version, choices=[theirs],
    )  # fmt: skip
    found = read(store, one, ann.actor.id)
    assert found.name == "Candidat de Bob"
    note = found.history[-1]
    assert (note.entry.kind, note.author) == (Kind.NOTE, "Ann")
    assert note.entry.note.replace("\u202f", " ").replace("\u00a0", " ") == (
        "Deux saisies en même temps. Nom : l’autre saisie gardée (« Candidat de Bob »), la sienne écartée (« Candidat d’Ann »)."
    )


def test_whoever_undoes_anothers_change_of_a_task_does_not_read_its_words(
    store: Store, territory: Territory, team: Mapping[str, Account]
) -> None:
    one = receive(store, territory, by(team["ann"]))
    applications.add_task(store, by(team["bob"]), application=one, title="secret avant")
    with store.read() as session:
        (task,) = applications.tasks_due(session, "real", team["bob"].id)
        person = str((session.get(tables.application, one) or {})["person"])
    for name in ("ann", "cat"):
        with pytest.raises(RegisterError, match="Jusqu’aux deux signatures"):
            applications.change_task(store, by(team[name]), task=task.id, title="à moi", due=None)
    changed = applications.change_task(
        store, by(team["bob"]), task=task.id, title="secret après", due=None, seen=task.version
    )
    register.undo(store, changed.operation, team["cat"].actor)
    with store.read() as session:
        for name, reads in (("ann", False), ("cat", False), ("bob", True)):
            told = privacy.person_file(session, person, TODAY, team[name].id)
            assert ("secret" in told.json() + repr(told.sections)) is reads, name
