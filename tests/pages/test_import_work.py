"""Where an uploaded file waits: privately, under a name of ours, for its author alone, and not longer than a day."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

from data.imports.model import Choices
from data.imports.naming import Named, Publication, Rate
from data.imports.waiting import Waiting, waiting, written
from data.store.files import UPLOADS
from tests.pages.screens import Open
from tests.pages.test_importer import SCHOOLS, click, settled, words
from ui import access, loading
from ui.imports import parts, work


def spool_folder() -> Path:
    """Where uploads wait."""
    return loading.store().home / UPLOADS.name


def test_the_upload_folder_is_private_and_what_a_killed_server_left_is_swept(
    open_page: Open, fresh: Path
) -> None:
    screen = open_page("importer")
    root = spool_folder()
    root.mkdir(mode=0o755)
    left, recent = root / "import-left", root / "import-recent"
    for folder in (left, recent):
        folder.mkdir()
        (folder / "fichier").write_bytes(b"x")
    day_before = time.time() - 2 * 86400
    os.utime(left, (day_before, day_before))
    screen.file_uploader[0].upload("un.csv", b"a;b\n1;2\n", "text/csv")
    screen.run()
    assert root.stat().st_mode & 0o077 == 0
    assert not left.exists()
    assert recent.exists()
    mine = [path for path in root.iterdir() if path != recent]
    assert len(mine) == 1
    assert mine[0].stat().st_mode & 0o077 == 0


def begun(screen: AppTest) -> AppTest:
    """A file whose reading was chosen and whose columns are on screen."""
    screen.file_uploader[0].upload("écoles.csv", SCHOOLS, "text/csv")
    settled(screen)
    work_of(screen).choose(good_rows_only=True)
    return click(screen, "importer:on")


def work_of(screen: AppTest) -> work.Work:
    found: work.Work = screen.session_state[work.KEY]
    return found


def test_a_file_left_half_way_waits_for_its_author_and_goes_on_where_it_was(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = begun(open_page("importer"))
    left = work_of(first)
    assert left.step != "reconnu"
    other = open_page("importer")  # the connection was lost: another session, perhaps another server
    assert "« écoles.csv »" in words(other) and f"« {parts.TITLES[left.step]} »" in words(other)
    key = next(b.key for b in other.button if b.label == "Reprendre")
    assert key is not None
    click(other, key)
    found = work_of(other)
    assert (found.name, found.step, found.choices, found.checksum) == (
        left.name,
        left.step,
        left.choices,
        left.checksum,
    )
    assert found.path.read_bytes() == SCHOOLS and not left.path.exists()
    assert len(list(spool_folder().iterdir())) == 1
    first.run()
    assert "a été repris sur un autre écran" in words(first) and work.KEY not in first.session_state
    someone = replace(access.account(), id="somebody-else")
    with monkeypatch.context() as patch:
        patch.setattr(access, "account", lambda: someone)
        assert "écoles.csv" not in words(open_page("importer"))
    third = open_page("importer")
    key = next(b.key for b in third.button if b.label == "Mettre de côté")
    assert key is not None
    click(third, key)
    assert "écoles.csv" not in words(third) and list(spool_folder().iterdir()) == []


def test_two_who_take_up_the_same_file_do_not_both_have_it(open_page: Open) -> None:
    begun(open_page("importer"))
    one, two = open_page("importer"), open_page("importer")
    key = next(b.key for b in one.button if b.label == "Reprendre")
    assert key is not None
    click(one, key)
    two.button(key=key).click()
    settled(two)
    assert "n'attend plus" in words(two) and work.KEY not in two.session_state
    assert work_of(one).path.is_file()


@pytest.mark.parametrize(
    "note",
    [
        "",
        "[]",
        "{}",
        '{"author": "local", "name": 3}',
        '{"author": "local", "name": "x", "size": 1, "checksum": "x", "step": "../publie", "choices": {}, "named": [], '
        '"publication": null, "rates": []}',
        '{"author": "local", "name": "x", "size": 1, "checksum": "x", "step": "reconnu", "choices": {"new": [{"source": 1}]}, '
        '"named": [], "publication": null, "rates": []}',
    ],
)
def test_a_note_that_cannot_be_read_is_no_offer(open_page: Open, fresh: Path, note: str) -> None:
    open_page("importer")
    folder = spool_folder() / "import-abcdefgh"
    folder.mkdir(parents=True)
    (folder / "suite.json").write_text(note, "utf-8")
    assert not any(b.label == "Reprendre" for b in open_page("importer").button)


def test_what_was_left_a_day_ago_is_gone(open_page: Open) -> None:
    begun(open_page("importer"))
    (folder,) = spool_folder().iterdir()
    day_before = time.time() - 2 * 86400
    os.utime(folder, (day_before, day_before))
    assert not any(b.label == "Reprendre" for b in open_page("importer").button)
    assert not folder.exists()


def test_names_given_to_columns_are_found_again() -> None:
    entry = Named("ecoles", "Écoles", "écoles", "2026")
    rate = Rate("Élèves par école", "élèves", "eleves", "ecoles", scale=1.0)
    source = Publication("Ministère", "Annuaire", "Licence Ouverte")
    one = Waiting(
        "", "local", "x.csv", 3, "abc", "colonnes", Choices(period="2026", columns={"a": "b"}), (entry,), source, (rate,)
    )  # fmt: skip

    class Home:
        def waiting_uploads(self) -> dict[str, str]:
            return {"": written(one)}

    assert waiting(Home(), "local", work.STEPS) == [one]  # type: ignore[arg-type]


def test_a_disk_that_fills_up_in_the_middle_leaves_nothing(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Short:
        def __init__(self) -> None:
            self.blocks = 0

        def read(self, size: int) -> bytes:
            self.blocks += 1
            if self.blocks == 2:
                raise OSError(28, "No space left on device")
            return b"x" * 10

    open_page("importer")
    with pytest.raises(OSError, match="No space left"):
        work.take("un.csv", Short())  # type: ignore[arg-type]
    assert list(spool_folder().iterdir()) == []


def test_streamlit_lets_go_of_a_file_that_was_taken(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[str] = []
    monkeypatch.setattr(
        MemoryUploadedFileManager, "remove_session_files", lambda self, session: gone.append(session)
    )
    screen = open_page("importer")
    assert gone == []
    screen.file_uploader[0].upload("un.csv", b"a;b\n1;2\n", "text/csv")
    screen.run()
    assert len(gone) == 1
    assert work.KEY in screen.session_state
