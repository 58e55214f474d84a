"""A vintage whose figures come from several editions: its source names them all.

A file may hold three communes of a newer edition. The newest import's entry says where *its* figures come from; the other communes
keep theirs, so what stands under the map must not name the newer edition alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from analysis.model import Indicator, Source
from data.catalogue import Catalogue

Key = tuple[str, str]
"""An indicator and a period."""
TOGETHER = "_et_"
"""Stands between the sources in the id of several: that of most communes is the first."""


def with_mixed(
    catalogue: Catalogue,
    built_in: Catalogue,
    layers: Mapping[Key, Mapping[int, str]],
    shown: Iterable[tuple[str, str, int, int]],
) -> Catalogue:
    """The catalogue where each vintage of `layers` has the source of the figures that are shown.

    `layers`: for an indicator and a period, import → the source it names. `shown`: indicator, period, import and how many communes
    show its figure. Figures of an import that names nothing are of the built-in vintage. A rate is of its numerator's sources.
    """
    by_import: dict[Key, Counter[int]] = {}
    for id_, period, number, communes in shown:
        by_import.setdefault((id_, period), Counter())[number] += communes
    indicators, mixed = dict(catalogue.indicators), dict(catalogue.mixed)
    for (id_, period), named in layers.items():
        indicator = indicators.get(id_)
        if indicator is None or period not in indicator.periods:
            continue
        carrier = indicator.numerator[0] if indicator.numerator else id_
        default = _source_of(built_in.known(id_), period) or indicator.vintage(period).source
        counted: Counter[str] = Counter()
        # A rate that its denominator completed later was brought by another import than its numerator, which says where it is from.
        named = {**layers.get((carrier, period), {}), **named}
        for number, communes in by_import.get((carrier, period), Counter()).items():
            counted[named.get(number, default)] += communes
        ids = [source for source, _ in sorted(counted.items(), key=lambda each: (-each[1], each[0]))]
        if not ids or any(source not in catalogue.sources for source in ids):
            continue
        source = catalogue.sources[ids[0]]
        if len(ids) > 1:
            source = _together([(catalogue.sources[each], counted[each]) for each in ids])
            mixed[source.id] = source
        vintages = tuple(
            replace(each, source=source.id) if each.period == period else each for each in indicator.vintages
        )
        indicators[id_] = replace(indicator, vintages=vintages)
    return replace(catalogue, indicators=indicators, mixed=mixed)


def _source_of(indicator: Indicator | None, period: str) -> str:
    if indicator is None or period not in indicator.periods:
        return ""
    return indicator.vintage(period).source


def _together(parts: list[tuple[Source, int]]) -> Source:
    """One source for several: the one of most communes, and for how many communes each of the others stands."""
    main = parts[0][0]
    others = [
        f"{one.edition if (one.producer, one.title) == (main.producer, main.title) else one.citation} "
        f"pour {communes} {'commune' if communes < 2 else 'communes'}"
        for one, communes in parts[1:]
    ]
    return replace(
        main,
        id=TOGETHER.join([f"{main.id}", *(f"{one.id}_{communes}" for one, communes in parts[1:])]),
        edition=f"{main.edition}\u202f; {', '.join(others)}",
        licence=", ".join(dict.fromkeys(one.licence for one, _ in parts)),
        caveat=" ".join(dict.fromkeys(one.caveat for one, _ in parts if one.caveat)),
    )
