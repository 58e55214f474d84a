"""A stored number as the text a person sees in the sheet, where the display is part of the value: codes, dates, percentages.

Excel keeps `01001` as the number 1001 shown through the format `00000`, 31/12/2025 as 46022 and 12,5 % as 0.125: read plainly, each
would be silently wrong. Everything else is the number itself, in the shortest writing that gives the same double back (Excel
stores 5.1 as 5.0999999999999996), never what rounding shows.
Number formats: ECMA-376 part 1, 18.8.30 (built-in identifiers) and 18.8.31 (codes).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal

Style = tuple[Literal["number", "date", "time", "elapsed", "percent", "mask"], str]
PLAIN: Style = ("number", "")

BUILT_IN: dict[int, str] = {
    9: "0%", 10: "0.00%", 14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0",
    **dict.fromkeys((*range(27, 37), *range(50, 59)), "yyyy-mm-dd"),
}  # fmt: skip
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKET = re.compile(r"\[[^\]]*\]")
_PLACES = re.compile(r"[0#?ymdhsg%]", re.IGNORECASE)  # g: General
_ZEROS = re.compile(r"[#?]+(0{2,})")
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*", re.ASCII)
MAX_CODE = 255
"""Characters of a number format (18.8.31)."""
MAX_DIGITS = 25
"""Digits of a percentage that are multiplied exactly; a spreadsheet keeps 17."""


@lru_cache(maxsize=1024)
def style(code: str) -> Style:
    """What the number format `code` makes of a number."""
    if len(code) > MAX_CODE:
        return PLAIN
    section = _number_section(code)
    if re.search(r"\[[hms]+\]", section, re.IGNORECASE):
        return ("elapsed", "")
    bare = _BRACKET.sub("", _LITERAL.sub("", section))
    if "%" in bare:
        return ("percent", "")
    if bare.strip().lower() in ("general", "standard", "@", ""):
        return PLAIN
    if re.search(r"[ymdhs]", bare, re.IGNORECASE) and not re.search(r"[0#?]", re.sub(r"\.0+", "", bare)):
        return (
            ("date", "")
            if re.search(r"[yd]", bare, re.IGNORECASE) or not re.search("[hs]", bare, re.IGNORECASE)
            else ("time", "")
        )
    mask = _BRACKET.sub("", section)
    mask = re.sub(r'"([^"]*)"|\\(.)', lambda m: m.group(1) if m.group(1) is not None else m.group(2), mask)
    mask = _ZEROS.sub(r"\1", re.sub(r"[_*].", "", mask).strip(), count=1)
    digits = re.sub(r"[^0#]", "", mask)
    if (
        re.fullmatch(r"[0#](?:[ .\-\u00a0\u202f]?[0#])*", mask)
        and "." not in mask
        and digits.startswith(("00", "0#"))
    ):
        return ("mask", mask)
    return PLAIN


def _number_section(code: str) -> str:
    """The first section that shows the number: « [=0]"-";0.0% » writes a percentage, its first section only a dash."""
    sections = [""]
    for part in re.findall(r'"[^"]*"|\\.|;|[^;"\\]+|["\\]', code):
        if part == ";":
            sections.append("")
        else:
            sections[-1] += part
    bare = (re.sub(r"\[(?![hms]+\])[^\]]*\]", "", _LITERAL.sub("", each)) for each in sections[:3])
    return next(
        (each for each, rest in zip(sections, bare, strict=False) if _PLACES.search(rest)), sections[0]
    )


def plain(text: str) -> str:
    """The number in `text` written shortly: « 12 » for 12.0, « 5.1 » for 5.0999999999999996."""
    if text.isdecimal() and text.isascii() and (text[0] != "0" or text == "0"):
        return text
    if not _NUMBER.fullmatch(text):
        return text
    value = float(text)
    if math.isinf(value):
        return text
    if value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    return repr(value)


def shown_as(text: str, kind: Style, *, epoch_1904: bool = False) -> str:
    """The stored number `text` as the format `kind` means it; plainly where it cannot be (a date before 1900)."""
    what, mask = kind
    number = plain(text)
    if what == "number":
        return number
    if not _NUMBER.fullmatch(number) or math.isinf(value := float(number)):
        return text
    if what == "percent":
        if len(number) > MAX_DIGITS:
            return number
        return f"{plain(str(Decimal(number) * 100))} %"
    if what == "mask":
        return _masked(number, mask)
    if what == "elapsed":
        seconds = round(value * 86400)
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return iso(value, epoch_1904=epoch_1904 and not (what == "time" and value < 1)) or number


def _masked(number: str, mask: str) -> str:
    """`number` through the digits of `mask`, from the right; plainly where it is no whole positive number that fits."""
    places = sum(each in "0#" for each in mask)
    if not number.isdigit() or len(number) > places:
        return number
    digits = list(number.zfill(places))
    out: list[str] = []
    for each in reversed(mask):
        out.append(digits.pop() if each in "0#" else each)
    return "".join(reversed(out))


def iso(serial: float, *, epoch_1904: bool = False) -> str:
    """An Excel serial as ISO 8601: date, date and time, or time under one day; empty text where it is no day.

    Serial 60 is 29 February 1900, which did not exist; serials under it are one day late (the Lotus error that Excel kept).
    """
    if serial < 0 or serial >= 2_958_466:
        return ""
    days, seconds = int(serial), round((serial - int(serial)) * 86400)
    if seconds == 86400:
        days, seconds = days + 1, 0
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if days == 0 and not epoch_1904:
        return clock
    if not epoch_1904 and days == 60:
        return ""
    start = dt.date(1904, 1, 1) if epoch_1904 else dt.date(1899, 12, 31 if days < 60 else 30)
    day = (start + dt.timedelta(days=days)).isoformat()
    return f"{day}T{clock}" if seconds else day
