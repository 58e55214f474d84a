"""The register kept by hand: rules, undo of each kind, two people at once, the same person twice, hostile text."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import func, select, update

from analysis.applications.household import Task
from analysis.model import LOCAL_ACCOUNT, LOCAL_ACTOR, Actor, Audience, Status
from analysis.vocabulary import ASSESSMENT_CRITERIA
from data import applications, council, network, register
from data.applications import documents, following
from data.catalogue import load_catalogue
from data.packs import migrate
from data.packs.passage import steps
from data.reference import Passage
from data.register import (
    CannotUndo,
    Conflict,
    Consent,
    ContactFields,
    EventFields,
    FormerCommune,
    OutsideTerritory,
    PersonFields,
    RegisterError,
    SamePerson,
    Work,
    checks,
)
from data.register.operations import operation
from data.store import Store, current_observations, erase_person, open_store, record_import, tables
from data.territory import Territory, load_territory
from tests.data.conftest import NOW
from tests.data.stores import empty_home

TODAY = dt.date(2026, 5, 12)
OTHER = Actor("claire", "Claire")
HOSTILE = "<img src=x onerror=alert(1)> {{1/0}} **gras** `${7*7}` ; DROP TABLE member --"


@pytest.fixture(scope="module")
def territory() -> Territory:
    return load_territory()


def day(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%d/%m/%Y").date()


def add(store: Store, territory: Territory, **given: Any) -> register.Change:
    values: dict[str, Any] = {"origin": "real", "commune": "61156", "arrived": day("03/02/2020")}
    return register.add_member(store, territory, LOCAL_ACTOR, TODAY, **(values | given))


def read(store: Store, member: str) -> register.Member:
    with store.read() as session:
        found = register.member(session, member)
    assert found is not None
    return found


def everything(store: Store) -> dict[str, list[dict[str, Any]]]:
    """All that the readers of the network see, without versions."""
    tables_ = (
        tables.person,
        tables.application,
        tables.application_event,
        tables.application_task,
        tables.application_double,
        tables.application_document,
    )
    with store.read() as session:
        frames = network.load(session, "real")
        noted = [dataclasses.asdict(each) for each in register.remarks(session)]
        frames |= {"calls": network.calls(session, "real"), "proposals": network.proposals(session, "real")}
        prepared = [dataclasses.asdict(each) for each in council.briefings(session, LOCAL_ACCOUNT)]
        stored = {}
        for table in tables_:
            shown = (column for column in table.c if column.name != "version")
            kept = select(*shown).where(table.c.removed_at.is_(None)).order_by(table.c.id)
            stored[table.name] = [dict(row) for row in session.connection.execute(kept).mappings()]
        frames["duties"] = pd.DataFrame(sorted(applications.duties(session, "real").items()))
    stored["people"] = stored.pop("person")
    for briefing in prepared:  # versions go on rising
        for each in (briefing, *briefing["views"]):
            each.pop("version")
    stored |= {"remarks": noted, "briefings": prepared}
    return {name: rows_of(frame) for name, frame in frames.items()} | stored


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame, with None where nothing is: what nothing is equal to cannot be compared."""
    columns = [
        [
            None if value is pd.NA or value is pd.NaT or value != value else value
            for value in frame[name].tolist()
        ]
        for name in frame.columns
    ]
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*columns, strict=True)]


# -- members ---------------------------------------------------------------------------------------------------


def test_a_member_without_a_name_gets_the_next_number_and_is_counted(
    any_store: Store, territory: Territory
) -> None:
    first = add(any_store, territory)
    add(any_store, territory, commune="le mele sur sarthe", person=PersonFields(name="Marie Dupont"))
    assert read(any_store, first.subject).code == "Membre 1"
    with any_store.read() as session:
        stays = network.stays(session, "real")
        everybody = register.members(session, "real")
    assert sorted(stays["commune"]) == ["61156", "61258"]
    assert [(m.label, m.code) for m in everybody] == [("Marie Dupont", "Membre 2"), ("Membre 1", "Membre 1")]
    assert any_store.network_origin() == "real"


def test_a_number_is_never_given_twice(store: Store, territory: Territory) -> None:
    first = add(store, territory)
    register.remove_member(store, LOCAL_ACTOR, member=first.subject)
    assert read(store, add(store, territory).subject).code == "Membre 2"


def test_personal_data_stand_in_person_alone(store: Store, territory: Territory) -> None:
    secret = PersonFields("Zénobie Quatremain", "zenobie@exemple.fr", "02 33 12 34 56", "zenobie.exemple.fr")
    change = add(store, territory, person=secret)
    register.leave_member(
        store, LOCAL_ACTOR, TODAY, member=change.subject, on=TODAY, reason="Zénobie suit son mari"
    )
    words = ("nobie", "Quatremain", "12 34 56")
    with store.read() as session:
        texts = {
            table.name: json.dumps(
                [str(dict(r)) for r in session.connection.execute(select(table)).mappings()]
            )
            for table in tables.metadata.tables.values()
        }
    assert {name for name, text in texts.items() if any(word in text for word in words)} == {
        "person",
        "history_personal",
        "stay",  # the free text of a departure, emptied with the person
    }
    assert read(store, change.subject).website == "https://zenobie.exemple.fr"


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"commune": ""}, "commune", "manque"),
        ({"commune": "Nullepart"}, "commune", "n'est pas une commune"),
        ({"commune": "99999"}, "commune", "aucune commune"),
        ({"arrived": None}, "arrived", "manque"),
        ({"arrived": dt.date(2026, 5, 13)}, "arrived", "futur"),
        ({"arrived": dt.date(1850, 1, 1)}, "arrived", "trop ancien"),
        ({"left": dt.date(2020, 2, 2)}, "left", "précède l'arrivée"),
        ({"left": dt.date(2028, 2, 2)}, "left", "plus d'un an"),
        ({"person": PersonFields(email="pas une adresse")}, "email", "adresse électronique"),
        ({"person": PersonFields(phone="zéro deux")}, "phone", "téléphone"),
        ({"person": PersonFields(website="javascript:alert(1)")}, "website", "site"),
        ({"person": PersonFields(website="https://exemple.fr@ailleurs.example")}, "website", "site"),
        ({"person": PersonFields(website="https://exemple.fr:x@ailleurs.example/")}, "website", "site"),
        ({"person": PersonFields(website="https://ailleurs.example\\@exemple.fr")}, "website", "site"),
        (
            {"person": PersonFields(website="https://ailleurs.example/\u202erf.elpmexe//:sptth")},
            "website",
            "invisibles",
        ),
        ({"person": PersonFields(website="https://exem\u200bple.fr")}, "website", "invisibles"),
        ({"person": PersonFields(name="x" * 201)}, "name", "201 caractères"),
        ({"consent": Consent("", TODAY)}, "consent_text", "texte"),
        ({"consent": Consent("oui", None)}, "consent_on", "manque"),
        ({"consent": Consent("oui", dt.date(2026, 5, 13))}, "consent_on", "futur"),
    ],
)
def test_what_is_refused_is_said_and_changes_nothing(
    store: Store, territory: Territory, given: dict[str, Any], field: str, words: str
) -> None:
    revision = store.revision()
    with pytest.raises(RegisterError) as refusal:
        add(store, territory, **given)
    assert refusal.value.field == field
    assert words in str(refusal.value)
    assert store.revision() == revision


