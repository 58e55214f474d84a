"""A base belongs to the territory that opened it first, and is refused to another one unless that is asked for."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from data import opening
from data.opening import open_house
from data.store import Store, StoreError
from data.store.errors import AnotherTerritory
from data.store.inventory import take
from data.territory import load_territory
from tests.data.conftest import NOW
from tests.data.stores import empty_home

OURS = load_territory()
OTHER = replace(OURS, id="bocage", name="Le Bocage")


def test_the_first_territory_leaves_its_mark_and_another_is_refused_with_both_names(any_store: Store) -> None:
    any_store.belong_to("perche", "Le Perche")
    any_store.belong_to("perche", "Le Perche")
    revision = any_store.revision()
    with pytest.raises(AnotherTerritory) as caught:
        any_store.belong_to("bocage", "Le Bocage")
    said = str(caught.value)
    assert "« Le Perche » (perche)" in said and "« Le Bocage » (bocage)" in said
    assert "ZEVILLAGE_TERRITORY_CHANGE=bocage" in said
    any_store.belong_to("perche", "Perche ornais")  # a new name of the same territory
    any_store.belong_to("bocage", "Le Bocage", take_over=True)
    with pytest.raises(AnotherTerritory, match=r"« Le Bocage » \(bocage\), pas celle de « Le Perche »"):
        any_store.belong_to("perche", "Le Perche")
    assert any_store.revision() == revision, "no cache is emptied by a mark"


def test_of_two_that_open_a_new_base_at_once_one_has_it(store: Store) -> None:
    gate, refused = threading.Barrier(2), []

    def claim(name: str) -> None:
        gate.wait()
        try:
            store.belong_to(name, name)
        except StoreError:
            refused.append(name)

    threads = [threading.Thread(target=claim, args=(name,)) for name in ("un", "deux")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(refused) == 1
    assert take(store.home / "zevillage.db").territory in {"un", "deux"} - set(refused)


def test_the_house_is_not_opened_for_another_territory_unless_its_id_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = empty_home(tmp_path / "home")
    assert take(home / "zevillage.db").territory == "", "as a base of before the mark"
    open_house(NOW.date(), home).store.close()
    before = take(home / "zevillage.db")
    assert (before.territory, before.territory_name) == (OURS.id, OURS.name)
    monkeypatch.setattr(opening, "load_territory", lambda path=None: OTHER)
    for asked in ("", OURS.id):
        monkeypatch.setenv("ZEVILLAGE_TERRITORY_CHANGE", asked)
        with pytest.raises(AnotherTerritory, match="Le Bocage"):
            open_house(NOW.date(), home)
        assert take(home / "zevillage.db") == before
    monkeypatch.setenv("ZEVILLAGE_TERRITORY_CHANGE", "bocage")
    open_house(NOW.date(), home).store.close()
    monkeypatch.delenv("ZEVILLAGE_TERRITORY_CHANGE")
    open_house(NOW.date(), home).store.close()
    assert take(home / "zevillage.db").territory == "bocage"
