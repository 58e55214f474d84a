"""How the press and who orders from it (`ui.press`) talk: one length, then as many bytes."""

from __future__ import annotations

import struct
from typing import BinaryIO

_LENGTH = struct.Struct(">Q")


def send(pipe: BinaryIO, content: bytes) -> None:
    """Send `content` whole. Raises OSError when nobody reads any more."""
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def received(pipe: BinaryIO) -> bytes:
    """What was sent, whole. Raises EOFError when the other end stopped before."""
    (length,) = _LENGTH.unpack(_whole(pipe, _LENGTH.size))
    return _whole(pipe, length)


def _whole(pipe: BinaryIO, length: int) -> bytes:
    content = pipe.read(length)
    if len(content) < length:
        raise EOFError
    return content
