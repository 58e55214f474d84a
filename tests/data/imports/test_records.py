"""Records from files: keys, the register's rules, people told apart, what undoing puts back and what it must leave."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from analysis.model import LOCAL_ACTOR, Actor
from data import network, register
from data.demo import ensure_demo
from data.imports import history
from data.imports.kinds import RECORD_KINDS
from data.imports.model import (
    BaseChanged,
    Choices,
    ComparedDraft,
    ImportRefused,
    NothingChanges,
    Parsed,
    PlacedDraft,
    Places,
    Recognition,
)
from data.imports.publish import publish
from data.imports.records import ORIGIN
from data.opening import House
from data.register import SEPARATE, PersonFields, add_member, correct_member, move_member, withdraw_consent
from data.store import erase_person, network_origin, tables
from tests.data.imports.drafts import NO_TABLE, TODAY, compared
from tests.data.imports.test_publish import content

ANA = Actor("ana", "Ana")
DAY = dt.date


def draft(house: House, file: Path, kind: Any, *rows: dict[str, Any], **choices: Any) -> ComparedDraft:
    """A draft of `rows` from line 2 on; fields that a row does not name are empty, as in a template."""
    file.write_text(repr((kind, rows)), encoding="utf-8")
    empty = {each.name: () if each.type == "words" else None for each in RECORD_KINDS[kind].fields}
    full = [{**empty, "commune": None, **row, "line": place} for place, row in enumerate(rows, start=2)]
    frame = pd.DataFrame({name: pd.Series([row[name] for row in full], dtype=object) for name in full[0]})
    made = PlacedDraft(
        name=f"{kind}.xlsx",
        checksum=hashlib.sha256(file.read_bytes()).hexdigest(),
        choices=Choices(**choices),
        recognition=Recognition(kind, RECORD_KINDS[kind].name, kind, "", 1.0, "", {}),
        parsed=Parsed(kind, pd.DataFrame(), frame),
        table=NO_TABLE,
        places=Places({}, ""),
        cells=pd.DataFrame(),
        rows=frame,
    )
    return compared(house, made)


def bring(house: House, file: Path, kind: str, *rows: dict[str, Any], **choices: Any) -> int:
    """Publish `rows`; the import's number."""
    return publish(house, ANA, draft(house, file, kind, *rows, **choices), file, today=TODAY)


def counts(made: ComparedDraft) -> tuple[int, int, int]:
    return made.diff.counts["added"], made.diff.counts["changed"], made.diff.counts["unchanged"]


def problems(made: ComparedDraft) -> list[tuple[str, int | None, str]]:
    return [
        (each.code, each.line, each.severity) for each in made.diff.problems if each.code != "records.demo"
    ]


CAMILLE = {
    "code": "M-1", "name": "Camille Exemple", "email": "camille@exemple.fr", "commune": "61013", "arrived": DAY(2020, 9, 1),
    "trade": "traduction", "skills": ("anglais", "technique"), "trains": True,
    "consent_public": True, "consent_on": DAY(2020, 9, 15), "consent_text": "J'accepte.",
}  # fmt: skip
SACHA = {
    "code": "M-2",
    "commune": "61067",
    "arrived": DAY(2024, 3, 12),
    "left": DAY(2025, 6, 30),
    "reason": "retour",
}


# -- members ---------------------------------------------------------------------------------------------------


def test_members_come_in_with_stays_and_consent_and_the_same_file_changes_nothing(
    any_house: House, tmp_path: Path
) -> None:
    file = tmp_path / "f"
    made = draft(any_house, file, "members", CAMILLE, SACHA)
    assert counts(made) == (2, 0, 0)
    publish(any_house, ANA, made, file, today=TODAY)
    with any_house.store.read() as session:
        known = register.members(session, "real")
        record = history.imports(session)[0]
        entry = register.entries(session)[0]
    camille = next(each for each in known if each.name == "Camille Exemple")
    assert (camille.trade, camille.skills, camille.trains) == ("traduction", ("anglais", "technique"), True)
    assert (camille.consent_public, camille.consent_on) == (True, DAY(2020, 9, 15))
    assert [(stay.commune, stay.arrived, stay.left) for stay in camille.stays] == [
        ("61013", DAY(2020, 9, 1), None)
    ]
    assert sorted(each.code for each in known) == ["Membre 1", "Membre 2"]
    assert (record.content, record.contains_personal, record.rows_kept) == ("members", True, 2)
    assert "Import d'un fichier" in entry.title and "members.xlsx" in entry.title
    assert [(each.label, each.after) for each in entry.details] == [("enregistrements ajoutés", "2")]
    again = draft(any_house, file, "members", CAMILLE, SACHA)
    assert counts(again) == (0, 0, 2)
    with pytest.raises(NothingChanges):
        publish(any_house, ANA, again, file, today=TODAY)


