"""The catalogue with the entries that a file brings, before they are recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from analysis.model import Indicator, Source
from data.catalogue import Catalogue
from data.imports.model import NewIndicator, NewVintage


def with_new(catalogue: Catalogue, new: Iterable[NewIndicator | NewVintage]) -> Catalogue:
    """The catalogue as it will be once the entries that come with the file are recorded."""
    sources: dict[str, Source] = {**catalogue.sources}
    indicators: dict[str, Indicator] = {**catalogue.indicators}
    for entry in new:
        sources[entry.source.id] = entry.source
        if isinstance(entry, NewIndicator):
            indicators[entry.indicator.id] = entry.indicator
        elif (known := indicators.get(entry.indicator) or catalogue.waiting.get(entry.indicator)) is not None:
            others = [each for each in known.vintages if each.period != entry.vintage.period]
            ordered = sorted([*others, entry.vintage], key=lambda each: each.period)
            indicators[known.id] = replace(known, vintages=tuple(ordered))
    return replace(catalogue, sources=sources, indicators=indicators)
