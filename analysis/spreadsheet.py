"""Text on its way into a spreadsheet, which would run some of it as a formula. Every file that leaves the house uses this."""

from __future__ import annotations


def guard(text: str) -> str:
    """`text`, behind an apostrophe when a spreadsheet would execute it; numbers and phone numbers are left as they are."""
    if not text.startswith(("=", "+", "-", "@", "\t", "\r")):
        return text
    digits = (
        text[1:]
        .replace(" ", "")
        .replace("\u202f", "")
        .replace("\u00a0", "")
        .replace(",", "")
        .replace(".", "")
    )
    return text if text[0] in "+-" and digits.isdigit() else f"'{text}"
