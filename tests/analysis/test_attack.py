"""The attack on the declared list of tables as a whole: no hidden count of people can be recovered from everything that leaves."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import declared
from analysis.applications.steps import REASONS
from analysis.declared import Release, Rows
from analysis.desk import Desk, make_desk
from analysis.model import Audience, Thresholds
from analysis.network import members_by_commune
from analysis.outcomes import told
from analysis.secrecy import flat, protect, protect_flow
from analysis.vocabulary import CONTACT_KINDS, EVENT_KINDS
from tests.analysis import attack
from tests.analysis.attack import Cell, Knowledge
from tests.draws import draws

TODAY = dt.date(2026, 5, 12)
FIRST_YEAR = 2019
LIMITS = Thresholds(public=11, council=3)
OPEN = Thresholds(public=1, council=1)
"""Nothing is hidden: the true counts, told as to somebody outside."""
OUTSIDERS = [Audience.PUBLIC, Audience.ELU]


def random_rows(seed: int) -> tuple[Rows, list[str], dict[str, list[str]]]:
    """A register of 0 to some 200 people in 1 to 9 communes, of which none, some or all stand in groups; consents at random."""
    random = np.random.default_rng(seed)
    codes = [f"c{i}" for i in range(int(random.integers(1, 10)))]
    cuts = sorted(random.choice(len(codes) + 1, size=2).tolist())
    groups = {"g1": codes[: cuts[0]], "g2": codes[cuts[0] : cuts[1]]}
    groups = {name: inside for name, inside in groups.items() if inside}
    weights = random.dirichlet(np.full(len(codes), random.choice([0.2, 1.0, 5.0])))
    people = int(random.choice([0, 3, 12, 40, 90, 200]))
    consent = random.choice([0.0, 0.3, 0.9])
    stays = []
    for member in range(people):
        day = dt.date(FIRST_YEAR - 2, 6, 1) + dt.timedelta(
            days=int(random.integers(0, (TODAY.year - FIRST_YEAR + 2) * 365))
        )
        left = day + dt.timedelta(days=int(random.exponential(1500)))
        stays.append(
            (
                f"m{member}",
                codes[int(random.choice(len(codes), p=weights))],
                day,
                left if left < TODAY else None,
                bool(random.random() < consent),
            )
        )
    received = [
        dt.date(FIRST_YEAR - 1, 1, 1) + dt.timedelta(days=int(d))
        for d in random.integers(0, (TODAY.year - FIRST_YEAR + 2) * 365, people)
    ]
    wishes = [
        codes[int(random.choice(len(codes), p=weights))] if random.random() < 0.7 else None
        for _ in range(people)
    ]
    contacts = [
        (
            f"k{i}",
            f"p{i}",
            list(CONTACT_KINDS)[int(random.integers(len(CONTACT_KINDS)))],
            bool(random.random() < 0.4),
        )
        for i in range(int(random.integers(0, 60)))
    ]
    events = [
        (
            f"e{i}",
            f"m{i}" if random.random() < 0.7 else None,
            TODAY - dt.timedelta(days=int(random.integers(0, 3000))),
            list(EVENT_KINDS)[int(random.integers(len(EVENT_KINDS)))],
            float(random.integers(0, 9)),
            int(random.integers(0, 3)),
            bool(random.random() < 0.5),
        )
        for i in range(int(random.integers(0, 60)))
    ]
    frame = pd.DataFrame
    rows = Rows(
        stays=_days(
            frame(stays, columns=["member", "commune", "arrived", "left", "public"]), "arrived", "left"
        ),
        applications=_days(
            frame({"received": received, "wished_commune": wishes} | _endings(random, people)),
            "received",
            "planned_arrival",
        ),
        contacts=frame(contacts, columns=["contact", "person", "kind", "public"]),
        events=_days(
            frame(events, columns=["event", "member", "on", "kind", "hours", "jobs", "public"]), "on"
        ),
    )
    return rows, codes, groups


def _endings(random: np.random.Generator, people: int) -> dict[str, list[Any]]:
    """Where files stand: none, some or nearly all lost for lack of a dwelling, which few or many wanted alike."""
    share = float(random.choice([0.0, 0.1, 0.5, 0.95]))
    kinds = int(random.choice([1, 2, 6]))
    draws = random.random(people)
    lost = draws < share
    waiting = ~lost & (draws < share + 0.1)
    rooms = random.integers(1, kinds + 1, people)
    others = random.choice(
        ["received", "settled", "welcomed", "declined", "withdrawn", "lost"],
        people,
        p=random.dirichlet(np.full(6, random.choice([0.3, 2.0]))),
    )
    why = random.choice(["fragile", "elsewhere", "silent", "other"], people)
    return {
        "status": np.where(lost, "lost", np.where(waiting, "window_planned", others)).tolist(),
        "reason": ["housing" if one else str(two) if three in REASONS else None for one, two, three in zip(lost, why, others, strict=True)],
        "planned_arrival": [TODAY if one else None for one in waiting],
        "needs": [{"tenure": "rent", "kind": "house", "rooms": int(n), "max_rent": 550.0 + n} for n in rooms],
    }  # fmt: skip


def _days(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in names})


def truth_of(
    everything: Release, groups: dict[str, list[str]], answered: pd.DataFrame | None = None
) -> dict[Cell, float]:
    """Every cell of the equations, from a release that hides nothing."""
    known = attack.read(everything, 0, groups, answered)
    return known.shown | attack.by_differences(known)


def secrets_recovered(known: Knowledge, truth: dict[Cell, float], threshold: int) -> dict[Cell, float]:
    """What the attack found and should not have: every hidden cell; of the figures that no table shows (the stock before the first
    year, files wishing for no commune), the small ones."""
    implied = {
        ("present", "before"),
        ("file", "elsewhere or without a wish"),
        ("lost", "elsewhere or without a wish"),
    }
    implied |= {
        cell
        for cell in known.hidden()
        if isinstance(cell, tuple) and (cell[0] in ("not lost", "rest", "wanted here") or cell[-1] == "open")
    }
    return {
        cell: value
        for cell, value in attack.recovered(known).items()
        if cell not in implied or 0 < truth[cell] < threshold
    }


@pytest.mark.parametrize("audience", OUTSIDERS)
@pytest.mark.parametrize("seed", range(draws(40)))
def test_nothing_hidden_is_recovered_from_a_random_register(seed: int, audience: Audience) -> None:
    rows, codes, groups = random_rows(seed)
    threshold = LIMITS.of(audience)
    seen, everything = (
        declared.release(rows, codes, groups, FIRST_YEAR, TODAY, audience, limits)
        for limits in (LIMITS, OPEN)
    )
    counts = answers_of(everything, np.random.default_rng(seed))
    known = attack.read(seen, threshold, groups, declared.answered(counts, seen, LIMITS))
    truth = truth_of(everything, groups, declared.answered(counts, everything, OPEN))
    with_spans(truth, known)
    assert attack.consistent(known, truth)
    assert secrets_recovered(known, truth, threshold) == {}


def answers_of(everything: Release, random: np.random.Generator) -> pd.DataFrame:
    """How fast the files were answered at the two steps through which all of them, or all the newcomers, came."""
    pending, settled, ended = (int(n) for n in everything.fates.cells["value"])
    still, waits = int(random.integers(0, pending + 1)), int(random.integers(0, settled + 1))
    rest = pending - still + settled + ended
    within, welcomed = int(random.integers(0, rest + 1)), int(random.integers(0, settled - waits + 1))
    rows = [
        ("received", within, rest - within, still),
        ("settled", welcomed, settled - waits - welcomed, waits),
    ]
    return pd.DataFrame(rows, columns=["step", "within", "beyond", "open"])


def with_spans(truth: dict[Cell, float], known: Knowledge) -> None:
    """Add the true counts of spans of years to those of single years."""
    years = {cell: value for cell, value in truth.items() if isinstance(cell, tuple) and cell[0] == "cohort"}
    for cell in {cell for equation in known.equations for cell in equation}:
        if isinstance(cell, tuple) and cell[0] == "cohort":
            _, first, last, fate = cell
            truth[cell] = sum(
                value
                for (_, year, _, what), value in years.items()
                if first <= year <= last and what == fate  # type: ignore[misc]
            )


def test_the_attack_would_find_what_a_missing_complement_gives_away() -> None:
    """The attack itself is tried: 20 people came in 2024, 1 came and 2 left in 2025; with the departures shown it finds the arrival."""
    days = [("2024-03-01", "2025-05-01" if i < 2 else None) for i in range(20)] + [("2025-04-01", None)]
    stays = pd.DataFrame(
        [(f"m{i}", "c0", came, left, False) for i, (came, left) in enumerate(days)],
        columns=["member", "commune", "arrived", "left", "public"],
    )
    rows = Rows(_days(stays, "arrived", "left"), *_nothing())
    seen, everything = (
        declared.release(rows, ["c0"], {}, 2024, TODAY, Audience.ELU, limits) for limits in (LIMITS, OPEN)
    )
    known, truth = attack.read(seen, 3, {}), truth_of(everything, {})
    assert secrets_recovered(known, truth, 3) == {}
    known.shown[("went", "2025-12-31")] = 2.0
    assert secrets_recovered(known, truth, 3) == {("came", "2025-12-31"): 1.0}


def _nothing() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return (
        _days(
            pd.DataFrame(
                columns=["received", "wished_commune", "status", "reason", "planned_arrival", "needs"]
            ),
            "received",
        ),
        pd.DataFrame(columns=["contact", "person", "kind", "public"]),
        _days(pd.DataFrame(columns=["event", "member", "on", "kind", "hours", "jobs", "public"]), "on"),
    )


def test_few_arrivals_before_the_first_year_are_not_given_back_by_its_flows() -> None:
    """2 people were there before the first year, 5 came in it, none left: shown flows would subtract to the 2."""
    rows = [(f"m{i}", "c0", "2018-05-01" if i < 2 else "2019-05-01", None, False) for i in range(7)]
    stays = _days(
        pd.DataFrame(rows, columns=["member", "commune", "arrived", "left", "public"]), "arrived", "left"
    )
    _, years = declared.members(stays, ["c0"], {}, 2019, TODAY, Audience.ELU, LIMITS)
    assert years["present"].iloc[0] == 7
    assert years["flow_status"].iloc[0] == "suppressed"


def test_the_two_tables_of_files_hide_their_common_total_together() -> None:
    """2 and 2 files in two years, threshold 3: the years hide their total (4 would say 2 and 2), so the communes do."""
    received = pd.to_datetime(["2025-03-01", "2025-04-01", "2026-03-01", "2026-04-01"])
    rows = pd.DataFrame({"received": received, "wished_commune": ["a"] * 4})
    here, years = declared.applications(rows, ["a", "b"], 2025, TODAY, Audience.ELU, LIMITS)
    assert here.total is None
    assert here.cells["value"].isna().all()
    assert years[["received", "cumulative"]].isna().all(axis=None)


# ------------------------------------------------------------------ a reader who knows the program: every register that looks the same


@dataclass(frozen=True)
class World:
    """Two years of a network in two communes, as counts of people who did not consent."""

    opening: int
    came: tuple[int, int]
    went: tuple[int, int]
    cells: tuple[int, int]

    @property
    def present(self) -> tuple[int, int]:
        first = self.opening + self.came[0] - self.went[0]
        return first, first + self.came[1] - self.went[1]

    @property
    def facts(self) -> tuple[int, ...]:
        """Both communes, then present, arrivals and departures by year."""
        return (*self.cells, *self.present, *self.came, *self.went)


def worlds(largest: int) -> Iterator[World]:
    flows = range(largest + 1)
    for opening, c1, c2, w1, w2 in itertools.product(flows, repeat=5):
        first, last = opening + c1 - w1, opening + c1 - w1 + c2 - w2
        if first >= 0 and last >= 0:
            for one in range(last + 1):
                yield World(opening, (c1, c2), (w1, w2), (one, last - one))


@cache
def _cells_hidden(cells: tuple[int, int], threshold: int, grouped: bool) -> tuple[tuple[bool, ...], bool]:
    found = protect(pd.Series(cells), None, threshold, {"g": [0]} if grouped else {})
    assert not grouped or pd.isna(found.groups["value"].iloc[0]) == pd.isna(found.cells["value"].iloc[0])
    return tuple(found.cells["value"].isna()), found.total is None


@cache
def _years_hidden(
    opening: int,
    present: tuple[int, int],
    came: tuple[int, int],
    went: tuple[int, int],
    threshold: int,
    last: bool,
) -> tuple[tuple[bool, ...], tuple[bool, ...]]:
    stock, flow = protect_flow(
        np.array(present), np.array(came), np.array(went), threshold, hide_last=last, opening=opening
    )
    return tuple(stock.tolist()), tuple(flow.tolist())


def pattern(world: World, threshold: int, grouped: bool) -> tuple[bool, ...]:
    """What `analysis.declared.members` hides of a world's facts."""
    cells, total = _cells_hidden(world.cells, threshold, grouped)
    stock, flow = _years_hidden(world.opening, world.present, world.came, world.went, threshold, total)
    if stock[-1]:
        cells = (True, True)
    return (*cells, *stock, *flow, *flow)


