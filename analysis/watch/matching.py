"""Which dwelling for whom: needs against listings, with reasons; who could have what when several want the same.

A criterion that a need names is a hard limit (`must`) or a preference. A hard limit that is missed makes the pair impossible, one that the
listing does not tell is to be checked. The score, from 0 to 100, is the weighted mean of how far each named criterion is met; what
is not known counts half. Owners' wishes and the law are hard limits that no household can give up.

The software proposes, people decide.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np

from analysis import french
from analysis.french import NNBSP
from analysis.vocabulary import DWELLING_KINDS, NEED_CRITERIA, REFUSAL_REASONS, TENURES
from analysis.watch.life import Floats

WEIGHTS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "tenure": 3,
        "kind": 1,
        "rooms": 3,
        "rent": 3,
        "work_room": 2,
        "school": 2,
        "speed": 3,
        "commune": 2,
        "date": 2,
    }
)
"""What a need may name, and how much each counts in the score."""
MUST = frozenset({"tenure", "rooms", "rent", "date"})
"""The hard limits of a need that does not say otherwise."""
CRITERIA: Final[Mapping[str, str]] = MappingProxyType(
    {**NEED_CRITERIA, "pets": "animaux", "stay": "durée du séjour", "energy": "classe énergie"}
)
"""French names of the criteria; the last three are the owner's and the law's."""
OWNERS = ("pets", "stay")
LAWS = ("energy",)

BANNED_FROM: Final[Mapping[str, dt.date]] = MappingProxyType(
    {"G": dt.date(2025, 1, 1), "F": dt.date(2028, 1, 1), "E": dt.date(2034, 1, 1)}
)
"""From when a dwelling of a class may not be let anew in metropolitan France: loi n° 2021-1104 du 22 août 2021 (Climat et résilience),
article 160 (article 6 of loi n° 89-462), for leases signed, renewed or continued from these days on."""
_DWELLINGS = ("house", "apartment")


def energy_ban(energy: str, on: dt.date, *, tenure: str = "rent", kind: str = "house") -> str:
    """Why a dwelling of an energy class (A to G) may not be let by a lease of that day, in French; empty when it may.

    A sale is not concerned, neither is what is no dwelling; an unknown class (empty) is not judged.
    """
    since = _banned_since(energy, on, tenure, kind)
    if since is None:
        return ""
    return (
        f"classe énergie {energy.strip().upper()}{NNBSP}: ne peut plus être louée depuis le {french.long_date(since)} "
        "(loi Climat et résilience)"
    )


def _banned_since(energy: str, on: dt.date, tenure: str, kind: str) -> dt.date | None:
    since = BANNED_FROM.get(energy.strip().upper())
    return since if since and on >= since and tenure == "rent" and kind in _DWELLINGS else None


@dataclass(frozen=True)
class Listing:
    """A listing as it is matched. Euros (`rent` and `charges` a month), Mbit/s; None and empty text: nobody told.

    `pets` and `least_months` are the owner's wishes: pets accepted, shortest stay. `school`: one in the commune; `schools_known`: somebody
    imported where schools are. `chance`: that it is still there (0 to 1, `life.still_there`).
    """

    listing: str
    commune: str
    kind: str
    tenure: str = "rent"
    rooms: int | None = None
    rent: float | None = None
    charges: float | None = None
    price: float | None = None
    work_room: bool | None = None
    school: bool | None = None
    speed: float | None = None
    energy: str = ""
    free_from: dt.date | None = None
    pets: bool | None = None
    least_months: int | None = None
    chance: float = 1.0
    schools_known: bool = True

    @property
    def cost(self) -> float | None:
        """What it costs in euros: the price, or the monthly rent with charges where they are known."""
        if self.tenure == "sale":
            return self.price
        return None if self.rent is None else self.rent + (self.charges or 0.0)


@dataclass(frozen=True)
class Need:
    """What a household needs. `rooms` and `speed` (Mbit/s): at least; `cost`: at most, euros (a month with charges, or the price).

    What is None, False or empty is not asked for. `communes` are INSEE codes. `pets`: they have some; `months`: how long they mean to
    stay. `must` names the hard limits among `WEIGHTS`; other named criteria are preferences.
    """

    application: str
    tenure: str = "rent"
    kinds: frozenset[str] = frozenset()
    rooms: int | None = None
    cost: float | None = None
    work_room: bool = False
    school: bool = False
    speed: float | None = None
    communes: frozenset[str] = frozenset()
    arrival: dt.date | None = None
    pets: bool = False
    months: int | None = None
    must: frozenset[str] = MUST


class Met(StrEnum):
    """Whether a listing meets a criterion."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Judged(NamedTuple):
    """One criterion of one pair; `degree` from 0 to 1; `hard` when it is a limit and no preference."""

    criterion: str
    met: Met
    degree: float
    hard: bool


