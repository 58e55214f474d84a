"""Shipped figures: what cannot be trusted stops the start with file, line, column and value."""

import shutil
from pathlib import Path

import pytest

from data.catalogue import load_catalogue
from data.community import complements, telecentres
from data.figures import CLOSURE_FILE, FiguresError, load_copper_closure, load_milestones
from data.packs import SHIPPED, Pack
from data.packs.figures import PackFigures, read_figures
from data.store import Entries
from data.territory import load_territory
from tests.shipped import shipped_figures

CODES = set(shipped_figures()["commune"])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED.figures, tmp_path / "files"))


def change(directory: Path, name: str, old: str, new: str) -> None:
    path = directory / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def read(directory: Path) -> PackFigures:
    """The figures of a pack whose territory is the shipped one."""
    folder = directory.parent / "pack"
    folder.mkdir(exist_ok=True)
    shutil.copy(SHIPPED.territory, folder)
    shutil.rmtree(folder / "figures", ignore_errors=True)
    shutil.copytree(directory, folder / "figures")
    return read_figures(Pack(folder / "territory.toml"), load_territory(SHIPPED.territory))


def test_values_are_stored_as_published() -> None:
    frame = shipped_figures().set_index(["indicator", "commune", "period"])
    assert set(frame.groupby(level=["indicator", "period"]).size()) == {
        20
    }  # one row a commune, whichever columns are declared
    assert frame.loc[("dwellings", "61026", "2022"), "value"] == 119.038918311667
    assert frame.loc[("share_30m", "61068", "2019-09-30"), "value"] == 0.9  # 100 − 99.1, exactly
    assert frame.loc[("lovac_stock", "61013", "2024"), "status"] == "suppressed"
    assert frame.loc[("house_price", "61013", "2021"), "status"] == "missing"
    assert frame.loc[("ftth_premises", "61013", "2026-06-30"), "value"] == 94
    assert frame.loc[("workers_no_transport", "61051", "2022"), "value"] == 20.4


def test_the_checksum_follows_the_files(copy: Path) -> None:
    before = read(copy)
    assert before.checksum == read(copy).checksum and before.entries == Entries()
    change(copy, "populations_2026.csv", ";138\n", ";139\n")
    assert read(copy).checksum != before.checksum


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "column", "value"),
    [
        ("populations_2026.csv", "61026;Barville", "99999;Barville", 3, "code_insee", "99999"),
        ("populations_2026.csv", "61026;Barville", "61013;Barville", 3, "code_insee", "61013"),
        ("populations_2026.csv", ";193\n", ";beaucoup\n", 3, "population_municipale", "beaucoup"),
        ("lovac_2025.csv", "284;28;15", "284;x;15", 7, "pp_vacant_25", "x"),
        ("dvf_maisons_2021_2025.csv", "61013;2022;3;", "61013;2021;3;", 3, "ventes_maisons", "61013"),
        ("dvf_maisons_2021_2025.csv", "61013;2022;3;", "61013;22;3;", 3, "annee", "22"),
    ],
)
def test_a_bad_cell_is_named(
    copy: Path, name: str, old: str, new: str, line: int, column: str, value: str
) -> None:
    change(copy, name, old, new)
    with pytest.raises(FiguresError) as refused:
        read(copy)
    error = refused.value
    assert (error.file, error.line, error.column, error.value) == (name, line, column, value)


def test_a_file_that_no_format_knows_and_one_that_is_none_are_refused(copy: Path) -> None:
    (copy / "arbres.csv").write_text("code_insee;arbres\n61013;12\n61026;4\n", encoding="utf-8")
    with pytest.raises(FiguresError, match=r"arbres\.csv.*reconnaît.*figures/"):
        read(copy)
    (copy / "arbres.csv").write_bytes(b"")
    with pytest.raises(FiguresError, match=r"arbres\.csv.*vide"):
        read(copy)


def test_any_published_file_may_lie_in_a_pack_and_brings_its_edition(copy: Path) -> None:
    (copy / "lovac_2026.csv").write_text(
        "CODGEO_26;LIBGEO_26;pp_vacant_26;pp_vacant_plus_2ans_26;ff_pp_total_25\n61258;Le Mêle-sur-Sarthe;41;18;470\n"
        "75056;Paris;1000;500;90000\n",
        encoding="latin-1",
    )
    found = read(copy)
    cells = found.frame.set_index(["indicator", "period", "commune"])["value"]
    assert cells["lovac_vacant", "2026-01-01", "61258"] == 41 and "75056" not in set(found.frame["commune"])
    assert set(found.entries.sources) == {"lovac_2026"}
    brought = {(row["indicator"], row["period"]) for row in found.entries.vintages}
    assert ("lovac_vacancy_rate", "2026-01-01") in brought
    known = load_catalogue(sources=found.entries.sources, vintages=found.entries.vintages)
    assert known.indicators["lovac_vacancy_rate"].vintage("2026-01-01").denominator_period == "2025"


def test_milestones_keep_their_source() -> None:
    milestones = load_milestones()
    assert len(milestones) == 10 and list(milestones["date"]) == sorted(milestones["date"])
    assert milestones["producer"].ne("").all()
    le_monde = milestones[milestones["producer"].str.startswith("Le Monde")]
    assert list(le_monde["value"]) == [150.0, 6.0]


def test_a_pack_without_files_tells_nothing_of_another_one(tmp_path: Path) -> None:
    assert read_figures(Pack(tmp_path / "territory.toml"), load_territory()).frame.empty
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