def test_a_difference_never_names_a_person(house: House, tmp_path: Path) -> None:
    file = tmp_path / "f"
    bring(house, file, "members", CAMILLE)
    made = draft(
        house, file, "members", {**CAMILLE, "name": "Camille Autre", "email": "c@autre.fr", "trade": "web"}
    )
    shown = made.diff.rows[["label", "field", "old", "new", "effect"]].to_numpy().tolist()
    assert shown == [
        ["Membre 1", "Nom", "donnée personnelle", "donnée personnelle", "changed"],
        ["Membre 1", "Adresse électronique", "donnée personnelle", "donnée personnelle", "changed"],
        ["Membre 1", "Métier", "traduction", "web", "changed"],
    ]


def test_an_update_keeps_what_an_empty_cell_does_not_say(any_house: House, tmp_path: Path) -> None:
    file = tmp_path / "f"
    bring(any_house, file, "members", CAMILLE)
    made = draft(
        any_house,
        file,
        "members",
        {"code": "M-1", "commune": "61067", "arrived": DAY(2020, 9, 1), "left": DAY(2025, 1, 1)},
    )
    assert counts(made) == (0, 1, 0)
    publish(any_house, ANA, made, file, today=TODAY)
    with any_house.store.read() as session:
        (member,) = register.members(session, "real")
    assert (member.name, member.trade, member.consent_public) == ("Camille Exemple", "traduction", True)
    assert [(stay.commune, stay.left) for stay in member.stays] == [("61067", DAY(2025, 1, 1))]


def test_the_registers_own_code_is_a_reference_too(house: House, tmp_path: Path) -> None:
    add_member(
        house.store, house.territory, ANA, TODAY, origin="real", commune="61013", arrived=DAY(2020, 9, 1)
    )
    made = draft(house, tmp_path / "f", "members", {**CAMILLE, "code": "Membre 1"})
    assert counts(made) == (0, 1, 0)


def test_somebody_who_looks_known_waits_for_an_answer(house: House, tmp_path: Path) -> None:
    file = tmp_path / "f"
    change = add_member(
        house.store, house.territory, ANA, TODAY, origin="real", commune="61013", arrived=DAY(2020, 9, 1),
        person=PersonFields(name="EXEMPLE Camille"),
    )  # fmt: skip
    made = draft(house, file, "members", CAMILLE)
    assert problems(made) == [("record.same_person", 2, "error")]
    assert made.diff is not None and "Camille" not in str(made.diff.problems)
    (proposal,) = made.diff.proposals
    assert proposal.candidates[0][1:] == ("Membre 1", ("même nom",))
    with pytest.raises(ImportRefused, match="Membre 1"):
        publish(house, ANA, made, file, today=TODAY)
    assert counts(draft(house, file, "members", CAMILLE, people={"M-1": SEPARATE})) == (1, 0, 0)
    same = draft(house, file, "members", CAMILLE, people={"M-1": proposal.candidates[0][0]})
    assert counts(same) == (0, 1, 0)
    publish(house, ANA, same, file, today=TODAY)
    with house.store.read() as session:
        (member,) = register.members(session, "real")
    assert (member.id, member.email) == (change.subject, "camille@exemple.fr")
    assert counts(draft(house, file, "members", CAMILLE)) == (0, 0, 1)  # known by its reference now


