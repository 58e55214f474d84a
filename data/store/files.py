"""The home: the folder in which this application keeps its files, and the only module that names, makes or opens them.

Every file is readable by the account that runs the application alone, also in a folder that existed before and whatever the umask
says. A file gets its name only when it is whole and on the disk: a full disk leaves nothing behind. Names are ours: digests, instants,
random letters; what a person calls a file is text to show and never part of a path.

`PLACES` lists everything that may stand in the home. Another way of keeping files (a shared disk, an object store) replaces `Files`.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

OWNER_FILE, OWNER_FOLDER = 0o600, 0o700
_BLOCK = 1 << 20
_PARTIAL = "partial-"
_STALE_SECONDS = 24 * 3600.0
_FRESH_SECONDS = 3600.0
_SHA256 = re.compile(r"[0-9a-f]{64}")
_STEM = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]*")
_FILE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]*(\.[a-zA-Z0-9]+)+")


@dataclass(frozen=True)
class Place:
    """One place in the home: its name, what it is, and whether it is a folder."""

    name: str
    about: str
    folder: bool = False


DATABASE = Place(
    "zevillage.db",
    "the database, unless ZEVILLAGE_DATABASE_URL names another; SQLite adds -wal, -shm and -journal beside it",
)
ORIGINALS = Place("originals", "imported files as they came, under their SHA-256", folder=True)
PAPERS = Place(
    "papiers",
    "papers that candidates and coordinators add to dossiers, under their SHA-256",
    folder=True,
)
UPLOADS = Place(
    "uploads",
    "files on their way through the importer, one folder a file with what was chosen, gone with the work or a day after it was left",
    folder=True,
)
BACKUPS = Place(
    "backups",
    "copies of the database, made on demand and before what cannot be undone",
    folder=True,
)
LEDGER = Place(
    "effacements.jsonl",
    "the ledger of erasures: one line a person erased, opaque ids",
)
UNSCRUBBED = Place(
    "effacements.a-reecrire",
    "a mark: something erased may still stand in free pages of the database",
)
REHEARSED = Place(
    "sauvegarde-eprouvee.json",
    "when the newest copy was last restored elsewhere and found complete",
)
SENT = Place(
    "copies-ailleurs.json",
    "when the newest copy was last taken elsewhere and read again there, and what went wrong since",
)
SECRET = Place(
    "secret.key",
    "the secret with which links are signed, unless ZEVILLAGE_SECRET gives it",
)
TEMPLATE = Place(
    "modele-mairie.pptx",
    "the town hall's own template of slides, put there by a person (docs/guide-seance.md)",
)
PACKS = Place(
    "packs",
    "territories made here, one folder each, until one is opened or carried elsewhere (docs/guide-territoire.md)",
    folder=True,
)
DOWNLOADS = Place(
    "telechargements",
    "producers' files on their way (`fill --download`), one folder an address: what came before a cut, until it is whole and published",
    folder=True,
)
PLACES = (
    DATABASE,
    ORIGINALS,
    PAPERS,
    UPLOADS,
    BACKUPS,
    LEDGER,
    UNSCRUBBED,
    REHEARSED,
    SENT,
    SECRET,
    TEMPLATE,
    PACKS,
    DOWNLOADS,
)
"""Everything that the application keeps in its home."""

DATABASE_SIDES = ("-wal", "-shm", "-journal")
"""What SQLite adds to the name of a database for the files beside it."""
_SHARED_MEMORY = "-shm"  # made again from the log by whoever opens the two


class Upload:
    """A file on its way through the importer, in a private folder of the home, with a note of what was chosen for it.

    It goes with its work (`remove`), or a day after anything was last noted: a lost connection or another server finds it again.
    `size` is in bytes, `checksum` the SHA-256 in hexadecimal digits.
    """

    def __init__(self, folder: Path, size: int, checksum: str) -> None:
        self._folder = folder
        self.size = size
        self.checksum = checksum

    @property
    def id(self) -> str:
        """What it is found again by (`Files.claim_upload`)."""
        return self._folder.name

    @property
    def path(self) -> Path:
        """Where the file lies meanwhile."""
        return self._folder / _UPLOADED

    def note(self, text: str) -> None:
        """Keep what is to be remembered of it, in place of what was. Raises OSError: it is gone, the disk is full."""
        _replace_text(self._folder / _UPLOAD_NOTE, text)

    def remove(self) -> None:
        """Remove the file and the note."""
        shutil.rmtree(self._folder, ignore_errors=True)


_UPLOADED = "fichier"
_UPLOAD_NOTE = "suite.json"
_UPLOAD_FOLDER = re.compile(r"import-\w{8}")


class Download:
    """A file on its way from its producer, in a folder of its own. What came before a cut stays, with the note of what it is part of."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self.path = folder / name
        """Where the file lies once it is whole."""
        self._partial = folder / f"{name}.{_PARTIAL[:-1]}"
        self._note = folder / "suite.json"

    @property
    def came(self) -> int:
        """How many bytes came so far."""
        return self._partial.stat().st_size if self._partial.is_file() else 0

    @property
    def note(self) -> str:
        """What was noted of the file that these bytes are part of; empty when nothing was. Raises OSError."""
        return "\n".join(read_lines(self._note))

    @contextmanager
    def taking(self, start: int, note: str) -> Iterator[Callable[[bytes], object]]:
        """What takes the next bytes after the first `start` of those that came; `note` is kept first. Raises OSError."""
        make_folder(self._folder)
        _replace_text(self._note, note)
        handle = os.open(self._partial, os.O_WRONLY | os.O_CREAT, OWNER_FILE)
        with os.fdopen(handle, "wb") as file:
            file.truncate(start)
            file.seek(start)
            yield file.write
            file.flush()
            os.fsync(handle)

    def digest(self) -> str:
        """The SHA-256 of what came. Raises OSError."""
        return digest(self._partial)

    def keep(self) -> Path:
        """Give what came its name: it is whole. Over what an earlier time brought. Raises OSError."""
        self._partial.replace(self.path)
        remove(self._note)
        _sync_folder(self._folder)
        return self.path

    def remove(self) -> None:
        """Remove what came, whole or not."""
        shutil.rmtree(self._folder, ignore_errors=True)


