"""Copies taken elsewhere: into a folder (another disk, a share that is mounted), or by a command, each read again after it was written.

Environment, read by whoever makes copies (the application, `python -m data.store backup`):

* `ZEVILLAGE_COPIES_TO`: the absolute path of a folder that is there. It is never made: a disk that is not plugged in must not become a
  folder of the first disk. Copies in it are rotated as those of the home are.
* `ZEVILLAGE_COPIES_COMMAND`: a command that takes the content of `{dossier}` elsewhere, and `ZEVILLAGE_COPIES_FETCH`, one that brings the
  file `{nom}` back into `{dossier}`, so that it can be compared. No shell reads them: words are separated as a shell would, and nothing
  else of a shell is known (no pipe, no `$`, no `*`). What the command keeps there, and how long, is its own affair.

Nothing here ever stops or harms the copy of the home.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from data.store import inventory, rotation
from data.store.errors import StoreError
from data.store.files import Files, digest, others_may_read
from data.store.inventory import Inventory
from data.store.opened import Store
from data.store.trouble import explain

PATIENCE = 3600.0
"""Seconds that a command may take."""
_SECRETS = ("ZEVILLAGE_SECRET", "ZEVILLAGE_DATABASE_URL")  # none of a command's business
_SAID = 300  # letters of what a command said


class NotSent(StoreError):
    """A copy could not be taken elsewhere; the one of the home is made."""


@dataclass(frozen=True)
class Folder:
    """A folder elsewhere."""

    path: Path

    @property
    def label(self) -> str:
        """What it is called on screen."""
        return f"le dossier {self.path}"


@dataclass(frozen=True)
class Command:
    """A command that takes copies away, and the one that brings a file back: their words, with `{dossier}` and `{nom}` to be filled."""

    send: tuple[str, ...]
    fetch: tuple[str, ...]

    @property
    def label(self) -> str:
        """What it is called on screen: the program alone, its other words may tell an account."""
        return f"la commande {self.send[0]}"


@dataclass(frozen=True)
class Sent:
    """What became of the copies for one place. `copy` was the last one that arrived whole, at the instant `at` (UTC); None for none.

    `error` says in French why a newer one did not, empty when it did; `same_disk`: the place lies on the disk of the base itself.
    """

    label: str
    at: dt.datetime | None = None
    copy: str = ""
    error: str = ""
    same_disk: bool = False


def read(environ: Mapping[str, str] = os.environ) -> tuple[Folder | Command, ...]:
    """The places that the environment names, in their order; none by default. Raises StoreError for a setting that cannot be meant."""
    found: list[Folder | Command] = []
    if text := environ.get("ZEVILLAGE_COPIES_TO", "").strip():
        folder = Path(text).expanduser()
        if not folder.is_absolute():
            raise StoreError(
                f"ZEVILLAGE_COPIES_TO vaut « {text} » : écrivez le chemin entier d’un dossier, par exemple /media/cle/zevillage."
            )
        found.append(Folder(folder))
    send, fetch = (environ.get(f"ZEVILLAGE_COPIES_{name}", "").strip() for name in ("COMMAND", "FETCH"))
    if bool(send) != bool(fetch):
        raise StoreError(
            "ZEVILLAGE_COPIES_COMMAND (qui emporte {dossier}) et ZEVILLAGE_COPIES_FETCH (qui rapporte {nom} dans {dossier}) vont "
            "ensemble : une copie qui n’a pas été relue n’en est pas une. Donnez les deux, ou aucune."
        )
    if send:
        found.append(
            Command(
                _words("ZEVILLAGE_COPIES_COMMAND", send, ("{dossier}",)),
                _words("ZEVILLAGE_COPIES_FETCH", fetch, ("{dossier}", "{nom}")),
            )
        )
    return tuple(found)


def _words(name: str, text: str, needed: Iterable[str]) -> tuple[str, ...]:
    try:
        words = shlex.split(text, posix=os.name == "posix")
    except ValueError:
        raise StoreError(f"{name} vaut « {text} » : il y manque un guillemet.") from None
    if os.name != "posix":
        words = [word.strip('"') for word in words]
    for mark in needed:
        if not any(mark in word for word in words[1:]):
            raise StoreError(f"{name} vaut « {text} » : {mark} y manque.")
    return tuple(words)


def send(store: Store, copy: Path, places: Iterable[Folder | Command]) -> list[Sent]:
    """Take `copy`, a copy of the home, to every one of `places` that does not have it yet; what became of each, noted in the home.

    Never raises for a place that fails: its `error` says why.
    """
    known = {each.label: each for each in noted(store.files)}
    done: list[Sent] = []
    for place in places:
        before = known.get(place.label, Sent(place.label))
        if before.copy == copy.name and not before.error and _is_there(place, copy):
            done.append(before)
            continue
        try:
            held = inventory.take(copy)
            if isinstance(place, Folder):
                same = _to_folder(store.files, copy, held, place.path, store.clock())
            else:
                same = _by_command(store.files, copy, held, place)
        except (StoreError, OSError) as error:
            known_cause = (
                explain(error, place.label, "la copie n’y est pas") if isinstance(error, OSError) else None
            )
            done.append(replace(before, error=str(known_cause or error)))
        else:
            done.append(Sent(place.label, store.clock(), copy.name, "", same))
    note(store.files, done)
    return done


def _is_there(place: Folder | Command, copy: Path) -> bool:
    """Whether the copy still lies there; of a command, nothing is asked again."""
    return isinstance(place, Command) or (place.path / copy.name).is_file()


def send_or_refuse(store: Store, copy: Path, places: Iterable[Folder | Command]) -> list[Sent]:
    """`send`. Raises NotSent, when it has been everywhere, for the places where it failed."""
    done = send(store, copy, places)
    if wrong := [each for each in done if each.error]:
        raise NotSent("\n".join(f"Vers {each.label} : {each.error}" for each in wrong))
    return done


def _to_folder(files: Files, copy: Path, held: Inventory, folder: Path, now: dt.datetime) -> bool:
    """Lay the copy into the folder and read it again; whether that folder lies on the disk of the base. Raises StoreError, OSError."""
    if not folder.is_dir():
        raise StoreError(
            f"{folder} n’est pas là : branchez ou montez ce disque, ou créez ce dossier vous-même (Zevillage ne le fait pas, pour ne "
            "pas écrire sur le disque de la base à la place)."
        )
    resolved = folder.resolve()
    if resolved.is_relative_to(files.folder):
        raise StoreError(f"{folder} est dans le dossier de Zevillage lui-même : indiquez un autre disque.")
    there = files.lay_elsewhere(copy, resolved, held.originals, held.papers)
    try:
        if others_may_read(there):
            raise StoreError(
                f"D’autres comptes pourraient lire les copies de {folder}, qui contiennent des données personnelles : celle-ci n’y est pas "
                "laissée. Montez ce disque pour le seul compte de Zevillage (option umask=077 sur une clé USB)."
            )
        _compare(copy, held, there)
    except (StoreError, OSError):
        files.remove_elsewhere(there)
        raise
    files.remove_originals_elsewhere(resolved, held.removed_originals)
    files.keep_papers_elsewhere(resolved, held.papers)
    instants = {at: path for path in resolved.glob("*.db") if (at := rotation.instant(path.name)) is not None}
    for at in rotation.outdated(instants, now):
        files.remove_elsewhere(instants[at])
    return resolved.stat().st_dev == files.folder.stat().st_dev


def _by_command(files: Files, copy: Path, held: Inventory, command: Command) -> bool:
    """Have the copy taken away and brought back, and compare. Raises StoreError, OSError."""
    with files.parcel() as folder:
        files.lay_elsewhere(copy, folder, held.originals, held.papers)
        _run(command.send, {"{dossier}": str(folder)})
    with files.parcel() as folder:
        _run(command.fetch, {"{dossier}": str(folder), "{nom}": copy.name})
        back = next((path for path in folder.rglob(copy.name) if path.is_file()), None)
        if back is None:
            raise StoreError(
                f"{command.fetch[0]} n’a pas rapporté {copy.name} : la copie n’est peut-être pas arrivée. Vérifiez les deux commandes."
            )
        _compare(copy, held, back)
    return False


def _compare(copy: Path, held: Inventory, there: Path) -> None:
    """Hold that `there` is the copy, byte by byte, and a whole database with the same counts. Raises StoreError, OSError."""
    if digest(there) != digest(copy) or inventory.take(there, thorough=False).rows != held.rows:
        raise StoreError(
            f"Ce qui a été relu de {copy.name} n’est pas ce qui a été écrit : cette copie ne vaut rien. Vérifiez le disque ou le serveur."
        )


def _run(words: Iterable[str], values: Mapping[str, str]) -> None:
    """Run a command without a shell. Raises StoreError when it is not there, fails, or takes too long."""
    given = []
    for word in words:
        for mark, value in values.items():
            word = word.replace(mark, value)
        given.append(word)
    environ = {name: value for name, value in os.environ.items() if name not in _SECRETS}
    try:
        done = subprocess.run(
            given, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False, env=environ, errors="replace",
            encoding="utf-8",
        )  # fmt: skip
    except FileNotFoundError:
        raise StoreError(f"Le programme {given[0]} n’existe pas sur cette machine.") from None
    except subprocess.TimeoutExpired:
        raise StoreError(f"{given[0]} n’a pas fini en une heure : arrêté.") from None
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[-_SAID:]
        raise StoreError(f"{given[0]} a échoué (code {done.returncode})" + (f" : {said}" if said else "."))


def note(files: Files, done: Iterable[Sent]) -> None:
    """Remember what became of the copies. A disk on which nothing can be noted changes nothing about them."""
    lines = [
        {**vars(each), "at": each.at.isoformat(timespec="seconds") if each.at else None} for each in done
    ]
    try:
        files.note_sent(json.dumps(lines, ensure_ascii=False))
    except OSError:
        return


def noted(files: Files) -> list[Sent]:
    """What is remembered of the copies taken elsewhere; nothing when it cannot be read."""
    try:
        return [
            Sent(
                str(line["label"]), dt.datetime.fromisoformat(line["at"]) if line["at"] else None, str(line["copy"]), str(line["error"]),
                bool(line["same_disk"]),
            )
            for line in json.loads(files.read_sent() or "[]")
        ]  # fmt: skip
    except (OSError, ValueError, TypeError, KeyError):
        return []