def test_a_move_ends_one_stay_and_opens_the_next_on_the_same_day(
    any_store: Store, territory: Territory
) -> None:
    who = add(any_store, territory).subject
    register.move_member(
        any_store, territory, LOCAL_ACTOR, TODAY, member=who, commune="Laleu", on=day("01/03/2023")
    )
    old, new = read(any_store, who).stays
    assert (old.commune, old.left, new.commune, new.arrived, new.left) == (
        "61156", day("01/03/2023"), "61215", day("01/03/2023"), None,
    )  # fmt: skip


def test_a_move_before_the_arrival_or_to_the_same_commune_is_refused(
    store: Store, territory: Territory
) -> None:
    who = add(store, territory).subject
    with pytest.raises(RegisterError, match="précède l'arrivée"):
        register.move_member(
            store, territory, LOCAL_ACTOR, TODAY, member=who, commune="Laleu", on=day("02/02/2020")
        )
    with pytest.raises(RegisterError, match="habite déjà"):
        register.move_member(store, territory, LOCAL_ACTOR, TODAY, member=who, commune="Essay", on=TODAY)


@pytest.mark.parametrize("typed", ["61001", "Alençon", "ALENCON"])
def test_a_move_outside_is_offered_as_a_departure_with_its_reason(
    store: Store, territory: Territory, typed: str
) -> None:
    who = add(store, territory).subject
    with pytest.raises(OutsideTerritory) as outside:
        register.move_member(store, territory, LOCAL_ACTOR, TODAY, member=who, commune=typed, on=TODAY)
    assert (outside.value.code, outside.value.name) == ("61001", "Alençon")
    register.leave_member(store, LOCAL_ACTOR, TODAY, member=who, on=TODAY, reason=outside.value.reason)
    last = read(store, who).last
    assert last is not None
    assert (last.left, last.reason) == (TODAY, "installation à Alençon (hors du territoire)")


@pytest.mark.parametrize("typed", ["61004", "Antoigny", "ANTOIGNY"])
def test_a_commune_that_no_longer_exists_proposes_todays(
    store: Store, territory: Territory, typed: str
) -> None:
    with pytest.raises(FormerCommune) as former:
        add(store, territory, commune=typed)
    assert (former.value.code, former.value.inside) == ("61168", False)
    assert "départ" in former.value.advice
    there = dataclasses.replace(territory, codes=("61168",), names=("La Ferté Macé",))
    with pytest.raises(FormerCommune) as former:
        add(store, there, commune=typed)
    assert (former.value.code, former.value.inside) == ("61168", True)
    assert "Antoigny" in str(former.value).title()
    assert add(store, there, commune=former.value.code).kind == "member_add"


def test_a_departure_before_the_arrival_is_refused_and_one_to_come_is_said(
    store: Store, territory: Territory
) -> None:
    who = add(store, territory).subject
    with pytest.raises(RegisterError, match="précède l'arrivée"):
        register.leave_member(store, LOCAL_ACTOR, TODAY, member=who, on=day("01/02/2020"))
    change = register.leave_member(store, LOCAL_ACTOR, TODAY, member=who, on=day("01/09/2026"))
    assert "à venir" in change.warnings[0]
    assert read(store, who).present(TODAY)
    assert not read(store, who).present(day("01/09/2026"))
    with pytest.raises(RegisterError, match="séjour en cours"):
        register.leave_member(store, LOCAL_ACTOR, TODAY, member=who, on=TODAY)


def test_stays_that_overlap_are_refused(store: Store, territory: Territory) -> None:
    who = add(store, territory, left=day("01/06/2022")).subject
    with pytest.raises(RegisterError, match="chevauche"):
        register.return_member(
            store, territory, LOCAL_ACTOR, TODAY, member=who, commune="Laleu", on=day("31/05/2022")
        )
    register.return_member(
        store, territory, LOCAL_ACTOR, TODAY, member=who, commune="Laleu", on=day("01/06/2022")
    )
    first, second = read(store, who).stays
    with pytest.raises(RegisterError, match="chevauche"):
        register.correct_stay(
            store, territory, LOCAL_ACTOR, TODAY,
            stay=first.id, commune=first.commune, arrived=first.arrived, left=None, seen=first.version,
        )  # fmt: skip
    register.correct_stay(
        store, territory, LOCAL_ACTOR, TODAY,
        stay=second.id, commune="61258", arrived=day("02/06/2022"), left=None, seen=second.version,
    )  # fmt: skip
    assert [s.commune for s in read(store, who).stays] == ["61156", "61258"]


@pytest.mark.parametrize(
    "stays",
    [
        [(1, 5), (5, 9)],
        [(1, 1), (1, None)],
        [(6, None), (1, 6)],
    ],
)
def test_stays_that_only_touch_do_not_overlap(stays: list[tuple[int, int | None]]) -> None:
    from data.register.operations import overlap

    days = [(dt.date(2020, 1, a), None if b is None else dt.date(2020, 1, b)) for a, b in stays]
    assert overlap(days) is None
    assert overlap([*days, (dt.date(2020, 1, 1), dt.date(2020, 1, 3))]) is not None or stays[0] == (1, 1)


