"""All communes of France, in the spellings that files use: each finds itself or is asked about, and never becomes another."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import reference
from data.imports.places import match_places
from data.imports.places.names import bearing
from data.reference import lookup
from data.territory import load_territory
from tests.draws import draws

TERRITORY = load_territory()
NAMES = reference.commune_names()
ARTICLES = ("Le ", "La ", "Les ", "L'")


def plain(name: str) -> str:
    """Capitals without accents, hyphens or apostrophes, as INSEE and La Poste write names."""
    text = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "OE"))
    text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(text.upper().replace("-", " ").replace("'", " ").split())


def behind(name: str) -> str:
    """« Mêle-sur-Sarthe (Le) »."""
    for article in ARTICLES:
        if name.startswith(article):
            return f"{name[len(article) :]} ({article.strip()})"
    return name


def short(name: str) -> str:
    """« Ste Scolasse/Sarthe », « ST AUBIN D APPENAI »."""
    return name.replace("Sainte-", "Ste ").replace("Saint-", "St ").replace("-sur-", "/")


def bare(name: str) -> str:
    """Capitals without the article, as INSEE's NCC field."""
    for article in ARTICLES:
        if name.startswith(article):
            return plain(name[len(article) :])
    return plain(name)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as published": str,
    "capitals without accents": plain,
    "article behind": behind,
    "abbreviated": short,
    "capitals without article": bare,
    "typographic apostrophes": lambda name: name.replace("'", "’"),
    "abbreviated capitals": lambda name: short(name).upper(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_commune_of_a_national_file_is_itself_or_asked_about(spelling: str) -> None:
    bearing: dict[str, set[str]] = defaultdict(set)
    for code, name in NAMES.items():
        bearing[SPELLINGS[spelling](name)].add(code)
    places = match_places(bearing, TERRITORY)
    wrong = {
        text: (match.grade, match.code)
        for text, match in places.matches.items()
        if match.code and bearing[text] != {match.code}
    }
    assert wrong == {}
    assert all(match.grade != "unknown" for match in places.matches.values())
    unique = sum(len(codes) == 1 for codes in bearing.values())
    assert sum(bool(match.code) for match in places.matches.values()) > 0.98 * unique


@pytest.mark.parametrize("spelling", ["as published", "capitals without article"])
def test_in_the_file_of_one_departement_homonyms_elsewhere_do_not_count(spelling: str) -> None:
    of: dict[str, list[str]] = defaultdict(list)
    for code in NAMES:
        of[lookup.departement_of(code)].append(code)
    found = asked = 0
    for codes in of.values():
        text_of = {code: SPELLINGS[spelling](NAMES[code]) for code in codes}
        matches = match_places(text_of.values(), TERRITORY).matches
        for code, text in text_of.items():
            assert matches[text].code in ("", code), (text, matches[text])
            found += matches[text].code == code
            asked += matches[text].code == ""
    assert asked < 0.005 * found


@pytest.mark.parametrize("write", [str, lambda code: code.lstrip("0"), lambda code: f" {code.lower()} "])
def test_every_code_is_its_commune(write: Callable[[str], str]) -> None:
    places = match_places(map(write, NAMES), TERRITORY)
    assert {match.code for match in places.matches.values()} == set(NAMES)
    assert all(places.matches[write(code)].code == code for code in NAMES)
    certain = {match.code for match in places.matches.values() if match.grade == "certain"}
    assert certain == set(TERRITORY.codes)


def test_a_column_of_postcodes_is_certain_only_where_one_commune_has_it() -> None:
    served = reference.communes_by_postcode()
    matches = match_places(served, TERRITORY).matches
    for postcode, match in matches.items():
        assert not match.code or served[postcode] == (match.code,)
        assert match.grade != "outside" or not set(served[postcode]) & set(TERRITORY.codes)


@settings(max_examples=draws(300), deadline=None)
@given(
    st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=6),
    st.sampled_from(sorted(SPELLINGS)),
    st.integers(0, 30),
    st.characters(min_codepoint=97, max_codepoint=122),
)
def test_a_misspelt_name_is_never_certain(codes: list[str], spelling: str, where: int, letter: str) -> None:
    texts = [SPELLINGS[spelling](NAMES[code]) for code in [*codes, *TERRITORY.codes[:1]]]
    at = where % len(texts[0])
    damaged = texts[0][:at] + letter + texts[0][at + 1 :]
    for text, match in match_places([damaged, *texts[1:]], TERRITORY).matches.items():
        if match.grade == "certain":
            assert match.code in bearing(text)


@settings(max_examples=draws(200), deadline=None)
@given(st.lists(st.text(max_size=40), max_size=8))
def test_any_text_is_graded_without_a_certain_commune(texts: list[str]) -> None:
    for text, match in match_places(texts, TERRITORY).matches.items():
        assert match.text == text
        if match.grade == "certain":
            digits = "".join(char for char in text if char.isalnum()).upper()
            assert digits[:5] in NAMES or match.code in bearing(text)
