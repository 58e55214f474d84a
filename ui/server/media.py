"""The addresses under which files made for one visitor wait to be fetched (`/media/…`): impossible to guess.

Streamlit names a file by a digest of its content, and serves it to whoever knows the name. A small table of which all but a few hidden
counts is known could so be guessed, digest by digest, while somebody who may see it has it on offer; above 1 MiB the digest covers samples
only, and two files may bear one name. `install()` puts a digest of the whole file under a key of this process in its place.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from streamlit.runtime import memory_media_file_storage as storage

_KEY: Final = secrets.token_bytes(32)
_NAMER: Final = "_calculate_file_id"


def name_of(data: bytes, mimetype: str, filename: str | None = None) -> str:
    """The name of a file's address: 56 hexadecimal digits, the same for the same file until this process ends."""
    digest = hashlib.blake2b(data, digest_size=28, key=_KEY)
    digest.update(repr((len(data), mimetype, filename)).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def install() -> None:
    """Name files so from now on. Raises RuntimeError when Streamlit names them elsewhere: a new version is looked at, not guessed."""
    if not callable(getattr(storage, _NAMER, None)):
        raise RuntimeError(
            "Streamlit ne nomme plus ses fichiers comme avant : adaptez ui/server/media.py à cette version, ou installez celle de "
            "requirements.txt."
        )
    setattr(storage, _NAMER, name_of)
