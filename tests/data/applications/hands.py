"""Who takes part in the tests of dossiers, and dossiers at the step that a test needs."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping

from sqlalchemy import select, update

from analysis.model import LOCAL_ACTOR, Account, Role
from analysis.vocabulary import ASSESSMENT_CRITERIA
from data import access, applications
from data.applications import DossierFields, Hand, HouseholdFields
from data.register import SEPARATE, PersonFields
from data.store import Store, WriteSession, tables
from data.territory import Territory

TODAY = dt.date(2026, 5, 12)
FIELDS = DossierFields(
    received=dt.date(2026, 4, 20),
    trade="traduction",
    project="Traduire depuis ici.",
    clients="Deux agences.",
    wishes=("Essay", "Boitron"),
    household=HouseholdFields(adults=2, births=(dt.date(2019, 3, 1),)),
    needs={"tenure": "rent", "rooms": 4},
)


def people(store: Store) -> Mapping[str, Account]:
    """Three coordinators, of whom two hold the seats, and an analyst: by first name."""
    found = {}
    for name, role in (
        ("ann", Role.ANIMATEUR),
        ("bob", Role.ANIMATEUR),
        ("cat", Role.ANIMATEUR),
        ("dan", Role.ANALYSTE),
    ):
        profile = access.add_profile(
            store, LOCAL_ACTOR, label=name.title(), role=role, email=f"{name}@exemple.fr"
        )
        found[name] = Account(profile.id, profile.label, role)
    for duty, name in (
        ("founder", "ann"),
        ("councillor", "bob"),
        ("received", "ann"),
        ("read", "ann"),
        ("accepted", "bob"),
    ):
        applications.set_duty(
            store, applications.by(found["ann"]), origin="real", duty=duty, profile=found[name].id
        )
    return found


def receive(
    store: Store,
    territory: Territory,
    hand: Hand,
    name: str = "",
    fields: DossierFields = FIELDS,
    **more: str,
) -> str:
    """A dossier received; its id."""
    change = applications.create(
        store,
        territory,
        hand,
        TODAY,
        person=PersonFields(name or None),
        fields=fields,
        same_as=SEPARATE,
        **more,
    )
    return change.subject


def marks(value: int = 3) -> dict[str, int]:
    return dict.fromkeys(ASSESSMENT_CRITERIA, value)


def sign_both(store: Store, people: Mapping[str, Account], application: str) -> None:
    """Both seats sign, with words of their own."""
    for name, seat, value in (("ann", "founder", 4), ("bob", "councillor", 2)):
        applications.sign(
            store, applications.by(people[name]), TODAY, application=application, seat=seat,
            marks=marks(value), remarks={"project": f"remarque de {name}"},
        )  # fmt: skip


def walk(store: Store, people: Mapping[str, Account], application: str, *steps: str) -> None:
    """Move through `steps`; before « Retenu » both sign."""
    for step in steps:
        if step == "accepted":
            sign_both(store, people, application)
        applications.move(
            store,
            applications.by(people["ann"]),
            TODAY,
            application=application,
            step=step,
            note="Conclusion.",
        )


def version(store: Store, application: str) -> int:
    """The version of a dossier as a screen would have read it."""
    with store.read() as session:
        row = session.get(tables.application, application)
    assert row is not None
    return int(row["version"])


def rewrite_others(session: WriteSession, viewer: str, words: str) -> int:
    """Other marks and other words in everything that other coordinators than `viewer` wrote of dossiers; how many rows that were.

    `words`: a pattern of what they wrote, by which the history of the store is rewritten too. What `viewer` reads of dossiers that both
    have not signed must not change by it.
    """
    done = 0
    grid, event, task, paper, texts = (
        tables.application_assessment,
        tables.application_event,
        tables.application_task,
        tables.application_document,
        tables.history_personal,
    )
    write = session.connection.execute
    for row in write(select(grid).where(grid.c.author != viewer)).mappings().all():
        values = {
            "marks": {name: 5 - mark for name, mark in row["marks"].items()},
            "remarks": dict.fromkeys(row["remarks"], "autre avis"),
        }
        done += write(update(grid).where(grid.c.id == row["id"]).values(values)).rowcount
    others = (event.c.actor != viewer, event.c.party == "coordinator", event.c.note.is_not(None))
    done += write(update(event).where(*others).values(note="autre note")).rowcount
    own_words = (task.c.author != viewer, task.c.template.is_(None))
    done += write(update(task).where(*own_words).values(title="autre tâche")).rowcount
    theirs = select(paper).where(paper.c.actor != viewer, paper.c.party == "coordinator")
    for row in write(theirs).mappings().all():
        if re.search(
            words, row["name"]
        ):  # what was filed before anybody judged is read by all, and says nothing
            other_file = {
                "name": "autre.png",
                "kind": "image/png",
                "size": row["size"] + 1,
                "checksum": "0" * 64,
            }
            done += write(update(paper).where(paper.c.id == row["id"]).values(other_file)).rowcount
    # What the history keeps of the same rows.
    for row in write(select(texts)).mappings().all():
        told = json.dumps([row["before"], row["after"]])
        other = re.sub(words, "autre", told)
        if other != told:
            before, after = json.loads(other)
            done += write(
                update(texts)
                .where(texts.c.history_id == row["history_id"])
                .values(before=before, after=after)
            ).rowcount
    return done
