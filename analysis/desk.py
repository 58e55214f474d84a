"""The desk: everything known at one revision, asked one question at a time. Screens, files and paper ask here and nowhere else."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Any, TypeVar

import pandas as pd

from analysis import declared, network
from analysis.answers import Answer, FigureSet, PeopleCells, answer
from analysis.declared import Release
from analysis.lacks import lost_files, needs_of
from analysis.levels import Elsewhere, LevelFigures, References, elsewhere, references
from analysis.model import (
    CELL_COLUMNS,
    LEVEL_COLUMNS,
    Audience,
    Indicator,
    Level,
    Source,
    Status,
    Thresholds,
)
from analysis.secrecy import Protected
from analysis.watch.matching import Need

T = TypeVar("T")

_CONTENTS = itertools.count(1)

LISTINGS = "listings_available"
"""The indicator that counts dwellings to be had, from the housing watch."""
SCHOOLS = "open_schools"
"""The indicator that counts open schools; in the catalogue from its first import on."""


@dataclass(frozen=True)
class NetworkRows:
    """The network's rows of one origin, as frames (columns: see `data.network`). `origin` is ``demo`` or ``real``."""

    origin: str
    stays: pd.DataFrame
    applications: pd.DataFrame
    listings: pd.DataFrame
    sightings: pd.DataFrame
    events: pd.DataFrame
    contacts: pd.DataFrame

    @property
    def is_demo(self) -> bool:
        """Whether every figure counted from these rows must be marked « démonstration »."""
        return self.origin == "demo"

    @property
    def has_nobody(self) -> bool:
        """Whether the register holds no stay at all, of anybody: there is nothing to count, to show or to hide."""
        return self.stays.empty


