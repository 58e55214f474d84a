"""The attacker: what the declared tables give away, by differences and by exact bounds.

A release is turned into what a reader can write down about the people who did not consent (consenting people are known one by one):
equations between cells (a total is the sum of its communes; a year's stock is the one before, plus arrivals, less departures), and, for a
reader who also knows the program, the inequalities that its rule implies. Unknowns are whole numbers, 0 or more.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from analysis.community import INSTITUTIONS, Tally
from analysis.declared import Release
from analysis.outcomes import FATES
from analysis.secrecy import Protected

Cell = Hashable
MANY = 10_000.0
"""More people than any test counts: the upper bound of a cell that nothing else limits."""


@dataclass
class Knowledge:
    """What a reader knows: `shown` cells, equations Σ coefficient × cell = 0, and upper bounds of hidden cells."""

    shown: dict[Cell, float] = field(default_factory=dict)
    equations: list[dict[Cell, float]] = field(default_factory=list)
    at_most: dict[Cell, float] = field(default_factory=dict)

    def see(self, cell: Cell, value: float, known: float = 0) -> None:
        """A cell of a table: shown unless NaN, less the people known one by one."""
        if not pd.isna(value):
            self.shown[cell] = float(value) - known

    def sum(self, whole: Cell, parts: Sequence[Cell]) -> None:
        """`whole` is the sum of `parts`."""
        self.equations.append({whole: -1.0} | dict.fromkeys(parts, 1.0))

    def hidden(self) -> list[Cell]:
        """The cells of the equations that are not shown."""
        cells = dict.fromkeys(cell for equation in self.equations for cell in equation)
        return [cell for cell in cells if cell not in self.shown]


def read(
    release: Release,
    threshold: int,
    groups: Mapping[str, Sequence[str]],
    answered: pd.DataFrame | None = None,
) -> Knowledge:
    """All that `release` says, and what its rule implies for a reader who knows the threshold. `answered`: the table made beside it."""
    known = Knowledge()
    _row(known, "member", release.members_here, groups, threshold)
    _years(known, release.members_by_year, threshold)
    total: Cell = ("member", "total")
    last = release.members_by_year.iloc[-1]["period"]
    known.equations.append({total: 1.0, ("present", last): -1.0})
    _row(known, "file", release.applications_here, {}, threshold)
    known.equations[-1][("file", "elsewhere or without a wish")] = 1.0
    _files(known, release.applications_by_year)
    _housing(known, release)
    _outcomes(known, release, answered)
    _tally(known, "contact", release.contacts, threshold)
    _tally(known, "event", release.events, threshold)
    return known


def _row(
    known: Knowledge, name: str, table: Protected, groups: Mapping[str, Sequence[str]], threshold: int
) -> None:
    """Communes, groups and total. The equation of the total comes last."""
    total: Cell = (name, "total")
    if table.total is not None:
        known.shown[total] = table.total - table.total_public
    for kind, frame in (("commune", table.cells), ("group", table.groups)):
        for key, row in frame.iterrows():
            known.see((name, kind, key), row["value"], row["public"])
    inside = [code for codes in groups.values() for code in codes]
    parts: list[Cell] = [(name, "group", group) for group in groups]
    for group, codes in groups.items():
        cells: list[Cell] = [(name, "commune", code) for code in codes]
        known.sum((name, "group", group), cells)
        if (name, "group", group) in known.shown:
            _rule(known, cells)
    rest: list[Cell] = [(name, "commune", code) for code in table.cells.index if code not in inside]
    known.sum(total, parts + rest)
    if not groups and total in known.shown:
        _rule(known, rest)


def _rule(known: Knowledge, cells: Sequence[Cell]) -> None:
    """In a row whose sum is shown the smallest cells are hidden: none exceeds a shown one."""
    shown = [known.shown[cell] for cell in cells if cell in known.shown and known.shown[cell] > 0]
    if shown:
        for cell in cells:
            if cell not in known.shown:
                known.at_most[cell] = min(shown)


def _years(known: Knowledge, frame: pd.DataFrame, threshold: int) -> None:
    before: Cell = ("present", "before")
    for position, row in enumerate(frame.to_dict("records")):
        stock, came, went = (("present", row["period"]), ("came", row["period"]), ("went", row["period"]))
        known.see(stock, row["present"], row["public_present"])
        known.see(came, row["arrivals"], row["public_arrivals"])
        known.see(went, row["departures"], row["public_departures"])
        known.equations.append({stock: -1.0, before: 1.0, came: 1.0, went: -1.0})
        if stock not in known.shown and position < len(frame) - 1:
            known.at_most[stock] = threshold - 1
        before = stock


def _files(known: Knowledge, frame: pd.DataFrame) -> None:
    running: Cell | None = None
    for row in frame.to_dict("records"):
        received, until = ("received", row["period"]), ("received until", row["period"])
        known.see(received, row["received"])
        known.see(until, row["cumulative"])
        known.sum(until, [received] if running is None else [running, received])
        running = until
    known.equations.append({("file", "total"): 1.0, running: -1.0})


def _housing(known: Knowledge, release: Release) -> None:
    """How the files stand: waiting for a dwelling, lost for lack of one, others; the lost ones by what they wanted and where.

    A commune's lost files are among its files, and so are those that wished for no commune.
    """
    states: list[Cell] = [("file is", state) for state in release.searching.cells.index]
    for state, row in release.searching.cells.iterrows():
        known.see(("file is", state), row["value"])
    known.sum(("file", "total"), states)
    if release.searching.total is not None:
        _rule(known, states)
    lost: Cell = ("file is", "lost")
    wanted: list[Cell] = [("wanted", key) for key in release.lacks.cells.index]
    for key, row in release.lacks.cells.iterrows():
        known.see(("wanted", key), row["value"])
    if release.lacks.total is not None:
        known.shown[lost] = release.lacks.total
        known.sum(lost, wanted)
        _rule(known, wanted)
    elsewhere: Cell = ("lost", "elsewhere or without a wish")
    places: list[Cell] = []
    for code, row in release.lacks_here.cells.iterrows():
        cell: Cell = ("lost", "commune", code)
        places.append(cell)
        known.see(cell, row["value"])
        known.sum(("file", "commune", code), [cell, ("not lost", code)])
    known.sum(("file", "elsewhere or without a wish"), [elsewhere, ("not lost", "elsewhere")])
    known.sum(lost, [*places, elsewhere])
    _wanted_here(known, release)
    if release.lacks_here.total is not None:
        _rule(known, places)


def _outcomes(known: Knowledge, release: Release, answered: pd.DataFrame | None) -> None:
    """How the files stand and ended, why, and by cohort: the same people once more, so everything adds up with the tables above."""
    fates: list[Cell] = [("fate", fate) for fate in FATES]
    for fate, row in release.fates.cells.iterrows():
        known.see(("fate", fate), row["value"])
    known.sum(("file", "total"), fates)
    if release.fates.total is not None:
        known.shown[("file", "total")] = release.fates.total
    pending, lost = ("rest", "pending"), ("rest", "lost")
    known.sum(("fate", "pending"), [("file is", "searching"), pending])
    ends: list[Cell] = [("end", end) for end in release.ends.cells.index]
    for end, row in release.ends.cells.iterrows():
        known.see(("end", end), row["value"])
        mine = release.reasons[release.reasons["end"] == end]
        for why in mine.to_dict("records"):
            known.see(("reason", end, why["reason"]), why["value"])
        known.sum(("end", end), [("reason", end, code) for code in mine["reason"]])
    known.sum(("fate", "ended"), ends)
    known.sum(("end", "lost"), [("file is", "lost"), lost])
    known.sum(("reason", "lost", "housing"), [("file is", "lost")])
    known.sum(
        ("file is", "others"), [pending, ("fate", "settled"), ("end", "declined"), ("end", "withdrawn"), lost]
    )
    spans = release.cohorts.to_dict("records")
    years = {int(period[:4]): period for period in release.applications_by_year["period"]}
    for span in spans:
        for fate in FATES:
            known.see(("cohort", span["first"], span["last"], fate), span[fate])
        inside = [period for year, period in years.items() if span["first"] <= year <= span["last"]]
        known.equations.append(
            {("cohort", span["first"], span["last"], fate): 1.0 for fate in FATES}
            | {("received", period): -1.0 for period in inside}
        )
    for row in () if answered is None else answered.to_dict("records"):
        step = row["step"]
        cells: list[Cell] = [("answered", step, part) for part in ("within", "beyond")]
        for cell, part in zip(cells, ("within", "beyond"), strict=True):
            known.see(cell, row[part])
        still: Cell = ("answered", step, "open")
        if step == "received":  # everybody came through it, and who is still open there is under way
            known.sum(("file", "total"), [*cells, still])
            known.sum(("fate", "pending"), [still, ("rest", "open")])
        elif step == "settled":
            known.sum(("fate", "settled"), [*cells, still])


def _wanted_here(known: Knowledge, release: Release) -> None:
    """The lost files by commune and dwelling: of a commune that is told, everything is; both margins are the tables above."""
    table = release.lacks_in
    kinds = [*release.lacks.cells.index]
    counts = release.lacks_here.cells["value"]
    told = set(table["commune"]) | set(counts.index[counts == 0])
    for row in table.to_dict("records"):
        known.see(("wanted here", row["commune"], row["lack"]), row["value"])
    for code in release.lacks_here.cells.index:
        cells: list[Cell] = [("wanted here", code, kind) for kind in kinds]
        for cell in cells:
            if code in told:
                known.shown.setdefault(cell, 0.0)
        if kinds:
            known.sum(("lost", "commune", code), cells)
    for kind in kinds:
        parts: list[Cell] = [("wanted here", code, kind) for code in release.lacks_here.cells.index]
        known.sum(("wanted", kind), [*parts, ("wanted here", "elsewhere", kind)])


def _tally(known: Knowledge, name: str, tally: Tally, threshold: int) -> None:
    kinds = [kind for kind in tally.table["kind"] if kind not in INSTITUTIONS]
    institutions = int(tally.table.loc[tally.table["kind"].isin(INSTITUTIONS), "known"].sum())
    for row in tally.table.to_dict("records"):
        if row["kind"] in kinds:
            known.see((name, row["kind"]), row["count"], row["known"])
    if tally.total is not None:
        known.shown[(name, "total")] = tally.total - tally.known
        assert tally.known >= institutions
    cells: list[Cell] = [(name, kind) for kind in kinds]
    known.sum((name, "total"), cells)
    if (name, "total") in known.shown:
        _rule(known, cells)


def by_differences(known: Knowledge) -> dict[Cell, float]:
    """The hidden cells that subtractions alone recover: an equation with one unknown gives it, again and again."""
    found: dict[Cell, float] = {}
    values = dict(known.shown)
    again = True
    while again:
        again = False
        for equation in known.equations:
            unknown = [cell for cell in equation if cell not in values]
            if len(unknown) == 1:
                rest = sum(factor * values[cell] for cell, factor in equation.items() if cell in values)
                found[unknown[0]] = values[unknown[0]] = -rest / equation[unknown[0]]
                again = True
    return found


def pinned(known: Knowledge) -> dict[Cell, float]:
    """The hidden cells that can be one whole number only, by linear programming (an integer program: exact).

    Each program gives a whole register that looks the same from outside. Two of them that differ in a cell show that it has more than one
    possible value. Programs that push every cell in which all registers agree, up or down by lot, soon tell nearly all apart; of each cell
    in which they still agree, the smallest and the largest value are asked, unless subtractions give it already.
    """
    cells = known.hidden()
    if not cells:
        return {}
    place = {cell: i for i, cell in enumerate(cells)}
    left = np.zeros((len(known.equations), len(cells)))
    right = np.zeros(len(known.equations))
    for i, equation in enumerate(known.equations):
        for cell, factor in equation.items():
            if cell in place:
                left[i, place[cell]] += factor
            else:
                right[i] -= factor * known.shown[cell]
    rules = LinearConstraint(csr_array(left), right, right)
    limits = Bounds(0.0, np.array([known.at_most.get(cell, MANY) for cell in cells]))
    least, most = np.full(len(cells), np.inf), np.full(len(cells), -np.inf)

    def ask(aim: np.ndarray) -> int:
        """Take in the register that makes `aim` smallest; how many cells all registers agree in now."""
        result: Any = milp(aim, integrality=np.ones(len(cells)), bounds=limits, constraints=rules)
        assert result.status == 0, result.message  # else the equations contradict each other
        register = np.round(result.x)
        assert np.array_equal(left @ register, right)
        np.minimum(least, register, out=least)
        np.maximum(most, register, out=most)
        return int((least == most).sum())

    subtracted = by_differences(known)
    asked = np.array([cell not in subtracted for cell in cells])
    lots = np.random.default_rng(len(cells))
    agreed, before = ask(np.zeros(len(cells))), len(cells) + 1
    while agreed < before and (asked & (least == most)).any():
        before = agreed
        aim = lots.choice([-1.0, 1.0], len(cells)) * (asked & (least == most))
        agreed = min(ask(aim), ask(-aim))
    for at in np.flatnonzero(asked):
        for sign in (1.0, -1.0):
            if least[at] == most[at]:
                ask(sign * (np.arange(len(cells)) == at))
    return {cell: float(least[i]) for cell, i in place.items() if least[i] == most[i]}


def recovered(known: Knowledge) -> dict[Cell, float]:
    """The hidden cells that have one possible value only."""
    return by_differences(known) | pinned(known)


def consistent(known: Knowledge, truth: Mapping[Cell, float]) -> bool:
    """Whether the true counts satisfy everything that the attacker wrote down: an attack on wrong equations would prove nothing."""
    sums = all(
        abs(sum(factor * truth[cell] for cell, factor in equation.items())) < 1e-9
        for equation in known.equations
    )
    shown = all(truth[cell] == value for cell, value in known.shown.items() if cell in truth)
    return sums and shown and all(truth[cell] <= most for cell, most in known.at_most.items())
