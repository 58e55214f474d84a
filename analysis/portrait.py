"""One commune beside the others: its rank, its groups, its past. Everything comes from answers already made for an audience.

A rank is counted among the cells that the audience may see, so it tells nothing that they do not.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis import french
from analysis.answers import Answer, FigureSet, PeopleCells, Total, answer, part
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.model import Audience, Indicator, Status

SMALL = 20
"""Smallest base of a change in %."""


@dataclass(frozen=True)
class Cell:
    """One commune's figure in one answer. `value`, `numerator` and `denominator` are None where there is none."""

    answer: Answer
    value: float | None
    status: Status
    numerator: float | None
    denominator: float | None

    @property
    def text(self) -> str:
        """« 12,5 % », « secret statistique »."""
        return self.answer.text(self.value, self.status)

    @property
    def detail(self) -> str:
        """« 15 sur 120 » for a rate, « de 155 à 143 » for a change, empty otherwise."""
        if self.value is None or self.numerator is None or self.denominator is None:
            return ""
        now, base = french.number(self.numerator), french.number(self.denominator)
        return f"de {base} à {now}" if self.answer.indicator.kind == "change" else f"{now} sur {base}"


def cell(found: Answer, code: str) -> Cell:
    """The figure of commune `code`. Raises KeyError for a commune that the answer has not."""
    row = found.places[code]
    value, text, numerator, denominator = (
        found.cells[name].iat[row] for name in ("value", "status", "numerator", "denominator")
    )
    status = Status(text)
    seen = _known(value) if status is Status.OBSERVED else None
    return Cell(found, seen, status, _known(numerator), _known(denominator))


def cells(found: Answer) -> dict[str, Cell]:
    """The figure of every commune, by code."""
    frame = found.cells
    columns = (frame[name].tolist() for name in ("commune", "value", "status", "numerator", "denominator"))
    result = {}
    for code, value, text, numerator, denominator in zip(*columns, strict=True):
        status = Status(text)
        seen = _known(value) if status is Status.OBSERVED else None
        result[str(code)] = Cell(found, seen, status, _known(numerator), _known(denominator))
    return result