# -- the same person twice -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (PersonFields(name="DUPONT  Marie"), "même nom"),
        (PersonFields(name="M. D.", email="MARIE@exemple.FR"), "même adresse électronique"),
        (PersonFields(phone="+33 6 12 34 56 78"), "même téléphone"),
    ],
)
def test_the_same_person_is_proposed_before_saving(
    store: Store, territory: Territory, typed: PersonFields, why: str
) -> None:
    known = PersonFields("Marie Dupont", "marie@exemple.fr", "06 12 34 56 78")
    first = add(store, territory, person=known)
    with pytest.raises(SamePerson) as proposed:
        add(store, territory, person=typed)
    assert [(m.label, m.why, m.member) for m in proposed.value.matches] == [
        ("Marie Dupont", (why,), first.subject)
    ]


def test_two_people_who_only_look_alike_are_kept_apart_and_the_choice_with_them(
    store: Store, territory: Territory
) -> None:
    first = add(store, territory, person=PersonFields(name="Marie Dupont"))
    second = add(store, territory, person=PersonFields(name="Marie Dupont"), same_as=register.SEPARATE)
    assert read(store, first.subject).person != read(store, second.subject).person
    with store.read() as session:
        told = register.entry(session, second.operation)
    assert ("doublon proposé", "déclaré personne différente") in {(d.label, d.after) for d in told.details}


def test_the_same_member_comes_back_as_one(store: Store, territory: Territory) -> None:
    known = PersonFields(name="Marie Dupont", phone="06 12 34 56 78")
    first = add(store, territory, person=known, left=day("01/06/2022"))
    person = read(store, first.subject).person
    back = add(
        store, territory, commune="Laleu", arrived=day("01/01/2025"),
        person=PersonFields(name="Marie DUPONT", email="m@exemple.fr"), same_as=person,
    )  # fmt: skip
    assert (back.kind, back.subject) == ("member_return", first.subject)
    now = read(store, first.subject)
    assert (now.name, now.email, len(now.stays)) == ("Marie Dupont", "m@exemple.fr", 2)
    assert "gardées" in back.warnings[0]


def test_a_contact_who_becomes_a_member_stays_one_person(store: Store, territory: Territory) -> None:
    fields = ContactFields("elected", "Conseillère départementale", "Essay")
    register.add_contact(
        store, territory, LOCAL_ACTOR, origin="real", fields=fields, person=PersonFields(name="Ève Roy")
    )
    with pytest.raises(SamePerson) as proposed:
        add(store, territory, person=PersonFields(name="Eve Roy"))
    match = proposed.value.matches[0]
    assert (match.role, match.member) == ("contact", None)
    who = add(store, territory, person=PersonFields(name="Eve Roy"), same_as=match.person).subject
    register.remove_member(store, LOCAL_ACTOR, member=who)
    with store.read() as session:
        assert register.contacts(session, "real")[0]["name"] == "Ève Roy"


def test_a_correction_that_makes_two_people_alike_asks_too(store: Store, territory: Territory) -> None:
    add(store, territory, person=PersonFields(name="Marie Dupont"))
    other = add(store, territory, person=PersonFields(name="Marie Durand")).subject
    with pytest.raises(SamePerson):
        register.correct_member(
            store, LOCAL_ACTOR, member=other, person=PersonFields("Marie Dupont"), work=Work()
        )


def test_demonstration_and_real_people_are_never_proposed_as_one(store: Store, territory: Territory) -> None:
    add(store, territory, origin="demo", person=PersonFields(name="Marie Dupont"))
    assert add(store, territory, person=PersonFields(name="Marie Dupont")).kind == "member_add"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("06 12 34 56 78", "+33 (0)6.12.34.56.78"),
        ("0612345678", "0033612345678"),
        ("+32 2 123 45 67", "+3221234567"),
    ],
)
def test_one_telephone_has_one_key(one: str, other: str) -> None:
    assert checks.phone_key(one) == checks.phone_key(other)


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("06 12 34 56 78", "0612345678"),
        ("06.12.34.56.78", "0612345678"),
        ("06-12-34-56-78", "0612345678"),
        ("0612345678", "0612345678"),
        ("06/12/34/56/78", "0612345678"),
        ("06\u00a012\u202f34 56 78", "0612345678"),
        ("+33 6 12 34 56 78", "0612345678"),
        ("+33 (0)6 12 34 56 78", "0612345678"),
        ("0033 6 12 34 56 78", "0612345678"),
        ("(+33) 6 12 34 56 78", "0612345678"),
        ("+32 2 123 45 67", "+3221234567"),
        ("poste 12", ""),
        ("", ""),
    ],
)
def test_a_telephone_in_any_french_spelling_is_kept_and_dialled(typed: str, dialled: str) -> None:
    assert checks.dialled(typed) == dialled
    if dialled:
        kept = checks.phone(typed)
        assert kept is not None and checks.dialled(kept) == dialled


# -- consent and conflicts -------------------------------------------------------------------------------------


def agreed() -> Consent:
    return Consent(register.DEFAULT_CONSENT, day("01/03/2020"))


def test_consent_makes_public_and_its_withdrawal_takes_effect_at_the_next_reading(
    store: Store, territory: Territory
) -> None:
    who = add(store, territory, consent=agreed()).subject
    person = read(store, who).person
    with store.read() as session:
        assert network.stays(session, "real")["public"].tolist() == [True]
    register.withdraw_consent(store, LOCAL_ACTOR, person)
    with store.read() as session:
        assert network.stays(session, "real")["public"].tolist() == [False]
    assert read(store, who).consent_text is None
    with pytest.raises(RegisterError, match="déjà plus public"):
        register.withdraw_consent(store, LOCAL_ACTOR, person)


