"""A figure beside those of what surrounds it: EPCI, département, region, France, and the communes of France alike.

A level's count is the sum of what is published of its communes. A rate is made of such sums, never of rates: it is given where every
commune of the level that has one of the two counts has both, none is hidden, and at least `LEAST_COVERED` of the communes are in it.
A median has no figure of a level made of the medians of communes: nobody can make one. Where a file tells each sale, that of all the
sales of a level is read from it (`data.imports.formats.sales_levels`), and given where at least `LEAST_COVERED` of the communes are told.

Secrecy holds across levels because a hidden commune is in no sum: a level minus its communes on show is nothing, not the hidden one.
Where a sum would be short of hidden communes it says « au moins », and no rate is made of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis import french
from analysis.answers import Answer, Total
from analysis.model import FRANCE, LEVEL_KEY, Level, Status
from analysis.vocabulary import LEVELS

LEAST_COVERED = 0.95
"""Share of a level's communes without which no rate is made: a handful that a publication lacks does not hide the others."""


@dataclass(frozen=True)
class Elsewhere:
    """What one answer says of one level: `answer` is the one of the territory with the level's figure in place of the territory's."""

    level: Level
    answer: Answer

    @property
    def total(self) -> Total:
        """The level's figure, or why there is none."""
        return self.answer.total

    @property
    def text(self) -> str:
        """« 8,1 % », « au moins 1 204 logements », « pas encore importé », « – » where there can be none."""
        total, indicator = self.total, self.answer.indicator
        if total.value is not None:
            return self.answer.total_text()
        if indicator.kind == "published" and not total.of:
            return french.DASH
        if total.reason and total.reason == indicator.missing_note:
            return total.reason
        return french.status_text(total.status) or french.DASH

    @property
    def head(self) -> str:
        """« Orne (département) », « France », « Communes semblables »: the heading of a column."""
        kind = LEVELS[self.level.kind]
        if self.level.kind in (FRANCE, "peers"):
            return f"{kind[:1].upper()}{kind[1:]}"
        return f"{self.level.name} ({kind})"

    @property
    def detail(self) -> str:
        """How many communes the figure is made of, or why there is none: « 381 communes »."""
        total = self.total
        if total.value is None:
            return total.reason
        if total.covered == total.of:
            return french.quantity(total.of, "communes")
        return f"{french.number(total.covered)} communes sur {french.number(total.of)}"


References = tuple[tuple[str, tuple[float | None, ...]], ...]
"""What figures are compared with: the heading of each level, and one value an answer, None where there is none."""
COMPARED = ("ratio", "change", "published")
"""Kinds of indicators whose figures stand on one scale, be they of a commune or of France; a count of France dwarfs that of a commune."""


class LevelFigures:
    """The figures of levels (`analysis.model.LEVEL_COLUMNS`), ready to be asked by indicator, period and level."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._rows: dict[tuple[Any, ...], Any] = {
            tuple(getattr(row, name) for name in LEVEL_KEY): row for row in frame.itertuples(index=False)
        }
        self._known = {(key[0], key[1]) for key in self._rows}

    def __bool__(self) -> bool:
        """Whether there is any figure at all."""
        return bool(self._rows)

    def row(self, indicator: str, period: str, level: Level) -> Any | None:
        """The row of one figure; None when it was not imported."""
        return self._rows.get((indicator, period, level.kind, level.code))


def elsewhere(found: Answer, figures: LevelFigures, levels: tuple[Level, ...]) -> tuple[Elsewhere, ...]:
    """What `found` says of each of `levels`. Counts of the network's people have no level: nothing is said of them."""
    if found.indicator.kind == "network":
        return ()
    return tuple(
        Elsewhere(level, replace(found, total=_total(found, figures, level), lacking=())) for level in levels
    )


