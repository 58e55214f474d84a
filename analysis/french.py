"""French wording: numbers, dates, place names, lists. Pure text in, text out; no locale module.

Typography: thousands are grouped by U+202F (narrow no-break space), the decimal sign is a comma, the minus
sign is U+2212, ``%`` follows U+202F, a unit in words follows U+00A0 (no-break space). Numbers are rounded half
away from zero on their shortest decimal writing, as a reader with a pocket calculator would (``0.125`` with
two decimals is « 0,13 »).
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import SupportsFloat

from analysis.model import Status

NNBSP = "\u202f"
"""Narrow no-break space: before ``; : ! ? %`` and between thousands."""
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
"""The days of the week in the order of ISO 8601."""
NBSP = "\u00a0"
"""No-break space: between a number and a unit in words."""
MINUS = "\u2212"
DASH = "\u2013"

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

_EXACT = 1e15
"""Below it a whole float is written with all its digits."""
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_ARTICLE = re.compile(r"(?:(Le|La|Les|Aux|Los|Las)[ \u00a0]+|(L)['’])(?=\S)")
# What follows one of these words is a complement and keeps its number: « membres | pour 1 000 habitants ».
_COMPLEMENT = re.compile(
    r"(?=(?:^|[ \u00a0])(?:pour|par|de|du|des|à|en|sur|sans|au|aux)[ \u00a0]|[ \u00a0]d['’]|/)"
)
_INVARIABLE = frozenset({"mois", "fois", "pays", "temps", "cas", "tiers", "bus", "plus", "pas"})


class TextError(ValueError):
    """A value cannot be written in French (not a number, not a date). The message is in French."""


# -------------------------------------------------------------------------------------------------- numbers


def number(value: float, decimals: int = 0) -> str:
    """`value` the French way: ``number(1234.5, 1)`` is « 1 234,5 », ``number(-3)`` is « −3 »; −0 is never
    shown.

    Raises TextError for None, NaN and infinities: what is missing or secret has words of its own (see
    `cell`).
    """
    if (
        isinstance(value, float) and value.is_integer() and abs(value) < _EXACT
    ):  # most counts: nothing to round
        grouped = f"{abs(int(value)):,}".replace(",", NNBSP)
        text = f"{grouped},{'0' * decimals}" if decimals else grouped
        return f"{MINUS}{text}" if value < 0 else text
    rounded = _rounded(value, decimals)
    digits = f"{abs(rounded):.{decimals}f}"
    whole, _, fraction = digits.partition(".")
    grouped = f"{int(whole):,}".replace(",", NNBSP)
    text = f"{grouped},{fraction}" if fraction else grouped
    return f"{MINUS}{text}" if rounded < 0 else text


def trimmed(value: float, most: int = 2) -> str:
    """`number` with at most `most` decimals and no needless zero: « 1 234,5 », « 80 », « −12 »."""
    text = number(value, most)
    return text.rstrip("0").rstrip(",") if "," in text else text


def counted(count: int, one: str, many: str) -> str:
    """« 1 ligne », « 1 234 lignes », « 0 ligne » in a running sentence, whose lines may break before the word."""
    return f"{number(count)} {plural(count, one, many)}"


def signed(value: float, decimals: int = 0) -> str:
    """`number` with an explicit plus sign for a gain: « +12 », « −3,5 », « 0 »."""
    text = number(value, decimals)
    return f"+{text}" if _rounded(value, decimals) > 0 else text


def percent(value: float, decimals: int = 1) -> str:
    """A value already in percent: ``percent(10.546)`` is « 10,5 % » (narrow no-break space before the
    sign)."""
    return f"{number(value, decimals)}{NNBSP}%"


def quantity(value: float, unit: str, decimals: int = 0) -> str:
    """`value` with its unit: « 386 logements », « 1 logement », « 10,5 % », « 1 450 €/m² ».

    The leading words of `unit` (given in the plural) are put in the singular below 2, as French does; what
    follows a preposition stays: « 1,5 membre pour 1 000 habitants ». An empty unit gives the bare number.
    """
    text = number(value, decimals)
    unit = unit.strip()
    if not unit:
        return text
    if unit.startswith("%"):
        return f"{text}{NNBSP}{unit}"
    if abs(value) < 2 and abs(_rounded(value, decimals)) < 2:
        unit = singular(unit)
    return f"{text}{NBSP}{unit}"


def file_size(size: int) -> str:
    """Bytes in words: « 3,2 Mo », « 12,0 Ko », « 840 octets »; 1 Ko is 1,000 bytes."""
    for least, unit in ((1e9, "Go"), (1e6, "Mo"), (1e3, "Ko")):
        if size >= least:
            return f"{number(size / least, 1)}{NBSP}{unit}"
    return quantity(size, "octets")


def cell(value: float | None, status: Status, unit: str = "", decimals: int = 0) -> str:
    """What a cell of a figure reads: its quantity when observed, else the words of its status. Never raises
    on None."""
    if status is not Status.OBSERVED or value is None or not math.isfinite(value):
        return status_text(Status.MISSING if status is Status.OBSERVED else status)
    return quantity(value, unit, decimals)


@lru_cache(maxsize=512)
def singular(unit: str) -> str:
    """A unit in the plural put in the singular: « logements vacants » → « logement vacant », « locaux » → «
    local »."""
    split = _COMPLEMENT.search(unit)
    head, tail = (unit[: split.start()], unit[split.start() :]) if split else (unit, "")
    return re.sub(r"[^\W\d_]+", lambda match: _singular_word(match[0]), head) + tail


def plural(count: float, one: str, many: str) -> str:
    """The form that agrees with `count`: French keeps the singular below 2 (0, 1 and 1,5), whatever the
    sign."""
    return one if abs(count) < 2 else many


def ordinal(rank: int, feminine: bool = False) -> str:
    """« 1er », « 1re », « 2e »."""
    if rank == 1:
        return "1re" if feminine else "1er"
    return f"{number(rank)}e"


def _rounded(value: object, decimals: int) -> Decimal:
    # Accepted by type and refused by value: a None from a frame must not reach the screen as text.
    if value is None or not isinstance(value, SupportsFloat) or not math.isfinite(value):
        raise TextError(
            f"« {value} » n’est pas un nombre{NNBSP}: écrire le statut (secret, non publié) à la place"
        )
    # str() of a numpy scalar is its shortest decimal writing, as repr() is for Python's own floats.
    exact = Decimal(str(value.item() if hasattr(value, "item") else value))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


def _singular_word(word: str) -> str:
    if word.lower() in _INVARIABLE or len(word) < 3:
        return word
    if word.endswith("eaux"):
        return word[:-1]
    if word.endswith("aux"):
        return word[:-3] + "al"
    return word.removesuffix("s")


# -------------------------------------------------------------------------------------------------- dates


def date(value: str | dt.date) -> str:
    """« 12/05/2026 » from ``"2026-05-12"`` or a date. Raises TextError for anything else."""
    return _as_date(value).strftime("%d/%m/%Y")


def long_date(value: str | dt.date) -> str:
    """« 1er mai 2026 », « 12 mai 2026 »."""
    day = _as_date(value)
    return f"{ordinal(1) if day.day == 1 else day.day}{NBSP}{MONTHS[day.month - 1]}{NBSP}{day.year}"


def month(value: str | dt.date) -> str:
    """« mai 2026 », of a day."""
    day = _as_date(value)
    return f"{MONTHS[day.month - 1]}{NBSP}{day.year}"


def period(value: str) -> str:
    """A period as a reader writes it: « 2022 », « mai 2011 » (``2011-05``), « 30/06/2026 »; ``2021/2025`` is
    « 2021–2025 »."""
    if "/" in value:
        return DASH.join(period(part) for part in value.split("/"))
    if re.fullmatch(r"\d{4}", value):
        return value
    if match := _MONTH.fullmatch(value):
        month = int(match[2])
        if 1 <= month <= 12:
            return f"{MONTHS[month - 1]}{NBSP}{match[1]}"
    return date(value)


def _as_date(value: str | dt.date) -> dt.date:
    if isinstance(value, dt.date):  # a datetime is a date too
        return value
    if (
        isinstance(value, str)
        and (match := _DAY.fullmatch(value[:10]))
        and (len(value) == 10 or value[10] in "T ")
    ):
        try:
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            pass
    raise TextError(f"« {value} » n’est pas une date{NNBSP}: écrire AAAA-MM-JJ, par exemple 2026-05-12")


# -------------------------------------------------------------------------------------------------- places


def split_article(name: str) -> tuple[str, str]:
    """The article of a commune's name and the rest: ``("Le", "Mêle-sur-Sarthe")``, ``("L'", "Aigle")``,
    ``("", "Essay")``."""
    match = _ARTICLE.match(name)
    if not match:
        return "", name
    article = match[1] or "L'"
    return article, name[match.end() :]


def at_place(name: str) -> str:
    """« au Mêle-sur-Sarthe », « aux Ventes-de-Bourse », « à La Mesnière », « à L'Aigle », « à Essay »."""
    article, rest = split_article(name)
    contracted = {"Le": "au", "Les": "aux", "Aux": "aux"}.get(article)
    return f"{contracted} {rest}" if contracted else f"à {name}"