@dataclass(frozen=True)
class Match:
    """A need and a listing, judged criterion by criterion on a day."""

    need: Need
    listing: Listing
    judged: tuple[Judged, ...]
    today: dt.date

    @cached_property
    def possible(self) -> bool:
        """No hard limit is missed."""
        return not any(one.hard and one.met is Met.NO for one in self.judged)

    @cached_property
    def score(self) -> float:
        """0 to 100; 1 at least where the pair is possible, 0 where it is not."""
        if not self.possible:
            return 0.0
        named = [(WEIGHTS[one.criterion], one.degree) for one in self.judged if one.criterion in WEIGHTS]
        total = sum(weight for weight, _ in named)
        return max(100 * sum(weight * degree for weight, degree in named) / total, 1.0) if total else 100.0

    @cached_property
    def value(self) -> float:
        """Score as a share × the chance that the listing is still there, 0 to 1: what rankings and assignments compare."""
        return self.score / 100 * self.listing.chance

    @property
    def reasons(self) -> tuple[str, ...]:
        """What speaks for it, in French."""
        return tuple(_text(self, one) for one in self.judged if one.met is Met.YES)

    @property
    def against(self) -> tuple[str, ...]:
        """What speaks against it, hard limits first."""
        missed = [one for one in self.judged if one.met is Met.NO]
        return tuple(_text(self, one) for one in sorted(missed, key=lambda one: not one.hard))

    @property
    def to_check(self) -> tuple[str, ...]:
        """What nobody told, hard limits first."""
        unknown = [one for one in self.judged if one.met is Met.UNKNOWN]
        return tuple(_text(self, one) for one in sorted(unknown, key=lambda one: not one.hard))


def match(need: Need, listing: Listing, today: dt.date) -> Match:
    """The pair judged on a day: the criteria that the need names, then the owner's wishes and the law where they matter."""
    judged = [
        Judged(criterion, met, degree, criterion in need.must)
        for criterion in WEIGHTS
        if (found := _judge(criterion, need, listing, today)) is not None
        for met, degree in (found,)
    ]
    if need.pets and listing.pets is not True:
        judged.append(Judged("pets", Met.UNKNOWN if listing.pets is None else Met.NO, 0.0, True))
    if listing.least_months is not None and (need.months is None or need.months < listing.least_months):
        judged.append(Judged("stay", Met.UNKNOWN if need.months is None else Met.NO, 0.0, True))
    if _banned_since(listing.energy, _lease_day(need, listing, today), listing.tenure, listing.kind):
        judged.append(Judged("energy", Met.NO, 0.0, True))
    return Match(need, listing, tuple(judged), today)


def _lease_day(need: Need, listing: Listing, today: dt.date) -> dt.date:
    return max(day for day in (today, need.arrival, listing.free_from) if day)


def _yes(met: bool) -> tuple[Met, float]:
    return (Met.YES, 1.0) if met else (Met.NO, 0.0)


def _least(asked: float, told: float | None, missing: float) -> tuple[Met, float]:
    """At least `asked`; the degree falls to 0 where `missing` of it lacks."""
    if told is None or math.isnan(told):
        return Met.UNKNOWN, 0.5
    return (Met.YES, 1.0) if told >= asked else (Met.NO, max(1 - (asked - told) / missing, 0.0))