class Files:
    """The files of one home, `folder`. Nothing is made before it is needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    # -- the whole home

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.folder / DATABASE.name

    @property
    def template(self) -> bytes | None:
        """The town hall's own template of slides, None when there is none. Raises OSError when it cannot be read."""
        path = self.folder / TEMPLATE.name
        return path.read_bytes() if path.is_file() else None

    def guard(self) -> list[Path]:
        """Take every right of others away from what is in the home; what they may still read, because another account owns it.

        A home that existed before keeps its own rights: only what we put in it is ours to close.
        """
        exposed: list[Path] = []
        for place in PLACES:
            path = self.folder / place.name
            exposed += [each for each in _with_sides(path) if not keep_private(each)]
            if place.folder:
                exposed += [each for each in _below(path) if not keep_private(each)]
        return exposed

    # -- packs

    def pack(self, id_: str) -> Path:
        """Where the pack `id_` made here lies, whether it is there or not. Raises ValueError for what is no name of a folder."""
        if not _STEM.fullmatch(id_):
            raise ValueError(f"not a name: {id_!r}")
        return self.folder / PACKS.name / id_

    # -- originals

    def original(self, checksum: str) -> Path:
        """Where the original with this SHA-256 is kept, whether it is there or not. Raises ValueError for anything else than a SHA-256."""
        if not _SHA256.fullmatch(checksum):
            raise ValueError(f"not a SHA-256: {checksum!r}")
        return self.folder / ORIGINALS.name / checksum

    def is_intact(self, checksum: str) -> bool:
        """Whether an original is there and still what its SHA-256 says. Raises ValueError as `original`, OSError."""
        path = self.original(checksum)
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == checksum

    def stage_original(self, source: Path, tell: Callable[[float], None]) -> tuple[Path, str]:
        """Copy `source` among the originals under a name of its own; the copy and the SHA-256 of what was copied.

        `tell` is told the share done, from 0 to 1. Nothing is left behind when it, or the disk, raises (OSError).
        """
        folder = make_folder(self.folder / ORIGINALS.name)
        staged = folder / f"{_PARTIAL}{os.getpid()}-{time.monotonic_ns()}"
        total = max(source.stat().st_size, 1)
        with source.open("rb") as content:
            _, checksum = _spool(content, staged, lambda done: tell(min(done / total, 1.0)))
        return staged, checksum

    def keep_original(self, staged: Path, checksum: str) -> bool:
        """Give a staged copy its lasting name; False when the same file was kept already. Raises OSError."""
        kept = self.original(checksum)
        if kept.exists():
            remove(staged)
            return False
        staged.replace(kept)
        _sync_folder(kept.parent)
        return True

    def remove_original(self, checksum: str) -> None:
        """Remove an original, if it is there. Raises ValueError as `original`."""
        remove(self.original(checksum))

    def sweep_originals(self, named: Collection[str]) -> None:
        """Remove the originals whose SHA-256 is not among `named`, and copies that were left half made a day ago."""
        with suppress(OSError):
            for path in (self.folder / ORIGINALS.name).iterdir():
                half = path.name.startswith(_PARTIAL) and _is_stale(path)
                if half or (_SHA256.fullmatch(path.name) and path.name not in named):
                    remove(path)

    # -- papers of dossiers

    def keep_paper(self, content: bytes) -> str:
        """Keep a paper; the SHA-256 by which it is found again. Raises OSError, leaving nothing behind."""
        checksum = hashlib.sha256(content).hexdigest()
        path = self._paper(checksum)
        with suppress(FileExistsError), writing(path, keep_first=True) as partial:
            partial.write_bytes(content)
        path.touch()  # kept again now: `sweep_papers` leaves what is fresh
        return checksum

    def read_paper(self, checksum: str) -> bytes | None:
        """A paper's bytes, None when it is not there or is no longer what its SHA-256 says. Raises ValueError as `original`, OSError."""
        path = self._paper(checksum)
        content = path.read_bytes() if path.is_file() else None
        return content if content is not None and hashlib.sha256(content).hexdigest() == checksum else None

    def remove_paper(self, checksum: str) -> None:
        """Remove a paper, if it is there. Raises ValueError as `original`."""
        remove(self._paper(checksum))

    def sweep_papers(self, named: Collection[str]) -> None:
        """Remove the papers whose SHA-256 is not among `named`: their dossier was erased, or the machine stopped before they were noted.

        What is less than an hour old may be about to be named by another process, and stays.
        """
        with suppress(OSError):
            for path in (self.folder / PAPERS.name).iterdir():
                if path.name not in named and _is_stale(path, _FRESH_SECONDS):
                    remove(path)

    def _paper(self, checksum: str) -> Path:
        if not _SHA256.fullmatch(checksum):
            raise ValueError(f"not a SHA-256: {checksum!r}")
        return self.folder / PAPERS.name / checksum

    # -- uploads

    def take_upload(self, content: BinaryIO) -> Upload:
        """Keep what a visitor sends. Raises OSError, leaving nothing behind."""
        self._sweep_uploads()
        folder = Path(tempfile.mkdtemp(prefix="import-", dir=make_folder(self.folder / UPLOADS.name)))
        try:
            size, checksum = _spool(content, folder / _UPLOADED, lambda _: None)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return Upload(folder, size, checksum)

    def waiting_uploads(self) -> dict[str, str]:
        """The notes of the files that wait for somebody, by `Upload.id`; those left a day ago are removed first."""
        self._sweep_uploads()
        found = {}
        for note in (self.folder / UPLOADS.name).glob(f"import-*/{_UPLOAD_NOTE}"):
            with suppress(OSError, UnicodeDecodeError):
                found[note.parent.name] = note.read_text("utf-8")
        return found

    def claim_upload(self, id_: str, size: int, checksum: str) -> Upload:
        """Take over a file that waits: who had it before, if anybody still has, finds it gone. Raises OSError: somebody was quicker."""
        folder = self._waiting(id_)
        mine = folder.with_name(f"import-{secrets.token_hex(4)}")
        os.rename(folder, mine)
        return Upload(mine, size, checksum)

    def drop_upload(self, id_: str) -> None:
        """Remove a file that waits, if it is there."""
        shutil.rmtree(self._waiting(id_), ignore_errors=True)

    def _waiting(self, id_: str) -> Path:
        if not _UPLOAD_FOLDER.fullmatch(id_):
            raise ValueError(f"not a name: {id_!r}")
        return self.folder / UPLOADS.name / id_

    def _sweep_uploads(self) -> None:
        for left in (self.folder / UPLOADS.name).glob("import-*"):
            with suppress(OSError):
                if _is_stale(left):
                    shutil.rmtree(left, ignore_errors=True)

    def remove_uploads(self) -> None:
        """Remove every upload in wait, of every session."""
        shutil.rmtree(self.folder / UPLOADS.name, ignore_errors=True)

    # -- downloads

    def download(self, id_: str, name: str) -> Download:
        """The file `name` of the address `id_`, whether anything of it came or not. Raises ValueError for what is no name."""
        if not _STEM.fullmatch(id_) or not _FILE.fullmatch(name):
            raise ValueError(f"not a name: {id_!r}, {name!r}")
        return Download(self.folder / DOWNLOADS.name / id_, name)

    # -- copies of the database

    def backup(self, stem: str, ending: str = ".db") -> Path:
        """Where a copy named `stem` goes (letters, digits, dashes). Raises ValueError for any other name."""
        if not _STEM.fullmatch(stem):
            raise ValueError(f"not a name for a copy: {stem!r}")
        return self.folder / BACKUPS.name / f"{stem}{ending}"

    def backups(self) -> list[Path]:
        """The copies of the database, by name."""
        folder = self.folder / BACKUPS.name
        return sorted(folder.glob("*.db")) if folder.is_dir() else []

    def remove_backup(self, path: Path) -> None:
        """Remove a copy of ours. Raises ValueError for a file that stands elsewhere."""
        if path.parent != self.folder / BACKUPS.name:
            raise ValueError(f"not a copy of ours: {path}")
        remove(path)

    @contextmanager
    def rehearsal(self) -> Iterator[Path]:
        """A private folder in which a copy may be restored; gone at the end of the block. Raises OSError."""
        root = make_folder(self.folder / BACKUPS.name)
        with tempfile.TemporaryDirectory(prefix="essai-", dir=root, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def note_rehearsal(self, text: str) -> None:
        """Keep what is to be remembered of the last rehearsal. Raises OSError."""
        _replace_text(self.folder / REHEARSED.name, text)

    def read_rehearsal(self) -> str:
        """What was noted of the last rehearsal; empty when nothing was. Raises OSError, UnicodeDecodeError."""
        return "\n".join(read_lines(self.folder / REHEARSED.name))

    def note_sent(self, text: str) -> None:
        """Keep what is to be remembered of the copies taken elsewhere. Raises OSError."""
        _replace_text(self.folder / SENT.name, text)

    def read_sent(self) -> str:
        """What was noted of the copies taken elsewhere; empty when nothing was. Raises OSError, UnicodeDecodeError."""
        return "\n".join(read_lines(self.folder / SENT.name))

    def lay_elsewhere(
        self, copy: Path, folder: Path, originals: Collection[str], papers: Collection[str]
    ) -> Path:
        """Put a copy of ours, the ledger and the originals and papers with these SHA-256 into `folder`, which is there; the copy as it
        lies there.

        They lie once, in `originals/` and `papiers/`, for all the copies of that folder. Every copy there gets today's ledger: an older one
        that is restored on another machine must not bring back who was erased since. Raises OSError.
        """
        there = folder / copy.name
        if not there.exists():
            with writing(there) as partial:
                shutil.copyfile(copy, partial)
        self._lay(ORIGINALS, originals, folder / ORIGINALS.name)
        self._lay(PAPERS, papers, folder / PAPERS.name)
        erased = self.ledger.read_text("utf-8") if self.ledger.exists() else ""
        for each in folder.glob("*.db"):
            _replace_text(luggage_ledger(each), erased)
        return there

    def _lay(self, place: Place, checksums: Collection[str], folder: Path) -> int:
        """Put what is kept in `place` under these SHA-256 into `folder`, made when there is something; how many of them are there.

        Raises OSError, ValueError for anything else than a SHA-256.
        """
        there = 0
        for checksum in sorted(checksums):
            kept = self._paper(checksum) if place is PAPERS else self.original(checksum)
            if kept.is_file():
                make_folder(folder)
                if not (folder / checksum).exists():
                    with writing(folder / checksum) as partial:
                        shutil.copyfile(kept, partial)
                there += 1
        return there

    def remove_elsewhere(self, copy: Path) -> None:
        """Remove a copy that was laid elsewhere and its ledger, if they are there and the disk lets them go."""
        if copy.parent != self.folder / BACKUPS.name:
            remove(copy)
            remove(luggage_ledger(copy))

    def remove_originals_elsewhere(self, folder: Path, checksums: Collection[str]) -> None:
        """Remove from `folder` the originals with these SHA-256: they were removed here on purpose."""
        for checksum in checksums:
            remove(folder / ORIGINALS.name / self.original(checksum).name)

    def keep_papers_elsewhere(self, folder: Path, checksums: Collection[str]) -> None:
        """Remove from `folder` every paper but those with these SHA-256: who was erased here is erased there too."""
        with suppress(OSError):
            for path in (folder / PAPERS.name).iterdir():
                if _SHA256.fullmatch(path.name) and path.name not in checksums:
                    remove(path)

    @contextmanager
    def parcel(self) -> Iterator[Path]:
        """A private empty folder for what a command takes elsewhere or brings back; gone at the end of the block. Raises OSError."""
        root = make_folder(self.folder / BACKUPS.name)
        with tempfile.TemporaryDirectory(prefix="envoi-", dir=root, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def take_along(self, copy: Path, originals: Collection[str], papers: Collection[str]) -> tuple[int, int]:
        """Put the ledger and the originals and papers with these SHA-256 beside a copy that leaves the home; how many of each went along.

        Raises OSError, FileExistsError when a ledger is there.
        """
        with writing(luggage_ledger(copy)) as partial:
            partial.write_bytes(self.ledger.read_bytes() if self.ledger.exists() else b"")
        return (
            self._lay(ORIGINALS, originals, _luggage(copy, ORIGINALS)),
            self._lay(PAPERS, papers, _luggage(copy, PAPERS)),
        )

    def bring_original(self, copy: Path, checksum: str) -> bool:
        """Take one original from beside a copy; False when it is not there or is no longer what its SHA-256 says. Raises OSError."""
        name = self.original(checksum).name
        places = (_luggage(copy, ORIGINALS) / name, copy.parent / ORIGINALS.name / name)
        there = next((place for place in places if place.is_file()), None)
        if there is None:
            return False
        staged, found = self.stage_original(there, lambda _: None)
        if found != checksum:
            remove(staged)
            return False
        self.keep_original(staged, checksum)
        return True

    def bring_paper(self, copy: Path, checksum: str) -> bool:
        """Take one paper from beside a copy, over one that is damaged; False when it is not there or is no longer what its SHA-256 says.

        Raises OSError.
        """
        name = self._paper(checksum).name
        for place in (_luggage(copy, PAPERS) / name, copy.parent / PAPERS.name / name):
            if place.is_file() and hashlib.sha256(content := place.read_bytes()).hexdigest() == checksum:
                if self.read_paper(checksum) is None:
                    self.remove_paper(checksum)
                self.keep_paper(content)
                return True
        return False

    def sweep_partials(self) -> None:
        """Remove what a killed process left half made a day ago, and uploads that nobody came back for: both may hold personal data."""
        self._sweep_uploads()
        for folder in (self.folder, self.folder / BACKUPS.name):
            for path in folder.glob(f"*.{_PARTIAL}*"):
                with suppress(OSError):
                    if _is_stale(path):
                        path.unlink()
        for kind in ("essai-*", "envoi-*"):
            for folder in (self.folder / BACKUPS.name).glob(kind):
                with suppress(OSError):
                    if _is_stale(folder):
                        shutil.rmtree(folder, ignore_errors=True)

    # -- ledger, mark, secret

    @property
    def ledger(self) -> Path:
        """The ledger of erasures (for messages)."""
        return self.folder / LEDGER.name

    def read_ledger(self) -> list[str]:
        """The lines of the ledger of erasures, none when there is no file. Raises OSError, UnicodeDecodeError."""
        return read_lines(self.ledger)

    def append_ledger(self, lines: str) -> None:
        """Add lines to the ledger, on the disk before this returns. A disk that fills up leaves the file as it was. Raises OSError."""
        make_folder(self.folder, ours=False)
        handle = os.open(self.ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND, OWNER_FILE)
        with os.fdopen(handle, "ab", buffering=0) as file:
            before = os.fstat(handle).st_size
            content = lines.encode("utf-8")
            try:
                while content:
                    content = content[file.write(content) :]
                os.fsync(handle)
            except OSError:
                # Half a line would stop the next opening. Nobody else appends meanwhile: writers of the store stand in a line.
                with suppress(OSError):
                    os.ftruncate(handle, before)
                raise
        keep_private(self.ledger)

    @property
    def unscrubbed(self) -> bool:
        """Whether something erased may still stand in the database's free pages."""
        return (self.folder / UNSCRUBBED.name).exists()

    @unscrubbed.setter
    def unscrubbed(self, value: bool) -> None:
        path = self.folder / UNSCRUBBED.name
        if value:
            path.touch(OWNER_FILE)
            keep_private(path)
        else:
            remove(path)

    @property
    def secret(self) -> Path:
        """The secret's file (for messages)."""
        return self.folder / SECRET.name

    def read_secret(self, make: Callable[[], str]) -> str:
        """The text of the secret's file, written with `make` at the first need. Raises OSError, UnicodeDecodeError.

        Two processes that need it at the same time read the same one: a link never replaces a file that is there.
        """
        if not self.secret.exists():
            make_folder(self.folder, ours=False)
            # A reader never meets half a secret, and whoever comes second finds the first one's.
            with suppress(FileExistsError), writing(self.secret, keep_first=True) as fresh:
                fresh.write_text(make(), "ascii")
        return self.secret.read_text("ascii")


# -- what any file of ours needs


def make_folder(path: Path, *, ours: bool = True) -> Path:
    """Make a folder that its owner alone may look into; one that is `ours` is closed again when it was there. Raises OSError."""
    there = path.is_dir()
    path.mkdir(parents=True, exist_ok=True, mode=OWNER_FOLDER)
    if ours or not there:
        keep_private(path)
    return path


def luggage_ledger(copy: Path) -> Path:
    """The ledger of erasures beside a copy that left the home."""
    return copy.with_name(f"{copy.name}.{LEDGER.name}")


def _luggage(copy: Path, place: Place) -> Path:
    return copy.with_name(f"{copy.name}.{place.name}")


def read_lines(path: Path) -> list[str]:
    """The lines of a text file, none when there is no file. Raises OSError, UnicodeDecodeError."""
    try:
        return path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []


def digest(path: Path) -> str:
    """The SHA-256 of a file as it lies on the disk: what the system remembers of writing it is put aside first, where it can be.

    Raises OSError.
    """
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep_private(path: Path) -> bool:
    """Take every right of others away from a file or folder; False when others keep some (another account owns it).

    True where nothing is there, and where files have no such rights.
    """
    if os.name != "posix":
        return True
    with suppress(FileNotFoundError):
        if stat.S_IMODE(path.lstat().st_mode) & 0o077 and not path.is_symlink():
            with suppress(PermissionError):
                path.chmod(OWNER_FOLDER if path.is_dir() else OWNER_FILE)
        return not others_may_read(path)
    return True


def others_may_read(path: Path) -> bool:
    """Whether other accounts of the machine have a right on a file or folder. Raises OSError when it is not there."""
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def make_database(path: Path) -> list[Path]:
    """Before SQLite opens `path`: make the file and its folder, close both to others; what others may still read.

    SQLite gives the files beside a database the rights of the database. Raises OSError.
    """
    if not path.parent.is_dir():
        make_folder(path.parent)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_FILE))
    return [each for each in _with_sides(path) if not keep_private(each)]


