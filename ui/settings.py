"""The settings of this server that several parts read: where its own files are, the map background allowed, the sub-path.

Environment: `ZEVILLAGE_TILES=ign` allows the map's frame, and nothing else, to show the IGN plan; `ZEVILLAGE_COPIES=none` leaves copies of
the base to the administrator; `ZEVILLAGE_COPIES_DAYS` says how long a trial of a copy counts; `ZEVILLAGE_COPIES_TO`,
`ZEVILLAGE_COPIES_COMMAND` and `ZEVILLAGE_COPIES_FETCH` take copies elsewhere (`data.store.elsewhere`). Those of the mail relay are
read by `data.mail`, and checked here before the first visitor.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from streamlit import config

from data import mail
from data.store import StoreError, elsewhere

ROOT: Final = Path(__file__).resolve().parent.parent
"""The folder of the application."""

STATIC: Final = ROOT / "static"
"""What the application serves itself: scripts, style sheets, Leaflet, the icon."""

# The only addresses outside of this machine that a setting can allow: pictures, inside the map's frame only.
TILE_ORIGINS: Final[Mapping[str, str]] = {"ign": "https://data.geopf.fr"}


class ShellError(RuntimeError):
    """The frame cannot be built: the message says what is wrong and what to do."""


def tile_origin(environ: Mapping[str, str] = os.environ) -> str | None:
    """The origin of the map's background that this server allows, or None (the default: no request leaves).

    Raises `ShellError` when `ZEVILLAGE_TILES` is set to something unknown.
    """
    name = environ.get("ZEVILLAGE_TILES", "").strip().lower()
    if name in ("", "none"):
        return None
    if name not in TILE_ORIGINS:
        raise ShellError(
            f"ZEVILLAGE_TILES vaut « {name} », qui n’est pas un fond de carte connu. "
            f"Valeurs possibles : none, {', '.join(TILE_ORIGINS)}."
        )
    return TILE_ORIGINS[name]


def check_mail(environ: Mapping[str, str] = os.environ) -> None:
    """Raises `ShellError` when the settings of the mail relay contradict themselves: found now, and not by the first candidate."""
    try:
        mail.relay(environ)
    except mail.MailError as error:
        raise ShellError(str(error)) from error


def base_path() -> str:
    """`server.baseUrlPath` as `""` or `"/sub/path"`."""
    path = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def copies_by_itself(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the application makes a copy a day by itself: `ZEVILLAGE_COPIES` is not `none`. Raises `ShellError` for another word."""
    word = environ.get("ZEVILLAGE_COPIES", "").strip().lower()
    if word not in ("", "auto", "none"):
        raise ShellError(f"ZEVILLAGE_COPIES vaut « {word} » : écrivez auto (une copie par jour) ou none.")
    return word != "none"


def rehearsal_days(environ: Mapping[str, str] = os.environ) -> int:
    """After how many days a copy has to be tried again (`ZEVILLAGE_COPIES_DAYS`, 7 without it). Raises `ShellError` for anything else."""
    text = environ.get("ZEVILLAGE_COPIES_DAYS", "").strip() or "7"
    if not text.isdecimal() or not 1 <= int(text) <= 366:
        raise ShellError(f"ZEVILLAGE_COPIES_DAYS vaut « {text} » : écrivez un nombre de jours, de 1 à 366.")
    return int(text)


def copies_elsewhere(
    environ: Mapping[str, str] = os.environ,
) -> tuple[elsewhere.Folder | elsewhere.Command, ...]:
    """Where copies are taken beside the home, none by default (`data.store.elsewhere`). Raises `ShellError` for a setting not meant."""
    try:
        return elsewhere.read(environ)
    except StoreError as error:
        raise ShellError(str(error)) from error


READ_AT_START: Final[tuple[Callable[[], object], ...]] = (
    tile_origin,
    check_mail,
    copies_by_itself,
    rehearsal_days,
    copies_elsewhere,
)
"""Every setting above that may say nothing: read once before the first visitor, so that the start is refused and not a page."""
