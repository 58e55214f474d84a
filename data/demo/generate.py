"""A made-up network with the shape of the real one: pseudonyms only, the same rows for the same seed.

The shape comes from the published milestones: more than 70 files received in the first autumn (6 October
2004), about 150 by 24 May of the third year after, six settled by then, then a slow growth to about two
members a commune today. The published milestones themselves are not rows of the demonstration.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from analysis.applications.household import Household, checklist
from analysis.applications.newcomers import TOLD
from analysis.applications.steps import SIGNED_STEPS
from analysis.french import NNBSP
from analysis.vocabulary import APPLICATION_ENDS, ASSESSMENT_CRITERIA, ASSESSOR_SEATS
from data.following import DEFAULT

Row = dict[str, Any]

TRADES = {
    "développement web": ["sites vitrines", "commerce en ligne", "accessibilité"],
    "traduction": ["anglais", "allemand", "technique"],
    "graphisme": ["identité visuelle", "mise en page", "illustration"],
    "rédaction": ["articles", "relecture", "lettres d’information"],
    "formation à distance": ["bureautique", "langues", "outils en ligne"],
    "conseil": ["gestion", "communication", "qualité"],
    "photographie": ["reportage", "retouche", "architecture"],
    "secrétariat à distance": ["permanence", "comptes rendus", "facturation"],
    "vidéo": ["montage", "sous-titrage", "animation"],
    "informatique": ["dépannage", "hébergement", "bases de données"],
}
_TRADES = tuple(TRADES)
_TRADE_WEIGHTS = (22, 14, 13, 11, 9, 9, 6, 6, 4, 6)
LEAVING = (
    "départ du conjoint muté",
    "retour en ville",
    "nouveau projet ailleurs",
    "fin de l’activité",
    "retraite",
    "logement vendu par le propriétaire",
)
REASONS = {
    "declined": ("fragile", "not_remote", "no_clients"),
    "withdrawn": ("elsewhere", "family", "postponed"),
    "lost": ("housing", "silent"),
}
CONSENT_TEXT = "J’accepte de figurer dans l’annuaire public du réseau (démonstration)."
FOUNDER, COUNCILLOR = "demo:founder", "demo:councillor"
"""The two who follow the dossiers here (`data.register.authors`)."""
SEATS = tuple(ASSESSOR_SEATS)
SETTLED_EARLY = 6
EARLY_MEETINGS = 10
_APART = (-1, 0, 0, 0, 1)
"""How far an assessor's mark is from what a project is worth, one as often as the other."""
CONSENTING_SHARE = 0.6


@dataclass(frozen=True)
class DemoNetwork:
    """Rows by table name, each as the table of the store takes it (without `origin` and `created_at`)."""

    rows: Mapping[str, list[Row]]

    def __getitem__(self, table: str) -> list[Row]:
        return self.rows[table]


def generate(
    codes: Sequence[str],
    populations: Mapping[str, int],
    positions: Mapping[str, tuple[float, float]],
    *,
    seed: int,
    today: date,
    first_year: int,
) -> DemoNetwork:
    """Make a network over `codes` from 10 May of `first_year` to `today`.

    `populations` (inhabitants) say where people settle more, `positions` (longitude, latitude in degrees)
    where listings stand. Raises ValueError when `today` is before the fifth year or no commune is given.
    """
    if not codes:
        raise ValueError("a network needs at least one commune")
    if today < date(first_year + 4, 1, 1):
        raise ValueError(
            f"the demonstration needs at least four years: today={today}, first_year={first_year}"
        )
    return _Maker(list(codes), populations, positions, seed, today, first_year).make()


def _days(count: int) -> timedelta:
    return timedelta(days=int(count))


# numpy's own `choice` asks about its arguments each time, for longer than it draws: the same draws without it.


def _ends(shares: np.ndarray) -> list[float]:
    """Where each of the `shares` (sum 1) ends between 0 and 1."""
    ends = shares.cumsum()
    return [float(end) for end in ends / ends[-1]]


@lru_cache(maxsize=16)
def _ends_of(weights: tuple[float, ...]) -> list[float]:
    return _ends(np.array(weights, dtype=float) / sum(weights))


