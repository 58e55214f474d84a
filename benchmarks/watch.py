"""The housing watch: does the call list house more than calling whoever was silent longest, and is the assignment quick.

A month is simulated twice with the same listings, households and hours, once for each way of choosing whom to call; see `month`.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser

from analysis.watch.calls import Contact, Doubt, Household, call_plan, signal_rates
from analysis.watch.matching import Listing, Need, assignment, values
from analysis.watch.window import search_window
from benchmarks import pages
from benchmarks.row import Row

ROOT = Path(__file__).resolve().parents[1]
START = dt.date(2026, 2, 2)  # a Monday
COMMUNES = 20
WARM_UP = 28  # days of calls before the month, so that neither way starts blind
DAYS = 30
WINDOW = 8
MEAN_LIFE = 8.0
CALLS = 5  # a morning's calls: about an hour
EVERY_DAYS = 3
FAMILIES = 14
LISTINGS_A_DAY = 0.6  # over twenty communes: about five stand at a time
MONTHS = 200


@dataclass(frozen=True)
class Opening:
    """One line of hours, as the reference publishes them."""

    day_from: int
    day_to: int
    ranges: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Dwelling:
    """A listing of the simulated market: its contact, its commune, and the days (from the start) between which it is there."""

    contact: int
    commune: int
    born: float
    dies: float


@dataclass(frozen=True)
class Family:
    """A household: the day it arrives and the communes it would live in."""

    arrives: int
    communes: frozenset[int]


@dataclass(frozen=True)
class World:
    """What happens whoever is called: twenty town halls and four agencies of five communes each."""

    dwellings: tuple[Dwelling, ...]
    families: tuple[Family, ...]
    communes: tuple[frozenset[int], ...]
    openings: tuple[tuple[Opening, ...], ...]


@dataclass
class Known:
    """What the watch knows: of each contact when it was asked and what it told; of each dwelling when it was last seen."""

    asked: dict[int, int] = field(default_factory=dict)
    told: dict[int, int] = field(default_factory=dict)
    seen: dict[int, int] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)


def world(seed: int) -> World:
    """What a seed makes happen.

    Listings appear as a Poisson stream, unevenly over the communes, and live exponential times of `MEAN_LIFE` days; two in three are told
    by the town hall, the others by the agency. Households arrive in the month and look in three communes, rather where people are. Town
    halls are open on two to five mornings a week, agencies Monday to Saturday.
    """
    draw = np.random.default_rng(seed)
    share = draw.gamma(1.5, size=COMMUNES)
    share /= share.sum()
    dwellings = []
    horizon = WARM_UP + DAYS + WINDOW
    for born in np.sort(draw.uniform(-20, horizon, draw.poisson(LISTINGS_A_DAY * (horizon + 20)))):
        commune = int(draw.choice(COMMUNES, p=share))
        contact = commune if draw.random() < 2 / 3 else COMMUNES + commune // 5
        dwellings.append(Dwelling(contact, commune, float(born), float(born + draw.exponential(MEAN_LIFE))))
    wished = (share + 1 / COMMUNES) / 2
    families = [
        Family(
            int(draw.integers(WARM_UP + 1, WARM_UP + DAYS + 1)),
            frozenset(int(c) for c in draw.choice(COMMUNES, 3, replace=False, p=wished)),
        )
        for _ in range(draw.poisson(FAMILIES))
    ]
    openings: list[tuple[Opening, ...]] = []
    for _ in range(COMMUNES):
        mornings = sorted(draw.choice(np.arange(1, 6), int(draw.integers(2, 6)), replace=False))
        openings.append(tuple(Opening(int(d), int(d), (("08:30", "12:00"),)) for d in mornings))
    openings += [(Opening(1, 6, (("09:00", "18:00"),)),)] * (COMMUNES // 5)
    communes = [frozenset({c}) for c in range(COMMUNES)]
    communes += [frozenset(range(5 * a, 5 * a + 5)) for a in range(COMMUNES // 5)]
    return World(tuple(dwellings), tuple(families), tuple(communes), tuple(openings))


Chooser = Callable[[Sequence[Contact], Sequence[Household], dt.datetime], list[str]]


def by_the_list(contacts: Sequence[Contact], households: Sequence[Household], now: dt.datetime) -> list[str]:
    """Whom the call list names, in its order."""
    plan = call_plan(contacts, households, now, mean_life=MEAN_LIFE, days=WINDOW, every_days=EVERY_DAYS)
    return [call.contact for call in plan.calls]


def oldest_first(contacts: Sequence[Contact], households: Sequence[Household], now: dt.datetime) -> list[str]:
    """The same contacts that may be called, the longest silent first: what a person with a notebook does."""
    plan = call_plan(contacts, households, now, mean_life=MEAN_LIFE, days=WINDOW, every_days=EVERY_DAYS)
    calls = sorted(plan.calls, key=lambda c: (c.silence is not None, -(c.silence or 0), c.contact))
    return [call.contact for call in calls]


def month(seed: int, choose: Chooser) -> tuple[int, int]:
    """(households housed by the day they arrive, households of the month) when `choose` says whom to call.

    Each morning `CALLS` contacts are called; each tells which of its listings stand. Then every household whose window is open, the
    next to arrive first, goes to see the one known listing of its communes that is likeliest to be there; it takes it when it is, and
    knows it gone when it is not. A listing taken is gone for all.
    """
    happens = world(seed)
    known = Known()
    taken: set[int] = set()
    housed: set[int] = set()
    of_contact: dict[int, list[int]] = {}
    for n, dwelling in enumerate(happens.dwellings):
        of_contact.setdefault(dwelling.contact, []).append(n)

    def stands(n: int, day: int) -> bool:
        one = happens.dwellings[n]
        return one.born <= day + 0.4 < one.dies and n not in taken

    def chance(n: int, day: int) -> float:
        return 0.0 if n in known.gone else math.exp(-(day - known.seen[n]) / MEAN_LIFE)

    for day in range(WARM_UP + DAYS + 1):
        now = dt.datetime.combine(START + dt.timedelta(days=day), dt.time(9, 0))
        searching = [
            (
                n,
                search_window(
                    START + dt.timedelta(days=family.arrives), now.date(), days=WINDOW, housed=n in housed
                ),
            )
            for n, family in enumerate(happens.families)
            if family.arrives > day
        ]
        households = [
            Household(str(n), window, frozenset(str(c) for c in happens.families[n].communes))
            for n, window in searching
        ]
        chosen = choose(_contacts(happens, known, of_contact, chance, day), households, now)[:CALLS]
        for contact in map(int, chosen):
            known.asked[contact] = day
            for n in of_contact.get(contact, ()):
                if stands(n, day):
                    known.told[contact] = known.told.get(contact, 0) + (n not in known.seen)
                    known.seen[n] = day
                elif n in known.seen:
                    known.gone.add(n)
        for n, window in sorted(searching, key=lambda one: one[1].days_left):
            if window.state not in ("open", "last_day"):
                continue
            communes = happens.families[n].communes
            options = [
                m for m in known.seen if happens.dwellings[m].commune in communes and chance(m, day) > 0
            ]
            if options:
                best = max(options, key=lambda m: (chance(m, day), -m))
                known.gone.add(best)
                if stands(best, day):
                    taken.add(best)
                    housed.add(n)
    return len(housed), len(happens.families)


def _contacts(
    happens: World,
    known: Known,
    of_contact: dict[int, list[int]],
    chance: Callable[[int, int], float],
    day: int,
) -> list[Contact]:
    count = len(happens.communes)
    rates = signal_rates([known.told.get(c, 0) for c in range(count)], max(day, 1))

    def on(numbers: dict[int, int], contact: int) -> dt.date | None:
        return START + dt.timedelta(days=numbers[contact]) if contact in numbers else None

    return [
        Contact(
            str(c),
            f"{c:02d}",
            frozenset(str(one) for one in happens.communes[c]),
            happens.openings[c],
            on(known.asked, c),
            on(known.asked, c),
            None,
            tuple(
                Doubt(str(n), "", chance(n, day))
                for n in of_contact.get(c, ())
                if n in known.seen and n not in known.gone
            ),
            rates[c],
        )
        for c in range(count)
    ]


def months(count: int = MONTHS, first_seed: int = 0) -> tuple[float, float, float, float]:
    """(mean housed by the list, mean housed oldest first, mean difference, half width of its 95 % interval) over seeded months."""
    pairs = np.array(
        [
            (month(seed, by_the_list)[0], month(seed, oldest_first)[0])
            for seed in range(first_seed, first_seed + count)
        ],
        dtype=float,
    )
    differences = pairs[:, 0] - pairs[:, 1]
    half = 1.96 * differences.std(ddof=1) / math.sqrt(count)
    return float(pairs[:, 0].mean()), float(pairs[:, 1].mean()), float(differences.mean()), float(half)


def assigned(families: int = 50, listings: int = 200) -> float:
    """Seconds to judge and assign so many households and listings, most of them possible, with every criterion named."""
    draw = np.random.default_rng(1)
    communes = [f"610{n:02d}" for n in range(COMMUNES)]
    needs = [
        Need(
            str(n), kinds=frozenset({"house"}), rooms=int(draw.integers(2, 6)), cost=float(draw.integers(450, 900)),
            work_room=True, school=bool(draw.random() < 0.5), speed=30.0, communes=frozenset(draw.choice(communes, 3).tolist()),
            arrival=START + dt.timedelta(days=int(draw.integers(0, 60))), pets=bool(draw.random() < 0.3), months=12,
        )
        for n in range(families)
    ]  # fmt: skip
    offered = [
        Listing(
            str(n), str(draw.choice(communes)), "house", rooms=int(draw.integers(3, 7)), rent=float(draw.integers(350, 800)),
            work_room=bool(draw.random() < 0.5), school=True, speed=float(draw.integers(5, 900)), energy=str(draw.choice(list("BCDEFG"))),
            free_from=START, pets=bool(draw.random() < 0.7), least_months=12, chance=float(draw.random()),
        )
        for n in range(listings)
    ]  # fmt: skip
    begun = time.perf_counter()
    assignment(needs, offered, values(needs, offered, START))
    return time.perf_counter() - begun


# -- the page on a large register ------------------------------------------------------------------------------

TODAY = dt.date(2026, 5, 12)
LISTINGS, SIGHTINGS, APPLICATIONS = 5_000, 100_000, 200
SECTIONS = ("matin", "fenetres", "foyers", "annonces", "marche", "fraicheur", "manques", "couverture")


def fill(home: Path) -> None:
    """A store in `home` whose demonstration holds `LISTINGS` more listings of two years, `SIGHTINGS` sightings and `APPLICATIONS` files.

    Listings live exponential times of `MEAN_LIFE` days (those for sale ten times as long); of one in twelve nobody ever said that it was
    gone. The files wait for an arrival in the next seven weeks.
    """
    from analysis.model import SYSTEM_ACTOR
    from data.opening import open_house
    from data.store import tables

    house = open_house(TODAY, home)
    draw = np.random.default_rng(1)
    codes = list(house.territory.codes)
    listings, sightings, people, files = [], [], [], []
    each = SIGHTINGS // LISTINGS
    with house.store.write(SYSTEM_ACTOR) as session:
        contacts = list(
            session.connection.execute(
                tables.contact.select().with_only_columns(tables.contact.c.id, tables.contact.c.commune)
            )
        )
        for n in range(LISTINGS):
            contact, commune = contacts[int(draw.integers(len(contacts)))]
            renting = bool(draw.random() < 0.7)
            first = TODAY - dt.timedelta(days=int(draw.integers(1, 730)))
            life = draw.exponential(MEAN_LIFE * (1 if renting else 10))
            end = min(first + dt.timedelta(days=max(int(life), 1)), TODAY)
            rooms = int(draw.integers(1, 8))
            listings.append(
                {
                    "id": f"bench-l{n}", "origin": "demo", "contact": contact, "commune": commune, "first_seen": first,
                    "kind": str(draw.choice(["house", "apartment"])), "tenure": "rent" if renting else "sale", "rooms": rooms,
                    "surface": 20.0 * rooms, "rent": 250.0 + 80 * rooms if renting else None,
                    "price": None if renting else 20_000.0 * rooms,
                }
            )  # fmt: skip
            # Told again and again while it stood, by several voices on one day where it did not stand long.
            days = np.sort(draw.integers(0, (end - first).days + 1, each - 1))
            told = [(first + dt.timedelta(days=int(d)), "available") for d in days]
            if end < TODAY and draw.random() < 11 / 12:
                told.append((end, "gone"))
            else:
                told.append((first, "available"))
            sightings += [
                {"origin": "demo", "listing": f"bench-l{n}", "contact": contact, "on": on, "state": state, "actor": "bench"}
                for on, state in told
            ]  # fmt: skip
        for n in range(APPLICATIONS):
            people.append(
                {"id": f"bench-p{n}", "origin": "demo", "code": f"Candidat b{n}", "consent_public": False}
            )
            arrival = TODAY + dt.timedelta(days=int(draw.integers(1, 50)))
            files.append(
                {
                    "id": f"bench-a{n}", "origin": "demo", "person": f"bench-p{n}", "received": TODAY - dt.timedelta(days=100),
                    "status": "accepted", "planned_arrival": arrival, "wished_commune": str(draw.choice(codes)),
                    "needs": {"tenure": "rent", "rooms": int(draw.integers(2, 6)), "max_rent": float(draw.integers(400, 900))},
                }
            )  # fmt: skip
        for table, rows in (
            (tables.listing, listings), (tables.sighting, sightings), (tables.person, people), (tables.application, files)
        ):  # fmt: skip
            session.insert_many(table, rows)
    house.store.close()


def page(runs: int) -> list[Row]:
    """Server seconds of `/veille`: a section when nothing changed, an answer, and the same taken back, from the click until it is shown."""
    opened = partial(pages.opened, "pages/veille.py")

    def seconds(work: Callable[[], object]) -> float:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(ZEVILLAGE_HOME=folder, ZEVILLAGE_TODAY=TODAY.isoformat())
        fill(Path(folder))
        for section in SECTIONS:
            screen = opened(section=section)
            took = statistics.median(seconds(screen.run) for _ in range(runs))
            rows.append(
                Row(f"/veille, {section}, {LISTINGS:,} listings", f"{took:.2f} s", "", took, 1.0, "s")
            )
        screen, answers = opened(), []
        for _ in range(max(runs, 3)):
            button = next(b for b in screen.button if (b.key or "").endswith(":available") and not b.disabled)
            answers.append(seconds(button.click().run))
            assert not screen.exception, screen.exception
        took = statistics.median(answers)
        rows.append(Row("an answer recorded and shown", f"{took:.2f} s", "", took, 0.3, "s"))
        taken_back = []
        for _ in range(max(runs, 3)):  # undone, then done again: what stands may be undone once more
            for _ in range(2):
                button = next(b for b in screen.button if b.key == "veille:undo")
                taken_back.append(seconds(button.click().run))
                assert not screen.exception, screen.exception
        took = statistics.median(taken_back)
        rows.append(Row("an answer taken back and shown", f"{took:.2f} s", "", took, 0.3, "s"))
    return rows


def watch(browser: Browser, runs: int) -> list[Row]:
    """The call list beside oldest first over `MONTHS` months, the seconds of an assignment and of the page (medians of `runs`).

    No browser is needed, and the months are seeded: they are played once.
    """
    ours, oldest, more, half = months()
    seconds = statistics.median(assigned() for _ in range(runs))
    return [
        *page(runs),
        Row("assign 50 households × 200 listings", f"{seconds:.2f} s", "", seconds, 1.0, "s"),
        Row(
            f"housed a month, {MONTHS} months (+{more:.2f} ± {half:.2f})",
            f"{ours:.2f}",
            f"oldest first {oldest:.2f}",
            oldest / ours,
            1.0,
        ),
    ]
