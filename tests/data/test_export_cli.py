"""`python -m data export`: once as its user runs it, then by its `main`, which is what that process runs."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from data.__main__ import main
from data.catalogue import load_catalogue
from data.packs import SHIPPED

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: bytes
    errors: str


Run = Callable[..., Said]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """`run("export", …)` in this process."""
    monkeypatch.setenv("ZEVILLAGE_HOME", str(home))

    def run_(*arguments: str) -> Said:
        try:
            code = main(arguments)
        except SystemExit as left:
            code = int(left.code or 0)
        out, errors = capsysbinary.readouterr()
        return Said(code, out, errors.decode())

    return run_


def table(result: Said) -> pd.DataFrame:
    assert result.code == 0, result.errors
    return pd.read_csv(io.BytesIO(result.out), sep=";", dtype=str, keep_default_na=False)


def test_the_command_as_its_user_runs_it(home: Path, run: Run) -> None:
    command = ("export", "--date", "2026-05-12")
    env = {**os.environ, "ZEVILLAGE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "data", *command], cwd=ROOT, env=env, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == run(*command).out


def test_the_whole_table_holds_every_indicator_and_only_three_statuses(run: Run) -> None:
    everything = table(run("export", "--date", "2026-05-12"))
    assert list(everything.columns) == ["commune", "indicator", "period", "value", "status", "unit", "source"]
    assert set(everything["indicator"]) == set(load_catalogue().indicators)
    assert set(everything["status"]) == {"observed", "suppressed", "missing"}
    assert (everything["value"].ne("") == everything["status"].eq("observed")).all()
    assert not everything.duplicated(["commune", "indicator", "period"]).any()


def test_published_values_leave_as_they_were_published(run: Run) -> None:
    exported = table(run("export", "--indicator", "vacant_dwellings", "--date", "2026-05-12")).set_index(
        "commune"
    )["value"]
    published = pd.read_csv(SHIPPED.figures / "insee_comparateur_rp2022.csv", sep=";", dtype=str).set_index(
        "CODGEO"
    )["P22_LOGVAC"]
    assert {c: float(v) for c, v in exported.items()} == {c: float(v) for c, v in published.items()}


def test_the_public_gets_no_small_count_of_members_and_the_mark_of_the_demonstration(run: Run) -> None:
    public = table(run("export", "--indicator", "members", "--date", "2026-05-12"))
    assert set(public["status"]) == {"suppressed"}
    assert public["source"].str.endswith("démonstration").all()
    known = table(run("export", "--indicator", "members", "--audience", "animateur", "--date", "2026-05-12"))
    assert set(known["status"]) == {"observed"}


def test_parquet_holds_the_same_rows(run: Run) -> None:
    result = run("export", "--indicator", "lovac_stock", "--format", "parquet", "--date", "2026-05-12")
    frame = pd.read_parquet(io.BytesIO(result.out))
    assert frame["status"].value_counts().to_dict() == {"suppressed": 12, "observed": 8}
    assert frame["value"].sum() == 2135


def test_an_unknown_indicator_or_word_is_misuse(run: Run) -> None:
    refused = run("export", "--indicator", "vacance", "--date", "2026-05-12")
    assert refused.code == 2 and "vacancy_rate" in refused.errors and not refused.out
    assert run("export", "--audience", "tous").code == 2


def test_a_refused_territory_is_said_with_its_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = tmp_path / "bad.toml"
    good = SHIPPED.territory.read_text(encoding="utf-8")
    bad.write_text(good.replace('code = "61013"', "code = 61013", 1), encoding="utf-8")
    monkeypatch.setenv("ZEVILLAGE_TERRITORY", str(bad))
    refused = run("export")
    assert refused.code == 1 and "ligne" in refused.errors and not refused.out