def test_the_rules_of_the_register_hold_and_good_rows_come_alone_by_choice(
    house: House, tmp_path: Path
) -> None:
    file = tmp_path / "f"
    rows = (
        CAMILLE,
        {**SACHA, "arrived": DAY(2030, 1, 1), "left": None},
        {**SACHA, "code": "M-3", "left": DAY(2020, 1, 1)},
        {"code": "M-4", "commune": "61013", "arrived": DAY(2021, 1, 1)},
        {"code": "M-4", "commune": "61067", "arrived": DAY(2022, 1, 1)},
    )
    made = draft(house, file, "members", *rows)
    assert problems(made) == [
        ("record.arrived", 3, "error"),
        ("record.left", 4, "error"),
        ("record.arrived", 5, "error"),
    ]
    with pytest.raises(ImportRefused, match="futur"):
        publish(house, ANA, made, file, today=TODAY)
    publish(house, ANA, replace(made, choices=Choices(good_rows_only=True)), file, today=TODAY)
    with house.store.read() as session:
        assert [each.name for each in register.members(session, "real")] == ["Camille Exemple"]


def test_a_consent_withdrawn_since_does_not_come_back_with_an_old_file(house: House, tmp_path: Path) -> None:
    file = tmp_path / "f"
    bring(house, file, "members", CAMILLE)
    with house.store.read() as session:
        (member,) = register.members(session, "real")
    withdraw_consent(house.store, ANA, member.person)
    made = draft(house, file, "members", {**CAMILLE, "trade": "web"})
    assert problems(made) == [("record.consent_withdrawn", 2, "warning")]
    publish(house, ANA, made, file, today=TODAY)
    with house.store.read() as session:
        (member,) = register.members(session, "real")
    assert (member.consent_public, member.trade) == (False, "web")
    later = draft(house, file, "members", {**CAMILLE, "consent_on": TODAY})
    assert problems(later) == [("record.consent_withdrawn", 2, "warning")]  # the same day could be before


def test_somebody_erased_does_not_come_back(house: House, tmp_path: Path) -> None:
    file = tmp_path / "f"
    bring(house, file, "members", CAMILLE)
    with house.store.read() as session:
        (member,) = register.members(session, "real")
    with house.store.write(ANA) as session:
        erase_person(session, member.person)
        text = " ".join(session.frame(select(table)).to_csv() for table in tables.NETWORK)
    assert "M-1" not in text and "Camille" not in text


# -- the other kinds -------------------------------------------------------------------------------------------

FILE = {
    "code": "D-7", "name": "Alix Exemple", "received": DAY(2026, 2, 2), "status": "met", "trade": "web", "commune": "61013",
    "planned_arrival": DAY(2026, 7, 1), "household_size": 3, "need_tenure": "rent", "need_rooms": 4, "need_office": True,
}  # fmt: skip
CONTACT = {"label": "Mairie", "kind": "mairie", "commune": "61013", "phone": "02 33 00 00 00"}
LISTING = {
    "code": "A-1", "commune": "61013", "kind": "house", "tenure": "rent", "first_seen": DAY(2026, 5, 3), "rooms": 4,
    "rent": 620.0, "contact": "mairie",
}  # fmt: skip
SIGHTING = {"listing": "A-1", "on": DAY(2026, 5, 10), "state": "gone", "contact": "Mairie"}
EVENT = {
    "title": "Rencontre",
    "on": DAY(2026, 4, 4),
    "kind": "meeting",
    "commune": "61013",
    "member": "M-1",
    "hours": 2.5,
}