def test_consent_withdrawn_while_the_person_is_on_another_screen(
    any_store: Store, territory: Territory
) -> None:
    who = add(any_store, territory, person=PersonFields(name="Marie"), consent=agreed()).subject
    on_screen = read(any_store, who)
    register.withdraw_consent(any_store, OTHER, on_screen.person)
    typed = PersonFields(name="Marie", phone="06 12 34 56 78")
    with pytest.raises(Conflict) as conflict:
        register.correct_member(
            any_store, LOCAL_ACTOR, member=who, person=typed, work=Work(), seen=on_screen.seen
        )
    assert "claire" in str(conflict.value)
    assert "consentement" in str(conflict.value)
    assert conflict.value.newest["consent_public"] in (False, 0)
    assert read(any_store, who).phone is None
    register.correct_member(
        any_store, LOCAL_ACTOR, member=who, person=typed, work=Work(), seen=read(any_store, who).seen
    )
    now = read(any_store, who)
    assert (now.phone, now.consent_public) == ("06 12 34 56 78", False)


def test_a_stale_screen_never_keeps_a_consent_from_being_withdrawn(
    store: Store, territory: Territory
) -> None:
    who = add(store, territory, consent=agreed()).subject
    seen = read(store, who)
    register.correct_member(
        store, OTHER, member=who, person=PersonFields(name="Marie"), work=Work(), seen=seen.seen
    )
    register.withdraw_consent(store, LOCAL_ACTOR, seen.person)
    assert not read(store, who).consent_public


def test_two_moves_of_one_member_from_two_screens(store: Store, territory: Territory) -> None:
    who = add(store, territory).subject
    on_screen = read(store, who).running
    register.move_member(store, territory, OTHER, TODAY, member=who, commune="Laleu", on=day("01/03/2023"))
    with pytest.raises(Conflict):
        register.move_member(
            store,
            territory,
            LOCAL_ACTOR,
            TODAY,
            member=who,
            commune="Boitron",
            on=day("01/04/2023"),
            seen=on_screen,
        )
    assert [s.commune for s in read(store, who).stays] == ["61156", "61215"]


def test_a_member_removed_elsewhere_is_said_not_to_be_there(store: Store, territory: Territory) -> None:
    who = add(store, territory).subject
    register.remove_member(store, OTHER, member=who)
    with pytest.raises(RegisterError, match="n'est plus dans le registre"):
        register.leave_member(store, LOCAL_ACTOR, TODAY, member=who, on=TODAY)


def test_hostile_text_is_kept_literally_and_breaks_nothing(any_store: Store, territory: Territory) -> None:
    who = add(
        any_store, territory, person=PersonFields(name=HOSTILE + "\x00\x1b"), work=Work(HOSTILE[:60], HOSTILE)
    ).subject
    register.add_event(
        any_store, territory, LOCAL_ACTOR, TODAY, origin="real",
        fields=EventFields("meeting", TODAY, HOSTILE, member=who),
    )  # fmt: skip
    assert read(any_store, who).name == HOSTILE
    with any_store.read() as session:
        assert register.entries(session)[0].title.endswith("12/05/2026")
        assert register.events(session, "real")[0]["title"] == HOSTILE


# -- undo ------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Begun:
    """What stands before a change: a member who is there and one who left, an event, a contact (ids)."""

    who: str
    gone: str
    event: str
    contact: str


def begin(store: Store, territory: Territory) -> Begun:
    a = LOCAL_ACTOR
    who = add(
        store,
        territory,
        person=PersonFields(name="Marie Dupont"),
        consent=agreed(),
        work=Work("traduction", "anglais"),
    ).subject
    gone = add(store, territory, left=day("01/06/2022")).subject
    fields = EventFields("meeting", TODAY, "Rencontre", "Essay", who, 6.0)
    event = register.add_event(store, territory, a, TODAY, origin="real", fields=fields).subject
    actor = ContactFields("notary", "Étude de la place", "Essay")
    contact = register.add_contact(
        store, territory, a, origin="real", fields=actor, person=PersonFields(phone="02 33 00 00 00")
    ).subject
    return Begun(who, gone, event, contact)


def play(store: Store, territory: Territory, begun: Begun, kind: str) -> register.Change:
    """One change of each kind over the same beginnings."""
    a = LOCAL_ACTOR
    who, gone, event, contact = begun.who, begun.gone, begun.event, begun.contact
    member = read(store, who)
    stay = member.stays[0]
    if kind == "member_add":
        return add(store, territory, person=PersonFields(name="Nouveau"))
    if kind == "member_return":
        return register.return_member(store, territory, a, TODAY, member=gone, commune="Laleu", on=TODAY)
    if kind == "member_move":
        return register.move_member(store, territory, a, TODAY, member=who, commune="Laleu", on=TODAY)
    if kind == "member_correct":
        changed = PersonFields("Marie Durand", "m@exemple.fr")
        return register.correct_member(store, a, member=who, person=changed, work=Work("rédaction", "", True))
    if kind == "stay_correct":
        return register.correct_stay(
            store,
            territory,
            a,
            TODAY,
            stay=stay.id,
            commune="Laleu",
            arrived=day("01/01/2019"),
            left=TODAY,
            reason="x",
        )
    if kind == "member_leave":
        return register.leave_member(store, a, TODAY, member=who, on=TODAY, reason="retraite")
    if kind == "member_remove":
        return register.remove_member(store, a, member=who)
    if kind == "consent_withdraw":
        return register.withdraw_consent(store, a, member.person)
    if kind == "consent_give":
        consent = Consent("Nouveau texte", day("02/04/2024"))
        return register.give_consent(store, a, TODAY, member.person, consent)
    if kind == "event_add":
        other = EventFields("jobs", TODAY, "Deux emplois", jobs=2)
        return register.add_event(store, territory, a, TODAY, origin="real", fields=other)
    if kind == "event_correct":
        other = EventFields("training", TODAY, "Autre", None, None, None, 3)
        return register.correct_event(store, territory, a, TODAY, event=event, fields=other, seen=1)
    if kind == "event_remove":
        return register.remove_event(store, a, event=event, seen=1)
    if kind == "contact_add":
        other_actor = ContactFields("mairie", "Mairie", "Laleu")
        return register.add_contact(store, territory, a, origin="real", fields=other_actor)
    if kind == "contact_correct":
        return register.correct_contact(
            store, territory, a, contact=contact, fields=ContactFields("agency", "Agence", "Laleu"),
            person=PersonFields(name="Paul"), seen={"contact": 1, "person": 1},
        )  # fmt: skip
    if kind == "contact_remove":
        return register.remove_contact(store, a, contact=contact, seen=1)
    if kind in ("remark_add", "remark_remove"):
        figure = load_catalogue().indicators["vacant_dwellings"]
        noted = register.add_remark(
            store, territory, LOCAL_ACCOUNT, TODAY,
            indicator=figure, commune="Essay", period=figure.periods[-1], text="Trois maisons sont relouées.",
        )  # fmt: skip
        return noted if kind == "remark_add" else register.remove_remark(store, LOCAL_ACCOUNT, noted.subject)
    if kind == "recode":
        merger = Passage(2027, "merged", "61156", "Essay", "61215", "Laleu-Essay")
        with operation(store, a, kind) as current:
            migrate.lay(current, steps(territory.name_of, 2026, [merger]), 2026, 2027)
        return current.change
    if kind.startswith("briefing_"):
        return play_briefing(store, kind)
    if kind.startswith("application_") or kind == "reception_change":
        return play_application(store, territory, kind)
    if kind == "call_add":
        now = dt.datetime.combine(TODAY, dt.time(9))
        return register.report_call(store, territory, a, now, contact=contact, answer="nothing_new")
    dwelling = register.ListingFields("house", "rent", "Laleu", "4", "95", "620")
    seen = register.report_listing(store, territory, a, TODAY, contact=contact, fields=dwelling)
    if kind == "listing_correct":
        better = register.ListingFields("house", "rent", "Laleu", "5", "95", "640", energy="D")
        return register.correct_listing(store, territory, a, TODAY, listing=seen.subject, fields=better)
    if kind == "listing_pair":
        twin = register.report_listing(
            store, territory, a, TODAY, contact=contact,
            fields=register.ListingFields("house", "rent", "Laleu", "4", "97", "620"),
        )  # fmt: skip
        return register.judge_duplicate(store, a, listing=seen.subject, other=twin.subject, same=True)
    if kind == "listing_add":
        return seen
    if kind.startswith(("needs_", "proposal_")):
        return play_proposal(store, territory, kind, seen.subject)
    assert kind == "sighting_add"
    return register.report_sighting(store, a, TODAY, contact=contact, listing=seen.subject, state="gone")


