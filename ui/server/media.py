"""The addresses under which files made for one visitor wait to be fetched (`/media/…`): impossible to guess.

Streamlit names a file by a digest of its content, and serves it to whoever knows the name. A small table of which all but a few hidden
counts is known could so be guessed, digest by digest, while somebody who may see it has it on offer; above 1 MiB the digest covers samples
only, and two files may bear one name. `install()` puts a digest of the whole file under a key of this process in its place.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from typing import Final

from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, DeferredFileResponsePayload
from streamlit.runtime import memory_media_file_storage as storage
from streamlit.runtime.backend_operation_handler import DeferredFileHandler

from analysis.french import NNBSP
from ui import errors

_KEY: Final = secrets.token_bytes(32)
_NAMER: Final = "_calculate_file_id"


def name_of(data: bytes, mimetype: str, filename: str | None = None) -> str:
    """The name of a file's address: 56 hexadecimal digits, the same for the same file until this process ends."""
    digest = hashlib.blake2b(data, digest_size=28, key=_KEY)
    digest.update(repr((len(data), mimetype, filename)).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


FAILED: Final = "Le fichier n’a pas pu être fait. Rechargez la page, puis réessayez."


def own_words(error: Exception) -> str | None:
    """What one of our own errors says, in French; None for anybody else's, whose words are for the log."""
    ours = type(error).__module__.split(".")[0] in ("analysis", "data", "reports", "ui")
    # `ui.access.guarded` refuses with a sentence; a file system's own refusal has a number.
    refused = isinstance(error, PermissionError) and error.errno is None
    return str(error) if ours or refused else None


async def _deferred(
    self: DeferredFileHandler, request: BackendOperationRequest, session_id: str
) -> BackendOperationResponse:
    """Make a file that was asked for. What refuses it says why under the button, in French, where Streamlit has one English sentence."""
    try:
        url = await asyncio.to_thread(
            self._get_media_file_mgr().execute_deferred, request.deferred_file.file_id
        )
    except Exception as error:
        said = own_words(error) or f"{FAILED} Référence{NNBSP}: {errors.report(error)}."
        return BackendOperationResponse(request_id=request.request_id, error_msg=said)
    return BackendOperationResponse(
        request_id=request.request_id, deferred_file=DeferredFileResponsePayload(url=url)
    )


def install() -> None:
    """Name files so from now on, and say in French why one cannot be made. Raises RuntimeError when Streamlit does either elsewhere: a
    new version is looked at, not guessed.
    """
    if not callable(getattr(storage, _NAMER, None)):
        raise RuntimeError(
            "Streamlit ne nomme plus ses fichiers comme avant : adaptez ui/server/media.py à cette version, ou installez celle de "
            "requirements.txt."
        )
    setattr(storage, _NAMER, name_of)
    if not callable(getattr(DeferredFileHandler, "handle", None)):
        raise RuntimeError(
            "Streamlit ne fait plus ses fichiers comme avant : adaptez ui/server/media.py à cette version, ou installez celle de "
            "requirements.txt."
        )
    DeferredFileHandler.handle = _deferred  # type: ignore[method-assign]