@contextmanager
def writing(target: Path, *, keep_first: bool = False) -> Iterator[Path]:
    """A private empty file beside `target`, to be filled in the block; it takes the name of `target` when it is whole and on the disk.

    Nothing is left behind when the block raises. Raises FileExistsError when `target` is there, OSError. `keep_first`: two that write
    at the same instant keep the same file, the first one's (asks for hard links; without them the second one's stays).
    """
    with scratch(target) as partial:
        yield partial
        _sync(partial)
        _name(partial, target, keep_first)
        _sync_folder(target.parent)


def put(target: Path, content: bytes) -> None:
    """Write a new file, whole and on the disk before it bears its name. Raises FileExistsError when `target` is there, OSError."""
    with writing(target) as partial:
        partial.write_bytes(content)


@contextmanager
def draft(target: Path, text: str) -> Iterator[Path]:
    """`text` as a file beside `target`, to be looked at before it takes its place; gone at the end of the block. Raises OSError."""
    with scratch(target) as partial:
        partial.write_text(text, "utf-8")
        yield partial


def keep_and_replace(target: Path, text: str, kept: Path) -> None:
    """Write `target` again, whole or not at all; what stood in it is kept as `kept`, over an earlier one.

    Raises OSError.
    """
    with scratch(kept) as partial:
        shutil.copyfile(target, partial)
        _sync(partial)
        partial.replace(kept)
    _replace_text(target, text)


