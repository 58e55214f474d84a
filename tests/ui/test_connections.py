"""What is written to a browser leaves at once, also on a socket that does not say its protocol, as Streamlit opens it."""

from __future__ import annotations

import asyncio
import socket

import pytest
from uvicorn import Config
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.server import ServerState

from tests.loops import completed
from ui.server import connections, shell


async def nothing(scope: object, receive: object, send: object) -> None:
    """An application that nobody asks."""


async def sent_at_once() -> bool:
    """Whether the server's end of a new connection has the option."""
    config = Config(nothing)
    config.load()
    ends: list[asyncio.BaseTransport] = []

    class Told(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            ends.append(transport)
            made.set()

    made = asyncio.Event()
    listening = socket.socket(socket.AF_INET)
    listening.bind(("127.0.0.1", 0))
    server = await asyncio.get_running_loop().create_server(
        lambda: Told(config=config, server_state=ServerState(), app_state={}), sock=listening
    )
    _, browser = await asyncio.open_connection(*listening.getsockname())
    await made.wait()
    end = ends[0].get_extra_info("socket")
    option = bool(end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
    browser.close()
    server.close()
    return option


def test_the_server_writes_at_once_from_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert connections.install in shell.AT_START
    monkeypatch.setattr(AutoHTTPProtocol, "connection_made", AutoHTTPProtocol.connection_made)  # put back
    connections.install()
    made = AutoHTTPProtocol.connection_made
    assert completed(sent_at_once())
    connections.install()
    assert AutoHTTPProtocol.connection_made is made, "a second server of the process adds nothing"


def test_what_is_no_connection_of_the_network_stays_as_it_is() -> None:
    class Elsewhere(asyncio.BaseTransport):
        def __init__(self, end: socket.socket | None) -> None:
            super().__init__({"socket": end} if end is not None else {})

    one, other = socket.socketpair()
    connections.send_at_once(Elsewhere(one))
    connections.send_at_once(Elsewhere(None))
    gone = socket.socket(socket.AF_INET)
    gone.close()
    connections.send_at_once(Elsewhere(gone))
    one.close()
    other.close()
