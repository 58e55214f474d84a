"""One indicator, one period, one answer: cells by commune, the territory's figure or why there is none, a sentence.

Everything a screen, a file or a slide shows of an indicator comes from the same `Answer`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis import french
from analysis.model import Indicator, Source, Status, Vintage

OBSERVED, SUPPRESSED, MISSING = Status.OBSERVED.value, Status.SUPPRESSED.value, Status.MISSING.value
NOT_IMPORTED = Status.NOT_IMPORTED.value
Key = tuple[str, str]
"""An indicator and a period: what a published file brings at a time."""


@dataclass(frozen=True)
class PeopleCells:
    """Counts of the network's own rows, already protected for an audience.

    `frame` has one row a commune: `commune`, `value` (NaN unless observed), `status`. `total` is the territory's count, which may
    exceed the sum of the communes (an application need not wish for a commune); None when it is hidden.
    """

    frame: pd.DataFrame
    total: float | None
    total_status: Status = Status.OBSERVED


Floats = npt.NDArray[np.float64]
States = npt.NDArray[np.int8]
"""A status a commune, as its place in `_STRENGTH`."""
_STRENGTH = (OBSERVED, MISSING, SUPPRESSED, NOT_IMPORTED)
"""The statuses, each winning over those before it where cells are combined."""
_SEEN, _MISSING, _HIDDEN, _ABSENT = range(len(_STRENGTH))
_STATE_OF = {word: state for state, word in enumerate(_STRENGTH)}
_WORDS = np.array(_STRENGTH, dtype=object)


@dataclass(frozen=True)
class _Cells:
    """The cells of one answer in the territory's order, as arrays: to make a frame costs more than what is reckoned in it.

    `numerator` and `denominator` are NaN where the answer is no rate.
    """

    values: Floats
    states: States
    numerator: Floats
    denominator: Floats


class FigureSet:
    """Current observations, ready to be asked.

    `observations` has the columns `indicator`, `commune`, `period`, `value`, `status`; only the communes of `names` (code → name, the
    territory) are kept. A cell that nobody published is `missing`, never 0; where no file brought its indicator and period, it is
    `not_imported`. `imported`: what was imported, for a part of a territory; without it, what has a row for one of the communes.
    """

    def __init__(
        self,
        observations: pd.DataFrame,
        names: Mapping[str, str],
        imported: Collection[Key] | None = None,
    ) -> None:
        self.names = dict(names)
        self.codes, self.labels = (
            pd.Index(list(self.names), name="commune"),
            pd.Index(list(self.names.values())),
        )
        at = self.codes.get_indexer(observations["commune"])
        here = at >= 0
        inside = observations[["indicator", "period", "value", "status"]][here]
        self._places = at[here]
        self._values = inside["value"].astype("float64").to_numpy()
        # A row without a status says no more than no row.
        self._states = inside["status"].astype(object).map(_STATE_OF).fillna(-1).to_numpy(dtype=np.int8)
        grouped = inside.groupby(["indicator", "period"], sort=False, observed=True)
        self._rows = {
            (str(indicator), str(period)): rows for (indicator, period), rows in grouped.indices.items()
        }
        self.imported: Collection[Key] = self._rows.keys() if imported is None else imported
        self._arrays: dict[Key, tuple[Floats, States]] = {}

    def arrays(self, indicator: str, period: str) -> tuple[Floats, States]:
        """Values (NaN where there is none) and statuses (places in `_STRENGTH`) of the territory's communes, in its order. One pair serves
        all who ask, made at the first: not to be changed. Raises ValueError for a commune given twice.
        """
        key = (indicator, period)
        if key not in self._arrays:
            values = np.full(len(self.codes), np.nan)
            states = np.full(len(self.codes), _MISSING if key in self.imported else _ABSENT, dtype=np.int8)
            rows = self._rows.get(key)
            if rows is not None:
                places = self._places[rows]
                if len(np.unique(places)) < len(places):
                    raise ValueError(f"a commune is given twice for {indicator} at {period}")
                values[places] = self._values[rows]
                told = self._states[rows]
                states[places] = np.where(told < 0, states[places], told)
            self._arrays[key] = values, states
        return self._arrays[key]

    def cells(self, indicator: str, period: str) -> pd.DataFrame:
        """`value` and `status` indexed by commune, in the territory's order, one row for each of its communes."""
        values, states = self.arrays(indicator, period)
        return pd.DataFrame(
            {"value": values, "status": _words(states).set_axis(self.codes)}, index=self.codes
        )

    def latest(self, indicator: Indicator) -> str:
        """The latest period for which at least one cell is stored; the latest declared when none is."""
        stored = [p for p in indicator.periods if (indicator.id, p) in self._rows]
        return stored[-1] if stored else indicator.periods[-1]