def play_proposal(store: Store, territory: Territory, kind: str, listing: str) -> register.Change:
    """One change of what a household needs, or of a dwelling proposed to it."""
    a = LOCAL_ACTOR
    with store.write(a) as session:
        session.insert(tables.person, {"id": "p9", "origin": "real", "code": "Candidat 9"})
        file = {"id": "a9", "origin": "real", "person": "p9", "received": TODAY, "status": "accepted"}
        session.insert(tables.application, file)
    if kind == "needs_set":
        fields = register.NeedFields("rent", "house", "4", "660", communes=("Laleu",))
        return register.set_needs(store, territory, a, application="a9", fields=fields)
    if kind == "proposal_refuse":
        return register.refuse(store, a, TODAY, application="a9", listing=listing, reason="gone")
    made = register.propose(store, a, TODAY, application="a9", listing=listing, score=80, chance=0.5)
    if kind == "proposal_add":
        return made
    if kind == "proposal_take":
        return register.take(store, a, TODAY, proposal=made.subject)
    assert kind == "proposal_free"
    return register.free(store, a, proposal=made.subject)


def play_briefing(store: Store, kind: str) -> register.Change:
    """One change of a séance of two views."""
    who, on = LOCAL_ACCOUNT, day("03/12/2026")
    made = council.create_briefing(
        store, who, title="Conseil", on=on, views=[("carte", {}), ("logement", {})]
    )
    with store.read() as session:
        first = council.briefing(session, who, made.subject).views[0].id
    if kind == "briefing_add":
        return made
    if kind == "briefing_change":
        return council.change_briefing(store, who, made.subject, title="Autre", on=on, audience=Audience.ELU)
    if kind == "briefing_remove":
        return council.remove_briefing(store, who, made.subject)
    if kind == "briefing_view_add":
        return council.add_view(store, who, made.subject, "reseau", {})
    if kind == "briefing_view_change":
        return council.change_view(store, who, first, sentence="Une phrase.")
    if kind == "briefing_view_move":
        return council.move_view(store, who, first, 1)
    if kind == "briefing_view_remove":
        return council.remove_view(store, who, first)
    frozen = council.freeze_view(store, who, first, {"title": "x"}, Audience.PUBLIC)
    if kind == "briefing_view_freeze":
        return frozen
    assert kind == "briefing_view_thaw"
    return council.thaw_view(store, who, first)