def references(found: Sequence[Answer], figures: LevelFigures, levels: tuple[Level, ...]) -> References:
    """What charts draw beside `found`, answers of one indicator by vintage or of the parts of a whole: the levels with a figure for one
    of them. Counts are not compared. Communes alike have a column in tables and no line: a fifth one would hide what it is there for.
    """
    if not figures or any(each.indicator.kind not in COMPARED for each in found):
        return ()
    by_level = {
        level: [elsewhere(each, figures, (level,))[0] for each in found]
        for level in levels
        if level.kind != "peers"
    }
    lines = ((each[0].head, tuple(one.total.value for one in each)) for each in by_level.values() if each)
    return tuple((head, values) for head, values in lines if any(value is not None for value in values))


def _total(found: Answer, figures: LevelFigures, level: Level) -> Total:
    indicator, vintage = found.indicator, found.vintage
    if indicator.kind == "published":
        row = figures.row(indicator.id, vintage.period, level)
        return (
            Total(None, Status.MISSING, 0, 0, reason=indicator.no_total) if row is None else _read(row, found)
        )
    if vintage.published:
        return Total(None, Status.MISSING, 0, 0, reason=indicator.no_total)
    if indicator.kind == "count":
        return _sum(figures.row(indicator.id, vintage.period, level))
    if indicator.kind == "ratio":
        above = [figures.row(id_, vintage.period, level) for id_ in indicator.numerator]
        below = [
            figures.row(id_, vintage.denominator_period or vintage.period, level)
            for id_ in indicator.denominator
        ]
        return _rate(above, below, indicator.scale)
    now = [figures.row(id_, vintage.period, level) for id_ in indicator.numerator]
    before = [figures.row(id_, vintage.base_period, level) for id_ in indicator.numerator]
    rate = _rate(now, before, 100)
    return rate if rate.value is None else replace(rate, value=rate.value - 100)


_ABSENT = Total(None, Status.NOT_IMPORTED, 0, 0, reason=french.status_text(Status.NOT_IMPORTED))


def _sum(row: Any | None) -> Total:
    if row is None:
        return _ABSENT
    if row.status != Status.OBSERVED.value:
        status = Status(row.status)
        return Total(None, status, 0, row.communes, reason=french.status_text(status))
    return Total(
        float(row.value), Status.OBSERVED, row.covered, row.communes, at_least=row.covered < row.communes
    )


def _read(row: Any, found: Answer) -> Total:
    """A figure that was read of all the things of a level (a median of sales), never made of those of its communes."""
    if row.covered < LEAST_COVERED * row.communes:
        return Total(
            None, Status.MISSING, row.covered, row.communes, reason=_published_in(row.covered, row.communes)
        )
    if row.status != Status.OBSERVED.value:
        reason = found.indicator.missing_note or french.status_text(Status(row.status))
        return Total(None, Status(row.status), row.covered, row.communes, reason=reason)
    return Total(float(row.value), Status.OBSERVED, row.covered, row.communes)


def _published_in(covered: int, of: int) -> str:
    return f"publié dans {french.number(covered)} communes sur {french.number(of)}"


def _rate(above: list[Any | None], below: list[Any | None], scale: float) -> Total:
    rows = [*above, *below]
    known = [row for row in rows if row is not None]
    if len(known) < len(rows) or not known:
        return _ABSENT
    of, covered, hidden = (
        known[0].communes,
        min(row.covered for row in known),
        max(row.hidden for row in known),
    )
    if hidden:
        words = french.plural(hidden, "commune", "communes")
        reason = f"secret statistique dans {french.number(hidden)} {words} sur {french.number(of)}"
        return Total(None, Status.SUPPRESSED, covered, of, reason=reason)
    if covered < LEAST_COVERED * of or any(row.covered != covered for row in known):
        return Total(None, Status.MISSING, covered, of, reason=_published_in(covered, of))
    numerator = float(sum(row.value for row in known[: len(above)]))
    denominator = float(sum(row.value for row in known[len(above) :]))
    if not denominator:
        return Total(None, Status.MISSING, covered, of, numerator, denominator, reason="dénominateur nul")
    return Total(scale * numerator / denominator, Status.OBSERVED, covered, of, numerator, denominator)
