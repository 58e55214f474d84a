"""Who arrives in a commune, as its mairie may read it: where each one stands, without a word on who it is (decision 24).

The mairie concerned takes part in the accompaniment and holds the reception. It reads the step, the search window, the arrival, the
reception and how many tasks of each topic are done. What a task says of the household (children, a partner, a car) is not counted: whether
such tasks are left is all that is told of them, in the same words whether there are any or none.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from analysis import french
from analysis.applications.household import Template, Trait
from analysis.french import NNBSP
from analysis.vocabulary import ACCOMPANIMENT_TOPICS, APPLICATION_STEPS
from analysis.watch.window import search_window

TOLD = ("accepted", "window_planned", "housed", "settled", "welcomed")
"""The steps at which a dossier is that of a newcomer: from the two signatures on, until a year has passed."""
_HOUSED = TOLD[TOLD.index("housed") :]
_SETTLED = TOLD[TOLD.index("settled") :]
OF_THE_PLACE = frozenset({Trait.NO_DWELLING, Trait.NO_FIBRE})
"""Traits that say nothing of who arrives: a dwelling and a line are still to be found."""


@dataclass(frozen=True)
class Done:
    """One task of an accompaniment: its template in the territory's file, its topic, whether it is done."""

    template: str
    topic: str
    done: bool


@dataclass(frozen=True)
class Arrival:
    """One accepted dossier without a word on who it is. `commune`: where it goes (INSEE code, empty while nobody knows).

    `sure`: a dwelling, a reception or a stay says so; otherwise it is the first wish. `planned`: the day of the arrival; `reception`: its
    day.
    """

    commune: str
    sure: bool
    step: str
    planned: dt.date | None = None
    reception: dt.date | None = None
    tasks: tuple[Done, ...] = ()


@dataclass(frozen=True)
class Newcomer:
    """What the mairie concerned reads of one arrival. `topics`: (done, of) by topic, in order; `left`: something else is to be done."""

    arrival: Arrival
    topics: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    left: bool = False

    @property
    def done(self) -> int:
        """How many of the tasks that are counted are done."""
        return sum(done for done, _ in self.topics.values())

    @property
    def total(self) -> int:
        """How many tasks are counted."""
        return sum(of for _, of in self.topics.values())


def newcomers(
    arrivals: Iterable[Arrival], commune: str, templates: Sequence[Template]
) -> tuple[Newcomer, ...]:
    """The newcomers of one commune, the next arrival first. `templates`: of the territory's file; tasks of others are not counted."""
    everybody = {each.id for each in templates if set(each.needs) <= OF_THE_PLACE}
    found = []
    for arrival in arrivals:
        if not commune or arrival.commune != commune or arrival.step not in TOLD:
            continue
        counted = [task for task in arrival.tasks if task.template in everybody]
        of, done = Counter(t.topic for t in counted), Counter(t.topic for t in counted if t.done)
        found.append(
            Newcomer(
                arrival,
                {topic: (done[topic], of[topic]) for topic in ACCOMPANIMENT_TOPICS if of[topic]},
                any(not task.done for task in arrival.tasks if task.template not in everybody),
            )
        )
    found.sort(key=lambda each: (each.arrival.planned or dt.date.max, TOLD.index(each.arrival.step)))
    return tuple(found)


def rows(newcomer: Newcomer, today: dt.date, days: int) -> list[tuple[str, str]]:
    """What is told of one newcomer: (name, words). `days`: how long before the arrival a search window opens."""
    arrival = newcomer.arrival
    told = [("Étape", APPLICATION_STEPS[arrival.step])]
    if arrival.step not in _HOUSED:
        where = "la commune" if arrival.sure else "à trouver ; la commune est son premier souhait"
        told.append(("Lieu", french.spaced(where)))
    if arrival.step in _SETTLED:
        pass  # the day of it stands beside those who agreed to be shown, and would say which one this is
    elif arrival.planned is None:
        told.append(("Arrivée", "date pas encore fixée"))
    else:
        told.append(("Arrivée", f"le {french.date(arrival.planned)}"))
        if arrival.step not in _HOUSED:
            window = search_window(arrival.planned, today, days=days)
            told.append(
                ("Recherche", f"du {french.date(window.opens)} au {french.date(window.closes)}"),
            )
    told.append(
        (
            "Réception",
            f"le {french.date(arrival.reception)}" if arrival.reception else "date pas encore fixée",
        )
    )
    told += [
        (french.sentence(ACCOMPANIMENT_TOPICS[topic]), f"{_done(done)} sur {french.number(of)}")
        for topic, (done, of) in newcomer.topics.items()
    ]
    told.append(("Autres tâches", "en cours" if newcomer.left else "rien à faire"))
    return told


def _done(count: int) -> str:
    return french.counted(count, "tâche faite", "tâches faites")


def sentence(found: Sequence[Newcomer], place: str) -> str:
    """« À Essay : 2 arrivants ; 5 tâches faites sur 12 ; prochaine arrivée le 18/05/2026. » `place`: « à Essay »."""
    head = french.sentence(place)
    if not found:
        return f"{head}{NNBSP}: aucun arrivant pour le moment."
    text = f"{head}{NNBSP}: {french.counted(len(found), 'arrivant', 'arrivants')}"
    total = sum(each.total for each in found)
    if total:
        text += f"{NNBSP}; {_done(sum(each.done for each in found))} sur {french.number(total)}"
    days = [each.arrival.planned for each in found if each.arrival.planned and each.arrival.step in TOLD[:3]]
    if days:
        text += f"{NNBSP}; prochaine arrivée le {french.date(min(days))}"
    return f"{text}."
