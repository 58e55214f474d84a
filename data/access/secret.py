"""The secret with which this server signs: from the environment, else a file of its own that only its account may read."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from data.access.errors import AccessError
from data.store.files import Files, others_may_read

SHORTEST = 32


def server_secret(files: Files, environ: Mapping[str, str] = os.environ) -> str:
    """The secret of the store whose files are `files`, made at the first need. Raises AccessError for one that cannot be trusted.

    Several servers on one database must share it: `ZEVILLAGE_SECRET`.
    """
    given = environ.get("ZEVILLAGE_SECRET", "").strip()
    if given:
        if is_weak(given):
            raise AccessError(
                f"ZEVILLAGE_SECRET est trop court ou se devine : il faut au moins {SHORTEST} caractères au hasard. "
                'Par exemple : python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        return given
    path = files.secret
    try:
        kept = files.read_secret(lambda: secrets.token_urlsafe(48)).strip()
        refuse_if_others_read(path)
    except OSError as error:
        raise AccessError(f"Le fichier {path} ne peut pas être écrit ou lu ({error.strerror}).") from error
    if is_weak(kept):
        raise AccessError(
            f"Le fichier {path} est abîmé : effacez-le, un autre sera fait. Les liens déjà donnés seront à refaire."
        )
    return kept


def is_weak(secret: str) -> bool:
    """Whether a secret is too short, or has too few different characters to have been drawn by chance."""
    return len(secret) < SHORTEST or len(set(secret)) < 12


def refuse_if_others_read(path: Path) -> None:
    """Raise AccessError when other accounts of the machine may read the file. Not asked where files have no such permissions."""
    if others_may_read(path):
        mode = stat.S_IMODE(path.stat().st_mode)
        raise AccessError(
            f"D’autres comptes de cette machine peuvent lire {path} (droits {mode:o}), qui contient un secret. "
            f"Corrigez, puis relancez : chmod 600 {path}"
        )
