"""The files by which the application is started, tested and installed, on each system."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from hypothesis import settings

from tests.draws import VARIABLE, draws
from tools import setup_venv

ROOT = Path(__file__).resolve().parents[1]


def pins(name: str) -> dict[str, set[str]]:
    """The locked versions of each package, by name."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if match := re.match(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", line):
            found.setdefault(match[1], set()).add(match[2])
    return found


def declared() -> tuple[set[str], set[str], set[str]]:
    """The package names that pyproject.toml asks for: to run, to reach PostgreSQL, to develop."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    def names(lines: list[str]) -> set[str]:
        return {re.split(r"[<>=!\[; ]", line)[0].lower() for line in lines}

    driver = project["project"]["optional-dependencies"]["postgresql"]
    return (
        names(project["project"]["dependencies"]),
        names(driver),
        names(project["dependency-groups"]["dev"]),
    )


def test_locks_hold_what_is_declared_and_agree() -> None:
    run, driver, dev = declared()
    lists = ("requirements.txt", "requirements-postgresql.txt", "requirements-dev.txt")
    locked, with_driver, locked_dev = (pins(name) for name in lists)
    assert run <= locked.keys()
    assert run | driver <= with_driver.keys()
    assert run | driver | dev <= locked_dev.keys()
    assert not driver & locked.keys()
    assert {name: with_driver[name] for name in locked} == locked
    assert {name: locked_dev[name] for name in with_driver} == with_driver


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-postgresql.txt", "requirements-dev.txt"])
def test_locks_carry_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", text[text.index("\n", text.index("make lock")) :].strip())
    assert len(blocks) > 40
    assert [block.split("\n")[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_no_file_of_data_is_ignored() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    files = [
        str(file.relative_to(ROOT))
        for file in (ROOT / "data").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    ]
    assert files
    ignored = subprocess.run(
        ["git", "check-ignore", "--stdin"],
        cwd=ROOT,
        input="\n".join([*files, "data/local/x.csv", "data/store/new.py", "data/imports/local.py"]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ignored.stdout == ""


def test_ignore_rules_are_anchored() -> None:
    rules = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    folders = [rule for rule in rules if rule.endswith("/") and rule != "__pycache__/"]
    assert "/local/" in folders
    assert "/.venv/" in folders
    assert all(rule.startswith("/") for rule in folders), folders


@pytest.mark.parametrize("name", ["demarrer.cmd", "make.cmd", "deploy/windows/demarrage-automatique.cmd"])
def test_windows_files_are_windows_files(name: str) -> None:
    raw = (ROOT / name).read_bytes()
    assert b"\r\n" in raw
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert not raw.startswith(b"\xef\xbb\xbf"), "a byte order mark breaks the first command"
    text = raw.decode("utf-8")
    assert text.startswith("@echo off")
    for foreign in ("#!/", "$(", "${", "bin/python", "&& \\", "export ", "apt-get"):
        assert foreign not in text
    labels = set(re.findall(r"^:(\w+)", text, re.MULTILINE))
    assert set(re.findall(r"goto (\w+)", text)) <= labels
    for path in re.findall(r"(?:tools\\\w+\.py|requirements[\w-]*\.txt)", text):
        assert (ROOT / path.replace("\\", "/")).is_file()


def test_windows_start_file_serves_the_application_and_asks_for_a_recent_python() -> None:
    text = (ROOT / "demarrer.cmd").read_text("utf-8")
    assert r".venv\Scripts\python.exe -m streamlit run app.py" in text
    assert "sys.version_info < (3, 11)" in text
    assert "pause" in text, "the window would close before the message is read"


def test_continuous_integration_calls_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert re.findall(r"make \w+", script.read_text("utf-8")) == ["make test"]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_what_make_starts_may_keep_what_it_has_compiled(tmp_path: Path) -> None:
    asks = tmp_path / "asks.mk"
    asks.write_text('asks:\n\t@echo "[$$PYTHONDONTWRITEBYTECODE]"\n')
    answer = subprocess.run(
        [
            "make",
            "--no-print-directory",
            "-f",
            "Makefile",
            "-f",
            str(asks),
            "asks",
            f"PYTHON={sys.executable}",
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "[]"


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_knows_its_commands() -> None:
    for target in ("run", "test", "test-long", "quick", "coverage", "lock", "bench", "reference"):
        plan = subprocess.run(
            ["make", "--dry-run", target, f"PYTHON={sys.executable}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert plan.returncode == 0, plan.stderr
    assert (
        "streamlit run app.py --server.port 8501"
        in subprocess.run(
            ["make", "-n", "run", f"PYTHON={sys.executable}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize(
    ("fails", "passes"), [("nothing", True), ("ruff", False), ("mypy", False), ("pytest", False)]
)
def test_make_quick_fails_with_each_of_its_parts(tmp_path: Path, fails: str, passes: bool) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho "ran $2"\n[ "$2" != {fails} ]\n', encoding="utf-8")
    python.chmod(0o755)
    done = subprocess.run(
        ["make", "quick", f"PY={python}", "PYTHON=true"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) is passes, done.stdout + done.stderr
    parts = {"ruff"} if fails == "ruff" else {"ruff", "mypy", "pytest"}
    assert set(re.findall(r"ran (\w+)", done.stdout)) == parts


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize(
    ("processes", "wanted"),
    [("1", "streamlit run app.py --server.port 8501"), ("4", 'tools.processes 8501 "4"')],
)
def test_make_serves_by_as_many_processes_as_asked(processes: str, wanted: str) -> None:
    plan = subprocess.run(
        ["make", "-n", "run", f"PYTHON={sys.executable}"], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "PROCESSES": processes},
    )  # fmt: skip
    assert wanted in plan.stdout


@pytest.mark.parametrize(
    ("asked", "address", "taken"),
    [
        ("requirements.txt", "", "requirements.txt"),
        ("requirements.txt", "sqlite:////srv/zevillage.db", "requirements.txt"),
        ("requirements.txt", "postgresql://zevillage@serveur/zevillage", "requirements-postgresql.txt"),
        ("requirements.txt", " POSTGRES://serveur/zevillage", "requirements-postgresql.txt"),
        ("requirements-dev.txt", "postgresql://serveur/zevillage", "requirements-dev.txt"),
    ],
)
def test_the_driver_of_postgresql_is_installed_when_the_address_asks_for_it(
    asked: str, address: str, taken: str
) -> None:
    assert setup_venv.list_of(asked, address) == taken
    assert (ROOT / taken).is_file()


def test_the_application_is_compiled_with_its_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # as the units and the image have it
    for name in setup_venv.CODE:
        file = tmp_path / name if name.endswith(".py") else tmp_path / name / "part" / "one.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("ONE = 1\n")
        assert (ROOT / name).exists()
    assert setup_venv.compile_code(sys.executable, str(tmp_path))
    modules = list(tmp_path.rglob("*.py"))
    assert len(modules) == len(setup_venv.CODE)
    assert [p for p in modules if not Path(cache_from_source(str(p))).exists()] == []


def test_too_old_a_python_is_told_so_in_both_languages() -> None:
    source = (ROOT / "tools" / "setup_venv.py").read_text("utf-8")
    code = (
        "import sys; sys.argv = ['setup_venv.py', 'requirements.txt']; sys.version_info = (3, 9, 2)\n"
        + source
    )
    result = subprocess.run(
        [sys.executable, "-c", code.replace("__file__", repr(str(ROOT / "tools" / "setup_venv.py")))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "a besoin de Python 3.11" in result.stderr
    assert "needs Python 3.11" in result.stderr


def test_server_listens_on_this_machine_only_and_tells_nobody() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["enableXsrfProtection"] is True
    assert config["server"]["enableCORS"] is True
    assert config["server"]["maxUploadSize"] <= 200
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["toolbarMode"] == "minimal"
    assert "http" not in str(config["theme"])


def _luminance(color: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_theme_has_the_contrast_of_wcag_aa() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    for back in ("backgroundColor", "secondaryBackgroundColor"):
        for front in ("textColor", "primaryColor", "linkColor"):
            light, dark = _luminance(theme[back]), _luminance(theme[front])
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (front, back)


def test_every_setting_is_told_and_none_is_that_nobody_reads() -> None:
    name = re.compile(r"ZEVILLAGE_[A-Z_]*[A-Z]\b")
    read = {
        found
        for room in ("data", "ui")
        for file in sorted((ROOT / room).rglob("*.py"))
        for found in name.findall(file.read_text("utf-8"))
    }
    readme = (ROOT / "README.md").read_text("utf-8")
    guides = "\n".join(file.read_text("utf-8") for file in sorted((ROOT / "docs").glob("*.md")))
    assert len(read) > 15
    assert read - set(name.findall(readme + guides)) == set()
    table = readme[readme.index("## Settings") : readme.index("## Another territory")]
    assert set(name.findall(table)) - read == set()


def test_only_make_quick_draws_fewer_random_cases() -> None:
    assert [draws(every, quick=False) for every in (1, 6, 100)] == [1, 6, 100]
    assert [draws(every, quick=True) for every in (1, 6, 100)] == [1, 1, 25]
    now = 25 if os.environ.get(VARIABLE) == "quick" else 100
    assert settings.default is not None and settings.default.max_examples == draws(100) == now
    ci = os.environ.get("CI") is not None  # where Hypothesis by itself draws the same cases each time
    assert settings.default.derandomize is ci  # fewer draws, not the same ones each time
    texts = [(ROOT / name).read_text("utf-8") for name in ("Makefile", ".ci/run", "pyproject.toml")]
    assert [line for text in texts for line in text.splitlines() if VARIABLE in line] == [
        f"quick: export {VARIABLE} = quick"
    ]