@dataclass(frozen=True)
class Total:
    """The territory's figure. `value` is None when there is none, and `reason` says why.

    `at_least` marks a sum of which parts are suppressed. `covered` communes out of `of` have a figure.
    """

    value: float | None
    status: Status
    covered: int
    of: int
    numerator: float | None = None
    denominator: float | None = None
    at_least: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Answer:
    """`cells`: one row a commune with `commune`, `name`, `value`, `status`, `numerator`, `denominator` (NaN where not a ratio).

    `lacking`: the publications that are not imported and that the figure is made of; then every cell is `not_imported`.
    """

    indicator: Indicator
    vintage: Vintage
    cells: pd.DataFrame
    total: Total
    lacking: tuple[Source, ...] = ()

    @cached_property
    def places(self) -> dict[str, int]:
        """The row of each commune in `cells`."""
        return {code: row for row, code in enumerate(self.cells["commune"].tolist())}

    @property
    def to_import(self) -> str:
        """« À importer : LOVAC, … (LOVAC 2025), publié par Cerema / DGALN »; empty when nothing is lacking."""
        if not self.lacking:
            return ""
        listed = french.join([to_import(source) for source in self.lacking])
        return french.spaced(f"À importer : {listed}")

    @cached_property
    def sentence(self) -> str:
        """The answer read aloud, by the catalogue's template. Made when somebody reads it."""
        return _sentence(self)

    @property
    def whole(self) -> bool:
        """Whether the figures count things: whole numbers, whose classes read « 2 à 3 » and never « 2 à moins de 4 »."""
        return self.indicator.kind in ("count", "network") and not self.indicator.denominator

    @property
    def observed(self) -> pd.DataFrame:
        """The cells that have a figure."""
        return self.cells[self.cells["status"] == OBSERVED]

    def text(self, value: float | None, status: str | Status = Status.OBSERVED) -> str:
        """A value of this indicator the French way with its unit, or the words of its status."""
        status = Status(status)
        if status is Status.MISSING and self.indicator.missing_note:
            return self.indicator.missing_note
        text = french.cell(value, status, self.indicator.unit, self.indicator.decimals)
        gain = (
            self.indicator.kind == "change" and status is Status.OBSERVED and value is not None and value > 0
        )
        return f"+{text}" if gain else text

    def total_text(self) -> str:
        """The territory's figure in words; empty when there is none."""
        if self.total.value is None:
            return ""
        text = self.text(self.total.value)
        return f"au moins {text}" if self.total.at_least else text