def put_back(kept: Path, target: Path) -> None:
    """Give what was kept the name of `target` again, in one step. Raises OSError."""
    kept.replace(target)
    _sync_folder(target.parent)


@contextmanager
def scratch(target: Path) -> Iterator[Path]:
    """A private empty file beside `target`, gone at the end of the block, with what SQLite put beside it. Raises OSError."""
    if not target.parent.is_dir():
        make_folder(target.parent)
    partial = target.with_name(f"{target.name}.{_PARTIAL}{os.getpid()}-{time.monotonic_ns()}")
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_FILE))
    try:
        yield partial
    finally:
        for each in _with_sides(partial):
            remove(each)


def take_place(partial: Path, database: Path) -> None:
    """Give a whole database, `partial`, the name of another that cannot be read any more, in one step. Raises OSError.

    What SQLite left beside the old one goes first: a log of the old database would be laid over the new one.
    """
    _sync(partial)
    for side in DATABASE_SIDES:
        database.with_name(database.name + side).unlink(missing_ok=True)
    partial.replace(database)
    _sync_folder(database.parent)


def keep_aside(database: Path, to: Path) -> Path:
    """Copy the bytes of a database that cannot be read, and of what stands beside it, to the new file `to`. Raises OSError."""
    for from_, kept in zip(_with_sides(database), _with_sides(to), strict=True):
        if from_.is_file() and from_.stat().st_size and not from_.name.endswith(_SHARED_MEMORY):
            with writing(kept) as partial:
                shutil.copyfile(from_, partial)
    return to


