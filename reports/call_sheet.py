"""This morning's calls on A4, to be taken to the telephone: whom and why, what to ask, boxes to tick with a pen. Set by typst.

Texts go in as data (`reports.document.compile_pdf`), never as markup. The file is PDF/UA-1, as the other papers.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from analysis import french
from analysis.french import NNBSP
from reports.document import all_printable, compile_pdf

MOST = 12
"""Contacts with boxes to tick: two pages. The others are named with their telephone."""
_TEMPLATE = Path(__file__).with_name("typst") / "call_sheet.typ"
WARNING = "Démonstration : correspondants et annonces sont générés, ne les appelez pas."


@dataclass(frozen=True)
class Asked:
    """A listing to ask about, in words, and how « it is gone » is said of it (« loué », « vendu »)."""

    text: str
    gone: str


@dataclass(frozen=True)
class SheetCall:
    """One contact: `head` (« Mairie d'Essay »), `phone` and `hours` in words, `why` it ranks here, `asked`, and the last question."""

    head: str
    phone: str
    hours: str
    why: str
    asked: tuple[Asked, ...]
    news: str


def call_sheet(
    calls: Sequence[SheetCall], *, sentence: str, day: dt.date, territory: str, demo: bool = False
) -> bytes:
    """The calls in their order as a PDF. `sentence` says how many and which windows press; `demo` marks every page.

    A morning without a call is a sheet that says so. Raises typst.TypstError.
    """
    shown, others = calls[:MOST], calls[MOST:]
    numbered = [asdict(call) | {"head": f"{rank}. {call.head}"} for rank, call in enumerate(shown, start=1)]
    content = {
        "title": f"Appels de la veille, {french.long_date(day)}",
        "territory": territory,
        "day": [day.year, day.month, day.day],
        "foot": f"{territory} · Veille du logement · {french.date(day)}",
        "mark": "démonstration" if demo else "",
        "warning": french.spaced(WARNING),
        "sentence": sentence,
        "calls": numbered,
        "rest": f"Les suivants ({french.number(len(others))})",
        "others": [f"{call.head}{NNBSP}: {call.phone}" for call in others],
    }
    return compile_pdf(_TEMPLATE.read_text("utf-8"), json.dumps(all_printable(content), ensure_ascii=False))
