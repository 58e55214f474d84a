"""Delays and their purge, one person's file, the log of accesses, the register of processing."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import JSON, Text, insert, select

from analysis.model import Actor, Keeping
from analysis.vocabulary import APPLICATION_STATUSES
from data import privacy, register
from data.privacy.keeping import years_later
from data.register import PersonFields
from data.store import NotConfirmed, Store, StoreError, tables
from data.store.erasure import BLANKS
from data.territory import Territory, load_territory

TODAY = dt.date(2026, 5, 12)
CLAIRE = Actor("claire", "Claire")
KEEPING = Keeping()


@pytest.fixture(scope="module")
def territory() -> Territory:
    return load_territory()


def person(store: Store, key: str, **values: object) -> None:
    with store.write(CLAIRE) as session:
        session.insert(
            tables.person,
            {"id": key, "origin": "real", "code": f"Candidat {key}", "name": f"Nom {key}", **values},
        )


def file_of(store: Store, key: str, received: dt.date, *steps: dt.date) -> None:
    with store.write(CLAIRE) as session:
        session.insert(
            tables.application,
            {
                "id": f"a-{key}",
                "origin": "real",
                "person": key,
                "received": received,
                "status": "read",
                "project": "Un gîte",
            },
        )
        for step in steps:
            session.insert(
                tables.application_event,
                {"origin": "real", "application": f"a-{key}", "on": step, "status": "met", "actor": "claire"},
            )


def due_of(store: Store, today: dt.date = TODAY, keeping: Keeping = KEEPING) -> privacy.Due:
    with store.read() as session:
        return privacy.due(session, "real", keeping, today)


# -- delays ----------------------------------------------------------------------------------------------------


def test_a_candidates_delay_counts_from_the_last_contact_that_the_person_made(store: Store) -> None:
    person(store, "old")
    file_of(store, "old", dt.date(2023, 1, 1), dt.date(2024, 5, 12))  # met on that day
    person(store, "phoned", last_contact=dt.date(2024, 7, 1))
    file_of(store, "phoned", dt.date(2020, 1, 1))
    person(store, "read")
    file_of(store, "read", dt.date(2023, 1, 1))
    with store.write(CLAIRE) as session:  # what coordinators do among themselves is no contact
        session.insert(
            tables.application_event,
            {"origin": "real", "application": "a-read", "on": dt.date(2026, 1, 1), "status": "read", "actor": "claire", "kind": "move"},
        )  # fmt: skip
    person(store, "erased")
    file_of(store, "erased", dt.date(2010, 1, 1))
    privacy.erase(store, CLAIRE, ["erased"])
    assert [(each.person, each.since, each.state) for each in leaving_of(store)] == [
        ("old", dt.date(2024, 5, 12), "untold"), ("read", dt.date(2023, 1, 1), "untold"),
    ]  # fmt: skip
    assert due_of(store).persons == ()  # nothing goes without notice
    assert [each.person for each in leaving_of(store, dt.date(2026, 6, 1))] == ["old", "phoned", "read"]
    assert leaving_of(store, dt.date(2025, 12, 1), Keeping(candidate_years=3)) == []


def leaving_of(store: Store, today: dt.date = TODAY, keeping: Keeping = KEEPING) -> list[privacy.Leaving]:
    with store.read() as session:
        return privacy.leaving(session, "real", keeping, today)


def told(store: Store, today: dt.date = TODAY, mailed: bool = False) -> list[str]:
    found = privacy.tell(store, CLAIRE, today, origin="real", keeping=KEEPING, send=lambda _: mailed)
    return [each.person for each in found]


def put_away(store: Store, today: dt.date, *persons: str) -> None:
    privacy.put_away(store, CLAIRE, today, origin="real", keeping=KEEPING, persons=persons)


def gone_away(store: Store) -> dt.date:
    """An old candidate, told and put away; the day of that."""
    person(store, "old", email="old@exemple.fr")
    file_of(store, "old", dt.date(2020, 1, 1))
    told(store)
    later = TODAY + dt.timedelta(days=KEEPING.notice_days)
    put_away(store, later, "old")
    return later


def test_a_candidate_is_told_then_put_away_then_erased_each_after_its_days(any_store: Store) -> None:
    store = any_store
    person(store, "old")
    file_of(store, "old", dt.date(2020, 1, 1))
    assert told(store, mailed=True) == ["old"] and told(store) == []  # once
    (each,) = leaving_of(store)
    assert (each.state, each.mailed, each.until) == ("told", True, dt.date(2026, 6, 11))
    with pytest.raises(StoreError, match="a changé depuis l’aperçu"):
        put_away(store, dt.date(2026, 6, 10), "old")
    put_away(store, dt.date(2026, 6, 11), "old")
    with store.read() as session:
        assert session.get(tables.application, "a-old")["removed_at"] is not None  # type: ignore[index]
    (each,) = leaving_of(store, dt.date(2026, 6, 24))
    assert (each.state, each.erase_on) == ("away", dt.date(2026, 6, 25))
    assert due_of(store, dt.date(2026, 6, 24)).persons == ()
    (over,) = due_of(store, dt.date(2026, 6, 25)).persons
    assert (over.person, over.reason, over.until) == ("old", "candidate", dt.date(2026, 6, 25))


def test_who_was_put_away_is_brought_back_whole_and_told_again(store: Store) -> None:
    later = gone_away(store)
    privacy.bring_back(store, CLAIRE, "old")
    with store.read() as session:
        assert session.get(tables.application, "a-old")["removed_at"] is None  # type: ignore[index]
        assert session.get(tables.person, "old")["removed_at"] is None  # type: ignore[index]
    assert [each.state for each in leaving_of(store, later)] == ["untold"]
    with pytest.raises(StoreError, match="n’est plus, mise de côté"):
        privacy.bring_back(store, CLAIRE, "old")


def test_a_contact_starts_the_delay_anew(store: Store) -> None:
    person(store, "old")
    file_of(store, "old", dt.date(2020, 1, 1))
    told(store)
    with pytest.raises(ValueError, match="dans le futur"):
        privacy.note_contact(store, CLAIRE, TODAY, person="old", on=TODAY + dt.timedelta(days=1))
    privacy.note_contact(store, CLAIRE, TODAY, person="old", on=TODAY)
    assert leaving_of(store) == [] and due_of(store, dt.date(2028, 5, 11)).persons == ()
    assert [each.state for each in leaving_of(store, dt.date(2028, 5, 11))] == ["untold"]


def test_a_contact_after_the_notice_makes_it_void(store: Store) -> None:
    person(store, "old")
    file_of(store, "old", dt.date(2020, 1, 1))
    told(store)
    with store.write(CLAIRE) as session:
        session.update(tables.person, "old", {"last_contact": TODAY + dt.timedelta(days=3)})
    assert leaving_of(store, TODAY + dt.timedelta(days=40)) == []
    assert [each.state for each in leaving_of(store, dt.date(2028, 5, 20))] == ["untold"]


def test_members_and_contacts_are_not_candidates_and_who_left_has_a_longer_delay(
    store: Store, territory: Territory
) -> None:
    here = register.add_member(
        store,
        territory,
        CLAIRE,
        TODAY,
        origin="real",
        commune="Essay",
        arrived=dt.date(2005, 1, 1),
        person=PersonFields("Ève Roy"),
    )
    gone = register.add_member(
        store, territory, CLAIRE, TODAY, origin="real", commune="Essay", arrived=dt.date(2005, 1, 1), left=dt.date(2021, 5, 12),
        person=PersonFields("Luc Roy"),
    )  # fmt: skip
    register.add_contact(
        store,
        territory,
        CLAIRE,
        origin="real",
        fields=register.ContactFields("notary", "Étude", "Essay"),
        person=PersonFields("Me Roy"),
    )
    found = due_of(store).persons
    assert [(each.label, each.reason, each.until) for each in found] == [("Luc Roy", "former_member", TODAY)]
    assert here.subject != gone.subject
    register.remove_member(store, CLAIRE, member=here.subject)
    later = due_of(store, dt.date(2028, 5, 12)).persons
    assert ("Ève Roy", "removed") in [(each.label, each.reason) for each in later]


def test_29_february_is_due_on_1_march() -> None:
    assert years_later(dt.date(2024, 2, 29), 2) == dt.date(2026, 3, 1)
    assert years_later(dt.date(2024, 2, 29), 4) == dt.date(2028, 2, 29)


def imported(store: Store, checksum: str, at: str, *, personal: bool = True, number: int = 1) -> None:
    with store.write(CLAIRE) as session:
        session.connection.execute(
            insert(tables.import_).values(id=number, kind="file", label="liste", actor="x", at=at, rows=1)
        )
        session.connection.execute(
            insert(tables.import_file).values(
                import_id=number, name="membres.xlsx", checksum=checksum, bytes=1, format="members", edition="", content="members",
                rows_kept=1, rows_set_aside=0, rows_repaired=0, effects={}, choices={}, contains_personal=personal,
            )
        )  # fmt: skip
    path = store.files.original(checksum)
    path.parent.mkdir(exist_ok=True)
    path.write_text("nom\n")


def test_a_file_with_personal_data_is_due_after_thirty_days_counted_from_its_last_import(
    store: Store,
) -> None:
    imported(store, "a" * 64, "2026-04-12T08:00:00Z")
    imported(store, "b" * 64, "2026-04-13T08:00:00Z", number=2)
    imported(store, "c" * 64, "2020-01-01T08:00:00Z", personal=False, number=3)
    assert [each.checksum for each in due_of(store).files] == ["a" * 64]
    imported(store, "a" * 64, "2026-05-01T08:00:00Z", number=4)
    assert due_of(store).files == ()


def purge(store: Store, due: privacy.Due, word: str = "EFFACER") -> privacy.Erased:
    return privacy.purge(
        store, CLAIRE, origin="real", keeping=KEEPING, today=TODAY, persons=[p.person for p in due.persons],
        files=[f.checksum for f in due.files], confirmation=word,
    )  # fmt: skip


def test_the_purge_asks_for_its_word_erases_what_was_shown_and_is_recorded(store: Store) -> None:
    removed(store, "old")
    imported(store, "a" * 64, "2026-01-01T08:00:00Z")
    with store.write(CLAIRE) as session:
        session.connection.execute(
            insert(tables.access_log).values(at="2025-04-30T10:00:00Z", actor="x", kind="list")
        )
        session.connection.execute(
            insert(tables.access_log).values(at="2025-05-02T10:00:00Z", actor="x", kind="list")
        )
    shown = due_of(store)
    assert shown.accesses == 1
    for word in ("", "effacer", "OUI"):
        with pytest.raises(NotConfirmed, match="EFFACER"):
            purge(store, shown, word)
    assert due_of(store) == shown
    done = purge(store, shown)
    assert (done.persons, done.originals) == (("old",), 1)
    assert not store.files.original("a" * 64).exists()
    assert due_of(store).empty
    with store.read() as session:
        line = session.frame(tables.history.select().where(tables.history.c.entity == "keeping")).iloc[-1]
        assert (line["actor"], line["action"], line["after"]) == (
            "claire",
            "purge",
            {"persons": 1, "files": 1, "accesses": 1},
        )
        assert session.frame(tables.erasure.select())["reason"].tolist() == ["keeping"]


def removed(store: Store, key: str) -> None:
    """Somebody taken out of the register some years ago."""
    person(store, key)
    with store.note(CLAIRE) as session:
        session.connection.execute(tables.person.update().values(removed_at="2020-01-01T08:00:00.000Z"))


def test_somebody_contacted_since_the_preview_is_not_erased(store: Store) -> None:
    person(store, "old")
    with store.write(CLAIRE) as session:
        session.update(tables.person, "old", {"last_contact": dt.date(2020, 1, 1)})
    shown = due_of(store)
    assert [each.reason for each in shown.persons] == ["unlinked"]
    with store.write(CLAIRE) as session:
        session.update(tables.person, "old", {"last_contact": TODAY})
    with pytest.raises(StoreError, match="a changé depuis l’aperçu"):
        purge(store, shown)
    with store.read() as session:
        assert session.get(tables.person, "old")["name"] == "Nom old"  # type: ignore[index]


def test_only_the_files_that_are_due_go_when_nobody_is_erased(store: Store) -> None:
    imported(store, "a" * 64, "2026-01-01T08:00:00Z")
    imported(store, "b" * 64, "2026-05-01T08:00:00Z", number=2)
    purge(store, due_of(store))
    assert not store.files.original("a" * 64).exists()
    assert store.files.original("b" * 64).exists()


# -- one person's file -----------------------------------------------------------------------------------------


def test_the_file_of_a_person_holds_every_row_about_them_and_nobody_else(
    store: Store, territory: Territory
) -> None:
    added = register.add_member(
        store, territory, CLAIRE, TODAY, origin="real", commune="Essay", arrived=dt.date(2024, 3, 1), reason="famille",
        person=PersonFields("Ève Roy", "eve@exemple.fr"), work=register.Work("graphiste", ("web",), True),
        consent=register.Consent("D’accord", dt.date(2024, 3, 2)),
    )  # fmt: skip
    person(store, "zoe")
    file_of(store, "zoe", dt.date(2026, 1, 1))
    with store.read() as session:
        key = session.get(tables.member, added.subject)["person"]  # type: ignore[index]
    file_of(store, key, dt.date(2023, 6, 1), dt.date(2023, 7, 1))
    with store.note(CLAIRE) as noting:
        noting.note_access("view", key)
        file = tables.application
        own = noting.connection.execute(select(file.c.id).where(file.c.person == key)).scalars().first()
        noting.connection.execute(
            insert(tables.follow_link).values(
                id="carried",
                application=own,
                created_at=noting.at,
                created_by="claire",
                expires_at="2027-06-01T08:00:00.000Z",
            )
        )
        noting.connection.execute(insert(tables.farewell).values(person=key, noticed_on=TODAY))
    with store.read() as session:
        found = privacy.person_file(session, key, TODAY)
        assert privacy.everybody(session, "real") == {
            "zoe": "Nom zoe (Candidat zoe)",
            key: "Ève Roy (Membre 1)",
        }
    content = json.loads(found.json())
    assert content["person"][0]["email"] == "eve@exemple.fr"
    assert content["person"][0]["consent_text"] == "D’accord"
    assert [row["commune"] for row in content["stay"]] == ["61156"]
    assert [row["project"] for row in content["application"]] == ["Un gîte"]
    assert len(content["application_event"]) == 1
    assert content["accesses"][0]["kind"] == "view"
    assert content["history"]
    told = dict(found.sections)
    assert ("Commune", "Essay") in told["Séjour"]
    assert ("Étape", APPLICATION_STATUSES["read"]) in told["Dossier"]
    assert ("Prévenu le", f"{TODAY:%d/%m/%Y}") in told["Fin de conservation"]
    assert told["Lien de suivi"][-1][1].startswith("le 01/06/2027") and "carried" not in found.json()
    assert ("Forme d'autres membres", "oui") in told["Membre"]
    assert "zoe" not in found.json()


def test_an_unknown_or_erased_person_has_no_file(store: Store) -> None:
    person(store, "p")
    with store.read() as session, pytest.raises(StoreError, match="n’existe pas"):
        privacy.person_file(session, "x", TODAY)
    privacy.erase(store, CLAIRE, ["p"])
    with store.read() as session, pytest.raises(StoreError, match="effacées"):
        privacy.person_file(session, "p", TODAY)


# -- who looked at what ----------------------------------------------------------------------------------------


def test_each_change_and_look_is_logged_once_without_content(any_store: Store, territory: Territory) -> None:
    added = register.add_member(
        any_store,
        territory,
        CLAIRE,
        TODAY,
        origin="real",
        commune="Essay",
        arrived=dt.date(2024, 3, 1),
        person=PersonFields("Ève Roy"),
    )
    revision = any_store.revision()
    with any_store.note(Actor("paul", "Paul")) as session:
        session.note_access("view", "p")
        session.note_access("view", "p")
    assert any_store.revision() == revision, "looking changes no figure"
    with any_store.read() as session:
        log = privacy.accesses(session)
        raw = session.frame(tables.access_log.select())
    assert [(each.actor, each.kind) for each in log] == [("paul", "view"), ("claire", "change")]
    assert log[1].label == "Ève Roy"
    assert set(raw.columns) == {"id", "at", "actor", "kind", "person"}
    assert "Roy" not in raw.to_csv()
    assert added.operation


def test_the_log_outlives_the_person_and_names_nobody(store: Store) -> None:
    person(store, "p")
    privacy.erase(store, CLAIRE, ["p"])
    with store.read() as session:
        log = privacy.accesses(session, person="p")
    assert [each.kind for each in log] == ["erase", "change"]
    assert {each.label for each in log} == {"Personne effacée"}


# -- the register of processing --------------------------------------------------------------------------------


def test_the_register_covers_every_table_that_holds_something_of_people() -> None:
    entries = privacy.processing(KEEPING)
    covered = {table for entry in entries for table in entry.tables}
    figures = {"alembic_version", "meta", "observation", "level_figure", "catalogue_entry", "recoding"}
    assert covered == set(tables.metadata.tables) - figures


def test_the_delays_of_the_register_are_those_of_the_territory() -> None:
    entries = {entry.id: entry for entry in privacy.processing(Keeping(candidate_years=7, originals_days=15))}
    assert entries["candidates"].kept.startswith("7 ans après")
    assert entries["originals"].kept.startswith("15 jours")
    assert all("{" not in text for entry in entries.values() for _, text in entry.rows)
    assert [name for name, _ in entries["members"].rows][:2] == ["Finalité", "Base légale"]


NOT_PERSONAL = {
    # Codes, days and counts that stay so that no figure changes, and words chosen from a list.
    "person": {"id", "origin", "version", "created_at", "removed_at", "erased_at"},
    "listing": {"id", "origin", "contact", "commune", "lon", "lat", "kind", "tenure", "rooms", "surface", "rent", "price",
                "first_seen", "version", "created_at", "removed_at", "reference", "charges", "furnished", "work_room", "garden",
                "pets", "least_months", "energy", "connection", "free_from"},
}  # fmt: skip


def test_every_free_text_of_the_register_is_blanked_or_is_known_to_say_nothing() -> None:
    """A new column of text about people must be given its blank, or this fails."""
    for table in tables.NETWORK:
        for column in table.c:
            if isinstance(column.type, (Text, JSON)):
                assert column.name in BLANKS[table.name], f"{table.name}.{column.name}"
    assert set(tables.person.c.keys()) == set(BLANKS["person"]) | NOT_PERSONAL["person"]
    assert set(tables.listing.c.keys()) == set(BLANKS["listing"]) | NOT_PERSONAL["listing"]


def test_the_delays_of_a_territory_are_read_and_checked(tmp_path_factory: pytest.TempPathFactory) -> None:
    from data.packs import SHIPPED
    from data.territory import TerritoryError

    assert load_territory().keeping == KEEPING
    path = tmp_path_factory.mktemp("t") / "t.toml"
    path.write_text(
        SHIPPED.territory.read_text("utf-8").replace("candidate_years = 2", "candidate_years = 0"), "utf-8"
    )
    with pytest.raises(TerritoryError, match="0"):
        load_territory(path)


def test_the_consent_keeps_its_text_and_date(store: Store, territory: Territory) -> None:
    from data.register import RegisterError

    for text, on, why in (("", TODAY, "texte"), ("Oui", None, "date"), ("Oui", dt.date(2027, 1, 1), "futur")):
        with pytest.raises(RegisterError, match=why):
            register.add_member(
                store, territory, CLAIRE, TODAY, origin="real", commune="Essay", arrived=TODAY,
                person=PersonFields("Ève Roy"), consent=register.Consent(text, on),
            )  # fmt: skip
