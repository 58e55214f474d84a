"""Where an uploaded file waits: privately, under a name of ours, and never longer than its work."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from data.store.files import UPLOADS
from tests.pages.screens import Open
from ui import loading
from ui.imports import work


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


def test_the_file_goes_with_the_session(open_page: Open) -> None:
    screen = open_page("importer")
    screen.file_uploader[0].upload("un.csv", b"a;b\n1;2\n", "text/csv")
    screen.run()
    root = spool_folder()
    assert len(list(root.iterdir())) == 1
    del screen.session_state[work.KEY]
    del screen
    gc.collect()
    assert list(root.iterdir()) == []


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
