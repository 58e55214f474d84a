"""Publishing figures: all or nothing, the same file twice, two analysts, a kill in the middle, undo and redo."""

from __future__ import annotations

import hashlib
import sqlite3
import stat
import threading
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import event, select

from analysis.model import LOCAL_ACTOR, Actor, Status
from data.imports import history
from data.imports.model import BaseChanged, Cancelled, ImportRefused, NothingChanges, Problem
from data.imports.publish import publish
from data.opening import House
from data.store import StoreError, current_observations, ensure_shipped, tables
from tests.data.children import publish_without_end, started
from tests.data.imports.drafts import TODAY, compared, figures

ANA = Actor("ana", "Ana")
A, B = ("vacant_dwellings", "61067", "2022"), ("vacant_dwellings", "61013", "2022")
SHIPPED = pd.DataFrame(
    [(*A, 80.0, "observed"), (*B, None, "suppressed")],
    columns=["indicator", "commune", "period", "value", "status"],
)


def observed(house: House) -> pd.DataFrame:
    """The figures that screens read."""
    with house.store.read() as session:
        return current_observations(session)


def content(house: House) -> dict[str, list[dict[str, Any]]]:
    """Every record that screens read, to compare before and after, and the figures with their types; what only the history knows is
    left out.
    """
    figures = observed(house)
    found: dict[str, list[dict[str, Any]]] = {
        "observations": figures.astype(object).where(figures.notna(), None).to_dict("records"),
        "types": [figures.dtypes.astype(str).to_dict()],
    }
    with house.store.read() as session:
        for table in tables.NETWORK:
            kept = [c for c in table.c if c.name not in ("version", "removed_at", "created_at")]
            rows = select(*kept).where(table.c.removed_at.is_(None)).order_by(table.c.id)
            found[table.name] = [dict(row) for row in session.connection.execute(rows).mappings()]
    return found


# -- what changes ----------------------------------------------------------------------------------------------


def test_a_file_adds_changes_and_leaves_what_it_does_not_say(any_house: House, tmp_path: Path) -> None:
    ensure_shipped(any_house.store, SHIPPED, "edition-1", "Chiffres livrés")
    file = tmp_path / "f"
    draft = figures(
        any_house,
        file,
        (*A, 81.0, "observed"),
        (*B, None, "suppressed"),
        ("x", "61013", "2022", 0.0, "observed"),
    )
    assert draft.diff is not None
    assert draft.diff.counts == {"added": 1, "changed": 1, "unchanged": 1, "removed": 0}
    changed = draft.diff.cells[draft.diff.cells["effect"] == "changed"].iloc[0]
    assert (changed["old"], changed["new"], changed["line"]) == (80.0, 81.0, 2)
    number = publish(any_house, ANA, draft, file, today=TODAY)
    with any_house.store.read() as session:
        now = current_observations(session).set_index(["indicator", "commune", "period"])
        record = history.imports(session)[0]
    assert now.loc[A, "value"] == 81.0
    assert now.loc[B, "status"] == "suppressed"
    assert (record.id, record.actor, record.at) == (number, "ana", "2026-05-12T08:00:00.000Z")
    assert (record.file_name, record.checksum) == ("mairie.csv", draft.checksum)
    assert record.effects == draft.diff.counts
    assert (record.rows_kept, record.rows_set_aside, record.bytes) == (3, 3, file.stat().st_size)


def test_the_same_file_twice_changes_nothing_and_says_so(any_house: House, tmp_path: Path) -> None:
    file = tmp_path / "f"
    cells = ((*A, 81.5, "observed"), (*B, None, "missing"))
    publish(any_house, ANA, figures(any_house, file, *cells), file, today=TODAY)
    before, revision = content(any_house), any_house.store.revision()
    again = figures(any_house, file, *cells)
    assert again.diff is not None and again.diff.counts["unchanged"] == 2
    with pytest.raises(NothingChanges, match="ne change rien"):
        publish(any_house, ANA, again, file, today=TODAY)
    assert any_house.store.revision() == revision
    assert content(any_house) == before


