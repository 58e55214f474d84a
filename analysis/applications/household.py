"""The accompaniment of a household: which tasks fit it, due when, and how far they are. The templates are data, of the territory's file.

A due date is counted from the arrival in calendar days, and never falls on a day when nobody answers: a task of before the arrival is
brought forward to the last day that is open, one of after it put off to the next. Tasks of the school also keep clear of its holidays,
which are given as dates (`analysis.applications.school`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis import french
from analysis.applications.clocks import working_day
from analysis.french import NNBSP
from analysis.vocabulary import ACCOMPANIMENT_TOPICS


class HouseholdError(ValueError):
    """A template or a household that cannot be read. The message is in French."""


PLACES: Mapping[str, str] = {"school": "mairie ou regroupement", "of_commune": "de la commune"}
"""What a label may name between braces → what stands there while the commune is not known: where children are enrolled (« mairie
d'Essay », « regroupement … »), and the commune behind « de » (« d'Essay »)."""


class Trait(StrEnum):
    """What a household may be or need; a template names those it is for."""

    CHILDREN = "children"
    SCHOOL = "school"
    CHILDCARE = "childcare"
    NO_DWELLING = "no_dwelling"
    NO_FIBRE = "no_fibre"
    WORKPLACE = "workplace"
    PARTNER = "partner"
    BUSINESS = "business"
    CAR = "car"


SCHOOL_FROM, SCHOOL_UNTIL = 3, 16
"""Years of age of compulsory schooling in France (Code de l'éducation, article L131-1): from 3 until 16."""


@dataclass(frozen=True)
class Household:
    """Who arrives. `births`: the children's days of birth. `dwelling`: it has one already; `fibre`: a line is on order or in service.

    `workplace`: it looks for a desk outside the home; `business`: it brings a business to register; `car`: it has one.
    """

    arrival: dt.date
    adults: int = 1
    births: tuple[dt.date, ...] = ()
    dwelling: bool = False
    fibre: bool = False
    workplace: bool = False
    business: bool = True
    car: bool = True

    @property
    def traits(self) -> frozenset[Trait]:
        """What the household is on the day it arrives. Raises HouseholdError without an adult."""
        if self.adults < 1:
            raise HouseholdError(f"{self.adults} adulte dans le foyer{NNBSP}: il en faut au moins un.")
        ages = [_age(birth, self.arrival) for birth in self.births]
        told = {
            Trait.CHILDREN: bool(ages),
            # A child of the year starts in September: at school from the calendar year of the third birthday on.
            Trait.SCHOOL: any(
                self.arrival.year - birth.year >= SCHOOL_FROM and age < SCHOOL_UNTIL
                for birth, age in zip(self.births, ages, strict=True)
            ),
            Trait.CHILDCARE: any(self.arrival.year - birth.year < SCHOOL_FROM for birth in self.births),
            Trait.NO_DWELLING: not self.dwelling,
            Trait.NO_FIBRE: not self.fibre,
            Trait.WORKPLACE: self.workplace,
            Trait.PARTNER: self.adults > 1,
            Trait.BUSINESS: self.business,
            Trait.CAR: self.car,
        }
        return frozenset(trait for trait, holds in told.items() if holds)


@dataclass(frozen=True)
class Grouping:
    """Communes that share one school (a « regroupement pédagogique »), as the territory's file has it: its name and their codes."""

    name: str
    communes: tuple[str, ...]


def places(commune: str, name: str, groupings: Iterable[Grouping]) -> Mapping[str, str]:
    """The `PLACES` of a household that comes to a commune (its code and name); those that nobody knows without one."""
    if not name:
        return PLACES
    shared = next((each.name for each in groupings if commune in each.communes), "")
    return {
        "school": shared or f"mairie {french.of_place(name)}",
        "of_commune": french.of_place(name),
    }


@dataclass(frozen=True)
class Template:
    """A task as the territory's file has it. `topic` of `vocabulary.ACCOMPANIMENT_TOPICS`; `days` from the arrival, negative before it.

    `label` may name a place of `PLACES` between braces. `needs`: the traits a household must all have. Raises HouseholdError for an unknown
    topic, trait or place, or without a label.
    """

    id: str
    topic: str
    label: str
    days: int
    needs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Whether every word is known."""
        if self.topic not in ACCOMPANIMENT_TOPICS:
            raise HouseholdError(
                f"Tâche « {self.id} »{NNBSP}: « {self.topic} » n’est pas un sujet, attendu {', '.join(ACCOMPANIMENT_TOPICS)}."
            )
        if not self.label.strip():
            raise HouseholdError(f"Tâche « {self.id} »{NNBSP}: il manque ce qu’il faut faire (label).")
        unnamed = [place for place in re.findall(r"\{(.*?)\}", self.label) if place not in PLACES]
        if unnamed:
            raise HouseholdError(
                f"Tâche « {self.id} »{NNBSP}: « {{{unnamed[0]}}} » n’est pas un lieu, attendu "
                f"{', '.join(f'{{{place}}}' for place in PLACES)}."
            )
        unknown = [need for need in self.needs if need not in set(Trait)]
        if unknown:
            raise HouseholdError(
                f"Tâche « {self.id} »{NNBSP}: « {unknown[0]} » n’est pas un trait du foyer, attendu {', '.join(Trait)}."
            )


@dataclass(frozen=True)
class Task:
    """A task of one household, due on a day that is open. `moved`: the counted day was not, and is this one."""

    id: str
    topic: str
    label: str
    due: dt.date
    moved: dt.date | None = None


Holidays = Sequence[tuple[dt.date, dt.date]]
"""School holidays of the zone, first and last day included."""


def checklist(
    household: Household,
    templates: Iterable[Template],
    school_holidays: Holidays = (),
    named: Mapping[str, str] = PLACES,
) -> tuple[Task, ...]:
    """The tasks that fit the household, the earliest first, then in the order of the templates. `named`: what stands for the places of
    `PLACES`. Raises HouseholdError as above, or where a template stands twice.
    """
    traits = household.traits
    found: dict[str, Task] = {}
    for template in templates:
        if template.id in found:
            raise HouseholdError(f"Tâche « {template.id} »{NNBSP}: déclarée deux fois.")
        if set(template.needs) <= traits:
            counted = household.arrival + dt.timedelta(template.days)
            closed = school_holidays if template.topic == "school" else ()
            due = _open_day(counted, -1 if template.days < 0 else 1, closed)
            found[template.id] = Task(
                template.id,
                template.topic,
                _placed(template.label, named),
                due,
                counted if due != counted else None,
            )
    return tuple(sorted(found.values(), key=lambda task: task.due))


@dataclass(frozen=True)
class Progress:
    """How far a checklist is: what a mayor sees of it, without a word on who the household is."""

    done: int
    total: int
    late: int
    next_due: dt.date | None

    def sentence(self) -> str:
        """« 3 tâches faites sur 8 ; 1 en retard ; la prochaine le 12/05/2026. »"""
        if not self.total:
            return "Aucune tâche à faire."
        text = f"{french.counted(self.done, 'tâche faite', 'tâches faites')} sur {french.number(self.total)}"
        if self.late:
            text += f"{NNBSP}; {french.number(self.late)} en retard"
        if self.next_due:
            text += f"{NNBSP}; la prochaine le {french.date(self.next_due)}"
        return f"{text}."


def progress(tasks: Sequence[Task], done: Collection[str], today: dt.date) -> Progress:
    """The progress of a checklist of which the tasks with an id in `done` are done. Due today is not late."""
    left = [task.due for task in tasks if task.id not in done]
    ahead = [due for due in left if due >= today]
    return Progress(len(tasks) - len(left), len(tasks), len(left) - len(ahead), min(ahead, default=None))


def _placed(label: str, named: Mapping[str, str]) -> str:
    for place, text in named.items():
        label = label.replace(f"{{{place}}}", text)
    return label


def _open_day(day: dt.date, step: int, closed: Holidays) -> dt.date:
    while not working_day(day) or any(first <= day <= last for first, last in closed):
        day += dt.timedelta(step)
    return day


def _age(birth: dt.date, on: dt.date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