def stays_of(world: World) -> pd.DataFrame:
    """A register with these counts; people leave in the order of their arrival."""
    came = ["2023-06-01"] * world.opening + ["2025-03-01"] * world.came[0]
    left: list[str | None] = ["2025-09-01"] * world.went[0]
    came += ["2026-02-01"] * world.came[1]
    left += ["2026-04-01"] * world.went[1]
    left += [None] * (len(came) - len(left))
    gone = sum(end is not None for end in left)
    codes = ["a"] * gone + ["a"] * world.cells[0] + ["b"] * world.cells[1]
    rows = [
        (f"m{i}", code, start, end, False)
        for i, (code, start, end) in enumerate(zip(codes, came, left, strict=True))
    ]
    return _days(
        pd.DataFrame(rows, columns=["member", "commune", "arrived", "left", "public"]), "arrived", "left"
    )


@pytest.mark.parametrize("grouped", [False, True])
def test_no_hidden_count_of_members_has_one_possible_value_for_who_knows_the_program(grouped: bool) -> None:
    """Threshold 3, at most 6 people a flow: all networks are compared with all those that look the same."""
    threshold, largest = 3, 6
    alike: dict[Any, list[tuple[int, ...]]] = defaultdict(list)
    for world in worlds(largest):
        hidden = pattern(world, threshold, grouped)
        seen = tuple(-1 if secret else n for n, secret in zip(world.facts, hidden, strict=True))
        alike[seen].append((*world.facts, world.opening))
    checked = 0
    for view, same in alike.items():
        values = np.array(same)
        if values[:, 4:].max(axis=1).min() > largest - threshold:
            continue  # networks with larger flows look the same and are not listed here
        for cell, value in enumerate(view):
            if value < 0:
                checked += 1
                assert len(np.unique(values[:, cell])) > 1, (view, same)
        openings = np.unique(values[:, -1])
        assert len(openings) > 1 or not 0 < openings[0] < threshold, (view, same)
    assert checked > 100