def test_what_a_later_file_lacks_is_shown_and_stays_unless_chosen_otherwise(
    any_house: House, tmp_path: Path
) -> None:
    ensure_shipped(any_house.store, SHIPPED, "edition-1", "Chiffres livrés")
    file = tmp_path / "f"
    first = figures(any_house, file, (*A, 81.0, "observed"), (*B, 7.0, "observed"))
    publish(any_house, ANA, first, file, today=TODAY)
    # Another format, or another period, says nothing of what this file lacks.
    other = figures(any_house, file, (*A, 82.0, "observed"), format_="lovac")
    assert other.diff is not None and other.diff.counts["removed"] == 0
    later = figures(any_house, file, (*A[:2], "2023", 9.0, "observed"))
    assert later.diff is not None and later.diff.counts["removed"] == 0

    draft = figures(any_house, file, (*A, 82.0, "observed"))
    assert draft.diff is not None and draft.diff.counts == {
        "added": 0,
        "changed": 1,
        "unchanged": 0,
        "removed": 1,
    }
    gone = draft.diff.cells[draft.diff.cells["effect"] == "removed"].iloc[0]
    assert (gone["commune"], gone["old"], gone["new_status"]) == ("61013", 7.0, "")
    number = publish(any_house, ANA, draft, file, today=TODAY)
    with any_house.store.read() as session:
        assert current_observations(session)["value"].tolist() == [7.0, 82.0]
    history.undo(any_house.store, ANA, number)

    cleared = figures(any_house, file, (*A, 82.0, "observed"), clear_absent=True)
    publish(any_house, ANA, cleared, file, today=TODAY)
    with any_house.store.read() as session:
        now = current_observations(session)
    assert now["status"].tolist() == ["missing", "observed"]
    again = figures(any_house, file, (*A, 82.0, "observed"), clear_absent=True)
    with pytest.raises(NothingChanges):
        publish(any_house, ANA, again, file, today=TODAY)


def test_rows_with_errors_are_left_out_by_choice_only_and_the_choice_is_kept(
    any_house: House, tmp_path: Path
) -> None:
    file = tmp_path / "f"
    cells = ((*A, 81.0, "observed"), (*B, 9.0, "observed"))
    bad = (Problem("range", "Hors bornes.", "Corrigez.", line=3),)
    with pytest.raises(ImportRefused, match="Hors bornes"):
        publish(any_house, ANA, figures(any_house, file, *cells, problems=bad), file, today=TODAY)
    draft = figures(any_house, file, *cells, problems=bad, good_rows_only=True)
    assert draft.diff is not None and draft.diff.counts["added"] == 1
    publish(any_house, ANA, draft, file, today=TODAY)
    whole = (Problem("empty", "Fichier vide.", "Vérifiez."),)
    with pytest.raises(ImportRefused, match="vide"):
        publish(
            any_house,
            ANA,
            figures(any_house, file, *cells, problems=whole, good_rows_only=True),
            file,
            today=TODAY,
        )
    with any_house.store.read() as session:
        assert current_observations(session)["commune"].tolist() == ["61067"]
        choices = history.imports(session)[0].choices
    assert choices is not None and choices["good_rows_only"] is True


# -- the original ----------------------------------------------------------------------------------------------


def test_the_original_is_kept_under_its_checksum_for_this_account_only(house: House, tmp_path: Path) -> None:
    file = tmp_path / "f"
    draft = figures(house, file, (*A, 1.0, "observed"), name="../../etc/passwd")
    number = publish(house, ANA, draft, file, today=TODAY)
    with house.store.read() as session:
        record = history.imports(session)[0]
    kept = history.original(house.store, record)
    assert kept is not None
    assert (record.id, kept.parent, kept.name) == (number, house.store.home / "originals", draft.checksum)
    assert kept.read_bytes() == file.read_bytes()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert record.file_name == "../../etc/passwd"  # a text, and nothing else


def test_a_file_that_changed_since_it_was_read_is_not_published(house: House, tmp_path: Path) -> None:
    file = tmp_path / "f"
    draft = figures(house, file, (*A, 1.0, "observed"))
    file.write_text("autre chose")
    with pytest.raises(ImportRefused, match="a changé"):
        publish(house, ANA, draft, file, today=TODAY)
    assert list((house.store.home / "originals").iterdir()) == []
    assert observed(house).empty


# -- all or nothing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stop_at", [0.0, 0.25, 0.6, 0.94])
def test_a_cancelled_publication_changes_nothing(any_house: House, tmp_path: Path, stop_at: float) -> None:
    ensure_shipped(any_house.store, SHIPPED, "edition-1", "Chiffres livrés")
    before, revision = content(any_house), any_house.store.revision()
    file, told = tmp_path / "f", []

    def stop(share: float, what: str) -> None:
        told.append(share)
        if share >= stop_at:
            raise Cancelled

    draft = figures(any_house, file, (*A, 81.0, "observed"))
    with pytest.raises(Cancelled):
        publish(any_house, ANA, draft, file, today=TODAY, progress=stop)
    assert told == sorted(told)
    assert any_house.store.revision() == revision
    assert content(any_house) == before
    assert list((any_house.store.home / "originals").iterdir()) == []


