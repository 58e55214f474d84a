"""The other files of `deploy/`: systemd takes the units, they keep the promises of the guide, the image has what it needs and no data."""

from __future__ import annotations

import configparser
import importlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from tests.browser.harness import ROOT, free_port
from tests.deploy.conftest import DEPLOY

UNITS = sorted((DEPLOY / "systemd").glob("zevillage*.*"))
GUIDE = ROOT / "docs" / "guide-installation.md"
systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None and os.environ.get("CI", "").lower() not in ("1", "true"),
    reason="systemd is not installed",
)


def placed(folder: Path, files: list[Path], code: str) -> list[str]:
    """The units in `folder`, their interpreter that of the test; the paths."""
    for file in files:
        text = file.read_text("utf-8").replace(f"{code}/.venv/bin/python", sys.executable)
        (folder / file.name).write_text(text, "utf-8")
    return [str(folder / file.name) for file in files]


@systemd
def test_systemd_takes_the_units_of_the_server(tmp_path: Path) -> None:
    assert [unit.name for unit in UNITS] == [
        "zevillage-copie.service", "zevillage-copie.timer", "zevillage-epreuve.service", "zevillage-epreuve.timer",
        "zevillage-matin.service", "zevillage-matin.timer", "zevillage.service",
    ]  # fmt: skip
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *placed(tmp_path, UNITS, "/opt/zevillage")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@systemd
def test_systemd_takes_the_unit_of_a_town_halls_machine(tmp_path: Path) -> None:
    units = placed(tmp_path, [DEPLOY / "poste" / "zevillage.service"], "%h/zevillage")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", *units],
        capture_output=True, text=True, check=False, env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@systemd
def test_the_services_are_closed_by_systemds_own_measure(tmp_path: Path) -> None:
    for unit in (each for each in UNITS if each.suffix == ".service"):
        done = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-300:]


def sections(file: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(file.read_text("utf-8"))
    return parser


def test_what_the_timers_call_exists_and_the_services_share_one_protection() -> None:
    main = sections(DEPLOY / "systemd" / "zevillage.service")["Service"]
    kept = {
        k: v
        for k, v in main.items()
        if k.startswith(("Protect", "Private", "Restrict", "Capab", "UMask", "State", "ReadWrite"))
    }
    assert len(kept) > 15
    for name, calls in (
        ("zevillage-copie", ["data.store backup"]),
        ("zevillage-epreuve", ["data.store check", "data.store rehearse"]),
        ("zevillage-matin", ["data.privacy daily", "data.applications digest"]),
    ):
        service = DEPLOY / "systemd" / f"{name}.service"
        assert kept.items() <= dict(sections(service)["Service"]).items()
        assert re.findall(r"^ExecStart=\S+ -m (.+)$", service.read_text("utf-8"), re.MULTILINE) == calls
        assert sections(DEPLOY / "systemd" / f"{name}.timer")["Timer"]["Persistent"] == "true"
        for call in calls:
            module, *words = call.split()
            with pytest.raises(SystemExit) as left:
                importlib.import_module(f"{module}.__main__").main([*words, "--help"])
            assert left.value.code == 0, call


def test_the_command_of_the_server_reads_the_settings_as_systemd_does(tmp_path: Path) -> None:
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("asks for root and setpriv")
    code = tmp_path / "code"
    (code / ".venv" / "bin").mkdir(parents=True)
    (code / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (code / "told.py").write_text(
        "import os, sys\nprint(sys.argv[1:], os.getuid(), os.getcwd(), oct(os.umask(0)),"
        " *[os.environ.get(n) for n in ('ZEVILLAGE_HOME', 'A', 'B', 'C')], sep='|')\n"
    )
    settings = tmp_path / "zevillage.env"
    settings.write_text(f'# comment\n\nA="rsync -a {{dossier}}/ h:z/"\nB=$(touch {tmp_path}/shell)\nC=a=b\n')
    done = subprocess.run(
        [DEPLOY / "zevillage", "told", "un", "deux mots"], capture_output=True, text=True, check=False,
        env={
            "PATH": os.environ["PATH"], "ZEVILLAGE_CODE": str(code), "ZEVILLAGE_ENV": str(settings), "ZEVILLAGE_COMPTE": "root",
            "ZEVILLAGE_DONNEES": str(tmp_path),
        },
    )  # fmt: skip
    assert done.stdout.strip() == "|".join(
        [
            "['un', 'deux mots']",
            "0",
            str(code),
            "0o77",
            str(tmp_path),
            "rsync -a {dossier}/ h:z/",
            f"$(touch {tmp_path}/shell)",
            "a=b",
        ]
    ), done.stderr
    assert not (tmp_path / "shell").exists()


def test_the_shipped_settings_are_settings_of_the_application() -> None:
    names = re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "zevillage.env").read_text("utf-8"), re.MULTILINE)
    readme = (ROOT / "README.md").read_text("utf-8")
    own = [name for name in names if name.startswith("ZEVILLAGE_")]
    assert len(own) > 6 and [name for name in own if f"`{name}`" not in readme] == []
    from streamlit import config

    upper = re.compile("([A-Z])")
    options = {
        "STREAMLIT_" + upper.sub(r"_\1", key).replace(".", "_").upper() for key in config.get_config_options()
    }
    assert [name for name in names if not name.startswith("ZEVILLAGE_") and name not in options] == []


