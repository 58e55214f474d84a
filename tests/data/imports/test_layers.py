"""A property of the history: whatever was published, undone and laid again, in any order, each cell says what the newest import in force
that has it says, over what was shipped.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from pathlib import Path

import pandas as pd
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from analysis.model import LOCAL_ACTOR
from data.imports import history
from data.imports.model import NothingChanges
from data.imports.publish import publish
from data.opening import House
from data.store import StoreError, current_observations, ensure_shipped, open_store
from data.territory import load_territory
from tests.data.imports.drafts import TODAY, figures
from tests.data.stores import empty_home
from tests.draws import draws

Key = tuple[str, str, str]
Said = tuple[float | None, str]
KEYS: list[Key] = list(
    itertools.product(("dwellings", "vacant_dwellings"), ("61067", "61013"), ("2022", "2023"))
)
SAID = st.one_of(
    st.sampled_from([(None, "suppressed"), (None, "missing"), (0.0, "observed")]),
    st.integers(0, 3).map(lambda value: (float(value), "observed")),
)
FILES = st.dictionaries(st.sampled_from(KEYS), SAID, min_size=1)
NOBODY: Said = (None, "missing")
TERRITORY = load_territory()


class Layers(RuleBasedStateMachine):
    """The store beside the simplest model of it: every import's cells, and which of them are in force."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.house = House(TERRITORY, open_store(empty_home(self.home)))
        self.cells: dict[int, dict[Key, Said]] = {}
        self.undone: set[int] = set()
        self.editions: list[int] = []

    def teardown(self) -> None:
        self.house.store.close()
        shutil.rmtree(self.home)

    def stack(self) -> list[int]:
        """Imports in force from the one below to the one on top: shipped editions lie under all files."""
        live = [number for number in self.cells if number not in self.undone]
        return sorted(live, key=lambda number: (number not in self.editions, number))

    def expected(self) -> dict[Key, Said]:
        return {key: said for number in self.stack() for key, said in self.cells[number].items()}

    def differing(self, before: dict[Key, Said]) -> int:
        after = self.expected()
        return sum(before.get(key, NOBODY) != after.get(key, NOBODY) for key in KEYS)

    @initialize(said=FILES)
    def first_edition(self, said: dict[Key, Said]) -> None:
        self.ship(said)

    @rule(said=FILES)
    def ship(self, said: dict[Key, Said]) -> None:
        """A new version of the application comes with its own figures."""
        frame = pd.DataFrame([(*key, *each) for key, each in said.items()])
        frame.columns = ["indicator", "commune", "period", "value", "status"]
        number = ensure_shipped(self.house.store, frame, f"edition {len(self.cells)}", "Chiffres livrés")
        assert number is not None
        self.cells[number] = said
        self.editions.append(number)

    @rule(said=FILES)
    def publish_a_file(self, said: dict[Key, Said]) -> None:
        before = self.expected()
        draft = figures(self.house, self.home / "f", *((*key, *each) for key, each in said.items()))
        try:
            number = publish(self.house, LOCAL_ACTOR, draft, self.home / "f", today=TODAY)
        except NothingChanges:
            assert all(before.get(key, NOBODY) == each for key, each in said.items())
            return
        assert any(before.get(key, NOBODY) != each for key, each in said.items())
        self.cells[number] = said

    @precondition(lambda self: len(self.cells) > len(self.undone))
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.stack()))
        before, hidden = self.expected(), self.hidden(number)
        self.undone.add(number)
        outcome = history.undo(self.house.store, LOCAL_ACTOR, number)
        assert (outcome.changed, outcome.covered) == (self.differing(before), hidden)

    @precondition(lambda self: self.undone)
    @rule(data=st.data())
    def redo(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.undone)))
        before = self.expected()
        self.undone.remove(number)
        outcome = history.redo(self.house.store, LOCAL_ACTOR, number)
        assert (outcome.changed, outcome.covered) == (self.differing(before), self.hidden(number))

    def hidden(self, number: int) -> int:
        """How many cells of an import in force another one above it has too."""
        stack = self.stack()
        above = {key for each in stack[stack.index(number) + 1 :] for key in self.cells[each]}
        return len(above & self.cells[number].keys())

    @precondition(lambda self: self.cells)
    @rule(data=st.data())
    def undo_or_redo_out_of_turn(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.cells)))
        change = history.redo if number not in self.undone else history.undo
        try:
            change(self.house.store, LOCAL_ACTOR, number)
        except StoreError:
            return
        raise AssertionError("what makes no sense must be refused")

    @invariant()
    def every_cell_says_what_the_newest_import_in_force_says(self) -> None:
        with self.house.store.read() as session:
            frame = current_observations(session)
            found = {
                (row.indicator, row.commune, row.period): (
                    None if pd.isna(row.value) else row.value,
                    row.status,
                )
                for row in frame.itertuples()
            }
            shown = {key: [layer.record.id for layer in history.who_published(session, *key)] for key in KEYS}
            listed = {number: history.covered(session, number) for number in self.cells}
        assert found == self.expected()
        for number, frame in listed.items():
            above = {
                key
                for each in self.stack()
                if each > number and each not in self.editions
                for key in self.cells[each]
            }
            keys = set(frame[["indicator", "commune", "period"]].itertuples(index=False, name=None))
            assert keys == above & self.cells[number].keys()
        for key, layers in shown.items():
            having = [number for number in reversed(self.stack()) if key in self.cells[number]]
            assert layers[: len(having)] == having
            assert set(layers[len(having) :]) == {n for n in self.undone if key in self.cells[n]}


TestLayers = Layers.TestCase
TestLayers.settings = settings(
    max_examples=draws(10), stateful_step_count=12, deadline=None, derandomize=True
)
