"""Copies taken elsewhere: read again after they were written, for their owner alone, and never in the way of the copy of the home."""

from __future__ import annotations

import datetime as dt
import json
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from analysis.model import LOCAL_ACTOR
from data.store import Store, StoreError, elsewhere, open_store, safekeeping
from data.store import files as seam
from data.store.__main__ import main
from data.store.inventory import take
from data.store.restore import restore
from tests.data.conftest import NOW
from tests.data.stores import empty_home
from tests.data.test_files import LINE
from tests.data.test_restore import event, file, hole, readable_by_others

CARRY = "import pathlib, shutil, sys; shutil.copytree(sys.argv[1], sys.argv[2], dirs_exist_ok=True)"
BRING = "import pathlib, shutil, sys; shutil.copy(pathlib.Path(sys.argv[2]) / sys.argv[3], sys.argv[1])"


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


def by_command(to: Path, send: str = CARRY, fetch: str = BRING) -> dict[str, str]:
    """Settings by which copies go to `to` through a program of its own."""
    python, place = shlex.quote(sys.executable), shlex.quote(str(to))
    return {
        "ZEVILLAGE_COPIES_COMMAND": f"{python} -c {shlex.quote(send)} {{dossier}} {place}",
        "ZEVILLAGE_COPIES_FETCH": f"{python} -c {shlex.quote(fetch)} {{dossier}} {place} {{nom}}",
    }


def with_original(store: Store, tmp_path: Path, content: bytes = b"a;b\n1;2\n") -> str:
    given = tmp_path / "given.csv"
    given.write_bytes(content)
    staged, checksum = store.files.stage_original(given, lambda share: None)
    store.files.keep_original(staged, checksum)
    file(store, 1, checksum)
    return checksum


@pytest.mark.parametrize("how", ["folder", "command"])
def test_a_copy_elsewhere_restores_on_another_machine_with_its_files(
    store: Store, tmp_path: Path, usb: Path, how: str
) -> None:
    event(store, "one")
    checksum = with_original(store, tmp_path)
    store.files.append_ledger(LINE)
    path, _ = safekeeping.make(store)
    places = elsewhere.read({"ZEVILLAGE_COPIES_TO": str(usb)} if how == "folder" else by_command(usb))
    (sent,) = elsewhere.send(store, path, places)
    assert (sent.copy, sent.at, sent.error) == (path.name, store.clock(), "")
    assert sent.same_disk is (how == "folder"), "the folders of a test lie on one disk, and that is said"
    assert elsewhere.noted(store.files) == [sent]
    assert readable_by_others(usb) == [] and list((store.home / "backups").glob("envoi-*")) == []
    shutil.rmtree(store.home / "originals")
    done = restore(usb / path.name, tmp_path / "other", clock=lambda: NOW)
    assert (done.after.rows["event"], done.originals_back, done.in_ledger) == (1, 1, 1)
    assert (tmp_path / "other" / "originals" / checksum).read_bytes() == b"a;b\n1;2\n"


def test_an_older_copy_elsewhere_knows_who_was_erased_since(tmp_path: Path, usb: Path) -> None:
    clock = [NOW]
    store = open_store(empty_home(tmp_path / "home"), clock=lambda: clock[0])
    checksum = with_original(store, tmp_path)
    places = elsewhere.read({"ZEVILLAGE_COPIES_TO": str(usb)})
    first, _ = safekeeping.make(store)
    elsewhere.send(store, first, places)
    assert (usb / "originals" / checksum).exists()
    clock[0] += dt.timedelta(days=1)
    store.files.append_ledger(LINE)
    with store.write(LOCAL_ACTOR) as session:
        session.connection.exec_driver_sql("UPDATE import_file SET original_removed_at = '2026'")
    second, _ = safekeeping.make(store)
    elsewhere.send(store, second, places)
    assert not (usb / "originals" / checksum).exists(), "what was removed here on purpose goes there too"
    assert restore(usb / first.name, tmp_path / "other", clock=lambda: clock[0]).in_ledger == 1
    store.close()


