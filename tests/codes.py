"""QR codes read back from pictures, by a library that did not write them."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image


def read(picture: bytes) -> list[str]:
    """The texts of the codes on a picture (PNG, JPEG), in the order in which they are found."""
    with Image.open(io.BytesIO(picture)) as opened:
        return [found.text for found in zxingcpp.read_barcodes(opened.convert("L"))]
