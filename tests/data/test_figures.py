"""Shipped figures: what cannot be trusted stops the start with file, line, column and value."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from data.catalogue import load_catalogue
from data.community import complements, telecentres
from data.figures import CLOSURE_FILE, FiguresError, load_copper_closure, load_figures, load_milestones
from data.packs import SHIPPED

CODES = set(pd.read_csv(SHIPPED.figures / "communes.csv", sep=";", dtype=str)["code_insee"])
INDICATORS = load_catalogue().indicators


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for file in SHIPPED.figures.glob("*.csv"):
        shutil.copy(file, tmp_path)
    return tmp_path


def change(directory: Path, name: str, old: str, new: str) -> None:
    path = directory / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_values_are_stored_as_published() -> None:
    frame = load_figures(CODES, INDICATORS).frame.set_index(["indicator", "commune", "period"])
    assert frame.loc[("dwellings", "61026", "2022"), "value"] == 119.038918311667
    assert frame.loc[("share_30m", "61068", "2019-09-30"), "value"] == 0.9  # 100 − 99.1, exactly
    assert frame.loc[("lovac_stock", "61013", "2024"), "status"] == "suppressed"
    assert frame.loc[("house_price", "61013", "2021"), "status"] == "missing"


def test_the_checksum_follows_the_files(copy: Path) -> None:
    assert load_figures(CODES, INDICATORS, copy).checksum == load_figures(CODES, INDICATORS).checksum
    change(copy, "communes.csv", ";138\n", ";139\n")
    assert load_figures(CODES, INDICATORS, copy).checksum != load_figures(CODES, INDICATORS).checksum


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "column", "value"),
    [
        ("communes.csv", "61026;Barville", "61170;Barville", 3, "code_insee", "61170"),
        ("communes.csv", "61026;Barville", "6102;Barville", 3, "code_insee", "6102"),
        ("communes.csv", "61026;Barville", "61013;Barville", 3, "code_insee", "61013"),
        ("communes.csv", ";193\n", ";beaucoup\n", 3, "population_municipale", "beaucoup"),
        ("communes.csv", ";193\n", ";NaN\n", 3, "population_municipale", "NaN"),
        ("communes.csv", ";193\n", ";\n", 3, "population_municipale", ""),
        ("lovac_2025.csv", "284;28;15", "284;x;15", 7, "pp_vacant_25", "x"),
        ("dvf_maisons_2021_2025.csv", "61013;2022;3;", "61013;2021;3;", 3, "code_commune", "61013"),
    ],
)
def test_a_bad_cell_is_named(
    copy: Path, name: str, old: str, new: str, line: int, column: str, value: str
) -> None:
    change(copy, name, old, new)
    with pytest.raises(FiguresError) as refusal:
        load_figures(CODES, INDICATORS, copy)
    error = refusal.value
    assert (error.file, error.line, error.column, error.value) == (name, line, column, value)
    assert f"ligne {line}" in str(error) and name in str(error)


def test_a_missing_column_and_a_short_line_are_named(copy: Path) -> None:
    change(copy, "lovac_2025.csv", "61026;Barville;s;s;s", "61026;Barville;s;s")
    with pytest.raises(FiguresError, match=r"ligne 3.*4 cellules au lieu de 5"):
        load_figures(CODES, INDICATORS, copy)
    change(copy, "lovac_2025.csv", "pp_total_24", "pp_total")
    with pytest.raises(FiguresError, match="pp_total_24"):
        load_figures(CODES, INDICATORS, copy)


def test_milestones_keep_their_source() -> None:
    milestones = load_milestones()
    assert len(milestones) == 10 and list(milestones["date"]) == sorted(milestones["date"])
    assert milestones["producer"].ne("").all()
    le_monde = milestones[milestones["producer"].str.startswith("Le Monde")]
    assert list(le_monde["value"]) == [150.0, 6.0]


def test_a_pack_without_files_tells_nothing_of_another_one(tmp_path: Path) -> None:
    assert load_figures(CODES, INDICATORS, tmp_path).frame.empty
    assert load_milestones(tmp_path / "milestones.csv").empty
    assert load_copper_closure(CODES, tmp_path / CLOSURE_FILE) == {}
    assert telecentres(tmp_path / "telecentres.csv").empty and complements(tmp_path / "trades.toml") == ()


def test_a_milestone_with_a_text_for_a_number_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "milestones.csv"
    path.write_text(
        SHIPPED.milestones.read_text(encoding="utf-8").replace(";70;", ";soixante-dix;"),
        encoding="utf-8",
    )
    with pytest.raises(FiguresError, match="soixante-dix"):
        load_milestones(path)
