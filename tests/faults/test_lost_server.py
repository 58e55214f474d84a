"""One of two servers on one base is killed while a form is half filled: the visitor goes on with the other, nothing is written twice."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from data.opening import open_house
from data.store import Store, tables
from tests.browser.conftest import browser, open_watched  # noqa: F401
from tests.browser.harness import Served, Watch, free_port, serve, settle, until
from tests.browser.test_registre import choose, click, done
from tests.faults.conftest import LONG, Tally
from tests.faults.test_killed import TODAY

NAME = "Membre 417"
pytestmark = pytest.mark.browser


class Relay:
    """What stands before the servers: hands each connection to the one named in `to`, byte by byte."""

    def __init__(self, to: int) -> None:
        self.to, self.port = to, free_port()
        self._door = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                came, _ = self._door.accept()
            except OSError:
                return
            try:
                gone = socket.create_connection(("127.0.0.1", self.to), 20)
                gone.settimeout(None)
            except OSError:
                came.close()
                continue
            for one, other in ((came, gone), (gone, came)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while block := one.recv(65536):
                other.sendall(block)
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def close(self) -> None:
        """Take nobody in any more."""
        self._door.close()


@contextmanager
def two_servers(home: Path) -> Iterator[tuple[Served, Served, Relay]]:
    """Two applications on one base, and a relay that begins with the first."""
    environ = {"ZEVILLAGE_TODAY": TODAY.isoformat()}
    with ExitStack() as stack:
        first = stack.enter_context(serve(home, environ=environ))
        second = stack.enter_context(serve(home, environ=environ))
        relay = stack.enter_context(closing(Relay(port_of(first))))
        yield first, second, relay


def port_of(served: Served) -> int:
    return int(served.origin.rpartition(":")[2])


def members(store: Store) -> int:
    with store.read() as session:
        return int(session.connection.execute(select(func.count()).select_from(tables.member)).scalar_one())


def called(store: Store) -> int:
    with store.read() as session:
        person = tables.person
        found = select(func.count()).select_from(person).where(person.c.name == NAME)
        return int(session.connection.execute(found).scalar_one())


# The second form of a page is the harder case; the first one alone is tried in the long run too.
@pytest.mark.parametrize("another_before", [False, True] if LONG else [True])
def test_a_form_that_is_half_filled_goes_on_with_the_other_server(
    another_before: bool,
    tmp_path: Path,
    open_watched: Callable[..., tuple[Page, Watch]],  # noqa: F811
    tally: Tally,
) -> None:
    home = tmp_path / "home"
    house = open_house(TODAY, home)
    with two_servers(home) as (first, second, relay):
        outside = Served(f"http://127.0.0.1:{relay.port}", first.process, first.log)
        page, _ = open_watched(outside, "/registre")
        if another_before:  # the form is then the second of its page, and the other server has to know that
            page.get_by_label("Nom", exact=True).fill("Membre 416")
            choose(page, "Commune", "Essay")
            click(page, "Ajouter le membre")
            done(page, "Ajout d'un membre")
        page.get_by_label("Nom", exact=True).fill(NAME)
        choose(page, "Commune", "Essay")
        settle(page)
        before = members(house.store)
        broken: list[str] = []
        page.on("websocket", lambda opened: broken.append(opened.url))
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        relay.to = port_of(second)
        assert members(house.store) == before, "half a form is nothing yet"
        until(page, lambda: broken)  # the browser has found the other server
        settle(page)
        expect(page.get_by_label("Nom", exact=True)).to_have_value(NAME)
        click(page, "Ajouter le membre")
        done(page, "Ajout d'un membre")
        page.context.close()
    assert (members(house.store), called(house.store)) == (before + 1, 1)
    house.store.close()
    tried = "1 form in a browser" + (", after another one" if another_before else "")
    tally(
        "one of two servers killed while a form is half filled",
        tried,
        "what was typed stayed; written once, by the other server",
    )