@pytest.mark.parametrize("grouped", [False, True])
def test_the_worlds_of_the_list_above_are_hidden_as_the_program_hides_them(grouped: bool) -> None:
    random = np.random.default_rng(7)
    listed = [w for w in worlds(4) if w.went[0] <= w.opening + w.came[0]]
    for index in random.choice(len(listed), size=60, replace=False):
        world = listed[int(index)]
        here, years = declared.members(
            stays_of(world), ["a", "b"], {"g": ["a"]} if grouped else {}, 2025, TODAY, Audience.ELU, LIMITS
        )
        frame = years[["present", "arrivals", "departures"]]
        secret = (
            *here.cells["value"].isna(),
            *frame["present"].isna(),
            *frame["arrivals"].isna(),
            *frame["departures"].isna(),
        )
        assert secret == pattern(world, 3, grouped), world


def registers(most: int) -> Iterator[tuple[int, ...]]:
    """Every register of at most so many files, as counts of those that wait for a dwelling, are under way otherwise, settled, declined,
    withdrawn, lost for lack of a dwelling, lost for another reason."""
    for bars in itertools.combinations(range(most + 7), 7):
        yield tuple(after - before - 1 for before, after in itertools.pairwise((-1, *bars)))


def files_seen(leaves: tuple[int, ...], threshold: int) -> tuple[tuple[int, ...], tuple[bool, ...]]:
    """(the counts that the tables of files hold, which are hidden): all received in one year, lost for housing alike, one reason an end."""
    waiting, rest, settled, declined, withdrawn, housing, lost = leaves
    total, pending = sum(leaves), waiting + rest
    ended = total - pending - settled
    facts = (
        total,
        waiting,
        housing,
        total - waiting - housing,
        pending,
        settled,
        ended,
        declined,
        withdrawn,
        housing + lost,
        lost,
    )
    total_told = not 0 < total < threshold
    row, row_hidden = flat(np.array(facts[1:4]), threshold)
    if not total_told or row_hidden or row[1] or 0 < housing < threshold:
        row = np.ones(3, dtype=bool)
    shown, ends, why = told(
        [pending, settled, ended], [declined, withdrawn, housing + lost],
        {"declined": [declined], "withdrawn": [withdrawn], "lost": [lost]},
        total_told=total_told, waiting=None if row[0] else waiting, lost=None if row[1] else housing, threshold=threshold,
    )  # fmt: skip
    return facts, (not total_told, *(bool(each) for each in row), *[not shown] * 3, *ends, *why["lost"])


