"""When copper closes is a text: « n » or a day, and nothing else."""

from pathlib import Path

import pytest

from data.figures import CLOSURE_FILE, FiguresError, load_copper_closure
from data.packs import SHIPPED

CODES = {"61013", "61026", "61051"}
HEAD = "code_insee;nom;fermeture_cuivre\n"


def written(folder: Path, *rows: str) -> Path:
    path = folder / "fermeture.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_the_shipped_file_has_no_closing_date_yet() -> None:
    from data.reference import commune_names

    found = load_copper_closure(commune_names().keys(), SHIPPED.figures / CLOSURE_FILE)
    assert len(found) == 20 and set(found.values()) == {None}


def test_days_are_read_and_absent_communes_stay_absent(tmp_path: Path) -> None:
    path = written(tmp_path, "61013;Aunay-les-Bois;n", "61026;Barville;2028-01-31")
    assert load_copper_closure(CODES, path) == {"61013": None, "61026": "2028-01-31"}


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("61026;Barville;31/01/2028", "fermeture_cuivre", "31/01/2028"),
        ("61026;Barville;2028-02-30", "fermeture_cuivre", "2028-02-30"),
        ("61026;Barville;2028-W05-1", "fermeture_cuivre", "2028-W05-1"),
        ("61026;Barville;", "fermeture_cuivre", ""),
        ("61170;Barville;n", "code_insee", "61170"),
        ("61013;Aunay-les-Bois;n", "code_insee", "61013"),
        ("61026;n", "", ""),
    ],
)
def test_a_cell_that_cannot_be_trusted_is_named(tmp_path: Path, row: str, column: str, value: str) -> None:
    with pytest.raises(FiguresError) as refused:
        load_copper_closure(CODES, written(tmp_path, "61013;Aunay-les-Bois;n", row))
    error = refused.value
    assert (error.file, error.line, error.column, error.value) == ("fermeture.csv", 3, column, value)


def test_a_lost_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "fermeture.csv"
    path.write_text("code_insee;nom\n61013;Aunay-les-Bois\n", encoding="utf-8")
    with pytest.raises(FiguresError, match="fermeture_cuivre"):
        load_copper_closure(CODES, path)