def test_a_full_disk_says_so_and_changes_nothing(house: House, tmp_path: Path) -> None:
    file = tmp_path / "f"
    cells = [("x", "61013", f"{n:06d}", float(n), "observed") for n in range(20_000)]
    draft = figures(house, file, *cells)
    before = content(house)
    with house.store.read() as session:
        pages = session.connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    @event.listens_for(house.store.engine, "checkout")
    def limit(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 20}")

    try:
        with pytest.raises(StoreError, match=r"est plein.*rien n’a été modifié.*Libérez de la place"):
            publish(house, ANA, draft, file, today=TODAY)
    finally:
        event.remove(house.store.engine, "checkout", limit)
    assert content(house) == before
    assert list((house.store.home / "originals").iterdir()) == []


def test_a_full_disk_for_the_original_changes_nothing(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "f"
    draft = figures(house, file, (*A, 1.0, "observed"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match=r"est plein.*rien n’a été modifié.*Libérez de la place"):
        publish(house, ANA, draft, file, today=TODAY)
    monkeypatch.undo()
    assert observed(house).empty
    assert list((house.store.home / "originals").iterdir()) == []


def test_a_process_killed_in_the_middle_leaves_the_old_state(house: House, tmp_path: Path) -> None:
    ensure_shipped(house.store, SHIPPED, "edition-1", "Chiffres livrés")
    before = content(house)
    process, worker = started(publish_without_end, house.store.home, tmp_path / "f")
    assert 0.5 < worker.recv() < 1
    assert (
        house.store.home / "zevillage.db-wal"
    ).stat().st_size > 250_000  # some of it is on the disk already
    assert content(house) == before  # a reader meanwhile sees nothing of it
    process.kill()
    process.join()
    assert content(house) == before
    file = tmp_path / "g"
    publish(house, ANA, figures(house, file, (*A, 81.0, "observed")), file, today=TODAY)  # and work goes on
    assert observed(house)["status"].tolist() == ["suppressed", "observed"]
    orphans = {
        path.name
        for path in (house.store.home / "originals").iterdir()
        if not path.name.startswith("partial")
    }
    assert orphans == {hashlib.sha256(file.read_bytes()).hexdigest()}


# -- two analysts ----------------------------------------------------------------------------------------------


def test_a_second_analyst_whose_base_changed_reads_the_diff_again(any_house: House, tmp_path: Path) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    first = figures(any_house, one, (*A, 81.0, "observed"))
    second = figures(any_house, two, (*A, 82.0, "observed"))
    publish(any_house, ANA, first, one, today=TODAY)
    with pytest.raises(BaseChanged, match="relisez"):
        publish(any_house, LOCAL_ACTOR, second, two, today=TODAY)
    assert observed(any_house)["value"].tolist() == [81.0]
    again = compared(any_house, second)
    assert again.diff is not None and again.diff.counts["changed"] == 1
    publish(any_house, LOCAL_ACTOR, again, two, today=TODAY)
    assert observed(any_house)["value"].tolist() == [82.0]


def test_a_write_elsewhere_does_not_stand_in_the_way(any_house: House, tmp_path: Path) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    first = figures(any_house, one, (*A, 81.0, "observed"))
    second = figures(any_house, two, (*B, 82.0, "observed"))
    publish(any_house, ANA, first, one, today=TODAY)
    publish(any_house, LOCAL_ACTOR, second, two, today=TODAY)
    assert observed(any_house)["value"].tolist() == [82.0, 81.0]


def test_two_publications_at_once_follow_one_another(any_house: House, tmp_path: Path) -> None:
    drafts = []
    for number in range(4):
        file = tmp_path / str(number)
        cells = [(f"i{number}", "61013", str(1000 + n), float(n), "observed") for n in range(500)]
        drafts.append((figures(any_house, file, *cells), file))
    failures: list[Exception] = []

    def work(place: int) -> None:
        try:
            publish(any_house, ANA, *drafts[place], today=TODAY)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(observed(any_house)) == 2000
    assert len(list((any_house.store.home / "originals").iterdir())) == 4


# -- undo, redo, who published ---------------------------------------------------------------------------------


def test_undo_restores_exactly_and_redo_brings_back_exactly(any_house: House, tmp_path: Path) -> None:
    ensure_shipped(any_house.store, SHIPPED, "edition-1", "Chiffres livrés")
    before = content(any_house)
    file = tmp_path / "f"
    draft = figures(any_house, file, (*A, 81.0, "observed"), (*B, 3.0, "observed"))
    number = publish(any_house, ANA, draft, file, today=TODAY)
    after = content(any_house)
    outcome = history.undo(any_house.store, ANA, number)
    assert (outcome.changed, outcome.covered, outcome.left) == (2, 0, ())
    assert content(any_house) == before
    with pytest.raises(StoreError, match="déjà annulé"):
        history.undo(any_house.store, ANA, number)
    assert history.redo(any_house.store, ANA, number).changed == 2
    assert content(any_house) == after
    with pytest.raises(StoreError, match="en vigueur"):
        history.redo(any_house.store, ANA, number)
    with pytest.raises(StoreError, match="n’existe pas"):
        history.undo(any_house.store, ANA, 99)


def test_undo_counts_the_cells_that_a_newer_import_covers(any_house: House, tmp_path: Path) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    first = publish(
        any_house,
        ANA,
        figures(any_house, one, (*A, 81.0, "observed"), (*B, 1.0, "observed")),
        one,
        today=TODAY,
    )
    publish(any_house, ANA, figures(any_house, two, (*A, 82.0, "observed")), two, today=TODAY)
    outcome = history.undo(any_house.store, ANA, first)
    assert (outcome.changed, outcome.covered) == (1, 1)
    assert observed(any_house)["value"].tolist() == [82.0]


def test_undo_counts_only_what_says_something_else(any_house: House, tmp_path: Path) -> None:
    """What the file repeats, and what nobody published before or after, does not change."""
    ensure_shipped(any_house.store, SHIPPED, "edition-1", "Chiffres livrés")
    file, nobody = tmp_path / "f", ("x", "61013", "2022", None, "missing")
    draft = figures(any_house, file, (*A, 81.0, "observed"), (*B, None, "suppressed"), nobody)
    assert draft.diff is not None
    assert draft.diff.counts == {"added": 0, "changed": 1, "unchanged": 2, "removed": 0}
    number = publish(any_house, ANA, draft, file, today=TODAY)
    for change in (history.undo, history.redo):
        outcome = change(any_house.store, ANA, number)
        assert (outcome.changed, outcome.covered) == (1, 0)


def test_a_file_that_says_nothing_of_what_nobody_published_changes_nothing(
    any_house: House, tmp_path: Path
) -> None:
    file = tmp_path / "f"
    with pytest.raises(NothingChanges):
        publish(any_house, ANA, figures(any_house, file, (*A, None, "missing")), file, today=TODAY)


def test_who_published_a_cell_tells_every_layer(any_house: House, tmp_path: Path) -> None:
    ensure_shipped(any_house.store, SHIPPED, "edition-1", "Chiffres livrés")
    numbers = []
    for value in (81.0, 82.0):
        file = tmp_path / str(value)
        draft = figures(any_house, file, (*A, value, "observed"), name=f"f{value:.0f}.csv")
        numbers.append(publish(any_house, ANA, draft, file, today=TODAY))
    history.undo(any_house.store, LOCAL_ACTOR, numbers[1])
    with any_house.store.read() as session:
        layers = history.who_published(session, *A)
        assert history.who_published(session, "x", "61067", "2022") == ()
    assert [(layer.record.id, layer.value, layer.shown) for layer in layers] == [
        (numbers[0], 81.0, True),
        (1, 80.0, False),
        (numbers[1], 82.0, False),
    ]
    assert [layer.record.file_name for layer in layers] == ["f81.csv", "", "f82.csv"]
    shipped = "INSEE, Recensement de la population, base du comparateur de territoires (RP 2022)"
    assert [layer.source for layer in layers] == ["Édition 2025", shipped, "Édition 2025"]
    assert layers[0].status is Status.OBSERVED and layers[0].record.actor == "ana"
    assert layers[2].record.undone_by == LOCAL_ACTOR.id


def test_communes_settled_by_hand_are_remembered_while_their_import_stands(
    any_house: House, tmp_path: Path
) -> None:
    file = tmp_path / "f"
    draft = figures(any_house, file, (*A, 81.0, "observed"), communes={"Bure": "61067", "Ailleurs": ""})
    number = publish(any_house, ANA, draft, file, today=TODAY)
    with any_house.store.read() as session:
        assert history.remembered(session) == {"Bure": "61067", "Ailleurs": ""}
    history.undo(any_house.store, ANA, number)
    with any_house.store.read() as session:
        assert history.remembered(session) == {}