def answer(
    indicator: Indicator,
    figures: FigureSet,
    catalogue: Mapping[str, Indicator],
    period: str | None = None,
    people: Mapping[str, PeopleCells] | None = None,
    sources: Mapping[str, Source] | None = None,
) -> Answer:
    """Answer one indicator for one period (the latest when None).

    `people` gives the protected counts behind the indicators of kind ``network`` at that period; `sources` are the catalogue's, to say
    what is to be imported. Raises KeyError for an unknown period
    or for a network indicator whose counts are not given.
    """
    vintage = indicator.vintage(period)
    if indicator.kind == "network":
        cells, total = _network(indicator, figures, catalogue, people or {})
    elif indicator.kind == "ratio" and not vintage.published:
        cells, total = _ratio(indicator, vintage, figures)
    elif indicator.kind == "change":
        cells, total = _change(indicator, vintage, figures)
    else:
        cells = _counts(*figures.arrays(indicator.id, vintage.period))
        total = _sum(cells) if indicator.kind == "count" else _no_total(indicator, cells.states)
    frame = pd.DataFrame(
        {
            "commune": figures.codes.array,
            "name": figures.labels.array,
            "value": cells.values,
            "status": _words(cells.states),
            "numerator": cells.numerator,
            "denominator": cells.denominator,
        }
    )
    lacking = [key for key in _needed(indicator, vintage, figures, catalogue) if key not in figures.imported]
    return Answer(indicator, vintage, frame, total, _publications(lacking, catalogue, sources or {}))


def part(found: Answer, codes: Collection[str]) -> Answer:
    """What `found` says of some of its communes together, from its own cells: nothing is read or divided again.

    Not for counts of people, which are protected as a whole. Raises KeyError for a commune that the answer has not.
    """
    rows = [found.places[code] for code in sorted(set(codes))]
    frame = found.cells.take(sorted(rows))
    frame.index = pd.RangeIndex(len(frame))
    cells, indicator = _cells_of(frame), found.indicator
    if indicator.kind == "count":
        total = _sum(cells)
    elif indicator.kind in ("ratio", "change") and not found.vintage.published:
        now, base = _added_up(cells.numerator), _added_up(cells.denominator)
        if indicator.kind == "ratio":
            total = _ratio_total(cells, now, base, indicator.scale)
        else:
            total = _ratio_total(cells, now - base, base, 100)
            total = total if total.value is None else replace(total, numerator=float(now))
    else:
        covered = int((cells.states == _SEEN).sum())
        total = replace(found.total, covered=covered, of=len(frame))
    return replace(found, cells=frame, total=total)


def _needed(
    indicator: Indicator, vintage: Vintage, figures: FigureSet, catalogue: Mapping[str, Indicator]
) -> list[Key]:
    """The published figures that an answer is made of."""
    period = vintage.period
    if indicator.kind == "network":
        bases = [catalogue[id_] for id_ in indicator.denominator]
        return [(base.id, figures.latest(base)) for base in bases]
    if indicator.kind == "ratio" and not vintage.published:
        below = vintage.denominator_period or period
        return [
            *((id_, period) for id_ in indicator.numerator),
            *((id_, below) for id_ in indicator.denominator),
        ]
    if indicator.kind == "change":
        return [(id_, when) for id_ in indicator.numerator for when in (period, vintage.base_period)]
    return [(indicator.id, period)]


def _publications(
    keys: Sequence[Key], catalogue: Mapping[str, Indicator], sources: Mapping[str, Source]
) -> tuple[Source, ...]:
    """The editions that hold these figures, as the catalogue names them, each once."""
    found: dict[str, Source] = {}
    for id_, period in keys:
        known = catalogue.get(id_)
        if known is not None and period in known.periods:
            source = sources.get(known.vintage(period).source)
            if source is not None:
                found[source.id] = source
    return tuple(found.values())


def to_import(source: Source) -> str:
    """« LOVAC, logements vacants du parc privé (LOVAC 2025), publié par Cerema / DGALN », with the address where it is declared."""
    where = f" sur {source.url}" if source.url else ""
    return f"{source.title} ({source.edition}), publié par {source.producer}{where}"


# ------------------------------------------------------------------------------------------------------------------- figures


def _cells_of(frame: pd.DataFrame) -> _Cells:
    """The cells of an answer as arrays again."""
    values, numerator, denominator = (
        frame[name].to_numpy(dtype=np.float64) for name in ("value", "numerator", "denominator")
    )
    states = np.array([_STATE_OF[word] for word in frame["status"].tolist()], dtype=np.int8)
    return _Cells(values, states, numerator, denominator)


