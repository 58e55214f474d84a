"""The QR code of an address, made once: every page of a view, on every paper, bears the same."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import segno


@lru_cache(maxsize=256)
def address_code(address: str) -> segno.QRCode:
    """The code of `address`, which a telephone still reads where a sixth of it is covered; to be drawn, not to be changed.

    Raises segno.DataOverflowError for an address too long for a code, UnicodeError for one that cannot be written in it.
    """
    import segno  # a page that prints nothing need not load it

    return segno.make(address, error="m", micro=False)
