"""What the heading and the cells of a column of numbers tell before anybody names it: name, unit, period, nature, decimals, publisher.

Everything here is a proposal that the person sees and corrects, save one thing: a percentage never adds up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

PERCENT = "%"
MOST_DECIMALS = 4
_SAMPLE = 300
_SHARE_WORD = re.compile(r"\b(?:taux|tx|parts?|ratios?|indices?|pourcentages?|proportions?|pct)\b|[%‰]")
_IN_PERCENT = re.compile(r"\b(?:taux|tx|parts?|pourcentages?|proportions?|pct)\b|%")
_AVERAGE_WORD = re.compile(r"\b(?:medianes?|medians?|moyennes?|moyens?|densites?|prix)\b")
_COUNTED = re.compile(r"\b(?:nombres?|nbre?|effectifs?)\b")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CENSUS = re.compile(r"[pc](\d\d)_([a-z0-9_]+)")
_SHORT_YEAR = re.compile(r".*[a-z]_(\d\d)")
_BRACKETS = re.compile(r"(.*\S)\s*[(\[]\s*(?:en\s+)?([^()\[\]]{1,20}?)\s*[)\]]", re.IGNORECASE)
_DECIMALS = re.compile(r"\d[.,](\d+)(?:\s*%)?")
_CENSUS_WORDS = {
    "pop": ("Population", "habitants"),
    "log": ("Logements", "logements"),
    "rp": ("Résidences principales", "résidences principales"),
    "rsecocc": ("Résidences secondaires et logements occasionnels", "logements"),
    "logvac": ("Logements vacants", "logements"),
    "men": ("Ménages", "ménages"),
    "pmen": ("Population des ménages", "habitants"),
    "maison": ("Maisons", "maisons"),
    "appart": ("Appartements", "appartements"),
    "act1564": ("Actifs de 15 à 64 ans", "actifs"),
    "actocc1564": ("Actifs occupés de 15 à 64 ans", "actifs"),
    "chom1564": ("Chômeurs de 15 à 64 ans", "chômeurs"),
}
"""Variables of the census files of INSEE, without the letter and the year before them: name and unit."""


@dataclass(frozen=True)
class Proposal:
    """What a column seems to be. Texts are empty where nothing tells; `period` is a year.

    `share`: the column is written in % or bears the name of a rate, a share or an index.
    """

    name: str = ""
    unit: str = ""
    period: str = ""
    kind: Literal["count", "published"] = "count"
    decimals: int = 0
    producer: str = ""
    title: str = ""
    share: bool = False


def propose(column: str, cells: Iterable[object]) -> Proposal:
    """What the column named `column`, with these `cells`, seems to be."""
    texts = [text for cell in cells if (text := str(cell).strip())][:_SAMPLE]
    if census := _CENSUS.fullmatch(fold(column)):
        name, unit = _CENSUS_WORDS.get(census[2], ("", ""))
        return Proposal(
            name, unit, full_year(census[1]), producer="INSEE", title="Recensement de la population"
        )
    percent = written_in_percent(texts)
    share = percent or named_a_share(column)
    name, unit = column, ""
    if brackets := _BRACKETS.fullmatch(column.strip()):
        name, unit = brackets[1], "" if _YEAR.fullmatch(brackets[2]) else brackets[2]
    words = fold(column.replace("_", " "))
    if percent or (share and not unit and _IN_PERCENT.search(words)):
        unit = PERCENT
    year = _YEAR.search(column)
    short = _SHORT_YEAR.fullmatch(fold(column))
    period = year[0] if year else full_year(short[1]) if short else ""
    return Proposal(
        name=" ".join(_YEAR.sub(" ", name.replace("_", " ")).split()),
        unit=unit,
        period=period,
        kind="published" if share or named_an_average(column) else "count",
        decimals=decimals_of(texts) if share or named_an_average(column) else 0,
        share=share,
    )


def written_in_percent(texts: Sequence[str]) -> bool:
    """Whether most cells that hold a number end with a percent sign."""
    numbers = [text for text in texts if any(map(str.isdigit, text))]
    return bool(numbers) and 2 * sum(text.endswith("%") for text in numbers) > len(numbers)


def named_a_share(*names: str) -> bool:
    """Whether one of `names` is that of a rate, a share, a ratio or an index (« nombre de parts » is not)."""
    words = [fold(name.replace("_", " ")) for name in names]
    return any(_SHARE_WORD.search(each) and not _COUNTED.search(each) for each in words)


def named_an_average(column: str) -> bool:
    """Whether a heading names a median, a mean, a density or a price, which do not add up either."""
    return bool(_AVERAGE_WORD.search(fold(column.replace("_", " "))))


def is_percent(unit: str) -> bool:
    """Whether a unit is a percentage, in any spelling: « % », « % des logements », « pour cent »."""
    return unit.strip().startswith("%") or fold(unit).startswith(("pour cent", "pourcent"))


def never_adds_up(unit: str) -> bool:
    """Whether a unit is a percentage or its kin, for 1 000 (« ‰ », « pour mille »)."""
    folded = fold(unit)
    return is_percent(unit) or "‰" in unit or folded.startswith(("pour mille", "pour 1 000", "pour 1000"))


def decimals_of(texts: Sequence[str]) -> int:
    """The most decimals that a cell is written with, at most `MOST_DECIMALS`."""
    found = (match[1] for text in texts if (match := _DECIMALS.search(text)))
    return min(MOST_DECIMALS, max((len(each.rstrip("0")) for each in found), default=0))


def as_fractions(texts: Iterable[str], values: Sequence[float]) -> bool:
    """Whether percentages may be written from 0 to 1 (a change, from −1 to 1): no sign, none beyond 1, one at least between."""
    numbers = [value for value in values if value == value]
    return (
        not any("%" in text for text in texts)
        and bool(numbers)
        and all(-1 <= value <= 1 for value in numbers)
        and any(value % 1 for value in numbers)
    )


@lru_cache(maxsize=4096)
def plain(column: str) -> str:
    """A column name without the blanks around it and the `#` before it."""
    return column.strip().lstrip("#").strip()


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """A text without accents, case, doubled blanks and typographic apostrophes, to compare what people write."""
    plain_ = unicodedata.normalize("NFKD", plain(text).casefold().replace("’", "'"))
    return " ".join("".join(c for c in plain_ if not unicodedata.combining(c)).split())


def full_year(two_digits: str) -> str:
    """« 22 » is 2022, « 99 » the census of 1999: files still published reach back to that of 1968."""
    return f"{19 if two_digits >= '68' else 20}{two_digits}"