def test_every_kind_comes_in_updates_and_goes(any_house: House, tmp_path: Path) -> None:
    file, empty = tmp_path / "f", content(any_house)
    steps: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("members", CAMILLE, {"trade": "web"}),
        ("applications", FILE, {"status": "accepted", "need_max_rent": 500.0}),
        ("contacts", CONTACT, {"email": "mairie@exemple.fr"}),
        ("listings", LISTING, {"rent": 600.0}),
        ("sightings", SIGHTING, {"state": "unknown"}),
        ("events", EVENT, {"hours": 3.0}),
    ]
    numbers, states = [], [empty]
    for kind, row, change in steps:
        numbers.append(bring(any_house, file, kind, row))
        states.append(content(any_house))
        assert counts(draft(any_house, file, kind, row)) == (0, 0, 1), kind
        numbers.append(bring(any_house, file, kind, {**row, **change}))
        states.append(content(any_house))
        assert counts(draft(any_house, file, kind, {**row, **change})) == (0, 0, 1), kind
    with any_house.store.read() as session:
        assert network_origin(session) == "real"
        files = network.applications(session, "real")
        listings, sightings = network.listings(session, "real"), network.sightings(session, "real")
        events = network.events(session, "real")
        steps_of_file = network.application_events(session, "real")["status"].tolist()
    assert files.loc[0, "status"] == "accepted"
    assert files.loc[0, "needs"] == {"tenure": "rent", "rooms": 4, "office": True, "max_rent": 500.0}
    assert steps_of_file == ["received", "met", "accepted"]
    assert (listings.loc[0, "rent"], sightings["state"].tolist()) == (600.0, ["available", "unknown"])
    assert events.loc[0, "hours"] == 3.0
    for number, before in zip(reversed(numbers), reversed(states[:-1]), strict=True):
        outcome = history.undo(any_house.store, LOCAL_ACTOR, number)
        assert outcome.left == ()
        assert content(any_house) == before
    for number, after in zip(numbers, states[1:], strict=True):
        assert history.redo(any_house.store, LOCAL_ACTOR, number).left == ()
        assert content(any_house) == after


@pytest.mark.parametrize(
    ("kind", "rows", "code"),
    [
        ("applications", ({**FILE, "planned_arrival": DAY(2026, 1, 1)},), "record.planned_arrival"),
        ("applications", (FILE, FILE), "record.refused"),
        ("contacts", ({**CONTACT, "phone": "12"},), "record.phone"),
        ("contacts", (CONTACT, CONTACT), "record.refused"),
        ("listings", ({**LISTING, "contact": "nobody"},), "record.contact"),
        ("listings", ({**LISTING, "contact": None, "lat": 95.0, "lon": 0.1},), "record.lat"),
        ("listings", ({**LISTING, "contact": None, "first_seen": DAY(2026, 6, 1)},), "record.first_seen"),
        ("listings", ({**LISTING, "contact": None, "rent": 0.0},), "record.rent"),
        ("listings", ({**LISTING, "contact": None, "rent": 60_000.0},), "record.rent"),
        ("listings", ({**LISTING, "contact": None, "photos": "ftp://x"},), "record.photos"),
        ("sightings", (SIGHTING,), "record.listing"),
        ("events", (EVENT,), "record.member"),
        ("events", ({**EVENT, "member": None, "hours": 99_999.0},), "record.hours"),
    ],
)
def test_what_the_register_would_refuse_is_refused_with_its_line(
    house: House, tmp_path: Path, kind: str, rows: tuple[dict[str, Any], ...], code: str
) -> None:
    made = draft(house, tmp_path / "f", kind, *rows)
    assert [(each[0], each[1]) for each in problems(made)] == [(code, len(rows) + 1)]
    with pytest.raises(ImportRefused):
        publish(house, ANA, made, tmp_path / "f", today=TODAY)
    with house.store.read() as session:
        assert all(session.frame(select(table)).empty for table in tables.NETWORK)


# -- demonstration, undo, two analysts -------------------------------------------------------------------------


def test_the_demonstration_gives_way_and_comes_back(house: House, tmp_path: Path) -> None:
    ensure_demo(house.store, house.territory, TODAY)
    made = draft(house, tmp_path / "f", "members", CAMILLE)
    assert made.diff is not None and [each.code for each in made.diff.problems] == ["records.demo"]
    number = publish(house, ANA, made, tmp_path / "f", today=TODAY)
    assert house.store.network_origin() == "real"
    history.undo(house.store, ANA, number)
    assert house.store.network_origin() == "demo"


def test_undo_puts_back_all_but_what_changed_since(any_house: House, tmp_path: Path) -> None:
    number = bring(
        any_house,
        tmp_path / "f",
        "members",
        CAMILLE,
        {"code": "M-9", "commune": "61013", "arrived": DAY(2021, 1, 1)},
    )
    with any_house.store.read() as session:
        camille = next(each for each in register.members(session, "real") if each.name)
    move_member(
        any_house.store,
        any_house.territory,
        LOCAL_ACTOR,
        TODAY,
        member=camille.id,
        commune="61067",
        on=DAY(2026, 1, 1),
    )
    outcome = history.undo(any_house.store, ANA, number)
    with any_house.store.read() as session:
        (left,) = register.members(session, "real")
    assert left.id == camille.id and len(left.stays) == 2
    told = [line.replace("\u202f", " ") for line in outcome.left]
    assert any(line.startswith("séjour de « Membre 1 » : La ligne a changé depuis (départ") for line in told)
    assert all("Camille" not in line for line in told)
    assert history.redo(any_house.store, ANA, number).left == ()
    with any_house.store.read() as session:
        assert len(register.members(session, "real")) == 2


