"""Communes by code, postcode and name, as French files write them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data import reference
from data.imports.model import PlaceMatch
from data.imports.places import match_places
from data.imports.places.spelling import distance
from data.territory import load_territory

TERRITORY = load_territory()


def one(text: str, *others: str, **options: object) -> PlaceMatch:
    """What `text` is taken for in a column with `others`."""
    return match_places([text, *others], TERRITORY, **options).matches[text]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ST AUBIN D APPENAI", "61365"),
        ("Saint-Aubin-d’Appenai", "61365"),
        ("Ste Scolasse/Sarthe", "61454"),
        ("STE SCOLASSE S/SARTHE", "61454"),
        ("Le Mele sur Sarthe", "61258"),
        ("Mêle-sur-Sarthe (Le)", "61258"),
        ("Mêle-sur-Sarthe, Le", "61258"),
        ("MELE SUR SARTHE", "61258"),
        ("VENTES DE BOURSE (LES)", "61499"),
        ("  Essay ", "61156"),
        ("Bures (Orne)", "61067"),
        ("Bures (61)", "61067"),
        ("61170 Barville", "61026"),
        ("61170 LE MELE SUR SARTHE CEDEX 2", "61258"),
        ("61258", "61258"),
        ("61258.0", "61258"),
    ],
)
def test_codes_and_names_in_any_spelling_are_certain(text: str, code: str) -> None:
    assert (one(text).grade, one(text).code) == ("certain", code)


def test_bures_is_never_bure() -> None:
    column = ["Bures", "Buré", "BURE", "Essay", "Vidai", "Laleu", "Boitron"]
    matches = match_places(column, TERRITORY).matches
    assert (matches["Bures"].grade, matches["Bures"].code) == ("certain", "61067")
    assert (matches["Buré"].grade, matches["Buré"].code) == ("outside", "61066")
    assert (matches["BURE"].grade, matches["BURE"].code) == ("outside", "61066")
    assert one("Burés").grade not in ("certain", "outside")


def test_a_homonym_is_told_apart_by_the_column_and_never_by_the_territory_alone() -> None:
    assert one("Bures").grade == "probable"
    assert one("Bures", "Nancy").grade == "ambiguous"
    assert one("Bures", "Nancy").candidates == ("61067", "54106")


def test_a_name_of_elsewhere_that_begins_one_of_the_territory_is_asked_about_in_a_local_file() -> None:
    local = one("Saint-Julien", "Essay", "Vidai", "Montchevrel")
    assert local.grade == "ambiguous" and local.candidates[0] == "61412"
    dijon = ["Dijon", "Beaune", "Longvic", "Talant"]  # Saint-Julien (21) is of their département
    assert one("Saint-Julien", *dijon).grade == "outside"
    assert one("Saint-Julien (21)", "Essay", "Vidai").code == "21555"


def test_a_departement_elsewhere_is_believed_unless_the_name_is_of_the_territory() -> None:
    assert one("Nullepart (75)", "Essay").grade == "outside"
    assert (one("Essay (75)", "Vidai").grade, one("Essay (75)", "Vidai").candidates) == (
        "ambiguous",
        ("61156",),
    )


@pytest.mark.parametrize("text", ["Essai", "Le Mêle", "Sainte Scolasse", "Mesnil-Guyon", "Montchevrell"])
def test_an_approximate_spelling_is_at_most_probable(text: str) -> None:
    assert one(text).grade in ("probable", "ambiguous")


def test_two_wrong_letters_of_a_short_name_are_another_name() -> None:
    assert one("Vudau", "Essay").grade == "unknown"
    assert one("Montchovril", "Essay").grade == "probable"


def test_the_column_decides_between_code_and_postcode_and_says_so() -> None:
    codes = match_places(["61170", "61258", "61156"], TERRITORY)
    assert (codes.matches["61170"].grade, codes.matches["61170"].code) == ("outside", "61170")
    assert codes.how.startswith("Codes INSEE") and "61170" in codes.how
    postcodes = match_places(["61170", "61000"], TERRITORY)
    assert postcodes.matches["61170"].grade == "ambiguous"
    assert (
        "61026" in postcodes.matches["61170"].candidates
        and "61170" not in postcodes.matches["61170"].candidates
    )
    assert postcodes.how.startswith("Codes postaux")


@pytest.mark.parametrize("column", [["61170"], ["61170", "61500"], ["61170", "61258", "61000"]])
def test_nothing_is_guessed_when_the_column_does_not_decide(column: list[str]) -> None:
    places = match_places(column, TERRITORY, how="codes")
    match = places.matches["61170"]
    assert match.grade == "ambiguous"
    assert {"61170", "61026"} <= set(match.candidates)
    assert [each.code for each in places.problems] == ["places_mixed"]


def test_names_beside_decide_and_tell_the_communes_of_a_postcode_apart() -> None:
    places = match_places(["61170", "61500"], TERRITORY, how="codes", names_beside=["Barville", "ESSAY"])
    assert places.with_names
    assert {text: match.code for text, match in places.matches.items()} == {
        "61170 Barville": "61026",
        "61500 ESSAY": "61156",
    }
    codes = match_places(["61170", "61500"], TERRITORY, how="codes", names_beside=["Fleuré", "La Ventrouze"])
    assert not codes.with_names
    assert codes.matches["61170"].grade == "outside"


def test_a_lost_zero_is_put_back_when_the_column_lost_all_of_them() -> None:
    assert one("1001", "61258", "2A004").code == "01001"
    assert one("1001", "61258").grade == "outside"
    assert one("1365", "1001", "61258").grade == "outside"


def test_the_only_short_code_may_lack_another_digit() -> None:
    match = one("1365", "61258", "61156")
    assert (match.grade, match.candidates) == ("ambiguous", ("61365", "01365"))


def test_one_stray_postcode_does_not_put_a_national_column_in_doubt_and_is_asked_about_itself() -> None:
    alencon = replace(TERRITORY, codes=("61001",), names=("Alençon",))
    places = match_places([*reference.commune_names(), "61000"], alencon)
    assert places.matches["61170"].code == "61170"
    assert places.problems == ()
    assert "61000" in places.how
    assert places.matches["61000"].grade == "ambiguous"
    assert places.matches["61000"].candidates[0] == "61001"


@pytest.mark.parametrize(("decided", "grade"), [("codes", "outside"), ("postcodes", "ambiguous")])
def test_what_a_person_says_of_the_column_is_not_contradicted(decided: str, grade: str) -> None:
    places = match_places(["61170", "61500"], TERRITORY, decided=decided)
    assert {match.grade for match in places.matches.values()} == {grade}
    assert places.problems == () and "votre choix" in places.how


@pytest.mark.parametrize(
    ("one_", "other", "steps"),
    [
        ("essay", "essay", 0),
        ("essai", "essay", 1),
        ("esasy", "essay", 1),
        ("essy", "essay", 1),
        ("", "abc", 3),
        ("bures", "bure", 1),
    ],
)
def test_the_distance_counts_letters_and_exchanges(one_: str, other: str, steps: int) -> None:
    assert distance(one_, other) == distance(other, one_) == steps
