"""What is typed of a dossier, checked: the project, the trade and clients, the wishes, the household and what its dwelling must have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.vocabulary import APPLICATION_CHANNELS, DWELLING_KINDS, TENURES
from data.register import checks
from data.register.errors import RegisterError
from data.register.places import commune_of
from data.territory import Territory

PROJECT_MOST, CLIENTS_MOST, WORDS_MOST = 4000, 2000, 1000
"""Characters of a project, of what is said of the clients, of other texts."""
WISHES_MOST = 5
_ARRIVAL_YEARS = 3


def paragraphs(value: str | None, name: str, most: int, needed: str = "") -> str | None:
    """A text that keeps its lines, without control characters, None when empty. Raises RegisterError."""
    lines = [checks.text(line, name, most=most) or "" for line in (value or "").splitlines()]
    kept = "\n".join(lines).strip()
    if not kept:
        if needed:
            raise RegisterError(needed, field=name)
        return None
    if len(kept) > most:
        raise RegisterError(
            f"Ce texte a {len(kept)} caractères, {most} au plus sont gardés.",
            field=name,
            advice="Raccourcissez-le.",
        )
    return kept


@dataclass(frozen=True)
class HouseholdFields:
    """Who would come. `births`: the children's days of birth; the others as in `analysis.applications.household.Household`."""

    adults: int = 1
    births: Sequence[dt.date] = ()
    dwelling: bool = False
    fibre: bool = False
    workplace: bool = False
    business: bool = True
    car: bool = True

    def checked(self, today: dt.date) -> dict[str, Any]:
        """The value to keep, as JSON holds it. Raises RegisterError."""
        if not 1 <= self.adults <= 12:
            raise RegisterError(
                f"{self.adults} adulte(s) : un foyer en a de 1 à 12.", field="adults", value=self.adults
            )
        if len(self.births) > 12:
            raise RegisterError(f"{len(self.births)} enfants : 12 au plus.", field="births")
        for day in self.births:
            if not today - dt.timedelta(days=26 * 366) <= day <= today + dt.timedelta(days=300):
                raise RegisterError(
                    f"Le {checks.day_text(day)} n'est pas la date de naissance d'un enfant du foyer.",
                    field="births",
                    value=checks.day_text(day),
                    advice="Attendu jj/mm/aaaa ; une naissance attendue se note aussi.",
                )
        return {
            "adults": self.adults,
            "births": [day.isoformat() for day in sorted(self.births)],
            "dwelling": self.dwelling,
            "fibre": self.fibre,
            "workplace": self.workplace,
            "business": self.business,
            "car": self.car,
        }

    @property
    def size(self) -> int:
        """How many people."""
        return self.adults + len(self.births)


@dataclass(frozen=True)
class DossierFields:
    """What is typed of a dossier. `wishes`: communes of the territory in order of preference, as codes or names; `needs` as the watch
    knows them (`tenure`, `kind`, `rooms`, `office`, `max_rent`, `max_price`). What is not said is empty.
    """

    received: dt.date | None = None
    trade: str | None = None
    project: str | None = None
    clients: str | None = None
    wishes: Sequence[str] = ()
    household: HouseholdFields | None = None
    needs: Mapping[str, Any] = field(default_factory=dict)
    planned_arrival: dt.date | None = None
    channel: str = "mail"
    owner: str | None = None

    def checked(
        self, territory: Territory, today: dt.date, known_arrival: dt.date | None = None
    ) -> dict[str, Any]:
        """The values to keep, by column. `known_arrival` may lie in the past: it was noted before. Raises RegisterError."""
        received = checks.past_day(self.received, "received", today, "Réception")
        arrival = self.planned_arrival
        if arrival is not None and arrival != known_arrival:
            self._check_arrival(arrival, received, today)
        wishes = list(dict.fromkeys(commune_of(territory, wish) for wish in self.wishes))
        if len(wishes) > WISHES_MOST:
            raise RegisterError(
                f"{len(wishes)} communes souhaitées : {WISHES_MOST} au plus.",
                field="wishes",
                advice="Gardez les premières, dans l'ordre.",
            )
        if self.channel not in APPLICATION_CHANNELS:
            raise RegisterError("La voie d'entrée du dossier manque.", field="channel", value=self.channel)
        household = self.household
        return {
            "received": received,
            "trade": checks.text(self.trade, "trade", most=64),
            "project": paragraphs(self.project, "project", PROJECT_MOST),
            "clients": paragraphs(self.clients, "clients", CLIENTS_MOST),
            "wished_commune": wishes[0] if wishes else None,
            "other_wishes": wishes[1:] or None,
            "household": household.checked(today) if household else None,
            "household_size": household.size if household else None,
            "needs": _needs(self.needs),
            "planned_arrival": arrival,
            "channel": self.channel,
            "owner": self.owner or None,
        }

    def _check_arrival(self, arrival: dt.date, received: dt.date, today: dt.date) -> None:
        shown = checks.day_text(arrival)
        if arrival < received:
            raise RegisterError(
                f"L'arrivée prévue ({shown}) précède la réception du dossier ({checks.day_text(received)}).",
                field="planned_arrival",
                value=shown,
                advice="Corrigez l'une des deux dates.",
            )
        if arrival < today:
            raise RegisterError(
                f"L'arrivée prévue ({shown}) est déjà passée.",
                field="planned_arrival",
                value=shown,
                advice="Donnez une date à venir, ou laissez vide.",
            )
        if arrival > today + dt.timedelta(days=366 * _ARRIVAL_YEARS):
            raise RegisterError(
                f"L'arrivée prévue ({shown}) est à plus de {_ARRIVAL_YEARS} ans.",
                field="planned_arrival",
                value=shown,
                advice="Vérifiez l'année.",
            )


_NUMBERS = {"rooms": (1, 20), "max_rent": (1, 20_000), "max_price": (1, 5_000_000)}


_ASKED = ("tenure", "kind", "office", *_NUMBERS)


def with_other_needs(
    known: Mapping[str, Any] | None, told: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """What is `told` of a dwelling here, beside what the watch knows besides (hard limits, a garden, communes): that stays.

    Gives back `known` itself where both say the same.
    """
    before = dict(known or {})
    merged = {name: value for name, value in before.items() if name not in _ASKED} | dict(told or {})
    said = {name: value for name, value in before.items() if value is not None and value is not False}
    return before or None if merged == said else merged or None


def _needs(needs: Mapping[str, Any]) -> dict[str, Any] | None:
    kept: dict[str, Any] = {}
    for name, value in needs.items():
        if value is None or value == "":
            continue
        words = {"tenure": TENURES, "kind": DWELLING_KINDS}.get(name)
        if words is not None and value not in words:
            raise RegisterError(f"« {value} » n'est pas un choix connu.", field=name, value=value)
        if name in _NUMBERS:
            low, high = _NUMBERS[name]
            if not isinstance(value, (int, float)) or not low <= value <= high:
                raise RegisterError(f"{value} : attendu de {low} à {high}.", field=name, value=value)
        elif words is None and name != "office":
            raise RegisterError(f"« {name} » n'est pas un besoin connu.", field=name)
        kept[name] = bool(value) if name == "office" else value
    return kept or None
