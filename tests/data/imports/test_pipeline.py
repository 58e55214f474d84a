"""The whole chain for one file: what a draft holds, what stops it, what is not computed twice, and that nothing is ever written."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from data.catalogue import load_catalogue
from data.imports import pipeline, templates
from data.imports.model import Cancelled, Choices, Draft
from data.opening import House, open_house
from tests.data.stores import demonstration_home

TODAY = dt.date(2026, 5, 12)
_, SAMPLE = templates.sample()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = open_house(TODAY, demonstration_home(tmp_path_factory.mktemp("home")))
    yield opened
    opened.store.close()


def made(house: House, path: Path, choices: Choices | None = None, **more: Any) -> Draft:
    return pipeline.prepare(
        path, name=path.name, choices=choices or Choices(), house=house, catalogue=load_catalogue(), today=TODAY, **more
    )  # fmt: skip


def written(folder: Path, content: bytes, name: str = "fichier.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_published_file_becomes_a_draft_down_to_its_differences_and_nothing_is_written(
    house: House, tmp_path: Path
) -> None:
    before = house.store.revision()
    told: list[float] = []
    draft = made(
        house,
        written(tmp_path, SAMPLE.replace(b";s;s;s", b";120;9;s", 1)),
        progress=lambda share, what: told.append(share),
    )
    assert draft.recognition is not None and draft.recognition.edition == "LOVAC 2025"
    assert draft.cells is not None and set(draft.cells["commune"]) <= set(house.territory.codes)
    assert draft.diff is not None
    assert (draft.diff.counts["changed"], draft.diff.counts["unchanged"]) == (2, 58)
    assert house.store.revision() == before
    assert told == sorted(told) and len(told) > 3


def test_what_the_last_choice_does_not_touch_is_not_read_again(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, SAMPLE)
    first = made(house, path)
    monkeypatch.setattr(pipeline, "read_table", lambda *a, **k: pytest.fail("read twice"))
    again = made(house, path, Choices(columns={"pp_vacant_plus_2ans_25": "ignore"}), previous=first)
    assert again.table is first.table
    assert again.cells is not None and set(again.cells["indicator"]) == {"lovac_stock", "lovac_vacant"}


def test_a_cancellation_stops_the_chain_and_nothing_has_changed(house: House, tmp_path: Path) -> None:
    def cancel(share: float, what: str) -> None:
        if share > 0.5:
            raise Cancelled

    before = house.store.revision()
    with pytest.raises(Cancelled):
        made(house, written(tmp_path, SAMPLE), progress=cancel)
    assert house.store.revision() == before


def test_a_refused_file_is_a_draft_with_its_problems(house: House, tmp_path: Path) -> None:
    draft = made(house, written(tmp_path, b""))
    assert draft.table is None and draft.diff is None
    assert draft.errors and all(each.advice for each in draft.errors)


def test_a_file_without_communes_says_what_to_add(house: House, tmp_path: Path) -> None:
    draft = made(house, written(tmp_path, b"jour;taux\r\nlundi;12\r\nmardi;15\r\n"))
    assert draft.table is not None and draft.recognition is None
    assert [each.code for each in draft.problems] == ["format.none"]
    assert house.territory.codes[0] in draft.problems[0].advice


def test_a_list_under_other_titles_is_sent_to_its_template(house: House, tmp_path: Path) -> None:
    draft = made(house, written(tmp_path, "Ref;Nom et prénom;Ville\nM5;Luc Roy;Essay\n".encode()))
    assert [(each.code, each.column) for each in draft.problems] == [("format.no_numbers", "Ville")]
    assert "modèle" in draft.problems[0].advice


def test_a_workbook_of_several_tables_waits_for_a_choice(house: House, tmp_path: Path) -> None:
    book = Workbook()
    for n, title in enumerate(("2024", "2025")):
        sheet = book.active if n == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = title
        sheet.append(["code_insee", "ecoles"])
        for code in house.territory.codes[:3]:
            sheet.append([code, n + 1])
    out = io.BytesIO()
    book.save(out)
    path = written(tmp_path, out.getvalue(), "ecoles.xlsx")
    asked = made(house, path)
    assert asked.sheets == ("2024", "2025") and asked.table is None
    draft = made(house, path, Choices(sheet="2025"), previous=asked)
    assert draft.table is not None and draft.table.dialect.sheet == "2025"


def test_errors_stop_the_differences_until_the_person_leaves_their_rows_out(
    house: House, tmp_path: Path
) -> None:
    path = written(tmp_path, SAMPLE.replace(b"61051;Boitron;s;15;s", b"61051;Boitron;s;beaucoup;s"))
    draft = made(house, path)
    assert [each.line for each in draft.errors] == [4]
    assert draft.diff is None
    draft = made(house, path, replace(draft.choices, good_rows_only=True), previous=draft)
    assert draft.diff is not None
    assert "61051" not in set(draft.diff.cells["commune"])


def test_errors_outside_the_territory_do_not_stop_a_national_file(house: House, tmp_path: Path) -> None:
    outside = b"75056;Paris;beaucoup;trop;s\r\n"
    draft = made(house, written(tmp_path, SAMPLE + outside))
    assert draft.errors == ()
    assert draft.set_aside == {"hors du territoire": 1}


def test_a_line_given_twice_is_published_once_and_a_second_value_stops_it(
    house: House, tmp_path: Path
) -> None:
    line = next(each for each in SAMPLE.splitlines(keepends=True) if each.startswith(b"61258"))
    assert b";37;" in line
    twice = made(house, written(tmp_path, SAMPLE + line))
    assert [each.code for each in twice.problems if each.code.startswith("duplicate")] == ["duplicate"]
    assert twice.errors == () and twice.diff is not None
    assert not twice.diff.cells.duplicated(["indicator", "commune", "period"]).any()
    other = made(house, written(tmp_path, SAMPLE + line.replace(b";37;", b";36;"), "autre.csv"))
    assert {(each.code, each.line) for each in other.errors} == {
        ("duplicate_differs", 11),
        ("duplicate_differs", 22),
    }
    assert other.diff is None


def test_an_older_edition_after_a_newer_one_is_told(house: House, tmp_path: Path) -> None:
    """LOVAC publishes earlier years anew: an old file would put figures back that were corrected since."""
    lines = SAMPLE.splitlines()
    newer = b"\n".join([lines[0] + b";pp_vacant_26", *(line + b";s" for line in lines[1:])])
    draft = made(house, written(tmp_path, newer, "2026.csv"))
    assert draft.parsed is not None and draft.recognition is not None
    assert draft.recognition.edition == "LOVAC 2026"
    assert "older_edition" not in {each.code for each in draft.problems}
    catalogue = pipeline.with_new(load_catalogue(), draft.parsed.new)
    again = pipeline.prepare(
        written(tmp_path, SAMPLE),
        name="2025.csv",
        choices=Choices(),
        house=house,
        catalogue=catalogue,
        today=TODAY,
    )
    told = [each for each in again.problems if each.code == "older_edition"]
    assert [each.severity for each in told] == ["warning"]
    assert "(LOVAC 2025)" in told[0].title and "(LOVAC 2026)" in told[0].title


def test_postcodes_in_the_column_of_codes_are_read_with_the_names_beside_them(
    house: House, tmp_path: Path
) -> None:
    content = b"CODGEO_25;LIBGEO_25;pp_total_24;pp_vacant_25\n61170;Barville;90;9\n61500;ESSAY;80;8\n61170;LE MELE SUR SARTHE;353;37\n"
    draft = made(house, written(tmp_path, content))
    assert draft.places is not None and draft.places.with_names
    assert {text: match.code for text, match in draft.places.matches.items()} == {
        "61170 Barville": "61026",
        "61500 ESSAY": "61156",
        "61170 LE MELE SUR SARTHE": "61258",
    }
    assert draft.cells is not None and len(draft.cells) == 6


def test_a_code_that_says_another_commune_than_the_name_is_an_error_on_its_line(
    house: House, tmp_path: Path
) -> None:
    wrong = SAMPLE.replace(b"61051;Boitron", b"61067;Boitron", 1)
    draft = made(house, written(tmp_path, wrong))
    assert ("place_disagrees", 4) in {(each.code, each.line) for each in draft.errors}