def play_application(store: Store, territory: Territory, kind: str) -> register.Change:
    """One change of a dossier of two that were received."""
    hand = applications.by(LOCAL_ACCOUNT)
    fields = applications.DossierFields(received=day("01/05/2026"), trade="web")
    made, other = (
        applications.create(store, territory, hand, TODAY, fields=fields, same_as=register.SEPARATE)
        for _ in range(2)
    )
    one = made.subject
    if kind == "application_add":
        return other
    if kind == "application_change":
        changed = dataclasses.replace(fields, trade="conseil", wishes=("Essay",))
        return applications.change(store, territory, hand, TODAY, application=one, fields=changed)
    if kind == "application_double":
        return applications.judge_double(store, hand, one=one, other=other.subject, same=True)
    if kind == "application_duty":
        return applications.set_duty(store, hand, origin="real", duty="read", profile=LOCAL_ACCOUNT.id)
    if kind == "application_erasure_asked":
        return following.ask_erasure(store, hand, TODAY, application=one)
    if kind in ("application_document_add", "application_document_remove"):
        added = documents.add_paper(
            store, hand, TODAY, application=one, name="a.pdf", content=b"%PDF-1.7\n%%EOF\n"
        )
        if kind == "application_document_add":
            return added
        return documents.remove_paper(store, hand, paper=added.touched[0][1])
    if kind == "application_sponsor":
        with store.read() as session:
            member = register.members(session, "real")[0].id
        return applications.set_sponsor(store, hand, TODAY, application=one, member=member, agreed_on=TODAY)
    if kind == "application_note":
        return applications.note(store, hand, TODAY, application=one, text="Rappeler.")
    if kind == "application_task_add":
        return applications.add_task(store, hand, application=one, title="Appeler")
    if kind in ("application_task_done", "application_task_change"):
        task = applications.add_task(store, hand, application=one, title="Appeler").touched[0][1]
        if kind == "application_task_done":
            return applications.finish_task(store, hand, TODAY, task=task)
        return applications.change_task(store, hand, task=task, title="Écrire", due=TODAY)
    if kind == "application_checklist":
        todo = Task("school", "school", "Inscrire à l’école", TODAY)
        return applications.add_tasks(store, hand, application=one, tasks=[todo])
    if kind in ("application_pause", "application_resume"):
        paused = applications.pause(store, hand, TODAY, application=one, until=day("01/09/2026"))
        return (
            paused if kind == "application_pause" else applications.wake(store, hand, TODAY, application=one)
        )
    moved = applications.move(store, hand, TODAY, application=one, step="read")
    if kind == "application_move":
        return moved
    if kind == "application_correct":
        with store.read() as session:
            line = session.connection.execute(select(func.max(tables.application_event.c.id))).scalar_one()
        return applications.correct(store, hand, TODAY, application=one, line=line, note="Pas lu.")
    if kind in ("application_member", "reception_change"):
        with store.write(LOCAL_ACTOR) as session:  # settled elsewhere: what is played is what follows
            session.connection.execute(
                update(tables.application).where(tables.application.c.id == one).values(status="settled")
            )
            event = tables.application_event
            session.connection.execute(
                update(event)
                .where(event.c.application == one, event.c.status == "read")
                .values(status="settled", kind="taken_over", party="other")
            )
            session.connection.execute(
                update(event)
                .where(event.c.application == one, event.c.status == "received")
                .values(kind="taken_over", party="other")
            )
        if kind == "application_member":
            return applications.make_member(
                store, territory, hand, TODAY, application=one, commune="Essay", consent=agreed()
            )
        return applications.prepare_reception(
            store,
            territory,
            hand,
            TODAY,
            application=one,
            on=TODAY,
            commune="Essay",
            place="Salle",
            summary="Bien.",
        )
    assert kind == "application_sign"
    grid = {"marks": dict.fromkeys(ASSESSMENT_CRITERIA, 3), "remarks": {}}
    return applications.sign(store, hand, TODAY, application=one, seat="founder", **grid)  # type: ignore[arg-type]


# Files of records have their own tests, in tests/data/imports.
KINDS = sorted(set(register.OPERATION_KINDS) - {"undo", "value_set", "import"})


def test_changes_are_undone_and_done_again_on_both_databases(any_store: Store, territory: Territory) -> None:
    undone_and_done_again(any_store, territory, begin(any_store, territory), "member_remove")


@pytest.fixture(scope="module")
def begun(territory: Territory, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Begun]:
    """A home that holds the beginnings of `play`, to be copied, and what they are."""
    home = empty_home(tmp_path_factory.mktemp("begun"))
    with closing(open_store(home, clock=lambda: NOW)) as store:
        return home, begin(store, territory)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_change_is_undone_and_done_again(
    begun: tuple[Path, Begun], territory: Territory, kind: str, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(begun[0], tmp_path / "home"))
    with closing(open_store(home, clock=lambda: NOW)) as store:
        undone_and_done_again(store, territory, begun[1], kind)


def undone_and_done_again(any_store: Store, territory: Territory, begun: Begun, kind: str) -> None:
    change = play(any_store, territory, begun, kind)
    assert change.kind == kind
    after = everything(any_store)
    undone = register.undo(any_store, change.operation, OTHER)
    before = everything(any_store)
    assert before != after
    with pytest.raises(CannotUndo, match="déjà annulée"):
        register.undo(any_store, change.operation, LOCAL_ACTOR)
    assert everything(any_store) == before
    # What `play` began with, and nothing of the change.
    assert len(before["stays"]) == 2
    assert [(e["title"], e["hours"]) for e in before["events"]] == [("Rencontre", 6.0)]
    assert [(c["label"], c["kind"]) for c in before["contacts"]] == [("Étude de la place", "notary")]
    assert {(p["name"], p["phone"], bool(p["consent_public"])) for p in before["people"]} == {
        ("Marie Dupont", None, True),
        (None, None, False),
        (None, "02 33 00 00 00", False),
    }
    register.undo(any_store, undone.operation, LOCAL_ACTOR)
    assert everything(any_store) == after
    with any_store.read() as session:
        told = register.entries(session, limit=3)
    assert [entry.kind for entry in told] == ["undo", "undo", kind]
    assert [entry.actor for entry in told] == ["Profil local", "claire", "Profil local"]
    assert told[0].title.startswith("Rétablissement (")
    assert told[1].title.startswith("Annulation (")
    assert told[1].undone == told[0].operation
    assert told[2].undone is None  # done again


def test_a_change_that_was_changed_since_is_undone_in_order_only(store: Store, territory: Territory) -> None:
    added = add(store, territory)
    moved = register.move_member(
        store, territory, LOCAL_ACTOR, TODAY, member=added.subject, commune="Laleu", on=TODAY
    )
    with pytest.raises(CannotUndo, match=f"action n° {moved.operation}"):
        register.undo(store, added.operation, LOCAL_ACTOR)
    assert len(read(store, added.subject).stays) == 2
    register.undo(store, moved.operation, LOCAL_ACTOR)
    register.undo(store, added.operation, LOCAL_ACTOR)
    assert everything(store)["stays"] == []


def test_undoing_an_addition_that_something_refers_to_is_refused(store: Store, territory: Territory) -> None:
    added = add(store, territory)
    fields = EventFields("reception", TODAY, "Réception", member=added.subject)
    register.add_event(store, territory, LOCAL_ACTOR, TODAY, origin="real", fields=fields)
    with pytest.raises(CannotUndo, match="événements"):
        register.undo(store, added.operation, LOCAL_ACTOR)


def test_undoing_a_departure_under_a_later_stay_is_refused(store: Store, territory: Territory) -> None:
    who = add(store, territory).subject
    left = register.leave_member(store, LOCAL_ACTOR, TODAY, member=who, on=day("01/01/2024"))
    register.return_member(
        store, territory, LOCAL_ACTOR, TODAY, member=who, commune="Laleu", on=day("01/01/2025")
    )
    with pytest.raises(CannotUndo, match="chevaucheraient"):
        register.undo(store, left.operation, LOCAL_ACTOR)
    assert read(store, who).stays[0].left == day("01/01/2024")


