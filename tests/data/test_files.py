"""The seam of files: every place of the home is listed, for its owner alone, whole or not there, and nobody else opens files in it."""

from __future__ import annotations

import ast
import hashlib
import io
import os
import resource
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data.access import AccessError, server_secret
from data.packs.make import of_communes, write
from data.store import StoreError, open_store
from data.store.files import DATABASE_SIDES, LEDGER, PLACES, SECRET, Files
from tests.data.conftest import NOW

ROOT = Path(__file__).resolve().parents[2]
SEAM = "data/store/files.py"
LINE = '{"person": "0", "at": "2026-05-12T08:00:00.000Z", "actor": "local", "reason": "request"}\n'


@contextmanager
def umask(value: int) -> Iterator[None]:
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def disk_full_at(size: int) -> Iterator[None]:
    """The system lets no file grow beyond `size` bytes: it stops in the middle of a write, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def everything(home: Path) -> list[Path]:
    return sorted(home.rglob("*"))


def live(home: Path) -> None:
    """Everything that makes a file happens in a home: a store, an import, an upload left, an erasure, copies, a secret, a pack."""
    store = open_store(home, clock=lambda: NOW)
    given = home.parent / "given.csv"
    given.write_bytes(b"a;b\n1;2\n")
    staged, checksum = store.files.stage_original(given, lambda share: None)
    store.files.keep_original(staged, checksum)
    store.files.keep_paper(b"%PDF-")
    store.files.append_ledger(LINE)
    store.files.unscrubbed = True
    store.backup(store.files.backup("zevillage-essai"))
    server_secret(store.files, {})
    made = store.files.pack("essai")
    if not made.exists():
        write(of_communes(["61258"], "Essai"), made, 2026)
    left = store.files.take_upload(io.BytesIO(b"x")).path.parent
    (left.parent / "import-left").mkdir(exist_ok=True)
    (left.parent / "import-left" / "fichier").write_bytes(b"x")
    with store.files.download("essai", "essai.csv").taking(0, "{}") as take:
        take(b"x")
    with store.read() as session:  # the files beside the database are there while it is open
        session.revision()
    store.close()


def readable_by_others(home: Path) -> list[str]:
    found = [path for path in everything(home) if path.lstat().st_mode & 0o077]
    return [str(path.relative_to(home)) for path in found]


def test_a_new_home_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    with umask(0):
        live(tmp_path / "home")
        store = open_store(tmp_path / "home", clock=lambda: NOW)
        with store.read() as session:
            session.revision()
            assert {path.name for path in everything(tmp_path / "home")} >= {
                "zevillage.db",
                "zevillage.db-wal",
            }
            # What a killed server left is closed at the next start, however it was made.
            assert readable_by_others(tmp_path / "home") == []
        assert store.exposed == ()
        store.close()
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_a_home_that_existed_before_is_closed_too(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o755)
    live(home)
    for path in everything(home):
        path.chmod(0o777 if path.is_dir() else 0o666)
    (home / "autre.txt").write_text("not ours")
    (home / "autre.txt").chmod(0o644)
    outside = tmp_path / "outside"
    outside.write_text("not ours")
    outside.chmod(0o644)
    (home / "originals" / "link").symlink_to(outside)
    open_store(home, clock=lambda: NOW).close()
    open_ = [name for name in readable_by_others(home) if not (home / name).is_symlink()]
    assert open_ == ["autre.txt"]  # only what is ours
    assert (
        stat.S_IMODE(home.stat().st_mode) == 0o755
    )  # the folder was there: its own rights are its owner's affair
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644


def test_a_database_elsewhere_is_closed_and_its_folder_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    elsewhere.chmod(0o755)
    monkeypatch.setenv("ZEVILLAGE_HOME", str(tmp_path / "home"))
    with umask(0):
        store = open_store(url=f"sqlite:///{elsewhere}/x.db", clock=lambda: NOW)
        with store.read() as session:
            session.revision()
            assert readable_by_others(elsewhere) == []
        store.backup(store.files.backup("zevillage-essai"))
        store.close()
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o755
    assert readable_by_others(tmp_path / "home") == []


def test_everything_in_a_home_is_listed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    live(home)
    listed = {place.name for place in PLACES} | {f"zevillage.db{side}" for side in DATABASE_SIDES}
    assert {path.name for path in home.iterdir()} <= listed
    folders = {place.name for place in PLACES if place.folder}
    assert {path.name for path in home.iterdir() if path.is_dir()} == folders
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert [place.name for place in PLACES if f"`{place.name}" not in page] == []


# -- whole or not there


def take_big(files: Files) -> None:
    files.take_upload(io.BytesIO(b"x" * 50_000))


def stage_big(files: Files) -> None:
    given = files.folder.parent / "given"
    files.stage_original(given, lambda share: None)


def copy_database(files: Files) -> None:
    store = open_store(files.folder.parent / "other", clock=lambda: NOW)
    try:
        with disk_full_at(20_000):
            store.backup(files.backup("zevillage-essai"))
    finally:
        store.close()


def keep_big_paper(files: Files) -> None:
    files.keep_paper(b"x" * 50_000)


@pytest.mark.parametrize("write", [take_big, stage_big, keep_big_paper, copy_database])
def test_a_full_disk_leaves_no_half_file(tmp_path: Path, write: Callable[[Files], None]) -> None:
    files = Files(tmp_path / "home")
    (tmp_path / "given").write_bytes(b"x" * 50_000)
    if write is copy_database:
        with pytest.raises(StoreError):
            write(files)
    else:
        with disk_full_at(20_000), pytest.raises(OSError, match="File too large"):
            write(files)
    assert [path for path in everything(files.folder) if path.is_file()] == []


def test_a_full_disk_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.append_ledger(LINE)
    with disk_full_at(len(LINE) + 20), pytest.raises(OSError, match="File too large"):
        files.append_ledger(LINE)
    assert files.read_ledger() == [LINE.strip()]
    files.append_ledger(LINE)
    assert len(files.read_ledger()) == 2


def test_a_full_disk_leaves_no_half_secret(tmp_path: Path) -> None:
    files = Files(tmp_path)
    with disk_full_at(10), pytest.raises(AccessError, match=SECRET.name):
        server_secret(files, {})
    assert everything(tmp_path) == []
    assert len(server_secret(files, {})) > 60


def test_those_who_need_a_secret_at_the_same_time_read_the_same_one(tmp_path: Path) -> None:
    found: list[str] = []
    gate = threading.Barrier(8)

    def ask() -> None:
        gate.wait()
        found.append(server_secret(Files(tmp_path), {}))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 8 and len(set(found)) == 1
    assert [path.name for path in everything(tmp_path)] == [SECRET.name]


def test_what_is_copied_is_what_was_read(tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    upload = Files(tmp_path).take_upload(io.BytesIO(content))
    assert (upload.size, upload.checksum) == (len(content), hashlib.sha256(content).hexdigest())
    assert upload.path.read_bytes() == content
    upload.remove()
    assert not upload.path.exists()


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".x", "a.b", "é", "a\0", "-x", "A" * 64])
def test_no_name_leads_out_of_its_place(tmp_path: Path, name: str) -> None:
    files = Files(tmp_path)
    with pytest.raises(ValueError, match="not a SHA-256"):
        files.original(name)
    if not name.startswith("A"):
        with pytest.raises(ValueError, match="not a name"):
            files.backup(name)


# -- nobody else

WRITING = {
    "mkdir", "makedirs", "chmod", "touch", "unlink", "rmdir", "rmtree", "write_bytes", "write_text", "mkstemp", "mkdtemp",
    "NamedTemporaryFile", "TemporaryFile", "TemporaryDirectory", "SpooledTemporaryFile", "copyfile", "copytree", "symlink_to",
    "hardlink_to",
}  # fmt: skip
OUTSIDE_THE_HOME = {
    "data/reference/build.py": "builds the reference tables that are shipped with the code",
    "data/terminal.py": "gives the command line a place to write to when its reader is gone",
}


def trespasses(source: str) -> list[str]:
    """What a source does with files that is the seam's affair: names of places, paths in the home, calls that make or remove files."""
    names = {place.name for place in PLACES}
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and node.value in names:
            found.append(f"{node.lineno} names {node.value}")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            left = node.left
            while isinstance(left, ast.BinOp):
                left = left.left
            if getattr(left, "attr", getattr(left, "id", "")) in {"home", "folder"}:
                found.append(f"{node.lineno} builds a path in the home")
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            owner = getattr(getattr(node.func, "value", None), "id", "")
            modes = [
                a.value
                for a in (*node.args, *(k.value for k in node.keywords))
                if isinstance(a, ast.Constant)
            ]
            opens = name == "open" and any(
                isinstance(m, str) and set(m) & set("wax+") and len(m) < 4 for m in modes
            )
            if (
                name in WRITING
                or opens
                or (owner == "os" and name in {"open", "replace", "rename", "remove", "link"})
            ):
                found.append(f"{node.lineno} calls {name}")
    return found


def test_no_other_module_builds_paths_in_the_home_or_makes_files() -> None:
    others = [
        file
        for room in ("data", "ui", "pages", "reports")
        for file in sorted((ROOT / room).rglob("*.py"))
        if file.relative_to(ROOT).as_posix() not in {SEAM, *OUTSIDE_THE_HOME}
    ]
    assert len(others) > 150
    wrong = {
        file.relative_to(ROOT).as_posix(): found
        for file in others
        if (found := trespasses(file.read_text("utf-8")))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    "source",
    [
        'path = store.home / "x"',
        'path = files.folder / "a" / "b"',
        'folder = root / "originals"',
        'SECRET = "secret.key"',
        "os.open(path, flags)",
        "path.mkdir()",
        'path.open("wb")',
        'open(path, mode="a")',
        "tempfile.mkstemp()",
        "os.replace(a, b)",
    ],
)
def test_the_reader_of_sources_sees_what_is_the_seams_affair(source: str) -> None:
    assert trespasses(source) != []


def test_the_seam_alone_is_found_by_that_reader() -> None:
    assert len(trespasses((ROOT / SEAM).read_text("utf-8"))) > 20
    assert LEDGER in PLACES
