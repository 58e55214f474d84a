"""The secret with which this server signs: from the environment, else a file of its own that only its account may read."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from data.access.errors import AccessError

FILE_NAME = "secret.key"
SHORTEST = 32


def server_secret(home: Path, environ: Mapping[str, str] = os.environ) -> str:
    """The secret of the store whose folder is `home`, made at the first need. Raises AccessError for one that cannot be trusted.

    Several servers on one database must share it: `ZEVILLAGE_SECRET`.
    """
    given = environ.get("ZEVILLAGE_SECRET", "").strip()
    if given:
        if weak(given):
            raise AccessError(
                f"ZEVILLAGE_SECRET est trop court ou se devine : il faut au moins {SHORTEST} caractères au hasard. "
                'Par exemple : python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        return given
    path = home / FILE_NAME
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return _read(path)
    except OSError as error:
        raise AccessError(f"Le fichier {path} ne peut pas être écrit ({error.strerror}).") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return _read(path)


def weak(secret: str) -> bool:
    """Whether a secret is too short, or has too few different characters to have been drawn by chance."""
    return len(secret) < SHORTEST or len(set(secret)) < 12


def refuse_if_others_read(path: Path) -> None:
    """Raise AccessError when other accounts of the machine may read the file. Not asked where files have no such permissions."""
    if os.name != "posix":
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise AccessError(
            f"D’autres comptes de cette machine peuvent lire {path} (droits {mode:o}), qui contient un secret. "
            f"Corrigez, puis relancez : chmod 600 {path}"
        )


def _read(path: Path) -> str:
    refuse_if_others_read(path)
    kept = path.read_text(encoding="ascii").strip()
    if weak(kept):
        raise AccessError(
            f"Le fichier {path} est abîmé : effacez-le, un autre sera fait. Les liens déjà donnés seront à refaire."
        )
    return kept
