"""What a mairie reads of who arrives: counts of tasks that say nothing of the household."""

from __future__ import annotations

import datetime as dt

from analysis.applications.household import Household, checklist
from analysis.applications.newcomers import Arrival, Done, newcomers, rows, sentence
from data.following import DEFAULT

D = dt.date.fromisoformat
TODAY = D("2026-05-12")
ARRIVAL = D("2026-05-18")


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def arrival(
    household: Household, done: bool, step: str = "window_planned", commune: str = "61156"
) -> Arrival:
    tasks = checklist(household, DEFAULT.tasks)
    return Arrival(
        commune,
        False,
        step,
        household.arrival,
        None,
        tuple(Done(task.id, task.topic, done) for task in tasks),
    )


def told(each: Arrival) -> list[tuple[str, str]]:
    [found] = newcomers([each], each.commune, DEFAULT.tasks)
    return [(name, plain(text)) for name, text in rows(found, TODAY, 8)]


def test_the_step_the_window_and_the_tasks_by_topic_are_told() -> None:
    one = arrival(Household(ARRIVAL, adults=2, births=(D("2019-04-02"),)), done=True)
    assert told(one) == [
        ("Étape", "Fenêtre de recherche fixée"),
        ("Lieu", "à trouver ; la commune est son premier souhait"),
        ("Arrivée", "le 18/05/2026"),
        ("Recherche", "du 10/05/2026 au 17/05/2026"),
        ("Réception", "date pas encore fixée"),
        ("Inscriptions", "2 tâches faites sur 2"),
        ("Logement", "1 tâche faite sur 1"),
        ("Connexion", "1 tâche faite sur 1"),
        ("Parrain", "1 tâche faite sur 1"),
        ("Associations", "1 tâche faite sur 1"),
        ("Papiers du déménagement", "1 tâche faite sur 1"),
        ("Autres tâches", "rien à faire"),
    ]


def test_nothing_tells_a_family_from_somebody_alone() -> None:
    """Children, a partner, a car, a business and a workplace have tasks of their own: none is counted, in no topic and in no total."""
    alone = Household(ARRIVAL, business=True, car=False)
    family = Household(
        ARRIVAL, adults=2, births=(D("2024-01-02"), D("2015-01-02")), workplace=True, business=True
    )
    assert len(checklist(family, DEFAULT.tasks)) > len(checklist(alone, DEFAULT.tasks)) + 3
    for done in (False, True):
        assert told(arrival(alone, done)) == told(arrival(family, done))


def test_only_the_newcomers_of_the_commune_the_next_first_and_only_while_they_arrive() -> None:
    later, soon = (
        arrival(Household(day), False, step, "61156")
        for day, step in ((D("2026-06-01"), "accepted"), (ARRIVAL, "housed"))
    )
    others = [arrival(Household(ARRIVAL), False, "housed", "61215")]
    others += [arrival(Household(ARRIVAL), False, step) for step in ("received", "met", "one_year", "lost")]
    found = newcomers([later, *others, soon], "61156", DEFAULT.tasks)
    assert [each.arrival for each in found] == [soon, later]
    assert (
        plain(sentence(found, "à Essay"))
        == "À Essay : 2 arrivants ; 0 tâche faite sur 14 ; prochaine arrivée le 18/05/2026."
    )
    assert newcomers([Arrival("", False, "accepted")], "", DEFAULT.tasks) == ()
    assert plain(sentence((), "à Essay")) == "À Essay : aucun arrivant pour le moment."


def test_what_is_not_known_yet_is_said_and_a_settled_one_has_neither_search_nor_day() -> None:
    """The day somebody settled stands in the list of the members who agreed to be shown: it would say which of them this is."""
    assert ("Arrivée", "date pas encore fixée") in told(Arrival("61156", True, "housed"))
    assert told(Arrival("61156", True, "settled", ARRIVAL, D("2026-06-03"))) == [
        ("Étape", "Installé"),
        ("Réception", "le 03/06/2026"),
        ("Autres tâches", "rien à faire"),
    ]
