"""Answers leave at once: `TCP_NODELAY` for every connection of a browser.

An answer is written in two pieces, its head and its body, a run of a page in some sixty messages. Without this option the system holds a
small second piece back until the first is acknowledged (Nagle's rule), and the other side acknowledges 40 ms later unless it has something
to say. asyncio sets the option on its connections, but knows them by the protocol number of their socket, and the socket that Streamlit
opens has none (`socket.socket(family)`, CPython's `asyncio.base_events._set_nodelay`): each of the hundred small scripts of a first visit
took 42 ms instead of 2, each message of a run might.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Final

from uvicorn.protocols.http.auto import AutoHTTPProtocol

_MADE: Final = "connection_made"


def install() -> None:
    """Send at once on every connection made from now on, the websockets that begin as one included."""
    made = getattr(AutoHTTPProtocol, _MADE)
    if getattr(made, "__module__", "") == __name__:  # a second server of this process
        return

    def connection_made(self: asyncio.Protocol, transport: asyncio.BaseTransport) -> None:
        send_at_once(transport)
        made(self, transport)

    setattr(AutoHTTPProtocol, _MADE, connection_made)


def send_at_once(transport: asyncio.BaseTransport) -> None:
    """Set the option on the socket of `transport`; one that is no TCP connection, or is gone already, stays as it is."""
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
