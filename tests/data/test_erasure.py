"""A person erased is found nowhere: no table, no byte of a file, no copy, not after an undo, not in a backup brought back."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, insert, select, update

from analysis.model import Actor
from data import privacy, register
from data.register import CannotUndo, PersonFields
from data.store import Store, StoreError, ledger, open_store, redo_import, schema, tables, undo_import
from data.store.__main__ import main
from data.store.engine import make_engine
from data.store.erasure import without, words_of
from data.store.files import LEDGER, make_database
from data.store.restore import restore
from data.territory import Territory, load_territory
from tests.data.conftest import NOW

TODAY = dt.date(2026, 5, 12)
CANARY = "Quetzalcanari"
NAME = f"Zéphyrine {CANARY}"
EMAIL = f"z.{CANARY.lower()}@exemple.fr"
PHONE = "06 98 76 54 32"
TEXT = f"Souhaite vivre près de sa sœur, dit {CANARY}"
CHECKSUM = "ab" * 32
CLAIRE = Actor("claire", "Claire")


@pytest.fixture(scope="module")
def territory() -> Territory:
    return load_territory()


def fill(store: Store, territory: Territory) -> tuple[str, str]:
    """A person with something personal in every place that can hold it, and mentions elsewhere; (person, another person)."""
    added = register.add_member(
        store, territory, CLAIRE, TODAY, origin="real", commune="Essay", arrived=dt.date(2024, 3, 1), reason=TEXT,
        person=PersonFields(NAME, EMAIL, PHONE, f"https://{CANARY.lower()}.exemple.fr"),
        work=register.Work(f"métier {CANARY}", (CANARY,), True),
        consent=register.Consent(f"D’accord, {CANARY}", dt.date(2024, 3, 1)),
    )  # fmt: skip
    other = register.add_member(
        store, territory, CLAIRE, TODAY, origin="real", commune="Essay", arrived=dt.date(2024, 4, 1),
        person=PersonFields("Paul Martin"), reason=f"Sur le conseil de zephyrine  {CANARY.upper()}",
    )  # fmt: skip
    with store.read() as session:
        person = session.get(tables.member, added.subject)["person"]  # type: ignore[index]
        paul = session.get(tables.member, other.subject)["person"]  # type: ignore[index]
    with store.write(CLAIRE) as session:
        application = {
            "id": "a1", "origin": "real", "person": person, "member": added.subject, "received": dt.date(2023, 1, 1),
            "trade": CANARY, "project": TEXT, "wished_commune": "61156", "status": "settled", "household_size": 4,
            "needs": {"note": TEXT, "rooms": 3}, "reason": TEXT, "planned_arrival": TODAY, "reference": CANARY,
        }  # fmt: skip
        session.insert(tables.application, application)
        session.insert(
            tables.application_event,
            {
                "origin": "real",
                "application": "a1",
                "on": TODAY,
                "status": "met",
                "actor": "claire",
                "reason": TEXT,
            },
        )
        contact = {
            "id": "k1",
            "origin": "real",
            "person": person,
            "kind": "agency",
            "label": CANARY,
            "commune": "61156",
        }
        session.insert(tables.contact, contact)
        listing = {
            "id": "l1", "origin": "real", "contact": "k1", "commune": "61156", "kind": "house", "tenure": "rent",
            "first_seen": TODAY, "note": TEXT, "reference": f"Maison {NAME}",
        }  # fmt: skip
        session.insert(tables.listing, listing)
        session.insert(
            tables.sighting,
            {
                "origin": "real",
                "listing": "l1",
                "contact": "k1",
                "on": TODAY,
                "state": "available",
                "actor": "x",
                "note": TEXT,
            },
        )
        session.insert(
            tables.proposal,
            {
                "id": "o1",
                "origin": "real",
                "application": "a1",
                "listing": "l1",
                "on": TODAY,
                "state": "proposed",
                "needs": {"note": TEXT, "rooms": 3},
            },
        )
        session.insert(
            tables.application_document,
            {"id": "d1", "origin": "real", "application": "a1", "name": f"{CANARY}.pdf", "kind": "application/pdf", "size": 9,
             "checksum": store.files.keep_paper(f"de {NAME}".encode()), "party": "candidate", "actor": "candidate:a1"},
        )  # fmt: skip
        # One that became the dossier, and another form begun by the same person, which nothing ties to them.
        for key, of in (("c1", "a1"), ("c2", None)):
            session.connection.execute(
                insert(tables.candidacy).values(
                    id=key, origin="real", number=key, answers={"name": NAME, "email": EMAIL, "project": f"{NAME}, {EMAIL}"},
                    step=4, application=of, created_at=session.at, changed_at=session.at,
                )
            )  # fmt: skip
        session.connection.execute(
            insert(tables.follow_link).values(
                id="f1", application="a1", created_at=session.at, created_by="claire", expires_at="2027"
            )
        )
        own = {
            "id": "e1",
            "origin": "real",
            "member": added.subject,
            "on": TODAY,
            "kind": "reception",
            "title": TEXT,
        }
        session.insert(tables.event, own)
        # Mentions, in rows and lines of the history that are about nobody or about somebody else.
        told = {
            "id": "e2",
            "origin": "real",
            "on": TODAY,
            "kind": "meeting",
            "title": f"Chez {NAME}, appeler 0698765432",
        }
        session.insert(tables.event, told)
        session.update(tables.event, "e2", {"title": f"Chez {NAME}"})
        session.record("indicator", "population", "note", None, {"reason": f"selon {EMAIL}"})
        session.connection.execute(
            insert(tables.import_).values(
                id=1, kind="file", label=f"liste {NAME}", actor="x", at="2026", rows=1
            )
        )
        session.connection.execute(
            insert(tables.import_file).values(
                import_id=1, name=f"{NAME}.xlsx", checksum=CHECKSUM, bytes=1, format="members", edition="", content="members",
                rows_kept=1, rows_set_aside=0, rows_repaired=0, effects={}, choices={"fixes": [NAME]}, contains_personal=True,
            )
        )  # fmt: skip
    register.correct_member(
        store,
        CLAIRE,
        member=added.subject,
        person=PersonFields(f"{NAME} épouse Roy", EMAIL, PHONE),
        work=register.Work(),
    )
    register.correct_member(
        store,
        CLAIRE,
        member=added.subject,
        person=PersonFields(NAME, EMAIL, PHONE),
        work=register.Work("web"),
    )
    return person, paul


def kept_files(store: Store) -> None:
    """An imported file, an upload that waits, a copy that we made: each with the canary."""
    for path in (store.files.original(CHECKSUM), store.home / "uploads" / "import-1" / "file"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"nom;mail\n{NAME};{EMAIL}\n", "utf-8")
    store.backup(store.files.backup("zevillage-avant-0999"))


def found_in(folder: Path, words: Sequence[str] = (CANARY, PHONE)) -> list[str]:
    """The files below `folder` that hold one of `words`, in any case and encoding, with or without blanks."""
    spelled = [form for word in words for form in (word, word.lower(), word.upper(), word.replace(" ", ""))]
    needles = [word.encode(code) for word in spelled for code in ("utf-8", "utf-16-le", "utf-16-be")]
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    ]


def rows_of(store: Store) -> str:
    with store.read() as session:
        return "".join(session.frame(select(table)).to_csv() for table in tables.metadata.sorted_tables)


def test_not_a_byte_of_any_file_still_names_who_was_erased(
    store: Store, territory: Territory, caplog: pytest.LogCaptureFixture
) -> None:
    person, paul = fill(store, territory)
    kept_files(store)
    assert {"zevillage.db", "backups/zevillage-avant-0999.db"} <= {
        f.removesuffix("-wal") for f in found_in(store.home)
    }
    done = privacy.erase(store, CLAIRE, [person])
    assert (done.persons, done.originals, done.copies, done.copies_left, done.scrubbed) == (
        (person,),
        1,
        1,
        (),
        True,
    )
    assert found_in(store.home) == []
    assert CANARY not in caplog.text
    with store.read() as session:
        assert session.get(tables.person, paul)["name"] == "Paul Martin"  # type: ignore[index]
        assert [dict(e) for e in ledger.entries(session.connection)] == [
            {"person": person, "at": "2026-05-12T08:00:00.000Z", "actor": "claire", "reason": "request"}
        ]
        member = register.members(session, "real")
        assert len(member) == 2, "who was erased is still counted"
        assert session.get(tables.event, "e2")["title"] == "Chez [personne effacée]"  # type: ignore[index]
    assert list(ledger.read(store.files)) == [person]
    assert person.encode() in store.files.ledger.read_bytes()


def test_nothing_is_left_in_any_table_of_either_database(any_store: Store, territory: Territory) -> None:
    person, _ = fill(any_store, territory)
    assert CANARY in rows_of(any_store)
    privacy.erase(any_store, CLAIRE, [person])
    left = rows_of(any_store).casefold()
    assert CANARY.casefold() not in left
    assert "98 76 54 32" not in left and "98765432" not in left
    with pytest.raises(Exception, match="append-only"), any_store.write(CLAIRE) as session:
        session.connection.execute(update(tables.history).values(actor="x"))


def test_a_copy_brought_back_by_command_or_by_hand_is_erased_again(
    store: Store, territory: Territory, tmp_path: Path
) -> None:
    person, _ = fill(store, territory)
    elsewhere = tmp_path / "usb" / "avant.db"
    store.backup(elsewhere)
    privacy.erase(store, CLAIRE, [person])
    revision = store.revision()
    done = restore(elsewhere, store.home, clock=lambda: NOW)
    assert (done.erased_again, done.in_ledger) == (1, 1)
    assert found_in(store.home) == []
    again = open_store(store.home, clock=lambda: NOW)
    assert again.revision() > revision
    again.close()
    store.close()
    # The way of somebody who does not know the command: the file laid over the database while nothing runs.
    for side in ("-wal", "-shm"):
        (store.home / f"zevillage.db{side}").unlink(missing_ok=True)
    shutil.copy(elsewhere, store.home / "zevillage.db")
    assert found_in(store.home) == ["zevillage.db"]
    opened = open_store(store.home, clock=lambda: NOW)
    assert found_in(store.home) == []
    with opened.read() as session:
        assert session.get(tables.person, person)["erased_at"]  # type: ignore[index]
        assert len(ledger.entries(session.connection)) == 1
    opened.close()


def as_of_version(version: str, store: Store, folder: Path) -> Path:
    """A base with the tables of an older version, and what they could hold of the rows of `store`."""
    from alembic import command

    newer, older = store.backup(folder / "newer.db"), folder / "old.db"
    make_database(older)
    engine = make_engine(URL.create("sqlite", database=str(older)), migrating=True)
    with engine.begin() as connection:
        command.upgrade(schema.config(connection), version)
    engine.dispose()
    with closing(sqlite3.connect(older)) as raw:
        raw.execute("ATTACH ? AS newer", [str(newer)])
        raw.execute("DELETE FROM main.meta")
        names = raw.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        for (name,) in names.fetchall():
            columns = [row[1] for row in raw.execute(f'PRAGMA main.table_info("{name}")')]
            listed = ", ".join(f'"{column}"' for column in columns)
            if name != "alembic_version":
                raw.execute(f'INSERT INTO main."{name}" ({listed}) SELECT {listed} FROM newer."{name}"')
        raw.commit()
        raw.execute("PRAGMA journal_mode = DELETE")
    return older


def test_a_copy_of_an_older_version_is_brought_up_to_date_and_erased(
    store: Store, territory: Territory, tmp_path: Path
) -> None:
    person, _ = fill(store, territory)
    elsewhere = as_of_version("0003", store, tmp_path)
    store.files.backup("x").parent.mkdir()
    shutil.copy(elsewhere, store.files.backup("old"))
    done = privacy.erase(store, CLAIRE, [person])
    assert (done.copies, done.copies_left) == (1, ())
    restore(elsewhere, store.home, clock=lambda: NOW)
    assert found_in(store.home) == []


def test_no_undo_and_no_redo_brings_an_erased_person_back(store: Store, territory: Territory) -> None:
    person, _ = fill(store, territory)
    with store.read() as session:
        operations = [entry.operation for entry in register.entries(session, origin="real", limit=99)]
    withdrawn = register.withdraw_consent(store, CLAIRE, person)
    privacy.erase(store, CLAIRE, [person])
    refused = 0
    for number in [withdrawn.operation, *operations]:
        try:
            register.undo(store, number, CLAIRE)
        except CannotUndo:
            refused += 1
    assert refused >= 4
    with store.write(CLAIRE) as session:
        undo_import(session, 1)
        redo_import(session, 1)
    assert CANARY not in rows_of(store)


def test_whatever_is_written_later_of_an_erased_person_is_not_kept(
    store: Store, territory: Territory
) -> None:
    """An import, a form on a stale screen, a repair by hand: the ledger is held at the end of every transaction."""
    person, _ = fill(store, territory)
    privacy.erase(store, CLAIRE, [person])
    with store.write(CLAIRE) as session:
        session.update(tables.person, person, {"name": NAME, "consent_public": True, "erased_at": None})
        session.update(tables.application, "a1", {"project": TEXT})
    assert CANARY not in rows_of(store)
    with store.read() as session:
        row = session.get(tables.person, person)
        assert row is not None and row["erased_at"] and not row["consent_public"]


def test_the_file_of_the_ledger_is_completed_when_the_machine_stopped_before_it(
    store: Store, territory: Territory
) -> None:
    person, _ = fill(store, territory)
    with store.write(CLAIRE) as session:
        privacy.erase_person(session, person)
    assert ledger.read(store.files) == {}
    open_store(store.home, clock=lambda: NOW).close()
    assert list(ledger.read(store.files)) == [person]


@pytest.mark.parametrize(
    "line",
    ["pas du json", '{"person": "p"}', '{"person": "p", "at": "x", "actor": "y", "reason": "z"}', "[1]"],
)
def test_a_damaged_ledger_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / LEDGER.name).write_text(f"\n{line}\n", "utf-8")
    with pytest.raises(StoreError, match=r"ligne 2.*effacements"):
        open_store(tmp_path)


def test_the_links_and_papers_of_an_erased_candidate_are_gone(store: Store, territory: Territory) -> None:
    person, _ = fill(store, territory)
    same = store.files.keep_paper(b"for both")
    with store.write(CLAIRE) as session:
        for key, of in (("d2", "a1"), ("d3", "a2")):
            if of == "a2":
                other = {"id": "p2", "origin": "real", "code": "Candidat 2"}
                session.insert(tables.person, other)
                file = {"id": "a2", "origin": "real", "person": "p2", "received": TODAY, "status": "received"}
                session.insert(tables.application, file)
            session.insert(
                tables.application_document,
                {"id": key, "origin": "real", "application": of, "name": "a.pdf", "kind": "application/pdf", "size": 8,
                 "checksum": same, "party": "candidate", "actor": "x"},
            )  # fmt: skip
    privacy.erase(store, CLAIRE, [person])
    with store.read() as session:
        assert (session.get(tables.follow_link, "f1") or {})["revoked_at"]
        assert (session.get(tables.candidacy, "c1") or {})["answers"] is None
    # What somebody else sent too stays.
    assert [path.name for path in (store.home / "papiers").iterdir()] == [same]


def test_the_links_of_an_erased_contact_open_nothing_any_more(any_store: Store, territory: Territory) -> None:
    person, _ = fill(any_store, territory)
    link = {
        "id": "h" * 64,
        "contact": "k1",
        "created_at": "2026",
        "created_by": "claire",
        "expires_at": "2027",
    }
    with any_store.write(CLAIRE) as session:
        session.connection.execute(insert(tables.contact_link).values(link))
    privacy.erase(any_store, CLAIRE, [person])
    with any_store.read() as session:
        row = session.get(tables.contact_link, "h" * 64)
    assert row is not None and row["revoked_at"] and row["revoked_by"] == "system"


def test_while_somebody_reads_the_files_are_rewritten_at_the_next_opening(
    store: Store, territory: Territory
) -> None:
    person, _ = fill(store, territory)
    with store.read() as reader:
        assert reader.get(tables.person, person) is not None
        done = privacy.erase(store, CLAIRE, [person])
        assert not done.scrubbed
        assert reader.get(tables.person, person)["name"] == NAME, "a snapshot is a snapshot"  # type: ignore[index]
    store.close()
    open_store(store.home, clock=lambda: NOW).close()
    assert found_in(store.home) == []
    assert not list(store.home.glob("*.a-reecrire"))


def test_unknown_or_erased_already_is_refused_and_nothing_changes(store: Store, territory: Territory) -> None:
    person, paul = fill(store, territory)
    with pytest.raises(StoreError, match="n’existe pas"):
        privacy.erase(store, CLAIRE, [paul, "personne"])
    assert "Paul Martin" in rows_of(store), "all or nothing"
    privacy.erase(store, CLAIRE, [person])
    with pytest.raises(StoreError, match="déjà effacées"):
        privacy.erase(store, CLAIRE, [person])


def test_a_copy_that_cannot_be_opened_is_named(store: Store, territory: Territory) -> None:
    person, _ = fill(store, territory)
    store.files.backup("x").parent.mkdir()
    store.files.backup("abime").write_bytes(b"SQLite format 3\0" + b"x" * 100)
    done = privacy.erase(store, CLAIRE, [person])
    assert done.copies_left == ("abime.db",)


def test_originals_marked_as_removed_are_deleted_at_the_next_start(
    store: Store, territory: Territory
) -> None:
    fill(store, territory)
    kept_files(store)
    with store.write(CLAIRE) as session:
        session.connection.execute(update(tables.import_file).values(original_removed_at="2026"))
    privacy.remove_marked_originals(store)
    assert not store.files.original(CHECKSUM).exists()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Vu chez ZEPHYRINE  quetzalcanari hier", "Vu chez [personne effacée] hier"),
        ("Quetzalcanari Zéphyrine et Paul", "[personne effacée] et Paul"),
        ("tél. 06.98.76.54.32", "tél. [personne effacée]"),
        ("Zéphyrine Dupont", "Zéphyrine Dupont"),
        ("Zéphyrine Quetzalcanarienne", "Zéphyrine Quetzalcanarienne"),
        ("", ""),
    ],
)
def test_mentions_are_found_whatever_the_case_the_accents_and_the_blanks(text: str, kept: str) -> None:
    words = words_of({"name": NAME, "email": EMAIL, "phone": PHONE, "website": None})
    assert without(text, words) == kept


def test_a_single_name_is_not_hunted_in_free_text() -> None:
    assert words_of({"name": "Moulin", "email": None, "phone": None, "website": None}) == []


# -- restore, on the command line ------------------------------------------------------------------------------


def test_a_restore_asks_for_its_word_and_for_a_copy_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("ZEVILLAGE_HOME", str(tmp_path / "home"))
    assert main(["backup", str(tmp_path / "copie.db")]) == 0
    assert main(["restore", str(tmp_path / "copie.db")]) == 1
    assert "--confirm RESTAURER" in capsys.readouterr().err
    assert main(["restore", str(tmp_path / "rien.db"), "--confirm", "RESTAURER"]) == 1
    assert "n’existe pas" in capsys.readouterr().err
    (tmp_path / "autre.db").write_text("bonjour")
    assert main(["restore", str(tmp_path / "autre.db"), "--confirm", "RESTAURER"]) == 1
    assert "n’est pas une sauvegarde de Zevillage" in capsys.readouterr().err
    assert main(["restore", str(tmp_path / "copie.db"), "--confirm", "RESTAURER"]) == 0
    out = capsys.readouterr().out
    assert "avant-restauration" in out
    assert len(list((tmp_path / "home" / "backups").glob("*avant-restauration*"))) == 1
    assert json.dumps(out)


def test_a_restore_leaves_a_server_to_its_administrator(postgresql_url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="pg_restore"):
        restore(tmp_path / "x.db", tmp_path / "home", postgresql_url)


def test_a_remark_that_names_an_erased_person_names_nobody_afterwards(
    store: Store, territory: Territory
) -> None:
    from analysis.model import LOCAL_ACCOUNT
    from data.catalogue import load_catalogue
    from data.register import add_remark, remarks

    person, _ = fill(store, territory)
    with store.read() as session:
        name = str((session.get(tables.person, person) or {})["name"])
    add_remark(
        store, territory, LOCAL_ACCOUNT, dt.date(2026, 5, 12), indicator=load_catalogue().indicators["dwellings"],
        commune=territory.codes[0], period="2022", text=f"La maison de {name} compte deux logements.",
    )  # fmt: skip
    privacy.erase(store, CLAIRE, [person])
    with store.read() as session:
        (left,) = remarks(session)
    assert name not in left.text and "deux logements" in left.text


def test_a_seance_that_names_an_erased_person_names_nobody_afterwards(
    store: Store, territory: Territory
) -> None:
    from analysis.model import LOCAL_ACCOUNT
    from data import council

    person, _ = fill(store, territory)
    with store.read() as session:
        name = str((session.get(tables.person, person) or {})["name"])
    made = council.create_briefing(
        store, LOCAL_ACCOUNT, title=f"Accueil de {name}", on=dt.date(2026, 12, 3), views=[("carte", {})]
    )
    with store.read() as session:
        view = council.briefing(session, LOCAL_ACCOUNT, made.subject).views[0].id
    council.change_view(store, LOCAL_ACCOUNT, view, sentence=f"{name} arrive en mai.", note=f"Saluer {name}.")
    privacy.erase(store, CLAIRE, [person])
    with store.read() as session:
        left = council.briefing(session, LOCAL_ACCOUNT, made.subject)
    kept = " ".join((left.title, left.views[0].sentence, left.views[0].note))
    assert name not in kept and "arrive en mai" in kept
    assert found_in(store.home) == []
