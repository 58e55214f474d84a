"""One version, declared in `pyproject.toml`: the command lines, the screens and the changelog all say it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import data.__main__
import data.access.__main__
import data.demo.__main__
import data.imports.__main__
import data.reference.build
import data.store.__main__
from data.version import version, version_line
from ui.server import plain

ROOT = Path(__file__).resolve().parents[1]
COMMANDS: tuple[Callable[[list[str]], int], ...] = (
    data.__main__.main,
    data.access.__main__.main,
    data.demo.__main__.main,
    data.imports.__main__.main,
    data.reference.build.main,
    data.store.__main__.main,
)


def test_the_version_is_the_declared_one_and_stands_nowhere_else() -> None:
    assert version() == tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version())
    rooms = ("analysis", "benchmarks", "data", "pages", "reports", "static", "tools", "ui")
    written = [
        file.relative_to(ROOT).as_posix()
        for room in rooms
        for file in (ROOT / room).rglob("*.py")
        if re.search(rf"[\"'](v|Zevillage )?{re.escape(version())}[\"']", file.read_text("utf-8"))
    ]
    assert written == []


def test_the_last_release_of_the_changelog_is_this_version_or_older() -> None:
    releases = re.findall(r"^## (\d+\.\d+\.\d+) — \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)  # fmt: skip
    numbers = [tuple(map(int, release.split("."))) for release in releases]
    assert numbers == sorted(numbers, reverse=True) and len(set(numbers)) == len(numbers)
    assert releases[0] == version()


@pytest.mark.parametrize("main", COMMANDS)
def test_every_command_line_says_the_version(
    main: Callable[[list[str]], int], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"Zevillage {version()}\n"


def test_the_version_is_said_from_any_folder(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "data", "--version"],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout == f"Zevillage {version()}\n"


def test_pages_without_the_application_around_them_say_it_too() -> None:
    assert f'<p class="foot">{version_line()}</p></main>' in bytes(plain.page("", "Titre", []).body).decode()