def _judge(criterion: str, need: Need, listing: Listing, today: dt.date) -> tuple[Met, float] | None:
    """Whether and how far a criterion is met, None where the need does not name it."""
    match criterion:
        case "tenure":
            return _yes(listing.tenure == need.tenure)
        case "kind":
            return _yes(listing.kind in need.kinds) if need.kinds else None
        case "rooms":
            return _least(need.rooms, listing.rooms, 2) if need.rooms else None
        case "rent":
            if need.cost is None:
                return None
            # A fifth above what they can pay is worth nothing.
            cost = listing.cost
            return _least(-need.cost, None if cost is None else -cost, max(need.cost / 5, 1e-9))
        case "work_room" | "school":
            told = listing.work_room if criterion == "work_room" else listing.school
            if not (need.work_room if criterion == "work_room" else need.school):
                return None
            return (Met.UNKNOWN, 0.5) if told is None else _yes(told)
        case "speed":
            return _least(need.speed, listing.speed, need.speed) if need.speed else None
        case "commune":
            return _yes(listing.commune in need.communes) if need.communes else None
        case _:
            if need.arrival is None:
                return None
            if listing.free_from is None:  # told without a day: to be had now, as what the watch sees
                return Met.YES, 1.0
            # Who should have arrived already takes what is free today; what comes a month late is worth nothing.
            return _least(0, (max(need.arrival, today) - listing.free_from).days, 30)


def _text(pair: Match, one: Judged) -> str:
    """One judged criterion in French, without a final stop."""
    need, listing, unknown = pair.need, pair.listing, one.met is Met.UNKNOWN
    match one.criterion:
        case "tenure":
            text = TENURES.get(listing.tenure, listing.tenure)
        case "kind":
            text = DWELLING_KINDS.get(listing.kind, "Bien").lower()
        case "rooms":
            text = (
                "nombre de pièces à demander"
                if listing.rooms is None
                else f"{french.quantity(listing.rooms, 'pièces')} pour {french.number(need.rooms or 0)} demandées"
            )
        case "rent":
            month = " par mois" if listing.tenure == "rent" else ""
            most = french.quantity(need.cost or 0, "€")
            text = (
                "loyer ou prix à demander"
                if listing.cost is None
                else f"{french.quantity(listing.cost, '€')}{month} pour {most} au plus"
            )
        case "work_room":
            text = {
                Met.YES: "une pièce pour travailler",
                Met.NO: "pas de pièce pour travailler",
                Met.UNKNOWN: "pièce pour travailler à demander",
            }[one.met]
        case "school":
            text = {
                Met.YES: "une école dans la commune",
                Met.NO: "pas d’école dans la commune",
                Met.UNKNOWN: "école à vérifier"
                if listing.schools_known
                else f"école{NNBSP}: pas encore importé (annuaire de l’éducation)",
            }[one.met]
        case "speed":
            text = (
                "débit internet à vérifier"
                if listing.speed is None
                else f"{french.quantity(listing.speed, 'Mbit/s')} pour {french.number(need.speed or 0)} demandés"
            )
        case "commune":
            text = "commune souhaitée" if one.met is Met.YES else "hors des communes souhaitées"
        case "date":
            text = (
                "libre à l’arrivée"
                if one.met is Met.YES or listing.free_from is None
                else f"libre le {french.date(listing.free_from)}, après l’arrivée"
            )
        case "pets":
            text = "animaux à demander au propriétaire" if unknown else "le propriétaire refuse les animaux"
        case "stay":
            least = french.counted(listing.least_months or 0, "mois", "mois")
            text = (
                f"le propriétaire veut {least} au moins{NNBSP}: durée à demander au foyer"
                if unknown
                else f"le propriétaire veut {least} au moins"
            )
        case _:
            text = energy_ban(listing.energy, _lease_day(need, listing, pair.today))
    return text


# -- refusals --------------------------------------------------------------------------------------------------


class RefusalReason(StrEnum):
    """Why a listing was refused; each has consequences of its own (`after`)."""

    FAMILY = "family"
    OWNER = "owner"
    UNSUITABLE = "unsuitable"
    GONE = "gone"


REFUSALS: Final[Mapping[RefusalReason, str]] = MappingProxyType(
    {RefusalReason(code): words for code, words in REFUSAL_REASONS.items()}
)
"""French words, of an annonce."""


@dataclass(frozen=True)
class Refusal:
    """One refusal. `criterion` (of `WEIGHTS`) says what did not suit, for `UNSUITABLE`; empty otherwise or when nobody said."""

    listing: str
    application: str
    reason: RefusalReason
    criterion: str = ""


