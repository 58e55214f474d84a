"""`python -m data.imports`: what it ends with, what it says, and that its JSON is the one that is documented."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from data.imports import templates
from data.imports.__main__ import main
from data.imports.choices import from_json
from data.imports.model import Choices
from data.terminal import CUT_SHORT
from tests.data.stores import demonstration_home
from tests.shipped import shipped_figures

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "guide-import-commande.md").read_text(encoding="utf-8")
TODAY = dt.date(2026, 5, 12)
DATE = ["--date", TODAY.isoformat()]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("ZEVILLAGE_DATABASE_URL", raising=False)
    monkeypatch.setenv("ZEVILLAGE_HOME", str(demonstration_home(tmp_path / "home", TODAY)))
    return tmp_path


@pytest.fixture
def sample(home: Path) -> Path:
    """The sample file with one figure that is not the shipped one."""
    name, content = templates.sample()
    path = home / name
    path.write_bytes(content.replace(b";s;s;s", b";120;9;s", 1))
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main([*DATE, *arguments])
    return code, capsys.readouterr().out.replace("\u202f", " ")


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code, out = said(capsys, *arguments, "--json")
    return code, json.loads(out)


def test_a_file_is_checked_published_undone_and_redone(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = said(capsys, "check", str(sample))
    assert code == 0
    assert "LOVAC 2025" in out and "2 modifiées, 58 inchangées" in out and "secret → 120" in out
    assert "Publié" not in out
    code, out = said(capsys, "publish", str(sample))
    assert (code, "import n° 2" in out) == (0, True)
    code, out = said(capsys, "publish", str(sample))
    assert (code, "Rien à publier" in out) == (0, True)
    code, out = said(capsys, "list")
    assert code == 0
    first = out.splitlines()[0]
    assert re.match(
        r" +2  \d\d/\d\d/\d{4} \d\d:\d\d  command +LOVAC 2025 \(exemple_lovac_2025.csv\) : 2 modifiées", first
    )
    code, out = said(capsys, "undo", "2")
    assert (code, "Import n° 2 annulé" in out) == (0, True)
    assert main([*DATE, "undo", "2"]) == 1
    assert "déjà annulé" in capsys.readouterr().err
    assert "[annulé]" in said(capsys, "list")[1].splitlines()[0]
    assert said(capsys, "redo", "2")[0] == 0
    assert main([*DATE, "undo", "99"]) == 1


def test_the_columns_that_nothing_takes_are_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "comparateur.csv"
    file.write_text(
        "CODGEO;P22_POP;P22_LOG;P22_RP;P22_MEN;NAISD24\n61258;659;465;370;371;4\n", encoding="utf-8"
    )
    code, out = said(capsys, "check", str(file))
    assert code == 0
    assert "(--kind insee_comparateur)\n  colonnes laissées de côté : P22_MEN, NAISD24\n" in out


def test_the_shipped_figures_are_not_undone_by_a_slip(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*DATE, "undo", "1"]) == 1
    assert (
        "livrés avec le territoire" in (told_why := capsys.readouterr().err)
        and "undo 1 --shipped" in told_why
    )
    assert "[annulé]" not in said(capsys, "list")[1]
    code, body = told(capsys, "undo", "1", "--shipped")
    shipped = shipped_figures()
    told_cells = int((shipped["status"] != "missing").sum())  # the others say that nobody published them
    assert (code, body["changed"]) == (0, told_cells) and 0 < told_cells < len(shipped)
    assert told(capsys, "redo", "1") == (0, body)


def test_a_file_that_cannot_be_read_is_told_in_french(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*DATE, "check", str(sample), "--choices", "nowhere.json"]) == 2
    assert capsys.readouterr().err == "nowhere.json : ce fichier n'existe pas.\n"
    assert main([*DATE, "check", str(sample.parent)]) == 2
    assert "c'est un dossier" in capsys.readouterr().err


def test_errors_end_with_1_and_name_the_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, content = templates.sample()
    bad = home / name
    bad.write_bytes(content.replace(b";s;s;s", b";12x;9;s", 1))
    for command in ("check", "publish"):
        code, out = said(capsys, command, str(bad))
        assert code == 1
        assert re.search(r"Erreur ligne \d+, colonne « pp_\w+ », valeur « 12x »", out)
    assert "Rien n'a été publié" in out
    code, body = told(capsys, "check", str(bad))
    assert (code, body["ok"], body["counts"]) == (1, False, None)
    code, body = told(capsys, "publish", str(bad), "--good-rows-only")
    assert (code, body["import"]) == (0, None)  # every other row says what the store says already
    empty = home / "vide.csv"
    empty.write_bytes(b"")
    code, out = said(capsys, "check", str(empty))
    assert (code, "Erreur" in out) == (1, True)


def test_communes_and_people_are_settled_by_options(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "membres.csv"
    head = "Référence;Nom;Commune;Arrivée\n"
    file.write_text(f"{head}M-1;Camille Exemple;Bures;01/09/2025\n", encoding="utf-8")
    assert said(capsys, "check", str(file))[0] == 1  # two communes bear this name
    code, body = told(capsys, "publish", str(file), "--commune", "Bures=61067")
    assert (code, body["counts"]["added"]) == (0, 1)
    file.write_text(f"{head}M-2;Camille Exemple;Essay;01/09/2025\n", encoding="utf-8")
    code, body = told(capsys, "publish", str(file))
    assert (code, body["import"]) == (1, None)
    (person,) = body["people"]
    assert told(capsys, "check", str(file), "--person", "M-2=separate")[1]["counts"]["added"] == 1
    code, body = told(capsys, "check", str(file), "--person", f"M-2={person['candidates'][0][0]}")
    assert (code, body["counts"]["changed"]) == (0, 1)  # the same stay, elsewhere
    assert "Camille" not in json.dumps([body["records"], body["people"], body["problems"]])


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "f.csv", "--commune", "Bures"],
        ["check"],
        ["check", "nowhere.csv"],
        ["undo", "x"],
        ["burn"],
        [],
    ],
)
def test_misuse_ends_with_2(home: Path, arguments: list[str]) -> None:
    try:
        code = main([*DATE, *arguments])
    except SystemExit as stopped:
        code = int(str(stopped.code))
    assert code == 2


@pytest.mark.parametrize(
    "body",
    ["[]", "{", '{"nothing": 1}', '{"new": [{}]}', '{"period": 2025}', '{"reading": 1}', '{"good_rows_only": "non"}',
     '{"communes": {"Bures": null}}', '{"how_places": "noms"}'],
)  # fmt: skip
def test_choices_that_do_not_read_are_misuse(
    sample: Path, body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (sample.parent / "c.json").write_text(body)
    assert main([*DATE, "check", str(sample), "--choices", str(sample.parent / "c.json")]) == 2
    assert "c.json" in capsys.readouterr().err


NEW = {
    "source": {"id": "prefecture", "producer": "Préfecture", "title": "Écoles", "edition": "2025", "licence": "Libre"},
    "indicator": {
        "id": "schools", "name": "Écoles", "unit": "écoles", "theme": "Services", "kind": "count",
        "vintages": [{"period": "2025", "label": "2025", "source": "prefecture"}],
    },
}  # fmt: skip


@pytest.mark.parametrize("how", ["", "codes", "postcodes", "names"])
def test_what_the_page_may_say_of_a_column_is_taken_from_the_choices_too(sample: Path, how: str) -> None:
    (sample.parent / "c.json").write_text(json.dumps({"how_places": how}))
    assert main([*DATE, "check", str(sample), "--choices", str(sample.parent / "c.json")]) == 0


@pytest.mark.parametrize(
    ("entry", "field", "value"),
    [("source", "url", "javascript:alert(1)"), ("indicator", "decimals", "x"), ("indicator", "id", "a/../b"),
     ("indicator", "kind", "weird"), ("vintage", "period", "20x5")],
)  # fmt: skip
def test_an_entry_of_the_choices_that_no_screen_could_show_is_misuse(
    sample: Path, entry: str, field: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    new = json.loads(json.dumps(NEW))
    body = new["indicator"]["vintages"][0] if entry == "vintage" else new[entry]
    body[field] = value
    (sample.parent / "c.json").write_text(json.dumps({"new": [new]}))
    assert main([*DATE, "check", str(sample), "--choices", str(sample.parent / "c.json")]) == 2
    assert f"« {field} » ne peut pas être" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("columns", "code"),
    [({"pp_totl_24": "ignore"}, "other_column"), ({"pp_total_24": "lovac_stock"}, "other_meaning")],
)
def test_a_choice_that_the_file_does_not_have_is_not_passed_over(
    sample: Path, columns: dict[str, str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (sample.parent / "c.json").write_text(json.dumps({"columns": columns}))
    ended, body = told(capsys, "publish", str(sample), "--choices", str(sample.parent / "c.json"))
    assert (ended, [each["code"] for each in body["problems"]], body["import"]) == (1, [code], None)


def test_any_indicator_is_named_by_choices_and_the_list_gives_them_back(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, chosen = home / "ecoles.csv", home / "choix.json"
    file.write_text("code_insee;nom;écoles\n61013;Aunay-les-Bois;2\n61067;Bures;1\n", encoding="utf-8")
    chosen.write_text(json.dumps({"columns": {"écoles": "schools@2025"}, "new": [NEW]}), encoding="utf-8")
    code, body = told(capsys, "publish", str(file), "--choices", str(chosen))
    assert (code, body["counts"]["added"]) == (0, 2), body["problems"]
    listed = told(capsys, "list")[1]["imports"][0]
    assert listed["format"] == "indicator"
    again = from_json(listed["choices"])
    assert (
        again == Choices(columns={"écoles": "schools@2025"}, new=again.new)
        and again.new == from_json({"new": [NEW]}).new
    )
    (home / "again.json").write_text(json.dumps(listed["choices"]), encoding="utf-8")
    code, body = told(capsys, "check", str(file), "--choices", str(home / "again.json"))
    assert (code, body["counts"]["unchanged"]) == (0, 2)


def test_the_json_is_the_documented_one(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bodies = [told(capsys, "check", str(sample))[1], told(capsys, "publish", str(sample))[1]]
    listed = told(capsys, "list")[1]["imports"][0]
    outcome = told(capsys, "undo", "2")[1]
    for names in (
        bodies[0],
        bodies[1],
        listed,
        outcome,
        bodies[0]["reading"],
        bodies[0]["recognised"],
        bodies[0]["cells"][0],
    ):
        assert [name for name in names if f"`{name}`" not in GUIDE] == []
    assert set(bodies[0]) == set(bodies[1])


def test_hostile_text_reaches_the_terminal_as_one_harmless_line(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / "a\x1b[31m.csv"
    file.write_text("code_insee;logements\x1b]0;x\x07\n61013;=1+1\x1b[2J\n", encoding="utf-8")
    _, out = said(capsys, "check", str(file))
    assert "\x1b" not in out and "\x07" not in out


def test_the_command_runs_as_a_module(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "data.imports", "list"],
        cwd=ROOT,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, b"Chiffres" in done.stdout) == (0, True)


def test_a_reader_who_has_read_enough_gets_no_traceback(home: Path) -> None:
    """`… list --json | head`: the reader is gone before the first line."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "data.imports", *DATE, "list", "--json"],
            stdout=gone,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            check=False,
            env={**os.environ, "ZEVILLAGE_HOME": str(home)},
        )
    assert done.stderr == b""
    assert done.returncode == CUT_SHORT


def test_a_file_is_never_published_as_another_format_than_the_one_asked(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = said(capsys, "publish", str(sample), "--kind", "members")
    assert code == 1
    assert "n'a pas les colonnes du format « members »" in out and "choisissez parmi : lovac" in out
    assert len(told(capsys, "list")[1]["imports"]) == 1
    assert main([*DATE, "check", str(sample), "--kind", "lovacs"]) == 2
    said_ = capsys.readouterr().err
    assert "« lovacs » n'est pas un format" in said_ and "lovac," in said_


@pytest.mark.parametrize("number", ["deux", "-5", "9" * 30])
def test_what_is_no_number_of_an_import_is_misuse(
    home: Path, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*DATE, "undo", "--", number])
    assert "écrivez un numéro d'import" in capsys.readouterr().err


def test_choices_that_are_no_json_are_told_by_their_place(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    choices = sample.with_name("choix.json")
    for content, words in ((b"{\n x", "JSON (ligne 2, colonne 2)"), (b"\xea", "JSON écrit en UTF-8")):
        choices.write_bytes(content)
        assert main([*DATE, "check", str(sample), "--choices", str(choices)]) == 2
        assert words in capsys.readouterr().err