@dataclass(frozen=True)
class Desk:
    """`names`: code → name of the territory's communes, in its order; `groups`: name → codes.

    `levels`: figures of what surrounds the territory (`LEVEL_COLUMNS`); `around`: what each commune is compared with.
    `today` closes the calendar of the network's indicators, `revision` is the store's when the frames were read; `sources` are the
    catalogue's, to say what is to be imported. `content` numbers what the desk holds: two desks of a process that have the same number
    answer alike, whatever was written in the store between them.
    """

    indicators: Mapping[str, Indicator]
    observations: pd.DataFrame
    names: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]
    thresholds: Thresholds
    network: NetworkRows
    today: dt.date
    revision: int = 0
    sources: Mapping[str, Source] = field(default_factory=dict)
    levels: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=LEVEL_COLUMNS))
    around: Mapping[str, tuple[Level, ...]] = field(default_factory=dict)
    content: int = field(default_factory=lambda: next(_CONTENTS), compare=False)
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    _watched: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    _making: RLock = field(default_factory=RLock, repr=False, compare=False)

    def _keep(self, key: object, make: Callable[[], T], *, watched: bool = False) -> T:
        """What `make` gives, computed once: whoever asks meanwhile waits for it instead of computing it too.

        `watched`: the housing watch is in it, so that it is not left to the next desk (`make_desk`).
        """
        kept = self._watched if watched else self._kept
        if key not in kept:
            with self._making:
                if key not in kept:
                    kept[key] = make()
        return kept[key]  # type: ignore[no-any-return]

    @property
    def figures(self) -> FigureSet:
        """The current observations of the territory."""
        return self.figures_of(tuple(self.names))

    def figures_of(self, codes: tuple[str, ...]) -> FigureSet:
        """The current observations of some communes of the territory. Raises KeyError for a commune that it has not."""
        named = {code: self.names[code] for code in codes}
        if len(named) == len(self.names):
            return self._keep(("figures", codes), lambda: FigureSet(self.observations, named))
        # What was imported is told of the whole territory: a file that holds nothing of a part was imported all the same.
        imported = self.figures.imported
        return self._keep(("figures", codes), lambda: FigureSet(self.observations, named, imported))

    def answer(
        self, indicator: str, period: str | None = None, audience: Audience = Audience.PUBLIC
    ) -> Answer:
        """The answer for one indicator and period (latest when None), made once. Raises KeyError for an unknown indicator or period."""
        entry = self.indicators[indicator]
        named = entry.vintage(period).period

        def make() -> Answer:
            people = None
            if entry.kind == "network":
                people = {counted: self.counted(counted, dt.date.fromisoformat(named), audience)}
            return answer(entry, self.figures, self.indicators, named, people, self.sources)

        counted = entry.numerator[0] if entry.numerator else entry.id
        if entry.kind != "network":  # the same for everybody
            return self._keep(("answer", indicator, named), make)
        return self._keep(("answer", indicator, named, audience), make, watched=counted == LISTINGS)

    @property
    def level_figures(self) -> LevelFigures:
        """The figures of what surrounds the territory."""
        return self._keep("levels", lambda: LevelFigures(self.levels))

    def elsewhere(self, found: Answer, commune: str = "") -> tuple[Elsewhere, ...]:
        """What `found` says of what surrounds `commune`, or the whole territory (see `analysis.levels.elsewhere`)."""
        return elsewhere(found, self.level_figures, self.around_of(commune))

    def references(self, found: Sequence[Answer], commune: str = "") -> References:
        """What a chart of `found` is compared with: what surrounds `commune`, or the whole territory (see `analysis.levels.references`)."""
        return references(found, self.level_figures, self.around_of(commune))

    def around_of(self, commune: str = "") -> tuple[Level, ...]:
        """What a commune is compared with, or what all communes lie in when none is given; what is the territory itself is left out."""
        if commune:
            return tuple(level for level in self.around.get(commune, ()) if not level.whole)
        shared = [set(each) for each in self.around.values()]
        first = next(iter(self.around.values()), ())
        return tuple(level for level in first if not level.whole and all(level in each for each in shared))

    def counted(self, what: str, day: dt.date, audience: Audience) -> PeopleCells:
        """The protected counts by commune of `what` (members, applications, listings_available) on a day. Raises KeyError otherwise."""
        codes = list(self.names)
        if what == LISTINGS:
            cells = network.listings_by_commune(self.listings(day), codes)
            return PeopleCells(cells, float(cells["value"].sum()))
        if what == "applications":
            found = self.applications(day, audience)
        elif what == "members":
            found = self.members(day, audience)
        else:
            raise KeyError(what)
        cells = found.cells.rename_axis("commune").reset_index()[CELL_COLUMNS]
        return PeopleCells(cells, found.total, Status(found.total_status))

    def members(self, day: dt.date, audience: Audience) -> Protected:
        """Members present by commune, by group and in all on a day, as `audience` may see them.

        Before today, others than coordinators get the consenting members by commune and, for a year's end, the
        territory's count: the declared list has nothing else.
        """
        if day == self.today:
            return self.release(audience).members_here

        def count() -> Protected:
            found = network.members_by_commune(
                self.network.stays, list(self.names), day, audience, self.thresholds, groups=self.groups
            )
            if self._sees_all(audience):
                return found
            return declared.at_year(found, self.release(audience).members_by_year, day, "present")

        return self._keep(("members", day, audience), count)

    def applications(self, day: dt.date, audience: Audience) -> Protected:
        """Files received until a day by wished commune and in all; earlier days as in `members`."""
        if day == self.today:
            return self.release(audience).applications_here
        found = network.applications_by_commune(
            self.network.applications, list(self.names), day, audience, self.thresholds
        )
        if self._sees_all(audience):
            return found
        return declared.at_year(found, self.release(audience).applications_by_year, day, "cumulative")

    def _sees_all(self, audience: Audience) -> bool:
        return self.thresholds.of(audience) <= 1

    @property
    def first_year(self) -> int:
        """The first year of the network's calendar."""
        return int(self.indicators["members"].periods[0][:4])

    def release(self, audience: Audience) -> Release:
        """The declared list of tables for `audience`: all that it may know of people who did not consent."""
        rows = self.network
        return self._keep(
            ("release", audience),
            lambda: declared.release(
                declared.Rows(rows.stays, rows.applications, rows.contacts, rows.events),
                list(self.names),
                self.groups,
                self.first_year,
                self.today,
                audience,
                self.thresholds,
            ),
        )

    def lost_needs(self) -> list[Need]:
        """What each file lost for lack of a dwelling had wanted, one by one: for coordinators alone."""
        return needs_of(lost_files(self.network.applications), list(self.names))

    def schools(self) -> dict[str, bool] | None:
        """Whether a school is open in each commune of which that is known; None while nobody imported where schools are."""
        if SCHOOLS not in self.indicators:
            return None
        cells = self.answer(SCHOOLS).cells
        told = cells[cells["status"] == Status.OBSERVED.value]
        return {str(code): value > 0 for code, value in zip(told["commune"], told["value"], strict=True)}

    def shown_members(self, day: dt.date, audience: Audience) -> dict[str, int]:
        """How many members the circles of the map show, by commune: all to coordinators, those who consented to others."""
        cells = self.members(day, audience).cells
        column = "value" if audience is Audience.ANIMATEUR else "public"
        return {str(code): int(n) for code, n in cells[column].items()}

    def largest_member_count(self, audience: Audience) -> float:
        """The largest circle of any year, so that circles compare from one year to another."""
        days = [dt.date.fromisoformat(period) for period in self.indicators["members"].periods]
        return self._keep(
            ("largest", audience),
            lambda: float(
                network.largest_count(
                    self.network.stays,
                    list(self.names),
                    days,
                    public_only=audience is not Audience.ANIMATEUR,
                )
            ),
        )

    def network_day(self, period: str) -> dt.date:
        """The day of the network's calendar that goes with any indicator's period: its year's end, never after today."""
        try:
            day = dt.date.fromisoformat(period)
        except ValueError:
            day = dt.date(int(period[:4]), 12, 31)
        return min(day, self.today)

    def growth(self, audience: Audience) -> pd.DataFrame:
        """The network year by year (columns: see `analysis.network.growth`)."""
        return self.release(audience).members_by_year

    def listings(self, day: dt.date | None = None) -> pd.DataFrame:
        """The listings that may still be had on a day, today when None (columns: those of the rows, and `last_seen`)."""
        on, rows = day or self.today, self.network
        return self._keep(
            ("listings", on),
            lambda: network.listings_available(rows.listings, rows.sightings, on),
            watched=True,
        )