def _name(partial: Path, target: Path, keep_first: bool) -> None:
    if target.exists():
        raise FileExistsError(target)
    if keep_first:
        with suppress(PermissionError, NotImplementedError):
            os.link(partial, target)
            return
    partial.replace(target)


def _replace_text(path: Path, text: str) -> None:
    """Write a small file of ours again, whole or not at all."""
    with scratch(path) as partial:
        partial.write_text(text, "utf-8")
        _sync(partial)
        partial.replace(path)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def remove_sides(database: Path) -> None:
    """Remove what SQLite left beside a database that nobody has open."""
    for side in DATABASE_SIDES:
        remove(database.with_name(database.name + side))


def remove(path: Path) -> None:
    """Remove a file, if it is there and the disk lets it go."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _spool(content: BinaryIO, to: Path, tell: Callable[[int], None]) -> tuple[int, str]:
    """Copy `content` into the new private file `to`, by blocks: its size and SHA-256. Nothing is left behind when something raises."""
    digest, size = hashlib.sha256(), 0
    handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_FILE)
    try:
        with os.fdopen(handle, "wb") as file:
            while block := content.read(_BLOCK):
                digest.update(block)
                size += len(block)
                file.write(block)
                tell(size)
            file.flush()
            os.fsync(handle)
    except BaseException:
        remove(to)
        raise
    return size, digest.hexdigest()


def _with_sides(path: Path) -> list[Path]:
    return [path, *(path.with_name(path.name + side) for side in DATABASE_SIDES)]


def _below(folder: Path) -> list[Path]:
    """Everything in a folder of ours, never past a link."""
    return [
        Path(at) / name
        for at, folders, files in os.walk(folder, followlinks=False)
        for name in (*folders, *files)
    ]


def _is_stale(path: Path, seconds: float = _STALE_SECONDS) -> bool:
    return time.time() - path.stat().st_mtime > seconds


def _sync_folder(folder: Path) -> None:
    """The name of a file is on the disk too; where folders cannot be opened, the system sees to it."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
