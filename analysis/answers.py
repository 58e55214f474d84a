"""One indicator, one period, one answer: cells by commune, the territory's figure or why there is none, a sentence.

Everything a screen, a file or a slide shows of an indicator comes from the same `Answer`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

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
        self._inside = observations[observations["commune"].isin(list(self.names))]
        grouped = self._inside.groupby(["indicator", "period"], sort=False, observed=True)
        self._rows = {
            (str(indicator), str(period)): rows for (indicator, period), rows in grouped.indices.items()
        }
        self.imported: Collection[Key] = self._rows.keys() if imported is None else imported
        self._cells: dict[Key, pd.DataFrame] = {}

    def cells(self, indicator: str, period: str) -> pd.DataFrame:
        """`value` and `status` indexed by commune, in the territory's order, one row for each of its communes. One frame serves all who
        ask, made at the first: not to be changed.
        """
        key = (indicator, period)
        if key not in self._cells:
            rows = self._inside.iloc[self._rows.get(key, [])]
            frame = rows.set_index("commune")[["value", "status"]].reindex(list(self.names))
            absent = MISSING if key in self.imported else NOT_IMPORTED
            self._cells[key] = frame.assign(
                value=frame["value"].astype("float64"), status=frame["status"].astype(object).fillna(absent)
            )
        return self._cells[key]

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
    elif indicator.kind == "count":
        cells = figures.cells(indicator.id, vintage.period)
        total = _sum(cells)
    elif indicator.kind == "ratio" and not vintage.published:
        cells, total = _ratio(indicator, vintage, figures)
    elif indicator.kind == "change":
        cells, total = _change(indicator, vintage, figures)
    else:
        cells = figures.cells(indicator.id, vintage.period)
        covered = int((cells["status"] == OBSERVED).sum())
        absent = bool((cells["status"] == NOT_IMPORTED).any())
        total = Total(
            None,
            Status.NOT_IMPORTED if absent else Status.MISSING,
            covered,
            len(cells),
            reason=indicator.no_total,
        )
    cells = cells.assign(
        **{name: math.nan for name in ("numerator", "denominator") if name not in cells},
        name=[figures.names[code] for code in cells.index],
    ).rename_axis("commune")
    cells = cells.reset_index()[["commune", "name", "value", "status", "numerator", "denominator"]]
    lacking = [key for key in _needed(indicator, vintage, figures, catalogue) if key not in figures.imported]
    return Answer(indicator, vintage, cells, total, _publications(lacking, catalogue, sources or {}))


def part(found: Answer, codes: Collection[str]) -> Answer:
    """What `found` says of some of its communes together, from its own cells: nothing is read or divided again.

    Not for counts of people, which are protected as a whole. Raises KeyError for a commune that the answer has not.
    """
    if absent := set(codes) - set(found.cells["commune"]):
        raise KeyError(sorted(absent)[0])
    cells = found.cells[found.cells["commune"].isin(list(codes))].reset_index(drop=True)
    indicator = found.indicator
    if indicator.kind == "count":
        total = _sum(cells)
    elif indicator.kind in ("ratio", "change") and not found.vintage.published:
        now, base = cells["numerator"].sum(), cells["denominator"].sum()
        if indicator.kind == "ratio":
            total = _ratio_total(cells, now, base, indicator.scale)
        else:
            total = _ratio_total(cells, now - base, base, 100)
            total = total if total.value is None else replace(total, numerator=float(now))
    else:
        covered = int((cells["status"] == OBSERVED).sum())
        total = replace(found.total, covered=covered, of=len(cells))
    return replace(found, cells=cells, total=total)


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


def _sum(cells: pd.DataFrame) -> Total:
    observed = cells["status"] == OBSERVED
    covered, of = int(observed.sum()), len(cells)
    if not covered:
        status = next(
            (s for s in (Status.NOT_IMPORTED, Status.SUPPRESSED) if (cells["status"] == s.value).any()),
            Status.MISSING,
        )
        if status is Status.NOT_IMPORTED:
            return Total(None, status, 0, of, reason=french.status_text(status))
        return Total(None, status, 0, of, reason=f"aucune commune : {french.status_text(status)}")
    return Total(
        float(cells.loc[observed, "value"].sum()), Status.OBSERVED, covered, of, at_least=covered < of
    )


_STRENGTH = (OBSERVED, MISSING, SUPPRESSED, NOT_IMPORTED)


def _worst(statuses: Sequence[pd.Series]) -> pd.Series:
    """Not imported wins over suppressed, that over missing, that over observed: what a combination of cells can be."""
    result = statuses[0].copy()
    for status in statuses[1:]:
        for word in (MISSING, SUPPRESSED, NOT_IMPORTED):
            weaker = _STRENGTH[: _STRENGTH.index(word)]
            result = result.mask((status == word) & result.isin(weaker), word)
    return result


def _added(indicators: Sequence[str], period: str, figures: FigureSet) -> pd.DataFrame:
    frames = [figures.cells(i, period) for i in indicators]
    value = frames[0]["value"].copy()
    for frame in frames[1:]:
        value = value + frame["value"]
    return pd.DataFrame({"value": value, "status": _worst([f["status"] for f in frames])})


def _divide(numerator: pd.DataFrame, denominator: pd.DataFrame, scale: float) -> pd.DataFrame:
    status = _worst([numerator["status"], denominator["status"]])
    status = status.mask(
        (denominator["value"] == 0) & (status == OBSERVED), MISSING
    )  # no rate without a denominator
    ok = status == OBSERVED
    return pd.DataFrame(
        {
            "value": (scale * numerator["value"] / denominator["value"]).where(ok),
            "status": status,
            "numerator": numerator["value"],
            "denominator": denominator["value"],
        }
    )


def _ratio_total(cells: pd.DataFrame, numerator: float, denominator: float, scale: float) -> Total:
    covered, of = int((cells["status"] == OBSERVED).sum()), len(cells)
    unknown = cells[cells["numerator"].isna() | cells["denominator"].isna()]
    if (cells["status"] == NOT_IMPORTED).any():
        return Total(None, Status.NOT_IMPORTED, covered, of, reason=french.status_text(Status.NOT_IMPORTED))
    if len(unknown):
        secret = int((unknown["status"] == SUPPRESSED).sum())
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


def _ratio(indicator: Indicator, vintage: Vintage, figures: FigureSet) -> tuple[pd.DataFrame, Total]:
    numerator = _added(indicator.numerator, vintage.period, figures)
    denominator = _added(indicator.denominator, vintage.denominator_period or vintage.period, figures)
    cells = _divide(numerator, denominator, indicator.scale)
    return cells, _ratio_total(cells, numerator["value"].sum(), denominator["value"].sum(), indicator.scale)


def _change(indicator: Indicator, vintage: Vintage, figures: FigureSet) -> tuple[pd.DataFrame, Total]:
    """Relative change in %: 100 × (now − base) / base; `numerator` is now, `denominator` the base."""
    now = _added(indicator.numerator, vintage.period, figures)
    base = _added(indicator.numerator, vintage.base_period, figures)
    cells = _divide(now.assign(value=now["value"] - base["value"]), base, 100)
    cells = cells.assign(numerator=now["value"])
    total = _ratio_total(cells, now["value"].sum() - base["value"].sum(), base["value"].sum(), 100)
    if total.value is None:
        return cells, total
    return cells, Total(
        total.value, total.status, total.covered, total.of, float(now["value"].sum()), total.denominator
    )


def _network(
    indicator: Indicator,
    figures: FigureSet,
    catalogue: Mapping[str, Indicator],
    people: Mapping[str, PeopleCells],
) -> tuple[pd.DataFrame, Total]:
    counted = people[indicator.numerator[0] if indicator.numerator else indicator.id]
    counts = counted.frame.set_index("commune")[["value", "status"]].reindex(list(figures.names))
    counts = counts.assign(
        value=counts["value"].astype("float64"), status=counts["status"].astype(object).fillna(MISSING)
    )
    covered = int((counts["status"] == OBSERVED).sum())
    if not indicator.denominator:
        if counted.total is None:
            return counts, Total(None, counted.total_status, covered, len(counts), reason=_hidden(counted))
        return counts, Total(float(counted.total), Status.OBSERVED, covered, len(counts))
    base = catalogue[indicator.denominator[0]]
    denominator = figures.cells(base.id, figures.latest(base))
    cells = _divide(counts, denominator, indicator.scale)
    if counted.total is None:
        return cells, Total(None, counted.total_status, covered, len(counts), reason=_hidden(counted))
    # A commune's count may be hidden and the territory's shown: the total divides the total, not the sum of the cells.
    total = _ratio_total(
        cells.assign(numerator=0.0), counted.total, float(denominator["value"].sum()), indicator.scale
    )
    return cells, total


def _hidden(people: PeopleCells) -> str:
    return (
        "nombre trop petit pour être montré"
        if people.total_status is Status.SUPPRESSED
        else french.status_text(people.total_status)
    )


# ------------------------------------------------------------------------------------------------------------------ sentence


def _extremes(draft: Answer, *, largest: bool, most: int = 2, names_only: bool = False) -> str:
    """« à Vidai (17,4 %, 8 logements sur 46) et au Mêle-sur-Sarthe (17,3 %, 80 sur 465) », ties after the last one included."""
    seen = draft.observed.assign(order=[french.sort_key(n) for n in draft.observed["name"]])
    seen = seen.sort_values(["value", "order"], ascending=[not largest, True])
    most = 3 if names_only else most
    if len(seen) > most:
        edge = seen["value"].iloc[most - 1]
        tied = int((seen["value"] == edge).sum() - (seen["value"].iloc[:most] == edge).sum())
    else:
        tied = 0
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
        "top": _extremes(draft, largest=True),
        "bottom": _extremes(draft, largest=False),
        "top_names": _extremes(draft, largest=True, names_only=True),
    }
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
