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
from data.catalogue.mixed import TOGETHER

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

    def edition_of(self, source: str, period: str) -> str | None:
        """The edition by which the source of `period` has this id; empty where the id names none, None for the source of another work."""
        known = words("", period)
        before, named, after = self.source["id"].partition("{edition}")
        head, tail = (_fill(each, known).replace("-", "_") for each in (before, after))
        if not named:
            return "" if source == head else None
        if len(source) <= len(head) + len(tail) or not (source.startswith(head) and source.endswith(tail)):
            return None
        return source[len(head) : len(source) - len(tail)].replace("_", "-")

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
    already has, with the same source, is left out. Where the numerator came before: `completed`. Raises UndeclaredVintage for a figure
    without a rule.
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


def completed(
    of: Iterable[Work], figures: Iterable[tuple[str, str]], catalogue: Catalogue
) -> tuple[tuple[str, Vintage, Source], ...]:
    """The rates and changes whose numerator the catalogue has and that `figures` of the works `of` complete, in the order of `brought`.

    A denominator (or a base) that comes after its numerator brings the vintage that the numerator's edition would have brought, had it come
    last: in whichever order two files are imported, the catalogue is the same.
    """
    available = set(figures)
    parts_given = {indicator for indicator, _ in available}
    forbidden = {id_ for work in of for id_ in work.no_rate}
    found: list[tuple[str, Vintage, Source]] = []
    for id_ in dict.fromkeys(each for work in works().values() for each in work.vintages):
        derived = catalogue.known(id_)
        if derived is None or derived.kind not in ("ratio", "change") or id_ in forbidden:
            continue
        carrier = catalogue.known(derived.numerator[0])
        if carrier is None or not parts_given.intersection((*derived.numerator, *derived.denominator)):
            continue
        for there in carrier.vintages:
            if any((part, there.period) in available for part in derived.numerator):
                continue  # of the file itself: `brought`
            work, edition = _origin(carrier.id, there, catalogue)
            if work is None or id_ not in work.vintages:
                continue
            vintage = work.vintage_of(id_, edition, there.period)
            if (
                vintage.source in catalogue.sources
                and available.intersection(_needed(derived, vintage))
                and _complete(derived, vintage, available, catalogue)
                and not any(
                    each.period == vintage.period and _main(each.source, catalogue) == vintage.source
                    for each in derived.vintages
                )
            ):
                found.append((id_, vintage, catalogue.sources[vintage.source]))
    return tuple(found)


def _origin(indicator: str, vintage: Vintage, catalogue: Catalogue) -> tuple[Work | None, str]:
    """The work and the edition that brought a vintage of the catalogue, by the id of its source (of several: that of most communes)."""
    source = _main(vintage.source, catalogue)
    # A work whose id names no edition is meant word for word: « lovac_2020 » is no edition of LOVAC as it is now.
    for work in sorted(works().values(), key=lambda each: "{edition}" in each.source["id"]):
        if indicator in work.vintages and (edition := work.edition_of(source, vintage.period)) is not None:
            return work, edition
    return None, ""


def _main(source: str, catalogue: Catalogue) -> str:
    return source.partition(TOGETHER)[0] if source in catalogue.mixed else source


def _needed(derived: Indicator, vintage: Vintage) -> list[tuple[str, str]]:
    """The figures of which a rate or change is made, as its rule names their periods."""
    needed = [(part, vintage.period) for part in derived.numerator]
    if derived.kind == "ratio":
        return needed + [(part, vintage.denominator_period or vintage.period) for part in derived.denominator]
    return needed + [(part, vintage.base_period) for part in derived.numerator]


def _complete(
    derived: Indicator, vintage: Vintage, available: set[tuple[str, str]], catalogue: Catalogue
) -> bool:
    """Whether every component of a rate or change exists at the period that its rule names, of a work that may be divided into it."""

    def there(part: str, period: str) -> bool:
        known = catalogue.known(part)
        if known is None or period not in known.periods:
            return False
        work, _ = _origin(part, known.vintage(period), catalogue)
        return work is None or derived.id not in work.no_rate

    return all(each in available or there(*each) for each in _needed(derived, vintage))


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
