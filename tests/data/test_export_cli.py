"""`python -m data export`, run as its user runs it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from data.catalogue import load_catalogue
from data.packs import SHIPPED

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "ZEVILLAGE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "data", *arguments], cwd=ROOT, env=env, capture_output=True, check=False
    )


def table(result: subprocess.CompletedProcess[bytes]) -> pd.DataFrame:
    assert result.returncode == 0, result.stderr.decode()
    return pd.read_csv(io.BytesIO(result.stdout), sep=";", dtype=str, keep_default_na=False)


def test_the_whole_table_holds_every_indicator_and_only_three_statuses(home: Path) -> None:
    everything = table(run(home, "export", "--date", "2026-05-12"))
    assert list(everything.columns) == ["commune", "indicator", "period", "value", "status", "unit", "source"]
    assert set(everything["indicator"]) == set(load_catalogue().indicators)
    assert set(everything["status"]) == {"observed", "suppressed", "missing"}
    assert (everything["value"].ne("") == everything["status"].eq("observed")).all()
    assert not everything.duplicated(["commune", "indicator", "period"]).any()


def test_published_values_leave_as_they_were_published(home: Path) -> None:
    exported = table(
        run(home, "export", "--indicator", "vacant_dwellings", "--date", "2026-05-12")
    ).set_index("commune")["value"]
    published = pd.read_csv(SHIPPED.figures / "insee_comparateur_rp2022.csv", sep=";", dtype=str).set_index(
        "CODGEO"
    )["P22_LOGVAC"]
    assert {c: float(v) for c, v in exported.items()} == {c: float(v) for c, v in published.items()}


def test_the_public_gets_no_small_count_of_members_and_the_mark_of_the_demonstration(home: Path) -> None:
    public = table(run(home, "export", "--indicator", "members", "--date", "2026-05-12"))
    assert set(public["status"]) == {"suppressed"}
    assert public["source"].str.endswith("démonstration").all()
    known = table(
        run(home, "export", "--indicator", "members", "--audience", "animateur", "--date", "2026-05-12")
    )
    assert set(known["status"]) == {"observed"}


def test_parquet_holds_the_same_rows(home: Path) -> None:
    result = run(home, "export", "--indicator", "lovac_stock", "--format", "parquet", "--date", "2026-05-12")
    frame = pd.read_parquet(io.BytesIO(result.stdout))
    assert frame["status"].value_counts().to_dict() == {"suppressed": 12, "observed": 8}
    assert frame["value"].sum() == 2135


def test_an_unknown_indicator_or_word_is_misuse(home: Path) -> None:
    refused = run(home, "export", "--indicator", "vacance", "--date", "2026-05-12")
    assert refused.returncode == 2 and "vacancy_rate" in refused.stderr.decode() and not refused.stdout
    assert run(home, "export", "--audience", "tous").returncode == 2


def test_a_refused_territory_is_said_with_its_line(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = tmp_path / "bad.toml"
    good = SHIPPED.territory.read_text(encoding="utf-8")
    bad.write_text(good.replace('code = "61013"', "code = 61013", 1), encoding="utf-8")
    monkeypatch.setenv("ZEVILLAGE_TERRITORY", str(bad))
    refused = run(home, "export")
    assert refused.returncode == 1 and "ligne" in refused.stderr.decode() and not refused.stdout