@dataclass(frozen=True)
class After:
    """Needs and listings as refusals leave them; `barred` are the (application, listing) pairs that are not proposed again."""

    needs: tuple[Need, ...]
    listings: tuple[Listing, ...]
    barred: frozenset[tuple[str, str]]


def after(needs: Iterable[Need], listings: Iterable[Listing], refusals: Iterable[Refusal]) -> After:
    """What refusals change.

    Refused by the family or by the owner: not proposed to that family again, to others as before. Not suitable: the same, and what did
    not suit is a hard limit of that family from now on. Gone: for nobody any more. Raises ValueError for a criterion that does not exist.
    """
    barred: set[tuple[str, str]] = set()
    gone: set[str] = set()
    harder: dict[str, set[str]] = {}
    for one in refusals:
        if one.criterion and one.criterion not in WEIGHTS:
            raise ValueError(
                f"Critère « {one.criterion} » inconnu{NNBSP}: attendu {french.join(WEIGHTS, 'ou')}."
            )
        if one.reason is RefusalReason.GONE:
            gone.add(one.listing)
            continue
        barred.add((one.application, one.listing))
        if one.reason is RefusalReason.UNSUITABLE and one.criterion:
            harder.setdefault(one.application, set()).add(one.criterion)
    return After(
        tuple(
            replace(need, must=need.must | harder[need.application]) if need.application in harder else need
            for need in needs
        ),
        tuple(listing for listing in listings if listing.listing not in gone),
        frozenset(barred),
    )


def consequence_text(refusal: Refusal) -> str:
    """What a refusal brings about, in a French sentence."""
    match refusal.reason:
        case RefusalReason.GONE:
            return "L’annonce est partie pour tous les foyers."
        case RefusalReason.UNSUITABLE if refusal.criterion:
            return (
                "L’annonce n’est plus proposée à ce foyer, et le critère "
                f"{french.quoted(CRITERIA[refusal.criterion])} devient une limite pour lui."
            )
        case RefusalReason.OWNER:
            return f"L’annonce n’est plus proposée à ce foyer, que le propriétaire refuse{NNBSP}; elle le reste aux autres."
        case _:
            return f"L’annonce n’est plus proposée à ce foyer{NNBSP}; elle le reste aux autres."


# -- for one household -----------------------------------------------------------------------------------------


def ranked(
    need: Need, listings: Iterable[Listing], today: dt.date, barred: frozenset[tuple[str, str]] = frozenset()
) -> list[Match]:
    """The possible listings of a need, the best first (`Match.value`; references break ties)."""
    pairs = [match(need, one, today) for one in listings if (need.application, one.listing) not in barred]
    return sorted(
        (pair for pair in pairs if pair.possible and pair.value > 0),
        key=lambda pair: (-pair.value, pair.listing.listing),
    )


@dataclass(frozen=True)
class Concession:
    """What would have to give: the hard limits that `listings` listings miss together, and a French sentence with how far."""

    criteria: tuple[str, ...]
    listings: int
    text: str


@dataclass(frozen=True)
class NoMatch:
    """Why nothing is possible: `reasons` in French with their counts, and the concessions that would open most, fewest limits first."""

    reasons: tuple[str, ...]
    concessions: tuple[Concession, ...]


def why_none(
    need: Need,
    listings: Iterable[Listing],
    today: dt.date,
    barred: frozenset[tuple[str, str]] = frozenset(),
    most: int = 3,
) -> NoMatch | None:
    """Why no listing is possible for a need, and what would have to give; None when one is.

    A concession names all the limits to loosen at once and goes no further than its nearest listing needs. Owners' wishes, the law and
    refusals are no concession a household could make.
    """
    pairs = [match(need, one, today) for one in listings]
    if any(
        pair.possible and pair.value > 0 and (need.application, pair.listing.listing) not in barred
        for pair in pairs
    ):
        return None
    counts: dict[str, int] = {}
    open_: dict[tuple[str, ...], list[Match]] = {}
    refused = 0
    for pair in pairs:
        if (need.application, pair.listing.listing) in barred:
            refused += 1
            continue
        missed = tuple(one.criterion for one in pair.judged if one.hard and one.met is Met.NO)
        for criterion in missed:
            counts[criterion] = counts.get(criterion, 0) + 1
        if missed and pair.listing.chance > 0 and not {*missed} & {*OWNERS, *LAWS}:
            open_.setdefault(missed, []).append(pair)
    concessions = [_concession(need, criteria, found) for criteria, found in open_.items()]
    concessions.sort(key=lambda one: (len(one.criteria), -one.listings, one.criteria))
    reasons = [
        f"{CRITERIA[criterion]}{NNBSP}: {french.counted(n, 'annonce écartée', 'annonces écartées')}"
        for criterion, n in sorted(counts.items(), key=lambda item: (-item[1], list(CRITERIA).index(item[0])))
    ]
    if refused:
        reasons.append(f"{french.counted(refused, 'annonce déjà refusée', 'annonces déjà refusées')}")
    if not pairs:
        reasons.append("aucune annonce n’est connue")
    return NoMatch(tuple(reasons), tuple(concessions[:most]))