def test_undoing_a_change_of_a_member_removed_since_is_refused(store: Store, territory: Territory) -> None:
    who = add(store, territory).subject
    left = register.leave_member(store, LOCAL_ACTOR, TODAY, member=who, on=day("01/01/2024"))
    register.remove_member(store, LOCAL_ACTOR, member=who)
    with pytest.raises(CannotUndo, match="a changé depuis"):
        register.undo(store, left.operation, LOCAL_ACTOR)


def test_what_was_said_of_an_erased_person_cannot_come_back(store: Store, territory: Territory) -> None:
    who = add(store, territory, person=PersonFields(name="Marie Dupont"))
    person = read(store, who.subject).person
    fixed = register.correct_member(
        store, LOCAL_ACTOR, member=who.subject, person=PersonFields(name="Marie Durand"), work=Work()
    )
    with store.write(LOCAL_ACTOR) as session:
        erase_person(session, person)
    for number in (fixed.operation, who.operation):
        with pytest.raises(CannotUndo, match="effacées"):
            register.undo(store, number, LOCAL_ACTOR)
    with store.read() as session:
        told = [str(entry) for entry in register.entries(session)]
    assert not any("Marie" in text for text in told)
    with pytest.raises(RegisterError, match="effacées"):
        register.correct_member(
            store, LOCAL_ACTOR, member=who.subject, person=PersonFields(name="X"), work=Work()
        )


def test_undoing_the_first_real_entry_gives_the_demonstration_back(
    store: Store, territory: Territory
) -> None:
    add(store, territory, origin="demo")
    assert store.network_origin() == "demo"
    first = add(store, territory)
    assert store.network_origin() == "real"
    register.undo(store, first.operation, LOCAL_ACTOR)
    assert store.network_origin() == "demo"


def test_a_first_real_event_shows_the_real_register(store: Store, territory: Territory) -> None:
    fields = EventFields("meeting", TODAY, "Première rencontre")
    register.add_event(store, territory, LOCAL_ACTOR, TODAY, origin="real", fields=fields)
    assert store.network_origin() == "real"


# -- history ---------------------------------------------------------------------------------------------------


def test_history_tells_before_and_after_and_names_only_to_coordinators(
    store: Store, territory: Territory
) -> None:
    who = add(store, territory, person=PersonFields(name="Marie Dupont")).subject
    register.move_member(store, territory, OTHER, TODAY, member=who, commune="Laleu", on=day("01/03/2023"))
    with store.read() as session:
        newest = register.entries(session)[0]
        public = register.entries(session, audience=Audience.ELU)[0]
    assert newest.title == "Déménagement\u202f: Marie Dupont"
    assert newest.actor == "claire"
    told = {(d.label, d.before, d.after) for d in newest.details}
    assert ("départ", "rien", "01/03/2023") in told
    assert ("commune", "", "Laleu") in told
    assert public.title == "Déménagement\u202f: Membre 1"
    assert public.details == ()


def test_history_is_read_by_pages_and_by_register(store: Store, territory: Territory) -> None:
    real = [add(store, territory).operation for _ in range(5)]
    demo = add(store, territory, origin="demo").operation
    with store.read() as session:
        assert [e.operation for e in register.entries(session, limit=2)] == [demo, real[-1]]
        assert [e.operation for e in register.entries(session, origin="real")] == real[::-1]
        assert [e.operation for e in register.entries(session, before=real[2])] == real[1::-1]
        one = register.entries(session, subject=register.members(session, "real")[0].id)
    assert len(one) == 1


# -- events and actors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (EventFields("", TODAY, "x"), "kind"),
        (EventFields("meeting", None, "x"), "on"),
        (EventFields("meeting", TODAY, " "), "title"),
        (EventFields("meeting", TODAY, "x", "Alençon"), "commune"),
        (EventFields("meeting", TODAY, "x", hours=-1), "hours"),
        (EventFields("meeting", dt.date(2026, 6, 1), "x", hours=3), "hours"),
        (EventFields("jobs", TODAY, "x"), "jobs"),
        (EventFields("meeting", dt.date(2030, 1, 1), "x"), "on"),
    ],
)
def test_events_that_cannot_be_are_refused(
    store: Store, territory: Territory, fields: EventFields, field: str
) -> None:
    with pytest.raises(RegisterError) as refusal:
        register.add_event(store, territory, LOCAL_ACTOR, TODAY, origin="real", fields=fields)
    assert refusal.value.field == field


def test_the_same_event_or_actor_is_not_noted_twice(store: Store, territory: Territory) -> None:
    fields = EventFields("meeting", TODAY, "Rencontre du réseau", "Essay")
    register.add_event(store, territory, LOCAL_ACTOR, TODAY, origin="real", fields=fields)
    with pytest.raises(RegisterError, match="déjà noté"):
        register.add_event(store, territory, LOCAL_ACTOR, TODAY, origin="real", fields=fields)
    actor = ContactFields("mairie", "Mairie", "Essay")
    register.add_contact(store, territory, LOCAL_ACTOR, origin="real", fields=actor)
    with pytest.raises(RegisterError, match="déjà dans le registre"):
        register.add_contact(
            store, territory, LOCAL_ACTOR, origin="real", fields=ContactFields("mairie", "MAIRIE", "61156")
        )


def test_an_actor_without_personal_data_makes_no_person(store: Store, territory: Territory) -> None:
    fields = ContactFields("association", "Les Amis du bocage", "Laleu")
    who = register.add_contact(store, territory, LOCAL_ACTOR, origin="real", fields=fields).subject
    with store.read() as session:
        assert session.frame(select(tables.person)).empty
        assert network.contacts(session, "real")["commune"].tolist() == ["61215"]
    register.correct_contact(
        store, territory, LOCAL_ACTOR, contact=who, fields=fields, person=PersonFields(phone="02 33 00 00 00")
    )
    with store.read() as session:
        assert register.contacts(session, "real")[0]["phone"] == "02 33 00 00 00"