def of_place(name: str, liaison: int | None = None) -> str:
    """« du Mêle-sur-Sarthe », « des Ventes-de-Bourse », « de La Mesnière », « d'Essay », « de Vidai », « de
    L'Aigle ».

    `liaison` is INSEE's TNCC (type de nom en clair: 0 « de », 1 « d' », 2 to 8 an article), decisive before
    an h when known. Without it, h is taken as mute (two thirds of the communes in H), but for « Haut… »,
    whose h is aspirate.
    """
    article, rest = split_article(name)
    contracted = {"Le": "du", "Les": "des", "Aux": "des"}.get(article)
    if contracted:
        return f"{contracted} {rest}"
    if article:
        return f"de {name}"
    elides = liaison == 1 if liaison in (0, 1) else _elides(name)
    return f"d'{name}" if elides else f"de {name}"


def index_name(name: str) -> str:
    """The name as an index lists it: « Mêle-sur-Sarthe (Le) », « Aigle (L') », « Essay »."""
    article, rest = split_article(name)
    return f"{rest} ({article})" if article else rest


def sort_key(name: str) -> str:
    """A key that sorts names as a French index does: the article last, without accents, case, hyphens or
    apostrophes.

    The name itself breaks ties, so that the order never depends on the order given.
    """
    article, rest = split_article(name)
    return "\x00".join((_plain(rest), _plain(article), name))