def _words(states: States) -> pd.Series[Any]:
    """The statuses as a frame holds them: plain objects, which are compared faster than columns of texts."""
    return pd.Series(_WORDS[states], dtype=object)


def _counts(values: Floats, states: States) -> _Cells:
    """Cells that are no rates."""
    nothing = np.full(len(values), np.nan)
    return _Cells(values, states, nothing, nothing)


def _added_up(values: Floats) -> float:
    """The sum of what is known; 0 of nothing."""
    return float(np.where(np.isnan(values), 0.0, values).sum())


def _sum(cells: _Cells) -> Total:
    observed = cells.states == _SEEN
    covered, of = int(observed.sum()), len(observed)
    if not covered:
        status = next(
            (Status(_STRENGTH[s]) for s in (_ABSENT, _HIDDEN) if (cells.states == s).any()), Status.MISSING
        )
        if status is Status.NOT_IMPORTED:
            return Total(None, status, 0, of, reason=french.status_text(status))
        return Total(None, status, 0, of, reason=f"aucune commune : {french.status_text(status)}")
    return Total(_added_up(cells.values[observed]), Status.OBSERVED, covered, of, at_least=covered < of)


def _no_total(indicator: Indicator, states: States) -> Total:
    """Why what is taken as published has no figure of the territory."""
    status = Status.NOT_IMPORTED if (states == _ABSENT).any() else Status.MISSING
    return Total(None, status, int((states == _SEEN).sum()), len(states), reason=indicator.no_total)


def _added(indicators: Sequence[str], period: str, figures: FigureSet) -> tuple[Floats, States]:
    """Counts added up commune by commune: not imported wins over suppressed, that over missing, that over observed."""
    values, states = figures.arrays(indicators[0], period)
    for indicator in indicators[1:]:
        more, others = figures.arrays(indicator, period)
        values, states = values + more, np.maximum(states, others)
    return values, states


def _divide(
    values: Floats,
    states: States,
    below: tuple[Floats, States],
    scale: float,
    numerator: Floats | None = None,
) -> _Cells:
    """`scale` × `values` / `below`; `numerator`: what is told as the numerator, `values` unless given."""
    denominator, others = below
    worst = np.maximum(states, others)
    worst = np.where((denominator == 0) & (worst == _SEEN), _MISSING, worst)  # no rate without a denominator
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(worst == _SEEN, scale * values / denominator, np.nan)
    return _Cells(rate, worst.astype(np.int8), values if numerator is None else numerator, denominator)


def _ratio_total(cells: _Cells, numerator: float, denominator: float, scale: float) -> Total:
    covered, of = int((cells.states == _SEEN).sum()), len(cells.states)
    if (cells.states == _ABSENT).any():
        return Total(None, Status.NOT_IMPORTED, covered, of, reason=french.status_text(Status.NOT_IMPORTED))
    unknown = cells.states[np.isnan(cells.numerator) | np.isnan(cells.denominator)]
    if len(unknown):
        secret = int((unknown == _HIDDEN).sum())
        words = []
        if secret:
            words.append(
                f"secret statistique dans {secret} {french.plural(secret, 'commune', 'communes')} sur {of}"
            )
        if len(unknown) - secret:
            n = len(unknown) - secret
            words.append(f"non publié dans {n} {french.plural(n, 'commune', 'communes')} sur {of}")
        return Total(
            None, Status.SUPPRESSED if secret else Status.MISSING, covered, of, reason=french.join(words)
        )
    if denominator == 0:
        return Total(None, Status.MISSING, covered, of, numerator, denominator, reason="dénominateur nul")
    return Total(scale * numerator / denominator, Status.OBSERVED, covered, of, numerator, denominator)


def _ratio(indicator: Indicator, vintage: Vintage, figures: FigureSet) -> tuple[_Cells, Total]:
    above, states = _added(indicator.numerator, vintage.period, figures)
    below = _added(indicator.denominator, vintage.denominator_period or vintage.period, figures)
    cells = _divide(above, states, below, indicator.scale)
    return cells, _ratio_total(cells, _added_up(above), _added_up(below[0]), indicator.scale)


