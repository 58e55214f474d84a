"""The accompaniment checklist: what fits which household, due on days when somebody answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.applications.clocks import working_day
from analysis.applications.household import (
    Grouping,
    Household,
    HouseholdError,
    Template,
    Trait,
    checklist,
    places,
    progress,
)
from analysis.vocabulary import ACCOMPANIMENT_TOPICS

D = dt.date.fromisoformat
TEMPLATES = (
    Template("watch", "housing", "Ouvrir la veille du logement", -8, ("no_dwelling",)),
    Template("fibre", "fibre", "Commander la ligne", -30, ("no_fibre",)),
    Template("school", "school", "Inscrire à l’école", -20, ("school",)),
    Template("childcare", "school", "Trouver une garde", -60, ("childcare",)),
    Template("town_hall", "registrations", "Se présenter à la mairie", 2),
    Template("siret", "registrations", "Transférer le siège", 30, ("business",)),
    Template("desk", "workplace", "Visiter le télécentre", 5, ("workplace",)),
    Template("sponsor", "sponsor", "Présenter le parrain", 1),
    Template("clubs", "associations", "Présenter les associations", 14),
    Template("papers", "papers", "Changer d’adresse", 7),
    Template("partner", "papers", "Chercher l’emploi du conjoint", 10, ("partner", "children")),
)
ALONE = Household(D("2026-09-16"), dwelling=True, fibre=True)
# Zone B, given as data: autumn and Christmas holidays 2026 of the official calendar.
ZONE_B = ((D("2026-10-17"), D("2026-11-01")), (D("2026-12-19"), D("2027-01-03")))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def ids(household: Household) -> set[str]:
    return {task.id for task in checklist(household, TEMPLATES)}


def test_the_checklist_fits_the_household() -> None:
    always = {"town_hall", "siret", "sponsor", "clubs", "papers"}
    assert ids(ALONE) == always
    assert ids(replace(ALONE, dwelling=False, fibre=False)) == always | {"watch", "fibre"}
    assert ids(replace(ALONE, workplace=True, business=False)) == always - {"siret"} | {"desk"}
    assert ids(replace(ALONE, adults=2)) == always
    assert ids(replace(ALONE, adults=2, births=(D("2018-02-03"),))) == always | {"school", "partner"}
    assert {template.topic for template in TEMPLATES} == set(ACCOMPANIMENT_TOPICS)


@pytest.mark.parametrize(
    ("birth", "traits"),
    [
        ("2026-05-01", {Trait.CHILDREN, Trait.CHILDCARE}),
        ("2023-12-31", {Trait.CHILDREN, Trait.SCHOOL}),  # three within the year
        ("2024-01-01", {Trait.CHILDREN, Trait.CHILDCARE}),
        ("2010-09-17", {Trait.CHILDREN, Trait.SCHOOL}),  # sixteen tomorrow
        ("2010-09-16", {Trait.CHILDREN}),
    ],
)
def test_a_child_is_of_the_age_it_has_on_arrival(birth: str, traits: set[Trait]) -> None:
    about_children = {Trait.CHILDREN, Trait.SCHOOL, Trait.CHILDCARE}
    assert replace(ALONE, births=(D(birth),)).traits & about_children == traits


def test_due_dates_count_from_the_arrival_and_fall_on_open_days() -> None:
    # Arriving on Friday 13 November 2026, after a holiday on the Wednesday.
    household = replace(ALONE, arrival=D("2026-11-13"), births=(D("2018-02-03"),), dwelling=False)
    found = {task.id: task for task in checklist(household, TEMPLATES, ZONE_B)}
    assert (found["sponsor"].due, found["sponsor"].moved) == (D("2026-11-16"), D("2026-11-14"))
    assert (found["watch"].due, found["watch"].moved) == (D("2026-11-05"), None)
    # Twenty days before is Saturday 24 October, in the holidays: brought forward to the Friday before them.
    assert (found["school"].due, found["school"].moved) == (D("2026-10-16"), D("2026-10-24"))
    assert {task.id: task for task in checklist(household, TEMPLATES)}["school"].due == D("2026-10-23")
    due = [task.due for task in checklist(household, TEMPLATES, ZONE_B)]
    assert due == sorted(due)


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(-90, 400))
def test_no_task_is_due_when_nobody_answers_nor_on_the_wrong_side_of_the_arrival(
    arrival: dt.date, days: int
) -> None:
    (task,) = checklist(replace(ALONE, arrival=arrival), (Template("a", "papers", "À faire", days),))
    assert working_day(task.due)
    assert (task.due < arrival) if days < 0 else (task.due >= arrival)
    assert abs((task.due - arrival).days - days) <= 4


def test_a_label_names_the_commune_and_where_children_are_enrolled() -> None:
    templates = (Template("a", "school", "Inscrire à l’école ({school}), associations {of_commune}", 1),)
    shared = (Grouping("regroupement des Trois Communes", ("61013", "61026")),)
    for commune, name, said in (
        ("61156", "Essay", "Inscrire à l’école (mairie d'Essay), associations d'Essay"),
        (
            "61026",
            "Barville",
            "Inscrire à l’école (regroupement des Trois Communes), associations de Barville",
        ),
        ("", "", "Inscrire à l’école (mairie ou regroupement), associations de la commune"),
    ):
        (task,) = checklist(ALONE, templates, named=places(commune, name, shared))
        assert task.label == said


def test_progress_tells_no_more_than_numbers() -> None:
    tasks = checklist(ALONE, TEMPLATES)
    found = progress(tasks, {"sponsor", "unknown"}, D("2026-09-23"))
    assert (found.done, found.total, found.late, found.next_due) == (1, 5, 1, D("2026-09-23"))
    assert plain(found.sentence()) == "1 tâche faite sur 5 ; 1 en retard ; la prochaine le 23/09/2026."
    assert (
        progress(tasks, {task.id for task in tasks}, D("2030-01-01")).sentence() == "5 tâches faites sur 5."
    )
    assert progress((), (), D("2026-09-23")).sentence() == "Aucune tâche à faire."


def test_templates_and_households_that_cannot_be_read() -> None:
    for wrong, match in (
        (("a", "garden", "Bêcher", 1), "« garden » n’est pas un sujet"),
        (("a", "papers", "Voir {lune}", 1), "« {lune} » n’est pas un lieu"),
        (("a", "papers", " ", 1), "il manque ce qu’il faut faire"),
        (("a", "papers", "À faire", 1, ("rich",)), "« rich » n’est pas un trait"),
    ):
        with pytest.raises(HouseholdError, match=match):
            Template(*wrong)  # type: ignore[arg-type]
    with pytest.raises(HouseholdError, match="déclarée deux fois"):
        checklist(ALONE, (TEMPLATES[4], TEMPLATES[4]))
    with pytest.raises(HouseholdError, match="au moins un"):
        checklist(replace(ALONE, adults=0), TEMPLATES)
