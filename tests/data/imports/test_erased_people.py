"""Somebody erased after an import of records: neither undoing nor laying the import again brings them back, and the file is gone."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from analysis.model import LOCAL_ACTOR
from data import privacy, register
from data.imports import history
from data.opening import House
from data.store import StoreError, tables
from tests.data.imports.test_records import CAMILLE, SACHA, bring
from tests.data.test_erasure import found_in, rows_of


def camille_of(house: House) -> str:
    with house.store.read() as session:
        known = register.members(session, "real")
    return next(each.person for each in known if each.name == "Camille Exemple")


def test_an_import_undone_and_laid_again_does_not_bring_an_erased_person_back(
    house: House, tmp_path: Path
) -> None:
    number = bring(house, tmp_path / "f", "members", CAMILLE, SACHA)
    with house.store.read() as session:
        record = history.imports(session)[0]
    kept = house.store.files.original(record.checksum)
    assert kept.exists()
    done = privacy.erase(house.store, LOCAL_ACTOR, [camille_of(house)])
    assert done.originals == 1
    assert not kept.exists()
    for change in (history.undo, history.redo, history.undo):
        with suppress(StoreError):  # refused: what was said of the person is gone
            change(house.store, LOCAL_ACTOR, number)
    text = rows_of(house.store)
    for word in ("Camille Exemple", "camille@exemple.fr", "J'accepte."):
        assert word not in text
    assert found_in(house.store.home, ["Camille Exemple", "camille@exemple.fr"]) == []


def test_the_same_file_imported_again_makes_a_new_person_and_leaves_the_erased_one(
    house: House, tmp_path: Path
) -> None:
    """Nothing is kept by which an erased person could be recognised: whoever imports the old file again has to know."""
    bring(house, tmp_path / "f", "members", CAMILLE)
    erased = camille_of(house)
    privacy.erase(house.store, LOCAL_ACTOR, [erased])
    bring(house, tmp_path / "f", "members", CAMILLE)
    assert camille_of(house) != erased
    with house.store.read() as session:
        row = session.get(tables.person, erased)
    assert row is not None and row["name"] is None and row["code"] == "Personne effacée"


def test_an_original_that_was_removed_is_kept_again_with_its_next_import(
    house: House, tmp_path: Path
) -> None:
    bring(house, tmp_path / "f", "members", CAMILLE)
    privacy.erase(house.store, LOCAL_ACTOR, [camille_of(house)])
    bring(house, tmp_path / "f", "members", CAMILLE)
    with house.store.read() as session:
        record = history.imports(session)[0]
    assert record.original_removed_at == ""
    privacy.remove_marked_originals(house.store)
    assert house.store.files.original(record.checksum).exists()