def _concession(need: Need, criteria: tuple[str, ...], pairs: list[Match]) -> Concession:
    def lacking(pair: Match) -> float:
        return sum(1 - one.degree for one in pair.judged if one.criterion in criteria)

    nearest = min(pairs, key=lambda pair: (lacking(pair), pair.listing.listing)).listing
    loosened = need
    parts = []
    for criterion in criteria:
        if criterion == "rent" and nearest.cost is not None:
            loosened = replace(loosened, cost=nearest.cost)
            parts.append(
                f"avec {french.quantity(nearest.cost, '€')} au lieu de {french.quantity(need.cost or 0, '€')}"
            )
        elif criterion == "rooms" and nearest.rooms is not None:
            loosened = replace(loosened, rooms=nearest.rooms or None)
            parts.append(f"avec {french.quantity(nearest.rooms, 'pièces')} au lieu de {need.rooms}")
        elif criterion == "date" and nearest.free_from is not None:
            loosened = replace(loosened, arrival=nearest.free_from)
            parts.append(f"avec une entrée le {french.date(nearest.free_from)}")
        elif criterion == "speed" and nearest.speed is not None:
            loosened = replace(loosened, speed=nearest.speed or None)
            parts.append(
                f"avec {french.quantity(nearest.speed, 'Mbit/s')} au lieu de {french.number(need.speed or 0)}"
            )
        else:
            loosened = replace(loosened, must=loosened.must - {criterion})
            parts.append(f"sans exiger {french.quoted(CRITERIA[criterion])}")
    count = sum(match(loosened, pair.listing, pair.today).possible for pair in pairs)
    found = french.counted(count, "annonce possible", "annonces possibles")
    return Concession(criteria, count, f"{found} {french.join(parts)}")


# -- for several households ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proposal:
    """Pairs (application, listing, value) proposed together; `total` is the sum of values."""

    pairs: tuple[tuple[str, str, float], ...]

    @property
    def total(self) -> float:
        """The sum of the values."""
        return sum(value for *_, value in self.pairs)


def values(
    needs: Sequence[Need],
    listings: Sequence[Listing],
    today: dt.date,
    barred: frozenset[tuple[str, str]] = frozenset(),
) -> Floats:
    """`Match.value` of each need (rows) and listing (columns), 0 where the pair is impossible or barred."""
    result = np.zeros((len(needs), len(listings)))
    for i, need in enumerate(needs):
        for j, listing in enumerate(listings):
            if (need.application, listing.listing) not in barred:
                result[i, j] = match(need, listing, today).value
    return result


def assignment(needs: Sequence[Need], listings: Sequence[Listing], worth: Floats) -> Proposal:
    """The proposal with the greatest total of `worth` (as `values` gives it): each need and each listing once at most.

    `scipy.optimize.linear_sum_assignment` (modified Jonker-Volgenant); pairs worth 0 are left out.
    """
    # A third of a second to load, and only this asks for it.
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(worth, maximize=True)
    return _proposal(needs, listings, worth, zip(rows.tolist(), columns.tolist(), strict=True))


def one_after_the_other(needs: Sequence[Need], listings: Sequence[Listing], worth: Floats) -> Proposal:
    """The simple ranking beside it: in the order of `needs`, each takes the best listing that is left."""
    left = worth.copy()
    pairs = []
    for i in range(len(needs)):
        if len(listings) and left[i].max() > 0:
            j = int(left[i].argmax())
            pairs.append((i, j))
            left[:, j] = 0
    return _proposal(needs, listings, worth, pairs)


