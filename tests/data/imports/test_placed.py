"""Rows with their commune: the territory kept, the rest counted, doubts told by line, merged communes summed or refused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.catalogue import load_catalogue
from data.imports.model import CELL_COLUMNS, Dialect, Parsed, PlaceMatch, Places, Problem, Table
from data.imports.places import Placed, apply, match, match_places, with_names
from data.imports.places.beside import disagreements
from data.territory import Territory, load_territory

CATALOGUE = load_catalogue()
TERRITORY = load_territory()
# A territory around a commune nouvelle: Gouffern en Auge (61474) took in Chambois (61083), Aubry-en-Exmes (61009) and others in 2017.
MERGED = replace(TERRITORY, codes=("61474", "61156"), names=("Gouffern en Auge", "Essay"))
PARTS = (
    "61009", "61019", "61057", "61083", "61110", "61131", "61157", "61161", "61315", "61449", "61474", "61477", "61496", "61504",
)  # fmt: skip


def figures(*rows: tuple[str, str, float | str], column: str = "code") -> Parsed:
    """Cells of lines 2, 3…: (place, indicator, value or status)."""
    cells = pd.DataFrame(
        [
            (indicator, place, "2022", value if isinstance(value, float) else math.nan,
             "observed" if isinstance(value, float) else value, line, indicator, str(value))
            for line, (place, indicator, value) in enumerate(rows, 2)
        ],
        columns=CELL_COLUMNS,
    )  # fmt: skip
    return Parsed("figures", cells, pd.DataFrame(), place_column=column)


def placed(parsed: Parsed, territory: Territory = TERRITORY, **options: object) -> Placed:
    return apply(parsed, match(parsed, territory, **options), CATALOGUE)  # type: ignore[arg-type]


def test_rows_of_the_territory_are_kept_and_those_outside_are_counted() -> None:
    found = placed(
        figures(("61156", "dwellings", 300.0), ("61001", "dwellings", 9.0), ("61258", "dwellings", 465.0))
    )
    assert found.cells[["commune", "value"]].values.tolist() == [["61156", 300.0], ["61258", 465.0]]
    assert found.set_aside == {"hors du territoire": 1}
    assert found.problems == ()


def test_a_line_whose_commune_is_not_certain_is_left_out_and_told() -> None:
    parsed = figures(
        ("Essay", "dwellings", 300.0),
        ("Essai", "dwellings", 1.0),
        ("Nulle part", "dwellings", 1.0),
        ("", "dwellings", 1.0),
    )
    found = placed(parsed)
    assert found.cells["commune"].tolist() == ["61156"]
    assert [(each.code, each.line, each.column, each.value) for each in found.problems] == [
        ("place_to_confirm", 3, "code", "Essai"),
        ("place_unknown", 4, "code", "Nulle part"),
        ("place_unknown", 5, "code", ""),
    ]
    assert {each.severity for each in found.problems} == {"error"}


def test_what_somebody_decided_wins_and_may_set_rows_aside() -> None:
    parsed = figures(
        ("Essai", "dwellings", 300.0), ("Boitron", "dwellings", 1.0), ("Vidai", "dwellings", 2.0)
    )
    found = placed(
        parsed, fixes={"Essai": "61156", "Boitron": ""}, remembered={"Essai": "61258", "Vidai": "61001"}
    )
    assert found.cells["commune"].tolist() == ["61156"]
    assert found.set_aside == {"hors du territoire": 1, "écartées à la main": 1}
    assert found.problems == ()


def test_a_remembered_choice_gives_way_to_a_column_that_decides() -> None:
    places = match_places(["61170", "61258", "61156"], TERRITORY, remembered={"61170": "61026"})
    assert (places.matches["61170"].grade, places.matches["61170"].code) == ("outside", "61170")
    asked = match_places(["61170"], TERRITORY, remembered={"61170": "61026"})
    assert (asked.matches["61170"].grade, asked.matches["61170"].code) == ("certain", "61026")


def test_a_choice_that_is_no_commune_is_told() -> None:
    places = match_places(["Essai"], TERRITORY, fixes={"Essai": "61999"})
    assert [each.code for each in places.problems] == ["fix_unknown"]


def test_counts_of_merged_communes_are_summed() -> None:
    parsed = figures(*((code, "dwellings", 10.0) for code in PARTS), ("61156", "dwellings", 300.0))
    found = placed(parsed, MERGED)
    assert found.cells.set_index("commune")["value"].to_dict() == {"61474": 10.0 * len(PARTS), "61156": 300.0}
    assert [each.code for each in found.problems] == ["merged_sum"]
    assert found.problems[0].severity == "warning"


def test_a_sum_without_the_seat_is_refused_and_without_another_part_is_told() -> None:
    part = placed(figures(("61083", "dwellings", 10.0), ("61156", "dwellings", 300.0)), MERGED)
    assert part.cells["commune"].tolist() == ["61156"]
    assert [(each.code, each.severity, each.line) for each in part.problems] == [
        ("merged_partial", "error", 2)
    ]
    some = placed(figures(("61083", "dwellings", 10.0), ("61474", "dwellings", 90.0)), MERGED)
    assert some.cells["value"].tolist() == [100.0]
    assert [each.code for each in some.problems] == ["merged_incomplete", "merged_sum"]


def test_a_sum_without_a_part_is_refused_when_a_line_of_the_file_could_not_be_read() -> None:
    wrong = Problem("not_a_number", "Ce n'est pas un nombre.", "Écrivez 12.", 4, "dwellings", "dix")
    parsed = replace(figures(("61083", "dwellings", 10.0), ("61474", "dwellings", 90.0)), problems=(wrong,))
    found = placed(parsed, MERGED)
    assert found.cells.empty
    assert [(each.code, each.severity) for each in found.problems] == [("merged_incomplete", "error")]


def test_a_part_that_somebody_declares_whole_is_taken_as_it_is() -> None:
    found = placed(figures(("61083", "dwellings", 10.0)), MERGED, fixes={"61083": "61474"})
    assert found.cells[["commune", "value"]].values.tolist() == [["61474", 10.0]]
    assert found.problems == ()


@pytest.mark.parametrize(("hidden", "status"), [("suppressed", "suppressed"), ("missing", "missing")])
def test_a_sum_is_not_known_when_a_part_is_not(hidden: str, status: str) -> None:
    found = placed(figures(("61083", "dwellings", hidden), ("61474", "dwellings", 90.0)), MERGED)
    assert found.cells["status"].tolist() == [status]
    assert np.isnan(found.cells["value"].iloc[0])


def test_medians_of_merged_communes_are_refused_with_the_reason() -> None:
    found = placed(figures(("61083", "house_price", 1200.0), ("61474", "house_price", 1500.0)), MERGED)
    assert found.cells.empty
    assert [(each.code, each.line, each.severity) for each in found.problems] == [("merged_rate", 2, "error")]
    assert "ne s'additionne pas" in found.problems[0].title


def test_the_same_former_commune_twice_is_left_to_the_rule_on_duplicates() -> None:
    found = placed(
        figures(
            ("61474", "dwellings", 90.0), ("61083", "dwellings", 10.0), ("Chambois (61)", "dwellings", 10.0)
        ),
        MERGED,
    )
    assert len(found.cells) == 3


def table(rows: list[tuple[str, str]]) -> Table:
    frame = pd.DataFrame(rows, columns=["code", "nom"])
    return Table(frame, Dialect("csv"), (), np.arange(2, 2 + len(rows)))


def named(rows: list[tuple[str, str]]) -> Placed:
    parsed = replace(figures(*((code, "dwellings", 1.0) for code, _ in rows)), how_places="codes")
    return placed(with_names(parsed, table(rows), {"code": "commune", "nom": "commune_name"}))


def test_a_code_and_a_name_that_disagree_are_told_with_the_line() -> None:
    found = named(
        [
            ("61156", "Essay"),
            ("61051", "BURES"),
            ("61258", "Mêle-sur-Sarthe (Le)"),
            ("61001", "Alençon"),
            ("61454", "Ste Scolasse"),
        ]
    )
    assert [(each.code, each.line, each.value) for each in found.problems] == [
        ("place_to_confirm", 3, "61051")
    ]
    assert "Boitron" in found.problems[0].title and "61067" in found.problems[0].title


def asked(rows: list[tuple[str, str, str]], **options: object) -> tuple[Places, Placed]:
    """Codes with their names and, unless all are empty, their départements."""
    frame = pd.DataFrame(rows, columns=["code", "nom", "DEP"])
    if not any(frame["DEP"]):
        frame = frame.drop(columns="DEP")
    parsed = replace(figures(*((code, "dwellings", 1.0) for code, *_ in rows)), how_places="codes")
    read = Table(frame, Dialect("csv"), (), np.arange(2, 2 + len(rows)))
    parsed = with_names(parsed, read, {"code": "commune", "nom": "commune_name"})
    places = match(parsed, TERRITORY, **options)  # type: ignore[arg-type]
    return places, apply(parsed, places, CATALOGUE)


@pytest.mark.parametrize(
    ("row", "meant"),
    [
        (
            ("61999", "Laleu", ""),
            "61215",
        ),  # nobody's code; 61 tells the Laleu of the Orne from that of the Somme
        (("61999", "Laleu", "61"), "61215"),
        (("72258", "Le Mêle-sur-Sarthe", "61"), "61258"),  # another commune's, elsewhere
        (("61051", "Montchevrel", ""), "61284"),  # another commune's, here
    ],
)
def test_a_mistyped_code_beside_a_sure_name_is_a_question_and_changes_nothing(
    row: tuple[str, str, str], meant: str
) -> None:
    places, found = asked([("61156", "Essay", row[2]), ("61502", "Vidai", row[2]), row])
    match = places.matches[row[0]]
    assert (match.grade, match.code) == ("probable", meant)
    assert row[0] in match.why and row[1] in match.why
    assert found.cells["commune"].tolist() == ["61156", "61502"]
    assert [(each.code, each.line) for each in found.problems] == [("place_to_confirm", 4)]
    _, confirmed = asked([("61156", "Essay", row[2]), row], fixes={row[0]: meant})
    assert confirmed.cells["commune"].tolist() == ["61156", meant] and confirmed.problems == ()


def test_what_is_not_sure_beside_a_code_is_not_proposed() -> None:
    """A homonym, another département, two names for one code, a code that another line names rightly."""
    places, found = asked([("72999", "Laleu", ""), ("61998", "Nulle part", "")])
    assert {each.grade for each in places.matches.values()} == {"outside", "unknown"}
    places, _ = asked([("61999", "Laleu", "80"), ("61156", "Essay", "61")])
    assert places.matches["61999"].grade == "unknown"
    places, _ = asked([("61999", "Laleu", ""), ("61999", "Vidai", "")])
    assert places.matches["61999"].grade == "unknown"
    places, found = asked([("61051", "Boitron", ""), ("61051", "Montchevrel", "")])
    assert places.matches["61051"].grade == "certain"
    assert [(each.code, each.line) for each in found.problems] == [("place_disagrees", 3)]


def test_the_name_of_a_code_of_the_past_contradicts_nothing_that_is_known() -> None:
    """61175 was Forges, now in Écouves: the reference has forgotten the name, and other communes bear it."""
    frame = pd.DataFrame([("61175", "Forges", 2)], columns=["place", "place_name", "line"])
    match = PlaceMatch("61175", "certain", "61341", merged="code 61175")
    assert disagreements(frame, Places({"61175": match}, "", inside=frozenset({"61341"})), "code") == []
    today = PlaceMatch("61341", "certain", "61341")
    frame = frame.assign(place="61341")
    told = disagreements(frame, Places({"61341": today}, "", inside=frozenset({"61341"})), "code")
    assert [each.code for each in told] == ["place_disagrees"]


def test_postcodes_in_a_column_of_codes_are_read_with_the_names() -> None:
    found = named([("61170", "Barville"), ("61500", "Essay"), ("61170", "Le Mêle-sur-Sarthe")])
    assert found.cells["commune"].tolist() == ["61026", "61156", "61258"]


def test_records_without_a_place_are_kept() -> None:
    rows = pd.DataFrame({"line": [2, 3, 4], "place": ["", "Essay", "Nancy"], "title": ["a", "b", "c"]})
    parsed = Parsed("events", pd.DataFrame(columns=CELL_COLUMNS), rows, place_column="Commune")
    found = placed(parsed)
    assert found.rows[["line", "commune"]].values.tolist() == [[2, ""], [3, "61156"]]
    assert found.set_aside == {"hors du territoire": 1}


def beside_departement(header: str, rows: list[tuple[str, str]], how: str) -> Placed:
    parsed = replace(figures(*((text, "dwellings", 1.0) for text, _ in rows)), how_places=how)
    frame = pd.DataFrame(rows, columns=["code", header])
    read = Table(frame, Dialect("csv"), (), np.arange(2, 2 + len(rows)))
    return placed(with_names(parsed, read, {"code": "commune"}))


@pytest.mark.parametrize("header", ["DEP", "Code département", "departement", "Dépt"])
def test_the_departement_beside_tells_homonyms_apart(header: str) -> None:
    found = beside_departement(
        header, [("Bures", "54"), ("Bures", "61"), ("Nancy", "54"), ("BURES", "Orne")], "names"
    )
    assert found.cells[["commune", "line"]].values.tolist() == [["61067", 3], ["61067", 5]]
    assert found.set_aside == {"hors du territoire": 2}
    assert found.problems == ()


def test_a_code_of_another_departement_than_the_line_says_is_told() -> None:
    found = beside_departement(
        "DEP", [("61156", "61"), ("61258", "54"), ("01001", "1"), ("16258", "61"), ("2A004", "2A")], "codes"
    )
    assert [(each.code, each.line) for each in found.problems] == [
        ("departement_disagrees", 3),
        ("departement_disagrees", 5),
    ]


def test_a_column_that_only_looks_like_departements_is_not_taken_for_them() -> None:
    found = beside_departement(
        "Départ", [("Bures", "54"), ("Essay", "61"), ("Vidai", "61"), ("Montchevrel", "61")], "names"
    )
    assert found.cells["commune"].tolist() == ["61067", "61156", "61502", "61284"]
    other = beside_departement("DEP", [("Essay", "12 rue"), ("Vidai", "x")], "names")
    assert other.cells["commune"].tolist() == ["61156", "61502"]
