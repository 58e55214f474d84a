"""« Ce n'est pas ce que nous voyons »: kept with its author and its day, taken back by undo, and the figure itself never moves."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analysis.model import Account, Role
from data.catalogue import load_catalogue
from data.opening import open_house
from data.register import (
    RegisterError,
    add_remark,
    cell,
    entries,
    may_remark,
    remarks,
    remove_remark,
    undo,
)
from data.store import Store
from data.territory import load_territory
from tests.data.stores import demonstration_home

TODAY = dt.date(2026, 5, 12)
TERRITORY = load_territory()
VACANCY = load_catalogue().indicators["vacant_dwellings"]
MAYOR = Account("p-essay", "Mairie d'Essay", Role.ELU, "61156")
ANALYST = Account("p-analyst", "Analyste", Role.ANALYSTE)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_house(TODAY, demonstration_home(tmp_path, TODAY)).store


def say(
    store: Store, who: Account = MAYOR, commune: str = "61156", text: str = "Trois maisons sont relouées."
) -> int:
    return add_remark(
        store, TERRITORY, who, TODAY, indicator=VACANCY, commune=commune, period="2022", text=text
    ).operation


def test_a_remark_stands_beside_the_figure_and_never_changes_it(store: Store) -> None:
    with store.read() as session:
        before = cell(session, "vacant_dwellings", "61156", "2022")
    say(store)
    with store.read() as session:
        assert cell(session, "vacant_dwellings", "61156", "2022") == before
        (found,) = remarks(session)
    assert (found.indicator, found.commune, found.period) == ("vacant_dwellings", "61156", "2022")
    assert (found.text, found.on) == ("Trois maisons sont relouées.", TODAY)


def test_it_is_in_the_history_and_undo_takes_it_back_and_brings_it_again(store: Store) -> None:
    operation = say(store)
    with store.read() as session:
        first = entries(session)[0]
    assert first.title.startswith("Remarque sur un chiffre") and first.operation == operation
    assert any(detail.after == "Trois maisons sont relouées." for detail in first.details)
    undone = undo(store, operation, MAYOR.actor)
    with store.read() as session:
        assert remarks(session) == ()
    undo(store, undone.operation, MAYOR.actor)
    with store.read() as session:
        assert len(remarks(session)) == 1


def test_a_remark_is_taken_back_by_its_commune_and_stays_in_the_history(store: Store) -> None:
    say(store)
    with store.read() as session:
        (found,) = remarks(session)
    neighbour = Account("p-laleu", "Mairie de Laleu", Role.ELU, "61215")
    with pytest.raises(RegisterError, match="votre commune"):
        remove_remark(store, neighbour, found.id)
    remove_remark(store, MAYOR, found.id)
    with store.read() as session:
        assert remarks(session) == ()
        assert [entry.kind for entry in entries(session)][:2] == ["remark_remove", "remark_add"]


@pytest.mark.parametrize(
    ("who", "commune", "may"),
    [
        (MAYOR, "61156", True),
        (MAYOR, "61215", False),
        (ANALYST, "61215", True),
        (Account("a", "A", Role.ANIMATEUR), "61215", True),
        (Account("v", "V", Role.PUBLIC), "61156", False),
        (Account("e", "E", Role.ELU), "61156", False),
    ],
)
def test_who_may_say_so(store: Store, who: Account, commune: str, may: bool) -> None:
    assert may_remark(who, commune) is may
    if may:
        say(store, who, commune)
        return
    with pytest.raises(RegisterError, match="votre commune"):
        say(store, who, commune)


def test_what_is_refused_says_what_to_do(store: Store) -> None:
    with pytest.raises(RegisterError, match="en quelques mots"):
        say(store, text="  ")
    with pytest.raises(RegisterError, match="300 au plus"):
        say(store, text="x" * 301)
    with pytest.raises(RegisterError, match="millésime"):
        add_remark(
            store, TERRITORY, MAYOR, TODAY, indicator=VACANCY, commune="61156", period="1900", text="Non."
        )
    with store.read() as session:
        assert remarks(session) == ()