def _change(indicator: Indicator, vintage: Vintage, figures: FigureSet) -> tuple[_Cells, Total]:
    """Relative change in %: 100 × (now − base) / base; `numerator` is now, `denominator` the base."""
    now, states = _added(indicator.numerator, vintage.period, figures)
    base = _added(indicator.numerator, vintage.base_period, figures)
    cells = _divide(now - base[0], states, base, 100, numerator=now)
    was = _added_up(base[0])
    total = _ratio_total(cells, _added_up(now) - was, was, 100)
    if total.value is None:
        return cells, total
    return cells, Total(total.value, total.status, total.covered, total.of, _added_up(now), total.denominator)


def _network(
    indicator: Indicator,
    figures: FigureSet,
    catalogue: Mapping[str, Indicator],
    people: Mapping[str, PeopleCells],
) -> tuple[_Cells, Total]:
    counted = people[indicator.numerator[0] if indicator.numerator else indicator.id]
    values, states = _laid(counted.frame, figures.codes)
    covered = int((states == _SEEN).sum())
    if not indicator.denominator:
        counts = _counts(values, states)
        if counted.total is None:
            return counts, Total(None, counted.total_status, covered, len(states), reason=_hidden(counted))
        return counts, Total(float(counted.total), Status.OBSERVED, covered, len(states))
    base = catalogue[indicator.denominator[0]]
    below = figures.arrays(base.id, figures.latest(base))
    cells = _divide(values, states, below, indicator.scale)
    if counted.total is None:
        return cells, Total(None, counted.total_status, covered, len(states), reason=_hidden(counted))
    # A commune's count may be hidden and the territory's shown: the total divides the total, not the sum of the cells.
    whole = replace(cells, numerator=np.zeros(len(states)))
    return cells, _ratio_total(whole, counted.total, _added_up(below[0]), indicator.scale)


def _laid(frame: pd.DataFrame, codes: pd.Index[Any]) -> tuple[Floats, States]:
    """The rows of a frame (`commune`, `value`, `status`) in the order of `codes`; missing where it has none."""
    rows = pd.Index(frame["commune"]).get_indexer(codes)
    told = rows >= 0
    values, states = np.full(len(codes), np.nan), np.full(len(codes), _MISSING, dtype=np.int8)
    values[told] = frame["value"].astype("float64").to_numpy()[rows[told]]
    found = np.array([_STATE_OF.get(status, _MISSING) for status in frame["status"]], dtype=np.int8)
    states[told] = found[rows[told]]
    return values, states


def _hidden(people: PeopleCells) -> str:
    return (
        "nombre trop petit pour être montré"
        if people.total_status is Status.SUPPRESSED
        else french.status_text(people.total_status)
    )


# ------------------------------------------------------------------------------------------------------------------ sentence


def _extremes(draft: Answer, *, largest: bool, most: int = 2, names_only: bool = False) -> str:
    """« à Vidai (17,4 %, 8 logements sur 46) et au Mêle-sur-Sarthe (17,3 %, 80 sur 465) », ties after the last one included."""
    seen, tied = draft.observed, 0
    most = 3 if names_only else most
    if len(seen) > most:  # only those that can be among the first are put in order
        edge = np.sort(seen["value"].to_numpy())[-most if largest else most - 1]
        seen = seen[seen["value"] >= edge] if largest else seen[seen["value"] <= edge]
        tied = len(seen) - most
    seen = seen.assign(order=[french.sort_key(n) for n in seen["name"]])
    seen = seen.sort_values(["value", "order"], ascending=[not largest, True])
    words = []
    for i, row in enumerate(seen.head(most).itertuples()):
        place = row.name if names_only else french.at_place(str(row.name))
        detail = draft.text(float(row.value))
        if not math.isnan(row.denominator) and draft.indicator.kind != "change" and not names_only:
            noun = draft.indicator.noun if not i else ""
            detail += f", {french.quantity(row.numerator, many(noun))} sur {french.number(row.denominator)}"
        words.append(
            f"{place} ({french.number(row.value, draft.indicator.decimals) if names_only else detail})"
        )
    if tied:
        words.append(f"{tied} {french.plural(tied, 'autre', 'autres')} à égalité")
    return french.join(words)


