"""Query parameters are a whitelist: what is not declared or not allowed is ignored, and said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.model import Audience
from analysis.view import NUMBERS, Parameter, manual_breaks, parse, to_query, to_view

PARAMETERS = [
    Parameter("indicateur", "members", ["members", "vacancy_rate"]),
    Parameter("vue", "public", [a.value for a in Audience]),
    Parameter("bornes", pattern=NUMBERS),
    Parameter("cercles", "1", ["0", "1"]),
]


def test_a_view_survives_the_round_trip() -> None:
    values = {"indicateur": "vacancy_rate", "vue": "elu", "bornes": "5 ; 7,5;10", "cercles": "0"}
    query = to_query(values, PARAMETERS)
    assert parse(query, PARAMETERS).values == values
    view = to_view("carte", values)
    assert (
        view.indicator == "vacancy_rate"
        and view.audience is Audience.ELU
        and view.filters == {"bornes": "5 ; 7,5;10", "cercles": "0"}
    )


def test_defaults_stay_out_of_the_address() -> None:
    assert (
        to_query({"indicateur": "members", "vue": "public", "bornes": "", "cercles": "1"}, PARAMETERS) == {}
    )


@pytest.mark.parametrize(
    "query",
    [
        {"indicateur": "{{7*7}}"},
        {"inconnu": "1"},
        {"bornes": "1;deux"},
        {"vue": "admin"},
        {"cercles": ["0", "1"]},
        {"bornes": "1~2"},
    ],
)
def test_what_is_not_allowed_is_ignored_and_reported(query: dict) -> None:
    parsed = parse(query, PARAMETERS)
    assert parsed.ignored == tuple(query)
    assert parsed.values == {"indicateur": "members", "vue": "public", "bornes": "", "cercles": "1"}


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=40), max_size=5))
def test_any_query_gives_allowed_values(query: dict[str, str]) -> None:
    for parameter in PARAMETERS:
        assert parameter.accepts(parse(query, PARAMETERS).values[parameter.name])


def test_manual_breaks_are_numbers_only() -> None:
    assert manual_breaks("-5 ; 0;5,5") == [-5.0, 0.0, 5.5]
    with pytest.raises(ValueError, match="__import__"):
        manual_breaks("1;__import__")
