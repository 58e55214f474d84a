"""What is published, secret, missing or not yet imported, for each indicator and vintage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.answers import Answer
from analysis.model import Indicator, Source, Status

COLUMNS = [
    "indicator",
    "name",
    "unit",
    "period",
    "label",
    "source",
    "published",
    "suppressed",
    "missing",
    "not_imported",
    "of",
]


def coverage(answers: Iterable[Answer]) -> pd.DataFrame:
    """One row an answer, columns `COLUMNS`; the counts are numbers of communes and add up to `of`."""
    rows = []
    for answer in answers:
        counts = Counter(answer.cells["status"].tolist())
        rows.append(
            {
                "indicator": answer.indicator.id,
                "name": answer.indicator.name,
                "unit": answer.indicator.unit,
                "period": answer.vintage.period,
                "label": answer.vintage.label,
                "source": answer.vintage.source,
                "published": counts[Status.OBSERVED.value],
                "suppressed": counts[Status.SUPPRESSED.value],
                "missing": counts[Status.MISSING.value],
                "not_imported": counts[Status.NOT_IMPORTED.value],
                "of": len(answer.cells),
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)


@dataclass(frozen=True)
class Loaded:
    """What is loaded of one published work, over its editions. `newest_loaded` is None where nothing of it is."""

    producer: str
    title: str
    newest_known: Source
    newest_loaded: Source | None
    lacking: int = 0

    @property
    def state(self) -> str:
        """« chargé », « en partie », « plus ancien » than the newest edition known, or « pas encore importé »."""
        if self.newest_loaded is None:
            return "pas encore importé"
        if self.newest_loaded != self.newest_known:
            return "plus ancien"
        return "en partie" if self.lacking else "chargé"


def editions(
    indicators: Mapping[str, Indicator], sources: Mapping[str, Source], imported: Collection[tuple[str, str]]
) -> list[Loaded]:
    """What is loaded of each published work that the catalogue knows, in the order of its producers and titles.

    `imported`: the (indicator, period) pairs of which something is stored. A work is what has one producer and one title; its editions
    are told apart by the period they describe. `Loaded.lacking`: figures of the newest loaded edition that are not there.
    """
    figures: dict[str, list[tuple[str, str]]] = {}
    for indicator in indicators.values():
        if indicator.kind in ("count", "published") or any(v.published for v in indicator.vintages):
            for vintage in indicator.vintages:
                if indicator.kind in ("count", "published") or vintage.published:
                    figures.setdefault(vintage.source, []).append((indicator.id, vintage.period))
    works: dict[tuple[str, str], list[Source]] = {}
    for id_ in figures:
        if id_ in sources:
            works.setdefault((sources[id_].producer, sources[id_].title), []).append(sources[id_])
    found = []
    for (producer, title), known in sorted(works.items()):
        ordered = sorted(known, key=lambda source: (source.reference, source.edition))
        loaded = [source for source in ordered if any(key in imported for key in figures[source.id])]
        newest = loaded[-1] if loaded else None
        lacking = sum(key not in imported for key in figures[newest.id]) if newest else 0
        found.append(Loaded(producer, title, ordered[-1], newest, lacking))
    return found