def _bare(draft: Answer) -> str:
    """The territory's figure for a template that names the unit itself: counts without it, rates with their sign."""
    if draft.total.value is None:
        return ""
    if draft.indicator.scale == 1.0 and draft.indicator.kind in ("count", "network"):
        text = french.number(draft.total.value, draft.indicator.decimals)
        return f"au moins {text}" if draft.total.at_least else text
    return draft.total_text()


def many(noun: str) -> str:
    """The plural of the head of a catalogue's noun (« actif occupé » → « actifs occupés », « local » → « locaux »)."""
    return " ".join(w[:-2] + "aux" if w.endswith("al") else w + "s" for w in noun.split())


def _fewer_than_two(head: str, draft: Answer) -> bool:
    """Whether `head`, the first half of a catalogue's sentence, opens on a count below two."""
    opening = {"{num} ": draft.total.numerator, "{value} ": draft.total.value}.get(
        head.partition(" ")[0] + " "
    )
    counted = head.startswith("{num} ") or draft.indicator.kind in ("count", "network")
    return counted and opening is not None and opening < 2


def _literal(text: str) -> str:
    """A text as it stands in a template: an analyst's words may have braces."""
    return text.replace("{", "{{").replace("}", "}}")


def _sentence(draft: Answer) -> str:
    total, indicator = draft.total, draft.indicator
    if total.status is Status.NOT_IMPORTED:
        said = f"{indicator.name}{french.NNBSP}: {french.status_text(total.status)}."
        return f"{said} {draft.to_import}." if draft.to_import else said
    if not total.covered and total.value is None:
        return f"{indicator.name} : {total.reason or french.status_text(total.status)}."
    observed = draft.observed
    flat = len(observed) > 1 and observed["value"].min() == observed["value"].max()
    template = indicator.sentence or "{name} : {value} ; le plus fort {top}."
    values = {
        "name": indicator.name,
        "year": draft.vintage.label,
        "value": _bare(draft),
        "num": french.number(total.numerator) if total.numerator is not None else "",
        "den": french.number(total.denominator) if total.denominator is not None else "",
        "covered": str(total.covered),
        "of": str(total.of),
    }
    extremes = {
        "top": partial(_extremes, draft, largest=True),
        "bottom": partial(_extremes, draft, largest=False),
        "top_names": partial(_extremes, draft, largest=True, names_only=True),
    }
    values |= {word: told() for word, told in extremes.items() if f"{{{word}" in template}
    head, _, tail = template.partition(" ; ")
    if total.value is None and indicator.kind != "published":
        head = f"Chiffre connu dans {total.covered} {french.plural(total.covered, 'commune', 'communes')} sur {total.of}"
        if total.reason:
            head += f" ; pas de chiffre du territoire ({_literal(total.reason)})"
    elif _fewer_than_two(head, draft):
        # The catalogue's sentences are in the plural, which French keeps for two and more.
        counts = " ({num} sur {den})" if "{den}" in head else ""
        head = f"{{name}} : {_literal(draft.text(total.value))}{counts}"
    elif total.at_least:
        head += f" ({total.covered} communes sur {total.of} publiées)"
    if flat:
        share = _literal(draft.text(float(observed["value"].iloc[0])))
        tail = (
            f"le chiffre est le même partout ({share})."
            if len(observed) == total.of
            else f"il y vaut partout {share}."
        )
    if observed.empty or total.of == 1:
        tail = ""
    text = f"{head} ; {tail}" if tail else head.rstrip(".") + "."
    return (
        french.sentence(text.format_map(values))
        .replace(" ;", f"{french.NNBSP};")
        .replace(" :", f"{french.NNBSP}:")
    )
