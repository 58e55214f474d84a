"""What a new edition of a published work makes of its periods: its source by `editions.toml`, its vintages by its indicators' entries.

An import brings figures for an indicator and a period that no built-in entry names. Their source, their label and, for a rate, the
period of its denominator follow from the rule of the work; what has no rule is refused, never computed by analogy.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from analysis.model import Indicator, Source, Vintage
from data.catalogue import HERE, Catalogue, CatalogueError, declared

FILE = "editions.toml"
_FIELD = re.compile(r"\{(\w+?)([+-]\d+)?\}")
_SOURCE_FIELDS = {each.name for each in fields(Source)}
_VINTAGE_FIELDS = {each.name for each in fields(Vintage)} - {"period", "source"}


class UndeclaredVintage(LookupError):
    """A figure of an edition has no declared rule: its vintage, and any rate made of it, would be a guess."""

    def __init__(self, work: str, indicator: str, period: str) -> None:
        self.work, self.indicator, self.period = work, indicator, period
        super().__init__(
            f"Indicateur « {indicator} » : aucun « editions.{work} » ne dit ce qu'est son millésime {period}."
        )


@dataclass(frozen=True)
class Work:
    """One published work: templates of its source and, by indicator, of the fields of a vintage.

    Templates hold ``{edition}`` (as the file names it), ``{period}``, ``{year}``, ``{day}``, ``{quarter}`` and ``{ordinal}`` of the
    figure's period; a number may be added or taken away: ``{year-1}``. `no_rate`: rates that these figures must not be divided into,
    and why.
    """

    id: str
    source: Mapping[str, str]
    vintages: Mapping[str, Mapping[str, str | bool]]
    no_rate: Mapping[str, str] = field(default_factory=dict)

    def source_of(self, edition: str, period: str) -> Source:
        """The source of the figures of `period` in `edition`."""
        known = words(edition, period)
        filled = {name: _fill(template, known) for name, template in self.source.items()}
        return Source(**{**filled, "id": filled["id"].replace("-", "_")})

    def vintage_of(self, indicator: str, edition: str, period: str) -> Vintage:
        """The vintage that `edition` makes of `period`. Raises UndeclaredVintage when the work declares none for `indicator`."""
        if indicator not in self.vintages:
            raise UndeclaredVintage(self.id, indicator, period)
        known = words(edition, period)
        filled = {
            name: _fill(template, known) if isinstance(template, str) else template
            for name, template in self.vintages[indicator].items()
        }
        return Vintage(period=period, source=self.source_of(edition, period).id, **filled)  # type: ignore[arg-type]


@lru_cache(maxsize=4)
def works(directory: Path = HERE) -> Mapping[str, Work]:
    """Every declared work by id. Raises CatalogueError for an unknown field, and for an indicator's edition of an undeclared work."""
    found: dict[str, Work] = {}
    vintages = declared.editions(directory)
    for id_, row in tomllib.loads((directory / FILE).read_text(encoding="utf-8")).items():
        source = row["source"]
        for name in source.keys() - _SOURCE_FIELDS:
            raise CatalogueError(f"{FILE}, « {id_} » : le champ « {name} » d'une source est inconnu.")
        found[id_] = Work(id_, source, vintages.get(id_, {}), row.get("no_rate", {}))
    for work, of in vintages.items():
        for indicator, fields_ in of.items():
            if work not in found:
                raise CatalogueError(
                    f"Indicateur « {indicator} » : la publication « {work} » de « editions » n'est pas dans {FILE}. "
                    f"Choisissez parmi {', '.join(found)}."
                )
            for name in fields_.keys() - _VINTAGE_FIELDS:
                raise CatalogueError(
                    f"Indicateur « {indicator} », editions.{work} : champ « {name} » inconnu."
                )
    return MappingProxyType(found)


def brought(
    work: Work,
    edition: str,
    figures: Iterable[tuple[str, str]],
    catalogue: Catalogue,
    beside: Iterable[tuple[str, str]] = (),
) -> tuple[tuple[str, Vintage, Source], ...]:
    """What an edition that holds `figures`, pairs (indicator, period), brings: (indicator, vintage, source), in a fixed order.

    The figures' own vintages, then those of the rates and changes that the work declares and that these figures complete: numerator
    in the file, denominator (or base) in the file (`beside`: its figures of other works) or in the catalogue. What the catalogue
    already has, with the same source, is left out. Raises UndeclaredVintage for a figure without a rule.
    """
    available = sorted(set(figures), key=lambda pair: (pair[1], pair[0]))
    found = [(indicator, work.vintage_of(indicator, edition, period)) for indicator, period in available]
    for derived in (catalogue.known(id_) for id_ in work.vintages):
        if derived is None or derived.kind not in ("ratio", "change"):
            continue
        for period in sorted({period for indicator, period in available if indicator in derived.numerator}):
            vintage = work.vintage_of(derived.id, edition, period)
            if _complete(derived, vintage, {*available, *beside}, catalogue):
                found.append((derived.id, vintage))
    return tuple(
        (indicator, vintage, catalogue.sources.get(vintage.source) or work.source_of(edition, vintage.period))
        for indicator, vintage in found
        if not _known(indicator, vintage, catalogue)
    )


def _complete(
    derived: Indicator, vintage: Vintage, available: set[tuple[str, str]], catalogue: Catalogue
) -> bool:
    """Whether every component of a rate or change exists at the period that its rule names."""
    needed = [(part, vintage.period) for part in derived.numerator]
    if derived.kind == "ratio":
        needed += [(part, vintage.denominator_period or vintage.period) for part in derived.denominator]
    else:
        needed += [(part, vintage.base_period) for part in derived.numerator]
    return all(
        each in available or ((part := catalogue.known(each[0])) is not None and each[1] in part.periods)
        for each in needed
    )


def _known(indicator: str, vintage: Vintage, catalogue: Catalogue) -> bool:
    known = catalogue.known(indicator)
    return known is not None and any(
        each.period == vintage.period and each.source == vintage.source for each in known.vintages
    )


def words(edition: str, period: str) -> dict[str, str]:
    """What templates may hold, for one edition and one period (which may be empty)."""
    year, month, day = ([*period.split("-"), "", ""])[:3]
    quarter = str((int(month) + 2) // 3) if month else ""
    return {
        "edition": edition,
        "period": period,
        "year": year,
        "day": f"{day}/{month}/{year}" if day else period,
        "quarter": quarter,
        "ordinal": "1er" if quarter == "1" else f"{quarter}e",
    }


def _fill(template: str, words: Mapping[str, str]) -> str:
    def one(match: re.Match[str]) -> str:
        word, shift = words[match[1]], match[2]
        return str(int(word) + int(shift)) if shift else word

    return _FIELD.sub(one, template)