def test_no_hidden_count_of_files_has_one_possible_value_for_who_knows_the_program() -> None:
    """Threshold 3, at most 11 files: every register is compared with all those that look the same."""
    alike: dict[Any, list[tuple[int, ...]]] = defaultdict(list)
    for leaves in registers(11):
        facts, hidden = files_seen(leaves, 3)
        alike[tuple(-1 if secret else n for n, secret in zip(facts, hidden, strict=True))].append(facts)
    checked = 0
    for view, same in alike.items():
        values = np.array(same)
        for cell in (at for at, value in enumerate(view) if value < 0):
            checked += 1
            assert len(np.unique(values[:, cell])) > 1, (view, cell, same[:5])
    assert checked > 100


def test_cohorts_are_told_at_the_finest_grain_that_hides_nothing() -> None:
    """Ten years with 2 settled each: by year they are too few, by five years they are 10; the grain says nothing of a single year."""
    days = [dt.date(2017 + year, 3, 1) for year in range(10) for _ in range(9)]
    status = (["settled"] * 2 + ["declined"] * 7) * 10
    rows = _days(
        pd.DataFrame(
            {
                "received": days,
                "wished_commune": None,
                "status": status,
                "reason": None,
                "planned_arrival": None,
                "needs": None,
            }
        ),
        "received",
        "planned_arrival",
    )
    empty = Rows(
        _days(pd.DataFrame(columns=["member", "commune", "arrived", "left", "public"]), "arrived", "left"),
        rows,
        *_nothing()[1:],
    )
    found = {
        limit: declared.release(
            empty, ["a"], {}, 2017, TODAY, Audience.ELU, Thresholds(limit, limit)
        ).cohorts.to_numpy()
        for limit in (1, 3, 11, 40)
    }
    assert found[1].tolist() == [[year, year, 0, 2, 7] for year in range(2017, 2027)]
    assert found[3].tolist() == [[2017, 2021, 0, 10, 35], [2022, 2026, 0, 10, 35]]
    assert found[11].tolist() == [[2017, 2026, 0, 20, 70]]
    assert found[40].tolist() == []