def _known(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


# ---------------------------------------------------------------------------------------------------------------- rank


@dataclass(frozen=True)
class Rank:
    """`rank` of `of` communes that have a figure, `without` having none; `tied` others share the rank.

    `ascending`: 1 is the lowest value (an indicator of which less is better), else 1 is the highest.
    """

    rank: int
    of: int
    without: int
    tied: int
    ascending: bool

    @property
    def text(self) -> str:
        """« 2e plus forte sur 20 », « 3e plus faible ex æquo sur 8 (12 sans chiffre) », « la plus faible sur 20 ».

        The rank is read from the nearer end, whichever of the two is the better one: « 2e plus forte » says more than « 19e sur 20 ».
        """
        equal = " ex æquo" if self.tied else ""
        other_end = self.of - self.rank - self.tied + 1
        first, last = ("faible", "forte") if self.ascending else ("forte", "faible")
        place, end = (self.rank, first) if self.rank <= other_end else (other_end, last)
        if self.of == 1:
            text = "seul chiffre connu"
        elif self.tied == self.of - 1:
            text = f"même chiffre dans les {self.of} communes"
        elif place == 1:
            text = f"la plus {end}{equal} sur {self.of}"
        else:
            text = f"{french.ordinal(place)} plus {end}{equal} sur {self.of}"
        return text + (f" ({self.without} sans chiffre)" if self.without else "")


def rank(found: Answer, code: str) -> Rank | None:
    """The rank of a commune among those that have a figure (see `ranks`); None when it has none itself.

    Only figures near its own are rounded as they are shown: of the others it is plain whether they stand before it.
    """
    mine = cell(found, code).value
    if mine is None:
        return None
    decimals, ascending = found.indicator.decimals, found.indicator.direction == "lower"
    values = found.observed["value"].to_numpy(dtype=np.float64)
    values, times = np.unique(values[np.isfinite(values)], return_counts=True)
    near = np.abs(values - mine) <= 2 * 10.0**-decimals
    here, read = _shown(mine, decimals), np.array([_shown(v, decimals) for v in values[near].tolist()])
    tied = int(times[near][read == here].sum()) - 1
    before = (read < here) if ascending else (read > here)
    beyond = ~near & ((values < mine) if ascending else (values > mine))
    of = int(times.sum())
    place = int(times[near][before].sum()) + int(times[beyond].sum()) + 1
    return Rank(place, of, len(found.cells) - of, tied, ascending)


def ranks(found: Answer) -> dict[str, Rank]:
    """The rank of every commune that has a figure, by code.

    Figures that read the same (rounded as they are shown) share the rank, and the next one is as far down as there are communes
    before it: 1, 2, 2, 4.
    """
    decimals, ascending = found.indicator.decimals, found.indicator.direction == "lower"
    values = {c: one.value for c, one in cells(found).items() if one.value is not None}
    reads = {value: _shown(value, decimals) for value in set(values.values())}
    shown = {c: reads[value] for c, value in values.items()}
    without = len(found.cells) - len(shown)
    ordered_values = sorted(shown.values(), reverse=not ascending)
    times = Counter(ordered_values)
    first = {value: place for place, value in reversed(list(enumerate(ordered_values, start=1)))}
    return {
        code: Rank(first[value], len(shown), without, times[value] - 1, ascending)
        for code, value in shown.items()
    }


# --------------------------------------------------------------------------------------------------------------- groups


def group_figures(desk: Desk, group: str) -> FigureSet:
    """The figures of the communes of one group, ready for `group_answer`. Raises KeyError for an unknown group."""
    return desk.figures_of(tuple(desk.groups[group]))


def group_answer(
    desk: Desk, figures: FigureSet, group: str, found: Answer, audience: Audience = Audience.PUBLIC
) -> Answer:
    """What `found` (an answer of the whole territory for `audience`) says of one group.

    Counts of people are those that the audience may see of the group, never counted anew: protecting a part of a table by itself
    would give its neighbours away.
    """
    indicator = found.indicator
    if indicator.kind != "network":
        return part(found, desk.groups[group])
    counted = indicator.numerator[0] if indicator.numerator else indicator.id
    day = dt.date.fromisoformat(found.vintage.period)
    people = {counted: _group_people(desk, counted, day, group, audience)}
    return answer(indicator, figures, desk.indicators, found.vintage.period, people, desk.sources)


def _group_people(desk: Desk, counted: str, day: dt.date, group: str, audience: Audience) -> PeopleCells:
    whole = desk.counted(counted, day, audience)
    mine = whole.frame[whole.frame["commune"].isin(list(desk.groups[group]))]
    if counted == "members":
        row = desk.members(day, audience).groups.loc[group]
        status = Status(row["status"])
        return PeopleCells(mine, float(row["value"]) if status is Status.OBSERVED else None, status)
    if (mine["status"] == Status.OBSERVED.value).all():
        return PeopleCells(mine, float(mine["value"].sum()))
    return PeopleCells(mine, None, Status.SUPPRESSED)


def around_answer(
    desk: Desk, codes: Sequence[str], found: Answer, audience: Audience = Audience.PUBLIC
) -> Answer | None:
    """What `found` says of the communes `codes` together, such as those around one; None where it may not be said.

    Counts of people by an area that is no declared table would give hidden communes away by difference: coordinators alone get them.
    Raises KeyError for a commune that the desk has not.
    """
    indicator = found.indicator
    if indicator.kind != "network":
        return part(found, codes)
    if audience is not Audience.ANIMATEUR:
        return None
    figures = desk.figures_of(tuple(codes))
    counted = indicator.numerator[0] if indicator.numerator else indicator.id
    rows = desk.counted(counted, dt.date.fromisoformat(found.vintage.period), audience).frame
    mine = rows[rows["commune"].isin(list(codes))]
    people = {counted: PeopleCells(mine, float(mine["value"].sum()))}
    return answer(indicator, figures, desk.indicators, found.vintage.period, people, desk.sources)


def total_text(found: Answer) -> str:
    """The figure of a territory or a group in a table: « 10,5 % », « au moins 306 logements », « secret statistique », « – »."""
    if found.total.value is not None:
        return found.total_text()
    return "–" if found.indicator.kind == "published" else _why_none(found.total)


def _why_none(total: Total) -> str:
    return french.status_text(total.status) or "–"


def gap_text(mine: Cell, other: Answer | None = None, than: str = "le territoire") -> str:
    """« 2,0 points de plus que le territoire » for a percentage, empty for everything else and where one of the two is unknown.

    `other`: the same answer of what it is compared with, called `than`, where that is not the territory.
    """
    indicator, total = mine.answer.indicator, (other or mine.answer).total.value
    if (
        indicator.unit != "%"
        or indicator.kind not in ("ratio", "change")
        or mine.value is None
        or total is None
    ):
        return ""
    gap = _shown(mine.value, indicator.decimals) - _shown(total, indicator.decimals)
    if not gap:
        return f"comme {than}"
    points = french.quantity(abs(gap), "points", indicator.decimals)
    return f"{points} de {'plus' if gap > 0 else 'moins'} que {than}"


def _shown(value: float, decimals: int) -> float:
    """The value as it reads: differences must agree with the figures that stand beside them."""
    text = french.number(value, decimals)
    return float(text.replace(french.MINUS, "-").replace(NNBSP, "").replace(",", "."))


# ----------------------------------------------------------------------------------------------------------------- past


@dataclass(frozen=True)
class Past:
    """One commune's figures of an indicator over its vintages, oldest first, cut where the series breaks.

    `parts` are runs of cells that compare with each other; `breaks` says why each following part does not.
    """

    indicator: Indicator
    parts: tuple[tuple[Cell, ...], ...]
    breaks: tuple[str, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell, oldest first."""
        return tuple(c for part in self.parts for c in part)

    @property
    def known(self) -> tuple[Cell, ...]:
        """The cells that have a figure."""
        return tuple(c for c in self.cells if c.value is not None)

    @property
    def change(self) -> str:
        """From the first to the last known figure of the last part: « −11 habitants (−6,9 %) de RP 2016 à RP 2022 ».

        Where the last part has a single figure, why it does not compare; empty when there is nothing to say.
        """
        known = [c for c in self.parts[-1] if c.value is not None]
        if len(known) < 2:
            return "ne se compare pas (rupture de série)" if self.breaks and len(self.known) > 1 else ""
        first, last = known[0], known[-1]
        labels = f"de {first.answer.vintage.label} à {last.answer.vintage.label}"
        return f"{change_text(self.indicator, first, last)} {labels}"


def past(cells_: Sequence[Cell]) -> Past:
    """The figures of one commune for one indicator, one a vintage, oldest first. Raises ValueError when there is none."""
    if not cells_:
        raise ValueError("no cell")
    parts: list[list[Cell]] = [[]]
    breaks: list[str] = []
    for one in cells_:
        note = one.answer.vintage.break_note
        if note and parts[-1]:
            parts.append([])
            breaks.append(note)
        parts[-1].append(one)
    return Past(cells_[-1].answer.indicator, tuple(tuple(part) for part in parts), tuple(breaks))


def change_text(indicator: Indicator, first: Cell, last: Cell) -> str:
    """How a figure changed, from the figures as they read: in points for a percentage, else in its unit and, from a base of
    `SMALL` on, in %: « −80 % » of five sales says less than « −4 ventes »."""
    if first.value is None or last.value is None:
        return ""
    decimals = indicator.decimals
    base, now = _shown(first.value, decimals), _shown(last.value, decimals)
    gap = now - base
    if not gap:
        return "stable"
    sign = "+" if gap > 0 else french.MINUS
    if indicator.unit == "%":
        return f"{sign}{french.quantity(abs(gap), 'points', decimals)}"
    text = f"{sign}{french.quantity(abs(gap), indicator.unit, decimals)}"
    return f"{text} ({french.signed(100 * gap / base, 1)}{NNBSP}%)" if abs(base) >= SMALL else text


def vintages_text(cells: Sequence[Cell], most: int = 6) -> str:
    """« RP 2016 : 155 habitants → RP 2022 : 143 habitants »; beyond `most` the first, the last, and how many stand between."""
    shown = list(cells)
    if len(shown) > most:
        between = french.quantity(len(shown) - 2, "autres dates")
        return f"{_dated(shown[0])} → … {between} … → {_dated(shown[-1])}"
    return " → ".join(_dated(c) for c in shown)


def _dated(one: Cell) -> str:
    return f"{one.answer.vintage.label}{NNBSP}: {one.text}"


# ------------------------------------------------------------------------------------------------------------- neighbours


def ordered(desk: Desk) -> list[str]:
    """The communes in the order of an index of names."""
    return sorted(desk.names, key=lambda code: french.sort_key(desk.names[code]))


def neighbours(codes: Sequence[str], code: str) -> tuple[str, str]:
    """The one before and the one after in `codes`; the list is a ring, so that no page is a dead end. Raises ValueError otherwise."""
    at = list(codes).index(code)
    return codes[at - 1], codes[(at + 1) % len(codes)]


def themes(desk: Desk) -> dict[str, list[Indicator]]:
    """The indicators to show, by theme, in the order of the catalogue."""
    found: dict[str, list[Indicator]] = {}
    for indicator in desk.indicators.values():
        if indicator.on_map:
            found.setdefault(indicator.theme, []).append(indicator)
    return found


def parts_of(indicators: Sequence[Indicator], shown: Mapping[str, Cell]) -> set[str]:
    """The counts among `indicators` (one theme) that a rate of the same theme already shows (« 15 sur 233 »), as far as that rate
    has a figure in `shown` (indicator → the commune's cell)."""
    return {
        part
        for indicator in indicators
        if indicator.kind in ("ratio", "network") and shown[indicator.id].detail
        for part in (*indicator.numerator, *indicator.denominator)
    } & {indicator.id for indicator in indicators}


def has_past(indicator: Indicator, audience: Audience) -> bool:
    """Whether there is a past to ask for: several vintages, and for counts of people an audience that may see earlier dates."""
    if len(indicator.periods) < 2:
        return False
    return indicator.secrecy != "people" or audience is Audience.ANIMATEUR