def _proposal(
    needs: Sequence[Need], listings: Sequence[Listing], worth: Floats, pairs: Iterable[tuple[int, int]]
) -> Proposal:
    return Proposal(
        tuple(
            (needs[i].application, listings[j].listing, float(worth[i, j]))
            for i, j in sorted(pairs)
            if worth[i, j] > 0
        )
    )


def comparison_sentence(together: Proposal, ranking: Proposal) -> str:
    """« En répartissant ensemble : 6 foyers, total 4,2 ; l’un après l’autre : 5 foyers, total 3,6. » (sums of values)."""

    def told(proposal: Proposal) -> str:
        count = french.counted(len(proposal.pairs), "foyer", "foyers")
        return f"{count}, total {french.number(proposal.total, 1)}"

    return f"En répartissant ensemble{NNBSP}: {told(together)}{NNBSP}; l’un après l’autre{NNBSP}: {told(ranking)}."


# -- what the territory lacks ----------------------------------------------------------------------------------

CEILING_STEP = 50
"""Rents are told by the next 50 € above, so that needs of 580 € and 600 € are one lack."""
_PLURALS = {"house": "maisons", "apartment": "appartements", "workplace": "locaux de travail"}


@dataclass(frozen=True)
class Lack:
    """How many households lacked the same: `kind` empty where several would have done, `rooms` and `ceiling` (€) None where not asked."""

    count: int
    kind: str
    tenure: str
    rooms: int | None
    ceiling: int | None

    @property
    def text(self) -> str:
        """« 3 maisons de 4 pièces sous 600 € », « 1 logement à vendre »."""
        return f"{french.quantity(self.count, _PLURALS.get(self.kind, 'logements'))}{self._what}"

    @property
    def noun(self) -> str:
        """« maison de 4 pièces sous 600 € », whatever the count."""
        return f"{DWELLING_KINDS[self.kind].lower() if self.kind in _PLURALS else 'logement'}{self._what}"

    @property
    def _what(self) -> str:
        rooms = f" de {french.quantity(self.rooms, 'pièces')}" if self.rooms else ""
        sale = " à vendre" if self.tenure == "sale" else ""
        under = f" sous {french.quantity(self.ceiling, '€')}" if self.ceiling else ""
        return f"{rooms}{sale}{under}"

    @property
    def key(self) -> str:
        """What was lacked, without how many: « house|rent|4|600 »; `lack_of` reads it."""
        return "|".join(str(each or "") for each in (self.kind, self.tenure, self.rooms, self.ceiling))


def lack_of(key: str, count: int) -> Lack:
    """The lack of a `Lack.key`, `count` times. Raises ValueError for a text that is no key."""
    kind, tenure, rooms, ceiling = key.split("|")
    return Lack(count, kind, tenure, int(rooms) if rooms else None, int(ceiling) if ceiling else None)


def lacks(lost: Iterable[Need], *, commune: str = "", least: int = 1) -> list[Lack]:
    """What needs of applications lost for lack of housing wanted, the most wanted first; with `commune`, of those who named it.

    Needs that name several communes count in each. What fewer than `least` households lacked is left out: they are people, whose counts
    follow the audience's threshold. Rents go up to the next `CEILING_STEP`, prices to the next 10 000 €.
    """
    counts: dict[tuple[str, str, int | None, int | None], int] = {}
    for need in lost:
        if commune and commune not in need.communes:
            continue
        step = 10_000 if need.tenure == "sale" else CEILING_STEP
        ceiling = None if need.cost is None else math.ceil(need.cost / step) * step
        kind = next(iter(need.kinds)) if len(need.kinds) == 1 else ""
        key = (kind, need.tenure, need.rooms, ceiling)
        counts[key] = counts.get(key, 0) + 1
    found = [Lack(count, *key) for key, count in counts.items() if count >= least]
    return sorted(found, key=lambda one: (-one.count, one.text))


def lacks_sentence(found: Sequence[Lack]) -> str:
    """« Il a manqué 3 maisons de 4 pièces sous 600 € et 1 appartement. »; empty for nothing."""
    return f"Il a manqué {french.join(one.text for one in found)}." if found else ""
