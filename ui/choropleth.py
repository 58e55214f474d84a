"""From an answer to what the map, the legend and the picture on paper need: classes, colours, texts. Drawn once, used by all three."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from analysis import classes as klass
from analysis.answers import Answer
from analysis.classes import DEFAULT_METHOD, SHOWN_CLASSES, Classes, Method
from analysis.french import number
from analysis.model import Status
from analysis.palette import class_colors
from ui.legend import Legend, LegendClass
from ui.tables import value_rows


@dataclass(frozen=True)
class Choropleth:
    """`classes` are those of `choropleth`; their `counts` are those of the vintage on show. `shared`: whether they are those of
    every vintage. One drawing serves all visitors: not to be changed.
    """

    answer: Answer
    classes: Classes
    colors: tuple[str, ...]
    shared: bool = True
    _kept: dict[object, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    def keep(self, what: object, make: Callable[[], str]) -> str:
        """The HTML that shows this drawing in one way (its table in one order, its histogram), built at the first look only."""
        if what not in self._kept:
            self._kept[what] = make()
        return self._kept[what]

    @property
    def labels(self) -> tuple[str, ...]:
        """Each class's range in French."""
        return self.classes.labels(whole=self.answer.whole)

    @cached_property
    def by_code(self) -> dict[str, int | Status]:
        """Class of each commune, or why it has none."""
        indices = self.classes.assign(self.answer.cells["value"])
        return {
            code: int(index) if status == Status.OBSERVED and not pd.isna(index) else Status(status)
            for code, status, index in zip(
                self.answer.cells["commune"], self.answer.cells["status"], indices, strict=True
            )
        }

    @cached_property
    def texts(self) -> dict[str, str]:
        """Value or status of each commune in words; a rate comes with its counts."""
        return {row.commune: cell_text(self.answer, row) for row in self.answer.cells.itertuples()}

    @cached_property
    def ranks(self) -> tuple[str, ...]:
        """The communes in the order of the table: the highest value first, those without a figure last."""
        return tuple(value_rows(self.answer)["commune"])

    def legend(self, **more: object) -> Legend:
        """The legend; `more` adds circles, markers, outline and note."""
        statuses = self.answer.cells["status"]
        suppressed = int((statuses == Status.SUPPRESSED).sum())
        missing = int((statuses == Status.MISSING).sum())
        entries = tuple(
            LegendClass(color, text, count)
            for color, text, count in zip(self.colors, self.labels, self.classes.counts, strict=True)
        )
        indicator = self.answer.indicator
        return Legend(
            title=f"{indicator.short} ({indicator.unit})",
            classes=entries,
            suppressed=suppressed or None,
            missing=missing or None,
            missing_text=indicator.missing_note or "non publié",
            absent=int((statuses == Status.NOT_IMPORTED).sum()) or None,
            **more,  # type: ignore[arg-type]
        )


def cell_text(answer: Answer, row: object) -> str:
    """« 17,4 % (8 sur 46) », « 80 logements », « secret statistique »."""
    value, status = row.value, row.status  # type: ignore[attr-defined]
    text = answer.text(None if pd.isna(value) else value, status)
    numerator, denominator = row.numerator, row.denominator  # type: ignore[attr-defined]
    if status != Status.OBSERVED or pd.isna(denominator) or pd.isna(numerator):
        return text
    if answer.indicator.kind == "change":
        return f"{text} (de {number(denominator)} à {number(numerator)})"
    return f"{text} ({number(numerator)} sur {number(denominator)})"


def choropleth(
    answer: Answer,
    vintages: Mapping[str, Answer],
    method: Method = DEFAULT_METHOD,
    k: int = SHOWN_CLASSES,
    manual: Sequence[float] = (),
    *,
    shared: bool = False,
) -> Choropleth:
    """Classes over all `vintages` (period → answer, the one on show included), coloured by the indicator's palette.

    Where they would leave a class empty in the vintage on show (prices of a year with few sales), the classes are its own, unless
    `shared` asks for those of every vintage: an animation and two maps side by side compare colours. Limits that a person chose are
    kept. Raises ClassError when manual limits are unusable.
    """
    pooled = {period: list(each.observed["value"]) for period, each in vintages.items()}

    def made(figures: Mapping[str, Sequence[float]]) -> Classes:
        if answer.indicator.palette == "diverging" and method != "manual":
            return klass.diverging_classes([v for p in sorted(figures) for v in figures[p]], method, k)
        return klass.common_classes(figures, method, k, manual=manual, least=3 if shared else 4)

    here = pooled[answer.vintage.period]
    found = made(pooled).recount(here)
    common = shared or method in ("manual", "equal") or 0 not in found.counts
    if not common:
        found = made({answer.vintage.period: here})
    return Choropleth(answer, found, class_colors(found, answer.indicator.palette), common)