# ------------------------------------------------------------------------------------------------------------- the demonstration


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    from analysis.calendar import network_periods
    from data.opening import open_house, read_all

    house = open_house(TODAY, tmp_path_factory.mktemp("demo"))
    _, known = read_all(house, network_periods(house.territory.network.first_year, TODAY))
    desk = make_desk(known, TODAY)
    house.store.close()
    return desk


@pytest.mark.parametrize("audience", OUTSIDERS)
def test_nothing_hidden_is_recovered_from_the_demonstration(demonstration: Desk, audience: Audience) -> None:
    threshold = demonstration.thresholds.of(audience)
    groups = {name: list(codes) for name, codes in demonstration.groups.items()}
    everything = replace(demonstration, thresholds=OPEN, _kept={}).release(audience)
    known, truth = (
        attack.read(demonstration.release(audience), threshold, groups),
        truth_of(everything, groups),
    )
    with_spans(truth, known)
    assert attack.consistent(known, truth)
    assert len([cell for cell in known.hidden() if cell in truth]) > 20
    assert secrets_recovered(known, truth, threshold) == {}


@pytest.mark.parametrize("audience", OUTSIDERS)
def test_answers_and_rates_say_nothing_that_the_list_does_not(
    demonstration: Desk, audience: Audience
) -> None:
    """Every answer about people, at every period: a commune's or the territory's figure is in the list, or is one of it over a
    published denominator."""
    desk, seen = demonstration, demonstration.release(audience)
    tables = {"members": (seen.members_here, seen.members_by_year, "present"),
              "applications": (seen.applications_here, seen.applications_by_year, "cumulative")}  # fmt: skip
    about_people = [i for i in desk.indicators.values() if i.secrecy == "people"]
    assert {"members", "members_per_1000", "applications"} <= {i.id for i in about_people}
    checked = 0
    for indicator in about_people:
        here, years, column = tables[(indicator.numerator or (indicator.id,))[0]]
        by_day = years.set_index("period")[column]
        for period in indicator.periods:
            found = desk.answer(indicator.id, period, audience)
            latest = period == TODAY.isoformat()
            cells = found.cells.set_index("commune")
            counts = cells["numerator"] if indicator.denominator else cells["value"]
            expected = here.cells["value"] if latest else here.cells["value"] * np.nan
            assert counts.fillna(-1).tolist() == expected.reindex(counts.index).fillna(-1).tolist(), (
                indicator.id,
                period,
            )
            assert cells.loc[expected.reindex(counts.index).isna(), "value"].isna().all()
            total = found.total.numerator if indicator.denominator else found.total.value
            assert (-1 if total is None else total) == by_day.fillna(-1)[period], (indicator.id, period)
            checked += 1
    assert checked > 60