def _elides(name: str) -> bool:
    plain = _plain(name)
    return plain[:1] in tuple("aeiouyh") and not plain.startswith("haut")


def _plain(text: str) -> str:
    """Lower case, ASCII where French has accents or ligatures, single blanks for everything between words."""
    text = text.casefold().replace("œ", "oe").replace("æ", "ae")
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", text))


# -------------------------------------------------------------------------------------------------- lists


def join(words: Iterable[str], last: str = "et") -> str:
    """« a, b et c »; « a et b »; « a »; empty text for nothing."""
    items: Sequence[str] = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def sentence(text: str) -> str:
    """`text` with its first letter in upper case and nothing else changed (« à Essay » → « À Essay »)."""
    return text[:1].upper() + text[1:]


def spaced(text: str) -> str:
    """`text` with narrow no-break spaces where French wants them: before ``; : ! ? % »`` and after ``«``, for a plain blank there."""
    return re.sub(r" (?=[;:!?%»])|(?<=«) ", NNBSP, text)


def quoted(text: str) -> str:
    """« text » between French quotation marks with narrow no-break spaces."""
    return f"«{NNBSP}{text}{NNBSP}»"


def status_text(status: Status) -> str:
    """The words of a cell that shows no figure: « secret statistique », « non publié », « pas encore
    importé »; empty for an observed one."""
    return {
        Status.OBSERVED: "",
        Status.SUPPRESSED: "secret statistique",
        Status.MISSING: "non publié",
        Status.NOT_IMPORTED: "pas encore importé",
    }[status]
