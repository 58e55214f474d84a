"""A file made for one visitor waits under an address that who knows, or guesses, its content cannot make."""

from __future__ import annotations

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.runtime import memory_media_file_storage as storage
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_storage import MediaFileKind, MediaFileStorageError

from reports.html_parts import DeckError
from tests.loops import completed
from ui.server import media, shell


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> storage.MemoryMediaFileStorage:
    monkeypatch.setattr(storage, "_calculate_file_id", storage._calculate_file_id)  # put back afterwards
    monkeypatch.setattr(DeferredFileHandler, "handle", DeferredFileHandler.handle)
    media.install()
    return storage.MemoryMediaFileStorage("/media")


def kept(files: storage.MemoryMediaFileStorage, data: bytes, name: str = "carte.csv") -> str:
    return files.load_and_get_id(data, "text/csv", MediaFileKind.DOWNLOADABLE, name)


def test_who_guesses_a_file_cannot_make_its_address(
    monkeypatch: pytest.MonkeyPatch, files: storage.MemoryMediaFileStorage
) -> None:
    data = b"code;membres\n61051;2\n"
    number = kept(files, data)
    assert files.get_file(f"{number}.csv").content == data and kept(files, data) == number
    monkeypatch.undo()
    guessed = storage.MemoryMediaFileStorage("/media")
    with pytest.raises(MediaFileStorageError):
        files.get_file(kept(guessed, data))
    monkeypatch.setattr(media, "_KEY", b"another process" * 2)
    assert media.name_of(data, "text/csv", "carte.csv") != number


def test_two_large_files_that_differ_anywhere_have_two_addresses(
    files: storage.MemoryMediaFileStorage,
) -> None:
    one, other = bytearray(3_000_000), bytearray(3_000_000)
    other[700_000] = 1
    assert kept(files, bytes(one)) != kept(files, bytes(other))
    assert kept(files, b"a", "x.csv") != kept(files, b"a", "y.csv")


def test_the_server_names_files_so_from_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert media.install in shell.AT_START
    monkeypatch.delattr(storage, "_calculate_file_id")
    with pytest.raises(RuntimeError, match=r"ui/server/media\.py"):
        media.install()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DeckError("La séance est vide : ajoutez une vue."), "La séance est vide : ajoutez une vue."),
        (
            PermissionError("Ce fichier n’est plus pour vous : rechargez la page."),
            "Ce fichier n’est plus pour vous : rechargez la page.",
        ),
        (ValueError("could not convert string to float: 'secret'"), media.FAILED),
        (PermissionError(13, "Permission denied", "/home/somebody"), media.FAILED),
    ],
)
def test_a_file_that_cannot_be_made_says_why_in_our_words_only(
    files: storage.MemoryMediaFileStorage, error: Exception, said: str
) -> None:
    class Manager:
        def execute_deferred(self, _id: str) -> str:
            raise error

    handler = DeferredFileHandler(Manager)  # type: ignore[arg-type, return-value]
    request = BackendOperationRequest(request_id="1")
    answer = completed(handler.handle(request, "session"))
    assert answer.error_msg.startswith(said) and (said == media.FAILED) == ("Référence" in answer.error_msg)


def test_a_file_that_can_be_made_has_its_address(files: storage.MemoryMediaFileStorage) -> None:
    class Manager:
        def execute_deferred(self, _id: str) -> str:
            return "/media/1.csv"

    handler = DeferredFileHandler(Manager)  # type: ignore[arg-type, return-value]
    answer = completed(handler.handle(BackendOperationRequest(request_id="1"), "session"))
    assert (answer.deferred_file.url, answer.error_msg) == ("/media/1.csv", "")