def test_a_member_corrected_since_keeps_the_stay_that_came_with_it(any_house: House, tmp_path: Path) -> None:
    other = {"code": "M-9", "commune": "61013", "arrived": DAY(2021, 1, 1)}
    number = bring(any_house, tmp_path / "f", "members", CAMILLE, other)
    with any_house.store.read() as session:
        camille = next(each for each in register.members(session, "real") if each.name)
    stays = [(stay.commune, stay.arrived) for stay in camille.stays]
    with any_house.store.write(LOCAL_ACTOR) as writer:
        writer.update(tables.member, camille.id, {"trade": "photographe"})
    outcome = history.undo(any_house.store, ANA, number)
    with any_house.store.read() as session:
        (kept,) = register.members(session, "real")
    assert (kept.id, kept.trade) == (camille.id, "photographe")
    assert [(stay.commune, stay.arrived) for stay in kept.stays] == stays
    told = [line.replace("\u202f", " ") for line in outcome.left]
    assert "séjour de « Membre 1 » : La ligne reste avec sa fiche, qui a changé depuis." in told
    history.redo(any_house.store, ANA, number)
    with any_house.store.read() as session:
        assert len(register.members(session, "real")) == 2


def test_the_journal_and_the_imports_tell_one_story(house: House, tmp_path: Path) -> None:
    number = bring(house, tmp_path / "f", "members", CAMILLE)
    with house.store.read() as session:
        entry = register.entries(session)[0]
    register.undo(house.store, entry.operation, LOCAL_ACTOR)
    with house.store.read() as session:
        assert not history.imports(session)[0].in_force
        assert register.members(session, "real") == []
    history.redo(house.store, ANA, number)
    with house.store.read() as session:
        titles = [each.title for each in register.entries(session)]
        assert history.imports(session)[0].in_force and len(register.members(session, "real")) == 1
    assert [title.split(" ")[0] for title in titles] == ["Rétablissement", "Annulation", "Import"]


def test_a_member_changed_since_the_difference_makes_it_anew(house: House, tmp_path: Path) -> None:
    file = tmp_path / "f"
    bring(house, file, "members", CAMILLE)
    made = draft(house, file, "members", {**CAMILLE, "trade": "web"})
    with house.store.read() as session:
        (member,) = register.members(session, "real")
    correct_member(
        house.store, LOCAL_ACTOR, member=member.id, person=PersonFields("Camille Exemple", "camille@exemple.fr"),
        work=register.Work("graphisme", ("anglais",), True),
    )  # fmt: skip
    with pytest.raises(BaseChanged):
        publish(house, ANA, made, file, today=TODAY)
    with house.store.read() as session:
        assert register.members(session, "real")[0].trade == "graphisme"


def test_the_pseudonym_of_a_file_is_kept_or_its_replacement_said(any_house: House, tmp_path: Path) -> None:
    """« Membre 7 » on paper was « Membre 1 » on screen, without a word."""
    house, file = any_house, tmp_path / "f"
    bring(house, file, "members", {**CAMILLE, "code": "Membre 7"}, SACHA)
    with house.store.read() as session:
        codes = [
            row["code"]
            for row in session.connection.execute(tables.person.select()).mappings()
            if row["origin"] == ORIGIN
        ]
    assert sorted(codes) == ["Membre 7", "Membre 8"]
    made = draft(
        house, file, "members", {**SACHA, "code": "M-9"}, {**SACHA, "code": "Membre 9", "commune": "61013"}
    )
    taken = [each for each in made.diff.problems if each.code == "record.code_taken"]
    assert [(each.line, each.severity) for each in taken] == [(3, "warning")]
    assert "« Membre 9 »" in taken[0].title.replace("\u202f", " ") and "« Membre 10 »" in taken[
        0
    ].title.replace("\u202f", " ")