# ----------------------------------------------------------------------------- two publications, yesterday's and today's


def together(yesterday: Knowledge, today: Knowledge) -> Knowledge:
    """What a reader of two publications knows when exactly one person came in between, and nobody left: every commune's count is the
    same but for one, and the total rises by one."""
    both = Knowledge()
    for day, known in (("yesterday", yesterday), ("today", today)):
        both.shown |= {(day, cell): value for cell, value in known.shown.items()}
        both.equations += [{(day, cell): f for cell, f in equation.items()} for equation in known.equations]
        both.at_most |= {(day, cell): most for cell, most in known.at_most.items()}
    communes = {
        cell
        for equation in today.equations
        for cell in equation
        if isinstance(cell, tuple) and cell[:2] == ("member", "commune")
    }
    for cell in communes:  # today's count = yesterday's + 1 where the newcomer settled, + 0 elsewhere
        here = ("came between", cell)
        both.equations.append({("today", cell): 1.0, ("yesterday", cell): -1.0, here: -1.0})
        both.at_most[here] = 1.0
    both.shown["one"] = 1.0
    both.equations.append({"one": -1.0} | {("came between", cell): 1.0 for cell in communes})
    return both


def two_days(before: dict[str, int], newcomer: str, threshold: int = 3) -> dict[Cell, float]:
    """The hidden counts of either day that both publications together give away."""

    def known(counts: dict[str, int]) -> Knowledge:
        rows = [
            (f"{code}{i}", code, "2020-01-01", None, False) for code, n in counts.items() for i in range(n)
        ]
        frame = pd.DataFrame(rows, columns=["member", "commune", "arrived", "left", "public"])
        here = members_by_commune(
            _days(frame, "arrived", "left"), list(before), TODAY, Audience.ELU, Thresholds(11, threshold)
        )
        found = Knowledge()
        attack._row(found, "member", here, {}, threshold)
        return found

    after = before | {newcomer: before[newcomer] + 1}
    found = attack.recovered(together(known(before), known(after)))
    return {cell: value for cell, value in found.items() if cell[0] in ("yesterday", "today")}  # type: ignore[index]


@pytest.mark.parametrize("newcomer", ["hidden", "large"])
def test_two_publications_with_the_same_cells_hidden_give_no_hidden_count(newcomer: str) -> None:
    """What they tell is that one person came, and where when that commune's count is shown on both days (`docs/security.md`)."""
    before = {"hidden": 1, "other": 1, "third": 0, "large": 9, "larger": 14}
    assert two_days(before, newcomer) == {}


def test_two_publications_around_the_threshold_give_the_count_of_the_day_before() -> None:
    """The limit that `docs/security.md` states: a commune that reaches the threshold was one below it the day before."""

    def seen(counts: tuple[int, ...]) -> tuple[float, ...]:
        found = protect(pd.Series(counts), None, 3)
        return (*found.cells["value"].fillna(-1), -1 if found.total is None else found.total)

    alike: dict[Any, set[int]] = defaultdict(set)
    for before in itertools.product(range(6), range(6), range(6), [9]):
        for place in range(4):
            after = tuple(n + (i == place) for i, n in enumerate(before))
            alike[seen(before), seen(after)].add(before[0])
    assert alike[seen((2, 1, 1, 9)), seen((3, 1, 1, 9))] == {2}
    assert len(alike[seen((1, 1, 1, 9)), seen((2, 1, 1, 9))]) > 1, "below the threshold on both days: nothing"
