"""Séances in the store: order, texts, frozen figures, two people at once, undo, who may."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analysis.model import Account, Audience, Role
from data import council
from data.opening import open_house
from data.register import Conflict, RegisterError, entries, undo
from data.store import Store
from tests.data.stores import demonstration_home

TODAY = dt.date(2026, 5, 12)
DAY = dt.date(2026, 12, 3)
CLERK = Account("p-clerk", "Secrétaire", Role.ANIMATEUR)
MAYOR = Account("p-essay", "Mairie d'Essay", Role.ELU, "61156")
VISITOR = Account("visitor", "Visiteur", Role.PUBLIC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_house(TODAY, demonstration_home(tmp_path, TODAY)).store


def make(store: Store, who: Account = CLERK, audience: Audience = Audience.PUBLIC) -> str:
    views = [
        ("carte", {"indicateur": "ftth_share"}),
        ("logement", {"question": "two"}),
        ("commune", {"commune": "61156"}),
    ]
    return council.create_briefing(
        store, who, title="Conseil", on=DAY, audience=audience, views=views
    ).subject


def read(store: Store, id_: str, who: Account = CLERK) -> council.Briefing:
    with store.read() as session:
        return council.briefing(session, who, id_)


def pages(store: Store, id_: str) -> list[str]:
    return [view.page for view in read(store, id_).views]


def test_a_seance_holds_its_views_in_order_with_their_author(store: Store) -> None:
    id_ = make(store)
    found = read(store, id_)
    assert (found.title, found.on, found.audience) == ("Conseil", DAY, Audience.PUBLIC)
    assert pages(store, id_) == ["carte", "logement", "commune"]
    assert found.views[0].query == {"indicateur": "ftth_share"}
    council.add_view(store, CLERK, id_, "reseau", {}, note="Dire bonjour.\nPuis la carte.")
    assert read(store, id_).views[-1].note == "Dire bonjour.\nPuis la carte."


def test_views_are_moved_copied_removed_and_brought_back(store: Store) -> None:
    id_ = make(store)
    last = read(store, id_).views[2].id
    moved = council.move_view(store, CLERK, last, 0)
    assert pages(store, id_) == ["commune", "carte", "logement"]
    council.move_view(store, CLERK, last, 99)
    assert pages(store, id_) == ["carte", "logement", "commune"]
    with pytest.raises(RegisterError):
        undo(store, moved.operation, CLERK.actor)  # the places changed since
    copied = council.duplicate_view(store, CLERK, last)
    assert pages(store, id_)[-2:] == ["commune", "commune"]
    undo(store, copied.operation, CLERK.actor)
    removed = council.remove_view(store, CLERK, read(store, id_).views[1].id)
    assert pages(store, id_) == ["carte", "commune"]
    undo(store, removed.operation, CLERK.actor)
    assert pages(store, id_) == ["carte", "logement", "commune"]


def test_a_whole_seance_is_removed_and_brought_back_with_its_views(store: Store) -> None:
    id_ = make(store)
    removed = council.remove_briefing(store, CLERK, id_)
    with pytest.raises(RegisterError, match="n'est plus là"):
        read(store, id_)
    undo(store, removed.operation, CLERK.actor)
    assert len(read(store, id_).views) == 3


def test_the_second_of_two_people_sees_the_difference(store: Store) -> None:
    id_ = make(store)
    view = read(store, id_).views[0]
    council.change_view(store, CLERK, view.id, seen=view.version, sentence="La fibre est presque partout.")
    with pytest.raises(Conflict) as refused:
        council.change_view(store, MAYOR, view.id, seen=view.version, sentence="La fibre avance.")
    assert refused.value.newest["sentence"] == "La fibre est presque partout."
    assert read(store, id_).views[0].sentence == "La fibre est presque partout."
    # Chosen knowingly, the other sentence takes its place; nothing is lost: undo gives the first one back.
    kept = council.change_view(store, MAYOR, view.id, seen=view.version + 1, sentence="La fibre avance.")
    undo(store, kept.operation, CLERK.actor)
    assert read(store, id_).views[0].sentence == "La fibre est presque partout."


def test_an_emptied_text_gives_back_what_is_generated(store: Store) -> None:
    id_ = make(store)
    view = read(store, id_).views[0].id
    council.change_view(store, CLERK, view, title="Fibre", note="x")
    council.change_view(store, CLERK, view, title="  ", note="")
    assert (read(store, id_).views[0].title, read(store, id_).views[0].note) == ("", "")


def test_frozen_figures_stand_whole_and_are_let_go(store: Store) -> None:
    id_ = make(store)
    view = read(store, id_).views[0].id
    council.freeze_view(store, CLERK, view, {"title": "Fibre"}, Audience.PUBLIC)
    assert read(store, id_).views[0].frozen == {"audience": "public", "slide": {"title": "Fibre"}}
    council.thaw_view(store, CLERK, view)
    assert read(store, id_).views[0].frozen is None


def test_a_seance_for_a_narrower_circle_is_not_for_a_wider_one(store: Store) -> None:
    inner = make(store, audience=Audience.ANIMATEUR)
    with pytest.raises(RegisterError, match="n'est plus là"):
        read(store, inner, MAYOR)
    with pytest.raises(RegisterError, match="n'est plus là"):
        council.remove_view(store, MAYOR, read(store, inner).views[0].id)
    with pytest.raises(RegisterError, match="pour les animateurs"):
        council.create_briefing(store, MAYOR, title="x", on=DAY, audience=Audience.ANIMATEUR)
    with store.read() as session:
        assert [each.id for each in council.briefings(session, MAYOR)] == []
        assert council.briefings(session, VISITOR) == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": " "}, "Donnez un titre"),
        ({"title": "a" * 301}, "301 caractères"),
        ({"on": dt.date(1066, 10, 14)}, "n'est pas celle d'une séance"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    store: Store, changes: dict[str, object], message: str
) -> None:
    given: dict[str, object] = {"title": "Conseil", "on": DAY} | changes
    with pytest.raises(RegisterError, match=message):
        council.create_briefing(store, CLERK, **given)  # type: ignore[arg-type]
    with store.read() as session:
        assert council.briefings(session, CLERK) == ()


def test_the_public_prepares_nothing(store: Store) -> None:
    with pytest.raises(RegisterError, match="élus"):
        make(store, VISITOR)


def test_a_seance_holds_sixty_views_and_no_more(store: Store) -> None:
    views: list[tuple[str, dict[str, str]]] = [("carte", {})] * 60
    id_ = council.create_briefing(store, CLERK, title="Longue", on=DAY, views=views).subject
    with pytest.raises(RegisterError, match="60 au plus"):
        council.add_view(store, CLERK, id_, "carte", {})
    with pytest.raises(RegisterError, match="60 au plus"):
        council.duplicate_view(store, CLERK, read(store, id_).views[0].id)


def test_the_history_tells_it_in_words(store: Store) -> None:
    id_ = make(store)
    council.change_briefing(store, CLERK, id_, title="Conseil de décembre", on=DAY, audience=Audience.ELU)
    with store.read() as session:
        newest, first = entries(session, limit=2)
    assert newest.title.startswith("Séance modifiée")
    assert {(d.label, d.after) for d in newest.details} >= {("public visé", "les élus")}
    assert "Nouvelle séance" in first.title and "Conseil" in first.title
