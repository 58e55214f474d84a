"""The PostgreSQL server stops in the middle and comes back: it is said in French, nothing is half written, and work goes on by itself."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from analysis.model import LOCAL_ACTOR
from data import register
from data.imports.publish import publish
from data.opening import House, open_house
from data.store import Store, current_observations, open_store, tables
from data.store.errors import DatabaseUnreachable, StoreError
from data.store.move import address_of, move
from tests import postgresql
from tests.data.conftest import NOW
from tests.data.imports.drafts import figures
from tests.data.stores import empty_home
from tests.faults.conftest import Tally
from tests.faults.test_killed import TODAY

SEED = 15
COMMUNES = ("61156", "61051", "61013")


@pytest.fixture
def server() -> Iterator[postgresql.Server]:
    """A server of this test's own: it is stopped while others would use it."""
    try:
        with postgresql.controlled() as found:
            yield found
    except postgresql.NoPostgreSQL as error:
        if postgresql.required():
            raise
        pytest.skip(str(error))


def content(store: Store) -> dict[str, Any]:
    """How many rows each table holds, the revision, and every figure on show."""
    with store.read() as session:
        rows = {
            table.name: session.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables.metadata.sorted_tables
        }
        shown = current_observations(session).drop(columns="import_id").fillna({"value": -1.0})
        return {**rows, "": session.revision(), "shown": sorted(shown.itertuples(index=False, name=None))}


class Moments:
    """Stops the server before a chosen statement of a write, before its commit, or once the commit is done and before it is answered."""

    def __init__(self, store: Store, stop: Callable[[], None]) -> None:
        self.at, self.answered, self.count, self.stop, self.engine = -1, True, 0, stop, store.engine

    def moment(self, *_given: object) -> None:
        if self.count == self.at:
            self.stop()
        self.count += 1

    @contextmanager
    def inside(self, at: int = -1, *, answered: bool = True) -> Iterator[None]:
        """Count from here; stop the server before statement `at` (a commit is one too), or after the commit that it does not answer."""
        import psycopg

        self.at, self.count = at if answered else -1, 0
        plain = self.engine.dialect.do_commit

        def commit(connection: Any) -> None:
            self.moment()
            plain(connection)
            if not answered:
                self.stop()
                raise psycopg.OperationalError("server closed the connection unexpectedly")

        event.listen(self.engine, "before_cursor_execute", self.moment)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.engine.dialect, "do_commit", commit)
            try:
                yield
            finally:
                event.remove(self.engine, "before_cursor_execute", self.moment)


def test_a_server_that_stops_in_the_middle_leaves_the_old_or_the_new_state_and_is_found_again(
    server: postgresql.Server, tmp_path: Path, cases: Callable[[int, int], int], tally: Tally
) -> None:
    home = empty_home(tmp_path / "home")
    with postgresql.database(server.host, "stopped") as url:
        first = open_store(home)
        move(address_of(str(first.files.database)), address_of(url), first.files, clock=lambda: NOW)
        first.close()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ZEVILLAGE_HOME", str(home))
            patch.setenv("ZEVILLAGE_DATABASE_URL", url)
            house = open_house(TODAY)
        _stopped_in_writes(house, server, tmp_path, cases(8, 50), tally)
        house.store.close()


def _stopped_in_writes(
    house: House, server: postgresql.Server, folder: Path, count: int, tally: Tally
) -> None:
    store, chance = house.store, random.Random(SEED)
    moments = Moments(store, server.stop)

    def entry(number: int) -> None:
        register.add_member(
            store, house.territory, LOCAL_ACTOR, TODAY, origin="real", commune=COMMUNES[number % 3], arrived=dt.date(2020, 2, 3)
        )  # fmt: skip

    def imported(number: int) -> None:
        draft = figures(
            house, folder / "f", ("wood", COMMUNES[number % 3], "2022", float(number), "observed")
        )
        publish(house, LOCAL_ACTOR, draft, folder / "f", today=TODAY)

    ended = {"old": 0, "new": 0}
    for number in range(count):
        action = (entry, imported)[number % 2]
        before = rows(content(store))
        with moments.inside():
            action(1000 + number)
        old, lasted = content(store), moments.count
        whole = {name: each - before[name] for name, each in rows(old).items()}
        # One in four at the commit (by turns not yet done, and done but not answered), the others before any statement of the action.
        answered = number % 8 != 7
        at = lasted - 1 if number % 4 == 3 else chance.randrange(lasted - 1)
        with moments.inside(at, answered=answered), pytest.raises(StoreError) as said:
            action(number)
        assert isinstance(said.value, DatabaseUnreachable) and "Le serveur PostgreSQL" in str(said.value)
        assert ("on ne sait pas" in str(said.value)) == (number % 4 == 3)
        with pytest.raises(DatabaseUnreachable, match="rien n’a été lu"):
            store.revision()
        with pytest.raises(DatabaseUnreachable, match="rien n’a été lu"):
            store.probe()  # what /healthz asks
        with pytest.raises(DatabaseUnreachable, match="rien n’a été modifié"):
            entry(number)
        server.start()
        found = content(store)  # the same store, by itself
        if answered:
            assert found == old
        else:
            assert {name: each - rows(old)[name] for name, each in rows(found).items()} == whole
        ended["old" if answered else "new"] += 1
        action(2000 + number)
        assert content(store)[""] > found[""]
    tally(
        "PostgreSQL stopped at once inside a write, and started again",
        f"{count} moments of an entry and of an import, one in four at the commit",
        f"old {ended['old']}, new {ended['new']}, a mixture 0; said so, found again by itself",
    )


def rows(found: dict[str, Any]) -> dict[str, int]:
    """The counts of `content`."""
    return {name: value for name, value in found.items() if name != "shown"}