def test_an_actor_changed_elsewhere_is_a_conflict(store: Store, territory: Territory) -> None:
    fields = ContactFields("mairie", "Mairie", "Essay")
    who = register.add_contact(store, territory, LOCAL_ACTOR, origin="real", fields=fields).subject
    other = ContactFields("mairie", "Mairie, accueil", "Essay")
    register.correct_contact(
        store, territory, OTHER, contact=who, fields=other, seen={"contact": 1, "person": None}
    )
    with pytest.raises(Conflict, match="claire"):
        register.correct_contact(
            store, territory, LOCAL_ACTOR, contact=who, fields=ContactFields("other", "Autre", "Essay"),
            seen={"contact": 1, "person": None},
        )  # fmt: skip
    with pytest.raises(Conflict):
        register.remove_contact(store, LOCAL_ACTOR, contact=who, seen=1)


# -- one figure ------------------------------------------------------------------------------------------------

INDICATORS = load_catalogue(network_periods=[("2026-05-12", "12/05/2026")]).indicators


def set_value(store: Store, territory: Territory, value: str | None, **given: Any) -> register.Change:
    values: dict[str, Any] = {
        "indicator": INDICATORS["dwellings"], "commune": "Essay", "period": "2022",
        "status": Status.OBSERVED, "reason": "appel de la mairie",
    }  # fmt: skip
    return register.record_value(store, territory, LOCAL_ACTOR, value=value, **(values | given))


def shown(store: Store) -> tuple[float | None, str]:
    with store.read() as session:
        frame = current_observations(session)
        cell = register.cell(session, "dwellings", "61156", "2022")
    rows = frame[
        (frame["indicator"] == "dwellings") & (frame["commune"] == "61156") & (frame["period"] == "2022")
    ]
    if rows.empty:
        assert cell.status is Status.MISSING
        return None, "missing"
    value = None if pd.isna(rows.iloc[0]["value"]) else float(rows.iloc[0]["value"])
    assert (cell.value, cell.status.value) == (value, rows.iloc[0]["status"])
    return value, str(rows.iloc[0]["status"])


def test_a_figure_typed_by_hand_lies_over_and_is_undone_and_done_again(
    any_store: Store, territory: Territory
) -> None:
    with any_store.write(LOCAL_ACTOR) as session:
        frame = pd.DataFrame(
            [["dwellings", "61156", "2022", 250.0, "observed"]],
            columns=["indicator", "commune", "period", "value", "status"],
        )
        record_import(session, frame, kind="shipped", label="livré", checksum="x")
    change = set_value(any_store, territory, "1\u202f251")
    assert shown(any_store) == (1251.0, "observed")
    assert "plus du double" in change.warnings[0]
    undone = register.undo(any_store, change.operation, LOCAL_ACTOR)
    assert shown(any_store) == (250.0, "observed")
    register.undo(any_store, undone.operation, LOCAL_ACTOR)
    assert shown(any_store) == (1251.0, "observed")
    secret = set_value(any_store, territory, None, status=Status.SUPPRESSED)
    assert shown(any_store) == (None, "suppressed")
    with any_store.read() as session:
        told = register.entry(session, secret.operation, {"dwellings": "Logements"})
        log = session.frame(select(tables.import_.c.kind, tables.import_.c.label))
    assert told.title == "Chiffre saisi\u202f: Logements, Essay, 2022"
    assert [(d.label, d.before, d.after) for d in told.details] == [
        ("valeur", "1\u202f251", "secret statistique"),
        ("raison", "", "appel de la mairie"),
    ]
    assert log.iloc[-1]["kind"] == "manual"
    assert "appel de la mairie" in log.iloc[-1]["label"]


@pytest.mark.parametrize(
    ("value", "given", "field"),
    [
        ("", {}, "value"),
        ("beaucoup", {}, "value"),
        ("1.234", {}, "value"),
        ("12,5", {}, "value"),  # dwellings are counted
        ("-3", {}, "value"),
        ("1e5", {}, "value"),
        ("١٢", {}, "value"),
        ("12 34", {}, "value"),
        ("9999999999", {}, "value"),
        ("12", {"reason": "  "}, "reason"),
        ("12", {"period": "1999"}, "period"),
        ("12", {"indicator": INDICATORS["vacancy_rate"]}, "indicator"),
        ("12", {"indicator": INDICATORS["members"], "period": "2026-05-12"}, "indicator"),
        ("12", {"commune": "61001"}, "commune"),
        (None, {"status": Status.MISSING}, "value"),  # nothing there: already missing
    ],
)
def test_a_figure_that_must_not_be_published_is_refused(
    store: Store, territory: Territory, value: str | None, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(RegisterError) as refusal:
        set_value(store, territory, value, **given)
    assert refusal.value.field == field
    assert shown(store) == (None, "missing")


def test_computed_rates_are_never_offered_and_published_ones_are() -> None:
    offered = {i.id for i in INDICATORS.values() if register.can_be_typed(i)}
    assert "dwellings" in offered
    assert not any(INDICATORS[i].kind in ("network", "change") for i in offered)
    for indicator in INDICATORS.values():
        if indicator.kind == "ratio":
            published = [v.period for v in reversed(indicator.vintages) if v.published]
            assert register.periods(indicator) == published
    assert any(INDICATORS[i].kind == "ratio" for i in offered)  # ARCEP 2019, published without counts


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 234,5", 1234.5),
        ("1\u00a0234", 1234.0),
        ("0,5", 0.5),
        ("12.5", 12.5),
        ("−3", -3.0),
        ("1234567", 1234567.0),
    ],
)
def test_numbers_are_read_the_french_way(text: str, number: float) -> None:
    assert checks.number(text, "value") == number


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("exemple.fr", "https://exemple.fr"),
        ("http://exemple.fr:8080/a@b?c=d@e#f", "http://exemple.fr:8080/a@b?c=d@e#f"),
        ("https://exemple.fr?x=1", "https://exemple.fr?x=1"),
        ("https://météo.exemple.fr/été", "https://météo.exemple.fr/été"),
    ],
)
def test_an_honest_address_of_a_site_is_kept(typed: str, kept: str) -> None:
    assert checks.website(typed) == kept