def test_the_guide_names_every_file_and_no_other() -> None:
    guide = GUIDE.read_text("utf-8")
    files = {path.relative_to(ROOT).as_posix() for path in DEPLOY.rglob("*") if path.is_file()}
    named = set(re.findall(r"deploy/[\w./-]*\w", guide))
    assert files - named == set()
    assert [name for name in named if not (ROOT / name).exists()] == []


def listens(port: int) -> bool:
    """Whether somebody answers at a port of this machine."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def test_the_image_has_what_the_application_needs_and_no_data(tmp_path: Path) -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    pairs = [line.split()[1:] for line in text.splitlines() if line.startswith("COPY")]
    image = tmp_path / "app"
    for *sources, to in pairs:
        for source in sources:
            for path in ROOT.glob(source):
                target = image / to / path.name if to.endswith("/") else image / to
                target.parent.mkdir(parents=True, exist_ok=True)
                if path.is_dir():
                    shutil.copytree(path, target, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(path, target)
    compiles = re.search(r"^RUN python (-m compileall .+)$", text, re.MULTILINE)
    assert compiles and text.index(compiles[0]) > text.rindex("COPY")
    subprocess.run([sys.executable, *compiles[1].split()], cwd=image, check=True)
    modules = list(image.rglob("*.py"))
    assert len(modules) > 300 and [p for p in modules if not Path(cache_from_source(str(p))).exists()] == []
    assert not (image / "local").exists() and not (image / ".streamlit" / "secrets.toml").exists()
    assert not any(source in (".", "./") for *sources, _ in pairs for source in sources)
    command = re.search(r"^CMD (\[.+\])$", text, re.MULTILINE)
    assert command and command[1] == '["python", "-m", "streamlit", "run", "app.py"]'
    variables = dict(re.findall(r"(\w+)=(\S+)", text[text.index("ENV ") : text.index("VOLUME")]))
    port = free_port()
    variables |= {
        "ZEVILLAGE_HOME": str(tmp_path / "data"),
        "HOME": str(tmp_path / "data"),
        "STREAMLIT_SERVER_PORT": str(port),
    }
    variables |= {"STREAMLIT_SERVER_ADDRESS": "127.0.0.1", "MPLCONFIGDIR": str(tmp_path / "mpl")}
    (tmp_path / "data").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py"], cwd=image, env={"PATH": os.environ["PATH"], **variables},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        check = re.search(r'CMD \["python", "-c", "(.+)"\]', text)
        assert check
        code = check[1].replace("8501", str(port))
        until = time.monotonic() + 120
        while process.poll() is None and time.monotonic() < until and not listens(port):
            time.sleep(0.1)
        while True:
            healthy = subprocess.run(
                [sys.executable, "-c", code],
                env={"PATH": os.environ["PATH"]},
                capture_output=True,
                check=False,
            )
            if healthy.returncode == 0 or process.poll() is not None or time.monotonic() > until:
                break
        assert healthy.returncode == 0, (
            process.communicate()[0] if process.poll() is not None else "no answer"
        )
    finally:
        process.terminate()
        process.communicate()