def _one_of(chance: np.random.Generator, values: Sequence[Any], weights: tuple[float, ...] = ()) -> Any:
    """One of the values, each as often as its weight says; all alike without weights."""
    at = bisect_right(_ends_of(weights), chance.random()) if weights else int(chance.integers(len(values)))
    return values[at]


class _Maker:
    def __init__(
        self,
        codes: list[str],
        populations: Mapping[str, int],
        positions: Mapping[str, tuple[float, float]],
        seed: int,
        today: date,
        first_year: int,
    ) -> None:
        self.codes, self.positions, self.today = codes, positions, today
        self.random = np.random.default_rng(seed)
        # What listings tell beside size and cost is drawn apart: the rest of the network stays what it was.
        self.details = np.random.default_rng([seed, 1])
        weights = np.array([max(int(populations.get(code, 1)), 1) for code in codes], dtype=float) ** 0.7
        self.ends = _ends(weights / weights.sum())
        self.populations = populations
        self.launch = date(first_year, 5, 10)
        self.first_count = date(first_year, 10, 6)
        self.second_count = date(first_year + 3, 5, 24)
        self.rows: dict[str, list[Row]] = {
            name: []
            for name in (
                "person",
                "member",
                "stay",
                "application",
                "application_event",
                "application_assessment",
                "application_task",
                "application_document",
                "application_double",
                "application_duty",
                "contact",
                "listing",
                "listing_pair",
                "sighting",
                "call",
                "proposal",
                "event",
                "reception",
            )
        }
        self.early_meetings = 0
        # What the two assessors think is drawn apart: it changes nothing of who came and went.
        self.opinions = np.random.default_rng([seed, 1])

    def make(self) -> DemoNetwork:
        self._members()
        self._applications()
        self._contacts()
        self._listings()
        self._events()
        self._receptions()
        self._duties()
        self._ringing()
        self._accompaniment()
        return DemoNetwork(self.rows)

    # -- chance ---------------------------------------------------------------------------------------

    def _between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return int(self.random.integers(low, max(low, high) + 1))

    def _day(self, first: date, last: date) -> date:
        return first + _days(self._between(0, (last - first).days))

    def _chance(self, share: float) -> bool:
        return bool(self.random.random() < share)

    def _one(self, values: Sequence[Any], weights: tuple[float, ...] = ()) -> Any:
        return _one_of(self.random, values, weights)

    def _commune(self, other_than: str | None = None) -> str:
        while True:
            code = self.codes[bisect_right(self.ends, self.random.random())]
            if code != other_than or len(self.codes) == 1:
                return code

    def _trade(self) -> str:
        return str(self._one(_TRADES, _TRADE_WEIGHTS))

    def _add(self, table: str, **row: Any) -> str:
        key = row.setdefault("id", f"demo-{table}-{len(self.rows[table]) + 1:04d}")
        self.rows[table].append(row)
        return str(key)

    # -- members --------------------------------------------------------------------------------------

    def _spells(self) -> list[tuple[date, date | None]]:
        """(arrival, departure or None) of every member, by arrival: the first, then growth and departures."""
        first_arrival = self.launch + _days(150)
        span = (self.second_count - first_arrival).days - 20
        chosen = self.random.choice(span, SETTLED_EARLY, replace=False)
        starts = sorted(first_arrival + _days(day) for day in chosen)
        spells = [(start, self._end(start, self.second_count + _days(60))) for start in starts]
        goal = 2 * len(self.codes)
        whole = max((self.today - self.second_count).days, 1)
        month = self.second_count + _days(8)
        while month < self.today:
            last = min(month + _days(29), self.today - _days(1))
            done = (last - self.second_count).days / whole
            # Some years are better than others: people leave before others are found.
            luck = self.random.normal(0, 1.2)
            wanted = round(SETTLED_EARLY + max(goal - SETTLED_EARLY, 0) * done**0.85 + luck)
            present = sum(1 for _, end in spells if end is None or end > last)
            for _ in range(min(max(wanted - present, 0), 3)):
                start = self._day(month, last)
                spells.append((start, self._end(start, start + _days(200))))
            month += _days(30)
        return sorted(spells, key=lambda spell: spell[0])

    def _end(self, start: date, earliest: date) -> date | None:
        """When somebody who came on `start` leaves: half stay over eight years, a few leave in the first."""
        end = max(start + _days(int(200 + 3800 * self.random.weibull(1.3))), earliest)
        return None if end >= self.today else end

    def _members(self) -> None:
        spells = self._spells()
        consenting: set[int] = set()
        for present in (True, False):
            group = [index for index, (_, end) in enumerate(spells) if (end is None) == present]
            count = round(CONSENTING_SHARE * len(group))
            consenting |= {group[i] for i in self.random.permutation(len(group))[:count]}
        for index, (arrived, left) in enumerate(spells):
            code = f"Membre {index + 1}"
            trade = self._trade()
            agrees = index in consenting
            end = left or self.today
            person = self._add(
                "person",
                code=code,
                consent_public=agrees,
                consent_text=CONSENT_TEXT if agrees else None,
                consent_on=min(arrived + _days(self._between(5, 60)), end) if agrees else None,
                last_contact=left or self.today - _days(self._between(1, 120)),
            )
            skills = list(self.random.permutation(TRADES[trade])[: self._between(1, 3)])
            member = self._add(
                "member",
                person=person,
                trade=trade,
                skills=[str(skill) for skill in skills],
                trains=trade == "formation à distance" or self._chance(0.12),
            )
            home = self._commune()
            first_home = home
            since = arrived
            if (end - arrived).days > 900 and len(self.codes) > 1 and self._chance(0.15):
                moved = self._day(arrived + _days(300), end - _days(60))
                self._add(
                    "stay", member=member, commune=home, arrived=since, left=moved, reason="déménagement"
                )
                home, since = self._commune(other_than=home), moved
            reason = str(self._one(LEAVING)) if left else None
            self._add("stay", member=member, commune=home, arrived=since, left=left, reason=reason)
            self._settled_application(person, member, trade, first_home, arrived, left)

    # -- applications ---------------------------------------------------------------------------------

    def _settled_application(
        self, person: str, member: str, trade: str, home: str, arrived: date, left: date | None
    ) -> None:
        longest = min(400, (arrived - self.launch).days - 1)
        received = arrived - _days(self._between(100, longest))
        gap = (arrived - received).days
        end = left or self.today
        steps = [("received", received)]
        steps.append(("read", received + _days(self._between(2, gap // 10))))
        steps.append(("met", received + _days(self._between(gap * 3 // 20, gap * 7 // 20))))
        steps.append(("accepted", received + _days(self._between(gap * 4 // 10, gap * 6 // 10))))
        planned = received + _days(self._between(gap * 65 // 100, gap * 85 // 100))
        steps.append(("window_planned", planned))
        steps.append(("housed", arrived - _days(self._between(1, 7))))
        steps.append(("settled", arrived))
        welcomed = arrived + _days(self._between(10, 45))
        for status, day in (("welcomed", welcomed), ("one_year", arrived + _days(365))):
            if day <= end:
                steps.append((status, day))
        self._file(person, steps, trade, arrived, member=member, wish=home if self._chance(0.5) else None)

    def _applications(self) -> None:
        """Every file that did not settle, so that the published counts are met."""
        received = [row["received"] for row in self.rows["application"]]
        early = sum(day <= self.first_count for day in received)
        others = [
            self._day(self.launch + _days(1), self.first_count) for _ in range(self._between(72, 77) - early)
        ]
        then = sum(day <= self.second_count for day in received) + len(others)
        after_first = self.first_count + _days(1)
        others += [self._day(after_first, self.second_count) for _ in range(self._between(147, 153) - then)]
        later = (self.today - self.second_count).days
        count = int(self.random.poisson(12 * later / 365.25))
        others += [self.second_count + _days(self._between(1, later)) for _ in range(count)]
        others.sort()
        met = sum(
            row["kind"] == "move" and row["status"] == "met" and row["on"] <= self.first_count
            for row in self.rows["application_event"]
        )
        soon_enough = [i for i, day in enumerate(others) if day <= self.first_count - _days(15)]
        chosen = self.random.permutation(len(soon_enough))[: max(EARLY_MEETINGS - met, 0)]
        meet_early = {soon_enough[i] for i in chosen}
        for index, day in enumerate(others):
            self._other_application(day, index in meet_early)
        # Somebody always arrives soon, so that the desk of the morning has something to show.
        for days_ahead in (5, 11, 26):
            self._waiting_application(self.today - _days(self._between(120, 240)), days_ahead)

    def _candidate(self, last_contact: date) -> str:
        number = len(self.rows["person"]) - len(self.rows["member"]) + 1
        return self._add("person", code=f"Candidat {number}", consent_public=False, last_contact=last_contact)

    def _other_application(self, received: date, meet_early: bool) -> None:
        age = (self.today - received).days
        steps = [("received", received)]
        after = received + _days(self._between(2, 12))
        steps.append(("read", after))
        is_open = age <= 270 and self._chance(0.8)
        ending = str(self._one(tuple(APPLICATION_ENDS), (5, 3, 2)))
        share_met = 1.0 if meet_early else {"declined": 0.3, "withdrawn": 0.6, "lost": 0.9}[ending]
        if self._chance(share_met):
            if meet_early:
                after = self._day(after, self.first_count)
            elif received <= self.first_count:
                after = max(after, self.first_count) + _days(self._between(3, 60))
            else:
                after += _days(self._between(8, 50))
            steps.append(("met", after))
            if is_open or ending == "lost":
                after += _days(self._between(10, 60))
                steps.append(("accepted", after))
        if not is_open:
            after += _days(self._between(5, 60) if ending == "declined" else self._between(20, 250))
            steps.append((ending, after))
        steps = [step for step in steps if step[1] <= self.today]
        status = steps[-1][0]
        # An arrival is planned once a file is accepted; for a file that is still open it lies ahead.
        planned = None
        if "accepted" in (name for name, _ in steps) and self._chance(0.6):
            planned = (
                self.today + _days(self._between(30, 200))
                if status == "accepted"
                else steps[-1][1] + _days(self._between(1, 40))
            )
        person = self._candidate(steps[-1][1])
        wish = self._commune() if self._chance(0.6) else None
        self._file(person, steps, self._trade(), planned, wish=wish)

    def _waiting_application(self, received: date, days_ahead: int) -> None:
        steps = [
            ("received", received),
            ("read", received + _days(self._between(2, 10))),
            ("met", received + _days(self._between(15, 40))),
            ("accepted", received + _days(self._between(45, 80))),
            ("window_planned", self.today - _days(self._between(1, 20))),
        ]
        person = self._candidate(steps[-1][1])
        arrival = self.today + _days(days_ahead)
        self._file(person, steps, self._trade(), arrival, wish=self._commune() if self._chance(0.6) else None)

    def _file(
        self,
        person: str,
        steps: Sequence[tuple[str, date]],
        trade: str,
        planned: date | None,
        *,
        member: str | None = None,
        wish: str | None = None,
    ) -> str:
        status = steps[-1][0]
        reason = str(self._one(REASONS[status])) if status in REASONS else None
        household = int(self._one((1, 2, 3, 4, 5), (20, 30, 20, 20, 10)))
        rooms = min(household + self._between(1, 2), 7)
        renting = self._chance(0.75)
        application = self._add(
            "application",
            person=person,
            member=member,
            received=steps[0][1],
            trade=trade,
            project=f"Projet de démonstration : {trade}",
            wished_commune=wish,
            status=status,
            since=steps[-1][1],
            channel=str(_one_of(self.opinions, ("form", "mail", "member", "town_hall", "meeting"))),
            household={
                "adults": 1 if household == 1 else 2,
                "births": [
                    f"{steps[0][1].year - int(self.opinions.integers(1, 15))}-03-01"
                    for _ in range(max(household - 2, 0))
                ],
                "dwelling": False,
                "fibre": False,
                "workplace": bool(self.opinions.random() < 0.2),
                "business": True,
                "car": True,
            },
            planned_arrival=planned,
            household_size=household,
            needs={
                "tenure": "rent" if renting else "sale",
                "kind": "house" if household > 1 or self._chance(0.6) else "apartment",
                "rooms": rooms,
                "office": self._chance(0.8),
                "max_rent": 300 + 90 * rooms if renting else None,
                "max_price": None if renting else 30_000 + 20_000 * rooms,
            },
            reason=reason,
        )
        before = ""
        for name, day in steps:
            if name in SIGNED_STEPS:
                self._signatures(
                    application, before, self.rows["application_event"][-1]["on"], name == "accepted"
                )
            by_candidate = name in ("received", "withdrawn")
            self._line(
                application, "move", name, day,
                actor=f"candidate:{application}" if by_candidate else FOUNDER,
                party="candidate" if by_candidate else "coordinator",
                reason=reason if name == status else None,
                note="Conclusion commune de démonstration." if name in SIGNED_STEPS else None,
            )  # fmt: skip
            before = name
        return application

    def _line(self, application: str, kind: str, status: str, on: date, **more: Any) -> None:
        """One line of a dossier's history."""
        line = {
            "application": application, "kind": kind, "status": status, "on": on, "actor": FOUNDER, "party": "coordinator",
            "reason": None, "note": None, "seat": None, "until": None,
        }  # fmt: skip
        self.rows["application_event"].append(line | more)

    def _signatures(
        self, application: str, status: str, on: date, good: bool, seats: Sequence[str] = SEATS
    ) -> None:
        """The grids of both assessors, who mostly agree, and their signatures."""
        worth = [
            mark - (not good) for mark in self.opinions.integers(2, 5, len(ASSESSMENT_CRITERIA)).tolist()
        ]
        for seat in seats:
            author = FOUNDER if seat == "founder" else COUNCILLOR
            apart = self.opinions.integers(0, len(_APART), len(worth)).tolist()
            marks = [min(max(mark + _APART[at], 1), 4) for mark, at in zip(worth, apart, strict=True)]
            self._add(
                "application_assessment",
                application=application,
                author=author,
                seat=seat,
                marks=dict(zip(ASSESSMENT_CRITERIA, marks, strict=True)),
                remarks={"project": "Remarque de démonstration."},
                blind=True,
            )
            self._line(application, "sign", status, on, actor=author, seat=seat)

    def _receptions(self) -> None:
        """The last two newcomers wait to be received: of one the day is to be fixed, of the other it is."""
        files = [
            row for row in self.rows["application"]
            if row["status"] in ("settled", "welcomed") and (self.today - row["planned_arrival"]).days < 365
        ]  # fmt: skip
        files.sort(key=lambda row: (row["planned_arrival"], row["id"]), reverse=True)
        there = sum(row["status"] == "welcomed" for row in files)
        for row in files[: min(2, max(there - 1, 1))]:
            for name, told in (("application_event", {"application": row["id"], "status": "welcomed"}),
                               ("event", {"member": row["member"], "kind": "reception"})):  # fmt: skip
                self.rows[name] = [
                    each for each in self.rows[name] if any(each[key] != value for key, value in told.items())
                ]
            row["status"], row["since"] = "settled", row["planned_arrival"]
        waiting = [row for row in files if row["status"] == "settled"]
        for row in waiting[1:]:
            commune = next(stay["commune"] for stay in self.rows["stay"] if stay["member"] == row["member"])
            self._add(
                "reception", application=row["id"], on=self.today + _days(6), hour="18:30", commune=commune,
                place="Salle de démonstration", invited=["Mairie", "Membres du réseau"],
                presentation=f"Présentation de démonstration{NNBSP}: {row['trade']}.",
            )  # fmt: skip

    def _duties(self) -> None:
        """Who signs, and who answers for each step."""
        theirs = {"founder": FOUNDER, "councillor": COUNCILLOR, "received": FOUNDER, "read": COUNCILLOR}
        theirs |= dict.fromkeys(("accepted", "window_planned", "housed", "settled"), FOUNDER)
        for duty, profile in theirs.items():
            self._add("application_duty", duty=duty, profile=profile)

    def _ringing(self) -> None:
        """Dossiers of these weeks, at every step that waits: some in time, some late, one that sleeps, one signed by one of two."""
        ways: Sequence[tuple[Sequence[int], str]] = (
            ((1,), ""),
            ((5,), ""),
            ((14,), ""),
            ((30, 27), ""),
            ((40, 36), ""),
            ((60, 57, 4), ""),
            ((70, 66, 9), "one"),
            ((75, 72, 20), "both"),
            ((80, 77, 30), "paused"),
            ((120, 117, 80, 25), ""),
            ((150, 148, 110, 90, 45, 10), ""),
        )
        for ago, what in ways:
            names = ("received", "read", "met", "accepted", "window_planned", "housed")
            steps = [(name, self.today - _days(days)) for name, days in zip(names, ago, strict=False)]
            arrival = self.today + _days(40 if len(steps) == 4 else 6) if len(steps) > 3 else None
            trade = str(_one_of(self.opinions, _TRADES))
            wish = self.codes[int(self.opinions.integers(len(self.codes)))]
            application = self._file(self._candidate(steps[-1][1]), steps, trade, arrival, wish=wish)
            last = steps[-1][1]
            if len(steps) > 5:
                here = next(stay["member"] for stay in reversed(self.rows["stay"]) if stay["left"] is None)
                agreed = {"sponsor": here, "sponsor_agreed_on": self.today - _days(8)}
                self.rows["application"][-1].update(agreed)
            if what in ("one", "both"):
                self._signatures(application, "met", last, True, SEATS if what == "both" else SEATS[:1])
            if what == "paused":
                wakes = self.today + _days(12)
                self._line(
                    application, "pause", "met", last, until=wakes, note="Attend la vente de son logement."
                )
                self.rows["application"][-1]["paused_until"] = wakes
            if len(steps) > 3:
                self._add(
                    "application_task", application=application, title="Présenter un parrain", due=self.today - _days(2),
                    owner=COUNCILLOR, author=FOUNDER,
                )  # fmt: skip

    def _accompaniment(self) -> None:
        """The tasks of whoever arrives or has settled since less than a year: what is due is done, but for the last days."""
        for row in list(self.rows["application"]):
            if row["status"] not in TOLD or row["planned_arrival"] is None:
                continue
            told = dict(row["household"])
            births = tuple(date.fromisoformat(day) for day in told.pop("births"))
            for task in checklist(Household(row["planned_arrival"], births=births, **told), DEFAULT.tasks):
                done = task.due if task.due < self.today - _days(2) else None
                self._add(
                    "application_task", application=row["id"], title=task.label, template=task.id, topic=task.topic, due=task.due,
                    owner=FOUNDER, author=FOUNDER, done_on=done, done_by=FOUNDER if done else None,
                )  # fmt: skip

    # -- housing watch --------------------------------------------------------------------------------

    def _contacts(self) -> None:
        largest = sorted(self.codes, key=lambda code: (-int(self.populations.get(code, 0)), code))
        kinds = [("mairie", code) for code in self.codes]
        kinds += [("notary", code) for code in largest[:3]] + [("agency", code) for code in largest[:3]]
        for number, (kind, commune) in enumerate(kinds, start=1):
            label = f"Correspondant {number}"
            person = self._add(
                "person",
                code=label,
                consent_public=False,
                last_contact=self.today - _days(self._between(1, 60)),
            )
            self._add("contact", person=person, kind=kind, label=label, commune=commune)

    def _listings(self) -> None:
        contacts: dict[str, list[str]] = {code: [] for code in self.codes}
        for row in self.rows["contact"]:
            contacts[row["commune"]].append(row["id"])
        for _ in range(110):
            self._listing(contacts, self.today - _days(self._between(30, 365)), None)
        # The last weeks are dealt, not drawn: some dwellings there, some gone, some nobody could confirm.
        for state, count in (("available", 6), ("gone", 4), ("unknown", 3)):
            for _ in range(count):
                self._listing(contacts, self.today - _days(self._between(6, 20)), state)

    def _listing(self, contacts: Mapping[str, list[str]], first_seen: date, ends_as: str | None) -> None:
        commune = self._commune()
        contact = str(self._one(contacts[commune]))
        renting = self._chance(0.7)
        kind = str(self._one(("house", "apartment", "workplace"), (70, 22, 8)))
        rooms = self._between(2, 4) if kind == "apartment" else self._between(1, 7 if kind == "house" else 3)
        surface = round(18 * rooms + self.random.normal(15, 8))
        position = self.positions.get(commune)
        lon, lat = (None, None)
        if position is not None:
            # About 700 m around the town hall.
            lon = round(position[0] + min(max(self.random.normal(0, 0.005), -0.01), 0.01), 5)
            lat = round(position[1] + min(max(self.random.normal(0, 0.0035), -0.007), 0.007), 5)
        listing = self._add(
            "listing",
            contact=contact,
            commune=commune,
            lon=lon,
            lat=lat,
            kind=kind,
            tenure="rent" if renting else "sale",
            rooms=rooms,
            surface=max(surface, 15),
            rent=float(round(150 + 95 * rooms + self.random.normal(0, 40), -1)) if renting else None,
            price=None
            if renting
            else float(round(25_000 + 18_000 * rooms + self.random.normal(0, 9000), -3)),
            first_seen=first_seen,
            **self._told(kind, renting, first_seen),
        )
        # Rented dwellings go within days, those for sale within weeks.
        life = 1 + int(self.random.exponential(10 if renting else 60))
        seen: list[tuple[date, str]] = [(first_seen, "available")]
        if ends_as is not None:
            seen.append((self.today - _days(self._between(0, 4)), ends_as))
        else:
            day = first_seen
            while len(seen) < 12:
                day += _days(self._between(2, 9))
                if day > self.today - _days(9):
                    break
                gone = (day - first_seen).days >= life
                state = "unknown" if self._chance(0.12) else "gone" if gone else "available"
                seen.append((day, state))
                if state == "gone" or self._chance(0.08):
                    break
        for day, state in seen:
            self.rows["sighting"].append(
                {"listing": listing, "contact": contact, "on": day, "state": state, "actor": "demo"}
            )

    def _told(self, kind: str, renting: bool, first_seen: date) -> Row:
        """What a listing tells beside its size and cost; often nothing, as on the telephone."""

        def maybe(known: float, yes: float) -> bool | None:
            asked, said = self.details.random(2)
            return bool(said < yes) if asked < known else None

        energy = str(_one_of(self.details, "ABCDEFG", (0.02, 0.06, 0.18, 0.34, 0.2, 0.12, 0.08)))
        connection = str(_one_of(self.details, ("fibre", "copper", "mobile"), (0.8, 0.14, 0.06)))
        known = self.details.random(5)
        return {
            "charges": float(5 * self.details.integers(2, 13)) if renting and known[0] < 0.6 else None,
            "furnished": maybe(0.7, 0.15) if kind != "workplace" else None,
            "work_room": maybe(0.5, 0.45),
            "garden": maybe(0.7, 0.8 if kind == "house" else 0.1),
            "pets": maybe(0.4, 0.6) if renting else None,
            "least_months": 12 if renting and known[1] < 0.2 else None,
            "energy": energy if known[2] < 0.7 else None,
            "connection": connection if known[3] < 0.6 else None,
            "free_from": first_seen + _days(int(self.details.integers(0, 40))) if known[4] < 0.5 else None,
        }

    # -- events ---------------------------------------------------------------------------------------

    def _events(self) -> None:
        member_of = {row["id"]: row["member"] for row in self.rows["application"]}
        home = {row["member"]: row["commune"] for row in reversed(self.rows["stay"])}
        for row in list(self.rows["application_event"]):
            if row["status"] == "welcomed":
                member = member_of[row["application"]]
                self._add(
                    "event",
                    member=member,
                    on=row["on"],
                    kind="reception",
                    commune=home[member],
                    title="Réception d’accueil à la mairie",
                    hours=float(self._between(2, 4)),
                )
        regular = (
            ("meeting", "Rencontre du réseau", 1, 180, (3, 8)),
            ("training", "Atelier entre membres", 4, 365, (4, 12)),
            ("spin_off", "Projet né du réseau", 3, 1200, (10, 40)),
            ("jobs", "Emplois déclarés par les membres", 4, 730, (1, 2)),
        )
        for kind, title, after_years, every, hours in regular:
            day = self.launch + _days(365 * after_years + self._between(0, 90))
            while day <= self.today:
                self._add(
                    "event",
                    member=None,
                    on=day,
                    kind=kind,
                    commune=self._commune(),
                    title=title,
                    hours=float(self._between(*hours)),
                    jobs=self._between(1, 3) if kind == "jobs" else None,
                )
                day += _days(every + self._between(-every // 8, every // 8))
        self.rows["event"].sort(key=lambda row: (row["on"], row["id"]))