def make_desk(
    known: Mapping[str, Any], today: dt.date, revision: int = 0, before: Desk | None = None
) -> Desk:
    """A desk of what `data.opening.read_all` gives. `before`: the desk of an earlier revision, whose answers are taken over where all that
    they were made of is the very same: listings and sightings are no part of what a desk keeps.
    """
    rest = {name: value for name, value in known.items() if name != "network"}
    made = Desk(network=NetworkRows(**known["network"]), today=today, revision=revision, **rest)
    if before is None or not _same_but_the_watch(made, before):
        return made
    if all(
        getattr(made.network, name) is getattr(before.network, name) for name in ("listings", "sightings")
    ):
        return replace(made, _kept=before._kept, _watched=before._watched, content=before.content)
    return replace(made, _kept=before._kept)


def _same_but_the_watch(one: Desk, other: Desk) -> bool:
    """Whether two desks were made of the same objects, but for the housing watch."""
    frames = ("stays", "applications", "events", "contacts")
    levels = one.levels is other.levels or (one.levels.empty and other.levels.empty)
    return (
        (one.today, one.names, one.groups, one.thresholds)
        == (other.today, other.names, other.groups, other.thresholds)
        and one.observations is other.observations
        and one.indicators is other.indicators
        and one.sources is other.sources
        and levels
        and one.around == other.around
        and all(getattr(one.network, name) is getattr(other.network, name) for name in frames)
        and one.network.origin == other.network.origin
    )
