"""Text on its way into a spreadsheet, which would run some of it as a formula. Every file that leaves the house uses this."""

from __future__ import annotations

import unicodedata

_RUNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # the wide ones too: some spreadsheets fold them
_CONTROLS = ("Cc", "Cf", "Zs", "Zl", "Zp")


def guard(text: str) -> str:
    """`text`, behind an apostrophe when a spreadsheet would execute it; numbers and phone numbers are left as they are.

    What a spreadsheet may drop before it looks (blanks, control and invisible characters) does not hide the sign.
    """
    start = next((i for i, c in enumerate(text) if unicodedata.category(c) not in _CONTROLS), len(text))
    if not text[start:].startswith(_RUNS):
        return f"'{text}" if text.startswith(("\t", "\r")) else text
    digits = (
        text[start + 1 :]
        .replace(" ", "")
        .replace("\u202f", "")
        .replace("\u00a0", "")
        .replace(",", "")
        .replace(".", "")
    )
    return text if text[start] in "+-" and digits.isdigit() else f"'{text}"
