"""Whatever one assessor thinks of a dossier, the other, who has not signed, gets the same pages, search and morning's message."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from analysis.model import SYSTEM_ACTOR, Account, Role
from data import access, applications
from data.applications.__main__ import main as digest
from data.register import PersonFields
from data.store import Store, open_store, tables
from data.territory import load_territory
from tests.access.conftest import TODAY, forget, open_page, sent
from tests.data.applications.hands import FIELDS, marks, rewrite_others
from tests.homes import Template, copied
from tests.mailbox import Mailbox, mailbox
from ui import loading
from ui.applications.controls import SECTIONS
from ui.search import TEXT

HIDDEN = "Zqavis"
LOOKED = dt.datetime(2026, 5, 12, 9, 30, tzinfo=dt.UTC)
ASIDE = re.compile(rb"[0-9a-f]{32}$|^\n[\x80-\xff]*[\x00-\x7f]")
"""The number, drawn at each run, under which a file can be asked for, and how long a text is."""


def half_signed(store: Store) -> tuple[str, dict[str, Account]]:
    """A dossier on which one assessor has signed, noted and planned, and the other has begun a grid; its id, the accounts by role."""
    with store.read() as session:
        known = {each.subject: each for each in access.profiles(session)}
    addresses_of = {known[role].id: f"{role}@exemple.fr" for role in ("admin", "animateur")}
    with store.write(SYSTEM_ACTOR) as session:
        for profile, email in addresses_of.items():
            session.update(tables.profile, profile, {"email": email})
    who = {role: known[role].account for role in ("admin", "animateur")}
    other, me = applications.by(who["admin"]), applications.by(who["animateur"])
    one = applications.create(
        store, load_territory(), other, TODAY, person=PersonFields("Zqcandidate Premiere"), fields=FIELDS,
    ).subject  # fmt: skip
    for duty, name in (
        ("founder", "admin"),
        ("councillor", "animateur"),
        ("received", "admin"),
        ("read", "animateur"),
    ):
        applications.set_duty(store, other, origin="real", duty=duty, profile=who[name].id)
    for step, ago in (("read", 20), ("met", 18)):
        applications.move(
            store,
            other,
            TODAY,
            application=one,
            step=step,
            on=TODAY - dt.timedelta(ago),
            note=f"{HIDDEN} à l’étape {step}",
        )
    applications.note(store, other, TODAY, application=one, text=f"{HIDDEN} en note")
    applications.add_task(
        store, other, application=one, title=f"{HIDDEN} à faire", due=TODAY, owner=me.actor.id
    )
    applications.sign(
        store, other, TODAY, application=one, seat="founder", marks=marks(1), remarks={"project": f"{HIDDEN} du projet"},
        note=f"{HIDDEN} en signant",
    )  # fmt: skip
    applications.save_grid(store, me, application=one, seat="councillor", marks=marks(3), remarks={})
    return one, who


def addresses(one: str) -> list[tuple[str, dict[str, str]]]:
    """Every page that tells of dossiers, and those that tell who did what."""
    return [
        ("accueil", {}),
        *(("dossiers", {"section": section}) for section in SECTIONS),
        ("dossiers", {"dossier": one}),
        ("registre", {"onglet": "historique"}),
        ("veille", {"section": "fenetres"}),
        ("veille", {"section": "foyers"}),
    ]


def travels(store: Store, one: str, about: str) -> dict[str, list[bytes]]:
    """What is sent to the second assessor, by address; the search for the other's words, and the file of the person `about`, on top."""
    forget()
    # Who looked is in the person's file, to the minute: here it is always the first look, and at the same time.
    with store.note(SYSTEM_ACTOR) as session:
        session.connection.execute(delete(tables.access_log))
    loading.store().clock = lambda: LOOKED
    screens = {f"{page} {query}": open_page(page, Role.ANIMATEUR, query) for page, query in addresses(one)}
    screens["search"] = open_page("accueil", Role.ANIMATEUR)
    screens["search"].text_input(key=TEXT).set_value(HIDDEN).run()
    person = open_page("donnees_personnelles", Role.ANIMATEUR, {"section": "personne"})
    screens["person"] = person
    next(each for each in person.selectbox if each.label == "Personne").set_value(about).run()
    return {name: [ASIDE.sub(b"", piece) for piece in sent(screen)] for name, screen in screens.items()}


def written(box: Mailbox, store: Store) -> dict[str, str]:
    """The morning's message to each coordinator, as if none had left yet today."""
    with store.note(SYSTEM_ACTOR) as session:
        session.connection.execute(delete(tables.digest))
    box.received.clear()
    assert digest(["digest", "--date", TODAY.isoformat()]) == 0
    return {to[0]: box.text(place) for place, (to, _) in enumerate(box.received)}


def test_who_has_not_signed_gets_the_same_whatever_the_other_thinks(
    people_template: Template, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(people_template.home, network)
    store = open_store(network)
    one, who = half_signed(store)
    with store.read() as session:
        about = str((session.get(tables.application, one) or {})["person"])
    with mailbox() as box:
        for name, value in box.settings.items():
            monkeypatch.setenv(name, value)
        before, letters = travels(store, one, about), written(box, store)
        with store.write(SYSTEM_ACTOR) as session:
            assert rewrite_others(session, who["animateur"].id, HIDDEN + '[^"]*') > 6
        after = travels(store, one, about)
        # The revision that this write raised stands in nothing that is shown.
        assert written(box, store) == letters and "animateur@exemple.fr" in letters
    assert {name for name, pieces in before.items() if pieces != after[name]} == set()
    assert b"sign\xc3\xa9" in b"".join(before[f"dossiers {{'dossier': '{one}'}}"])
    told = b"".join(piece for name, pieces in before.items() if name != "search" for piece in pieces)
    assert HIDDEN.encode() not in told

    # Once both have signed the same page shows what was hidden.
    applications.sign(
        store, applications.by(who["animateur"]), TODAY, application=one, seat="councillor", marks=marks(3), remarks={},
    )  # fmt: skip
    forget()
    shown = b"".join(sent(open_page("dossiers", Role.ANIMATEUR, {"dossier": one})))
    assert b"autre avis" in shown and b"autre note" in shown and "autre tâche".encode() in shown
    with store.read() as session:
        assert len(session.connection.execute(select(tables.application_assessment)).all()) == 2
    store.close()