def test_copies_of_a_folder_are_rotated_and_other_files_left(tmp_path: Path, usb: Path) -> None:
    clock = [NOW]
    store = open_store(empty_home(tmp_path / "home"), clock=lambda: clock[0])
    (usb / "photo.db").write_bytes(b"no copy of ours")
    for _ in range(12):
        path, _ = safekeeping.make(store)
        elsewhere.send(store, path, elsewhere.read({"ZEVILLAGE_COPIES_TO": str(usb)}))
        clock[0] += dt.timedelta(days=1)
    here = {copy.path.name for copy in safekeeping.copies(store.files)}
    assert {path.name for path in usb.glob("zevillage-*.db")} == here and len(here) < 12
    assert (usb / "photo.db").read_bytes() == b"no copy of ours"
    store.close()


def test_what_fails_is_said_and_the_copy_of_the_home_stays(
    store: Store, tmp_path: Path, usb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event(store, "one")
    path, _ = safekeeping.make(store)

    def refused(environ: dict[str, str]) -> str:
        (sent,) = elsewhere.send(store, path, elsewhere.read(environ))
        assert sent.at is None and take(path).rows["event"] == 1
        assert elsewhere.noted(store.files) == [sent]
        with pytest.raises(elsewhere.NotSent, match=r"^Vers l"):
            elsewhere.send_or_refuse(store, path, elsewhere.read(environ))
        return sent.error

    to = {"ZEVILLAGE_COPIES_TO": str(usb)}
    assert "n’est pas là" in refused({"ZEVILLAGE_COPIES_TO": str(tmp_path / "unplugged")})
    assert not (tmp_path / "unplugged").exists(), (
        "a disk that is not there never becomes a folder of the first disk"
    )
    assert "dans le dossier de Zevillage" in refused({"ZEVILLAGE_COPIES_TO": str(store.home / "backups")})
    with monkeypatch.context() as patch:
        patch.setattr(elsewhere, "others_may_read", lambda path: True)
        assert "umask=077" in refused(to)
    real = seam.shutil.copyfile
    with monkeypatch.context() as patch:  # the disk keeps something else than what was written

        def rot(source: Path, target: Path) -> None:
            real(source, target)
            hole(Path(target))

        patch.setattr(seam.shutil, "copyfile", rot)
        assert "n’est pas ce qui a été écrit" in refused(to)
    with monkeypatch.context() as patch:
        patch.setattr(seam.shutil, "copyfile", full)
        assert "est plein" in refused(to)
    assert list(usb.glob("*.db")) == []
    assert "code 3) : no route to host" in refused(
        by_command(usb, send="import sys; sys.stderr.write('no route to host'); sys.exit(3)")
    )
    assert "n’a pas rapporté" in refused(by_command(usb, fetch="pass"))
    spoils = "import pathlib, sys; pathlib.Path(sys.argv[1], sys.argv[3]).write_bytes(b'SQLite')"
    assert "n’est pas ce qui a été écrit" in refused(by_command(usb, fetch=spoils))
    missing = {name: f"no-such-program {{dossier}} {{nom}} {name}" for name in by_command(usb)}
    assert "n’existe pas sur cette machine" in refused(missing)
    monkeypatch.setattr(elsewhere, "PATIENCE", 0.2)
    assert "n’a pas fini" in refused(by_command(usb, send="import time; time.sleep(60)"))


def full(_source: Path, _target: Path) -> None:
    raise OSError(28, "No space left on device")


def test_no_shell_reads_the_command_and_it_learns_no_secret(
    store: Store, tmp_path: Path, usb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = safekeeping.make(store)
    said = tmp_path / "said.json"
    tell = f"import json, os, sys; open({str(said)!r}, 'w').write(json.dumps([sys.argv[2:], sorted(os.environ)]))"
    environ = by_command(usb, send=CARRY + "; " + tell)
    environ["ZEVILLAGE_COPIES_COMMAND"] += f" '$(touch {tmp_path}/shell)' ; touch {tmp_path}/shell"
    monkeypatch.setenv("ZEVILLAGE_SECRET", "x" * 40)
    monkeypatch.setenv("ZEVILLAGE_DATABASE_URL", "postgresql://a:b@c/d")
    (sent,) = elsewhere.send(store, path, elsewhere.read(environ))
    words, names = json.loads(said.read_text())
    assert sent.error == "" and words[1:] == [f"$(touch {tmp_path}/shell)", ";", "touch", f"{tmp_path}/shell"]
    assert not (tmp_path / "shell").exists()
    assert not {"ZEVILLAGE_SECRET", "ZEVILLAGE_DATABASE_URL"} & set(names)


def test_a_place_that_has_the_copy_is_not_asked_again_and_an_earlier_success_is_remembered(
    tmp_path: Path, usb: Path
) -> None:
    clock = [NOW]
    store = open_store(empty_home(tmp_path / "home"), clock=lambda: clock[0])
    places = elsewhere.read({"ZEVILLAGE_COPIES_TO": str(usb)})
    path, _ = safekeeping.make(store)
    (first,) = elsewhere.send(store, path, places)
    clock[0] += dt.timedelta(days=1)
    assert elsewhere.send(store, path, places) == [first]
    (usb / path.name).unlink()  # somebody emptied the disk
    (again,) = elsewhere.send(store, path, places)
    assert again.at == clock[0] and (usb / path.name).is_file()
    shutil.rmtree(usb)
    newer, _ = safekeeping.make(store)
    (failed,) = elsewhere.send(store, newer, places)
    assert (failed.at, failed.copy) == (clock[0], path.name) and "n’est pas là" in failed.error
    store.files.note_sent("not what we wrote")
    assert elsewhere.noted(store.files) == []
    store.close()


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"ZEVILLAGE_COPIES_TO": "usb/copies"}, "chemin entier"),
        ({"ZEVILLAGE_COPIES_COMMAND": "rsync {dossier}/ h:z/"}, "vont ensemble"),
        ({"ZEVILLAGE_COPIES_FETCH": "rsync h:z/{nom} {dossier}/"}, "vont ensemble"),
        ({"ZEVILLAGE_COPIES_COMMAND": "rsync h:z/", "ZEVILLAGE_COPIES_FETCH": "rsync {nom} {dossier}"}, "{dossier} y manque"),
        ({"ZEVILLAGE_COPIES_COMMAND": "rsync {dossier}", "ZEVILLAGE_COPIES_FETCH": "rsync {dossier}"}, "{nom} y manque"),
        ({"ZEVILLAGE_COPIES_COMMAND": "rsync '{dossier}", "ZEVILLAGE_COPIES_FETCH": "a {nom} {dossier}"}, "guillemet"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_meant_is_refused(environ: dict[str, str], said: str) -> None:
    with pytest.raises(StoreError) as refused:
        elsewhere.read(environ)
    assert said in str(refused.value)
    assert elsewhere.read({}) == ()


def test_the_command_backup_takes_the_copy_elsewhere_and_fails_when_it_cannot(
    tmp_path: Path, usb: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("ZEVILLAGE_HOME", str(empty_home(tmp_path / "home")))
    monkeypatch.setenv("ZEVILLAGE_COPIES_TO", str(usb))
    assert main(["backup"]) == 0
    assert f"Portée vers le dossier {usb} et relue." in capsys.readouterr().out
    usb.rename(tmp_path / "unplugged")
    assert main(["backup"]) == 1
    said = capsys.readouterr().err
    assert "copie vérifiée" in said and "n’a pas pu être portée ailleurs" in said and "n’est pas là" in said
    assert len(list((tmp_path / "home" / "backups").glob("*.db"))) == 2
