"""Moves are read once and then only the new ones: always what a reading of all of them gives, whatever happened in between."""

from __future__ import annotations

import pandas as pd
import pytest

from data import applications, privacy, register
from data.applications import reading
from data.store import Store, tables
from data.territory import load_territory
from tests.data.applications.hands import TODAY, people, receive


def the_same_as_all(store: Store) -> list[str]:
    """The steps that are read now, after they were held against a reading that remembers nothing."""
    with store.read() as session:
        found = applications.moves(session, "real")
    reading._MOVES.clear()
    with store.read() as session:
        pd.testing.assert_frame_equal(found, applications.moves(session, "real"))
    return sorted(str(step) for step in found["step"])


def test_only_new_moves_are_read_and_always_those_that_count(
    any_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, team = any_store, people(any_store)
    hand = applications.by(team["ann"])
    one, other = (receive(store, load_territory(), hand, name) for name in ("Une Candidate", "Un Candidat"))
    assert the_same_as_all(store) == ["received", "received"]

    moved = applications.move(store, hand, TODAY, application=one, step="read")
    with store.read() as session:
        whole, lengths = session.frame, []

        def counted(wanted: object) -> pd.DataFrame:
            found = whole(wanted)  # type: ignore[arg-type]
            lengths.append(len(found))
            return found

        monkeypatch.setattr(session, "frame", counted)
        assert list(applications.moves(session, "real")["step"]) == ["received", "received", "read"]
    assert lengths == [1]  # the new one alone

    undone = register.undo(store, moved.operation, hand.actor)
    assert the_same_as_all(store) == ["received", "received"]
    register.undo(store, undone.operation, hand.actor)
    applications.note(store, hand, TODAY, application=other, text="Rappelé.")
    assert the_same_as_all(store) == ["read", "received", "received"]

    applications.move(store, hand, TODAY, application=one, step="met")
    assert the_same_as_all(store) == ["met", "read", "received", "received"]
    with store.read() as session:
        found = applications.dossier(session, one, hand.actor.id)
    assert found is not None
    line = next(each.id for each in found.history if each.entry.step == "met")
    applications.correct(store, hand, TODAY, application=one, line=line, note="Erreur.")
    assert the_same_as_all(store) == ["read", "received", "received"]

    applications.move(store, hand, TODAY, application=other, step="lost", reason="silent")
    assert "lost" in the_same_as_all(store)
    with store.read() as session:
        person = str((session.get(tables.application, other) or {})["person"])
    privacy.erase(store, hand.actor, [person])
    the_same_as_all(store)
    with store.write(hand.actor) as session:
        session.remove(tables.application, one)
    assert set(the_same_as_all(store)) <= {"lost", "received"}
